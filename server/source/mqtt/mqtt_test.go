package mqtt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	broker "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"

	"iocwall/server/source"
	"iocwall/server/source/sourcetest"
	"iocwall/server/world"
)

// serve runs a broker on an address, "127.0.0.1:0" for any, and returns it and
// its address. Only the user "iocwall" with "hush" may come in, and only topics
// that do not begin with "secret" may be read.
func serve(t testing.TB, address string) (*broker.Server, string) {
	t.Helper()
	// The broker never gives back the room of a message it had to hold until
	// others were acknowledged, so the room must be more than a test sends.
	room := broker.NewDefaultServerCapabilities()
	room.ReceiveMaximum, room.MaximumInflight = 65535, 65535
	b := broker.New(&broker.Options{InlineClient: true, Capabilities: room, Logger: slog.New(slog.DiscardHandler)})
	ledger := &auth.Ledger{
		Auth: auth.AuthRules{{Username: "iocwall", Password: "hush", Allow: true}, {Client: "inline", Allow: true}},
		ACL:  auth.ACLRules{{Username: "iocwall", Filters: auth.Filters{"secret/#": auth.Deny}}},
	}
	if err := b.AddHook(new(auth.Hook), &auth.Options{Ledger: ledger}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.AddListener(listeners.NewNet("test", l)); err != nil {
		t.Fatal(err)
	}
	if err := b.Serve(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, b) })
	return b, l.Addr().String()
}

// shut ends a broker, once: a second time it panics.
func shut(t testing.TB, b *broker.Server) {
	defer func() { _ = recover() }()
	if err := b.Close(); err != nil {
		t.Log(err)
	}
}

var hush = source.Env{Name: "air", Lookup: func(name string) (string, bool) { return "hush", name == "PASS" }}

func config(address string, version, qos int) *Config {
	c := defaults()
	c.Broker, c.Version, c.User, c.Password = "mqtt://"+address, version, "iocwall", "env:PASS"
	c.Topics = []Topic{{Topic: "env/{station}/senml", QoS: &qos}}
	return c
}

const broken = `
broker: http://me:hunter2@broker/x
version: 4
password: hunter2
tls: {cert: a.pem}
keepalive: 5ms
session: -1s
topics:
  - {topic: "a/#/b", qos: 3, retained: maybe}
  - {topic: "a/b{x}/c"}
  - {topic: "a/{x}", name: "{quantity}"}
  - {topic: "a/+", station: fixed, quantity: "{nowhere}"}
`

var brokenPaths = []string{
	"broker", "version", "password", "user", "tls", "keepalive", "session", "topics[0].topic", "topics[0].qos", "topics[0].retained",
	"topics[1].topic", "topics[2].station", "topics[3].quantity",
}

func TestConforms(t *testing.T) {
	for _, c := range []struct {
		name         string
		version, qos int
	}{{"5 at qos 1", 5, 1}, {"5 at qos 2", 5, 2}, {"5 at qos 0", 5, 0}, {"3 at qos 1", 3, 1}, {"3 at qos 2", 3, 2}, {"3 at qos 0", 3, 0}} {
		t.Run(c.name, func(t *testing.T) {
			sourcetest.Suite{Kind: Kind(), Flood: window / 4, Peer: "github.com/mochi-mqtt/", Broken: broken, Paths: brokenPaths, Open: func(t *testing.T) sourcetest.Peer {
				b, address := serve(t, "127.0.0.1:0")
				n := 0
				return sourcetest.Peer{
					Config: config(address, c.version, c.qos), Env: hush,
					Send: func(k int) error {
						for range k {
							n++
							if err := b.Publish(fmt.Sprintf("env/tram-%d/senml", n), []byte(`[{"n":"pm2.5","u":"ug/m3","v":41}]`), false, byte(c.qos)); err != nil {
								return err
							}
						}
						return nil
					},
					Garbage: func() error {
						for _, p := range []string{`{"n":`, `[{"n":"label","vs":"x"}]`, "\x00\xff", strings.Repeat("x", maxPayload)} {
							if err := b.Publish("env/bad/senml", []byte(p), false, byte(c.qos)); err != nil {
								return err
							}
						}
						return nil
					},
				}
			}}.Run(t)
		})
	}
}

// run starts a source and returns its sink, how it ends and how to end it.
func run(t testing.TB, c *Config) (*sourcetest.Sink, <-chan error, context.CancelFunc) {
	t.Helper()
	for _, p := range c.Validate() {
		t.Fatalf("configuration: %s", p)
	}
	src, err := c.New(hush)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	sink, done := sourcetest.NewSink(), make(chan error, 1)
	go func() { done <- src.Run(ctx, sink) }()
	return sink, done, stop
}

func TestWhatWasNotStoredComesAgain(t *testing.T) {
	for _, version := range []int{5, 3} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			b, address := serve(t, "127.0.0.1:0")
			c := config(address, version, 1)
			sink, done, _ := run(t, c)
			sink.WaitReady(t)
			sink.Fail(errors.New("disk full"))
			if err := b.Publish("env/tram-1/senml", []byte(`[{"n":"level","v":4.12}]`), false, 1); err != nil {
				t.Fatal(err)
			}
			if err := <-done; err == nil || err.Error() != "disk full" {
				t.Fatalf("ended with %v", err)
			}
			again, _, _ := run(t, c)
			again.WaitFor(t, 1)
			if r, ok := again.Observations()[0].Body.(world.Reading); !ok || r.Value != 4.12 || r.Station != "tram-1" || r.Quantity != "level" {
				t.Errorf("%+v", again.Observations()[0])
			}
			// What was stored is acknowledged, and so is what the broker sends again: it may enter a message among those
			// under way only after our answer to it has come.
			began, sent := time.Now(), time.Now()
			for {
				client, ok := b.Clients.Get("iocwall-air")
				switch {
				case !ok:
					t.Fatal("the broker does not know the client")
				case client.State.Inflight.Len() == 0:
					return
				case time.Since(began) > sourcetest.Guard:
					t.Fatalf("%d messages are still not acknowledged", client.State.Inflight.Len())
				case time.Since(sent) > time.Second:
					sent = time.Now()
					if err := client.ResendInflightMessages(true); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
}

func TestBrokerRestart(t *testing.T) {
	for _, version := range []int{5, 3} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			b, address := serve(t, "127.0.0.1:0")
			c := config(address, version, 1)
			sink, done, _ := run(t, c)
			sink.WaitReady(t)
			shut(t, b)
			select {
			case err := <-done:
				if err == nil || source.IsFatal(err) {
					t.Fatalf("ended with %v", err)
				}
			case <-time.After(sourcetest.Guard):
				t.Fatal("does not notice that the broker is gone")
			}
			if _, done, _ = run(t, c); <-done == nil {
				t.Error("no error without a broker")
			}
			b, _ = serve(t, address)
			sink, _, _ = run(t, c)
			sink.WaitReady(t)
			if err := b.Publish("env/tram-1/senml", []byte(`[{"n":"level","v":1}]`), false, 1); err != nil {
				t.Fatal(err)
			}
			sink.WaitFor(t, 1)
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, version := range []int{5, 3} {
		_, address := serve(t, "127.0.0.1:0")
		for name, change := range map[string]func(c *Config){
			"login": func(c *Config) { c.User = "stranger" },
			"topic": func(c *Config) { c.Topics = append(c.Topics, Topic{Topic: "secret/{station}"}) },
		} {
			t.Run(fmt.Sprintf("%s by %d", name, version), func(t *testing.T) {
				c := config(address, version, 1)
				change(c)
				_, done, _ := run(t, c)
				select {
				case err := <-done:
					if !source.IsFatal(err) || strings.Contains(err.Error(), "hush") {
						t.Errorf("ended with %v; it should be fatal", err)
					}
				case <-time.After(sourcetest.Guard):
					t.Error("goes on")
				}
			})
		}
	}
}

func TestRetained(t *testing.T) {
	for _, version := range []int{5, 3} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			b, address := serve(t, "127.0.0.1:0")
			for topic, payload := range map[string]string{
				"env/timed/senml": `[{"n":"level","v":1,"t":1700000000}]`,
				"env/old/senml":   `[{"n":"level","v":2}]`,
			} {
				if err := b.Publish(topic, []byte(payload), true, 1); err != nil {
					t.Fatal(err)
				}
			}
			sink, _, _ := run(t, config(address, version, 1))
			sink.Wait(t, "both", func(got []world.Observation, rs []sourcetest.Rejection) bool { return len(got) == 1 && len(rs) == 1 })
			o := sink.Observations()[0]
			if r, ok := o.Body.(world.Reading); !ok || r.Station != "timed" || o.Time != 1_700_000_000_000 {
				t.Errorf("%+v", o)
			}
			if !errors.Is(sink.Rejections()[0].Err, errOld) {
				t.Errorf("%v", sink.Rejections()[0].Err)
			}
		})
	}
}

func TestQoS0CountsWhatIsLost(t *testing.T) {
	b, address := serve(t, "127.0.0.1:0")
	c := config(address, 5, 0)
	if !c.Lossy() || config(address, 5, 1).Lossy() {
		t.Error("QoS 0 is lossy, QoS 1 is not")
	}
	sink, _, _ := run(t, c)
	sink.WaitReady(t)
	sink.Hold()
	const sent = 3 * window
	for range sent {
		if err := b.Publish("env/a/senml", []byte(`[{"n":"level","v":1}]`), false, 0); err != nil {
			t.Fatal(err)
		}
	}
	sink.Wait(t, "losses", func([]world.Observation, []sourcetest.Rejection) bool { return true })
	for guard := time.Now().Add(sourcetest.Guard); sink.LostCount() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(guard) {
			t.Fatal("nothing is counted as lost")
		}
	}
	sink.Release()
	guard := time.Now().Add(sourcetest.Guard)
	for uint64(len(sink.Observations()))+sink.LostCount() < sent {
		if time.Now().After(guard) {
			t.Fatalf("%d stored and %d lost of %d", len(sink.Observations()), sink.LostCount(), sent)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestReadings(t *testing.T) {
	now := time.Date(2025, 7, 1, 12, 0, 0, 0, time.UTC)
	at := world.TimeOf(now)
	for name, c := range map[string]struct {
		topic   Topic
		on      string
		payload string
		want    []world.Reading
		times   []world.Time
		rejects []string
	}{
		"name convention": {
			Topic{Topic: "senml"},
			"senml", `[{"bn":"urn:dev:mac:0024befffe804ff1:tram-01:","n":"PM2.5","u":"ug/m3","v":41},{"n":"temperature","u":"Cel","v":31.5}]`,
			[]world.Reading{{Station: "tram-01", Quantity: "pm2.5", Value: 41, Unit: "ug/m3"}, {Station: "tram-01", Quantity: "temperature", Value: 31.5, Unit: "Cel"}},
			nil, nil,
		},
		"topic with both": {
			Topic{Topic: "{district}/{station}/{quantity}", Station: "{district}-{station}", Quantities: map[string]string{"PM25": "pm2.5"}},
			"hoian/7/PM25",
			`[{"n":"whatever","v":1}]`,
			[]world.Reading{{Station: "hoian-7", Quantity: "pm2.5", Value: 1}},
			nil, nil,
		},
		"name pattern": {
			Topic{Topic: "a/#", Name: "urn:dev:{*}/{station}_{what}", Quantity: "{what}"},
			"a/b/c", `[{"n":"urn:dev:x:1:s1_level","v":4}]`,
			nil, nil,
			[]string{"does not fit"},
		},
		"name pattern that fits": {
			Topic{Topic: "a/#", Name: "urn:dev:{*}/{station}:{what}", Quantity: "{what}"},
			"a", `[{"n":"urn:dev:x:1/s1:level","v":4}]`,
			[]world.Reading{{Station: "s1", Quantity: "level", Value: 4}},
			nil, nil,
		},
		"one station": {
			Topic{Topic: "mast", Station: "caulau"},
			"mast", `[{"n":"level","u":"m","v":4.12}]`,
			[]world.Reading{{Station: "caulau", Quantity: "level", Value: 4.12, Unit: "m"}},
			nil, nil,
		},
		"kinds of value": {
			Topic{Topic: "{station}"},
			"s", `[{"n":"open","vb":true},{"n":"shut","vb":false},{"n":"rain","s":12.5,"v":2},{"n":"label","vs":"x"},{"n":"d","vd":""}]`,
			[]world.Reading{
				{Station: "s", Quantity: "open", Value: 1},
				{Station: "s", Quantity: "shut"},
				{Station: "s", Quantity: "rain", Value: 2},
				{Station: "s", Quantity: "rain.sum", Value: 12.5},
			},
			nil,
			[]string{"label: a text or data", "d: a text or data"},
		},
		"times": {
			Topic{Topic: "{station}"},
			"s", `[{"n":"a","v":1},{"n":"b","v":1,"t":-60},{"n":"c","v":1,"t":1751371140},{"n":"d","v":1,"t":1800000000},{"n":"e","v":1,"t":30}]`,
			[]world.Reading{
				{Station: "s", Quantity: "a", Value: 1},
				{Station: "s", Quantity: "b", Value: 1},
				{Station: "s", Quantity: "c", Value: 1},
				{Station: "s", Quantity: "e", Value: 1},
			},
			[]world.Time{0, at - 60_000, at - 60_000, at + 30_000},
			[]string{"d: its time is in the future"},
		},
		"bad record between good ones": {
			Topic{Topic: "{station}"},
			"s", `[{"n":"a","v":1},{"n":"b"},{"n":"c","v":1}]`,
			[]world.Reading{{Station: "s", Quantity: "a", Value: 1}, {Station: "s", Quantity: "c", Value: 1}},
			nil,
			[]string{"record 2: no value"},
		},
		"names that are no text": {
			Topic{Topic: "{station}"},
			"a\xff", `[{"n":"a","v":1}]`, nil, nil,
			[]string{"no UTF-8"},
		},
		"not SenML": {Topic{Topic: "{station}"}, "s", `41`, nil, nil, []string{"JSON array"}},
	} {
		t.Run(name, func(t *testing.T) {
			if ps := c.topic.check("topic"); len(ps) > 0 {
				t.Fatalf("topic: %s", ps[0])
			}
			var rejects []string
			obs := newRoute(&c.topic).read(&message{topic: c.on, payload: []byte(c.payload)}, now, func(_ []byte, err error) { rejects = append(rejects, err.Error()) })
			if len(obs) != len(c.want) || len(rejects) != len(c.rejects) {
				t.Fatalf("%d readings, rejected %q", len(obs), rejects)
			}
			for i, want := range c.want {
				if obs[i].Body != want {
					t.Errorf("got %+v, want %+v", obs[i].Body, want)
				}
				if c.times != nil && obs[i].Time != c.times[i] {
					t.Errorf("%s at %v, want %v", want.Quantity, obs[i].Time, c.times[i])
				}
			}
			for i, want := range c.rejects {
				if !strings.Contains(rejects[i], want) {
					t.Errorf("rejected with %q, want %q", rejects[i], want)
				}
			}
		})
	}
}

func TestFilter(t *testing.T) {
	for topic, want := range map[string]string{"a/{x}/b": "a/+/b", "{x}/{y}": "+/+", "a/+/#": "a/+/#", "plain": "plain"} {
		if got := newRoute(&Topic{Topic: topic}).filter(); got != want {
			t.Errorf("%s is subscribed as %s, want %s", topic, got, want)
		}
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	c := sourcetest.Parse(t, Kind(), broken)
	if all := fmt.Sprint(c.Validate()); strings.Contains(all, "hunter2") {
		t.Errorf("a secret shows in %s", all)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("env/a/senml", []byte(`[{"n":"pm2.5","v":1,"t":-5}]`))
	f.Add("x", []byte(`[{"bn":"urn:dev:mac:1:s:","n":"q","vb":true,"s":2}]`))
	routes := []*route{
		newRoute(&Topic{Topic: "env/{station}/senml"}), newRoute(&Topic{Topic: "#"}),
		newRoute(&Topic{Topic: "+/{a}", Name: "{*}.{station}:{b}", Quantity: "{a}.{b}"}),
	}
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		for _, r := range routes {
			if !r.topic.MatchString(topic) {
				continue
			}
			for _, o := range r.read(&message{topic: topic, payload: bytes.Clone(payload)}, time.Unix(1_700_000_000, 0), func([]byte, error) {}) {
				if b, ok := o.Body.(world.Reading); !ok || b.Station == "" || b.Quantity == "" {
					t.Fatalf("%+v", o)
				}
			}
		}
	})
}
