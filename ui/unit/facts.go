package unit

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// facts are what is told of the chosen row.
type facts struct {
	Icon, Title string
	Lines       []string
	// Quiet is what cannot be done here, or what comes next.
	Quiet string
}

func (f facts) same(g facts) bool {
	return f.Icon == g.Icon && f.Title == g.Title && f.Quiet == g.Quiet && slices.Equal(f.Lines, g.Lines)
}

// join puts parts that there are into one line.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// factsOf tells of what was chosen, if it is still there.
func (p *Page) factsOf() facts {
	st := p.desk.State()
	if st == nil || p.chosen == "" {
		return facts{}
	}
	id := p.chosen.ID()
	switch p.chosen.Kind() {
	case world.KindReport:
		for _, r := range p.own.reports {
			if r.ID == id {
				return p.reportFacts(r)
			}
		}
	case world.KindFigure:
		for _, d := range p.own.dues {
			if d.ID == id {
				return p.dueFacts(d)
			}
		}
	case world.KindAlert:
		if a, ok := st.Alert(id); ok {
			return p.alertFacts(a)
		}
	case world.KindStation:
		if s, ok := st.Station(id); ok {
			return p.stationFacts(s)
		}
	case world.KindCamera:
		if c, ok := st.Camera(id); ok {
			state := p.cameraState(&c)
			return facts{Icon: "camera", Title: c.Name, Lines: []string{join(state.Text, p.since(c.Health.Since))}}
		}
	}
	return facts{}
}

func (p *Page) since(t world.Time) string {
	if t == 0 {
		return ""
	}
	return p.env.Lang.T("since", "time", p.env.Lang.Stamp(t.Std(), p.at))
}

func (p *Page) reportFacts(r report) facts {
	l := p.env.Lang
	f := facts{Icon: "report", Title: p.service(r.Service) + " · " + r.ID}
	f.Lines = append(f.Lines, join(r.Place, l.T("unit.opened", "time", l.Stamp(r.Opened.Std(), p.at)), join(p.step(r.State), l.Stamp(r.Changed.Std(), p.at), r.Who)))
	switch {
	case r.State.Closed():
		f.Lines = append(f.Lines, l.T("unit.closedat", "time", l.Stamp(r.Closed.Std(), p.at)))
	case r.Due != 0:
		due := r.Due.Std()
		f.Lines = append(f.Lines, l.T("unit.dueat", "day", l.Weekday(due), "time", l.Clock(due))+" · "+l.Deadline(due, p.at))
	}
	if r.todo() {
		f.Quiet = l.T("unit.noanswer")
	}
	return f
}

func (p *Page) dueFacts(d due) facts {
	l, r := p.env.Lang, d.Last
	f := facts{Icon: "figure", Title: nameOf(l, d.Figure)}
	value := "—"
	if r.Value != nil {
		value = words.Qualified(string(r.Qualifier), l.Number(*r.Value, d.Decimals))
		if d.Unit == "%" {
			value += l.PercentSign()
		} else if d.Unit != "" {
			value += "\u00a0" + d.Unit
		}
	} else if r.Verbatim != "" {
		value = "“" + r.Verbatim + "”"
	}
	if r.Num != nil && r.Den != nil {
		value += " (" + l.Fraction(*r.Num, *r.Den) + ")"
	}
	sent := ""
	if r.Value != nil || r.Verbatim != "" {
		sent = l.T("unit.sentwhen", "time", l.Stamp(d.Time.Std(), p.at))
	}
	f.Lines = append(f.Lines, join(value, r.Label, sent))
	state := p.dueState(&d).Text
	if r.Fault != "" {
		state += ": " + r.Fault
	}
	if d.Standing == tile.StandingStale && d.Every > 0 {
		state += " · " + l.T("unit.rhythm", "every", l.Age(time.Duration(d.Every)*time.Millisecond))
	}
	if d.Standing == tile.StandingResidue {
		state = sums(l, r, d.By)
		if r.Want > 0 {
			state += " · " + l.T("unit.sent.of", "n", strconv.Itoa(r.Have), "all", strconv.Itoa(r.Want))
		}
	}
	f.Lines = append(f.Lines, join(state, r.Note))
	f.Quiet = l.T("unit.nosend")
	return f
}

// sums says how a total differs from its parts: "Tổng 1.284 khác 1.240 + 38; lệch 6".
func sums(l *words.Lang, r world.FigureReported, by float64) string {
	total := *r.Value
	if r.Num != nil && r.Den != nil {
		total = *r.Den
	}
	var parts []string
	for _, x := range r.Parts {
		parts = append(parts, l.Number(x.Value, 0))
	}
	return l.T("unit.sums", "n", l.Number(total, 0), "parts", strings.Join(parts, " + "), "by", l.Number(math.Abs(by), 0))
}

func (p *Page) alertFacts(a world.Alert) facts {
	l := p.env.Lang
	_, icon, _ := tile.SeverityLook(p.env.Kit.Theme, a.Severity)
	who := l.T("alerts.untaken.long")
	if a.Taken != 0 {
		who = l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Clock(a.Taken.Std()))
	}
	f := facts{Icon: icon, Title: a.Title, Lines: []string{join(l.T("severity."+string(a.Severity)), p.since(a.Since), who)}}
	value, limit := l.Against(a.Value, a.Limit, a.Unit)
	switch {
	case value != "" && limit != "":
		value = l.T("unit.alert.beyond", "n", value, "limit", limit)
	case value != "":
		value = l.T("unit.alert.value", "n", value)
	}
	if line := join(value, a.Where, a.RuleName()); line != "" {
		f.Lines = append(f.Lines, line)
	}
	if a.Text != "" {
		f.Lines = append(f.Lines, a.Text)
	}
	if first, _, _ := strings.Cut(a.Instruction, "\n"); first != "" {
		f.Quiet = l.T("alert.instruction") + ": " + first
	}
	return f
}

func (p *Page) stationFacts(s world.Station) facts {
	l := p.env.Lang
	f := facts{Icon: stationIcon(s.What), Title: s.Name}
	var all []string
	for _, r := range s.Readings {
		all = append(all, measured(l, r))
	}
	f.Lines = append(f.Lines, cmp.Or(join(all...), l.T("detail.novalue")))
	sent := ""
	if t := s.Newest(); t != 0 {
		sent = l.T("unit.sentwhen", "time", l.Stamp(t.Std(), p.at))
	}
	rhythm := ""
	if s.Every > 0 {
		rhythm = l.T("unit.rhythm", "every", l.Age(time.Duration(s.Every)*time.Millisecond))
	}
	f.Lines = append(f.Lines, join(sent, rhythm))
	return f
}

// measured is a reading in words: "PM2.5 37,1 µg/m³".
func measured(l *words.Lang, r world.ReadingAt) string {
	return l.Quantity(r.Quantity) + " " + l.Measured(r.Value, r.Unit)
}

func nameOf(l *words.Lang, f world.Figure) string {
	if l.Code == "en" {
		return cmp.Or(f.NameEn, f.Name, f.ID)
	}
	return cmp.Or(f.Name, f.ID)
}
