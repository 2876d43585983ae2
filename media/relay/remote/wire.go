// Package remote lets a relay run in a process of its own, which outlives the server: Handler is the relay's door for its
// server, Client is the server's end of it, with the methods a relay in the same process has.
//
// The door speaks HTTP with JSON bodies, on the loopback or over TLS only, since camera passwords pass through it. Each
// request carries a token of relay.Signer.SignControl, which is good for a minute. Nothing that passes is stored.
package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
)

// version names the protocol; server and relay must speak the same.
const version = "1"

// Bounds of what is read, in bytes.
const (
	maxCameras = 32 << 20 // ten thousand cameras with certificates
	maxSmall   = 64 << 10
	maxLine    = 64 << 10
)

// beatEvery is how often the relay says that it is there, deadAfter how long it may be silent.
const (
	beatEvery = 2 * time.Second
	deadAfter = 4 * beatEvery
)

// hello is what a relay says of itself.
type hello struct {
	Version string `json:"version"`
	Addr    string `json:"addr"` // where readers connect
	Secure  bool   `json:"secure"`
}

// line is one line of the stream of health: a stream's health, a stream that is gone, the end of the first list, or a
// sign of life.
type line struct {
	Health *relay.Health `json:"health,omitempty"`
	Gone   bool          `json:"gone,omitempty"`
	Whole  bool          `json:"whole,omitempty"`
}

// readLine reads one line of the stream of health.
func readLine(raw []byte) (line, error) {
	var l line
	if err := json.Unmarshal(raw, &l); err != nil {
		return line{}, fmt.Errorf("remote: the relay sent a line that cannot be read: %w", err)
	}
	if l.Gone && l.Health == nil {
		return line{}, errors.New("remote: the relay sent a line without a stream")
	}
	return l, nil
}

type subjectBody struct {
	Subject string `json:"subject"`
}

type closedBody struct {
	Closed int `json:"closed"`
}

type admitBody struct {
	Token  string `json:"token"`
	Camera string `json:"camera"`
	Stream string `json:"stream"`
}

// failure is the body of an answer that is not 200.
type failure struct {
	Kind  string `json:"kind,omitempty"`
	Error string `json:"error"`
}

// kinds are the errors that keep their identity on the way.
var kinds = []struct {
	name   string
	err    error
	status int
}{
	{"token", relay.ErrToken, http.StatusUnauthorized},
	{"expired", relay.ErrExpired, http.StatusUnauthorized},
	{"withdrawn", relay.ErrWithdrawn, http.StatusUnauthorized},
	{"not-granted", relay.ErrNotGranted, http.StatusForbidden},
	{"not-kept", relay.ErrNotKept, http.StatusNotFound},
	{"nothing", replay.ErrNothing, http.StatusNotFound},
}

// pack makes the body for an error.
func pack(err error) (failure, int) {
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return failure{Kind: k.name, Error: err.Error()}, k.status
		}
	}
	return failure{Error: err.Error()}, http.StatusUnprocessableEntity
}

// remoteError is an error that the relay told.
type remoteError struct {
	text string
	kind error // nil if it is none of the kinds
}

// Error implements error.
func (e *remoteError) Error() string { return e.text }

// Unwrap gives the error its identity back.
func (e *remoteError) Unwrap() error { return e.kind }

// unpack makes the error of a body.
func unpack(f failure) error {
	e := &remoteError{text: f.Error}
	for _, k := range kinds {
		if k.name == f.Kind {
			e.kind = k.err
		}
	}
	if e.text == "" {
		e.text = "the relay gave no reason"
	}
	return e
}
