package message

import (
	"testing"
	"time"

	"iocwall/server/world"
)

// TestOffset holds the estimate against round trips made up by hand: the server is
// ahead by a known time.
func TestOffset(t *testing.T) {
	type step struct {
		after     time.Duration // since the step before
		ahead     time.Duration // the server's clock minus ours
		up, down  time.Duration
		want      int64
		wantError int64
		told      bool
	}
	ms := time.Millisecond
	for name, steps := range map[string][]step{
		"the first is told, whatever it is": {{0, 2000 * ms, 150 * ms, 250 * ms, 1951, 201, true}},
		"a quicker one counts": {
			{0, 1900 * ms, 100 * ms, 300 * ms, 1801, 201, true},
			{time.Second, 1900 * ms, 3 * ms, 5 * ms, 1900, 5, true},
		},
		"a slower one does not": {
			{0, 70 * ms, 4 * ms, 4 * ms, 71, 5, true},
			{time.Second, 70 * ms, 4 * ms, 600 * ms, 71, 5, false},
			{time.Second, 70 * ms, 600 * ms, 4 * ms, 71, 5, false},
		},
		"a millisecond is not told": {
			{0, 0, 5 * ms, 5 * ms, 1, 6, true},
			{time.Second, 1 * ms, 5 * ms, 5 * ms, 1, 6, false},
		},
		"after a minute a slow one is better than an old one": {
			{0, 0, 2 * ms, 2 * ms, 1, 3, true},
			{59 * time.Second, 0, 30 * ms, 50 * ms, 1, 3, false},
			{2 * time.Second, 0, 30 * ms, 50 * ms, -9, 41, true},
		},
		"the server's clock is set": {
			{0, 0, 2 * ms, 2 * ms, 1, 3, true},
			{time.Second, 30 * time.Second, 5 * ms, 5 * ms, 30001, 6, true},
			{time.Second, -30 * time.Second, 9 * ms, 9 * ms, -29999, 10, true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			var k Offset
			for i, s := range steps {
				now = now.Add(s.after)
				server := now.Add(s.up + s.ahead)
				got, most, told := k.Echo(now, world.TimeOf(server), now.Add(s.up+s.down))
				// The stamp is cut to milliseconds, and half of one put back.
				if abs(got-s.want) > 1 || abs(most-s.wantError) > 1 || told != s.told {
					t.Errorf("step %d: offset %d ± %d, told %v; want %d ± %d, %v", i, got, most, told, s.want, s.wantError, s.told)
				}
				if told && abs(got-s.ahead.Milliseconds()) > most {
					t.Errorf("step %d: the offset %d is further from %v than %d", i, got, s.ahead, most)
				}
			}
		})
	}
}

func TestOffsetThatWasSetBackTellsNothing(t *testing.T) {
	var k Offset
	now := time.Now()
	if _, _, told := k.Echo(now, world.TimeOf(now), now.Add(time.Millisecond)); !told {
		t.Fatal("the first is not told")
	}
	before := k.offset
	if got, _, told := k.Echo(now.Add(time.Hour), world.TimeOf(now), now.Add(time.Second)); told || got != before {
		t.Errorf("%d, told %v", got, told)
	}
}
