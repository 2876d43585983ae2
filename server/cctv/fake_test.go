package cctv

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const t0 = world.Time(1_763_690_000_000)

// chronicle is a history in memory.
type chronicle struct {
	mu     sync.Mutex
	state  *world.State
	now    world.Time
	bodies []world.Body
}

func newChronicle(t *testing.T, bs ...world.Body) *chronicle {
	t.Helper()
	c := &chronicle{state: world.New(1), now: t0}
	for _, b := range bs {
		if err := c.Put(t.Context(), "test", []world.Observation{{Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	c.bodies = nil
	return c
}

func (c *chronicle) Put(_ context.Context, source string, obs []world.Observation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.add(source, obs)
}

func (c *chronicle) add(source string, obs []world.Observation) error {
	for _, o := range obs {
		if o.Time == 0 {
			o.Time = c.now
		}
		if _, err := c.state.Apply(world.Event{Seq: c.state.At().Seq + 1, Seen: c.now, Source: source, Observation: o}); err != nil {
			return err
		}
		c.bodies = append(c.bodies, o.Body)
	}
	return nil
}

func (c *chronicle) Decide(_ context.Context, source string, f func(world.Time, *world.State) ([]world.Observation, error)) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	obs, err := f(c.now, c.state)
	if err != nil {
		return 0, err
	}
	return c.state.At().Seq + uint64(len(obs)), c.add(source, obs)
}

func (c *chronicle) Look(_ context.Context, f func(*world.State)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(c.state)
	return nil
}

// said returns the bodies of a kind that were written.
func said[B world.Body](c *chronicle) []B {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []B
	for _, b := range c.bodies {
		if x, ok := b.(B); ok {
			out = append(out, x)
		}
	}
	return out
}

// still is a relay that does nothing.
type still struct {
	clip func(w io.Writer) (replay.Summary, error)
}

func (still) Addr() string                                      { return "127.0.0.1:8554" }
func (still) SetCameras([]relay.Camera) error                   { return nil }
func (still) CloseSubject(string) int                           { return 0 }
func (still) Admit(string, string, string) (relay.Grant, error) { return relay.Grant{}, nil }
func (still) Health() []relay.Health                            { return nil }
func (still) Run(ctx context.Context) error                     { <-ctx.Done(); return ctx.Err() }
func (s still) Clip(_ context.Context, _, _ string, _, _ time.Time, w io.Writer) (replay.Summary, error) {
	if s.clip == nil {
		return replay.Summary{}, relay.ErrNotKept
	}
	return s.clip(w)
}

// shelf is a store that keeps nothing.
type shelf struct{ sum string }

func (s shelf) Keep(_ context.Context, write func(io.Writer) error) (string, error) {
	return s.sum, write(io.Discard)
}
func (shelf) Open(string) (io.ReadCloser, int64, error) { return nil, 0, errors.New("nothing here") }
func (shelf) Drafts() []string                          { return nil }
func (shelf) OpenDraft(string) (io.ReadCloser, error)   { return nil, errors.New("nothing here") }
func (shelf) DropDraft(string) error                    { return nil }

// motor is a head that notes what it is told.
type motor struct {
	mu   sync.Mutex
	did  []string
	err  error
	shut bool
}

func (m *motor) note(what string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.did = append(m.did, what)
	return m.err
}

func (m *motor) done() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.did)
}
func (m *motor) Move(context.Context, float64, float64, float64) error { return m.note("move") }
func (m *motor) Stop(context.Context) error                            { return m.note("stop") }
func (m *motor) Preset(_ context.Context, name string) error           { return m.note("preset " + name) }
func (m *motor) Close() error                                          { m.shut = true; return nil }

func definedCamera(id string, edit func(*world.CameraDefined)) world.CameraDefined {
	b := world.CameraDefined{ID: id, Name: "Camera " + id, Pos: geo.Pt(108.28, 15.86), Heading: world.NotAvailable, Area: "vn/da-nang", Replay: 60, Streams: []world.CameraStream{{Name: "main"}, {Name: "sub"}}}
	if edit != nil {
		edit(&b)
	}
	return b
}

func newCameras(t *testing.T, h *chronicle, edit func(*Options), list ...Camera) *Cameras {
	t.Helper()
	o := Options{
		Open:    func([]relay.Camera, func(string, relay.Health)) (Relay, error) { return still{}, nil },
		Cameras: list, History: h, Store: shelf{}, Signer: relay.Signer{Key: make([]byte, relay.MinKey)},
		Good: func(string) bool { return true }, Address: func(a string) string { return "rtsp://" + a },
	}
	if edit != nil {
		edit(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mai() auth.Identity { return auth.Identity{Token: "mai", Name: "Mai", Role: auth.Operator} }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
