package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"iocwall/cmd/wall/door"
	"iocwall/server/world"
	"iocwall/ui"
	"iocwall/ui/screens"
)

const (
	// glassShare is the most of one core that sending pictures of the screens over
	// and over may take.
	glassShare = 0.03
	// glassQuality is that of JPEG, streamLeast the least time between two pictures
	// of a screen.
	glassQuality = 75
	streamLeast  = 200 * time.Millisecond
	// asksPatience is how long the server may take to answer, glassPatience how
	// long a picture may be on its way, asksRetry the pause after a failure.
	asksPatience  = 40 * time.Second
	glassPatience = 15 * time.Second
	asksRetry     = 5 * time.Second
)

// asks are what the server wants to see of this computer's screens.
type asks struct {
	Serial uint64  `json:"serial"`
	Stream *stream `json:"stream"`
	Once   []ask   `json:"once"`
}

// stream asks for a picture of each screen over and over, until a moment of the
// server's clock.
type stream struct {
	Every int64      `json:"every_ms"`
	Width int        `json:"width"`
	Until world.Time `json:"until"`
}

// ask is one picture: a JPEG of a width, or a PNG of all pixels for zero.
type ask struct {
	ID     string `json:"id"`
	Wall   string `json:"wall"`
	Screen int    `json:"screen"`
	Width  int    `json:"width"`
}

// glass sends pictures of this computer's screens to the server when it asks: read
// back from the display, so they show what is seen, not what was meant.
type glass struct {
	door     *door.Door
	log      *slog.Logger
	grab     func(r image.Rectangle, width int) (*image.RGBA, error)
	monitors func() ([]screens.Monitor, error)
	assigned func(context.Context) (ui.Assigned, error)
	now      func() world.Time // the server's clock

	mu     sync.Mutex
	stream *stream
	once   []ask
	done   map[string]bool // asks that were answered, while the server still tells them
	wake   chan struct{}

	failed bool // the last picture did not arrive
}

// Run sends pictures until ctx ends.
func (g *glass) Run(ctx context.Context) error {
	g.wake = make(chan struct{}, 1)
	var wg sync.WaitGroup
	wg.Go(func() { g.listen(ctx) })
	g.send(ctx)
	wg.Wait()
	return nil
}

// listen hears what the server asks for.
func (g *glass) listen(ctx context.Context) {
	var serial uint64
	told := false
	for ctx.Err() == nil {
		a, err := g.next(ctx, serial)
		if err != nil {
			if !told && ctx.Err() == nil {
				g.log.Info("the server does not say whether it wants pictures of the screens", "error", err)
				told = true
			}
			pause(ctx, asksRetry)
			continue
		}
		told, serial = false, a.Serial
		g.mu.Lock()
		g.stream, g.once = a.Stream, g.once[:0]
		kept := map[string]bool{}
		for _, x := range a.Once {
			if g.done[x.ID] {
				kept[x.ID] = true
				continue
			}
			g.once = append(g.once, x)
		}
		g.done = kept
		g.mu.Unlock()
		select {
		case g.wake <- struct{}{}:
		default:
		}
	}
}

// next waits for what the server asks for after the serial.
func (g *glass) next(ctx context.Context, serial uint64) (asks, error) {
	ctx, cancel := context.WithTimeout(ctx, asksPatience)
	defer cancel()
	var a asks
	body, err := g.door.Get(ctx, "/api/nodes/asks", url.Values{"since": {strconv.FormatUint(serial, 10)}})
	if err != nil {
		return a, err
	}
	err = json.NewDecoder(io.LimitReader(body, 1<<20)).Decode(&a)
	return a, errors.Join(err, body.Close())
}

// send answers what is asked for. Streams never take more than their share of a
// core: where pictures are dear, they come less often.
func (g *glass) send(ctx context.Context) {
	var last time.Time
	var rest time.Duration // how long after last the share is paid off
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-g.wake:
		case <-timer.C:
		}
		for x, ok := g.take(); ok; x, ok = g.take() {
			g.picture(ctx, x)
		}
		s := g.wanted()
		if s == nil {
			continue
		}
		every := max(time.Duration(s.Every)*time.Millisecond, streamLeast, rest)
		if wait := every - time.Since(last); wait > 0 {
			timer.Reset(wait)
			continue
		}
		last = time.Now()
		used := g.round(ctx, s.Width)
		rest = time.Duration(float64(used) / glassShare)
		timer.Reset(max(every, rest))
	}
}

// wanted returns the stream that is on now, nil for none.
func (g *glass) wanted() *stream {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stream != nil && g.stream.Until != 0 && g.now() > g.stream.Until {
		g.stream = nil
	}
	return g.stream
}

// take returns the next single picture to send.
func (g *glass) take() (ask, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.once) == 0 {
		return ask{}, false
	}
	x := g.once[0]
	g.once = g.once[1:]
	if g.done == nil {
		g.done = map[string]bool{}
	}
	g.done[x.ID] = true
	return x, true
}

// round sends a picture of each screen and returns the processor's time it took.
func (g *glass) round(ctx context.Context, width int) time.Duration {
	a, err := g.assigned(ctx)
	if err != nil {
		return 0
	}
	var used time.Duration
	for _, screen := range a.Screens {
		used += g.picture(ctx, ask{Wall: a.Wall, Screen: screen, Width: width})
	}
	return used
}

// picture reads back one screen and sends it, or to an ask of its own the reason why
// there is none. It returns the processor's time that took. That pictures do not
// arrive is told once.
func (g *glass) picture(ctx context.Context, x ask) (used time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, glassPatience)
	defer cancel()
	body, head, used, err := g.read(ctx, x.Screen, x.Width)
	if err == nil {
		err = g.put(ctx, x, head, body)
	} else if x.ID != "" {
		err = errors.Join(err, g.put(ctx, x, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, []byte(err.Error())))
	}
	switch {
	case err != nil && !g.failed && ctx.Err() == nil:
		g.log.Warn("a picture of a screen was not sent", "screen", x.Screen, "error", err)
	case err == nil && g.failed:
		g.log.Info("pictures of the screens are sent again")
	}
	g.failed = err != nil
	return used
}

// read reads back one screen and returns it as a file with what is told of it.
func (g *glass) read(ctx context.Context, screen, width int) (file []byte, head http.Header, used time.Duration, err error) {
	m, a, err := g.monitor(ctx, screen)
	if err != nil {
		return nil, nil, 0, err
	}
	// The thread's time is that of the picture alone.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadTime()
	taken := g.now()
	img, err := g.grab(image.Rect(m.X, m.Y, m.X+m.W, m.Y+m.H), width)
	if err != nil {
		return nil, nil, 0, err
	}
	var out bytes.Buffer
	kind := "image/png"
	if width > 0 {
		kind, err = "image/jpeg", jpeg.Encode(&out, img, &jpeg.Options{Quality: glassQuality})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
	}
	head = http.Header{
		"Content-Type": {kind},
		"X-Taken":      {strconv.FormatInt(int64(taken), 10)},
		"X-Generation": {strconv.FormatUint(a.Generation, 10)},
	}
	return out.Bytes(), head, threadTime() - began, err
}

// monitor returns the monitor that shows a screen.
func (g *glass) monitor(ctx context.Context, screen int) (screens.Monitor, ui.Assigned, error) {
	a, err := g.assigned(ctx)
	if err != nil {
		return screens.Monitor{}, a, err
	}
	list, err := g.monitors()
	if err != nil {
		return screens.Monitor{}, a, err
	}
	for _, m := range list {
		if id, ok := a.Screens[m.Name]; ok && id == screen {
			return m, a, nil
		}
	}
	return screens.Monitor{}, a, fmt.Errorf("no monitor of this computer shows screen %d", screen)
}

// put sends what was read back.
func (g *glass) put(ctx context.Context, x ask, head http.Header, file []byte) error {
	query := url.Values{}
	if x.Wall != "" {
		query.Set("wall", x.Wall)
	}
	if x.ID != "" {
		query.Set("ask", x.ID)
	}
	answer, err := g.door.Send(ctx, http.MethodPut, "/api/nodes/pictures/"+strconv.Itoa(x.Screen), query, head, bytes.NewReader(file))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(answer, 4096)) // so that the connection serves again
	return errors.Join(err, answer.Close())
}

// threadTime is the processor's time that this thread has used.
func threadTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_THREAD, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
