package auth

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// knock begins a try now and returns how long to wait.
func (l *lockout) knock(login, from string) time.Duration {
	_, wait := l.begin(login, from, time.Now())
	return wait
}

func TestLockoutBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLockout()
		for i := range pairFree {
			if w := l.knock("mai", "10.0.0.7"); w != 0 {
				t.Fatalf("try %d waits %v", i, w)
			}
		}
		want := time.Second
		for range 14 {
			if w := l.knock("mai", "10.0.0.7"); w != want {
				t.Fatalf("waits %v, want %v", w, want)
			}
			// Asking too early makes it no longer.
			time.Sleep(want - time.Millisecond)
			if w := l.knock("mai", "10.0.0.7"); w != time.Millisecond {
				t.Fatalf("a moment before: %v", w)
			}
			time.Sleep(time.Millisecond)
			if w := l.knock("mai", "10.0.0.7"); w != 0 {
				t.Fatalf("after it: %v", w)
			}
			want = min(2*want, pairMost)
		}
		if want != pairMost {
			t.Errorf("it stays at %v", want)
		}
		// Others are not held up.
		if l.knock("mai", "10.0.0.8") != 0 || l.knock("nam", "10.0.0.7") != 0 {
			t.Error("another address or another login waits")
		}
		time.Sleep(pairKept + time.Second)
		if w := l.knock("mai", "10.0.0.7"); w != 0 {
			t.Errorf("the next day: %v", w)
		}
	})
}

// Right passwords are no tries, and who came in from somewhere is not held up by
// what strangers do elsewhere, nor by others behind the same address.
func TestLockoutOfStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLockout()
		for range 50 {
			try, wait := l.begin("mai", "10.0.0.7", time.Now())
			if wait != 0 {
				t.Fatal(wait)
			}
			l.undo(try)
		}
		try, _ := l.begin("mai", "10.0.0.7", time.Now())
		l.succeeded(try, time.Now())
		for i := range siteFree {
			if w := l.knock("mai", fmt.Sprintf("203.0.113.%d", i)); w != 0 {
				t.Fatalf("stranger %d waits %v", i, w)
			}
			if w := l.knock(fmt.Sprintf("x%d", i), "10.0.0.7"); w != 0 {
				t.Fatalf("neighbour %d waits %v", i, w)
			}
		}
		if w := l.knock("mai", "198.51.100.1"); w == 0 || w > siteMost {
			t.Errorf("one more stranger waits %v", w)
		}
		if w := l.knock("y", "10.0.0.7"); w == 0 || w > siteMost {
			t.Errorf("one more neighbour waits %v", w)
		}
		if w := l.knock("mai", "10.0.0.7"); w != 0 {
			t.Errorf("she herself waits %v", w)
		}
		time.Sleep(siteKept + time.Second)
		if w := l.knock("mai", "198.51.100.1"); w != 0 {
			t.Errorf("an hour later: %v", w)
		}
	})
}

// Strangers cannot fill the memory.
func TestLockoutIsBounded(t *testing.T) {
	a := attempts{}
	now := time.Unix(0, 0)
	for i := range triesKept + 100 {
		a.add(fmt.Sprint(i), now.Add(time.Duration(i)), 1, time.Second, time.Hour)
	}
	if len(a) != triesKept || a["0"] != nil || a[fmt.Sprint(triesKept+99)] == nil {
		t.Errorf("%d are kept", len(a))
	}
}
