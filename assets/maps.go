package assets

import (
	_ "embed"
	"fmt"
)

//go:embed basemap/vietnam.map
var basemap []byte

//go:embed areas/vietnam.yaml
var areas []byte

//go:embed styles/dark.json
var darkStyle []byte

//go:embed styles/light.json
var lightStyle []byte

// Basemap returns the vector base map in the format of geo/tiles. The bytes are
// shared and must not be changed.
func Basemap() []byte { return basemap }

// Areas returns the tree of Vietnam's administrative areas with their days and
// successions as YAML; its head explains the fields. The bytes are shared and
// must not be changed.
func Areas() []byte { return areas }

// MapStyle returns the style of the base map of the theme "dark" or "light", in
// the format of geo/style. The bytes are shared and must not be changed.
func MapStyle(theme string) ([]byte, error) {
	switch theme {
	case "dark":
		return darkStyle, nil
	case "light":
		return lightStyle, nil
	}
	return nil, fmt.Errorf("assets: no map style %q; there are \"dark\" and \"light\"", theme)
}
