package setup

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/setup/kit"
)

// sourcesPart are the sources: how each is, and what it says.
type sourcesPart struct {
	*kit.Pair
	rows  *list.Rows[feed]
	feeds []feed
	bad   int
	pace  kit.Pace
	facts *kit.Facts
	log   *logList
	inner *fyne.Container
	all   *widget.Button
	seen  map[string]seen
}

// feed is a source with what came lately.
type feed struct {
	world.SourceStatus
	// Rate is how many observations a minute, negative while that is not known.
	Rate float64
}

// seen is a count of a source at a time.
type seen struct {
	at    world.Time
	count uint64
	rate  float64
}

func newSources(k kit.Kit) *sourcesPart {
	m := &sourcesPart{rows: list.NewRows(func(x *feed) string { return x.Source }, nil), facts: kit.NewFacts(k), seen: map[string]seen{}}
	at := m.rows.At
	l := list.New(k.Host.Desk(), list.Options{
		Name: "setup.sources", Source: m.rows, Sort: list.Sort{Column: "state", Down: true},
		Chips: []list.Chip{{ID: "bad", Text: k.T("setup.chip.bad"), Match: func(i int) bool { return rankOf(at(i).State) > 0 }, Count: true}},
		Columns: []list.Column{
			{ID: "source", Title: k.T("setup.col.source"), Min: 140, Weight: 2, Text: func(i int) string { return at(i).Source }, Cell: func(i int) list.Cell {
				return list.Cell{Icon: sourceIcon(at(i).State), Text: at(i).Source, Bold: true}
			}},
			{ID: "kind", Title: k.T("setup.col.kind"), Min: 80, Weight: 1, Drop: 4, Text: func(i int) string { return at(i).What }},
			{ID: "state", Title: k.T("setup.col.state"), Min: 130, Weight: 1, Text: func(i int) string { return k.T("setup.source." + string(at(i).State)) }, Num: func(i int) (float64, bool) { return rankOf(at(i).State), true }},
			{ID: "since", Title: k.T("setup.col.since"), Min: 110, Drop: 3, Down: true, Text: func(i int) string { return k.Env.Lang.Stamp(at(i).Since.Std(), k.Host.Now()) }, Num: func(i int) (float64, bool) { return float64(at(i).Since), true }},
			{ID: "rate", Title: k.T("setup.col.rate"), Min: 90, Right: true, Drop: 2, Text: func(i int) string {
				if at(i).Rate < 0 {
					return "—"
				}
				return k.Env.Lang.Number(at(i).Rate, 0)
			}, Num: func(i int) (float64, bool) { return at(i).Rate, at(i).Rate >= 0 }},
			{ID: "accepted", Title: k.T("setup.col.accepted"), Min: 100, Right: true, Drop: 5, Text: func(i int) string { return k.Env.Lang.Int(int64(at(i).Accepted)) }, Num: func(i int) (float64, bool) { return float64(at(i).Accepted), true }},
			{ID: "rejected", Title: k.T("setup.col.rejected"), Min: 90, Right: true, Down: true, Text: func(i int) string { return k.Env.Lang.Int(int64(at(i).Rejected + at(i).Lost)) }, Num: func(i int) (float64, bool) { return float64(at(i).Rejected + at(i).Lost), true }},
		},
		Chosen: func(id string) { m.log.about("source/" + id); m.Refresh(k.Host.Now()) },
	})
	m.log = newLogList(k, "setup.sourcelog", true)
	m.all = k.Button(k.T("setup.act.logs"), "", func() { k.Host.Go(partLogs + "/source/" + l.Chosen()) })
	m.inner = kit.Arrange(m.layRight, m.facts.Object(), m.all, m.log.list.Object())
	m.Pair = kit.NewPair(k, l.Object(), m.inner, 0.58)
	m.List = l
	return m
}

func rankOf(s world.SourceState) float64 {
	switch s {
	case world.SourceFailed:
		return 3
	case world.SourceRetrying:
		return 2
	case world.SourceStarting:
		return 1
	}
	return 0
}

func sourceIcon(s world.SourceState) string {
	switch s {
	case world.SourceFailed:
		return "severe"
	case world.SourceRetrying:
		return "warning"
	case world.SourceStarting:
		return "loading"
	case world.SourceStopped:
		return "pause"
	}
	return "normal"
}

func (m *sourcesPart) layRight(s fyne.Size) {
	k := m.K
	h := min(m.facts.Height(s.Width), s.Height*0.55)
	kit.Put(m.facts.Object(), 0, 0, s.Width, h)
	y := h + k.U(8)
	y += k.Row(k.U(kit.Pad), y, s.Width-2*k.U(kit.Pad), m.all) + k.U(10)
	kit.Put(m.log.list.Object(), 0, y, s.Width, s.Height-y)
}

// rate is how much came a minute, by what was counted since it was last reported.
func (m *sourcesPart) rate(s world.SourceStatus) float64 {
	was, there := m.seen[s.Source]
	switch {
	case !there || s.Accepted < was.count:
		was = seen{at: s.Time, count: s.Accepted, rate: -1}
	case s.Time > was.at:
		was = seen{at: s.Time, count: s.Accepted, rate: float64(s.Accepted-was.count) / s.Time.Sub(was.at).Minutes()}
	}
	m.seen[s.Source] = was
	return was.rate
}

func (m *sourcesPart) Refresh(now time.Time) {
	k := m.K
	if m.pace.Due(now, m.List.Chosen()) {
		m.read()
	}
	all, bad := m.feeds, m.bad
	m.Left.Say(k.T("setup.sources", "n", k.Whole(len(all))), k.T("setup.sources.bad", "n", k.Whole(bad)))
	m.List.Update(now)
	title := k.T("setup.source.none")
	var facts []kit.Line
	m.all.Hide()
	for _, s := range all {
		if s.Source != m.List.Chosen() {
			continue
		}
		m.all.Show()
		title = s.Source
		facts = []kit.Line{
			{Name: k.T("setup.col.state"), Value: k.T("setup.source."+string(s.State)) + ", " + k.Env.Lang.T("since", "time", k.Env.Lang.Stamp(s.Since.Std(), now))},
			{Name: k.T("setup.col.kind"), Value: s.What},
		}
		if s.Reason != "" {
			facts = append(facts, kit.Line{Name: k.T("setup.fact.reason"), Value: s.Reason, Wrong: rankOf(s.State) > 1})
		}
		for _, it := range k.Host.Report().Items {
			if it.ID == "source/"+s.Source && it.Next != 0 {
				if left := it.Next.Std().Sub(k.Host.Desk().ServerTime(now)).Truncate(time.Second); left > 0 {
					facts = append(facts, kit.Line{Name: k.T("setup.fact.next"), Value: k.Env.Lang.Age(left)})
				}
			}
		}
		l := k.Env.Lang
		facts = append(facts, kit.Line{Name: k.T("setup.col.accepted"), Value: l.Int(int64(s.Accepted))},
			kit.Line{Name: k.T("setup.col.rejected"), Value: fmt.Sprintf("%s · %s · %s", k.T("setup.fact.rejected", "n", l.Int(int64(s.Rejected))), k.T("setup.fact.lost", "n", l.Int(int64(s.Lost))), k.T("setup.fact.skipped", "n", l.Int(int64(s.Skipped))))})
		if s.Sample != "" {
			facts = append(facts, kit.Line{Name: k.T("setup.fact.sample"), Value: s.Sample})
		}
		if s.Lossy {
			facts = append(facts, kit.Line{Value: k.T("setup.fact.lossy")})
		}
	}
	m.Right.Say(title, "")
	m.facts.Set(facts)
	m.log.refresh(now)
	m.layRight(m.inner.Size())
}

func (m *sourcesPart) Open(id string) {
	m.Pair.Open(id)
	if id != "" {
		m.log.about("source/" + id)
	}
}

func (m *sourcesPart) Show(visible bool) { m.log.show(visible) }
func (m *sourcesPart) Close()            { m.log.close() }

// read fills the list from the state.
func (m *sourcesPart) read() {
	k := m.K
	var all []feed
	bad := 0
	if st := k.Host.Desk().State(); st != nil {
		for _, s := range st.Sources() {
			all = append(all, feed{s, m.rate(s)})
			if rankOf(s.State) > 1 {
				bad++
			}
		}
	}
	m.feeds, m.bad = all, bad
	m.rows.Set(all)
}
