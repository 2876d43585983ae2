package main

import (
	"errors"
	"testing"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/ui/words"
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
		got := pixels(c.choice, func() (string, error) { return c.draws, c.err })
		if got.form != c.want || got.why == "" {
			t.Errorf("%s: %q (%s), want %q", name, got.form, got.why, c.want)
		}
	}
}

// TestDrawingIsSaid: the foot says in the language of the interface what draws.
func TestDrawingIsSaid(t *testing.T) {
	d := pixels("auto", func() (string, error) { return "llvmpipe (LLVM 15.0.6, 256 bits)", nil })
	d.planes = true
	for lang, want := range map[string]string{
		"vi": "vẽ bằng bộ xử lý (llvmpipe) · hình camera đi thẳng lên cửa sổ",
		"en": "drawn by the processor (llvmpipe) · pictures go straight to the window",
	} {
		l, err := words.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.words(l); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
		soft := decoders{codecs: []decode.CodecSupport{{Codec: media.H264, Uses: "software"}}}
		if got := soft.status(l); got != "H264 "+l.T("status.software") || l.T("status.software")[0] == '[' {
			t.Errorf("%s: %q", lang, got)
		}
		if got := (drawing{}).words(l); got != "" {
			t.Errorf("%s: %q where nothing is known", lang, got)
		}
	}
}
