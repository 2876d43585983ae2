package chart

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// MaxLayer bounds a file of features, MaxFences one of fences, in bytes.
	MaxLayer  = 500 << 20
	MaxFences = 64 << 20
	// pieceLimit is how long a client may take for a piece of a file, whole for all
	// of it.
	pieceLimit = 30 * time.Second
	wholeLimit = 30 * time.Minute
)

// Doors are the map's doors for programs.
type Doors struct {
	Charts *Charts
	// Audit writes down what was refused.
	Audit func(ctx context.Context, id auth.Identity, a world.Audited)
}

// Layer answers GET /api/map/layers/{id} with the features as GeoJSON. The ETag is
// the file's sum: a client that has it is told that nothing changed.
func (d Doors) Layer(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	var l world.LayerSaved
	var there bool
	if err := d.Charts.history.Call(r.Context(), func(st *world.State) { l, there = layerOf(st, r.PathValue("id")) }); err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	if !there {
		reply.Error(w, http.StatusNotFound, world.Refuse("layer.unknown", "there is no layer \"{layer}\"", "layer", r.PathValue("id")))
		return
	}
	h := w.Header()
	h.Set("ETag", `"`+l.SHA256+`"`)
	h.Set("Cache-Control", "no-cache")
	if tagged(r, l.SHA256) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	file, size, err := d.Charts.open(l)
	if err != nil {
		d.Charts.log.Error("the file of a layer cannot be read", "layer", l.ID, "sha256", l.SHA256, "error", err)
		reply.Error(w, http.StatusInternalServerError, world.Refuse("layer.damaged", "the file of the layer is missing or damaged; import it again"))
		return
	}
	defer file.Close() //nolint:errcheck // it was only read
	h.Set("Content-Type", "application/geo+json")
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	if err := send(w, file, l.SHA256); err != nil {
		d.Charts.log.Warn("a layer was not sent whole", "layer", l.ID, "error", err)
		panic(http.ErrAbortHandler) // so that the client does not take half for the whole
	}
}

// tagged reports whether the client has what has the sum. A proxy that packs what
// it passes on makes tags weak.
func tagged(r *http.Request, sum string) bool {
	for tag := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == `"`+sum+`"` {
			return true
		}
	}
	return false
}

// send sends a file whose sum is known, each piece within its time. The last
// piece is held back until the whole was checked.
func send(w http.ResponseWriter, file io.Reader, want string) error {
	control, sum := http.NewResponseController(w), sha256.New()
	_ = control.SetReadDeadline(time.Time{}) // what supports no deadlines has none
	held, buf := make([]byte, 0, 256<<10), make([]byte, 256<<10)
	for {
		n, err := file.Read(buf)
		if n > 0 {
			sum.Write(buf[:n]) //nolint:errcheck // never fails
			if err := piece(w, control, held); err != nil {
				return err
			}
			held = append(held[:0], buf[:n]...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("the file has the sum %s instead of %s", got, want)
	}
	return piece(w, control, held)
}

func piece(w io.Writer, control *http.ResponseController, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_ = control.SetWriteDeadline(time.Now().Add(pieceLimit))
	_, err := w.Write(b)
	return err
}

// imported answers an import.
type imported struct {
	Features int `json:"features"`
	// Rejected are the first of those left out, RejectedCount all of them.
	Rejected      []Rejection `json:"rejected"`
	RejectedCount int         `json:"rejectedCount"`
	Version       int         `json:"version,omitempty"`
	// Unchanged counts fences that were so already.
	Unchanged int `json:"unchanged,omitempty"`
}

// PutLayer answers PUT /api/map/layers/{id}: it reads GeoJSON from the body and
// makes it the next version of the layer. The query says what the layer is: name,
// name_en, source, dated (a day), areas=true, and look.KEY; what it leaves out
// stays as it was.
func (d Doors) PutLayer(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	c, name := d.Charts, r.PathValue("id")
	select {
	case c.reading <- struct{}{}:
		defer func() { <-c.reading }()
	default:
		w.Header().Set("Retry-After", "10")
		reply.Error(w, http.StatusServiceUnavailable, world.Refuse("file.busy", "another file is being read; try again when it is done"))
		return
	}
	var l world.LayerSaved
	var areas []string
	err := c.history.Call(r.Context(), func(st *world.State) {
		l, _ = layerOf(st, name)
		for _, a := range st.Areas() {
			areas = append(areas, a.ID)
		}
	})
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	l.ID, l.Look = name, slices.Clone(l.Look)
	read := Reading{}
	if err = describe(&l, r.URL.Query()); err == nil {
		ctx, cancel := context.WithTimeoutCause(r.Context(), wholeLimit, fmt.Errorf("it took longer than %v", wholeLimit))
		defer cancel()
		if l, read, err = c.Read(ctx, l, areas, body(ctx, w, r, MaxLayer)); err == nil {
			l, err = c.saveLayer(ctx, id, l)
		}
	}
	if err != nil {
		d.refused(w, r, id, "layer/"+name, err)
		return
	}
	c.log.Info("a layer was imported", "layer", l.ID, "features", l.Features, "rejected", l.Rejected, "by", id.Token)
	reply.JSON(w, http.StatusOK, imported{Features: l.Features, Rejected: orNone(read.First), RejectedCount: l.Rejected, Version: l.Version})
}

// DeleteLayer answers DELETE /api/map/layers/{id}: it takes a layer that somebody
// imported off the map. One of the configuration that was changed by the import
// comes back with the next start or reload.
func (d Doors) DeleteLayer(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	name := r.PathValue("id")
	switch err := d.Charts.removeLayer(r.Context(), id, name); {
	case errors.Is(err, errNoLayer):
		reply.Error(w, http.StatusNotFound, world.Refuse("layer.unknown", "there is no layer \"{layer}\"", "layer", name))
	case err != nil:
		d.refused(w, r, id, "layer/"+name, err)
	default:
		d.Charts.log.Info("a layer was removed", "layer", name, "by", id.Token)
		w.WriteHeader(http.StatusNoContent)
	}
}

// describe reads what the query says of a layer.
func describe(l *world.LayerSaved, q url.Values) error {
	for key, values := range q {
		v := values[0]
		switch key {
		case "name":
			l.Name = v
		case "name_en":
			l.NameEn = v
		case "source":
			l.Source = v
		case "areas":
			l.Areas = v == "true" || v == "yes" || v == "1"
		case "dated":
			t, err := time.Parse(time.DateOnly, v)
			if v != "" && err != nil {
				return refuse("layer.dated", "dated: \"{day}\" is no day; write 2026-11-21", "day", v)
			}
			l.Dated = world.TimeOf(t)
		default:
			look, ok := strings.CutPrefix(key, "look.")
			if !ok {
				return refuse("layer.field", "a layer has no \"{key}\"; there are name, name_en, source, dated, areas and look.KEY", "key", key)
			}
			l.Look = slices.DeleteFunc(l.Look, func(p world.Param) bool { return p.Key == look })
			if v != "" {
				l.Look = append(l.Look, world.Param{Key: look, Value: v})
			}
		}
	}
	slices.SortFunc(l.Look, func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
	if len(l.Look) == 0 {
		l.Look = nil
	}
	return CheckLayer(*l)
}

// Fences answers GET /api/map/fences with all fences as GeoJSON.
func (d Doors) Fences(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	var all []world.Fence
	if err := d.Charts.history.Call(r.Context(), func(st *world.State) { all = st.Fences() }); err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	text, err := EncodeFences(all)
	if err != nil {
		reply.Error(w, http.StatusInternalServerError, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/geo+json")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Disposition", `attachment; filename="fences.geojson"`)
	_, _ = w.Write(text) // the client may have gone
}

// ImportFences answers POST /api/map/fences: each good feature becomes the next
// version of the fence with its id.
func (d Doors) ImportFences(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), wholeLimit, fmt.Errorf("it took longer than %v", wholeLimit))
	defer cancel()
	out, err := d.Charts.importFences(ctx, id, body(ctx, w, r, MaxFences))
	if err != nil {
		d.refused(w, r, id, "fences", err)
		return
	}
	reply.JSON(w, http.StatusOK, out)
}

// body is the body of a request that may be long: each piece has its own time, and
// ctx bounds all of them.
func body(ctx context.Context, w http.ResponseWriter, r *http.Request, limit int64) io.Reader {
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(wholeLimit + pieceLimit)) // for the answer
	return &patient{ctx: ctx, in: http.MaxBytesReader(w, r.Body, limit), control: control}
}

type patient struct {
	ctx     context.Context
	in      io.Reader
	control *http.ResponseController
}

// Read implements io.Reader. It ends with the request's time, too: a byte now and
// then would hold the door for ever.
func (p *patient) Read(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, context.Cause(p.ctx)
	}
	_ = p.control.SetReadDeadline(time.Now().Add(pieceLimit))
	n, err := p.in.Read(b)
	if err != nil {
		// What follows, a long file on its way to the disk, has time: a deadline
		// that passes would end the request.
		_ = p.control.SetReadDeadline(time.Now().Add(wholeLimit))
	}
	return n, err
}

// refused answers an import that was not done and writes it down.
func (d Doors) refused(w http.ResponseWriter, r *http.Request, id auth.Identity, object string, err error) {
	status := http.StatusServiceUnavailable
	var why *RefusedError
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		status, err = http.StatusRequestEntityTooLarge, world.Refuse("file.long", "the file is longer than {most} MB", "most", long.Limit>>20)
	case errors.As(err, &why):
		status = http.StatusUnprocessableEntity
	}
	if status == http.StatusServiceUnavailable {
		d.Charts.log.Error("an import failed", "object", object, "by", id.Token, "error", err)
		var path *fs.PathError
		if errors.As(err, &path) { // where the server keeps its files is not the client's business
			err = world.Refuse("file.stored", "the file could not be stored: {why}; have a technician look into the server's log", "why", path.Err)
		}
	} else if d.Audit != nil {
		d.Audit(r.Context(), id, world.Audited{Who: id.Token, Act: string(auth.EditMap), Object: object, Reason: strings.ToValidUTF8(err.Error(), "")})
	}
	reply.Error(w, status, err)
}

func orNone(list []Rejection) []Rejection {
	if list == nil {
		return []Rejection{}
	}
	return list
}
