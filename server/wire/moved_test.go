package wire

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// TestMovedTellsWhoCameAndWent holds that each client is told of once when it has
// its view and once, with a reason, when it is gone, and that a client with
// nothing to say is heard every second all the same.
func TestMovedTellsWhoCameAndWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []string
		c := newCenter(t, world.New(1), func(_ *center, o *HubOptions) {
			o.Moved = func(id Identity, gone string) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, id.User+":"+gone)
			}
		})
		w := c.join(Identity{User: "pc-01", Role: "node"}, nil)
		for range 40 {
			time.Sleep(500 * time.Millisecond)
			for _, x := range c.hub.Stats().Clients {
				if x.View == "" || x.Silent > 1100*time.Millisecond {
					t.Errorf("a client that is there: view %q, silent for %v", x.View, x.Silent)
				}
			}
		}
		c.hub.Kick(func(Identity) bool { return true }, Revoked)
		time.Sleep(10 * time.Second) // and it is back
		w.stop()
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"pc-01:", "pc-01:revoked", "pc-01:", "pc-01:gone"}; !slices.Equal(told, want) {
			t.Errorf("told %q instead of %q", told, want)
		}
	})
}
