package raster

// layDabs lays dabs over a picture, their origin at byte at. The caller has made
// sure that all of them lie in the picture.
func layDabs(pix []byte, at, stride int, dabs []dab) {
	layDabsSSE2(&pix[0], at, stride, &dabs[0], len(dabs))
}

// layDabsSSE2 does what layDabsPlain does with instructions that every amd64
// processor has; there must be a dab.
//
//go:noescape
func layDabsSSE2(pix *byte, at, stride int, dabs *dab, n int)
