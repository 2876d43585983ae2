package journal

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"iocwall/server/world"
)

// Whatever is done to a log, in any order, what it acknowledged is there, in
// order and once; what a damaged file cost is in a hole or past the end, and
// said.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	parent := quick(t)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		m := &machine{t: t, dir: filepath.Join(parent, fmt.Sprint(runs)), seen: noon}
		m.log = open(t, m.dir)
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				m.append(rapid.IntRange(1, 400).Draw(rt, "events"), rapid.Int64Range(0, 3_600_000).Draw(rt, "later"))
			},
			"reopen":   func(*rapid.T) { m.reopen(false) },
			"crash":    func(*rapid.T) { m.reopen(true) },
			"snapshot": func(*rapid.T) { putSnapshot(t, m.log, stateOf(t, m.log)) },
			"promote":  func(*rapid.T) { m.promote() },
			"trim":     func(*rapid.T) { m.trim() },
			"tear": func(rt *rapid.T) {
				m.tear(rapid.IntRange(0, 40_000).Draw(rt, "bytes"), rapid.Bool().Draw(rt, "garbage"))
			},
			"": func(*rapid.T) { m.verify() },
		})
		shut(t, m.log)
	})
}

type machine struct {
	t    *testing.T
	dir  string
	log  *Log
	all  []world.Event // acknowledged and not known to be lost
	seen world.Time
	gen  int
}

func (m *machine) append(n int, later int64) {
	m.seen = m.seen + world.Time(later)
	var es []world.Event
	for i := range uint64(n) {
		es = append(es, event(m.log.Position().Seq+1+i, m.seen))
	}
	add(m.t, m.log, es)
	m.all = append(m.all, es...)
}

// reopen ends the log and starts another one; a crash leaves the files as they
// are while the log is open.
func (m *machine) reopen(crash bool) {
	m.leave(crash)
	m.enter()
	if len(m.log.Damage()) != 0 {
		m.t.Fatalf("damage %+v", m.log.Damage())
	}
}

func (m *machine) leave(crash bool) {
	if crash {
		m.gen++
		to := fmt.Sprintf("%s-%d", m.dir, m.gen)
		m.log.snapshots.Lock()
		m.log.records.mu.Lock() // a file being written cannot be copied
		err := m.log.records.db.Sync()
		if err == nil {
			err = copyQuiet(m.log, to)
		}
		m.log.records.mu.Unlock()
		m.log.snapshots.Unlock()
		if err != nil {
			m.t.Fatal(err)
		}
		shut(m.t, m.log)
		os.RemoveAll(m.dir)
		m.dir = to
		return
	}
	shut(m.t, m.log)
}

// copyQuiet copies the folder while no transaction of the records is open.
func copyQuiet(l *Log, to string) error {
	tx, err := l.records.db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return os.CopyFS(to, os.DirFS(l.dir))
}

func (m *machine) enter() { m.log = open(m.t, m.dir) }

func (m *machine) promote() {
	before := m.log.Position()
	epoch, err := m.log.Promote()
	if err != nil || epoch <= before.Epoch || m.log.Position().Epoch != epoch {
		m.t.Fatalf("promoted from %v to %d, %v", before, epoch, err)
	}
}

func (m *machine) trim() {
	if _, err := m.log.Trim(m.seen); err != nil {
		m.t.Fatal(err)
	}
	m.dropTo(m.log.First())
}

func (m *machine) dropTo(first uint64) {
	for len(m.all) > 0 && m.all[0].Seq < first {
		m.all = m.all[1:]
	}
}

// tear damages the end of the newest file of a log that crashed.
func (m *machine) tear(n int, noise bool) {
	m.leave(true)
	files := dayFiles(m.t, m.dir)
	if len(files) > 0 {
		edit(m.t, files[len(files)-1], func(b []byte) []byte {
			end := used(b)
			if noise {
				garbage(b[max(0, end-n):end])
				return b
			}
			return b[:max(0, end-n)]
		})
	}
	m.enter()
	m.forgetLost()
}

// forgetLost takes out of the model what the log says is lost.
func (m *machine) forgetLost() {
	var kept []world.Event
	for _, e := range m.all {
		if e.Seq >= m.log.First() && e.Seq <= m.log.Position().Seq && !m.log.id.holds(e.Seq) {
			kept = append(kept, e)
		}
	}
	if len(kept) < len(m.all) && len(m.log.Damage()) == 0 {
		m.t.Fatalf("%d events lost without a word", len(m.all)-len(kept))
	}
	m.all = kept
}

func (m *machine) verify() {
	same(m.t, m.log, m.log.First(), m.all)
	if n := len(m.all); n > 0 && m.all[n-1].Seq > m.log.Position().Seq {
		m.t.Fatalf("acknowledged %d, log at %v", m.all[n-1].Seq, m.log.Position())
	}
}

func TestRefusedBatches(t *testing.T) {
	t.Parallel()
	l := open(t, quick(t))
	add(t, l, events(1, 10))
	order := func(err error) bool { var e *OrderError; return errors.As(err, &e) }
	encode := func(err error) bool { var e *EncodeError; return errors.As(err, &e) && e.Seq == 12 }
	with := func(change func(es []world.Event)) []world.Event {
		es := events(11, 13)
		change(es)
		return es
	}
	for name, c := range map[string]struct {
		events []world.Event
		is     func(error) bool
	}{
		"repeated":       {events(10, 12), order},
		"gap before":     {events(12, 14), order},
		"gap within":     {with(func(es []world.Event) { es[2].Seq = 14 }), order},
		"clock back":     {with(func(es []world.Event) { es[1].Seen = noon }), order},
		"no body":        {with(func(es []world.Event) { es[1].Body = nil }), encode},
		"unwritable":     {with(func(es []world.Event) { es[1].Body = world.Unknown{Name: "x", CBOR: []byte{0xff}} }), encode},
		"too large":      {with(func(es []world.Event) { es[1].Body = world.Audited{Who: string(make([]byte, maxEvent))} }), encode},
		"number of zero": {with(func(es []world.Event) { es[0].Seq = 0 }), order},
	} {
		if err := <-l.Append(c.events); !c.is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	same(t, l, 1, events(1, 10))
	add(t, l, events(11, 13))
	add(t, l, nil)
}

func TestDays(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir)
	at := func(hour, min int) world.Time { return noon.Add(0) + world.Time((hour*60+min-720)*60_000) }
	var all []world.Event
	put := func(seens ...world.Time) {
		var es []world.Event
		for i, s := range seens {
			es = append(es, event(uint64(len(all)+i+1), s))
		}
		add(t, l, es)
		all = append(all, es...)
	}
	put(at(23, 58), at(23, 59))
	put(at(23, 59), at(24, 0), at(24, 1)) // a batch is not split
	put(at(24, 1))
	put(at(24, 1)) // the clock went back: Seen stands still
	put(at(24*400, 0))
	var names []string
	for _, f := range dayFiles(t, dir) {
		names = append(names, filepath.Base(f))
	}
	want := "[2026-11-21-0000000000000001.db 2026-11-22-0000000000000006.db 2027-12-26-0000000000000008.db]"
	if fmt.Sprint(names) != want {
		t.Fatalf("files %v, want %s", names, want)
	}
	same(t, l, 1, all)
	shut(t, l)
	l = open(t, dir)
	same(t, l, 1, all)
	put(at(24*400, 1))
	if len(dayFiles(t, dir)) != 3 {
		t.Fatal("a restart on the same day made a new file")
	}
	same(t, l, 5, all[4:])
}

// Readers at every place follow while the log grows; none sees an event before
// it is durable, twice, or out of turn.
func TestFollow(t *testing.T) {
	t.Parallel()
	l := open(t, quick(t))
	add(t, l, events(1, 2000))
	const last = 6000
	var wg sync.WaitGroup
	for _, from := range []uint64{0, 1, 500, 1999, 2000, 2001, 4000} {
		wg.Go(func() {
			next := max(from, 1)
			err := l.Follow(timeout(t), from, func(e world.Event) error {
				if e.Seq != next || e != event(e.Seq, noon+world.Time(e.Seq)) {
					return fmt.Errorf("have %+v, want event %d", e, next)
				}
				if end := l.Position().Seq; e.Seq > end {
					return fmt.Errorf("event %d seen while the log ends at %d", e.Seq, end)
				}
				if next++; e.Seq == last {
					return errStop
				}
				return nil
			})
			if !errors.Is(err, errStop) {
				t.Error(err)
			}
		})
	}
	for seq := uint64(2001); seq <= last; seq += 50 {
		add(t, l, events(seq, seq+49))
	}
	wg.Wait()
}

func TestWait(t *testing.T) {
	t.Parallel()
	l := open(t, quick(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Wait(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if err := l.Wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- l.Wait(context.Background(), 5) }()
	add(t, l, events(1, 5))
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	go func() { ended <- l.Wait(context.Background(), math.MaxUint64) }()
	shut(t, l)
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

// A reader that stops, and one that is told to, leaves nothing behind.
func TestReadEndsEarly(t *testing.T) {
	t.Parallel()
	l := open(t, quick(t))
	add(t, l, events(1, 20_000))
	for _, n := range []uint64{1, 10_000} {
		err := l.Read(context.Background(), 1, func(e world.Event) error {
			if e.Seq == n {
				return errStop
			}
			return nil
		})
		if !errors.Is(err, errStop) {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		err = l.Read(ctx, 1, func(e world.Event) error {
			if e.Seq == n {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}
