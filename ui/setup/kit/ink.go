package kit

import (
	"image/color"

	"iocwall/ui/look"
)

// Ink is the colour of a state's symbol: its shape says the same.
func Ink(th look.Theme, icon string) color.RGBA {
	switch icon {
	case "notice":
		return th.Notice
	case "warning":
		return th.Warning
	case "severe":
		return th.Severe
	case "critical":
		return th.Critical
	}
	return th.T2
}
