// Package screens finds the monitors of this computer and puts one borderless
// window on each. All of X11 is here: another window system would be a twin of
// this package. It speaks the X protocol itself, beside the toolkit, so it works
// before the first window opens and hears of unplugged cables.
package screens

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// Monitor is one monitor as the window system knows it.
type Monitor struct {
	// Name is the output's name ("HDMI-1").
	Name string
	// X, Y, W and H are its place on the desktop in pixels.
	X, Y, W, H int
	// WidthMM and HeightMM are its size as it reports it, zero when it does not.
	WidthMM, HeightMM int
}

// X11 lists the monitors of an X display. It is safe for concurrent use.
type X11 struct {
	conn    *xgb.Conn
	root    xproto.Window
	changed chan struct{}

	mu      sync.Mutex
	names   map[xproto.Atom]string
	overlay *Overlay // nil until it is opened
}

// Open connects to a display; an empty name means $DISPLAY. It removes what a
// dead window manager left behind (see clearManager), which would end the
// toolkit at its start, so call it before the toolkit is started. Run must be
// called afterwards to hear of changes; Close ends the connection otherwise.
func Open(display string) (*X11, error) {
	xgb.Logger.SetOutput(io.Discard) // what goes wrong is returned; the rest is the library's chat
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("connect to display %q: %w; start an X server or set DISPLAY", display, err)
	}
	x := &X11{conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, changed: make(chan struct{}, 1), names: map[xproto.Atom]string{}}
	if err := x.start(display); err != nil {
		conn.Close()
		return nil, err
	}
	return x, nil
}

func (x *X11) start(display string) error {
	if err := randr.Init(x.conn); err != nil {
		return fmt.Errorf("display %q has no RandR extension: %w", display, err)
	}
	// Monitors need RandR 1.5; the server remembers the version per client.
	v, err := randr.QueryVersion(x.conn, 1, 5).Reply()
	if err != nil {
		return fmt.Errorf("ask display %q for its RandR version: %w", display, err)
	}
	if v.MajorVersion < 1 || v.MajorVersion == 1 && v.MinorVersion < 5 {
		return fmt.Errorf("display %q speaks RandR %d.%d; monitors need 1.5", display, v.MajorVersion, v.MinorVersion)
	}
	const mask = randr.NotifyMaskScreenChange | randr.NotifyMaskCrtcChange | randr.NotifyMaskOutputChange
	if err := randr.SelectInputChecked(x.conn, x.root, mask).Check(); err != nil {
		return fmt.Errorf("listen for monitor changes on display %q: %w", display, err)
	}
	// Monitors that somebody made by hand, as for the splitters of a wall, come and go
	// with a word of the root window's alone.
	if err := xproto.ChangeWindowAttributesChecked(x.conn, x.root, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify}).Check(); err != nil {
		return fmt.Errorf("listen to the root window of display %q: %w", display, err)
	}
	if _, err := x.clearManager(); err != nil {
		return fmt.Errorf("clear a dead window manager's mark on display %q: %w", display, err)
	}
	return nil
}

// Run hears of changes until ctx is done and then closes the connection. It
// returns an error when the display goes away before.
func (x *X11) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, x.conn.Close)
	defer stop()
	for {
		ev, err := x.conn.WaitForEvent()
		switch {
		case ev == nil && err == nil:
			if ctx.Err() != nil {
				return nil
			}
			return errors.New("the display went away")
		case err != nil:
			continue // an answer to a request nobody waits for any more
		}
		x.mu.Lock()
		overlay := x.overlay
		x.mu.Unlock()
		if overlay != nil && overlay.hear(ev) {
			continue
		}
		switch ev.(type) {
		case randr.ScreenChangeNotifyEvent, randr.NotifyEvent, xproto.ConfigureNotifyEvent:
			select {
			case x.changed <- struct{}{}:
			default:
			}
		}
	}
}

// Close ends the connection; not needed after Run.
func (x *X11) Close() { x.conn.Close() }

// Changed gets a value after the monitors changed; several changes give one.
func (x *X11) Changed() <-chan struct{} { return x.changed }

// List returns the monitors in reading order: by row, then by column.
func (x *X11) List() ([]Monitor, error) {
	r, err := randr.GetMonitors(x.conn, x.root, true).Reply()
	if err != nil {
		return nil, fmt.Errorf("list monitors: %w", err)
	}
	out := make([]Monitor, 0, len(r.Monitors))
	for _, m := range r.Monitors {
		name, err := x.name(m.Name)
		if err != nil {
			return nil, err
		}
		if m.Width == 0 || m.Height == 0 {
			continue
		}
		out = append(out, Monitor{
			Name: name, X: int(m.X), Y: int(m.Y), W: int(m.Width), H: int(m.Height),
			WidthMM: int(m.WidthInMillimeters), HeightMM: int(m.HeightInMillimeters),
		})
	}
	sortMonitors(out)
	return out, nil
}

func (x *X11) name(a xproto.Atom) (string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n, ok := x.names[a]; ok {
		return n, nil
	}
	r, err := xproto.GetAtomName(x.conn, a).Reply()
	if err != nil {
		return "", fmt.Errorf("read the name of a monitor: %w", err)
	}
	x.names[a] = r.Name
	return r.Name, nil
}

// sortMonitors puts monitors in reading order. A monitor belongs to the row of
// another one when their middles differ by less than half a height.
func sortMonitors(ms []Monitor) {
	slices.SortFunc(ms, func(a, b Monitor) int {
		return cmp.Or(cmp.Compare(a.Y+a.H/2, b.Y+b.H/2), cmp.Compare(a.X, b.X), strings.Compare(a.Name, b.Name))
	})
	for from := 0; from < len(ms); {
		to := from + 1
		mid := ms[from].Y + ms[from].H/2
		for to < len(ms) && ms[to].Y+ms[to].H/2-mid < ms[from].H/2 {
			to++
		}
		slices.SortFunc(ms[from:to], func(a, b Monitor) int {
			return cmp.Or(cmp.Compare(a.X, b.X), strings.Compare(a.Name, b.Name))
		})
		from = to
	}
}

// Place puts a borderless window exactly over a monitor and shows it. Call it
// on the toolkit's goroutine, again after every change of the monitors. A
// position of (0,0) asked for before a window is shown is ignored by the
// toolkit, so the position is asked for twice.
func (x *X11) Place(w fyne.Window, m Monitor) {
	w.SetPadded(false)
	pos, movable := w.(desktop.Window)
	if movable {
		pos.RequestPosition(m.X, m.Y)
	}
	scale := w.Canvas().Scale()
	if scale <= 0 {
		scale = 1
	}
	w.Resize(fyne.NewSize(float32(m.W)/scale, float32(m.H)/scale))
	w.Show()
	if movable {
		pos.RequestPosition(m.X, m.Y)
	}
}

// clearManager removes the mark of a window manager that is dead: a property of
// the root window that names a window which is gone. GLFW 3.4 asks that window
// for its properties and ends the process with BadWindow.
func (x *X11) clearManager() (removed bool, err error) {
	atom, err := xproto.InternAtom(x.conn, true, uint16(len(managerCheck)), managerCheck).Reply()
	if err != nil {
		return false, err
	}
	if atom.Atom == xproto.AtomNone {
		return false, nil
	}
	win, ok := x.managerWindow(x.root, atom.Atom)
	if !ok {
		return false, nil
	}
	if self, alive := x.managerWindow(win, atom.Atom); alive && self == win {
		return false, nil
	}
	return true, xproto.DeletePropertyChecked(x.conn, x.root, atom.Atom).Check()
}

const managerCheck = "_NET_SUPPORTING_WM_CHECK"

func (x *X11) managerWindow(of xproto.Window, atom xproto.Atom) (xproto.Window, bool) {
	p, err := xproto.GetProperty(x.conn, false, of, atom, xproto.AtomWindow, 0, 1).Reply()
	if err != nil || p.Format != 32 || p.ValueLen < 1 {
		return 0, false
	}
	return xproto.Window(xgb.Get32(p.Value)), true
}
