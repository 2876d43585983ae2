package flow

import (
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// TestWhenANewSessionIsMadeForAKeyFrame plays cameras for hours and counts their sessions: one that makes key frames only
// when it is asked is asked, an honest one is left alone, and none is asked again and again.
func TestWhenANewSessionIsMadeForAKeyFrame(t *testing.T) {
	every := func(d time.Duration) func(session, at time.Duration) bool {
		return func(_, at time.Duration) bool { return at%d == 0 }
	}
	never := func(_, _ time.Duration) bool { return false }
	opening := func(session, _ time.Duration) bool { return session == 0 }
	for _, c := range []struct {
		name       string
		key        func(session, at time.Duration) bool // a unit so long after its session began and after all began is one
		lost       func(session, at time.Duration) bool // a packet before it is lost
		torn       bool                                 // its key frames are torn on the way
		awaited    bool                                 // there is always somebody who waits for one
		length     time.Duration
		least      int // sessions
		most       int
		blindMost  time.Duration // the longest time without a picture
		blindAfter time.Duration // counted from then on
	}{
		{name: "a second between them, and loss", key: every(time.Second), lost: every(5200 * time.Millisecond), least: 1, most: 1, blindMost: 2 * time.Second},
		{name: "10 s between them, and loss", key: every(10 * time.Second), lost: every(7 * time.Second), awaited: true, least: 1, most: 1, blindMost: 11 * time.Second},
		{name: "30 s between them, and loss", key: every(30 * time.Second), lost: every(7 * time.Second), awaited: true, least: 1, most: 1, blindMost: 31 * time.Second},
		{name: "they are spread as long as nothing moves", key: func(_, at time.Duration) bool {
			if at > 10*time.Minute && at < 40*time.Minute {
				return at%time.Minute == 0
			}
			return at%(2*time.Second) == 0
		}, lost: never, least: 1, most: 1},
		{name: "they stay away, and nothing is lost", key: func(_, at time.Duration) bool { return at < time.Minute && at%time.Second == 0 }, lost: never, least: 1, most: 1},
		{name: "they are spread for the first time, and something is lost meanwhile", key: func(session, at time.Duration) bool {
			return session == 0 || at%(2*time.Second) == 0 && (at < 10*time.Minute || at%time.Minute == 0)
		}, lost: func(_, at time.Duration) bool { return at == 10*time.Minute+20*time.Second }, least: 2, most: 2, blindMost: 12 * time.Second},
		{name: "they are spread as it is known, and something is lost meanwhile", key: func(session, at time.Duration) bool {
			return session == 0 || at%(2*time.Second) == 0 && (at < 10*time.Minute || at%time.Minute == 0)
		}, lost: func(_, at time.Duration) bool { return at == 20*time.Minute+20*time.Second }, least: 1, most: 1, blindMost: 41 * time.Second},
		{
			name: "for new sessions only, and loss once", key: func(session, at time.Duration) bool {
				return session == 0 || at < time.Minute && at%time.Second == 0
			}, lost: func(_, at time.Duration) bool { return at == time.Minute+2*time.Second }, least: 2, most: 2, blindMost: 12 * time.Second,
		},
		{name: "for new sessions only, and loss all the time", key: opening, lost: every(5 * time.Second), least: 55, most: 61, blindMost: time.Minute + time.Second},
		{name: "for new sessions only, and somebody waits", key: opening, lost: never, awaited: true, least: 55, most: 61},
		{name: "never", key: never, lost: never, least: 4, most: 7},
		{name: "all are torn", key: every(time.Second), lost: every(time.Second), torn: true, awaited: true, least: 1, most: 1},
		{name: "5 minutes between them, and loss", key: every(5 * time.Minute), lost: every(97 * time.Second), length: 6 * time.Hour, least: 1, most: 8},
		{
			name: "the distance is set from a second to 2 minutes", key: func(_, at time.Duration) bool {
				return at%(2*time.Minute) == 0 || at < 10*time.Minute && at%time.Second == 0
			}, lost: every(97 * time.Second), length: 6 * time.Hour, least: 2, most: 12, blindMost: 2*time.Minute + time.Second, blindAfter: 30 * time.Minute,
		},
		{
			name: "they are spread once things calm down, from the session's beginning, and loss all the time", key: func(session, at time.Duration) bool {
				return at < 10*time.Minute && at%(2*time.Second) == 0 || session%time.Minute == 0
			}, lost: every(7 * time.Second), length: 6 * time.Hour, least: 1, most: 5, blindMost: time.Minute + time.Second,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.length == 0 {
				c.length = time.Hour
			}
			const step = 40 * time.Millisecond
			start := time.Unix(1790000000, 0)
			var k Keys
			backoff := rtsp.Backoff{Random: func() float64 { return 0.5 }}
			sessions, blind := 0, time.Duration(0)
			seeing, since := false, time.Duration(0)
			for at := time.Duration(0); at < c.length; {
				began := at
				k.Begin(start.Add(at))
				sessions++
				for ; at < c.length; at += step {
					u := rtsp.Unit{Arrived: start.Add(at + time.Millisecond), Key: c.key(at-began, at)}
					if c.lost(at-began, at) && at > began {
						u.Lost = 1
						if !u.Key {
							seeing = false
						}
					}
					if c.torn && u.Key {
						u.Key, u.TornKey, u.Lost = false, true, 1
					}
					if k.Unit(u); u.Key {
						seeing = true
					}
					if seeing || at < c.blindAfter {
						since = at
					}
					blind = max(blind, at-since)
					if k.Missing(start.Add(at), c.awaited) {
						break
					}
				}
				k.End(rtsp.ReasonNoKeyFrame)
				seeing = false
				at += backoff.Next(at - began).Round(step)
			}
			if sessions < c.least || sessions > c.most {
				t.Errorf("%d sessions in %v, want %d to %d", sessions, c.length, c.least, c.most)
			}
			if c.blindMost > 0 && blind > c.blindMost {
				t.Errorf("no picture for %v", blind)
			}
			t.Logf("%d sessions, no picture for %v at most", sessions, blind)
		})
	}
}
