package list

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strconv"

	"iocwall/ui/paint"
)

// cells asks what a row shows; a row that is gone shows what it did last.
func (l *List) cells(e *entry) []Cell {
	if e.at < 0 {
		return e.cells
	}
	if len(e.cells) != len(l.o.Columns) {
		e.cells = make([]Cell, len(l.o.Columns))
	}
	for i, c := range l.o.Columns {
		switch {
		case l.widths[i].to == l.widths[i].from:
			e.cells[i] = Cell{}
		case c.Cell != nil:
			e.cells[i] = c.Cell(e.at)
		case c.Text != nil:
			e.cells[i] = Cell{Text: c.Text(e.at)}
		}
	}
	return e.cells
}

// changed reports whether the list would be painted otherwise than it is, and
// notes the rows that would.
func (l *List) changed() bool {
	b := l.buffer[:0]
	num := func(v ...int) {
		for _, n := range v {
			b = strconv.AppendInt(b, int64(n), 36)
			b = append(b, ' ')
		}
	}
	first, last := l.v.window()
	num(l.v.offset, l.v.high, l.head, len(l.v.shown), len(l.v.coming), first, last)
	b = append(b, l.x.sort.Column...)
	b = append(b, flags(l.x.sort.Down, l.x.busy, l.retry != nil, l.urgent())...)
	b = append(append(append(append(b, l.status...), 0), l.title...), l.text...)
	if len(l.v.shown) == 0 {
		_, t, s := l.words()
		b = append(append(b, t...), s...)
	}
	rows := false
	for i := first; i < last && len(l.widths) == len(l.o.Columns); i++ {
		b = append(append(b, 1), l.v.shown[i].id...)
		rows = l.rowChanged(l.v.shown[i], i) || rows
	}
	l.buffer = b
	if !rows && string(b) == string(l.sig) {
		return false
	}
	l.sig = append(l.sig[:0], b...)
	return true
}

// rowChanged is changed for one row.
func (l *List) rowChanged(e *entry, i int) bool {
	chosen := e.id == l.v.chosen
	b := strconv.AppendInt(l.rowBuffer[:0], int64(l.painting), 36)
	b = append(b, flags(chosen, chosen && l.focused, i == l.hover, e.at < 0, e.fresh)...)
	for k, c := range l.cells(e) {
		b = append(append(append(append(append(append(b, 2), c.Text...), 0), c.Sub...), c.Icon...), c.SubIcon...)
		b = append(append(append(b, c.Plate...), c.Tone...), flags(c.Bold)...)
		if f := l.o.Columns[k].Sign; f != nil && e.at >= 0 {
			b = strconv.AppendUint(b, f(e.at), 36)
		}
	}
	l.rowBuffer = b
	if string(b) == e.sig {
		return false
	}
	e.sig, e.strip = string(b), nil
	return true
}

func flags(on ...bool) []byte {
	out := make([]byte, len(on))
	for i, x := range on {
		out[i] = '0'
		if x {
			out[i] = '1'
		}
	}
	return out
}

// paint draws heads and rows.
func (l *List) paint(c *paint.Canvas) {
	th := l.env.Kit.Theme
	if len(l.widths) != len(l.o.Columns) {
		return
	}
	l.paintRows(c)
	if !l.o.Plain {
		l.paintHeads(c)
	}
	l.paintState(c)
	if t := l.thumb(); !t.Empty() {
		c.Round(t, float64(t.Dx())/2, th.Line2)
	}
	l.paintPill(c)
}

// paintRows puts the rows seen together: those that say what they said are
// copied.
func (l *List) paintRows(c *paint.Canvas) {
	first, last := l.v.window()
	wide := c.Img.Rect.Dx()
	was := l.strips
	l.strips = slices.Clone(l.v.shown[first:last])
	for i := first; i < last; i++ {
		e := l.v.shown[i]
		at := image.Pt(0, l.headHigh()+l.v.top(i))
		if e.strip == nil || e.strip.Rect.Dx() != wide || e.strip.Rect.Dy() != l.v.row || c.Trace != nil {
			row := paint.New(l.env.Kit, wide, l.v.row, l.env.Kit.Theme.S1)
			row.Trace = c.Trace
			l.paintRow(row, e, i, row.Img.Rect)
			e.strip = row.Img
		}
		draw.Draw(c.Img, e.strip.Rect.Add(at), e.strip, image.Point{}, draw.Src)
		l.stale = l.stale || e.fresh
		e.fresh = false // its mark is taken away at the next Update
	}
	for _, e := range was {
		if !slices.Contains(l.strips, e) {
			e.strip, e.sig = nil, ""
		}
	}
}

func (l *List) paintHeads(c *paint.Canvas) {
	th, f := l.env.Kit.Theme, l.env.Kit.Fonts
	h := l.headHigh()
	c.Fill(image.Rect(0, 0, c.Img.Rect.Dx(), h), th.S1)
	size := float64(l.px(smallText))
	for i, col := range l.o.Columns {
		s := l.widths[i]
		if s.to == s.from {
			continue
		}
		if i == l.head && !col.NoSort {
			c.Fill(image.Rect(s.from-l.px(8), 0, s.to-l.px(4), h-1), th.S2)
		}
		ink, arrow := th.T3, 0
		if l.x.sort.Column == col.ID {
			ink, arrow = th.T1, l.px(16)
		}
		text := f.Fit(float64(s.to-s.from-l.px(gap)-arrow), size, false, col.Title)
		w := f.Width(text, false, size)
		x := float64(s.from)
		if col.Right {
			x = float64(s.to-l.px(gap)-arrow) - w
		}
		c.Text(x, 0, float64(h), text, size, false, ink)
		if arrow > 0 {
			icon := "up"
			if l.x.sort.Down {
				icon = "down"
			}
			c.Icon(int(x+w)+l.px(2), (h-l.px(14))/2, l.px(14), icon, th.T1, th.S1)
		}
	}
	c.Fill(image.Rect(0, h-1, c.Img.Rect.Dx(), h), th.Line1)
}

func (l *List) paintRow(c *paint.Canvas, e *entry, i int, r image.Rectangle) {
	th := l.env.Kit.Theme
	chosen := e.id == l.v.chosen
	switch {
	case chosen || e.fresh:
		c.Fill(r, th.S3)
	case i == l.hover:
		c.Fill(r, th.S2)
	}
	if chosen {
		c.Fill(image.Rect(0, r.Min.Y, l.px(4), r.Max.Y), th.Focus)
	}
	c.Fill(image.Rect(0, r.Max.Y-1, r.Max.X, r.Max.Y), th.Line1)
	if l.o.Drag != nil {
		d := l.px(18)
		c.Icon(l.px(7), r.Min.Y+(r.Dy()-d)/2, d, "drag", th.T3, th.S1)
	}
	cells := l.cells(e)
	for k, s := range l.widths {
		if s.to == s.from || k >= len(cells) {
			continue
		}
		box := image.Rect(s.from, r.Min.Y, s.to-l.px(gap), r.Max.Y)
		l.paintCell(c, l.o.Columns[k], cells[k], box, e.at < 0)
		if f := l.o.Columns[k].Draw; f != nil && e.at >= 0 {
			f(c, box, e.at)
		}
	}
	if chosen && l.focused {
		c.RoundLine(image.Rect(l.px(6), r.Min.Y+l.px(2), r.Max.X-l.px(2), r.Max.Y-l.px(3)), float64(l.px(6)), float64(max(1, l.px(2))), th.Focus)
	}
}

func (l *List) paintCell(c *paint.Canvas, col Column, cell Cell, box image.Rectangle, gone bool) {
	th, f := l.env.Kit.Theme, l.env.Kit.Fonts
	ink := l.ink(cell.Tone)
	if gone {
		ink = th.T3
	}
	body, small := float64(l.px(bodyText)), float64(l.px(smallText))
	top, h := float64(box.Min.Y), float64(box.Dy())
	if cell.Sub != "" || cell.SubIcon != "" {
		line := float64(l.px(22))
		y := top + h/2 + float64(l.px(1))
		top, h = top+h/2-line-float64(l.px(1)), line+float64(l.px(2))
		x := float64(box.Min.X)
		if cell.SubIcon != "" {
			d := l.px(smallText)
			c.Icon(int(x), int(y)+(int(line)-d)/2, d, cell.SubIcon, th.T2, th.S1)
			x += float64(d + l.px(6))
		}
		c.Text(x, y, line, f.Fit(float64(box.Max.X)-x, small, false, cell.Sub), small, false, pick(gone, th.T3, th.T2))
	}
	if cell.Plate != "" {
		if gone {
			cell.Plate = paint.PlateOutline
		}
		c.Plate(box.Min.X, int(top+(h-float64(paint.PlateHeight(small)))/2), paint.Plate{Kind: cell.Plate, Icon: cell.Icon, Text: cell.Text}, small, box.Dx())
		return
	}
	x := float64(box.Min.X)
	if cell.Icon != "" {
		d := l.px(20)
		c.Icon(int(x), int(top)+(int(h)-d)/2, d, cell.Icon, ink, th.OnFill)
		x += float64(d + l.px(8))
	}
	text := f.Fit(float64(box.Max.X)-x, body, cell.Bold, cell.Text)
	if col.Right {
		x = float64(box.Max.X) - f.Width(text, cell.Bold, body)
	}
	c.Text(x, top, h, text, body, cell.Bold, ink)
}

func pick(first bool, a, b color.RGBA) color.RGBA {
	if first {
		return a
	}
	return b
}

func (l *List) ink(t Tone) color.RGBA {
	th := l.env.Kit.Theme
	switch t {
	case Quiet:
		return th.T2
	case Faint:
		return th.T3
	case Warning:
		return th.Warning
	case Severe:
		return th.Severe
	case Critical:
		return th.Critical
	case Done:
		return th.Done
	}
	return th.T1
}

// pill is the place of the new rows' count, empty without new rows.
func (l *List) pill() image.Rectangle {
	n := len(l.v.coming)
	if n == 0 || l.body.size.X == 0 {
		return image.Rectangle{}
	}
	size := float64(l.px(smallText))
	w := int(l.env.Kit.Fonts.Width(l.comingText(), true, size)) + l.px(48)
	h := l.px(32)
	x := (l.body.size.X - w) / 2
	y := max(0, l.headHigh()-l.px(34))
	return image.Rect(x, y, x+w, y+h)
}

func (l *List) comingText() string {
	return l.env.Lang.T("list.coming", "n", l.env.Lang.Int(int64(len(l.v.coming))))
}

// urgent reports whether one of the new rows must not be overlooked.
func (l *List) urgent() bool {
	for e := range l.v.coming {
		if l.o.Urgent != nil && e.at >= 0 && l.o.Urgent(e.at) {
			return true
		}
	}
	return false
}

func (l *List) paintPill(c *paint.Canvas) {
	r := l.pill()
	if r.Empty() {
		return
	}
	th := l.env.Kit.Theme
	fill, ink := th.Focus, th.OnFill
	if l.urgent() {
		fill, ink = th.CriticalFill, th.White
	}
	c.Round(r, float64(l.px(6)), fill)
	if l.urgent() {
		c.RoundLine(r, float64(l.px(6)), float64(max(2, l.px(2))), th.White)
	}
	c.Text(float64(r.Min.X+l.px(14)), float64(r.Min.Y), float64(r.Dy()), l.comingText(), float64(l.px(smallText)), true, ink)
	c.Icon(r.Max.X-l.px(30), r.Min.Y+(r.Dy()-l.px(18))/2, l.px(18), "up", ink, fill)
}

// words are a state's title and explanation, and its symbol.
func (l *List) words() (icon, title, text string) {
	t := l.env.Lang.T
	switch l.status {
	case Loading:
		icon, title = "loading", t("list.loading")
	case Failed:
		icon, title = "offline", t("list.failed")
	case Denied:
		icon, title, text = "lock", t("list.denied"), t("list.denied.next")
	default:
		icon = "nodata"
		switch {
		case l.x.src.Len() > 0 && (len(l.x.words) > 0 || l.x.on != 0):
			title, text = t("list.nomatch"), t("list.nomatch.next", "n", l.env.Lang.Int(int64(l.x.src.Len())))
		case l.o.Empty != nil:
			title, text = l.o.Empty()
		default:
			title = t("list.empty")
		}
		return icon, title, text
	}
	if l.title != "" {
		title = l.title
	}
	if l.text != "" {
		text = l.text
	}
	return icon, title, text
}

// paintState says why there are no rows; above old rows it is one line.
func (l *List) paintState(c *paint.Canvas) {
	if len(l.v.shown) > 0 && l.status == Ready || l.x.busy && len(l.v.shown) == 0 && l.status == Ready {
		return
	}
	th, f := l.env.Kit.Theme, l.env.Kit.Fonts
	icon, title, text := l.words()
	body, small := float64(l.px(bodyText)), float64(l.px(smallText))
	x, top := l.px(pad), l.headHigh()
	wide := float64(c.Img.Rect.Dx()-2*l.px(pad)) - float64(l.px(32))
	if len(l.v.shown) > 0 {
		h := l.px(heads)
		top = c.Img.Rect.Dy() - h
		c.Fill(image.Rect(0, top, c.Img.Rect.Dx(), top+h), th.S2)
		c.Fill(image.Rect(0, top, c.Img.Rect.Dx(), top+1), th.Line2)
		c.Icon(x, top+(h-l.px(18))/2, l.px(18), icon, th.T1, th.OnFill)
		c.Text(float64(x+l.px(28)), float64(top), float64(h), f.Fit(wide, small, false, title+" · "+text, title), small, false, th.T1)
	} else {
		top += l.px(20)
		c.Icon(x, top, l.px(24), icon, th.T2, th.OnFill)
		x += l.px(36)
		c.Text(float64(x), float64(top), float64(l.px(24)), f.Fit(wide, body, true, title), body, true, th.T1)
		for k, s := range f.Wrap(text, wide, small, false, 4) {
			c.Text(float64(x), float64(top+l.px(30)+k*l.px(20)), float64(l.px(20)), s, small, false, th.T2)
		}
	}
	if r := l.retryBox(); !r.Empty() {
		c.Round(r, float64(l.px(6)), th.S2)
		c.RoundLine(r, float64(l.px(6)), float64(max(1, l.px(1))), th.Line2)
		c.Text(float64(r.Min.X+l.px(14)), float64(r.Min.Y), float64(r.Dy()), l.env.Lang.T("list.retry"), small, false, th.T1)
	}
}

// retryBox is the button that tries again.
func (l *List) retryBox() image.Rectangle {
	if l.retry == nil || l.status == Ready {
		return image.Rectangle{}
	}
	w := int(l.env.Kit.Fonts.Width(l.env.Lang.T("list.retry"), false, float64(l.px(smallText)))) + l.px(28)
	if len(l.v.shown) > 0 {
		y := l.body.size.Y - l.px(heads) + l.px(2)
		return image.Rect(l.body.size.X-l.px(pad)-w, y, l.body.size.X-l.px(pad), y+l.px(32))
	}
	x, y := l.px(pad+36), l.headHigh()+l.px(20+30+24)
	return image.Rect(x, y, x+w, y+l.px(32))
}
