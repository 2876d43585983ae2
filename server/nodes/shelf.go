package nodes

import (
	"sync"

	"iocwall/server/world"
)

const (
	// The newest small picture of each screen is kept: each of at most maxKept
	// bytes, all of at most maxShelf.
	maxKept  = 1 << 20
	maxShelf = 64 << 20
)

// place names a screen.
type place struct {
	wall   string
	screen int
}

// shelf holds the newest small picture of each screen. The zero value is ready.
type shelf struct {
	mu    sync.Mutex
	of    map[place]picture
	bytes int
}

// put keeps the picture unless a newer one is there. A full shelf lets the oldest
// go.
func (s *shelf) put(at place, p picture) {
	if !p.jpeg || len(p.data) > maxKept {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[place]picture{}
	}
	was, there := s.of[at]
	if there && was.taken > p.taken {
		return
	}
	s.of[at] = p
	s.bytes += len(p.data) - len(was.data)
	for s.bytes > maxShelf {
		s.drop(at)
	}
}

// drop lets the oldest picture go, that of the place but. The caller holds mu.
func (s *shelf) drop(but place) {
	var old place
	taken := world.Time(0)
	for at, p := range s.of {
		if at != but && (taken == 0 || p.taken < taken) {
			old, taken = at, p.taken
		}
	}
	s.bytes -= len(s.of[old].data)
	delete(s.of, old)
}

// newest returns the picture of a screen.
func (s *shelf) newest(at place) (picture, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.of[at]
	return p, ok
}
