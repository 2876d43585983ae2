package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

func putSnapshot(t testing.TB, l *Log, s *world.State) {
	t.Helper()
	data, err := s.Snapshot()
	if err == nil {
		err = l.PutSnapshot(s.At(), s.Seen(), data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func stateOf(t testing.TB, l *Log) *world.State {
	t.Helper()
	s, err := l.State(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if s.At() != l.Position() {
		t.Fatalf("state at %v, log at %v", s.At(), l.Position())
	}
	return s
}

// replay applies events to an empty state.
func replay(es []world.Event) *world.State {
	s := world.New(1)
	for _, e := range es {
		if _, err := s.Apply(e); err != nil {
			panic(err)
		}
	}
	return s
}

func sameState(t testing.TB, have, want *world.State) {
	t.Helper()
	if h, w := fmt.Sprint(have.Digest()), fmt.Sprint(want.Digest()); h != w || have.At().Seq != want.At().Seq || have.Seen() != want.Seen() {
		t.Fatalf("state at %v, seen %v: %s; want at %v, seen %v: %s", have.At(), have.Seen(), h, want.At(), want.Seen(), w)
	}
}

func sameRecords(t testing.TB, l *Log, all []world.Event) {
	t.Helper()
	var want []world.Event
	for _, e := range all {
		if isRecord(e.Body) {
			want = append(want, e)
		}
	}
	i := 0
	err := l.Records(context.Background(), 1, func(e world.Event) error {
		if i >= len(want) || e != want[i] {
			return fmt.Errorf("record %d is %+v", i, e)
		}
		i++
		return nil
	})
	if err != nil || i != len(want) {
		t.Fatalf("%d records, want %d: %v", i, len(want), err)
	}
}

func TestStateFromSnapshotAndTail(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir)
	all := events(1, 3000)
	for i := 0; i < 3000; i += 500 {
		add(t, l, all[i:i+500])
		putSnapshot(t, l, stateOf(t, l))
	}
	files, err := l.listSnapshots()
	if err != nil || len(files) != snapshotsKept+1 { // one for the day
		t.Fatalf("%v, %v", files, err)
	}
	add(t, l, events(3001, 3500))
	want := replay(events(1, 3500))
	sameState(t, stateOf(t, l), want)
	epoch, err := l.Promote()
	if err != nil {
		t.Fatal(err)
	}
	shut(t, l)

	// Torn snapshots are passed over, down to none at all.
	for n := len(files) - 1; n >= 0; n-- {
		edit(t, files[n].path, func(b []byte) []byte {
			switch n % 3 {
			case 0:
				return b[:len(b)/2]
			case 1:
				b[len(b)/2] ^= 1
				return b
			}
			b[3]++ // another version
			return b
		})
		l = open(t, dir)
		if l.Position().Epoch != epoch {
			t.Fatalf("epoch %d, promoted to %d", l.Position().Epoch, epoch)
		}
		sameState(t, stateOf(t, l), want)
		_, err := l.LatestSnapshot()
		if n == 0 && !errors.Is(err, ErrNoSnapshot) || n > 0 && err != nil {
			t.Fatal(err)
		}
		shut(t, l)
	}
}

func TestSnapshotOfTheFutureIsRefused(t *testing.T) {
	t.Parallel()
	l := open(t, quick(t))
	add(t, l, events(1, 10))
	if err := l.PutSnapshot(world.Position{Epoch: 1, Seq: 11}, 0, nil); err == nil {
		t.Fatal("a snapshot past the end was taken")
	}
}

func TestStateAt(t *testing.T) {
	t.Parallel()
	l := open(t, quick(t))
	all := events(1, 2000)
	for i := 0; i < 2000; i += 250 {
		add(t, l, all[i:i+250])
		if i%500 == 0 {
			putSnapshot(t, l, stateOf(t, l))
		}
	}
	for _, seq := range []uint64{1, 249, 250, 251, 777, 1250, 1999, 2000} {
		s, err := l.StateAt(context.Background(), noon+world.Time(seq))
		if err != nil {
			t.Fatal(err)
		}
		sameState(t, s, replay(all[:seq]))
	}
	s, err := l.StateAt(context.Background(), noon)
	if err != nil || s.At().Seq != 0 {
		t.Fatalf("before everything: %v, %v", s.At(), err)
	}
	s, err = l.StateAt(context.Background(), noon+world.Time(time.Hour.Milliseconds()))
	if err != nil {
		t.Fatal(err)
	}
	sameState(t, s, replay(all))
}

func TestTrim(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir)
	all := slowEvents(1, 20_000) // ten days and a half
	for i := 0; i < len(all); i += 500 {
		add(t, l, all[i:i+500])
	}
	day := func(n int) world.Time { return noon.Add(time.Duration(n) * 24 * time.Hour) }
	if n, err := l.Trim(day(5)); n != 0 || err != nil {
		t.Fatalf("trimmed %d without a snapshot, %v", n, err)
	}
	putSnapshot(t, l, replay(all))
	n, err := l.Trim(day(5))
	if err != nil || n != 5 || l.First() <= 8000 || l.First() >= 10_000 {
		t.Fatalf("trimmed %d, first %d, %v", n, l.First(), err)
	}
	var trimmed *TrimmedError
	if err := l.Read(context.Background(), 1, nil); !errors.As(err, &trimmed) || trimmed.First != l.First() {
		t.Fatal(err)
	}
	var old *TooOldError
	if _, err := l.StateAt(context.Background(), day(2)); !errors.As(err, &old) || old.Earliest != replay(all).Seen() {
		t.Fatal(err)
	}
	same(t, l, l.First(), all[l.First()-1:])
	sameRecords(t, l, all)
	sameState(t, stateOf(t, l), replay(all))
	if n, err := l.Trim(day(100)); err != nil || len(dayFiles(t, dir)) != 1 {
		t.Fatalf("trimmed %d, left %v, %v", n, dayFiles(t, dir), err)
	}

	// Without any snapshot the records and the days left make a state: here all
	// of it, since each vessel was heard again.
	shut(t, l)
	if err := os.RemoveAll(filepath.Join(dir, "snapshots")); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	s := stateOf(t, l)
	if s.Count(world.KindVessel) != replay(all).Count(world.KindVessel) || s.Seen() != replay(all).Seen() {
		t.Fatalf("%d vessels at %v", s.Count(world.KindVessel), s.Seen())
	}
	add(t, l, slowEvents(20_001, 20_100))
	sameState(t, stateOf(t, l), func() *world.State { s := replay(all); advanceAll(s, slowEvents(20_001, 20_100)); return s }())
}

func advanceAll(s *world.State, es []world.Event) {
	for _, e := range es {
		applyTo(s, e)
	}
}

func TestShadow(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir, func(o *Options) { o.Retention = 48 * time.Hour })
	shadow, err := NewShadow(ShadowOptions{Log: l, EveryEvents: 1000})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- shadow.Run(ctx) }()
	for seq := uint64(1); seq < 20_000; seq += 250 {
		add(t, l, slowEvents(seq, seq+249))
	}
	until(t, func() bool { s, err := l.LatestSnapshot(); return err == nil && s.Pos.Seq >= 18_000 })
	until(t, func() bool { return l.First() > 10_000 })
	add(t, l, slowEvents(20_001, 20_007))
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	snap, err := l.LatestSnapshot()
	if err != nil {
		t.Fatal(err)
	}
	s, err := world.Restore(snap.Data)
	if err != nil {
		t.Fatal(err)
	}
	sameState(t, s, replay(slowEvents(1, snap.Pos.Seq)))
	sameState(t, stateOf(t, l), replay(slowEvents(1, 20_007)))
}

// until waits for what another goroutine is about to do.
func until(t testing.TB, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("waited a minute in vain")
		}
	}
}

// A quiet log gets its snapshot by time.
func TestShadowByTime(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		shadow, err := NewShadow(ShadowOptions{Log: l, Every: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- shadow.Run(ctx) }()
		add(t, l, events(1, 50))
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if _, err := l.LatestSnapshot(); !errors.Is(err, ErrNoSnapshot) {
			t.Fatal("a snapshot before its time", err)
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if s, err := l.LatestSnapshot(); err != nil || s.Pos.Seq != 50 {
			t.Fatal(s.Pos, err)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		shut(t, l)
	})
}
