package main

import (
	"errors"
	"testing"

	"iocwall/media"
)

func TestPixels(t *testing.T) {
	for name, c := range map[string]struct {
		choice, draws string
		err           error
		want          media.Layout
	}{
		"a card":         {choice: "auto", draws: "Mesa Intel(R) UHD Graphics 630 (CFL GT2)", want: media.LayoutYUV},
		"the processor":  {choice: "auto", draws: "llvmpipe (LLVM 15.0.6, 256 bits)", want: media.LayoutRGBA},
		"not known":      {choice: "auto", err: errors.New("no display"), want: media.LayoutRGBA},
		"chosen planes":  {choice: "yuv", draws: "llvmpipe", want: media.LayoutYUV},
		"chosen colours": {choice: "rgba", draws: "NVIDIA", want: media.LayoutRGBA},
	} {
		got, why := pixels(c.choice, func() (string, error) { return c.draws, c.err })
		if got != c.want || why == "" {
			t.Errorf("%s: %q (%s), want %q", name, got, why, c.want)
		}
	}
}
