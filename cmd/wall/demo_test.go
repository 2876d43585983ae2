//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/server/world"
	"iocwall/ui/look"
)

// demoGuard is long because the first run on a computer codes what twelve cameras see.
const demoGuard = 3 * time.Minute

// demo is the demonstration as it was started: its server, its wall on a display,
// and the scene that it shows.
type demo struct {
	s            *site
	mai          token
	d            *display
	server, wall *program
	both         []*program
	shown        world.Scene
	places       map[string]image.Rectangle
}

// startDemo starts the demonstration and its wall as a person does, and returns
// once the wall shows its scene.
func startDemo(t testing.TB) demo {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the demonstration's cameras need the program ffmpeg; on Debian: apt-get install ffmpeg")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "ready.json")
	server := start(t, "wallsrv", exec.Command(binary(t, "wallsrv"), "demo", "--calm", "--data", filepath.Join(dir, "demo"),
		"--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0", "--ready-file", file))
	var r ready
	eventually(t, demoGuard, "the demonstration serves", []*program{server}, func() (complaint string) {
		r, complaint = readReady(file)
		return complaint
	})
	raw, err := os.ReadFile(r.TokenFile)
	if err != nil {
		t.Fatal(err)
	}
	x := demo{
		s: &site{tb: t, addr: r.Addr, server: server}, mai: token{file: r.TokenFile, raw: strings.TrimSpace(string(raw))},
		d: newDisplay(t, 1920, 1080), server: server,
	}
	x.wall = x.s.wall(x.d, x.mai, "mosaic", "--width", "1920", "--height", "1080", "--markers")
	x.both = []*program{server, x.wall}
	eventually(t, demoGuard, "the wall shows the demonstration's scene", x.both, func() (complaint string) {
		x.shown, x.places, complaint = layout(x.s, x.mai, x.d)
		return complaint
	})
	return x
}

// TestDemoComesUp looks at what a person looks at: every camera moves, the map has
// its sea, there are alerts, and an interrupt ends it all. WALL_SHOT=FILE keeps a
// picture.
func TestDemoComesUp(t *testing.T) {
	x := startDemo(t)
	s, mai, d, both, shown, places := x.s, x.mai, x.d, x.both, x.shown, x.places
	still := map[string]string{}
	was := d.screen()
	eventually(t, demoGuard, "every camera moves in colour", both, func() string {
		now := d.screen()
		for _, tile := range shown.Tiles {
			if tile.Kind == "camera" && still[tile.ID] != "moves" {
				still[tile.ID] = moves(was, now, places[tile.ID])
			}
		}
		return notAll(still, "moves")
	})
	if len(still) != 12 {
		t.Errorf("the scene has %d cameras, want 12", len(still))
	}
	theme := look.Dark()
	eventually(t, demoGuard, "the map has land and sea", both, func() string {
		part := d.grab(places[tileOf(shown, "map")])
		return fmt.Sprint(complain(near(part, theme.Sea) < 0.1, "too little sea "), complain(near(part, theme.Land)+near(part, theme.Outside) < 0.1, "too little land"))
	})
	eventually(t, demoGuard, "there are alerts, and they are on the wall", both, func() string {
		all, complaint := list[world.Alert](s, mai, world.KindAlert)
		img := d.screen()
		signs := near(img, theme.CriticalFill) + near(img, theme.SevereFill) + near(img, theme.WarningFill) + near(img, theme.Notice)
		return complaint + complain(len(all) == 0, "the server has none ") + complain(signs < 0.0002, "no sign on the screen")
	})
	if path := os.Getenv("WALL_SHOT"); path != "" {
		shoot(t, s, mai, path, both)
	}
	began := time.Now()
	leaves(t, x.wall)
	leaves(t, x.server)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("wall and server needed %v to leave, want at most 3 s", took)
	}
}

func complain(bad bool, text string) string {
	if bad {
		return text
	}
	return ""
}

func notAll(states map[string]string, want string) string {
	var out []string
	for id, s := range states {
		if s != want {
			out = append(out, id+": "+s)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func tileOf(sc world.Scene, kind string) string {
	for _, t := range sc.Tiles {
		if t.Kind == kind {
			return t.ID
		}
	}
	return ""
}

// layout finds the scene that is shown and where its tiles are on the screen. The
// marks of two tiles far from each other give the scale; small tiles hide theirs.
func layout(s *site, t token, d *display) (sc world.Scene, places map[string]image.Rectangle, complaint string) {
	walls, complaint := list[world.Wall](s, t, world.KindWall)
	if len(walls) != 1 {
		return sc, nil, fmt.Sprintf("%d walls %s", len(walls), complaint)
	}
	scenes, complaint := list[world.Scene](s, t, world.KindScene)
	i := slices.IndexFunc(scenes, func(sc world.Scene) bool { return sc.ID == walls[0].Shown.Scene })
	if i < 0 {
		return sc, nil, fmt.Sprintf("the scene %q is not there %s", walls[0].Shown.Scene, complaint)
	}
	sc = scenes[i]
	first, last := tileOf(sc, "camera"), tileOf(sc, "clock")
	img := d.screen()
	a, ok := marker(img, first)
	b, ok2 := marker(img, last)
	if !ok || !ok2 {
		return sc, nil, fmt.Sprintf("no marks of %s and %s on the screen", first, last)
	}
	byID := map[string]world.Tile{}
	for _, t := range sc.Tiles {
		byID[t.ID] = t
	}
	scale := float64(b.X-a.X) / (byID[last].X - byID[first].X)
	places = map[string]image.Rectangle{}
	for _, t := range sc.Tiles {
		at := func(mm float64) int { return int(math.Round(mm * scale)) }
		places[t.ID] = image.Rect(at(t.X-byID[first].X), at(t.Y-byID[first].Y), at(t.X-byID[first].X+t.W), at(t.Y-byID[first].Y+t.H)).Add(a)
	}
	return sc, places, ""
}

// moves says "moves" if the picture of a camera's tile, above its bar, has colour
// and has changed, and otherwise what is wrong. A road has little colour, but a
// picture that is not live has none at all.
func moves(was, now *image.RGBA, tile image.Rectangle) string {
	r := tile.Inset(3)
	r.Max.Y = r.Min.Y + r.Dy()/2
	part := now.SubImage(r).(*image.RGBA)
	if share := chroma(part); share < 0.001 {
		return fmt.Sprintf("colour in %.1f %% of its pixels", 100*share)
	}
	changed := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if apart(was.RGBAAt(x, y).G, now.RGBAAt(x, y).G) > 8 {
				changed++
			}
		}
	}
	if changed == 0 {
		return "stands still"
	}
	return "moves"
}

// shoot saves a picture of the wall as people see it, without marks.
func shoot(t *testing.T, s *site, who token, path string, must []*program) {
	t.Helper()
	d := newDisplay(t, 1920, 1080)
	wall := s.wall(d, who, "mosaic", "--width", "1920", "--height", "1080")
	began := time.Now()
	eventually(t, stateGuard, "the wall without marks is full", append(must, wall), func() string {
		// Vessels and stations come in their own time.
		return complain(chroma(d.screen()) < 0.01, "little colour ") + complain(time.Since(began) < 20*time.Second, "a while yet")
	})
	d.save(path)
	leaves(t, wall)
}
