package logins

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world"
)

// desk is doors with a user, somebody at them, and what was refused.
type desk struct {
	t       testing.TB
	doors   *Doors
	users   *auth.Users
	id      auth.Identity
	refused []string
	log     bytes.Buffer
}

func newDesk(t testing.TB) (*desk, string) {
	t.Helper()
	users, err := auth.OpenUsers(auth.UsersOptions{Path: filepath.Join(t.TempDir(), "users.json"), Cost: auth.Cost{Memory: 64, Time: 1, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	password, _, err := users.Add(t.Context(), auth.By{}, auth.UserSpec{Login: "mai", Name: "Mai", Role: auth.Operator})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, users: users, id: auth.Identity{Token: "tk", Name: "Quản trị", Role: auth.Administrator}}
	d.doors, err = New(Options{
		Users: users, KnownArea: func(id string) bool { return id == "vn/da-nang" },
		KnownUnit: func(id string) bool { return id == "so-nnmt" },
		Address:   func(*http.Request) string { return "10.0.0.7" },
		Refused: func(_ *http.Request, id auth.Identity, why error) {
			d.refused = append(d.refused, id.Token+" "+why.Error())
		},
		Logger: slog.New(slog.NewTextHandler(&d.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, password
}

// send asks a door and returns the answer, which is always JSON that nobody keeps.
func (d *desk) send(door func(http.ResponseWriter, *http.Request, auth.Identity), body string, path ...string) (int, http.Header, map[string]any) {
	d.t.Helper()
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	for i := 0; i+1 < len(path); i += 2 {
		r.SetPathValue(path[i], path[i+1])
	}
	w := httptest.NewRecorder()
	door(w, r, d.id)
	var a map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Header().Get("Cache-Control") != "no-store" {
		d.t.Fatalf("%v: %q, %v", err, w.Body, w.Header())
	}
	return w.Code, w.Header(), a
}

func (d *desk) login(w http.ResponseWriter, r *http.Request, _ auth.Identity) { d.doors.Login(w, r) }

func TestRequestsThatMakeNoSense(t *testing.T) {
	d, _ := newDesk(t)
	long := `{"login":"` + strings.Repeat("a", maxBody) + `"}`
	for name, c := range map[string]struct {
		door   func(http.ResponseWriter, *http.Request, auth.Identity)
		body   string
		status int
		code   string
	}{
		"no body":              {d.login, "", 400, "invalid"},
		"no JSON":              {d.login, "login=mai&password=bí mật", 400, "invalid"},
		"two objects":          {d.login, `{} {}`, 400, "invalid"},
		"a wrong kind":         {d.login, `{"password":["bí mật"]}`, 400, "invalid"},
		"a field too many":     {d.login, `{"login":"mai","passwort":"bí mật"}`, 400, "invalid"},
		"too long":             {d.login, long, 413, "invalid"},
		"nobody":               {d.login, `{}`, 401, "wrong"},
		"an area of nowhere":   {d.doors.AddUser, `{"login":"nam","name":"Nam","role":"unit","areas":[{"area":"vn/da-nag"}]}`, 422, "invalid"},
		"a day of no calendar": {d.doors.AddUser, `{"login":"nam","name":"Nam","role":"unit","areas":[{"area":"vn/da-nang","until":"2026-02-30"}]}`, 422, "invalid"},
		"an agency of nobody":  {d.doors.AddUser, `{"login":"nam","name":"Nam","role":"unit","areas":[{"area":"vn/da-nang"}],"unit":"so-nn"}`, 422, "invalid"},
		"a login taken":        {d.doors.AddUser, `{"login":"mai","name":"Mai","role":"operator"}`, 409, "taken"},
		"a role of programs":   {d.doors.AddUser, `{"login":"pc","name":"PC","role":"node"}`, 422, "invalid"},
		"a token's password":   {d.doors.ChangePassword, `{"old":"a","new":"b"}`, 409, "not-a-user"},
		"a token's logout":     {d.doors.Logout, ``, 409, "not-a-user"},
	} {
		status, _, a := d.send(c.door, c.body)
		if status != c.status || a["code"] != c.code || a["error"] == "" {
			t.Errorf("%s: %d %v", name, status, a)
		}
		if text, _ := a["error"].(string); strings.Contains(text, "bí mật") {
			t.Errorf("%s: the answer holds what was sent: %s", name, text)
		}
	}
}

func TestUsersThroughTheDoors(t *testing.T) {
	d, _ := newDesk(t)
	status, _, a := d.send(d.doors.AddUser, `{"login":"dung","name":"UBND","role":"unit","areas":[{"area":"vn/da-nang","from":"2026-09-01","until":"2026-12-31"}]}`)
	user, _ := a["user"].(map[string]any)
	term := user["areas"].([]any)[0].(map[string]any)
	// Days are Vietnam's, the last one included.
	if status != http.StatusCreated || len(a["password"].(string)) != 19 || user["mustChange"] != true || user["factor"] != "off" || user["sessions"] != 0.0 ||
		term["from"] != "2026-08-31T17:00:00Z" || term["until"] != "2026-12-31T17:00:00Z" {
		t.Errorf("%d %v", status, a)
	}
	if status, _, a := d.send(d.doors.ChangeUser, `{"role":"leader","areas":[],"name":"Chủ tịch"}`, "login", "dung"); status != http.StatusOK || a["user"].(map[string]any)["factor"] != "required" || a["user"].(map[string]any)["name"] != "Chủ tịch" {
		t.Errorf("%d %v", status, a)
	}
	if status, _, a := d.send(d.doors.ResetUser, `{"factor":true}`, "login", "dung"); status != http.StatusOK || len(a["password"].(string)) != 19 {
		t.Errorf("%d %v", status, a)
	}
	status, _, a = d.send(d.doors.Users, "")
	if status != http.StatusOK || len(a["users"].([]any)) != 2 || len(a["roles"].([]any)) != 9 {
		t.Errorf("%d %v", status, a)
	}
	// Nothing secret is in the list.
	text, _ := json.Marshal(a)
	for _, secret := range []string{"argon2", "password\"", "totp", "recovery", "sha256"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the list holds %q: %s", secret, text)
		}
	}
}

// TestUnitThroughTheDoors: an administrator says which agency somebody works for, and
// who is logged in is told.
func TestUnitThroughTheDoors(t *testing.T) {
	d, password := newDesk(t)
	if status, _, a := d.send(d.doors.ChangeUser, `{"unit":"so-nnmt"}`, "login", "mai"); status != http.StatusOK || a["user"].(map[string]any)["unit"] != "so-nnmt" {
		t.Errorf("%d %v", status, a)
	}
	if status, _, a := d.send(d.doors.ChangeUser, `{"unit":"so-nn"}`, "login", "mai"); status != http.StatusUnprocessableEntity {
		t.Errorf("%d %v", status, a)
	}
	_, _, a := d.send(d.login, `{"login":"mai","password":"`+password+`"}`)
	var err error
	if d.id, err = d.users.Verify(a["token"].(string)); err != nil {
		t.Fatal(err)
	}
	if _, _, a := d.send(d.doors.Me, ""); a["unit"] != "so-nnmt" {
		t.Errorf("who is logged in is told %v", a)
	}
}

func TestSessionsThroughTheDoors(t *testing.T) {
	d, password := newDesk(t)
	body := `{"login":"mai","password":"` + password + `"}`
	var tokens []string
	for range 2 {
		status, _, a := d.send(d.login, body)
		if status != http.StatusOK {
			t.Fatalf("%d %v", status, a)
		}
		tokens = append(tokens, a["token"].(string))
	}
	var err error
	if d.id, err = d.users.Verify(tokens[0]); err != nil {
		t.Fatal(err)
	}
	_, _, a := d.send(d.doors.Sessions, "")
	list := a["sessions"].([]any)
	other := list[1].(map[string]any)
	if len(list) != 2 || list[0].(map[string]any)["current"] != true || other["current"] != false || other["from"] != "10.0.0.7" {
		t.Errorf("%v", a)
	}
	if status, _, a := d.send(d.doors.EndSession, "", "id", other["id"].(string)); status != http.StatusOK || a["ended"] != 1.0 {
		t.Errorf("%d %v", status, a)
	}
	if _, err := d.users.Verify(tokens[1]); auth.CodeOf(err) != auth.CodeRevoked {
		t.Error(err)
	}
	if status, _, a := d.send(d.doors.EndSession, "", "id", "s0"); status != http.StatusNotFound || a["code"] != "unknown" {
		t.Errorf("%d %v", status, a)
	}
}

// Who must wait is told how long, in the header too; who was turned away is told
// of, by an opaque name.
func TestLocked(t *testing.T) {
	d, password := newDesk(t)
	for range 5 {
		d.send(d.login, `{"login":"mai","password":"sai"}`)
	}
	status, h, a := d.send(d.login, `{"login":"mai","password":"`+password+`"}`)
	if status != http.StatusTooManyRequests || h.Get("Retry-After") != "1" || a["wait"] != 1.0 || a["code"] != "locked" {
		t.Errorf("%d %v %v", status, h, a)
	}
	id := d.users.List()[0].ID
	if len(d.refused) != 6 || d.refused[0] != id+" login or password is wrong" || !strings.HasPrefix(d.refused[5], id+" too many tries") {
		t.Errorf("%q", d.refused)
	}
}

// A disk that fails is the server's trouble: its log says why, the client does not
// learn where files lie.
func TestFailure(t *testing.T) {
	d, password := newDesk(t)
	path := filepath.Join(t.TempDir(), "users.json")
	users, err := auth.OpenUsers(auth.UsersOptions{Path: path, Cost: auth.Cost{Memory: 64, Time: 1, Lanes: 1}})
	if err == nil {
		err = os.WriteFile(path, []byte("{"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.doors.o.Users = users
	status, _, a := d.send(d.doors.AddUser, `{"login":"nam","name":"Nam","role":"operator"}`)
	if status != http.StatusServiceUnavailable || a["code"] != "failed" || strings.Contains(a["error"].(string), "users.json") {
		t.Errorf("%d %v", status, a)
	}
	if !strings.Contains(d.log.String(), "users.json is damaged") || strings.Contains(d.log.String(), password) {
		t.Errorf("the log: %s", d.log.String())
	}
}

func TestMoment(t *testing.T) {
	for _, c := range []struct {
		text string
		last bool
		want string
	}{
		{"2026-12-31", false, "2026-12-30T17:00:00Z"},
		{"2026-12-31", true, "2026-12-31T17:00:00Z"},
		{"2026-12-31T07:30:00+07:00", true, "2026-12-31T00:30:00Z"},
		{"", true, "0001-01-01T00:00:00Z"},
	} {
		if got, err := Moment(c.text, c.last); err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
	if _, err := Moment("31/12/2026", false); err == nil {
		t.Error("31/12/2026 is a time")
	}
}

func TestDoorsNeedUsers(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("doors without users")
	}
}

// FuzzLogin: whatever comes is answered in JSON, never lets anybody in who does not
// know the password, and never comes back.
func FuzzLogin(f *testing.F) {
	f.Add(`{"login":"mai","password":"sai","code":"123456"}`)
	f.Add(`{"login":"mai"}{"password":1}`)
	f.Add(`{"LOGIN":"mai","password":null,"code":{}}`)
	f.Add("{\"login\":\"\\u0000\\ud800\",\"password\":\"\xff\"}")
	f.Fuzz(func(t *testing.T, body string) {
		d, password := newDesk(t)
		if strings.Contains(body, password) {
			t.Skip()
		}
		status, _, a := d.send(d.login, body)
		if status != 400 && status != 401 && status != 413 && status != 429 {
			t.Errorf("%d %v", status, a)
		}
		var in struct{ Password string }
		if json.Unmarshal([]byte(body), &in) == nil && len(in.Password) > 8 {
			if text, _ := a["error"].(string); strings.Contains(text, in.Password) || strings.Contains(d.log.String(), in.Password) {
				t.Errorf("the password came back: %v", a)
			}
		}
	})
}

// TestAllThatIsWrongOfAUser: of several mistakes each has its code.
func TestAllThatIsWrongOfAUser(t *testing.T) {
	d, _ := newDesk(t)
	status, _, a := d.send(d.doors.AddUser, `{"login":"nam","name":"Nam","role":"unit","areas":[{"area":"vn/da-nang","from":"x","until":"y"}],"unit":"so-nn"}`)
	values, _ := a["values"].(map[string]any)
	if status != http.StatusUnprocessableEntity || a["say"] != world.Many {
		t.Fatalf("%d %v", status, a)
	}
	for key, want := range map[string]string{"1.code": "many", "1.1.code": "user.time", "1.1.time": "x", "1.2.time": "y", "2.code": "user.agency", "2.id": "so-nn"} {
		if values[key] != want {
			t.Errorf("%s is %v, want %q: %v", key, values[key], want, values)
		}
	}
}
