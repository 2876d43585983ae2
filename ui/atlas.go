package ui

import (
	"image"
	"io"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/geo/coord"
	"iocwall/server/world"
	"iocwall/ui/atlas"
	"iocwall/ui/desk"
	"iocwall/ui/look"
	"iocwall/ui/tile"
)

// AtlasOptions configure the map in hand.
type AtlasOptions struct {
	// Zone is the VN-2000 zone of the centre; without one that of the province in
	// the middle of the map is taken.
	Zone coord.Zone
	// Files are the server's doors for files of fences. Where Read or Write is nil a
	// person chooses in a dialogue.
	Files atlas.Files
}

const (
	// atlasID is what fills the window while the map in hand does, opened without
	// a tile; with the id of a camera after it, that camera opened from the map.
	atlasID = "atlas:"
	// kindAtlas is the tile of our own making that the map in hand is.
	kindAtlas = "atlas"
)

// atlasContent is the map in hand as a surface holds it.
type atlasContent struct {
	fyne.CanvasObject
	a *atlas.Atlas
}

func (c atlasContent) object() tile.Tile                    { return c }
func (c atlasContent) place(spot)                           {}
func (c atlasContent) update(now time.Time, data bool) bool { c.a.Update(now); return false }
func (c atlasContent) hide(off bool)                        { c.a.Hide(off) }
func (c atlasContent) close()                               { c.a.Close() }

// Kind is for tile.Tile.
func (c atlasContent) Kind() string { return kindAtlas }

// Name is for tile.Tile.
func (c atlasContent) Name() string { return kindAtlas }

// Repaint is for tile.Tile.
func (c atlasContent) Repaint() { c.a.Repaint() }

// chart is the map in hand on its surface; it is made when it is first opened and
// kept, with what is unsaved on it.
type chart struct {
	a  *atlas.Atlas
	on *surface
	up bool // it is what the window shows
}

// openMap opens the map in hand on parameters.
func (m *mosaic) openMap(params []world.Param) {
	d := m.density()
	if m.chart == nil {
		m.chart = m.newChart(d)
	}
	c := m.chart
	area := m.area(true)
	c.on.rescale(look.DeskScale(16*float64(d)), d)
	was := c.up
	c.up = true
	if !was {
		c.a.Open(params)
	}
	c.on.lay([]spot{{tile: c.on.slots[0].tile, rect: area, whole: area, rows: 1}})
	if !was {
		c.on.show(true)
	}
	m.board.show(false)
	m.desk.Show(false)
	m.compose()
	if !was {
		m.keyboard()
	}
}

// closeMap takes the map in hand off the window; what is on it stays.
func (m *mosaic) closeMap() {
	if m.chart != nil && m.chart.up {
		m.chart.up = false
		m.chart.on.show(false)
		m.win.Canvas().Unfocus()
	}
}

// keyboard gives the keyboard to the map in hand.
func (m *mosaic) keyboard() {
	if m.chart != nil && m.chart.up {
		m.win.Canvas().Focus(m.chart.a.Hand())
	}
}

func (m *mosaic) newChart(d float32) *chart {
	u := m.u
	env := u.env(look.DeskScale(16*float64(d)), d)
	files := u.o.Atlas.Files
	if files.Read == nil {
		files.Read = m.chooseFile
	}
	if files.Write == nil {
		files.Write = m.chooseName
	}
	h := &atlas.Host{
		Maps: u.maps, Base: u.base, Kit: u.kit, Lang: u.lang, Log: u.log, Zone: u.o.Atlas.Zone,
		State: func() *world.State { return u.model.state }, Version: func() uint64 { return u.model.version },
		Alerts: func() []world.Alert { return u.model.alerts },
		Receipt: func(id string) (world.Receipt, bool) {
			r, ok := u.model.receipts[id]
			return r, ok
		},
		Send: u.o.Feed.Send, Now: u.o.Now, ServerTime: u.model.serverTime, Away: u.model.away,
		Poke: u.poke, Start: u.jobs.start, Do: u.o.Do, Files: files,
		OpenCamera: func(id string) { m.enlarge(atlasID + id) },
		Leave:      func() { m.enlarge("") }, Keyboard: m.keyboard,
	}
	c := &chart{a: atlas.New(h, env), on: newSurface(u, env, m.win)}
	c.on.alone = true
	t := world.Tile{ID: kindAtlas, Kind: kindAtlas}
	content := atlasContent{c.a.Root(), c.a}
	c.on.slots = []*slot{{key: slotKey(t), tile: t, content: content, holder: c.a.Root()}}
	return c
}

// chooseFile lets a person choose a file of GeoJSON to read.
func (m *mosaic) chooseFile(done func(io.ReadCloser, error)) {
	dialog.ShowFileOpen(func(f fyne.URIReadCloser, err error) {
		m.keyboard()
		if f == nil {
			done(nil, err)
			return
		}
		done(f, err)
	}, m.win)
}

// chooseName lets a person choose where a file is written.
func (m *mosaic) chooseName(name string, done func(io.WriteCloser, error)) {
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		m.keyboard()
		if f == nil {
			done(nil, err)
			return
		}
		done(f, err)
	}, m.win)
	d.SetFileName(name)
	d.Show()
}

// shortcuts puts the combinations of keys on the window: they act while no field
// has the keyboard.
func (m *mosaic) shortcuts() {
	for _, s := range atlas.Shortcuts() {
		m.win.Canvas().AddShortcut(s, m.shortcut)
	}
}

// shortcut takes a combination of keys: Ctrl+M opens the map in hand, Ctrl+K its
// search.
func (m *mosaic) shortcut(s fyne.Shortcut) {
	k, ok := s.(*desktop.CustomShortcut)
	_, undo := s.(*fyne.ShortcutUndo)
	opens := ok && k.Modifier == fyne.KeyModifierControl && (k.KeyName == fyne.KeyM || k.KeyName == fyne.KeyK)
	switch {
	case m.mapUp():
		m.chart.a.Shortcut(s)
	case undo && m.zoom == nil:
		m.desk.Undo()
	case opens:
		m.enlarge(atlasID)
		if k.KeyName == fyne.KeyK {
			m.chart.a.Shortcut(s)
		}
	}
}

// mapUp reports whether the map in hand is what the window shows.
func (m *mosaic) mapUp() bool { return m.chart != nil && m.chart.up }

// mapTools are the buttons of the map in hand.
func (m *mosaic) mapTools() []desk.Tool {
	var out []desk.Tool
	for _, x := range m.chart.a.Actions() {
		out = append(out, desk.Tool(x))
	}
	return out
}

// fills returns the tile that fills the window for an id: one of the scene's, or
// one that the map in hand asked for.
func (m *mosaic) fills(id string) *world.Tile {
	if camera, ok := strings.CutPrefix(id, atlasID); ok {
		if camera == "" {
			return &world.Tile{ID: id, Kind: "map"}
		}
		return &world.Tile{ID: id, Kind: "camera", Params: []world.Param{{Key: "camera", Value: camera}}}
	}
	if p, on := m.u.glass.placed[id]; on {
		return &p.Tile
	}
	return nil
}

// area is the part of the window that an enlarged tile has.
func (m *mosaic) area(tools bool) image.Rectangle {
	r := m.place.Bar
	r.Min.Y, r.Max.Y = m.place.Bar.Max.Y, m.place.Foot.Min.Y
	if tools {
		r.Max.Y = m.place.Tools.Min.Y
	}
	return r
}
