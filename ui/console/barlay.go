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
	b.person.set(b.personFace())
	s := b.search.face
	s.bare = b.level >= 2
	b.search.set(s)
	say := ""
	switch {
	case b.level < 1:
		say = b.words.status
	case b.level < 3:
		say = b.words.short
	}
	if say != "" {
		status = float32(f.Width(say, false, 16)) + 12
	}
	if b.words.bad != "" {
		status += min(float32(f.Width(b.words.bad, true, 16))+48, 300)
	}
	return min(b.person.wide(), 240), b.search.wide(), status
}

// try lays the bar out at the level and reports whether all tabs fit; the last one
// takes those that do.
func (b *bar) try(width float32, last bool) bool {
	f, u := b.c.env.Kit.Fonts, b.c.unit
	room := width / float32(b.c.o.Look.Text)
	person, search, status := b.measure()
	clock := float32(f.Width("00:00:00", true, 20)) + 1
	right := room - 16 - clock - 12
	rightPerson := right
	right -= person + 4
	rightSearch := right
	right -= search + 16
	left := float32(16)
	title := b.titleWide()
	end := right - status
	fit, total := b.count(left+title, end, last)
	if fit < total && !last {
		return false
	}
	if fit < total && title > 0 && b.shownNamed(fit) {
		title = 0 // the tab says it
		fit, _ = b.count(left, end, last)
	}
	put := func(o fyne.CanvasObject, x, w float32) {
		o.Move(fyne.NewPos(u(x), u((barHeight-40)/2)))
		o.Resize(fyne.NewSize(u(w), u(40)))
	}
	put(b.person, rightPerson-person, person)
	put(b.search, rightSearch-search, search)
	b.title = u(left + title - 8)
	if title == 0 {
		b.title = 0
	}
	x := left + title
	b.fit = fit
	for i, t := range b.tabs {
		if i >= fit {
			t.Hide()
			continue
		}
		t.Show()
		t.Move(fyne.NewPos(u(x), u(2)))
		t.Resize(fyne.NewSize(u(t.wide()), u(barHeight-2)))
		x += t.wide()
	}
	if fit < total {
		b.more.Show()
		put(b.more, x, b.more.wide())
		x += b.more.wide()
	} else {
		b.more.Hide()
	}
	b.left, b.right = u(x+12), u(right)
	return true
}

// titleWide is the room for the page's title with the gap behind it.
func (b *bar) titleWide() float32 {
	w := float32(b.c.env.Kit.Fonts.Width(b.words.title, true, 20))
	limit := float32(320)
	if b.level >= 2 {
		limit = 220
	}
	return min(w, limit) + 24
}

// shownNamed reports whether one of the first tabs says which page is shown.
func (b *bar) shownNamed(among int) bool {
	for _, t := range b.tabs[:among] {
		if t.face.chosen {
			return true
		}
	}
	return false
}

// count is how many tabs fit between two places, and how many there are.
func (b *bar) count(x, end float32, last bool) (fit, total int) {
	total = len(b.tabs)
	all := x
	for _, t := range b.tabs {
		all += t.wide()
	}
	if all <= end {
		return total, total
	}
	if !last {
		return 0, total
	}
	end -= b.more.wide()
	for _, t := range b.tabs {
		if x += t.wide(); x > end {
			break
		}
		fit++
	}
	return fit, total
}
