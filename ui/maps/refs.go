package maps

import (
	"strings"

	"iocwall/geo/draw"
	"iocwall/server/world"
)

// KindFeature is the first part of the Ref of a feature of a layer; it names no
// entity of the state.
const KindFeature = "feature"

// FeatureRef returns the Ref of a feature: "feature/LAYER/ID". A layer's id has
// no slash.
func FeatureRef(layer, id string) world.Ref { return world.NewRef(KindFeature, layer+"/"+id) }

// SplitFeature is the inverse of FeatureRef.
func SplitFeature(r world.Ref) (layer, id string, ok bool) {
	if r.Kind() != KindFeature {
		return "", "", false
	}
	return strings.Cut(r.ID(), "/")
}

// RefOf returns the name of what the renderer found, empty for a cluster or for
// what has no name. Areas, lines and marks carry their Ref as their id: fences,
// drawings, administrative areas and features.
func RefOf(f draw.Found) world.Ref {
	if len(f.Members) > 0 {
		return ""
	}
	return MemberRef(f, f.ID)
}

// MemberRef returns the name of one member of a cluster that was found.
func MemberRef(f draw.Found, id string) world.Ref {
	if id == "" {
		return ""
	}
	switch f.Layer {
	case "vessels":
		return world.NewRef(world.KindVessel, id)
	case "stations":
		return world.NewRef(world.KindStation, id)
	case "reports":
		return world.NewRef(world.KindReport, id)
	case "cameras":
		return world.NewRef(world.KindCamera, id)
	case "alerts":
		return world.NewRef(world.KindAlert, id)
	}
	return world.Ref(id)
}
