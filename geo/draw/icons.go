package draw

import (
	"math"

	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/sign"
)

// Icon names a symbol of the map. Every shape has one meaning.
type Icon = sign.Icon

// Icons of the map.
const (
	IconNone               = sign.None
	IconVessel             = sign.Vessel
	IconFishing            = sign.Fishing
	IconCargo              = sign.Cargo
	IconPassenger          = sign.Passenger
	IconPublicService      = sign.PublicService
	IconLost               = sign.Lost
	IconVesselRound        = sign.VesselRound
	IconFishingRound       = sign.FishingRound
	IconCargoRound         = sign.CargoRound
	IconPassengerRound     = sign.PassengerRound
	IconPublicServiceRound = sign.PublicServiceRound
	IconLostRound          = sign.LostRound
	IconAir                = sign.Air
	IconWater              = sign.Water
	IconLevel              = sign.Level
	IconWeather            = sign.Weather
	IconGauge              = sign.Gauge
	IconReport             = sign.Report
	IconReportNew          = sign.ReportNew
	IconReportSent         = sign.ReportSent
	IconReportLate         = sign.ReportLate
	IconRoads              = sign.Roads
	IconEnvironment        = sign.Environment
	IconUrbanOrder         = sign.UrbanOrder
	IconFoodSafety         = sign.FoodSafety
	IconProcedures         = sign.Procedures
	IconCamera             = sign.Camera
	IconNotice             = sign.Notice
	IconWarning            = sign.Warning
	IconSevere             = sign.Severe
	IconCritical           = sign.Critical
	IconStale              = sign.Stale
	IconFrozen             = sign.Frozen
	IconOffline            = sign.Offline
	IconLive               = sign.Live
	IconNorth              = sign.North
	IconIslet              = sign.Islet
	IconTown               = sign.Town
	IconCity               = sign.City
	IconSelected           = sign.Selected
	IconPointer            = sign.Pointer
	IconPlace              = sign.Place
	IconHospital           = sign.Hospital
	IconSchool             = sign.School
	IconSight              = sign.Sight
	IconMarket             = sign.Market
	IconFuel               = sign.Fuel
	IconLandslide          = sign.Landslide
	IconFlood              = sign.Flood
	IconPump               = sign.Pump
	IconStore              = sign.Store
	IconOffice             = sign.Office
	IconHarbour            = sign.Harbour
	IconShelter            = sign.Shelter
	IconHotel              = sign.Hotel
	IconBridge             = sign.Bridge
	IconFactory            = sign.Factory
	IconCluster            = sign.Cluster
	IconFence              = sign.Fence
	iconHandle             = sign.Handle
	iconHandleMiddle       = sign.HandleMiddle
	iconCount              = sign.Count
)

func vesselIcon(v *Vessel, lost bool) raster.Icon {
	round := math.IsNaN(v.Heading) || math.IsInf(v.Heading, 0)
	switch {
	case lost && round:
		return IconLostRound
	case lost:
		return IconLost
	}
	icon := v.Kind.Sign()
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
