package list

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"iocwall/ui/paint"
)

// seen are the ids in the window, top to bottom.
func (l *List) seen() []string {
	var out []string
	first, last := l.v.window()
	for _, e := range l.v.shown[first:last] {
		out = append(out, e.id)
	}
	return out
}

// ids are all rows in the order shown.
func (l *List) ids() []string {
	var out []string
	for _, e := range l.v.shown {
		out = append(out, e.id)
	}
	return out
}

func show(t *testing.T, n int) (*host, *List, *Rows[thing], fyne.Window) {
	t.Helper()
	test.NewTempApp(t)
	h := newHost(t, "vi", "dark", 1)
	l, rows := newThings(h)
	rows.Set(things(n))
	win := screen(t, l, 900, 500)
	l.Update(noon)
	return h, l, rows, win
}

func press(l *List, names ...fyne.KeyName) {
	for _, n := range names {
		l.Key(&fyne.KeyEvent{Name: n})
	}
}

// point puts the pointer over the middle of the n-th row that is seen.
func point(l *List, n int) {
	y := l.headHigh() + n*l.v.row + l.v.row/2
	l.body.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, float32(y))}})
}

// tap clicks into the body.
func tap(l *List, x, y int) {
	l.body.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(float32(x), float32(y))}, Button: desktop.MouseButtonPrimary})
	l.body.MouseUp(nil)
	l.body.Tapped(&fyne.PointEvent{Position: fyne.NewPos(float32(x), float32(y))})
}

// TestSortSearchChips plays a person who looks for something.
func TestSortSearchChips(t *testing.T) {
	h, l, rows, _ := show(t, 200)
	worst := func() int { return rows.At(l.v.shown[0].at).severity }
	if worst() != 3 {
		t.Fatalf("first is %+v: the worst comes first", l.ids()[:3])
	}
	tap(l, l.widths[2].from+5, 10) // the head of the numbers, largest first
	if got := l.Sorting(); got != (Sort{Column: "value", Down: true}) {
		t.Fatalf("sorted by %+v", got)
	}
	values := func() (out []float64) {
		for _, e := range l.v.shown {
			out = append(out, rows.At(e.at).value)
		}
		return out
	}
	if v := values(); !slices.IsSortedFunc(v, func(a, b float64) int { return -cmpFloat(a, b) }) {
		t.Errorf("not sorted down: %v", v[:5])
	}
	tap(l, l.widths[2].from+5, 10)
	if v := values(); !slices.IsSorted(v) {
		t.Errorf("not sorted up: %v", v[:5])
	}
	l.Search("SAT LO duy xuyen")
	if n, all := l.Count(); n != 20 || all != 200 {
		t.Errorf("found %d of %d, want 20 of 200", n, all)
	}
	l.Chip("open", true)
	for _, e := range l.v.shown {
		if rows.At(e.at).who != "" || !strings.Contains(rows.At(e.at).name, "sạt lở") {
			t.Errorf("shows %+v", rows.At(e.at))
		}
	}
	l.Chip("taken", true)
	if l.ChipOn("open") {
		t.Error("two chips of one group are on")
	}
	press(l, fyne.KeyEscape)
	l.Chip("taken", false)
	if n, _ := l.Count(); n != 200 {
		t.Errorf("after Esc and the chip off: %d rows", n)
	}
	again, _ := newThings(h)
	if got := again.Sorting(); got != (Sort{Column: "value"}) {
		t.Errorf("a new list has forgotten the sorting: %+v", got)
	}
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// TestKeys plays a person without a mouse.
func TestKeys(t *testing.T) {
	_, l, _, win := show(t, 200)
	var chosen, opened []string
	l.o.Chosen = func(id string) { chosen = append(chosen, id) }
	l.o.Open = func(id string) { opened = append(opened, id) }
	ids := l.ids()
	press(l, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp)
	if l.Chosen() != ids[1] {
		t.Errorf("chosen %s, want the second, %s", l.Chosen(), ids[1])
	}
	press(l, fyne.KeyEnd)
	if l.Chosen() != ids[199] || !slices.Contains(l.seen(), ids[199]) {
		t.Errorf("End chose %s, seen %v", l.Chosen(), l.seen())
	}
	press(l, fyne.KeyPageUp, fyne.KeyPageUp)
	if at := slices.Index(ids, l.Chosen()); at >= 199 || at < 170 {
		t.Errorf("two pages up from the end is row %d", at)
	}
	press(l, fyne.KeyHome, fyne.KeyReturn)
	if !slices.Equal(opened, ids[:1]) {
		t.Errorf("Enter opened %v", opened)
	}
	if l.Key(&fyne.KeyEvent{Name: fyne.KeyF1}) {
		t.Error("a key of the console is taken")
	}
	// A letter that means nothing else begins a search; arrows go on in the list.
	if !l.Rune('đ') || win.Canvas().Focused() != l.tool.entry || l.tool.entry.Text != "đ" {
		t.Fatalf("a letter did not begin a search: %q", l.tool.entry.Text)
	}
	test.Type(l.tool.entry, "T610")
	if n, _ := l.Count(); n != 20 {
		t.Errorf("typed search shows %d", n)
	}
	l.tool.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if !slices.Contains(l.ids(), l.Chosen()) {
		t.Errorf("arrow in the search chose %q", l.Chosen())
	}
	l.tool.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if n, _ := l.Count(); n != 200 || win.Canvas().Focused() != l.body {
		t.Errorf("Esc in the search: %d rows, keyboard at %T", n, win.Canvas().Focused())
	}
	if len(chosen) == 0 {
		t.Error("nobody was told of the choice")
	}
}

// TestHandsOn: keys and letters that the list does not know reach the window.
func TestHandsOn(t *testing.T) {
	_, l, _, win := show(t, 20)
	var keys []fyne.KeyName
	var runes []rune
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { keys = append(keys, e.Name) })
	win.Canvas().SetOnTypedRune(func(r rune) { runes = append(runes, r) })
	l.Focus()
	f := win.Canvas().Focused()
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF1})
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	f.TypedRune('x')
	if len(keys) != 1 || keys[0] != fyne.KeyF1 || string(runes) != "x" {
		t.Errorf("handed on keys %v and letters %q", keys, string(runes))
	}
}

// TestDoubleClick opens with the second click and not with two far apart.
func TestDoubleClick(t *testing.T) {
	h, l, _, _ := show(t, 20)
	var opened []string
	l.o.Open = func(id string) { opened = append(opened, id) }
	y := l.headHigh() + l.v.row/2
	tap(l, 300, y)
	h.now = h.now.Add(2 * time.Second)
	tap(l, 300, y)
	if len(opened) != 0 || l.Chosen() != l.ids()[0] {
		t.Fatalf("opened %v, chosen %s", opened, l.Chosen())
	}
	tap(l, 300, y)
	if !slices.Equal(opened, l.ids()[:1]) {
		t.Errorf("opened %v", opened)
	}
}

// TestDrag hands a row to where it is dropped, and drags the scroll bar.
func TestDrag(t *testing.T) {
	_, l, _, _ := show(t, 200)
	var moved, dropped []string
	refuse := ""
	l.o.Drag = &Drag{
		Begin: func(id string) bool { return id != refuse },
		Move:  func(id string, at fyne.Position) { moved = append(moved, fmt.Sprint(id, at.X)) },
		Drop:  func(id string, at fyne.Position) { dropped = append(dropped, fmt.Sprint(id, at.X)) },
	}
	pull := func(x, y, dx, dy float32) {
		l.body.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary})
		for i := float32(1); i <= 4; i++ {
			p := fyne.NewPos(x+dx*i/4, y+dy*i/4)
			l.body.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p, AbsolutePosition: p}})
		}
		l.body.DragEnd()
	}
	id := l.ids()[1]
	y := float32(l.headHigh() + l.v.row*3/2)
	pull(300, y, 400, 0)
	if !slices.Equal(dropped, []string{id + "700"}) || len(moved) != 4 {
		t.Errorf("moved %v, dropped %v", moved, dropped)
	}
	refuse = id
	pull(300, y, 400, 0)
	if len(dropped) != 1 {
		t.Errorf("a refused row was dropped: %v", dropped)
	}
	pull(float32(l.thumb().Min.X+2), float32(l.thumb().Min.Y+2), 0, 1000)
	if l.v.offset != l.v.end() || l.v.offset == 0 || len(dropped) != 1 {
		t.Errorf("the bar pulled down: offset %d of %d", l.v.offset, l.v.end())
	}
}

// TestComing: new rows wait while the pointer is over the list, are counted, and
// come in by a click on the count or when the pointer leaves.
func TestComing(t *testing.T) {
	for _, way := range []string{"leave", "click"} {
		_, l, rows, _ := show(t, 30)
		point(l, 2)
		before := l.seen()
		next := append(things(30), thing{id: "new", name: "Cháy rừng", severity: 3, value: 1e6, since: noon, stamp: 1})
		rows.Set(next)
		l.Update(noon.Add(time.Second))
		if got := l.seen(); !slices.Equal(got, before) || l.Waiting() != 1 {
			t.Fatalf("rows moved under the pointer: %v, waiting %d", got, l.Waiting())
		}
		if way == "leave" {
			l.body.MouseOut()
		} else {
			p := l.pill()
			tap(l, p.Min.X+5, p.Min.Y+5)
		}
		if !slices.Contains(l.ids(), "new") {
			t.Errorf("%s: the new row is not there", way)
		}
		if way == "click" && !slices.Contains(l.seen(), "new") {
			t.Errorf("the new row is not seen after a click on the count: %v", l.seen())
		}
	}
}

// TestGone: a row that is gone stays under the pointer, as it was, until the
// pointer leaves.
func TestGone(t *testing.T) {
	_, l, rows, _ := show(t, 30)
	point(l, 2)
	before := l.seen()
	rest := slices.DeleteFunc(things(30), func(x thing) bool { return x.id == before[2] })
	rows.Set(rest)
	l.Update(noon.Add(time.Second))
	l.Update(noon.Add(time.Minute))
	if got := l.seen(); !slices.Equal(got, before) {
		t.Fatalf("rows moved: %v", got)
	}
	l.body.MouseOut()
	if slices.Contains(l.ids(), before[2]) {
		t.Error("the row is still there after the pointer left")
	}
}

// TestChosenStays: the chosen row keeps its height though others come before it.
func TestChosenStays(t *testing.T) {
	_, l, rows, _ := show(t, 8)
	press(l, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
	id, y := l.Chosen(), l.v.top(2)
	next := append(things(8), thing{id: "B", name: "Cháy rừng", severity: 3, value: 1, since: noon, stamp: 1}, thing{id: "A", name: "Cháy rừng", severity: 3, since: noon, stamp: 1})
	rows.Set(next)
	l.Update(noon.Add(time.Second))
	if at := l.v.find(id); l.v.top(at) != y || l.Chosen() != id {
		t.Errorf("chosen row is at %d, was at %d", l.v.top(at), y)
	}
	if l.Waiting() == 0 {
		t.Error("a row came above what is seen and is not counted")
	}
	l.Welcome()
	if l.Waiting() != 0 || !slices.Contains(l.seen(), "A") || !slices.Contains(l.seen(), "B") {
		t.Errorf("after Welcome: waiting %d, seen %v", l.Waiting(), l.seen())
	}
}

// TestNothing: an empty list says what the owner says of it, whatever is filtered;
// only a list with rows says that none of them matches.
func TestNothing(t *testing.T) {
	_, l, rows, _ := show(t, 0)
	l.o.Empty = func() (string, string) { return "Không có việc", "tìm trong hôm nay" }
	said := func(want string) {
		t.Helper()
		if _, title, _ := l.words(); title != want {
			t.Errorf("says %q, want %q", title, want)
		}
	}
	none := l.env.Lang.T("list.nomatch")
	said("Không có việc")
	l.Chip("open", true)
	said("Không có việc")
	l.Search("không đâu")
	said("Không có việc")
	rows.Set(things(5))
	l.Update(noon)
	said(none)
}

// TestSearchGivesWay: chips stay beside the search as long as it can be narrower.
func TestSearchGivesWay(t *testing.T) {
	_, l, _, win := show(t, 20)
	l.tool.place(900)
	full := l.tool.chipsWide() + l.tool.export.MinSize().Width + 300 + 16 + 16 + 12 + 150 + 8
	for _, c := range []struct {
		wide float32
		row  bool
	}{{full + 40, true}, {full - 60, true}, {full - 160, false}} {
		win.Resize(fyne.NewSize(c.wide, 500))
		l.tool.place(c.wide)
		one := true
		for _, k := range l.tool.chips {
			one = one && k.Position().Y < 48
		}
		if one != c.row {
			t.Errorf("%.0f wide: all chips in the first row %v, search %.0f wide", c.wide, one, l.tool.entry.Size().Width)
		}
	}
}

// TestRetry: a list that failed offers to try again, above old rows too.
func TestRetry(t *testing.T) {
	for _, n := range []int{0, 8} {
		_, l, _, _ := show(t, n)
		tried := 0
		l.Say(Failed, "Máy chủ không trả lời", "", func() { tried++ })
		r := l.retryBox()
		tap(l, r.Min.X+3, r.Min.Y+3)
		if tried != 1 {
			t.Errorf("%d rows: tried %d times", n, tried)
		}
	}
}

// TestRepaintsOnlyChanges: an Update that changes nothing seen paints nothing.
func TestRepaintsOnlyChanges(t *testing.T) {
	_, l, rows, _ := show(t, 200)
	painted := 0
	l.env.Trace = func(paint.Mark) { painted++ }
	look := func() int {
		painted = 0
		l.Update(noon)
		l.body.pane.Generator(l.body.size.X, l.body.size.Y)
		return painted
	}
	look()
	look()
	if n := look(); n != 0 {
		t.Errorf("painted %d texts though nothing changed", n)
	}
	last := l.v.shown[199].at
	rows.At(last).value, rows.At(last).stamp = 5, 9
	rows.Changed()
	if n := look(); n != 0 {
		t.Errorf("painted %d texts though what changed is not seen", n)
	}
	first := l.v.shown[0].at
	rows.At(first).value, rows.At(first).stamp = 5, 9
	rows.Changed()
	if n := look(); n == 0 {
		t.Error("a change that is seen is not painted")
	}
}

// TestGoesOn: a list that is made anew, as when the theme is switched, is where the
// last one was.
func TestGoesOn(t *testing.T) {
	h, l, rows, _ := show(t, 200)
	l.Chip("open", true)
	l.Search("camera")
	press(l, fyne.KeyEnd)
	l.Close()
	again, other := newThings(h)
	other.Set(rows.rows)
	screen(t, again, 900, 500)
	again.Update(noon)
	if !slices.Equal(again.seen(), l.seen()) || again.Chosen() != l.Chosen() || !again.ChipOn("open") || again.tool.entry.Text != "camera" {
		t.Errorf("seen %v, chosen %q, search %q", again.seen(), again.Chosen(), again.tool.entry.Text)
	}
	h.now = h.now.Add(time.Minute)
	if later, _ := newThings(h); later.Chosen() != "" || later.ChipOn("open") {
		t.Error("a list made much later is where another was")
	}
}

// TestLoud: a new row that must not be overlooked makes the count loud.
func TestLoud(t *testing.T) {
	_, l, rows, _ := show(t, 30)
	l.o.Urgent = func(i int) bool { return rows.At(i).severity == 3 }
	point(l, 2)
	rows.Set(append(things(30), thing{id: "new", severity: 1, stamp: 1}))
	l.Update(noon)
	if l.urgent() || l.Waiting() != 1 {
		t.Error("a notice is loud")
	}
	rows.Set(append(things(30), thing{id: "new", severity: 1, stamp: 1}, thing{id: "worse", severity: 3, stamp: 1}))
	l.Update(noon)
	if !l.urgent() || l.Waiting() != 2 {
		t.Error("a critical one is not")
	}
}

// TestTypedInALongList: a letter stands at once, the rows of a long list follow at the
// next Update, or with the key that means one of them; those of a short one at once.
func TestTypedInALongList(t *testing.T) {
	test.NewTempApp(t)
	h := newHost(t, "vi", "dark", 1)
	h.atOnce = true
	l, rows := newThings(h)
	l.Object().Resize(l.Object().Size().AddWidthHeight(1200, 900))
	write := func(s string) { l.tool.entry.SetText(s) }
	shown := func() int { n, _ := l.Count(); return n }
	for _, n := range []int{many - 1, many} {
		rows.Set(things(n))
		l.Update(noon)
		write("không có gì như thế")
		if at := shown(); (at == 0) != (n < many) {
			t.Errorf("of %d rows %d are shown at the letter", n, at)
		}
		l.Update(noon)
		if at := shown(); at != 0 {
			t.Errorf("of %d rows %d are shown after an Update", n, at)
		}
		l.Search("")
	}
	write("không có gì như thế")
	l.tool.keys(fyne.KeyDown)
	if at := shown(); at != 0 {
		t.Errorf("%d rows are shown when a key moves in them", at)
	}
	write("x")
	if l.Search(""); shown() != many {
		t.Errorf("%d rows are shown after the search was ended", shown())
	}
	if l.Update(noon); shown() != many {
		t.Error("what was typed before the search was ended comes back")
	}
}
