// Package mappage is the map in hand as a page of the console: the map of package
// atlas over the whole page, with its buttons below.
package mappage

import (
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/atlas"
	"iocwall/ui/desk"
	"iocwall/ui/page"
)

// LinkKind is the kind of links that show a thing on the map: their ID is the
// thing's Ref, "vessel/574000123".
const LinkKind = "map"

// Page is the map in hand. New makes it.
type Page struct {
	d     page.Desk
	a     *atlas.Atlas
	root  *fyne.Container
	tools *desk.Tools
	text  float32
	size  fyne.Size
	stop  func()

	shown, opened bool
	said          string // of what came of an act on the map
}

// New returns the page. The host is completed with what the desk knows; each runs a
// function at every tick of the client until stop.
func New(d page.Desk, h *atlas.Host, each func(func(now time.Time)) (stop func())) *Page {
	env := d.Env()
	p := &Page{d: d, text: textOf(env.Scale.Text, env.Density)}
	h.State, h.Version, h.Alerts, h.Receipt, h.Send = d.State, d.Version, d.Alerts, d.Receipt, d.Send
	h.Now, h.ServerTime, h.Away, h.Poke = d.Now, d.ServerTime, d.Away, d.Poke
	h.OpenCamera = func(id string) { d.Open(page.Link{Kind: world.KindCamera, ID: id}) }
	h.Leave, h.Keyboard = d.Back, p.keyboard
	h.Memory = d.Memory()
	h.Else = atlas.Else{Rune: p.otherRune, Key: p.otherKey, Shortcut: p.otherShortcut}
	if h.Files.Read == nil {
		h.Files.Read = p.chooseFile
	}
	if h.Files.Write == nil {
		h.Files.Write = p.chooseName
	}
	p.a = atlas.New(h, env)
	p.tools = desk.NewTools(p.keyboard)
	p.root = container.New(p, p.a.Root(), p.tools.Object())
	p.a.Hide(true)
	p.stop = each(p.tick)
	return p
}

// textOf is the size of text, 1 for the usual one.
func textOf(px float64, density float32) float32 {
	if density <= 0 {
		density = 1
	}
	return float32(px) / 16 / density
}

// MinSize is for Fyne.
func (p *Page) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 200) }

// Layout is for Fyne: the map, and its buttons below.
func (p *Page) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	p.size = s
	low := desk.ToolsHeight * p.text
	p.a.Root().Move(fyne.NewPos(0, 0))
	p.a.Root().Resize(fyne.NewSize(s.Width, s.Height-low))
	p.tools.Lay(fyne.NewPos(16, s.Height-low), s.Width-32, p.text)
}

// Object is what the window shows of it.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Title is the page's name.
func (p *Page) Title() string { return p.d.Env().Lang.T("mappage.title") }

// Refresh brings the buttons in line with what they do, and says what came of it.
func (p *Page) Refresh(now time.Time) {
	if !p.shown {
		return
	}
	if said := p.a.Said(); said != p.said {
		p.said = said
		if said != "" {
			p.d.Say(world.Notice, said)
		}
	}
	var out []desk.Tool
	for _, x := range p.a.Actions() {
		out = append(out, desk.Tool{Key: x.Key, Label: x.Label, Do: x.Do, Hold: x.Hold, Release: x.Release, Chosen: x.Chosen, Group: x.Group})
	}
	p.tools.Set(out)
}

func (p *Page) tick(now time.Time) { p.a.Update(now) }

// Key takes a key that the map did not get: something else had the keyboard.
func (p *Page) Key(e *fyne.KeyEvent) bool { return p.shown && p.a.Key(e.Name) }

// Rune takes a letter like Key.
func (p *Page) Rune(r rune) bool { return p.shown && p.a.Rune(r) }

// Keys are the keys that mean something now.
func (p *Page) Keys() []page.Key {
	l := p.d.Env().Lang
	out := []page.Key{{Keys: "↑ ↓ ← →", Text: l.T("mappage.key.move"), Foot: true}, {Keys: "+ −", Text: l.T("mappage.key.zoom"), Foot: true}}
	for _, x := range p.a.Actions() {
		if x.Key != "+" && x.Key != "−" {
			out = append(out, page.Key{Keys: x.Key, Text: x.Label, Foot: x.Group == "find"})
		}
	}
	return append(out, page.Key{Keys: "1–5", Text: l.T("mappage.key.pages")}, page.Key{Keys: "Esc", Text: l.T("mappage.key.back"), Foot: true})
}

// Open shows the map, or on it a thing of the state.
func (p *Page) Open(l page.Link) bool {
	if !p.opened {
		p.opened = true
		p.a.Open(nil)
	}
	if l.Kind == "page" || l.Kind == "" {
		return true
	}
	ref := world.NewRef(l.Kind, l.ID)
	if l.Kind == LinkKind {
		ref = world.Ref(l.ID)
	}
	return p.a.Look(ref)
}

// Shown stops what nobody sees and gives the map the keyboard.
func (p *Page) Shown(visible bool) {
	p.shown = visible
	if visible && !p.opened {
		p.opened = true
		p.a.Open(nil)
	}
	p.a.Hide(!visible)
	if visible {
		p.keyboard()
	} else if w := p.d.Window(); w != nil && w.Canvas().Focused() == p.a.Hand() {
		w.Canvas().Unfocus()
	}
}

// Close ends the drawing.
func (p *Page) Close() {
	p.stop()
	p.a.Close()
}

// Atlas is the map itself.
func (p *Page) Atlas() *atlas.Atlas { return p.a }

// Tools are its buttons.
func (p *Page) Tools() *desk.Tools { return p.tools }

// Shortcut takes a combination of keys, and reports whether it meant something.
func (p *Page) Shortcut(s fyne.Shortcut) bool { return p.shown && p.a.Shortcut(s) }

// View is where the map looks.
func (p *Page) View() geo.View { return p.a.View() }

// keyboard gives the keyboard to the map.
func (p *Page) keyboard() {
	if w := p.d.Window(); w != nil && p.shown {
		w.Canvas().Focus(p.a.Hand())
	}
}

// otherRune gives a letter that the map does not know to the window.
func (p *Page) otherRune(r rune) {
	if f := p.d.Window().Canvas().OnTypedRune(); f != nil {
		f(r)
	}
}

func (p *Page) otherKey(k fyne.KeyName) {
	if f := p.d.Window().Canvas().OnTypedKey(); f != nil {
		f(&fyne.KeyEvent{Name: k})
	}
}

func (p *Page) otherShortcut(s fyne.Shortcut) {
	if c, ok := p.d.Window().Canvas().(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// chooseFile lets a person choose a file of GeoJSON to read.
func (p *Page) chooseFile(done func(io.ReadCloser, error)) {
	dialog.ShowFileOpen(func(f fyne.URIReadCloser, err error) {
		p.keyboard()
		if f == nil {
			done(nil, err)
			return
		}
		done(f, err)
	}, p.d.Window())
}

// chooseName lets a person choose where a file is written.
func (p *Page) chooseName(name string, done func(io.WriteCloser, error)) {
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		p.keyboard()
		if f == nil {
			done(nil, err)
			return
		}
		done(f, err)
	}, p.d.Window())
	d.SetFileName(name)
	d.Show()
}
