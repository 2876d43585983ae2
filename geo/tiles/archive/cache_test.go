package archive

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func openCache(t testing.TB, dir string, budget int64) *Cache {
	t.Helper()
	c, err := OpenCache(dir, budget)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// onDisk asks the disk what a folder takes, folder included.
func onDisk(t testing.TB, dir string) (bytes int64, files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // it was dropped meanwhile
		}
		if info, err := d.Info(); err == nil {
			bytes += allocated(info)
			if strings.HasSuffix(d.Name(), cacheSuffix) {
				files++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes, files
}

// walk wanders over the tiles of a zoom, a view of 8 × 5 at a time, and calls visit
// for each tile until count have been visited.
func walk(random *rand.Rand, count int, visit func(x, y int)) {
	x, y := 5000, 5000
	for count > 0 {
		x, y = x+random.IntN(15)-7, y+random.IntN(15)-7
		for i := 0; i < 40 && count > 0; i++ {
			visit(x+i%8, y+i/8)
			count--
		}
	}
}

// TestTileCacheStaysUnderItsBudget wanders over 10,000 tiles and asks the disk what
// the cache takes.
func TestTileCacheStaysUnderItsBudget(t *testing.T) {
	const budget = 4 << 20
	dir := filepath.Join(t.TempDir(), "cache")
	c := openCache(t, dir, budget)
	random := rand.New(rand.NewPCG(1, 2))
	now := time.Now()
	highest, hits, fetched, n := int64(0), 0, 0, 0
	walk(random, 10000, func(x, y int) {
		n++
		key := fmt.Sprint(x, y)
		if k, ok := c.get(key, now); ok {
			hits++
			if string(k.tile[:len(key)]) != key {
				t.Fatalf("tile %s holds %q", key, k.tile[:len(key)])
			}
		} else {
			fetched++
			tile := make([]byte, 100+random.IntN(30000))
			copy(tile, key)
			if err := c.write(key, kept{fetched: now, stale: now, tile: tile}, now); err != nil {
				t.Fatal(err)
			}
		}
		if n%40 == 0 {
			took, _ := onDisk(t, dir)
			highest = max(highest, took)
		}
	})
	took, files := onDisk(t, dir)
	s := c.Stats()
	if highest > budget || s.Peak > budget {
		t.Errorf("the disk gave %d bytes and the cache counted %d, budget %d", highest, s.Peak, budget)
	}
	if s.Used < budget/2 || files != s.Tiles || took > s.Used {
		t.Errorf("the cache counts %d bytes in %d tiles, the disk %d in %d", s.Used, s.Tiles, took, files)
	}
	if hits == 0 || fetched*15000 < 4*budget {
		t.Errorf("the walk is no test: %d of %d from the cache", hits, n)
	}
}

func TestCacheDropsTheLongestUnused(t *testing.T) {
	dir := t.TempDir()
	c := openCache(t, dir, cacheMinimum)
	now := time.Now()
	tile := make([]byte, 100<<10)
	put := func(key string) {
		now = now.Add(time.Hour)
		if err := c.write(key, kept{tile: tile}, now); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 8 {
		put(fmt.Sprint(i))
	}
	now = now.Add(time.Hour)
	if _, ok := c.get("0", now); !ok {
		t.Fatal("the first tile is gone already")
	}
	for i := 8; i < 13; i++ {
		put(fmt.Sprint(i))
	}
	if _, ok := c.get("0", now); !ok {
		t.Error("the tile that was used is gone")
	}
	if _, ok := c.get("1", now); ok {
		t.Error("the tile that was not used is there")
	}
	before := c.Stats()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = openCache(t, dir, cacheMinimum)
	if after := c.Stats(); after.Tiles != before.Tiles || after.Used != before.Used {
		t.Errorf("opened again there are %+v, before there were %+v", after, before)
	}
	for i := 13; i < 17; i++ { // the order of use survives
		put(fmt.Sprint(i))
	}
	if _, ok := c.get("0", now); !ok {
		t.Error("the tile that was used before the restart is gone")
	}
	c = nil
	if err := os.WriteFile(filepath.Join(dir, "of another"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCacheOfBrokenFiles(t *testing.T) {
	dir := t.TempDir()
	c := openCache(t, dir, cacheMinimum)
	now := time.Unix(1e9, 0)
	k := kept{fetched: now, stale: now.Add(time.Hour), tag: `"a"`, tile: []byte("tile")}
	for _, key := range []string{"good", "torn", "flipped", "gone", "empty"} {
		if err := c.write(key, k, now); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.Close()
	at := func(key string) string { return filepath.Join(dir, cacheName(key)) }
	raw := k.encode()
	for key, b := range map[string][]byte{"torn": raw[:len(raw)-1], "flipped": append(bytes.Clone(raw[:len(raw)-1]), 'x'), "empty": nil} {
		if err := os.WriteFile(at(key), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "1"+cacheHalf), make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	c = openCache(t, dir, cacheMinimum)
	if err := os.Remove(at("gone")); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"torn", "flipped", "gone", "empty", "never"} {
		if _, ok := c.get(key, now); ok {
			t.Errorf("the tile that is %s is there", key)
		}
	}
	if got, ok := c.get("good", now); !ok || string(got.tile) != "tile" || got.tag != `"a"` || !got.fetched.Equal(now) || !got.stale.Equal(k.stale) {
		t.Errorf("the good tile is %+v, %v", got, ok)
	}
	if s := c.Stats(); s.Broken != 3 || s.Tiles != 1 {
		t.Errorf("%+v", s)
	}
	if _, files := onDisk(t, dir); files != 1 {
		t.Errorf("%d files are left", files)
	}
}

func TestCacheLimits(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenCache(dir, 1000); err == nil {
		t.Error("a tiny cache is opened")
	}
	c := openCache(t, dir, cacheMinimum)
	if _, err := OpenCache(dir, cacheMinimum); err == nil || !strings.Contains(err.Error(), "another process uses it") {
		t.Errorf("a second user of the folder: %v", err)
	}
	if err := c.write("large", kept{tile: make([]byte, 2<<20)}, time.Now()); err == nil {
		t.Error("a tile larger than the cache is kept")
	}
	c.put("large", kept{tile: make([]byte, 2<<20)}, time.Now())
	if s := c.Stats(); s.Failed != 1 || s.Problem == nil {
		t.Errorf("%+v", s)
	}
	if err := c.write("small", kept{tile: make([]byte, 2000), tag: strings.Repeat("x", maxTag+1)}, time.Now()); err != nil {
		t.Error(err)
	}
	if k, ok := c.get("small", time.Now()); !ok || k.tag != "" {
		t.Errorf("an entity tag of any length is kept: %v", ok)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCache(filepath.Join(dir, "file"), cacheMinimum); err == nil {
		t.Error("a file is taken for a folder")
	}
}

func TestCacheFromManyGoroutines(t *testing.T) {
	dir := t.TempDir()
	c := openCache(t, dir, cacheMinimum)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 0))
			for range 100 {
				key := fmt.Sprint(random.IntN(40))
				if k, ok := c.get(key, time.Now()); ok && !strings.HasPrefix(string(k.tile), key+" ") {
					t.Errorf("tile %s begins with %q", key, k.tile[:5])
				}
				tile := append([]byte(key+" "), make([]byte, random.IntN(80000))...)
				if err := c.write(key, kept{tile: tile}, time.Now()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	took, files := onDisk(t, dir)
	if s := c.Stats(); s.Peak > cacheMinimum || took > s.Used || files != s.Tiles {
		t.Errorf("%+v; the disk has %d bytes in %d files", s, took, files)
	}
}

// TestCacheSurvivesBeingKilled kills a process that fills a cache, several times.
func TestCacheSurvivesBeingKilled(t *testing.T) {
	if dir := os.Getenv("TEST_CACHE_TO_FILL"); dir != "" {
		fillForever(dir)
	}
	dir := filepath.Join(t.TempDir(), "cache")
	for round := range 3 {
		command := exec.Command(os.Args[0], "-test.run=^TestCacheSurvivesBeingKilled$")
		command.Env = append(os.Environ(), "TEST_CACHE_TO_FILL="+dir)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(5 * time.Millisecond) {
			if _, files := onDisk(t, filepath.Dir(dir)); files > 30 {
				break
			}
		}
		time.Sleep(time.Duration(20*round) * time.Millisecond)
		_ = command.Process.Kill()
		_ = command.Wait()
		c := openCache(t, dir, cacheMinimum)
		took, files := onDisk(t, dir)
		s := c.Stats()
		if took > cacheMinimum || files != s.Tiles || files < 10 {
			t.Fatalf("round %d: the disk has %d bytes in %d files; %+v", round, took, files, s)
		}
		good := 0
		for i := range 5000 {
			if k, ok := c.get(fmt.Sprint(i), time.Now()); ok && strings.HasPrefix(string(k.tile), fmt.Sprint(i, " ")) {
				good++
			}
		}
		if good != files || c.Stats().Broken > 0 {
			t.Errorf("round %d: %d of %d tiles are good; %+v", round, good, files, c.Stats())
		}
		_ = c.Close()
	}
}

func fillForever(dir string) {
	c, err := OpenCache(dir, cacheMinimum)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for i := 0; ; i = (i + 1) % 5000 {
		tile := append([]byte(fmt.Sprint(i, " ")), make([]byte, i*37%30000)...)
		if err := c.write(fmt.Sprint(i), kept{tile: tile}, time.Now()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

func FuzzKept(f *testing.F) {
	f.Add(kept{fetched: time.Unix(1e9, 0), stale: time.Unix(2e9, 0), tag: `W/"1"`, tile: []byte("tile")}.encode())
	f.Add(kept{fetched: time.Unix(0, 0), stale: time.Unix(0, 0)}.encode())
	f.Add([]byte(keptMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := decodeKept(b)
		if err == nil && !bytes.Equal(k.encode(), b) {
			t.Fatalf("%q and %q are the same tile", b, k.encode())
		}
	})
}

// BenchmarkTileCache visits a tile, which is fetched unless the cache has it. It
// prints the most that the cache and the disk have ever held in 10,000 visits and
// more.
func BenchmarkTileCache(b *testing.B) {
	const budget, least = 4 << 20, 10000
	dir := filepath.Join(b.TempDir(), "cache")
	c := openCache(b, dir, budget)
	random := rand.New(rand.NewPCG(1, 2))
	now := time.Now()
	highest, hits, visited := int64(0), 0, 0
	visit := func(x, y int) {
		key := fmt.Sprint(x, y)
		visited++
		if _, ok := c.get(key, now); ok {
			hits++
			return
		}
		if err := c.write(key, kept{tile: make([]byte, 100+random.IntN(30000))}, now); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	walk(random, b.N, visit)
	b.StopTimer()
	walk(random, least, func(x, y int) {
		if visit(x, y); visited%40 == 0 {
			took, _ := onDisk(b, dir)
			highest = max(highest, took)
		}
	})
	took, _ := onDisk(b, dir)
	highest = max(highest, took, c.Stats().Peak)
	fmt.Printf("\nMEASURED tile-cache %.4f budgets (the most it held in a random walk of %d tiles: %d of %d bytes, as the disk allocates them; %d visits from the cache)\n",
		float64(highest)/budget, visited, highest, budget, hits)
	if highest > budget {
		b.Errorf("the cache held %d bytes of %d", highest, budget)
	}
}
