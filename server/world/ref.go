package world

import "strings"

// Ref names one entity: its kind and its id, as in "vessel/574012345". The
// kind holds no slash; the id may.
type Ref string

// Kinds of entity, the first part of a Ref.
const (
	KindVessel   = "vessel"
	KindAid      = "aid"
	KindBase     = "base"
	KindStation  = "station"
	KindCamera   = "camera"
	KindReport   = "report"
	KindFigure   = "figure"
	KindArea     = "area"
	KindAgency   = "agency"
	KindScene    = "scene"
	KindWall     = "wall"
	KindAlert    = "alert"
	KindSource   = "source"
	KindClip     = "clip"
	KindFence    = "fence"
	KindDrawing  = "drawing"
	KindMapView  = "mapview"
	KindLayer    = "layer"
	KindPopup    = "popup"
	KindLock     = "lock"
	KindNode     = "node"
	KindSchedule = "schedule"
	KindDomain   = "domain"
)

// NewRef returns the Ref of the entity of this kind and id.
func NewRef(kind, id string) Ref { return Ref(kind + "/" + id) }

// Kind returns the part before the first slash.
func (r Ref) Kind() string {
	k, _, _ := strings.Cut(string(r), "/")
	return k
}

// ID returns the part after the first slash.
func (r Ref) ID() string {
	_, id, _ := strings.Cut(string(r), "/")
	return id
}

// Bounded reports whether entities of the kind belong to a place, so that who
// may see certain areas only sees those in them. Areas, agencies, domains, walls,
// scenes, sources, aids, base stations and what is stored of the map are everybody's.
func Bounded(kind string) bool {
	switch kind {
	case KindVessel, KindStation, KindCamera, KindReport, KindFigure, KindAlert, KindClip:
		return true
	}
	return false
}
