//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"iocwall/media/mediatest"
	"iocwall/ui/look"
)

// wheel turns the mouse's wheel up over a place of the screen.
func (d *display) wheel(at image.Point, notches int) {
	d.tb.Helper()
	if err := xtest.Init(d.conn); err != nil {
		d.tb.Fatal(err)
	}
	xproto.WarpPointer(d.conn, xproto.WindowNone, d.root, 0, 0, 0, 0, int16(at.X), int16(at.Y))
	for range notches {
		for _, kind := range []byte{xproto.ButtonPress, xproto.ButtonRelease} {
			if err := xtest.FakeInputChecked(d.conn, kind, 4, 0, d.root, 0, 0, 0).Check(); err != nil {
				d.tb.Fatalf("turn the wheel: %v", err)
			}
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// click presses the first button of the mouse at a place of the screen.
func (d *display) click(at image.Point) {
	d.tb.Helper()
	if err := xtest.Init(d.conn); err != nil {
		d.tb.Fatal(err)
	}
	xproto.WarpPointer(d.conn, xproto.WindowNone, d.root, 0, 0, 0, 0, int16(at.X), int16(at.Y))
	for _, kind := range []byte{xproto.ButtonPress, xproto.ButtonRelease} {
		if err := xtest.FakeInputChecked(d.conn, kind, 1, 0, d.root, 0, 0, 0).Check(); err != nil {
			d.tb.Fatalf("click: %v", err)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

const oneCamera = `
wall: {id: main, name: Tường thử, columns: 1, rows: 1, nodes: [1]}
scenes:
  - id: mot
    name: Một camera
    tiles:
      - {id: tile, kind: camera, at: "1", params: {camera: cam-1}}
`

// TestHandsOnACamera takes a camera in hand on the desk: a key keeps its picture
// as a file, the wheel enlarges it, another key shows all of it again.
func TestHandsOnACamera(t *testing.T) {
	cam := newCamera(t, "cam-1", mediatest.Options{ClipOptions: mediatest.ClipOptions{Scene: mediatest.Street, FPS: 25}})
	s := newSite(t, []*camera{cam}, oneCamera)
	operator := s.token("operator", "Trần Thị Mai")
	s.serve()
	d := newDisplay(t, 1600, 900)
	dir := t.TempDir()
	wall := s.wall(d, operator, "mosaic", "--snapshots", dir)
	both := []*program{wall, s.server}
	v := &view{d: d, cam: cam}
	advancing(t, "the camera is on the desk", both, v)

	middle := v.picture.Min.Add(v.picture.Max).Div(2)
	d.click(middle)
	time.Sleep(time.Second) // a click counts when no second one follows
	d.press('s')
	var files []string
	eventually(t, stateGuard, "the picture is kept as a file", both, func() string {
		files, _ = filepath.Glob(filepath.Join(dir, "cam-1_*.png"))
		return complain(len(files) != 1, fmt.Sprintf("%d files", len(files)))
	})
	snapshotIsWhole(t, files[0], cam)

	was := v.cells
	// One notch: a counter takes two thirds of the picture's width.
	d.wheel(image.Pt(was.Min.X+was.Dx()/2, was.Min.Y+was.Dy()/2), 1)
	eventually(t, stateGuard, "the wheel enlarges the picture", both, func() string {
		for _, r := range mediatest.FindCounters(d.screen()) {
			if r.Bounds.Dx() > was.Dx()*115/100 {
				return ""
			}
		}
		return "no larger counter on the screen"
	})
	d.press('0')
	eventually(t, stateGuard, "0 shows all of it again", both, func() string {
		for _, r := range mediatest.FindCounters(d.screen()) {
			if apartInt(r.Bounds.Dx(), was.Dx()) < 4 {
				return ""
			}
		}
		return "no counter of the first size"
	})
	leaves(t, wall)
}

// TestReplayIsMarked shows again what was: the tile says so in a way that no live
// one does, and goes back by the same key.
func TestReplayIsMarked(t *testing.T) {
	cam := newCamera(t, "cam-1", mediatest.Options{ClipOptions: mediatest.ClipOptions{Scene: mediatest.Street, FPS: 12}})
	cam.replay = "30s"
	s := newSite(t, []*camera{cam}, oneCamera)
	operator := s.token("operator", "Trần Thị Mai")
	s.serve()
	d := newDisplay(t, 1600, 900)
	wall := s.wall(d, operator, "mosaic")
	both := []*program{wall, s.server}
	v := &view{d: d, cam: cam}
	advancing(t, "the camera is on the desk", both, v)
	time.Sleep(4 * time.Second) // something to show again
	blue := look.Dark().Notice
	if share := near(d.screen(), blue); share > 0.001 {
		t.Fatalf("a live screen has the colour of a replay in %.2f %% of its pixels", 100*share)
	}
	upper := v.picture.Inset(v.picture.Dy() / 5)
	upper.Max.Y = (v.picture.Min.Y + v.picture.Max.Y) / 2
	d.click(v.picture.Min.Add(v.picture.Max).Div(2))
	time.Sleep(time.Second)
	d.press('r')
	eventually(t, stateGuard, "the tile is marked as a replay and shows a picture", both, func() string {
		img := d.screen()
		switch {
		case near(img, blue) < 0.01:
			return fmt.Sprintf("%.2f %% of the screen have the colour", 100*near(img, blue))
		case chroma(d.grab(upper)) < 0.1: // what is played and when stands over the counter
			return "no picture"
		}
		return ""
	})
	d.press('r')
	eventually(t, stateGuard, "the tile is live again", both, func() string {
		if share := near(d.screen(), blue); share > 0.001 {
			return fmt.Sprintf("%.2f %% of the screen have the colour of a replay", 100*share)
		}
		return v.live()
	})
	leaves(t, wall)
}

func apartInt(a, b int) int { return max(a, b) - min(a, b) }

// snapshotIsWhole holds that a kept picture has the camera's own size, a caption
// below it, and the counter of a frame that the camera sent.
func snapshotIsWhole(t *testing.T, path string, cam *camera) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 640 || b.Dy() <= 370 {
		t.Errorf("the kept picture is %v, want 640 wide and higher than 360", b)
	}
	if n := len(mediatest.FindCounters(img)); n != 1 {
		t.Errorf("the kept picture has %d counters", n)
	}
}

// TestGridOfNine shows nine cameras in one tile, one of them dead.
func TestGridOfNine(t *testing.T) {
	clip, err := mediatest.NewClip(t.Context(), mediatest.ClipOptions{Scene: mediatest.Street, FPS: 12, Counter: true})
	if err != nil {
		t.Skip(err)
	}
	var cams []*camera
	ids := ""
	for i := range 9 {
		id := fmt.Sprintf("cam-%d", i+1)
		cams = append(cams, newCamera(t, id, mediatest.Options{Clip: clip, Start: 11 * i}))
		ids += id + ","
	}
	s := newSite(t, cams, `
wall: {id: main, name: Tường thử, columns: 1, rows: 1, seat: 1500, nodes: [1]}
scenes:
  - id: luoi
    name: Lưới
    tiles:
      - {id: grid, kind: grid, at: "1", params: {cameras: "`+ids[:len(ids)-1]+`", cells: "9"}}
`)
	node := s.token("node", "pc-01")
	s.serve()
	d := newDisplay(t, 1920, 1080)
	wall := s.wall(d, node, "node", "--name", "pc-01")
	both := []*program{wall, s.server}
	eventually(t, stateGuard, "nine cameras are on the screen", both, func() string {
		n := len(mediatest.FindCounters(d.screen()))
		return complain(n != 9, fmt.Sprintf("%d counters", n))
	})
	if err := cams[4].SetFault(mediatest.FaultSilent); err != nil {
		t.Fatal(err)
	}
	cell := image.Rect(660, 380, 1260, 640)
	eventually(t, stateGuard, "the fifth cell says that it is dead, the others go on", both, func() string {
		switch {
		case chroma(d.grab(cell)) > 0.02:
			return "the dead camera is still in colour"
		case chroma(d.grab(image.Rect(20, 20, 620, 280))) < 0.1:
			return "the first cell has no colour"
		}
		return ""
	})
	leaves(t, wall)
}

// TestPlanesHaveTheRightColours shows a camera through the shader, and compares
// the colours on the screen with those of the way through the processor.
func TestPlanesHaveTheRightColours(t *testing.T) {
	clip, err := mediatest.NewClip(t.Context(), mediatest.ClipOptions{Scene: mediatest.Beach, FPS: 12})
	if err != nil {
		t.Skip(err)
	}
	cam := newCamera(t, "cam-1", mediatest.Options{Clip: clip})
	if err := cam.SetFault(mediatest.FaultFreeze); err != nil { // one picture, again and again
		t.Fatal(err)
	}
	s := newSite(t, []*camera{cam}, oneTile)
	node := s.token("node", "pc-01")
	s.serve()
	pics := map[string]*image.RGBA{}
	for _, way := range []string{"rgba", "yuv"} {
		d := newDisplay(t, 648, 400)
		wall := s.wall(d, node, "node", "--name", "pc-01", "--pictures", way)
		eventually(t, stateGuard, "the picture is there by "+way, []*program{wall}, func() string {
			return complain(chroma(d.grab(image.Rect(20, 20, 600, 300))) < 0.1, "no colour")
		})
		time.Sleep(time.Second)
		pics[way] = d.grab(image.Rect(8, 8, 640, 340))
		leaves(t, wall)
	}
	far, worst := 0, 0
	a, b := pics["rgba"], pics["yuv"]
	for i := range a.Pix {
		if n := apart(a.Pix[i], b.Pix[i]); n > 3 {
			far++
			worst = max(worst, n)
		}
	}
	// At edges the two ways put chroma between the pixels differently.
	if share := float64(far) / float64(len(a.Pix)); share > 0.02 {
		t.Errorf("%.1f %% of the samples differ by more than 3, at most by %d", 100*share, worst)
	}
	if like(a.RGBAAt(100, 100), color.RGBA{A: 255}) || look.Dark().Bg == b.RGBAAt(300, 100) {
		t.Error("the pictures are empty")
	}
}
