package mqtt

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"
)

// ackEvery is how often acknowledgements that are due are sent.
const ackEvery = 5 * time.Millisecond

// link5 is a connection by MQTT 5.
type link5 struct {
	client *paho.Client
	routes []*route
	ended  chan error
}

func (l *link5) lost() <-chan error { return l.ended }

func (l *link5) close() {
	// An error says that the connection is gone, which is what is wanted.
	_ = l.client.Disconnect(&paho.Disconnect{ReasonCode: 0})
	<-l.client.Done()
}

// end keeps the first reason.
func (l *link5) end(err error) {
	select {
	case l.ended <- err:
	default:
	}
}

func (f *feed) connect5(ctx context.Context, conn net.Conn, deliver func(message)) (link, error) {
	l := &link5{routes: f.routes, ended: make(chan error, 1)}
	if _, ok := conn.(*tls.Conn); ok {
		conn = packets.NewThreadSafeConn(conn)
	}
	l.client = paho.NewClient(paho.ClientConfig{
		Conn:                       conn,
		PacketTimeout:              patience,
		EnableManualAcknowledgment: true,
		SendAcksInterval:           ackEvery,
		OnClientError:              l.end,
		OnServerDisconnect: func(d *paho.Disconnect) {
			reason := ""
			if d.Properties != nil {
				reason = d.Properties.ReasonString
			}
			// 142: another client took over the session.
			l.end(refused("to go on", d.ReasonCode, reason, false))
		},
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(r paho.PublishReceived) (bool, error) {
			p, c := r.Packet, r.Client
			deliver(message{topic: p.Topic, payload: p.Payload, qos: p.QoS, retained: p.Retain, ack: func() {
				// It fails when the connection is gone: the broker sends again.
				_ = c.Ack(p)
			}})
			return true, nil
		}},
	})
	session, most, size := uint32(f.config.Session.Seconds()), uint16(window), uint32(maxPayload+1024)
	ack, err := l.client.Connect(ctx, &paho.Connect{
		ClientID: f.client, KeepAlive: uint16(f.config.KeepAlive.Seconds()), CleanStart: session == 0,
		Username: f.config.User, UsernameFlag: f.config.User != "", Password: []byte(f.password), PasswordFlag: f.password != "",
		Properties: &paho.ConnectProperties{SessionExpiryInterval: &session, ReceiveMaximum: &most, MaximumPacketSize: &size, RequestProblemInfo: true},
	})
	if err != nil {
		if ack != nil && ack.ReasonCode >= 0x80 {
			reason := ""
			if ack.Properties != nil {
				reason = ack.Properties.ReasonString
			}
			return nil, refused("the connection", ack.ReasonCode, reason, final5(ack.ReasonCode))
		}
		return nil, fmt.Errorf("mqtt: greet the broker: %w", err)
	}
	return l, nil
}

func (l *link5) subscribe(ctx context.Context) error {
	s := &paho.Subscribe{}
	for _, r := range l.routes {
		s.Subscriptions = append(s.Subscriptions, paho.SubscribeOptions{Topic: r.filter(), QoS: r.qos(), NoLocal: true})
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	granted, err := l.client.Subscribe(ctx, s)
	if granted != nil {
		for i, code := range granted.Reasons {
			switch {
			case code == busy:
				return errBusy
			case code >= 0x80 && i < len(l.routes):
				return refused("the topic "+l.routes[i].filter(), code, "", final5(code))
			}
		}
	}
	if err != nil {
		return fmt.Errorf("mqtt: subscribe: %w", err)
	}
	return nil
}

// final5 tells whether a reason code of MQTT 5 will be the same next time:
// version, client id, password, rights, banned, login method, topic.
func final5(code byte) bool {
	switch code {
	case 0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x8F:
		return true
	}
	return false
}
