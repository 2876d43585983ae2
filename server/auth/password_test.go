package auth

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/unicode/norm"
)

// cheap is a cost for tests.
var cheap = Cost{Memory: 64, Time: 1, Lanes: 1}

// A hash made by the reference implementation of RFC 9106, from the test suite of
// its command line: password "password", salt "somesalt", two passes, 64 MiB, one
// lane. It is too short a salt for us, not for the format.
func TestHashOfTheReference(t *testing.T) {
	h, err := newHasher(cheap)
	if err != nil {
		t.Fatal(err)
	}
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for password, want := range map[string]bool{"password": true, "Password": false, "": false} {
		if got, err := h.verify(t.Context(), password, hash); got != want || err != nil {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
}

func TestPasswordHash(t *testing.T) {
	h, err := newHasher(cheap)
	if err != nil {
		t.Fatal(err)
	}
	// Typed composed here and decomposed there, as keyboards do.
	composed := "tiếng Việt rất hay"
	decomposed := norm.NFD.String(composed)
	hash, err := h.hash(t.Context(), composed)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%v %s", err, hash)
	}
	again, _ := h.hash(t.Context(), composed)
	if again == hash {
		t.Error("two hashes have the same salt")
	}
	for _, c := range []struct {
		password, hash string
		want, fails    bool
	}{
		{composed, hash, true, false},
		{decomposed, hash, true, false},
		{composed + " ", hash, false, false},
		{strings.Repeat("a", 300), hash, false, false},
		{composed, "", false, false},
		{composed, "$argon2id$", false, true},
		{composed, strings.Replace(hash, "m=64", "m=99999999", 1), false, true},
	} {
		if got, err := h.verify(t.Context(), c.password, c.hash); got != c.want || (err != nil) != c.fails {
			t.Errorf("%.20q with %.30q: %v, %v", c.password, c.hash, got, err)
		}
	}
}

// Hashes take memory: a few are computed at once, some wait, the others are told.
func TestHashesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := newHasher(cheap)
		if err != nil {
			t.Fatal(err)
		}
		var done []func()
		for range hashesAtOnce {
			d, err := h.turn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			done = append(done, d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.turn(ctx); err == nil {
			t.Error("one more is computed at once")
		}
		waiting, stop := context.WithCancel(t.Context())
		for range hashesWaiting {
			go h.turn(waiting) //nolint:errcheck // it waits
		}
		synctest.Wait()
		if _, err := h.turn(t.Context()); CodeOf(err) != CodeBusy {
			t.Errorf("one too many: %v", err)
		}
		stop()
		for _, d := range done {
			d()
		}
		synctest.Wait()
		if d, err := h.turn(t.Context()); err != nil {
			t.Errorf("afterwards: %v", err)
		} else {
			d()
		}
	})
}

// FuzzPHC: what is read is within the bounds and is written as it was read.
func FuzzPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=0,t=0,p=0$$")
	f.Add("$argon2i$v=16$m=4294967296,t=1,p=300$c29tZXNhbHQ$AA")
	f.Add("$argon2id$v=19$m=+64,t=01,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err != nil {
			if s != "" && len(s) > 12 && strings.Contains(err.Error(), s) {
				t.Error("the error holds the hash")
			}
			return
		}
		if p.cost.Memory > maxMemory || p.cost.Time > maxTime || p.cost.Lanes > maxLanes || p.cost.Lanes < 1 {
			t.Fatalf("%+v is out of bounds", p.cost)
		}
		if p.String() != s {
			t.Fatalf("%q came back as %q", s, p.String())
		}
	})
}

func TestWeakPasswords(t *testing.T) {
	for password, want := range map[string]string{
		"ngắn quá":                  "at least 12",
		"aaaaaaaaaaaaaaaa":          "too regular",
		"123456789012":              "too regular",
		"abcdefghijklmn":            "too regular",
		"mai.hoi-an":                "at least 12",
		"Tran.Thi.Mai":              "is the login",
		"tran.thi.mai2026!":         "is the login",
		"password2026":              "commonest",
		"P@ssw0rd12345":             "commonest",
		"mật khẩu 2026":             "commonest",
		"MatKhau@12345":             "commonest",
		"AnhYeuEm2026!":             "commonest",
		"QuanTri@VietNam":           "commonest",
		"administrator1":            "commonest",
		"bốn con ngựa ăn cỏ":        "",
		"Ghe máy chạy ra Cù Lao":    "",
		"k7mp-2qrt-x9dw-4hnb":       "",
		strings.Repeat("dài ", 80):  "longer than",
		"tab\tin the middle of it":  "cannot be typed",
		"matkhau cua ba Sau ban ca": "",
	} {
		err := checkPassword(password, "tran.thi.mai")
		if (err == nil) != (want == "") || err != nil && (CodeOf(err) != CodeWeak || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", password, err, want)
		}
		if err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("the error holds the password %q", password)
		}
	}
}

// BenchmarkHash is what one login costs.
func BenchmarkHash(b *testing.B) {
	h, err := newHasher(DefaultCost())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := h.hash(b.Context(), "bốn con ngựa ăn cỏ"); err != nil {
			b.Fatal(err)
		}
	}
}
