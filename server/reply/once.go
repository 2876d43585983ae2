package reply

import (
	"context"
	"sync"
	"time"
)

const (
	// answerKept is how long what was asked for is answered again rather than
	// done again: a program that heard no answer asks again within minutes.
	answerKept = 10 * time.Minute
	// answersKept bounds the memory: an answer is a few hundred bytes.
	answersKept = 10_000
)

// Once does what is asked for once and answers it as often as it is asked. The
// zero value is ready for use.
type Once[T any] struct {
	mu    sync.Mutex
	known map[string]*answer[T]
	order []*answer[T] // oldest first
}

type answer[T any] struct {
	key   string
	at    time.Time
	done  chan struct{}
	value T // set before done is closed
	err   error
}

// Do returns what f returned when it was last called for the key, or calls it.
// While it is being called others who ask for the same wait for it, until their
// ctx ends. An error is told to those who wait and not remembered.
func (o *Once[T]) Do(ctx context.Context, key string, f func() (T, error)) (T, error) {
	a, mine := o.ask(key)
	if mine {
		defer close(a.done)
		if a.value, a.err = f(); a.err != nil {
			o.forget(a)
		}
		return a.value, a.err
	}
	select {
	case <-a.done:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// ask returns the answer to be and whether the caller has to find it.
func (o *Once[T]) ask(key string) (*answer[T], bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil {
		o.known = map[string]*answer[T]{}
	}
	now := time.Now()
	for len(o.order) > 0 && (len(o.order) >= answersKept || now.Sub(o.order[0].at) > answerKept) {
		o.drop(o.order[0])
		o.order = o.order[1:]
	}
	if a, ok := o.known[key]; ok {
		return a, false
	}
	a := &answer[T]{key: key, at: now, done: make(chan struct{})}
	o.known[key] = a
	o.order = append(o.order, a)
	return a, true
}

func (o *Once[T]) forget(a *answer[T]) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop(a)
}

// drop removes the answer unless a later one has its key.
func (o *Once[T]) drop(a *answer[T]) {
	if o.known[a.key] == a {
		delete(o.known, a.key)
	}
}
