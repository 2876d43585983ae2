//go:build !amd64

package raster

// dabLayers are the ways in which this processor lays dabs.
func dabLayers() map[string]func(pix []byte, at, stride int, dabs []dab, part int) {
	return map[string]func([]byte, int, int, []dab, int){"plain": layDabs}
}
