package media

import "slices"

// counters are what a camera's players count together.
type counters struct{ lost, frames, dropped, errors, connections uint64 }

// add adds the counters to s.
func (c counters) add(s *Stats) {
	s.Lost += c.lost
	s.Frames += c.frames
	s.Dropped += c.dropped
	s.DecodeErrors += c.errors
	s.Connections += c.connections
}

// counted returns what a player counted, those before it included.
func (p *Player) counted() counters {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.stats
	return counters{s.Lost, s.Frames, s.Dropped, s.DecodeErrors, s.Connections}
}

// count makes a player go on counting.
func (p *Player) count(c counters) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.add(&p.stats)
}

// adopt takes over from the player of another stream of the same camera: its counters, its frames as far as there are
// none of its own, and what it knew about a picture that stands.
func (p *Player) adopt(old *Player) {
	old.mu.Lock()
	frames, newest, verdict, picture := old.frames, old.newest, old.verdict, old.watch.lastPicture
	changed, same := old.watch.still.Run()
	old.mu.Unlock()
	p.count(old.counted())
	if verdict.State == StateFrozen && verdict.Reason == ReasonUnchanged {
		p.opts.memory.still.Inherit(changed, same)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	mine := slices.Clone(p.frames)
	for i := range mine { // the old player may have given out higher numbers since
		mine[i].Seq = p.opts.seq.Add(1)
	}
	for _, f := range frames {
		if !has(p.frames, f.View) {
			mine = append(mine, f)
		}
	}
	p.frames = mine
	if p.newest.Empty() {
		p.newest = newest
	}
	if verdict.State == p.verdict.State {
		p.verdict.Since = verdict.Since
	}
	p.watch.lastPicture = later(p.watch.lastPicture, picture)
}
