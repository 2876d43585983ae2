package server

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"iocwall/server/auth"
	"iocwall/server/history"
	"iocwall/server/reply"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// openHistories makes what knows what happened to each thing.
func (s *Server) openHistories() (err error) {
	s.histories, err = history.New(history.Options{Log: s.log, Logger: s.logger})
	return err
}

// mountHistories adds the door of what happened to one thing.
func (s *Server) mountHistories(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/history", s.door(auth.ReadState, s.history))
}

// history answers GET /api/history?kind=&id=&limit=&before= with a history.Answer,
// the newest first. What the asker may not see is as if it had not happened.
func (s *Server) history(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	ref, before, limit, err := historyQuery(r)
	if err != nil {
		reply.Error(w, http.StatusBadRequest, err)
		return
	}
	if may := kindsOf(id.Role); may != nil && !slices.Contains(may, ref.Kind()) || ofWall(ref.Kind()) && !id.May(auth.ReadWall) {
		reply.Error(w, http.StatusForbidden, fmt.Errorf("the role %s does not see things of the kind %s", id.Role, ref.Kind()))
		return
	}
	out, err := s.histories.Of(ref, before, limit)
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	seen := false
	err = s.loop.Call(r.Context(), func(st *world.State) {
		seen = sees(st, id, ref)
		out.Entries = slices.DeleteFunc(out.Entries, func(e history.Entry) bool {
			return slices.ContainsFunc(e.Refs, func(other world.Ref) bool { return other != ref && !sees(st, id, other) })
		})
	})
	switch {
	case err != nil:
		reply.Error(w, http.StatusServiceUnavailable, err)
	case !seen:
		reply.Error(w, http.StatusNotFound, fmt.Errorf("there is no %s %.70q to be seen", ref.Kind(), ref.ID()))
	default:
		reply.JSON(w, http.StatusOK, out)
	}
}

// ofWall reports whether such things are seen with the right to read the wall.
func ofWall(kind string) bool {
	return slices.Contains([]string{world.KindWall, world.KindScene, world.KindPopup, world.KindLock, world.KindSchedule}, kind)
}

// sees reports whether somebody may know of a thing. What is not there any more
// belongs to no area: who is bound to areas does not see it.
func sees(st *world.State, id auth.Identity, r world.Ref) bool {
	if ofWall(r.Kind()) && !id.May(auth.ReadWall) {
		return false
	}
	if may := kindsOf(id.Role); may != nil && !slices.Contains(may, r.Kind()) {
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

// historyQuery reads what is asked for.
func historyQuery(r *http.Request) (ref world.Ref, before uint64, limit int, err error) {
	v := r.URL.Query()
	for key := range v {
		if !slices.Contains([]string{"kind", "id", "limit", "before"}, key) {
			return "", 0, 0, fmt.Errorf("there is no parameter %.40q; there are kind, id, limit and before", key)
		}
	}
	kind, name := v.Get("kind"), v.Get("id")
	if !slices.Contains(entityKinds(), kind) {
		return "", 0, 0, fmt.Errorf("no kind %.40q; %s", kind, strict.Nearest(kind, entityKinds()))
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
