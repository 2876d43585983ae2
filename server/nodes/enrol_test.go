package nodes

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world"
)

type codeAnswer struct {
	Node    string
	Code    string
	Expires time.Time
}

func (r *room) code(node string) string {
	r.t.Helper()
	return decode[codeAnswer](r.t, r.request("POST", "/codes", "An", []byte(`{"node":"`+node+`"}`))).Code
}

func (r *room) enrolAs(node, code string) *httptest.ResponseRecorder {
	r.t.Helper()
	return r.request("POST", "/enrol", "", fmt.Appendf(nil, `{"node":%q,"code":%q}`, node, code))
}

func TestACodeLetsAComputerInOnce(t *testing.T) {
	r := newRoom(t)
	code := r.code("pc-03")
	w := r.enrolAs("pc-03", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	raw := decode[struct{ Token string }](t, w).Token
	id, err := r.tokens.Verify(raw)
	if err != nil || id.Name != "pc-03" || id.Role != auth.Node {
		t.Fatalf("%+v %v", id, err)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Error("the token may be stored on its way")
	}
	if got := bodies[world.NodeEnrolled](r.history); len(got) != 1 || got[0] != (world.NodeEnrolled{Node: "pc-03", By: "An"}) {
		t.Errorf("enrolled: %+v", got)
	}
	if got := bodies[world.Audited](r.history); len(got) != 1 || !got[0].OK || got[0].Who != id.Token || !strings.Contains(got[0].Object, "pc-03") {
		t.Errorf("audited: %+v", got)
	}
	if len(r.audited) != 1 || r.audited[0].Act != "node.code" || r.audited[0].Object != "pc-03" {
		t.Errorf("audited: %+v", r.audited)
	}
	if w := r.enrolAs("pc-03", code); w.Code != http.StatusForbidden || len(r.refused) != 1 {
		t.Errorf("a second time: %d, refusals %q", w.Code, r.refused)
	}

	// One computer, one token; those of others and of people of that name stay.
	other := decode[struct{ Token string }](t, r.enrolAs("pc-04", r.code("pc-04"))).Token
	person, _, err := r.tokens.Add(auth.Spec{Name: "pc-03", Role: auth.Operator})
	if err != nil {
		t.Fatal(err)
	}
	again := decode[struct{ Token string }](t, r.enrolAs("pc-03", r.code("pc-03"))).Token
	if _, err := r.tokens.Verify(raw); !errors.Is(err, auth.ErrRevoked) {
		t.Errorf("the older token: %v", err)
	}
	for _, raw := range []string{other, person, again} {
		if _, err := r.tokens.Verify(raw); err != nil {
			t.Errorf("another token: %v", err)
		}
	}
}

func TestCodesEnd(t *testing.T) {
	for name, c := range map[string]struct {
		before func(r *room, code string) string // returns the code to try
		want   int
	}{
		"good":                {func(_ *room, code string) string { return code }, http.StatusOK},
		"with lookalikes":     {func(_ *room, code string) string { return strings.NewReplacer("0", "o", "1", "l").Replace(code) }, http.StatusOK},
		"after 14 minutes":    {func(_ *room, code string) string { time.Sleep(14 * time.Minute); return code }, http.StatusOK},
		"after 15 minutes":    {func(_ *room, code string) string { time.Sleep(15 * time.Minute); return code }, http.StatusForbidden},
		"of another computer": {func(r *room, _ string) string { return r.code("pc-04") }, http.StatusForbidden},
		"replaced":            {func(r *room, code string) string { r.code("pc-03"); return code }, http.StatusForbidden},
		"the newer one":       {func(r *room, _ string) string { return r.code("pc-03") }, http.StatusOK},
		"after two wrong ones": {func(r *room, code string) string {
			r.enrolAs("pc-03", "x")
			r.enrolAs("pc-03", "ABCD-EFGH-JK")
			return code
		}, http.StatusOK},
		"after three wrong ones": {func(r *room, code string) string {
			for range 3 {
				r.enrolAs("pc-03", "ABCD-EFGH-JK")
			}
			return code
		}, http.StatusForbidden},
		"cut off": {func(_ *room, code string) string { return code[:9] }, http.StatusForbidden},
		"empty":   {func(*room, string) string { return "" }, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t)
				code := c.before(r, r.code("pc-03"))
				w := r.enrolAs("pc-03", code)
				if w.Code != c.want {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				if code != "" && strings.Contains(w.Body.String(), code) {
					t.Error("the answer repeats the code")
				}
			})
		})
	}
}

// TestTheTriesOfAnAddressAreLimited holds that an address is not listened to after
// ten refusals, good codes included, and that another is.
func TestTheTriesOfAnAddressAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		try := func(remote, code string) int {
			q := httptest.NewRequestWithContext(t.Context(), "POST", "/enrol", strings.NewReader(`{"node":"pc-03","code":"`+code+`"}`))
			q.RemoteAddr = remote
			w := httptest.NewRecorder()
			r.mux.ServeHTTP(w, q)
			return w.Code
		}
		for i := range maxTries {
			// Within one network of IPv6 a computer chooses its address.
			if got := try(fmt.Sprintf("[2001:db8::%x]:1000", i), "wrong"); got != http.StatusForbidden {
				t.Fatalf("try %d: %d", i, got)
			}
		}
		code := r.code("pc-03")
		if got := try("[2001:db8::ffff]:1", code); got != http.StatusTooManyRequests {
			t.Errorf("the eleventh: %d", got)
		}
		if got := try("10.0.0.7:1", code); got != http.StatusOK {
			t.Errorf("another address: %d", got)
		}
		time.Sleep(triesFold)
		if got := try("[2001:db8::ffff]:1", r.code("pc-03")); got != http.StatusOK {
			t.Errorf("ten minutes later: %d", got)
		}
		for i := range maxTriesAll {
			try(fmt.Sprintf("10.1.%d.%d:1", i/5, i%5), "wrong")
		}
		if got := try("10.0.0.7:1", r.code("pc-03")); got != http.StatusTooManyRequests {
			t.Errorf("after refusals to many addresses: %d", got)
		}
	})
}

func TestNothingIsLetInThatCannotBeStored(t *testing.T) {
	r := newRoom(t)
	code := r.code("pc-03")
	r.history.err = errors.New("the disk is full")
	if w := r.enrolAs("pc-03", code); w.Code != http.StatusServiceUnavailable {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, x := range r.tokens.List() {
		if x.Revoked.IsZero() {
			t.Errorf("the token %s opens doors", x.ID)
		}
	}
	r.history.err = nil
	if w := r.enrolAs("pc-03", code); w.Code != http.StatusOK {
		t.Errorf("the code, when there is space again: %d %s", w.Code, w.Body)
	}
}

func TestBadFormsAreRefused(t *testing.T) {
	r := newRoom(t)
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"/codes", `{"node":"PC 03"}`, http.StatusUnprocessableEntity},
		{"/codes", `{"node":""}`, http.StatusUnprocessableEntity},
		{"/codes", `{`, http.StatusBadRequest},
		{"/codes", `{"node":"pc-03"} {}`, http.StatusBadRequest},
		{"/codes", `{"node":"` + strings.Repeat("x", 5000) + `"}`, http.StatusBadRequest},
		{"/enrol", `{"node":"pc-03","code":12}`, http.StatusBadRequest},
		{"/enrol", `[]`, http.StatusBadRequest},
	} {
		if w := r.request("POST", c.path, "An", []byte(c.body)); w.Code != c.want {
			t.Errorf("%s %.30s: %d %s", c.path, c.body, w.Code, w.Body)
		}
	}
}

// FuzzCode feeds what people may type for a code: what is taken has the letters of
// codes only, and is read the same when it is typed again.
func FuzzCode(f *testing.F) {
	for _, s := range []string{"ABCD-EFGH-JK", "abcd efgh jk", "OIL0-1ABC-DE", "", "ABCD", strings.Repeat("-", 50), "ABCDEFGHJ\xff", "ＡBCDEFGHJK"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		letters, ok := parseCode(typed)
		if !ok {
			return
		}
		if len(letters) != codeLetters || strings.Trim(letters, alphabet) != "" {
			t.Errorf("%q became %q", typed, letters)
		}
		if again, ok := parseCode(letters); !ok || again != letters {
			t.Errorf("%q became %q and then %q", typed, letters, again)
		}
	})
}
