package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"iocwall/media/mediatest"
)

const (
	// troubleEvery is the calm between two faults, troubleLasts how long one is.
	troubleEvery = 25 * time.Second
	troubleLasts = 30 * time.Second
	// siteLasts is how long a whole site is down: cameras that nobody watches
	// are looked at now and then only.
	siteLasts = 90 * time.Second
)

// trouble makes one camera at a time fail for a while, as cameras do, and now and
// then the cabinet that several of them hang on.
func (p *Province) trouble(ctx context.Context) error {
	rnd := rand.New(rand.NewPCG(4, 2))
	kinds := []mediatest.Fault{
		mediatest.FaultFreeze, mediatest.FaultSilent, mediatest.FaultDown, mediatest.FaultLoss, mediatest.FaultNoKey, mediatest.FaultFull,
	}
	for n := 0; ; n++ {
		if !pause(ctx, troubleEvery) {
			return nil
		}
		failing, f, lasts := []*camera{p.cameras[rnd.IntN(len(p.cameras))]}, kinds[n%len(kinds)], troubleLasts
		if n%8 == 5 {
			failing, f, lasts = p.site(failing[0].site), mediatest.FaultDown, siteLasts
		}
		for _, c := range failing {
			p.log.Debug("a camera fails", "camera", c.id, "fault", string(f))
			if err := c.fail(f); err != nil {
				return err
			}
		}
		if !pause(ctx, lasts) {
			return nil
		}
		for _, c := range failing {
			if err := c.fail(mediatest.FaultNone); err != nil {
				return err
			}
		}
	}
}

// site returns the cameras of a site; cameras without one stand for the first.
func (p *Province) site(name string) []*camera {
	if name == "" {
		name = p.cameras[0].site
	}
	var out []*camera
	for _, c := range p.cameras {
		if c.site == name {
			out = append(out, c)
		}
	}
	return out
}

// pause waits and reports whether ctx still lives.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
