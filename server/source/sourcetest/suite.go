// Package sourcetest is the conformance suite that every kind of source runs:
// what the contract of package source promises, tried on a real peer.
package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"iocwall/server/source"
	"iocwall/server/world"
)

// Suite says how to try a kind.
type Suite struct {
	Kind source.Kind
	// Broken is a configuration in YAML, right in form, with several faults;
	// Paths are where Validate must find them, in any order.
	Broken string
	Paths  []string
	// Open makes a peer and a configuration that reads from it. Each subtest
	// opens its own; the peer ends with the test.
	Open func(t *testing.T) Peer
	// Flood is how many messages are sent while the sink takes none; 5000 if
	// zero.
	Flood int
	// Peer is a part of the import path of what the peer runs on, if that
	// leaves goroutines behind at its own pace.
	Peer string
}

// Peer is the other end of a source.
type Peer struct {
	Config source.Config
	Env    source.Env
	// Send sends n more messages of one observation each. It may block while
	// the source holds back, and is called from one goroutine at a time after
	// the source was ready.
	Send func(n int) error
	// Garbage sends something that has to be rejected. Nil leaves that out.
	Garbage func() error
}

// Run runs the suite.
func (s Suite) Run(t *testing.T) {
	t.Run("manual", s.manual)
	t.Run("validate", s.validate)
	t.Run("deliver", s.deliver)
	t.Run("garbage", s.garbage)
	t.Run("stop while idle", s.stopIdle)
	t.Run("stop while blocked", s.stopBlocked)
	t.Run("back-pressure", s.backPressure)
	t.Run("put fails", s.putFails)
}

// Parse reads a configuration of the kind from YAML as strictly as the server does.
func Parse(t testing.TB, k source.Kind, text string) source.Config {
	t.Helper()
	c := k.New()
	if err := yaml.NewDecoder(bytes.NewReader([]byte(text)), yaml.Strict()).Decode(c); err != nil {
		t.Fatalf("the configuration of %s does not parse: %v", k.Name, err)
	}
	return c
}

func (s Suite) manual(t *testing.T) {
	k := s.Kind
	if k.Name == "" || k.Name != strings.ToLower(k.Name) || strings.ContainsAny(k.Name, " /") {
		t.Errorf("the name %q is not a plain word in small letters", k.Name)
	}
	summary, rest, _ := strings.Cut(k.Doc, "\n")
	if !strings.HasSuffix(summary, ".") || strings.TrimSpace(rest) == "" {
		t.Errorf("the manual has no summary sentence on its first line, or nothing after it")
	}
	c := Parse(t, k, k.Example)
	for _, p := range c.Validate() {
		t.Errorf("the example is wrong: %s", p)
	}
	if !reflect.DeepEqual(c, Parse(t, k, k.Example)) {
		t.Error("two configurations from the same text are not equal, so the source would restart at every reload")
	}
	if _, twice := k.New(), k.New(); !reflect.DeepEqual(k.New(), twice) {
		t.Error("the defaults differ from call to call")
	}
	for _, key := range keys(c) {
		if !strings.Contains(k.Doc, key) && !strings.Contains(k.Example, key+":") {
			t.Errorf("neither manual nor example mention the key %q", key)
		}
	}
}

// keys returns the top-level keys of a configuration.
func keys(c source.Config) []string {
	of := reflect.TypeOf(c).Elem()
	var out []string
	for i := range of.NumField() {
		if name, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ","); name != "" && name != "-" {
			out = append(out, name)
		}
	}
	return out
}

func (s Suite) validate(t *testing.T) {
	c := Parse(t, s.Kind, s.Broken)
	before := Parse(t, s.Kind, s.Broken)
	problems := c.Validate()
	if !reflect.DeepEqual(c, before) {
		t.Error("Validate changed the configuration")
	}
	var found []string
	for _, p := range problems {
		found = append(found, p.Path)
		if p.Message == "" || p.Suggestion == "" {
			t.Errorf("%+v: a problem needs a message and a suggestion", p)
		}
	}
	for _, path := range s.Paths {
		if !slices.Contains(found, path) {
			t.Errorf("the fault at %q was not found; found are %q", path, found)
		}
	}
	if len(s.Paths) < 2 {
		t.Error("the suite needs a configuration with several faults")
	}
}

// running is a source at work.
type running struct {
	t    *testing.T
	sink *Sink
	peer Peer
	stop context.CancelFunc
	done chan error
	base int    // goroutines before the source ran
	of   string // Suite.Peer
}

func (s Suite) start(t *testing.T) *running {
	t.Helper()
	peer := s.Open(t)
	if ps := peer.Config.Validate(); len(ps) > 0 {
		t.Fatalf("the peer's configuration is wrong: %s", ps[0])
	}
	src, err := peer.Config.New(peer.Env)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &running{t: t, sink: NewSink(), peer: peer, stop: stop, done: make(chan error, 1), base: len(goroutines(s.Peer)), of: s.Peer}
	go func() { r.done <- src.Run(ctx, r.sink) }()
	t.Cleanup(stop)
	r.sink.WaitReady(t)
	return r
}

func (r *running) send(n int) {
	r.t.Helper()
	if err := r.peer.Send(n); err != nil {
		r.t.Fatalf("send: %v", err)
	}
}

// end stops the source, which must return in time and leave nothing behind.
func (r *running) end() {
	r.t.Helper()
	r.stop()
	begun := time.Now()
	select {
	case <-r.done:
		if d := time.Since(begun); d > time.Second {
			r.t.Errorf("the source took %v to stop; the contract gives it a second", d)
		}
	case <-time.After(Guard):
		r.t.Fatal("the source does not stop")
	}
	// What ends with the source may still be on its last lines.
	left := goroutines(r.of)
	for wait := time.Millisecond; len(left) > r.base; wait *= 2 {
		if wait > 4*time.Second {
			r.t.Fatalf("goroutines were left behind:\n%s", strings.Join(left, "\n\n"))
		}
		time.Sleep(wait)
		left = goroutines(r.of)
	}
}

// goroutines returns the stacks of all goroutines but those of the peer.
func goroutines(peer string) []string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	return slices.DeleteFunc(strings.Split(string(buf), "\n\n"), func(stack string) bool {
		return peer != "" && strings.Contains(stack, peer)
	})
}

func (s Suite) deliver(t *testing.T) {
	r := s.start(t)
	r.send(10)
	r.sink.WaitFor(t, 10)
	for _, o := range r.sink.Observations() {
		if o.Body == nil {
			t.Error("an observation without a body")
		}
	}
	if rs := r.sink.Rejections(); len(rs) > 0 {
		t.Errorf("good messages were rejected: %v", rs[0].Err)
	}
	r.end()
}

func (s Suite) garbage(t *testing.T) {
	r := s.start(t)
	if r.peer.Garbage == nil {
		t.Skip("nothing that could be garbage")
	}
	r.send(3)
	if err := r.peer.Garbage(); err != nil {
		t.Fatalf("garbage: %v", err)
	}
	r.send(3)
	r.sink.WaitFor(t, 6)
	r.sink.Wait(t, "a rejection", func(_ []world.Observation, rejects []Rejection) bool { return len(rejects) > 0 })
	if n := len(r.sink.Observations()); n != 6 {
		t.Errorf("%d observations of 6 good messages", n)
	}
	r.end()
}

func (s Suite) stopIdle(t *testing.T) { s.start(t).end() }

func (s Suite) stopBlocked(t *testing.T) {
	r := s.start(t)
	r.sink.Hold()
	r.send(1)
	r.sink.wait(t, "a blocked put", func() bool { return r.sink.inside > 0 })
	r.end()
}

func (s Suite) backPressure(t *testing.T) {
	r := s.start(t)
	flood := s.Flood
	if flood == 0 {
		flood = 5 * source.MaxPut
	}
	r.sink.Hold()
	sent := make(chan error, 1)
	go func() { sent <- r.peer.Send(flood) }()
	r.sink.wait(t, "a blocked put", func() bool { return r.sink.inside > 0 })
	time.Sleep(50 * time.Millisecond) // a source that does not wait would now put more
	r.sink.mu.Lock()
	most, got := r.sink.most, len(r.sink.got)
	r.sink.mu.Unlock()
	if most > 1 || got > 0 {
		t.Errorf("while the sink was blocked, the source put %d times at once and got %d through; one connection waits for one Put", most, got)
	}
	r.sink.Release()
	if r.peer.Config.Lossy() {
		r.sink.WaitFor(t, 1)
	} else {
		r.sink.WaitFor(t, flood)
	}
	if err := <-sent; err != nil {
		t.Errorf("send: %v", err)
	}
	r.end()
	if n := len(r.sink.Observations()); n > flood {
		t.Errorf("%d observations of %d messages", n, flood)
	}
}

var errFull = errors.New("sourcetest: the disk is full")

func (s Suite) putFails(t *testing.T) {
	r := s.start(t)
	r.sink.Fail(errFull)
	r.send(1)
	select {
	case err := <-r.done:
		if !errors.Is(err, errFull) {
			t.Errorf("Run returned %v after Put failed; it should be that error", err)
		}
	case <-time.After(Guard):
		t.Error("Run goes on after Put failed")
	}
}
