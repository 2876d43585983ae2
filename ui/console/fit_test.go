package console

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"iocwall/server/world"
	"iocwall/ui/console/find"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// TestEverythingFits: in every look, what the window itself says is neither cut nor
// outside of its row nor smaller than a desk allows, and stacked capitals have their
// place. Names that people gave may be cut: there they end by an ellipsis.
func TestEverythingFits(t *testing.T) {
	for name, k := range looks() {
		t.Run(name, func(t *testing.T) {
			var bad []string
			least := 14 * k.look.Text
			s := newStand(t, k.w, k.h, k.look, func(s *stand, o *Options) {
				s.marks = func(m paint.Mark) {
					switch {
					case m.Cut && m.Text != "…" && !strings.Contains(m.Text, "Ẫ"):
						bad = append(bad, fmt.Sprintf("cut: %q", m.Text))
					case m.Size < least-0.01:
						bad = append(bad, fmt.Sprintf("%q is %v px, %v is the least", m.Text, m.Size, least))
					case !m.Ink.Empty() && !m.Ink.In(image.Rect(m.Bounds.Min.X, m.Row.Min.Y-1, m.Bounds.Max.X, m.Row.Max.Y+1)):
						bad = append(bad, fmt.Sprintf("%q leaves its row: ink %v, row %v, picture %v", m.Text, m.Ink, m.Row, m.Bounds))
					}
				}
				s.person.Role, s.person.Name = "administrator", "Nguyễn Thị Ẫ"
			})
			s.apply(wall27()...)
			s.tick(0)
			at := func(what string) {
				t.Helper()
				s.keep("fit-" + name + "-" + what)
				for _, b := range bad {
					t.Errorf("%s: %s", what, b)
				}
				bad = nil
			}
			at("bar")
			s.c.openHelp()
			at("help")
			s.c.openPerson()
			at("menu")
			s.c.drop()
			s.apply(alert("a", world.Critical, "ẪỘỂ ẪỘỂ", noon), alert("b", world.Severe, "Mất tín hiệu", noon), alert("c", world.Warning, "Trạm im", noon), alert("d", world.Warning, "Trạm im", noon))
			s.tick(time.Second)
			at("notices")
			s.c.openSearch()
			s.c.find.Ask("pc")
			at("search")
			s.c.drop()
			s.c.Say(world.Warning, s.c.env.Lang.T("shell.undo.none"))
			at("said")
			s.away = 3 * time.Minute
			s.tick(time.Minute)
			at("away")
			for _, k := range s.c.offered() {
				s.c.Open(page.Link{Kind: find.KindPage, ID: k.ID})
				at("page " + k.ID)
			}
		})
	}
}

// TestLettersCanBeDrawn: the fonts have every letter and sign of the catalogue.
func TestLettersCanBeDrawn(t *testing.T) {
	s := newStand(t, 700, 400, plain)
	for _, code := range words.Codes() {
		l, err := words.Load(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range l.Keys() {
			for _, r := range l.T(k) {
				if r > ' ' && r != '\u00a0' && !s.c.env.Kit.Fonts.Has(r) {
					t.Errorf("%s %s: nothing draws %q", code, k, r)
				}
			}
		}
	}
}
