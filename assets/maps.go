package assets

import _ "embed"

//go:embed basemap/vietnam.map
var basemap []byte

//go:embed areas/vietnam.yaml
var areas []byte

// Basemap returns the vector base map in the format of geo/tiles. The bytes are
// shared and must not be changed.
func Basemap() []byte { return basemap }

// Areas returns the tree of Vietnam's administrative areas with their days and
// successions as YAML; its head explains the fields. The bytes are shared and
// must not be changed.
func Areas() []byte { return areas }
