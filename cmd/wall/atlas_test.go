//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"os"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"iocwall/server/world"
	"iocwall/ui/look"
)

// Keys without a letter, as X names them.
const (
	keyReturn  = 0xFF0D
	keyEscape  = 0xFF1B
	keyControl = 0xFFE3
)

// fake sends one event of the keyboard or the mouse.
func (d *display) fake(kind, detail byte) {
	d.tb.Helper()
	if err := xtest.FakeInputChecked(d.conn, kind, detail, 0, d.root, 0, 0, 0).Check(); err != nil {
		d.tb.Fatalf("event %d of %d: %v", kind, detail, err)
	}
}

// chord presses a key while Control is held.
func (d *display) chord(key rune) {
	d.tb.Helper()
	if err := xtest.Init(d.conn); err != nil {
		d.tb.Fatal(err)
	}
	setup := xproto.Setup(d.conn)
	keys, err := xproto.GetKeyboardMapping(d.conn, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		d.tb.Fatal(err)
	}
	for i, sym := range keys.Keysyms {
		if sym == keyControl {
			code := byte(int(setup.MinKeycode) + i/int(keys.KeysymsPerKeycode))
			d.fake(xproto.KeyPress, code)
			time.Sleep(50 * time.Millisecond)
			d.press(key)
			time.Sleep(50 * time.Millisecond)
			d.fake(xproto.KeyRelease, code)
			return
		}
	}
	d.tb.Fatal("the keyboard has no Control")
}

// pull drags the mouse from one place to another.
func (d *display) pull(from, to image.Point) {
	d.tb.Helper()
	warp := func(p image.Point) {
		xproto.WarpPointer(d.conn, xproto.WindowNone, d.root, 0, 0, 0, 0, int16(p.X), int16(p.Y))
		time.Sleep(40 * time.Millisecond)
	}
	warp(from)
	d.fake(xproto.ButtonPress, 1)
	for i := 1; i <= 8; i++ {
		warp(from.Add(to.Sub(from).Mul(i).Div(8)))
	}
	d.fake(xproto.ButtonRelease, 1)
}

// write types a text and Return.
func (d *display) write(text string) {
	d.tb.Helper()
	for _, r := range text {
		d.press(r)
		time.Sleep(60 * time.Millisecond)
	}
}

// TestMapInHand opens the map of the demonstration in the whole window, searches a
// name without its accents, drags the map, finds a vessel by its number and clicks
// it. WALL_SHOT=FILE keeps a picture.
func TestMapInHand(t *testing.T) {
	x := startDemo(t)
	s, mai, d, both := x.s, x.mai, x.d, x.both
	t.Cleanup(func() {
		if path := os.Getenv("WALL_SHOT"); path != "" && t.Failed() {
			d.save(path)
		}
	})
	theme := look.Dark()
	chosen := func(kind string) func() string {
		return func() string {
			_, there := marker(d.screen(), "atlas:"+kind)
			return complain(!there, "the map does not say that it shows "+kind)
		}
	}
	d.chord('m')
	eventually(t, stateGuard, "Ctrl+M opens the map in hand", both, chosen(""))
	area := image.Rect(450, 120, 1500, 900)
	eventually(t, stateGuard, "it has land and sea", both, func() string {
		part := d.grab(area)
		return fmt.Sprint(complain(near(part, theme.Sea) < 0.05, "too little sea "), complain(near(part, theme.Land)+near(part, theme.Outside) < 0.05, "too little land"))
	})

	d.chord('f')
	time.Sleep(time.Second)
	d.write("tam ky")
	time.Sleep(2 * time.Second)
	d.press(keyReturn)
	eventually(t, stateGuard, "tam ky is a place or an area", both, func() string {
		return complain(chosen("place")() != "" && chosen("area")() != "", "neither is chosen")
	})
	eventually(t, stateGuard, "the place is on land", both, func() string {
		part := d.grab(image.Rect(600, 400, 900, 600))
		return complain(near(part, theme.Land)+near(part, theme.Outside) < 0.2, "no land around it")
	})

	was := near(d.grab(area), theme.Sea)
	d.pull(image.Pt(1300, 500), image.Pt(500, 500)) // eastwards, out to sea
	d.pull(image.Pt(1300, 500), image.Pt(500, 500))
	eventually(t, stateGuard, "the map follows the mouse out to sea", both, func() string {
		is := near(d.grab(area), theme.Sea)
		return complain(is < was+0.2, fmt.Sprintf("%.0f %% sea, before %.0f %%", 100*is, 100*was))
	})

	all, complaint := list[world.Vessel](s, mai, world.KindVessel)
	if complaint != "" || len(all) == 0 {
		t.Fatalf("no vessel: %s", complaint)
	}
	ship := all[0]
	for _, v := range all {
		if v.Time > ship.Time {
			ship = v
		}
	}
	d.chord('f')
	time.Sleep(time.Second)
	d.write(ship.MMSI)
	time.Sleep(2 * time.Second)
	d.press(keyReturn)
	eventually(t, stateGuard, "the vessel is found by its number", both, chosen("vessel"))
	d.press(keyEscape)
	eventually(t, stateGuard, "Escape lets go of it", both, chosen(""))
	time.Sleep(time.Second)
	d.click(image.Pt((1920-400)/2, 48+(1080-48-32-52-28)/2)) // the middle of the map
	eventually(t, stateGuard, "a click takes it again", both, func() string {
		img := d.screen()
		_, one := marker(img, "atlas:vessel")
		_, several := marker(img, "atlas:list")
		return complain(!one && !several, "nothing is chosen")
	})
	if path := os.Getenv("WALL_SHOT"); path != "" {
		d.save(path)
	}
	d.press(keyEscape)
	d.press(keyEscape)
	leaves(t, x.wall)
	leaves(t, x.server)
}
