package director

import (
	"slices"

	"iocwall/server/world"
)

// streamKey is the parameter by which a camera tile takes a smaller stream.
const streamKey = "stream"

// chosen returns the parameters of a tile without the stream.
func chosen(t world.Tile) []world.Param {
	if t.Kind != "camera" || t.Param(streamKey) == "" {
		return t.Params
	}
	return slices.DeleteFunc(slices.Clone(t.Params), func(p world.Param) bool { return p.Key == streamKey })
}

// budget holds the picture against what the computers can decode.
func (t *turn) budget(p *picture) {}
