package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/capacity"
	"iocwall/media/decode"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui"
	"iocwall/ui/screens"
)

// patient is a wall computer that reports; the test changes what is wrong with it.
type patient struct {
	mu       sync.Mutex
	monitors []screens.Monitor
	missing  []world.Screen
	up       bool
	sent     []world.NodeReported
	ids      map[string]bool
}

func (p *patient) do(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *patient) health(h *home) *health {
	return &health{
		node: h.node, version: "v1", home: h, log: quiet(),
		send: func(c act.Command) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.ids[c.ID] || !strings.HasPrefix(c.ID, ownReceipts) || len(c.ID) > 64 {
				return errors.New("an id twice, or one that is not ours")
			}
			p.ids[c.ID] = true
			p.sent = append(p.sent, c.Act.(act.ReportNode).Report)
			return nil
		},
		standing: func() world.Link {
			p.mu.Lock()
			defer p.mu.Unlock()
			return world.Link{Up: p.up}
		},
		monitors: func() ([]screens.Monitor, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			return append([]screens.Monitor(nil), p.monitors...), nil
		},
		assigned: func(context.Context) (ui.Assigned, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			return ui.Assigned{Missing: append([]world.Screen(nil), p.missing...)}, nil
		},
		pictures: func() string { return "software" },
		codecs:   func() []decode.CodecSupport { return nil },
		more:     []func() error{func() error { return nil }, func() error { return errors.New("something else") }},
	}
}

func TestHealthIsToldEachMinuteAndOnChange(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t)
		p := &patient{monitors: []screens.Monitor{{Name: "DP-1", W: 1920, H: 1080, WidthMM: 500}}, ids: map[string]bool{}}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = p.health(h).Run(ctx) })
		count := func(want int, when string) {
			t.Helper()
			p.do(func() {
				if len(p.sent) != want {
					t.Errorf("%s: %d reports, want %d", when, len(p.sent), want)
				}
			})
		}
		time.Sleep(time.Minute)
		count(0, "without the server")
		p.do(func() { p.up = true })
		time.Sleep(6 * time.Second)
		count(1, "with the server")
		time.Sleep(50 * time.Second)
		count(1, "when nothing changes")
		time.Sleep(11 * time.Second)
		count(2, "after a minute")
		p.do(func() {
			p.monitors = nil
			p.missing = []world.Screen{{ID: 14, Output: "DP-1"}, {ID: 15}}
		})
		time.Sleep(6 * time.Second)
		count(3, "when a monitor went")
		p.do(func() { p.up = false })
		time.Sleep(time.Minute)
		count(3, "when the server went")
		p.do(func() { p.up = true })
		time.Sleep(6 * time.Second)
		count(4, "when it came back")
		cancel()
		wg.Wait()
		first, last := p.sent[0], p.sent[3]
		if first.Node != "pc-03" || first.Version != "v1" || first.Started == 0 || first.Pictures != "software" || first.Memory < 1<<20 ||
			len(first.Monitors) != 1 || first.Monitors[0] != (world.Monitor{Output: "DP-1", PxW: 1920, PxH: 1080, W: 500}) {
			t.Errorf("the first report: %+v", first)
		}
		text := strings.Join(last.Problems, "\n")
		for _, want := range []string{"screen 14: no monitor at the output DP-1", "screen 15 has no monitor", `run "wall bench cameras"`, "something else"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not among the problems:\n%s", want, text)
			}
		}
	})
}

func TestBudgetIsRead(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	h := newHome(t)
	if _, err := budget(h); err == nil || !strings.Contains(err.Error(), "wall bench cameras") {
		t.Errorf("without a measurement: %v", err)
	}
	of := func(streams float64) capacity.Budget {
		return capacity.Budget{Version: capacity.Version, Results: []capacity.Result{{
			Stream: capacity.Stream{Codec: "h264", Width: 640, Height: 360, FPS: 25}, Streams: streams, Decoder: "software",
		}}}
	}
	for _, c := range []struct {
		path string
		of   float64
	}{{filepath.Join(config, "iocwall", "capacity.json"), 7}, {h.path("capacity.json"), 9}} {
		if err := of(c.of).Save(c.path); err != nil {
			t.Fatal(err)
		}
		got, err := budget(h)
		if err != nil || len(got) != 1 || got[0] != (world.Decoding{Codec: "h264", Width: 640, Height: 360, FPS: 25, Streams: c.of}) {
			t.Errorf("%s: %+v, %v", c.path, got, err)
		}
	}
	if err := os.WriteFile(h.path("capacity.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := budget(h); err == nil {
		t.Error("a torn measurement was read")
	}
}
