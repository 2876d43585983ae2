package replay

import (
	"context"
	"fmt"
	"io"
	"sort"
	"time"

	"iocwall/media/rtsp"
)

// rangeBytes bounds what Range takes into memory.
const rangeBytes = 512 << 20

// late is how long after the end that was asked for a unit may still be on its way into the ring, and look how often Copy
// looks for what has come.
const (
	late = 200 * time.Millisecond
	look = 50 * time.Millisecond
)

// edge is how far the first picture may lie after the beginning that was asked for without being called a gap: a camera
// that sends five pictures a second has none nearer.
const edge = 200 * time.Millisecond

// cursor is where a reader of a ring is. The zero value is before the first unit.
type cursor struct {
	began  bool
	number uint64 // of the group
	unit   int    // next one in it
}

// piece is what a reader got: units of one group, in memory or to be read from disk.
type piece struct {
	codec  rtsp.Codec
	units  []rtsp.Unit
	skip   int // units of a group on disk that the reader has had
	place  place
	breaks GapKind // before the first unit
}

// next moves a reader on by the rest of a group, as far as it has come. Without a piece, ended says that none will come.
// The piece must be given back with release.
func (r *Ring) next(c *cursor, from time.Time) (p piece, ok, ended bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !c.began {
		if len(r.groups) == 0 {
			return piece{}, false, r.closed
		}
		c.began, c.number = true, r.groups[0].number
		for _, g := range r.groups {
			if !g.first.After(from) {
				c.number = g.number
			}
		}
	}
	at := sort.Search(len(r.groups), func(i int) bool { return r.groups[i].number >= c.number })
	for ; at < len(r.groups); at++ {
		g := r.groups[at]
		p = piece{codec: r.codec}
		if g.number != c.number {
			// The groups between were dropped before the reader came to them.
			c.number, c.unit, p.breaks = g.number, 0, GapNotWritten
		}
		if c.unit < g.count {
			p.fill(g, c.unit)
			c.unit = g.count
			return p, true, false
		}
		if !g.whole {
			return piece{}, false, false
		}
		c.number, c.unit = c.number+1, 0
	}
	return piece{}, false, r.closed
}

// fill takes the units of a group from the given one on; the caller holds the ring's lock.
func (p *piece) fill(g *group, from int) {
	switch {
	case from > 0:
	case g.start:
		p.breaks = GapDisconnected
	case g.hole:
		p.breaks = GapNotWritten
	}
	if g.place.in == nil {
		p.units = g.units[from:g.count:g.count]
		return
	}
	p.place, p.skip = g.place, from
	p.place.in.readers++
}

// load returns the units of a piece, read from disk where that is needed, and lets go of the disk.
func (r *Ring) load(p piece) ([]rtsp.Unit, error) {
	if p.place.in == nil {
		return p.units, nil
	}
	units, err := p.place.read()
	r.mu.Lock()
	p.place.in.readers--
	r.spool.tidy(p.place.in)
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if p.skip > len(units) {
		return nil, fmt.Errorf("replay: a group on disk has %d units, not %d", len(units), p.skip)
	}
	return units[p.skip:], nil
}

// passage is one reading of a ring between two times.
type passage struct {
	ring   *Ring
	head   Head
	codec  rtsp.Codec
	at     cursor
	lead   []rtsp.Unit // of the group of pictures at the beginning, from before it
	before []Gap
	last   time.Time // arrival of the last unit wanted
	broken bool      // something could not be read since the last unit
	fault  error     // why
	over   bool      // nothing more is wanted
	tail   GapKind   // why pictures between the last unit and the end may be missing, empty when none seem to be
	put    func(codec rtsp.Codec, u rtsp.Unit, breaks GapKind) error
}

// advance reads all that has come; ended says that no more will.
func (p *passage) advance() (ended bool, err error) {
	for !p.over {
		got, ok, ended := p.ring.next(&p.at, p.head.From)
		if !ok {
			return ended, nil
		}
		if p.codec == "" {
			p.codec = got.codec
		}
		units, err := p.ring.load(got)
		switch {
		case err != nil:
			p.broken, p.fault = true, err
			continue
		case got.codec != p.codec:
			// The camera was set to another codec meanwhile, which one file cannot hold.
			p.over, p.tail = true, GapNotWritten
			continue
		case p.broken && got.breaks == "":
			if !units[0].Key {
				continue
			}
			got.breaks = GapNotWritten
		}
		p.broken = false
		if err := p.units(units, got.breaks); err != nil {
			return false, err
		}
	}
	return true, nil
}

// units passes units on up to the end of what is wanted. Those before its beginning are held back until it is known that
// pictures followed which need them: alone they would show another time.
func (p *passage) units(units []rtsp.Unit, breaks GapKind) error {
	for _, u := range units {
		switch {
		case u.Arrived.After(p.head.To):
			p.over, p.tail = true, breaks
			if breaks == "" && u.Lost > 0 {
				p.tail = GapLost
			}
			return nil
		case u.Arrived.Before(p.head.From):
			if u.Key {
				p.lead = p.lead[:0]
			}
			p.lead = append(p.lead, u)
			breaks = ""
			continue
		}
		if p.last.IsZero() {
			if err := p.begin(u, breaks); err != nil {
				return err
			}
			breaks = ""
		}
		p.last = u.Arrived
		if err := p.put(p.codec, u, breaks); err != nil {
			return err
		}
		breaks = ""
	}
	return nil
}

// begin settles what comes before the first unit of what is wanted.
func (p *passage) begin(u rtsp.Unit, breaks GapKind) error {
	g := Gap{Kind: GapNotKept, From: p.head.From, To: u.Arrived}
	limit := edge
	if n := len(p.lead); n > 0 {
		g.Kind, limit = GapSilent, silence-g.From.Sub(p.lead[n-1].Arrived)
	}
	if breaks != "" && len(p.lead) > 0 {
		g.Kind, limit = breaks, 0
	}
	if g.To.Sub(g.From) > limit {
		p.before = []Gap{g}
	}
	if u.Key {
		return nil
	}
	for _, u := range p.lead {
		if err := p.put(p.codec, u, ""); err != nil {
			return err
		}
	}
	return nil
}

// missing returns what was asked for and lies before or after what was read.
func (p *passage) missing() []Gap {
	out := p.before
	g, limit := Gap{Kind: GapNotArrived, From: p.last, To: p.head.To}, silence
	if !p.over {
		p.tail = p.ring.tail()
	}
	if p.broken {
		p.tail = GapNotWritten
	}
	if p.tail != "" {
		g.Kind, limit = p.tail, edge
	}
	if g.To.Sub(g.From) > limit {
		out = append(out, g)
	}
	return out
}

// tail tells why what came after the newest unit is missing, empty when nothing is known to be.
func (r *Ring) tail() GapKind {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.hole:
		return GapNotWritten
	case r.start:
		return GapDisconnected
	}
	return ""
}

// nothing is the error for a passage without any unit.
func (p *passage) nothing() error {
	const clock = "2006-01-02 15:04:05"
	s := p.ring.Stats()
	asked := fmt.Sprintf("%s to %s is asked for", p.head.From.Format(clock), p.head.To.Format(clock))
	switch {
	case p.fault != nil:
		return fmt.Errorf("replay: %w: %w", ErrNothing, p.fault)
	case s.Units == 0:
		return fmt.Errorf("replay: %w: %s, and no picture has come yet", ErrNothing, asked)
	}
	return fmt.Errorf("replay: %w: %s, the oldest picture is of %s, the newest of %s", ErrNothing, asked,
		s.Oldest.Format(clock), s.Newest.Format(clock))
}

// Range returns what is kept between two times, beginning with the key unit at or before from; units in memory are
// shared, not copied. Errors wrap ErrNothing or ErrTooLarge.
func (r *Ring) Range(from, to time.Time) (Clip, error) {
	c := Clip{Head: Head{From: from, To: to}}
	var s seam
	size := 0
	p := passage{ring: r, head: c.Head, put: func(_ rtsp.Codec, u rtsp.Unit, breaks GapKind) error {
		if size += u.Size; size > rangeBytes {
			return fmt.Errorf("replay: %w: more than %d MiB lie between the times; ask for less", ErrTooLarge, rangeBytes>>20)
		}
		if breaks != "" {
			c.Breaks = append(c.Breaks, Break{Index: len(c.Units), Kind: breaks})
		}
		if g, ok := s.next(u, breaks); ok {
			c.Gaps = addGap(c.Gaps, g)
		}
		c.Units = append(c.Units, u)
		return nil
	}}
	if _, err := p.advance(); err != nil {
		return Clip{}, err
	}
	if len(c.Units) == 0 {
		return Clip{}, p.nothing()
	}
	c.Codec = p.codec
	c.Gaps = sorted(append(c.Gaps, p.missing()...))
	return c, nil
}

// Copy writes what is kept between the times of the head as one MP4 file. When the end is still to come, it writes what
// there is and waits for the rest until then, however long the ring itself keeps pictures. It holds up nothing: what a
// slow writer has not taken before it was dropped becomes a gap. Before the first picture nothing is written. Errors wrap
// ErrNothing, ErrUnsupported, the writer's error, or are the context's cause.
func (r *Ring) Copy(ctx context.Context, w io.Writer, h Head) (Summary, error) {
	var out *Writer
	p := passage{ring: r, head: h, put: func(codec rtsp.Codec, u rtsp.Unit, breaks GapKind) error {
		if out == nil {
			out = NewWriter(w, h, codec)
		}
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		return out.Add(u, breaks)
	}}
	for pause := time.Until(h.From); ; pause = look {
		if err := sleep(ctx, pause); err != nil {
			return Summary{}, err
		}
		// Whether it is late enough is asked before looking: what came until then is there.
		over := time.Since(h.To) > late
		ended, err := p.advance()
		if err != nil {
			return Summary{}, err
		}
		if over || ended {
			break
		}
	}
	if out == nil {
		return Summary{}, p.nothing()
	}
	for _, g := range p.missing() {
		out.Note(g)
	}
	return out.Close()
}

// sleep waits, at most until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
