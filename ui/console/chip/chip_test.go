package chip

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// host keeps what a chip hands on.
type host struct {
	env   *tile.Env
	text  float64
	keys  []fyne.KeyName
	runes []rune
	freed int
}

func (h *host) Env() *tile.Env       { return h.env }
func (h *host) Text() float64        { return h.text }
func (h *host) Unfocus()             { h.freed++ }
func (h *host) Key(e *fyne.KeyEvent) { h.keys = append(h.keys, e.Name) }
func (h *host) Rune(r rune)          { h.runes = append(h.runes, r) }

func newHost(t *testing.T) *host {
	t.Helper()
	test.NewTempApp(t)
	k := &paint.Kit{Theme: look.Dark()}
	var err error
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		t.Fatal(err)
	}
	if k.Icons, err = paint.NewIcons(assets.Icons()); err != nil {
		t.Fatal(err)
	}
	return &host{env: &tile.Env{Kit: k, Density: 1}, text: 1}
}

// TestKeys: Enter and Space press a chip, all else is the page's; one that is off
// does nothing, and a click gives the keyboard back.
func TestKeys(t *testing.T) {
	h := newHost(t)
	pressed := 0
	b := New(h, Face{Role: Button, Text: "Nhận", Key: "X"}, func() { pressed++ })
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyDown} {
		b.TypedKey(&fyne.KeyEvent{Name: k})
	}
	b.TypedRune(' ')
	b.TypedRune('g')
	test.Tap(b)
	if pressed != 4 || len(h.keys) != 1 || h.keys[0] != fyne.KeyDown || string(h.runes) != "g" || h.freed != 1 {
		t.Errorf("pressed %d, keys %v, letters %q, keyboard given back %d times", pressed, h.keys, string(h.runes), h.freed)
	}
	b.Set(Face{Role: Button, Text: "Nhận", Off: true})
	test.Tap(b)
	if pressed != 4 {
		t.Error("pressed while off")
	}
}

// TestStatesAreSeen: the ring of the keyboard, the pointer, the choice and the state
// "off" each change the picture, in every role.
func TestStatesAreSeen(t *testing.T) {
	h := newHost(t)
	for role := Tab; role <= Plain; role++ {
		shot := func(change func(*Chip)) string {
			b := New(h, Face{Role: role, Icon: "map", Text: "Bản đồ"}, nil)
			change(b)
			o := test.WidgetRenderer(b).Objects()[0].(*canvas.Raster)
			return string(o.Generator(160, 40).(*image.RGBA).Pix)
		}
		seen := map[string]string{}
		for name, change := range map[string]func(*Chip){
			"plain":   func(*Chip) {},
			"focus":   (*Chip).FocusGained,
			"pointed": func(b *Chip) { b.MouseIn(nil) },
			"chosen":  func(b *Chip) { f := b.Face(); f.Chosen = true; b.Set(f) },
			"off":     func(b *Chip) { f := b.Face(); f.Off = true; b.Set(f) },
		} {
			pix := shot(change)
			if other, is := seen[pix]; is {
				t.Errorf("role %d: %q looks like %q", role, name, other)
			}
			seen[pix] = name
		}
	}
}
