// Package chart keeps what people put on the map: fences, drawings, saved views
// and layers of features. Each is stored whole under an id and a version; every
// change is an event with its author. Features are files of GeoJSON by their sum,
// on disk before the event that names them.
package chart

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"regexp"
	"strings"

	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/world"
)

// History is what the map needs of the centre's history; core.Loop is one.
type History interface {
	// Ask appends what the request decides and returns the number of the last
	// event once it is durable and applied, zero for none.
	Ask(ctx context.Context, q core.Request) (uint64, error)
	// Call shows f the state, which must not be kept. f runs on the loop.
	Call(ctx context.Context, f func(st *world.State)) error
}

// Store keeps files for good; blob.Store is one.
type Store interface {
	// Keep stores what write writes. When it returns the file is durable under
	// the sum it returns, SHA-256 in hexadecimal digits.
	Keep(ctx context.Context, write func(io.Writer) error) (sum string, err error)
	// Open opens the file with the sum and tells its size.
	Open(sum string) (io.ReadCloser, int64, error)
}

// Options make Charts. All but Logger are required.
type Options struct {
	History History
	Store   Store
	// Logger discards when nil.
	Logger *slog.Logger
}

// Charts are the maps of the centre. Their methods may be called from any
// goroutine.
type Charts struct {
	history History
	store   Store
	log     *slog.Logger
	// turn holds one: changes are made one after the other, so that each is
	// judged by what the one before it left.
	turn chan struct{}
	// reading holds one: files of features are read one at a time.
	reading chan struct{}
}

// New makes Charts.
func New(o Options) (*Charts, error) {
	if o.History == nil || o.Store == nil {
		return nil, errors.New("chart: a history and a store are needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Charts{history: o.History, store: o.Store, log: o.Logger, turn: make(chan struct{}, 1), reading: make(chan struct{}, 1)}, nil
}

// RefusedError says in words for people why something was not done.
type RefusedError struct{ *world.Refusal }

// Unwrap returns the refusal with its code; what lies behind it is what that unwraps to.
func (e *RefusedError) Unwrap() error { return e.Refusal }

// refuse makes a RefusedError as world.Refuse makes refusals.
func refuse(code, text string, pairs ...any) error {
	return &RefusedError{world.Refuse(code, text, pairs...)}
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// validID reports whether the text can be the id of something on the map.
func validID(id string) bool { return idPattern.MatchString(id) }

const (
	// longestName bounds names and the like, in bytes.
	longestName = 200
	// mostStored bounds the things of one kind.
	mostStored = 500
)

// person is the source of the events a person's changes become.
func person(id auth.Identity) string { return "token/" + id.Token }

// named checks what all that is saved has in common.
func named(what string, s world.Saved) error {
	switch {
	case !validID(s.ID):
		return refuse("id.invalid", "\"{id}\" is not an id of a {what}; use letters, digits, dots, dashes and underscores, at most 64", "id", s.ID, "what", what)
	case s.Removed:
		return nil
	case strings.TrimSpace(s.Name) == "":
		return refuse("name.needed", "the {what} needs a name", "what", what)
	case len(s.Name) > longestName:
		return refuse("name.long", "the name of the {what} is longer than {most} bytes; shorten it", "what", what, "most", longestName)
	}
	return sound("the name", s.Name)
}

// version checks that a change was made from what stands, and returns its own
// number. Version is that of the change, was that of what stands.
func version(what string, s world.Saved, was int, there bool) (int, error) {
	switch {
	case !there && s.Removed:
		return 0, refuse("gone.named", "there is no {what} \"{id}\" any more", "what", what, "id", s.ID)
	case !there && s.Version != 0:
		return 0, refuse("removed", "the {what} was removed meanwhile; save it as a new one", "what", what)
	case s.Version != was:
		return 0, refuse("changed", "the {what} was changed meanwhile (version {version}); load it again", "what", what, "version", was)
	}
	return was + 1, nil
}

// save appends one change. make returns it for the state; stands returns what the
// state holds afterwards, nil for nothing, and who put it there.
func (c *Charts) save(ctx context.Context, id auth.Identity, what string, make func(*world.State) (world.Body, error), stands func(*world.State) (world.Body, string)) (uint64, error) {
	if err := c.take(ctx); err != nil {
		return 0, err
	}
	defer func() { <-c.turn }()
	var mine, now world.Body
	var by string
	seq, err := c.history.Ask(ctx, core.Request{
		Source: person(id),
		Decide: func(t world.Time, st *world.State) ([]world.Observation, error) {
			var err error
			if mine, err = make(st); err != nil {
				return nil, err
			}
			return []world.Observation{{Time: t, Body: mine}}, nil
		},
		// Somebody may have saved at the same moment: the first in the history
		// stands.
		After: func(st *world.State) { now, by = stands(st) },
	})
	if err == nil && !reflect.DeepEqual(now, mine) && now != nil {
		err = refuse("earlier", "{who} saved the {what} a moment earlier; load it again", "who", by, "what", what)
	}
	return seq, err
}

// take waits until it is this caller's turn to change something.
func (c *Charts) take(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// standing returns what the state holds of something that is stored, for save.
func standing(s world.Saved, b world.Body, there bool) (world.Body, string) {
	if !there {
		return nil, ""
	}
	return b, s.By
}
