package tile

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/signal/health"
)

// class is how much room a tile has.
type class int

const (
	tiny  class = iota // a value and a name
	small              // 640×360 on the reference wall: value, state, name
	half               // 960×540: header, value, state, sentences, strip
	whole              // a screen
)

func (e *Env) class(w, h int) class {
	k := e.Scale.K()
	rw, rh := float64(w)/k, float64(h)/k
	switch {
	case rh >= 800 && rw >= 1500:
		return whole
	case rh >= 430 && rw >= 600:
		return half
	case rh >= 250 && rw >= 380:
		return small
	}
	return tiny
}

// box lays its panes out by a function from the size in pixels to rectangles.
type box struct {
	widget.BaseWidget
	env    *Env
	panes  []fyne.CanvasObject
	drawn  []*Pane
	layout func(w, h int) []image.Rectangle
}

// Repaint lays the tile out and paints it anew: the scale of its Env changed.
func (b *box) Repaint() {
	(&boxRenderer{b}).Layout(b.Size())
	for _, p := range b.drawn {
		p.Touch()
	}
}

// CreateRenderer is for Fyne.
func (b *box) CreateRenderer() fyne.WidgetRenderer { return &boxRenderer{b} }

// MinSize is 1×1: windows, not tiles, decide sizes.
func (b *box) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

type boxRenderer struct{ b *box }

func (r *boxRenderer) Destroy() {}
func (r *boxRenderer) Layout(s fyne.Size) {
	d := r.b.env.density()
	w, h := int(math.Round(float64(s.Width*d))), int(math.Round(float64(s.Height*d)))
	for i, rect := range r.b.layout(w, h) {
		if rect.Empty() {
			r.b.panes[i].Hide()
			continue
		}
		r.b.panes[i].Move(fyne.NewPos(float32(rect.Min.X)/d, float32(rect.Min.Y)/d))
		r.b.panes[i].Resize(fyne.NewSize(float32(rect.Dx())/d, float32(rect.Dy())/d))
		r.b.panes[i].Show()
	}
}
func (r *boxRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *boxRenderer) Objects() []fyne.CanvasObject { return r.b.panes }
func (r *boxRenderer) Refresh() {
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

// fill makes one pane the whole tile.
func (b *box) fill(p *Pane) {
	b.panes, b.drawn = []fyne.CanvasObject{p.Raster}, []*Pane{p}
	b.layout = func(w, h int) []image.Rectangle { return []image.Rectangle{image.Rect(0, 0, w, h)} }
}

// SeverityLook is how a severity is shown: its plate, its filled icon and the
// colour of both.
func SeverityLook(th look.Theme, s world.Severity) (plate paint.PlateKind, icon string, ink color.RGBA) {
	switch s {
	case world.Critical:
		return paint.PlateCritical, "critical", th.Critical
	case world.Severe:
		return paint.PlateSevere, "severe", th.Severe
	case world.Warning:
		return paint.PlateWarning, "warning", th.Warning
	}
	return paint.PlateNotice, "notice", th.Notice
}

// SeveritySign is how a severity is marked in a text at the desk: its plate, and its
// icon in outline but for the worst.
func SeveritySign(s world.Severity) (paint.PlateKind, string) {
	plate, icon, _ := SeverityLook(look.Theme{}, s)
	if s != world.Critical {
		icon += "-open"
	}
	return plate, icon
}

// CameraSign is how a camera's state is marked in a text at the desk: its icon, and
// a plate if something is wrong.
func CameraSign(h world.CameraHealth) (paint.PlateKind, string) {
	switch h.State {
	case world.CameraLive:
		if health.Late(h) {
			return paint.PlateStale, "stale"
		}
		return "", "live"
	case world.CameraOpening:
		return "", "loading"
	case world.CameraIdle:
		return "", "normal"
	case world.CameraFrozen:
		return paint.PlateStale, "frozen"
	case world.CameraSilent, world.CameraRefused, world.CameraFull:
		return paint.PlateOffline, "offline"
	}
	return "", "nodata"
}

// CoverFrame draws the frame of a popped-up tile.
func (e *Env) CoverFrame(c *paint.Canvas, r image.Rectangle, p *Popup) {
	if p == nil {
		return
	}
	th := e.Kit.Theme
	col := th.CriticalFill
	switch p.Severity {
	case world.Severe:
		col = th.SevereFill
	case world.Warning:
		col = th.WarningFill
	case world.Notice, "":
		col = th.Notice
	}
	out := e.px(14)
	c.Frame(r, out, col)
	c.Frame(r.Inset(out), e.px(6), th.White)
}

// PopupPlate is the plate of a popped-up tile. It lies over pictures, so it has a
// ground of its own.
func (e *Env) PopupPlate(p *Popup) paint.Plate {
	if p.Severity == "" {
		return paint.Plate{Kind: paint.PlateSolid, Icon: "popup", Text: p.Title}
	}
	kind, icon, _ := SeverityLook(e.Kit.Theme, p.Severity)
	if kind == paint.PlateNotice {
		kind = paint.PlateSolid
	}
	word := e.Lang.T("severity." + string(p.Severity))
	if p.Severity == world.Critical {
		word = e.Lang.T("severity.critical.capital")
	}
	return paint.Plate{Kind: kind, Icon: icon, Text: word + " · " + p.Title, Shorter: []string{p.Title, word}}
}

// AwayPlate is the plate of a tile whose server is away: what is said of that,
// longest first, or as of when the data are that the computer kept.
func (e *Env) AwayPlate(cv Cover, said ...string) paint.Plate {
	if !cv.AsOf.IsZero() {
		at := e.Lang.Stamp(cv.AsOf, cv.AsOf.Add(cv.Away))
		said = []string{e.Lang.T("asof", "time", at), e.Lang.T("asof.short", "time", at), at}
	}
	return paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: said[0], Shorter: said[1:]}
}

// movedPlate is the plate of a tile that stands in for one of a lost computer.
func (e *Env) movedPlate(cv Cover, kind paint.PlateKind) paint.Plate {
	return paint.Plate{Kind: kind, Icon: "node", Text: e.Lang.T("moved", "node", cv.Moved), Shorter: []string{cv.Moved}}
}

// LockPlate is the plate of a locked tile.
func (e *Env) LockPlate(cv Cover, kind paint.PlateKind) paint.Plate {
	if cv.LockedUntil.IsZero() {
		return paint.Plate{Kind: kind, Icon: "lock", Text: e.Lang.T("lock.by", "who", cv.LockedBy)}
	}
	until := e.Lang.Clock(cv.LockedUntil)
	return paint.Plate{
		Kind: kind, Icon: "lock",
		Text:    e.Lang.T("lock.until", "who", cv.LockedBy, "time", until),
		Shorter: []string{e.Lang.T("lock.by", "who", cv.LockedBy), until},
	}
}
