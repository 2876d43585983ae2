package world

import (
	"cmp"
	"slices"
)

// DomainDefined makes or changes a domain: one of the fields of the province's
// life that leaders look at, ten in most provinces.
//
// The ten are the functions of Bình Phước's centre, of which the seventh is land and
// planning. Air, water, floods and other natural disasters are no function of their
// own there; they are with land in the domain of natural resources and environment,
// as in Quảng Nam's second phase ("tài nguyên và môi trường"), whose office measures
// them. What is at sea is with security and order.
//
// Which domain an alert belongs to is data, see State.DomainOf.
type DomainDefined struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Name   string `cbor:"2,keyasint" json:"name"`
	NameEn string `cbor:"3,keyasint,omitempty" json:"nameEn,omitempty"`
	// Short and ShortEn are the names that fit a cell of the leaders' page.
	Short   string `cbor:"4,keyasint,omitempty" json:"short,omitempty"`
	ShortEn string `cbor:"5,keyasint,omitempty" json:"shortEn,omitempty"`
	// Order is its place among the domains, 1 for the first.
	Order int `cbor:"6,keyasint" json:"order"`
	// Figure is the indicator that stands for the domain, empty for the first of
	// its own.
	Figure string `cbor:"7,keyasint,omitempty" json:"figure,omitempty"`
	// Rules are those whose alerts belong to it, beside the alerts about its
	// figures.
	Rules []string `cbor:"8,keyasint,omitempty" json:"rules,omitempty"`
	// Layers are those of the map that is shown with it, none for no map.
	Layers []string `cbor:"9,keyasint,omitempty" json:"layers,omitempty"`
}

// Kind returns "domain.defined".
func (DomainDefined) Kind() string { return "domain.defined" }

// Domain is a domain as last defined.
type Domain struct {
	everybodys
	DomainDefined
	Defined Time `cbor:"20,keyasint" json:"defined"`
}

// Ref returns the domain's name in the state.
func (d Domain) Ref() Ref { return NewRef(KindDomain, d.ID) }

// UsualDomains are the ten domains where a configuration names none, without names:
// those are in the catalogue.
func UsualDomains() []DomainDefined {
	return []DomainDefined{
		{ID: "economy", Order: 1},
		{ID: "procedures", Order: 2},
		{ID: DomainOrder, Order: 3, Layers: []string{"vessels", "cameras", "alerts"}},
		{ID: DomainReports, Order: 4, Layers: []string{"reports", "alerts"}},
		{ID: "health", Order: 5},
		{ID: "education", Order: 6},
		{ID: DomainEnvironment, Order: 7, Layers: []string{"stations", "alerts"}},
		{ID: "security", Order: 8},
		{ID: "press", Order: 9},
		{ID: "tourism", Order: 10},
	}
}

// The domains of alerts about things on the map.
const (
	DomainOrder       = "order"       // security, order, traffic, the sea
	DomainReports     = "reports"     // citizens' reports
	DomainEnvironment = "environment" // land, environment, natural disasters
)

// usualDomain is the domain of an alert about a kind of thing where no domain claims
// its rule. What is about the centre's own technique has none.
func usualDomain(kind string) string {
	switch kind {
	case KindCamera, KindVessel, KindFence:
		return DomainOrder
	case KindReport:
		return DomainReports
	case KindStation:
		return DomainEnvironment
	}
	return ""
}

// DomainOf returns the domain an alert belongs to, empty for none: the one that
// claims its rule; of an alert about an indicator, the indicator's; else the usual
// one of the kind of thing it is about. The domain returned need not be defined.
func (s *State) DomainOf(a Alert) string {
	all := s.Domains()
	for _, d := range all {
		if slices.Contains(d.Rules, a.Rule) {
			return d.ID
		}
	}
	if a.About.Kind() != KindFigure {
		return usualDomain(a.About.Kind())
	}
	f, ok := s.Figure(a.About.ID())
	if !ok || f.Domain != "" {
		return f.Domain
	}
	for _, d := range all {
		if d.Figure == f.ID {
			return d.ID
		}
	}
	return ""
}

func (b DomainDefined) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyLatest(s.domains, KindDomain, b.ID, e, latest, func(d Domain) (Time, DomainDefined) { return d.Defined, d.DomainDefined }, b,
		Domain{DomainDefined: b, Defined: e.Time})
}

// Domains returns all domains in their order.
func (s *State) Domains() []Domain {
	out := s.domains.Sorted()
	slices.SortStableFunc(out, func(a, b Domain) int { return cmp.Compare(a.Order, b.Order) })
	return out
}
