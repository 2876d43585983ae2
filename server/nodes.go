package server

import (
	"context"
	"net/http"
	"time"

	"iocwall/assets"
	"iocwall/server/auth"
	"iocwall/server/nodes"
	"iocwall/server/settings"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// openNodes makes what looks after the computers of the wall.
func (s *Server) openNodes() (err error) {
	s.nodes, err = nodes.New(nodes.Options{
		History: s.loop, Tokens: s.tokens, ValidName: settings.ValidID,
		Regular: assets.Regular(), Bold: assets.Bold(),
		Audit: s.audit, Logger: s.logger, Address: s.address,
		Refused: func(r *http.Request, why error) { s.turnAway(r, auth.Identity{}, why) },
	})
	if err != nil {
		return err
	}
	s.links, err = nodes.NewLinks(nodes.LinksOptions{
		History: s.loop, Sessions: func() []nodes.Session { return nodeSessions(s.hub.Stats().Clients) }, Logger: s.logger,
	})
	return err
}

// nodeSessions returns the connections of computers of walls that are shown their
// view.
func nodeSessions(clients []wire.ClientStats) []nodes.Session {
	var out []nodes.Session
	for _, c := range clients {
		if c.Role == string(auth.Node) && c.View != "" {
			out = append(out, nodes.Session{Node: c.User, Silent: c.Silent})
		}
	}
	return out
}

// clientMoved tells of the computers of walls that came and went.
func (s *Server) clientMoved(id wire.Identity, gone string) {
	if id.Role == string(auth.Node) {
		s.links.Moved(id.User, gone)
	}
}

// mountNodes opens the doors of the computers of the wall, and those through which
// people see their screens.
func (s *Server) mountNodes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/nodes/codes", s.door(auth.EnrolNode, s.nodes.PostCode))
	mux.HandleFunc("POST /api/nodes/enrol", s.nodes.PostEnrol)
	mux.HandleFunc("GET /api/nodes/asks", s.door(auth.ReportNode, s.nodes.GetAsks))
	mux.HandleFunc("PUT /api/nodes/pictures/{screen}", s.door(auth.ReportNode, s.nodes.PutPicture))
	mux.HandleFunc("GET /api/wall/screenshot.png", s.door(auth.ReadWall, s.nodes.GetScreenshot))
	mux.HandleFunc("GET /api/wall/pictures", s.door(auth.ReadWall, s.nodes.GetPictures))
	mux.HandleFunc("GET /api/wall/pictures/{screen}", s.door(auth.ReadWall, s.nodes.GetPicture))
}

// measureWall returns how many computers of walls are connected, and the greatest
// time in milliseconds by which the computers of a wall were apart when it changed
// last. Both are zero while the loop does not answer.
func (s *Server) measureWall() (up, skew float64) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	// What cannot be asked is the server's trouble, which other numbers show.
	_ = s.loop.Call(ctx, func(st *world.State) {
		for _, n := range st.Nodes() {
			if n.Up {
				up++
			}
		}
		for _, w := range st.Walls() {
			skew = max(skew, float64(w.On.Skew))
		}
	})
	return up, skew
}
