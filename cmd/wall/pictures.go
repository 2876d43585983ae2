package main

import (
	"strings"

	"iocwall/media"
)

// processors are parts of the names of renderers that have no graphics card.
var processors = []string{"llvmpipe", "softpipe", "swrast", "swiftshader", "software"}

// pixels chooses the form of pictures: as decoded where a graphics card converts
// and scales them, ready to be drawn where the processor would have to. It says
// why.
func pixels(choice string, draws func() (string, error)) (media.Layout, string) {
	switch choice {
	case "rgba":
		return media.LayoutRGBA, "rgba, as chosen"
	case "yuv":
		return media.LayoutYUV, "yuv, as chosen"
	}
	name, err := draws()
	if err != nil {
		return media.LayoutRGBA, "rgba: " + err.Error()
	}
	for _, p := range processors {
		if strings.Contains(strings.ToLower(name), p) {
			return media.LayoutRGBA, "rgba: " + name + " draws on the processor"
		}
	}
	return media.LayoutYUV, "yuv: " + name
}
