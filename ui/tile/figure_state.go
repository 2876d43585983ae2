package tile

import (
	"math"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/paint"
)

// figureStrip says who gave the figure, for which period, how whole it is.
func (e *Env) figureStrip(v FigureView) paint.Strip {
	l, fig, r := e.Lang, v.Figure, v.Figure.Last
	s := paint.Strip{Source: fig.OwnerName, Stamp: r.Label}
	if s.Source == "" {
		s.Source = fig.Source
	}
	if s.Source == "" {
		s.Source = l.T("source.unknown")
	}
	if s.Stamp == "" && fig.Time != 0 {
		s.Stamp = l.Stamp(fig.Time.Std(), v.Now)
	}
	if fig.Every > 0 && fig.Time != 0 && v.Now.Sub(fig.Time.Std()) < 24*time.Hour {
		s.Age = l.Age(v.Now.Sub(fig.Time.Std()))
	}
	if r.Want > 0 {
		s.Whole = strconv.Itoa(r.Have) + "/" + strconv.Itoa(r.Want) + " " + wantOf(l, r)
	} else if left, ok := r.Residue(); ok && left != 0 && r.Value != nil && *r.Value != 0 {
		s.Whole = l.T("figure.off", "n", l.Percent(100*math.Abs(left)/math.Abs(*r.Value), 1))
	} else if r.Value == nil && r.Verbatim == "" {
		s.Whole = l.T("figure.zero")
	}
	return s
}

// figureState puts the one plate a figure may carry: not to be trusted as
// whole, before below its target, before worse than a year ago.
func (e *Env) figureState(v FigureView, f *figureFace) {
	l, fig, r := e.Lang, v.Figure, v.Figure.Last
	if n := len(fig.Trend); n > 1 {
		for _, p := range fig.Trend {
			f.Trend = append(f.Trend, p.Value)
		}
	}
	residue, summed := r.Residue()
	switch {
	case r.Fault != "":
		f.Faded = true
		f.Strip = paint.Strip{Source: f.Strip.Source, Whole: l.T("figure.fault.since", "time", l.Stamp(fig.Time.Std(), v.Now))}
		f.Plates = []paint.Plate{{Kind: paint.PlateOffline, Icon: "offline", Text: l.T("figure.fault"), Shorter: []string{l.T("figure.fault.short")}}}
		f.Sentences, f.Bar, f.Squares = nil, nil, nil
		f.say(e.t1(r.Fault))
		f.say(e.t2(l.T("figure.fault.shown", "period", r.Label)), e.t2(l.T("figure.fault.shown.short")))
	case fig.Stale != 0:
		e.staleFigure(v, f)
	case r.Value == nil && r.Verbatim != "":
		f.Plates = []paint.Plate{{Kind: paint.PlateStale, Icon: "differs", Text: l.T("figure.unmatched"), Shorter: []string{l.T("figure.unmatched.short")}}}
	case summed && math.Abs(residue) > 1e-9:
		n := l.Number(math.Abs(residue), 0)
		key := "figure.residue"
		if residue < 0 {
			key = "figure.over"
		}
		f.Plates = []paint.Plate{{Kind: paint.PlateStale, Icon: "differs", Text: l.T(key, "n", n), Shorter: []string{l.T(key+".short", "n", n)}}}
	default:
		e.judged(fig, f)
	}
	if r.Note != "" && r.Fault == "" {
		f.say(e.t2(r.Note))
	}
}

func (e *Env) staleFigure(v FigureView, f *figureFace) {
	l, fig := e.Lang, v.Figure
	age := v.Now.Sub(fig.Time.Std())
	f.Faded, f.Bar = true, nil
	f.Plates = []paint.Plate{{Kind: paint.PlateStale, Icon: "stale", Text: l.T("stale", "age", l.Age(age)), Shorter: []string{l.Age(age)}}}
	if fig.Every > 0 {
		every := time.Duration(fig.Every) * time.Millisecond
		missed := strconv.Itoa(max(1, int(age/every)))
		rhythm := l.Age(every)
		f.Sentences = nil
		f.say(e.t1(l.T("figure.rhythm", "every", rhythm, "n", missed)), e.t1(l.T("figure.rhythm.short", "n", missed)))
	}
	f.Strip.Age, f.Strip.Stamp = "", l.T("at", "time", l.Stamp(fig.Time.Std(), v.Now))
}

// judged compares with the target, then with the same period a year before.
func (e *Env) judged(fig world.Figure, f *figureFace) {
	l, r := e.Lang, fig.Last
	if r.Value == nil {
		return
	}
	diff := func(d float64) string {
		if fig.Unit == "%" {
			return l.Points(d, max(1, fig.Decimals))
		}
		return l.Number(math.Abs(d), fig.Decimals) + unitGap(l, unitOf(l, fig))
	}
	if fig.Target != nil {
		gap := *r.Value - *fig.Target
		if bad := gap < 0 && !fig.LowerBetter || gap > 0 && fig.LowerBetter; bad {
			key := "figure.below"
			if fig.LowerBetter {
				key = "figure.above"
			}
			f.Plates = []paint.Plate{{Kind: paint.PlateWarning, Icon: "warning-open", Text: l.T(key, "n", diff(gap)), Shorter: []string{l.T(key+".short", "n", diff(gap)), diff(gap)}}}
			return
		}
	}
	if r.Previous != nil {
		d := *r.Value - *r.Previous
		if bad := d < 0 && !fig.LowerBetter || d > 0 && fig.LowerBetter; bad {
			key := "figure.worse"
			if fig.LowerBetter {
				key = "figure.more"
			}
			f.Plates = []paint.Plate{{Kind: paint.PlateNotice, Icon: "notice-open", Text: l.T(key, "n", diff(d)), Shorter: []string{l.T(key+".short", "n", diff(d)), diff(d)}}}
		}
	}
}

func (e *Env) figureCover(v FigureView, f *figureFace) {
	l := e.Lang
	switch {
	case v.Cover.LockedBy != "":
		f.Popup = nil
		if len(f.Plates) == 0 {
			f.Plates = []paint.Plate{e.LockPlate(v.Cover, paint.PlateOutline)}
		}
	case v.Cover.Moved != "" && len(f.Plates) == 0:
		f.Plates = []paint.Plate{e.movedPlate(v.Cover, paint.PlateOutline)}
	case f.Popup != nil:
		f.Plates = []paint.Plate{e.PopupPlate(f.Popup)}
	case v.Cover.Away > 0:
		age := l.Age(v.Cover.Away)
		f.Faded = !f.Absent
		f.Plates = []paint.Plate{e.AwayPlate(v.Cover, l.T("away", "age", age), l.T("stale", "age", age), age)}
	}
}
