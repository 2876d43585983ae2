package relay

import (
	"errors"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/headers"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"

	"iocwall/media/rtsp"
)

// handler answers the readers; it is apart from Relay so that its methods are not part of Relay's surface.
type handler struct{ r *Relay }

// admission is the outcome of a request's checks.
type admission struct {
	up    *upstream
	grant Grant
}

// admit checks the token and finds the stream. A response that is not nil ends the request.
func (h *handler) admit(req *base.Request, path string) (admission, *base.Response, error) {
	camera, stream, ok := strings.Cut(strings.Trim(path, "/"), "/")
	if !ok || !validName.MatchString(camera) || !validName.MatchString(stream) {
		return admission{}, refuse(base.StatusNotFound, rtsp.ReasonNotFound), nil
	}
	var login headers.Authorization
	if err := login.Unmarshal(req.Header["Authorization"]); err != nil || login.Method != headers.AuthMethodBasic {
		return admission{}, refuse(base.StatusUnauthorized, rtsp.ReasonNotAdmitted), liberrors.ErrServerAuth{}
	}
	grant, err := h.r.Admit(login.BasicPass, camera, stream)
	if err != nil {
		h.r.log.Warn("reader refused", slog.String("camera", camera), slog.String("subject", grant.Subject),
			slog.String("why", err.Error()))
		if errors.Is(err, ErrNotGranted) {
			return admission{}, refuse(base.StatusForbidden, rtsp.ReasonNotAdmitted), nil
		}
		return admission{}, refuse(base.StatusUnauthorized, rtsp.ReasonNotAdmitted), liberrors.ErrServerAuth{}
	}
	up := h.r.find(camera, stream)
	if up == nil {
		return admission{}, refuse(base.StatusNotFound, rtsp.ReasonNotFound), nil
	}
	return admission{up: up, grant: grant}, nil, nil
}

// refuse answers with the reason as the status text, which players of ours show on the tile.
func refuse(code base.StatusCode, r rtsp.Reason) *base.Response {
	return &base.Response{StatusCode: code, StatusMessage: string(r)}
}

// OnDescribe implements gortsplib.ServerHandlerOnDescribe. It waits a while for the camera.
func (h *handler) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	a, res, err := h.admit(ctx.Request, ctx.Path)
	if res != nil {
		return res, nil, err
	}
	begun := time.Now()
	f, reason := a.up.await(h.r.opts.DescribeWait)
	for f == nil && reason == rtsp.ReasonStopped {
		// The camera was taken off the list, or its address or password was corrected: who waits for it does not wait for
		// what is no more.
		up := h.r.find(a.up.cfg.camera, a.up.cfg.stream)
		if up == nil {
			return refuse(base.StatusNotFound, rtsp.ReasonNotFound), nil, nil
		}
		if up == a.up {
			break // the relay stops
		}
		a.up = up
		f, reason = up.await(h.r.opts.DescribeWait - time.Since(begun))
	}
	if f == nil {
		return refuse(base.StatusServiceUnavailable, reason), nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, f.stream, nil
}

// await asks for the stream and waits until it can be served, its attempt fails, or time is up. The reason is
// [rtsp.ReasonStopped] when it is no longer on the list as it was.
func (u *upstream) await(limit time.Duration) (*feed, rtsp.Reason) {
	u.mu.Lock()
	u.waiting++
	u.keepUntil = time.Now().Add(u.relay.opts.Linger)
	f, ready, failed, failure := u.feed, u.ready, u.failed, u.watch.failure
	pausing := u.barred || time.Now().Before(u.health.NextTry)
	u.mu.Unlock()
	defer func() {
		u.mu.Lock()
		u.waiting--
		u.keepUntil = time.Now().Add(u.relay.opts.Linger)
		u.mu.Unlock()
	}()
	select {
	case u.poke <- struct{}{}:
	default:
	}
	if f != nil {
		return f, rtsp.ReasonNone
	}
	if failure != rtsp.ReasonNone && pausing {
		return nil, failure // the reader may ask again
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-u.gone:
		return nil, rtsp.ReasonStopped
	case <-failed:
	case <-ready:
	case <-timer.C:
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.feed != nil:
		return u.feed, rtsp.ReasonNone
	case u.watch.failure != rtsp.ReasonNone:
		return nil, u.watch.failure
	case !u.watch.connected.IsZero():
		return nil, rtsp.ReasonNoKeyFrame
	}
	return nil, rtsp.ReasonTimeout
}

// OnSetup implements gortsplib.ServerHandlerOnSetup.
func (h *handler) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	a, res, err := h.admit(ctx.Request, ctx.Path)
	if res != nil {
		return res, nil, err
	}
	a.up.mu.Lock()
	f := a.up.feed
	readers := len(a.up.readers)
	a.up.mu.Unlock()
	if f == nil {
		return refuse(base.StatusServiceUnavailable, rtsp.ReasonDisconnected), nil, nil
	}
	if readers >= h.r.opts.MaxReaders {
		return refuse(base.StatusNotEnoughBandwidth, rtsp.ReasonFull), nil, nil
	}
	ctx.Session.SetUserData(&served{up: a.up, feed: f, grant: a.grant})
	return &base.Response{StatusCode: base.StatusOK}, f.stream, nil
}

// served ties a session to its stream from SETUP on.
type served struct {
	up      *upstream
	feed    *feed
	grant   Grant
	playing bool
}

// OnPlay implements gortsplib.ServerHandlerOnPlay. The first picture is queued before the answer, the library sends it
// right after.
func (h *handler) OnPlay(ctx *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	s, ok := ctx.Session.UserData().(*served)
	if !ok {
		return refuse(base.StatusServiceUnavailable, rtsp.ReasonDisconnected), nil
	}
	u := s.up
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.feed != s.feed {
		return refuse(base.StatusServiceUnavailable, rtsp.ReasonDisconnected), nil
	}
	if s.playing {
		return &base.Response{StatusCode: base.StatusOK}, nil
	}
	h.r.mu.Lock()
	withdrawn := h.r.withdrawn(s.grant)
	h.r.mu.Unlock()
	if withdrawn {
		return refuse(base.StatusUnauthorized, rtsp.ReasonNotAdmitted), nil
	}
	s.playing = true
	r := newReader(ctx.Session, s.feed.media, s.grant, meteredOf(ctx.Conn.NetConn()), h.r.opts.CacheBytes*5/4)
	r.join(s.feed.gop, time.Now())
	u.readers[ctx.Session] = r
	u.pace()
	u.log.Info("reader joined", slog.String("subject", s.grant.Subject), slog.Int("readers", len(u.readers)))
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnSessionClose implements gortsplib.ServerHandlerOnSessionClose.
func (h *handler) OnSessionClose(ctx *gortsplib.ServerHandlerOnSessionCloseCtx) {
	s, ok := ctx.Session.UserData().(*served)
	if !ok || !s.playing {
		return
	}
	u := s.up
	u.mu.Lock()
	r := u.readers[ctx.Session]
	delete(u.readers, ctx.Session)
	u.keepUntil = time.Now().Add(u.relay.opts.Linger)
	if r != nil {
		u.health.Skipped += r.skipped
	}
	why := "left"
	var netErr net.Error
	switch {
	case r == nil:
		why = "camera gone"
	case r.expelled:
		why = "token withdrawn"
	case r.slow || errors.As(ctx.Error, &netErr) && netErr.Timeout():
		why = "slow"
		u.health.Slow++
	}
	readers := len(u.readers)
	u.mu.Unlock()
	u.log.Info("reader gone", slog.String("subject", s.grant.Subject), slog.String("why", why), slog.Int("readers", readers))
}

// OnStreamWriteError implements gortsplib.ServerHandlerOnStreamWriteError: nothing is written through the stream itself.
func (h *handler) OnStreamWriteError(*gortsplib.ServerHandlerOnStreamWriteErrorCtx) {}
