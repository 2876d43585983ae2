package feature

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paulmach/orb"

	"iocwall/geo"
	"iocwall/server/world"
)

const points = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[108,15]}},{"type":"Feature","properties":{"name":"B"},"geometry":{"type":"Point","coordinates":[400,15]}}]}`

func sumOf(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

func wanted(text string) Want {
	return WantOf(world.LayerSaved{Saved: world.Saved{ID: "x"}, SHA256: sumOf(text)})
}

// opened is where features are fetched from.
type opened struct {
	mu      sync.Mutex
	fetched int
	fail    error
}

func (o *opened) set(fail error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = fail
}

func (o *opened) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fetched
}

func (o *opened) open(context.Context, string, string) (io.ReadCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fetched++
	if o.fail != nil {
		return nil, o.fail
	}
	return io.NopCloser(strings.NewReader(points)), nil
}

func newStore(o *opened, folder string) *Store {
	return New(Options{Open: o.open, Folder: folder, Changed: func() {}, Logger: slog.New(slog.DiscardHandler)})
}

// TestShelf: what was fetched is read from disk the next time, also by the next
// program, and the folder stays within its bound.
func TestShelf(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "features")
	lib := &opened{}
	for range 2 {
		c, err := newStore(lib, folder).read(t.Context(), wanted(points))
		if err != nil || len(c.Items) != 1 || c.Rejected != 1 || c.Items[0].Name != "A" {
			t.Errorf("read %+v, %v", c, err)
		}
	}
	if lib.fetched != 1 {
		t.Errorf("fetched %d times", lib.fetched)
	}
	s := shelf{folder: folder, most: 3 * 1500}
	for i := range 10 {
		text := fmt.Sprintf("%01500d", i)
		f, err := s.keep(sumOf(text), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if f.Close(); string(got) != text || err != nil {
			t.Fatalf("kept %d bytes, %v", len(got), err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) > 3 {
		t.Errorf("%d files are kept, %v", len(entries), err)
	}
	if _, err := s.keep(sumOf(points), strings.NewReader("something else")); err == nil {
		t.Error("a file with another sum is kept")
	}
	if _, ok := s.open(sumOf(points)); ok {
		t.Error("the oldest file is still there")
	}
}

// TestRetry: features that could not be fetched are fetched again after a pause
// that grows, and Run ends with its context.
func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := &opened{fail: errors.New("no network")}
		s := newStore(lib, "")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		if s.Get(wanted(points)) != nil {
			t.Error("there are features before they came")
		}
		synctest.Wait()
		for _, want := range []int{2, 3, 4} {
			time.Sleep(retryFirst << (want - 2))
			synctest.Wait()
			if n := lib.count(); n != want {
				t.Errorf("fetched %d times, want %d", n, want)
			}
			if err, loading := s.State("x"); err == nil || !loading {
				t.Errorf("state %v, %v", err, loading)
			}
		}
		lib.set(nil)
		time.Sleep(retryFirst << 3)
		synctest.Wait()
		if c := s.Get(wanted(points)); c == nil || len(c.Items) != 1 {
			t.Errorf("features %+v", c)
		}
		if n := s.Version(); n != 5 {
			t.Errorf("version %d", n)
		}
		// What can never be read is not tried again.
		s.Get(WantOf(world.LayerSaved{Saved: world.Saved{ID: "y"}}))
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if err, loading := s.State("y"); err == nil || loading {
			t.Errorf("state %v, %v", err, loading)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestBounds: a layer with more than fits is cut, and says by how much.
func TestBounds(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 110 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"name":"%d"},"geometry":{"type":"LineString","coordinates":[[108,%d],[109,15]]}}`, i, i%80)
	}
	b.WriteString(`]}`)
	for _, c := range []struct {
		most              room
		items, left, bare int
	}{
		{usualRoom(), 110, 0, 0},
		{room{100, 1000, 1 << 20}, 100, 10, 0},
		{room{1000, 60, 1 << 20}, 30, 80, 0},
		{room{1000, 1000, 1000}, 110, 0, 92},
	} {
		got, err := collect(t.Context(), bytes.NewReader(b.Bytes()), Want{id: "x"}, c.most)
		if err != nil || len(got.Items) != c.items || got.Left != c.left || got.Bare != c.bare {
			t.Errorf("%+v: %d features, %d left, %d bare: %v", c.most, len(got.Items), got.Left, got.Bare, err)
		}
		if last := got.Items[len(got.Items)-1]; last.Name == "" || (last.Properties == nil) != (c.bare > 0) {
			t.Errorf("%+v: the last is %+v", c.most, last)
		}
	}
}

// TestSimplified: shapes get coarser with the zoom and stay areas.
func TestSimplified(t *testing.T) {
	var ring orb.Ring
	for i := range 2000 {
		ring = append(ring, geo.Destination(geo.Point{108, 15}, float64(i)*360/2000, 5000+float64(i%2)))
	}
	ring = append(ring, ring[0])
	it := Item{Shape: orb.Polygon{ring}}
	it.simplify()
	last := 0
	for _, z := range []float64{5, 8, 11, 14} {
		n := corners(it.At(z))
		mp := Polygons(it.At(z))
		if n < last || len(mp) != 1 || len(mp[0][0]) < 4 || mp[0][0][0] != mp[0][0][len(mp[0][0])-1] {
			t.Errorf("zoom %v: %d corners", z, n)
		}
		last = n
	}
	if last != 2001 || corners(it.At(11)) > 500 {
		t.Errorf("%d corners whole, %d at zoom 11", last, corners(it.At(11)))
	}
}
