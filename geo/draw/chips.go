package draw

import (
	"image"
	"image/color"
	"math"
	"sort"
	"strings"

	"iocwall/geo/draw/pen"
	"iocwall/geo/draw/raster"
)

// inOrder calls do for the stations that the picture depends on, the important first,
// with where they stand.
func (r *Renderer) inOrder(stations []Station, do func(s *Station, x, y int)) {
	for _, i := range r.sorted(len(stations), func(i int) int { return stations[i].Importance }, func(i int) string { return stations[i].ID }) {
		if x, y, ok := r.markSpot(stations[i].At, r.sizes.Symbol*0.6); ok {
			do(&stations[i], x, y)
		}
	}
}

// stations draws each station's icon and keeps its place, so that no label covers one.
func (r *Renderer) stations(stations []Station) {
	half, room := int(r.sizes.Symbol*0.55), int(r.sizes.Symbol*0.6)
	r.inOrder(stations, func(s *Station, x, y int) {
		halo := r.haloAt(x, y)
		r.icon(raster.IconKey{Icon: s.Kind.Sign(), Size: r.symbol(1.1), Main: r.style.Text, Back: halo, Halo: halo}).Draw(&r.canvas, x, y)
		r.chosen(s.Selected, x, y, 1.2)
		r.grid.Take(image.Rect(x-room, y-room, x+room, y+room))
		r.hits.Symbol("stations", s.ID, x, y, half)
	})
}

// stationChips draws the chip of each station where there is room: value and word, else
// the value alone, else none.
func (r *Renderer) stationChips(stations []Station) {
	half := int(r.sizes.Symbol * 0.55)
	r.inOrder(stations, func(s *Station, x, y int) { r.chip(s, x, y, half) })
}

// chipText returns what the plate says.
func chipText(s *Station, words bool) (value, word string) {
	value = s.Value
	if value == "" {
		return "—", ""
	}
	if words {
		word = s.Word
	}
	return value, word
}

func (r *Renderer) chip(s *Station, x, y, half int) {
	size := r.sizes.Text
	h := int(math.Round(size * raster.LinePitch))
	pad := int(math.Round(size * 0.36))
	for _, words := range []bool{true, false} {
		value, word := chipText(s, words)
		w := int(r.width(value, size, true)) + 2*pad
		if word != "" {
			w += int(r.width(word, size, false) + size*0.25)
		}
		mark := 0
		if s.Stale {
			mark = int(size * 1.1)
		}
		rect, ok := r.grid.First(x, y, w+mark, h, half+pad/2, 2*half+pad)
		if ok {
			r.place(rect)
			r.drawChip(s, rect, value, word, pad, mark)
			r.hits.Plate("stations", s.ID, x, y, rect)
			return
		}
	}
	r.stats.LabelsLeft++
}

func (r *Renderer) drawChip(s *Station, rect image.Rectangle, value, word string, pad, mark int) {
	fill, ink, edge := r.chipColors(s)
	line := max(1, r.sizes.Line*0.75)
	radius := max(2, r.sizes.Text*0.14)
	if edge.A > 0 {
		r.pen.RoundRect(rect, radius, edge)
		n := int(math.Ceil(line))
		r.pen.RoundRect(rect.Inset(n), radius-line, fill)
	} else {
		r.pen.RoundRect(rect, radius, fill)
	}
	size := r.sizes.Text
	x := rect.Min.X + pad
	if mark > 0 {
		r.icon(raster.IconKey{Icon: IconStale, Size: r.symbol(0.8), Main: ink}).Draw(&r.canvas, x+int(size*0.4), (rect.Min.Y+rect.Max.Y)/2)
		x += mark
	}
	base := baseline(rect.Min.Y, 0, size)
	r.writeNow(x, base, value, plainText(size, true, ink))
	if word != "" {
		x += int(r.width(value, size, true) + size*0.25)
		r.writeNow(x, base, word, plainText(size, false, ink))
	}
}

// chipColors returns fill, ink and keyline. Violet, maroon and blue of the law
// carry a keyline, since they are too dark to stand out from the map.
func (r *Renderer) chipColors(s *Station) (fill, ink, edge color.RGBA) {
	switch {
	case s.Stale:
		return color.RGBA{0xC9, 0xD2, 0xDA, 255}, color.RGBA{0x10, 0x15, 0x1B, 255}, color.RGBA{}
	case s.Fill.A == 0:
		return r.style.Chip, r.style.Text, r.style.CardEdge
	}
	fill, ink = s.Fill, s.Ink
	dark := pen.Luminance(fill) < 0.2
	if ink.A == 0 {
		ink = color.RGBA{0x10, 0x15, 0x1B, 255}
		if dark {
			ink = color.RGBA{255, 255, 255, 255}
		}
	}
	if dark {
		edge = r.style.Text
	}
	return fill, ink, edge
}

// alerts draws shapes with their callouts, the worst on top and placed first.
func (r *Renderer) alerts(alerts []Alert) {
	order := r.sorted(len(alerts), func(i int) int { return int(alerts[i].Severity) }, func(i int) string { return alerts[i].ID })
	for k := range order {
		a := &alerts[order[k]]
		x, y, ok := r.markSpot(a.At, r.sizes.Symbol)
		if !ok {
			continue
		}
		half := int(r.sizes.Symbol * 0.9)
		r.grid.Take(image.Rect(x-half, y-half, x+half, y+half))
	}
	for k := range order {
		a := &alerts[order[k]]
		if x, y, ok := r.markSpot(a.At, r.sizes.Symbol); ok {
			r.alert(a, x, y)
		}
	}
}

func (r *Renderer) alert(a *Alert, x, y int) {
	col := r.severityColor(a.Severity)
	if a.Title != "" {
		r.callout(a, x, y, col)
	}
	key := raster.IconKey{Icon: severityIcon(a.Severity), Size: r.symbol(1.6), Main: col, Back: r.style.OnFill, Halo: r.style.Sea}
	r.icon(key).Draw(&r.canvas, x, y)
	r.chosen(a.Selected, x, y, 1.5)
	r.hits.Symbol("alerts", a.ID, x, y, int(r.sizes.Symbol*0.8))
}

// calloutRoom looks in widening rings for a place that covers nothing, then
// takes the one that covers least.
func (r *Renderer) calloutRoom(x, y, w, h int) image.Rectangle {
	var best image.Rectangle
	least, found := 0, false
	for ring := range 8 {
		rect, ok := r.grid.Find(x, y, w, h, int(r.sizes.Symbol*(1.3+0.75*float64(ring))))
		if !ok {
			continue
		}
		soft, _ := r.grid.Free(rect)
		if soft += 3 * ring; !found || soft < least {
			best, least, found = rect, soft, true
		}
	}
	if !found {
		return r.grid.Force(x, y, w, h, int(r.sizes.Symbol*1.3))
	}
	return best
}

// fit returns a line of text with its end left out where it is wider than so many pixels.
func (r *Renderer) fit(text string, size float64, bold bool, wide float64) string {
	if r.width(text, size, bold) <= wide {
		return text
	}
	letters := []rune(text)
	n := sort.Search(len(letters), func(n int) bool { return r.width(string(letters[:n+1])+"…", size, bold) > wide })
	return strings.TrimRight(string(letters[:n]), " ,.·–") + "…"
}

// callout draws the two lines of an alert beside its shape, with a leader, unless they
// would take much of a small map: what they are about is there to be seen, and the alert
// stands in words elsewhere.
func (r *Renderer) callout(a *Alert, x, y int, col color.RGBA) {
	size := r.sizes.Text
	pad := int(size * 0.55)
	room := float64(r.grid.Glass(x, y).Dx() - 2*pad)
	title, text := r.fit(a.Title, size, true, room), r.fit(a.Text, size, false, room)
	w := int(max(r.width(title, size, true), r.width(text, size, false))) + 2*pad
	h := int(size*raster.LinePitch) + pad
	if a.Text != "" {
		h += int(size * raster.LinePitch)
	}
	if glass := r.grid.Glass(x, y); 5*w*h > glass.Dx()*glass.Dy() {
		r.stats.LabelsLeft++
		return
	}
	rect := r.calloutRoom(x, y, w, h)
	if r.boxes.Cover(rect) {
		r.stats.LabelsLeft++
		return
	}
	r.place(rect)
	r.hits.Plate("alerts", a.ID, x, y, rect)
	end := image.Pt(min(max(x, rect.Min.X), rect.Max.X), min(max(y, rect.Min.Y), rect.Max.Y))
	line := max(1, r.sizes.Line*1.4)
	r.canvas.Line(float64(x), float64(y), float64(end.X), float64(end.Y), line/2, col)
	fill, edge, t1, t2 := r.style.Card, col, r.style.Text, r.style.Text2
	if a.Severity == Critical { // a plate with the white keyline
		white := color.RGBA{255, 255, 255, 255}
		fill, edge, t1, t2 = r.style.CriticalPlate, white, white, white
	}
	r.pen.Box(rect, size*0.22, line, fill, edge)
	r.writeNow(rect.Min.X+pad, baseline(rect.Min.Y+pad/2, 0, size), title, plainText(size, true, t1))
	if text != "" {
		r.writeNow(rect.Min.X+pad, baseline(rect.Min.Y+pad/2, 1, size), text, plainText(size, false, t2))
	}
}
