package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"time"

	"iocwall/server/atomicfile"
	"iocwall/server/world"
)

const (
	// lookEvery is how often the server looks for what is wrong, whether somebody
	// asks or not: by so much a beginning can be told too early, never too late.
	lookEvery = 15 * time.Second
	// settle is how long after a start things may need until they are what they are:
	// what is wrong within it may have been so before.
	settle = 5 * time.Minute
	// lately is how long a count that moved is told of.
	lately = 10 * time.Minute
)

// mark is since when something is wrong.
type mark struct {
	Since world.Time `json:"since"`
	// Least is set where it may have been so before.
	Least bool `json:"least,omitempty"`
}

// past remembers what was seen before: since when something is wrong, and which counts
// have moved lately. What is wrong outlives a restart in a file.
type past struct {
	path string        // empty for none
	turn chan struct{} // holds who looks; nobody waits for it longer than asked to
	read bool
	// marks are of the last look; until things have settled also those of the file
	// that were not seen again yet.
	marks map[string]mark
	well  map[string]bool // what was seen to be well since the start
	last  world.Time      // of the last look, zero for none
	seen  map[string]moved
	told  string // what was complained about last
}

// moved is a count and when it last went up.
type moved struct {
	value, added uint64
	at           time.Time
}

// load reads what the server knew before it was started.
func (p *past) load() error {
	if p.read {
		return nil
	}
	p.read, p.marks, p.well = true, map[string]mark{}, map[string]bool{}
	if p.path == "" {
		return nil
	}
	raw, err := os.ReadFile(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &p.marks)
	}
	if err != nil || p.marks == nil {
		p.marks = map[string]mark{}
	}
	if err != nil {
		return fmt.Errorf("setup: what was wrong before the start is not known: %w", err)
	}
	return nil
}

// begun returns since when something is wrong that the state says is so since own, zero
// for not said: since the look before where it was not so then, since the last start at
// least where nothing is known of before.
func (j *judge) begun(key string, own world.Time) mark {
	if m, there := j.next[key]; there {
		return m
	}
	now := mark{Since: own}
	was, there := j.marks[key]
	started := world.TimeOf(j.facts.Started)
	fresh := j.now.Sub(started) < settle && !j.before[key]
	switch {
	case there:
		now = was
		if own != 0 && own < was.Since {
			now = mark{Since: own}
		}
	case own == 0:
		now = mark{Since: j.last, Least: j.last == 0 || fresh}
		if j.last == 0 {
			now.Since = j.now
		}
	case own >= started:
		now.Least = fresh
	}
	now.Since = min(now.Since, j.now)
	if j.next == nil {
		j.next = map[string]mark{}
	}
	j.next[key] = now
	return now
}

// good says that something is well.
func (j *judge) good(key string) {
	if j.fine == nil {
		j.fine = map[string]bool{}
	}
	j.fine[key] = true
}

// dated fills in since when the items are so.
func (j *judge) dated() {
	for i := range j.items {
		it := &j.items[i]
		if it.dated {
			continue
		}
		m := j.begun(it.ID, it.Since)
		it.Since, it.AtLeast = m.Since, m.Least
	}
}

// look judges the centre and remembers since when what is wrong is so.
func (s *Setup) look(ctx context.Context) (*judge, error) {
	p := &s.past
	release, err := hold(ctx, p.turn)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := p.load(); err != nil {
		s.log.Warn("since when things are wrong is told from now on only", "error", err)
	}
	f, now := s.o.Facts(), s.o.Now()
	j := &judge{now: world.TimeOf(now), facts: f, config: s.o.Running(), marks: p.marks, before: p.well, last: p.last}
	if err := s.o.Look(ctx, j.state); err != nil {
		return nil, err
	}
	j.server()
	j.pending(s.file, s.sum.get())
	p.moves(now, f, j)
	j.dated()
	if err := p.keep(j); err != nil && err.Error() != p.told {
		p.told = err.Error()
		s.log.Warn("since when things are wrong will not be known after a restart", "error", err)
	}
	return j, nil
}

// keep takes over what a look has found and writes it down where it differs.
func (p *past) keep(j *judge) error {
	p.last = j.now
	next := j.next
	if next == nil {
		next = map[string]mark{}
	}
	if j.now.Sub(world.TimeOf(j.facts.Started)) < settle {
		p.well = maps.Clone(p.well) // whoever still reads it has the one before
		maps.Copy(p.well, j.fine)
		for key, m := range p.marks {
			if _, there := next[key]; !there && !p.well[key] {
				next[key] = m
			}
		}
	}
	same := maps.Equal(p.marks, next)
	p.marks = next
	if same && p.told == "" || p.path == "" {
		return nil
	}
	raw, err := json.Marshal(next)
	if err == nil {
		err = atomicfile.Write(p.path, raw, 0o600)
	}
	if err == nil {
		p.told = ""
	}
	return err
}

// Run looks for what is wrong again and again, so that since when is known whether
// somebody asks or not. It returns when ctx is done.
func (s *Setup) Run(ctx context.Context) error {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		once, cancel := context.WithTimeout(ctx, lookEvery)
		if _, err := s.look(once); err != nil && ctx.Err() == nil {
			s.log.Debug("what is wrong was not looked for", "error", err)
		}
		cancel()
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// up notes a count and reports how far it went up lately.
func (p *past) up(key string, value uint64, now time.Time) (added uint64) {
	if p.seen == nil {
		p.seen = map[string]moved{}
	}
	was, there := p.seen[key]
	switch {
	case !there || value < was.value:
		p.seen[key] = moved{value: value}
		return 0
	case value > was.value:
		if now.Sub(was.at) > lately {
			was.added = 0
		}
		was = moved{value: value, added: was.added + value - was.value, at: now}
		p.seen[key] = was
	}
	if now.Sub(was.at) > lately {
		return 0
	}
	return was.added
}

// moves tells of counts that went up since it last looked.
func (p *past) moves(now time.Time, f Facts, j *judge) {
	for _, x := range f.Sources {
		if n := p.up("rejected "+x.Name, x.Rejected, now); n > 0 {
			j.rejecting(x, "source.rejecting", n)
		}
		if n := p.up("lost "+x.Name, x.Lost, now); n > 0 {
			j.rejecting(x, "source.losing", n)
		}
	}
	for _, x := range []struct {
		code  string
		value uint64
	}{{"wall.digest", f.Alarms}, {"rules.overrun", f.Overruns}, {"times.future", f.Clamped}} {
		if n := p.up(x.code, x.value, now); n > 0 {
			j.add(Item{ID: x.code, Severity: world.Warning, Code: x.code, Count: int(min(n, 1<<30)), Link: "logs", Action: "logs"})
		}
	}
}
