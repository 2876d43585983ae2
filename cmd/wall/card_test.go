//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// card is a graphics card of several outputs without a monitor of glass behind them:
// that of X.Org's driver for none. Windows, outputs and cables are as on a computer of
// a wall.
type card struct {
	g    *glass
	conn *xgb.Conn
	root xproto.Window
	lost sync.Once
}

// cardConfig has one card and no keyboard, and looks for nothing else. Its memory is
// for the picture with which the server begins, too.
const cardConfig = `Section "ServerFlags"
	Option "AutoAddDevices" "false"
	Option "AutoAddGPU" "false"
	Option "DontVTSwitch" "true"
EndSection
Section "Device"
	Identifier "card"
	Driver "dummy"
	VideoRam 65536
EndSection
Section "Screen"
	Identifier "screen"
	Device "card"
	DefaultDepth 24
EndSection
`

// newCard starts an X server whose card has a row of monitors of the same size at its
// outputs.
func newCard(tb testing.TB, monitors, width, height int) *glass {
	tb.Helper()
	bin := hasServer(tb, "Xorg", "xserver-xorg-core xserver-xorg-video-dummy")
	dir := tb.TempDir()
	config := filepath.Join(dir, "xorg.conf")
	if err := os.WriteFile(config, []byte(cardConfig), 0o600); err != nil {
		tb.Fatal(err)
	}
	g := &glass{tb: tb, size: image.Pt(monitors*width, height), one: image.Pt(width, height)}
	g.name, g.server = startX(tb, bin, "-config", config, "-configdir", dir, "-logfile", filepath.Join(dir, "log"), "-novtswitch", "-sharevts")
	// Sixty pictures a second of a cathode ray's timing, which the driver asks for.
	line, all := width+96, height+20
	g.xrandr("--newmode", cardMode, fmt.Sprintf("%.3f", float64(line*all*60)/1e6), fmt.Sprint(width), fmt.Sprint(width+16),
		fmt.Sprint(width+48), fmt.Sprint(line), fmt.Sprint(height), fmt.Sprint(height+3), fmt.Sprint(height+8), fmt.Sprint(all))
	args := []string{"--fb", fmt.Sprintf("%dx%d", g.size.X, g.size.Y)}
	for i := range monitors {
		g.xrandr("--addmode", output(i), cardMode)
		args = append(args, g.placed(i)...)
	}
	g.xrandr(args...)
	xgb.Logger.SetOutput(io.Discard) // it tells of a missing authority file and of the end
	conn, err := xgb.NewConnDisplay(g.name)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(conn.Close)
	g.card = &card{g: g, conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root}
	return g
}

// cardMode is the name of the monitors' mode.
const cardMode = "wall"

// output is the name that the driver gives the i-th output.
func output(i int) string { return fmt.Sprintf("DUMMY%d", i) }

// placed says where the i-th output's monitor is, for xrandr.
func (g *glass) placed(i int) []string {
	return []string{"--output", output(i), "--mode", cardMode, "--pos", fmt.Sprintf("%dx0", i*g.one.X)}
}

// plug puts a cable in or takes it out; the other monitors stay where they are.
func (c *card) plug(i int, in bool) {
	c.g.tb.Helper()
	args := []string{"--output", output(i), "--off"}
	if in {
		args = c.g.placed(i)
	}
	c.g.xrandr(append([]string{"--fb", fmt.Sprintf("%dx%d", c.g.size.X, c.g.size.Y)}, args...)...)
}

// look asks the server for pixels.
func (c *card) look(r image.Rectangle) part {
	got, err := xproto.GetImage(c.conn, xproto.ImageFormatZPixmap, xproto.Drawable(c.root),
		int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 0xFFFFFFFF).Reply()
	if err != nil {
		c.lost.Do(func() { c.g.tb.Errorf("read the screen %s: %v", c.g.name, err) })
		return part{}
	}
	return part{Rectangle: r, pix: got.Data, stride: 4 * r.Dx()}
}
