package operator

import (
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
)

// zoom is one tile that fills the page.
type zoom struct {
	on     Live
	id     string // of the wall's tile
	single string // a camera of it that is shown instead
}

// zoomPrefix begins the id of a tile that fills the page.
const zoomPrefix = "zoom:"

// Enlarge lets one tile of the wall fill the page; an empty id goes back to the
// whole wall. A map becomes the map in hand.
func (p *Page) Enlarge(id string) {
	i := slices.IndexFunc(p.on.Tiles, func(t world.Placed) bool { return t.ID == id })
	if i < 0 {
		p.shrink()
		return
	}
	t := p.on.Tiles[i].Tile
	if t.Kind == "map" {
		p.shrink()
		p.d.Open(page.Link{Kind: "page", ID: "map"})
		return
	}
	if p.zoom != nil && p.zoom.id != id {
		p.zoom.single = ""
	}
	if p.zoom == nil {
		p.zoom = &zoom{on: p.c.Live()}
		p.zoom.on.Alone(true)
		p.zoom.on.OnDouble(p.deeper)
	}
	p.zoom.id = id
	if p.zoom.single != "" {
		t = world.Tile{ID: id + ":" + p.zoom.single, Kind: "camera", Params: []world.Param{{Key: "camera", Value: p.zoom.single}}}
	}
	p.fill(t)
}

// fill lays the enlarged tile out.
func (p *Page) fill(t world.Tile) {
	area := p.place.whole
	if hasCameras(t.Kind) {
		area.Max.Y = p.place.tools.Min.Y
	}
	d := float64(p.density())
	z := p.zoom
	z.on.Object().Move(fyne.NewPos(0, 0))
	z.on.Object().Resize(p.size)
	z.on.Scale(look.DeskScale(math.Max(16*d*p.text(), 56*float64(area.Dy())/1080)))
	t.ID = zoomPrefix + t.ID
	z.on.Lay([]page.Spot{{Tile: t, Rect: area}})
	p.live.Show(false)
	p.wall.Shown(false)
	z.on.Show(p.shown)
	if p.c.Hands().View() == nil || !z.on.Has(p.c.Hands().View()) {
		z.on.Take(t.ID, image.Point{X: -1, Y: -1})
	}
	p.compose()
}

// shrink takes the enlarged tile away.
func (p *Page) shrink() {
	if p.zoom != nil {
		p.c.Let()
		p.zoom.on.Close()
		p.zoom = nil
	}
	p.live.Show(p.shown && p.own)
	p.wall.Shown(p.shown)
	p.compose()
}

// deeper enlarges one camera of an enlarged grid, or goes back to the wall.
func (p *Page) deeper(tile string, at image.Point) {
	camera := p.zoom.on.Under(tile, at)
	i := slices.IndexFunc(p.on.Tiles, func(t world.Placed) bool { return t.ID == p.zoom.id })
	if camera != "" && i >= 0 && p.on.Tiles[i].Kind == "grid" && p.zoom.single == "" {
		p.zoom.single = camera
		p.c.Let()
		p.Enlarge(p.zoom.id)
		return
	}
	p.leave()
}

// leave goes back to the wall.
func (p *Page) leave() { p.Enlarge("") }

// Zoomed is the tile that fills the page, and the camera of it that does instead,
// both empty for none.
func (p *Page) Zoomed() (tile, single string) {
	if p.zoom == nil {
		return "", ""
	}
	return p.zoom.id, p.zoom.single
}

// hasCameras reports whether tiles of a kind show cameras.
func hasCameras(kind string) bool { return kind == "camera" || kind == "tour" || kind == "grid" }
