package reply

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// What was answered is answered again for ten minutes, and not a second longer
// than that; what failed is tried again.
func TestOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o Once[int]
		calls := 0
		count := func() (int, error) { calls++; return calls, nil }
		ask := func(key string, want int) {
			t.Helper()
			if got, err := o.Do(t.Context(), key, count); got != want || err != nil {
				t.Errorf("%s: %d, %v, want %d", key, got, err, want)
			}
		}
		ask("a", 1)
		time.Sleep(answerKept)
		ask("a", 1)
		ask("b", 2)
		time.Sleep(time.Second)
		ask("a", 3)
		ask("b", 2)
		bad := errors.New("bad")
		if _, err := o.Do(t.Context(), "c", func() (int, error) { return 0, bad }); !errors.Is(err, bad) {
			t.Error(err)
		}
		ask("c", 4)
	})
}

// Who asks while it is being done waits for the answer, or for the own end.
func TestOnceWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o Once[int]
		slow := func() (int, error) { time.Sleep(time.Minute); return 7, nil }
		never := func() (int, error) { t.Error("done twice"); return 0, nil }
		go func() { _, _ = o.Do(t.Context(), "a", slow) }()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := o.Do(short, "a", never); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if got, err := o.Do(t.Context(), "a", never); got != 7 || err != nil {
			t.Error(got, err)
		}
	})
}

// The memory is bounded: the oldest answer is forgotten first.
func TestOnceIsBounded(t *testing.T) {
	var o Once[int]
	for i := range answersKept + 10 {
		if _, err := o.Do(t.Context(), fmt.Sprint(i), func() (int, error) { return i, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.known) != answersKept || len(o.order) != answersKept {
		t.Errorf("%d known, %d in order", len(o.known), len(o.order))
	}
	if got, _ := o.Do(t.Context(), "9", func() (int, error) { return -1, nil }); got != -1 {
		t.Errorf("the oldest is remembered: %d", got)
	}
	if got, _ := o.Do(t.Context(), fmt.Sprint(answersKept), func() (int, error) { return -1, nil }); got != answersKept {
		t.Errorf("a younger one is forgotten: %d", got)
	}
}
