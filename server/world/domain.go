package world

import (
	"cmp"
	"slices"
)

// DomainDefined makes or changes a domain: one of the fields of the province's
// life that leaders look at, ten in most provinces.
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
