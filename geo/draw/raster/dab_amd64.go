package raster

import "golang.org/x/sys/cpu"

// layDabs lays part of 256 of dabs over a picture, their origin at byte at. The
// caller has made sure that all of them lie in the picture, and that there is one.
func layDabs(pix []byte, at, stride int, dabs []dab, part int) {
	if cpu.X86.HasAVX2 {
		layDabsAVX2(&pix[0], at, stride, &dabs[0], len(dabs), part)
		return
	}
	layDabsSSE2(&pix[0], at, stride, &dabs[0], len(dabs), part)
}

// layDabsSSE2 does what layDabsPlain does with instructions that every amd64
// processor has; there must be a dab.
//
//go:noescape
func layDabsSSE2(pix *byte, at, stride int, dabs *dab, n, part int)

// layDabsAVX2 is layDabsSSE2 for a processor that has AVX2.
//
//go:noescape
func layDabsAVX2(pix *byte, at, stride int, dabs *dab, n, part int)

// layRun does what layRunPlain does; there must be pixels, of whole dabs.
func layRun(p []byte, add uint64, stay uint32) {
	layRunSSE2(&p[0], len(p)/(4*dabWidth), add, stay)
}

// layRunSSE2 does what layRunPlain does with instructions that every amd64 processor
// has; there must be a dab.
//
//go:noescape
func layRunSSE2(p *byte, dabs int, add uint64, stay uint32)
