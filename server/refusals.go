package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world"
)

// refusalWait bounds how long a refused request waits for the history.
const refusalWait = time.Second

// turnAway writes down that a door stayed shut: for whom, from where and why, one
// event for what repeats itself within a minute.
func (s *Server) turnAway(r *http.Request, id auth.Identity, why error) {
	host := s.address(r)
	door := r.Pattern
	reason := why.Error()
	var denied *auth.DeniedError
	if errors.As(why, &denied) {
		id = denied.Identity
	}
	write, others := s.refused.Note(id.Token+" "+host+" "+door+" "+reason, time.Now())
	if !write {
		return
	}
	if others > 0 {
		reason += fmt.Sprintf(" (and %d more refusals in the minute before)", others)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), refusalWait)
	defer cancel()
	s.audit(ctx, id, world.Audited{Who: id.Token, Act: "door", Object: cut(door + " from " + host), Reason: cut(reason)})
}
