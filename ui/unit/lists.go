package unit

import (
	"cmp"
	"math"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/signal/health"
	"iocwall/ui/tile"
)

// soon is how long before its deadline a report is pressing.
const soon = 8 * time.Hour

// The lists beside the reports, in the order of their tabs.
const (
	tabFigures = iota
	tabAlerts
	tabStations
	tabCameras
	tabMap // where there is no room for the map beside the lists
)

// sources are the rows behind the lists.
type sources struct {
	reports  *list.Rows[report]
	dues     *list.Rows[due]
	alerts   *list.Rows[world.Alert]
	stations *list.Rows[world.Station]
	cameras  *list.Rows[world.Camera]
}

func newSources() sources {
	return sources{
		list.NewRows(func(r *report) string { return r.ID }, nil),
		list.NewRows(func(d *due) string { return d.ID }, nil),
		list.NewRows(func(a *world.Alert) string { return a.ID }, nil),
		list.NewRows(func(s *world.Station) string { return s.ID }, nil),
		list.NewRows(func(c *world.Camera) string { return c.ID }, nil),
	}
}

func (s sources) set(o own) {
	s.reports.Set(o.reports)
	s.dues.Set(o.dues)
	s.alerts.Set(o.alerts)
	s.stations.Set(o.stations)
	s.cameras.Set(o.cameras)
}

// opens returns what a list calls for a row of a kind.
func (p *Page) opens(kind string) func(string) {
	return func(id string) { p.desk.Open(page.Link{Kind: kind, ID: id}) }
}

// chooses returns what a list calls for a row that was chosen.
func (p *Page) chooses(kind string) func(string) {
	return func(id string) {
		p.chosen = world.NewRef(kind, id)
		p.told()
	}
}

func (p *Page) reportList() *list.List {
	l, rows := p.env.Lang, p.rows.reports
	at := func(i int) *report { return rows.At(i) }
	return list.New(p.desk, list.Options{
		Name: "unit-reports", Source: rows, Sort: list.Sort{Column: "due"},
		Columns: []list.Column{
			{
				ID: "due", Title: l.T("unit.due"), Min: 150,
				Cell: func(i int) list.Cell { return p.dueCell(at(i)) },
				Num: func(i int) (float64, bool) {
					r := at(i)
					if r.State.Closed() {
						return float64(r.Closed), true
					}
					return float64(r.Due), r.Due != 0
				},
				CSV: func(i int) string {
					if at(i).Due == 0 {
						return ""
					}
					return at(i).Due.Std().In(l.Zone).Format("2006-01-02 15:04")
				},
			},
			{ID: "service", Title: l.T("unit.report"), Min: 176, Weight: 1, Text: func(i int) string { return p.service(at(i).Service) }},
			{ID: "code", Title: l.T("unit.code"), Min: 140, Drop: 2, Cell: func(i int) list.Cell { return list.Cell{Text: at(i).ID, Tone: list.Quiet} }},
			{ID: "place", Title: l.T("unit.place"), Min: 110, Weight: 0.5, Drop: 1, Cell: func(i int) list.Cell { return list.Cell{Text: at(i).Place, Tone: list.Quiet} }},
			{ID: "step", Title: l.T("unit.step"), Min: 112, Text: func(i int) string { return p.step(at(i).State) }},
		},
		Chips: []list.Chip{
			{ID: "todo", Text: l.T("unit.todo"), Group: "state", On: true, Count: true, Match: func(i int) bool { return at(i).todo() }},
			{ID: "others", Text: l.T("unit.others"), Group: "state", Count: true, Match: func(i int) bool { return !at(i).Ours && !at(i).State.Closed() }},
			{ID: "closed", Text: l.T("unit.closed"), Group: "state", Count: true, Match: func(i int) bool { return at(i).Ours && at(i).State.Closed() }},
		},
		Empty: func() (string, string) {
			return l.T("unit.reports.none", "time", l.Clock(p.at)), l.T("unit.searched", "where", p.own.Short)
		},
		Chosen: p.chooses(world.KindReport), Open: p.opens(world.KindReport),
	})
}

// dueCell is a report's deadline: a plate while it presses, the day before that.
func (p *Page) dueCell(r *report) list.Cell {
	l := p.env.Lang
	switch due := r.Due.Std(); {
	case r.State.Closed():
		c := list.Cell{Text: l.Stamp(r.Closed.Std(), p.at), Icon: "done", Tone: list.Done}
		if r.Due != 0 && r.Closed > r.Due {
			c.Icon, c.Tone = "warning-open", list.Warning
		}
		return c
	case r.Due == 0:
		return list.Cell{Text: "—", Tone: list.Faint}
	case due.Before(p.at):
		return list.Cell{Text: p.deadline(due), Icon: "critical-open", Plate: paint.PlateCritical}
	case due.Sub(p.at) < soon:
		return list.Cell{Text: p.deadline(due), Icon: "warning-open", Plate: paint.PlateWarning}
	default:
		return list.Cell{Text: l.Stamp(due, p.at), Icon: "normal", Tone: list.Quiet}
	}
}

// deadline says how long is left or by how much it is over, in whole hours from an
// hour on and never in seconds: a list is read at a glance.
func (p *Page) deadline(due time.Time) string {
	l := p.env.Lang
	key, d := "due.left", due.Sub(p.at)
	if d < 0 {
		key, d = "due.over", -d
	}
	if d >= time.Hour {
		d = d.Truncate(time.Hour)
	}
	return l.T(key, "age", l.Age(max(d, time.Minute)))
}

func (p *Page) service(code string) string {
	if key := "detail.service." + code; p.env.Lang.Has(key) {
		return p.env.Lang.T(key)
	}
	return cmp.Or(code, p.env.Lang.T("detail.service.other"))
}

func (p *Page) step(s world.ReportState) string {
	if key := "unit.step." + string(s); p.env.Lang.Has(key) {
		return p.env.Lang.T(key)
	}
	return string(s)
}

func (p *Page) dueList() *list.List {
	l, rows := p.env.Lang, p.rows.dues
	return list.New(p.desk, list.Options{
		Name: "unit-figures", Source: rows, NoTools: true, Sort: list.Sort{Column: "due"},
		Columns: []list.Column{
			{ID: "name", Title: l.T("unit.figure"), Min: 150, Weight: 1, Text: func(i int) string { return nameOf(l, rows.At(i).Figure) }},
			{
				ID: "due", Title: l.T("unit.due"), Min: 118, Drop: 1, Cell: func(i int) list.Cell {
					d := rows.At(i)
					switch {
					case d.At.IsZero():
						return list.Cell{Text: "—", Tone: list.Faint}
					case d.late(p.at):
						return list.Cell{Text: p.deadline(d.At), Tone: list.Critical}
					}
					return list.Cell{Text: l.Stamp(d.At, p.at), Tone: list.Quiet}
				},
				Num: func(i int) (float64, bool) { d := rows.At(i); return float64(d.At.UnixMilli()), !d.At.IsZero() },
			},
			{ID: "state", Title: l.T("unit.state"), Min: 150, Weight: 0.4, Cell: func(i int) list.Cell { return p.dueState(rows.At(i)) }},
		},
		Empty: func() (string, string) {
			return l.T("unit.figures.none", "time", l.Clock(p.at)), l.T("unit.searched", "where", p.own.Short)
		},
		Chosen: p.chooses(world.KindFigure), Open: p.opens(world.KindFigure),
	})
}

// dueState says whether a figure was sent, and whether what was sent is whole.
func (p *Page) dueState(d *due) list.Cell {
	l, r := p.env.Lang, d.Last
	// A count always says what was handed in, never what was not.
	none, sent := l.T("unit.unsent"), l.T("unit.sent")
	if r.Want > 0 {
		sent = l.T("unit.sent.of", "n", strconv.Itoa(r.Have), "all", strconv.Itoa(r.Want))
		none = sent
	}
	switch d.Standing {
	case tile.StandingNone:
		if d.late(p.at) {
			return list.Cell{Text: none, Icon: "critical-open", Tone: list.Critical}
		}
		return list.Cell{Text: none, Icon: "nodata", Tone: list.Quiet}
	case tile.StandingStale:
		return list.Cell{Text: l.T("unit.overdue"), Icon: "critical-open", Tone: list.Critical}
	case tile.StandingFault:
		return list.Cell{Text: l.T("figure.fault"), Icon: "offline"}
	case tile.StandingUnmatched:
		return list.Cell{Text: l.T("figure.unmatched.short"), Icon: "differs"}
	case tile.StandingResidue:
		return list.Cell{Text: l.T("unit.residue", "n", l.Number(math.Abs(d.By), 0)), Icon: "differs"}
	}
	if r.Have < r.Want {
		return list.Cell{Text: sent, Icon: "warning-open", Tone: list.Warning}
	}
	return list.Cell{Text: sent, Icon: "done", Tone: list.Done}
}

func (p *Page) alertList() *list.List {
	l, rows, th := p.env.Lang, p.rows.alerts, p.env.Kit.Theme
	return list.New(p.desk, list.Options{
		Name: "unit-alerts", Source: rows, NoTools: true, Tall: true,
		Columns: []list.Column{
			{
				ID: "what", Title: l.T("alerts.column.what"), Min: 200, Weight: 1, NoSort: true,
				Cell: func(i int) list.Cell {
					a := rows.At(i)
					_, icon, _ := tile.SeverityLook(th, a.Severity)
					who := l.T("alerts.untaken.long")
					if a.Taken != 0 {
						who = l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Clock(a.Taken.Std()))
					}
					return list.Cell{Text: a.Title, Bold: true, Icon: icon, Tone: toneOf(a.Severity), Sub: l.T("severity."+string(a.Severity)) + " · " + who}
				},
			},
			{ID: "since", Title: l.T("alerts.column.since"), Min: 84, Right: true, Cell: func(i int) list.Cell {
				return list.Cell{Text: l.Stamp(rows.At(i).Since.Std(), p.at), Tone: list.Quiet}
			}, Num: func(i int) (float64, bool) { return float64(rows.At(i).Since), true }, Down: true},
		},
		Empty: func() (string, string) {
			return l.T("alerts.none", "time", l.Clock(p.at)), l.T("unit.searched", "where", p.own.Short)
		},
		Chosen: p.chooses(world.KindAlert), Open: p.opens(world.KindAlert),
	})
}

func toneOf(s world.Severity) list.Tone {
	switch s {
	case world.Critical:
		return list.Critical
	case world.Severe:
		return list.Severe
	case world.Warning:
		return list.Warning
	}
	return list.Plain
}

func (p *Page) stationList() *list.List {
	l, rows := p.env.Lang, p.rows.stations
	return list.New(p.desk, list.Options{
		Name: "unit-stations", Source: rows, NoTools: true,
		Columns: []list.Column{
			{ID: "name", Title: l.T("unit.station"), Min: 140, Weight: 1, Cell: func(i int) list.Cell {
				return list.Cell{Text: rows.At(i).Name, Icon: stationIcon(rows.At(i).What)}
			}},
			{ID: "value", Title: l.T("unit.value"), Min: 100, Drop: 1, Weight: 0.4, NoSort: true, Text: func(i int) string { return p.reading(rows.At(i)) }},
			{ID: "age", Title: l.T("unit.sentat"), Min: 140, Cell: func(i int) list.Cell {
				s := rows.At(i)
				switch t := s.Newest(); {
				case t == 0:
					return list.Cell{Text: l.T("detail.novalue"), Icon: "nodata", Tone: list.Faint}
				case s.Stale != 0:
					return list.Cell{Text: l.T("stale", "age", l.Age(p.at.Sub(t.Std()))), Icon: "stale", Plate: paint.PlateStale}
				default:
					return list.Cell{Text: l.Stamp(t.Std(), p.at), Tone: list.Quiet}
				}
			}, Num: func(i int) (float64, bool) { t := rows.At(i).Newest(); return float64(t), t != 0 }},
		},
		Empty: func() (string, string) {
			return l.T("unit.stations.none"), l.T("unit.searched", "where", p.own.Short)
		},
		Chosen: p.chooses(world.KindStation), Open: p.opens(world.KindStation),
	})
}

func stationIcon(k world.StationKind) string {
	switch k {
	case world.StationAir, world.StationWater, world.StationLevel:
		return string(k)
	case world.StationWeather:
		return "air"
	}
	return "figure"
}

// reading is what a station measures first, newest value.
func (p *Page) reading(s *world.Station) string {
	l := p.env.Lang
	for _, q := range []string{"aqi", "wqi", "level", "temperature"} {
		if r, ok := s.Reading(q); ok {
			switch q {
			case "aqi", "wqi":
				return "VN_" + map[string]string{"aqi": "AQI", "wqi": "WQI"}[q] + " " + l.Number(r.Value, 0)
			case "level":
				return l.Number(r.Value, 2) + "\u00a0m"
			}
			return l.Number(r.Value, 1) + "\u00a0°C"
		}
	}
	if len(s.Readings) == 0 {
		return "—"
	}
	return measured(l, s.Readings[0])
}

func (p *Page) cameraList() *list.List {
	l, rows := p.env.Lang, p.rows.cameras
	return list.New(p.desk, list.Options{
		Name: "unit-cameras", Source: rows, NoTools: true,
		Columns: []list.Column{
			{ID: "name", Title: l.T("detail.camera"), Min: 160, Weight: 1, Cell: func(i int) list.Cell { return list.Cell{Text: rows.At(i).Name, Icon: "camera"} }},
			{ID: "state", Title: l.T("unit.state"), Min: 150, Weight: 0.4, Cell: func(i int) list.Cell { return p.cameraState(rows.At(i)) }},
		},
		Empty: func() (string, string) {
			return l.T("unit.cameras.none"), l.T("unit.searched", "where", p.own.Short)
		},
		Chosen: p.chooses(world.KindCamera), Open: p.opens(world.KindCamera),
	})
}

func (p *Page) cameraState(c *world.Camera) list.Cell {
	cell := list.Cell{Text: health.State(p.env.Lang, c.Health), Tone: list.Quiet}
	cell.Plate, cell.Icon = tile.CameraSign(c.Health)
	return cell
}
