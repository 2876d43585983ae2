package tiles

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"math"
	"sync"
	"time"

	"iocwall/geo"
	"iocwall/geo/tiles/archive"
)

// Times and bounds of a Tiled.
const (
	wantedFor    = 10 * time.Second // a tile nobody asks for so long is not fetched
	pinnedFor    = 2 * time.Second  // a tile asked for just now is not given up for another
	brokenFor    = 5 * time.Minute  // a broken tile is not tried again, nor one that is older than it should be
	failedFor    = 15 * time.Second // nor one that could not be had
	absentFor    = 5 * time.Minute  // nor one that is not there
	crowdedFor   = 3 * time.Second  // nor one for which there was no room
	coarserFor   = 3 * time.Minute  // views for which there was no room are drawn coarser so long, and twice as long each time there still is none
	longestFor   = time.Hour        // at most
	lookedFor    = 10 * time.Minute // a zoom that nobody looks at so long is looked at afresh
	sweepEvery   = time.Second
	logEvery     = 30 * time.Second      // problems are told in the log
	gatherFor    = 50 * time.Millisecond // tiles that come together are told once
	maxWanted    = 4096
	maxFailed    = 16384
	maxViewTiles = 2048
)

// TiledOptions says how a Tiled works.
type TiledOptions struct {
	Under   Source          // is seen where the map has no tiles, and before they come; required
	Archive archive.Archive // its Close is Run's; nil: none
	Memory  int64           // bytes of decoded tiles to keep, see MemoryFor; 0: 128 MiB
	Workers int             // tiles fetched and decoded at once; 0: 2
	// Attribution says whom to name on the map; none: whom the archive names.
	Attribution string
	// Refresh is how old a tile may be before it is fetched again while it is drawn;
	// 0: of any age, as is right for a file.
	Refresh time.Duration
	Log     *slog.Logger
}

const leastMemory = 128 << 20

// MemoryFor returns how many bytes of decoded tiles maps over so many pixels of
// screens are to have: at least 128 MiB, and twice what they show at once at most.
// Pictures are drawn down to 0.7 of their size, so that each pixel of a screen needs
// two of theirs of 4 bytes, and a fourth more for those that the edges cut.
func MemoryFor(pixels int) int64 { return max(leastMemory, 2*10*int64(pixels)) }

// Tiled is the Source of a map in tiles, with another Source under it. Tiles are
// fetched and decoded by Run. It is safe for use from many goroutines. Where what is
// in view does not fit into its memory, coarser tiles are drawn of all of it, and it
// says so.
type Tiled struct {
	under   Source
	archive archive.Archive // nil: there is only what is under it
	named   string          // whom to name instead of whom the archive names
	budget  int64
	workers int
	refresh time.Duration
	log     *slog.Logger
	wake    chan struct{} // one tile or more are wanted
	news    chan struct{} // what a view gets has changed

	mu     sync.Mutex
	info   archive.Info
	tick   uint64 // of the last Map
	used   int64
	recent *list.List // of *loaded, last used first
	loaded map[tileKey]*list.Element
	failed map[tileKey]*failure
	wanted map[tileKey]*want
	flight map[tileKey]bool
	looks  map[int]*look // at the tiles of a zoom
	serial uint64        // of the last tile that was decoded
	stats  Stats
	logged time.Time // when a problem was told last
	watch  map[int]func()
	seat   int // of the next watcher
}

type tileKey struct{ z, x, y int }

func (k tileKey) parent() tileKey { return tileKey{k.z - 1, k.x >> 1, k.y >> 1} }

// loaded is a decoded tile: one of picture and vector.
type loaded struct {
	key     tileKey
	picture *image.RGBA
	vector  *VectorTile
	bytes   int64
	serial  uint64
	used    time.Time
	came    time.Time
	old     error // why it is an older one than it should be; nil if it is not
}

// failure is what could not be had, and until when it is not tried again.
type failure struct {
	err   error
	until time.Time
	asked bool // by a view, since it failed
}

// want is a tile that a view has asked for.
type want struct {
	tick uint64
	far  float64 // from the middle of what is drawn, in tiles, squared
	at   time.Time
}

// look is how views are drawn that want the tiles of one zoom.
type look struct {
	coarser int           // by so many zooms, since there is no room for all of their tiles
	refused time.Time     // when there was none last, or a step coarser or finer
	wait    time.Duration // after that, until a step finer is tried
	tried   bool          // the last step was one finer
	asked   time.Time     // by a view, last
}

// NewTiled returns a Source of the archive's tiles. Nothing is fetched before Run.
func NewTiled(o TiledOptions) (*Tiled, error) {
	if o.Under == nil {
		return nil, errors.New("tiles: a map in tiles needs a map under it; hand in the built-in one")
	}
	t := &Tiled{
		under: o.Under, archive: o.Archive, named: o.Attribution, budget: o.Memory, workers: o.Workers, refresh: o.Refresh, log: o.Log,
		wake: make(chan struct{}, 1), news: make(chan struct{}, 1),
		recent: list.New(), loaded: map[tileKey]*list.Element{}, failed: map[tileKey]*failure{},
		wanted: map[tileKey]*want{}, flight: map[tileKey]bool{}, looks: map[int]*look{}, watch: map[int]func(){},
	}
	if t.budget == 0 {
		t.budget = leastMemory
	}
	if t.workers <= 0 {
		t.workers = 2
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.archive != nil {
		t.learn()
		for _, note := range t.info.Notes {
			t.log.Warn("a map's description is not in order", "map", t.info.Name, "problem", note)
		}
	}
	return t, nil
}

// learn takes what is known of the archive by now. What is known better of a server
// once it was asked may call for other tiles.
func (t *Tiled) learn() {
	was := t.info
	t.info = t.archive.Info()
	if t.named != "" {
		t.info.Attribution = t.named
	}
	if t.info.Format != was.Format || t.info.TileSize != was.TileSize || t.info.MinZoom != was.MinZoom || t.info.MaxZoom != was.MaxZoom || t.info.Bounds != was.Bounds {
		clear(t.wanted)
		clear(t.looks)
	}
}

// Info describes the map; it is empty if there is only the one under it.
func (t *Tiled) Info() archive.Info {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.info
}

// Attribution implements Source: it names both maps.
func (t *Tiled) Attribution() Attribution {
	a, own := t.under.Attribution(), t.Info().Attribution
	switch {
	case own == "" || own == a.Text:
	case a.Text == "":
		a.Text = own
	default:
		a.Text = own + " · " + a.Text
	}
	return a
}

// Watch has f called when a Map may answer differently than before. It is called
// from a goroutine of Run, at most twenty times a second, and must not wait. stop
// ends that; a call that is under way may still end after it.
func (t *Tiled) Watch(f func()) (stop func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	seat := t.seat
	t.seat++
	t.watch[seat] = f
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.watch, seat)
	}
}

// Stats says how a Tiled is doing. Decoded, Broken, Failed, Dropped and Rejected
// count since the beginning.
type Stats struct {
	Loaded   int   // tiles in memory
	Memory   int64 // bytes of them, about
	Budget   int64 // bytes that they may take
	Pending  int   // tiles that are wanted or under way
	Decoded  int   // tiles that came and were good
	Broken   int   // tiles that came and were not
	Failed   int   // times that a tile could not be had
	Dropped  int   // tiles that nobody wanted any more before they were fetched
	Rejected int   // features of vector tiles that were broken and left out
	Stale    int   // tiles that a server could not renew, so that older ones of the cache are shown
	Problem  error // the last of all these, with the tile it concerns; nil if there was none
}

// Stats returns how the map is doing. It does not wait.
func (t *Tiled) Stats() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	if a, ok := t.archive.(interface{ Stale() int }); ok {
		s.Stale = a.Stale()
	}
	s.Loaded, s.Memory, s.Budget, s.Pending = len(t.loaded), t.used, t.budget, len(t.wanted)+len(t.flight)
	return s
}

// Run fetches the tiles that views ask for until ctx ends, and then closes the
// archive. It is called once.
func (t *Tiled) Run(ctx context.Context) error {
	if t.archive == nil {
		<-ctx.Done()
		return nil
	}
	var all sync.WaitGroup
	for range t.workers {
		all.Go(func() { t.work(ctx) })
	}
	all.Go(func() { t.sweep(ctx) })
	all.Go(func() { t.tell(ctx) })
	all.Wait()
	if err := t.archive.Close(); err != nil {
		return fmt.Errorf("tiles: close map %s: %w", t.Info().Name, err)
	}
	return nil
}

// zoom returns the zoom of the tiles for a view, and whether it has any. It looks at
// the whole view alone, so that all crops of it agree. The lock is held meanwhile.
func (t *Tiled) zoom(v geo.View) (int, bool) {
	if t.archive == nil || !(v.World > 0) || math.IsInf(v.World, 1) || math.IsNaN(v.Center[0]+v.Center[1]) ||
		v.Width <= 0 || v.Height <= 0 {
		return 0, false
	}
	fine := math.Log2(v.World / float64(t.info.TileSize))
	z := int(math.Round(fine))
	if t.info.Format == archive.MVT {
		z = int(math.Floor(fine + 1e-9)) // vector tiles are made to be drawn larger, up to twice
	}
	// Tiles of a finer zoom than the view's would be many and tiny.
	if z < t.info.MinZoom-1 {
		return 0, false
	}
	return max(t.info.MinZoom, min(z, t.info.MaxZoom)), true
}
