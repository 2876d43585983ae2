package unit

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// own is what concerns the unit, out of a state that holds its area alone.
type own struct {
	// Name is the unit's, Short the one for little room.
	Name, Short string
	agencies    map[string]bool
	reports     []report
	dues        []due
	alerts      []world.Alert
	stations    []world.Station
	cameras     []world.Camera
}

// report is one report of the area.
type report struct {
	world.Report
	// Ours says that the unit has to answer it.
	Ours  bool
	Place string
	Who   string
}

// todo reports whether the unit has to do something.
func (r report) todo() bool { return r.Ours && !r.State.Closed() }

// due is a figure that the unit owes.
type due struct {
	world.Figure
	Standing tile.Standing
	By       float64
	// At is when the next value is owed, zero where nothing was promised.
	At time.Time
}

// late reports whether a value is owed and not there at now.
func (d due) late(now time.Time) bool {
	return !d.At.IsZero() && d.At.Before(now)
}

// read gathers what concerns the unit. The unit is the agency that the person works
// for; of a person without one it is the agencies of the person's areas, and where no
// agency has one of them, all of the area is its own.
func read(st *world.State, who page.Person, open []world.Alert, l *words.Lang) own {
	o := own{agencies: map[string]bool{}, Name: who.Name, alerts: open}
	if st == nil {
		return o
	}
	var names, shorts []string
	for e := range st.Entities(world.KindAgency) {
		if a, ok := e.(world.Agency); ok && works(who, a) {
			o.agencies[a.ID] = true
			names, shorts = append(names, a.Name), append(shorts, cmp.Or(a.Short, a.Name))
		}
	}
	if who.Unit != "" && len(names) == 0 { // the agency is not known here, or no more
		o.agencies[who.Unit] = true
		names, shorts = []string{who.Unit}, []string{who.Unit}
	}
	if len(names) == 0 {
		for _, id := range who.Areas {
			if a, ok := st.Area(id); ok {
				names, shorts = append(names, a.Name), append(shorts, a.Name)
			}
		}
	}
	slices.Sort(names)
	slices.Sort(shorts)
	o.Name = cmp.Or(strings.Join(names, ", "), who.Name, l.T("unit.title"))
	o.Short = cmp.Or(strings.Join(shorts, ", "), o.Name)
	o.readReports(st, l)
	o.readDues(st)
	o.stations = slices.DeleteFunc(st.Stations(), func(s world.Station) bool { return s.Defined == 0 })
	o.cameras = slices.DeleteFunc(st.Cameras(), func(c world.Camera) bool { return c.Removed })
	return o
}

// works reports whether a person works for an agency.
func works(who page.Person, a world.Agency) bool {
	if who.Unit != "" {
		return a.ID == who.Unit
	}
	return a.Area != "" && slices.Contains(who.Areas, a.Area)
}

func (o *own) ours(agency string) bool { return len(o.agencies) == 0 || o.agencies[agency] }

func (o *own) readReports(st *world.State, l *words.Lang) {
	for r := range st.Reports() {
		x := report{Report: r, Ours: o.ours(r.Agency)}
		if a, ok := st.Area(r.Area); ok {
			x.Place = a.Name
			if l.Code == "en" {
				x.Place = cmp.Or(a.NameEn, a.Name)
			}
		}
		if a, ok := st.Agency(r.Agency); ok {
			x.Who = cmp.Or(a.Short, a.Name)
		}
		o.reports = append(o.reports, x)
	}
	slices.SortFunc(o.reports, func(a, b report) int { return cmp.Compare(a.ID, b.ID) })
}

func (o *own) readDues(st *world.State) {
	for _, f := range st.Figures() {
		if f.Of != "" || !o.ours(f.Owner) || f.Defined == 0 {
			continue
		}
		d := due{Figure: f}
		d.Standing, d.By = tile.StandingOf(f)
		switch {
		case f.Last.Due != 0 && f.Last.Value == nil:
			d.At = f.Last.Due.Std()
		case f.Every > 0 && f.Time != 0:
			d.At = f.Time.Std().Add(time.Duration(f.Every) * time.Millisecond)
		}
		o.dues = append(o.dues, d)
	}
}

// timely counts how many of the unit's reports were answered by their deadline, of all
// of which that is decided: those answered, and those that are open past their deadline,
// which are late whatever comes. What is open and has time left counts nowhere yet, and
// what was refused was nobody's to answer. So whoever has a report overdue is never on
// time in all. Since is the oldest answer or deadline counted.
func (o *own) timely(now time.Time) (n, all int, since time.Time) {
	for _, r := range o.reports {
		if !r.Ours || r.Due == 0 {
			continue
		}
		at := r.Due.Std()
		switch {
		case r.State == world.ReportDone:
			at = r.Closed.Std()
			if r.Closed <= r.Due {
				n++
			}
		case r.State.Closed() || !at.Before(now):
			continue
		}
		all++
		if since.IsZero() || at.Before(since) {
			since = at
		}
	}
	return n, all, since
}

// todo counts what waits for the unit: reports, and of them those too late.
func (o *own) todo(now time.Time) (n, late int) {
	for _, r := range o.reports {
		if !r.todo() {
			continue
		}
		n++
		if r.Due != 0 && r.Due.Std().Before(now) {
			late++
		}
	}
	return n, late
}

// fresh counts the stations that sent as promised.
func (o *own) fresh() (n, all int) {
	for _, s := range o.stations {
		if s.Stale == 0 && s.Newest() != 0 {
			n++
		}
	}
	return n, len(o.stations)
}
