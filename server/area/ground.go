package area

import (
	"sync/atomic"

	"iocwall/server/world"
)

// Ground is the tree of areas in use and where they lie; both are replaced at once while
// others read them. It may be used from any goroutine.
type Ground struct {
	basemap []byte
	now     atomic.Pointer[ground]
}

type ground struct {
	set *Set
	at  *Locator
}

// NewGround prepares the tree a server starts with; see NewLocator.
func NewGround(set *Set, basemap []byte) (*Ground, error) {
	g := &Ground{basemap: basemap}
	return g, g.Replace(set)
}

// Replace puts another tree in place of the one in use, which stays on an error.
func (g *Ground) Replace(set *Set) error {
	at, err := NewLocator(set, g.basemap)
	if err == nil {
		g.now.Store(&ground{set, at})
	}
	return err
}

// Set returns the tree in use; it is never changed, only replaced.
func (g *Ground) Set() *Set { return g.now.Load().set }

// Fill is Locator.Fill.
func (g *Ground) Fill(obs []world.Observation, now world.Time) { g.now.Load().at.Fill(obs, now) }
