package mediatest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
)

// handler answers the readers; it is apart from Camera so that its methods are not part of Camera's surface.
type handler struct{ c *Camera }

// OnConnOpen implements gortsplib.ServerHandlerOnConnOpen.
func (h *handler) OnConnOpen(ctx *gortsplib.ServerHandlerOnConnOpenCtx) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	h.c.counts.Connections++
	h.c.conns[ctx.Conn] = struct{}{}
}

// OnConnClose implements gortsplib.ServerHandlerOnConnClose.
func (h *handler) OnConnClose(ctx *gortsplib.ServerHandlerOnConnCloseCtx) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	delete(h.c.conns, ctx.Conn)
}

// OnSessionClose implements gortsplib.ServerHandlerOnSessionClose.
func (h *handler) OnSessionClose(ctx *gortsplib.ServerHandlerOnSessionCloseCtx) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	var polite liberrors.ErrServerSessionTornDown
	h.c.over(ctx.Session, errors.As(ctx.Error, &polite))
}

// OnStreamWriteError implements gortsplib.ServerHandlerOnStreamWriteError.
func (h *handler) OnStreamWriteError(*gortsplib.ServerHandlerOnStreamWriteErrorCtx) {}

// admit checks path, credentials and places; it returns nil when the request may go on.
func (h *handler) admit(conn *gortsplib.ServerConn, req *base.Request, path string) (*base.Response, error) {
	c := h.c
	fault := c.orders().fault
	wrong := fault == FaultRefuse ||
		c.opts.User != "" && !conn.VerifyCredentials(req, c.opts.User, c.opts.Pass)
	if wrong {
		if fault == FaultRefuse {
			conn.VerifyCredentials(req, "nobody", "nothing") // makes the challenge
		}
		if len(req.Header["Authorization"]) > 0 {
			c.count(func(n *Counts) { n.Logins++ })
		}
		return &base.Response{StatusCode: base.StatusUnauthorized}, liberrors.ErrServerAuth{}
	}
	if fault == FaultForbid {
		c.count(func(n *Counts) { n.Logins++ })
		return &base.Response{StatusCode: base.StatusForbidden}, nil
	}
	if path != c.opts.Path {
		return &base.Response{StatusCode: base.StatusNotFound}, nil
	}
	ready, places := c.places(time.Now())
	if !ready {
		return &base.Response{StatusCode: base.StatusServiceUnavailable}, nil
	}
	if fault == FaultFull || places <= 0 {
		return &base.Response{StatusCode: base.StatusNotEnoughBandwidth}, nil
	}
	return nil, nil
}

// places tells whether the camera serves at all, and how many more.
func (c *Camera) places(now time.Time) (ready bool, free int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opts.MaxSessions <= 0 {
		return c.ready, 1
	}
	c.taken = slices.DeleteFunc(c.taken, func(until time.Time) bool { return now.After(until) })
	return c.ready, c.opts.MaxSessions - len(c.sessions) - len(c.taken)
}

// stream returns what is served now.
func (h *handler) stream() *gortsplib.ServerStream {
	if h.c.is(FaultAudioOnly) {
		return h.c.tracks.mute
	}
	return h.c.tracks.stream
}

// OnDescribe implements gortsplib.ServerHandlerOnDescribe.
func (h *handler) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	h.c.count(func(n *Counts) { n.Describes++ })
	if res, err := h.admit(ctx.Conn, ctx.Request, ctx.Path); res != nil {
		return res, nil, err
	}
	if h.c.opts.BackChannel && h.c.opts.Door != DoorSRTP {
		body, err := h.c.tracks.describe()
		if err != nil {
			return &base.Response{StatusCode: base.StatusInternalServerError}, nil, err
		}
		return &base.Response{StatusCode: base.StatusOK, Body: body}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, h.stream(), nil
}

// OnSetup implements gortsplib.ServerHandlerOnSetup.
func (h *handler) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if res, err := h.admit(ctx.Conn, ctx.Request, ctx.Path); res != nil {
		return res, nil, err
	}
	if h.c.opts.NoTCP && ctx.Transport == gortsplib.TransportTCP {
		return &base.Response{StatusCode: base.StatusUnsupportedTransport}, nil, nil
	}
	track := ctx.Request.URL.String()
	if back := h.c.tracks.backTrack(); back != "" && strings.HasSuffix(track, back) {
		h.c.count(func(n *Counts) { n.BackChannels++ })
		h.evict(ctx.Session)
	}
	if audio := h.c.tracks.audioTrack(); audio != "" && strings.HasSuffix(track, audio) {
		h.c.count(func(n *Counts) { n.AudioTracks++ })
	}
	return &base.Response{StatusCode: base.StatusOK}, h.stream(), nil
}

// evict ends all sessions but one, as some cameras do when somebody wants to speak to them.
func (h *handler) evict(but *gortsplib.ServerSession) {
	h.c.mu.Lock()
	var others []*gortsplib.ServerSession
	for s := range h.c.sessions {
		if s != but {
			others = append(others, s)
		}
	}
	h.c.mu.Unlock()
	for _, s := range others {
		s.Close()
	}
}

// OnPlay implements gortsplib.ServerHandlerOnPlay.
func (h *handler) OnPlay(ctx *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	h.c.counts.Sessions++
	h.c.sessions[ctx.Session] = playing{ctx.Session, ctx.Conn, time.Now()}
	h.c.counts.Peak = max(h.c.counts.Peak, len(h.c.sessions))
	return &base.Response{StatusCode: base.StatusOK}, nil
}
