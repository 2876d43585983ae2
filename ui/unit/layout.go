package unit

import (
	"image"

	"iocwall/server/world"
	"iocwall/ui/page"
)

// places are where everything lies, in device pixels. What has no room is empty.
type places struct {
	head                 image.Rectangle
	reports, title, list image.Rectangle // the left pane, its title, its list
	detail, opener       image.Rectangle
	side, tabs, rows     image.Rectangle // the right pane
	mapPane, mapHead     image.Rectangle
	mapped               image.Rectangle
}

// Measures in units at the normal size of text.
const (
	margin   = 16.0
	headHigh = 52
	barHigh  = 44
	// detailHigh is the height of what is told of the chosen row, detailLow where
	// there is little room, detailNone without one.
	detailHigh, detailLow, detailNone = 148, 96, 40
	// leftShare is the left column's part of the width, mapShare the map's of the
	// right column.
	leftShare = 0.6
	mapShare  = 0.48
	// roomForMap is the least height of the right column with a map above the lists.
	roomForMap = 470
	// roomForDetail is the height of the left column from which all is told.
	roomForDetail = 480
)

// measure divides the page.
func (p *Page) measure() places {
	px := p.px
	m := px(margin)
	var out places
	w, h := p.size.X, p.size.Y
	out.head = image.Rect(m, 0, w-m, px(headHigh))
	split := int(float64(w) * leftShare)
	out.reports = image.Rect(m, out.head.Max.Y, split-m/2, h-m)
	out.side = image.Rect(split+m/2, out.head.Max.Y, w-m, h-m)

	low := px(detailHigh)
	switch {
	case p.facts.Title == "":
		low = px(detailNone)
	case out.reports.Dy() < px(roomForDetail):
		low = px(detailLow)
	}
	r := out.reports.Inset(1)
	out.title = image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+px(barHigh))
	out.detail = image.Rect(r.Min.X, r.Max.Y-low, r.Max.X, r.Max.Y)
	out.list = image.Rect(r.Min.X, out.title.Max.Y, r.Max.X, out.detail.Min.Y)
	out.opener = p.openerRect(out.detail)

	if out.side.Dy() >= px(roomForMap) {
		out.mapPane = out.side
		out.mapPane.Max.Y = out.side.Min.Y + int(float64(out.side.Dy())*mapShare)
		out.side.Min.Y = out.mapPane.Max.Y + m
		in := out.mapPane.Inset(1)
		out.mapHead = image.Rect(in.Min.X, in.Min.Y, in.Max.X, in.Min.Y+px(barHigh))
		out.mapped = image.Rect(in.Min.X, out.mapHead.Max.Y, in.Max.X, in.Max.Y)
	}
	return out
}

func (p *Page) openerRect(detail image.Rectangle) image.Rectangle {
	px := p.px
	w := int(p.opener.MinSize().Width*p.density()) + px(8)
	return image.Rect(detail.Max.X-px(margin)-w, detail.Min.Y+px(6), detail.Max.X-px(margin), detail.Min.Y+px(6+34))
}

// lay places everything.
func (p *Page) lay() {
	if p.size.X < 2 || p.size.Y < 2 {
		return
	}
	p.laid = p.measure()
	p.tabs.flow(p.laid.side.Inset(1), p.laid.mapped.Empty())
	if p.tab >= p.tabs.count() {
		p.tab = tabFigures
	}
	in := p.laid.side.Inset(1)
	p.laid.tabs = image.Rect(in.Min.X, in.Min.Y, in.Max.X, in.Min.Y+p.tabs.high)
	p.laid.rows = image.Rect(in.Min.X, p.laid.tabs.Max.Y, in.Max.X, in.Max.Y)
	if p.tab == tabMap {
		p.laid.mapped = p.laid.rows
	}
	p.put(p.reports.Object(), p.laid.list)
	p.put(p.tabs, p.laid.tabs)
	for i, l := range p.lists {
		if i == p.tab {
			p.put(l.Object(), p.laid.rows)
		} else {
			l.Object().Hide()
		}
	}
	p.put(p.opener, p.laid.opener)
	p.button()
	p.layMap()
}

// layMap shows the places of the unit's area.
func (p *Page) layMap() {
	r := p.laid.mapped
	p.put(p.board.Object(), r)
	p.board.Show(p.shown && !r.Empty())
	if r.Empty() {
		return
	}
	p.board.Lay([]page.Spot{{
		Tile: world.Tile{ID: "unit-map", Kind: "map", Params: []world.Param{{Key: "layers", Value: "stations,reports,cameras,alerts"}, {Key: "legend", Value: "no"}}},
		Rect: image.Rect(0, 0, r.Dx(), r.Dy()),
	}})
}
