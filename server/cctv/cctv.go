// Package cctv is the cameras of the centre. What the relay knows of them
// becomes events; who may see pictures gets a token for them; what people ask of
// a camera (turn it, keep its pictures) is done and written down; and when an
// alert is raised, the pictures of the cameras that see the place are kept
// without being asked for.
package cctv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"iocwall/media/onvif"
	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/world"
)

// Source is the source of events that the relay's reports become.
const Source = "relay"

// Camera is one camera: what everybody may know of it, and what only the relay
// and the head's driver may.
type Camera struct {
	Public world.CameraDefined
	// Private holds addresses and credentials.
	Private relay.Camera
	// Head is how the camera is turned; an empty Address is a camera that is
	// not.
	Head Head
}

// Head is where the part of a camera that turns is reached, by ONVIF.
type Head struct {
	Address    string
	User, Pass string
}

// Relay is what serves the pictures: in this process, or a unit of its own.
type Relay interface {
	// Addr is where walls reach it, host:port.
	Addr() string
	// SetCameras replaces the list.
	SetCameras(cameras []relay.Camera) error
	// CloseSubject ends the sessions of a token and those it was granted.
	CloseSubject(subject string) int
	// Admit checks a token as if a reader had come with it.
	Admit(token, camera, stream string) (relay.Grant, error)
	// Health returns what is known of every stream now.
	Health() []relay.Health
	// Clip writes recorded pictures as an MP4 file.
	Clip(ctx context.Context, camera, stream string, from, to time.Time, w io.Writer) (replay.Summary, error)
	// Run serves until ctx ends.
	Run(ctx context.Context) error
}

// History is what the cameras need of the centre's history.
type History interface {
	// Put appends observations and returns once they are durable.
	Put(ctx context.Context, source string, obs []world.Observation) error
	// Decide appends what f makes of the state and returns the number of the
	// last event, zero for none. f runs on the loop: it is short.
	Decide(ctx context.Context, source string, f func(now world.Time, st *world.State) ([]world.Observation, error)) (uint64, error)
	// Look shows f the state, which must not be kept. f runs on the loop.
	Look(ctx context.Context, f func(st *world.State)) error
}

// Store keeps files for good.
type Store interface {
	// Keep stores what write writes. When it returns the file is durable under
	// the sum it returns, SHA-256 in hexadecimal digits. What write fails at
	// leaves nothing, unless its error wraps blob.ErrUnfinished.
	Keep(ctx context.Context, write func(io.Writer) error) (sum string, err error)
	// Open opens the file with the sum and tells its size.
	Open(sum string) (io.ReadCloser, int64, error)
	// Drafts names what Keep had not finished when the program before this one
	// ended, and what ended with blob.ErrUnfinished.
	Drafts() []string
	// OpenDraft opens one of them for reading.
	OpenDraft(name string) (io.ReadCloser, error)
	// DropDraft removes one of them.
	DropDraft(name string) error
}

// Options make Cameras. All but Notes, Older, Evidence, Turn and Logger are required.
type Options struct {
	// Open makes the relay with the first list of cameras. The relay calls
	// report from a goroutine of its own, one call at a time.
	Open func(first []relay.Camera, report func(camera string, h relay.Health)) (Relay, error)
	// Cameras is the first list; Apply replaces it.
	Cameras []Camera
	History History
	Store   Store
	// Notes is a folder that says what is in files which no event names yet;
	// empty keeps none, so that a crash may lose a clip that was stored.
	Notes string
	// Older finds a clip that the state has no room for any more; nil finds none.
	Older func(ctx context.Context, id string) (world.Clip, bool, error)
	// Signer makes the tokens that the relay checks.
	Signer relay.Signer
	// Good tells whether the token with the id still opens doors.
	Good func(token string) bool
	// Address is where walls reach the relay, a URL without credentials.
	Address func(addr string) string
	// Evidence says what is kept when an alert is raised.
	Evidence Evidence
	// Turn makes the driver of a head; nil takes ONVIF.
	Turn func(Head) (Driver, error)
	// Logger never receives a secret; nil discards.
	Logger *slog.Logger
}

// Cameras are the cameras of the centre. Their methods may be called from any
// goroutine.
type Cameras struct {
	o       Options
	log     *slog.Logger
	relay   Relay
	healths *healths
	seers   seers
	heads   *heads
	clips   *clips
	alerts  *witness

	mu   sync.Mutex
	list map[string]Camera
}

// New makes the cameras and their relay, which listens from now on and serves
// once Run is called.
func New(o Options) (*Cameras, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Turn == nil {
		o.Turn = func(h Head) (Driver, error) {
			return onvif.NewPTZ(onvif.PTZOptions{
				Options: onvif.Options{Address: h.Address, User: h.User, Password: h.Pass, Logger: o.Logger}, Hold: moveHold,
			})
		}
	}
	c := &Cameras{o: o, log: o.Logger}
	c.healths = newHealths(o.History, o.Logger)
	c.heads = newHeads(o.Turn)
	var err error
	if c.relay, err = o.Open(private(o.Cameras), c.healths.report); err != nil {
		return nil, err
	}
	c.clips = newClips(o.History, o.Store, c.relay, notes(o.Notes), o.Logger)
	c.alerts = newWitness(o.History, o.Evidence, o.Logger)
	c.take(o.Cameras)
	return c, nil
}

func private(list []Camera) []relay.Camera {
	out := make([]relay.Camera, 0, len(list))
	for _, x := range list {
		out = append(out, x.Private)
	}
	return out
}

// Apply replaces the list of cameras. What is the same is not disturbed; a list
// with problems changes nothing.
func (c *Cameras) Apply(list []Camera) error {
	if err := c.relay.SetCameras(private(list)); err != nil {
		return err
	}
	c.take(list)
	return nil
}

func (c *Cameras) take(list []Camera) {
	known := make(map[string]Camera, len(list))
	for _, x := range list {
		known[x.Public.ID] = x
	}
	c.mu.Lock()
	c.list = known
	c.mu.Unlock()
	c.healths.follow(list)
	c.heads.follow(known)
}

// Addr returns the address the relay listens on.
func (c *Cameras) Addr() string { return c.relay.Addr() }

// CloseSubject ends the pictures of a token that is no longer good and returns
// their number.
func (c *Cameras) CloseSubject(token string) int { return c.relay.CloseSubject(token) }

// Admit checks a token of the relay as if a reader had come with it.
func (c *Cameras) Admit(token, camera, stream string) error {
	_, err := c.relay.Admit(token, camera, stream)
	return err
}

// lookEvery is how often the cameras look at the history for what is to be done.
const lookEvery = 500 * time.Millisecond

// Run serves until ctx ends or the relay fails. When it returns nothing of the
// cameras is left running; clips that were not finished are finished after the
// next start.
func (c *Cameras) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() {
		err := c.relay.Run(ctx)
		if err == nil || errors.Is(err, context.Canceled) {
			err = context.Canceled
		}
		cancel(fmt.Errorf("relay: %w", err))
	})
	wg.Go(func() { c.rest(ctx) })
	writing, enough := context.WithCancel(context.WithoutCancel(ctx))
	defer enough()
	wg.Go(func() { c.look(ctx, writing) })
	<-ctx.Done()
	wg.Wait()
	// What a relay in this process has of a clip ends with it, and is kept.
	late := time.AfterFunc(stopLimit, enough)
	c.clips.wait()
	late.Stop()
	c.heads.close()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// stopLimit is how long clips may take to be finished once the relay has ended.
const stopLimit = 1500 * time.Millisecond

// look does what the history asks for, again and again: the state says what was
// asked for and has no outcome yet, so a restart forgets nothing.
func (c *Cameras) look(ctx, writing context.Context) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		c.healths.look(ctx)
		c.alerts.look(ctx)
		c.clips.look(ctx, writing)
	}
}

// RefusedError says in words for people why something was not done.
type RefusedError struct{ *world.Refusal }

// Unwrap returns the refusal with its code.
func (e *RefusedError) Unwrap() error { return e.Refusal }

func refuse(code, text string, pairs ...any) error {
	return &RefusedError{world.Refuse(code, text, pairs...)}
}
