package console

import "fyne.io/fyne/v2"

// The levels of the bar, from all of its words to the fewest: the status in full,
// in short, the search without its words, no status, the person without the name.
// After that, tabs go under "…".
const lastLevel = 4

// lay gives everything its place in a bar of a width in Fyne units.
func (b *bar) lay(width float32) {
	if width <= 0 || width == b.width {
		return
	}
	b.width = width
	for b.level = 0; b.level <= lastLevel; b.level++ {
		if b.try(width, b.level == lastLevel) {
			break
		}
	}
	b.level = min(b.level, lastLevel)
	b.pane.Touch()
}

// measure is how wide, in Fyne units at the normal size, what stands right of the
// tabs is at the level: the clock, the person, the search, the status.
func (b *bar) measure() (person, search, status float32) {
	f := b.c.env.Kit.Fonts
	b.person.Set(b.personFace())
	s := b.search.Face()
	s.Bare = b.level >= 2
	b.search.Set(s)
	if say := b.status(); say != "" {
		status = float32(f.Width(say, false, 16)) + 12
	}
	if b.words.bad != "" {
		status += float32(f.Width(b.trouble(), true, 16)) + 50
		if b.level == lastLevel {
			status = min(status, 240)
		}
	}
	return min(b.person.Wide(), 240), b.search.Wide(), status
}

// try lays the bar out at the level and reports whether all tabs fit; the last one
// takes those that do.
func (b *bar) try(width float32, last bool) bool {
	f, u := b.c.env.Kit.Fonts, b.c.unit
	room := width / float32(b.c.o.Look.Text)
	person, search, status := b.measure()
	right := room - 16 - float32(f.Width("00:00:00", true, 20)) - 13
	personAt := right - person
	searchAt := personAt - 4 - search
	end := searchAt - 16
	title := b.titleWide()
	fit, total := b.count(8, end-status-title, last)
	if fit < total && !last {
		return false
	}
	put := func(o fyne.CanvasObject, x, w float32) {
		o.Move(fyne.NewPos(u(x), u((barHeight-40)/2)))
		o.Resize(fyne.NewSize(u(w), u(40)))
	}
	put(b.person, personAt, person)
	put(b.search, searchAt, search)
	x := b.putTabs(8, fit)
	b.more.Hide()
	if fit < total {
		b.more.Show()
		put(b.more, x, b.more.Wide())
		x += b.more.Wide()
	}
	b.title, b.left, b.right = u(x+16), u(x+title), u(end)
	return true
}

// putTabs places the first tabs and hides the others; it returns where they end.
func (b *bar) putTabs(x float32, fit int) float32 {
	u := b.c.unit
	b.fit = fit
	for i, t := range b.tabs {
		if i >= fit {
			t.Hide()
			continue
		}
		t.Show()
		t.Move(fyne.NewPos(u(x), u(2)))
		t.Resize(fyne.NewSize(u(t.Wide()), u(barHeight-2)))
		x += t.Wide()
	}
	return x
}

// titleWide is the least room for the page's title with the gaps around it.
func (b *bar) titleWide() float32 {
	if b.words.title == "" {
		return 16
	}
	limit := float32(320)
	if b.level >= 2 {
		limit = 160
	}
	return min(float32(b.c.env.Kit.Fonts.Width(b.words.title, true, 20)), limit) + 32
}

// count is how many tabs fit between two places, and how many there are.
func (b *bar) count(x, end float32, last bool) (fit, total int) {
	total = len(b.tabs)
	all := x
	for _, t := range b.tabs {
		all += t.Wide()
	}
	if all <= end {
		return total, total
	}
	if !last {
		return 0, total
	}
	end -= b.more.Wide()
	for _, t := range b.tabs {
		if x += t.Wide(); x > end {
			break
		}
		fit++
	}
	return fit, total
}
