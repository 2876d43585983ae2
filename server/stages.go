package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"iocwall/server/auth"
	"iocwall/server/recorder"
	"iocwall/server/stage"
	"iocwall/server/world"
)

// openStage makes what does the commands of walls, and what knows what was on them.
func (s *Server) openStage() error {
	var err error
	if s.recorder, err = recorder.New(recorder.Options{Log: s.log, Nodes: s.wallNodes, Logger: s.logger}); err != nil {
		return err
	}
	s.stage, err = stage.New(stage.Options{History: s.loop, LastVersion: s.recorder.LastVersion, Logger: s.logger})
	return err
}

// wallNodes returns the computers of the walls as they are now.
func (s *Server) wallNodes(ctx context.Context) (out []world.Node, err error) {
	err = s.loop.Call(ctx, func(st *world.State) { out = st.Nodes() })
	return out, err
}

// lastVersions returns the last versions that scenes ever had of which there are
// none now. It waits until the history was read; mostly there is nothing to ask.
func (s *Server) lastVersions(ctx context.Context, scenes []string) (map[string]int, error) {
	err := s.loop.Call(ctx, func(st *world.State) {
		scenes = slices.DeleteFunc(scenes, func(id string) bool { _, there := st.Scene(id); return there })
	})
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, id := range scenes {
		n, err := s.recorder.LastVersion(ctx, id)
		for errors.Is(err, recorder.ErrReading) && ctx.Err() == nil {
			n, err = s.recorder.LastVersion(ctx, id)
		}
		if err != nil {
			return nil, fmt.Errorf("server: versions of the scene %s: %w", id, err)
		}
		out[id] = n
	}
	return out, nil
}

// mountWalls adds the doors of what is and was on the walls.
func (s *Server) mountWalls(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/walls", s.door(auth.ReadWall, s.stage.ServeWalls))
	mux.HandleFunc("GET /api/walls/{id}", s.door(auth.ReadWall, s.stage.ServeWall))
	mux.HandleFunc("GET /api/wall/log", s.door(auth.ReadWall, anybody(s.recorder.ServeLog)))
	mux.HandleFunc("GET /api/walls/{wall}/scenes/{scene}/versions", s.door(auth.ReadWall, anybody(s.recorder.ServeVersions)))
	mux.HandleFunc("GET /api/walls/{wall}/scenes/{scene}/versions/{n}", s.door(auth.ReadWall, anybody(s.recorder.ServeVersion)))
}

// anybody is a handler to whom it is the same who asks, once past the door.
func anybody(next http.HandlerFunc) handler {
	return func(w http.ResponseWriter, r *http.Request, _ auth.Identity) { next(w, r) }
}
