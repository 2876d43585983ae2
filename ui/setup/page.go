// Package setup is the technician's page: what is wrong now and since when, the
// screens of the wall laid out in millimetres, its computers, cameras, sources, areas,
// the configuration as text and the log of one thing at a time. It asks the server's
// doors and sends commands; it decides nothing.
package setup

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/page"
	"iocwall/ui/setup/camera"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/wall"
)

// ID names the page in links: iocwall://page/setup; the parts of it are
// iocwall://setup/cameras/ID and the like.
const ID = "setup"

// Kind is the technician's page as the console offers it.
func Kind() page.Kind {
	return page.Kind{
		ID: ID, Title: "setup.title", Icon: "node", Rights: []string{"config.read"},
		First: []string{"technician"}, Links: []string{ID}, New: New,
	}
}

// The parts of the page, as they are named in links.
const (
	partWrong   = "wrong"
	partScreens = "screens"
	partNodes   = "nodes"
	partCameras = "cameras"
	partSources = "sources"
	partAreas   = "areas"
	partConfig  = "config"
	partLogs    = "logs"
)

// parts are all in their order.
func parts() []string {
	return []string{partWrong, partScreens, partNodes, partCameras, partSources, partAreas, partConfig, partLogs}
}

// part is one part of the page.
type part interface {
	// Object is what is shown of it.
	Object() fyne.CanvasObject
	// Refresh brings it in line with the state.
	Refresh(now time.Time)
	// Open shows the thing of a link; empty is the part itself.
	Open(id string)
	// Key and Letter take what no field wanted.
	Key(e *fyne.KeyEvent) bool
	Letter(r rune) bool
	// Keys are those that mean something now.
	Keys() []page.Key
	// Show tells that it comes into sight or goes out of it; Close ends it.
	Show(visible bool)
	Close()
}

// Page is the technician's page. It belongs to the toolkit's goroutine.
type Page struct {
	desk page.Desk
	k    kit.Kit

	root   *fyne.Container
	tabs   []*widget.Button
	bar    *strip
	wrong  *wrongPart
	made   map[string]part
	part   string
	shown  bool
	narrow bool
	size   fyne.Size
	health *health
	pace   kit.Pace
	now    time.Time
}

// New makes the page. It goes on where the last one was.
func New(d page.Desk) page.Page {
	p := &Page{desk: d, made: map[string]part{}, shown: true}
	p.k = kit.Kit{Host: p, Env: d.Env()}
	p.health = newHealth(p)
	p.wrong = newWrong(p)
	p.bar = newStrip(p)
	p.part = partScreens
	var was string
	if d.Memory().Get("setup.part", &was) && slices.Contains(parts(), was) {
		p.part = was
	}
	for _, name := range parts() {
		p.tabs = append(p.tabs, widget.NewButton("", func() { p.choose(name); p.Unfocus() }))
	}
	p.root = kit.Arrange(p.lay)
	p.choose(p.part)
	return p
}

// Object is what the window shows.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Title names the page and the part in sight.
func (p *Page) Title() string { return p.k.T("setup.title") + " · " + p.k.T("setup.part."+p.part) }

// of returns a part, made when it is first seen.
func (p *Page) of(name string) part {
	if m := p.made[name]; m != nil {
		return m
	}
	var m part
	switch name {
	case partScreens:
		m = wall.New(p.k)
	case partNodes:
		m = newNodes(p.k)
	case partCameras:
		m = camera.New(p.k)
	case partSources:
		m = newSources(p.k)
	case partAreas:
		m = newAreas(p.k)
	case partConfig:
		m = newConfig(p.k)
	case partLogs:
		m = newLogs(p.k)
	default:
		return p.wrong
	}
	p.made[name] = m
	return m
}

// choose brings a part into sight.
func (p *Page) choose(name string) {
	if m := p.made[p.part]; m != nil && p.part != name {
		m.Show(false)
	}
	p.part = name
	m := p.of(name)
	p.desk.Memory().Set("setup.part", name)
	var objects []fyne.CanvasObject
	for i, n := range parts() {
		text := p.k.T("setup.part." + n)
		if n == name {
			text = "✓ " + text
		}
		p.tabs[i].SetText(text)
		objects = append(objects, p.tabs[i])
	}
	objects = append(objects, p.bar.objects()...)
	objects = append(objects, p.wrong.Object())
	if name != partWrong {
		objects = append(objects, m.Object())
	}
	p.root.Objects = objects
	m.Show(p.shown)
	p.lay(p.size)
	p.Refresh(p.desk.Now())
	p.root.Refresh()
}

// side is the width of what is wrong beside the other parts; below least it is a part
// like them.
const side, leastWide = 520, 1240

func (p *Page) lay(s fyne.Size) {
	if s.Width <= 1 {
		return
	}
	p.size = s
	k := p.k
	m := k.U(kit.Gap)
	p.narrow = s.Width < k.U(leastWide)
	x, y, high := m, k.U(10), k.U(36)
	line := y
	room := s.Width - 2*m
	bar := p.bar.width()
	for i, b := range p.tabs {
		if parts()[i] == partWrong && !p.narrow {
			b.Hide()
			continue
		}
		b.Show()
		w := b.MinSize().Width
		if x > m && x+w > m+room {
			x, line = m, line+high+k.U(6)
		}
		kit.Put(b, x, line, w, high)
		x += w + k.U(4)
	}
	if x+bar > m+room {
		line += high + k.U(6)
	}
	p.bar.lay(s.Width-m, line, high)
	top := line + high + k.U(10)
	left := max(k.U(340), min(k.U(side), s.Width*0.27))
	h := s.Height - top - m
	w := p.wrong.Object()
	main := p.of(p.part).Object()
	switch {
	case p.part == partWrong:
		w.Show()
		kit.Put(w, m, top, s.Width-2*m, h)
	case p.narrow:
		w.Hide()
		kit.Put(main, m, top, s.Width-2*m, h)
	default:
		w.Show()
		kit.Put(w, m, top, left, h)
		kit.Put(main, m+left+m, top, s.Width-left-3*m, h)
	}
}

// Refresh brings the page in line with the state.
func (p *Page) Refresh(now time.Time) {
	p.now = now
	p.health.refresh(now)
	if p.pace.Due(now, strconv.Itoa(p.health.version)) {
		p.wrong.Refresh(now)
	}
	if p.part != partWrong {
		p.of(p.part).Refresh(now)
	}
	if p.bar.refresh() {
		p.lay(p.size)
	}
}

// Key takes what no field wanted.
func (p *Page) Key(e *fyne.KeyEvent) bool { return p.of(p.part).Key(e) }

// Rune takes a letter.
func (p *Page) Rune(r rune) bool { return p.of(p.part).Letter(r) }

// Keys are the keys that mean something now.
func (p *Page) Keys() []page.Key {
	return append(p.of(p.part).Keys(), page.Key{Keys: "↑↓", Text: p.k.T("setup.keys.choose")}, page.Key{Keys: "Enter", Text: p.k.T("setup.keys.act")})
}

// Open shows a part and a thing in it: "cameras/cau", "logs/source/ais1".
func (p *Page) Open(l page.Link) bool {
	if l.Kind != ID {
		return l.Kind == "page" && l.ID == ID
	}
	return p.Go(l.ID)
}

// Go is Open for what stands behind the kind.
func (p *Page) Go(text string) bool {
	name, id, _ := strings.Cut(text, "/")
	name, filter, asked := strings.Cut(name, "?")
	if asked {
		id = "?" + filter
	}
	if !slices.Contains(parts(), name) {
		return false
	}
	p.choose(name)
	p.of(name).Open(id)
	return true
}

// Shown tells that the page comes into sight or goes out of it.
func (p *Page) Shown(visible bool) {
	p.shown = visible
	p.of(p.part).Show(visible)
	p.health.show(visible)
}

// Close ends everything it started.
func (p *Page) Close() {
	p.health.close()
	for _, m := range p.made {
		m.Close()
	}
}

// Unfocus gives the keyboard back to the page.
func (p *Page) Unfocus() {
	if w := p.desk.Window(); w != nil && w.Canvas() != nil {
		w.Canvas().Unfocus()
	}
}

// Focus gives the keyboard to something that is on the window.
func (p *Page) Focus(f fyne.Focusable) {
	if w := p.desk.Window(); w != nil && w.Canvas() != nil {
		w.Canvas().Focus(f)
	}
}

// May reports whether something can be changed here, and says why not.
func (p *Page) May(right string) bool {
	if p.desk.May(right) {
		return true
	}
	p.desk.Say("warning", p.k.T("setup.noright"))
	return false
}

// Desk is the console; this and what follows is for the parts.
func (p *Page) Desk() page.Desk { return p.desk }

// Now is when the page was last brought in line.
func (p *Page) Now() time.Time { return p.now }

// Soon has the server asked again what is wrong.
func (p *Page) Soon() { p.health.soon() }

// Report is what the server said of itself last.
func (p *Page) Report() kit.Report { return p.health.last }

// Changed brings in line what tells of the draft.
func (p *Page) Changed() {
	p.wrong.Refresh(p.now)
	if p.bar.refresh() {
		p.lay(p.size)
	}
}
