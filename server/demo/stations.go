package demo

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"iocwall/server/format/senml"
)

// broker is the department's MQTT broker with its stations.
type broker struct {
	server   *mqtt.Server
	listener net.Listener
	start    time.Time
}

// guard lets in the one user with the password, and lets it only listen.
type guard struct {
	mqtt.HookBase
	password string
}

// ID names the hook.
func (*guard) ID() string { return "guard" }

// Provides lists what the hook decides.
func (*guard) Provides(b byte) bool { return b == mqtt.OnConnectAuthenticate || b == mqtt.OnACLCheck }

// OnConnectAuthenticate checks user and password.
func (g *guard) OnConnectAuthenticate(_ *mqtt.Client, pk packets.Packet) bool {
	return bytes.Equal(pk.Connect.Username, []byte("iocwall")) && bytes.Equal(pk.Connect.Password, []byte(g.password))
}

// OnACLCheck allows subscriptions only.
func (*guard) OnACLCheck(_ *mqtt.Client, topic string, write bool) bool {
	return !write && strings.HasPrefix(topic, "quantrac/")
}

func newBroker(password string) (*broker, error) {
	l, err := loopback()
	if err != nil {
		return nil, err
	}
	caps := mqtt.NewDefaultServerCapabilities()
	// The broker does not give back the room of a message it held for a client
	// over these limits, and would fall silent towards it in time.
	caps.ReceiveMaximum, caps.MaximumInflight = math.MaxUint16, math.MaxUint16
	b := &broker{
		server:   mqtt.New(&mqtt.Options{InlineClient: true, Capabilities: caps, Logger: slog.New(slog.DiscardHandler)}),
		listener: l, start: time.Now(),
	}
	if err := b.server.AddHook(&guard{password: password}, nil); err != nil {
		return nil, fmt.Errorf("demo: broker: %w", err)
	}
	if err := b.server.AddListener(listeners.NewNet("loopback", l)); err != nil {
		return nil, fmt.Errorf("demo: broker: %w", err)
	}
	return b, nil
}

func (b *broker) addr() string { return b.listener.Addr().String() }

func (b *broker) close() { _ = b.listener.Close() }

// sensor makes the readings of a station at a time after the start.
type sensor struct {
	id string
	// every is how often it sends.
	every time.Duration
	read  func(rnd *rand.Rand, t time.Duration) []senml.Record
}

// run serves and publishes until ctx ends.
func (b *broker) run(ctx context.Context) error {
	if err := b.server.Serve(); err != nil {
		return fmt.Errorf("demo: broker: %w", err)
	}
	defer b.server.Close()
	rnd := rand.New(rand.NewPCG(40, 8))
	sensors := allSensors()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		for i, s := range sensors {
			every := int(s.every / time.Second)
			// Everybody once soon after the start, then in turn.
			if n != 3+i%4 && n%every != i%every {
				continue
			}
			pack, err := senml.Encode(s.read(rnd, time.Since(b.start)))
			if err != nil {
				return fmt.Errorf("demo: station %s: %w", s.id, err)
			}
			if err := b.server.Publish("quantrac/"+s.id+"/senml", pack, false, 1); err != nil {
				return fmt.Errorf("demo: station %s: %w", s.id, err)
			}
		}
	}
}

func record(name, unit string, v float64) senml.Record {
	v = math.Round(v*100) / 100
	return senml.Record{Name: name, Unit: unit, Time: float64(time.Now().UnixMilli()) / 1000, Value: &v}
}

func allSensors() []sensor {
	var out []sensor
	for i := 1; i <= 14; i++ {
		mean := 12 + 9*float64(i%6)
		if i == 13 {
			mean = 62 // the industrial zone
		}
		out = append(out, sensor{fmt.Sprintf("kk-%02d", i), 45 * time.Second, func(rnd *rand.Rand, t time.Duration) []senml.Record {
			pm := max(2, mean+6*math.Sin(t.Minutes()/9+float64(i))+2*rnd.NormFloat64())
			return []senml.Record{record("pm2.5", "ug/m3", pm), record("aqi", "", math.Round(aqi(pm)))}
		}})
	}
	for i := 1; i <= 12; i++ {
		mean := 70 + 3*float64(i%8)
		if i == 1 {
			mean = 27 // below the outlet of the industrial zone
		}
		out = append(out, sensor{fmt.Sprintf("nuoc-%02d", i), 45 * time.Second, func(rnd *rand.Rand, t time.Duration) []senml.Record {
			v := mean + 6*math.Sin(t.Minutes()/6+float64(i)) + rnd.NormFloat64()
			return []senml.Record{record("wqi", "", math.Round(max(5, min(99, v))))}
		}})
	}
	for i := 1; i <= 9; i++ {
		out = append(out, sensor{fmt.Sprintf("muc-nuoc-%02d", i), 20 * time.Second, func(rnd *rand.Rand, t time.Duration) []senml.Record {
			level := 1.1 + 0.25*float64(i%4) + 0.2*math.Sin(t.Minutes()/12+float64(i)) + 0.01*rnd.NormFloat64()
			if i == 1 {
				level = flood(t) + 0.005*rnd.NormFloat64()
			}
			return []senml.Record{record("level", "m", level)}
		}})
	}
	for i := 1; i <= 5; i++ {
		out = append(out, sensor{fmt.Sprintf("kt-%02d", i), 45 * time.Second, func(rnd *rand.Rand, t time.Duration) []senml.Record {
			return []senml.Record{
				record("temperature", "Cel", 24.5-0.8*float64(i%3)+math.Sin(t.Hours())+0.1*rnd.NormFloat64()),
				record("wind", "m/s", max(0, 5+float64(i)+1.5*rnd.NormFloat64())),
			}
		}})
	}
	return out
}

// flood is the river at Câu Lâu: a wave of half an hour from 1.6 m to 4.3 m and
// back, above alarm level 3 (4.00 m) for some minutes, with the crest eight
// minutes after the start.
func flood(t time.Duration) float64 {
	phase := math.Mod(t.Minutes(), 30)
	d := (phase - 8) / 5
	if phase > 8 {
		d = (phase - 8) / 8
	}
	return 1.6 + 2.7*math.Exp(-d*d)
}

// aqi is the station's own hourly index of PM2.5 (Decision 1459/QĐ-TCMT), as
// such stations send it; the server computes its own where the law asks for it.
func aqi(pm float64) float64 {
	index := []float64{0, 50, 100, 150, 200, 300, 400, 500}
	points := []float64{0, 25, 50, 80, 150, 250, 350, 500}
	for i := 1; i < len(points); i++ {
		if pm <= points[i] {
			return index[i-1] + (index[i]-index[i-1])*(pm-points[i-1])/(points[i]-points[i-1])
		}
	}
	return 500
}
