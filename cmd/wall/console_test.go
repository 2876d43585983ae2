//go:build xvfb

package main_test

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/server/world"
	"iocwall/ui/look"
)

// smallCentre is a centre before its technician came: a wall of two rows, no camera.
// The two tiles of its scene tell by their marks where the wall is in the window.
const smallCentre = `
rules: rules.yaml
stations:
  - {id: thu-bon, name: Thu Bồn, what: level, pos: [108.287, 15.858], area: vn/da-nang-2025}
wall: {id: main, name: Tường thử, columns: 9, rows: 2, nodes: [2, 2, 2, 2, 2, 2, 2, 2, 2]}
scenes:
  - id: ngay-thuong
    name: Ngày thường
    tiles:
      - {id: clock, kind: clock, at: "1-11"}
      - {id: alerts, kind: alerts, at: "4-14"}
`

// centre is a server with people who sit at it in turn, at one display.
type centre struct {
	*site
	t      *testing.T
	h      *hand
	admin  token // asks the server's doors for the test
	camera *camera
	theme  look.Theme
}

// TestConsoleByHand does the main tasks of three people with a real mouse and a real
// keyboard, and looks at the screen and at the server: a technician adds a camera,
// whose name he types by Telex, and builds a wall of 27 screens; an operator logs in
// for the first time, finds the camera without its accents, drags it on to a screen,
// takes that back and takes an alert; a leader goes into a domain and back and can
// break nothing. WALL_SHOT=FOLDER keeps pictures.
func TestConsoleByHand(t *testing.T) {
	c := newCentre(t)
	c.technician()
	c.operator()
	c.leader()
}

func newCentre(t *testing.T) *centre {
	t.Helper()
	cam, err := mediatest.NewCamera(mediatest.Options{ClipOptions: mediatest.ClipOptions{Counter: true, Scene: mediatest.Street, FPS: 12}})
	if err != nil {
		t.Skip(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cam.Run(t.Context()) }()
	t.Cleanup(func() { <-ended })
	s := newSite(t, nil, smallCentre)
	s.write("rules.yaml", floodRule)
	c := &centre{site: s, t: t, admin: s.token("administrator", "Kiểm thử"), camera: &camera{Camera: cam, id: "cau-cau-lau"}, theme: look.Dark()}
	s.serve()
	c.h = newHand(t, newDisplay(t, 1920, 1080))
	return c
}

// sit starts the console of somebody with a token, or of nobody; args may begin with
// another command than the usual one.
func (c *centre) sit(who *token, args ...string) *program {
	c.t.Helper()
	p := c.run(c.t.TempDir(), who, append(args, "--width", "1920", "--height", "1080", "--markers")...)
	c.wait("the window is there", p, func() string {
		return complain(near(c.h.screen(), c.theme.S1) < 0.02, "nothing of it is on the screen")
	})
	c.h.take()
	return p
}

// run starts the client; home is the folder of what it keeps.
func (c *centre) run(home string, who *token, args ...string) *program {
	c.t.Helper()
	args = append(args, "--server", "ws://"+c.addr+"/feed")
	if who != nil {
		args = append(args, "--token-file", who.file)
	}
	cmd := exec.Command(binary(c.t, "wall"), args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+c.h.name, "FYNE_SCALE=1", "FYNE_DISABLE_DPI_DETECTION=true",
		"XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "XDG_RUNTIME_DIR="+home)
	p := start(c.t, "wall", cmd)
	c.t.Cleanup(func() { // before it is ended
		if c.t.Failed() && p.alive() {
			c.h.save(filepath.Join(c.t.ArtifactDir(), "console.png"))
		}
	})
	return p
}

func (c *centre) wait(what string, p *program, check func() string) {
	c.t.Helper()
	eventually(c.t, stateGuard, what, []*program{p, c.server}, check)
}

// shot keeps a picture for people.
func (c *centre) shot(name string) {
	if dir := os.Getenv("WALL_SHOT"); dir != "" {
		c.h.save(filepath.Join(dir, name+".png"))
	}
}

// primary waits for the one primary button of a part of the screen and clicks it.
func (c *centre) primary(what string, p *program, area image.Rectangle) {
	c.t.Helper()
	var at image.Rectangle
	c.wait("there is a button: "+what, p, func() string {
		was := at
		at = c.h.block(area, c.theme.Focus)
		return complain(at.Empty() || at != was, "none that stands still")
	})
	c.h.click(middle(at))
}

// defined is the wall as the server has it.
func (c *centre) defined() world.Wall {
	walls, complaint := list[world.Wall](c.site, c.admin, world.KindWall)
	if len(walls) != 1 {
		c.t.Fatalf("%d walls %s", len(walls), complaint)
	}
	return walls[0]
}

// technician adds a camera and builds the wall.
func (c *centre) technician() {
	who := c.token("technician", "Phạm Văn Bảo")
	p := c.sit(&who, "open", "iocwall://setup/cameras")
	h := c.h
	right := image.Rect(960, 100, 1920, 1040)
	time.Sleep(time.Second)
	h.click(image.Pt(620, 186)) // add a camera
	c.wait("the camera's fields are there", p, func() string {
		return complain(h.block(right, c.theme.Focus).Empty(), "no primary button")
	})
	for i, text := range []string{"cau-cau-lau", "Caauf Caau Laau", c.camera.URL(), "", "108.2867, 15.8575"} {
		if i > 0 {
			h.strike(keyTab)
		}
		h.typed(text)
	}
	c.shot("technician-camera")
	h.strike(keyReturn)
	c.wait("the server has the camera by the name that was typed", p, func() string {
		all, complaint := list[world.Camera](c.site, c.admin, world.KindCamera)
		if len(all) != 1 {
			return fmt.Sprintf("%d cameras %s", len(all), complaint)
		}
		return complain(all[0].ID != "cau-cau-lau" || all[0].Name != "Cầu Câu Lâu", fmt.Sprintf("%+v", all[0].CameraDefined))
	})
	c.leaveCalmly(p)

	p = c.sit(&who)
	time.Sleep(time.Second)
	h.strike('g')
	c.wait("the grid's fields are there", p, func() string {
		return complain(h.block(right, c.theme.Focus).Empty(), "no primary button")
	})
	for i, text := range []string{"9", "3"} {
		if i > 0 {
			h.strike(keyTab)
		}
		h.strike('a', keyControl)
		h.typed(text)
	}
	h.strike(keyReturn)
	c.primary("the draft is applied", p, image.Rect(960, 52, 1920, 120))
	c.wait("the server has a wall of 27 screens, in millimetres", p, func() string { return grid27(c.defined().Screens) })
	c.shot("technician-grid")
	c.leaveCalmly(p)
}

// grid27 says what is wrong with a wall of nine times three panels of 55 inches.
func grid27(all []world.Screen) string {
	const w, h, bezel = 1217.6, 684.9, 3.5
	if len(all) != 27 {
		return fmt.Sprintf("%d screens", len(all))
	}
	for _, s := range all {
		column, row := float64((s.ID-1)%9), float64((s.ID-1)/9)
		for _, v := range [][2]float64{{s.X, column * (w + bezel)}, {s.Y, row * (h + bezel)}, {s.W, w}, {s.H, h}, {float64(s.PxW), 1920}, {float64(s.PxH), 1080}} {
			if math.Abs(v[0]-v[1]) > 0.1 {
				return fmt.Sprintf("screen %d has %.1f where %.1f is right: %+v", s.ID, v[0], v[1], s)
			}
		}
	}
	return ""
}

// leaveCalmly ends a console.
func (c *centre) leaveCalmly(p *program) {
	c.t.Helper()
	leaves(c.t, p)
	c.wait("the screen is empty", c.server, func() string {
		return complain(near(c.h.screen(), c.theme.S1) > 0.001, "something is left on it")
	})
}

// account is a user as the server's doors tell it.
type account struct {
	Login      string `json:"login"`
	MustChange bool   `json:"mustChange"`
	Sessions   int    `json:"sessions"`
}

func (c *centre) account(login string) (account, string) {
	status, body := c.api(http.MethodGet, "/api/users", c.admin, nil)
	var got struct{ Users []account }
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		return account{}, fmt.Sprintf("status %d: %s", status, body)
	}
	i := slices.IndexFunc(got.Users, func(a account) bool { return a.Login == login })
	if i < 0 {
		return account{}, "no such user"
	}
	return got.Users[i], ""
}

// login logs somebody in for the first time and gives a password of one's own.
func (c *centre) login(login, name, role string) *program {
	c.t.Helper()
	file := filepath.Join(c.dir, login+".password")
	out, err := exec.Command(binary(c.t, "wallsrv"), "user", "add", "--config", c.config, login, "--role", role, "--name", name, "--out", file).CombinedOutput()
	if err != nil {
		c.t.Fatalf("wallsrv user add: %v: %s", err, out)
	}
	once, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	h, p := c.h, c.sit(nil)
	card := image.Rect(560, 100, 1360, 1000)
	button := image.Rectangle{}
	c.wait("the login page is there", p, func() string {
		was := button
		button = h.block(card, c.theme.Focus)
		return complain(button.Empty() || button != was, "no primary button that stands still")
	})
	h.typed(login)
	h.strike(keyReturn)
	h.typed(strings.TrimSpace(string(once)))
	c.shot("login")
	h.strike(keyReturn)
	c.wait("the server knows the session, which may do nothing yet", p, func() string {
		a, complaint := c.account(login)
		return complaint + complain(a.Sessions != 1 || !a.MustChange, fmt.Sprintf("%+v", a))
	})
	c.wait("a password of one's own is asked for", p, func() string {
		next := h.block(card, c.theme.Focus)
		return complain(next.Empty() || next == button, "the same button")
	})
	const own = "bon con ngua tim 4"
	time.Sleep(500 * time.Millisecond)
	h.typed(own)
	h.strike(keyReturn)
	h.typed(own)
	c.shot("password")
	h.strike(keyReturn)
	c.wait("the server has the new password", p, func() string {
		a, complaint := c.account(login)
		return complaint + complain(a.MustChange || a.Sessions < 1, fmt.Sprintf("%+v", a))
	})
	return p
}

// onWall finds the wall in the window by the marks of its two tiles and returns the
// middle of a screen of it.
func (c *centre) onWall(id int) (at image.Point, complaint string) {
	w := c.defined()
	img := c.h.screen()
	a, ok := marker(img, "clock")
	b, ok2 := marker(img, "alerts")
	if !ok || !ok2 {
		return at, "the marks of the wall's tiles are not on the screen"
	}
	of := func(id int) world.Screen {
		return w.Screens[slices.IndexFunc(w.Screens, func(s world.Screen) bool { return s.ID == id })]
	}
	scale := float64(b.X-a.X) / (of(4).X - of(1).X)
	s := of(id)
	return a.Add(image.Pt(int((s.X+s.W/2)*scale), int((s.Y+s.H/2)*scale))), ""
}

// tiles are those of the scene.
func (c *centre) tiles() []world.Tile {
	scenes, complaint := list[world.Scene](c.site, c.admin, world.KindScene)
	if len(scenes) != 1 {
		c.t.Fatalf("%d scenes %s", len(scenes), complaint)
	}
	return scenes[0].Tiles
}

// operator logs in, searches, drags, takes back and acknowledges.
func (c *centre) operator() {
	h, p := c.h, c.login("mai", "Trần Thị Mai", "operator")
	var at image.Point
	c.wait("the operator's page shows the wall", p, func() (complaint string) {
		at, complaint = c.onWall(27)
		return complaint
	})
	before := c.tiles()

	h.strike('k', keyControl)
	time.Sleep(time.Second)
	h.typed("cau lau")
	time.Sleep(time.Second)
	c.shot("operator-search")
	h.strike(keyReturn)
	c.wait("the camera is found without its accents, and its page shows it live", p, func() string {
		_, ok := find(h.screen(), time.Now(), c.camera)
		return complain(!ok, "no counter of the camera on the screen")
	})
	h.strike('1', keyControl)
	c.wait("Ctrl+1 is the wall again", p, func() string {
		_, complaint := c.onWall(27)
		return complaint
	})

	h.pull(image.Pt(150, 222), at)
	c.wait("the camera that was dragged is in the server's scene, on screen 27", p, func() string {
		tiles := c.tiles()
		i := slices.IndexFunc(tiles, func(t world.Tile) bool { return t.Kind == "camera" })
		if i < 0 {
			return fmt.Sprintf("%+v", tiles)
		}
		s := c.defined().Screens[26]
		x, y := tiles[i].X+tiles[i].W/2, tiles[i].Y+tiles[i].H/2
		return complain(tiles[i].Param("camera") != c.camera.id || x < s.X || x > s.X+s.W || y < s.Y || y > s.Y+s.H || len(tiles) != len(before)+1, fmt.Sprintf("%+v", tiles[i]))
	})
	around := image.Rect(at.X-80, at.Y-45, at.X+80, at.Y+45)
	c.wait("its picture is there in colour", p, func() string {
		return complain(chroma(h.grab(around)) < 0.05, "it is grey")
	})
	c.shot("operator-dragged")
	h.strike('z', keyControl)
	c.wait("Ctrl+Z takes it back, on the server", p, func() string {
		return complain(!reflect.DeepEqual(c.tiles(), before), fmt.Sprintf("%+v", c.tiles()))
	})
	c.wait("and on the screen", p, func() string { return complain(chroma(h.grab(around)) > 0.01, "there is colour") })

	c.flood()
	c.wait("the alert is on the screen", p, func() string {
		return complain(near(h.screen(), c.theme.CriticalFill) < 0.0005, "no critical plate")
	})
	h.strike('x')
	c.wait("X acknowledges the alert, in her name", p, func() string {
		all, complaint := list[world.Alert](c.site, c.admin, world.KindAlert)
		return complaint + complain(len(all) != 1 || all[0].Taken == 0 || all[0].Taker != "Trần Thị Mai", fmt.Sprintf("%+v", all))
	})
	c.shot("operator-taken")
	c.leaveCalmly(p)
}

// flood brings a reading in that raises a critical alert.
func (c *centre) flood() {
	c.t.Helper()
	reading := []map[string]any{{"time": time.Now().UnixMilli(), "kind": "station.reading", "body": map[string]any{"station": "thu-bon", "quantity": "level", "value": 4.12, "unit": "m"}}}
	if status, body := c.api(http.MethodPost, "/api/observations", c.token("provider", "Trạm Thu Bồn"), reading); status != http.StatusOK {
		c.t.Fatalf("the reading was not taken: %d %s", status, body)
	}
}

// leader reads and can break nothing.
func (c *centre) leader() {
	who := c.token("leader", "Lê Văn Hùng")
	h, p := c.h, c.sit(&who)
	page := image.Rect(0, 60, 1920, 950) // without the clock, the line of alerts and the keys
	var all *image.RGBA
	still := time.Now()
	c.wait("the ten domains stand still, and the alert is among them", p, func() string {
		was := all
		all = h.grab(page)
		if was == nil || !slices.Equal(was.Pix, all.Pix) {
			still = time.Now()
		}
		return complain(time.Since(still) < time.Second || near(all, c.theme.T1) < 0.01 || near(all, c.theme.Critical) < 0.0005, "something moves, or not everything is there")
	})
	if !h.block(h.bounds, c.theme.Focus).Empty() {
		c.t.Error("a leader has a primary button")
	}
	walls, tiles := c.defined(), c.tiles()
	alerts, _ := list[world.Alert](c.site, c.admin, world.KindAlert)
	h.strike(keyHome)
	h.strike(keyDown)
	h.strike(keyReturn)
	c.wait("Enter shows one domain", p, func() string {
		return complain(same(h.grab(page), all) > 0.9, "the page is as it was")
	})
	c.shot("leader-domain")
	h.strike(keyEscape)
	c.wait("Escape goes back to all of them", p, func() string {
		share := same(h.grab(page), all)
		return complain(share < 0.97, fmt.Sprintf("%.1f %% are as they were", 100*share))
	})
	// Every letter that means an act elsewhere, and what takes back.
	for _, r := range "xgobltmiezdn" {
		h.strike(r)
	}
	h.strike('z', keyControl)
	h.strike('x', keyAlt)
	time.Sleep(2 * time.Second)
	c.shot("leader")
	after, _ := list[world.Alert](c.site, c.admin, world.KindAlert)
	if !reflect.DeepEqual(walls, c.defined()) || !reflect.DeepEqual(tiles, c.tiles()) || !reflect.DeepEqual(alerts, after) {
		c.t.Error("a leader's keys changed something on the server")
	}
	c.leaveCalmly(p)
}

// same is the share of pixels that two pictures of the same place have in common.
func same(a, b *image.RGBA) float64 {
	n := 0
	for i := 0; i+3 < len(a.Pix) && i+3 < len(b.Pix); i += 4 {
		if apart(a.Pix[i], b.Pix[i]) < 6 && apart(a.Pix[i+1], b.Pix[i+1]) < 6 && apart(a.Pix[i+2], b.Pix[i+2]) < 6 {
			n++
		}
	}
	return float64(4*n) / float64(max(1, len(a.Pix)))
}
