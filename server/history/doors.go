package history

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

// Doors answer who asks what happened to one thing.
type Doors struct {
	Index *Index
	// OnLoop runs f on the goroutine of the state and returns when it ran.
	OnLoop func(ctx context.Context, f func(*world.State)) error
	// Kinds returns the kinds of things that a role sees, nil for all; All are those
	// there are.
	Kinds func(auth.Role) []string
	All   []string
}

// Serve answers GET /api/history?kind=&id=&limit=&before= with an Answer, the newest
// first. What the asker may not see is as if it had not happened, also where a vessel was before
// it came into the asker's area.
func (d Doors) Serve(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	ref, before, limit, err := d.query(r)
	if err != nil {
		reply.Error(w, http.StatusBadRequest, err)
		return
	}
	if !d.mayKnow(id, ref.Kind()) {
		reply.Error(w, http.StatusForbidden, world.Refuse("kind.denied", "the role {role} does not see things of the kind {kind}", "role", id.Role, "kind", ref.Kind()))
		return
	}
	out, err := d.Index.Of(ref, before, limit)
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	seen := false
	err = d.OnLoop(r.Context(), func(st *world.State) {
		seen = d.sees(st, id, ref)
		out.Entries = slices.DeleteFunc(out.Entries, func(e Entry) bool {
			return e.moved && !id.Sees(st, e.area) || slices.ContainsFunc(e.Refs, func(other world.Ref) bool { return other != ref && !d.sees(st, id, other) })
		})
	})
	switch {
	case err != nil:
		reply.Error(w, http.StatusServiceUnavailable, err)
	case !seen:
		reply.Error(w, http.StatusNotFound, world.Refuse("thing.unknown", "there is no {kind} \"{id}\" to be seen", "kind", ref.Kind(), "id", ref.ID()))
	default:
		reply.JSON(w, http.StatusOK, out)
	}
}

// mayKnow reports whether somebody may know of such things at all; those of the
// wall are seen with the right to read it.
func (d Doors) mayKnow(id auth.Identity, kind string) bool {
	ofWall := []string{world.KindWall, world.KindScene, world.KindPopup, world.KindLock, world.KindSchedule}
	if slices.Contains(ofWall, kind) && !id.May(auth.ReadWall) {
		return false
	}
	may := d.Kinds(id.Role)
	return may == nil || slices.Contains(may, kind)
}

// sees reports whether somebody may know of a thing. What is not there any more
// belongs to no area: who is bound to areas does not see it.
func (d Doors) sees(st *world.State, id auth.Identity, r world.Ref) bool {
	if !d.mayKnow(id, r.Kind()) {
		return false
	}
	if !world.Bounded(r.Kind()) {
		return true
	}
	in := ""
	if e, ok := st.Entity(r); ok {
		in = e.In()
	}
	return id.Sees(st, in)
}

// query reads what is asked for.
func (d Doors) query(r *http.Request) (ref world.Ref, before uint64, limit int, err error) {
	v := r.URL.Query()
	for key := range v {
		if !slices.Contains([]string{"kind", "id", "limit", "before"}, key) {
			return "", 0, 0, fmt.Errorf("there is no parameter %.40q; there are kind, id, limit and before", key)
		}
	}
	kind, name := v.Get("kind"), v.Get("id")
	if !slices.Contains(d.All, kind) {
		return "", 0, 0, fmt.Errorf("no kind %.40q; there are %s", kind, strings.Join(d.All, ", "))
	}
	if strings.TrimSpace(name) == "" || len(name) > 256 {
		return "", 0, 0, errors.New("name the thing, as in id=CB-0412")
	}
	limit = 100
	if text := v.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 500 {
			return "", 0, 0, fmt.Errorf("limit=%.20q is not a number from 1 to 500", text)
		}
	}
	if text := v.Get("before"); text != "" {
		if before, err = strconv.ParseUint(text, 10, 64); err != nil || before == 0 {
			return "", 0, 0, fmt.Errorf("before=%.20q is not the number of an event", text)
		}
	}
	return world.NewRef(kind, name), before, limit, nil
}
