package replay

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"iocwall/media/rtsp"
)

// RingOptions says how much a Ring keeps.
type RingOptions struct {
	// Keep is how far back from the newest unit pictures are kept. Required.
	Keep time.Duration
	// Bytes bounds what is kept, overhead included. Default 32 MiB.
	Bytes int64
	// Budget is shared with other rings and bounds them all together; nil for none.
	Budget *Budget
	// Dir makes the ring keep whole groups of pictures in files of this folder, which is made if need be and should be
	// the ring's own: files of an earlier ring in it are removed. Empty keeps everything in memory.
	Dir string
}

// unitOverhead and naluOverhead are what a unit takes in memory beside its bytes.
const (
	unitOverhead = int64(unsafe.Sizeof(rtsp.Unit{}))
	naluOverhead = int64(unsafe.Sizeof([]byte{}))
)

// openBytes bounds the group of pictures that is still coming in, for a ring on disk: only whole ones are written.
const openBytes = 16 << 20

// Ring keeps the last seconds of one stream: whole groups of pictures, the oldest dropped first. Its methods may be called
// from any goroutine; none but Close waits for a disk, and readers hold nothing up.
type Ring struct {
	opts  RingOptions
	spool *spool // nil in memory
	size  atomic.Int64

	mu     sync.Mutex
	codec  rtsp.Codec
	params [][]byte
	groups []*group // oldest first; the last one may be open
	number uint64   // of the next group
	open   bool     // units go into the last group
	start  bool     // the next group begins a connection
	hole   bool     // something that came before the next group was not kept
	newest time.Time
	units  int
	missed uint64
	fault  error
	closed bool
}

// group is one key unit and all that follow it.
type group struct {
	number      uint64
	units       []rtsp.Unit // nil once on disk
	count       int
	bytes       int64
	first, last time.Time // arrivals
	start, hole bool      // see Ring
	whole       bool      // no unit will be added
	gone        bool      // not kept any more
	queued      int64     // what it was queued for the disk with, in bytes
	place       place     // where on disk, once units is nil
}

// Stats says what a ring holds.
type Stats struct {
	Oldest, Newest time.Time // arrivals of the first and the last unit; zero when there is none
	Bytes          int64     // memory and disk together
	Units          int
	Missed         uint64 // units that memory or disk could not take, since the ring was made
	Fault          error  // why the disk could not take the last of them; nil when all is well
}

// Kept returns how much time the ring holds.
func (s Stats) Kept() time.Duration { return s.Newest.Sub(s.Oldest) }

// NewRing makes a ring. With a folder it starts a goroutine that Close ends; what is wrong with the folder is told as
// Stats.Fault.
func NewRing(o RingOptions) (*Ring, error) {
	if o.Keep <= 0 {
		return nil, fmt.Errorf("replay: a ring that keeps %v; name a time above zero", o.Keep)
	}
	if o.Bytes <= 0 {
		o.Bytes = 32 << 20
	}
	r := &Ring{opts: o, start: true}
	if o.Dir != "" {
		r.spool = newSpool(r, o.Dir)
	}
	o.Budget.join(r)
	return r, nil
}

// Close forgets everything, removes the ring's files and returns when its goroutine is gone. Adding to a closed ring does
// nothing, reading from it finds nothing.
func (r *Ring) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	for len(r.groups) > 0 {
		r.dropOldest()
	}
	r.mu.Unlock()
	r.opts.Budget.leave(r)
	if r.spool != nil {
		return r.spool.close()
	}
	return nil
}

// Resize changes how much is kept from now on; values that are not above zero change nothing.
func (r *Ring) Resize(keep time.Duration, bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if keep > 0 {
		r.opts.Keep = keep
	}
	if bytes > 0 {
		r.opts.Bytes = bytes
	}
	r.trim()
}

// Start says that a new connection to the camera begins, with the parameter sets of its description, possibly none. When
// the codec is another one than before, what was kept is dropped: a clip has one codec.
func (r *Ring) Start(codec rtsp.Codec, params [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if codec != r.codec {
		for len(r.groups) > 0 {
			r.dropOldest()
		}
		r.codec, r.params = codec, nil
	}
	if len(params) > 0 {
		r.params = params
	}
	r.finish()
	r.start = true
}

// Stop says that the connection to the camera has ended, so that a clip that reaches to here knows.
func (r *Ring) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finish()
	r.start = true
}

// Add takes the next unit of the connection. It never waits: what cannot be kept is counted and becomes a gap. Units
// before the first key unit are not kept.
func (r *Ring) Add(u rtsp.Unit) {
	r.mu.Lock()
	r.add(u)
	r.mu.Unlock()
	r.opts.Budget.settle()
}

func (r *Ring) add(u rtsp.Unit) {
	if r.closed || len(u.NALUs) == 0 {
		return
	}
	u.NALUs = r.withParameters(u)
	if u.Key {
		r.finish()
		r.groups = append(r.groups, &group{number: r.number, first: u.Arrived, start: r.start, hole: r.hole})
		r.number++
		r.open, r.start, r.hole = true, false, false
	}
	if !r.open {
		return
	}
	g := r.groups[len(r.groups)-1]
	cost := int64(u.Size) + unitOverhead + naluOverhead*int64(len(u.NALUs))
	g.units = append(g.units, u)
	g.count++
	g.last, r.newest = u.Arrived, u.Arrived
	r.units++
	r.grow(g, cost)
	r.trim()
}

// withParameters remembers in-band parameter sets and puts those known before a key unit that lacks them, so that every
// group can be decoded by itself.
func (r *Ring) withParameters(u rtsp.Unit) [][]byte {
	if r.codec == rtsp.MJPEG {
		return u.NALUs
	}
	var sets [][]byte
	for _, n := range u.NALUs {
		if rtsp.IsParameterSet(r.codec, n) {
			sets = append(sets, n)
		}
	}
	lacking := r.params
	if len(sets) > 0 {
		lacking = r.lacking(sets)
		r.params = slices.Concat(lacking, sets)
	}
	if !u.Key || len(lacking) == 0 {
		return u.NALUs
	}
	return slices.Concat(lacking, u.NALUs)
}

// lacking returns the known sets of the kinds that are not among the given ones.
func (r *Ring) lacking(sets [][]byte) [][]byte {
	var out [][]byte
	vps, sps, pps := rtsp.Sets(r.codec, sets)
	oldVPS, oldSPS, oldPPS := rtsp.Sets(r.codec, r.params)
	for _, kind := range [...][2][]byte{{vps, oldVPS}, {sps, oldSPS}, {pps, oldPPS}} {
		if kind[0] == nil && kind[1] != nil {
			out = append(out, kind[1])
		}
	}
	return out
}

// grow counts bytes of a group.
func (r *Ring) grow(g *group, bytes int64) {
	g.bytes += bytes
	r.size.Add(bytes)
	r.opts.Budget.use(bytes)
}

// trim drops groups that are too old or too much.
func (r *Ring) trim() {
	for len(r.groups) > 1 && r.newest.Sub(r.groups[1].first) >= r.opts.Keep {
		r.dropOldest()
	}
	for len(r.groups) > 1 && r.size.Load() > r.opts.Bytes {
		r.dropOldest()
	}
	if len(r.groups) == 0 || !r.open {
		return
	}
	if g := r.groups[len(r.groups)-1]; g.bytes > r.opts.Bytes || r.spool != nil && g.bytes > openBytes {
		// One group of pictures alone is too much: it is given up, and the next key unit begins anew.
		r.missed += uint64(g.count)
		r.dropNewest()
	}
}

// finish ends the open group and hands it to the disk.
func (r *Ring) finish() {
	if !r.open {
		return
	}
	r.open = false
	g := r.groups[len(r.groups)-1]
	g.whole = true
	if r.spool != nil && !r.spool.take(g) {
		r.missed += uint64(g.count)
		r.dropNewest()
	}
}

// dropOldest forgets the oldest group.
func (r *Ring) dropOldest() {
	g := r.groups[0]
	r.groups[0] = nil
	r.groups = r.groups[1:]
	r.forget(g)
}

// dropNewest forgets the newest group, which leaves a hole before the next one.
func (r *Ring) dropNewest() {
	g := r.groups[len(r.groups)-1]
	r.groups = r.groups[:len(r.groups)-1]
	r.open, r.start, r.hole = false, r.start || g.start, true
	r.forget(g)
}

// forget gives back what a group took. What a reader holds of it stays until it lets go.
func (r *Ring) forget(g *group) {
	r.units -= g.count
	r.grow(g, -g.bytes)
	if len(r.groups) == 0 {
		r.open = false
	}
	if r.spool != nil {
		r.spool.forget(g)
	}
}

// lose forgets a group that could not be written, which leaves a hole.
func (r *Ring) lose(g *group) {
	at := slices.Index(r.groups, g)
	r.missed += uint64(g.count)
	if at+1 < len(r.groups) {
		after := r.groups[at+1]
		after.start, after.hole = after.start || g.start, true
	} else {
		r.start, r.hole = r.start || g.start, true
	}
	r.groups = slices.Delete(r.groups, at, at+1)
	r.forget(g)
}

func (g *group) isGone(r *Ring) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return g.gone
}

// Stats says what the ring holds now.
func (r *Ring) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Stats{Bytes: r.size.Load(), Units: r.units, Missed: r.missed, Fault: r.fault}
	if len(r.groups) > 0 {
		s.Oldest, s.Newest = r.groups[0].first, r.newest
	}
	return s
}
