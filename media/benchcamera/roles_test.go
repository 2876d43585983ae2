// Package benchcamera measures the camera path beside other players: what it costs to receive, decode and scale, against
// the ffmpeg program doing the same from the same cameras. Cameras and our side run in processes of their own, so that
// each costs only what is its own.
package benchcamera

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
)

// roleEnv names what a process of the test binary is for; its value is a role as JSON.
const roleEnv = "IOCWALL_BENCH_ROLE"

// role is what a process of its own does until its standard input ends.
type role struct {
	Kind string // "cameras" or "player"

	// For cameras: how many, and what they show.
	Count int
	Clip  mediatest.ClipOptions

	// For the player: what to play and the size of the pictures to make, 0×0 for none.
	URLs          []string
	Width, Height int
}

func TestMain(m *testing.M) {
	text := os.Getenv(roleEnv)
	if text == "" {
		os.Exit(m.Run())
	}
	var r role
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		fmt.Fprintln(os.Stderr, "benchcamera:", err)
		os.Exit(1)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // its end is what is waited for
		cancel()
	}()
	run := r.cameras
	if r.Kind == "player" {
		run = r.player
	}
	if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "benchcamera:", err)
		os.Exit(1)
	}
}

// cameras serves cameras and prints their addresses on one line. Their clocks are spread, as those of real cameras are.
func (r role) cameras(ctx context.Context) error {
	clip, err := mediatest.NewClip(ctx, r.Clip)
	if err != nil {
		return err
	}
	var urls []string
	done := make(chan error, r.Count)
	for i := range r.Count {
		cam, err := mediatest.NewCamera(mediatest.Options{Clip: clip, Start: i * 7})
		if err != nil {
			return err
		}
		urls = append(urls, cam.URL())
		go func() {
			time.Sleep(time.Duration(i) * 83 * time.Millisecond / 36)
			done <- cam.Run(ctx)
		}()
	}
	fmt.Println(strings.Join(urls, " "))
	for range urls {
		err = errors.Join(err, <-done)
	}
	return err
}

// player plays all addresses as the wall does and prints the number of decoded and rendered pictures ten times a second,
// with a picture, as ffmpeg does.
func (r role) player(ctx context.Context) error {
	if err := decode.Patient(); err != nil { // as the wall's program does, and the next line too
		return err
	}
	debug.SetGCPercent(400)
	var frames tally
	done := make(chan error, len(r.URLs))
	for _, url := range r.URLs {
		p, err := media.New(media.Options{
			URL: url, Width: r.Width, Height: r.Height,
			Decoder: func(opts media.DecoderOptions) (media.Decoder, error) {
				d, err := decode.New(opts)
				return &counting{Decoder: d, frames: &frames, rendered: r.Width > 0}, err
			},
		})
		if err != nil {
			return err
		}
		go func() { done <- p.Run(ctx) }()
	}
	for range r.URLs {
		<-done
	}
	return nil
}

// tally is a number of pictures that is printed now and then.
type tally struct {
	frames atomic.Uint64
	said   atomic.Int64 // when it was printed, in nanoseconds since 1970
}

func (t *tally) add(n uint64) {
	sum, said, now := t.frames.Add(n), t.said.Load(), time.Now().UnixNano()
	if now-said >= int64(100*time.Millisecond) && t.said.CompareAndSwap(said, now) {
		fmt.Printf("frame=%d\n", sum)
	}
}

// counting counts what a decoder has decoded or, if pictures are made, rendered.
type counting struct {
	media.Decoder
	frames   *tally
	rendered bool
}

func (c *counting) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	pic, ok, err := c.Decoder.Decode(unit, pts)
	if ok && !c.rendered {
		c.frames.add(uint64(pic.Frames))
	}
	return pic, ok, err
}

func (c *counting) Render(v media.View) (media.Picture, error) {
	pic, err := c.Decoder.Render(v)
	if err == nil && c.rendered {
		c.frames.add(1)
	}
	return pic, err
}
