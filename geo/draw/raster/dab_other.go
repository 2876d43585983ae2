//go:build !amd64

package raster

// layDabs lays dabs over a picture, their origin at byte at.
func layDabs(pix []byte, at, stride int, dabs []dab) { layDabsPlain(pix, at, stride, dabs) }
