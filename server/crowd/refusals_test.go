package crowd

import (
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

// What repeats itself is one event, and a flood is bounded and counted.
func TestRefusalsAreFolded(t *testing.T) {
	var f Refusals
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	written := 0
	for i := range 1000 {
		if write, _ := f.Note("same", now.Add(time.Duration(i)*time.Millisecond)); write {
			written++
		}
		if write, _ := f.Note(strconv.Itoa(i), now); write {
			written++
		}
	}
	if written != RefusalsShown {
		t.Errorf("%d were written, want %d", written, RefusalsShown)
	}
	write, others := f.Note("next", now.Add(RefusalFold))
	if !write || others != 2000-RefusalsShown {
		t.Errorf("a minute later: %v, %d others, want %d", write, others, 2000-RefusalsShown)
	}
}

// Each is folded for themselves.
func TestDenialsAreFoldedApart(t *testing.T) {
	var d Denials
	now := time.Unix(0, 0)
	for range 3 * RefusalsShown {
		d.Note("a", strconv.Itoa(now.Nanosecond()), now)
		now = now.Add(1)
	}
	if write, _ := d.Note("b", "x", now); !write {
		t.Error("what one tries hides what another does")
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		remote, forwarded string
		proxy             bool
		want              string
	}{
		{"10.0.0.7:1234", "", false, "10.0.0.7"},
		{"10.0.0.7:1234", "203.0.113.5", false, "10.0.0.7"},
		{"10.0.0.7:1234", "1.1.1.1, 203.0.113.5", true, "203.0.113.5"},
		{"10.0.0.7:1234", "nonsense", true, "10.0.0.7"},
		{"10.0.0.7:1234", "", true, "10.0.0.7"},
		{"[::ffff:10.0.0.7]:1234", "", false, "10.0.0.7"},
		{"[2001:db8:1:2:3:4:5:6]:1234", "", false, "2001:db8:1:2::/64"},
		{"[::1]:1234", "", false, "::1"},
		{"@", "", false, "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := Address(r, c.proxy); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
