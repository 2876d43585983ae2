//go:build xvfb

package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/server/act"
	"iocwall/server/world"
)

// coldGuard is how long a wall computer that starts without the server may take to
// show the last good scene.
const coldGuard = 15 * time.Second

// oneNode is a wall of one screen with two scenes.
const oneNode = `
wall: {id: main, name: Tường thử, columns: 1, rows: 1, px_w: 960, px_h: 540, bezel: 0, nodes: [1]}
scenes:
  - id: dau
    name: Cảnh đầu
    tiles:
      - {id: first, kind: map, at: "1", params: {bounds: "107.2,14.7,110.4,16.3"}}
  - id: sau
    name: Cảnh sau
    tiles:
      - {id: second, kind: camera, at: "1", params: {camera: cam-1}}
`

// enrolled starts a wall computer with a code of a technician; later starts give none.
func (s *site) enrolled(d *display, home string, technician token, name string) *program {
	s.tb.Helper()
	status, text := s.api("POST", "/api/nodes/codes", technician, map[string]string{"node": name})
	var made struct{ Code string }
	if err := json.Unmarshal([]byte(text), &made); err != nil || status != http.StatusOK {
		s.tb.Fatalf("a code for %s: status %d: %s", name, status, text)
	}
	return s.node(d, home, name, "--code", made.Code)
}

// node starts a wall computer that has its token in its folder, or is let in.
func (s *site) node(d *display, home, name string, more ...string) *program {
	s.tb.Helper()
	args := append([]string{"node", "--name", name, "--server", "ws://" + s.addr + "/feed", "--markers"}, more...)
	cmd := exec.Command(binary(s.tb, "wall"), args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.name, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home)
	return start(s.tb, "wall-"+name, cmd)
}

// command asks the server for something and fails when it is refused.
func (s *site) command(t token, a act.Act) {
	s.tb.Helper()
	body, err := json.Marshal(act.Command{ID: fmt.Sprint("t", time.Now().UnixNano()), Act: a})
	if err != nil {
		s.tb.Fatal(err)
	}
	if status, text := s.api("POST", "/api/commands", t, json.RawMessage(body)); status != http.StatusOK {
		s.tb.Fatalf("%s: status %d: %s", a.Act(), status, text)
	}
}

// killed ends a program as a power cut does.
func killed(p *program) {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

// shows complains unless the mark of a tile is on the screen.
func (d *display) shows(tile string) string {
	if _, ok := marker(d.screen(), tile); !ok {
		return "no mark of the tile " + tile
	}
	return ""
}

// light is the share of light pixels where a tile that covers the screen says that
// the server is away.
func (d *display) light() float64 {
	return share(d.grab(image.Rect(24, 24, 700, 62)), func(c color.RGBA) bool { return min(c.R, c.G, c.B) > 185 })
}

// TestColdBoot kills the server, then a wall computer, and starts the computer
// again: it shows the last scene and, through the relay, its camera; when the server
// is back it goes on where it was.
func TestColdBoot(t *testing.T) {
	cam := newCamera(t, "cam-1", mediatest.Options{})
	s := newSite(t, []*camera{cam}, oneNode)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	s.write("ioc.yaml", strings.Replace(string(text), "linger: 5s}", fmt.Sprintf("linger: 5s, remote: %q}", freePort(t)), 1))
	admin, technician := s.token("administrator", "Quản trị"), s.token("technician", "Kỹ thuật")
	relay := start(t, "relay", exec.Command(binary(t, "wallsrv"), "relay", "--config", s.config))
	s.serve()
	d := newDisplay(t, 960, 540)
	home := t.TempDir()
	node := s.enrolled(d, home, technician, "pc-01")
	eventually(t, stateGuard, "the first scene is shown", []*program{node, s.server, relay}, func() string { return d.shows("first") })
	before := time.Now()
	s.command(admin, act.ShowScene{Wall: "main", Scene: "sau"})
	v := &view{d: d, cam: cam}
	advancing(t, "the second scene is shown with its camera", []*program{node, s.server, relay}, v)
	kept := filepath.Join(home, "iocwall", "pc-01", "state")
	eventually(t, stateGuard, "the scene is on disk", []*program{node}, func() string {
		info, err := os.Stat(kept)
		if err != nil {
			return err.Error()
		}
		if info.ModTime().Before(before) {
			return "it is older than the switch"
		}
		return ""
	})
	checkNode(t, s, admin, "pc-01")

	killed(s.server)
	killed(node)
	node = s.node(d, home, "pc-01")
	took := eventually(t, coldGuard, "without the server the last scene is shown", []*program{node}, func() string { return d.shows("second") })
	t.Logf("MEASURED cold-boot-scene %.2f s", took.Seconds())
	advancing(t, "without the server its camera is live", []*program{node, relay}, v)
	eventually(t, stateGuard, "the tile says that the server is away", []*program{node}, func() string {
		if n := d.light(); n < 0.4 {
			return fmt.Sprintf("%.0f %% of where it says so is light", 100*n)
		}
		return ""
	})
	if !strings.Contains(node.tail(200), "the wall is shown as it was last known") {
		t.Error("the log does not tell of a start without the server")
	}
	d.save(filepath.Join(t.ArtifactDir(), "cold.png"))

	s.serve()
	eventually(t, stateGuard, "the computer goes on where it was", []*program{node, s.server, relay}, func() string {
		if !strings.Contains(node.tail(200), "resumed=true") {
			return "not resumed"
		}
		return ""
	})
	eventually(t, stateGuard, "the tile says it no more", []*program{node, s.server}, func() string {
		if n := d.light(); n > 0.1 {
			return fmt.Sprintf("%.0f %% of where it said so is light", 100*n)
		}
		return ""
	})
	s.command(admin, act.ShowScene{Wall: "main", Scene: "dau"})
	eventually(t, stateGuard, "it follows the next switch", []*program{node, s.server}, func() string { return d.shows("first") })
	leaves(t, node)
}

// checkNode waits for the computer's report and looks whether it is true.
func checkNode(t *testing.T, s *site, admin token, name string) {
	t.Helper()
	var n world.Node
	eventually(t, stateGuard, "the computer has reported", nil, func() string {
		all, complaint := list[world.Node](s, admin, world.KindNode)
		for _, x := range all {
			if x.Node == name && x.Reported != 0 {
				n = x
				return ""
			}
		}
		return complaint + fmt.Sprintf("no report of %s in %d", name, len(all))
	})
	if len(n.Monitors) != 1 || n.Monitors[0].PxW != 960 || n.Version == "" || n.Memory < 10<<20 || n.Pictures == "" {
		t.Errorf("the report: %+v", n.NodeReported)
	}
	if problems := strings.Join(n.Problems, "; "); !strings.Contains(problems, "wall bench cameras") || strings.Contains(problems, "monitor") {
		t.Errorf("the problems: %s", problems)
	}
}

// TestPicturesAreWhatIsSeen compares what the server is sent of a screen with what
// the display tells a third party.
func TestPicturesAreWhatIsSeen(t *testing.T) {
	s := newSite(t, nil, strings.Split(oneNode, "  - id: sau")[0])
	admin, technician := s.token("administrator", "Quản trị"), s.token("technician", "Kỹ thuật")
	s.serve()
	d := newDisplay(t, 960, 540)
	node := s.enrolled(d, t.TempDir(), technician, "pc-01")
	must := []*program{node, s.server}
	eventually(t, stateGuard, "the scene is shown", must, func() string { return d.shows("first") })
	eventually(t, stateGuard, "the picture that is sent is the one that is seen", must, func() string {
		before := d.screen()
		status, text := s.api("GET", "/api/wall/screenshot.png?wall=main&screen=1", admin, nil)
		if status != http.StatusOK {
			return fmt.Sprintf("status %d: %.200s", status, text)
		}
		after := d.screen()
		if !bytes.Equal(before.Pix, after.Pix) {
			return "the screen changes"
		}
		sent, err := png.Decode(strings.NewReader(text))
		if err != nil {
			return err.Error()
		}
		if sent.Bounds() != before.Bounds() {
			return fmt.Sprintf("it has %v, the screen %v", sent.Bounds(), before.Bounds())
		}
		plain := image.NewRGBA(sent.Bounds())
		draw.Draw(plain, plain.Rect, sent, image.Point{}, draw.Src)
		if !bytes.Equal(plain.Pix, before.Pix) {
			return "its pixels differ"
		}
		return ""
	})
	leaves(t, node)
}

// TestServiceManagerIsTold plays the service manager.
func TestServiceManagerIsTold(t *testing.T) {
	s := newSite(t, nil, strings.Split(oneNode, "  - id: sau")[0])
	technician := s.token("technician", "Kỹ thuật")
	s.serve()
	d := newDisplay(t, 960, 540)
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "1000000")
	node := s.enrolled(d, t.TempDir(), technician, "pc-01")
	said := make([]byte, 256)
	for _, want := range []string{"READY=1\n", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"} {
		if err := l.SetReadDeadline(time.Now().Add(stateGuard)); err != nil {
			t.Fatal(err)
		}
		n, err := l.Read(said)
		if err != nil || !strings.HasPrefix(string(said[:n]), want) {
			t.Fatalf("said %q, %v; want %q", said[:n], err, want)
		}
	}
	leaves(t, node)
}
