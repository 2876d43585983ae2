package list

import (
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
)

// TestIdle holds that ten updates a second in which nothing happened ask what the rows
// say once, and paint nothing; that what rows say by the clock is seen at the next
// second, and what their source changed at once.
func TestIdle(t *testing.T) {
	test.NewTempApp(t)
	h := newHost(t, "vi", "dark", 1)
	h.atOnce = true
	asked, age := 0, "1 phút"
	rows := NewRows(func(s *string) string { return *s }, nil)
	l := New(h, Options{Name: "idle", Source: rows, Columns: []Column{
		{ID: "id", Title: "id", Min: 80, Text: func(i int) string { return *rows.At(i) }},
		{ID: "age", Title: "age", Min: 80, NoSort: true, Mute: true, Cell: func(int) Cell {
			asked++
			return Cell{Text: age}
		}},
	}})
	l.Object().Resize(l.Object().Size().AddWidthHeight(800, 600))
	rows.Set([]string{"a", "b", "c"})
	paint := func() bool {
		dirty := string(l.sig)
		painted := false
		for _, e := range l.v.shown {
			painted = painted || e.strip == nil
		}
		l.body.pane.Generator(l.body.size.X, l.body.size.Y)
		return painted || dirty != string(l.sig)
	}
	tick := func(at time.Time) {
		l.Say(Ready, "", "", nil)
		l.Update(at)
	}
	at := noon
	tick(at)
	paint()
	tick(at.Add(time.Second))
	paint()
	asked = 0
	for i := range 10 {
		tick(at.Add(2*time.Second + time.Duration(i)*100*time.Millisecond))
		if paint() {
			t.Errorf("tick %d paints", i)
		}
	}
	if asked != 3 {
		t.Errorf("in a second without news 3 rows were asked %d times", asked)
	}
	age = "2 phút"
	if tick(at.Add(3 * time.Second)); !paint() {
		t.Error("at the next second an age is not seen")
	}
	age = "3 phút"
	rows.Changed()
	if tick(at.Add(3100 * time.Millisecond)); !paint() {
		t.Error("what the source changed is not seen at once")
	}
	l.Say(Loading, "", "", nil)
	l.Say(Ready, "x", "", nil)
	if l.title != "x" || l.status != Ready {
		t.Errorf("it says %q, %q", l.status, l.title)
	}
}

// BenchmarkIdle is one of ten updates a second in which nothing happened.
func BenchmarkIdle(b *testing.B) {
	_, l, _ := long(b, 20_000)
	l.x.warm(1 << 30)
	l.body.pane.Generator(l.body.size.X, l.body.size.Y)
	b.ReportAllocs()
	at := noon
	for b.Loop() {
		at = at.Add(100 * time.Millisecond)
		l.Say(Ready, "", "", nil)
		l.Update(at)
	}
}
