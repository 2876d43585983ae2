package server

import (
	"net/http"

	"iocwall/server/auth"
	"iocwall/server/recorder"
	"iocwall/server/stage"
)

// openStage makes what does the commands of walls, and what knows what was on them.
func (s *Server) openStage() error {
	var err error
	if s.recorder, err = recorder.New(recorder.Options{Log: s.log, Logger: s.logger}); err != nil {
		return err
	}
	s.stage, err = stage.New(stage.Options{History: s.loop, LastVersion: s.recorder.LastVersion, Logger: s.logger})
	return err
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
