package relay

import (
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/rtsp"
)

// Who comes while a probe, or a session after its last reader, is being ended waits for the next session: what is about
// to be gone is not handed out.
func TestNobodyGetsASessionThatIsEnding(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(u *upstream) bool // reports whether the session is to end
	}{
		{"a probe that has seen enough", func(u *upstream) bool {
			u.probing, u.enough = true, true
			return u.unneeded(time.Now()) != nil
		}},
		{"a linger that is over", func(u *upstream) bool {
			u.keepUntil = time.Now().Add(-time.Second)
			return u.unneeded(time.Now()) != nil
		}},
		{"a camera that is silent", func(u *upstream) bool {
			u.keepUntil = time.Now().Add(time.Minute)
			u.watch.begin(time.Now().Add(-time.Minute))
			return u.unneeded(time.Now()) != nil
		}},
		{"a camera that makes no key frame", func(u *upstream) bool {
			u.keepUntil = time.Now().Add(time.Minute)
			u.keys.Begin(time.Now().Add(-time.Hour))
			return u.unneeded(time.Now()) != nil
		}},
		{"a session that gives way", func(u *upstream) bool {
			u.stop, u.over = func(error) {}, make(chan struct{})
			return u.giveWay(true) != nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newTestFeed(t, []byte{0x67, 1, 2, 3}, []byte{0x68, 1})
				u := f.up
				u.relay.opts.Linger, u.relay.opts.Stall = time.Second, 5*time.Second
				u.feed = f
				close(u.ready)
				if !c.end(u) {
					t.Fatal("the session goes on")
				}
				next := newTestFeed(t, []byte{0x67, 1, 2, 3}, []byte{0x68, 1})
				time.AfterFunc(time.Second, func() {
					f.stream = nil // without a server
					f.close()
					u.mu.Lock()
					defer u.mu.Unlock()
					u.leaving, u.feed = false, next
					close(u.ready)
				})
				if got, reason := u.await(time.Minute); got != next || reason != rtsp.ReasonNone {
					t.Errorf("got the old session %v, the next %v, reason %q", got == f, got == next, reason)
				}
			})
		})
	}
}
