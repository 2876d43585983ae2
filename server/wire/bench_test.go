package wire

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// benchViews are ten distinct views: four see everything that moves, three a
// third of the province each, three one commune of thirty.
func benchViews() []Identity {
	moving := []string{world.KindVessel, world.KindStation, world.KindAlert}
	out := []Identity{
		{User: "0"},
		{User: "1", Kinds: moving},
		{User: "2", Kinds: append([]string{world.KindCamera}, moving...)},
		{User: "3", Kinds: append([]string{world.KindFigure}, moving...)},
	}
	for i := range 3 {
		out = append(out, Identity{User: strconv.Itoa(4 + i), Areas: []string{fmt.Sprintf("district-%d", i)}})
		out = append(out, Identity{User: strconv.Itoa(7 + i), Areas: []string{fmt.Sprintf("commune-%d", i)}})
	}
	return out
}

// province is a state with 30 communes, 300 vessels and 40 stations, and the
// deltas that go on in it.
type province struct {
	state *world.State
	n     int
	fleet int
}

func newProvince(tb testing.TB, fleet int) *province {
	p := &province{state: world.New(1), fleet: fleet}
	for i := range 3 {
		p.apply(tb, world.AreaDefined{ID: fmt.Sprintf("district-%d", i), Parent: "province"})
	}
	for i := range 30 {
		p.apply(tb, world.AreaDefined{ID: fmt.Sprintf("commune-%d", i), Parent: fmt.Sprintf("district-%d", i%3)})
	}
	for i := range 40 {
		p.apply(tb, world.StationDefined{ID: fmt.Sprintf("station-%d", i), Name: "Trạm", Area: fmt.Sprintf("commune-%d", i%30)})
	}
	return p
}

func (p *province) apply(tb testing.TB, b world.Body) world.Change {
	p.n++
	now := world.TimeOf(time.Now())
	e := world.Event{Seq: p.state.At().Seq + 1, Seen: now, Source: "bench", Observation: world.Observation{Time: now + world.Time(p.n), Body: b}}
	c, err := p.state.Apply(e)
	if err != nil {
		tb.Fatal(err)
	}
	c.Event = e
	return c
}

// delta is the next thing that happens: 17 positions of 20, two readings of
// stations, and in a hundred one alert.
func (p *province) delta(tb testing.TB) world.Change {
	i := p.n
	switch {
	case i%100 == 99:
		return p.apply(tb, world.AlertRaised{ID: strconv.Itoa(i), Rule: "flood", Severity: world.Severe, Title: "Lũ Câu Lâu 4,12 m, trên BĐ3", Area: fmt.Sprintf("commune-%d", i%30)})
	case i%10 == 9:
		return p.apply(tb, world.Reading{Station: fmt.Sprintf("station-%d", i%40), Quantity: "pm2.5", Value: float64(i % 100), Unit: "ug/m3"})
	}
	v, s := i%p.fleet, math.Sin(float64(i)/1000)
	return p.apply(tb, world.VesselPosition{
		MMSI: strconv.Itoa(574000000 + v), Pos: [2]float64{108 + float64(v)/1000 + s/100, 15.5 + s/90}, Speed: math.Round(100*(s+1)) / 10,
		Course: math.Round(1800*(s+1)) / 10, Heading: float64(v % 360), Class: "A", Area: fmt.Sprintf("commune-%d", v%30),
	})
}

// benchLoop is a loop on the calling goroutine.
type benchLoop struct {
	ops chan func(*world.State)
	hub *Hub
	srv *httptest.Server
}

func newBenchLoop(b *testing.B, ids []Identity) *benchLoop {
	l := &benchLoop{ops: make(chan func(*world.State))}
	hub, err := NewHub(HubOptions{Logger: slog.New(slog.DiscardHandler), OnLoop: func(ctx context.Context, f func(*world.State)) error {
		done := make(chan struct{})
		select {
		case l.ops <- func(s *world.State) { f(s); close(done) }:
			<-done
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
	if err != nil {
		b.Fatal(err)
	}
	l.hub = hub
	l.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		i, _ := strconv.Atoi(token)
		hub.Upgrade(w, r, ids[i])
	}))
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = hub.Run(ctx) })
	b.Cleanup(func() { cancel(); wg.Wait(); l.srv.Close() })
	return l
}

// settle serves the loop until n clients have all there is.
func (l *benchLoop) settle(b *testing.B, p *province, n int) {
	begin := time.Now()
	for {
		select {
		case f := <-l.ops:
			f(p.state)
		case <-time.After(100 * time.Millisecond):
			l.hub.Tick(time.Now(), p.state)
			ready := 0
			for _, c := range l.hub.Stats().Clients {
				if c.View != "" && c.Behind == 0 && c.Sent > 0 {
					ready++
				}
			}
			if ready == n {
				return
			}
		}
		if time.Since(begin) > 30*time.Second {
			b.Fatalf("clients are not ready: %+v", l.hub.Stats())
		}
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFanOut runs 30 clients of another process in 10 distinct views at
// 1,000 deltas a second, in real time, and reports the share of one core that
// this process, the server, needs for it. One operation is two seconds.
func BenchmarkFanOut(b *testing.B) {
	ids := benchViews()
	p := newProvince(b, 300)
	for range 2000 {
		p.delta(b)
	}
	l := newBenchLoop(b, ids)
	drain(b, l.srv.Listener.Addr().String(), 30)
	l.settle(b, p, 30)
	before, sent := cpuTime(), l.bytes()
	begin := time.Now()
	var inLoop time.Duration
	b.ResetTimer()
	next := time.Now()
	for n := 0; n < b.N*200; n++ { // groups of 10 every 10 ms
		changes := make([]world.Change, 0, 10)
		for range 10 {
			changes = append(changes, p.delta(b))
		}
		t := time.Now()
		l.hub.Publish(p.state, changes)
		if n%100 == 99 {
			l.hub.Tick(time.Now(), p.state)
		}
		inLoop += time.Since(t)
		next = next.Add(10 * time.Millisecond)
		time.Sleep(time.Until(next))
	}
	wall := time.Since(begin)
	b.StopTimer()
	b.ReportMetric(100*float64(cpuTime()-before)/float64(wall), "%core")
	b.ReportMetric(100*float64(inLoop)/float64(wall), "%loop")
	b.ReportMetric(float64(l.bytes()-sent)/wall.Seconds()/30/1024, "kB/s/client")
	if st := l.hub.Stats(); len(st.Clients) != 30 || st.Views != 10 {
		b.Fatalf("at the end: %+v", st)
	}
}

func (l *benchLoop) bytes() (n uint64) {
	for _, c := range l.hub.Stats().Clients {
		n += c.Bytes
	}
	return n
}

const drainEnv = "WIRE_DRAIN"

// drain starts a process with n clients that read and throw away.
func drain(b *testing.B, addr string, n int) {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDrainProcess$", "-test.count=1")
	cmd.Env = append(os.Environ(), drainEnv+"="+addr+","+strconv.Itoa(n))
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.Contains(lines.Text(), "FAIL") {
				b.Errorf("clients: %s", lines.Text())
			}
		}
	}()
}

// TestDrainProcess is the other process of BenchmarkFanOut.
func TestDrainProcess(t *testing.T) {
	addr, count, ok := strings.Cut(os.Getenv(drainEnv), ",")
	if !ok {
		t.Skip("only a part of BenchmarkFanOut")
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		d := websocket.Dialer{EnableCompression: true}
		conn, resp, err := d.DialContext(t.Context(), "ws://"+addr, http.Header{"Authorization": {"Bearer " + strconv.Itoa(i%10)}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		defer conn.Close()
		go chatter(conn)
		go func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }(conn.NetConn())
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func chatter(conn *websocket.Conn) {
	conn.EnableWriteCompression(false)
	err := conn.WriteMessage(websocket.TextMessage, []byte(hello))
	for err == nil {
		time.Sleep(time.Second)
		// It says to have got everything, since it does not look.
		ack := message.Up{M: message.Ack, Seq: math.MaxInt64, Got: math.MaxInt64, Sent: world.TimeOf(time.Now())}
		err = conn.WriteMessage(websocket.TextMessage, message.Encode(ack))
	}
}

// BenchmarkPublish is what the loop itself pays for one group of 100 events
// with 10 views.
func BenchmarkPublish(b *testing.B) {
	ids := benchViews()
	p := newProvince(b, 300)
	for range 2000 {
		p.delta(b)
	}
	l := newBenchLoop(b, ids)
	l.hub.begin(p.state)
	for _, id := range ids {
		v, err := viewOf(id, message.Want{})
		if err != nil {
			b.Fatal(err)
		}
		l.hub.stream(v, p.state)
	}
	b.ReportAllocs()
	var spent time.Duration
	events := 0
	changes := make([]world.Change, 100)
	for b.Loop() {
		b.StopTimer()
		for i := range changes {
			changes[i] = p.delta(b)
		}
		b.StartTimer()
		t := time.Now()
		l.hub.Publish(p.state, changes)
		spent += time.Since(t)
		events += len(changes)
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(events), "ns/event")
}

// BenchmarkHubToClient is from Publish to the state of one client that sees
// everything, over loopback in one process: 5,000 vessels, as fast as it goes.
func BenchmarkHubToClient(b *testing.B) {
	p := newProvince(b, 5000)
	l := newBenchLoop(b, []Identity{{User: "0"}})
	client, err := NewClient(ClientOptions{URL: "ws://" + l.srv.Listener.Addr().String(), Token: func() (string, error) { return "0", nil }})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	reached := make(chan uint64, 1)
	wg.Go(func() { _ = client.Run(ctx) })
	wg.Go(func() {
		s := world.New(0)
		for {
			batch, err := client.Next(ctx)
			if err != nil {
				return
			}
			if s, err = s.ApplyBatch(&batch, nil); err != nil {
				b.Error(err)
			}
			select {
			case <-reached:
			default:
			}
			reached <- s.At().Seq
		}
	})
	defer func() { cancel(); wg.Wait() }()
	l.settle(b, p, 1)
	events, before := 0, cpuTime()
	for b.Loop() {
		for range 100 {
			changes := make([]world.Change, 300)
			for i := range changes {
				changes[i] = p.delta(b)
			}
			events += len(changes)
			l.hub.Publish(p.state, changes)
		}
		for at := uint64(0); at < p.state.At().Seq; {
			at = <-reached
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(events), "cpu-ns/event")
}
