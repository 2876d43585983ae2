package demo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"iocwall/geo"
	"iocwall/server/format/aivdm"
)

// fleet moves the province's vessels and sends what a shore receiver would hear
// of them, as AIVDM over TCP, to whoever connects.
type fleet struct {
	listener net.Listener
	encoder  *aivdm.Encoder
	start    time.Time
	vessels  []*vessel

	mu      sync.Mutex
	clients map[net.Conn]chan []byte
	wg      sync.WaitGroup
}

// vessel is one vessel of the fleet.
type vessel struct {
	mmsi          uint32
	name, call    string
	shipType      uint8
	size          aivdm.Dimensions
	destination   string
	classB        bool
	course, knots float64
	at, to        geo.Point
	lane          bool // goes up and down the coast
	patrol        []geo.Point
	lost          bool // falls silent now and then
	leg           int  // of the patrol
	turn          int  // in which second of ten it reports
}

// coast is the coast line from north to south: longitude at a latitude.
var coast = [][2]float64{{17.2, 107.4}, {16.4, 107.95}, {16.15, 108.36}, {15.9, 108.44}, {15.7, 108.57}, {15.5, 108.74}, {15.35, 108.9}, {15.1, 108.99}, {14.4, 109.1}}

func coastAt(lat float64) float64 {
	for i := 1; i < len(coast); i++ {
		if a, b := coast[i-1], coast[i]; lat >= b[0] {
			return b[1] + (a[1]-b[1])*(lat-b[0])/(a[0]-b[0])
		}
	}
	return coast[len(coast)-1][1]
}

func newFleet(n int) (*fleet, error) {
	enc, err := aivdm.NewEncoder("AI", 'A')
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	l, err := loopback()
	if err != nil {
		return nil, err
	}
	f := &fleet{listener: l, encoder: enc, start: time.Now(), clients: map[net.Conn]chan []byte{}}
	rnd := rand.New(rand.NewPCG(574, uint64(n)))
	for i := range n {
		f.vessels = append(f.vessels, newVessel(rnd, i))
	}
	return f, nil
}

func newVessel(rnd *rand.Rand, i int) *vessel {
	v := &vessel{mmsi: 574_100_000 + uint32(i)*37, turn: i % 10}
	switch {
	case i%15 == 3: // a cargo ship on the lane
		v.shipType, v.lane, v.knots = 70, true, 10+4*rnd.Float64()
		v.name, v.size = fmt.Sprintf("TRUONG HAI STAR %d", i), aivdm.Dimensions{Bow: 90, Stern: 20, Port: 10, Starboard: 10}
		v.destination = "CHU LAI"
	case i%60 == 5: // a passenger boat to Cù Lao Chàm
		v.shipType, v.knots, v.name, v.size = 60, 16, fmt.Sprintf("CU LAO CHAM %02d", i), aivdm.Dimensions{Bow: 14, Stern: 6, Port: 2, Starboard: 3}
		v.destination = "CUA DAI"
	case i%50 == 7: // border guard, fisheries surveillance
		v.shipType, v.knots, v.name, v.size = 55, 12, fmt.Sprintf("KIEM NGU %03d", 490+i), aivdm.Dimensions{Bow: 40, Stern: 18, Port: 4, Starboard: 5}
	default:
		v.shipType, v.knots, v.classB = 30, 2+6*rnd.Float64(), i%3 != 0
		v.name, v.size = fmt.Sprintf("QNA %05d TS", 90_000+i*41), aivdm.Dimensions{Bow: 12, Stern: 7, Port: 2, Starboard: 3}
	}
	if i == 0 {
		v.name, v.lost = "QNA 90123 TS", true
	}
	v.call = fmt.Sprintf("XV%04d", i)
	if p := patrols(); i > 0 && i <= len(p) {
		v.patrol, v.knots = p[i-1], 11
		v.leg, v.at, v.to = 1, v.patrol[0], v.patrol[1]
		v.course = geo.Bearing(v.at, v.to)
		return v
	}
	v.at, v.to = v.waypoint(rnd), v.waypoint(rnd)
	return v
}

// patrols are the ways of boats that cross a fence now and then: a corner of the
// reef off Cù Lao Chàm, and the restricted zone off Kỳ Hà.
func patrols() [][]geo.Point {
	return [][]geo.Point{
		{{108.588, 15.945}, {108.566, 15.940}, {108.562, 15.922}, {108.590, 15.925}},
		{{108.930, 15.612}, {108.910, 15.606}, {108.905, 15.632}, {108.932, 15.630}},
	}
}

// waypoint is somewhere at sea: on the lane, or on a fishing ground within some
// eighty nautical miles of the coast, more of them close by.
func (v *vessel) waypoint(rnd *rand.Rand) geo.Point {
	if n := len(v.patrol); n > 0 {
		v.leg = (v.leg + 1) % n
		return v.patrol[v.leg]
	}
	if v.lane {
		lat := 14.5
		if rnd.IntN(2) == 0 {
			lat = 16.9
		}
		return geo.Point{coastAt(lat) + 0.75 + 0.35*rnd.Float64(), lat + 0.2*rnd.Float64()}
	}
	lat := 14.8 + 1.7*rnd.Float64()
	out := rnd.Float64()
	return geo.Point{coastAt(lat) + 0.07 + 1.4*out*out, lat}
}

// sail moves the vessel on for d.
func (v *vessel) sail(rnd *rand.Rand, d time.Duration) {
	left := geo.Distance(v.at, v.to)
	step := v.knots * 1852 / 3600 * d.Seconds()
	if left < max(step, 300) {
		v.to = v.waypoint(rnd)
	}
	want := geo.Bearing(v.at, v.to)
	turn := math.Mod(want-v.course+540, 360) - 180
	v.course = math.Mod(v.course+max(-6, min(6, turn))+360, 360)
	v.at = geo.Destination(v.at, v.course, step)
	// The coast is not straight: who comes too close turns out to sea.
	if v.at[0] < coastAt(v.at[1])+0.03 {
		v.to = geo.Point{coastAt(v.at[1]) + 0.6, v.at[1]}
	}
}

func (f *fleet) addr() string { return f.listener.Addr().String() }

func (f *fleet) close() { _ = f.listener.Close() }

// run moves the fleet and serves those who listen.
func (f *fleet) run(ctx context.Context) error {
	f.wg.Go(f.accept)
	rnd := rand.New(rand.NewPCG(1, 574))
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			f.close()
			f.mu.Lock()
			for c := range f.clients {
				_ = c.Close()
			}
			f.mu.Unlock()
			f.wg.Wait()
			return nil
		case <-t.C:
		}
		for _, v := range f.vessels {
			v.sail(rnd, time.Second)
		}
		f.send(f.second(n))
	}
}

// second returns what is heard in one second: positions every ten seconds, who
// and what a vessel is every minute, and whom it has not yet heard of at once.
func (f *fleet) second(n int) []byte {
	var out []byte
	add := func(m aivdm.Message) {
		if b, err := f.encoder.Append(out, m); err == nil {
			out = b
		}
	}
	// Six minutes of sixteen nothing is heard of one boat.
	silent := (n/60)%16 >= 3 && (n/60)%16 < 9
	for i, v := range f.vessels {
		if v.lost && silent {
			continue
		}
		if n%10 == v.turn || n == 0 {
			add(v.position())
		}
		if n%60 == i%60 || n == 1 {
			v.static(add)
		}
	}
	if n%10 == 0 {
		add(&aivdm.Base{Header: aivdm.Header{Type: 4, MMSI: 5_740_017}, Lon: 108.69, Lat: 15.497, Placed: true, Clock: time.Now().UTC().Truncate(time.Second), Fix: 1})
		add(&aivdm.Aid{Header: aivdm.Header{Type: 21, MMSI: 995_741_001}, Kind: 14, Name: "PHAO SO 0 KY HA", Lon: 108.735, Lat: 15.515, Placed: true, Second: 61})
	}
	return out
}

func (v *vessel) position() aivdm.Message {
	p := &aivdm.Position{
		Header: aivdm.Header{Type: 1, MMSI: v.mmsi}, Lon: v.at[0], Lat: v.at[1], Placed: true, Speed: v.knots, Course: v.course,
		Heading: math.Round(v.course), Turn: aivdm.TurnNotAvailable, Second: uint8(time.Now().Second()), Class: aivdm.ClassA,
	}
	if v.shipType == 30 {
		p.Status = 7
	}
	if v.classB {
		p.Type, p.Class, p.Status = 18, aivdm.ClassB, 15
	}
	return p
}

func (v *vessel) static(add func(aivdm.Message)) {
	if v.classB {
		add(&aivdm.NamePart{Header: aivdm.Header{Type: 24, MMSI: v.mmsi}, Name: v.name})
		add(&aivdm.DetailPart{Header: aivdm.Header{Type: 24, MMSI: v.mmsi}, ShipType: v.shipType, Vendor: "VNT", CallSign: v.call, Dimensions: v.size})
		return
	}
	add(&aivdm.Static{
		Header: aivdm.Header{Type: 5, MMSI: v.mmsi}, CallSign: v.call, Name: v.name, ShipType: v.shipType, Dimensions: v.size,
		Fix: 1, Hour: 24, Minute: 60, Draught: 2.4, Destination: v.destination,
	})
}

func (f *fleet) accept() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return // closed
		}
		out := make(chan []byte, 64)
		f.mu.Lock()
		f.clients[c] = out
		f.mu.Unlock()
		f.wg.Go(func() { f.serve(c, out) })
	}
}

func (f *fleet) serve(c net.Conn, out <-chan []byte) {
	defer func() {
		f.mu.Lock()
		delete(f.clients, c)
		f.mu.Unlock()
		_ = c.Close()
	}()
	gone := make(chan struct{})
	f.wg.Go(func() {
		var b [64]byte
		for {
			if _, err := c.Read(b[:]); err != nil {
				close(gone)
				return
			}
		}
	})
	for {
		select {
		case <-gone:
			return
		case b := <-out:
			_ = c.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}
}

// send hands a second to everybody; who is a minute behind loses it, as on the air.
func (f *fleet) send(b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, out := range f.clients {
		select {
		case out <- b:
		default:
		}
	}
}
