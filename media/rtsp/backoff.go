package rtsp

import (
	"math/rand/v2"
	"time"
)

// Backoff says how long to wait before the next attempt: it doubles from Min to Max, each pause drawn at random between
// half and the whole, so that cameras that failed together do not return together. The zero value uses the defaults.
// It is a plain value for one goroutine.
type Backoff struct {
	Min    time.Duration  // first pause, default 500 ms
	Max    time.Duration  // longest pause, default 30 s
	Stable time.Duration  // a session that lived this long starts the count again, default 1 minute
	Random func() float64 // in [0,1); default math/rand

	tries int
}

// Tries returns the failed attempts since the last stable session.
func (b *Backoff) Tries() int { return b.tries }

// Reset forgets all failures.
func (b *Backoff) Reset() { b.tries = 0 }

// Next counts a failed or broken attempt that had been playing for alive, and returns the pause before the next one.
func (b *Backoff) Next(alive time.Duration) time.Duration {
	shortest, longest, stable := b.Min, b.Max, b.Stable
	if shortest <= 0 {
		shortest = 500 * time.Millisecond
	}
	if longest <= 0 {
		longest = 30 * time.Second
	}
	if stable <= 0 {
		stable = time.Minute
	}
	if alive >= stable {
		b.tries = 0
	}
	pause := longest
	if b.tries < 20 {
		pause = min(longest, shortest<<b.tries)
	}
	b.tries++
	random := b.Random
	if random == nil {
		random = rand.Float64
	}
	return pause/2 + time.Duration(random()*float64(pause/2))
}
