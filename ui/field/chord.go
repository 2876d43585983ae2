package field

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// chord finds Ctrl and Shift pressed together with nothing else, which switches the
// typing when one of them is let go.
type chord struct {
	ctrl, shift, spoilt bool
}

func (c *chord) down(k fyne.KeyName) {
	switch k {
	case desktop.KeyControlLeft, desktop.KeyControlRight:
		c.ctrl, c.spoilt = true, false
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		c.shift = true
		if !c.ctrl {
			c.spoilt = false
		}
	default:
		c.spoilt = true
	}
}

// up reports whether the chord is complete.
func (c *chord) up(k fyne.KeyName) bool {
	both := c.ctrl && c.shift && !c.spoilt
	switch k {
	case desktop.KeyControlLeft, desktop.KeyControlRight:
		c.ctrl = false
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		c.shift = false
	default:
		return false
	}
	if both {
		c.spoilt = true
	}
	return both
}

func (c *chord) spoil() { c.spoilt = true }
