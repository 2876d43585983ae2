package wire

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// maxRate is the most batches a second that a view is sent, urgent ones apart.
const maxRate = 10.0

// Identity is who a connection belongs to, as the door found it.
type Identity struct {
	// User is the account, Token the id (never the secret) of the token used,
	// Name what people call this client; Role is for the statistics and the
	// command handler.
	User, Token, Name, Role string
	// Areas are the roots of the subtrees that may be seen; none means all.
	Areas []string
	// Kinds are the entity kinds that may be seen; none means all.
	Kinds []string
	// Expires is when the right ends, zero for never.
	Expires world.Time
}

// View is what a client is shown. Clients with equal views share all work.
type View struct {
	// Kinds are entity kinds, sorted; none means all.
	Kinds []string
	// Areas are roots of area subtrees, sorted; none means everywhere. They
	// bound vessels, stations, cameras, reports, figures and alerts; of these,
	// what lies in no area is outside every bounded view. Areas, agencies,
	// walls, scenes, sources, aids and base stations belong to no place and are
	// bounded by Kinds alone.
	Areas []string
	// Rate is batches a second, above 0 and at most 10.
	Rate float64
}

// viewOf returns what id may see of what it wants. A client that wants only
// kinds it may not see gets an error, since an empty list would mean all.
func viewOf(id Identity, w message.Want) (View, error) {
	v := View{Kinds: sorted(id.Kinds), Areas: sorted(id.Areas), Rate: maxRate}
	if w.Rate > 0 && w.Rate < maxRate {
		v.Rate = max(w.Rate, 0.1)
	}
	switch {
	case len(w.Kinds) == 0:
	case len(v.Kinds) == 0:
		v.Kinds = sorted(w.Kinds)
	default:
		wanted := sorted(w.Kinds)
		v.Kinds = slices.DeleteFunc(v.Kinds, func(k string) bool { return !slices.Contains(wanted, k) })
		if len(v.Kinds) == 0 {
			return View{}, fmt.Errorf("none of the kinds asked for (%s) may be seen with this token", strings.Join(wanted, ", "))
		}
	}
	return v, nil
}

func sorted(in []string) []string {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

// fingerprint names the view across restarts of the server: clients that were
// shown the same things have the same one. The rate is no part of it.
func (v View) fingerprint() string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q", v.Kinds, v.Areas)
	return fmt.Sprintf("%016x", h.Sum64())
}

// key tells the views apart that cannot share work.
func (v View) key() string { return fmt.Sprintf("%s %g", v.fingerprint(), v.Rate) }

// whole reports whether the view holds everything there is.
func (v View) whole() bool { return len(v.Kinds) == 0 && len(v.Areas) == 0 }

// every is the time between two batches.
func (v View) every() time.Duration { return time.Duration(float64(time.Second) / v.Rate) }

// hasKind reports whether entities of the kind can be in the view.
func (v View) hasKind(kind string) bool {
	if len(v.Kinds) == 0 {
		return true
	}
	_, ok := slices.BinarySearch(v.Kinds, kind)
	return ok
}
