package raster

import "golang.org/x/sys/cpu"

// dabLayers are the ways in which this processor lays dabs.
func dabLayers() map[string]func(pix []byte, at, stride int, dabs []dab, part int) {
	out := map[string]func([]byte, int, int, []dab, int){
		"SSE2": func(pix []byte, at, stride int, dabs []dab, part int) {
			layDabsSSE2(&pix[0], at, stride, &dabs[0], len(dabs), part)
		},
	}
	if cpu.X86.HasAVX2 {
		out["AVX2"] = func(pix []byte, at, stride int, dabs []dab, part int) {
			layDabsAVX2(&pix[0], at, stride, &dabs[0], len(dabs), part)
		}
	}
	return out
}
