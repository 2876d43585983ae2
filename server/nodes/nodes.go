// Package nodes looks after the computers of the wall: it lets them in with a code
// that is good once, finds out which of them are there and which are lost, and
// brings together the pictures that they read back from their screens.
package nodes

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/world"
)

// Source is whose events those of this package are.
const Source = "nodes"

// History is what this package needs of the centre's history; core.Loop is one.
type History interface {
	// Ask appends what the request decides and returns the number of the last
	// event once it is durable and applied, zero for none.
	Ask(ctx context.Context, q core.Request) (uint64, error)
	// Call shows f the state, which must not be kept. f runs on the loop.
	Call(ctx context.Context, f func(st *world.State)) error
}

// Tokens is what this package needs of the store of tokens; auth.Store is one.
type Tokens interface {
	// Add makes a token and returns it with what is kept of it.
	Add(spec auth.Spec) (raw string, t auth.Token, err error)
	// List returns what is kept of all tokens.
	List() []auth.Token
	// Revoke ends the token with the id.
	Revoke(id string) error
}

// Options make Nodes. All but Audit, Refused and Logger are required.
type Options struct {
	History History
	Tokens  Tokens
	// ValidName reports whether a text can be the name of a computer.
	ValidName func(name string) bool
	// Regular and Bold are fonts in the format of TrueType, for what is written
	// into pictures of the wall.
	Regular, Bold []byte
	// Audit writes down what somebody did; nil for nothing.
	Audit func(ctx context.Context, id auth.Identity, a world.Audited)
	// Address returns where a request comes from, as refusals are counted; nil is the
	// other end of its connection, which is wrong behind a proxy.
	Address func(r *http.Request) string
	// Refused writes down that a stranger was turned away; nil for nothing.
	Refused func(r *http.Request, why error)
	// Logger discards when nil.
	Logger *slog.Logger
}

// Nodes are the computers of the walls. Its methods may be called from any
// goroutine.
type Nodes struct {
	o        Options
	log      *slog.Logger
	codes    codes
	tries    tries
	board    *board
	shelf    shelf
	painter  *painter
	uploads  uploads
	reading  chan struct{} // holds those whose pictures are being decoded
	shooting chan struct{} // holds those for whom a wall is being drawn
	looking  chan struct{} // holds those who wait for newer pictures of a wall

	hush    sync.Once
	closing chan struct{}
}

// New makes Nodes.
func New(o Options) (*Nodes, error) {
	if o.History == nil || o.Tokens == nil || o.ValidName == nil {
		return nil, errors.New("nodes: a history, tokens and a rule for names are needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Audit == nil {
		o.Audit = func(context.Context, auth.Identity, world.Audited) {}
	}
	if o.Refused == nil {
		o.Refused = func(*http.Request, error) {}
	}
	if o.Address == nil {
		o.Address = remote
	}
	p, err := newPainter(o.Regular, o.Bold)
	if err != nil {
		return nil, err
	}
	return &Nodes{
		o: o, log: o.Logger, board: newBoard(time.Now()), painter: p,
		reading: make(chan struct{}, maxReading), shooting: make(chan struct{}, maxShots), looking: make(chan struct{}, maxAlbums), closing: make(chan struct{}),
	}, nil
}

// Hush ends the requests that wait for something to do, so that a server which
// stops does not wait for them.
func (n *Nodes) Hush() { n.hush.Do(func() { close(n.closing) }) }

// Stats counts pictures since the start.
type Stats struct {
	// Pictures were taken in, Rejected were not what they had to be.
	Pictures, Rejected uint64
}

// Stats returns the counts of now.
func (n *Nodes) Stats() Stats {
	return Stats{Pictures: n.uploads.taken.Load(), Rejected: n.uploads.rejected.Load()}
}
