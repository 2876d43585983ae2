package recorder

import (
	"sort"

	"iocwall/server/world"
)

// mark is where in the history something changed.
type mark struct {
	seq uint64
	// ref is the event that says what was meant: what was prepared. told is what
	// the computers said of it. Zero for none.
	ref, told uint64
	at        world.Time
	// up is that of a computer's link.
	up bool
	// gap says that marks between this one and the next were given up: whoever
	// needs them reads.
	gap bool
}

// track is the changes of one thing, by time. Where two were made in another order
// than they came to pass, the later made stands.
type track struct {
	marks []mark
	most  int
}

// add appends a change. One that was to come to pass later, and has not when this
// one does, never does.
func (t *track) add(m mark) {
	for n := len(t.marks); n > 0 && t.marks[n-1].at > m.at; n = len(t.marks) {
		t.marks = t.marks[:n-1]
	}
	t.marks = append(t.marks, m)
	if len(t.marks) > t.most {
		t.thin()
	}
}

// thin gives up every second mark of the older three quarters: what people ask for
// most is of late.
func (t *track) thin() {
	old := len(t.marks) * 3 / 4
	kept := t.marks[:0]
	for i, m := range t.marks {
		if i < old && i%2 == 1 {
			kept[len(kept)-1].gap = true
			continue
		}
		kept = append(kept, m)
	}
	t.marks = kept
}

// last returns the place of the last mark up to a time, -1 for none.
func (t *track) last(at world.Time) int {
	return sort.Search(len(t.marks), func(i int) bool { return t.marks[i].at > at }) - 1
}

// spans returns where in the history the marks from i to j are, and all there is in
// the gaps between them.
func (t *track) spans(i, j int) []span {
	var out []span
	for ; i <= j && i < len(t.marks); i++ {
		m := t.marks[i]
		for _, seq := range []uint64{m.ref, m.seq, m.told} {
			if seq != 0 {
				out = append(out, span{seq, seq})
			}
		}
		if m.gap {
			to := uint64(1<<63 - 1)
			if i+1 < len(t.marks) {
				to = t.marks[i+1].seq
			}
			out = append(out, span{m.seq, to})
		}
	}
	return out
}

// hanging is where the changes of one wall are.
type hanging struct {
	shown, defined track
	// directed says that the wall was switched since; before it shows its scene
	// as it was saved.
	directed      bool
	scene         string // shown while it is not directed
	shownSeq      uint64
	pending, done uint64 // generations
	pendingSeq    uint64
	locks         []locking
}

// locking is a lock that began or ended.
type locking struct {
	at         world.Time
	tile       string
	name, note string // of who locked it; empty when it ended
	until      world.Time
}

// mostLocks bounds the locks of a wall that are remembered: those of years.
const mostLocks = 50_000

// Version is one version of a scene.
type Version struct {
	Version int        `json:"version"`
	Name    string     `json:"name"`
	By      string     `json:"by,omitempty"`
	Time    world.Time `json:"time"`
	Tiles   int        `json:"tiles"`
	Zones   int        `json:"zones"`
	// Removed says that the scene was taken away with it.
	Removed bool `json:"removed,omitempty"`
}

// version is a version of a scene and where it is.
type version struct {
	Version
	wall string
	seq  uint64
}

// mostVersions bounds the versions of a scene that are remembered.
const mostVersions = 20_000

// index is where in the history the changes of all walls are.
type index struct {
	marks  int
	walls  map[string]*hanging
	nodes  map[string]*track
	told   map[string]*track // words on tiles, by wall and computer
	scenes map[string][]version
	// clock is the time of some events, to find a place by its time.
	clock   track
	counted int
}

func newIndex(marks int) *index {
	return &index{marks: marks, walls: map[string]*hanging{}, nodes: map[string]*track{}, told: map[string]*track{}, scenes: map[string][]version{}, clock: track{most: marks}}
}

func (x *index) wall(id string) *hanging {
	w := x.walls[id]
	if w == nil {
		w = &hanging{shown: track{most: x.marks}, defined: track{most: x.marks}}
		x.walls[id] = w
	}
	return w
}

// clockEvery is how many events go by between two marks of the clock.
const clockEvery = 1000

// note takes in an event and reports whether it is one of the walls' records.
func (x *index) note(e *world.Event) bool {
	if x.counted++; x.counted%clockEvery == 1 {
		x.clock.add(mark{seq: e.Seq, at: e.Seen})
	}
	switch b := e.Body.(type) {
	case world.WallDefined:
		x.wall(b.ID).defined.add(mark{seq: e.Seq, at: e.Seen})
	case world.SceneSaved:
		x.saved(e, b)
	case world.SceneShown:
		if w := x.wall(b.Wall); !w.directed {
			w.scene, w.shownSeq = b.Scene, e.Seq
			var ref uint64
			if vs := x.scenes[b.Scene]; len(vs) > 0 {
				ref = vs[len(vs)-1].seq
			}
			w.shown.add(mark{seq: e.Seq, ref: ref, at: e.Seen})
		}
	case world.WallPrepared, world.WallCommitted, world.WallRefused, world.WallSwitched:
		x.switched(e)
	case world.TileLocked:
		x.wall(b.Wall).lock(locking{at: e.Seen, tile: b.Tile, name: b.Name, note: b.Note, until: b.Until})
	case world.TileUnlocked:
		x.wall(b.Wall).lock(locking{at: e.Seen, tile: b.Tile})
	case world.NodeLinked:
		x.linked(e, b)
	case world.TilesSeen:
		x.toldOf(b.Wall, b.Node).add(mark{seq: e.Seq, at: e.Seen})
		return false
	default:
		return false
	}
	return true
}

// toldOf returns where a computer told of its tiles on a wall. What was told before
// the recorder started is not among it: it is no record.
func (x *index) toldOf(wall, node string) *track {
	t := x.told[wall+"/"+node]
	if t == nil {
		t = &track{most: x.marks}
		x.told[wall+"/"+node] = t
	}
	return t
}

// saved takes in a version of a scene. A wall that is not directed shows it at once.
func (x *index) saved(e *world.Event, b world.SceneSaved) {
	vs := append(x.scenes[b.ID], version{
		Version: Version{Version: b.Version, Name: b.Name, By: b.By, Time: e.Seen, Tiles: len(b.Tiles), Zones: len(b.Zones), Removed: b.Removed},
		wall:    b.Wall, seq: e.Seq,
	})
	if len(vs) > mostVersions {
		vs = vs[1:]
	}
	x.scenes[b.ID] = vs
	for _, w := range x.walls {
		if !w.directed && w.scene == b.ID {
			w.shown.add(mark{seq: e.Seq, ref: w.shownSeq, at: e.Seen})
		}
	}
}

// switched takes in a step of a switch, as the state does.
func (x *index) switched(e *world.Event) {
	switch b := e.Body.(type) {
	case world.WallPrepared:
		if w := x.wall(b.Wall); b.Generation > max(w.done, w.pending) {
			w.pending, w.pendingSeq = b.Generation, e.Seq
		}
	case world.WallCommitted:
		w := x.wall(b.Wall)
		if b.Generation == 0 || b.Generation != w.pending {
			return
		}
		w.directed, w.done, w.pending = true, b.Generation, 0
		w.shown.add(mark{seq: e.Seq, ref: w.pendingSeq, at: b.At})
	case world.WallRefused:
		if w := x.wall(b.Wall); b.Generation == w.pending {
			w.pending = 0
		}
	case world.WallSwitched:
		if w := x.wall(b.Wall); b.Generation == w.done && w.directed && len(w.shown.marks) > 0 {
			w.shown.marks[len(w.shown.marks)-1].told = e.Seq
		}
	}
}

// linked takes in that a computer came or went; that it is still so is no change.
func (x *index) linked(e *world.Event, b world.NodeLinked) {
	t := x.nodes[b.Node]
	if t == nil {
		t = &track{most: x.marks}
		x.nodes[b.Node] = t
	}
	if n := len(t.marks); n == 0 || t.marks[n-1].up != b.Up {
		t.add(mark{seq: e.Seq, at: e.Seen, up: b.Up})
	}
}

func (w *hanging) lock(l locking) {
	w.locks = append(w.locks, l)
	if len(w.locks) > mostLocks {
		w.locks = w.locks[1:]
	}
}

// locked returns the lock of a tile at a time, if there was one.
func (w *hanging) locked(tile string, at world.Time) (locking, bool) {
	for i := sort.Search(len(w.locks), func(i int) bool { return w.locks[i].at > at }) - 1; i >= 0; i-- {
		if l := w.locks[i]; l.tile == tile {
			return l, l.name != "" && (l.until == 0 || l.until > at)
		}
	}
	return locking{}, false
}
