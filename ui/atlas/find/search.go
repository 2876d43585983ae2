package find

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/geo/coord"
	"iocwall/geo/gazetteer"
	"iocwall/server/world"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/maps"
)

const (
	// most is how many names are listed.
	most = 60
	// namesFor is how long the index of names is believed when something is typed,
	// readFor the least time between two that are made because layers were read.
	namesFor, readFor = 30 * time.Second, 2 * time.Second
)

// Host is what a search asks of the map. All are required.
type Host struct {
	Maps      *maps.Maps
	Positions *Positions
	State     func() *world.State
	Now       func() time.Time
	// Start runs something beside the client and what it returns on the
	// toolkit's goroutine.
	Start func(func(ctx context.Context) func())
}

// Search is what is asked for and what was found.
type Search struct {
	h     Host
	on    bool
	text  string
	kind  string // among one kind only, empty for all
	names *gazetteer.Index
	goals map[string]Found
	made  time.Time
	busy  bool
	// missing counts the layers that the index does not know whole, read what the
	// maps had read of layers when it was made.
	missing int
	read    uint64
	found   []Found
	at      int // the chosen result
	fault   string
}

// New returns a search that is closed.
func New(h Host) *Search { return &Search{h: h} }

// On reports whether its results are shown.
func (s *Search) On() bool { return s.on }

// Hide hides the results; they come again with the next Type.
func (s *Search) Hide() { s.on = false }

// Open looks for what is in the field, among one kind or all.
func (s *Search) Open(kind string) {
	s.on, s.kind = true, kind
	s.look()
}

// Reopen shows the results for what is in the field, among the kind asked for
// last.
func (s *Search) Reopen() { s.Open(s.kind) }

// Close forgets the results; false when there were none.
func (s *Search) Close() bool {
	was := s.on
	s.on, s.found, s.at, s.fault = false, nil, 0, ""
	return was
}

// Type looks for what is in the field now; an empty one opens no results.
func (s *Search) Type(text string) {
	s.text = text
	if s.on || text != "" {
		s.on = true
		s.look()
	}
}

// Chosen is the result that the keys are on.
func (s *Search) Chosen() (Found, bool) {
	if s.at < 0 || s.at >= len(s.found) {
		return Found{}, false
	}
	return s.found[s.at], true
}

// Move chooses another result and returns which; false when there are none.
func (s *Search) Move(by int) (int, bool) {
	n := len(s.found)
	if n > 0 {
		s.at = min(max(s.at+by, 0), n-1)
	}
	return s.at, n > 0
}

// look looks for what is in the field, among names that are not too old.
func (s *Search) look() {
	if s.names == nil || s.h.Now().Sub(s.made) >= namesFor {
		s.index()
	}
	s.find()
}

// index makes the index of names, beside the client: there may be many. What is
// chosen stays chosen where it is found again.
func (s *Search) index() {
	if s.busy {
		return
	}
	now, read := s.h.Now(), s.h.Maps.Read()
	entries, goals, missing := s.entries()
	s.busy = true
	s.h.Start(func(ctx context.Context) func() {
		x := &gazetteer.Index{}
		for i, e := range entries {
			if i%1000 == 0 && ctx.Err() != nil {
				return nil
			}
			x.Put(e)
		}
		return func() {
			was, had := s.Chosen()
			s.names, s.goals, s.made, s.busy, s.missing, s.read = x, goals, now, false, missing, read
			s.find()
			if had {
				s.at = max(0, slices.IndexFunc(s.found, was.is))
			}
		}
	})
}

// Renew looks again where more layers have been read since; it costs nothing while
// there is nothing new.
func (s *Search) Renew() {
	if s.on && s.missing > 0 && s.read != s.h.Maps.Read() && s.h.Now().Sub(s.made) >= readFor {
		s.index()
	}
}

// find looks for what is in the field.
func (s *Search) find() {
	s.found, s.at, s.fault = nil, 0, ""
	text := strings.TrimSpace(s.text)
	if s.kind == "" && numeric(text) {
		if r, err := coord.Parse(text, s.h.Positions.Zone()); err == nil {
			s.found = append(s.found, Found{Name: s.h.Positions.Write(r.Point, FormAll), Kind: KindCoord, At: r.Point})
		} else if !digits(text) {
			s.fault = s.h.Positions.Lang.T("atlas.search.coord")
		}
	}
	if s.names == nil {
		return
	}
	if text == "" && s.kind != "" {
		s.listKind()
		return
	}
	for _, h := range s.names.SearchKind(text, s.kind, most) {
		f := s.goals[h.ID]
		if h.Matched != h.Name {
			f.Matched = h.Matched
		}
		s.found = append(s.found, f)
	}
	if len(s.found) > 1 {
		s.found = once(s.found)
	}
}

// listKind lists all of one kind, nearest to the middle of the map first.
func (s *Search) listKind() {
	for _, g := range s.goals {
		if g.Kind == s.kind {
			s.found = append(s.found, g)
		}
	}
	sortFound(s.found, s.h.Positions.View().Center)
	s.found = once(s.found)
	s.found = s.found[:min(most, len(s.found))]
}

// once leaves out what has the name, the kind and nearly the place of one before
// it: a province is an area of the history and of the base map.
func once(all []Found) []Found {
	out := all[:0]
	for _, f := range all {
		twice := false
		for _, g := range out {
			twice = twice || f.Kind == g.Kind && f.Name == g.Name && geo.Distance(f.At, g.At) < 100_000
			if twice {
				break
			}
		}
		if !twice {
			out = append(out, f)
		}
	}
	return out
}

// numeric reports whether a text can be meant as a position: it begins with a
// digit, a sign or the letter of an axis or a hemisphere before a digit.
func numeric(s string) bool {
	s = strings.TrimLeft(s, "-−+ ")
	if s == "" {
		return false
	}
	if c := s[0]; c >= '0' && c <= '9' {
		return true
	}
	rest := strings.TrimLeft(s[1:], "=: ")
	return strings.ContainsRune("xyXYnNeEbB", rune(s[0])) && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// digits reports whether a text is one whole number: an MMSI rather than a place.
func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// sortFound puts what is near a place first.
func sortFound(all []Found, to geo.Point) {
	slices.SortFunc(all, func(x, y Found) int {
		return cmp.Or(cmp.Compare(geo.Distance(x.At, to), geo.Distance(y.At, to)), cmp.Compare(x.Name, y.Name))
	})
}

// Rows are the results under the field, and what is said where there are none;
// take is called for the one that is chosen.
func (s *Search) Rows(take func(Found)) []sheet.Row {
	if !s.on {
		return nil
	}
	l := s.h.Positions.Lang
	var rows []sheet.Row
	if s.kind == KindArea {
		rows = append(rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.act.area"), Right: strconv.Itoa(len(s.found))})
	}
	if s.fault != "" {
		rows = append(rows, sheet.Row{Kind: sheet.RowFault, Text: s.fault})
	}
	for i, f := range s.found {
		r := sheet.Row{Kind: sheet.RowItem, Name: f.Name, Right: l.T(kindKey(f.Kind)), Text: f.Detail, Chosen: i == s.at, Do: func() { take(f) }}
		if f.Matched != "" {
			r.Text = l.T("atlas.search.matched", "name", f.Matched)
		}
		rows = append(rows, r)
	}
	switch {
	case len(s.found) > 0 || s.fault != "":
	case s.busy && s.names == nil:
		rows = append(rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.search.busy")})
	case s.text == "":
		rows = append(rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.search.how")})
	default:
		rows = append(rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.search.none", "text", s.text)})
	}
	if s.missing > 0 && s.names != nil && s.kind != KindArea {
		rows = append(rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.search.missing", "n", strconv.Itoa(s.missing))})
	}
	return rows
}

// kindKey is the catalogue's word for a kind of result.
func kindKey(kind string) string { return "atlas.kind." + kind }
