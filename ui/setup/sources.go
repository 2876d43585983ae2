package setup

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/list"
)

// sourcesPart are the sources: how each is, and what it says.
type sourcesPart struct {
	*pair
	rows  *list.Rows[feed]
	facts *facts
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

func newSources(k kit) *sourcesPart {
	m := &sourcesPart{rows: list.NewRows(func(x *feed) string { return x.Source }, nil), facts: newFacts(k), seen: map[string]seen{}}
	at := m.rows.At
	l := list.New(k.p.desk, list.Options{
		Name: "setup.sources", Source: m.rows, Sort: list.Sort{Column: "state", Down: true},
		Chips: []list.Chip{{ID: "bad", Text: k.t("setup.chip.bad"), Match: func(i int) bool { return rankOf(at(i).State) > 0 }, Count: true}},
		Columns: []list.Column{
			{ID: "source", Title: k.t("setup.col.source"), Min: 140, Weight: 2, Text: func(i int) string { return at(i).Source }, Cell: func(i int) list.Cell {
				return list.Cell{Icon: sourceIcon(at(i).State), Text: at(i).Source, Bold: true}
			}},
			{ID: "kind", Title: k.t("setup.col.kind"), Min: 80, Weight: 1, Drop: 4, Text: func(i int) string { return at(i).What }},
			{ID: "state", Title: k.t("setup.col.state"), Min: 130, Weight: 1, Text: func(i int) string { return k.t("setup.source." + string(at(i).State)) }, Num: func(i int) (float64, bool) { return rankOf(at(i).State), true }},
			{ID: "since", Title: k.t("setup.col.since"), Min: 110, Drop: 3, Down: true, Text: func(i int) string { return k.env.Lang.Stamp(at(i).Since.Std(), k.p.now) }, Num: func(i int) (float64, bool) { return float64(at(i).Since), true }},
			{ID: "rate", Title: k.t("setup.col.rate"), Min: 90, Right: true, Drop: 2, Text: func(i int) string {
				if at(i).Rate < 0 {
					return "—"
				}
				return k.env.Lang.Number(at(i).Rate, 0)
			}, Num: func(i int) (float64, bool) { return at(i).Rate, at(i).Rate >= 0 }},
			{ID: "accepted", Title: k.t("setup.col.accepted"), Min: 100, Right: true, Drop: 5, Text: func(i int) string { return k.env.Lang.Int(int64(at(i).Accepted)) }, Num: func(i int) (float64, bool) { return float64(at(i).Accepted), true }},
			{ID: "rejected", Title: k.t("setup.col.rejected"), Min: 90, Right: true, Down: true, Text: func(i int) string { return k.env.Lang.Int(int64(at(i).Rejected + at(i).Lost)) }, Num: func(i int) (float64, bool) { return float64(at(i).Rejected + at(i).Lost), true }},
		},
		Chosen: func(id string) { m.log.about("source/" + id); m.refresh(k.p.now) },
	})
	m.log = newLogList(k, "setup.sourcelog", true)
	m.all = k.button(k.t("setup.act.logs"), "", func() { k.p.openText(partLogs + "/source/" + l.Chosen()) })
	m.inner = arrange(m.layRight, m.facts.object(), m.all, m.log.list.Object())
	m.pair = newPair(k, l.Object(), m.inner, 0.58)
	m.list = l
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
	k := m.k
	h := min(m.facts.height(s.Width), s.Height*0.55)
	put(m.facts.object(), 0, 0, s.Width, h)
	y := h + k.u(8)
	y += k.row(k.u(pad), y, s.Width-2*k.u(pad), m.all) + k.u(10)
	put(m.log.list.Object(), 0, y, s.Width, s.Height-y)
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

func (m *sourcesPart) refresh(now time.Time) {
	k := m.k
	var all []feed
	bad := 0
	if st := k.p.desk.State(); st != nil {
		for _, s := range st.Sources() {
			all = append(all, feed{s, m.rate(s)})
			if rankOf(s.State) > 1 {
				bad++
			}
		}
	}
	m.rows.Set(all)
	m.left.say(k.t("setup.sources", "n", k.whole(len(all))), k.t("setup.sources.bad", "n", k.whole(bad)))
	m.list.Update(now)
	title := k.t("setup.source.none")
	var facts []line
	m.all.Hide()
	for _, s := range all {
		if s.Source != m.list.Chosen() {
			continue
		}
		m.all.Show()
		title = s.Source
		facts = []line{
			{name: k.t("setup.col.state"), value: k.t("setup.source."+string(s.State)) + ", " + k.env.Lang.T("since", "time", k.env.Lang.Stamp(s.Since.Std(), now))},
			{name: k.t("setup.col.kind"), value: s.What},
		}
		if s.Reason != "" {
			facts = append(facts, line{name: k.t("setup.fact.reason"), value: s.Reason, wrong: rankOf(s.State) > 1})
		}
		for _, it := range k.p.health.last.Items {
			if it.ID == "source/"+s.Source && it.Next != 0 {
				if left := it.Next.Std().Sub(k.p.desk.ServerTime(now)).Truncate(time.Second); left > 0 {
					facts = append(facts, line{name: k.t("setup.fact.next"), value: k.env.Lang.Age(left)})
				}
			}
		}
		l := k.env.Lang
		facts = append(facts, line{name: k.t("setup.col.accepted"), value: l.Int(int64(s.Accepted))},
			line{name: k.t("setup.col.rejected"), value: fmt.Sprintf("%s · %s · %s", k.t("setup.fact.rejected", "n", l.Int(int64(s.Rejected))), k.t("setup.fact.lost", "n", l.Int(int64(s.Lost))), k.t("setup.fact.skipped", "n", l.Int(int64(s.Skipped))))})
		if s.Sample != "" {
			facts = append(facts, line{name: k.t("setup.fact.sample"), value: s.Sample})
		}
		if s.Lossy {
			facts = append(facts, line{value: k.t("setup.fact.lossy")})
		}
	}
	m.right.say(title, "")
	m.facts.set(facts)
	m.log.refresh(now)
	m.layRight(m.inner.Size())
}

func (m *sourcesPart) open(id string) {
	m.pair.open(id)
	if id != "" {
		m.log.about("source/" + id)
	}
}

func (m *sourcesPart) show(visible bool) { m.log.show(visible) }
func (m *sourcesPart) close()            { m.log.close() }
