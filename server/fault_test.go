package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/rule"
	"iocwall/server/settings"
	"iocwall/server/world"
)

// junk writes what no protocol of ours knows and waits for the other side to
// hang up, or to have had enough time.
func junk(tb testing.TB, addr string, data []byte) {
	tb.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(200 * time.Millisecond))
	_, _ = conn.Write(data) // it may be closed under our hands
	_, _ = bufio.NewReader(conn).Discard(1 << 20)
}

// Junk on every socket disturbs nobody else.
func TestJunkOnEverySocket(t *testing.T) {
	addr := freePort(t)
	c := newCentre(t, "sources:\n  - {name: ais-open, kind: ais, listen: \""+addr+"\"}\n")
	token, provider := c.token("Mai", auth.Operator), c.token("Đài", auth.Provider)
	mai := c.look(token)
	mai.until("the source", func(s *world.State) bool {
		x := s.Sources()
		return len(x) == 1 && x[0].State == world.SourceRunning
	})
	rnd := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(rnd.Uint32())
		}
		return out
	}
	samples := [][]byte{
		noise(10), noise(5000), noise(200_000), []byte("GET / HTTP/1.1\r\n\r\n"), []byte("GET /feed HTTP/9.9\r\n" + strings.Repeat("X: y\r\n", 20_000)),
		[]byte("DESCRIBE rtsp://x RTSP/1.0\r\nCSeq: -1\r\n\r\n"), []byte("SETUP\r\n\r\n"),
		{0x16, 3, 1, 0, 200},
		[]byte(strings.Repeat("!AIVDM,", 30_000)),
		{},
	}
	for _, where := range []string{c.Addr(), addr, c.RelayAddr()} {
		for _, data := range samples {
			junk(t, where, data)
		}
	}
	frames := []struct {
		kind int
		data []byte
	}{
		{websocket.TextMessage, []byte("hello")},
		{websocket.TextMessage, []byte(`{"m":"hello","version":1}`)},
		{websocket.TextMessage, []byte(`{"m":"command","command":{"id":"1","act":"alert.acknowledge","args":[]}}`)},
		{websocket.TextMessage, []byte(`{"m":"ack","seq":-1}`)},
		{websocket.TextMessage, []byte(strings.Repeat("[", 60_000))},
		{websocket.TextMessage, []byte(strings.Repeat("x", 200_000))},
		{websocket.BinaryMessage, noise(3000)},
		{websocket.TextMessage, noise(300)},
	}
	for _, f := range frames {
		conn := c.dial(token)
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		if err := conn.WriteMessage(f.kind, f.data); err == nil && f.data[0] != '{' {
			for err == nil {
				_, _, err = conn.ReadMessage()
			}
			if _, ok := errors.AsType[*websocket.CloseError](err); !ok {
				t.Errorf("%.20q: closed by %v, not with a reason", f.data, err)
			}
		}
		conn.Close()
	}
	raw := c.dial(token)
	if _, err := raw.NetConn().Write(noise(5000)); err != nil {
		t.Fatal(err)
	}
	raw.Close()

	c.observe(provider, readingJSON("still-here", 1))
	mai.until("a reading after all that", func(s *world.State) bool { _, ok := s.Station("still-here"); return ok })
	if n := c.feeds.Counts(); len(n) != 1 || n[0].Rejected == 0 {
		t.Errorf("what the feed refused was not counted: %+v", n)
	}
	mai.until("the source, as before", func(s *world.State) bool { return s.Sources()[0].State == world.SourceRunning })
	if r := mai.order(act.Command{ID: "1", Act: act.ShowScene{Wall: "main", Scene: "none"}}); r.OK || r.Reason == "" {
		t.Errorf("%+v", r)
	}
	mai.mu.Lock()
	defer mai.mu.Unlock()
	if len(mai.links) != 0 {
		t.Errorf("a client that did nothing was cut: %q", mai.links)
	}
}

// What programs send wrongly is refused with its place, and nothing of it is taken.
func TestObservationsRefused(t *testing.T) {
	c := newCentre(t, "")
	token := c.token("Đài", auth.Provider)
	good := `{"kind":"station.reading","body":{"station":"s","quantity":"q","value":1}}`
	for _, x := range []struct {
		body   string
		status int
		says   string
	}{
		{``, 400, "array"},
		{`{}`, 400, "array"},
		{`[` + good, 400, "array"},
		{`[` + good + `] [`, 400, "after"},
		{strings.Repeat("[", 100_000), 400, "array"},
		{`[` + good + `,` + `{"kind":"dragon","body":{}}]`, 422, `[1]: \"dragon`},
		{`[{"kind":"alert.raised","body":{"id":"x"}},` + good + `]`, 422, `[0]: \"alert.raised`},
		{`[{"kind":"audited","body":{"who":"x"}}]`, 422, "audited"},
		{`[{"kind":"station.reading","body":{"station":7}}]`, 422, "[0]"},
		{`[{"kind":"station.reading"}]`, 422, "[0]"},
		{`[{"kind":"station.reading","body":{"quantity":"q","value":1}}]`, 422, "station"},
		{`[{"kind":"station.reading","body":{"station":"s","value":1}}]`, 422, "quantity"},
		{`[{"kind":"station.reading","body":{"station":"` + strings.Repeat("s", 300) + `","quantity":"q","value":1}}]`, 422, "station"},
		{`[{"kind":"station.reading","body":{"station":"s","quantity":"q","value":1e999}}]`, 422, "[0]"},
		{`[{"kind":"vessel.position","body":{"mmsi":"57","pos":[108,15]}}]`, 422, "mmsi"},
		{`[{"kind":"vessel.position","body":{"mmsi":"574000001","pos":[15,108]}}]`, 422, "pos"},
		{`[{"kind":"vessel.position","body":{"mmsi":"574000001"}}]`, 422, "pos"},
		{`[{"kind":"vessel.static","body":{"mmsi":"57400000x"}}]`, 422, "mmsi"},
		{`[{"kind":"figure.reported","body":{"figure":"f","value":3}}]`, 422, "period"},
		{`[{"kind":"figure.reported","body":{"period":"2026","value":3}}]`, 422, "figure"},
		{`[{"kind":"report.changed","body":{"state":"done"}}]`, 422, "id"},
		{`[{"kind":"report.changed","body":{"id":"x","state":"eaten"}}]`, 422, "state"},
		{`[` + strings.Repeat(" ", maxBody) + `]`, 413, "bytes"},
	} {
		status, text := c.do("POST", "/api/observations", token, "application/json", x.body)
		if status != x.status || !strings.Contains(text, x.says) {
			t.Errorf("%.80s: %d %.200s, want %d with %q", x.body, status, text, x.status, x.says)
		}
	}
	for _, e := range c.events() {
		if strings.HasPrefix(e.Source, "api/") {
			t.Errorf("taken: %+v", e)
		}
	}
}

// A restart brings the same state back under the same epoch, writes nothing
// that is known, and clients go on where they were.
func TestWarmRestart(t *testing.T) {
	c := newRuled(t)
	provider, mai := c.token("Đài", auth.Provider), c.token("Mai", auth.Operator)
	eye := c.look(mai)
	for i := range 50 {
		c.observe(provider, fmt.Sprintf(`[{"kind":"vessel.position","body":{"mmsi":"5740000%02d","pos":[108.3,15.9],"speed":%d,"course":0,"heading":0}}]`, i, i))
	}
	c.observe(provider, readingJSON("cau-lau", 5))
	var alert world.Alert
	eye.until("the alert", func(s *world.State) (ok bool) { alert, ok = alertOf(s); return ok && s.Count(world.KindVessel) == 50 })
	eye.order(act.Command{ID: "1", Act: act.AcknowledgeAlert{Alert: alert.ID}})
	before := stateOf(c)
	eye.until("all of it", func(s *world.State) bool { return s.At() == before.At() })

	c.stop()
	c.start()
	var after *world.State
	eventually(t, "the doors are open", func() bool {
		conn, err := net.Dial("tcp", c.Addr())
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	if status, _ := c.do("GET", "/healthz", "", "", ""); status != http.StatusOK {
		t.Errorf("health %d", status)
	}
	after = stateOf(c)
	if after.At().Epoch != before.At().Epoch {
		t.Errorf("epoch %d became %d", before.At().Epoch, after.At().Epoch)
	}
	if fmt.Sprint(after.Digest()) != fmt.Sprint(before.Digest()) {
		t.Errorf("digest %v became %v", before.Digest(), after.Digest())
	}
	if after.At().Seq != before.At().Seq {
		t.Errorf("the restart wrote %d events", after.At().Seq-before.At().Seq)
	}
	c.observe(provider, readingJSON("cau-lau", 6))
	eye.until("what came after the restart", func(s *world.State) bool {
		st, _ := s.Station("cau-lau")
		a, _ := s.Alert(alert.ID)
		return len(st.Readings) == 1 && st.Readings[0].Value == 6 && a.Taker == "Mai" && a.Open()
	})
	eye.mu.Lock()
	defer eye.mu.Unlock()
	if eye.snapshots != 1 || len(eye.links) == 0 {
		t.Errorf("the client took %d snapshots and lost its connection %d times, want 1 and some", eye.snapshots, len(eye.links))
	}
	if d := stateOf(c); fmt.Sprint(d.Digest()) != fmt.Sprint(eye.state.Digest()) {
		t.Errorf("the client has %v, the server %v", eye.state.Digest(), d.Digest())
	}
}

// A new configuration takes effect without a restart; a bad one or one that
// needs a restart changes nothing.
func TestReload(t *testing.T) {
	c := newRuled(t)
	provider := c.token("Đài", auth.Provider)
	eye := c.look(c.token("Mai", auth.Operator))
	eye.until("the station", func(s *world.State) bool { _, ok := s.Station("cau-lau"); return ok })
	c.observe(provider, readingJSON("cau-lau", 5))
	var flood world.Alert
	eye.until("the flood", func(s *world.State) (ok bool) { flood, ok = alertOf(s); return ok })

	for text, want := range map[string]string{
		"journal: {keep: 30d}\n": "journal.keep", "evidence: {after: 5s}\n": "evidence", "tls: {proxy: true}\nrelay: {public: \"x:1\", listen: \"127.0.0.1:0\"}\n": "tls, relay",
	} {
		base := baseConfig
		if strings.Contains(text, "relay:") {
			base = strings.Replace(base, "relay: {listen: \"127.0.0.1:0\"}\n", "", 1)
		}
		c.write("ioc.yaml", base+"rules: rules.yaml\n"+text)
		if err := c.Reload(t.Context(), c.load()); err == nil || !strings.Contains(err.Error(), want+" changed, which needs a restart") {
			t.Errorf("%q: %v", text, err)
		}
	}

	r := newReceiver(t)
	more := "rules: rules.yaml\nstations:\n  - {id: cau-lau, name: Cầu Câu Lâu, what: level, pos: [108.28, 15.86]}\n  - {id: ai-nghia, name: Ái Nghĩa, what: level, pos: [108.1, 15.88]}\n" +
		"cameras:\n  - {id: cam, name: Cầu, pos: [108.28, 15.86], streams: [{name: main, url: \"rtsp://127.0.0.1:9/x\"}]}\n" + r.source()
	c.write("ioc.yaml", strings.Replace(baseConfig, "name: Thử", "name: Tên mới", 1)+more)
	c.write("rules.yaml", ruleFile+"  - {id: dry, on: station, value: 'reading(\"level\")', when: value < 1, severity: notice, title: \"Cạn {{name}}\"}\n")
	if err := c.Reload(t.Context(), c.load()); err != nil {
		t.Fatal(err)
	}
	if got := c.conf().Name; got != "Tên mới" {
		t.Errorf("the centre is called %q", got)
	}
	eye.until("what is new", func(s *world.State) bool {
		a, _ := s.Station("cau-lau")
		_, b := s.Station("ai-nghia")
		_, cam := s.Camera("cam")
		return a.Name == "Cầu Câu Lâu" && b && cam
	})
	r.accept()
	c.observe(provider, readingJSON("ai-nghia", 0.5))
	eye.until("an alert of the new rule", func(s *world.State) bool {
		for _, a := range s.Alerts() {
			if a.Rule == "dry" && a.Title == "Cạn Ái Nghĩa" {
				return true
			}
		}
		return false
	})
	eye.until("the old alert", func(s *world.State) bool { a, ok := s.Alert(flood.ID); return ok && a.Open() })

	good := c.conf()
	at := stateOf(c).At().Seq
	refused := func(what, text string, files map[string]string) {
		t.Helper()
		for name, content := range files {
			c.write(name, content)
		}
		c.write("bad.yaml", text)
		config, problems := LoadConfig(c.path("bad.yaml"))
		if len(problems) == 0 {
			if err := c.Reload(t.Context(), config); err == nil || !strings.Contains(err.Error(), "running configuration stays") {
				t.Errorf("%s was taken: %v", what, err)
			}
		}
		if c.conf() != good {
			t.Errorf("%s changed the configuration", what)
		}
	}
	refused("another address", strings.Replace(baseConfig+more, "listen: 127.0.0.1:0", "listen: 127.0.0.1:1", 1), nil)
	refused("another folder", strings.Replace(baseConfig+more, "data: data", "data: elsewhere", 1), nil)
	refused("a secret that is not there", strings.Replace(baseConfig+more, "name: Cầu,", "name: Cầu, user: u, password: env:IOCWALL_TEST_NO_SUCH,", 1), nil)
	refused("a broken rule", baseConfig+more, map[string]string{"rules.yaml": "rules:\n  - {id: x, on: dragon}\n"})
	c.write("rules.yaml", ruleFile)
	for _, e := range c.events() {
		if e.Seq > at && (e.Source == settings.Source || e.Source == rule.Source) {
			t.Errorf("refused configurations wrote %+v", e)
		}
	}
	// Rules that went broken on the disk between the check and the reload.
	config := c.load()
	c.write("rules.yaml", "rules: 7\n")
	if err := c.Reload(t.Context(), config); err == nil || c.conf() != good {
		t.Errorf("rules that broke after the check were taken: %v", err)
	}
	// What is left out goes.
	c.write("rules.yaml", "rules: []\n")
	c.configure("rules: rules.yaml\n")
	if err := c.Reload(t.Context(), c.load()); err != nil {
		t.Fatal(err)
	}
	eye.until("that all is gone", func(s *world.State) bool {
		cam, _ := s.Camera("cam")
		a, ok := s.Alert(flood.ID)
		return s.Count(world.KindStation) == 0 && (cam.Removed || s.Count(world.KindCamera) == 0) && (!ok || !a.Open())
	})
}

// An error at the start leaves nothing open: the same folder and addresses can
// be used at once.
func TestStartThatFails(t *testing.T) {
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c.configure("")
	config := c.load()
	config.Listen = taken.Addr().String()
	if _, err := New(t.Context(), Options{Config: config}); err == nil || !strings.Contains(err.Error(), "listen") {
		t.Fatalf("a taken address: %v", err)
	}
	c.start()
	// Another server on the same folder is refused and breaks nothing.
	if _, err := New(t.Context(), Options{Config: c.load()}); err == nil {
		t.Error("two servers on one journal")
	}
	c.observe(c.token("Đài", auth.Provider), readingJSON("s", 1))
	c.stop()
	if err := os.WriteFile(TokenFile(c.path("data")), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), Options{Config: c.load()}); err == nil || !strings.Contains(err.Error(), "tokens.json") {
		t.Errorf("damaged tokens: %v", err)
	}
}

// Idle connections cannot shut the doors for longer than they are there, and
// walls that left are not counted.
func TestConnectionsAreBounded(t *testing.T) {
	c := newCentre(t, "")
	wall, leave := c.connect(c.token("Mai", auth.Operator))
	wall.until("the wall", func(s *world.State) bool { return s.Count(world.KindWall) == 1 })
	if c.crowd.Open() != 1 {
		t.Errorf("%d connections with a wall", c.crowd.Open())
	}
	leave()
	eventually(t, "the wall is gone", func() bool { return c.crowd.Open() == 0 })
	c.crowd.Limit(3)
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", c.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	idle := dial()
	dial()
	dial()
	eventually(t, "three are in", func() bool { return c.crowd.Open() == 3 })
	if n, err := dial().Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("a fourth connection was let in")
	}
	idle.Close()
	eventually(t, "one is gone", func() bool { return c.crowd.Open() == 2 })
	next := dial()
	if _, err := io.WriteString(next, "GET /healthz HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(next); err != nil || !strings.Contains(string(text), `"ok"`) {
		t.Errorf("after one left: %q, %v", text, err)
	}
}
