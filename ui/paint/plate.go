package paint

import (
	"image"
	"image/color"
	"math"
	"slices"
)

// PlateKind is the look of a state plate.
type PlateKind string

// The kinds of plates. Each is told by its shape and word first.
const (
	PlateNotice   PlateKind = "notice"
	PlateWarning  PlateKind = "warning"
	PlateSevere   PlateKind = "severe"
	PlateCritical PlateKind = "critical"
	PlateStale    PlateKind = "stale"
	PlateOffline  PlateKind = "offline"
	PlateOutline  PlateKind = "outline"
	PlateDone     PlateKind = "done"
	// PlateSolid is the outline plate on the tile's own ground, for pictures.
	PlateSolid PlateKind = "solid"
	// PlateReplay is filled with the colour of a remark: the picture is not live.
	PlateReplay PlateKind = "replay"
)

// Plate is a state in one glyph and a word.
type Plate struct {
	Kind PlateKind
	Icon string
	Text string
	// Shorter are texts to use instead where Text does not fit, longest first.
	Shorter []string
}

// PlateHeight returns the height in px of a plate with text of the given size:
// stacked capitals and descenders stay inside.
func PlateHeight(size float64) int { return int(math.Ceil(size * 1.3)) }

// PlateWidth returns the width in px of a plate with its full text.
func (c *Canvas) PlateWidth(p Plate, size float64) int {
	if p.Text == "" {
		return int(math.Ceil(size * 1.95))
	}
	return int(math.Ceil(size*(0.5+0.95+0.35+0.5) + c.Kit.Fonts.Width(p.Text, true, size)))
}

// Plate draws a plate with its top left corner at x, y, at most maxW px wide,
// and returns its box. The word is shortened to fit; where not even a letter
// fits, the glyph stands alone.
func (c *Canvas) Plate(x, y int, p Plate, size float64, maxW int) image.Rectangle {
	alts := append([]string{p.Text}, p.Shorter...)
	p.Text = c.Kit.Fonts.Fit(float64(maxW)-size*2.3, size, true, alts...)
	short := p.Text != "" && !slices.Contains(alts, p.Text)
	h := PlateHeight(size)
	r := image.Rect(x, y, x+c.PlateWidth(p, size), y+h)
	radius := size * 0.22
	st := c.plateStyle(p.Kind)
	if st.fill.A != 0 {
		c.Round(r, radius, st.fill)
	}
	if st.edge.A != 0 {
		w := math.Max(1, math.Round(size*st.edgeW))
		if p.Kind == PlateOffline {
			c.RoundLine(r, radius, w, st.edge, size*0.12, size*0.08)
		} else {
			c.RoundLine(r, radius, w, st.edge)
		}
	}
	ic := int(math.Round(size * 0.95))
	c.Icon(x+int(size*0.5), y+(h-ic)/2, ic, p.Icon, st.ink, st.mark)
	c.text(float64(x)+size*1.8, float64(y), float64(h), p.Text, size, true, st.ink, short)
	return r
}

type plateStyle struct {
	fill, edge, ink, mark color.RGBA
	edgeW                 float64 // em
}

func (c *Canvas) plateStyle(k PlateKind) plateStyle {
	t := c.Kit.Theme
	switch k {
	case PlateNotice:
		return plateStyle{edge: t.Notice, ink: t.Notice, mark: t.OnFill, edgeW: 0.06}
	case PlateWarning:
		return plateStyle{fill: t.WarningFill, ink: t.Ink, mark: t.WarningFill}
	case PlateSevere:
		return plateStyle{fill: t.SevereFill, ink: t.Ink, mark: t.SevereFill}
	case PlateCritical:
		return plateStyle{fill: t.CriticalFill, edge: t.White, ink: t.White, mark: t.Ink, edgeW: 0.07}
	case PlateStale:
		return plateStyle{fill: t.Stale, ink: t.Ink, mark: t.Stale}
	case PlateOffline:
		return plateStyle{fill: t.S2, edge: t.Line2, ink: t.T1, mark: t.S2, edgeW: 0.06}
	case PlateDone:
		return plateStyle{edge: t.Done, ink: t.Done, mark: t.OnFill, edgeW: 0.06}
	case PlateReplay:
		return plateStyle{fill: t.Notice, edge: t.White, ink: t.OnFill, mark: t.Notice, edgeW: 0.06}
	case PlateSolid:
		return plateStyle{fill: t.S1, edge: t.Line2, ink: t.T1, mark: t.S1, edgeW: 0.06}
	default:
		return plateStyle{edge: t.Line2, ink: t.T2, mark: t.S1, edgeW: 0.06}
	}
}
