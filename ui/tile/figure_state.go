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
	switch standing, by := StandingOf(fig); standing {
	case StandingFault:
		f.Faded = true
		f.Strip = paint.Strip{Source: f.Strip.Source, Whole: l.T("figure.fault.since", "time", l.Stamp(fig.Time.Std(), v.Now))}
		f.Plates = []paint.Plate{{Kind: paint.PlateOffline, Icon: "offline", Text: l.T("figure.fault"), Shorter: []string{l.T("figure.fault.short")}}}
		f.Sentences, f.Bar, f.Squares = nil, nil, nil
		f.say(e.t1(r.Fault))
		f.say(e.t2(l.T("figure.fault.shown", "period", r.Label)), e.t2(l.T("figure.fault.shown.short")))
	case StandingStale:
		e.staleFigure(v, f)
	case StandingUnmatched:
		f.Plates = []paint.Plate{{Kind: paint.PlateStale, Icon: "differs", Text: l.T("figure.unmatched"), Shorter: []string{l.T("figure.unmatched.short")}}}
	case StandingResidue:
		n := l.Number(math.Abs(by), 0)
		key := "figure.residue"
		if by < 0 {
			key = "figure.over"
		}
		f.Plates = []paint.Plate{{Kind: paint.PlateStale, Icon: "differs", Text: l.T(key, "n", n), Shorter: []string{l.T(key+".short", "n", n)}}}
	case StandingMissed:
		f.Plates = []paint.Plate{e.apart(fig, by, paint.PlateWarning, "warning-open", "figure.below", "figure.above")}
	case StandingWorse:
		f.Plates = []paint.Plate{e.apart(fig, by, paint.PlateNotice, "notice-open", "figure.worse", "figure.more")}
	case StandingNone, StandingWell:
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

// apart is the plate of a figure that is off by so much, on the side that its
// direction makes the wrong one.
func (e *Env) apart(fig world.Figure, by float64, kind paint.PlateKind, icon, less, more string) paint.Plate {
	l := e.Lang
	diff, key := l.Number(math.Abs(by), fig.Decimals)+unitGap(l, unitOf(l, fig)), less
	if fig.Unit == "%" {
		diff = l.Points(by, max(1, fig.Decimals))
	}
	if fig.LowerBetter {
		key = more
	}
	return paint.Plate{Kind: kind, Icon: icon, Text: l.T(key, "n", diff), Shorter: []string{l.T(key+".short", "n", diff), diff}}
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
