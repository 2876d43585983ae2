package expr

import (
	"time"

	"iocwall/server/world"
)

// fieldsOf is the literal list of what expressions know of an entity, beside
// what all of them have.
func fieldsOf(kind string) []field {
	switch kind {
	case world.KindVessel:
		return vesselFields()
	case world.KindAid:
		return aidFields()
	case world.KindBase:
		return []field{{Var{"source", Text, "who heard it"}, get(func(b world.Base) string { return b.Source })}}
	case world.KindStation:
		return stationFields()
	case world.KindCamera:
		return cameraFields()
	case world.KindReport:
		return reportFields()
	case world.KindFigure:
		return figureFields()
	case world.KindSource:
		return sourceFields()
	}
	return nil
}

func vesselFields() []field {
	return []field{
		{Var{"name", Text, "the vessel's name, its MMSI while none was heard"}, get(vesselName)},
		{Var{"class", Text, "A, B or empty for other devices"}, get(func(v world.Vessel) string { return v.Class })},
		{Var{"category", Text, "fishing, cargo, passenger, public, other, or empty"}, get(func(v world.Vessel) string { return string(v.Particulars.Category) })},
		{Var{"registration", Text, "the registration, as in QNa-90123-TS"}, get(func(v world.Vessel) string { return v.Particulars.Registration })},
		{Var{"callsign", Text, "the call sign"}, get(func(v world.Vessel) string { return v.Particulars.CallSign })},
		{Var{"destination", Text, "the destination the crew entered"}, get(func(v world.Vessel) string { return v.Voyage.Destination })},
		{Var{"draught", Number, "draught in metres, 0 when not given"}, get(func(v world.Vessel) float64 { return v.Voyage.Draught })},
		{Var{"length", Number, "length in metres, 0 when not given"}, get(func(v world.Vessel) float64 { return float64(v.Particulars.Bow) + float64(v.Particulars.Stern) })},
		{Var{"speed", Number, "speed over ground in knots"}, get(func(v world.Vessel) float64 { return given(v.Last.Speed) })},
		{Var{"course", Number, "course over ground in degrees"}, get(func(v world.Vessel) float64 { return given(v.Last.Course) })},
		{Var{"heading", Number, "true heading in degrees"}, get(func(v world.Vessel) float64 { return given(v.Last.Heading) })},
		{Var{"status", Number, "navigational status of ITU-R M.1371 (7 = fishing)"}, get(func(v world.Vessel) float64 { return float64(v.Last.Status) })},
		{Var{"lost", Truth, "whether the server declared the signal lost"}, get(func(v world.Vessel) bool { return v.Lost != 0 })},
		{Var{"source", Text, "who heard it"}, get(func(v world.Vessel) string { return v.Source })},
		{Var{"fence", Text, "the id of the fence it is inside of, of several the one it entered last; empty for none"}, get(lastFence)},
		{Var{"fenceName", Text, "the name of that fence"}, fenceName},
		{Var{"fenceSince", Moment, "when it entered that fence"}, get(func(v world.Vessel) time.Time { return lastStay(v).Since.Std() })},
	}
}

func vesselName(v world.Vessel) string {
	switch {
	case v.Particulars.Registration != "":
		return v.Particulars.Registration
	case v.Name.Name != "":
		return v.Name.Name
	}
	return v.MMSI
}

func aidFields() []field {
	return []field{
		{Var{"name", Text, "the aid's name"}, get(func(a world.Aid) string { return orID(a.Name, a.MMSI) })},
		{Var{"type", Number, "aid type of ITU-R M.1371"}, get(func(a world.Aid) float64 { return float64(a.Type) })},
		{Var{"offPosition", Truth, "whether it says it has drifted off"}, get(func(a world.Aid) bool { return a.OffPosition })},
		{Var{"virtual", Truth, "whether it exists on charts only"}, get(func(a world.Aid) bool { return a.Virtual })},
		{Var{"source", Text, "who heard it"}, get(func(a world.Aid) string { return a.Source })},
	}
}

func stationFields() []field {
	return []field{
		{Var{"name", Text, "the station's name"}, get(func(s world.Station) string { return orID(s.Name, s.ID) })},
		{Var{"what", Text, "air, water, level or weather"}, get(func(s world.Station) string { return string(s.What) })},
		{Var{"owner", Text, "the agency that answers for it"}, get(func(s world.Station) string { return s.Owner })},
	}
}

func cameraFields() []field {
	return []field{
		{Var{"name", Text, "the camera's name"}, get(func(c world.Camera) string { return orID(c.Name, c.ID) })},
		{Var{"site", Text, "what it fails together with, empty when not known"}, get(func(c world.Camera) string { return c.Site })},
		{Var{"cause", Text, "its site while all of that fails, which has an alert of its own; empty otherwise"}, get(func(c world.Camera) string { return c.Health.Cause })},
		{Var{"owner", Text, "the agency that answers for it"}, get(func(c world.Camera) string { return c.Owner })},
		{Var{"state", Text, "idle, opening, live, frozen, silent, refused, full, or empty"}, get(func(c world.Camera) string { return string(c.Health.State) })},
		{Var{"reason", Text, "the relay's word on it"}, get(func(c world.Camera) string { return c.Health.Reason })},
		{Var{"since", Moment, "when that state began"}, get(func(c world.Camera) time.Time { return c.Health.Since.Std() })},
		{Var{"fps", Number, "pictures a second over the last minute"}, get(func(c world.Camera) float64 { return c.Health.FPS })},
		{Var{"kbps", Number, "thousands of bits a second"}, get(func(c world.Camera) float64 { return c.Health.Kbps })},
		{Var{"loss", Number, "share of packets lost, 0 to 1"}, get(func(c world.Camera) float64 { return c.Health.Loss })},
		{Var{"tries", Number, "connections tried since the last good minute"}, get(func(c world.Camera) float64 { return float64(c.Health.Tries) })},
	}
}

func reportFields() []field {
	return []field{
		{Var{"service", Text, "the code of the category"}, get(func(r world.Report) string { return r.Service })},
		{Var{"channel", Text, "web, app, phone, mail, georeport, …"}, get(func(r world.Report) string { return r.Channel })},
		{Var{"state", Text, "received, accepted, dispatched, done or refused"}, get(func(r world.Report) string { return string(r.State) })},
		{Var{"agency", Text, "who handles it"}, get(func(r world.Report) string { return r.Agency })},
		{Var{"opened", Moment, "when it came in"}, get(func(r world.Report) time.Time { return r.Opened.Std() })},
		{Var{"due", Moment, "the deadline"}, get(func(r world.Report) time.Time { return r.Due.Std() })},
		{Var{"open", Truth, "whether anything more is expected"}, get(func(r world.Report) bool { return !r.State.Closed() })},
		{Var{"overdue", Truth, "whether it is open and its deadline has passed"}, get(func(r world.Report) bool { return r.Overdue != 0 && !r.State.Closed() })},
	}
}

func figureFields() []field {
	return []field{
		{Var{"name", Text, "the indicator's name"}, get(func(f world.Figure) string { return orID(f.Name, f.ID) })},
		{Var{"domain", Text, "the key of its domain"}, get(func(f world.Figure) string { return f.Domain })},
		{Var{"unit", Text, "the unit of the value"}, get(func(f world.Figure) string { return f.Unit })},
		{Var{"owner", Text, "the agency that answers for it"}, get(func(f world.Figure) string { return f.Owner })},
		{Var{"of", Text, "the indicator it is the part of for its area alone; empty for an indicator of its own"}, get(func(f world.Figure) string { return f.Of })},
		{Var{"period", Text, "the key of the newest period"}, get(func(f world.Figure) string { return f.Last.Period })},
		{Var{"value", Number, "the newest value"}, get(func(f world.Figure) float64 { return deref(f.Last.Value) })},
		{Var{"target", Number, "the value aimed at"}, get(func(f world.Figure) float64 { return deref(f.Target) })},
		{Var{"previous", Number, "the value a year earlier"}, get(func(f world.Figure) float64 { return deref(f.Last.Previous) })},
		{Var{"num", Number, "the numerator"}, get(func(f world.Figure) float64 { return deref(f.Last.Num) })},
		{Var{"den", Number, "the denominator"}, get(func(f world.Figure) float64 { return deref(f.Last.Den) })},
		{Var{"have", Number, "units that have reported"}, get(func(f world.Figure) float64 { return float64(f.Last.Have) })},
		{Var{"want", Number, "units that should report"}, get(func(f world.Figure) float64 { return float64(f.Last.Want) })},
		{Var{"fault", Text, "why the value cannot be trusted, empty when it can"}, get(func(f world.Figure) string { return f.Last.Fault })},
		{Var{"provisional", Truth, "whether the value is not yet approved"}, get(func(f world.Figure) bool { return f.Last.Provisional })},
		{Var{"lowerBetter", Truth, "whether less is better"}, get(func(f world.Figure) bool { return f.LowerBetter })},
		{Var{"source", Text, "who reported it"}, get(func(f world.Figure) string { return f.Source })},
	}
}

func sourceFields() []field {
	return []field{
		{Var{"name", Text, "the source's name"}, get(func(s world.SourceStatus) string { return s.Source })},
		{Var{"what", Text, "the kind of source, as in ais"}, get(func(s world.SourceStatus) string { return s.What })},
		{Var{"state", Text, "starting, running, retrying, failed or stopped"}, get(func(s world.SourceStatus) string { return string(s.State) })},
		{Var{"reason", Text, "why it is not running"}, get(func(s world.SourceStatus) string { return s.Reason })},
		{Var{"since", Moment, "when that state began"}, get(func(s world.SourceStatus) time.Time { return s.Since.Std() })},
		{Var{"accepted", Number, "observations taken since the server started"}, get(func(s world.SourceStatus) float64 { return float64(s.Accepted) })},
		{Var{"rejected", Number, "observations rejected since the server started"}, get(func(s world.SourceStatus) float64 { return float64(s.Rejected) })},
		{Var{"missed", Number, "what a lossy door let go"}, get(func(s world.SourceStatus) float64 { return float64(s.Lost) })},
		{Var{"lossy", Truth, "whether the door cannot push back"}, get(func(s world.SourceStatus) bool { return s.Lossy })},
	}
}

func orID(name, id string) string {
	if name == "" {
		return id
	}
	return name
}
