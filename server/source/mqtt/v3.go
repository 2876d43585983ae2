package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"

	mqtt3 "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"
)

// goodbye is how long a disconnection may take, in milliseconds.
const goodbye = 250

// link3 is a connection by MQTT 3.1.1.
type link3 struct {
	client mqtt3.Client
	routes []*route
	conn   *watched
	ended  chan error
}

func (l *link3) lost() <-chan error { return l.ended }

func (l *link3) close() {
	l.client.Disconnect(goodbye)
	l.conn.Close()
}

// watched is a connection whose one and only use is by the client.
type watched struct {
	net.Conn
	once sync.Once
	err  error
}

// Close closes the connection once.
func (w *watched) Close() error {
	w.once.Do(func() { w.err = w.Conn.Close() })
	return w.err
}

func (f *feed) connect3(ctx context.Context, conn net.Conn, deliver func(message)) (link, error) {
	l := &link3{routes: f.routes, ended: make(chan error, 1), conn: &watched{Conn: conn}}
	o := mqtt3.NewClientOptions().
		AddBroker("tcp://broker"). // never dialled: the connection is there
		SetCustomOpenConnectionFn(func(*url.URL, mqtt3.ClientOptions) (net.Conn, error) { return l.conn, nil }).
		SetProtocolVersion(4).SetClientID(f.client).SetCleanSession(f.config.Session == 0).
		SetUsername(f.config.User).SetPassword(f.password).
		SetKeepAlive(f.config.KeepAlive).SetPingTimeout(patience).SetConnectTimeout(patience).SetWriteTimeout(patience).
		SetAutoReconnect(false).SetConnectRetry(false).SetOrderMatters(true).SetAutoAckDisabled(true).
		SetDefaultPublishHandler(func(_ mqtt3.Client, m mqtt3.Message) {
			deliver(message{topic: m.Topic(), payload: m.Payload(), qos: m.Qos(), retained: m.Retained(), ack: m.Ack})
		}).
		SetConnectionLostHandler(func(_ mqtt3.Client, err error) {
			select {
			case l.ended <- err:
			default:
			}
		})
	l.client = mqtt3.NewClient(o)
	stop := context.AfterFunc(ctx, func() { l.conn.Close() })
	defer stop()
	if err := wait(l.client.Connect()); err != nil {
		return nil, refusal3(err)
	}
	return l, nil
}

func (l *link3) subscribe(context.Context) error {
	filters := map[string]byte{}
	for _, r := range l.routes {
		filters[r.filter()] = r.qos()
	}
	t := l.client.SubscribeMultiple(filters, nil)
	err := wait(t)
	if s, ok := t.(*mqtt3.SubscribeToken); ok {
		for filter, code := range s.Result() {
			switch {
			case code == busy:
				return errBusy
			case code >= 0x80:
				return refused("the topic "+filter, code, "", true)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("mqtt: subscribe: %w", err)
	}
	return nil
}

func wait(t mqtt3.Token) error {
	if !t.WaitTimeout(patience) {
		return fmt.Errorf("no answer within %v", patience)
	}
	return t.Error()
}

// refusal3 names the answers of MQTT 3.1.1 that will be the same next time.
func refusal3(err error) error {
	for code, final := range map[byte]error{
		packets.ErrRefusedBadProtocolVersion:    packets.ErrorRefusedBadProtocolVersion,
		packets.ErrRefusedIDRejected:            packets.ErrorRefusedIDRejected,
		packets.ErrRefusedBadUsernameOrPassword: packets.ErrorRefusedBadUsernameOrPassword,
		packets.ErrRefusedNotAuthorised:         packets.ErrorRefusedNotAuthorised,
	} {
		if errors.Is(err, final) {
			return refused("the connection", code, final.Error(), true)
		}
	}
	return fmt.Errorf("mqtt: greet the broker: %w", err)
}
