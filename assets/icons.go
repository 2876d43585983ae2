package assets

import _ "embed"

//go:embed icons/icons.svg
var iconSprite []byte

// Icons returns the product's icons as one SVG sprite: a <symbol> per icon on
// a 24-unit grid. "currentColor" is the icon's colour, "onfill" the mark inside
// a filled shape, "hole" what shows through it. The bytes are shared and must
// not be changed.
func Icons() []byte { return iconSprite }
