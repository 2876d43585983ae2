package server

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"iocwall/geo"
	"iocwall/server/auth"
	"iocwall/server/format/aivdm"
	"iocwall/server/journal"
	"iocwall/server/world"
)

// measured prints a number in the form that `make bench` collects.
func measured(name string, value float64, unit, what, target string) {
	fmt.Printf("MEASURED %s %.4g %s (%s, target %s)\n", name, value, unit, what, target)
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// processTime is what this process has used of the cores, user and system.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// coast encodes sentences of a fleet off Quảng Nam; each call moves it on.
type coast struct {
	tb      testing.TB
	encoder *aivdm.Encoder
	n       int
}

const fleetSize = 6000

func newCoast(tb testing.TB) *coast {
	tb.Helper()
	enc, err := aivdm.NewEncoder("AI", 'A')
	if err != nil {
		tb.Fatal(err)
	}
	return &coast{tb: tb, encoder: enc}
}

// sentences returns n position reports.
func (c *coast) sentences(n int) []byte {
	out := make([]byte, 0, n*50)
	for range n {
		c.n++
		i, s := c.n%fleetSize, float64(c.n)/1e6
		p := position(uint32(574000000+i), 107.5+float64(i%80)/20+s, 14+float64(i/80)/20+math.Mod(s*7, 0.3), float64(c.n%200)/10)
		p.Course, p.Heading = float64(c.n%360), float64(c.n%360)
		var err error
		if out, err = c.encoder.Append(out, p); err != nil {
			c.tb.Fatal(err)
		}
	}
	return out
}

// listening is a centre with an AIS source that receivers connect to.
func listening(tb testing.TB, more string) (c *centre, addr string) {
	tb.Helper()
	addr = freePort(tb)
	c = &centre{tb: tb, dir: tb.TempDir(), logs: &journalText{}}
	c.write("rules.yaml", ruleFile)
	c.configure("rules: rules.yaml\nsources:\n  - {name: ais, kind: ais, listen: \"" + addr + "\"}\n" + more)
	c.start()
	tb.Cleanup(c.stop)
	eventually(tb, "the source listens", func() bool {
		n := c.feeds.Counts()
		return len(n) == 1 && n[0].State == world.SourceRunning
	})
	return c, addr
}

// BenchmarkSentenceToClient is the whole way: AIS sentences over TCP from four
// receivers as fast as they go, decoded, durable, applied, evaluated and in the
// state of one client that sees everything. One operation is 60,000 sentences
// of 6,000 vessels. The peers and the client run in the same process and are
// part of the time.
func BenchmarkSentenceToClient(b *testing.B) {
	const receivers, each = 4, 15_000
	c, addr := listening(b, "")
	eye := c.look(c.token("Mai", auth.Operator))
	var conns []net.Conn
	for range receivers {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	fleet := newCoast(b)
	send(b, conns[0], fleet.sentences(fleetSize))
	eye.until("the fleet", func(s *world.State) bool { return s.Count(world.KindVessel) == fleetSize })
	var rates, costs []float64
	for b.Loop() {
		b.StopTimer()
		data := make([][]byte, receivers)
		for i := range data {
			data[i] = fleet.sentences(each)
		}
		accepted := c.feeds.Counts()[0].Accepted
		runtime.GC()
		b.StartTimer()
		began, used := time.Now(), processTime()
		for i, conn := range conns {
			go func() { _, _ = conn.Write(data[i]) }()
		}
		for c.feeds.Counts()[0].Accepted < accepted+receivers*each {
			time.Sleep(time.Millisecond)
		}
		at := c.loop.Stats().Seq
		eye.wait("all sentences", func() bool { return eye.state.At().Seq >= at })
		took := time.Since(began)
		rates = append(rates, receivers*each/took.Seconds())
		costs = append(costs, float64((processTime()-used).Nanoseconds())/(receivers*each))
	}
	b.StopTimer()
	server := stateOf(c)
	eye.until("the end", func(s *world.State) bool { return s.At().Seq >= server.At().Seq })
	eye.mu.Lock()
	if fmt.Sprint(eye.state.Digest()) != fmt.Sprint(server.Digest()) {
		b.Errorf("the client has %v, the server %v", eye.state.Digest(), server.Digest())
	}
	eye.mu.Unlock()
	rate := median(rates)
	b.ReportMetric(rate, "sentences/s")
	b.ReportMetric(median(costs), "cpu-ns/sentence")
	measured("sentence-to-client", rate, "sentences/s", fmt.Sprintf("AIVDM over TCP to the state of a websocket client, journal fsynced, %.1f µs of CPU each on %d cores, load %s", median(costs)/1000, runtime.GOMAXPROCS(0), load()), "≥ 30000")
}

// load is the load average of the last minute, which tells how quiet it was.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(raw), " ")
	return first
}

// BenchmarkEventToAlert is the time from a reading that fires a rule, as its
// sender posts it, to the alert in the state of a client, while 2,000 positions
// a second come in. One operation is 5 seconds with 20 alerts a second.
func BenchmarkEventToAlert(b *testing.B) {
	c, addr := listening(b, "")
	provider := c.token("Đài", auth.Provider)
	type arrival struct {
		station string
		at      time.Time
	}
	arrived := make(chan arrival, 1000)
	eye := c.look(c.token("Mai", auth.Operator))
	eye.mu.Lock()
	eye.touched = func(ch world.Change) {
		if _, ok := ch.Event.Body.(world.AlertRaised); ok {
			a, _ := eye.state.Alert(ch.Ref.ID())
			arrived <- arrival{a.About.ID(), time.Now()}
		}
	}
	eye.mu.Unlock()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	fleet := newCoast(b)
	send(b, conn, fleet.sentences(fleetSize))
	eye.until("the fleet", func(s *world.State) bool { return s.Count(world.KindVessel) == fleetSize })
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { // 2,000 a second
		for next := time.Now(); ctx.Err() == nil; time.Sleep(time.Until(next)) {
			next = next.Add(10 * time.Millisecond)
			_, _ = conn.Write(fleet.sentences(20))
		}
	})
	var took []float64
	n := 0
	for b.Loop() {
		sent := map[string]time.Time{}
		for next := time.Now(); len(sent) < 100; time.Sleep(time.Until(next)) {
			next = next.Add(50 * time.Millisecond)
			n++
			id := fmt.Sprintf("st-%d", n)
			sent[id] = time.Now()
			wg.Go(func() { c.observe(provider, readingJSON(id, 5)) })
		}
		for range sent {
			a := <-arrived
			took = append(took, a.at.Sub(sent[a.station]).Seconds()*1000)
		}
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	b.ReportMetric(took[len(took)/2], "p50-ms")
	b.ReportMetric(p99, "p99-ms")
	measured("event-to-alert", p99, "ms", fmt.Sprintf("p99 of %d alerts at a websocket client, p50 %.1f ms, 2,000 events/s, load %s", len(took), took[len(took)/2], load()), "≤ 150")
}

// BenchmarkRestart starts a server on a journal of 2 million events, the last
// 300,000 of which are in no snapshot, with nothing of it in the page cache, and
// stops the clock when it answers its first request.
func BenchmarkRestart(b *testing.B) {
	c := &centre{tb: b, dir: b.TempDir(), logs: &journalText{}}
	c.configure("")
	c.start() // makes keys, tokens and definitions
	eventually(b, "serving", func() bool { return serving(c.Addr()) })
	c.stop()
	pastOf(b, c.path("data/journal"), 2_000_000, 300_000)
	var took, costs []float64
	for b.Loop() {
		b.StopTimer()
		dropCaches(b, c.dir)
		runtime.GC()
		b.StartTimer()
		began, used := time.Now(), processTime()
		c.start()
		for !serving(c.Addr()) {
			time.Sleep(time.Millisecond)
		}
		took, costs = append(took, time.Since(began).Seconds()), append(costs, (processTime()-used).Seconds())
		b.StopTimer()
		if n := stateOf(c).Count(world.KindVessel); n != 19_000 { // a twentieth of the numbers are readings
			b.Errorf("%d vessels", n)
		}
		c.kill()
		b.StartTimer()
	}
	slices.Sort(took)
	b.ReportMetric(median(took), "s/restart")
	b.ReportMetric(median(costs), "cpu-s/restart")
	measured("restart", median(took), "s", fmt.Sprintf("2 million events, 300,000 after the snapshot, cold caches, to the first answer, best %.1f s, %.1f s of CPU, load %s", took[0], median(costs), load()), "≤ 3")
}

func serving(addr string) bool {
	resp, err := http.Get("http://" + addr + "/healthz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// kill stops the server and takes away the snapshot it wrote at its end, so
// that the next start finds the journal as the one before did.
func (c *centre) kill() {
	c.tb.Helper()
	before, _ := filepath.Glob(c.path("data/journal/snapshots/*"))
	c.stop()
	after, _ := filepath.Glob(c.path("data/journal/snapshots/*"))
	for _, f := range after {
		if !slices.Contains(before, f) {
			if err := os.Remove(f); err != nil {
				c.tb.Fatal(err)
			}
		}
	}
}

// pastOf fills a journal as a coast with 20,000 vessels and 400 stations does,
// with a snapshot before the last tail events.
func pastOf(b *testing.B, dir string, events, tail uint64) {
	b.Helper()
	log, err := journal.Open(journal.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	s, err := log.State(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	now := world.TimeOf(time.Now().Add(-time.Hour))
	now = max(now, log.Seen())
	for s.At().Seq < events {
		first := s.At().Seq + 1
		n := min(5000, events-s.At().Seq)
		if first <= events-tail {
			n = min(n, events-tail-s.At().Seq)
		}
		es := make([]world.Event, n)
		for i := range es {
			es[i] = passing(first+uint64(i), now)
		}
		ack := log.Append(es)
		for _, e := range es {
			if _, err := s.Apply(e); err != nil {
				b.Fatal(err)
			}
		}
		if err := <-ack; err != nil {
			b.Fatal(err)
		}
		if s.At().Seq == events-tail {
			data, err := s.Snapshot()
			if err == nil {
				err = log.PutSnapshot(s.At(), s.Seen(), data)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
}

func passing(seq uint64, now world.Time) world.Event {
	e := world.Event{Seq: seq, Seen: now, Source: "ais-north", Observation: world.Observation{Time: now + world.Time(seq/1000)}}
	mmsi := fmt.Sprint(574000000 + seq*7919%20000)
	switch seq % 20 {
	case 0:
		e.Body = world.Reading{Station: fmt.Sprintf("station-%03d", seq%400), Quantity: "pm2.5", Value: float64(seq%700) / 10, Unit: "ug/m3"}
	case 1:
		e.Body = world.VesselStatic{MMSI: mmsi, Class: "A", Name: &world.VesselName{Name: fmt.Sprintf("QNA %05d TS", seq%20000)}}
	default:
		e.Body = world.VesselPosition{
			MMSI: mmsi, Pos: geo.Pt(107+float64(seq*31%50000)/10000, 14+float64(seq*17%40000)/10000),
			Speed: float64(seq%200) / 10, Course: float64(seq % 360), Heading: float64(seq % 360), Status: 7, Class: "A", Area: daNang,
		}
	}
	return e
}

// dropCaches takes the files out of the page cache.
func dropCaches(b *testing.B, dir string) {
	b.Helper()
	unix.Sync()
	if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("3"), 0); err == nil {
		return
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
}
