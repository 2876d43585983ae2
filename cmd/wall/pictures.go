package main

import (
	"strings"

	"iocwall/media"
	"iocwall/ui/words"
)

// processors are parts of the names of renderers that have no graphics card.
var processors = []string{"llvmpipe", "softpipe", "swrast", "swiftshader", "software"}

// drawing is how pictures are drawn and why.
type drawing struct {
	form media.Layout
	// by is the renderer's name, empty when it was not asked; processor says that
	// it is no graphics card.
	by        string
	processor bool
	why       string // for the log
	planes    bool   // pictures go on planes of their own
}

// pixels chooses the form of pictures: as decoded where a graphics card converts
// and scales them, ready to be drawn where the processor would have to.
func pixels(choice string, draws func() (string, error)) drawing {
	switch choice {
	case "rgba":
		return drawing{form: media.LayoutRGBA, why: "as chosen"}
	case "yuv":
		return drawing{form: media.LayoutYUV, why: "as chosen"}
	}
	name, err := draws()
	if err != nil {
		return drawing{form: media.LayoutRGBA, why: err.Error()}
	}
	for _, p := range processors {
		if strings.Contains(strings.ToLower(name), p) {
			return drawing{form: media.LayoutRGBA, by: name, processor: true, why: name + " draws on the processor"}
		}
	}
	return drawing{form: media.LayoutYUV, by: name, why: name}
}

// words say how pictures are drawn, for the foot of the desk.
func (d drawing) words(l *words.Lang) string {
	name, _, _ := strings.Cut(d.by, " (")
	var out []string
	switch {
	case d.processor:
		out = append(out, l.T("status.processor", "name", name))
	case d.by != "":
		out = append(out, l.T("status.card", "name", name))
	}
	if d.planes {
		out = append(out, l.T("status.planes"))
	}
	return strings.Join(out, " · ")
}
