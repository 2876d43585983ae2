package leader

import (
	"cmp"
	"slices"

	"iocwall/server/world"
	"iocwall/ui/words"
)

// domain is one of the fields that leaders look at, as the page needs it.
type domain struct {
	ID string
	// Long is its name, Short the one that fits a cell.
	Long, Short string
	// Figure stands for it; empty takes the first of its own.
	Figure string
	Rules  []string
	// Kinds are what its alerts are about where no rule says so.
	Kinds  []string
	Layers []string
}

// usual are the ten functions of a provincial centre, where the configuration
// names none: those of Bình Phước's centre.
func usual() []domain {
	return []domain{
		{ID: "economy"},
		{ID: "procedures"},
		{ID: "order", Kinds: []string{world.KindCamera, world.KindVessel, world.KindFence}, Layers: []string{"vessels", "cameras", "alerts"}},
		{ID: "reports", Kinds: []string{world.KindReport}, Layers: []string{"reports", "alerts"}},
		{ID: "health"},
		{ID: "education"},
		{ID: "land", Kinds: []string{world.KindStation}, Layers: []string{"stations", "alerts"}},
		{ID: "security"},
		{ID: "press"},
		{ID: "tourism"},
	}
}

// domains are those of the state in their order, or the usual ones; domains that
// one of all indicators names and nobody else come after them.
func domains(st *world.State, all []world.Figure, l *words.Lang) []domain {
	var out []domain
	if st != nil {
		for _, d := range st.Domains() {
			out = append(out, configured(d, l))
		}
	}
	if len(out) == 0 {
		for _, d := range usual() {
			d.Long, d.Short = l.T("leader.domain."+d.ID), l.T("leader.domain."+d.ID+".short")
			out = append(out, d)
		}
	}
	for _, f := range all {
		if f.Domain != "" && !slices.ContainsFunc(out, func(d domain) bool { return d.ID == f.Domain }) {
			out = append(out, domain{ID: f.Domain, Long: f.Domain, Short: f.Domain})
		}
	}
	return out
}

func configured(d world.Domain, l *words.Lang) domain {
	out := domain{ID: d.ID, Long: d.Name, Short: cmp.Or(d.Short, d.Name), Figure: d.Figure, Rules: d.Rules, Layers: d.Layers}
	if l.Code == "en" {
		out.Long = cmp.Or(d.NameEn, d.Name)
		out.Short = cmp.Or(d.ShortEn, d.NameEn, out.Short)
	}
	return out
}

// figures are a domain's of all indicators, the one that stands for it first. Parts of an
// indicator by area are the map's.
func figures(all []world.Figure, d domain) []world.Figure {
	var out []world.Figure
	for _, f := range all {
		if f.Of == "" && (f.Domain == d.ID || f.ID == d.Figure) {
			out = append(out, f)
		}
	}
	lead := func(f world.Figure) int {
		if f.ID == d.Figure {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b world.Figure) int { return lead(a) - lead(b) })
	return out
}

// alerts are a domain's open ones, in the order given.
func alerts(st *world.State, d domain, open []world.Alert) []world.Alert {
	var out []world.Alert
	for _, a := range open {
		if d.owns(st, a) {
			out = append(out, a)
		}
	}
	return out
}

// owns reports whether an alert belongs to the domain: its rule says so, or it is
// about one of its indicators, or about what its alerts are usually about.
func (d domain) owns(st *world.State, a world.Alert) bool {
	if slices.Contains(d.Rules, a.Rule) || slices.Contains(d.Kinds, a.About.Kind()) {
		return true
	}
	if st == nil || a.About.Kind() != world.KindFigure {
		return false
	}
	f, ok := st.Figure(a.About.ID())
	return ok && (f.Domain == d.ID || f.ID == d.Figure)
}
