package tiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
	"iocwall/geo/tiles/archive"
)

// ground is the map under the tiles in these tests.
type ground struct{ err error }

func (g ground) Map(geo.View) (Data, error) {
	return Data{Version: 5, Places: []Place{{Name: "Tam Kỳ"}}}, g.err
}

func (ground) Attribution() Attribution {
	return Attribution{Text: "Natural Earth", BoundariesSince: "2025-07-01"}
}

// shelf is an Archive of pictures of 64 pixels that are made when asked for; the
// red and green of their pixels are column and row.
type shelf struct {
	info   archive.Info
	answer func(ctx context.Context, z, x, y int) ([]byte, error) // nil: a picture

	mu     sync.Mutex
	asked  []tileKey
	closed bool
}

func newShelf(low, top int) *shelf {
	return &shelf{info: archive.Info{
		Name: "shelf", Format: archive.PNG, TileSize: 256, MinZoom: low, MaxZoom: top, Attribution: "Ai đó",
		Bounds: geo.Bounds{Min: geo.Point{-180, -85}, Max: geo.Point{180, 85}},
	}}
}

func (s *shelf) Tile(ctx context.Context, z, x, y int) ([]byte, error) {
	s.mu.Lock()
	s.asked = append(s.asked, tileKey{z, x, y})
	s.mu.Unlock()
	if s.answer != nil {
		if b, err := s.answer(ctx, z, x, y); b != nil || err != nil {
			return b, err
		}
	}
	return pngOf(64, color.RGBA{byte(x), byte(y), byte(z), 255}), nil
}

func (s *shelf) Info() archive.Info { return s.info }

func (s *shelf) Close() error {
	s.closed = true
	return nil
}

// count tells how many tiles were asked for.
func (s *shelf) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func pngOf(side int, c color.Color) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{c})); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func newTiled(t testing.TB, s archive.Archive, memory int64, workers int) *Tiled {
	t.Helper()
	tiled, err := NewTiled(TiledOptions{Under: ground{}, Archive: s, Memory: memory, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return tiled
}

// running runs f beside Run, in a bubble of time, and waits for all of it to end.
func running(t *testing.T, s *shelf, memory int64, workers int, f func(t *testing.T, tiled *Tiled)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tiled := newTiled(t, s, memory, workers)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- tiled.Run(ctx) }()
		f(t, tiled)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if !s.closed {
			t.Error("the archive is open after Run")
		}
	})
}

func mapOf(t testing.TB, tiled *Tiled, v geo.View) Data {
	t.Helper()
	d, err := tiled.Map(v)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Places) != 1 {
		t.Fatal("the map under the tiles is lost")
	}
	return d
}

// settle asks for a view until nothing is pending.
func settle(t testing.TB, tiled *Tiled, v geo.View) Data {
	t.Helper()
	for range 100 {
		d := mapOf(t, tiled, v)
		if d.Pending == 0 {
			return d
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("it never settles: %+v", tiled.Stats())
	return Data{}
}

func hoiAn(zoom float64) geo.View { return geo.ZoomView(geo.Point{108.33, 15.88}, zoom, 1280, 720) }

// disjoint checks that no two squares cover the same place and that the order is
// from coarse to fine; it returns the area covered, in worlds.
func disjoint(t testing.TB, squares []tileKey) float64 {
	t.Helper()
	seen := map[tileKey]bool{}
	area, last := 0.0, 0
	for _, k := range squares {
		if k.z < last {
			t.Fatalf("%v comes after zoom %d", k, last)
		}
		last = k.z
		for p := k; p.z > 0; p = p.parent() {
			if seen[p] {
				t.Fatalf("%v lies in %v, both are drawn", k, p)
			}
		}
		seen[k] = true
		area += math.Exp2(-2 * float64(k.z))
	}
	return area
}

func squaresOf(d Data) []tileKey {
	var out []tileKey
	for _, r := range d.Rasters {
		out = append(out, tileKey{r.Z, r.X, r.Y})
	}
	for _, v := range d.Vectors {
		out = append(out, tileKey{v.Z, v.X, v.Y})
	}
	return out
}

func TestTilesCome(t *testing.T) {
	s := newShelf(0, 14)
	running(t, s, 0, 2, func(t *testing.T, tiled *Tiled) {
		var told atomic.Int32
		stop := tiled.Watch(func() { told.Add(1) })
		v := hoiAn(10.2)
		first := mapOf(t, tiled, v)
		if first.Pending != 18 || len(first.Rasters) != 0 || first.Version != 5 {
			t.Errorf("at first there are %d tiles, %d pending, version %d", len(first.Rasters), first.Pending, first.Version)
		}
		time.Sleep(time.Second)
		if n := told.Load(); n == 0 || n > 20 {
			t.Errorf("told %d times", n)
		}
		all := mapOf(t, tiled, v)
		if all.Pending != 0 || all.Failed != 0 || len(all.Rasters) != 18 || all.Version == first.Version {
			t.Errorf("then there are %d tiles, %d pending, version %d", len(all.Rasters), all.Pending, all.Version)
		}
		for _, r := range all.Rasters {
			if c := r.Img.RGBAAt(9, 9); r.Z != 10 || c != (color.RGBA{byte(r.X), byte(r.Y), 10, 255}) || r.Part != image.Rect(0, 0, 64, 64) {
				t.Errorf("tile %d/%d/%d is %v of %v", r.Z, r.X, r.Y, r.Part, c)
			}
		}
		disjoint(t, squaresOf(all))
		stop()
		before := told.Load()
		settle(t, tiled, v.Pan(5000, 0))
		time.Sleep(time.Second)
		if again := mapOf(t, tiled, v); again.Version != all.Version || told.Load() != before {
			t.Errorf("nothing has changed but the version (%d, %d); told %d times more", again.Version, all.Version, told.Load()-before)
		}
		if n := s.count(); n != tiled.Stats().Loaded {
			t.Errorf("%d tiles were asked for, %d are there", n, tiled.Stats().Loaded)
		}
	})
}

// TestMapNeverWaits holds an archive that never answers.
func TestMapNeverWaits(t *testing.T) {
	s := newShelf(0, 14)
	s.answer = func(ctx context.Context, _, _, _ int) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	running(t, s, 0, 2, func(t *testing.T, tiled *Tiled) {
		began := time.Now()
		for i := range 200 {
			mapOf(t, tiled, hoiAn(3+float64(i)/20))
		}
		if time.Since(began) != 0 {
			t.Error("it waited")
		}
		if st := tiled.Stats(); st.Failed != 0 || st.Problem != nil {
			t.Errorf("%+v", st)
		}
	})
}

// TestCropsAgree cuts a view into screens: their tiles are those of the whole.
func TestCropsAgree(t *testing.T) {
	for _, zoom := range []float64{2.4, 7.49, 7.51, 12, 16.3} {
		running(t, newShelf(0, 14), 0, 2, func(t *testing.T, tiled *Tiled) {
			whole := geo.ZoomView(geo.Point{108.33, 15.88}, zoom, 3000, 1000)
			parts := map[tileKey]bool{}
			for x := 0; x < 3000; x += 500 {
				for _, k := range squaresOf(settle(t, tiled, whole.CropTo(image.Rect(x, 0, x+500, 1000)))) {
					parts[k] = true
				}
			}
			all := squaresOf(mapOf(t, tiled, whole))
			if len(all) != len(parts) {
				t.Errorf("zoom %g: %d tiles in the whole, %d in its crops", zoom, len(all), len(parts))
			}
			for _, k := range all {
				if !parts[k] || k.z != min(14, int(math.Round(zoom))) {
					t.Errorf("zoom %g: %v", zoom, k)
				}
			}
		})
	}
}

func TestOverzoom(t *testing.T) {
	running(t, newShelf(4, 8), 0, 2, func(t *testing.T, tiled *Tiled) {
		for zoom, want := range map[float64]int{2: 0, 2.6: 4, 3.4: 4, 4: 4, 6.6: 7, 8: 8, 13: 8, 19: 8} {
			d := settle(t, tiled, hoiAn(zoom))
			if want == 0 {
				if len(d.Rasters) != 0 || d.Pending != 0 {
					t.Errorf("zoom %g: %d tiles", zoom, len(d.Rasters))
				}
				continue
			}
			for _, r := range d.Rasters {
				if r.Z != want {
					t.Errorf("zoom %g: tile of %d", zoom, r.Z)
				}
			}
			if len(d.Rasters) == 0 {
				t.Errorf("zoom %g: no tiles", zoom)
			}
		}
	})
}

// TestStandIns loads tiles at random and looks at all zooms: whatever is there, no
// place is drawn twice, and every place that can be drawn is.
func TestStandIns(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 200 {
		tiled := newTiled(t, newShelf(0, 8), 0, 1)
		v := hoiAn(4 + random.Float64()*5)
		z, _ := tiled.zoom(v)
		x0, y0, x1, y1 := span(v.Bounds(), z)
		for range random.IntN(30) {
			k := tileKey{z, x0 + random.IntN(x1-x0+1), y0 + random.IntN(y1-y0+1)}
			for range random.IntN(4) {
				k = k.parent()
			}
			if random.IntN(4) == 0 {
				k = tileKey{z + 1, k.x<<(z+1-k.z) + random.IntN(2), k.y<<(z+1-k.z) + random.IntN(2)}
			}
			tiled.arrived(k, &loaded{key: k, picture: image.NewRGBA(image.Rect(0, 0, 256, 256)), bytes: 1}, nil)
		}
		d := mapOf(t, tiled, v)
		disjoint(t, squaresOf(d))
		drawn := map[tileKey]bool{}
		for _, r := range d.Rasters {
			drawn[tileKey{r.Z, r.X, r.Y}] = true
		}
		for x := x0; x <= x1; x++ {
			for y := y0; y <= y1; y++ {
				can, is := false, false
				for p := (tileKey{z, x, y}); p.z >= 0; p = p.parent() {
					_, here := tiled.loaded[p]
					can, is = can || here, is || drawn[p]
					if p.z == 0 {
						break
					}
				}
				if can != is {
					t.Fatalf("round %d: tile %d/%d/%d can be drawn: %v, is drawn: %v", round, z, x, y, can, is)
				}
			}
		}
		for _, r := range d.Rasters { // the part of the picture has the place of the square in the tile
			if r.Part.Empty() || !r.Part.In(r.Img.Rect) || 256/r.Part.Dx()*r.Part.Dx() != 256 {
				t.Fatalf("round %d: part %v", round, r.Part)
			}
			n := 256 / r.Part.Dx()
			if r.Part.Min != image.Pt(r.X%n*r.Part.Dx(), r.Y%n*r.Part.Dx()) {
				t.Fatalf("round %d: part %v for %d/%d/%d", round, r.Part, r.Z, r.X, r.Y)
			}
		}
	}
}

// TestPartsOfOddPictures cuts a picture that cannot be halved without rest.
func TestPartsOfOddPictures(t *testing.T) {
	tile, next := tileKey{3, 1, 2}, 0
	for x := range 8 {
		p := partOf(image.Rect(0, 0, 100, 100), tileKey{6, 8 + x, 16}, tile)
		if p.Min != image.Pt(next, 0) || p.Dx() < 12 || p.Dx() > 13 {
			t.Errorf("part %d is %v", x, p)
		}
		next = p.Max.X
	}
	if next != 100 {
		t.Errorf("the parts end at %d", next)
	}
}

func TestBrokenTile(t *testing.T) {
	s := newShelf(0, 14)
	v := hoiAn(10)
	bad := tileKey{}
	s.answer = func(_ context.Context, z, x, y int) ([]byte, error) {
		if z == 10 && x%3 == 0 && y%3 == 0 {
			s.mu.Lock()
			bad = tileKey{z, x, y}
			s.mu.Unlock()
			return []byte("\x89PNG\r\n\x1a\nnothing"), nil
		}
		return nil, nil
	}
	running(t, s, 0, 2, func(t *testing.T, tiled *Tiled) {
		var told []byte
		tiled.log = slog.New(slog.NewTextHandler(writer(func(b []byte) { told = append(told, b...) }), nil))
		d := settle(t, tiled, v)
		want := fmt.Sprintf("tile 10/%d/%d of shelf: the tile is broken: it is a broken png picture", bad.x, bad.y)
		if d.Failed == 0 || d.Problem == nil || !strings.Contains(fmt.Sprint(d.Problem, tiled.Stats().Problem), want) {
			t.Errorf("%d failed: %v, want %q", d.Failed, d.Problem, want)
		}
		if st := tiled.Stats(); st.Broken != d.Failed || st.Failed != d.Failed || bytes.Count(told, []byte("\n")) != 1 {
			t.Errorf("%+v; log %q", st, told)
		}
		// The coarser tile fills the hole, all others are there.
		area, coarse := disjoint(t, squaresOf(d)), 0
		for _, r := range d.Rasters {
			if r.Img.RGBAAt(0, 0).B == 9 {
				coarse++
			}
		}
		if coarse != d.Failed || math.Abs(area-float64(len(d.Rasters))/(1<<20)) > 1e-12 {
			t.Errorf("%d of %d holes are filled", coarse, d.Failed)
		}
		before := s.count()
		time.Sleep(brokenFor / 2)
		mapOf(t, tiled, v)
		time.Sleep(time.Second)
		if s.count() != before {
			t.Error("it is asked for again at once")
		}
		s.answer = nil
		woken := make(chan bool, 1)
		defer tiled.Watch(func() {
			select {
			case woken <- true:
			default:
			}
		})()
		<-woken // without another word from the view
		if d := settle(t, tiled, v); d.Failed != 0 || d.Problem != nil {
			t.Errorf("later %d failed: %v", d.Failed, d.Problem)
		}
	})
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

// TestMissingTiles has a map that is fine in one half only.
func TestMissingTiles(t *testing.T) {
	s := newShelf(0, 14)
	s.answer = func(_ context.Context, z, x, _ int) ([]byte, error) {
		if z > 7 && x >= 820<<z>>10 {
			return nil, archive.ErrNoTile
		}
		return nil, nil
	}
	running(t, s, 0, 2, func(t *testing.T, tiled *Tiled) {
		d := settle(t, tiled, hoiAn(10))
		zooms := map[byte]int{}
		for _, r := range d.Rasters {
			zooms[r.Img.RGBAAt(0, 0).B]++
		}
		if zooms[10] == 0 || zooms[7] == 0 || d.Failed != 0 || d.Problem != nil {
			t.Errorf("tiles by zoom %v, %d failed", zooms, d.Failed)
		}
		if st := tiled.Stats(); st.Problem != nil || st.Failed != 0 {
			t.Errorf("%+v", st)
		}
	})
}

// TestNewestFirst holds the order of fetching: the newest view, its middle first; and
// what nobody has wanted for long is dropped.
func TestNewestFirst(t *testing.T) {
	s := newShelf(0, 14)
	slow := true
	s.answer = func(ctx context.Context, _, _, _ int) ([]byte, error) {
		if slow {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
		return nil, ctx.Err()
	}
	running(t, s, 0, 1, func(t *testing.T, tiled *Tiled) {
		mapOf(t, tiled, hoiAn(8))
		time.Sleep(1500 * time.Millisecond)
		far := geo.ZoomView(geo.Point{105.85, 21.03}, 12, 1280, 720)
		mapOf(t, tiled, far)
		time.Sleep(3 * time.Second)
		s.mu.Lock()
		asked := slices.Clone(s.asked)
		s.mu.Unlock()
		x, y := geo.Project(far.Center)
		middle := tileKey{12, column(x, 12), column(y, 12)}
		if asked[0].z != 8 || asked[1].z != 8 || asked[2] != middle || asked[3].z != 12 {
			t.Errorf("asked for %v", asked)
		}
		told := make(chan bool, 100)
		defer tiled.Watch(func() { told <- true })()
		time.Sleep(30 * time.Second)
		if st := tiled.Stats(); st.Pending != 0 || st.Dropped == 0 {
			t.Errorf("%+v", st)
		}
		if len(told) == 0 {
			t.Error("a view that is still there was not told to ask again")
		}
		slow = false
		if d := settle(t, tiled, hoiAn(8)); len(d.Rasters) == 0 {
			t.Error("no tiles")
		}
	})
}

func TestMemoryStaysUnderItsBudget(t *testing.T) {
	const budget = 40 * 16 << 10 // 40 tiles
	running(t, newShelf(0, 14), budget, 2, func(t *testing.T, tiled *Tiled) {
		v := hoiAn(11)
		for range 10 {
			v = v.Pan(700, 100)
			settle(t, tiled, v)
			time.Sleep(3 * time.Second)
			if st := tiled.Stats(); st.Memory > budget || st.Memory != int64(st.Loaded)*16<<10 || tiled.recent.Len() != st.Loaded {
				t.Fatalf("%+v", st)
			}
		}
	})
}

// covers tells whether squares leave no hole in a view.
func covers(squares []tileKey, v geo.View) bool {
	drawn := map[tileKey]bool{}
	deepest := 0
	for _, k := range squares {
		drawn[k] = true
		deepest = max(deepest, k.z)
	}
	x0, y0, x1, y1 := span(v.Bounds(), deepest)
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			k := tileKey{deepest, x, y}
			for !drawn[k] && k.z > 0 {
				k = k.parent()
			}
			if !drawn[k] {
				return false
			}
		}
	}
	return true
}

// TestMoreThanFits looks at more than there is memory for, in one map and in two: what
// is drawn is coarser then, without holes, and says so; and is fine again later.
func TestMoreThanFits(t *testing.T) {
	const budget = 40 * 16 << 10 // 40 tiles
	running(t, newShelf(0, 14), budget, 2, func(t *testing.T, tiled *Tiled) {
		one := geo.ZoomView(geo.Point{108, 16}, 11.51, 3840, 2160)
		for name, views := range map[string][]geo.View{
			"one map":  {one},
			"two maps": {one.CropTo(image.Rect(0, 0, 1920, 2160)), one.CropTo(image.Rect(1920, 0, 3840, 2160))},
		} {
			before := tiled.Stats().Decoded
			whole, said := 0, 0
			for i := range 300 {
				var all []tileKey
				for _, v := range views {
					d := mapOf(t, tiled, v)
					all = append(all, squaresOf(d)...)
					if d.Failed > 0 && strings.Contains(d.Problem.Error(), "no room for all tiles of zoom 12 in view") {
						said++
					}
				}
				if i >= 200 && covers(all, one) {
					whole++
				}
				time.Sleep(100 * time.Millisecond)
			}
			if st := tiled.Stats(); whole != 100 || said < 200*len(views) || st.Memory > budget {
				t.Errorf("%s: in the last 10 s whole %d times of 100; that there is no room was said %d times; %+v", name, whole, said, st)
			}
			// Nothing is fetched over and over.
			if n := tiled.Stats().Decoded - before; n > 1000 {
				t.Errorf("%s: %d tiles were decoded for 40 that fit", name, n)
			}
			before = tiled.Stats().Decoded
			for range 100 {
				for _, v := range views {
					mapOf(t, tiled, v)
				}
				time.Sleep(time.Second)
			}
			if n := tiled.Stats().Decoded - before; n > 0 {
				t.Errorf("%s: %d tiles were decoded while nothing moves", name, n)
			}
			time.Sleep(lookedFor + time.Minute)
			small := settle(t, tiled, geo.ZoomView(geo.Point{108, 16}, 11.51, 640, 480))
			for _, k := range squaresOf(small) {
				if k.z != 12 {
					t.Errorf("%s: later a small map is drawn from %v", name, k)
				}
			}
			if small.Failed > 0 || len(small.Rasters) == 0 {
				t.Errorf("%s: later a small map has %d tiles, %v", name, len(small.Rasters), small.Problem)
			}
			time.Sleep(lookedFor + time.Minute)
		}
	})
}

// TestSharpAgain has two maps crowd the memory, of which one is closed while the other
// is looked at all the time: that one is sharp again. While both stay, what does not fit
// is tried ever more seldom.
func TestSharpAgain(t *testing.T) {
	const budget = 40 * 16 << 10 // 40 tiles
	one, other := geo.ZoomView(geo.Point{108, 16}, 11.51, 900, 700), geo.ZoomView(geo.Point{106, 20}, 11.51, 900, 700)
	crowded := func(t *testing.T, tiled *Tiled) {
		t.Helper()
		for range 30 {
			mapOf(t, tiled, one)
			mapOf(t, tiled, other)
			time.Sleep(time.Second)
		}
		if d := mapOf(t, tiled, one); d.Failed == 0 {
			t.Fatalf("both maps fit: %+v", tiled.Stats())
		} else if s := (interface {
			Say() (string, map[string]string)
		})(nil); !errors.As(d.Problem, &s) {
			t.Errorf("%v has no code", d.Problem)
		} else if code, values := s.Say(); code != "tiles.room" || values["zoom"] != "12" || values["n"] != "0" {
			t.Errorf("it says %s %v", code, values)
		}
	}
	running(t, newShelf(0, 14), budget, 2, func(t *testing.T, tiled *Tiled) {
		for range 2 {
			crowded(t, tiled)
			for began := time.Now(); time.Since(began) < coarserFor+10*time.Second; time.Sleep(5 * time.Second) {
				mapOf(t, tiled, one)
			}
			d := mapOf(t, tiled, one)
			if d.Failed > 0 || d.Problem != nil || !covers(squaresOf(d), one) {
				t.Errorf("alone it lacks %d tiles: %v", d.Failed, d.Problem)
			}
			for _, k := range squaresOf(d) {
				if k.z != 12 {
					t.Errorf("alone it is drawn from %v", k)
				}
			}
		}
	})
	running(t, newShelf(0, 14), budget, 2, func(t *testing.T, tiled *Tiled) {
		crowded(t, tiled)
		before, sharp, asked, holes := tiled.Stats().Decoded, 0, 0, 0
		for began := time.Now(); time.Since(began) < 8*time.Hour; time.Sleep(5 * time.Second) {
			for _, v := range []geo.View{one, other} {
				d := mapOf(t, tiled, v)
				asked++
				if d.Failed == 0 {
					sharp++
				}
				if !covers(squaresOf(d), v) {
					holes++
				}
			}
		}
		st := tiled.Stats()
		t.Logf("%d tiles decoded, %d of %d looks sharp, %d with holes", st.Decoded-before, sharp, asked, holes)
		if n := st.Decoded - before; n == 0 || n > 1500 || st.Memory > budget {
			t.Errorf("in 8 h %d tiles were decoded: %+v", n, st)
		}
		if sharp > asked/100 || holes > asked/100 {
			t.Errorf("of %d pictures %d say nothing of what they lack, %d have holes", asked, sharp, holes)
		}
	})
}

// TestMemoryForScreens draws maps over screens at the zooms where most is drawn: what
// MemoryFor gives is twice enough.
func TestMemoryForScreens(t *testing.T) {
	for _, c := range []struct{ screens, w, h int }{{1, 1920, 1080}, {1, 3840, 2160}, {2, 3840, 2160}, {3, 3840, 2160}, {6, 1920, 1080}} {
		memory := MemoryFor(c.screens * c.w * c.h)
		for _, zoom := range []float64{11.501, 11.51} {
			running(t, newShelf(0, 14), 1<<40, 4, func(t *testing.T, tiled *Tiled) {
				n := len(settle(t, tiled, geo.ZoomView(geo.Point{108.5, 15.5}, zoom, c.screens*c.w, c.h)).Rasters)
				if need := int64(n) * 4 * 256 * 256; 2*need > memory {
					t.Errorf("%d screens of %d × %d: %d MiB are needed at zoom %g, %d MiB given", c.screens, c.w, c.h, need>>20, zoom, memory>>20)
				}
			})
		}
	}
}

// TestTilesAreFetchedAgain has a server whose tiles change. What is there is drawn
// meanwhile, and when the server fails.
func TestTilesAreFetchedAgain(t *testing.T) {
	s := newShelf(0, 14)
	var failing atomic.Bool
	s.answer = func(context.Context, int, int, int) ([]byte, error) {
		if failing.Load() {
			return nil, errors.New("no way there")
		}
		return nil, nil
	}
	running(t, s, 0, 2, func(t *testing.T, tiled *Tiled) {
		tiled.refresh = time.Hour
		v := hoiAn(10)
		first := settle(t, tiled, v)
		time.Sleep(50 * time.Minute)
		mapOf(t, tiled, v)
		time.Sleep(time.Second)
		before := s.count()
		if before != len(first.Rasters) {
			t.Errorf("%d tiles were asked for, %d are drawn", before, len(first.Rasters))
		}
		time.Sleep(11 * time.Minute)
		for i := range 2 {
			failing.Store(i == 0)
			if d := mapOf(t, tiled, v); d.Pending != 0 || len(d.Rasters) != before || i == 0 && d.Version != first.Version {
				t.Errorf("%d pending, %d tiles", d.Pending, len(d.Rasters))
			}
			time.Sleep(time.Minute)
			if d := mapOf(t, tiled, v); i == 0 && (d.Old != before || d.Failed != 0 || d.Problem == nil || !strings.Contains(d.Problem.Error(), "no way there")) {
				t.Errorf("a server that cannot renew its tiles: %d old, %d failed, %v", d.Old, d.Failed, d.Problem)
			}
		}
		time.Sleep(time.Minute)
		if d := mapOf(t, tiled, v); d.Old != 0 || d.Problem != nil {
			t.Errorf("renewed tiles are old: %d, %v", d.Old, d.Problem)
		}
		if d := mapOf(t, tiled, v); d.Version == first.Version || s.count() != 3*before {
			t.Errorf("%d tiles were asked for", s.count())
		}
		if st := tiled.Stats(); st.Memory != int64(st.Loaded)*16<<10 || st.Loaded != before || tiled.recent.Len() != before {
			t.Errorf("%+v", st)
		}
	})
}

// TestOldTiles has an archive that gives older tiles than it should: they are drawn,
// counted, and asked for again.
func TestOldTiles(t *testing.T) {
	s := newShelf(0, 14)
	var renewed atomic.Bool
	s.answer = func(context.Context, int, int, int) ([]byte, error) {
		if renewed.Load() {
			return nil, nil
		}
		return pngOf(64, color.Black), &archive.OldError{Since: time.Now().Add(-time.Hour), Why: errors.New("no way there")}
	}
	running(t, s, 0, 2, func(t *testing.T, tiled *Tiled) {
		v := hoiAn(10)
		d := settle(t, tiled, v)
		if d.Old != len(d.Rasters) || d.Old == 0 || d.Failed != 0 || d.Problem == nil || tiled.Stats().Problem == nil {
			t.Errorf("%d of %d are old, %d failed, %v", d.Old, len(d.Rasters), d.Failed, d.Problem)
		}
		renewed.Store(true)
		time.Sleep(brokenFor + time.Second)
		mapOf(t, tiled, v)
		time.Sleep(time.Minute)
		if d := mapOf(t, tiled, v); d.Old != 0 || d.Problem != nil || len(d.Rasters) == 0 {
			t.Errorf("after they were renewed %d of %d are old, %v", d.Old, len(d.Rasters), d.Problem)
		}
	})
}

// TestOddViews asks for views that are none, or that show little of the world.
func TestOddViews(t *testing.T) {
	running(t, newShelf(0, 14), 0, 2, func(t *testing.T, tiled *Tiled) {
		nan := math.NaN()
		for _, v := range []geo.View{
			{},
			{World: 256},
			{World: -5, Width: 100, Height: 100},
			{World: nan, Width: 100, Height: 100},
			{World: math.Inf(1), Width: 100, Height: 100},
			{World: 1e300, Width: 100, Height: 100},
			{World: 1e-300, Width: 100, Height: 100},
			geo.ZoomView(geo.Point{nan, 0}, 5, 100, 100), geo.ZoomView(geo.Point{math.Inf(1), 0}, 5, 100, 100), geo.ZoomView(geo.Point{math.Inf(-1), 0}, 5, 100, 100),
			geo.ZoomView(geo.Point{900, 0}, 5, 100, 100), geo.ZoomView(geo.Point{-900, 89}, 5, 100, 100),
			hoiAn(9).CropTo(image.Rect(5000, 5000, 6000, 6000)), hoiAn(9).CropTo(image.Rect(-9, -9, -1, -1)),
		} {
			if d := mapOf(t, tiled, v); d.Pending > 4 || len(d.Rasters) > 4 {
				t.Errorf("%+v: %d pending", v, d.Pending)
			}
		}
		for _, v := range []geo.View{
			geo.ZoomView(geo.Point{180, 0}, 4, 1280, 720), geo.ZoomView(geo.Point{-179.9, 0}, 4, 1280, 720),
			geo.ZoomView(geo.Point{0, 90}, 4, 1280, 720), geo.ZoomView(geo.Point{0, -90}, 4, 1280, 720), geo.ZoomView(geo.Point{0, 0}, 0, 4000, 4000),
		} {
			d := settle(t, tiled, v)
			for _, k := range squaresOf(d) {
				if !archive.OnMap(k.z, k.x, k.y) {
					t.Errorf("%+v: tile %v", v, k)
				}
			}
			if len(d.Rasters) == 0 {
				t.Errorf("%+v: no tiles", v)
			}
		}
		huge := geo.ZoomView(geo.Point{108, 16}, 12, 60000, 20000)
		if d := mapOf(t, tiled, huge); d.Problem == nil || d.Failed != 1 || d.Pending != 0 {
			t.Errorf("a view of thousands of tiles: %d pending, %v", d.Pending, d.Problem)
		}
	})
}

func TestVectorTiles(t *testing.T) {
	s := newShelf(0, 14)
	s.info.Format, s.info.TileSize = archive.MVT, 512
	s.answer = func(context.Context, int, int, int) ([]byte, error) {
		return layerOf("a", message(2, feature(1, kindPoint, nil, []uint32{1<<3 | moveTo, 8, 8})), message(2, feature(2, kindPoint, nil, nil))), nil
	}
	running(t, s, 0, 2, func(t *testing.T, tiled *Tiled) {
		d := settle(t, tiled, hoiAn(9.9))
		if len(d.Rasters) != 0 || len(d.Vectors) == 0 || d.Failed != 0 {
			t.Errorf("%d pictures, %d vector tiles", len(d.Rasters), len(d.Vectors))
		}
		for _, v := range d.Vectors {
			if v.Z != 8 || len(v.Layers) != 1 || len(v.Layers[0].Features) != 1 {
				t.Errorf("%+v", v)
			}
		}
		if st := tiled.Stats(); st.Rejected != st.Decoded || !strings.Contains(fmt.Sprint(st.Problem), `layer "a", feature 1`) {
			t.Errorf("%+v", st)
		}
		next := mapOf(t, tiled, hoiAn(10.1))
		disjoint(t, squaresOf(next))
		if next.Pending == 0 || len(next.Vectors) == 0 || next.Vectors[0].Z != 8 {
			t.Errorf("%d pending, %d stand in", next.Pending, len(next.Vectors))
		}
	})
}

func TestTiledIsMadeRight(t *testing.T) {
	if _, err := NewTiled(TiledOptions{Archive: newShelf(0, 1)}); err == nil {
		t.Error("there is nothing under it")
	}
	tiled := newTiled(t, newShelf(0, 1), 0, 0)
	if a := tiled.Attribution(); a.Text != "Ai đó · Natural Earth" || a.BoundariesSince != "2025-07-01" {
		t.Errorf("%+v", a)
	}
	tiled.under = ground{errors.New("it burns")}
	if _, err := tiled.Map(hoiAn(5)); err == nil {
		t.Error("an error of the map under it is lost")
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ spec, want string }{
		{"map.png", `"map.png" is no map; write "embedded"`},
		{"user:secret@host/{z}", "write \"embedded\""},
		{"ftp://u:secret@example.org/{z}/{x}/{y}", "use http or https"},
		{"http://u:secret@example.org/", "has no {z}"},
		{filepath.Join(dir, "no.pmtiles"), "no such file"},
		{filepath.Join(dir, "no.MBTILES"), "no such file"},
	} {
		if _, err := Open(c.spec, Options{Under: ground{}}); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", c.spec, err, c.want)
		}
	}
	if _, err := Open("embedded", Options{}); err == nil {
		t.Error("there is no map at all")
	}
	for _, spec := range []string{"", "embedded", "HTTPS://example.org/{z}/{x}/{y}.png"} {
		m, err := Open(spec, Options{Under: ground{}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := m.Run(ctx); err != nil {
			t.Error(err)
		}
		if d, err := m.Map(geo.View{}); err != nil || len(d.Places) != 1 {
			t.Errorf("%s: %+v, %v", spec, d, err)
		}
	}
}

// TestRealMap draws what a file of others has over the built-in map, where there is one.
func TestRealMap(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "testdata", "tiles", "usgs-mt-whitney-8-15-webp-512.pmtiles")
	m, err := Open(path, Options{Under: ground{}})
	if err != nil {
		t.Skipf("no file of others at hand: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	b := m.Info().Bounds
	v := geo.FitView(b, 1280, 720, 0)
	d := settle(t, m, v)
	if len(d.Rasters) == 0 || d.Failed > 0 {
		t.Errorf("%d tiles, %v", len(d.Rasters), d.Problem)
	}
	for _, r := range d.Rasters {
		if r.Img.Rect.Dx() != 512 {
			t.Errorf("tile %d/%d/%d has %v", r.Z, r.X, r.Y, r.Img.Rect)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// BenchmarkMap asks for a view that is all there, as every frame does.
func BenchmarkMap(b *testing.B) {
	tiled := newTiled(b, newShelf(0, 14), 0, 2)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- tiled.Run(ctx) }()
	v := geo.ZoomView(geo.Point{108.33, 15.88}, 10, 1920, 1080)
	settle(b, tiled, v)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tiled.Map(v); err != nil {
			b.Fatal(err)
		}
	}
	cancel()
	<-done
}
