package paint

import (
	"image/color"
	"strings"
)

// Run is a piece of a line in one style.
type Run struct {
	Text string
	Bold bool
	// Color is used as is; a zero alpha means the theme's T1.
	Color color.RGBA
	// Size in px; 0 means the line's size.
	Size float64
}

// Runs draws pieces after each other on one baseline in a row and returns the
// advance. Sizes may differ; the baseline is that of the line's size.
func (c *Canvas) Runs(x, top, h, size float64, runs ...Run) float64 {
	start := x
	base := Baseline(top, h, size)
	for _, r := range runs {
		sz := r.Size
		if sz == 0 {
			sz = size
		}
		col := r.Color
		if col.A == 0 {
			col = c.Kit.Theme.T1
		}
		// The row of a smaller run is moved so that the baselines agree.
		shift := base - Baseline(0, h, sz)
		x += c.text(x, shift, h, r.Text, sz, r.Bold, col, strings.HasSuffix(r.Text, ellipsis))
	}
	return x - start
}

// RunsWidth returns the advance of the pieces in px.
func (c *Canvas) RunsWidth(size float64, runs ...Run) float64 {
	var w float64
	for _, r := range runs {
		sz := r.Size
		if sz == 0 {
			sz = size
		}
		w += c.Kit.Fonts.Width(r.Text, r.Bold, sz)
	}
	return w
}

const ellipsis = "…"

// Fit returns the first of the texts that is at most w px wide. When none is,
// the last one is cut at a letter and ended by an ellipsis: text gets shorter,
// never smaller.
func (f *Fonts) Fit(w, size float64, bold bool, texts ...string) string {
	last := ""
	for _, t := range texts {
		if t == "" {
			continue
		}
		if f.Width(t, bold, size) <= w {
			return t
		}
		last = t
	}
	r := []rune(last)
	lo, hi := 0, len(r)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if f.Width(cut(r, mid), bold, size) <= w {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return ""
	}
	return cut(r, lo)
}

func cut(r []rune, n int) string {
	if n == len(r) {
		return string(r)
	}
	return strings.TrimRight(string(r[:n]), " ·,:–-(") + ellipsis
}

// Wrap breaks a text at spaces into at most n lines of w px; what does not fit
// ends the last line with an ellipsis.
func (f *Fonts) Wrap(s string, w, size float64, bold bool, n int) []string {
	var out []string
	words := strings.Fields(s)
	for len(words) > 0 && len(out) < n {
		if len(out) == n-1 {
			out = append(out, f.Fit(w, size, bold, strings.Join(words, " ")))
			break
		}
		k := 1
		for k < len(words) && f.Width(strings.Join(words[:k+1], " "), bold, size) <= w {
			k++
		}
		out = append(out, f.Fit(w, size, bold, strings.Join(words[:k], " ")))
		words = words[k:]
	}
	return out
}
