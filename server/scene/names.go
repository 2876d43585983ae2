package scene

import "strings"

// LongID is what a wall calls a scene's tile while a locked tile has its own name. It is
// also the name that the tile keeps while it is locked itself.
func LongID(scene, tile string) string { return scene + "/" + tile }

// OwnID is what a scene calls a tile of the wall: the inverse of LongID.
func OwnID(scene, id string) string { return strings.TrimPrefix(id, scene+"/") }

// KeptID reports whether a tile's id is kept for what the server puts on walls.
func KeptID(id string) bool {
	return strings.HasPrefix(id, "popup:") || strings.HasPrefix(id, "identify:") || strings.Contains(id, "/")
}
