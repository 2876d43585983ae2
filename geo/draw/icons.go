package draw

import (
	"fmt"
	"math"

	"iocwall/geo/draw/raster"
)

// Icon names a symbol of the map. Every shape has one meaning.
type Icon = raster.Icon

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
	IconPlace // a point of a layer that has no sign of its own
	IconHospital
	IconSchool
	IconSight
	IconMarket
	IconFuel
	IconLandslide
	IconFlood
	IconPump
	IconStore // of relief goods
	IconOffice
	IconHarbour
	IconShelter
	IconHotel
	IconBridge
	IconFactory
	IconCluster // ring around the count of what gathered
	IconFence   // for the legend
	iconCount
)

const (
	hull   = "M12 1.5c3.4 4 4.6 8 4.6 11.500V22H7.4v-9C7.4 9.5 8.6 5.5 12 1.5Z"
	circle = "M4 12a8 8 0 1 1 16 0a8 8 0 1 1-16 0Z"
	pin    = "M3 3h18v14h-9l-5 5v-5H3Z"
)

func iconParts() [iconCount][]raster.Part {
	ring := func(r float64) string {
		return fmt.Sprintf("M%g 12a%g %g 0 1 1 %g 0a%g %g 0 1 1 %g 0Z", 12-r, r, r, 2*r, r, r, -2*r)
	}
	holes := []raster.Part{{D: "M9.5 11h5v3h-5ZM9.5 16h5v3h-5Z", Ink: raster.InkBack}}
	port := []raster.Part{{D: "M9.4 14a2.6 2.6 0 1 1 5.2 0a2.6 2.6 0 1 1-5.2 0Z", Ink: raster.InkBack}}
	cross := []raster.Part{{D: "M12 10v8M8.5 14h7", Stroke: 2.2, Ink: raster.InkBack}}
	with := func(base string, marks []raster.Part) []raster.Part {
		return append([]raster.Part{{D: base}}, marks...)
	}
	hollow := func(base string, marks ...raster.Part) []raster.Part {
		return append([]raster.Part{{D: base, Ink: raster.InkBack}, {D: base, Stroke: 2}}, marks...)
	}
	return [iconCount][]raster.Part{
		IconVessel:        {{D: hull}},
		IconFishing:       hollow(hull, raster.Part{D: "M12 9v8", Stroke: 2}),
		IconCargo:         with("M12 1.5 17 8v14H7V8Z", holes),
		IconPassenger:     with(hull, port),
		IconPublicService: with(hull, cross),
		IconLost:          {{D: hull, Ink: raster.InkBack}, {D: hull, Stroke: 2, Dash: 3.2}},

		IconVesselRound:        {{D: circle}},
		IconFishingRound:       hollow(circle, raster.Part{D: "M12 8v8", Stroke: 2}),
		IconCargoRound:         with(circle, []raster.Part{{D: "M9 8h6v3H9ZM9 13h6v3H9Z", Ink: raster.InkBack}}),
		IconPassengerRound:     with(circle, []raster.Part{{D: ring(2.8), Ink: raster.InkBack}}),
		IconPublicServiceRound: with(circle, []raster.Part{{D: "M12 8v8M8 12h8", Stroke: 2.2, Ink: raster.InkBack}}),
		IconLostRound:          {{D: circle, Ink: raster.InkBack}, {D: circle, Stroke: 2, Dash: 3.2}},

		IconAir: {
			{D: "M3 3h18v18H3Z", Ink: raster.InkBack},
			{D: "M4 4h16v16H4Z", Stroke: 2},
			{D: "M7.5 10h6a2 2 0 1 0-2-2M7.5 14h8.5a2 2 0 1 1-2 2", Stroke: 1.7},
		},
		IconWater: {
			{D: waterDrop, Ink: raster.InkBack},
			{D: waterDrop, Stroke: 2},
			{D: "M9 15.5a3 3 0 0 0 3 2.5", Stroke: 1.7},
		},
		IconLevel: {{D: "M6 2v20M6 5h4M6 9h3M6 13h4M11 17c2-2 3.5-2 5.5 0s3.5 1 5.5 0", Stroke: 2}},

		IconReport:      {{D: pin, Ink: raster.InkBack}, {D: pin, Stroke: 2}},
		IconReportLate:  {{D: pin, Ink: raster.InkBack}, {D: pin, Stroke: 2}},
		IconRoads:       {{D: "M8 3 3 21M16 3l5 18M12 4v3M12 10.500v3M12 17v4", Stroke: 2}},
		IconEnvironment: {{D: "M4 6h16M9 6V3h6v3M6 6l1.5 15h9L18 6M10 10v7M14 10v7", Stroke: 2}},
		IconUrbanOrder:  {{D: "M4 21V8l8-5 8 5v13ZM9 21v-7h6v7", Stroke: 2}},
		IconFoodSafety:  {{D: "M6 3v8M3.5 3v4a2.5 2.5 0 0 0 5 0V3M6 11v10M17 3c-3 2-3 8 0 9v9", Stroke: 2}},
		IconProcedures:  {{D: "M5 2.5h10l4 4v15H5ZM8 11h8M8 15h8M8 7h4", Stroke: 2}},
		IconCamera:      {{D: "M2 6h13v12H2Z"}, {D: "M16 10.5 22 7v10l-6-3.5Z"}},

		IconNotice:   with(ring(10), []raster.Part{{D: "M12 10.5v6M12 7v.6", Stroke: 2.6, Ink: raster.InkBack}}),
		IconWarning:  with("M12 2 23 21H1Z", []raster.Part{{D: "M12 9v6M12 18v.2", Stroke: 2.4, Ink: raster.InkBack}}),
		IconSevere:   with("M12 .8 23.2 12 12 23.2.8 12Z", []raster.Part{{D: "M12 6.5v6.5M12 16.8v.2", Stroke: 2.6, Ink: raster.InkBack}}),
		IconCritical: with("M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4Z", []raster.Part{{D: "M8 8l8 8M16 8l-8 8", Stroke: 2.8, Ink: raster.InkBack}}),

		IconStale:   {{D: ring(9), Stroke: 2, Dash: 3.4}, {D: "M12 7v5.2l3.4 2", Stroke: 2}},
		IconFrozen:  {{D: "M8 5v14M16 5v14", Stroke: 4}},
		IconOffline: {{D: ring(9), Ink: raster.InkBack}, {D: ring(9), Stroke: 2}, {D: "M5.6 18.4 18.4 5.6", Stroke: 2}},
		IconLive:    {{D: ring(6)}},
		IconNorth:   {{D: "M12 2 20 22 12 17 4 22Z"}},

		IconIslet:    {{D: ring(3.2)}},
		IconTown:     {{D: ring(3.4), Ink: raster.InkBack}, {D: ring(3.4), Stroke: 1.8}},
		IconCity:     {{D: ring(4.2), Ink: raster.InkBack}, {D: ring(4.2), Stroke: 2}, {D: ring(1.4)}},
		IconSelected: {{D: ring(11), Stroke: 1.8}},
		IconPointer:  {{D: "M3 12h17M14 6l6 6-6 6", Stroke: 2.4}},
	}
}

const waterDrop = "M12 2.5c4 5 6.500 8 6.500 11.700a6.500 6.500 0 0 1-13 0C5.500 10.500 8 7.500 12 2.500Z"

func vesselIcon(v *Vessel, lost bool) raster.Icon {
	round := math.IsNaN(v.Heading) || math.IsInf(v.Heading, 0)
	switch {
	case lost && round:
		return IconLostRound
	case lost:
		return IconLost
	}
	icon := [...]raster.Icon{
		OtherVessel: IconVessel, Fishing: IconFishing, Cargo: IconCargo, Passenger: IconPassenger,
		PublicService: IconPublicService,
	}[min(v.Kind, PublicService)]
	if round {
		icon += IconVesselRound - IconVessel
	}
	return icon
}

func severityIcon(s Severity) raster.Icon {
	return [...]raster.Icon{NoSeverity: IconNone, Notice: IconNotice, Warning: IconWarning, Severe: IconSevere, Critical: IconCritical}[min(s, Critical)]
}

func categoryIcon(c Category) raster.Icon {
	return [...]raster.Icon{
		OtherReport: IconNone, Roads: IconRoads, Environment: IconEnvironment, UrbanOrder: IconUrbanOrder,
		FoodSafety: IconFoodSafety, Procedures: IconProcedures,
	}[min(c, Procedures)]
}
