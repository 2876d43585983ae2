package screens

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

func TestReadingOrder(t *testing.T) {
	at := func(name string, x, y int) Monitor { return Monitor{Name: name, X: x, Y: y, W: 1920, H: 1080} }
	ms := []Monitor{at("f", 3840, 1082), at("b", 1920, 3), at("d", 0, 1080), at("c", 3840, 0), at("e", 1920, 1079), at("a", 0, 6)}
	sortMonitors(ms)
	var got []string
	for _, m := range ms {
		got = append(got, m.Name)
	}
	if s := strings.Join(got, ""); s != "abcdef" {
		t.Errorf("order %s, want abcdef", s)
	}
}

// display starts an X server without a screen of its own on a free number.
func display(t *testing.T) string {
	t.Helper()
	return displayOf(t, "1280x720x24")
}

// displayOf starts one of a size and depth.
func displayOf(t testing.TB, size string, more ...string) string {
	t.Helper()
	bin, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("Xvfb is not installed (Debian package xvfb)")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, append([]string{"-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp"}, more...)...)
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		r.Close()
	})
	buf := make([]byte, 16)
	n, err := r.Read(buf)
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	num, err := strconv.Atoi(strings.TrimSpace(string(buf[:n])))
	if err != nil {
		t.Fatal(err)
	}
	return ":" + strconv.Itoa(num)
}

func TestListAndStop(t *testing.T) {
	x, err := Open(display(t))
	if err != nil {
		t.Fatal(err)
	}
	ms, err := x.List()
	if err != nil {
		t.Fatal(err)
	}
	if len(ms) != 1 || ms[0].W != 1280 || ms[0].H != 720 || ms[0].X != 0 || ms[0].Name == "" {
		t.Errorf("monitors %+v", ms)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Run does not return")
	}
}

// TestDeadManager leaves the mark of a window manager whose window is gone.
func TestDeadManager(t *testing.T) {
	x, err := Open(display(t))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	atom, err := xproto.InternAtom(x.conn, false, uint16(len(managerCheck)), managerCheck).Reply()
	if err != nil {
		t.Fatal(err)
	}
	mark := func(on, names xproto.Window) {
		v := []byte{byte(names), byte(names >> 8), byte(names >> 16), byte(names >> 24)}
		if err := xproto.ChangePropertyChecked(x.conn, xproto.PropModeReplace, on, atom.Atom, xproto.AtomWindow, 32, 1, v).Check(); err != nil {
			t.Fatal(err)
		}
	}
	win, err := xproto.NewWindowId(x.conn)
	if err != nil {
		t.Fatal(err)
	}
	if err := xproto.CreateWindowChecked(x.conn, 0, win, x.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOutput, 0, 0, nil).Check(); err != nil {
		t.Fatal(err)
	}
	mark(x.root, win)
	mark(win, win)
	if removed, err := x.clearManager(); err != nil || removed {
		t.Errorf("a living manager: removed %v, %v", removed, err)
	}
	if err := xproto.DestroyWindowChecked(x.conn, win).Check(); err != nil {
		t.Fatal(err)
	}
	if removed, err := x.clearManager(); err != nil || !removed {
		t.Errorf("a dead manager: removed %v, %v", removed, err)
	}
	if removed, err := x.clearManager(); err != nil || removed {
		t.Errorf("nothing left: removed %v, %v", removed, err)
	}
}

func TestNoDisplay(t *testing.T) {
	_, err := Open(":4095")
	if err == nil || !strings.Contains(err.Error(), "DISPLAY") {
		t.Errorf("error %v does not say what to do", err)
	}
}
