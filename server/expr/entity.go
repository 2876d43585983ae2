package expr

import (
	"math"
	"slices"

	"iocwall/server/world"
)

// field is a variable that is read from an entity.
type field struct {
	Var
	get func(s *world.State, e world.Entity) any
}

// Kinds returns the kinds of entity an expression can be about.
func Kinds() []string {
	return []string{
		world.KindVessel, world.KindAid, world.KindBase, world.KindStation,
		world.KindCamera, world.KindReport, world.KindFigure, world.KindSource,
	}
}

// ForKind returns the Env of expressions about one entity of the kind: the
// variables of Kinds, now, and the functions that look at the entity. A
// variable may be written with the kind before it: station.name is name.
func ForKind(kind string) (*Env, bool) {
	own := fieldsOf(kind)
	if own == nil {
		return nil, false
	}
	e := &Env{owner: kind, vars: map[string]Var{}, fields: map[string]field{}, hidden: map[string]bool{hiddenState: true}}
	switch kind {
	case world.KindStation:
		e.hidden[hiddenEntity] = true
	case world.KindVessel:
		e.hidden[hiddenVessel] = true
	}
	for _, f := range slices.Concat(own, commonFields()) {
		e.vars[f.Name], e.fields[f.Name] = f.Var, f
		e.order = append(e.order, f.Name)
	}
	e.vars["now"] = Var{Name: "now", Type: Moment, Doc: "the server's time"}
	e.order = append(e.order, "now")
	return e, true
}

// Loader fills the variables that programs need from an entity.
type Loader struct {
	now    bool
	hidden []string
	fields []field
}

// Loader returns what fills the variables that at least one of the programs
// reads, and no others.
func (e *Env) Loader(programs ...*Program) *Loader {
	l := &Loader{}
	for _, name := range e.order {
		if !slices.ContainsFunc(programs, func(p *Program) bool { return p.Uses(name) }) {
			continue
		}
		if f, ok := e.fields[name]; ok {
			l.fields = append(l.fields, f)
		}
		l.now = l.now || name == "now"
	}
	for _, name := range []string{hiddenState, hiddenEntity, hiddenVessel} {
		if slices.ContainsFunc(programs, func(p *Program) bool { return p.Uses(name) }) {
			l.hidden = append(l.hidden, name)
		}
	}
	return l
}

// Load sets the variables in vars. The entity must be of the Env's kind.
func (l *Loader) Load(vars Vars, now world.Time, s *world.State, e world.Entity) {
	for i := range l.fields {
		vars[l.fields[i].Name] = l.fields[i].get(s, e)
	}
	if l.now {
		vars["now"] = now.Std()
	}
	for _, name := range l.hidden {
		if name == hiddenState {
			vars[name] = s
		} else {
			vars[name] = e
		}
	}
}

func commonFields() []field {
	return []field{
		{Var{"id", Text, "the id of the thing"}, func(_ *world.State, e world.Entity) any { return e.Ref().ID() }},
		{Var{"area", Text, "the id of the area it belongs to"}, func(_ *world.State, e world.Entity) any { return e.In() }},
		{Var{"areaName", Text, "the name of that area"}, areaName},
		{Var{"place", Place, "where it is"}, func(_ *world.State, e world.Entity) any { p, _ := e.Place(); return p }},
		{Var{"placed", Truth, "whether it is known where it is"}, func(_ *world.State, e world.Entity) any { _, ok := e.Place(); return ok }},
		{Var{"time", Moment, "when its newest datum was true"}, func(_ *world.State, e world.Entity) any { return Heard(e).Std() }},
		{Var{"stale", Truth, "whether the server declared its data overdue"}, func(_ *world.State, e world.Entity) any { return Stale(e) != 0 }},
	}
}

func areaName(s *world.State, e world.Entity) any {
	a, _ := s.Area(e.In())
	return a.Name
}

// Heard returns when the newest datum of the entity was true: its newest
// position, reading, state of health, change or value. What was only defined
// and never heard gives the time of the definition, so that silence counts from
// there.
func Heard(e world.Entity) world.Time {
	switch e := e.(type) {
	case world.Vessel:
		if e.Time != 0 {
			return e.Time
		}
		return max(e.NameTime, e.PartTime, e.VoyageTime)
	case world.Aid:
		return e.Time
	case world.Base:
		return e.Time
	case world.Station:
		if t := e.Newest(); t != 0 {
			return t
		}
		return e.Defined
	case world.Camera:
		if e.Time != 0 {
			return e.Time
		}
		return e.Defined
	case world.Report:
		return e.Changed
	case world.Figure:
		if e.Time != 0 {
			return e.Time
		}
		return e.Defined
	case world.SourceStatus:
		return e.Time
	}
	return 0
}

// Stale returns when the server declared the entity's data overdue, zero while
// they are not.
func Stale(e world.Entity) world.Time {
	switch e := e.(type) {
	case world.Vessel:
		return e.Lost
	case world.Station:
		return e.Stale
	case world.Figure:
		return e.Stale
	}
	return 0
}

// get makes a field's reader out of one for the concrete entity.
func get[E world.Entity, V any](f func(E) V) func(*world.State, world.Entity) any {
	return func(_ *world.State, e world.Entity) any {
		x, _ := e.(E)
		return f(x)
	}
}

// given turns a negative speed, course or heading into a number not known.
func given(v float64) float64 {
	if v == world.NotAvailable {
		return math.NaN()
	}
	return v
}

func deref(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
