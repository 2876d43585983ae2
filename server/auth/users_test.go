package auth

import (
	"encoding/base32"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const goodPassword = "bốn con ngựa ăn cỏ"

// office is a file of users with a clock that stands until it is moved.
type office struct {
	*Users
	t  *testing.T
	at time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, at: time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)}
	o.Users = o.open(filepath.Join(t.TempDir(), "users.json"))
	return o
}

// open is another process with the same file and the same clock.
func (o *office) open(path string) *Users {
	o.t.Helper()
	u, err := OpenUsers(UsersOptions{Path: path, Cost: cheap})
	if err != nil {
		o.t.Fatal(err)
	}
	u.now = func() time.Time { return o.at }
	return u
}

func (o *office) add(login string, role Role, areas ...Term) (oneTime string, u User) {
	o.t.Helper()
	p, u, err := o.Add(o.t.Context(), By{Who: "cli"}, UserSpec{Login: login, Name: "Người " + login, Role: role, Areas: areas})
	if err != nil {
		o.t.Fatal(err)
	}
	return p, u
}

func (o *office) enter(login, password, code string) (string, Identity) {
	o.t.Helper()
	raw, id, err := o.Login(o.t.Context(), Attempt{Login: login, Password: password, Code: code, From: "10.0.0.7"})
	if err != nil {
		o.t.Fatal(err)
	}
	return raw, id
}

// settle makes a user who has chosen a password and logs in.
func (o *office) settle(login string, role Role, areas ...Term) (string, Identity) {
	o.t.Helper()
	one, _ := o.add(login, role, areas...)
	raw, id := o.enter(login, one, "")
	if id.Hold != HoldPassword {
		o.t.Fatalf("a one-time password gives the hold %q", id.Hold)
	}
	if err := o.ChangePassword(o.t.Context(), id, one, goodPassword, "10.0.0.7"); err != nil {
		o.t.Fatal(err)
	}
	id, err := o.Verify(raw)
	if err != nil {
		o.t.Fatal(err)
	}
	return raw, id
}

// enrol sets up a second factor and returns its secret and the recovery codes.
func (o *office) enrol(id Identity) (secret []byte, recovery []string) {
	o.t.Helper()
	text, _, err := o.BeginFactor(id, "", "10.0.0.7")
	if err != nil {
		o.t.Fatal(err)
	}
	secret, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		o.t.Fatal(err)
	}
	recovery, err = o.ConfirmFactor(id, o.code(secret), "10.0.0.7")
	if err != nil {
		o.t.Fatal(err)
	}
	return secret, recovery
}

func (o *office) code(secret []byte) string { return hotp(secret, uint64(totpAt(o.at)), totpDigits) }

func TestFirstLogin(t *testing.T) {
	o := newOffice(t)
	one, made, err := o.First(t.Context(), "admin", "Quản trị")
	if err != nil || !made || len(one) != 19 {
		t.Fatalf("%q %v %v", one, made, err)
	}
	if _, again, err := o.First(t.Context(), "admin2", "Quản trị"); again || err != nil {
		t.Errorf("a second first user: %v, %v", again, err)
	}
	raw, id := o.enter(" Admin ", one, "")
	if id.Hold != HoldPassword || id.May(ReadFeed) || id.Role != Administrator {
		t.Errorf("%+v", id)
	}
	if err := o.ChangePassword(t.Context(), id, one, "admin1234567", "x"); CodeOf(err) != CodeWeak {
		t.Errorf("a weak password: %v", err)
	}
	if err := o.ChangePassword(t.Context(), id, "wrong", goodPassword, "x"); CodeOf(err) != CodeWrong {
		t.Errorf("a wrong old password: %v", err)
	}
	if err := o.ChangePassword(t.Context(), id, one, goodPassword, "x"); err != nil {
		t.Fatal(err)
	}
	if id, _ = o.Verify(raw); id.Hold != HoldFactor || id.May(ReadFeed) {
		t.Errorf("an administrator without a second factor: %+v", id)
	}
	if _, err := o.ConfirmFactor(id, "123456", "x"); CodeOf(err) != CodeNotStarted {
		t.Errorf("confirmed before it began: %v", err)
	}
	secret, recovery := o.enrol(id)
	if id, err = o.Verify(raw); id.Hold != "" || !id.May(ManageUsers) || err != nil {
		t.Errorf("%+v, %v", id, err)
	}

	try := func(code string) error {
		_, _, err := o.Login(t.Context(), Attempt{Login: "admin", Password: goodPassword, Code: code, From: "10.0.0.7"})
		return err
	}
	if err := try(""); CodeOf(err) != CodeNeedCode {
		t.Errorf("without a code: %v", err)
	}
	if err := try(o.code(secret)); CodeOf(err) != CodeWrongCode {
		t.Errorf("the code of the enrolment again: %v", err)
	}
	o.at = o.at.Add(totpStep)
	if err := try(o.code(secret)); err != nil {
		t.Errorf("the next code: %v", err)
	}
	if err := try(o.code(secret)); CodeOf(err) != CodeWrongCode {
		t.Errorf("the same code: %v", err)
	}
	if err := try(strings.ToLower(recovery[3])); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if err := try(recovery[3]); CodeOf(err) != CodeWrongCode {
		t.Errorf("a recovery code again: %v", err)
	}

	// Another phone: only who has the old one, or a code, may set it up.
	if _, _, err := o.BeginFactor(id, "", "x"); CodeOf(err) != CodeNeedCode {
		t.Errorf("another factor without a code: %v", err)
	}
	if _, _, err := o.BeginFactor(id, recovery[0], "x"); err != nil {
		t.Errorf("another factor: %v", err)
	}
	if o.at = o.at.Add(totpStep); try(o.code(secret)) != nil {
		t.Error("the old factor is gone before the new one is there")
	}
}

// The file and the errors hold no secret.
func TestSecretsStayOut(t *testing.T) {
	o := newOffice(t)
	one, _ := o.add("mai", Operator)
	raw, id := o.enter("mai", one, "")
	if err := o.ChangePassword(t.Context(), id, one, goodPassword, "x"); err != nil {
		t.Fatal(err)
	}
	text, uri, err := o.BeginFactor(id, "", "x")
	if err != nil || !strings.Contains(uri, text) {
		t.Fatal(err)
	}
	data, err := os.ReadFile(o.o.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{one, goodPassword, raw, raw[5:], text} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
	for _, path := range []string{o.o.Path, strings.TrimSuffix(o.o.Path, ".json") + ".key"} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

func TestLoginsThatFail(t *testing.T) {
	o := newOffice(t)
	o.settle("mai", Operator)
	one, _ := o.add("nam", Operator)
	off := true
	o.settle("cu", Operator)
	if _, err := o.Change(By{}, "cu", UserEdit{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	o.at = o.at.Add(oneTimeLife + time.Second)
	for name, c := range map[string]struct {
		login, password string
		want            Code
	}{
		"nobody":                  {"khong-co", goodPassword, CodeWrong},
		"a wrong password":        {"mai", "sai", CodeWrong},
		"no password":             {"mai", "", CodeWrong},
		"no login":                {"", "", CodeWrong},
		"a very long login":       {strings.Repeat("a", 10_000), "x", CodeWrong},
		"disabled, wrong":         {"cu", "sai", CodeWrong},
		"disabled":                {"cu", goodPassword, CodeDisabled},
		"a one-time one too late": {"nam", one, CodeExpired},
	} {
		if _, _, err := o.Login(t.Context(), Attempt{Login: c.login, Password: c.password, From: name}); CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range pairFree {
		if _, _, err := o.Login(t.Context(), Attempt{Login: "mai", Password: "sai", From: "a"}); CodeOf(err) != CodeWrong {
			t.Fatal(err)
		}
	}
	_, _, err := o.Login(t.Context(), Attempt{Login: "mai", Password: goodPassword, From: "a"})
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Code != CodeLocked || refused.Wait != time.Second || !strings.Contains(err.Error(), "wait 1s") || refused.Subject == "" {
		t.Errorf("%v", err)
	}
	if _, _, err := o.Login(t.Context(), Attempt{Login: "mai", Password: goodPassword, From: "b"}); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

// Many guesses at once are no more than one after the other.
func TestGuessesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, err := OpenUsers(UsersOptions{Path: filepath.Join(t.TempDir(), "users.json"), Cost: cheap})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		got := map[Code]int{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, _, err := u.Login(t.Context(), Attempt{Login: "mai", Password: "sai", From: "a"})
				mu.Lock()
				got[CodeOf(err)]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if got[CodeWrong] != pairFree || got[CodeLocked] != 20-pairFree {
			t.Errorf("%v", got)
		}
	})
}

func TestSessionLife(t *testing.T) {
	o := newOffice(t)
	raw, id := o.settle("mai", Operator)
	if id.User != "mai" || id.Session == "" || id.Key() != id.Session || id.Token == "" || id.Token == id.Session || !IsSession(raw) {
		t.Errorf("%+v", id)
	}
	began := o.at
	step := func(d time.Duration, want Code) {
		t.Helper()
		o.at = o.at.Add(d)
		if _, err := o.Verify(raw); CodeOf(err) != want {
			t.Errorf("after %v: %v", o.at.Sub(began), err)
		}
	}
	step(2*time.Hour-time.Second, "")
	// A feed that is open counts as use; asking who it is does not.
	o.at = o.at.Add(time.Hour)
	o.Touch(id.Session)
	o.at = o.at.Add(time.Hour + time.Minute)
	if !o.Good(id.Session) {
		t.Error("a session with a feed is over")
	}
	// A restart remembers the last use.
	if err := o.Flush(); err != nil {
		t.Fatal(err)
	}
	again := o.open(o.o.Path)
	if !again.Good(id.Session) {
		t.Error("a restart ends a session")
	}
	o.Touch(id.Session)
	for range 5 {
		step(80*time.Minute, "")
	}
	step(90*time.Minute, CodeExpired) // 12 hours are over
	if o.Good(id.Session) || len(o.Sessions("")) != 0 {
		t.Error("a session that is over is good")
	}
	raw, id = o.enter("mai", goodPassword, "")
	step(2*time.Hour, CodeExpired) // not used
	o.Touch(id.Session)
	if o.Good(id.Session) {
		t.Error("a session that is over came back")
	}
	if _, err := o.Verify("iocs_made-up"); CodeOf(err) != CodeUnknown {
		t.Error(err)
	}
}

// What ends sessions, and which: by another process, as the command line does it.
func TestSessionsAreEnded(t *testing.T) {
	o := newOffice(t)
	o.settle("admin2", Administrator)
	for name, c := range map[string]struct {
		end  func(u *Users, id Identity) error
		code Code
		both bool
	}{
		"logout": {func(u *Users, id Identity) error { return u.Logout(By{Who: id.Token}, id.Session) }, CodeRevoked, false},
		"one":    {func(u *Users, id Identity) error { _, err := u.EndSession(By{}, id.Token, id.Session); return err }, CodeRevoked, false},
		"all":    {func(u *Users, id Identity) error { _, err := u.EndSession(By{}, id.Token, ""); return err }, CodeRevoked, true},
		"reset":  {func(u *Users, id Identity) error { _, err := u.Reset(t.Context(), By{}, id.User, false); return err }, CodeRevoked, true},
		"role": {func(u *Users, id Identity) error {
			r := Auditor
			_, err := u.Change(By{}, id.User, UserEdit{Role: &r})
			return err
		}, CodeRevoked, true},
		"areas": {func(u *Users, id Identity) error {
			a := []Term{{Area: "x"}}
			_, err := u.Change(By{}, id.User, UserEdit{Areas: &a})
			return err
		}, CodeRevoked, true},
		"disabled": {func(u *Users, id Identity) error {
			d := true
			_, err := u.Change(By{}, id.User, UserEdit{Disabled: &d})
			return err
		}, CodeDisabled, true},
		"name alone": {func(u *Users, id Identity) error {
			n := "Khác"
			_, err := u.Change(By{}, id.User, UserEdit{Name: &n})
			return err
		}, "", false},
	} {
		login := "u" + strings.ReplaceAll(name, " ", "")
		raw, id := o.settle(login, Operator)
		other, _ := o.enter(login, goodPassword, "")
		if err := c.end(o.open(o.o.Path), id); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := o.Reload(); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Verify(raw); CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := o.Verify(other); (err != nil) != c.both {
			t.Errorf("%s: the other session: %v", name, err)
		}
	}
	// The user's own change of the password ends all others.
	raw, id := o.settle("mai", Operator)
	other, _ := o.enter("mai", goodPassword, "")
	if err := o.ChangePassword(t.Context(), id, goodPassword, goodPassword+" xanh", "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Verify(raw); err != nil {
		t.Errorf("her own session: %v", err)
	}
	if _, err := o.Verify(other); CodeOf(err) != CodeRevoked {
		t.Errorf("the other one: %v", err)
	}
	if _, err := o.EndSession(By{}, "somebody", id.Session); CodeOf(err) != CodeUnknown {
		t.Errorf("somebody else's session: %v", err)
	}
	for range sessionsKept + 3 {
		o.enter("mai", goodPassword+" xanh", "")
	}
	if n := len(o.Sessions("mai")); n != sessionsKept {
		t.Errorf("%d sessions", n)
	}
}

// Areas are granted for a time; without one nothing is seen, rather than all.
func TestAreasWithDates(t *testing.T) {
	o := newOffice(t)
	day := 24 * time.Hour
	storm := Term{Area: "vn/da-nang", From: o.at.Add(time.Hour), Until: o.at.Add(time.Hour + day)}
	raw, id := o.settle("dung", Unit, Term{Area: "vn/hoi-an"}, storm)
	if !slices.Equal(id.Areas, []string{"vn/hoi-an"}) {
		t.Errorf("before: %v", id.Areas)
	}
	o.at = storm.From
	if id, _ = o.Verify(raw); !slices.Equal(id.Areas, []string{"vn/da-nang", "vn/hoi-an"}) {
		t.Errorf("from the beginning on: %v", id.Areas)
	}
	o.at = storm.Until
	_, _, err := o.Login(t.Context(), Attempt{Login: "dung", Password: goodPassword, From: "x"})
	if err != nil {
		t.Fatal(err)
	}
	raw, _ = o.enter("dung", goodPassword, "")
	if id, _ = o.Verify(raw); !slices.Equal(id.Areas, []string{"vn/hoi-an"}) {
		t.Errorf("from the end on: %v", id.Areas)
	}
	for _, role := range []Role{Operator, Unit} {
		raw, id := o.settle("z-"+string(role), role, Term{Area: "vn/da-nang", From: o.at.Add(time.Hour)})
		if id.Hold != HoldArea || id.May(ReadState) || len(id.Areas) != 0 || id.Sees(nil, "vn/da-nang") {
			t.Errorf("%s before the grant: %+v", role, id)
		}
		o.at = o.at.Add(time.Hour)
		if id, _ = o.Verify(raw); id.Hold != "" || !id.May(ReadState) {
			t.Errorf("%s afterwards: %+v", role, id)
		}
	}
}

func TestUsersThatMakeNoSense(t *testing.T) {
	o := newOffice(t)
	o.settle("admin", Administrator)
	o.add("mai", Operator)
	for name, c := range map[string]struct {
		spec UserSpec
		want Code
	}{
		"a login with capitals":   {UserSpec{Login: "Mai", Name: "Mai", Role: Operator}, CodeInvalid},
		"a login with accents":    {UserSpec{Login: "hùng", Name: "Hùng", Role: Operator}, CodeInvalid},
		"no name":                 {UserSpec{Login: "hung", Name: " ", Role: Operator}, CodeInvalid},
		"a role of programs":      {UserSpec{Login: "hung", Name: "Hùng", Role: Node}, CodeInvalid},
		"no role":                 {UserSpec{Login: "hung", Name: "Hùng"}, CodeInvalid},
		"a unit without areas":    {UserSpec{Login: "hung", Name: "Hùng", Role: Unit}, CodeInvalid},
		"an area without a name":  {UserSpec{Login: "hung", Name: "Hùng", Role: Unit, Areas: []Term{{}}}, CodeInvalid},
		"a grant of no time":      {UserSpec{Login: "hung", Name: "Hùng", Role: Unit, Areas: []Term{{Area: "x", From: o.at, Until: o.at}}}, CodeInvalid},
		"a login that is taken":   {UserSpec{Login: "mai", Name: "Mai", Role: Operator}, CodeTaken},
		"a user who makes sense":  {UserSpec{Login: "hung", Name: "Hùng", Role: Operator}, ""},
		"areas that are too many": {UserSpec{Login: "hung2", Name: "Hùng", Role: Operator, Areas: make([]Term, mostTerms+1)}, CodeInvalid},
	} {
		if _, _, err := o.Add(t.Context(), By{}, c.spec); CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	off, role := true, Operator
	for name, e := range map[string]UserEdit{"disabled": {Disabled: &off}, "another role": {Role: &role}} {
		if _, err := o.Change(By{}, "admin", e); CodeOf(err) != CodeLast {
			t.Errorf("the last administrator, %s: %v", name, err)
		}
	}
	if _, err := o.Change(By{}, "nobody", UserEdit{}); CodeOf(err) != CodeUnknown {
		t.Error(err)
	}
}

// Changes wait for the history in the file itself, also those of the command
// line, and hold neither secrets nor names.
func TestNotes(t *testing.T) {
	o := newOffice(t)
	one, u := o.add("mai", Unit, Term{Area: "vn/hoi-an", Until: o.at.Add(time.Hour)})
	raw, id := o.enter("mai", one, "")
	cli := o.open(o.o.Path)
	if _, err := cli.Reset(t.Context(), By{Who: "cli"}, "mai", true); err != nil {
		t.Fatal(err)
	}
	if err := o.Reload(); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	if err := o.Drain(func([]Note) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
	var got []string
	err := o.Drain(func(ns []Note) error {
		for _, n := range ns {
			got = append(got, n.Who+" "+n.Act+" "+n.Object+" "+n.Text+" "+n.From)
		}
		return nil
	})
	want := []string{
		"cli user.create " + u.ID + " unit vn/hoi-an until 2026-11-22 ",
		u.ID + " session.login " + u.ID + " session " + id.Session + " 10.0.0.7",
		"cli user.reset " + u.ID + " password and second factor ",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, secret := range []string{one, raw, u.Name} {
		if strings.Contains(strings.Join(got, "\n"), secret) {
			t.Errorf("the notes hold %q", secret)
		}
	}
	if err := o.Drain(func(ns []Note) error { t.Errorf("handed over again: %v", ns); return nil }); err != nil {
		t.Error(err)
	}
}

func TestDamagedUsersOpenNoDoor(t *testing.T) {
	o := newOffice(t)
	raw, id := o.settle("mai", Operator)
	good, err := os.ReadFile(o.o.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.o.Path, good[:len(good)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenUsers(UsersOptions{Path: o.o.Path, Cost: cheap}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a new server: %v", err)
	}
	// A running one goes on with what it read last, and changes nothing.
	if err := o.Reload(); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a running one: %v", err)
	}
	if _, err := o.Verify(raw); err != nil {
		t.Errorf("who is in: %v", err)
	}
	if err := o.Logout(By{}, id.Session); err == nil {
		t.Error("a damaged file was written over")
	}
	if _, _, err := o.Login(t.Context(), Attempt{Login: "mai", Password: goodPassword, From: "x"}); err == nil || CodeOf(err) != "" {
		t.Errorf("a login: %v", err)
	}
	// What somebody wrote into it by hand shows a unit nothing.
	bad := strings.Replace(string(good), `"operator"`, `"unit"`, 1)
	if err := os.WriteFile(o.o.Path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.Reload(); err != nil {
		t.Fatal(err)
	}
	if id, _ := o.Verify(raw); id.Hold != HoldArea {
		t.Errorf("a unit without areas: %+v", id)
	}
}

// Two processes that change the file at once lose nothing of each other.
func TestUsersOfTwoProcesses(t *testing.T) {
	o := newOffice(t)
	a, b := o.open(o.o.Path), o.open(o.o.Path)
	var wg sync.WaitGroup
	for i, u := range []*Users{a, b} {
		wg.Go(func() {
			for j := range 10 {
				login := string(rune('a'+i)) + string(rune('0'+j))
				if _, _, err := u.Add(t.Context(), By{}, UserSpec{Login: login, Name: "x", Role: Analyst}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := o.Reload(); err != nil || len(o.List()) != 20 {
		t.Errorf("%d users, %v", len(o.List()), err)
	}
}

// Who is bound to areas does not lift the bounds: not through users, not through the
// configuration, not with a computer of the wall.
func TestBoundsReachNothingWhole(t *testing.T) {
	for _, role := range []Role{Administrator, Technician} {
		free, bound := Identity{Role: role}, Identity{Role: role, Areas: []string{"vn/da-nang"}}
		for _, r := range []Right{ManageUsers, ReadConfig, WriteConfig, EnrolNode} {
			if bound.May(r) || slices.Contains(bound.Rights(), r) || bound.Demand(r) == nil {
				t.Errorf("a bound %s has the right to %s", role, r)
			}
		}
		for _, r := range []Right{ReadConfig, WriteConfig, EnrolNode, SaveWall} {
			if !free.May(r) || r == SaveWall && !bound.May(r) {
				t.Errorf("a %s has no right to %s", role, r)
			}
		}
	}
	why := Identity{User: "an", Role: Administrator, Areas: []string{"vn/da-nang"}}.Demand(ManageUsers)
	if why == nil || !strings.Contains(why.Error(), "bound to areas") {
		t.Errorf("%v", why)
	}
	// The last administrator who is not bound stays so.
	o := newOffice(t)
	o.add("admin", Administrator)
	o.add("an", Administrator, Term{Area: "vn/da-nang"})
	if _, err := o.Change(By{}, "admin", UserEdit{Areas: &[]Term{{Area: "vn/da-nang"}}}); CodeOf(err) != CodeLast {
		t.Errorf("nobody would manage users: %v", err)
	}
	yes := true
	if _, err := o.Change(By{}, "admin", UserEdit{Disabled: &yes}); CodeOf(err) != CodeLast {
		t.Errorf("nobody would manage users: %v", err)
	}
	if _, err := o.Change(By{}, "an", UserEdit{Areas: &[]Term{}}); err != nil {
		t.Error(err)
	}
	if _, err := o.Change(By{}, "admin", UserEdit{Disabled: &yes}); err != nil {
		t.Error(err)
	}
}

// Who knows the password gets no more tries at the second factor by setting another
// password between them.
func TestNewPasswordForgivesNoWrongCodes(t *testing.T) {
	o := newOffice(t)
	_, id := o.settle("mai", Leader)
	o.enrol(id)
	last := goodPassword
	for i := range 3 * pairFree {
		_, _, err := o.BeginFactor(id, "000000", "10.0.0.7")
		if CodeOf(err) == CodeLocked {
			return
		}
		if CodeOf(err) != CodeWrongCode {
			t.Fatalf("try %d: %v", i, err)
		}
		next := goodPassword + strings.Repeat("!", i+1)
		switch err := o.ChangePassword(t.Context(), id, last, next, "10.0.0.7"); CodeOf(err) {
		case "":
			last = next
		case CodeLocked:
			return
		default:
			t.Fatal(err)
		}
	}
	t.Errorf("%d wrong codes and no wait", 3*pairFree)
}

// A clock that ran ahead for an hour leaves no session behind that lasts until then.
func TestSessionOfAClockThatRanAhead(t *testing.T) {
	o := newOffice(t)
	right := o.at
	o.at = right.AddDate(4, 0, 0)
	one, _ := o.add("mai", Operator)
	raw, _ := o.enter("mai", one, "")
	if _, err := o.Verify(raw); err != nil {
		t.Fatal(err)
	}
	o.at = o.at.Add(-clockSlip / 2)
	if _, err := o.Verify(raw); err != nil {
		t.Errorf("a clock that is corrected a little: %v", err)
	}
	o.at = right
	if _, err := o.Verify(raw); CodeOf(err) != CodeExpired {
		t.Errorf("a session from the future: %v", err)
	}
}
