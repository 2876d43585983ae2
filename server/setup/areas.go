package setup

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// MaxLayer bounds a layer of areas, and all that layers added, in bytes.
	MaxLayer = 64 << 20
	// shown is how many areas and faults of a layer are told.
	shown = 200
	// actAreas is what taking over a layer of areas is called in the audit.
	actAreas = "areas.write"
)

// Layer says what would come of a layer of areas, or what came of it.
type Layer struct {
	// Version names what was looked at: the tree, the layer and what is wanted of it.
	Version string `json:"version"`
	// New, Redrawn, Same and Ending count areas, see area.Plan; Rejected features that
	// cannot be used.
	New      int `json:"new"`
	Redrawn  int `json:"redrawn"`
	Same     int `json:"same"`
	Ending   int `json:"ending"`
	Rejected int `json:"rejected"`
	// First are the first of the areas, Faults the first of what is wrong.
	First []LayerArea `json:"first"`
	// Faults are as reply.Told says them.
	Faults []map[string]any `json:"faults,omitempty"`
}

// LayerArea is one area of a layer, and what becomes of it: "new", "redrawn", "same" or
// "ending".
type LayerArea struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	What string `json:"what"`
}

func layerOf(version string, p area.Plan) Layer {
	out := Layer{Version: version, New: len(p.New), Redrawn: len(p.Redrawn), Same: len(p.Same), Ending: len(p.Ending), Rejected: len(p.Rejected), First: []LayerArea{}}
	// What changes comes first, as far as there is room.
	for _, x := range []struct {
		what string
		of   []world.AreaDefined
	}{{"ending", p.Ending}, {"new", p.New}, {"redrawn", p.Redrawn}, {"same", p.Same}} {
		for _, a := range x.of[:min(len(x.of), shown-len(out.First))] {
			out.First = append(out.First, LayerArea{ID: a.ID, Name: a.Name, What: x.what})
		}
	}
	for _, e := range p.Rejected[:min(len(p.Rejected), shown)] {
		out.Faults = append(out.Faults, reply.Told(e))
	}
	return out
}

// plan reads the layer of a request. One is read at a time: it may be long.
func (s *Setup) plan(w http.ResponseWriter, r *http.Request) (area.Plan, string, error) {
	raw, err := readText(&http.Request{Body: http.MaxBytesReader(w, r.Body, MaxLayer)}, MaxLayer)
	if err != nil {
		return area.Plan{}, "", err
	}
	q, tree := r.URL.Query(), s.o.Ground.Set()
	o := area.ImportOptions{
		Tree: tree, Level: q.Get("level"), Parent: q.Get("parent"), From: q.Get("from"), Name: q.Get("name"), NameEn: q.Get("name_en"), Code: q.Get("code"),
	}
	p, err := area.MakePlan(strings.NewReader(raw), o, q.Get("end") == "1")
	if err != nil {
		return area.Plan{}, "", refuse(http.StatusUnprocessableEntity, "setup.layer", "{why}", "why", err)
	}
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode([]any{tree.Areas, tree.Added().Outlines, o.Level, o.Parent, o.From, o.Name, o.NameEn, o.Code, q.Get("end")}); err != nil {
		return area.Plan{}, "", err
	}
	sum.Write([]byte(raw))
	return p, hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// PostAreas answers POST /api/setup/areas, whose body is an administrative layer as
// GeoJSON: what would come of it with the level, the parent and the day of the query,
// counted, and nothing changed. With end=1 what the layer does not have ends on its day.
func (s *Setup) PostAreas(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	release, err := hold(r.Context(), s.layer)
	if err != nil {
		answer(w, err)
		return
	}
	defer release()
	p, version, err := s.plan(w, r)
	if err != nil {
		answer(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, layerOf(version, p))
}

// PutAreas answers PUT /api/setup/areas: it takes over what PostAreas told of the same
// layer, whose version is in the query or in If-Match. All of it counts at once and
// after every start, or nothing changes.
func (s *Setup) PutAreas(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	release, err := hold(r.Context(), s.layer)
	if err != nil {
		answer(w, err)
		return
	}
	defer release()
	p, version, err := s.plan(w, r)
	if err != nil {
		answer(w, err)
		return
	}
	// Who changes the configuration does not wait for a layer that is on its way.
	turn, err := hold(r.Context(), s.turn)
	if err != nil {
		answer(w, err)
		return
	}
	defer turn()
	q := r.URL.Query()
	if err := s.grow(r.Context(), id, p, version, cmp.Or(q.Get("version"), matched(r)), q.Get("level")+" in "+q.Get("parent")); err != nil {
		answer(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, layerOf(version, p))
}
