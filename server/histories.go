package server

import (
	"net/http"

	"iocwall/server/auth"
	"iocwall/server/history"
)

// openHistories makes what knows what happened to each thing.
func (s *Server) openHistories() (err error) {
	s.histories, err = history.New(history.Options{Log: s.log, Logger: s.logger})
	return err
}

// mountHistories adds the doors of what happened to one thing and where vessels were.
func (s *Server) mountHistories(mux *http.ServeMux) {
	d := history.Doors{Index: s.histories, OnLoop: s.loop.Call, Kinds: kindsOf, All: entityKinds()}
	mux.HandleFunc("GET /api/history", s.door(auth.ReadState, d.Serve))
	mux.HandleFunc("POST /api/tracks", s.door(auth.ReadFeed, d.Tracks))
}
