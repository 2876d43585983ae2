package fieldtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
)

// field is one fault of the field.
type field struct {
	number int    // in the list of faults that cameras in the field show, 1 to 15
	name   string // what goes wrong
	report string // who reports it, of which system
	remedy string // what of ours stands against it: without it the test fails
	staging
	script []step
	// play is the whole test where a script does not do.
	play func(*testing.T)
	// connects is how many connections the camera may see; 0: one, and five more for each healing. More than one: so many,
	// and one more for each shortest pause that follows the growing ones.
	connects int
}

// step is one thing that happens to a camera, and what must then be said about it.
type step struct {
	fault mediatest.Fault
	do    func(*stage) // after fault was set, or instead of it
	// tile is what the tile says, as "state" or "state (reason)", several parted by |; empty: not looked at.
	tile string
	// within is how soon after the fault it says so; zero means that the time is not judged.
	within time.Duration
	// relay is what the relay's health says, in the same words.
	relay string
	// hold is how long it must stay so.
	hold time.Duration
}

// well is what is expected of a camera without a fault.
var well = step{tile: "live", relay: "live"}

// healed is a camera that is well again within a time.
func healed(within time.Duration) step {
	return step{tile: "live", within: within, relay: "live", hold: 500 * time.Millisecond}
}

// says reports whether a state and its reason are among those wanted.
func says(wanted string, state, reason string) bool {
	for w := range strings.SplitSeq(wanted, "|") {
		w = strings.TrimSpace(w)
		if w == state || w == fmt.Sprintf("%s (%s)", state, reason) {
			return true
		}
	}
	return false
}

// dead is the promise for a picture that is no longer live: marked within 2 s.
const dead = 2 * time.Second

// never checks that a count of the camera is at most so high.
func never(what string, count func(mediatest.Counts) int, most int) func(*stage) {
	return func(s *stage) {
		if n := count(s.cam.Counts()); n > most {
			s.t.Errorf("%d %s, want at most %d", n, what, most)
		}
	}
}

// TestTheTableIsWhole holds the table against the list: each of the fifteen faults, and all that is told of each.
func TestTheTableIsWhole(t *testing.T) {
	seen, names := map[int]bool{}, map[string]bool{}
	for _, f := range faults() {
		seen[f.number] = true
		if f.name == "" || f.report == "" || f.remedy == "" || names[f.name] || (f.play == nil) == (f.script == nil) {
			t.Errorf("fault %d %q is not told in full, or twice", f.number, f.name)
		}
		names[f.name] = true
	}
	for n := 1; n <= 15; n++ {
		if !seen[n] {
			t.Errorf("fault %d is not in the table", n)
		}
	}
	if len(seen) != 15 {
		t.Errorf("faults %v", seen)
	}
}

// TestFaultsOfTheField plays the table.
func TestFaultsOfTheField(t *testing.T) {
	for _, f := range faults() {
		t.Run(fmt.Sprintf("%02d %s", f.number, f.name), func(t *testing.T) {
			t.Parallel()
			if f.play != nil {
				f.play(t)
				return
			}
			began := time.Now()
			s := newStage(t, f.staging)
			healings := 0
			for i, step := range f.script {
				if i > 0 && step.fault == mediatest.FaultNone && step.do == nil {
					healings++
				}
				s.play(i, step)
			}
			allowed := f.connects
			if allowed == 0 {
				allowed = 1 + 5*healings
			}
			if f.connects > 1 { // and then no more than the longest pause between attempts allows
				allowed += int(2 * time.Since(began) / s.backoff.Max)
			}
			if n := s.cam.Counts().Connections; n > allowed {
				t.Errorf("%d connections to the camera, want at most %d", n, allowed)
			}
		})
	}
}

// play does one step and checks what is said about it.
func (s *stage) play(i int, p step) {
	s.t.Helper()
	began := time.Now()
	if p.fault != mediatest.FaultNone || p.do == nil && p.tile != "" {
		s.fault(p.fault)
	}
	if p.do != nil {
		p.do(s)
	}
	if p.tile != "" {
		var last media.Stats
		await(s.t, fmt.Sprintf("step %d: the tile to say %s", i, p.tile), func() bool {
			last = s.player.Stats()
			// A picture from before is called live for up to two seconds.
			return says(p.tile, string(last.State), string(last.Reason)) && (last.State != media.StateLive || last.LastDecoded.After(began))
		})
		took := time.Since(began)
		if p.within > 0 && took > p.within+s.eye.patience() {
			s.t.Errorf("step %d: the tile says %s after %v, want %v", i, p.tile, took, p.within)
		}
		s.t.Logf("step %d %s: %s (%s) after %v", i, p.fault, last.State, last.Reason, took.Round(time.Millisecond))
	}
	if p.relay != "" {
		await(s.t, fmt.Sprintf("step %d: the relay to say %s", i, p.relay), func() bool {
			h := s.health()
			return says(p.relay, string(h.State), string(h.Reason))
		})
	}
	for until := time.Now().Add(p.hold); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if st := s.player.Stats(); p.tile != "" && !says(p.tile, string(st.State), string(st.Reason)) {
			s.t.Errorf("step %d: the tile says %s (%s) while %s holds", i, st.State, st.Reason, p.tile)
			return
		}
	}
}
