package server

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/format/aivdm"
	"iocwall/server/world"
)

// receiver is an AIS receiver that a server connects to.
type receiver struct {
	tb      testing.TB
	l       net.Listener
	encoder *aivdm.Encoder
}

func newReceiver(tb testing.TB) *receiver {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	enc, err := aivdm.NewEncoder("AI", 'A')
	if err != nil {
		tb.Fatal(err)
	}
	return &receiver{tb: tb, l: l, encoder: enc}
}

// source is the server's side of it.
func (r *receiver) source() string {
	return "sources:\n  - {name: ais-test, kind: ais, connect: \"" + r.l.Addr().String() + "\"}\n"
}

// accept waits for the server.
func (r *receiver) accept() net.Conn {
	r.tb.Helper()
	if err := r.l.(*net.TCPListener).SetDeadline(time.Now().Add(patience)); err != nil {
		r.tb.Fatal(err)
	}
	conn, err := r.l.Accept()
	if err != nil {
		r.tb.Fatal(err)
	}
	r.tb.Cleanup(func() { conn.Close() })
	return conn
}

func (r *receiver) sentences(ms ...aivdm.Message) (out []byte) {
	r.tb.Helper()
	for _, m := range ms {
		var err error
		if out, err = r.encoder.Append(out, m); err != nil {
			r.tb.Fatal(err)
		}
	}
	return out
}

func send(tb testing.TB, w net.Conn, data []byte) {
	tb.Helper()
	if _, err := w.Write(data); err != nil {
		tb.Fatal(err)
	}
}

func position(mmsi uint32, lon, lat, speed float64) *aivdm.Position {
	return &aivdm.Position{
		Header: aivdm.Header{MMSI: mmsi, Type: 1}, Lon: lon, Lat: lat, Placed: true, Speed: speed, Course: 90, Heading: 90, Status: 7, Second: 30,
	}
}

func particulars(mmsi uint32, name string) *aivdm.Static {
	return &aivdm.Static{
		Header: aivdm.Header{MMSI: mmsi, Type: 5}, Name: name, CallSign: "XVQN", ShipType: 30, Hour: 24, Minute: 60,
		Dimensions: aivdm.Dimensions{Bow: 12, Stern: 6, Port: 3, Starboard: 3},
	}
}

// daNang is the province that holds Hội An since July 2025, caMau one far away.
const (
	daNang = "vn/da-nang-2025"
	caMau  = "vn/ca-mau-2025"
)

// A vessel that a receiver hears is on a wall, with its name and its source.
func TestVesselFromReceiverToWall(t *testing.T) {
	r := newReceiver(t)
	c := newCentre(t, r.source())
	eye := c.look(c.token("Mai", auth.Operator))
	conn := r.accept()
	send(t, conn, r.sentences(position(574001234, 108.75, 15.55, 8.4), particulars(574001234, "QNA 90123 TS")))
	eye.until("the vessel", func(s *world.State) bool {
		v, ok := s.Vessel("574001234")
		return ok && v.Last.Speed == 8.4 && v.Name.Name == "QNA 90123 TS" && v.Particulars.Category == world.VesselFishing
	})
	eye.until("the source", func(s *world.State) bool {
		return slices.ContainsFunc(s.Sources(), func(x world.SourceStatus) bool { return x.Source == "ais-test" && x.State == world.SourceRunning })
	})
	for _, e := range c.events() {
		if b, ok := e.Body.(world.VesselPosition); ok && (e.Source != "ais-test" || b.MMSI != "574001234" || e.Time == 0) {
			t.Errorf("event %+v", e)
		}
	}
}

// The feed refuses junk line by line and goes on.
func TestVesselAmongJunk(t *testing.T) {
	r := newReceiver(t)
	c := newCentre(t, r.source())
	eye := c.look(c.token("Mai", auth.Operator))
	conn := r.accept()
	send(t, conn, []byte("hello\r\n!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*00\r\n\x00\xff\xfe\n!AIVDM,1,1,,A\n"))
	send(t, conn, r.sentences(position(574001235, 108.7, 15.5, 1)))
	eye.until("the vessel", func(s *world.State) bool { _, ok := s.Vessel("574001235"); return ok })
}

const (
	secretName  = "Nguyễn Thị Bí Mật"
	secretPhone = "0905987654"
	secretWords = "hố sâu trước nhà số 17 ngõ 4, xin đừng nêu tên"
	secretMail  = "bimat@example.org"
)

func report(lat, long string) url.Values {
	return url.Values{
		"service_code": {"roads"}, "lat": {lat}, "long": {long}, "description": {secretWords},
		"first_name": {"Mật"}, "last_name": {strings.TrimSuffix(secretName, " Mật")}, "phone": {secretPhone}, "email": {secretMail},
	}
}

// A citizen's report gets a code and a deadline of eight working hours and an
// area; who sent it and what they wrote is nowhere but in the vault.
func TestReportOfACitizen(t *testing.T) {
	c := newCentre(t, "")
	eye := c.look(c.token("Mai", auth.Operator))
	heard := c.listenIn(c.token("Tai nghe", auth.Operator))
	provider := c.token("Cổng 1022", auth.Provider)
	before := time.Now()
	status, text := c.do("POST", "/georeport/v2/requests.json", provider, "application/x-www-form-urlencoded", report("15.8801", "108.338").Encode())
	after := time.Now()
	var created []struct {
		ID     string `json:"service_request_id"`
		Notice string `json:"service_notice"`
	}
	if status != http.StatusCreated || json.Unmarshal([]byte(text), &created) != nil || len(created) != 1 {
		t.Fatalf("%d %s", status, text)
	}
	code := created[0].ID
	if len(code) != len("060102-ABCDE") || !strings.Contains(created[0].Notice, code) {
		t.Errorf("code %q, notice %q", code, created[0].Notice)
	}
	var seen world.Report
	eye.until("the report", func(s *world.State) (ok bool) { seen, ok = s.Report(code); return ok })
	low, high := world.TimeOf(c.hours.AddWorking(before, 8*time.Hour)), world.TimeOf(c.hours.AddWorking(after, 8*time.Hour))
	if seen.Due < low || seen.Due > high {
		t.Errorf("due %v, want 8 working hours after %v", seen.Due, before)
	}
	if seen.Area != daNang || !seen.Placed || seen.Service != "roads" || seen.Subject == "" || seen.State != world.ReportReceived {
		t.Errorf("report %+v", seen)
	}
	p, err := c.vault.Get(seen.Subject)
	if err != nil || p.Name != "Mật "+strings.TrimSuffix(secretName, " Mật") || p.Phone != secretPhone || p.Text != secretWords || p.Email != secretMail {
		t.Errorf("vault: %+v, %v", p, err)
	}
	status, text = c.do("GET", "/georeport/v2/requests/"+code+".json", provider, "", "")
	if status != http.StatusOK || !strings.Contains(text, code) || !strings.Contains(text, "expected_datetime") {
		t.Errorf("asked for it: %d %s", status, text)
	}
	_, list := c.do("GET", "/api/state/report", c.token("Xem", auth.Auditor), "", "")
	eventually(t, "the feed carries the report", func() bool { return strings.Contains(heard.String(), code) })
	c.stop()
	nowhere(t, "the answer", []byte(text))
	nowhere(t, "the state", []byte(list))
	nowhere(t, "the feed", []byte(heard.String()))
	nowhere(t, "the log", []byte(c.logs.String()))
	files := 0
	err = filepath.WalkDir(c.path("data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		nowhere(t, path, raw)
		files++
		return err
	})
	if err != nil || files < 5 {
		t.Errorf("%d files read, %v", files, err)
	}
}

// nowhere looks for what must stay in the vault, in several spellings.
func nowhere(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, word := range []string{secretPhone, "bimat", "số 17 ngõ 4", "s\\u1ed1 17", "Bí M", "số+17", "09059876"} {
		if bytes.Contains(data, []byte(word)) {
			t.Errorf("%s holds %q", where, word)
		}
	}
}

// listenIn records every byte of text the feed sends.
func (c *centre) listenIn(token string) *journalText {
	c.tb.Helper()
	conn := c.dial(token)
	heard := &journalText{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, data, err := conn.ReadMessage()
			if err != nil {
				return
			}
			_, _ = heard.Write(data)
		}
	}()
	c.tb.Cleanup(func() { conn.Close(); <-done })
	return heard
}

// dial connects to the feed by hand and says hello.
func (c *centre) dial(token string) *websocket.Conn {
	c.tb.Helper()
	d := websocket.Dialer{EnableCompression: true, HandshakeTimeout: patience}
	conn, resp, err := d.DialContext(c.tb.Context(), "ws://"+c.Addr()+"/feed", http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		c.tb.Fatal(err)
	}
	resp.Body.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"m":"hello","version":1}`)); err != nil {
		c.tb.Fatal(err)
	}
	return conn
}

// What a citizen sends wrongly is refused in words and leaves nothing behind.
func TestReportRefused(t *testing.T) {
	c := newCentre(t, "")
	provider := c.token("Cổng 1022", auth.Provider)
	for name, change := range map[string]func(url.Values){
		"no service":      func(v url.Values) { v.Del("service_code") },
		"unknown service": func(v url.Values) { v.Set("service_code", "dragons") },
		"no place":        func(v url.Values) { v.Del("lat"); v.Del("long") },
		"off the earth":   func(v url.Values) { v.Set("lat", "1000") },
		"not a number":    func(v url.Values) { v.Set("long", "đông") },
		"too long":        func(v url.Values) { v.Set("description", strings.Repeat("x", 5000)) },
	} {
		v := report("15.88", "108.33")
		change(v)
		status, text := c.do("POST", "/georeport/v2/requests.json", provider, "application/x-www-form-urlencoded", v.Encode())
		if status != http.StatusBadRequest || !strings.Contains(text, "description") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if status, _ := c.do("POST", "/georeport/v2/requests.json", provider, "application/x-www-form-urlencoded", "%zz=%"); status != http.StatusBadRequest {
		t.Errorf("a broken form: %d", status)
	}
	for _, e := range c.events() {
		if strings.HasPrefix(e.Body.Kind(), "report.") {
			t.Errorf("this came of it: %+v", e)
		}
	}
}

// A token of one area sees that area and nothing else, on the feed and by query.
func TestUnitSeesItsArea(t *testing.T) {
	c := newCentre(t, "")
	provider := c.token("Tàu", auth.Provider)
	unit := c.token("Phường Hội An", auth.Unit, daNang)
	all, own := c.look(c.token("Mai", auth.Operator)), c.look(unit)
	c.observe(provider, `[
		{"kind":"vessel.position","body":{"mmsi":"574000001","pos":[108.33,15.88],"speed":1,"course":2,"heading":3}},
		{"kind":"vessel.position","body":{"mmsi":"574000002","pos":[105.15,9.18],"speed":1,"course":2,"heading":3}},
		{"kind":"vessel.position","body":{"mmsi":"574000003","pos":[112,12],"speed":1,"course":2,"heading":3}},
		{"kind":"vessel.position","body":{"mmsi":"574000004","pos":[105.15,9.18],"speed":1,"course":2,"heading":3}},
		{"kind":"vessel.position","body":{"mmsi":"574000004","pos":[108.33,15.88],"speed":1,"course":2,"heading":3}}]`)
	all.until("all vessels", func(s *world.State) bool { return s.Count(world.KindVessel) == 4 })
	own.until("its vessels", func(s *world.State) bool { _, ok := s.Vessel("574000004"); return ok })
	for mmsi, area := range map[string]string{"574000001": daNang, "574000002": caMau, "574000003": ""} {
		all.mu.Lock()
		if v, _ := all.state.Vessel(mmsi); v.Last.Area != area {
			t.Errorf("%s lies in %q, want %q", mmsi, v.Last.Area, area)
		}
		all.mu.Unlock()
	}
	// It leaves the area; a vessel of the open sea never was in it.
	c.observe(provider, `[{"kind":"vessel.position","body":{"mmsi":"574000004","pos":[112,12],"speed":1,"course":2,"heading":3}}]`)
	own.until("that it left", func(s *world.State) bool { _, there := s.Vessel("574000004"); return !there })
	own.mu.Lock()
	if n := own.state.Count(world.KindVessel); n != 1 {
		t.Errorf("the unit sees %d vessels, want 1", n)
	}
	if n := own.state.Count(world.KindSource); n != 0 {
		t.Errorf("the unit sees %d sources", n)
	}
	own.mu.Unlock()
	_, text := c.do("GET", "/api/state/vessel", unit, "", "")
	if !strings.Contains(text, "574000001") || strings.Contains(text, "574000002") || strings.Contains(text, "574000003") {
		t.Errorf("by query: %s", text)
	}
	if _, text := c.do("GET", "/api/state/vessel", c.token("An", auth.Auditor), "", ""); strings.Count(text, `"mmsi"`) < 4 {
		t.Errorf("the auditor by query: %s", text)
	}
	// What the feed does not show a unit, the query does not show either.
	if status, _ := c.do("GET", "/api/state/source", unit, "", ""); status != http.StatusForbidden {
		t.Errorf("the unit asked for sources: %d", status)
	}
	if status, text := c.do("GET", "/api/state/dragon", unit, "", ""); status != http.StatusNotFound {
		t.Errorf("no such kind: %d %s", status, text)
	}
}

const ruleFile = `rules:
  - id: flood
    on: station
    value: reading("level")
    when: value > 4
    clear: value < 3.9
    severity: critical
    title: "Lũ {{name}} {{value|vi 2}} m"
    instruction: [Mở camera]
`

// newRuled is a centre with the flood rule and a station.
func newRuled(t testing.TB) *centre {
	t.Helper()
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.write("rules.yaml", ruleFile)
	c.configure("rules: rules.yaml\nstations:\n  - {id: cau-lau, name: Câu Lâu, what: level, pos: [108.28, 15.86], area: " + daNang + "}\n")
	c.start()
	t.Cleanup(c.stop)
	return c
}

func alertOf(s *world.State) (world.Alert, bool) {
	for _, a := range s.Alerts() {
		if a.Rule == "flood" {
			return a, true
		}
	}
	return world.Alert{}, false
}

// An event fires a rule; the alert is on every wall; one operator takes it and
// every wall shows who and when; nobody can take it after that, and every
// refusal is in the history.
func TestAlertIsTakenOnce(t *testing.T) {
	c := newRuled(t)
	provider := c.token("Đài", auth.Provider)
	mai, hung, leader := c.look(c.token("Trần Thị Mai", auth.Operator)), c.look(c.token("Lê Hùng", auth.Operator)), c.look(c.token("Chủ tịch", auth.Leader))
	walls := []*eye{mai, hung, leader}
	c.observe(provider, readingJSON("cau-lau", 4.12))
	var alert world.Alert
	for _, w := range walls {
		w.until("the alert", func(s *world.State) (ok bool) { alert, ok = alertOf(s); return ok })
	}
	if alert.Title != "Lũ Câu Lâu 4,12 m" || alert.Severity != world.Critical || alert.Area != daNang || alert.Taken != 0 {
		t.Errorf("alert %+v", alert)
	}
	if r := leader.order(act.Command{ID: "l1", Act: act.AcknowledgeAlert{Alert: alert.ID}}); r.OK || !strings.Contains(r.Reason, "no right") {
		t.Errorf("the leader took it: %+v", r)
	}
	if r := mai.order(act.Command{ID: "m0", Act: act.AcknowledgeAlert{Alert: "no-such"}}); r.OK {
		t.Errorf("an alert that is not there was taken: %+v", r)
	}
	before := world.TimeOf(time.Now())
	if r := mai.order(act.Command{ID: "m1", Act: act.AcknowledgeAlert{Alert: alert.ID, Note: "gọi xã"}}); !r.OK || r.Seq == 0 {
		t.Fatalf("not taken: %+v", r)
	}
	for _, w := range walls {
		w.until("who took it", func(s *world.State) bool {
			a, _ := s.Alert(alert.ID)
			return a.Taker == "Trần Thị Mai" && a.Taken >= before
		})
	}
	if r := hung.order(act.Command{ID: "h1", Act: act.AcknowledgeAlert{Alert: alert.ID}}); r.OK || !strings.Contains(r.Reason, "Trần Thị Mai") {
		t.Errorf("taken twice: %+v", r)
	}
	if r := mai.order(act.Command{ID: "m2", Act: act.AcknowledgeAlert{Alert: alert.ID}}); !r.OK {
		t.Errorf("pressed twice by the same person: %+v", r)
	}
	c.observe(provider, readingJSON("cau-lau", 3.5))
	mai.until("the end of the alert", func(s *world.State) bool { a, _ := s.Alert(alert.ID); return !a.Open() })

	var refused []string
	taken := 0
	for _, e := range c.events() {
		switch b := e.Body.(type) {
		case world.Audited:
			if !b.OK {
				refused = append(refused, b.Act+" "+b.Object)
			}
		case world.AlertAcknowledged:
			taken++
		}
	}
	want := []string{"alert.acknowledge " + alert.ID, "alert.acknowledge no-such", "alert.acknowledge " + alert.ID}
	if !slices.Equal(refused, want) || taken != 1 {
		t.Errorf("refusals in the history %q, want %q; taken %d times", refused, want, taken)
	}
}

// Scenes change by command, with rights and versions.
func TestScenesByCommand(t *testing.T) {
	c := newCentre(t, "scenes:\n  - {id: a, name: A, tiles: [{kind: map, at: 1-4}]}\n  - {id: b, name: B, tiles: [{kind: clock, at: \"1\"}]}\n")
	mai := c.look(c.token("Mai", auth.Operator))
	leader := c.token("Lãnh đạo", auth.Leader)
	mai.until("the first scene", func(s *world.State) bool { w, ok := s.Wall("main"); return ok && w.Shown.Scene == "a" })
	if status, r := c.order(leader, act.Command{ID: "1", Act: act.ShowScene{Wall: "main", Scene: "b"}}); status != http.StatusConflict || r.OK {
		t.Errorf("the leader showed a scene: %d %+v", status, r)
	}
	if r := mai.order(act.Command{ID: "2", Act: act.ShowScene{Wall: "main", Scene: "z"}}); r.OK {
		t.Error("a scene that is not there was shown")
	}
	if r := mai.order(act.Command{ID: "3", Act: act.ShowScene{Wall: "main", Scene: "b"}}); !r.OK {
		t.Error(r)
	}
	var sc world.SceneSaved
	mai.until("scene b", func(s *world.State) bool {
		w, _ := s.Wall("main")
		x, _ := s.Scene("b")
		sc = x.SceneSaved
		return w.Shown.Scene == "b" && w.Shown.By == "Mai"
	})
	sc.Name = "B, sửa"
	if r := mai.order(act.Command{ID: "4", Act: act.SaveScene{Scene: sc}}); !r.OK {
		t.Error(r)
	}
	if r := mai.order(act.Command{ID: "5", Act: act.SaveScene{Scene: sc}}); r.OK || !strings.Contains(r.Reason, "changed meanwhile") {
		t.Errorf("an old version was saved: %+v", r)
	}
	mai.until("the new name", func(s *world.State) bool { x, _ := s.Scene("b"); return x.Name == "B, sửa" && x.By == "Mai" })
	// Saved by hand: a restart with the same configuration leaves it.
	c.stop()
	c.start()
	if x, _ := stateOf(c).Scene("b"); x.Name != "B, sửa" {
		t.Errorf("after a restart: %+v", x)
	}
}

// stateOf returns a copy of the server's state.
func stateOf(c *centre) *world.State {
	c.tb.Helper()
	var raw []byte
	err := c.loop.Call(c.tb.Context(), func(s *world.State) { raw, _ = s.Snapshot() })
	if err != nil {
		c.tb.Fatal(err)
	}
	s, err := world.Restore(raw)
	if err != nil {
		c.tb.Fatal(err)
	}
	return s
}
