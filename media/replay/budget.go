package replay

import (
	"sync"
	"sync/atomic"
)

// Budget bounds any number of rings together. When it is overdrawn, the ring that holds most gives up its oldest group of
// pictures: whoever needs less than an equal share has all it needs, and the others share what is left evenly. A nil
// Budget bounds nothing. It may be used from any goroutine.
type Budget struct {
	limit int64
	used  atomic.Int64

	mu    sync.Mutex
	rings map[*Ring]struct{}
}

// NewBudget makes a budget of so many bytes.
func NewBudget(bytes int64) *Budget {
	return &Budget{limit: bytes, rings: map[*Ring]struct{}{}}
}

// Used returns the bytes that all rings take now.
func (b *Budget) Used() int64 { return b.used.Load() }

func (b *Budget) join(r *Ring) {
	if b != nil {
		b.mu.Lock()
		b.rings[r] = struct{}{}
		b.mu.Unlock()
	}
}

func (b *Budget) leave(r *Ring) {
	if b != nil {
		b.mu.Lock()
		delete(b.rings, r)
		b.mu.Unlock()
	}
}

func (b *Budget) use(bytes int64) {
	if b != nil {
		b.used.Add(bytes)
	}
}

// settle brings what is used under the limit. Whoever finds another one at it leaves it to that one. The caller holds no
// ring's lock.
func (b *Budget) settle() {
	if b == nil || b.used.Load() <= b.limit || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	for b.used.Load() > b.limit {
		var largest *Ring
		for r := range b.rings {
			if largest == nil || r.size.Load() > largest.size.Load() {
				largest = r
			}
		}
		if largest == nil || !largest.yield() {
			return
		}
	}
}

// yield gives up the oldest group; false means that there was none.
func (r *Ring) yield() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case len(r.groups) == 0:
		return false
	case len(r.groups) == 1 && r.open:
		r.missed += uint64(r.groups[0].count)
		r.dropNewest()
	default:
		r.dropOldest()
	}
	return true
}
