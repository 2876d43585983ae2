package wire

import (
	"context"
	"math/rand/v2"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// way is how long bytes travel in one direction.
type way func() time.Duration

// slow returns a dialer over lines that take their time, in order.
func slow(dial func(ctx context.Context, network, addr string) (net.Conn, error), up, down way) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		far, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		ours, near := net.Pipe()
		go carry(far, near, up)
		go carry(near, far, down)
		return ours, nil
	}
}

// carry moves bytes from one end to another until either is closed.
func carry(to, from net.Conn, takes way) {
	type parcel struct {
		data []byte
		due  time.Time
	}
	parcels := make(chan parcel, 1<<10)
	go func() {
		defer close(parcels)
		for {
			buf := make([]byte, 64<<10)
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			parcels <- parcel{buf[:n], time.Now().Add(takes())}
		}
	}()
	for p := range parcels {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	to.Close()
	from.Close()
	for range parcels {
	}
}

// TestClockOverSlowLines estimates the server's clock, which is ours, over lines
// with delays that differ by direction and from message to message.
func TestClockOverSlowLines(t *testing.T) {
	ms := time.Millisecond
	fixed := func(d time.Duration) func(uint64) way {
		return func(uint64) way { return func() time.Duration { return d } }
	}
	// Seven in ten messages wait behind something.
	jammed := func(d time.Duration) func(uint64) way {
		return func(seed uint64) way {
			r := rand.New(rand.NewPCG(seed, 9))
			return func() time.Duration {
				if r.IntN(10) < 3 {
					return d
				}
				return d + time.Duration(r.Int64N(int64(300*ms)))
			}
		}
	}
	for name, c := range map[string]struct {
		up, down           func(uint64) way
		offset, near, most int64
	}{
		"even":                 {fixed(40 * ms), fixed(40 * ms), 0, 2, 41},
		"the way up is long":   {fixed(95 * ms), fixed(5 * ms), 45, 2, 51},
		"the way down is long": {fixed(5 * ms), fixed(95 * ms), -45, 2, 51},
		"jammed both ways":     {jammed(3 * ms), jammed(3 * ms), 0, 5, 10},
		"jammed and uneven":    {jammed(1 * ms), jammed(9 * ms), -4, 5, 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				center := newCenter(t, world.New(1), nil)
				w := center.join(Identity{User: "u"}, func(o *ClientOptions) { o.Dial = slow(o.Dial, c.up(1), c.down(2)) })
				time.Sleep(50 * time.Second)
				w.look(func(w *wall) {
					if len(w.links) == 0 {
						t.Fatal("no link")
					}
					l := w.links[len(w.links)-1]
					if !l.Up || max(l.Offset-c.offset, c.offset-l.Offset) > c.near || l.Error > c.most || l.Error < 1 {
						t.Errorf("offset %d ± %d, want %d ± %d", l.Offset, l.Error, c.offset, c.most)
					}
					for _, l := range w.links {
						if max(l.Offset, -l.Offset) > l.Error { // both clocks are the same
							t.Errorf("told: offset %d ± %d", l.Offset, l.Error)
						}
					}
				})
				w.stop()
				center.stop()
				time.Sleep(time.Second) // what is on its way arrives nowhere
			})
		})
	}
}

// TestSecondLife starts a client anew with what it had: it goes on where it was.
func TestSecondLife(t *testing.T) {
	for name, c := range map[string]struct {
		view      string // in place of the one it had
		epoch     uint64
		snapshots int
	}{
		"as it was":          {},
		"of another view":    {view: "another", snapshots: 1},
		"of another history": {epoch: 7, snapshots: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				center := newCenter(t, world.New(1), nil)
				center.emit(say(position("1", "a", 108), world.StationDefined{ID: "s", Name: "S"})...)
				first := center.join(Identity{User: "u"}, nil)
				time.Sleep(2 * time.Second)
				first.stop()
				at, view := first.c.At()
				if at != first.state.At() || view == "" {
					t.Fatalf("the client is at %v of view %q, its state at %v", at, view, first.state.At())
				}
				center.emit(say(position("1", "a", 109), position("2", "a", 109))...)
				time.Sleep(time.Second)
				if c.view != "" {
					view = c.view
				}
				if c.epoch != 0 {
					at.Epoch = c.epoch
				}
				second := center.joinWith(Identity{User: "u"}, first.state, func(o *ClientOptions) { o.At, o.View = at, view })
				time.Sleep(7 * time.Second)
				center.agree(t, second, View{})
				second.look(func(w *wall) {
					if w.snapshots != c.snapshots || w.checks == 0 {
						t.Errorf("%d snapshots, %d checks", w.snapshots, w.checks)
					}
				})
			})
		})
	}
}

// TestLongGrantsAreRenewedHourly holds that a client which loses the server has
// nearly all of a long right to pictures left.
func TestLongGrantsAreRenewedHourly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const week = 7 * 24 * time.Hour
		center := newCenter(t, world.New(1), func(_ *center, o *HubOptions) {
			o.Grant = func(Identity) *world.RelayGrant {
				return &world.RelayGrant{URL: "rtsp://r", Token: "t", Expires: world.TimeOf(time.Now().Add(week))}
			}
		})
		w := center.join(Identity{User: "u"}, nil)
		time.Sleep(150 * time.Minute)
		w.look(func(w *wall) {
			if left := time.Until(w.relay.Expires.Std()); left < week-time.Hour || left > week {
				t.Errorf("%v are left of the grant", left)
			}
		})
	})
}
