package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// door is one route as a client meets it.
type doorCase struct {
	// pattern is how the server names the route.
	pattern    string
	path, body string
	form       bool
	// opens is the answer to those who may enter; everybody else gets 403.
	opens int
	roles []auth.Role
	// bare is the answer to those without a good token.
	bare int
}

func doors() []doorCase {
	const (
		admin, operator, leader, unit       = auth.Administrator, auth.Operator, auth.Leader, auth.Unit
		desk, analyst, approver             = auth.Desk, auth.Analyst, auth.Approver
		technician, auditor, node, provider = auth.Technician, auth.Auditor, auth.Node, auth.Provider
	)
	readers := []auth.Role{admin, operator, leader, unit, desk, analyst, approver, technician, auditor}
	everybody := append([]auth.Role{node, provider}, readers...)
	reporters := []auth.Role{admin, operator, unit, desk, provider}
	watchers := []auth.Role{admin, operator, leader, technician, auditor}
	managers, builders := []auth.Role{admin}, []auth.Role{admin, technician}
	return []doorCase{
		// A request that is no websocket is told so once it is past the door.
		{"GET /feed", "/feed", "", false, 400, append([]auth.Role{node}, readers...), 401},
		{"GET /api/state/{kind}", "/api/state/vessel", "", false, 200, readers, 401},
		{"POST /api/commands", "/api/commands", "no command", false, 400, append([]auth.Role{node}, readers...), 401},
		{"POST /api/observations", "/api/observations", "[]", false, 200, []auth.Role{admin, provider}, 401},
		{"GET /api/cameras", "/api/cameras", "", false, 200, readers, 401},
		{"GET /api/cameras/{id}/replay", "/api/cameras/none/replay", "", false, 404, []auth.Role{admin, operator, leader, unit, technician, node}, 401},
		{"GET /api/clips", "/api/clips", "", false, 200, readers, 401},
		{"GET /api/clips/{id}", "/api/clips/none", "", false, 404, []auth.Role{admin, operator, leader, unit, technician, node}, 401},
		{"GET /api/map/layers/{id}", "/api/map/layers/none", "", false, 404, append([]auth.Role{node}, readers...), 401},
		{"PUT /api/map/layers/{id}", "/api/map/layers/x?name=X", "no file", false, 422, []auth.Role{admin, operator}, 401},
		{"DELETE /api/map/layers/{id}", "/api/map/layers/none", "", false, 404, []auth.Role{admin, operator}, 401},
		{"GET /api/map/fences", "/api/map/fences", "", false, 200, append([]auth.Role{node}, readers...), 401},
		{"POST /api/map/fences", "/api/map/fences", "no file", false, 422, []auth.Role{admin, operator}, 401},
		{"GET /api/walls", "/api/walls", "", false, 200, watchers, 401},
		{"GET /api/walls/{id}", "/api/walls/main", "", false, 200, watchers, 401},
		{"GET /api/wall/log", "/api/wall/log?wall=none", "", false, 404, watchers, 401},
		{"GET /api/walls/{wall}/scenes/{scene}/versions", "/api/walls/main/scenes/none/versions", "", false, 404, watchers, 401},
		{"GET /api/walls/{wall}/scenes/{scene}/versions/{n}", "/api/walls/main/scenes/none/versions/1", "", false, 404, watchers, 401},
		{"POST /api/nodes/codes", "/api/nodes/codes", "{}", false, 422, []auth.Role{admin, technician}, 401},
		{"GET /api/nodes/asks", "/api/nodes/asks", "", false, 200, []auth.Role{node}, 401},
		{"PUT /api/nodes/pictures/{screen}", "/api/nodes/pictures/none", "no picture", false, 400, []auth.Role{node}, 401},
		{"GET /api/wall/screenshot.png", "/api/wall/screenshot.png?screen=999", "", false, 404, watchers, 401},
		{"GET /api/wall/pictures", "/api/wall/pictures?wall=none", "", false, 404, watchers, 401},
		{"GET /api/wall/pictures/{screen}", "/api/wall/pictures/999", "", false, 404, watchers, 401},
		// What is sent makes no sense, so that nothing is changed.
		{"POST /api/logout", "/api/logout", "", false, 409, everybody, 401},
		{"GET /api/me", "/api/me", "", false, 200, everybody, 401},
		{"POST /api/me/password", "/api/me/password", "no JSON", false, 400, everybody, 401},
		{"POST /api/me/totp", "/api/me/totp", "", false, 409, everybody, 401},
		{"PUT /api/me/totp", "/api/me/totp", "{}", false, 409, everybody, 401},
		{"GET /api/me/sessions", "/api/me/sessions", "", false, 200, everybody, 401},
		{"DELETE /api/me/sessions/{id}", "/api/me/sessions/none", "", false, 409, everybody, 401},
		{"GET /api/users", "/api/users", "", false, 200, managers, 401},
		{"POST /api/users", "/api/users", "{}", false, 422, managers, 401},
		{"PATCH /api/users/{login}", "/api/users/none", "{}", false, 404, managers, 401},
		{"POST /api/users/{login}/reset", "/api/users/none/reset", "", false, 404, managers, 401},
		{"DELETE /api/users/{login}/sessions", "/api/users/none/sessions", "", false, 404, managers, 401},
		{"GET /api/history", "/api/history?kind=vessel", "", false, 400, readers, 401},
		{"POST /api/tracks", "/api/tracks", "no JSON", false, 400, append([]auth.Role{node}, readers...), 401},
		{"GET /api/setup/config", "/api/setup/config", "", false, 200, builders, 401},
		{"POST /api/setup/config/check", "/api/setup/config/check", "no configuration", false, 200, builders, 401},
		{"PUT /api/setup/config", "/api/setup/config", "no configuration", false, 428, builders, 401},
		{"GET /api/setup/health", "/api/setup/health", "", false, 200, builders, 401},
		{"GET /api/setup/logs", "/api/setup/logs", "", false, 200, builders, 401},
		{"POST /api/setup/cameras", "/api/setup/cameras", "no JSON", false, 400, builders, 401},
		{"POST /api/setup/cameras/csv", "/api/setup/cameras/csv", "no table", false, 200, builders, 401},
		{"POST /api/setup/cameras/discover", "/api/setup/cameras/discover", "no JSON", false, 400, builders, 401},
		{"POST /api/setup/cameras/onvif", "/api/setup/cameras/onvif", "no JSON", false, 400, builders, 401},
		{"POST " + areasDoor, areasDoor, "no layer", false, 422, builders, 401},
		{"PUT " + areasDoor, areasDoor, "no layer", false, 422, builders, 401},
		{"GET /metrics", "/metrics", "", false, 200, []auth.Role{admin, technician}, 401},
		{"GET /georeport/v2/{resource}", "/georeport/v2/services.json", "", false, 200, reporters, 401},
		{"GET /georeport/v2/{resource}/{id}", "/georeport/v2/services/roads.json", "", false, 200, reporters, 401},
		// GeoReport v2 wants 403 for a missing or wrong api_key.
		{"POST /georeport/v2/{resource}", "/georeport/v2/requests.json", "service_code=none", true, 400, reporters, 403},
	}
}

// Every door, every role, and every way of having no good token.
func TestDoors(t *testing.T) {
	c := newCentre(t, "")
	tokens := map[auth.Role]string{}
	for _, role := range auth.Roles() {
		tokens[role] = c.token(string(role), role, areasOf(role)...)
	}
	revoked, id := c.tokenID("cũ", auth.Administrator)
	if err := c.store.Revoke(id); err != nil {
		t.Fatal(err)
	}
	expired, _, err := c.store.Add(auth.Spec{Name: "hết hạn", Role: auth.Administrator, TTL: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.tokens.Reload(); err != nil {
		t.Fatal(err)
	}
	good := tokens[auth.Administrator]
	for _, d := range doors() {
		method, _, _ := strings.Cut(d.pattern, " ")
		enter := func(token string) int {
			kind := "application/json"
			if d.form {
				kind = "application/x-www-form-urlencoded"
			}
			status, _ := c.do(method, d.path, token, kind, d.body)
			return status
		}
		for _, role := range auth.Roles() {
			want := http.StatusForbidden
			if slices.Contains(d.roles, role) {
				want = d.opens
			}
			if got := enter(tokens[role]); got != want {
				t.Errorf("%s as %s: %d, want %d", d.pattern, role, got, want)
			}
		}
		for name, token := range map[string]string{
			"without a token": "", "with a made-up token": "iocw_" + strings.Repeat("A", 43), "with half a token": good[:20],
			"with a revoked token": revoked, "with an expired token": expired,
		} {
			if got := enter(token); got != d.bare {
				t.Errorf("%s %s: %d, want %d", d.pattern, name, got, d.bare)
			}
		}
		// A token in the URL would be in somebody's log.
		if status, _ := c.do(method, d.path+"?token="+good+"&api_key="+good, "", "", d.body); status != d.bare {
			t.Errorf("%s with a token in the URL: %d", d.pattern, status)
		}
	}
	if status, text := c.do("GET", "/healthz", "", "", ""); status != http.StatusOK || !strings.Contains(text, "ok") {
		t.Errorf("health: %d %s", status, text)
	}
	for _, raw := range append([]string{revoked, expired}, slices.Collect(valuesOf(tokens))...) {
		if strings.Contains(c.logs.String(), raw) {
			t.Error("a token is in the log")
		}
	}
}

// areasOf returns what a token of the role needs at least.
func areasOf(role auth.Role) []string {
	if role == auth.Unit {
		return []string{daNang}
	}
	return nil
}

func valuesOf(m map[auth.Role]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// No door is left out of the table above.
func TestDoorsAreAllTested(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found, want []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		src = []byte(strings.ReplaceAll(string(src), ` "+areasDoor`, ` `+areasDoor+`"`))
		for _, m := range regexp.MustCompile(`\.Handle(?:Func)?\("([^"]+)"`).FindAllSubmatch(src, -1) {
			found = append(found, string(m[1]))
		}
	}
	// These need no token; TestAComputerOfTheWall knocks at the second, TestLoginFlow
	// at the last two.
	want = append(want, "GET /healthz", "POST /api/nodes/enrol", "GET /api/login", "POST /api/login")
	for _, d := range doors() {
		want = append(want, d.pattern)
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("the server has the doors\n%s\ntested are\n%s", strings.Join(found, "\n"), strings.Join(want, "\n"))
	}
}

// actCase is an act that cannot be done, and who might do it.
type actCase struct {
	act   act.Act
	roles []auth.Role
}

// Every act, every role: what a role may not do is refused for that reason.
func TestCommandRights(t *testing.T) {
	c := newCentre(t, "")
	acts := map[string]actCase{
		"acknowledge": {act.AcknowledgeAlert{Alert: "x"}, []auth.Role{auth.Administrator, auth.Operator}},
		"show":        {act.ShowScene{Wall: "x", Scene: "y"}, []auth.Role{auth.Administrator, auth.Operator, auth.Technician}},
		"turn":        {act.ControlCamera{Camera: "x", Pan: 1}, []auth.Role{auth.Administrator, auth.Operator, auth.Technician}},
		"keep":        {act.SaveClip{ID: "x", Camera: "y", From: 1, To: 2}, []auth.Role{auth.Administrator, auth.Operator}},
		"fence":       {act.SaveFence{Fence: world.FenceSaved{Saved: world.Saved{ID: "x"}}}, []auth.Role{auth.Administrator, auth.Operator}},
		"draw":        {act.SaveDrawing{Drawing: world.DrawingSaved{Saved: world.Saved{ID: "x"}}}, []auth.Role{auth.Administrator, auth.Operator}},
		"view":        {act.SaveMapView{View: world.MapViewSaved{Saved: world.Saved{ID: "x"}}}, []auth.Role{auth.Administrator, auth.Operator}},
		"save":        {act.SaveScene{Scene: world.SceneSaved{ID: "x", Wall: "y"}}, []auth.Role{auth.Administrator, auth.Operator, auth.Technician}},
	}
	maps.Copy(acts, wallActs())
	for _, role := range auth.Roles() {
		token := c.token(string(role), role, areasOf(role)...)
		for name, a := range acts {
			status, r := c.order(token, act.Command{ID: name, Act: a.act})
			switch {
			case role == auth.Provider: // does not come as far as that
				if status != http.StatusForbidden {
					t.Errorf("%s as %s: %d", name, role, status)
				}
			case status != http.StatusConflict || r.OK || r.ID != name:
				t.Errorf("%s as %s: %d %+v", name, role, status, r)
			case strings.Contains(r.Reason, "no right") == slices.Contains(a.roles, role):
				t.Errorf("%s as %s: %s", name, role, r.Reason)
			}
		}
	}
	refused := 0
	for _, e := range c.events() {
		if b, ok := e.Body.(world.Audited); ok && !b.OK && b.Act != "door" && b.Who != "" && b.Reason != "" {
			refused++
		}
	}
	if want := (len(auth.Roles()) - 1) * len(acts); refused != want {
		t.Errorf("%d refusals in the history, want %d", refused, want)
	}
}

// A token of an area may not take what lies outside it, nor learn that it is there.
func TestCommandsStayInTheArea(t *testing.T) {
	c := newRuled(t)
	c.observe(c.token("Đài", auth.Provider), readingJSON("cau-lau", 4.12))
	far := c.token("Cà Mau", auth.Operator, caMau)
	mai := c.look(c.token("Mai", auth.Operator))
	var alert world.Alert
	mai.until("the alert", func(s *world.State) (ok bool) { alert, ok = alertOf(s); return ok })
	status, r := c.order(far, act.Command{ID: "1", Act: act.AcknowledgeAlert{Alert: alert.ID}})
	if status != http.StatusConflict || !strings.Contains(r.Reason, "there is no alert") {
		t.Errorf("%d %+v", status, r)
	}
	near := c.token("Đà Nẵng", auth.Operator, daNang)
	if status, r := c.order(near, act.Command{ID: "1", Act: act.AcknowledgeAlert{Alert: alert.ID}}); status != http.StatusOK || !r.OK {
		t.Errorf("%d %+v", status, r)
	}
}

// A revoked token loses its connections, and says why; others stay.
func TestRevokedTokenIsCut(t *testing.T) {
	c := newCentre(t, "")
	raw, id := c.tokenID("Cũ", auth.Operator)
	old, other := c.look(raw), c.look(c.token("Mai", auth.Operator))
	for _, e := range []*eye{old, other} {
		e.until("the wall", func(s *world.State) bool { return s.Count(world.KindWall) == 1 })
	}
	// By another process, as the command line does it.
	store, err := auth.Open(TokenFile(c.path("data")))
	if err == nil {
		err = store.Revoke(id)
	}
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	old.wait("that its right is gone", func() bool {
		return slices.ContainsFunc(old.links, func(why string) bool { return strings.Contains(why, "withdrawn") || strings.Contains(why, "revoked") })
	})
	t.Logf("cut after %v", time.Since(began))
	if status, _ := c.do("GET", "/api/state/vessel", raw, "", ""); status != http.StatusUnauthorized {
		t.Errorf("by query: %d", status)
	}
	other.mu.Lock()
	defer other.mu.Unlock()
	if len(other.links) != 0 {
		t.Errorf("another client was cut: %q", other.links)
	}
}

// The relay's token that comes with the feed names the cameras of the area only.
func TestGrantsOfPictures(t *testing.T) {
	c := newCentre(t, `cameras:
  - {id: near, name: Gần, pos: [108.33, 15.88], area: `+daNang+`, streams: [{name: main, url: "rtsp://127.0.0.1:9/x"}]}
  - {id: far, name: Xa, pos: [105.15, 9.18], area: `+caMau+`, streams: [{name: main, url: "rtsp://127.0.0.1:9/y"}]}
`)
	c.look(c.token("Mai", auth.Operator)).until("the cameras", func(s *world.State) bool { return s.Count(world.KindCamera) == 2 })
	for _, x := range []struct {
		role      auth.Role
		areas     []string
		near, far bool
	}{
		{auth.Operator, nil, true, true}, {auth.Node, nil, true, true}, {auth.Unit, []string{daNang}, true, false}, {auth.Unit, nil, false, false}, {auth.Auditor, nil, false, false},
	} {
		_, id := c.tokenID("x", x.role, x.areas...)
		g := c.grant(toWire(auth.Identity{Token: id, Name: "x", Role: x.role, Areas: x.areas}))
		for camera, want := range map[string]bool{"near": x.near, "far": x.far} {
			got := false
			if g != nil {
				err := c.cameras.Admit(g.Token, camera, "main")
				got = err == nil
			}
			if got != want {
				t.Errorf("%s of %v may watch %s: %v", x.role, x.areas, camera, got)
			}
		}
	}
}

// A report's sender may name the token in the form, as GeoReport v2 has it.
func TestReportTokenInForm(t *testing.T) {
	c := newCentre(t, "")
	v := url.Values{"api_key": {c.token("Cổng", auth.Provider)}, "service_code": {"other"}, "lat": {"15.88"}, "long": {"108.33"}}
	for _, form := range []string{"json", "xml"} {
		if status, text := c.do("POST", "/georeport/v2/requests."+form, "", "application/x-www-form-urlencoded", v.Encode()); status != http.StatusCreated {
			t.Errorf("%s: %d %s", form, status, text)
		}
	}
}

// certificate writes a certificate for loopback and its key, and returns the
// roots that trust it.
func certificate(tb testing.TB, certFile, keyFile string) *x509.CertPool {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"wall.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

// With a certificate the feed, the API and the relay speak TLS and nothing else.
func TestTLS(t *testing.T) {
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	roots := certificate(t, c.path("cert.pem"), c.path("key.pem"))
	c.configure("tls: {cert: cert.pem, key: key.pem}\n")
	c.start()
	t.Cleanup(c.stop)
	token := c.token("Mai", auth.Operator)
	https := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer https.CloseIdleConnections()
	resp, err := https.Get("https://" + c.Addr() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("health: %d", resp.StatusCode)
	}
	if resp, err := http.Get("http://" + c.Addr() + "/healthz"); err == nil {
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			t.Error("answered without TLS")
		}
	}
	client, err := wire.NewClient(wire.ClientOptions{
		URL: "wss://" + c.Addr() + "/feed", Token: func() (string, error) { return token, nil }, TLS: &tls.Config{RootCAs: roots},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { _ = client.Run(ctx) })
	for state, grant := world.New(0), false; state.Count(world.KindWall) == 0 || !grant; {
		b, err := client.Next(ctx)
		if err != nil {
			t.Fatal("the feed is silent over TLS")
		}
		if state, err = state.ApplyBatch(&b, nil); err != nil {
			t.Fatal(err)
		}
		if b.Relay != nil {
			grant = true
			if !strings.HasPrefix(b.Relay.URL, "rtsps://") {
				t.Errorf("pictures at %s", b.Relay)
			}
		}
	}
	conn, err := tls.Dial("tcp", c.RelayAddr(), &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatalf("the relay: %v", err)
	}
	conn.Close()
}
