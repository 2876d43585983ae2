// Package source is what all feeds have in common: the contract between a feed
// and the server (Source, Sink, Config, Kind), and the Supervisor that starts,
// restarts, reloads and reports on them. Each kind of feed is a folder below.
//
// A source only reads. It never retries, never drops what it could hold back,
// and never decides what a rejection means: that is the supervisor's part.
package source

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"iocwall/server/world"
)

// Source reads one feed. It is used for one Run only.
type Source interface {
	// Run reads until ctx ends or the feed fails, and returns when everything
	// it started is gone, at most a second after ctx ended. It does not retry:
	// the supervisor does, with a new Source. A nil error while ctx lives says
	// that the feed is at its end and wants no restart (a file was replayed);
	// an error made by Fatal says that trying again is of no use.
	Run(ctx context.Context, sink Sink) error
}

// Sink takes what a source reads. Its methods may be called from any goroutine
// until Run returns.
type Sink interface {
	// Ready says that the source is connected and data can flow. Repeated
	// calls do nothing.
	Ready()
	// Put hands over observations and blocks until all of them are durable in
	// the journal, so that the source may acknowledge them to its peer. Many
	// at once cost little more than one: put what is at hand together, but no
	// more than MaxPut. It fails when ctx ends or the journal cannot take
	// them; the source then returns the error. The slice is the caller's again
	// after Put returned; the bodies are not.
	Put(ctx context.Context, obs ...world.Observation) error
	// Reject records input that could not be used, and why. It is counted, a
	// sample is kept with its secrets removed, and it never blocks. raw may be
	// reused afterwards.
	Reject(raw []byte, err error)
	// Skip records n messages that are intact but of no use here.
	Skip(n uint64)
	// Lost records n messages that a door which cannot push back let go.
	Lost(n uint64)
}

// MaxPut is the number of observations a source may put at once.
const MaxPut = 1000

// Config is the configuration of one source and its factory: a pointer to a
// struct of plain data with yaml tags, so that two of them can be compared as
// whole values. Secrets are never in it, only where to find them.
type Config interface {
	// Validate returns everything that is wrong, nil when nothing is. It does
	// not touch files or the network and does not change the Config.
	Validate() []Problem
	// Lossy reports whether this door cannot push back, so that what comes too
	// fast is lost (UDP, MQTT at QoS 0).
	Lossy() bool
	// New makes a source for one Run. It may read secrets from env, but opens
	// nothing that would have to be closed. The Config is valid and will not
	// change.
	New(env Env) (Source, error)
}

// Problem is one fault in a configuration.
type Problem struct {
	// Path leads to the field within the source's own keys, as in
	// "topics[0].qos". Empty means the whole.
	Path string
	// Message says what is wrong, Suggestion what to write instead.
	Message, Suggestion string
}

// String returns the problem on one line.
func (p Problem) String() string {
	s := p.Message
	if p.Path != "" {
		s = p.Path + ": " + s
	}
	if p.Suggestion != "" {
		s += "; " + p.Suggestion
	}
	return s
}

// Kind is a kind of source. The server holds the literal list of them.
type Kind struct {
	// Name is what the configuration calls it, as in "ais".
	Name string
	// Doc is its manual as plain text; the first line is a summary.
	Doc string
	// Example is a valid configuration in YAML: the source's own keys, each
	// explained.
	Example string
	// New returns a configuration that holds the defaults, to decode into.
	New func() Config
}

// Fatal marks err as one that trying again will not cure (a login refused):
// the supervisor leaves the source alone until its configuration changes. A nil
// err stays nil.
func Fatal(err error) error {
	if err == nil {
		return nil
	}
	return &fatalError{err}
}

// IsFatal reports whether err or one it wraps was made by Fatal.
func IsFatal(err error) bool {
	var f *fatalError
	return errors.As(err, &f)
}

type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }

// Guard runs f and turns a panic into an error that carries the stack. A source
// wraps every goroutine it starts that touches what strangers send.
func Guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}

// PanicError is a panic caught by Guard.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns what was thrown, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }
