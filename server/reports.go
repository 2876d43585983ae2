package server

import "net/http"

func (s *Server) mountReports(mux *http.ServeMux) {}
