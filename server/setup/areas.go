package setup

import (
	"io"
	"net/http"
	"strings"

	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/reply"
)

// MaxLayer bounds a layer of areas that is looked at, in bytes.
const MaxLayer = 64 << 20

// Layer says what would come of a layer of areas.
type Layer struct {
	// New are areas that the tree does not have, Known those that it has, Rejected
	// features that cannot be used.
	New      int `json:"new"`
	Known    int `json:"known"`
	Rejected int `json:"rejected"`
	// First are the first of the areas, Faults the first of what is wrong.
	First  []LayerArea `json:"first"`
	Faults []string    `json:"faults,omitempty"`
}

// LayerArea is one area of a layer.
type LayerArea struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Known bool   `json:"known"`
}

// shown is how many areas and faults of a layer are told.
const shown = 200

// PostAreas answers POST /api/setup/areas, whose body is an administrative layer as
// GeoJSON: what would come of it with the level, the parent and the day of the query,
// counted, and nothing changed. The tree of areas is read at the start of the server
// only, so that taking it over is done beside it.
func (s *Setup) PostAreas(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	q := r.URL.Query()
	got, err := area.Import(http.MaxBytesReader(w, r.Body, MaxLayer), io.Discard, area.ImportOptions{
		Tree: s.o.Areas(), Level: q.Get("level"), Parent: q.Get("parent"), From: q.Get("from"), Name: q.Get("name"), NameEn: q.Get("name_en"), Code: q.Get("code"),
	})
	if err != nil {
		answer(w, refuse(http.StatusUnprocessableEntity, "layer", "%s", strings.TrimPrefix(err.Error(), "area: ")))
		return
	}
	out := Layer{Rejected: len(got.Rejected), First: []LayerArea{}}
	for _, a := range got.Areas {
		if a.Known {
			out.Known++
		} else {
			out.New++
		}
		if len(out.First) < shown {
			out.First = append(out.First, LayerArea{ID: a.ID, Name: a.Name, Known: a.Known})
		}
	}
	for _, e := range got.Rejected[:min(len(got.Rejected), shown)] {
		out.Faults = append(out.Faults, strings.TrimPrefix(e.Error(), "area: "))
	}
	reply.JSON(w, http.StatusOK, out)
}
