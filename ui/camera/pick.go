package camera

import (
	"strings"

	"iocwall/server/world"
)

// Pick says which cameras a tour or a grid shows: those named, or all of an
// area or a site.
type Pick struct {
	// Named are ids, in order; Area and Site choose by where cameras are.
	Named      []string
	Area, Site string
}

// PickOf reads a tile's parameters: cameras=a,b,c, or area=…, or site=….
func PickOf(t world.Tile) Pick {
	p := Pick{Area: t.Param("area"), Site: t.Param("site")}
	p.Named = append(p.Named, strings.FieldsFunc(t.Param("cameras"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' })...)
	return p
}

// IDs returns the cameras in order: as named, otherwise by id.
func (p Pick) IDs(s *world.State) []string {
	if len(p.Named) > 0 || s == nil {
		return p.Named
	}
	var out []string
	for _, c := range s.Cameras() {
		if (p.Area == "" || s.Within(c.Area, p.Area)) && (p.Site == "" || c.Site == p.Site) {
			out = append(out, c.ID)
		}
	}
	return out
}
