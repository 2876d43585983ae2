package ui

import (
	"image"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/camera"
	"iocwall/ui/tile"
	"iocwall/ui/why"
)

// cameraTile puts a tile of package camera on a surface.
type cameraTile struct {
	camera.Tile
}

func (c cameraTile) object() tile.Tile { return c.Object() }
func (c cameraTile) hide(off bool)     { c.Hide(off) }
func (c cameraTile) close()            { c.Close() }
func (c cameraTile) veil(on bool)      { c.Veil(on) }
func (c cameraTile) ready(time.Time) bool {
	return c.Ready()
}

func (c cameraTile) place(s spot) {
	c.Place(camera.Spot{Tile: s.tile.ID, Rect: s.rect, Whole: s.whole, Lower: s.lower(), Others: s.others, Pixels: s.pixels})
}

func (c cameraTile) update(now time.Time, _ bool) bool { return c.Update(now) }

// newCameras makes a camera, a tour or a grid as the tile's parameters say.
func newCameras(u *UI, env *tile.Env, p world.Tile, alone bool) content {
	quiet := p.Param("truth") == "problems"
	switch p.Kind {
	case "tour":
		return cameraTile{camera.NewTour(u.cameras, env, camera.TourOptions{Pick: camera.PickOf(p), Dwell: p.Param("dwell"), Stream: p.Param("stream"), Quiet: quiet, Whole: alone})}
	case "grid":
		cells, _ := strconv.Atoi(p.Param("cells"))
		return cameraTile{camera.NewGrid(u.cameras, env, camera.GridOptions{Pick: camera.PickOf(p), Cells: cells, Dwell: p.Param("dwell"), Stream: p.Param("stream"), Quiet: quiet})}
	}
	return cameraTile{camera.New(u.cameras, env, camera.Options{Camera: param(p, "camera", "id"), Stream: p.Param("stream"), Quiet: quiet, Whole: alone})}
}

// cameraHost is what cameras ask of this client.
func (u *UI) cameraHost() *camera.Host {
	return &camera.Host{
		Cameras: u.o.Cameras, Replay: why.Fetched(u.lang, u.o.Replay), Decoder: u.o.Decoder, Snapshots: u.o.Snapshots, Who: u.o.Name,
		Lang: u.lang, Log: u.log, Layout: u.o.Pixels,
		State:  func() *world.State { return u.model.state },
		Alerts: func() []world.Alert { return u.model.alerts },
		Receipt: func(id string) (world.Receipt, bool) {
			r, ok := u.model.receipts[id]
			return r, ok
		},
		Cover: u.cover, Now: u.o.Now, ServerTime: u.model.serverTime, Poke: u.poke, Send: u.o.Feed.Send, Start: u.jobs.start, Do: u.o.Do,
		Quiet: func() bool { return u.quiet },
	}
}

// camerasOf returns a content's tile of cameras, nil for other kinds.
func camerasOf(c content) camera.Tile {
	if t, ok := c.(cameraTile); ok {
		return t.Tile
	}
	return nil
}

// under returns the camera under a point of a slot, in device pixels of the slot,
// and the point in the camera's own tile.
func under(sl *slot, p image.Point) (*camera.View, image.Point) {
	t := camerasOf(sl.content)
	if t == nil {
		return nil, p
	}
	v, at := t.At(p)
	return v, p.Sub(at)
}
