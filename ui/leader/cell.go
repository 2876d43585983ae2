package leader

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"iocwall/server/world"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// tone is how a value is coloured; the mark and the sentence say the same.
type tone string

const (
	plain  tone = ""
	bad    tone = "bad"    // misses its target
	aged   tone = "aged"   // not as fresh or as sure as it looks
	absent tone = "absent" // nothing there
	plated tone = "plated" // on the grey plate of what must not be trusted
)

// cell is what the page writes of one domain.
type cell struct {
	ID, Name string
	// Mark is the symbol, Severity its colour; empty for a state's.
	Mark     string
	Severity world.Severity
	// Values are alternatives, longest first. An empty one leaves the number out.
	Values []string
	// Unit is what the number counts where the sentence does not say it: it stands
	// beside the number.
	Unit string
	Tone tone
	// Says are alternatives of the sentence, longest first.
	Says [][]piece
}

// piece is a part of a sentence; what is strong is read first.
type piece struct {
	Text   string
	Strong bool
}

// fact is a part of the sentence that is left out sooner the higher its rank.
type fact struct {
	rank   int
	text   string
	strong bool
}

// says joins facts, leaving out those of the highest rank one by one.
func says(facts []fact) [][]piece {
	var out [][]piece
	facts = slices.DeleteFunc(facts, func(f fact) bool { return f.text == "" })
	for len(facts) > 0 {
		var line []piece
		worst := 0
		for i, f := range facts {
			if i > 0 {
				line = append(line, piece{Text: " · "})
			}
			line = append(line, piece{f.text, f.strong})
			if f.rank >= facts[worst].rank {
				worst = i
			}
		}
		out = append(out, line)
		facts = slices.Delete(slices.Clone(facts), worst, worst+1)
	}
	return out
}

// Ranks of what a cell's mark may tell, the highest is shown. What cannot be
// trusted comes before a remark, and after a warning.
const (
	rankWell      = 0
	rankNotice    = 2
	rankUntrusted = 3
	rankWarning   = 4
)

// cellOf says how a domain is: by the indicator that stands for it and its worst
// open alert.
func cellOf(l *words.Lang, d domain, figs []world.Figure, open []world.Alert, now time.Time, away bool) cell {
	c := cell{ID: d.ID, Name: d.Short}
	rank := rankUntrusted
	if len(figs) == 0 || (d.Figure != "" && figs[0].ID != d.Figure) {
		c.none(says([]fact{{0, l.T("leader.nofigure"), false}}))
	} else {
		rank = c.figure(l, figs[0], now, len(open))
	}
	if len(open) > 0 && 2*open[0].Severity.Rank() > rank {
		c.alert(l, figs, open)
	}
	if away && c.Tone != absent && c.Tone != plated {
		c.Tone = aged
	}
	return c
}

func (c *cell) none(says [][]piece) {
	c.Mark, c.Values, c.Tone, c.Says = "nodata", []string{"—"}, absent, says
}

// figure writes the cell by its indicator, beside so many open alerts, and returns
// its rank.
func (c *cell) figure(l *words.Lang, f world.Figure, now time.Time, open int) int {
	r := f.Last
	standing, by := tile.StandingOf(f)
	c.Values, c.Mark = values(l, f), "normal"
	period := periodOf(l, f, now)
	switch standing {
	case tile.StandingNone:
		c.none(says([]fact{{0, l.T("leader.none"), false}, {1, owed(l, f, now), false}}))
		return rankUntrusted
	case tile.StandingFault:
		c.Mark, c.Tone = "offline", aged
		c.Says = says([]fact{{0, l.T("leader.fault"), true}, {0, counted(l, f), false}, {1, shown(l, labelOf(l, f)), false}})
		return rankUntrusted
	case tile.StandingStale:
		age := l.T("leader.stale", "age", l.Age(now.Sub(f.Time.Std())))
		c.Says = says([]fact{{0, amount(l, f, *r.Value, f.Decimals), true}, {2, fraction(l, f), false}, {1, l.T("leader.asof", "time", date(l, f.Time.Std(), now)), false}})
		c.Mark, c.Tone, c.Values = "stale", plated, []string{age, l.Age(now.Sub(f.Time.Std())), l.T("leader.stale.short")}
		return rankUntrusted
	case tile.StandingUnmatched:
		c.Mark, c.Tone = "differs", aged
		c.Says = says([]fact{{0, l.T("leader.unmatched"), true}, {0, counted(l, f), false}, period})
		return rankUntrusted
	case tile.StandingResidue:
		key := "leader.residue"
		if by < 0 {
			key = "leader.over"
		}
		c.Mark = "differs"
		n := with(l.Number(math.Abs(by), 0), counted(l, f))
		// Of when it is stays longer than the whole words for it.
		c.Says = append(says([]fact{{0, l.T(key, "n", n), true}, period})[:1], says([]fact{{0, l.T(key+".short", "n", n), true}, period})...)
		return rankUntrusted
	}
	facts := []fact{{0, cmp.Or(fraction(l, f), counted(l, f)), false}}
	if f.Last.Den != nil && f.Unit == "%" && countsOf(l, f) == "" {
		facts = append(facts, fact{1, nameOf(l, f), false})
	}
	if r.Have < r.Want {
		facts = append(facts, fact{2, l.T("leader.have", "n", strconv.Itoa(r.Have), "all", strconv.Itoa(r.Want), "of", unitsOf(l, r)), true})
	}
	rank := rankWell
	switch standing {
	case tile.StandingMissed:
		c.Mark, c.Severity, c.Tone, rank = "warning", world.Warning, bad, rankWarning
		facts = append(facts, fact{3, l.T("leader.target", "n", amount(l, f, *f.Target, whole(*f.Target, f.Decimals))), true})
	case tile.StandingWorse:
		c.Mark, c.Severity, rank = "notice", world.Notice, rankNotice
		facts = append(facts, fact{3, apart(l, f, by), true})
	}
	if open > 0 {
		facts = append(facts, fact{3, l.T("leader.alerts", "n", strconv.Itoa(open)), false})
	}
	if r.Provisional {
		facts = append(facts, fact{4, l.T("figure.provisional"), false})
	}
	if f.Unit != "%" && spoken(l, r.Note) {
		facts = append(facts, fact{5, r.Note, false})
	}
	c.Says = says(append(facts, period))
	return rank
}

// alert makes the worst alert the cell's sentence. Its number stays, with what it
// counts beside it: a percentage without room for what it is made of gives way to
// that, and to nothing where not even that has room.
func (c *cell) alert(l *words.Lang, figs []world.Figure, open []world.Alert) {
	a := open[0]
	c.Mark, c.Severity = string(a.Severity), a.Severity
	if len(figs) > 0 && c.Tone != plated && c.Tone != absent {
		if f := figs[0]; f.Unit == "%" && f.Last.Num != nil && f.Last.Den != nil {
			c.Values = []string{l.Fraction(*f.Last.Num, *f.Last.Den)}
		}
		c.Values = append(c.Values, "")
		if c.Unit = counted(l, figs[0]); strings.EqualFold(c.Unit, c.Name) {
			c.Unit = "" // the domain's name says it
		}
	}
	facts := []fact{{0, a.Title, true}}
	if n := len(open) - 1; n > 0 {
		facts = append(facts, fact{1, l.T("leader.more", "n", strconv.Itoa(n)), false})
	}
	c.Says = says(facts)
}

// values is an indicator's number as written.
func values(l *words.Lang, f world.Figure) []string {
	r := f.Last
	if r.Value == nil {
		return []string{"“" + r.Verbatim + "”"}
	}
	n := words.Qualified(string(r.Qualifier), l.Number(*r.Value, f.Decimals))
	if f.Unit == "%" {
		n += l.PercentSign()
	}
	return []string{n}
}

// unitOf is what an indicator counts, where it is no percentage: the sentence says
// it.
func unitOf(l *words.Lang, f world.Figure) string {
	switch {
	case f.Unit == "%":
		return ""
	case l.Code == "en":
		return cmp.Or(f.UnitEn, f.Unit)
	}
	return f.Unit
}

// countsOf is what a ratio is made of, and what a value without a unit counts.
func countsOf(l *words.Lang, f world.Figure) string {
	if l.Code == "en" {
		return f.CountsEn
	}
	return f.Counts
}

// counted is what an indicator's number counts: its unit, what its ratio is made of,
// or, where nobody said, its name.
func counted(l *words.Lang, f world.Figure) string {
	return cmp.Or(unitOf(l, f), countsOf(l, f), nameOf(l, f))
}

// nameOf is an indicator's name, the one that fits a small place first.
func nameOf(l *words.Lang, f world.Figure) string {
	if l.Code == "en" {
		return cmp.Or(f.NameEn, f.Name, f.ID)
	}
	return cmp.Or(f.Name, f.ID)
}

// with writes what is counted after a number.
func with(n, unit string) string {
	if unit == "" {
		return n
	}
	return n + "\u00a0" + unit
}

// spoken reports whether a text of the data may stand beside others: what offices write
// is Vietnamese, and a line does not mix languages.
func spoken(l *words.Lang, text string) bool {
	return l.Code != "en" || !strings.ContainsFunc(text, unicode.IsLetter)
}

// labelOf is how people write an indicator's period, in digits where its own words
// are of the other language.
func labelOf(l *words.Lang, f world.Figure) string {
	if spoken(l, f.Last.Label) {
		return f.Last.Label
	}
	for layout, as := range map[string]string{"2006-01": "1/2006", "2006": "2006"} {
		if t, err := time.Parse(layout, f.Last.Period); err == nil {
			return t.Format(as)
		}
	}
	return ""
}

// amount writes a number with the indicator's unit.
func amount(l *words.Lang, f world.Figure, v float64, decimals int) string {
	if f.Unit == "%" {
		return l.Percent(v, decimals)
	}
	return with(l.Number(v, decimals), counted(l, f))
}

func whole(v float64, decimals int) int {
	if v == math.Trunc(v) {
		return 0
	}
	return decimals
}

// fraction is what a number is made of, with what is counted.
func fraction(l *words.Lang, f world.Figure) string {
	if f.Last.Num == nil || f.Last.Den == nil {
		return ""
	}
	out := l.Fraction(*f.Last.Num, *f.Last.Den)
	if unit := cmp.Or(unitOf(l, f), countsOf(l, f)); unit != "" {
		out += " " + unit
	}
	return out
}

func unitsOf(l *words.Lang, r world.FigureReported) string {
	if r.WantOf != "" && l.Code != "en" {
		return r.WantOf
	}
	return l.T("figure.units")
}

// apart says by how much an indicator is worse than a year ago.
func apart(l *words.Lang, f world.Figure, by float64) string {
	diff := amount(l, f, math.Abs(by), f.Decimals)
	if f.Unit == "%" {
		diff = l.Points(by, max(1, f.Decimals))
	}
	if f.LowerBetter {
		return l.T("leader.higher", "n", diff)
	}
	return l.T("leader.lower", "n", diff)
}

// periodOf says of when a number is: its period, or its day; the time of day, which
// is no news of a number of today, gives way to all else.
func periodOf(l *words.Lang, f world.Figure, now time.Time) fact {
	text := date(l, f.Time.Std(), now)
	if label := labelOf(l, f); label != "" || text != l.Clock(f.Time.Std()) {
		return fact{1, cmp.Or(label, text), false}
	}
	return fact{6, text, false}
}

// date is the time of day for what is of today, otherwise the day.
func date(l *words.Lang, t, now time.Time) string {
	t, now = t.In(l.Zone), now.In(l.Zone)
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return l.Clock(t)
	case t.Year() != now.Year():
		return l.Date(t)
	case l.Code == "en":
		return t.Format("2 Jan")
	}
	return t.Format("02/01")
}

// owed says by when a missing number is owed, or who owes it.
func owed(l *words.Lang, f world.Figure, now time.Time) string {
	if f.Last.Due != 0 {
		return l.T("leader.due", "time", date(l, f.Last.Due.Std(), now))
	}
	if !spoken(l, f.OwnerName) {
		return ""
	}
	return f.OwnerName
}

func shown(l *words.Lang, label string) string {
	if label == "" {
		return ""
	}
	return l.T("leader.fault.shown", "period", label)
}
