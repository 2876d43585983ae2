// Package setup is what technicians do to the centre through its doors: the
// configuration as text, cameras and areas brought in, what is wrong and since when,
// and the log of one thing at a time.
package setup

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/reply"
	"iocwall/server/settings"
	"iocwall/server/strict"
	"iocwall/server/world"
)

const (
	// applyLimit is how long taking over a configuration may take: who goes away
	// meanwhile does not stop it half way.
	applyLimit = 25 * time.Second
	// actConfig is what a change of the configuration is called in the audit.
	actConfig = "config.write"
)

// Options make a Setup. All but File, Logbook, Logger and Now are required.
type Options struct {
	// File is the path of the configuration; empty refuses to change it.
	File string
	// Faults is the path of the file that keeps since when what is wrong is so, over a
	// restart; empty keeps it for this run only.
	Faults string
	// Running returns the configuration in use.
	Running func() *settings.Config
	// Fixed names what differs in a configuration and cannot change under way.
	Fixed func(next *settings.Config) []string
	// Check returns what is wrong with the files that a configuration names.
	Check func(ctx context.Context, next *settings.Config) []strict.Problem
	// Apply takes a configuration over, or says why the running one stays.
	Apply func(ctx context.Context, next *settings.Config) error
	// Look shows f the state, which must not be kept.
	Look func(ctx context.Context, f func(*world.State)) error
	// Facts returns what the server knows of itself.
	Facts func() Facts
	// Ground is the tree of areas in use.
	Ground *area.Ground
	// Ask writes into the history what a request decides.
	Ask func(ctx context.Context, q core.Request) (uint64, error)
	// Layer keeps the features of a layer of the map, of areas with those ids.
	Layer func(ctx context.Context, l world.LayerSaved, areas []string, in io.Reader) (world.LayerSaved, error)
	// Audit writes down what somebody did.
	Audit func(ctx context.Context, id auth.Identity, a world.Audited) error
	// Logbook holds the newest lines of the log; nil has none.
	Logbook *Logbook
	// Logger discards when nil.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Setup answers technicians. Its methods may be called from any goroutine.
type Setup struct {
	o     Options
	log   *slog.Logger
	turn  chan struct{} // holds who changes the configuration
	seek  chan struct{} // holds who looks for cameras in the network
	layer chan struct{} // holds whose layer of areas is read
	file  file
	past  past
	sum   applied
	// fresh are the secrets that are kept and that nothing names yet.
	freshMu sync.Mutex
	fresh   map[string]bool
}

// New makes a Setup. The file is taken to be what the server runs with.
func New(o Options) (*Setup, error) {
	if o.Running == nil || o.Fixed == nil || o.Check == nil || o.Apply == nil || o.Look == nil || o.Facts == nil || o.Ground == nil || o.Ask == nil || o.Layer == nil || o.Audit == nil {
		return nil, errors.New("setup: the server's own functions are needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Setup{o: o, log: o.Logger, turn: make(chan struct{}, 1), seek: make(chan struct{}, 1), layer: make(chan struct{}, 1), file: file{path: o.File}, past: past{path: o.Faults, turn: make(chan struct{}, 1)}, fresh: map[string]bool{}}
	s.Applied()
	return s, nil
}

// Fault is one mistake of a configuration or a table, with its place.
type Fault struct {
	File string `json:"file,omitempty"`
	// Line and Column count from 1, zero for the whole file.
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	Advice  string `json:"advice,omitempty"`
}

func faultsOf(problems []strict.Problem) []Fault {
	out := make([]Fault, 0, len(problems))
	for _, p := range problems {
		out = append(out, Fault{File: p.File, Line: p.Line, Column: p.Column, Path: p.Path, Message: p.Message, Advice: p.Suggestion})
	}
	return out
}

// refusal is a no with what a program needs to go on.
type refusal struct {
	*world.Refusal
	status  int
	code    string // for programs
	version string
	faults  []Fault
}

// Unwrap returns the refusal with its code.
func (r *refusal) Unwrap() error { return r.Refusal }

// refuse makes a refusal. What programs go by is the second part of the code: several
// sentences may have it.
func refuse(status int, code, text string, pairs ...any) *refusal {
	short, _, _ := strings.Cut(strings.TrimPrefix(code, "setup."), ".")
	return &refusal{Refusal: world.Refuse(code, text, pairs...), status: status, code: short}
}

// as gives it another code for programs.
func (r *refusal) as(code string) *refusal {
	r.code = code
	return r
}

// at gives it the version of the text that it is about, and the mistakes in it.
func (r *refusal) at(version string, faults []Fault) *refusal {
	r.version, r.faults = version, faults
	return r
}

// answer tells why something was not done.
func answer(w http.ResponseWriter, err error) {
	var r *refusal
	switch {
	case errors.As(err, &r):
		out := reply.Told(r)
		out["code"] = r.code
		if r.version != "" {
			out["version"] = r.version
		}
		if len(r.faults) > 0 {
			out["problems"] = r.faults
		}
		reply.JSON(w, r.status, out)
	default:
		reply.Error(w, http.StatusServiceUnavailable, err)
	}
}

// readText reads the body of a request as text.
func readText(r *http.Request, most int64) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, most+1))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long) || int64(len(raw)) > most:
		return "", refuse(http.StatusRequestEntityTooLarge, "setup.long", "longer than {most} bytes; is it the right file?", "most", most)
	case err != nil:
		return "", refuse(http.StatusBadRequest, "setup.body.cut", "the text did not come whole: {why}", "why", err)
	}
	return string(raw), nil
}

// readForm reads one JSON object and nothing after it. What was sent is not repeated
// in the error: it may hold a password.
func readForm(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return refuse(http.StatusBadRequest, "setup.body.kind", "\"{key}\" is not as expected: it takes a {kind}", "key", kind.Field, "kind", kind.Type)
		}
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown && len(name) < 40 {
			return refuse(http.StatusBadRequest, "setup.body.field", "there is no field {key}", "key", name)
		}
		return refuse(http.StatusBadRequest, "setup.body", "expected one JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse(http.StatusBadRequest, "setup.body.after", "there is something after the end of the JSON object")
	}
	return nil
}

// hold waits for a turn.
func hold(ctx context.Context, turn chan struct{}) (release func(), err error) {
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, refuse(http.StatusServiceUnavailable, "setup.busy", "somebody else is at it; try again in a moment")
	}
}
