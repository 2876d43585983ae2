package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/world"
)

// raw opens a websocket without a Client.
func (c *center) raw(id Identity) *websocket.Conn {
	c.t.Helper()
	c.ids.Store("raw", id)
	d := websocket.Dialer{NetDialContext: c.net.dial, EnableCompression: true}
	conn, _, err := d.DialContext(c.t.Context(), "ws://server/feed", http.Header{"Authorization": {"Bearer raw"}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { conn.Close() })
	return conn
}

// closed reads until the server closes and returns why.
func closed(conn *websocket.Conn) Reason {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return reasonOf(err)
		}
	}
}

const hello = `{"m":"hello","version":1}`

func TestGarbageClosesWithProtocol(t *testing.T) {
	cases := map[string][]string{
		"no JSON":         {"\x00\xff"},
		"not hello":       {`{"m":"ack"}`},
		"version":         {`{"m":"hello","version":99}`},
		"long name":       {`{"m":"hello","version":1,"name":"` + strings.Repeat("x", 200) + `"}`},
		"hello twice":     {hello, hello},
		"unknown":         {hello, `{"m":"rm -rf"}`},
		"no command":      {hello, `{"m":"command"}`},
		"empty command":   {hello, `{"m":"command","command":{}}`},
		"too long":        {hello, `{"m":"ack","x":"` + strings.Repeat("0123456789abcdef", 8000) + `"}`},
		"zeroes deflated": {hello, strings.Repeat(" ", 10<<20)},
		"binary":          {hello, "BINARY"},
	}
	for name, frames := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCenter(t, world.New(1), nil)
				w := c.join(Identity{User: "other"}, nil)
				conn := c.raw(Identity{User: "bad"})
				go func() {
					for _, f := range frames {
						kind := websocket.TextMessage
						if f == "BINARY" {
							kind = websocket.BinaryMessage
						}
						if conn.WriteMessage(kind, []byte(f)) != nil {
							return
						}
					}
				}()
				if why := closed(conn); why != Protocol {
					t.Errorf("closed with %v", why)
				}
				time.Sleep(2 * time.Second)
				if n := c.hub.Stats().Closed["protocol"]; n != 1 {
					t.Errorf("%d closed with protocol", n)
				}
				c.emit(say(position("1", "", 1))...)
				time.Sleep(time.Second)
				c.agree(t, w, View{})
			})
		})
	}
}

func TestBrokenFramesCloseWithProtocol(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		conn := c.raw(Identity{User: "bad"})
		go conn.NetConn().Write(bytes.Repeat([]byte{0xff, 0xff, 'G', 'E', 'T'}, 100)) //nolint:errcheck // the server may have gone
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				break
			}
		}
		time.Sleep(3 * time.Second)
		if n := c.hub.Stats().Closed["protocol"]; n != 1 {
			t.Errorf("stats %+v", c.hub.Stats())
		}
	})
}

func TestClientThatNeverReadsIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		w := c.join(Identity{User: "other"}, nil)
		conn := c.raw(Identity{User: "deaf"})
		if err := conn.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
			t.Fatal(err)
		}
		for i := range 40 {
			c.emit(say(position("1", "", float64(i)))...)
			time.Sleep(100 * time.Millisecond)
		}
		st := c.hub.Stats()
		if st.Closed["slow"] != 1 || len(st.Clients) != 1 {
			t.Errorf("after 4 s: %+v", st)
		}
		time.Sleep(time.Second) // the last batch
		c.agree(t, w, View{})
	})
}

func TestSilentClientIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		c.emit(say(position("1", "", 1))...)
		mute := c.raw(Identity{User: "mute"})
		if err := mute.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
			t.Fatal(err)
		}
		if why := closed(mute); why != Slow {
			t.Errorf("closed with %v a client that acknowledges nothing of what it was sent", why)
		}
		late := c.raw(Identity{User: "late"})
		if why := closed(late); why != Silent {
			t.Errorf("closed with %v a client that does not say hello", why)
		}
	})
}

// TestClientThatFallsBehindIsClosed: it reads, but slower than things happen.
func TestClientThatFallsBehindIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), func(_ *center, o *HubOptions) { o.QueueBytes = 50 << 10 })
		conn := c.raw(Identity{User: "turtle"})
		if err := conn.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
			t.Fatal(err)
		}
		over := make(chan Reason)
		go func() {
			for {
				time.Sleep(900 * time.Millisecond)
				if _, _, err := conn.ReadMessage(); err != nil {
					over <- reasonOf(err)
					return
				}
				ack := []byte(`{"m":"ack"}`)
				if conn.WriteMessage(websocket.TextMessage, ack) != nil {
					over <- 0
					return
				}
			}
		}()
		begin := time.Now()
		for i := 0; ; i++ {
			var obs []world.Observation
			for k := range 100 {
				obs = append(obs, say(position(fmt.Sprint(k), "", float64(i)))...)
			}
			c.emit(obs...)
			select {
			case why := <-over:
				if why != Slow {
					t.Errorf("closed with %v", why)
				}
				return
			case <-time.After(100 * time.Millisecond):
			}
			if time.Since(begin) > time.Minute {
				t.Fatal("not closed within a minute")
			}
		}
	})
}

func TestReasonsReachTheClient(t *testing.T) {
	cases := map[string]struct {
		end  func(*center)
		id   Identity
		text string
	}{
		"revoked": {
			end:  func(c *center) { c.hub.Kick(func(id Identity) bool { return id.Token == "t7" }, Revoked) },
			text: "the right to connect was withdrawn",
		},
		"expired": {
			id: Identity{Expires: world.TimeOf(time.Date(2000, 1, 1, 0, 0, 4, 0, time.UTC))}, text: "the right to connect has expired",
		},
		"shutdown": {end: func(c *center) { c.stop() }, text: "the server stopped"},
	}
	for name, x := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCenter(t, world.New(1), nil)
				x.id.User, x.id.Token = "u", "t7"
				w := c.join(x.id, nil)
				other := c.join(Identity{User: "v"}, nil)
				time.Sleep(3 * time.Second)
				c.ids.Delete("secret-u-t7")
				if x.end != nil {
					x.end(c)
				}
				time.Sleep(5 * time.Second)
				w.look(func(w *wall) {
					var said []string
					for _, l := range w.links {
						said = append(said, l.Reason)
					}
					if len(said) < 2 || said[1] != x.text {
						t.Errorf("links say %q", said)
					}
					if name != "shutdown" && (len(said) < 3 || !strings.Contains(said[2], "401")) {
						t.Errorf("links say %q, want the refusal last", said)
					}
				})
				other.look(func(w *wall) {
					if name != "shutdown" && len(w.links) != 1 {
						t.Errorf("the other client's links %v", w.links)
					}
				})
			})
		})
	}
}

func TestClientStopsWhileItConnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes() // nobody accepts
		client, err := NewClient(ClientOptions{URL: "ws://nowhere/", Token: func() (string, error) { return "x", nil }, Dial: p.dial})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := client.Run(ctx); err != nil {
			t.Error(err)
		}
		if _, err := client.Next(ctx); err == nil {
			t.Error("Next returned a batch after its context ended")
		}
	})
}

func TestBadClientOptions(t *testing.T) {
	token := func() (string, error) { return "", nil }
	for _, o := range []ClientOptions{
		{URL: "http://x/", Token: token},
		{URL: "ws:///feed", Token: token},
		{URL: "ws://user:secret@x/", Token: token},
		{URL: "ws://x/"},
		{URL: "ws://x/\x7f", Token: token},
		{URL: "ws://x/", Token: token, Name: strings.Repeat("n", 129)},
	} {
		_, err := NewClient(o)
		if err == nil {
			t.Errorf("%q is accepted", o.URL)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error holds the password: %v", err)
		}
	}
	if _, err := NewHub(HubOptions{}); err == nil {
		t.Error("a hub without a loop is accepted")
	}
}

// TestOverTLS is the only one on a real network: loopback, a certificate, and
// the socket options that go with it.
func TestOverTLS(t *testing.T) {
	c := newCenter(t, world.New(1), nil)
	c.ids.Store("secret", Identity{User: "u"})
	srv := httptest.NewTLSServer(http.HandlerFunc(c.serve))
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	client, err := NewClient(ClientOptions{
		URL: "wss" + strings.TrimPrefix(srv.URL, "https"), Token: func() (string, error) { return "secret", nil }, TLS: &tls.Config{RootCAs: roots},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { _ = client.Run(ctx) })
	defer wg.Wait()
	defer cancel()
	c.emit(say(position("1", "", 1))...)
	s := world.New(0)
	for s.Count(world.KindVessel) == 0 {
		b, err := client.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = s.ApplyBatch(&b, nil); err != nil {
			t.Fatal(err)
		}
	}
}
