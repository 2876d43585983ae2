package records

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/records/told"
	"iocwall/ui/signal/health"
	"iocwall/ui/words"
)

// calm and lively are how often the lists of what seldom changes, and of what
// always does, are read again.
const calm, lively = 200 * time.Millisecond, 500 * time.Millisecond

var worstFirst = list.Sort{Column: "state", Down: true}

func times(ts ...world.Time) uint64 {
	h := uint64(14695981039346656037)
	for _, t := range ts {
		h = (h ^ uint64(t)) * 1099511628211
	}
	return h
}

func alerts(p *Page) *table {
	s := newSheet(p, world.KindAlert, func(a *world.Alert) uint64 { return times(a.Updated, a.Resolved, a.Taken) })
	return s.table(func(st *world.State) iter.Seq[world.Alert] { return slices.Values(st.Alerts()) }, worstFirst, []list.Chip{
		s.chip("open", "records.chip.open", "open", world.Alert.Open),
		s.chip("closed", "records.chip.closed", "open", func(a world.Alert) bool { return !a.Open() }),
		s.chip("untaken", "records.chip.untaken", "taken", func(a world.Alert) bool { return a.Open() && a.Taken == 0 }),
		s.chip("critical", "severity.critical", "severity", func(a world.Alert) bool { return a.Open() && a.Severity == world.Critical }),
	}, 0,
		s.state("alerts.column.severity", 140), s.name("alerts.column.what", 340),
		s.time("since", "alerts.column.since", 1, func(a world.Alert) world.Time { return a.Since }),
		list.Column{
			ID: "who", Title: p.t("alerts.column.who"), Min: 170, Weight: 1, Drop: 2,
			Cell: func(i int) list.Cell { return whoHas(p.env.Lang, s.at(i)) },
		},
		s.area(3), s.text("rule", "alert.rule", 130, 1, 5, world.Alert.RuleName),
		s.code("records.column.code", 150, 6),
		s.time("resolved", "records.column.over", 4, func(a world.Alert) world.Time { return a.Resolved }),
	)
}

func whoHas(l *words.Lang, a world.Alert) list.Cell {
	switch {
	case a.Taken != 0:
		return list.Cell{Text: l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Clock(a.Taken.Std())), Tone: list.Quiet}
	case a.Open():
		return list.Cell{Text: l.T("alerts.untaken.long"), Bold: true}
	}
	return list.Cell{Text: "—", Tone: list.Faint}
}

func cameras(p *Page) *table {
	s := newSheet(p, world.KindCamera, func(c *world.Camera) uint64 { return times(c.Defined, c.Time, c.Turned) })
	return s.table(func(st *world.State) iter.Seq[world.Camera] { return slices.Values(st.Cameras()) }, worstFirst, []list.Chip{
		s.bad(), s.chip("live", "records.chip.live", "state", func(c world.Camera) bool { return c.Health.State == world.CameraLive && !health.Late(c.Health) }),
		s.chip("ptz", "records.chip.ptz", "ptz", func(c world.Camera) bool { return c.PTZ }),
	}, calm,
		s.state("detail.state", 200), s.name("records.column.camera", 220),
		s.time("since", "alerts.column.since", 1, func(c world.Camera) world.Time { return c.Health.Since }),
		s.text("cause", "records.column.cause", 140, 1, 3, func(c world.Camera) string { return c.Health.Cause }),
		s.area(2), s.text("site", "records.column.site", 120, 1, 4, func(c world.Camera) string { return c.Site }),
		s.number("fps", "records.column.fps", 80, 5, func(c world.Camera) (float64, string, bool) {
			return c.Health.FPS, p.env.Lang.Number(c.Health.FPS, 0), c.Health.FPS > 0
		}),
		s.code("records.column.code", 130, 6),
	)
}

func vessels(p *Page) *table {
	l := p.env.Lang
	s := newSheet[world.Vessel](p, world.KindVessel, nil)
	// Twenty thousand of them are looked at ten times a second: what is asked most
	// makes no words.
	s.rows = list.NewRows(func(v *world.Vessel) string { return v.MMSI }, func(v *world.Vessel) uint64 {
		return times(v.Time, v.Seen, v.NameTime, v.PartTime, v.VoyageTime, v.Lost, world.Time(len(v.Fences)))
	})
	lost := list.Chip{ID: "bad", Text: p.t("records.chip.bad"), Group: "bad", Count: true, Match: func(i int) bool { return s.rows.At(i).Lost != 0 }}
	category := func(c world.VesselCategory) list.Chip {
		return s.chip(string(c), "detail.vessel."+string(c), "category", func(v world.Vessel) bool { return v.Particulars.Category == c })
	}
	return s.table((*world.State).Vessels, list.Sort{Column: "name"}, []list.Chip{
		lost, category(world.VesselFishing), category(world.VesselCargo), category(world.VesselPassenger), category(world.VesselPublic),
		s.chip("fence", "records.chip.fence", "fence", func(v world.Vessel) bool { return len(v.Fences) > 0 }),
	}, lively,
		s.name("records.column.vessel", 200),
		s.text("mmsi", "records.column.mmsi", 110, 0, 0, func(v world.Vessel) string { return v.MMSI }),
		s.text("category", "records.column.type", 184, 0, 3, func(v world.Vessel) string { return told.CategoryOf(l, v) }),
		s.number("speed", "detail.speed", 110, 1, func(v world.Vessel) (float64, string, bool) {
			return v.Last.Speed, l.Knots(v.Last.Speed), v.Time != 0 && v.Last.Speed >= 0
		}),
		s.number("course", "detail.course", 90, 4, func(v world.Vessel) (float64, string, bool) {
			return v.Last.Course, words.Heading(v.Last.Course), v.Time != 0 && v.Last.Course >= 0
		}),
		s.text("destination", "detail.destination", 130, 1, 6, func(v world.Vessel) string { return v.Voyage.Destination }),
		s.state("detail.heard", 170), s.area(5),
		s.text("registration", "records.column.registration", 130, 0, 7, func(v world.Vessel) string { return v.Particulars.Registration }),
	)
}

func stations(p *Page) *table {
	l := p.env.Lang
	s := newSheet(p, world.KindStation, func(x *world.Station) uint64 {
		return times(x.Defined, x.Newest(), x.Stale, world.Time(len(x.Readings)))
	})
	return s.table(func(st *world.State) iter.Seq[world.Station] { return slices.Values(st.Stations()) }, worstFirst, []list.Chip{s.bad()}, calm,
		s.state("detail.state", 190), s.name("records.column.station", 200),
		s.text("what", "records.column.type", 168, 0, 3, func(x world.Station) string { return told.StationKind(l, x.What) }),
		s.text("readings", "records.column.readings", 200, 2, 1, func(x world.Station) string { return told.ReadingsOf(l, x) }),
		s.time("newest", "detail.heard", 2, world.Station.Newest), s.area(4), s.code("records.column.code", 130, 5),
	)
}

func reports(p *Page) *table {
	l := p.env.Lang
	s := newSheet(p, world.KindReport, func(r *world.Report) uint64 { return times(r.Changed, r.Overdue, r.Due, r.Closed) })
	return s.table((*world.State).Reports, worstFirst, []list.Chip{
		s.chip("open", "records.chip.open", "open", func(r world.Report) bool { return !r.State.Closed() }),
		s.chip("overdue", "records.chip.overdue", "due", func(r world.Report) bool { return r.Overdue != 0 && !r.State.Closed() }),
		s.chip("done", "records.chip.done", "open", func(r world.Report) bool { return r.State.Closed() }),
	}, calm,
		s.state("detail.state", 170), s.code("records.column.report", 170, 0), s.name("detail.service", 180),
		s.time("opened", "detail.opened", 1, func(r world.Report) world.Time { return r.Opened }),
		s.time("due", "detail.due", 2, func(r world.Report) world.Time { return r.Due }),
		s.text("agency", "detail.agency", 150, 1, 3, func(r world.Report) string { return told.AgencyOf(p.desk.State(), r.Agency) }),
		s.area(4),
		s.text("channel", "records.column.channel", 100, 0, 5, func(r world.Report) string { return told.ChannelOf(l, r.Channel) }),
	)
}

func figures(p *Page) *table {
	l := p.env.Lang
	s := newSheet(p, world.KindFigure, func(f *world.Figure) uint64 { return times(f.Defined, f.Time, f.Seen, f.Stale) })
	return s.table(func(st *world.State) iter.Seq[world.Figure] { return slices.Values(st.Figures()) }, worstFirst, []list.Chip{s.bad()}, calm,
		s.state("detail.state", 180), s.name("records.column.figure", 220),
		s.number("value", "alert.value", 190, 0, func(f world.Figure) (float64, string, bool) {
			if f.Last.Value == nil {
				return 0, "", false
			}
			return *f.Last.Value, told.FigureValue(l, f), true
		}),
		s.number("target", "records.column.target", 110, 2, func(f world.Figure) (float64, string, bool) {
			if f.Target == nil {
				return 0, "", false
			}
			return *f.Target, told.WithUnit(l, f, *f.Target), true
		}),
		s.text("period", "records.column.period", 130, 0, 1, func(f world.Figure) string { return f.Last.Label }),
		s.text("owner", "records.column.owner", 150, 1, 3, func(f world.Figure) string { return f.OwnerName }), s.area(4),
	)
}

func fences(p *Page) *table {
	l := p.env.Lang
	s := newSheet(p, world.KindFence, func(f *world.Fence) uint64 { return times(f.Time, world.Time(f.Is.Version)) })
	return s.table(func(st *world.State) iter.Seq[world.Fence] { return slices.Values(st.Fences()) }, list.Sort{Column: "name"}, nil, calm,
		s.name("detail.fence", 220),
		s.text("purpose", "detail.purpose", 160, 1, 1, func(f world.Fence) string { return told.PurposeOf(l, f.Is.Purpose) }),
		s.number("near", "detail.near", 110, 2, func(f world.Fence) (float64, string, bool) {
			return f.Is.Near, l.Distance(f.Is.Near), f.Is.Near > 0
		}),
		s.time("saved", "detail.saved", 3, func(f world.Fence) world.Time { return f.Time }),
		s.text("by", "records.column.by", 130, 1, 4, func(f world.Fence) string { return told.By(p.env.Lang, f.Is.By) }),
	)
}

func clips(p *Page) *table {
	l := p.env.Lang
	s := newSheet(p, world.KindClip, func(c *world.Clip) uint64 { return times(c.Asked, c.Done) })
	return s.table((*world.State).Clips, list.Sort{Column: "asked", Down: true}, []list.Chip{s.bad()}, calm,
		s.time("asked", "records.column.asked", 0, func(c world.Clip) world.Time { return c.Asked }),
		s.name("records.column.camera", 200), s.state("detail.state", 140),
		s.number("long", "records.column.long", 110, 1, func(c world.Clip) (float64, string, bool) {
			d := c.To.Sub(c.From)
			return d.Seconds(), l.Age(d), d > 0
		}),
		s.number("size", "records.column.size", 110, 2, func(c world.Clip) (float64, string, bool) {
			return float64(c.Saved.Bytes), l.Number(float64(c.Saved.Bytes)/1e6, 1) + "\u00a0MB", c.Ready()
		}),
		s.text("who", "records.column.by", 140, 1, 3, func(c world.Clip) string { return c.Name }),
		s.text("alert", "records.column.alert", 180, 1, 4, func(c world.Clip) string {
			if c.Alert == "" {
				return ""
			}
			return told.Named(l, p.desk.State(), world.NewRef(world.KindAlert, c.Alert))
		}), s.area(5),
	)
}

func scenes(p *Page) *table {
	s := newSheet(p, world.KindScene, func(x *world.Scene) uint64 {
		return times(x.Time, world.Time(x.Version), world.Time(p.desk.State().At().Seq))
	})
	return s.table(func(st *world.State) iter.Seq[world.Scene] { return slices.Values(st.Scenes()) }, list.Sort{Column: "name"}, nil, time.Second,
		s.name("records.column.scene", 220), s.state("detail.state", 150),
		s.text("wall", "records.column.wall", 140, 1, 3, func(x world.Scene) string {
			if w, ok := p.desk.State().Wall(x.Wall); ok && w.Name != "" {
				return w.Name
			}
			return x.Wall
		}),
		s.number("tiles", "records.column.tiles", 80, 2, func(x world.Scene) (float64, string, bool) {
			return float64(len(x.Tiles)), strconv.Itoa(len(x.Tiles)), true
		}),
		s.time("saved", "detail.saved", 1, func(x world.Scene) world.Time { return x.Time }),
		s.text("by", "records.column.by", 140, 1, 4, func(x world.Scene) string { return told.By(p.env.Lang, x.By) }),
	)
}

func popups(p *Page) *table {
	s := newSheet(p, world.KindPopup, func(x *world.Popup) uint64 { return times(x.Asked, x.Since) })
	return s.table(func(st *world.State) iter.Seq[world.Popup] { return slices.Values(st.Popups()) }, list.Sort{Column: "since", Down: true}, nil, calm,
		s.name("records.column.popup", 240), s.state("detail.state", 150),
		s.time("since", "alerts.column.since", 0, func(x world.Popup) world.Time { return x.Since }),
		s.text("zone", "records.column.zone", 120, 0, 1, func(x world.Popup) string { return x.Placed }),
		s.text("by", "records.column.by", 140, 1, 2, func(x world.Popup) string { return x.By }),
		s.text("why", "alert.rule", 160, 1, 3, func(x world.Popup) string { return x.Why }),
	)
}

func nodes(p *Page) *table {
	l := p.env.Lang
	s := newSheet(p, world.KindNode, func(x *world.Node) uint64 { return times(x.Reported, x.Since, x.Enrolled) })
	return s.table(func(st *world.State) iter.Seq[world.Node] { return slices.Values(st.Nodes()) }, worstFirst, []list.Chip{s.bad()}, calm,
		s.state("detail.state", 160), s.name("records.column.node", 160),
		s.time("since", "alerts.column.since", 1, func(x world.Node) world.Time { return x.Since }),
		s.number("cpu", "records.column.cpu", 80, 2, func(x world.Node) (float64, string, bool) {
			return x.CPU, l.Percent(x.CPU*100, 0), x.Reported != 0
		}),
		s.number("memory", "records.column.memory", 110, 3, func(x world.Node) (float64, string, bool) {
			return float64(x.Memory), l.Number(float64(x.Memory)/1e6, 0) + "\u00a0MB", x.Memory > 0
		}),
		s.text("problems", "records.column.wrong", 200, 2, 4, func(x world.Node) string {
			if !x.Up && x.Reason != "" {
				return x.Reason
			}
			return strings.Join(x.Problems, " · ")
		}),
		s.text("version", "records.column.version", 110, 0, 5, func(x world.Node) string { return x.Version }),
	)
}

func sources(p *Page) *table {
	l := p.env.Lang
	count := func(id, title string, drop int, f func(x world.SourceStatus) uint64) func(s *sheet[world.SourceStatus]) list.Column {
		return func(s *sheet[world.SourceStatus]) list.Column {
			return s.number(id, title, 110, drop, func(x world.SourceStatus) (float64, string, bool) {
				return float64(f(x)), l.Int(int64(f(x))), true
			})
		}
	}
	s := newSheet(p, world.KindSource, func(x *world.SourceStatus) uint64 { return times(x.Time, x.Since) })
	return s.table(func(st *world.State) iter.Seq[world.SourceStatus] { return slices.Values(st.Sources()) }, worstFirst, []list.Chip{s.bad()}, calm,
		s.state("detail.state", 160), s.name("detail.source", 160),
		s.text("what", "records.column.type", 110, 0, 4, func(x world.SourceStatus) string { return x.What }),
		s.time("since", "alerts.column.since", 1, func(x world.SourceStatus) world.Time { return x.Since }),
		count("accepted", "records.column.accepted", 2, func(x world.SourceStatus) uint64 { return x.Accepted })(s),
		count("rejected", "records.column.rejected", 3, func(x world.SourceStatus) uint64 { return x.Rejected })(s),
		count("lost", "records.column.lost", 5, func(x world.SourceStatus) uint64 { return x.Lost })(s),
		s.text("reason", "records.column.wrong", 200, 2, 6, func(x world.SourceStatus) string { return x.Reason }),
	)
}
