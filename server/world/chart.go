package world

import (
	"cmp"
	"slices"
	"strings"

	"iocwall/geo"
	"iocwall/server/world/table"
)

// Saved is what everything that people store under an id and a version has in
// common: fences, drawings, map views, layers.
type Saved struct {
	ID   string `cbor:"1,keyasint" json:"id"`
	Name string `cbor:"2,keyasint" json:"name"`
	// Version counts from 1 for each id and never goes back.
	Version int    `cbor:"3,keyasint" json:"version"`
	By      string `cbor:"4,keyasint,omitempty" json:"by,omitempty"`
	// Removed takes it out of Live; its history stays.
	Removed bool `cbor:"5,keyasint,omitempty" json:"removed,omitempty"`
}

func (s Saved) saved() Saved { return s }

// FenceSaved stores the next version of a fence: an area at sea or on land whose
// crossing is watched.
type FenceSaved struct {
	Saved
	// Purpose is "protected", "restricted", "danger" or another word of the centre's.
	Purpose  string           `cbor:"6,keyasint,omitempty" json:"purpose,omitempty"`
	Polygons geo.MultiPolygon `cbor:"7,keyasint" json:"polygons"`
	// Near is the distance in metres at which something outside approaches, zero
	// for never; Margin how far beyond the edge, in metres, it must go to have
	// left; Dwell how long in milliseconds it must be inside to have entered.
	Near   float64 `cbor:"8,keyasint,omitempty" json:"near,omitempty"`
	Margin float64 `cbor:"9,keyasint,omitempty" json:"margin,omitempty"`
	Dwell  int64   `cbor:"10,keyasint,omitempty" json:"dwell,omitempty"`
	// From is the first instant it is watched, Until the first after it; zero
	// means without bound.
	From  Time `cbor:"11,keyasint,omitempty" json:"from,omitempty"`
	Until Time `cbor:"12,keyasint,omitempty" json:"until,omitempty"`
}

// Kind returns "fence.saved".
func (FenceSaved) Kind() string { return "fence.saved" }

// FenceState is where something is in relation to a fence.
type FenceState string

// The states; outside and far is none of them.
const (
	FenceNear     FenceState = "near"
	FenceEntering FenceState = "entering" // inside, for less time than the fence asks; in Vessel.Entering only
	FenceInside   FenceState = "inside"
	FenceLeft     FenceState = "left" // in FenceCrossed only
)

// FenceCrossed is the server's finding that something came near a fence, went in,
// stayed for long enough to be inside, or left it. The event's time is that of the
// position that showed it; of "entering", when the stay began, which may be said
// again.
type FenceCrossed struct {
	Fence string     `cbor:"1,keyasint" json:"fence"`
	About Ref        `cbor:"2,keyasint" json:"about"`
	State FenceState `cbor:"3,keyasint" json:"state"`
	Pos   geo.Point  `cbor:"4,keyasint" json:"pos"`
	// Why says what happened when no position did: "removed", "changed", "lost".
	Why string `cbor:"5,keyasint,omitempty" json:"why,omitempty"`
}

// Kind returns "fence.crossed".
func (FenceCrossed) Kind() string { return "fence.crossed" }

// FenceStay is one fence that something is inside or near of, and since when.
type FenceStay struct {
	Fence string     `cbor:"1,keyasint" json:"fence"`
	State FenceState `cbor:"2,keyasint" json:"state"`
	Since Time       `cbor:"3,keyasint" json:"since"`
}

// DrawingSaved stores the next version of what an operator drew on the map.
type DrawingSaved struct {
	Saved
	Shapes []DrawnShape `cbor:"6,keyasint,omitempty" json:"shapes,omitempty"`
}

// Kind returns "drawing.saved".
func (DrawingSaved) Kind() string { return "drawing.saved" }

// DrawnShape is one line, area, text or measured line of a drawing.
type DrawnShape struct {
	// Form is "line", "area" (closed by itself), "text" (one point) or "measure".
	Form   string      `cbor:"1,keyasint" json:"form"`
	Points []geo.Point `cbor:"2,keyasint" json:"points"`
	Text   string      `cbor:"3,keyasint,omitempty" json:"text,omitempty"`
}

// MapViewSaved stores the next version of a view of the map that people come
// back to. Its parameters are those of a map tile.
type MapViewSaved struct {
	Saved
	Params []Param `cbor:"6,keyasint,omitempty" json:"params,omitempty"`
}

// Kind returns "mapview.saved".
func (MapViewSaved) Kind() string { return "mapview.saved" }

// LayerSaved stores the next version of a layer of features. The features are a
// file of GeoJSON among the server's files; the history names it by its sum.
type LayerSaved struct {
	Saved
	NameEn string `cbor:"6,keyasint,omitempty" json:"nameEn,omitempty"`
	// Areas marks outlines of administrative areas: each feature's "area" is the
	// id of one.
	Areas  bool   `cbor:"7,keyasint,omitempty" json:"areas,omitempty"`
	SHA256 string `cbor:"8,keyasint" json:"sha256"`
	Bytes  int64  `cbor:"9,keyasint" json:"bytes"`
	// Features were kept, Rejected left out when the file was read.
	Features int `cbor:"10,keyasint" json:"features"`
	Rejected int `cbor:"11,keyasint,omitempty" json:"rejected,omitempty"`
	// Source says whom to name on the map; Dated of which day the features are.
	Source string `cbor:"12,keyasint,omitempty" json:"source,omitempty"`
	Dated  Time   `cbor:"13,keyasint,omitempty" json:"dated,omitempty"`
	// Look says how it is drawn: "icon", "fill", "edge", "width", "dashed",
	// "label" (the property with the name), "minzoom".
	Look []Param `cbor:"14,keyasint,omitempty" json:"look,omitempty"`
}

// Kind returns "layer.saved".
func (LayerSaved) Kind() string { return "layer.saved" }

// versioned is a body that is stored whole under an id and a version.
type versioned interface {
	Body
	saved() Saved
}

// Stored is the entity of a body that is stored whole: Fence, Drawing, MapView
// and Layer are such.
type Stored[B versioned] struct {
	everybodys
	Is   B    `cbor:"1,keyasint" json:"is"`
	Time Time `cbor:"2,keyasint" json:"time"`
}

type (
	// Fence is a fence as last saved.
	Fence = Stored[FenceSaved]
	// Drawing is what an operator drew, as last saved.
	Drawing = Stored[DrawingSaved]
	// MapView is a view of the map as last saved.
	MapView = Stored[MapViewSaved]
	// Layer is a layer of features as last saved.
	Layer = Stored[LayerSaved]
)

// Ref returns its name in the state.
func (s Stored[B]) Ref() Ref {
	kind, _, _ := strings.Cut(s.Is.Kind(), ".")
	return NewRef(kind, s.Is.saved().ID)
}

func applyStored[B versioned](t *table.Table[Stored[B]], e *Event, b B) (Ref, Effect, error) {
	next := Stored[B]{Is: b, Time: e.Time}
	ref := next.Ref()
	if ref.ID() == "" {
		return "", EffectNone, errNoID
	}
	known, there := t.Get(ref.ID())
	switch {
	case there && b.saved().Version <= known.Is.saved().Version, !there && b.saved().Removed:
		return ref, EffectNone, nil
	case b.saved().Removed:
		t.Remove(ref.ID())
		return ref, EffectRemoved, nil
	}
	t.Put(ref.ID(), next)
	return ref, EffectPut, nil
}

func (b FenceSaved) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyStored(s.fences, e, b)
}

func (b DrawingSaved) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyStored(s.drawings, e, b)
}

func (b MapViewSaved) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyStored(s.mapViews, e, b)
}

func (b LayerSaved) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyStored(s.layers, e, b)
}

func (b FenceCrossed) apply(s *State, e *Event) (Ref, Effect, error) {
	v, ok := s.vessels.Get(b.About.ID())
	if b.Fence == "" || b.About.Kind() != KindVessel || !ok {
		return b.About, EffectNone, nil
	}
	stay := FenceStay{b.Fence, b.State, e.Time}
	was, there := stayIn(v.Fences, b.Fence)
	begun, entering := stayIn(v.Entering, b.Fence)
	switch {
	case b.State == FenceEntering:
		if entering && begun == stay {
			return b.About, EffectNone, nil
		}
		v.Entering = withStay(v.Entering, stay)
	case !entering && (b.State == FenceLeft && !there || there && was.State == b.State):
		return b.About, EffectNone, nil
	default:
		v.Entering = withoutStay(v.Entering, b.Fence)
		if v.Fences = withoutStay(v.Fences, b.Fence); b.State != FenceLeft {
			v.Fences = withStay(v.Fences, stay)
		}
	}
	s.vessels.Put(v.MMSI, v)
	return v.Ref(), EffectPut, nil
}

func findStay(all []FenceStay, fence string) (int, bool) {
	return slices.BinarySearchFunc(all, fence, func(f FenceStay, id string) int { return cmp.Compare(f.Fence, id) })
}

func stayIn(all []FenceStay, fence string) (FenceStay, bool) {
	i, there := findStay(all, fence)
	if !there {
		return FenceStay{}, false
	}
	return all[i], true
}

// withStay and withoutStay leave the list that they get as it is.
func withStay(all []FenceStay, stay FenceStay) []FenceStay {
	all = withoutStay(all, stay.Fence)
	i, _ := findStay(all, stay.Fence)
	return slices.Insert(slices.Clone(all), i, stay)
}

func withoutStay(all []FenceStay, fence string) []FenceStay {
	i, there := findStay(all, fence)
	if !there {
		return all
	}
	return slices.Delete(slices.Clone(all), i, i+1)
}
