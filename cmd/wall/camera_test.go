//go:build xvfb

package main_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/rtsp"
)

// twoCameras is a wall of two screens, a camera on each, driven by two nodes.
const twoCameras = `
wall: {id: main, name: Tường thử, columns: 2, rows: 1, px_w: 960, px_h: 540, nodes: [1, 1]}
scenes:
  - id: hai-may
    name: Hai máy quay
    tiles:
      - {id: left, kind: camera, at: "1", params: {camera: cam-1}}
      - {id: right, kind: camera, at: "2", params: {camera: cam-2}}
`

// view is a camera's place on a display.
type view struct {
	*shown
	d   *display
	cam *camera
}

// live complains unless the screen shows a picture of the camera, in colour,
// that is newer than the last one seen.
func (v *view) live() string {
	at := time.Now()
	img := v.d.screen()
	got, ok := find(img, at, v.cam)
	switch {
	case !ok:
		return fmt.Sprintf("no fresh counter of %s on display %s", v.cam.id, v.d.name)
	case v.shown != nil && got.number == v.number:
		return fmt.Sprintf("%s still shows frame %d", v.cam.id, got.number)
	}
	v.shown = &got
	if share := chroma(v.d.grab(got.picture)); share < 0.1 {
		return fmt.Sprintf("%s has colour in only %.1f %% of its pixels", v.cam.id, 100*share)
	}
	return ""
}

// grey complains while there is colour where the camera's picture was.
func (v *view) grey() string {
	if share := chroma(v.d.grab(v.picture)); share > 0.02 {
		return fmt.Sprintf("%s on display %s still has colour in %.1f %% of its pixels", v.cam.id, v.d.name, 100*share)
	}
	return ""
}

func each(views []*view, check func(*view) string) func() string {
	return func() string {
		var all []string
		for _, v := range views {
			if c := check(v); c != "" {
				all = append(all, c)
			}
		}
		return strings.Join(all, "; ")
	}
}

// advancing waits until each view has shown some more frames.
func advancing(t *testing.T, what string, must []*program, views ...*view) {
	t.Helper()
	seen := map[*view]map[int]bool{}
	for _, v := range views {
		seen[v] = map[int]bool{}
	}
	eventually(t, stateGuard, what, must, each(views, func(v *view) string {
		if c := v.live(); c == "" {
			seen[v][v.number] = true
		} else if len(seen[v]) < 4 {
			return c
		}
		if n := len(seen[v]); n < 4 {
			return fmt.Sprintf("%s has shown %d frames only", v.cam.id, n)
		}
		return ""
	}))
}

// TestWallShowsTheCamera plays two cameras over server and relay onto two
// displays and reads from the pixels which frame is shown: while all is well,
// over a killed server, and while a camera is silent.
func TestWallShowsTheCamera(t *testing.T) {
	cams := []*camera{
		newCamera(t, "cam-1", mediatest.Options{ClipOptions: mediatest.ClipOptions{Scene: mediatest.Street, Codec: rtsp.H264, FPS: 25}, Digest: true}),
		newCamera(t, "cam-2", mediatest.Options{ClipOptions: mediatest.ClipOptions{Scene: mediatest.Beach, Codec: rtsp.H265, FPS: 25}, Start: 125}),
	}
	s := newSite(t, cams, twoCameras)
	operator, pc2 := s.token("operator", "Trần Thị Mai"), s.token("node", "pc-02")
	s.serve()
	desk, monitor := newDisplay(t, 1600, 900), newDisplay(t, 960, 540)
	walls := []*program{s.wall(desk, operator, "mosaic", "--markers")}
	left, right := &view{d: desk, cam: cams[0]}, &view{d: desk, cam: cams[1]}
	advancing(t, "both cameras run on the desk, which draws a wall without computers", walls, left, right)
	tilesAreNamed(t, left, right)

	s.server.signal(syscall.SIGKILL)
	<-s.server.ended
	all := []*view{left, right}
	eventually(t, stateGuard, "without the server no tile looks live", walls, each(all, (*view).grey))
	s.serve()
	advancing(t, "with the server back all run again, without a restart of the wall", walls, all...)

	if err := cams[0].SetFault(mediatest.FaultSilent); err != nil {
		t.Fatal(err)
	}
	eventually(t, stateGuard, "a silent camera does not look live", walls, left.grey)
	advancing(t, "the other one goes on", walls, right)
	eventually(t, stateGuard, "the server says which camera is silent", walls, func() string {
		return cameraStates(s, operator, map[string]string{"cam-1": "silent", "cam-2": "live"})
	})
	if err := cams[0].SetFault(mediatest.FaultNone); err != nil {
		t.Fatal(err)
	}
	advancing(t, "the camera comes back", walls, left)

	walls = append(walls, s.wall(monitor, pc2, "node", "--name", "pc-02"))
	node := &view{d: monitor, cam: cams[1]}
	advancing(t, "the second camera runs on its computer", walls, node)
	if node.picture.Dx() < 800 {
		t.Errorf("the picture does not fill the node's monitor of 960 pixels: %v", node.picture)
	}
	if img := monitor.screen(); len(mediatest.FindCounters(img)) != 1 {
		t.Errorf("the node of the second screen shows %d counters, want that screen alone", len(mediatest.FindCounters(img)))
	}
	for _, w := range walls {
		leaves(t, w)
	}
	leaves(t, s.server)
	for _, c := range cams {
		if n := c.Counts(); n.Peak > 1 || n.Logins > 0 {
			t.Errorf("%s had %d sessions at once and %d wrong logins, want one session whoever watches and no wrong login", c.id, n.Peak, n.Logins)
		}
	}
}

// tilesAreNamed holds that each camera is on the tile the scene says.
func tilesAreNamed(t *testing.T, left, right *view) {
	t.Helper()
	img := left.d.screen()
	for tile, v := range map[string]*view{"left": left, "right": right} {
		at, ok := marker(img, tile)
		if !ok {
			t.Errorf("no mark of the tile %q on the screen", tile)
		} else if !at.In(v.picture.Inset(-40)) || at.X > v.picture.Min.X+40 || at.Y > v.picture.Min.Y+40 {
			t.Errorf("the tile %q is at %v, the picture of its camera at %v", tile, at, v.picture)
		}
	}
}

// leaves holds that a program ends on an interrupt, well and with all it started.
func leaves(t *testing.T, p *program) {
	t.Helper()
	began := time.Now()
	p.signal(syscall.SIGINT)
	select {
	case <-p.ended:
	case <-time.After(stopGuard):
		t.Errorf("%s did not end on an interrupt within %v", p.name, stopGuard)
		return
	}
	t.Logf("%6.2f s: %s has left", time.Since(began).Seconds(), p.name)
	if p.err != nil {
		t.Errorf("%s ended on an interrupt with %v", p.name, p.err)
	}
	if left := p.left(); len(left) > 0 {
		t.Errorf("%s left processes behind: %v", p.name, left)
	}
}
