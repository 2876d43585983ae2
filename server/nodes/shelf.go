package nodes

import (
	"cmp"
	"slices"
	"sync"
	"time"

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

// kept is a picture on the shelf; serials count those that came, over a restart of
// the server too.
type kept struct {
	picture
	at     place
	serial uint64
}

// shelf holds the newest small picture of each screen. The zero value is ready.
type shelf struct {
	mu      sync.Mutex
	of      map[place]kept
	bytes   int
	serial  uint64
	changed chan struct{} // closed when a picture comes, nil while nobody waits
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
		s.of = map[place]kept{}
		s.serial = uint64(time.Now().UnixMilli())
	}
	was, there := s.of[at]
	if there && was.taken > p.taken {
		return
	}
	s.serial++
	s.of[at] = kept{p, at, s.serial}
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
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
	return p.picture, ok
}

// after returns the pictures of the places that came after the serial, in the order
// in which they came, and what is closed when another one comes.
func (s *shelf) after(places []place, serial uint64) ([]kept, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []kept
	for _, at := range places {
		if k, ok := s.of[at]; ok && k.serial > serial {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b kept) int { return cmp.Compare(a.serial, b.serial) })
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return out, s.changed
}
