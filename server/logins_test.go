package server

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const testPassword = "bốn con ngựa ăn cỏ"

// account is what the doors say of somebody.
type account struct {
	Token      string   `json:"token"`
	Login      string   `json:"login"`
	Name       string   `json:"name"`
	Role       string   `json:"role"`
	Areas      []string `json:"areas"`
	Rights     []string `json:"rights"`
	Expires    time.Time
	MustChange bool   `json:"mustChange"`
	Enrol      bool   `json:"enrol"`
	Hold       string `json:"hold"`

	Error, Code, Need, Password, Secret, URI string
	Recovery                                 []string
	Wait, Ended                              int
}

// say sends JSON to a door, demands the status and reads the answer.
func (c *centre) say(method, path, token string, status int, body string) (a account) {
	c.tb.Helper()
	got, text := c.do(method, path, token, "application/json", body)
	if got != status {
		c.tb.Fatalf("%s %s: %d %s, want %d", method, path, got, text, status)
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		c.tb.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	return a
}

// login logs in and demands the status.
func (c *centre) login(login, password, code string, status int) account {
	c.tb.Helper()
	body, err := json.Marshal(map[string]string{"login": login, "password": password, "code": code})
	if err != nil {
		c.tb.Fatal(err)
	}
	return c.say("POST", "/api/login", "", status, string(body))
}

// codeOf is what an authenticator shows, some steps from now. It is written
// beside the server's own, from RFC 6238.
func codeOf(tb testing.TB, secret string, steps int64) string {
	tb.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		tb.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, time.Now().Unix()/30+steps) // a hash takes all
	sum := mac.Sum(nil)
	at := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff)%1_000_000)
}

// hire makes a user through the doors, who has chosen a password and, where the
// role needs it, a second factor, and is logged in. Areas is JSON.
func (c *centre) hire(admin, login string, role auth.Role, areas string) account {
	c.tb.Helper()
	made := c.say("POST", "/api/users", admin, http.StatusCreated, fmt.Sprintf(`{"login":%q,"name":"Người %s","role":%q,"areas":%s}`, login, login, role, areas))
	a := c.login(login, made.Password, "", http.StatusOK)
	now := c.say("POST", "/api/me/password", a.Token, http.StatusOK, fmt.Sprintf(`{"old":%q,"new":%q}`, made.Password, testPassword))
	if now.Enrol {
		begun := c.say("POST", "/api/me/totp", a.Token, http.StatusOK, "")
		c.say("PUT", "/api/me/totp", a.Token, http.StatusOK, fmt.Sprintf(`{"code":%q}`, codeOf(c.tb, begun.Secret, 0)))
	}
	now = c.say("GET", "/api/me", a.Token, http.StatusOK, "")
	now.Token = a.Token
	return now
}

// The whole way of a first administrator, and nothing secret in log, history or
// file afterwards.
func TestLoginFlow(t *testing.T) {
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.configure("")
	var oneTime string
	c.first = func(login, password string) error { oneTime = password; return nil }
	c.start()
	t.Cleanup(c.stop)
	<-c.Ready()
	secrets := []string{oneTime, testPassword}

	resp, err := http.Get("http://" + c.Addr() + "/api/login")
	if err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if want := fmt.Sprintf(`{"centre":%q}`, c.conf().Name); err != nil || resp.StatusCode != http.StatusOK || strings.TrimSpace(string(said)) != want {
		t.Errorf("whoever asks is told %d %s, %v; want %s", resp.StatusCode, said, err, want)
	}
	if a := c.login("admin", "sai mật khẩu rồi", "", http.StatusUnauthorized); a.Code != "wrong" || a.Error == "" {
		t.Errorf("a wrong password: %+v", a)
	}
	admin := c.login("admin", oneTime, "", http.StatusOK)
	secrets = append(secrets, admin.Token, admin.Token[5:])
	if !admin.MustChange || !admin.Enrol || admin.Hold != "must-change" || len(admin.Rights) != 0 || admin.Role != "administrator" || time.Until(admin.Expires) < 11*time.Hour {
		t.Errorf("%+v", admin)
	}
	// Until both are done, nothing else is open.
	for _, want := range []string{"must-change", "enrol"} {
		for _, door := range []string{"GET /api/users", "GET /api/state/vessel", "GET /feed", "GET /metrics", "POST /api/commands"} {
			method, path, _ := strings.Cut(door, " ")
			if a := c.say(method, path, admin.Token, http.StatusForbidden, ""); a.Code != want || !strings.Contains(a.Error, "first") {
				t.Errorf("%s: %+v", door, a)
			}
		}
		if want == "enrol" {
			break
		}
		if a := c.say("POST", "/api/me/password", admin.Token, http.StatusUnprocessableEntity, fmt.Sprintf(`{"old":%q,"new":"quantri123456"}`, oneTime)); a.Code != "weak" {
			t.Errorf("a weak password: %+v", a)
		}
		if a := c.say("POST", "/api/me/password", admin.Token, http.StatusOK, fmt.Sprintf(`{"old":%q,"new":%q}`, oneTime, testPassword)); a.MustChange || !a.Enrol {
			t.Errorf("after it: %+v", a)
		}
	}
	begun := c.say("POST", "/api/me/totp", admin.Token, http.StatusOK, "")
	if !strings.HasPrefix(begun.URI, "otpauth://totp/") || !strings.Contains(begun.URI, begun.Secret) {
		t.Errorf("%+v", begun)
	}
	done := c.say("PUT", "/api/me/totp", admin.Token, http.StatusOK, fmt.Sprintf(`{"code":%q}`, codeOf(t, begun.Secret, 0)))
	if len(done.Recovery) != 8 {
		t.Errorf("%+v", done)
	}
	secrets = append(append(secrets, begun.Secret), done.Recovery...)
	if a := c.say("GET", "/api/me", admin.Token, http.StatusOK, ""); a.Hold != "" || !slices.Contains(a.Rights, "user.manage") {
		t.Errorf("%+v", a)
	}
	if a := c.login("admin", testPassword, "", http.StatusUnauthorized); a.Need != "code" || a.Code != "need-code" {
		t.Errorf("without a code: %+v", a)
	}
	again := c.login("admin", testPassword, codeOf(t, begun.Secret, 1), http.StatusOK)
	secrets = append(secrets, again.Token)

	// A restart ends no session and makes no second administrator.
	c.stop()
	c.first = func(string, string) error { t.Error("a second first user"); return nil }
	c.start()
	mai := c.hire(admin.Token, "mai", auth.Operator, "[]")
	secrets = append(secrets, mai.Token)
	c.say("PATCH", "/api/users/mai", admin.Token, http.StatusOK, `{"disabled":true}`)
	if a := c.say("GET", "/api/me", mai.Token, http.StatusUnauthorized, ""); a.Code != "disabled" {
		t.Errorf("%+v", a)
	}
	if a := c.login("mai", testPassword, "", http.StatusUnauthorized); a.Code != "disabled" {
		t.Errorf("%+v", a)
	}
	c.say("POST", "/api/logout", again.Token, http.StatusOK, "")
	if a := c.say("GET", "/api/me", again.Token, http.StatusUnauthorized, ""); a.Code != "revoked" {
		t.Errorf("%+v", a)
	}
	c.inHistory(t)
	c.stop()
	c.hold(t, secrets)
}

// inHistory demands that who did what to whom is in the history.
func (c *centre) inHistory(t *testing.T) {
	t.Helper()
	users := c.users.List()
	admin, mai := users[0].ID, users[1].ID
	eventually(t, "the changes in the history", func() bool {
		got := map[string]int{}
		for _, e := range c.events() {
			if b, ok := e.Body.(world.Audited); ok {
				got[b.Who+" "+b.Act+" "+b.Object]++
				if b.Act == "door" && strings.HasPrefix(b.Object, "POST /api/login from 127.0.0.1") && b.Who == admin {
					got["turned away"]++
				}
			}
		}
		for _, want := range []string{
			"server user.create " + admin, admin + " session.login " + admin, admin + " password.change " + admin, admin + " factor.enrol " + admin,
			admin + " user.create " + mai, mai + " session.login " + mai, admin + " user.disable " + mai, admin + " session.logout " + admin, "turned away",
		} {
			if got[want] == 0 {
				return false
			}
		}
		return true
	})
}

// hold demands that no secret is in the log, in the history or in any file of the
// data folder.
func (c *centre) hold(t *testing.T, secrets []string) {
	t.Helper()
	texts := map[string]string{"the log": c.logs.String()}
	for _, name := range []string{"users.json", "tokens.json", "users.key"} {
		if data, err := os.ReadFile(c.path("data/" + name)); err == nil {
			texts[name] = string(data)
		}
	}
	err := c.eachFile(func(name, text string) { texts[name] = text })
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 4 {
		t.Errorf("only %d texts were searched", len(texts))
	}
	for name, text := range texts {
		for _, s := range secrets {
			if len(s) < 8 || strings.Contains(text, s) {
				t.Errorf("%s holds %.8q…", name, s)
			}
		}
	}
}

// What ends a session reaches a feed that is open, with a reason; others stay.
func TestEndOfASessionReachesTheFeed(t *testing.T) {
	c := newCentre(t, "")
	admin := c.token("Quản trị", auth.Administrator)
	reset := func(login string) { c.say("POST", "/api/users/"+login+"/reset", admin, http.StatusOK, "") }
	for name, c2 := range map[string]struct {
		end  func(login, token string)
		code string
	}{
		"logout":   {func(_, token string) { c.say("POST", "/api/logout", token, http.StatusOK, "") }, "revoked"},
		"revoked":  {func(login, _ string) { c.say("DELETE", "/api/users/"+login+"/sessions", admin, http.StatusOK, "") }, "revoked"},
		"reset":    {func(login, _ string) { reset(login) }, "revoked"},
		"role":     {func(login, _ string) { c.say("PATCH", "/api/users/"+login, admin, http.StatusOK, `{"role":"auditor"}`) }, "revoked"},
		"disabled": {func(login, _ string) { c.say("PATCH", "/api/users/"+login, admin, http.StatusOK, `{"disabled":true}`) }, "disabled"},
	} {
		gone, stays := c.hire(admin, "x-"+name, auth.Operator, "[]"), c.hire(admin, "y-"+name, auth.Operator, "[]")
		a, b := c.look(gone.Token), c.look(stays.Token)
		for _, e := range []*eye{a, b} {
			e.until("the wall", func(s *world.State) bool { return s.Count(world.KindWall) == 1 })
		}
		c2.end("x-"+name, gone.Token)
		a.wait("the end of its session by "+name, func() bool {
			return slices.ContainsFunc(a.links, func(why string) bool { return strings.Contains(why, "withdrawn") })
		})
		if got := c.say("GET", "/api/state/vessel", gone.Token, http.StatusUnauthorized, ""); got.Code != c2.code {
			t.Errorf("%s: %+v", name, got)
		}
		b.mu.Lock()
		if len(b.links) != 0 {
			t.Errorf("%s: another client was cut: %q", name, b.links)
		}
		b.mu.Unlock()
	}
}

// A grant that begins and one that ends change what an open feed shows, without a
// hand: the connection ends and comes back with the new view.
func TestGrantsByDateReachTheFeed(t *testing.T) {
	c := newCentre(t, `cameras:
  - {id: near, name: Gần, pos: [108.33, 15.88], area: `+daNang+`, streams: [{name: main, url: "rtsp://127.0.0.1:9/x"}]}
  - {id: far, name: Xa, pos: [105.15, 9.18], area: `+caMau+`, streams: [{name: main, url: "rtsp://127.0.0.1:9/y"}]}
`)
	admin := c.token("Quản trị", auth.Administrator)
	now := time.Now()
	from, until := now.Add(5*time.Second), now.Add(9*time.Second)
	areas := fmt.Sprintf(`[{"area":%q},{"area":%q,"from":%q,"until":%q}]`, daNang, caMau, from.Format(time.RFC3339Nano), until.Format(time.RFC3339Nano))
	dung := c.hire(admin, "dung", auth.Unit, areas)
	if time.Now().Before(from) && !slices.Equal(dung.Areas, []string{daNang}) {
		t.Errorf("%+v", dung)
	}
	e := c.look(dung.Token)
	has := func(camera string) func(*world.State) bool {
		return func(s *world.State) bool { _, ok := s.Camera(camera); return ok }
	}
	e.until("its own camera", has("near"))
	e.until("the other one, when that is granted", has("far"))
	granted := time.Now()
	e.until("that it is gone again", func(s *world.State) bool { return has("near")(s) && !has("far")(s) })
	if granted.Before(from) || time.Now().Before(until) {
		t.Errorf("granted at %v, gone at %v; the grant was from %v until %v", granted, time.Now(), from, until)
	}
	e.mu.Lock()
	if !slices.ContainsFunc(e.links, func(why string) bool { return strings.Contains(why, "what may be seen") }) {
		t.Errorf("the connection ended because of %q", e.links)
	}
	e.mu.Unlock()
	// Over the feed, too, rights are those of this moment.
	if r := e.order(act.Command{ID: "1", Act: act.ShowScene{Wall: "main", Scene: "x"}}); r.OK || !strings.Contains(r.Reason, "dung (unit) has no right to scene.show; ask somebody with the role operator or technician, or an administrator") {
		t.Errorf("%+v", r)
	}
	// Without any area left there is nothing to see, not everything.
	c.say("PATCH", "/api/users/dung", admin, http.StatusOK, fmt.Sprintf(`{"areas":[{"area":%q,"until":"2020-01-01"}]}`, daNang))
	a := c.login("dung", testPassword, "", http.StatusOK)
	if got := c.say("GET", "/api/state/camera", a.Token, http.StatusForbidden, ""); a.Hold != "no-area" || got.Code != "no-area" {
		t.Errorf("%+v, %+v", a, got)
	}
}

// Who guesses is slowed down, says the server, and for how long.
func TestGuessingIsSlow(t *testing.T) {
	c := newCentre(t, "")
	mai := c.hire(c.token("Quản trị", auth.Administrator), "mai", auth.Operator, "[]")
	for range 5 {
		c.login("mai", "đoán mò một lần nữa", "", http.StatusUnauthorized)
	}
	got := c.login("mai", testPassword, "", http.StatusTooManyRequests)
	if got.Code != "locked" || got.Wait < 1 || !strings.Contains(got.Error, "wait") {
		t.Errorf("%+v", got)
	}
	// Who is in stays in.
	c.say("GET", "/api/me", mai.Token, http.StatusOK, "")
}

// A session that comes to its end takes its feed along, and says so.
func TestExpiryReachesTheFeed(t *testing.T) {
	c := newCentre(t, "")
	mai := c.hire(c.token("Quản trị", auth.Administrator), "mai", auth.Operator, "[]")
	path := UsersFile(c.path("data"))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	soon := time.Now().Add(4 * time.Second).UTC()
	cut := regexp.MustCompile(`"expires": "[^"]+"`).ReplaceAll(text, []byte(`"expires": "`+soon.Format(time.RFC3339Nano)+`"`))
	if err := os.WriteFile(path, cut, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "that the end is known", func() bool {
		id, err := c.users.Verify(mai.Token)
		return err != nil || id.Expires.Equal(soon)
	})
	e := c.look(mai.Token)
	e.wait("the end of the session", func() bool {
		return slices.ContainsFunc(e.links, func(why string) bool { return strings.Contains(why, "expired") || strings.Contains(why, "withdrawn") })
	})
	if time.Now().Before(soon) {
		t.Errorf("it ended before %v", soon)
	}
	if got := c.say("GET", "/api/me", mai.Token, http.StatusUnauthorized, ""); got.Code != "expired" {
		t.Errorf("%+v", got)
	}
}

// A history that writes nothing, as with a full disk, keeps nobody in whose session
// was ended.
func TestRevocationWaitsForNoHistory(t *testing.T) {
	c := newCentre(t, "")
	mai := c.hire(c.token("Quản trị", auth.Administrator), "mai", auth.Operator, "[]")
	e := c.look(mai.Token)
	e.until("the wall", func(s *world.State) bool { return s.Count(world.KindWall) == 1 })
	held, release := make(chan struct{}), make(chan struct{})
	over := make(chan error, 1)
	go func() {
		over <- c.loop.Call(t.Context(), func(*world.State) { close(held); <-release })
	}()
	<-held
	defer func() {
		close(release)
		if err := <-over; err != nil {
			t.Error(err)
		}
	}()
	u, err := c.users.User("mai")
	if err != nil {
		t.Fatal(err)
	}
	name := "Trần Thị Mai"
	if _, err := c.users.Change(auth.By{Who: "cli"}, "mai", auth.UserEdit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1500 * time.Millisecond) // by now that is being written into the history
	if _, err := c.users.EndSession(auth.By{Who: "cli"}, u.ID, ""); err != nil {
		t.Fatal(err)
	}
	e.wait("the end of the session", func() bool {
		return slices.ContainsFunc(e.links, func(why string) bool { return strings.Contains(why, "withdrawn") })
	})
}
