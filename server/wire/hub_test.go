package wire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
)

func position(mmsi, area string, x float64) world.VesselPosition {
	return world.VesselPosition{MMSI: mmsi, Pos: [2]float64{x, 15}, Speed: 7, Course: 90, Heading: -1, Status: 15, Area: area}
}

func (c *center) agree(t *testing.T, w *wall, v View) {
	t.Helper()
	var want world.Digest
	if err := c.do(t.Context(), func(s *world.State) { want = filtered(s, v) }); err != nil {
		t.Fatal(err)
	}
	w.look(func(w *wall) {
		if have := w.state.Digest(); !maps.Equal(have, want) {
			t.Errorf("the wall has %v, the server %v", have, want)
		}
		for _, x := range w.wrong {
			t.Error(x)
		}
	})
}

func TestSnapshotThenBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(3), nil)
		c.emit(say(position("1", "a", 108), world.StationDefined{ID: "s", Name: "S"})...)
		w := c.join(Identity{User: "u"}, nil)
		time.Sleep(time.Second)
		c.emit(say(position("1", "a", 109), position("2", "a", 109))...)
		time.Sleep(7 * time.Second)
		c.agree(t, w, View{})
		w.look(func(w *wall) {
			if w.snapshots != 1 || w.checks < 1 || w.state.At() != (world.Position{Epoch: 3, Seq: 4}) {
				t.Errorf("%d snapshots, %d checks, at %v", w.snapshots, w.checks, w.state.At())
			}
			if len(w.links) == 0 || !w.links[0].Up {
				t.Errorf("links %v", w.links)
			}
		})
		st := c.hub.Stats()
		if len(st.Clients) != 1 || st.Clients[0].Acked != 4 || st.Clients[0].Lag != 0 || st.Clients[0].Bytes == 0 {
			t.Errorf("stats %+v", st)
		}
	})
}

func TestResumeWithoutSnapshot(t *testing.T) {
	for name, id := range map[string]Identity{"whole": {User: "u"}, "bounded": {User: "u", Areas: []string{"a"}}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCenter(t, world.New(1), nil)
				c.emit(say(position("1", "a", 108), position("2", "b", 108))...)
				w := c.join(id, nil)
				time.Sleep(2 * time.Second)
				w.cut()
				c.emit(say(position("1", "a", 109), position("2", "a", 109), world.AlertRaised{ID: "x", Area: "a"})...)
				time.Sleep(30 * time.Second)
				c.emit(say(position("1", "b", 110))...)
				time.Sleep(10 * time.Second)
				c.agree(t, w, View{Areas: id.Areas})
				w.look(func(w *wall) {
					if w.snapshots != 1 {
						t.Errorf("%d snapshots", w.snapshots)
					}
				})
				if st := c.hub.Stats(); st.Resumes != 1 || st.Snapshots != 1 {
					t.Errorf("stats %+v", st)
				}
			})
		})
	}
}

func TestViewIsForgottenWhenNobodySeesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		w := c.join(Identity{User: "u"}, nil)
		time.Sleep(time.Second)
		w.stop()
		streams := func() (n int) {
			if err := c.do(t.Context(), func(*world.State) { n = len(c.hub.streams) }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		time.Sleep(2 * time.Minute)
		c.join(Identity{User: "u", Areas: []string{"a"}}, nil)
		time.Sleep(time.Second)
		if n := streams(); n != 2 {
			t.Errorf("%d views while both are kept", n)
		}
		time.Sleep(2 * time.Minute)
		if n := streams(); n != 1 {
			t.Errorf("%d views after one was left alone", n)
		}
	})
}

// TestRestartReplaysJournal: a new process has no memory of views; clients that
// see everything need no snapshot for that.
func TestRestartReplaysJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := newCenter(t, world.New(1), nil)
		var now atomic.Pointer[pipes]
		now.Store(first.net)
		w := first.join(Identity{User: "u"}, func(o *ClientOptions) {
			o.Dial = func(ctx context.Context, n, a string) (net.Conn, error) { return now.Load().dial(ctx, n, a) }
		})
		first.emit(say(position("1", "", 108), world.StationDefined{ID: "s"})...)
		time.Sleep(2 * time.Second)
		first.stop()
		time.Sleep(time.Second)
		w.look(func(w *wall) {
			if l := w.links[len(w.links)-1]; l.Up || l.Reason == "" {
				t.Errorf("link %+v after the server stopped", l)
			}
		})
		second := newCenter(t, first.state, func(c *center, o *HubOptions) { o.Read = c.read })
		second.events = first.events
		second.ids.Store("secret-u-", Identity{User: "u"})
		second.emit(say(position("1", "", 109), position("1", "", 110), world.EntityGone{Ref: "station/s"})...)
		now.Store(second.net)
		time.Sleep(time.Minute)
		second.agree(t, w, View{})
		if st := second.hub.Stats(); st.Snapshots != 0 || st.Resumes != 1 {
			t.Errorf("stats %+v", st)
		}
	})
}

func TestBrokenJournalGivesSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), func(c *center, o *HubOptions) {
			o.RingBytes = 1
			o.Read = func(context.Context, uint64, func(world.Event) bool) error { return errors.New("torn page") }
		})
		w := c.join(Identity{User: "u"}, nil)
		c.emit(say(position("1", "", 108))...)
		time.Sleep(time.Second)
		w.cut()
		for x := range 5 {
			c.emit(say(position("1", "", 109+float64(x)))...)
			time.Sleep(200 * time.Millisecond)
		}
		time.Sleep(20 * time.Second)
		c.agree(t, w, View{})
		w.look(func(w *wall) {
			if w.snapshots != 2 {
				t.Errorf("%d snapshots", w.snapshots)
			}
		})
	})
}

func TestNewHistoryGivesSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		w := c.join(Identity{User: "u"}, nil)
		c.emit(say(position("1", "", 108))...)
		time.Sleep(time.Second)
		if err := c.do(t.Context(), func(*world.State) { c.state, c.events = world.New(2), nil }); err != nil {
			t.Fatal(err)
		}
		c.emit(say(position("9", "", 108))...)
		time.Sleep(20 * time.Second)
		c.agree(t, w, View{})
		w.look(func(w *wall) {
			if w.state.At().Epoch != 2 || w.snapshots != 2 {
				t.Errorf("at %v after %d snapshots", w.state.At(), w.snapshots)
			}
		})
		if n := c.hub.Stats().Closed["resync"]; n != 1 {
			t.Errorf("%d closed with resync", n)
		}
	})
}

// TestPace: positions wait for the view's rate, alerts do not.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		w := c.join(Identity{User: "u"}, func(o *ClientOptions) { o.Rate = 2 })
		time.Sleep(time.Second)
		batches := func() (n int) { w.look(func(w *wall) { n = w.batches }); return n }
		before := batches()
		for i := range 1000 {
			c.emit(say(position("1", "", float64(i)/100))...)
			time.Sleep(10 * time.Millisecond)
		}
		if n := batches() - before; n < 15 || n > 25 {
			t.Errorf("%d batches in 10 s at 2 a second, with 2 heartbeats", n)
		}
		c.emit(say(world.AlertRaised{ID: "x"})...)
		time.Sleep(10 * time.Millisecond)
		w.look(func(w *wall) {
			if _, ok := w.state.Alert("x"); !ok {
				t.Error("the alert is not there after 10 ms")
			}
		})
		c.agree(t, w, View{})
	})
}

func TestLargeSnapshotComesInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		var obs []world.Observation
		for i := range 5000 {
			obs = append(obs, say(world.StationDefined{ID: fmt.Sprint(i), Name: strings.Repeat("Trạm ", 20)})...)
		}
		c.emit(obs...)
		w := c.join(Identity{User: "u"}, nil)
		c.emit(obs[:4000]...) // no effect: the same again
		c.emit(say(world.AlertRaised{ID: "x"})...)
		time.Sleep(10 * time.Second)
		c.agree(t, w, View{})
		w.look(func(w *wall) {
			if w.snapshots != 1 || w.state.Count("") != 5001 {
				t.Errorf("%d snapshots, %d entities", w.snapshots, w.state.Count(""))
			}
		})
	})
}

func TestRegrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		c.emit(say(position("1", "a", 108), position("2", "b", 108))...)
		w := c.join(Identity{User: "u", Areas: []string{"a"}}, nil)
		time.Sleep(2 * time.Second)
		c.agree(t, w, View{Areas: []string{"a"}})
		err := c.hub.Regrant(t.Context(), func(id Identity) (Identity, bool) {
			id.Areas = []string{"b"}
			return id, true
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		c.agree(t, w, View{Areas: []string{"b"}})
		c.ids.Store("secret-u-", Identity{User: "u", Areas: []string{"b"}})
		w.cut()
		time.Sleep(20 * time.Second)
		w.look(func(w *wall) {
			if _, seen := w.state.Vessel("1"); seen {
				t.Error("the wall still has what it may no longer see")
			}
		})
	})
}

func TestResync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var alarmed []string
		c := newCenter(t, world.New(1), func(_ *center, o *HubOptions) {
			o.Alarm = func(id Identity, at world.Position, kinds []string) {
				alarmed = append(alarmed, fmt.Sprint(id.User, at, kinds))
			}
		})
		c.emit(say(position("1", "", 108))...)
		w := c.join(Identity{User: "u"}, nil)
		time.Sleep(2 * time.Second)
		w.look(func(w *wall) {
			_, err := w.state.ApplyBatch(&world.Batch{Items: []world.Item{{Leave: "vessel/1"}}}, nil)
			if err != nil {
				t.Error(err)
			}
		})
		time.Sleep(6 * time.Second)
		w.look(func(w *wall) {
			if len(w.wrong) == 0 {
				t.Error("the heartbeat did not show that the state is another")
			}
			w.wrong = nil
		})
		if err := w.c.Send(act.Command{ID: "r1", Act: act.Resync{At: world.Position{Epoch: 1, Seq: 1}, Kinds: []string{"vessel"}}}); err != nil {
			t.Fatal(err)
		}
		if err := w.c.Send(act.Command{ID: "r2", Act: act.Resync{}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		c.agree(t, w, View{})
		w.look(func(w *wall) {
			if w.snapshots != 2 || len(w.receipts) != 2 || len(w.links) != 1 {
				t.Errorf("%d snapshots, receipts %v, links %v", w.snapshots, w.receipts, w.links)
			}
		})
		if !slices.Equal(alarmed, []string{"u1:1 [vessel]"}) || c.hub.Stats().Alarms != 1 {
			t.Errorf("alarms %v, stats %+v", alarmed, c.hub.Stats())
		}
	})
}

// TestOtherVersion: a server whose vessels hold something that the client's do not says
// so, and the client checks all but vessels.
func TestOtherVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		c.hub.shapes[world.KindVessel]++
		w := c.join(Identity{User: "u"}, nil)
		c.emit(say(position("1", "", 108), world.StationDefined{ID: "s", Name: "S"})...)
		time.Sleep(7 * time.Second)
		for wrong, lost := range []world.Ref{"vessel/1", "station/s"} {
			w.look(func(w *wall) {
				if _, err := w.state.ApplyBatch(&world.Batch{Items: []world.Item{{Leave: lost}}}, nil); err != nil {
					t.Error(err)
				}
				w.checks = 0
			})
			time.Sleep(6 * time.Second)
			w.look(func(w *wall) {
				if min(len(w.wrong), 1) != wrong || w.checks == 0 {
					t.Errorf("without %s the client says %v after %d checks", lost, w.wrong, w.checks)
				}
			})
		}
		w.stop()
		if !slices.Equal(w.unchecked, []string{world.KindVessel}) {
			t.Errorf("not checked: %v", w.unchecked)
		}
	})
}

func TestGrantIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), func(_ *center, o *HubOptions) {
			o.Grant = func(Identity) *world.RelayGrant {
				now := time.Now()
				return &world.RelayGrant{URL: "rtsp://r", Token: now.Format(time.RFC3339), Expires: world.TimeOf(now.Add(time.Minute))}
			}
		})
		w := c.join(Identity{User: "u"}, nil)
		for range 10 {
			time.Sleep(30 * time.Second)
			w.look(func(w *wall) {
				if w.relay == nil || w.relay.Expires.Std().Before(time.Now()) {
					t.Errorf("grant %v at %v", w.relay, time.Now())
				}
			})
		}
	})
}
