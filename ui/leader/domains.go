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
	Layers []string
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
		for _, d := range world.UsualDomains() {
			key := "leader.domain." + d.ID
			out = append(out, domain{ID: d.ID, Long: l.T(key), Short: l.T(key + ".short"), Layers: d.Layers})
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
	out := domain{ID: d.ID, Long: d.Name, Short: cmp.Or(d.Short, d.Name), Figure: d.Figure, Layers: d.Layers}
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
		if st != nil && st.DomainOf(a) == d.ID {
			out = append(out, a)
		}
	}
	return out
}
