package relay

import "time"

// Admit checks whether a token opens a stream of a camera now, as if a reader had come with it, and returns what the
// token grants. Errors are ErrToken, ErrExpired, ErrWithdrawn or ErrNotGranted, possibly wrapped, and never quote the
// token. A camera that is not configured is covered by patterns only.
func (r *Relay) Admit(token, camera, stream string) (Grant, error) {
	grant, err := r.opts.Signer.Verify(token, time.Now())
	if err != nil {
		return grant, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.withdrawn(grant) {
		return grant, ErrWithdrawn
	}
	if !grant.Covers(camera, r.wanted["/"+camera+"/"+stream].in()) {
		return grant, ErrNotGranted
	}
	return grant, nil
}

// CloseSubject ends the sessions of a subject and returns their number. The tokens it was given until now open nothing
// any more; one that is signed later, for the whole of Options.TokenLife, does. What is remembered of a subject is
// forgotten when its last token has expired.
func (r *Relay) CloseSubject(subject string) int {
	now := time.Now()
	r.mu.Lock()
	for s, until := range r.closed {
		if !now.Before(until) {
			delete(r.closed, s)
		}
	}
	r.closed[subject] = now.Add(r.opts.TokenLife)
	r.mu.Unlock()
	// A session that begins to play from here on is refused, see OnPlay.
	n := 0
	for _, u := range r.upstreams() {
		n += u.expel(subject)
	}
	return n
}

// withdrawn tells whether the grant's subject was closed since the grant was made; the caller holds the lock.
func (r *Relay) withdrawn(g Grant) bool {
	until, ok := r.closed[g.Subject]
	return ok && !g.Expires.After(until)
}

// expel ends the sessions of the subject and returns their number.
func (u *upstream) expel(subject string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for _, r := range u.readers {
		if r.grant.Subject == subject && !r.expelled {
			r.expelled = true
			r.close()
			n++
		}
	}
	return n
}
