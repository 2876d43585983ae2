package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/format/georeport"
	"iocwall/server/world"
)

// send sends a citizen's report and returns the status and the code.
func (c *centre) send(token string, form url.Values) (int, string) {
	c.tb.Helper()
	status, text := c.do("POST", "/georeport/v2/requests.json", token, "application/x-www-form-urlencoded", form.Encode())
	var created []struct {
		ID string `json:"service_request_id"`
	}
	if status != http.StatusCreated {
		return status, text
	}
	if err := json.Unmarshal([]byte(text), &created); err != nil || len(created) != 1 {
		c.tb.Fatalf("%v in %s", err, text)
	}
	return status, created[0].ID
}

func (c *centre) opened() (out []world.ReportOpened) {
	for _, e := range c.events() {
		if b, ok := e.Body.(world.ReportOpened); ok {
			out = append(out, b)
		}
	}
	return out
}

// A code belongs to one report: one that is taken is drawn again, also when
// both reports are on their way at once.
func TestCodesAreDrawnAgain(t *testing.T) {
	c := newCentre(t, "")
	draw := func(codes ...string) func() (string, error) {
		return func() (string, error) {
			code := codes[0]
			codes = codes[1:]
			return code, nil
		}
	}
	var wg sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		wg.Go(func() {
			own := fmt.Sprintf("own-%d", i)
			b := world.ReportOpened{Service: "other", Subject: own}
			var err error
			if got[i], err = c.file(context.Background(), "test", b, draw("same", "same", own)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if slices.Sort(got); len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("two reports have one code: %q", got)
	}
	all := slices.Repeat([]string{got[len(got)-1]}, codeTries)
	if code, err := c.file(context.Background(), "test", world.ReportOpened{Service: "other", Subject: "late"}, draw(all...)); err == nil || errors.Is(err, errUnsure) {
		t.Errorf("no code was free, and it got %q, %v", code, err)
	}
	err := c.loop.Call(context.Background(), func(st *world.State) {
		for _, code := range got {
			if r, ok := st.Report(code); !ok || code != "same" && r.Subject != code {
				t.Errorf("%s: %+v", code, r)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// What the vault was given goes with a report that certainly is not in the
// history, and stays with one that may be.
func TestVaultFollowsTheHistory(t *testing.T) {
	c := newCentre(t, "")
	sub := georeport.Submission{ServiceCode: "other", FirstName: "An", Description: "x"}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	held := make(chan struct{})
	release := make(chan struct{})
	go func() { _ = c.loop.Call(context.Background(), func(*world.State) { close(held); <-release }) }()
	<-held
	// The loop takes requests into a queue while it is busy; nothing is decided.
	before := c.vault.Count()
	if got, err := c.openReport(gone, auth.Identity{Token: "t"}, sub); err == nil {
		t.Errorf("taken: %+v", got)
	}
	close(release)
	if after := c.vault.Count(); after != before {
		t.Errorf("%d records in the vault, %d before a report that was refused", after, before)
	}
	if got := c.opened(); len(got) != 0 {
		t.Errorf("it came into the history: %+v", got)
	}
	// Decided, and the answer never came.
	s := &Server{config: c.conf(), logger: c.logger, vault: c.vault, hours: c.hours, ground: c.ground, loop: silent{}}
	got, err := s.openReport(context.Background(), auth.Identity{Token: "t"}, sub)
	if err != nil || !got.open {
		t.Errorf("%+v, %v", got, err)
	}
	if p, err := c.vault.Get(got.subject); err != nil || p.Name != "An" {
		t.Errorf("the vault lost it: %+v, %v", p, err)
	}
	if !strings.Contains(c.logs.String(), "it is not known whether a report is in the history") {
		t.Error("nobody is told")
	}
}

// A program that sends the same form again gets the same code; another form, or
// another sender, gets another.
func TestReportSentAgain(t *testing.T) {
	c := newCentre(t, "")
	gate, other := c.token("Cổng", auth.Provider), c.token("Cổng khác", auth.Provider)
	form := report("15.88", "108.33")
	codes := make([]string, 5)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() { _, codes[i] = c.send(gate, form) })
	}
	wg.Wait()
	inForm := url.Values{"api_key": {gate}}
	for k, v := range form {
		inForm[k] = v
	}
	_, codes[4] = c.send("", inForm)
	if len(slices.Compact(codes)) != 1 {
		t.Errorf("one form, the codes %q", codes)
	}
	changed := report("15.88", "108.34")
	_, second := c.send(gate, changed)
	_, third := c.send(other, form)
	if second == codes[0] || third == codes[0] || second == third {
		t.Errorf("%s, %s and %s", codes[0], second, third)
	}
	if n := len(c.opened()); n != 3 {
		t.Errorf("%d reports in the history, want 3", n)
	}
	if n := c.vault.Count(); n != 3 {
		t.Errorf("%d records in the vault, want 3", n)
	}
}

// A program that may send reports does not see those of others.
func TestReportsAreNotListedToSenders(t *testing.T) {
	c := newCentre(t, "")
	gate, desk := c.token("Cổng", auth.Provider), c.token("Mai", auth.Operator)
	_, code := c.send(gate, report("15.88", "108.33"))
	for path, want := range map[string]int{"requests.json": 403, "requests.json?service_request_id=" + code: 403, "requests/" + code + ".json": 200, "services.json": 200} {
		if status, text := c.do("GET", "/georeport/v2/"+path, gate, "", ""); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, text, want)
		}
	}
	if status, text := c.do("GET", "/georeport/v2/requests.json", desk, "", ""); status != 200 || !strings.Contains(text, code) {
		t.Errorf("the desk: %d %s", status, text)
	}
}

// A long form is refused, and one with a bad token is not even read.
func TestFormsAreBounded(t *testing.T) {
	c := newCentre(t, "")
	gate := c.token("Cổng", auth.Provider)
	long := url.Values{"description": {strings.Repeat("x", maxForm)}}
	for _, token := range []string{gate, ""} {
		if status, text := c.send(token, long); status != http.StatusRequestEntityTooLarge {
			t.Errorf("a long form: %d %s", status, text)
		}
	}
	body := &unread{}
	req := httptest.NewRequest("POST", "/georeport/v2/requests.json", body)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer iocw_"+strings.Repeat("A", 43))
	w := httptest.NewRecorder()
	c.routes().ServeHTTP(w, req)
	if w.Code != http.StatusForbidden || body.read {
		t.Errorf("with a bad token: %d, the body was read: %v", w.Code, body.read)
	}
}

type unread struct{ read bool }

func (u *unread) Read([]byte) (int, error) { u.read = true; return 0, io.EOF }

// A request has its time; the feed has none but the hub's.
func TestRequestsHaveDeadlines(t *testing.T) {
	c := newCentre(t, "")
	h := c.routes()
	for _, x := range []struct {
		path  string
		bound bool
	}{{"/healthz", true}, {"/api/state/vessel", true}, {"/georeport/v2/services.json", true}, {"/feed", false}} {
		w := &clocked{ResponseRecorder: httptest.NewRecorder()}
		req := httptest.NewRequest("GET", x.path, http.NoBody)
		req.Header.Set("Authorization", "Bearer "+c.token("Mai", auth.Administrator))
		h.ServeHTTP(w, req)
		for _, end := range []time.Time{w.read, w.write} {
			if left := time.Until(end); x.bound != (left > 0 && left <= requestLimit) || x.bound == end.IsZero() {
				t.Errorf("%s: ends %v", x.path, end)
			}
		}
	}
}

// clocked notes the deadlines of a request.
type clocked struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (c *clocked) SetReadDeadline(t time.Time) error  { c.read = t; return nil }
func (c *clocked) SetWriteDeadline(t time.Time) error { c.write = t; return nil }

// A command that a script sends again is answered again and not done again.
func TestCommandSentAgain(t *testing.T) {
	c := newCentre(t, "scenes:\n  - {id: a, name: A, tiles: [{kind: map, at: \"1\"}]}\n  - {id: b, name: B, tiles: [{kind: map, at: \"1\"}]}\n")
	mai, lan := c.token("Mai", auth.Operator), c.token("Lan", auth.Operator)
	show := func(token, id, scene string) world.Receipt {
		t.Helper()
		_, r := c.order(token, act.Command{ID: id, Act: act.ShowScene{Wall: "main", Scene: scene}})
		return r
	}
	first := show(mai, "1", "b")
	if !first.OK || first.Seq == 0 {
		t.Fatalf("%+v", first)
	}
	if r := show(mai, "2", "a"); !r.OK {
		t.Errorf("%+v", r)
	}
	if again := show(mai, "1", "b"); !reflect.DeepEqual(again, first) {
		t.Errorf("answered %+v, at first %+v", again, first)
	}
	var wall world.Wall
	if err := c.loop.Call(context.Background(), func(st *world.State) { wall, _ = st.Wall("main") }); err != nil {
		t.Fatal(err)
	}
	if wall.Shown.Scene != "a" {
		t.Errorf("the wall shows %q: done again", wall.Shown.Scene)
	}
	if r := show(lan, "1", "b"); !r.OK || r.Seq <= first.Seq {
		t.Errorf("another sender with the same id: %+v", r)
	}
}

// The doors are said to be open when they are, and not before.
func TestReady(t *testing.T) {
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.configure("")
	s, err := New(context.Background(), Options{Config: c.load()})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Ready():
		t.Error("ready before it runs")
	default:
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	select {
	case <-s.Ready():
	case <-time.After(patience):
		t.Fatal("never ready")
	}
	if at := s.loop.Stats().Seq; at == 0 {
		t.Error("ready before the history knows the configuration")
	}
	resp, err := http.Get("http://" + s.Addr() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// silent is a loop that decides and ends before it answers.
type silent struct{ timeline }

func (silent) Ask(_ context.Context, r core.Request) (uint64, error) {
	_, _ = r.Decide(1, world.New(1))
	return 0, core.ErrStopping
}
