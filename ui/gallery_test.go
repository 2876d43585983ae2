package ui

import (
	"testing"
	"time"

	"iocwall/server/world"
	"iocwall/ui/screens"
)

// TestMosaicPictures renders the whole wall in one window; with IOCWALL_GALLERY
// set to a folder the pictures are kept there for people to judge.
func TestMosaicPictures(t *testing.T) {
	for _, c := range []struct {
		name          string
		columns, rows int
		w, h          float32
		lang, theme   string
	}{
		{"mosaic-27", 9, 3, 1920, 1080, "vi", "dark"},
		{"mosaic-27-en-light", 9, 3, 1920, 1080, "en", "light"},
		{"mosaic-1", 1, 1, 1366, 768, "vi", "dark"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Options{Mode: Mosaic, Lang: c.lang, Theme: c.theme, Width: c.w, Height: c.h})
			b.tick(0)
			m := b.mosaic()
			shoot(m.win, int(c.w), int(c.h))
			b.give(snapshot(province(c.columns, c.rows)))
			b.settle()
			img := shoot(m.win, int(c.w), int(c.h))
			keep(t, c.name, img)
			if c.name == "mosaic-27" {
				m.enlarge("fig-ontime")
				b.settle()
				keep(t, c.name+"-zoom", shoot(m.win, int(c.w), int(c.h)))
			}
		})
	}
}

// TestNodePictures renders the screens of one computer of the wall.
func TestNodePictures(t *testing.T) {
	fs := &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}, {Name: "HDMI-2", X: 1920, W: 1920, H: 1080}}}
	for _, pc := range []string{"pc-01", "pc-02", "pc-03", "pc-04", "pc-07"} {
		b := newBench(t, Options{Mode: Node, Name: pc, Screens: fs, Lang: "vi"})
		b.give(snapshot(province(9, 3)))
		b.settle()
		for name, w := range b.ui.face.(*node).windows {
			keep(t, "node-"+pc+"-"+name, shoot(w.win, 1920, 1080))
		}
	}
}

// TestStagePictures renders a wall in the middle of its work: a pop-up in a zone,
// one that waits, a lock, a lost computer whose tile has moved.
func TestStagePictures(t *testing.T) {
	for _, c := range []struct{ name, lang, theme string }{{"stage-vi", "vi", "dark"}, {"stage-en-light", "en", "light"}} {
		b := newBench(t, Options{Mode: Mosaic, Lang: c.lang, Theme: c.theme, Width: 1920, Height: 1080})
		b.tick(0)
		m := b.mosaic()
		shoot(m.win, 1920, 1080)
		b.give(snapshot(province(9, 3)))
		_, sc, _, _ := b.ui.model.wall("")
		var tiles []world.Placed
		for _, x := range sc.Tiles {
			if x.ID != "cam-07" && x.ID != "cam-08" && x.ID != "clock" && x.ID != "odd" {
				tiles = append(tiles, world.Placed{Tile: x, Layer: world.LayerScene, From: sc.ID})
			}
		}
		popup := func(p world.Placed) world.Placed {
			p.Layer, p.From = world.LayerPopup, "p1"
			return p
		}
		moved := b.camera("cam-20", "cam-08", 26)
		moved.Layer, moved.From = world.LayerMoved, "pc-07"
		tiles = append(tiles, popup(b.camera("popup:p1:2", "cam-07", 10)), popup(b.camera("popup:p1:3", "cam-05", 11)), popup(b.onScreen("popup:p1:1", "alert", 12, world.Param{Key: "alert", Value: "flood"})), moved)
		for _, body := range []world.Body{
			world.PopupAsked{ID: "p1", Wall: "main", Title: "Lũ Câu Lâu", Alert: "flood", Priority: 90, Limit: 30 * 60_000},
			world.PopupPlaced{ID: "p1", Zone: "z"},
			world.PopupAsked{ID: "p2", Wall: "main", Title: "Mất tín hiệu QNa-90123-TS", Priority: 50},
			world.TileLocked{Wall: "main", Tile: "cam-09", By: "mai", Name: "Mai", Until: world.TimeOf(b.now.Add(48 * time.Minute))},
			world.NodeLinked{Node: "pc-07", Reason: "silent"},
		} {
			b.give(b.event(body))
		}
		b.prepare(1, tiles...)
		b.commit(1, 0)
		b.give(b.event(world.WallSwitched{Wall: "main", Generation: 1, Skew: 18, Took: 212, Nodes: []world.NodeSwitch{{Node: "pc-01"}}}))
		m.desk().Pick("cam-09")
		b.settle()
		b.tick(time.Second)
		keep(t, c.name, shoot(m.win, 1920, 1080))
	}
}
