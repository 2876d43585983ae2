package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"iocwall/server/source"
	"iocwall/server/world"
)

const (
	window     = 2048      // messages the broker may send ahead of their acknowledgement
	maxPayload = 128 << 10 // bytes of a message
	patience   = 10 * time.Second
	busyPause  = 200 * time.Millisecond
)

// message is what the broker delivered.
type message struct {
	topic    string
	payload  []byte
	qos      byte
	retained bool
	ack      func()
}

// link is a connection to a broker.
type link interface {
	// subscribe subscribes to everything. It fails with errBusy when the broker
	// wants messages of the last session acknowledged first.
	subscribe(ctx context.Context) error
	// lost returns why the connection ended, once it did.
	lost() <-chan error
	// close ends the connection and waits until it is gone.
	close()
}

// feed is one run of an MQTT source.
type feed struct {
	config   *Config
	env      source.Env
	client   string
	password string
	routes   []*route
}

// Run connects, subscribes and reads until ctx or the connection ends.
func (f *feed) Run(ctx context.Context, sink source.Sink) error {
	conn, err := f.dial(ctx)
	if err != nil {
		return err
	}
	inner, cancel := context.WithCancel(ctx)
	queue := make(chan message, 2*window)
	deliver := func(m message) { f.deliver(inner, queue, sink, m) }
	connect := f.connect5
	if f.config.Version == 3 {
		connect = f.connect3
	}
	l, err := connect(ctx, conn, deliver)
	if err != nil {
		cancel()
		conn.Close()
		return err
	}
	defer l.close()
	defer cancel() // first, so that nothing waits in deliver
	var again <-chan time.Time
	if err := l.subscribe(ctx); errors.Is(err, errBusy) {
		again = time.After(busyPause)
	} else if err != nil {
		return err
	}
	sink.Ready()
	return f.consume(ctx, l, queue, sink, again)
}

// errBusy is how brokers that keep one list of packet numbers for both
// directions (mochi) answer a subscription whose number a message of the
// resumed session has. The session's own subscriptions hold in the meantime.
var errBusy = errors.New("mqtt: the broker waits for acknowledgements before it subscribes")

// deliver queues a message. What the broker can hold back waits, what it cannot
// is counted as lost. It is called by the client's reader, which must also see
// the answers to its pings: therefore a part of the queue is kept for messages
// that are acknowledged, of which the broker sends no more than fit.
func (f *feed) deliver(ctx context.Context, queue chan<- message, sink source.Sink, m message) {
	if m.qos == 0 && len(queue) >= cap(queue)-window {
		sink.Lost(1)
		return
	}
	select {
	case queue <- m:
	case <-ctx.Done():
	}
}

// consume turns messages into readings, puts what is at hand together, and
// acknowledges it once it is stored. When again comes, it subscribes once more.
func (f *feed) consume(ctx context.Context, l link, queue <-chan message, sink source.Sink, again <-chan time.Time) error {
	var obs []world.Observation
	var done []message
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-l.lost():
			return fmt.Errorf("mqtt: the connection to the broker ended: %w", err)
		case <-again:
			again = nil
			if err := l.subscribe(ctx); errors.Is(err, errBusy) {
				again = time.After(busyPause)
			} else if err != nil {
				return err
			}
			continue
		case m := <-queue:
			obs = append(obs, f.read(&m, sink)...)
			done = append(done, m)
		}
		if len(queue) > 0 && len(obs) < source.MaxPut {
			continue
		}
		for part := obs; len(part) > 0; {
			n := min(len(part), source.MaxPut)
			if err := sink.Put(ctx, part[:n]...); err != nil {
				return err
			}
			part = part[n:]
		}
		for _, m := range done {
			m.ack()
		}
		clear(obs)
		clear(done)
		obs, done = obs[:0], done[:0]
	}
}

// read returns the readings in a message.
func (f *feed) read(m *message, sink source.Sink) []world.Observation {
	if len(m.payload) > maxPayload {
		sink.Reject(m.payload, fmt.Errorf("mqtt: %s: a message of %d bytes; the longest has %d", m.topic, len(m.payload), maxPayload))
		return nil
	}
	for _, r := range f.routes {
		if !r.topic.MatchString(m.topic) {
			continue
		}
		if m.retained && r.Retained == retainedNever || len(m.payload) == 0 { // nothing: a retained message was deleted
			sink.Skip(1)
			return nil
		}
		return r.read(m, time.Now(), sink.Reject)
	}
	sink.Reject(m.payload, fmt.Errorf("mqtt: %s: no such topic was subscribed to", m.topic))
	return nil
}

// dial opens the connection the clients then speak on.
func (f *feed) dial(ctx context.Context) (net.Conn, error) {
	address, secure := f.config.address()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var conn net.Conn
	var err error
	if secure {
		var c *tls.Config
		if c, err = f.tls(); err != nil {
			return nil, err
		}
		conn, err = (&tls.Dialer{Config: c}).DialContext(ctx, "tcp", address)
	} else {
		conn, err = new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	if err != nil {
		return nil, fmt.Errorf("mqtt: connect to the broker: %w", err)
	}
	return conn, nil
}

func (f *feed) tls() (*tls.Config, error) {
	t := f.config.TLS
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CA != "" {
		pem, err := os.ReadFile(f.env.Path(t.CA))
		if err != nil {
			return nil, fmt.Errorf("mqtt: read the certificate authority: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("mqtt: %s holds no certificate in PEM", t.CA)
		}
	}
	if t.Cert != "" {
		pair, err := tls.LoadX509KeyPair(f.env.Path(t.Cert), f.env.Path(t.Key))
		if err != nil {
			return nil, fmt.Errorf("mqtt: read the client's certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// busy is the reason code "packet identifier in use".
const busy = 0x91

// refused returns the error for a broker that said no. Some refusals are final
// until the configuration or the broker changes.
func refused(what string, code byte, reason string, final bool) error {
	if reason != "" {
		reason = ": " + reason
	}
	err := fmt.Errorf("mqtt: the broker refused %s with code %d%s", what, code, reason)
	if final {
		return source.Fatal(err)
	}
	return err
}
