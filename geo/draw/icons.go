package draw

import (
	"fmt"
	"math"
)

// Icon names a symbol of the map. Every shape has one meaning.
type Icon uint8

// Icons of the map.
const (
	IconNone Icon = iota
	IconVessel
	IconFishing
	IconCargo
	IconPassenger
	IconPublicService
	IconLost // dashed hull without a mark
	IconVesselRound
	IconFishingRound
	IconCargoRound
	IconPassengerRound
	IconPublicServiceRound
	IconLostRound
	IconAir
	IconWater
	IconLevel
	IconReport
	IconReportLate
	IconRoads
	IconEnvironment
	IconUrbanOrder
	IconFoodSafety
	IconProcedures
	IconCamera
	IconNotice
	IconWarning
	IconSevere
	IconCritical
	IconStale
	IconFrozen
	IconOffline
	IconLive
	IconNorth
	IconIslet
	IconTown
	IconCity
	IconSelected
	IconPointer
	iconCount
)

// ink says which of a symbol's two colours a part takes.
type ink uint8

const (
	inkMain ink = iota
	inkBack     // what lies under the symbol: sea, card, or the mark in a filled shape
)

// part is one path of an icon; stroke 0 fills it.
type part struct {
	d      string
	stroke float64
	ink    ink
	dash   float64
	paths  []subpath
}

const (
	hull   = "M12 1.5c3.4 4 4.6 8 4.6 11.500V22H7.4v-9C7.4 9.5 8.6 5.5 12 1.5Z"
	circle = "M4 12a8 8 0 1 1 16 0a8 8 0 1 1-16 0Z"
	pin    = "M3 3h18v14h-9l-5 5v-5H3Z"
)

func iconParts() [iconCount][]part {
	ring := func(r float64) string {
		return fmt.Sprintf("M%g 12a%g %g 0 1 1 %g 0a%g %g 0 1 1 %g 0Z", 12-r, r, r, 2*r, r, r, -2*r)
	}
	holes := []part{{d: "M9.5 11h5v3h-5ZM9.5 16h5v3h-5Z", ink: inkBack}}
	port := []part{{d: "M9.4 14a2.6 2.6 0 1 1 5.2 0a2.6 2.6 0 1 1-5.2 0Z", ink: inkBack}}
	cross := []part{{d: "M12 10v8M8.5 14h7", stroke: 2.2, ink: inkBack}}
	with := func(base string, marks []part) []part { return append([]part{{d: base}}, marks...) }
	hollow := func(base string, marks ...part) []part {
		return append([]part{{d: base, ink: inkBack}, {d: base, stroke: 2}}, marks...)
	}
	return [iconCount][]part{
		IconVessel:        {{d: hull}},
		IconFishing:       hollow(hull, part{d: "M12 9v8", stroke: 2}),
		IconCargo:         with("M12 1.5 17 8v14H7V8Z", holes),
		IconPassenger:     with(hull, port),
		IconPublicService: with(hull, cross),
		IconLost:          {{d: hull, ink: inkBack}, {d: hull, stroke: 2, dash: 3.2}},

		IconVesselRound:        {{d: circle}},
		IconFishingRound:       hollow(circle, part{d: "M12 8v8", stroke: 2}),
		IconCargoRound:         with(circle, []part{{d: "M9 8h6v3H9ZM9 13h6v3H9Z", ink: inkBack}}),
		IconPassengerRound:     with(circle, []part{{d: ring(2.8), ink: inkBack}}),
		IconPublicServiceRound: with(circle, []part{{d: "M12 8v8M8 12h8", stroke: 2.2, ink: inkBack}}),
		IconLostRound:          {{d: circle, ink: inkBack}, {d: circle, stroke: 2, dash: 3.2}},

		IconAir: {
			{d: "M3 3h18v18H3Z", ink: inkBack},
			{d: "M4 4h16v16H4Z", stroke: 2},
			{d: "M7.5 10h6a2 2 0 1 0-2-2M7.5 14h8.5a2 2 0 1 1-2 2", stroke: 1.7},
		},
		IconWater: {
			{d: waterDrop, ink: inkBack},
			{d: waterDrop, stroke: 2},
			{d: "M9 15.5a3 3 0 0 0 3 2.5", stroke: 1.7},
		},
		IconLevel: {{d: "M6 2v20M6 5h4M6 9h3M6 13h4M11 17c2-2 3.5-2 5.5 0s3.5 1 5.5 0", stroke: 2}},

		IconReport:      {{d: pin, ink: inkBack}, {d: pin, stroke: 2}},
		IconReportLate:  {{d: pin, ink: inkBack}, {d: pin, stroke: 2}},
		IconRoads:       {{d: "M8 3 3 21M16 3l5 18M12 4v3M12 10.500v3M12 17v4", stroke: 2}},
		IconEnvironment: {{d: "M4 6h16M9 6V3h6v3M6 6l1.5 15h9L18 6M10 10v7M14 10v7", stroke: 2}},
		IconUrbanOrder:  {{d: "M4 21V8l8-5 8 5v13ZM9 21v-7h6v7", stroke: 2}},
		IconFoodSafety:  {{d: "M6 3v8M3.5 3v4a2.5 2.5 0 0 0 5 0V3M6 11v10M17 3c-3 2-3 8 0 9v9", stroke: 2}},
		IconProcedures:  {{d: "M5 2.5h10l4 4v15H5ZM8 11h8M8 15h8M8 7h4", stroke: 2}},
		IconCamera:      {{d: "M2 6h13v12H2Z"}, {d: "M16 10.5 22 7v10l-6-3.5Z"}},

		IconNotice:   with(ring(10), []part{{d: "M12 10.5v6M12 7v.6", stroke: 2.6, ink: inkBack}}),
		IconWarning:  with("M12 2 23 21H1Z", []part{{d: "M12 9v6M12 18v.2", stroke: 2.4, ink: inkBack}}),
		IconSevere:   with("M12 .8 23.2 12 12 23.2.8 12Z", []part{{d: "M12 6.5v6.5M12 16.8v.2", stroke: 2.6, ink: inkBack}}),
		IconCritical: with("M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4Z", []part{{d: "M8 8l8 8M16 8l-8 8", stroke: 2.8, ink: inkBack}}),

		IconStale:   {{d: ring(9), stroke: 2, dash: 3.4}, {d: "M12 7v5.2l3.4 2", stroke: 2}},
		IconFrozen:  {{d: "M8 5v14M16 5v14", stroke: 4}},
		IconOffline: {{d: ring(9), ink: inkBack}, {d: ring(9), stroke: 2}, {d: "M5.6 18.4 18.4 5.6", stroke: 2}},
		IconLive:    {{d: ring(6)}},
		IconNorth:   {{d: "M12 2 20 22 12 17 4 22Z"}},

		IconIslet:    {{d: ring(3.2)}},
		IconTown:     {{d: ring(3.4), ink: inkBack}, {d: ring(3.4), stroke: 1.8}},
		IconCity:     {{d: ring(4.2), ink: inkBack}, {d: ring(4.2), stroke: 2}, {d: ring(1.4)}},
		IconSelected: {{d: ring(11), stroke: 1.8}},
		IconPointer:  {{d: "M3 12h17M14 6l6 6-6 6", stroke: 2.4}},
	}
}

const waterDrop = "M12 2.5c4 5 6.500 8 6.500 11.700a6.500 6.500 0 0 1-13 0C5.500 10.500 8 7.500 12 2.500Z"

func vesselIcon(v *Vessel, lost bool) Icon {
	round := math.IsNaN(v.Heading) || math.IsInf(v.Heading, 0)
	switch {
	case lost && round:
		return IconLostRound
	case lost:
		return IconLost
	}
	icon := [...]Icon{
		OtherVessel: IconVessel, Fishing: IconFishing, Cargo: IconCargo, Passenger: IconPassenger,
		PublicService: IconPublicService,
	}[min(v.Kind, PublicService)]
	if round {
		icon += IconVesselRound - IconVessel
	}
	return icon
}

func severityIcon(s Severity) Icon {
	return [...]Icon{NoSeverity: IconNone, Notice: IconNotice, Warning: IconWarning, Severe: IconSevere, Critical: IconCritical}[min(s, Critical)]
}

func categoryIcon(c Category) Icon {
	return [...]Icon{
		OtherReport: IconNone, Roads: IconRoads, Environment: IconEnvironment, UrbanOrder: IconUrbanOrder,
		FoodSafety: IconFoodSafety, Procedures: IconProcedures,
	}[min(c, Procedures)]
}
