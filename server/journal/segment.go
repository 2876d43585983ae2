package journal

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"iocwall/server/world"
)

// dayFormat is the version of day files and records; see about.
const dayFormat = 1

// allocSize is how many bytes a file grows by at once: growing costs a sync of
// its own, a large step room on the disk of a small site.
const allocSize = 8 << 20

const dayLayout = "2006-01-02"

var (
	bucketAbout  = []byte("about")
	bucketEvents = []byte("events")
	keyAbout     = []byte("about")
)

// about is stored in every bbolt file, as JSON so that a person can read it.
type about struct {
	Format int    `json:"format"`
	Epoch  uint64 `json:"epoch"`
	Made   string `json:"made"`
}

// segment is one day file.
type segment struct {
	path  string
	day   string
	first uint64
	limit int // largest size in bytes when written to, 0 for none

	mu   sync.Mutex
	db   *bolt.DB // nil until needed
	gone bool
}

func segmentName(day string, first uint64) string { return fmt.Sprintf("%s-%016d.db", day, first) }

func parseSegmentName(name string) (day string, first uint64, ok bool) {
	base, found := strings.CutSuffix(name, ".db")
	if !found || len(base) != len(dayLayout)+1+16 || base[len(dayLayout)] != '-' {
		return "", 0, false
	}
	day = base[:len(dayLayout)]
	if _, err := time.Parse(dayLayout, day); err != nil {
		return "", 0, false
	}
	first, err := strconv.ParseUint(base[len(dayLayout)+1:], 10, 64)
	return day, first, err == nil && first > 0
}

func dayOf(t world.Time) string { return time.UnixMilli(int64(t)).UTC().Format(dayLayout) }

// seqKey is the big-endian number, so that keys sort as numbers do.
func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// boltOptions are those of every bbolt file here. The map freelist that is not
// written keeps a commit small. The large initial mapping costs addresses only
// and spares the writer waiting for readers when the file grows.
func boltOptions(readOnly bool, limit int) *bolt.Options {
	o := &bolt.Options{
		Timeout: time.Second, NoFreelistSync: true, FreelistType: bolt.FreelistMapType,
		NoStatistics: true, ReadOnly: readOnly,
	}
	if !readOnly {
		o.InitialMmapSize = 4 << 30
		if limit > 0 {
			o.MaxSize, o.InitialMmapSize = limit, limit
		}
	}
	return o
}

// openBolt opens a bbolt file. bbolt panics on some damage and would then keep
// the file locked.
func openBolt(path string, o *bolt.Options) (db *bolt.DB, err error) {
	var file *os.File
	o.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag, mode)
		file = f
		return f, err
	}
	err = guard(func() (err error) {
		db, err = bolt.Open(path, 0o600, o)
		return err
	})
	if err != nil {
		if file != nil { // the mapping that is left behind would keep the lock
			_ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
			file.Close() // already closed if bbolt came so far
		}
		return nil, err
	}
	return db, nil
}

// createBolt makes a new bbolt file, durable with its name or not at all.
func createBolt(path string, epoch uint64, o *bolt.Options, now time.Time) (*bolt.DB, error) {
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	db, err := openBolt(tmp, o)
	if err == nil {
		db.AllocSize = allocSize
		err = db.Update(func(tx *bolt.Tx) error {
			raw, err := json.Marshal(about{Format: dayFormat, Epoch: epoch, Made: now.UTC().Format(time.RFC3339)})
			if err != nil {
				return err
			}
			b, err := tx.CreateBucket(bucketAbout)
			if err != nil {
				return err
			}
			if _, err := tx.CreateBucket(bucketEvents); err != nil {
				return err
			}
			return b.Put(keyAbout, raw)
		})
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		if db != nil {
			db.Close()
		}
		os.Remove(tmp)
		return nil, err
	}
	return db, nil
}

// readAbout checks the version of a bbolt file.
func readAbout(db *bolt.DB, path string) (about, error) {
	var a about
	err := guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			b := tx.Bucket(bucketAbout)
			if b == nil {
				return errors.New("no bucket about")
			}
			return json.Unmarshal(b.Get(keyAbout), &a)
		})
	})
	if err != nil {
		return a, &DamageError{Path: path, Err: err}
	}
	if a.Format != dayFormat {
		return a, &VersionError{Path: path, Have: a.Format, Want: dayFormat}
	}
	return a, nil
}

// guard turns the panics of bbolt on a damaged file, and the faults of reading
// past the end of a mapped one, into errors.
func guard(fn func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(old)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("unreadable: %v", p)
		}
	}()
	return fn()
}

// view runs fn in a read transaction over the events. Transactions are to be
// short: a long one keeps pages from being used again.
func (s *segment) view(fn func(c *bolt.Cursor) error) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	err = guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			b := tx.Bucket(bucketEvents)
			if b == nil {
				return errors.New("no bucket events")
			}
			return fn(b.Cursor())
		})
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return os.ErrClosed
	}
	return err
}

func (s *segment) open() (*bolt.DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return nil, os.ErrClosed
	}
	if s.db != nil {
		return s.db, nil
	}
	db, err := openBolt(s.path, boltOptions(true, 0))
	if err != nil {
		return nil, err
	}
	if _, err := readAbout(db, s.path); err != nil {
		db.Close()
		return nil, err
	}
	s.db = db
	return db, nil
}

// close lets go of the file and waits for its readers; a later view fails.
func (s *segment) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	if s.db == nil {
		return nil
	}
	err := s.db.Close()
	s.db = nil
	return err
}

// tail returns the head of the last block, with ok false when there is none.
func (s *segment) tail() (h header, ok bool, err error) {
	err = s.view(func(c *bolt.Cursor) error {
		k, v := c.Last()
		if k == nil {
			return nil
		}
		var err error
		if h, _, err = openBlock(v); err == nil && binary.BigEndian.Uint64(k) != h.first {
			err = fmt.Errorf("%w: event %d under a wrong key", errBlock, h.first)
		}
		ok = err == nil
		return err
	})
	return h, ok, err
}

// put commits blocks in one transaction. It belongs to the writer.
func (s *segment) put(blocks []block) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketEvents)
		b.FillPercent = 1 // keys only ever rise
		for _, x := range blocks {
			if err := b.Put(seqKey(x.first), x.data); err != nil {
				return err
			}
		}
		return nil
	})
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
