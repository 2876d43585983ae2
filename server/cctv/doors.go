package cctv

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// replayLongest bounds what is replayed in one answer.
	replayLongest = 10 * time.Minute
	// sendLimit is how long a client may take nothing of what it asked for.
	sendLimit = 15 * time.Second
	// sumHeader carries the SHA-256 of a file in hexadecimal digits: before a
	// file, after a replay, which is not known before.
	sumHeader = "X-Content-SHA256"
)

// Audit writes down what somebody did that changes nothing, and returns once
// that is durable. What was not written down is not to be done.
type Audit func(ctx context.Context, id auth.Identity, a world.Audited) error

// auditLimit is how long a request waits until it is written down.
const auditLimit = 20 * time.Second

// errAudit is answered when reading could not be written down.
var errAudit = errors.New("the history cannot be written, so pictures are not handed out; ask an administrator to look at the disk")

// audit writes down what somebody does whether they still wait for the answer or
// not: who hangs up half way has the pictures all the same.
func (d Doors) audit(ctx context.Context, id auth.Identity, a world.Audited) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditLimit)
	defer cancel()
	if err := d.Audit(ctx, id, a); err != nil {
		d.Cameras.log.Error("an audit event was not written", "act", a.Act, "object", a.Object, "error", err)
		return errAudit
	}
	return nil
}

// Doors are the answers about cameras. The caller checked the right to knock:
// state.read for lists, recording.read for pictures.
type Doors struct {
	Cameras *Cameras
	Audit   Audit
}

// cameraInfo is one camera in the list of GET /api/cameras.
type cameraInfo struct {
	ID      string            `json:"id"`
	Name    string            `json:"name"`
	Area    string            `json:"area,omitempty"`
	Site    string            `json:"site,omitempty"`
	State   world.CameraState `json:"state"`
	Reason  string            `json:"reason,omitempty"`
	Cause   string            `json:"cause,omitempty"`
	By      string            `json:"by,omitempty"`
	Since   world.Time        `json:"since"`
	Checked world.Time        `json:"checked"`
	PTZ     bool              `json:"ptz,omitempty"`
	Replay  int               `json:"replay,omitempty"`
	Streams []streamInfo      `json:"streams"`
}

// streamInfo is what the relay knows of one stream.
type streamInfo struct {
	Name    string  `json:"name"`
	State   string  `json:"state,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Codec   string  `json:"codec,omitempty"`
	Width   int     `json:"width,omitempty"`
	Height  int     `json:"height,omitempty"`
	FPS     float64 `json:"fps,omitempty"`
	Kbps    float64 `json:"kbps,omitempty"`
	Loss    float64 `json:"loss,omitempty"`
	Readers int     `json:"readers,omitempty"`
	Tries   int     `json:"tries,omitempty"`
	// Kept is how many seconds can be replayed now.
	Kept float64 `json:"kept,omitempty"`
	// Detail is one sentence for a technician, and for no others: it may name the
	// camera's address.
	Detail string `json:"detail,omitempty"`
}

// List answers GET /api/cameras: first the sites that fail as a whole, then every
// camera the identity may see.
func (d Doors) List(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var out struct {
		Sites   []trouble    `json:"sites"`
		Cameras []cameraInfo `json:"cameras"`
	}
	seen := map[string]bool{}
	out.Cameras = []cameraInfo{}
	if err := d.Cameras.o.History.Look(r.Context(), func(st *world.State) {
		for _, c := range st.Cameras() {
			if id.Sees(st, c.Area) {
				seen[c.ID] = true
				out.Cameras = append(out.Cameras, infoOf(c))
			}
		}
	}); err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	live := map[[2]string]relay.Health{}
	for _, h := range d.Cameras.relay.Health() {
		live[[2]string{h.Camera, h.Stream}] = h
	}
	for _, c := range out.Cameras {
		for j, x := range c.Streams {
			c.Streams[j] = x.with(live[[2]string{c.ID, x.Name}])
			if id.Role != auth.Administrator && id.Role != auth.Technician {
				c.Streams[j].Detail = ""
			}
		}
	}
	out.Sites = []trouble{}
	for _, x := range d.Cameras.healths.troubles() {
		// Who sees some of its cameras is told of those only.
		x.Failing = slices.DeleteFunc(slices.Clone(x.Failing), func(camera string) bool { return !seen[camera] })
		if len(x.Failing) > 0 {
			out.Sites = append(out.Sites, x)
		}
	}
	reply.JSON(w, http.StatusOK, out)
}

func infoOf(c world.Camera) cameraInfo {
	out := cameraInfo{
		ID: c.ID, Name: c.Name, Area: c.Area, Site: c.Site, State: c.Health.State, Reason: c.Health.Reason, Cause: c.Health.Cause, By: c.Health.By,
		Since: c.Health.Since, Checked: c.Health.Checked, PTZ: c.PTZ, Replay: c.Replay, Streams: []streamInfo{},
	}
	for _, s := range c.Streams {
		out.Streams = append(out.Streams, streamInfo{Name: s.Name, Width: s.Width, Height: s.Height, FPS: s.FPS})
	}
	return out
}

// with returns the stream with what the relay last said of it.
func (s streamInfo) with(h relay.Health) streamInfo {
	if h.Stream == "" {
		return s
	}
	s.State, s.Reason, s.Codec = string(h.State), string(h.Reason), string(h.Codec)
	if h.Width > 0 {
		s.Width, s.Height = h.Width, h.Height
	}
	s.FPS, s.Kbps, s.Loss = h.FPS, h.Bitrate/1000, h.Loss
	s.Readers, s.Tries, s.Kept, s.Detail = h.Readers, h.Retries, h.Kept.Seconds(), h.Detail
	return s
}

// Replay answers GET /api/cameras/{id}/replay with what the relay still has of
// the camera, as a fragmented MP4 file that is sent while it is put together.
func (d Doors) Replay(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	camera := r.PathValue("id")
	cam, err := d.Cameras.visible(r.Context(), id, camera)
	if err != nil {
		d.refused(w, r, id, camera, http.StatusNotFound, err)
		return
	}
	stream, from, to, err := interval(r.URL.Query(), cam, time.Now())
	if err != nil {
		reply.Error(w, http.StatusBadRequest, err)
		return
	}
	what := fmt.Sprintf("%s/%s %s %s", camera, stream, from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339))
	out := &sender{w: w, control: http.NewResponseController(w)}
	out.begin = func() error {
		// Written down before anything is sent.
		return d.audit(r.Context(), id, world.Audited{Who: id.Token, Act: string(auth.ReadRecordings), Object: what, OK: true})
	}
	sum, err := d.Cameras.relay.Clip(r.Context(), camera, stream, from, to, out)
	if err == nil {
		w.Header().Set(http.TrailerPrefix+sumHeader, hex.EncodeToString(sum.SHA256[:]))
		return
	}
	if out.begun {
		panic(http.ErrAbortHandler) // so that the client does not take half for the whole
	}
	status := http.StatusBadGateway
	switch {
	case errors.Is(err, errAudit):
		status, err = http.StatusServiceUnavailable, world.Refuse("replay.audit", "{why}", "why", errAudit)
	case errors.Is(err, relay.ErrNotKept):
		status, err = http.StatusNotFound, world.Refuse("camera.noreplay", "{why}", "why", err, "camera", cam.Name)
	case errors.Is(err, replay.ErrNothing):
		status, err = http.StatusNotFound, world.Refuse("replay.nothing", "{why}", "why", err)
	default:
		err = world.Refuse("replay.failed", "{why}", "why", err)
	}
	reply.Error(w, status, err)
}

// interval reads what is asked for; an end that lies ahead is now.
func interval(q url.Values, cam world.Camera, now time.Time) (stream string, from, to time.Time, err error) {
	stream = q.Get("stream")
	known := false
	for _, s := range cam.Streams {
		if stream == "" {
			stream = s.Name
		}
		known = known || s.Name == stream
	}
	if !known {
		return "", from, to, world.Refuse("camera.stream", "the camera {camera} has no stream \"{stream}\"", "camera", cam.ID, "stream", stream)
	}
	if from, err = moment("from", q.Get("from")); err != nil {
		return "", from, to, err
	}
	if to, err = moment("to", q.Get("to")); err != nil {
		return "", from, to, err
	}
	if to.After(now) {
		to = now
	}
	switch {
	case !from.Before(to):
		return "", from, to, world.Refuse("replay.backwards", "\"to\" is not after \"from\", or \"from\" lies ahead")
	case to.Sub(from) > replayLongest:
		return "", from, to, world.Refuse("replay.span", "more than {span} are asked for", "span", replayLongest)
	}
	return stream, from, to, nil
}

// moment reads a time: RFC 3339, or milliseconds since 1970.
func moment(name, text string) (time.Time, error) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > 0 {
		return time.UnixMilli(ms), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, world.Refuse("replay.time", "{key}: \"{time}\" is no time; write 2026-11-21T10:00:00Z or milliseconds since 1970", "key", name, "time", text)
	}
	return t, nil
}

// Clips answers GET /api/clips with the clips the identity may see, the newest
// first; ?camera= and ?alert= choose.
func (d Doors) Clips(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	q := r.URL.Query()
	out := []world.Clip{}
	if err := d.Cameras.o.History.Look(r.Context(), func(st *world.State) {
		for _, c := range st.ClipsOf(q.Get("camera"), q.Get("alert")) {
			if id.Sees(st, c.Area) {
				out = append(out, c)
			}
		}
	}); err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	reply.JSON(w, http.StatusOK, out)
}

// Clip answers GET /api/clips/{id} with the file. It is checked while it is sent:
// when it is not what was saved, the transfer is broken off before its end.
func (d Doors) Clip(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	name := r.PathValue("id")
	x, there, err := d.clip(r.Context(), id, name)
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	switch {
	case !there:
		d.refused(w, r, id, name, http.StatusNotFound, refuse("clip.unknown", "there is no clip \"{clip}\"", "clip", name))
		return
	case !x.Ready() && x.Why != "":
		reply.Error(w, http.StatusGone, world.Refuse("clip.unsaved", "the clip was not saved: {why}", "why", x.Failure()))
		return
	case !x.Ready():
		w.Header().Set("Retry-After", "5")
		reply.Error(w, http.StatusConflict, world.Refuse("clip.writing", "the clip is still being written"))
		return
	}
	said := world.Audited{Who: id.Token, Act: string(auth.ReadRecordings), Object: "clip/" + name, OK: true}
	file, size, err := d.Cameras.o.Store.Open(x.Saved.SHA256) // it stays when the state forgets the clip
	if err != nil {
		said.OK, said.Reason = false, "the file is missing or damaged"
		d.audit(r.Context(), id, said) //nolint:errcheck // nothing is handed out
		d.Cameras.log.Error("the file of a clip cannot be read", "clip", name, "sha256", x.Saved.SHA256, "error", err)
		reply.Error(w, http.StatusInternalServerError, world.Refuse("clip.damaged", "{why}", "why", said.Reason))
		return
	}
	defer file.Close()
	if err := d.audit(r.Context(), id, said); err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	h := w.Header()
	h.Set(sumHeader, x.Saved.SHA256)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", `attachment; filename="`+name+`.mp4"`)
	if err := send(&sender{w: w, control: http.NewResponseController(w)}, file, size, x.Saved.SHA256); err != nil {
		if !errors.Is(err, errClient) {
			d.Cameras.log.Error("the file of a clip was not sent whole", "clip", name, "sha256", x.Saved.SHA256, "error", err)
			said.OK, said.Reason = false, "the file is damaged; the transfer was broken off"
			d.audit(r.Context(), id, said) //nolint:errcheck // it was logged
		}
		panic(http.ErrAbortHandler)
	}
}

// clip returns the clip if the identity may see it, also one that was saved so
// long ago that walls are not told of it any more.
func (d Doors) clip(ctx context.Context, id auth.Identity, name string) (x world.Clip, there bool, err error) {
	o, may := d.Cameras.o, false
	err = o.History.Look(ctx, func(st *world.State) {
		x, there = st.Clip(name)
		may = there && id.Sees(st, x.Area)
	})
	if err != nil || there || o.Older == nil || !clipPattern.MatchString(name) {
		return x, may, err
	}
	if x, there, err = o.Older(ctx, name); err != nil || !there {
		return x, false, err
	}
	err = o.History.Look(ctx, func(st *world.State) { may = id.Sees(st, x.Area) })
	return x, may, err
}

// refused answers and writes down that somebody asked for what is not for them,
// or not there: the two look alike from outside.
func (d Doors) refused(w http.ResponseWriter, r *http.Request, id auth.Identity, object string, status int, err error) {
	said := world.Audited{Who: id.Token, Act: string(auth.ReadRecordings), Object: strings.ToValidUTF8(object[:min(len(object), 100)], ""), Reason: strings.ToValidUTF8(err.Error(), "")}
	d.audit(r.Context(), id, said) //nolint:errcheck // nothing is handed out
	reply.Error(w, status, err)
}
