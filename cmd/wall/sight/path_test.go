package sight

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
	"iocwall/server"
	"iocwall/server/auth"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// guard is how long the test waits for what must happen; it guards against hanging
// only.
const guard = time.Minute

const centreFile = `name: Thử
data: data
listen: 127.0.0.1:0
relay: {listen: "127.0.0.1:0"}
rules: rules.yaml
cameras:
  - {id: cau, name: Cầu Câu Lâu, pos: [108.28, 15.86], always: true, area: vn/da-nang-2025, streams: [{name: main, url: "%URL%"}]}
`

const rulesFile = `rules:
  - id: dung-hinh
    on: camera
    when: state == "frozen"
    severity: warning
    title: Camera {{name}} đứng hình từ {{since|clock}}
    instruction: [Khởi động lại camera]
`

// desk is a client of the feed with a state of its own, whose batches go by a Sight.
type desk struct {
	t      *testing.T
	client *wire.Client
	sight  *Sight

	mu    sync.Mutex
	state *world.State
	link  world.Link
}

func (d *desk) standing() world.Link {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.link
}

func (d *desk) follow(ctx context.Context) {
	for {
		b, err := d.client.Next(ctx)
		if err != nil {
			return
		}
		d.sight.Take(&b)
		d.mu.Lock()
		if b.Link != nil {
			d.link = *b.Link
		}
		for _, r := range b.Receipts {
			if !r.OK {
				d.t.Errorf("refused: %s", r.Reason)
			}
		}
		if d.state, err = d.state.ApplyBatch(&b, nil); err != nil {
			d.t.Error(err)
		}
		d.mu.Unlock()
	}
}

func (d *desk) until(what string, ok func(*world.State) bool) {
	d.t.Helper()
	eventually(d.t, what, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return ok(d.state)
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(guard); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// From the player of a wall's computer to the rule and the list: the encoder of a
// camera hangs, which the relay cannot see, and it goes on again.
func TestAStillPictureReachesTheRule(t *testing.T) {
	cam, err := mediatest.NewCamera(mediatest.Options{ClipOptions: mediatest.ClipOptions{Width: 320, Height: 180, FPS: 12, KeyEvery: time.Second, Length: 4 * time.Second}})
	if err != nil {
		t.Skipf("no camera to film with: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { _ = cam.Run(ctx) })

	dir := t.TempDir()
	for name, text := range map[string]string{"ioc.yaml": strings.Replace(centreFile, "%URL%", cam.URL(), 1), "rules.yaml": rulesFile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, problems := server.LoadConfig(filepath.Join(dir, "ioc.yaml"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	store, err := auth.Open(server.TokenFile(filepath.Join(dir, "data")))
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := store.Add(auth.Spec{Name: "pc-03", Role: auth.Node})
	if err != nil {
		t.Fatal(err)
	}
	reader, _, err := store.Add(auth.Spec{Name: "Mai", Role: auth.Operator})
	if err != nil {
		t.Fatal(err)
	}
	centre, err := server.New(ctx, server.Options{Config: config, Version: "test", File: filepath.Join(dir, "ioc.yaml"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	wg.Go(func() { _ = centre.Run(ctx) })

	d := &desk{t: t, state: world.New(0)}
	if d.client, err = wire.NewClient(wire.ClientOptions{URL: "ws://" + centre.Addr() + "/feed", Token: func() (string, error) { return token, nil }, Name: "pc-03"}); err != nil {
		t.Fatal(err)
	}
	player := &scripted{st: live()}
	d.sight = New(Options{
		Open: func(media.Camera, func()) Player { return player },
		Send: d.client.Send, Standing: d.standing, Prefix: "own-", Logger: slog.New(slog.DiscardHandler),
	})
	for _, run := range []func(context.Context) error{d.client.Run, d.sight.Run} {
		wg.Go(func() { _ = run(ctx) })
	}
	wg.Go(func() { d.follow(ctx) })
	d.sight.Open(media.Camera{ID: "cau"}, nil)

	is := func(state world.CameraState) func(*world.State) bool {
		return func(st *world.State) bool { c, _ := st.Camera("cau"); return c.Health.State == state }
	}
	alerts := func(st *world.State) (open, all int) {
		for _, a := range st.Alerts() {
			if a.Rule == "dung-hinh" {
				if all++; a.Open() {
					open++
				}
			}
		}
		return open, all
	}
	list := func(state, by string) {
		t.Helper()
		eventually(t, "the list says "+state, func() bool {
			var out struct {
				Cameras []struct{ ID, State, By string }
			}
			req, err := http.NewRequestWithContext(ctx, "GET", "http://"+centre.Addr()+"/api/cameras", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+reader)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			raw, err := io.ReadAll(resp.Body)
			if err == nil {
				err = json.Unmarshal(raw, &out)
			}
			if err != nil {
				t.Fatal(err)
			}
			return len(out.Cameras) == 1 && out.Cameras[0].State == state && out.Cameras[0].By == by
		})
	}
	d.until("the relay has pictures", is(world.CameraLive))
	since := time.Now().Add(-12 * time.Second)
	player.set(media.Stats{State: media.StateFrozen, Reason: media.ReasonUnchanged, Since: since})
	d.until("the camera stands still", is(world.CameraFrozen))
	d.until("the alert", func(st *world.State) bool { open, all := alerts(st); return open == 1 && all == 1 })
	list("frozen", "pc-03")
	d.mu.Lock()
	if c, _ := d.state.Camera("cau"); c.Health.Since.Std().Sub(since).Abs() > 2*time.Second || c.Health.Codec != "h264" {
		t.Errorf("%+v, since %v", c.Health, since)
	}
	d.mu.Unlock()
	player.set(live())
	d.until("the camera moves", is(world.CameraLive))
	d.until("the alert is over", func(st *world.State) bool { open, _ := alerts(st); return open == 0 })
	list("live", "")
}
