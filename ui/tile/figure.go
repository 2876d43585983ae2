package tile

import (
	"image/color"
	"reflect"
	"time"

	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// FigureView is what a figure tile shows.
type FigureView struct {
	Figure world.Figure
	// Missing is true when the wall knows no such figure.
	Missing bool
	// Loading is true while the first snapshot is on its way.
	Loading bool
	Now     time.Time
	Cover   Cover
}

// Figure is one indicator: a sentence of value, unit, what it is made of, its
// target, its period, and who is missing.
type Figure struct {
	box
	body *Pane
	view FigureView
	face figureFace
}

// figureFace is everything the tile writes.
type figureFace struct {
	Icon   string
	Titles []string
	// Value is the number as written; Unit follows it in regular type.
	Value, Unit string
	// Faded steps the value back (T2): old, not reproducible, faulty; Absent (T3).
	Faded, Absent bool
	Plates        []paint.Plate
	Sentences     [][][]paint.Run // sentences, each with alternatives
	Bar           *paint.Bar
	Squares       *paint.Squares
	Parts         []paint.Part
	Trend         []float64
	Strip         paint.Strip
	Popup         *Popup
}

// NewFigure returns an empty figure tile.
func NewFigure(env *Env) *Figure {
	t := &Figure{}
	t.env = env
	t.body = NewPane(env, t.Kind(), env.Kit.Theme.S1, func(c *paint.Canvas) { env.paintFigure(c, t.face) })
	t.fill(t.body)
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns "figure".
func (t *Figure) Kind() string { return "figure" }

// Name returns the figure's name.
func (t *Figure) Name() string { return t.view.Figure.Name }

// Update shows a view.
func (t *Figure) Update(v FigureView) {
	t.view = v
	f := t.env.figureFace(v)
	if reflect.DeepEqual(f, t.face) {
		return
	}
	t.face = f
	t.body.Touch()
}

func (e *Env) figureFace(v FigureView) figureFace {
	l, fig, r := e.Lang, v.Figure, v.Figure.Last
	f := figureFace{Icon: fig.Icon, Titles: titles(l, fig), Popup: v.Cover.Popup}
	if f.Icon == "" {
		f.Icon = "figure"
	}
	f.Strip = e.figureStrip(v)
	switch {
	case v.Missing || (r.Value == nil && r.Verbatim == ""):
		e.noFigure(v, &f)
	default:
		e.figureValue(fig, &f)
		e.figureParts(fig, &f)
		e.figureState(v, &f)
	}
	if v.Loading {
		f.Strip = paint.Strip{Source: f.Strip.Source, Short: f.Strip.Short, Age: l.T("loading")}
	}
	e.figureCover(v, &f)
	return f
}

func titles(l *words.Lang, fig world.Figure) []string {
	name := fig.Name
	if l.Code == "en" && fig.NameEn != "" {
		name = fig.NameEn
	}
	if name == "" {
		name = fig.ID
	}
	if fig.Short != "" && (l.Code != "en" || fig.NameEn == "") {
		return []string{name, fig.Short}
	}
	return []string{name}
}

func unitOf(l *words.Lang, fig world.Figure) string {
	if l.Code == "en" && fig.UnitEn != "" {
		return fig.UnitEn
	}
	return fig.Unit
}

func (e *Env) noFigure(v FigureView, f *figureFace) {
	l, r := e.Lang, v.Figure.Last
	f.Value, f.Absent = "—", true
	f.Plates = []paint.Plate{{Kind: paint.PlateOutline, Icon: "nodata", Text: l.T("figure.none"), Shorter: []string{l.T("figure.none.short")}}}
	who := v.Figure.OwnerName
	switch {
	case v.Missing:
		f.say(e.t1(l.T("figure.unknown")))
	case who != "" && r.Due != 0:
		f.say(e.t1(l.T("figure.owed", "who", who, "time", l.Stamp(r.Due.Std(), v.Now))), e.t1(l.T("figure.owed.short", "time", l.Stamp(r.Due.Std(), v.Now))))
	case who != "":
		f.say(e.t1(l.T("figure.unsent", "who", who)), e.t1(l.T("figure.unsent.short")))
	}
	if r.Note != "" {
		f.say(e.t2(r.Note))
	}
}

func (f *figureFace) say(alts ...[]paint.Run) { f.Sentences = append(f.Sentences, alts) }

func (e *Env) t1(s string) []paint.Run { return []paint.Run{{Text: s}} }
func (e *Env) t2(s string) []paint.Run { return []paint.Run{{Text: s, Color: e.Kit.Theme.T2}} }

// figureValue writes the number and what it is made of.
func (e *Env) figureValue(fig world.Figure, f *figureFace) {
	l, r, t2 := e.Lang, fig.Last, e.Kit.Theme.T2
	f.Unit = unitOf(l, fig)
	switch {
	case r.Value == nil:
		f.Value, f.Unit, f.Faded = "“"+r.Verbatim+"”", "", true
	default:
		f.Value = words.Qualified(string(r.Qualifier), l.Number(*r.Value, fig.Decimals))
	}
	if r.Num != nil && r.Den != nil {
		frac := l.Fraction(*r.Num, *r.Den)
		f.fractionSentence(e, frac, fig, t2)
		if fig.Target != nil && fig.Unit == "%" {
			f.Bar = &paint.Bar{Value: *r.Value, Target: *fig.Target, Max: max(100, *r.Value)}
		}
	} else if fig.Target != nil && r.Value != nil {
		f.say([]paint.Run{{Text: l.T("figure.target", "n", l.Number(*fig.Target, fig.Decimals)+unitGap(l, f.Unit)), Color: t2}})
		f.Bar = &paint.Bar{Value: *r.Value, Target: *fig.Target, Max: max(*r.Value, *fig.Target) * 1.1}
	}
	if r.Qualifier != world.Exact && r.Verbatim != "" {
		f.Strip.Whole = "“" + r.Verbatim + "”"
	}
	if r.Want > 0 && r.Want <= 40 && r.Have < r.Want {
		f.Squares, f.Bar = &paint.Squares{Have: r.Have, Want: r.Want}, nil
	}
}

func unitGap(l *words.Lang, unit string) string {
	if unit == "%" {
		return l.PercentSign()
	}
	if unit == "" {
		return ""
	}
	return "\u00a0" + unit
}

// fractionSentence says numerator/denominator, then target or who is missing.
func (f *figureFace) fractionSentence(e *Env, frac string, fig world.Figure, t2 color.RGBA) {
	l, r := e.Lang, fig.Last
	alts := [][]paint.Run{{{Text: frac}}}
	add := func(s string) {
		alts = append([][]paint.Run{{{Text: frac}, {Text: " · " + s, Color: t2}}}, alts...)
	}
	switch {
	case r.Provisional:
		add(l.T("figure.provisional"))
	case r.Have < r.Want:
		missing := l.Int(int64(r.Want - r.Have))
		add(l.T("figure.missing", "n", missing, "of", wantOf(l, r)))
	case fig.Target != nil:
		target := l.T("figure.target", "n", l.Number(*fig.Target, wholeDecimals(*fig.Target, fig.Decimals))+unitGap(l, fig.Unit))
		add(target)
		if fig.Unit == "%" && !fig.LowerBetter && r.Num != nil && r.Den != nil && *r.Den > *r.Num {
			late := l.T("figure.rest", "n", l.Number(*r.Den-*r.Num, 0))
			alts = append([][]paint.Run{{{Text: frac}, {Text: " · " + target + " · " + late, Color: t2}}}, alts...)
		}
	}
	f.say(alts...)
}

func wholeDecimals(v float64, decimals int) int {
	if v == float64(int64(v)) {
		return 0
	}
	return decimals
}

func wantOf(l *words.Lang, r world.FigureReported) string {
	if r.WantOf != "" && l.Code != "en" {
		return r.WantOf
	}
	return l.T("figure.units")
}

// figureParts writes a total's summands; what they leave over is drawn, never
// hidden.
func (e *Env) figureParts(fig world.Figure, f *figureFace) {
	l, r := e.Lang, fig.Last
	residue, ok := r.Residue()
	if !ok {
		return
	}
	total := 0.0
	for _, p := range r.Parts {
		total += max(0, p.Value)
	}
	if residue > 0 {
		total += residue
	}
	if total <= 0 {
		return
	}
	for _, p := range r.Parts {
		label := p.Label
		if l.Code == "en" && p.LabelEn != "" {
			label = p.LabelEn
		}
		f.Parts = append(f.Parts, paint.Part{Share: max(0, p.Value) / total, Label: label, Value: l.Number(p.Value, 0)})
	}
	if residue > 0 {
		f.Parts = append(f.Parts, paint.Part{Share: residue / total, Residue: true})
	}
	f.Bar, f.Squares, f.Sentences = nil, nil, nil
	f.partSentences(e)
}

// partSentences names the parts, two to a row.
func (f *figureFace) partSentences(e *Env) {
	t2 := e.Kit.Theme.T2
	var named []paint.Part
	for _, p := range f.Parts {
		if !p.Residue {
			named = append(named, p)
		}
	}
	for i := 0; i < len(named); i += 2 {
		row := []paint.Run{{Text: named[i].Value}, {Text: " " + named[i].Label, Color: t2}}
		bare := []paint.Run{{Text: named[i].Value}}
		if i+1 < len(named) {
			row = append(row, paint.Run{Text: " · " + named[i+1].Value}, paint.Run{Text: " " + named[i+1].Label, Color: t2})
			bare = append(bare, paint.Run{Text: " · " + named[i+1].Value})
		}
		f.say(row, bare)
	}
}
