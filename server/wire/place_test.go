package wire

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// When a place moves to another part of the tree of areas, what lies in it comes into a view with no event of its own. It
// comes with the event that moved the place, so that a client that was away just then has it when it comes back, also when
// the memory of it is gone and nothing has happened since.
func TestWhatComesInByATreeOfAreasIsNotMissed(t *testing.T) {
	for name, change := range map[string]func(*HubOptions){
		"kept":      func(*HubOptions) {},
		"forgotten": func(o *HubOptions) { o.RingBytes = 1 },
		"view gone": func(o *HubOptions) { o.Keep = 3 * time.Second },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCenter(t, world.New(1), func(_ *center, o *HubOptions) { change(o) })
				c.emit(say(
					world.AreaDefined{ID: "province"}, world.AreaDefined{ID: "other"}, world.AreaDefined{ID: "commune", Parent: "other"},
					world.StationDefined{ID: "s", Name: "S", Area: "commune"},
				)...)
				var away atomic.Int64 // until when the server cannot be reached
				id := Identity{User: "u", Areas: []string{"province"}}
				w := c.join(id, func(o *ClientOptions) {
					dial := o.Dial
					o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
						time.Sleep(time.Until(time.Unix(0, away.Load())))
						return dial(ctx, network, addr)
					}
				})
				time.Sleep(2850 * time.Millisecond) // the hub's second begins in 150 ms
				away.Store(time.Now().Add(20 * time.Second).UnixNano())
				c.emit(say(world.AreaDefined{ID: "new", Parent: "province"})...)
				time.Sleep(50 * time.Millisecond)
				c.emit(say(world.AreaDefined{ID: "commune", Parent: "province"})...)
				time.Sleep(50 * time.Millisecond)
				w.look(func(w *wall) {
					if _, there := w.state.Area("new"); !there {
						t.Error("the first area is held back")
					}
					if a, _ := w.state.Area("commune"); (a.Parent == "province") != (w.state.Count(world.KindStation) == 1) {
						t.Errorf("before the cut: %+v, %d stations", a, w.state.Count(world.KindStation))
					}
				})
				w.cut()
				time.Sleep(40 * time.Second)
				c.agree(t, w, View{Areas: id.Areas})
				w.look(func(w *wall) {
					if w.state.Count(world.KindStation) != 1 {
						t.Errorf("%d stations", w.state.Count(world.KindStation))
					}
				})
				if st := c.hub.Stats(); name == "kept" && st.Resumes != 1 {
					t.Errorf("%d resumed with everything at hand", st.Resumes)
				}
			})
		})
	}
}

// While a list of areas is read in, alerts come at once to views that are bounded by them.
func TestAlertsDoNotWaitForTheTreeOfAreas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		c.emit(say(world.AreaDefined{ID: "province"}, world.AreaDefined{ID: "commune", Parent: "province"})...)
		w := c.join(Identity{User: "u", Areas: []string{"province"}}, nil)
		time.Sleep(3050 * time.Millisecond)
		for i := range 100 {
			c.emit(say(world.AreaDefined{ID: fmt.Sprint("a", i), Parent: "province"})...)
			time.Sleep(time.Duration(i) * time.Millisecond)
			id := fmt.Sprint(i)
			c.emit(say(world.AlertRaised{ID: id, Area: "commune", Severity: world.Severe})...)
			time.Sleep(20 * time.Millisecond)
			w.look(func(w *wall) {
				if _, there := w.state.Alert(id); !there {
					t.Errorf("alert %s is not there after 20 ms", id)
				}
			})
		}
		c.agree(t, w, View{Areas: []string{"province"}})
	})
}
