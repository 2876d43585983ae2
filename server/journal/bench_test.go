package journal

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite" // the peer of the append benchmark

	"iocwall/geo"
	"iocwall/server/world"
)

// traffic makes event seq of a coast with 20,000 vessels and 400 stations.
func traffic(seq uint64, seen world.Time) world.Event {
	e := world.Event{Seq: seq, Seen: seen, Source: "ais-north", Observation: world.Observation{Time: seen - 1200}}
	switch seq % 20 {
	case 0:
		e.Body = world.Reading{Station: fmt.Sprintf("station-%03d", seq%400), Quantity: "pm2.5", Value: float64(seq%700) / 10, Unit: "ug/m3"}
	case 1:
		e.Body = world.VesselStatic{
			MMSI: fmt.Sprint(574000000 + seq*7919%20000), Class: "A", Name: &world.VesselName{Name: fmt.Sprintf("QNA %05d TS", seq%20000)},
			Particulars: &world.VesselParticulars{CallSign: "XV1234", ShipType: 30, Category: world.VesselFishing, Bow: 10, Stern: 8, Port: 3, Starboard: 3},
		}
	default:
		e.Body = world.VesselPosition{
			MMSI: fmt.Sprint(574000000 + seq*7919%20000), Pos: geo.Point{107 + float64(seq*31%50000)/10000, 14 + float64(seq*17%40000)/10000},
			Speed: float64(seq%200) / 10, Course: float64(seq % 360), Heading: float64(seq % 360), Status: 7, Class: "A", Area: "quang-nam",
		}
	}
	return e
}

func trafficRange(from, to uint64) []world.Event {
	out := make([]world.Event, 0, to-from+1)
	for seq := from; seq <= to; seq++ {
		out = append(out, traffic(seq, noon+world.Time(seq/30)))
	}
	return out
}

// BenchmarkAppendInFlight keeps 1,000 producers waiting for their event to be
// durable, behind a loop that hands over what has come whenever the log is
// free, and sets the rate against one bbolt transaction per event.
func BenchmarkAppendInFlight(b *testing.B) {
	var rates, singles []float64
	var acks []time.Duration
	for b.Loop() {
		rate, ack := inFlight(b, 1000, 1500*time.Millisecond)
		rates, acks = append(rates, rate), append(acks, ack...)
		singles = append(singles, single(b, time.Second))
	}
	rate, one := median(rates), median(singles)
	slices.Sort(acks)
	b.ReportMetric(rate, "events/s")
	b.ReportMetric(float64(acks[len(acks)*99/100].Microseconds())/1000, "ack-p99-ms")
	b.ReportMetric(float64(acks[len(acks)/2].Microseconds())/1000, "ack-p50-ms")
	fmt.Printf("RATIO append-vs-single %.1f (ours %.0f events/s, peer %.0f events/s)\n", rate/one, rate, one)
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

type waiting struct {
	event world.Event
	since time.Time
	ack   chan error
}

func inFlight(b *testing.B, producers int, lasting time.Duration) (rate float64, acks []time.Duration) {
	l := open(b, b.TempDir())
	in := make(chan waiting)
	var wg sync.WaitGroup
	var mu sync.Mutex
	began := time.Now()
	for p := range producers {
		wg.Go(func() {
			var mine []time.Duration
			ack := make(chan error, 1)
			for n := uint64(p); time.Since(began) < lasting; n += 1009 {
				w := waiting{traffic(n, noon), time.Now(), ack}
				in <- w
				if err := <-ack; err != nil {
					b.Error(err)
					return
				}
				mine = append(mine, time.Since(w.since))
			}
			mu.Lock()
			acks = append(acks, mine...)
			mu.Unlock()
		})
	}
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	loop(l, in, ended)
	took := time.Since(began)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	return float64(len(acks)) / took.Seconds(), acks
}

// loop is the core loop without a state.
func loop(l *Log, in <-chan waiting, ended <-chan struct{}) {
	var filling, writing []waiting
	var pending <-chan error
	for {
		open := in
		if len(filling) >= 1000 {
			open = nil
		}
		select {
		case w := <-open:
			filling = append(filling, w)
		case err := <-pending:
			for _, w := range writing {
				w.ack <- err
			}
			pending = nil
		case <-ended:
			return
		}
		if pending == nil && len(filling) > 0 {
			filling, writing = writing[:0], filling
			es := make([]world.Event, len(writing))
			next := l.Position().Seq + 1
			for i := range writing {
				es[i] = writing[i].event
				es[i].Seq = next + uint64(i)
			}
			pending = l.Append(es)
		}
	}
}

// single is one transaction per event.
func single(b *testing.B, lasting time.Duration) float64 {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "single.db"), 0o600, boltOptions(false, 0))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	began := time.Now()
	n := uint64(0)
	for time.Since(began) < lasting {
		n++
		e := traffic(n, noon)
		raw, err := world.EncodeEvent(&e)
		if err != nil {
			b.Fatal(err)
		}
		err = db.Update(func(tx *bolt.Tx) error {
			bk, err := tx.CreateBucketIfNotExists(bucketEvents)
			if err != nil {
				return err
			}
			return bk.Put(seqKey(n), raw)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(began).Seconds()
}

// BenchmarkAppendSQLite sets batches of 1,000 events against the same batches
// in SQLite, which is as durable: both wait for the disk after each.
func BenchmarkAppendSQLite(b *testing.B) {
	const batches, size = 100, 1000
	var ours, peers []float64
	for b.Loop() {
		l, peer := open(b, b.TempDir()), openSQLite(b)
		var own, other time.Duration
		for i := range uint64(batches) {
			es := trafficRange(i*size+1, i*size+size)
			began := time.Now()
			add(b, l, es)
			own += time.Since(began)
			began = time.Now()
			peer.add(b, es)
			other += time.Since(began)
		}
		ours = append(ours, batches*size/own.Seconds())
		peers = append(peers, batches*size/other.Seconds())
		shut(b, l)
		peer.db.Close()
	}
	o, p := median(ours), median(peers)
	b.ReportMetric(o, "events/s")
	fmt.Printf("RATIO append-vs-sqlite %.2f (ours %.0f events/s, peer %.0f events/s)\n", o/p, o, p)
}

type sqlite struct{ db *sql.DB }

func openSQLite(b *testing.B) sqlite {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "peer.sqlite")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	var mode, level string
	if err := db.QueryRow("pragma journal_mode").Scan(&mode); err != nil || mode != "wal" {
		b.Fatal(mode, err)
	}
	if err := db.QueryRow("pragma synchronous").Scan(&level); err != nil || level != "2" {
		b.Fatal(level, err)
	}
	if _, err := db.Exec("create table events(seq integer primary key, data blob not null)"); err != nil {
		b.Fatal(err)
	}
	return sqlite{db}
}

// add encodes on as many cores as the log does, then writes one transaction.
func (s sqlite) add(b *testing.B, es []world.Event) {
	raws := make([][]byte, len(es))
	n := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for j := i * len(es) / n; j < (i+1)*len(es)/n; j++ {
				raws[j], _ = world.EncodeEvent(&es[j])
			}
		})
	}
	wg.Wait()
	tx, err := s.db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	st, err := tx.Prepare("insert into events values(?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	for i := range es {
		if _, err := st.Exec(int64(es[i].Seq), raws[i]); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRestart opens a journal of 2 million events, the last 300,000 of
// which are in no snapshot, with nothing of it in the page cache, and builds
// the state.
func BenchmarkRestart(b *testing.B) {
	dir := b.TempDir()
	want := makeHistory(b, dir, 2_000_000, 1_700_000)
	var took []float64
	for b.Loop() {
		b.StopTimer()
		how := dropCaches(b, dir)
		runtime.GC()
		b.StartTimer()
		began := time.Now()
		l := open(b, dir)
		opened := time.Since(began)
		s, err := l.State(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began).Seconds())
		b.StopTimer()
		if s.At().Seq != 2_000_000 || fmt.Sprint(s.Digest()) != want {
			b.Fatalf("restored %v, %v, want %s", s.At(), s.Digest(), want)
		}
		b.Logf("%s: opened in %v, state in %v", how, opened, took[len(took)-1])
		shut(b, l)
		b.StartTimer()
	}
	b.ReportMetric(median(took), "s/restart")
}

func makeHistory(b *testing.B, dir string, events, snapshot uint64) (digest string) {
	l := open(b, dir)
	s := world.New(l.Position().Epoch)
	for seq := uint64(1); seq <= events; seq += 5000 {
		es := trafficRange(seq, min(seq+4999, events))
		ack := l.Append(es)
		for _, e := range es {
			if _, err := s.Apply(e); err != nil {
				b.Fatal(err)
			}
		}
		if err := <-ack; err != nil {
			b.Fatal(err)
		}
		if s.At().Seq == snapshot {
			data, err := s.Snapshot()
			if err == nil {
				err = l.PutSnapshot(s.At(), s.Seen(), data)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	shut(b, l)
	return fmt.Sprint(s.Digest())
}

// dropCaches empties the page cache of the files in dir and says how.
func dropCaches(b *testing.B, dir string) string {
	unix.Sync()
	if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("3"), 0); err == nil {
		return "all caches dropped"
	}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
	})
	if err != nil {
		b.Fatal(err)
	}
	return "files dropped from the cache"
}
