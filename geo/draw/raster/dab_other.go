//go:build !amd64

package raster

// layDabs lays part of 256 of dabs over a picture, their origin at byte at.
func layDabs(pix []byte, at, stride int, dabs []dab, part int) {
	layDabsPlain(pix, at, stride, dabs, part)
}

// layRun does what layRunPlain does.
func layRun(p []byte, add uint64, stay uint32) { layRunPlain(p, add, stay) }
