package tile

import (
	"math"
	"time"

	"iocwall/media"
	"iocwall/ui/paint"
	"iocwall/ui/signal"
)

// cameraFace is everything the tile writes: the tile is repainted when it changes.
type cameraFace struct {
	signal.Face
	Popup  *Popup
	Quiet  bool // nothing is wrong, and nothing is to be said then
	Replay *ReplayView
	Zoom   media.Part
	Chosen bool
	Aside  []string
}

func (e *Env) cameraFace(v CameraView) cameraFace {
	l := e.Lang
	f := cameraFace{Popup: v.Cover.Popup, Face: signal.Of(l, signal.View{Stats: v.Stats, Now: v.Now, Main: v.Main, Told: v.Told, Whole: v.Whole})}
	f.Quiet = v.Quiet && f.Fine
	if v.Reason != "" {
		f.Note, f.Right = []string{v.Reason}, []string{l.T("camera.nopicture")}
	} else if v.Replay != nil {
		e.replayFace(v, &f)
	}
	e.cameraCover(v, &f)
	f.Zoom, f.Chosen, f.Aside = v.Zoom, v.Chosen, v.Aside
	if e.Dense && f.Replay == nil {
		f.Right, f.Note = nil, nil
		if f.Progress > 0 {
			f.Lines = nil
		}
	}
	return f
}

// replayFace makes the tile say that it shows what was: nothing of it can be
// taken for a live picture.
func (e *Env) replayFace(v CameraView, f *cameraFace) {
	l, r := e.Lang, v.Replay
	*f = cameraFace{Face: signal.Face{Mark: "replay", Source: r.Source, Grey: r.Loading}, Replay: r, Popup: f.Popup}
	f.Plate = &paint.Plate{
		Kind: paint.PlateReplay, Icon: "replay", Text: l.T("replay", "time", l.ClockSeconds(r.At)),
		Shorter: []string{l.ClockSeconds(r.At), l.T("replay.short")},
	}
	if r.Reason != "" {
		f.Title, f.Lines, f.NoPicture = l.T("replay.failed.title"), []string{r.Reason}, true
		f.Plate.Text, f.Plate.Shorter = l.T("replay.short"), nil
	}
	how := l.T("replay.paused")
	if r.Playing {
		how = l.T("replay.speed", "n", l.Number(r.Speed, decimalsOf(r.Speed)))
	}
	if r.Loading {
		how = l.T("replay.loading")
	}
	back := ""
	if r.Back > 0 {
		back = l.T("replay.back", "age", l.AgeWord(r.Back.Truncate(time.Second)))
	}
	f.Right = []string{how}
	if r.Reason != "" {
		f.Right = []string{back}
	} else if back != "" {
		f.Right = []string{how + " · " + back, back, how}
	}
}

// decimalsOf is how many decimals a speed needs.
func decimalsOf(v float64) int {
	for d := range 3 {
		if p := math.Pow10(d); math.Abs(math.Round(v*p)-v*p) < 1e-6 {
			return d
		}
	}
	return 2
}

// cameraCover adds what lies over every kind of tile. A lock is never covered
// by a pop-up, and a fault's plate is never covered by either.
func (e *Env) cameraCover(v CameraView, f *cameraFace) {
	l := e.Lang
	switch {
	case f.Replay != nil:
		f.Popup = nil // an operator's hand is stronger, and the mark must stay
	case v.Cover.LockedBy != "":
		f.Popup = nil
		if f.Plate == nil {
			p := e.LockPlate(v.Cover, paint.PlateSolid)
			f.Plate = &p
		}
	case f.Popup != nil:
		f.Mark = "popup"
		back := l.T("popup.until", "time", l.Clock(f.Popup.Until))
		if len(f.Right) > 0 && !f.Popup.Until.IsZero() {
			f.Right = []string{f.Right[len(f.Right)-1] + " · " + back, back}
		}
		if f.Plate == nil {
			p := e.PopupPlate(f.Popup)
			f.Plate = &p
		}
	case v.Cover.Moved != "" && f.Plate == nil:
		p := e.movedPlate(v.Cover, paint.PlateSolid)
		f.Plate = &p
	case v.Cover.Away > 0 && f.Plate == nil:
		age := l.Age(v.Cover.Away)
		said := []string{l.T("away.camera", "age", age), l.T("away", "age", age), l.T("away.short"), age}
		if !v.Cover.AsOf.IsZero() { // the picture is live, whatever else is not
			said = []string{l.T("asof.camera"), l.T("asof.camera.short")}
		}
		f.Plate = &paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: said[0], Shorter: said[1:]}
	}
}
