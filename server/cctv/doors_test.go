package cctv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// one is a store with one file.
type one struct {
	shelf
	text string
}

func (s one) Open(string) (io.ReadCloser, int64, error) {
	return io.NopCloser(strings.NewReader(s.text)), int64(len(s.text)), nil
}

// Who hangs up their end right after asking still gets the file, so it is written
// down all the same; and what cannot be written down is not handed out.
func TestPicturesAreHandedOutOnlyWhenWrittenDown(t *testing.T) {
	const film = "a film"
	sum := sha256.Sum256([]byte(film))
	name := hex.EncodeToString(sum[:])
	asked := world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: t0 - 10_000, To: t0, Area: "vn/da-nang"}
	h := newChronicle(t, definedCamera("c", nil), asked, world.ClipSaved{ID: "a", Camera: "c", SHA256: name, Bytes: int64(len(film))})
	c := newCameras(t, h, func(o *Options) {
		o.Store = one{text: film}
		o.Open = func([]relay.Camera, func(string, relay.Health)) (Relay, error) {
			return still{clip: func(w io.Writer) (replay.Summary, error) {
				_, err := io.WriteString(w, film)
				return replay.Summary{}, err
			}}, nil
		}
	})
	full := errors.New("the disk is full")
	for _, x := range []struct {
		door   string
		err    error
		status int
		body   string
	}{
		{"clip", nil, http.StatusOK, film},
		{"replay", nil, http.StatusOK, film},
		{"clip", full, http.StatusServiceUnavailable, ""},
		{"replay", full, http.StatusServiceUnavailable, ""},
	} {
		var told []world.Audited
		d := Doors{Cameras: c, Audit: func(ctx context.Context, _ auth.Identity, a world.Audited) error {
			if err := errors.Join(ctx.Err(), x.err); err != nil {
				return err
			}
			told = append(told, a)
			return nil
		}}
		gone, hangUp := context.WithCancel(t.Context())
		hangUp()
		r := httptest.NewRequestWithContext(gone, http.MethodGet, "/?from="+time.UnixMilli(int64(t0)-5000).UTC().Format(time.RFC3339)+"&to="+time.UnixMilli(int64(t0)).UTC().Format(time.RFC3339), nil)
		w := httptest.NewRecorder()
		if x.door == "clip" {
			r.SetPathValue("id", "a")
			d.Clip(w, r, mai())
		} else {
			r.SetPathValue("id", "c")
			d.Replay(w, r, mai())
		}
		if w.Code != x.status || (x.body != "") != (w.Body.String() == film) || strings.Contains(w.Body.String(), film) != (x.body != "") {
			t.Errorf("%s, %v: %d %s", x.door, x.err, w.Code, w.Body)
		}
		if (len(told) == 1 && told[0].OK && told[0].Who == "mai") != (x.err == nil) {
			t.Errorf("%s, %v: written down: %+v", x.door, x.err, told)
		}
	}
}

// Addresses of cameras are for those who tend them.
func TestDetailsAreForTechnicians(t *testing.T) {
	h := newChronicle(t, definedCamera("c", nil))
	c := newCameras(t, h, func(o *Options) {
		o.Open = func([]relay.Camera, func(string, relay.Health)) (Relay, error) {
			return known{still{}, []relay.Health{{Camera: "c", Stream: "main", State: relay.StateNoSignal, Detail: "rtsp://10.20.3.11/main: no route to host"}}}, nil
		}
	})
	for _, role := range auth.Roles() {
		w := httptest.NewRecorder()
		id := auth.Identity{Token: "x", Role: role}
		if role == auth.Unit {
			id.Areas = []string{"vn/da-nang"}
		}
		Doors{Cameras: c}.List(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), id)
		if told := strings.Contains(w.Body.String(), "10.20.3.11"); told != (role == auth.Administrator || role == auth.Technician) {
			t.Errorf("%s: %s", role, w.Body)
		}
	}
}

// known is a relay that knows something.
type known struct {
	still
	health []relay.Health
}

func (k known) Health() []relay.Health { return k.health }
