package settings

import (
	"path/filepath"

	"iocwall/server/area"
	"iocwall/server/world"
)

// AddedAreas is where the server keeps what people added to the tree of areas.
func (c *Config) AddedAreas() string { return filepath.Join(c.DataDir(), "areas.added.json") }

// AreaDefinitions are those of Definitions that the tree of areas makes.
func AreaDefinitions(set *area.Set, now world.Time, s *world.State) []world.Observation {
	d := &definer{now: now, state: s}
	d.areas(set)
	return d.out
}
