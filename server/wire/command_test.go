package wire

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/act"
	"iocwall/server/wire/queue"
	"iocwall/server/world"
)

// desk is a command handler that counts and can be made to wait.
type desk struct {
	mu   sync.Mutex
	done map[string]int
	wait time.Duration
}

func (d *desk) command(_ context.Context, id Identity, c act.Command) world.Receipt {
	d.mu.Lock()
	d.done[id.User+" "+c.ID]++
	wait := d.wait
	d.mu.Unlock()
	time.Sleep(wait)
	return world.Receipt{OK: true, Seq: 7, Code: "scene.earlier", Values: map[string]string{"who": "Mai"}}
}

func (d *desk) times(key string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done[key]
}

func newDesk(t *testing.T, wait time.Duration) (*center, *desk) {
	d := &desk{done: map[string]int{}, wait: wait}
	return newCenter(t, world.New(1), func(_ *center, o *HubOptions) { o.Command = d.command }), d
}

func acknowledge(id string) act.Command {
	return act.Command{ID: id, Act: act.AcknowledgeAlert{Alert: "x"}}
}

func TestReceiptGoesToTheSenderOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newDesk(t, 0)
		a, b := c.join(Identity{User: "a"}, nil), c.join(Identity{User: "b"}, nil)
		if err := a.c.Send(acknowledge("1")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		a.look(func(w *wall) {
			if len(w.receipts) != 1 || !reflect.DeepEqual(w.receipts[0], world.Receipt{ID: "1", OK: true, Seq: 7, Code: "scene.earlier", Values: map[string]string{"who": "Mai"}}) {
				t.Errorf("receipts %v", w.receipts)
			}
		})
		b.look(func(w *wall) {
			if len(w.receipts) != 0 {
				t.Errorf("the other one's receipts %v", w.receipts)
			}
		})
	})
}

// TestCommandSurvivesALostConnection: sent again, done once, answered once.
func TestCommandSurvivesALostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, d := newDesk(t, 3*time.Second)
		w := c.join(Identity{User: "a"}, nil)
		time.Sleep(time.Second)
		if err := w.c.Send(acknowledge("1")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.cut()
		time.Sleep(10 * time.Second)
		w.cut()
		time.Sleep(10 * time.Second)
		if n := d.times("a 1"); n != 1 {
			t.Errorf("done %d times", n)
		}
		w.look(func(w *wall) {
			if len(w.receipts) != 1 || !w.receipts[0].OK {
				t.Errorf("receipts %v", w.receipts)
			}
		})
	})
}

func TestManyCommandsAreAllAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, d := newDesk(t, 200*time.Millisecond)
		w := c.join(Identity{User: "a"}, nil)
		for i := range 100 {
			if err := w.c.Send(acknowledge(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Second)
		w.look(func(w *wall) {
			ok := 0
			for _, r := range w.receipts {
				if r.OK {
					ok++
				}
			}
			if ok != 100 {
				t.Errorf("%d of 100 done, %d receipts", ok, len(w.receipts))
			}
		})
		if d.times("a 99") != 1 {
			t.Error("the last one was not done once")
		}
	})
}

func TestUnansweredCommandFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		w := c.join(Identity{User: "a"}, nil)
		c.stop()
		if err := w.c.Send(acknowledge("1")); err != nil {
			t.Fatal(err)
		}
		if err := w.c.Send(acknowledge("1")); err == nil {
			t.Error("a second command of the same id is accepted")
		}
		time.Sleep(32 * time.Second)
		w.look(func(w *wall) {
			if len(w.receipts) != 1 || w.receipts[0].OK || w.receipts[0].Reason == "" {
				t.Errorf("receipts %v", w.receipts)
			}
		})
	})
}

func TestMalformedCommands(t *testing.T) {
	client, err := NewClient(ClientOptions{URL: "ws://x/", Token: func() (string, error) { return "", nil }})
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []act.Command{
		{},
		{ID: "1"},
		{Act: act.ShowScene{}},
		acknowledge(strings.Repeat("x", 65)),
		{ID: "1", Act: act.AcknowledgeAlert{Note: strings.Repeat("x", 64<<10)}},
	} {
		if client.Send(cmd) == nil {
			t.Errorf("%.40v is accepted", cmd)
		}
	}
	for i := range queue.MaxWaiting {
		if err := client.Send(acknowledge(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if client.Send(acknowledge("more")) == nil {
		t.Error("more than 256 wait")
	}
}

// TestUnknownActIsRefused: a newer client's command is answered, and the
// connection stays.
func TestUnknownActIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newDesk(t, 0)
		conn := c.raw(Identity{User: "new"})
		for _, f := range []string{hello, `{"m":"command","command":{"id":"z","act":"coffee.make","args":{}}}`} {
			if err := conn.WriteMessage(websocket.TextMessage, []byte(f)); err != nil {
				t.Fatal(err)
			}
		}
		for {
			_, data, err := conn.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(data), `"m":"receipt"`) {
				if !strings.Contains(string(data), "coffee.make") || strings.Contains(string(data), `"ok":true`) {
					t.Errorf("answered %s", data)
				}
				return
			}
		}
	})
}

// TestFloodOfCommandsIsRefused: more than eight at a time of one client.
func TestFloodOfCommandsIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, d := newDesk(t, time.Second)
		conn := c.raw(Identity{User: "bot"})
		go func() {
			_ = conn.WriteMessage(websocket.TextMessage, []byte(hello))
			for i := range 20 {
				f := fmt.Sprintf(`{"m":"command","command":{"id":"%d","act":"scene.show","args":{}}}`, i)
				_ = conn.WriteMessage(websocket.TextMessage, []byte(f))
			}
		}()
		ok, refused := 0, 0
		for ok+refused < 20 {
			_, data, err := conn.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case strings.Contains(string(data), "too many"):
				refused++
			case strings.Contains(string(data), `"ok":true`):
				ok++
			}
		}
		if ok != maxAsked || d.times("bot 0") != 1 {
			t.Errorf("%d done, %d refused", ok, refused)
		}
	})
}
