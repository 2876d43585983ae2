package screens

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

// The pointer stands in the middle of a fresh display's memory
// until it is hidden.
func TestHidePointer(t *testing.T) {
	dir := t.TempDir()
	name := displayOf(t, "320x240x24", "-fbdir", dir)
	x, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	seen := func(want bool, when string) {
		t.Helper()
		guard := time.Now().Add(10 * time.Second)
		for pointer(t, dir) != want {
			if time.Now().After(guard) {
				t.Fatalf("%s the pointer is seen: %v", when, !want)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	if err := cross(x); err != nil {
		t.Fatal(err)
	}
	seen(true, "at first")
	if err := x.HidePointer(); err != nil {
		t.Fatal(err)
	}
	seen(false, "hidden,")
}

// cross gives the display a pointer to draw: a fresh one has none.
func cross(x *X11) error {
	font, err := xproto.NewFontId(x.conn)
	if err != nil {
		return err
	}
	const name = "cursor"
	if err := xproto.OpenFontChecked(x.conn, font, uint16(len(name)), name).Check(); err != nil {
		return err
	}
	c, err := xproto.NewCursorId(x.conn)
	if err != nil {
		return err
	}
	if err := xproto.CreateGlyphCursorChecked(x.conn, c, font, font, 34, 35, 0xffff, 0, 0, 0, 0xffff, 0).Check(); err != nil {
		return err
	}
	return xproto.ChangeWindowAttributesChecked(x.conn, x.root, xproto.CwCursor, []uint32{uint32(c)}).Check()
}

// pointer reports whether the display's memory, below its header, holds more than one
// colour.
func pointer(t *testing.T, dir string) bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "Xvfb_screen0"))
	if err != nil {
		t.Fatal(err)
	}
	const pixels = 320 * 240 * 4
	raw = raw[len(raw)-pixels:]
	return bytes.Count(raw, raw[:4]) < len(raw)/4
}
