package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

// noon is the time of the first event of most tests.
var noon = world.TimeOf(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))

// event makes event seq, learnt at seen: mostly positions of 50 vessels, every
// tenth a record.
func event(seq uint64, seen world.Time) world.Event {
	e := world.Event{Seq: seq, Seen: seen, Source: "ais", Observation: world.Observation{Time: seen - 500}}
	if seq%10 == 0 {
		e.Body = world.Audited{Who: "an", Act: fmt.Sprint("act ", seq), OK: true}
	} else {
		e.Body = world.VesselPosition{
			MMSI: fmt.Sprint(574000000 + seq%50), Pos: geo.Point{108.3 + float64(seq%97)/100, 15.8},
			Speed: float64(seq%20) / 2, Course: 90, Heading: world.NotAvailable, Status: 15, Class: "A",
		}
	}
	return e
}

// events makes events from to to, a millisecond apart.
func events(from, to uint64) []world.Event {
	var out []world.Event
	for seq := from; seq <= to; seq++ {
		out = append(out, event(seq, noon+world.Time(seq)))
	}
	return out
}

// quick returns an empty folder, in memory where there is such a place: what
// these tests show does not depend on how long a disk takes.
func quick(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "journal-test-") //nolint:usetesting // t.TempDir cannot be told where
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func open(t testing.TB, dir string, change ...func(*Options)) *Log {
	t.Helper()
	o := Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	for _, f := range change {
		f(&o)
	}
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func add(t testing.TB, l *Log, es []world.Event) {
	t.Helper()
	if err := <-l.Append(es); err != nil {
		t.Fatal(err)
	}
}

func shut(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// same fails unless the log holds exactly want from number from on.
func same(t testing.TB, l *Log, from uint64, want []world.Event) {
	t.Helper()
	i := 0
	err := l.Read(context.Background(), from, func(e world.Event) error {
		if i >= len(want) {
			return fmt.Errorf("event %d too much", e.Seq)
		}
		if e != want[i] {
			return fmt.Errorf("have %+v, want %+v", e, want[i])
		}
		i++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if i != len(want) {
		t.Fatalf("read %d events, want %d", i, len(want))
	}
}

func TestAppendReadReopen(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(quick(t), "journal")
	l := open(t, dir)
	all := events(1, 5000)
	if l.First() != 1 || l.Position().Seq != 0 || l.Position().Epoch == 0 {
		t.Fatalf("new log starts at %d, stands at %v", l.First(), l.Position())
	}
	same(t, l, 1, nil)
	for from := 0; from < 3000; {
		to := min(from+1+from%700, 3000)
		add(t, l, all[from:to])
		from = to
	}
	same(t, l, 1, all[:3000])
	same(t, l, 0, all[:3000])
	same(t, l, 1777, all[1776:3000])
	same(t, l, 3001, nil)
	pos, seen := l.Position(), l.Seen()
	shut(t, l)
	l = open(t, dir)
	if l.Position() != pos || l.Seen() != seen || len(l.Damage()) != 0 {
		t.Fatalf("after reopening %v, %v, damage %v; before %v, %v", l.Position(), l.Seen(), l.Damage(), pos, seen)
	}
	add(t, l, all[3000:])
	same(t, l, 2990, all[2989:])
	shut(t, l)
	if err := <-l.Append(events(5001, 5001)); !errors.Is(err, ErrClosed) {
		t.Fatalf("append after close: %v", err)
	}
	if err := l.Read(context.Background(), 1, nil); !errors.Is(err, ErrClosed) {
		t.Fatalf("read after close: %v", err)
	}
}
