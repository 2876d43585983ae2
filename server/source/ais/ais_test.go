package ais

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
	"iocwall/server/format/aivdm"
	"iocwall/server/source"
	"iocwall/server/source/sourcetest"
	"iocwall/server/world"
)

// ships returns sentences of n different ships from number first on.
func ships(t testing.TB, first, n int) []byte {
	t.Helper()
	e, err := aivdm.NewEncoder("AI", 'A')
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for i := first; i < first+n; i++ {
		m := &aivdm.Position{
			Header: aivdm.Header{Type: 1, MMSI: 574000001 + uint32(i)}, Lon: 108.5, Lat: 15.5, Placed: true,
			Speed: 7, Course: 90, Heading: aivdm.NotAvailable, Class: aivdm.ClassA,
		}
		if out, err = e.Append(out, m); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

const (
	broken = "connect: nowhere\nlisten: 0.0.0.0:70000\nallow: [everybody]\nsilence: 5ms\nclients: 0\nspeed: -1\nrate: 0\ntimes: guessed\n"
)

var brokenPaths = []string{"connect", "listen", "allow[0]", "silence", "clients", "speed", "rate", "times"}

func TestConnectConforms(t *testing.T) {
	sourcetest.Suite{Kind: Kind(), Broken: broken, Paths: brokenPaths, Open: func(t *testing.T) sourcetest.Peer {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		conns := make(chan net.Conn, 1)
		go func() {
			if c, err := l.Accept(); err == nil {
				conns <- c
			}
		}()
		c := defaults()
		c.Connect = l.Addr().String()
		return peer(t, c, func() net.Conn {
			t.Cleanup(func() { l.Close() })
			return <-conns
		})
	}}.Run(t)
}

func TestListenConforms(t *testing.T) {
	sourcetest.Suite{Kind: Kind(), Broken: broken, Paths: brokenPaths, Open: func(t *testing.T) sourcetest.Peer {
		c := defaults()
		c.Listen = freePort(t, "tcp")
		return peer(t, c, func() net.Conn { return dial(t, "tcp", c.Listen) })
	}}.Run(t)
}

func TestDatagramsConform(t *testing.T) {
	sourcetest.Suite{Kind: Kind(), Broken: broken, Paths: brokenPaths, Open: func(t *testing.T) sourcetest.Peer {
		c := defaults()
		c.UDP = freePort(t, "udp")
		return peer(t, c, func() net.Conn { return dial(t, "udp", c.UDP) })
	}}.Run(t)
}

// peer sends over a connection that is made at the first use.
func peer(t *testing.T, c *Config, connect func() net.Conn) sourcetest.Peer {
	var conn net.Conn
	sent := 0
	write := func(data []byte) error {
		if conn == nil {
			conn = connect()
			t.Cleanup(func() { conn.Close() })
		}
		for len(data) > 0 { // datagrams of one sentence each
			n := bytes.IndexByte(data, '\n') + 1
			if c.UDP == "" {
				n = len(data)
			}
			if _, err := conn.Write(data[:n]); err != nil {
				return err
			}
			data = data[n:]
		}
		return nil
	}
	return sourcetest.Peer{
		Config: c,
		Send: func(n int) error {
			data := ships(t, sent, n)
			sent += n
			return write(data)
		},
		Garbage: func() error {
			return write([]byte("GET / HTTP/1.1\r\n\x00\xff\xfe\r\n!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*00\r\n"))
		},
	}
}

func freePort(t testing.TB, network string) string {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().String()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func dial(t testing.TB, network, address string) net.Conn {
	t.Helper()
	c, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// run starts a source and returns its sink and how it ends.
func run(t testing.TB, c *Config) (*sourcetest.Sink, <-chan error, context.CancelFunc) {
	t.Helper()
	for _, p := range c.Validate() {
		t.Fatalf("configuration: %s", p)
	}
	src, err := c.New(source.Env{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	sink, done := sourcetest.NewSink(), make(chan error, 1)
	go func() { done <- src.Run(ctx, sink) }()
	return sink, done, stop
}

func TestOneReceiverDoesNotHarmAnother(t *testing.T) {
	c := defaults()
	c.Listen, c.Clients = freePort(t, "tcp"), 2
	sink, done, stop := run(t, c)
	sink.WaitReady(t)
	one, two := dial(t, "tcp", c.Listen), dial(t, "tcp", c.Listen)
	// Two parts from two receivers do not make a message.
	parts := bytes.SplitAfter([]byte("!AIVDM,2,1,9,B,55R3Vn82=ILTQ3KKS>1<D60Dq@E918U<F222221J1`?164vc03S1CCAD,0*2A\r\n!AIVDM,2,2,9,B,`88888888888880,2*76\r\n"), []byte("\n"))
	one.Write(parts[0])
	one.Write(bytes.Repeat([]byte("x"), 3*readBuffer))
	one.Write([]byte("\r\n"))
	sink.Wait(t, "the long line's rejection", func(_ []world.Observation, rs []sourcetest.Rejection) bool { return len(rs) == 1 })
	two.Write(parts[1])
	two.Write(ships(t, 0, 1))
	sink.WaitFor(t, 1)
	three := dial(t, "tcp", c.Listen)
	if _, err := three.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the third receiver was not sent away: %v", err)
	}
	one.Close()
	two.Write(ships(t, 1, 1))
	sink.WaitFor(t, 2)
	for _, o := range sink.Observations() {
		if _, ok := o.Body.(world.VesselPosition); !ok {
			t.Errorf("%T came out", o.Body)
		}
	}
	stop()
	<-done
}

func TestStrangersAreSentAway(t *testing.T) {
	c := defaults()
	c.Listen, c.Allow = freePort(t, "tcp"), []string{"192.0.2.0/24"}
	sink, _, _ := run(t, c)
	sink.WaitReady(t)
	if _, err := dial(t, "tcp", c.Listen).Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("a stranger may talk: %v", err)
	}
	d := defaults()
	d.UDP, d.Allow = freePort(t, "udp"), []string{"192.0.2.0/24"}
	lossy, _, _ := run(t, d)
	lossy.WaitReady(t)
	dial(t, "udp", d.UDP).Write(ships(t, 0, 1))
	for _, s := range []*sourcetest.Sink{sink, lossy} {
		s.Wait(t, "the rejection", func(_ []world.Observation, rs []sourcetest.Rejection) bool { return len(rs) == 1 })
		if err := s.Rejections()[0].Err; !strings.Contains(err.Error(), "allow") {
			t.Errorf("rejected with %v", err)
		}
	}
}

func TestKernelDropsAreCounted(t *testing.T) {
	c := defaults()
	c.UDP = freePort(t, "udp")
	sink, _, _ := run(t, c)
	sink.WaitReady(t)
	sink.Hold()
	conn := dial(t, "udp", c.UDP)
	padding := bytes.Repeat([]byte("#"), 4000)
	line := ships(t, 0, 1)
	const sent = 8000 // 32 MB, more than queue and socket buffer hold
	for range sent {
		conn.Write(append(append([]byte(nil), line...), padding...))
	}
	sink.Release()
	// Only what comes after a drop tells of it.
	sink.WaitFor(t, 1)
	all := uint64(sent)
	for guard := time.Now().Add(sourcetest.Guard); sink.LostCount() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(guard) {
			t.Skip("this kernel's buffers held everything")
		}
		conn.Write(line)
		all++
	}
	if lost := sink.LostCount(); lost > all {
		t.Errorf("%d of %d datagrams lost", lost, all)
	}
}

func TestSilenceEndsTheConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := defaults()
	c.Connect, c.Silence = l.Addr().String(), time.Second
	_, done, _ := run(t, c)
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "nothing heard") {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(sourcetest.Guard):
		t.Error("waits for ever")
	}
}

func write(t testing.TB, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "log.nmea")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// replayed plays a log under a fake clock and returns when each observation came.
func replayed(t *testing.T, c *Config, n int) (took []time.Duration, got []world.Observation) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		src, err := c.New(source.Env{})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		sink := &clocked{Sink: sourcetest.NewSink(), full: stop, want: n, put: func(k int) {
			for range k {
				took = append(took, time.Since(begun))
			}
		}}
		if err := src.Run(ctx, sink); err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		got = sink.Observations()
	})
	return took, got
}

type clocked struct {
	*sourcetest.Sink
	want int
	full func()
	put  func(n int)
}

func (c *clocked) Put(ctx context.Context, obs ...world.Observation) error {
	c.put(len(obs))
	err := c.Sink.Put(ctx, obs...)
	if len(c.Observations()) >= c.want {
		c.full()
	}
	return err
}

func TestReplay(t *testing.T) {
	one := strings.TrimSpace(string(ships(t, 0, 1)))
	timed := write(t, "# a log", one+",1700000000", one+",1700000060", "junk", one+",1700000120", one+",1800000000", one)
	plain := write(t, one, one, one)
	seconds := func(s ...float64) (out []time.Duration) {
		for _, x := range s {
			out = append(out, time.Duration(x*float64(time.Second)))
		}
		return out
	}
	for name, c := range map[string]struct {
		change func(c *Config)
		want   []time.Duration
		first  world.Time
	}{
		"real time":       {func(c *Config) { c.File = timed }, seconds(0, 60, 120, 120, 120), 0},
		"ten times":       {func(c *Config) { c.File, c.Speed = timed, 10 }, seconds(0, 6, 12, 12, 12), 0},
		"at once":         {func(c *Config) { c.File, c.Speed = timed, 0 }, seconds(0, 0, 0, 0, 0), 0},
		"recorded times":  {func(c *Config) { c.File, c.Speed, c.Times = timed, 0, timesRecorded }, seconds(0, 0, 0, 0, 0), 1_700_000_000_000},
		"no times":        {func(c *Config) { c.File, c.Rate = plain, 2 }, seconds(0.5, 1, 1.5), 0},
		"no times, twice": {func(c *Config) { c.File, c.Rate, c.Speed = plain, 2, 2 }, seconds(0.25, 0.5, 0.75), 0},
		"loop":            {func(c *Config) { c.File, c.Loop, c.Rate = plain, true, 2 }, seconds(0.5, 1, 1.5, 2, 2.5), 0},
	} {
		t.Run(name, func(t *testing.T) {
			conf := defaults()
			c.change(conf)
			took, got := replayed(t, conf, len(c.want))
			if !reflect.DeepEqual(took, c.want) {
				t.Errorf("came after %v, want %v", took, c.want)
			}
			// The fake clock starts in 2000: the log's times are ahead of it,
			// so they count only where the log is asked for them.
			if len(got) == 0 || got[0].Time != 0 && c.first == 0 {
				t.Errorf("observations %v", got)
			}
		})
	}
	t.Run("no sentences", func(t *testing.T) {
		conf := defaults()
		conf.File, conf.Loop = write(t, "nothing", "here"), true
		_, done, _ := run(t, conf)
		if err := <-done; !source.IsFatal(err) {
			t.Errorf("ended with %v", err)
		}
	})
	t.Run("no file", func(t *testing.T) {
		conf := defaults()
		conf.File = filepath.Join(t.TempDir(), "none")
		_, done, _ := run(t, conf)
		if err := <-done; !errors.Is(err, os.ErrNotExist) || source.IsFatal(err) {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestLogs plays whole logs as fast as possible: our own fixture, and one that
// others recorded where it is there.
func TestLogs(t *testing.T) {
	for name, c := range map[string]struct {
		file          string
		least, refuse int
	}{
		"synthetic": {filepath.Join("..", "..", "format", "aivdm", "testdata", "synthetic.nmea"), 15, 7},
		"recorded":  {filepath.Join("..", "..", "..", "..", "shared", "testdata", "ais", "gpsd-ais-nmea.log"), 160, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(c.file); errors.Is(err, os.ErrNotExist) && name == "recorded" {
				t.Skip("the recorded log is not here; the synthetic one covers the same paths")
			}
			conf := defaults()
			conf.File, conf.Speed = c.file, 0
			sink, done, _ := run(t, conf)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if got, rejects := sink.Observations(), sink.Rejections(); len(got) < c.least || len(rejects) != c.refuse {
				t.Errorf("%d observations, %d skipped, %d rejections %v", len(got), sink.Skipped(), len(rejects), rejects)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	one := strings.TrimSpace(string(ships(t, 0, 1)))
	now := time.Now()
	sink := sourcetest.NewSink()
	for _, c := range []struct {
		name    string
		arrival bool
		behind  time.Duration
		want    world.Time
	}{
		{"received a minute ago", false, time.Minute, world.TimeOf(now.Add(-time.Minute).Truncate(time.Second))},
		{"clock ahead a little", false, -30 * time.Second, world.TimeOf(now.Add(30 * time.Second).Truncate(time.Second))},
		{"clock ahead", false, -time.Hour, 0},
		{"arrival", true, time.Minute, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := (&feed{config: defaults()}).stream(sink)
			s.arrival = c.arrival
			s.line(fmt.Appendf(nil, "%s,%d\r\n", one, now.Add(-c.behind).Unix()))
			if len(s.batch) != 1 || s.batch[0].Time != c.want {
				t.Errorf("%+v, want time %v", s.batch, c.want)
			}
		})
	}
}

func TestObserve(t *testing.T) {
	ship := func(kind uint8) aivdm.Header { return aivdm.Header{Type: kind, MMSI: 1234567} }
	const id = "001234567"
	at := geo.Pt(108.5, 15.5)
	for name, c := range map[string]struct {
		m    aivdm.Message
		want []world.Body
	}{
		"position": {
			&aivdm.Position{Header: ship(1), Lon: 108.5, Lat: 15.5, Placed: true, Speed: -1, Course: -1, Heading: -1, Status: 7, Class: "A"},
			[]world.Body{world.VesselPosition{MMSI: id, Pos: at, Speed: -1, Course: -1, Heading: -1, Status: 7, Class: "A"}},
		},
		"no position": {&aivdm.Position{Header: ship(1)}, nil},
		"long class B": {
			&aivdm.Extended{Position: aivdm.Position{Header: ship(19)}, Name: "A", ShipType: 30, Dimensions: aivdm.Dimensions{Bow: 1}},
			[]world.Body{world.VesselStatic{
				MMSI: id, Class: "B", Name: &world.VesselName{Name: "A"},
				Particulars: &world.VesselParticulars{ShipType: 30, Category: world.VesselFishing, Bow: 1},
			}},
		},
		"static": {
			&aivdm.Static{Header: ship(5), IMO: 9, CallSign: "C", ShipType: 80, Month: 2, Day: 30, Hour: 24, Destination: "D", Draught: 2.5},
			[]world.Body{world.VesselStatic{
				MMSI: id, Class: "A", Particulars: &world.VesselParticulars{CallSign: "C", IMO: 9, ShipType: 80, Category: world.VesselCargo},
				Voyage: &world.VesselVoyage{Destination: "D", ETA: "02-30", Draught: 2.5},
			}},
		},
		"name":    {&aivdm.NamePart{Header: ship(24), Name: "N"}, []world.Body{world.VesselStatic{MMSI: id, Class: "B", Name: &world.VesselName{Name: "N"}}}},
		"no name": {&aivdm.NamePart{Header: ship(24)}, nil},
		"tender": {
			&aivdm.DetailPart{Header: ship(24), Mothership: 7654321, ShipType: 55},
			[]world.Body{world.VesselStatic{
				MMSI: id, Class: "B",
				Particulars: &world.VesselParticulars{ShipType: 55, Category: world.VesselPublic, Mothership: "007654321"},
			}},
		},
		"aid": {
			&aivdm.Aid{Header: ship(21), Kind: 30, Name: "B", Lon: 108.5, Lat: 15.5, Placed: true, OffPosition: true},
			[]world.Body{world.AidReport{MMSI: id, Name: "B", Pos: at, Type: 30, OffPosition: true}},
		},
		"base": {
			&aivdm.Base{Header: ship(4), Lon: 108.5, Lat: 15.5, Placed: true, Clock: time.UnixMilli(1000)},
			[]world.Body{world.BaseReport{MMSI: id, Pos: at, Clock: 1000}},
		},
		"a ship says what time it is": {&aivdm.Base{Header: aivdm.Header{Type: 11, MMSI: 574000001}, Placed: true}, nil},
		"not used":                    {&aivdm.Other{Header: ship(8)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []world.Body
			for _, o := range observe(nil, c.m, 5) {
				if o.Time != 5 {
					t.Errorf("time %v", o.Time)
				}
				got = append(got, o.Body)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestCategory(t *testing.T) {
	for shipType, want := range map[uint8]world.VesselCategory{
		0: world.VesselOther, 29: world.VesselOther, 30: world.VesselFishing, 31: world.VesselOther, 35: world.VesselPublic,
		36: world.VesselOther, 50: world.VesselPublic, 55: world.VesselPublic, 59: world.VesselPublic, 60: world.VesselPassenger,
		69: world.VesselPassenger, 70: world.VesselCargo, 89: world.VesselCargo, 90: world.VesselOther, 255: world.VesselOther,
	} {
		if got := Category(shipType); got != want {
			t.Errorf("ship type %d is %s, want %s", shipType, got, want)
		}
	}
}

func TestSeveralSentencesInALine(t *testing.T) {
	one := strings.TrimSpace(string(ships(t, 0, 1)))
	for name, c := range map[string]struct {
		line         string
		got, rejects int
	}{
		"two":                 {one + one, 2, 0},
		"two with epochs":     {one + ",1700000000 " + one + ",1700000000", 2, 0},
		"damaged, then good":  {"!AIVDM,1,1,,A,x*00" + one, 1, 1},
		"cut off, then good":  {one[:20] + one, 1, 0},
		"other, then good":    {"$GPVTG,,T,,M,0.020,N,0.038,K,A*2A" + one, 1, 0},
		"damaged tag":         {`\s:x*00\` + one, 1, 1},
		"damaged and damaged": {"!AIVDM,1,1,,A,x*00!AIVDM,1,1,,A,x*00", 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			sink := sourcetest.NewSink()
			s := (&feed{config: defaults()}).stream(sink)
			s.line([]byte(c.line))
			if len(s.batch) != c.got || len(sink.Rejections()) != c.rejects {
				t.Errorf("%d observations, %v", len(s.batch), sink.Rejections())
			}
		})
	}
}

func FuzzStream(f *testing.F) {
	f.Add(ships(f, 0, 2))
	f.Add([]byte("!AIVDM,2,1,9,B,55R3Vn82=ILTQ3KKS>1<D60Dq@E918U<F222221J1`?164vc03S1CCAD,0*2A\r\n!AIVDM,2,2,9,B,`88888888888880,2*76"))
	f.Add([]byte(`\s:x*00\!*00!*00` + "\n\n#\n$GP*"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := (&feed{config: defaults()}).stream(sourcetest.NewSink())
		if err := s.read(context.Background(), bytes.NewReader(data)); !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	})
}

// counting is a sink that costs nothing.
type counting struct{ n int }

func (c *counting) Ready()               {}
func (c *counting) Reject([]byte, error) {}
func (c *counting) Skip(uint64)          {}
func (c *counting) Lost(uint64)          {}

func (c *counting) Put(_ context.Context, obs ...world.Observation) error {
	c.n += len(obs)
	return nil
}

// BenchmarkRead reads sentences from a stream to observations: what a sentence
// costs this source.
func BenchmarkRead(b *testing.B) {
	data := ships(b, 0, 1000)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		sink := &counting{}
		if err := (&feed{config: defaults()}).stream(sink).read(context.Background(), bytes.NewReader(data)); !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
		n += sink.n
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/sentence")
}
