package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"iocwall/server/auth"
	"iocwall/server/strict"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// maxBody bounds what a client may send at once.
const maxBody = 4 << 20

// routes are the doors. Every one but the health answer needs a token with the
// right named beside it.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /feed", s.door(auth.ReadFeed, s.feed))
	mux.HandleFunc("GET /api/state/{kind}", s.door(auth.ReadState, s.list))
	mux.HandleFunc("POST /api/commands", s.door(auth.ReadFeed, s.postCommand))
	mux.HandleFunc("POST /api/observations", s.door(auth.SendObservations, s.postObservations))
	mux.HandleFunc("GET /metrics", s.door(auth.ReadMetrics, s.metrics()))
	s.mountReports(mux)
	return http.MaxBytesHandler(mux, maxBody)
}

type handler func(w http.ResponseWriter, r *http.Request, id auth.Identity)

// door lets those in whose token has the right.
func (s *Server) door(right auth.Right, next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := s.identify(r)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="iocwall"`)
			writeError(w, http.StatusUnauthorized, err)
			return
		}
		if err := id.Demand(right); err != nil {
			writeError(w, http.StatusForbidden, err)
			return
		}
		next(w, r, id)
	}
}

// identify reads the token from the Authorization header. A token in the URL
// would end up in logs, so it is not looked for there.
func (s *Server) identify(r *http.Request) (auth.Identity, error) {
	raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return auth.Identity{}, auth.ErrNoToken
	}
	return s.tokens.Verify(strings.TrimSpace(raw))
}

func writeError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": err.Error()})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client may have gone: then nobody is left to tell.
	_ = json.NewEncoder(w).Encode(v)
}

// readJSON reads the body of a request: one JSON value and nothing after it.
func readJSON(r *http.Request, into any) (status int, err error) {
	d := json.NewDecoder(r.Body)
	if err = d.Decode(into); err == nil {
		if _, err = d.Token(); err == nil {
			err = errors.New("there is something after the end")
		} else if errors.Is(err, io.EOF) {
			return 0, nil
		}
	}
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return http.StatusRequestEntityTooLarge, fmt.Errorf("longer than %d bytes; send less at a time", long.Limit)
	}
	return http.StatusBadRequest, err
}

// health answers without a token and says nothing about the centre but whether
// it is well.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	if since := s.loop.stats.full.Load(); since != 0 {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "journal full"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok", "version": s.version})
}

// entityKinds returns the kinds of things there are.
func entityKinds() []string {
	return []string{
		world.KindVessel, world.KindStation, world.KindCamera, world.KindReport, world.KindFigure,
		world.KindArea, world.KindAgency, world.KindWall, world.KindScene, world.KindAlert,
		world.KindAid, world.KindBase, world.KindSource,
	}
}

// kindsOf returns the entity kinds a role may see; nil means all.
func kindsOf(r auth.Role) []string {
	if r == auth.Unit {
		// A unit's laptop has no use for the sources' troubles.
		return slices.DeleteFunc(entityKinds(), func(k string) bool {
			return k == world.KindAid || k == world.KindBase || k == world.KindSource
		})
	}
	return nil
}

func toWire(id auth.Identity) wire.Identity {
	return wire.Identity{Token: id.Token, User: id.Name, Name: id.Name, Role: string(id.Role), Areas: id.Areas, Kinds: kindsOf(id.Role)}
}

func fromWire(w wire.Identity) auth.Identity {
	return auth.Identity{Token: w.Token, Name: w.User, Role: auth.Role(w.Role), Areas: w.Areas}
}

func (s *Server) feed(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	s.hub.Upgrade(w, r, toWire(id))
}

// list returns the entities of one kind that the identity may see.
func (s *Server) list(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	kind := r.PathValue("kind")
	if !slices.Contains(entityKinds(), kind) {
		writeError(w, http.StatusNotFound, fmt.Errorf("no kind %q; %s", kind, strict.Nearest(kind, entityKinds())))
		return
	}
	if may := kindsOf(id.Role); may != nil && !slices.Contains(may, kind) {
		writeError(w, http.StatusForbidden, fmt.Errorf("the role %s does not see things of the kind %s", id.Role, kind))
		return
	}
	out := []world.Entity{}
	err := s.loop.call(r.Context(), func(st *world.State) {
		for e := range st.Entities(kind) {
			if visible(st, id, e.In()) || !bounded(kind) {
				out = append(out, e)
			}
		}
	})
	if err != nil {
		writeError(w, http.StatusServiceUnavailable, err)
		return
	}
	writeJSON(w, http.StatusOK, out)
}

// bounded reports whether entities of the kind belong to somebody's area.
func bounded(kind string) bool {
	switch kind {
	case world.KindVessel, world.KindStation, world.KindCamera, world.KindReport, world.KindFigure, world.KindAlert:
		return true
	}
	return false
}

// postCommand is the door for scripts; walls send commands over the feed.
func (s *Server) postCommand(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var c world.Command
	if status, err := readJSON(r, &c); err != nil {
		writeError(w, status, fmt.Errorf("the command cannot be read: %w", err))
		return
	}
	receipt := s.command(r.Context(), id, c)
	status := http.StatusOK
	if !receipt.OK {
		status = http.StatusConflict
	}
	writeJSON(w, status, receipt)
}

// observation is one observation as providers send it.
type observation struct {
	Time world.Time      `json:"time"`
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// acceptedKinds is what providers may say. What only the server may find out
// (alerts, staleness, audit) is not among it.
var acceptedKinds = map[string]bool{
	"vessel.position": true, "vessel.static": true, "station.reading": true,
	"figure.reported": true, "report.changed": true,
}

// postObservations takes in what programs of other agencies send: all of it or,
// with the place of each fault, nothing.
func (s *Server) postObservations(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in []observation
	if status, err := readJSON(r, &in); err != nil {
		writeError(w, status, fmt.Errorf("expected a JSON array of {time, kind, body}: %w", err))
		return
	}
	obs := make([]world.Observation, 0, len(in))
	var faults []string
	for i, o := range in {
		b, err := world.DecodeBody(o.Kind, o.Body)
		if err == nil {
			err = acceptable(b)
		}
		switch {
		case !acceptedKinds[o.Kind]:
			faults = append(faults, fmt.Sprintf("[%d]: %q may not be sent here", i, o.Kind))
		case err != nil:
			faults = append(faults, fmt.Sprintf("[%d]: %v", i, err))
		default:
			obs = append(obs, world.Observation{Time: o.Time, Body: b})
		}
	}
	if len(faults) > 0 {
		writeError(w, http.StatusUnprocessableEntity, errors.New("nothing was taken: "+strings.Join(faults, "; ")))
		return
	}
	if err := s.put(r.Context(), "api/"+id.Token, obs); err != nil {
		writeError(w, http.StatusServiceUnavailable, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"taken": len(obs)})
}
