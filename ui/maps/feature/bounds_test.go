package feature

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

// TestBrokenShelf: a kept file that the disk has broken is fetched again, what was
// left half written is removed, and without a disk features come all the same.
func TestBrokenShelf(t *testing.T) {
	folder := t.TempDir()
	lib := &opened{}
	read := func() {
		t.Helper()
		if c, err := newStore(lib, folder).read(t.Context(), wanted(points)); err != nil || len(c.Items) != 1 {
			t.Errorf("read %+v, %v", c, err)
		}
	}
	file := shelf{folder: folder}.path(sumOf(points))
	for i, broken := range []string{"", points[:60], strings.Replace(points, `"A"`, `"Z"`, 1), points + " "} {
		if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if read(); lib.count() != i+1 {
			t.Errorf("file %d: fetched %d times", i, lib.count())
		}
	}
	old, young := filepath.Join(folder, "coming-1"), filepath.Join(folder, "coming-2")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Now(), time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	read()
	if _, err := os.Stat(old); err == nil {
		t.Error("a file left half written stays")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("a file that is being written is removed")
	}
	folder = filepath.Join(file, "no folder")
	s := newStore(lib, folder)
	if _, err := s.read(t.Context(), wanted(points)); err == nil {
		t.Error("a disk that fails is not told")
	}
	if c, err := s.read(t.Context(), wanted(points)); err != nil || len(c.Items) != 1 {
		t.Errorf("without a disk: %+v, %v", c, err)
	}
}

// TestIdle: features that nobody asks for leave memory, and come back when somebody
// does.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := &opened{}
		s := newStore(lib, "")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		for range 2 {
			s.Get(wanted(points))
			for range 5 {
				time.Sleep(idleFor / 2)
				synctest.Wait()
				if s.Get(wanted(points)) == nil {
					t.Error("features in use are gone")
				}
			}
			time.Sleep(idleFor + time.Second)
			synctest.Wait()
			if s.Peek("x") != nil {
				t.Error("features that nobody asks for stay")
			}
		}
		if lib.count() != 2 {
			t.Errorf("fetched %d times", lib.count())
		}
		cancel()
		<-done
	})
}

// TestNamesThatDoNotCome: names that cannot be fetched are not asked for when nobody
// looks for them any more; they come when somebody does.
func TestNamesThatDoNotCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := &opened{fail: errors.New("no network")}
		s := newStore(lib, "")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		s.Names(wanted(points))
		time.Sleep(idleFor + retryLast)
		synctest.Wait()
		n := lib.count()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if lib.count() != n || n < 2 {
			t.Errorf("asked for %d times, a day later %d times", n, lib.count())
		}
		if read := s.Read(); read != 0 {
			t.Errorf("%d layers are said to be read", read)
		}
		lib.set(nil)
		s.Names(wanted(points))
		synctest.Wait()
		if c := s.Names(wanted(points)); c == nil || len(c.Items) != 1 || s.Read() != 1 {
			t.Errorf("names %+v, read %d", c, s.Read())
		}
		cancel()
		<-done
	})
}

// TestRoomOfAll: all layers together take no more than they may; one that was cut
// for that is read again when there is room.
func TestRoomOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(&opened{}, "")
		one := usualRoom()
		for i := range 2 {
			id := fmt.Sprint("large", i)
			s.sets[id] = &set{want: Want{id: id}, done: true, used: time.Now(), is: &Collection{taken: room{10, one.points, 10}}}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		s.Get(wanted(points))
		synctest.Wait()
		if c := s.Get(wanted(points)); c == nil || len(c.Items) != 0 || c.Left != 1 {
			t.Errorf("beside two that take all: %+v", c)
		}
		s.Forget(func(id string) bool { return id == "large1" })
		synctest.Wait()
		if c := s.Get(wanted(points)); c == nil || len(c.Items) != 1 || c.Left != 0 {
			t.Errorf("with room again: %+v", c)
		}
		cancel()
		<-done
	})
}

// TestStalled: a layer that stops coming does not keep the others from coming.
func TestStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := &opened{}
		s := newStore(lib, "")
		s.open = func(ctx context.Context, id, sum string) (io.ReadCloser, error) {
			if id == "stalls" {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return lib.open(ctx, id, sum)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		s.Get(WantOf(world.LayerSaved{Saved: world.Saved{ID: "stalls"}, SHA256: sumOf(points)}))
		synctest.Wait()
		for range 5 {
			s.Get(wanted(points))
			time.Sleep(readFor / 4)
			synctest.Wait()
		}
		if s.Peek("x") == nil {
			t.Error("the other layer does not come")
		}
		if err, loading := s.State("stalls"); err == nil || !loading {
			t.Errorf("state %v, %v", err, loading)
		}
		cancel()
		<-done
	})
}

// TestOutlinesAreReady: outlines of areas are simplified when the layer is read, not
// when a picture is made.
func TestOutlinesAreReady(t *testing.T) {
	var ring strings.Builder
	for i := range 4001 {
		p := geo.Destination(geo.Point{108, 15}, float64(i%4000)*360/4000, 50000+float64(i%4000%7)*300)
		fmt.Fprintf(&ring, "%s[%.6f,%.6f]", map[bool]string{true: ",", false: ""}[i > 0], p[0], p[1])
	}
	text := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"area":"a"},"geometry":{"type":"Polygon","coordinates":[[` + ring.String() + `]]}}]}`
	c, err := collect(t.Context(), strings.NewReader(text), WantOf(world.LayerSaved{Saved: world.Saved{ID: "x"}, Areas: true}), usualRoom())
	if err != nil {
		t.Fatal(err)
	}
	zoom, last := 0.5, 0
	allocations := testing.AllocsPerRun(20, func() {
		o := c.Outline("a", zoom)
		if n := len(o[0][0]); n < last {
			t.Errorf("zoom %v: %d corners, %d before", zoom, n, last)
		} else {
			last = n
		}
		zoom++
	})
	if allocations > 0 || last != 4001 {
		t.Errorf("%v allocations for an outline, %d corners in the end", allocations, last)
	}
}
