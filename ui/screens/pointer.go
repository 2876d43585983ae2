package screens

import (
	"fmt"

	"github.com/jezek/xgb/xfixes"
)

// HidePointer takes the mouse pointer off the display until the connection ends: on a
// wall it would stand in the middle of somebody's face. The mouse goes on working.
func (x *X11) HidePointer() error {
	if err := xfixes.Init(x.conn); err != nil {
		return fmt.Errorf("hide the pointer: the display has no XFixes extension: %w", err)
	}
	// HideCursor is of version 4; the server wants to hear a version first.
	if _, err := xfixes.QueryVersion(x.conn, 4, 0).Reply(); err != nil {
		return fmt.Errorf("hide the pointer: ask the display for its XFixes version: %w", err)
	}
	if err := xfixes.HideCursorChecked(x.conn, x.root).Check(); err != nil {
		return fmt.Errorf("hide the pointer: %w", err)
	}
	return nil
}
