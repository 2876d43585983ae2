package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/strict"
	"iocwall/server/wire"
	"iocwall/server/world"
)

const (
	// maxBody bounds what a client may send at once.
	maxBody = 4 << 20
	// maxObservations bounds how many observations come at once, so that one
	// provider's heap does not hold up what others send, and faultsShown how
	// many faults are told of one such heap.
	maxObservations = 1000
	faultsShown     = 20
	// requestLimit is how long a request may take from its header to the end of
	// its answer: 4 MB in it are 1 Mbit/s. Who is slower holds a connection for
	// nothing. The feed is not bound by it: it looks after its own connections.
	requestLimit = 30 * time.Second
	// storeLimit is how long a request waits for the history, which writes
	// nothing while its disk is full. The answer must still go out in time.
	storeLimit = 20 * time.Second
)

// routes are the doors. Every one but the health answer needs a token with the
// right named beside it.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /feed", s.door(auth.ReadFeed, s.feed))
	mux.HandleFunc("GET /api/state/{kind}", s.door(auth.ReadState, s.list))
	mux.HandleFunc("POST /api/commands", s.door(auth.ReadFeed, s.postCommand))
	mux.HandleFunc("POST /api/observations", s.door(auth.SendObservations, s.postObservations))
	cameras := s.cameraDoors()
	mux.HandleFunc("GET /api/cameras", s.door(auth.ReadState, cameras.List))
	mux.HandleFunc("GET /api/cameras/{id}/replay", s.door(auth.ReadRecordings, cameras.Replay))
	mux.HandleFunc("GET /api/clips", s.door(auth.ReadState, cameras.Clips))
	mux.HandleFunc("GET /api/clips/{id}", s.door(auth.ReadRecordings, cameras.Clip))
	mux.HandleFunc("GET /metrics", s.door(auth.ReadMetrics, s.metrics()))
	charts := s.chartDoors()
	mux.HandleFunc("GET /api/map/layers/{id}", s.door(auth.ReadFeed, charts.Layer))
	mux.HandleFunc("PUT /api/map/layers/{id}", s.door(auth.EditMap, charts.PutLayer))
	mux.HandleFunc("DELETE /api/map/layers/{id}", s.door(auth.EditMap, charts.DeleteLayer))
	mux.HandleFunc("GET /api/map/fences", s.door(auth.ReadFeed, charts.Fences))
	mux.HandleFunc("POST /api/map/fences", s.door(auth.EditMap, charts.ImportFences))
	s.mountNodes(mux)
	s.mountWalls(mux)
	s.mountReports(mux)
	s.mountHistories(mux)
	s.mountLogins(mux)
	s.mountSetup(mux)
	short := http.MaxBytesHandler(mux, maxBody)
	return s.timed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/map/") || strings.HasPrefix(r.URL.Path, "/api/nodes/pictures/") || r.URL.Path == areasDoor {
			mux.ServeHTTP(w, r) // files for the map, pictures of screens and layers of areas bound themselves
			return
		}
		short.ServeHTTP(w, r)
	}))
}

// timed gives every request its time.
func (s *Server) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		end := time.Now().Add(requestLimit)
		c := http.NewResponseController(w)
		if err := errors.Join(c.SetReadDeadline(end), c.SetWriteDeadline(end)); err != nil {
			s.logger.Warn("a request has no time limit", "error", err)
		}
		next.ServeHTTP(w, r)
	})
}

type handler func(w http.ResponseWriter, r *http.Request, id auth.Identity)

// door lets those in whose token has the right.
func (s *Server) door(right auth.Right, next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, ok := s.enter(w, r)
		if !ok {
			return
		}
		if err := id.Demand(right); err != nil {
			s.turnAway(r, id, err)
			reply.Refused(w, http.StatusForbidden, string(auth.CodeOf(err)), err, map[string]any{"right": right})
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
	return s.verify(strings.TrimSpace(raw))
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
	if !s.loop.Stats().FullSince.IsZero() {
		reply.JSON(w, http.StatusServiceUnavailable, map[string]string{"status": "journal full"})
		return
	}
	reply.JSON(w, http.StatusOK, map[string]string{"status": "ok", "version": s.version})
}

// entityKinds returns the kinds of things there are.
func entityKinds() []string {
	return []string{
		world.KindVessel, world.KindStation, world.KindCamera, world.KindReport, world.KindFigure,
		world.KindArea, world.KindAgency, world.KindWall, world.KindScene, world.KindAlert,
		world.KindAid, world.KindBase, world.KindSource, world.KindClip,
		world.KindFence, world.KindDrawing, world.KindMapView, world.KindLayer,
		world.KindPopup, world.KindLock, world.KindNode, world.KindSchedule,
		world.KindDomain,
	}
}

// kindsOf returns the entity kinds a role may see; nil means all.
func kindsOf(r auth.Role) []string {
	if r == auth.Unit {
		// A unit's laptop has no use for the troubles of sources and computers. What is
		// on a wall, or laid out for one, is of other areas, too, and in words of the
		// centre's people: a unit has no right to read it (auth.ReadWall).
		none := []string{
			world.KindAid, world.KindBase, world.KindSource, world.KindNode,
			world.KindWall, world.KindScene, world.KindPopup, world.KindLock, world.KindSchedule,
		}
		return slices.DeleteFunc(entityKinds(), func(k string) bool { return slices.Contains(none, k) })
	}
	return nil
}

func toWire(id auth.Identity) wire.Identity {
	return wire.Identity{Token: id.Key(), User: id.Name, Name: id.Name, Role: string(id.Role), Areas: id.Areas, Kinds: kindsOf(id.Role), Expires: world.TimeOf(id.Expires)}
}

// fromWire returns who stands behind a connection: a user as of now, who may do
// nothing when the session is over by now.
func (s *Server) fromWire(w wire.Identity) auth.Identity {
	if auth.IsSessionID(w.Token) {
		id, err := s.users.Identify(w.Token)
		if err != nil {
			return auth.Identity{Token: w.Token, Name: w.User}
		}
		return id
	}
	return auth.Identity{Token: w.Token, Name: w.User, Role: auth.Role(w.Role), Areas: w.Areas}
}

// connKey leads from a request's context to its connection.
type connKey struct{}

// feed hands the connection over to the hub, which has deadlines of its own, and
// returns when the client is gone.
func (s *Server) feed(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	if c, ok := r.Context().Value(connKey{}).(net.Conn); ok {
		defer s.crowd.Done(c)
	}
	c := http.NewResponseController(w)
	if err := errors.Join(c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{})); err != nil {
		s.logger.Warn("a feed keeps the time limit of a request", "error", err)
	}
	s.hub.Upgrade(w, r, toWire(id))
}

// list returns the entities of one kind that the identity may see.
func (s *Server) list(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	kind := r.PathValue("kind")
	if !slices.Contains(entityKinds(), kind) {
		reply.Error(w, http.StatusNotFound, fmt.Errorf("no kind %q; %s", kind, strict.Nearest(kind, entityKinds())))
		return
	}
	if may := kindsOf(id.Role); may != nil && !slices.Contains(may, kind) {
		reply.Error(w, http.StatusForbidden, world.Refuse("kind.denied", "the role {role} does not see things of the kind {kind}", "role", id.Role, "kind", kind))
		return
	}
	out := []world.Entity{}
	err := s.loop.Call(r.Context(), func(st *world.State) {
		for e := range st.Entities(kind) {
			if id.Sees(st, e.In()) || !world.Bounded(kind) {
				out = append(out, e)
			}
		}
	})
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	reply.JSON(w, http.StatusOK, out)
}

// postCommand is the door for scripts; walls send commands over the feed.
func (s *Server) postCommand(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var c act.Command
	if status, err := readJSON(r, &c); err != nil {
		reply.Error(w, status, fmt.Errorf("the command cannot be read: %w", err))
		return
	}
	// A client that hears no answer asks again: then it is answered, not done
	// again, and that it went away meanwhile does not stop what it asked for.
	receipt, err := s.ordered.Do(r.Context(), id.Key()+" "+c.ID, func() (world.Receipt, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeLimit)
		defer cancel()
		receipt := s.command(ctx, id, c)
		if !receipt.OK && ctx.Err() != nil {
			return receipt, errors.New("it is not known yet whether the command was done; send it again in a minute")
		}
		return receipt, nil
	})
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	status := http.StatusOK
	if !receipt.OK {
		status = http.StatusConflict
	}
	reply.JSON(w, status, receipt)
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
		reply.Error(w, status, fmt.Errorf("expected a JSON array of {time, kind, body}: %w", err))
		return
	}
	if len(in) > maxObservations {
		reply.Error(w, http.StatusRequestEntityTooLarge, fmt.Errorf("nothing was taken: %d observations; send at most %d at a time", len(in), maxObservations))
		return
	}
	obs, faults := checkObservations(in)
	if len(faults) > 0 {
		if more := len(faults) - faultsShown; more > 0 {
			faults = append(faults[:faultsShown], fmt.Sprintf("and %d more", more))
		}
		reply.Error(w, http.StatusUnprocessableEntity, errors.New("nothing was taken: "+strings.Join(faults, "; ")))
		return
	}
	err := s.provide(r.Context(), id, obs)
	var refused *refusedError
	if errors.As(err, &refused) {
		reply.Error(w, http.StatusForbidden, err)
		return
	}
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]int{"taken": len(obs)})
}

// checkObservations returns what may become part of the history, and what is
// wrong with the rest.
func checkObservations(in []observation) (obs []world.Observation, faults []string) {
	for i, o := range in {
		b, err := world.DecodeBody(o.Kind, o.Body)
		if err == nil {
			err = acceptable(b)
		}
		switch {
		case !acceptedKinds[o.Kind]:
			faults = append(faults, fmt.Sprintf("[%d]: %.40q may not be sent here", i, o.Kind))
		case err != nil:
			faults = append(faults, fmt.Sprintf("[%d]: %v", i, err))
		default:
			obs = append(obs, world.Observation{Time: o.Time, Body: b})
		}
	}
	return obs, faults
}
