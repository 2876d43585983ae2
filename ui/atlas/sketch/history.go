package sketch

// historyLimit bounds how many acts can be undone.
const historyLimit = 500

// History is a value with the acts that led to it: each is one step back, with a
// name. Values are not changed after they are handed in.
type History[T any] struct {
	Now          T
	past, future []act[T]
	at, last     int // the numbers of Now and of the newest state
}

// act is one step: what it was called and what was there before it (or, undone,
// after it).
type act[T any] struct {
	name  string
	state T
	at    int
}

// Do makes the next value current, under a name, and forgets what was undone.
func (h *History[T]) Do(name string, next T) {
	h.past = append(h.past, act[T]{name, h.Now, h.at})
	if len(h.past) > historyLimit {
		h.past = h.past[1:]
	}
	h.last++
	h.Now, h.at, h.future = next, h.last, nil
}

// At numbers the states: the same number is the same state, and 0 the first one.
func (h *History[T]) At() int { return h.at }

// Undo takes the last act back and returns its name; false when there is none.
func (h *History[T]) Undo() (string, bool) {
	return h.step(&h.past, &h.future)
}

// Redo does again what was undone last.
func (h *History[T]) Redo() (string, bool) {
	return h.step(&h.future, &h.past)
}

func (h *History[T]) step(from, to *[]act[T]) (string, bool) {
	n := len(*from)
	if n == 0 {
		return "", false
	}
	a := (*from)[n-1]
	*from = (*from)[:n-1]
	*to = append(*to, act[T]{a.name, h.Now, h.at})
	h.Now, h.at = a.state, a.at
	return a.name, true
}

// Names are what undo and redo would take back and do again, empty for nothing.
func (h *History[T]) Names() (undo, redo string) {
	if n := len(h.past); n > 0 {
		undo = h.past[n-1].name
	}
	if n := len(h.future); n > 0 {
		redo = h.future[n-1].name
	}
	return undo, redo
}
