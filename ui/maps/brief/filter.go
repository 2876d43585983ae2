package brief

import (
	"iocwall/server/expr"
	"iocwall/server/world"
)

// Filter is the expression of one layer, ready to be asked of its things. Where
// it cannot be compiled or evaluated it lets everything pass and says why: what a
// mistake hides would be missed. A nil Filter lets everything pass. It belongs to
// one goroutine.
type Filter struct {
	source  string
	program *expr.Program
	loader  *expr.Loader
	fault   error // of compiling it
	failed  error // of the last round's first thing that it could not judge

	machine expr.Machine
	vars    expr.Vars
	timely  bool // it looks at the clock
	second  int64
	again   int // verdicts that may still be made anew in this round
	areas   uint64
	kept    []verdict // by slot
}

// verdict is what a filter said of a thing as of its revision, and in which second.
type verdict struct {
	revision uint64
	second   int64
	pass     bool
}

// anew is how many verdicts are made anew in a round because the clock went on.
// With more things than that some verdicts are as many seconds old as there are
// that many things.
const anew = 4000

// Source is the expression as it was given.
func (f *Filter) Source() string { return f.source }

// NewFilter compiles a layer's filter. Layers of features know their id, name
// and properties.
func NewFilter(layer, source string) *Filter {
	f := &Filter{source: source, vars: expr.Vars{}}
	env, err := filterEnv(layer)
	if err == nil {
		f.program, err = expr.Compile(source, env, expr.Options{Want: expr.Truth})
	}
	if err != nil {
		f.fault = err
		return f
	}
	f.loader = env.Loader(f.program)
	f.timely = f.program.Uses("now")
	return f
}

// filterEnv declares what the filters of a layer may name. The layers that show
// entities of the expression language have its variables.
func filterEnv(layer string) (*expr.Env, error) {
	kinds := map[string]string{Vessels: world.KindVessel, Stations: world.KindStation, Reports: world.KindReport, Cameras: world.KindCamera}
	if kind, ok := kinds[layer]; ok {
		env, _ := expr.ForKind(kind)
		return env, nil
	}
	vars := []expr.Var{{Name: "id", Type: expr.Text}}
	texts := []string{"name"}
	switch layer {
	case Alerts:
		// About is as kind/id; since is when the condition began.
		texts = []string{"severity", "title", "rule", "area", "about"}
		vars = append(vars, expr.Var{Name: "taken", Type: expr.Truth}, expr.Var{Name: "since", Type: expr.Moment}, expr.Var{Name: "now", Type: expr.Moment})
	case Fences:
		texts = []string{"name", "purpose", "by"}
	case Drawings:
		texts = []string{"name", "by"}
	case Areas:
		texts = []string{"name", "code", "level", "parent"}
		vars = append(vars, expr.Var{Name: "value", Type: expr.Number})
	default:
		vars = append(vars, expr.Var{Name: "properties", Type: expr.Any})
	}
	for _, name := range texts {
		vars = append(vars, expr.Var{Name: name, Type: expr.Text})
	}
	return expr.NewEnv(vars...)
}

// Begin starts a round at the time now. Verdicts are kept from round to round
// until the thing, an area, or the second changes.
func (f *Filter) Begin(now world.Time, areas uint64) {
	if f == nil {
		return
	}
	f.failed, f.second, f.again = nil, int64(now)/1000, anew
	if f.areas != areas {
		clear(f.kept)
		f.areas = areas
	}
}

// Entity reports whether an entity passes; get is asked only when the verdict is
// not known. Revisions count from 1.
func (f *Filter) Entity(s *world.State, now world.Time, slot int32, revision uint64, get func() world.Entity) bool {
	if f == nil || f.program == nil {
		return true
	}
	for int(slot) >= len(f.kept) {
		f.kept = append(f.kept, verdict{})
	}
	if v := &f.kept[slot]; v.revision == revision {
		// A clock that went back makes verdicts anew too.
		age := max(f.second-v.second, v.second-f.second)
		if !f.timely || age <= int64(len(f.kept)/anew) || f.again == 0 {
			return v.pass
		}
		f.again--
	}
	f.loader.Load(f.vars, now, s, get())
	pass, ok := f.truth()
	if ok {
		f.kept[slot] = verdict{revision, f.second, pass}
	}
	return pass
}

// Thing reports whether something that is no entity of expressions passes.
func (f *Filter) Thing(set func(map[string]any)) bool {
	if f == nil || f.program == nil {
		return true
	}
	set(f.vars)
	pass, _ := f.truth()
	return pass
}

func (f *Filter) truth() (pass, ok bool) {
	pass, err := f.machine.Truth(f.program, f.vars)
	if err != nil {
		if f.failed == nil {
			f.failed = err
		}
		return true, false
	}
	return pass, true
}

// Why returns what is wrong with the filter, nil for nothing.
func (f *Filter) Why() error {
	switch {
	case f == nil:
		return nil
	case f.fault != nil:
		return f.fault
	}
	return f.failed
}
