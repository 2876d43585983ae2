package ais

import (
	"fmt"

	"iocwall/geo"
	"iocwall/server/format/aivdm"
	"iocwall/server/world"
)

// observe turns a message into what it says about the world: nothing for types
// that are not used and for positions that were not given.
func observe(obs []world.Observation, m aivdm.Message, at world.Time) []world.Observation {
	put := func(b world.Body) { obs = append(obs, world.Observation{Time: at, Body: b}) }
	switch m := m.(type) {
	case *aivdm.Position:
		if m.Placed {
			put(position(m))
		}
	case *aivdm.Extended:
		if m.Placed {
			put(position(&m.Position))
		}
		put(world.VesselStatic{
			MMSI: mmsi(m.MMSI), Class: aivdm.ClassB, Name: name(m.Name),
			Particulars: particulars("", 0, m.ShipType, m.Dimensions),
		})
	case *aivdm.Static:
		put(world.VesselStatic{
			MMSI: mmsi(m.MMSI), Class: aivdm.ClassA, Name: name(m.Name),
			Particulars: particulars(m.CallSign, m.IMO, m.ShipType, m.Dimensions),
			Voyage:      &world.VesselVoyage{Destination: m.Destination, ETA: eta(m), Draught: m.Draught},
		})
	case *aivdm.NamePart:
		if m.Name != "" {
			put(world.VesselStatic{MMSI: mmsi(m.MMSI), Class: aivdm.ClassB, Name: name(m.Name)})
		}
	case *aivdm.DetailPart:
		p := particulars(m.CallSign, 0, m.ShipType, m.Dimensions)
		if m.Mothership != 0 {
			p.Mothership = mmsi(m.Mothership)
		}
		put(world.VesselStatic{MMSI: mmsi(m.MMSI), Class: aivdm.ClassB, Particulars: p})
	case *aivdm.Aid:
		put(world.AidReport{
			MMSI: mmsi(m.MMSI), Name: m.Name, Pos: geo.Pt(m.Lon, m.Lat), Type: m.Kind, OffPosition: m.OffPosition, Virtual: m.Virtual,
		})
	case *aivdm.Base:
		// Ships answer with type 11 when they are asked for the time; shore
		// stations have an MMSI that begins with 00.
		if m.MMSI < 10_000_000 {
			put(world.BaseReport{MMSI: mmsi(m.MMSI), Pos: geo.Pt(m.Lon, m.Lat), Clock: world.TimeOf(m.Clock)})
		}
	}
	return obs
}

func position(m *aivdm.Position) world.VesselPosition {
	return world.VesselPosition{
		MMSI: mmsi(m.MMSI), Pos: geo.Pt(m.Lon, m.Lat), Speed: m.Speed, Course: m.Course, Heading: m.Heading,
		Status: m.Status, Class: m.Class, Coarse: m.Coarse,
	}
}

// mmsi returns the nine digits.
func mmsi(n uint32) string {
	var d [9]byte
	for i := len(d) - 1; i >= 0; i-- {
		d[i] = byte('0' + n%10)
		n /= 10
	}
	return string(d[:])
}

// name returns nil for an empty name, which would erase a known one.
func name(s string) *world.VesselName {
	if s == "" {
		return nil
	}
	return &world.VesselName{Name: s}
}

func particulars(callSign string, imo uint32, shipType uint8, d aivdm.Dimensions) *world.VesselParticulars {
	return &world.VesselParticulars{
		CallSign: callSign, IMO: imo, ShipType: shipType, Category: Category(shipType),
		Bow: d.Bow, Stern: d.Stern, Port: d.Port, Starboard: d.Starboard,
	}
}

// eta returns the crew's estimate as "MM-DD hh:mm", "MM-DD" when they gave no
// time of day, and nothing when they gave no day.
func eta(m *aivdm.Static) string {
	if m.Month < 1 || m.Month > 12 || m.Day < 1 || m.Day > 31 {
		return ""
	}
	if m.Hour > 23 || m.Minute > 59 {
		return fmt.Sprintf("%02d-%02d", m.Month, m.Day)
	}
	return fmt.Sprintf("%02d-%02d %02d:%02d", m.Month, m.Day, m.Hour, m.Minute)
}

// Category returns the category of a ship type of ITU-R M.1371-5 table 53.
func Category(shipType uint8) world.VesselCategory {
	switch {
	case shipType == 30:
		return world.VesselFishing
	case shipType >= 60 && shipType <= 69:
		return world.VesselPassenger
	case shipType >= 70 && shipType <= 89: // cargo ships and tankers
		return world.VesselCargo
	case shipType == 35, // military
		shipType >= 50 && shipType <= 59: // pilots, rescue, tugs, port tenders, law enforcement, medical
		return world.VesselPublic
	}
	return world.VesselOther
}
