package archive

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	cacheBlock   = 4096 // what a file system gives at least
	cacheMinimum = 1 << 20
	cacheTouch   = time.Minute // how old the time of last use on the disk may be
	cacheSuffix  = ".tile"
	cacheHalf    = ".half" // a file that is being written
)

// Cache keeps tiles of servers on the disk, within a budget of bytes for all of
// them. The tiles unused for the longest time go first. Each tile is a file of its
// own, named by a hash and written at once or not at all, so that a process which
// is killed leaves no broken tile; what the disk itself breaks is seen and dropped.
// It is safe for use from many goroutines.
type Cache struct {
	dir    string
	budget int64
	lock   *os.File

	writing sync.Mutex // held while a tile is put: the order on the disk is that of the index

	mu      sync.Mutex
	used    int64 // bytes allocated on the disk, with what is being written
	folder  int64 // of them for the folder itself, which grows with the names in it
	peak    int64
	broken  int
	failed  int
	problem error
	recent  *list.List // of *cached, last used first
	held    map[string]*list.Element
}

type cached struct {
	name    string
	size    int64     // bytes allocated
	touched time.Time // time of last use on the disk
}

// OpenCache takes a folder, made if need be, that may hold budget bytes, counted as
// the disk allocates them. It reads the folder to know what is there. Only one
// process at a time can use a folder; a second one gets an error.
func OpenCache(dir string, budget int64) (*Cache, error) {
	if budget < cacheMinimum {
		return nil, fmt.Errorf("archive: a cache of %d bytes is too small; give it at least %d", budget, cacheMinimum)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("archive: open cache: %w", err)
	}
	c := &Cache{dir: dir, budget: budget, recent: list.New(), held: map[string]*list.Element{}}
	var err error
	if c.lock, err = lockFile(filepath.Join(dir, "lock")); err != nil {
		return nil, fmt.Errorf("archive: open cache %s: %w", dir, err)
	}
	if err := c.scan(); err != nil {
		_ = c.lock.Close()
		return nil, fmt.Errorf("archive: read cache %s: %w", dir, err)
	}
	return c, nil
}

// Close gives the folder back. What is in it stays for the next time.
func (c *Cache) Close() error { return c.lock.Close() }

// scan makes the index from the folder: the time of a file is that of its last use.
func (c *Cache) scan() error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	var all []*cached
	for _, e := range entries {
		name := e.Name()
		if strings.HasSuffix(name, cacheHalf) {
			_ = os.Remove(filepath.Join(c.dir, name))
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || !strings.HasSuffix(name, cacheSuffix) {
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, &cached{name, allocated(info), info.ModTime()})
	}
	slices.SortFunc(all, func(a, b *cached) int { return a.touched.Compare(b.touched) })
	for _, one := range all {
		c.held[one.name] = c.recent.PushFront(one)
		c.used += one.size
	}
	c.measureFolder()
	c.room(0)
	c.peak = c.used
	return nil
}

// measureFolder counts the folder itself, and the lock in it.
func (c *Cache) measureFolder() {
	if info, err := os.Stat(c.dir); err == nil {
		size := allocated(info) + cacheBlock
		c.used += size - c.folder
		c.folder = size
	}
	c.peak = max(c.peak, c.used)
}

// room drops tiles until need more bytes fit. It is called with the lock held.
func (c *Cache) room(need int64) bool {
	for c.used+need > c.budget {
		last := c.recent.Back()
		if last == nil {
			return false
		}
		c.drop(last)
	}
	return true
}

// drop removes a tile. One that cannot be removed is still counted, by not being
// taken off, but is no longer looked for.
func (c *Cache) drop(e *list.Element) {
	one := c.recent.Remove(e).(*cached)
	delete(c.held, one.name)
	if err := os.Remove(filepath.Join(c.dir, one.name)); err == nil || errors.Is(err, fs.ErrNotExist) {
		c.used -= one.size
	}
}

func cacheName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16]) + cacheSuffix
}

// get returns what is kept under a key. A file that is broken is removed.
func (c *Cache) get(key string, now time.Time) (kept, bool) {
	name := cacheName(key)
	path := filepath.Join(c.dir, name)
	c.mu.Lock()
	e, ok := c.held[name]
	touch := false
	if ok {
		c.recent.MoveToFront(e)
		one := e.Value.(*cached)
		if touch = now.Sub(one.touched) > cacheTouch; touch {
			one.touched = now
		}
	}
	c.mu.Unlock()
	if !ok {
		return kept{}, false
	}
	raw, err := readBounded(path, maxTileBytes+keptHeader+maxTag)
	if err == nil {
		var k kept
		if k, err = decodeKept(raw); err == nil {
			if touch {
				_ = os.Chtimes(path, now, now)
			}
			return k, true
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held[name] == e { // otherwise it was replaced or dropped while it was read
		if !errors.Is(err, fs.ErrNotExist) {
			c.broken++
		}
		c.drop(e)
	}
	return kept{}, false
}

// put keeps a tile under a key, in place of what was there. What fails is counted,
// since a map can do without its cache.
func (c *Cache) put(key string, k kept, now time.Time) {
	if err := c.write(key, k, now); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.failed++
		c.problem = err
	}
}

func (c *Cache) write(key string, k kept, now time.Time) error {
	raw := k.encode()
	name := cacheName(key)
	path := filepath.Join(c.dir, name)
	need := blocks(int64(len(raw))) + cacheBlock // and room for the folder to grow
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	if !c.room(need) {
		c.mu.Unlock()
		return fmt.Errorf("archive: keep a tile: %d bytes do not fit into a cache of %d; give it more room", len(raw), c.budget)
	}
	c.used += need
	c.peak = max(c.peak, c.used)
	c.mu.Unlock()

	size, err := writeWhole(path, raw, now)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.used -= need
	if err != nil {
		return fmt.Errorf("archive: keep a tile: %w", err)
	}
	if old, ok := c.held[name]; ok { // its file was replaced
		c.used -= c.recent.Remove(old).(*cached).size
	}
	c.used += size
	c.held[name] = c.recent.PushFront(&cached{name, size, now})
	c.measureFolder()
	c.room(0)
	return nil
}

// writeWhole writes a file beside its place, moves it there and returns what the
// disk gave it.
func writeWhole(path string, raw []byte, now time.Time) (int64, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "*"+cacheHalf)
	if err != nil {
		return 0, err
	}
	_, err = f.Write(raw)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chtimes(f.Name(), now, now)
	}
	var info os.FileInfo
	if err == nil {
		info, err = os.Stat(f.Name())
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return 0, err
	}
	return allocated(info), nil
}

// blocks rounds a size up to what the disk allocates.
func blocks(size int64) int64 { return (size + cacheBlock - 1) / cacheBlock * cacheBlock }

// CacheStats says how full a cache is.
type CacheStats struct {
	Tiles              int
	Used, Peak, Budget int64 // bytes allocated now, at most so far, and allowed
	Broken             int   // tiles that the disk had broken and that were dropped
	Failed             int   // tiles that could not be kept
	Problem            error // why the last of them could not; nil if there was none
}

// Stats returns how full the cache is.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return CacheStats{Tiles: len(c.held), Used: c.used, Peak: c.peak, Budget: c.budget, Broken: c.broken, Failed: c.failed, Problem: c.problem}
}
