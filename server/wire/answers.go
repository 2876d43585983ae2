package wire

import (
	"sync"
	"time"

	"iocwall/server/world"
)

const (
	// answerKept is how long a repeated command is answered again rather than
	// done again, answersKept how many answers are kept at most.
	answerKept  = 10 * time.Minute
	answersKept = 10_000
)

// answers remembers what was asked for and answered, by sender and id, so that
// a command sent again after a lost connection is not done twice.
type answers struct {
	mu    sync.Mutex
	known map[string]*answer
	order []*answer
}

type answer struct {
	key     string
	at      time.Time
	done    chan struct{}
	receipt world.Receipt // set before done is closed
}

// ask returns the answer to a command and whether the caller has to find it.
func (a *answers) ask(user, id string) (*answer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = map[string]*answer{}
	}
	key := user + "\x00" + id
	if x, ok := a.known[key]; ok {
		return x, false
	}
	now := time.Now()
	for len(a.order) > 0 && (len(a.order) >= answersKept || now.Sub(a.order[0].at) > answerKept) {
		delete(a.known, a.order[0].key)
		a.order = a.order[1:]
	}
	x := &answer{key: key, at: now, done: make(chan struct{})}
	a.known[key] = x
	a.order = append(a.order, x)
	return x, true
}

// give sets the answer, once.
func (x *answer) give(r world.Receipt) {
	x.receipt = r
	close(x.done)
}
