package server

import (
	"fmt"
	"regexp"
	"slices"

	"iocwall/geo"
	"iocwall/server/world"
)

// longestName bounds what providers may call a thing.
const longestName = 200

var mmsiPattern = regexp.MustCompile(`^[0-9]{9}$`)

// acceptable checks what a provider says before it becomes part of the history:
// that it is about something, and that it can be so.
func acceptable(b world.Body) error {
	switch b := b.(type) {
	case world.VesselPosition:
		if err := vessel(b.MMSI); err != nil {
			return err
		}
		return onEarth(b.Pos)
	case world.VesselStatic:
		return vessel(b.MMSI)
	case world.Reading:
		return named("station", b.Station, "quantity", b.Quantity)
	case world.FigureReported:
		return named("figure", b.Figure, "period", b.Period)
	case world.ReportChanged:
		states := []world.ReportState{world.ReportReceived, world.ReportAccepted, world.ReportDispatched, world.ReportDone, world.ReportRefused}
		if !slices.Contains(states, b.State) {
			return fmt.Errorf("state: %.40q is none of %q", b.State, states)
		}
		return named("id", b.ID)
	}
	return nil
}

func vessel(mmsi string) error {
	if !mmsiPattern.MatchString(mmsi) {
		return fmt.Errorf("mmsi: %.40q is not nine digits", mmsi)
	}
	return nil
}

func onEarth(p geo.Point) error {
	if lon, lat := p[0], p[1]; lon < -180 || lon > 180 || lat < -90 || lat > 90 || p == (geo.Point{}) {
		return fmt.Errorf("pos: [%g, %g] is not [longitude, latitude] in degrees", lon, lat)
	}
	return nil
}

// named checks pairs of a key and its value.
func named(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		switch key, value := pairs[i], pairs[i+1]; {
		case value == "":
			return fmt.Errorf("%s is missing", key)
		case len(value) > longestName:
			return fmt.Errorf("%s has more than %d bytes", key, longestName)
		}
	}
	return nil
}
