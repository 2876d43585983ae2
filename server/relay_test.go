package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media/rtsp"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/settings"
	"iocwall/server/world"
)

// A relay in a process of its own goes on while the server is away: whoever
// watches sees no gap, what is asked for afterwards can still be replayed, and a
// token that is revoked loses its pictures there as well.
func TestPicturesOutliveTheServer(t *testing.T) {
	url := filming(t)
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.write("camera.password", "bí mật\n")
	door, pictures := freePort(t), freePort(t)
	c.write("ioc.yaml", fmt.Sprintf("name: Thử\ndata: data\nlisten: 127.0.0.1:0\nrelay: {listen: %q, remote: %q}\n", pictures, door)+
		"cameras:\n  - {id: cau, name: Cầu, pos: [108.28, 15.86], replay: 60s, area: "+daNang+", user: relay, password: \"file:camera.password\", streams: [{name: main, url: \""+url+"\"}]}\n")
	conf, problems := settings.Load(c.path("ioc.yaml"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	unit, err := NewRelayUnit(conf, slog.New(slog.NewTextHandler(c.logs, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- unit.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("relay: %v", err)
		}
	})
	c.start()
	t.Cleanup(c.stop)
	raw, id := c.tokenID("Mai", auth.Operator)
	c.kept(raw, "cau", 2)

	// Somebody watches with the grant of the feed.
	g := c.grant(toWire(auth.Identity{Token: id, Name: "Mai", Role: auth.Operator}))
	if g == nil || g.URL != "rtsp://"+pictures {
		t.Fatalf("grant %+v", g)
	}
	watching, unwatch := context.WithCancel(context.Background())
	var mu sync.Mutex
	var last time.Time
	var at time.Duration
	longest, missing, units := time.Duration(0), time.Duration(0), 0
	over := make(chan error, 1)
	go func() {
		over <- rtsp.Play(watching, rtsp.Options{URL: g.URL + "/cau/main", User: "wall", Pass: g.Token}, rtsp.Handler{OnUnit: func(u rtsp.Unit) {
			mu.Lock()
			defer mu.Unlock()
			if !last.IsZero() {
				longest, missing = max(longest, u.Arrived.Sub(last)), max(missing, u.PTS-at)
			}
			last, at = u.Arrived, u.PTS
			units++
		}})
	}()
	defer unwatch()
	seen := func() int { mu.Lock(); defer mu.Unlock(); return units }
	eventually(t, "pictures", func() bool { return seen() > 5 })
	from := time.Now()
	c.stop()
	n := seen()
	eventually(t, "pictures without the server", func() bool { return seen() > n+24 })
	c.start()
	mai := c.look(raw)
	mai.until("the camera", func(s *world.State) bool { x, _ := s.Camera("cau"); return x.Health.State == world.CameraLive })
	n = seen()
	eventually(t, "pictures with the next server", func() bool { return seen() > n+12 })
	mu.Lock()
	// By the camera's clock, as a busy computer delivers late what is all there.
	if missing > 500*time.Millisecond {
		t.Errorf("%v of pictures are missing", missing)
	}
	if longest > patience/3 {
		t.Errorf("the pictures stood still for %v", longest)
	}
	t.Logf("longest wait %v, longest step of the film %v", longest, missing)
	mu.Unlock()

	// What happened while the server was away can be kept.
	if r := mai.order(act.Command{ID: "1", Act: act.SaveClip{ID: "vang", Camera: "cau", From: world.TimeOf(from), To: world.TimeOf(from.Add(2 * time.Second))}}); !r.OK {
		t.Fatalf("refused: %s", r.Reason)
	}
	mai.until("the clip", func(s *world.State) bool { x, _ := s.Clip("vang"); return x.Ready() })
	film, err := c.film("/api/clips/vang", raw)
	if err == nil {
		err = whole(film, from, from.Add(2*time.Second))
	}
	if err != nil {
		t.Error(err)
	}

	if err := c.store.Revoke(id); err != nil {
		t.Fatal(err)
	}
	select {
	case <-over:
	case <-time.After(patience):
		t.Error("a revoked token still has its pictures")
	}
}

// A door whose path was mistyped does not remove what lies there.
func TestTheDoorTakesNoFileAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "important")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &Config{}
	c.Relay.Remote = "unix:" + path
	if l, err := listenDoor(c); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("got %v, %v", l, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	c.Relay.Remote += ".sock"
	for range 2 { // the second time over what a killed unit left
		l, err := listenDoor(c)
		if err != nil {
			t.Fatal(err)
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
