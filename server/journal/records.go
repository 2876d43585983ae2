package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"iocwall/server/world"
)

// kept tells for each kind of body whether its events outlive retention: what
// people did, decided, reported or set up does, what instruments say does not.
// A kind that is not here was made by a newer program and is kept.
var kept = map[string]bool{
	"vessel.position": false,
	"vessel.static":   false,
	"aid":             false,
	"base":            false,

	"station.defined": true,
	"station.reading": false,

	"camera.defined": true,
	"camera.health":  false,

	"camera.controlled": true,

	"clip.asked":  true,
	"clip.saved":  true,
	"clip.failed": true,

	"report.opened":  true,
	"report.changed": true,
	"report.overdue": true,

	"figure.defined":  true,
	"figure.reported": true,

	"area.defined":   true,
	"area.succeeded": true,
	"agency.defined": true,
	"domain.defined": true,

	"wall.defined": true,
	"scene.saved":  true,
	"scene.shown":  true,

	"fence.saved":   true,
	"fence.crossed": false, // found from positions; the alert it sets off is kept
	"drawing.saved": true,
	"mapview.saved": true,
	"layer.saved":   true,

	"wall.prepared":  true, // the flight recorder of the wall
	"wall.committed": true,
	"wall.refused":   true,
	"wall.switched":  true,
	"wall.tested":    true,
	"schedule.saved": true,
	"popup.asked":    true,
	"popup.placed":   true,
	"popup.closed":   true,
	"tile.locked":    true,
	"tile.unlocked":  true,
	"node.enrolled":  true,
	"node.reported":  false, // a minute's health; that a computer was lost is kept
	"node.linked":    true,
	"tiles.seen":     false, // as long as positions and readings are

	"alert.raised":       true,
	"alert.updated":      true,
	"alert.resolved":     true,
	"alert.acknowledged": true,

	"source.health": false,
	"clock.stepped": true,
	"audited":       true,
	"entity.stale":  false,
	"entity.gone":   false, // but see isRecord
}

// isRecord reports whether the event of this body is never trimmed. That an
// entity left the state is kept where its making is.
func isRecord(b world.Body) bool {
	if gone, ok := b.(world.EntityGone); ok {
		switch gone.Ref.Kind() {
		case world.KindVessel, world.KindAid, world.KindBase, world.KindSource:
			return false
		}
		return true
	}
	keep, known := kept[b.Kind()]
	return keep || !known
}

// record is an event that is never trimmed, as world.EncodeEvent wrote it.
type record struct {
	seq  uint64
	data []byte
}

const (
	recordsEvery   = time.Second // how long a record is in its day file only
	recordsLag     = 20_000      // events after which the place is noted without a record
	recordsPending = 50_000      // records held in memory before they are read again instead
)

var keyCursor = []byte("cursor")

// recordStore copies records from the day files to records.db. Day files are
// durable first, so it works behind the writer: what a crash keeps from being
// copied is copied after the next start, and Trim deletes no day before.
type recordStore struct {
	path string
	db   *bolt.DB
	log  *slog.Logger

	mu      sync.Mutex
	cursor  uint64 // every record up to here is in the file
	pending []record
	upto    uint64
	behind  bool // pending does not start at cursor: read the day files

	flush chan chan error
	stop  context.CancelFunc
	done  chan struct{}
}

// openRecords opens records.db, or makes it anew when it cannot be read.
func (l *Log) openRecords() error {
	r := &recordStore{
		path: filepath.Join(l.dir, "records.db"), log: l.log,
		behind: true, flush: make(chan chan error), done: make(chan struct{}),
	}
	o := boltOptions(false, 0)
	o.NoFreelistSync = false // so that opening it does not read all of it
	if _, err := os.Stat(r.path); err == nil {
		err := r.open(o)
		var version *VersionError
		switch {
		case errors.As(err, &version):
			return err
		case err == nil:
			l.records = r
			return nil
		}
		moved, aerr := l.moveAside(r.path)
		if aerr != nil {
			return aerr
		}
		l.report(Damage{Path: r.path, MovedTo: moved, Reason: fmt.Sprintf("%v; it is made again from the day files", err)})
	}
	db, err := createBolt(r.path, l.id.Epoch, o, l.clock())
	if err != nil {
		if isFull(err) {
			return &FullError{Path: r.path, Err: err}
		}
		return fmt.Errorf("journal: %w", err)
	}
	r.db, l.records = db, r
	return nil
}

func (r *recordStore) open(o *bolt.Options) error {
	err := guard(func() (err error) {
		if r.db, err = openBolt(r.path, o); err != nil {
			return err
		}
		if _, err = readAbout(r.db, r.path); err != nil {
			return err
		}
		return r.db.View(func(tx *bolt.Tx) error {
			r.cursor = keySeq(tx.Bucket(bucketAbout).Get(keyCursor))
			k, v := tx.Bucket(bucketEvents).Cursor().Last()
			if k == nil {
				return nil
			}
			_, err := openRecord(v)
			return err
		})
	})
	if err != nil && r.db != nil {
		_ = guard(r.db.Close)
	}
	return err
}

// start begins copying.
func (r *recordStore) start(l *Log) {
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() {
		defer close(r.done)
		r.run(ctx, l)
	}()
}

// at returns the number up to which all records are in the file.
func (r *recordStore) at() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cursor
}

// add takes the records of a durable batch that ends with event last.
func (r *recordStore) add(records []record, last uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.upto = last
	if r.behind {
		return
	}
	if len(r.pending)+len(records) > recordsPending {
		r.pending, r.behind = nil, true
		return
	}
	r.pending = append(r.pending, records...)
}

func (r *recordStore) run(ctx context.Context, l *Log) {
	tick := time.NewTicker(recordsEvery)
	defer tick.Stop()
	failing := false
	for {
		err := r.copy(ctx, l, false)
		if err != nil && ctx.Err() == nil && !failing {
			r.log.Error("records are not copied, will be tried again", "path", r.path, "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			if err := r.copy(context.Background(), l, true); err != nil {
				r.log.Warn("records will be copied at the next start", "path", r.path, "error", err)
			}
			return
		case <-tick.C:
		case answer := <-r.flush:
			answer <- r.copy(ctx, l, true)
		}
	}
}

// copy brings the file up to the end of the log. Unless all is set, it leaves
// the place as it is while there is no record and it is not far behind.
func (r *recordStore) copy(ctx context.Context, l *Log, all bool) error {
	r.mu.Lock()
	behind, pending, upto, cursor := r.behind, r.pending, r.upto, r.cursor
	if behind {
		upto = max(upto, l.Position().Seq)
		r.behind = false // from here on add collects what comes after upto
	}
	r.pending = nil
	r.mu.Unlock()
	var err error
	switch {
	case upto <= cursor:
		return nil
	case behind:
		err = r.catchUp(ctx, l, cursor+1, upto)
	case len(pending) > 0 || all || upto-cursor > recordsLag:
		err = r.put(pending, upto)
	}
	if err != nil {
		r.mu.Lock()
		r.pending, r.behind = nil, true
		r.mu.Unlock()
	}
	return err
}

// catchUp copies from the day files.
func (r *recordStore) catchUp(ctx context.Context, l *Log, from, upto uint64) error {
	var part []record
	n, last := 0, from-1
	enough := errors.New("enough")
	from = max(from, l.First())
	err := l.Read(ctx, from, func(e world.Event) error {
		if e.Seq > upto {
			return enough
		}
		if isRecord(e.Body) {
			raw, err := world.EncodeEvent(&e)
			if err != nil {
				return err
			}
			part = append(part, record{e.Seq, raw})
		}
		last = e.Seq
		if n++; n%recordsLag == 0 {
			if err := r.put(part, last); err != nil {
				return err
			}
			part = nil
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return errors.Join(err, r.put(part, last))
	}
	return r.put(part, upto)
}

// put commits records and the place they reach to. Records are known by their
// number, so that copying one twice does no harm.
func (r *recordStore) put(records []record, upto uint64) error {
	err := r.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketEvents)
		b.FillPercent = 1
		for _, x := range records {
			if err := b.Put(seqKey(x.seq), sealRecord(x.data)); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketAbout).Put(keyCursor, seqKey(upto))
	})
	switch {
	case err == nil:
		r.mu.Lock()
		r.cursor = max(r.cursor, upto)
		r.mu.Unlock()
		return nil
	case isFull(err):
		return &FullError{Path: r.path, Err: err}
	}
	return fmt.Errorf("journal: write %s: %w", r.path, err)
}

func (r *recordStore) close() error {
	if r.stop != nil {
		r.stop()
		<-r.done
	}
	return r.db.Close()
}

func sealRecord(data []byte) []byte {
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, len(data)+4), castagnoli(data)), data...)
}

func openRecord(v []byte) ([]byte, error) {
	if len(v) < 4 || castagnoli(v[4:]) != binary.BigEndian.Uint32(v) {
		return nil, errBlock
	}
	return v[4:], nil
}

// Records calls fn with the events that are never trimmed, in order from number
// from on, up to the end of what is copied: within a second or so of the end of
// the log. A record that cannot be read any more is an error after the others.
func (l *Log) Records(ctx context.Context, from uint64, fn func(world.Event) error) error {
	const atOnce = 1000
	var bad error
	for next := max(from, 1); ; {
		var events []world.Event
		n := 0
		err := guard(func() error {
			return l.records.db.View(func(tx *bolt.Tx) error {
				c := tx.Bucket(bucketEvents).Cursor()
				for k, v := c.Seek(seqKey(next)); k != nil && n < atOnce; k, v = c.Next() {
					n++
					next = keySeq(k) + 1
					raw, err := openRecord(v)
					var e world.Event
					if err == nil {
						e, err = world.DecodeEvent(raw)
					}
					if err != nil {
						bad = errors.Join(bad, &DamageError{Path: l.records.path, Seq: next - 1, Err: err})
						continue
					}
					events = append(events, e)
				}
				return nil
			})
		})
		if err != nil {
			return &DamageError{Path: l.records.path, Seq: next, Err: err}
		}
		if err := deliver(ctx, decoded{events: events}, fn); err != nil {
			return err
		}
		if n < atOnce {
			return bad
		}
	}
}
