package maps

import (
	"slices"
	"strings"

	"iocwall/server/world"
)

// table keeps what maps need of the entities of one kind, sorted by id, so that
// a picture of twenty thousand costs no more than what changed since the last.
type table[E world.Entity, R any] struct {
	// get finds an entity, all lists them, of makes a row.
	get func(*world.State, string) (E, bool)
	all func(*world.State) []E
	of  func(E) R

	rows  []row[R]
	dirty map[string]struct{}
	whole bool // everything is to be read anew

	revision uint64
	free     []int32
	slots    int32
}

// row is one entity. Its slot is its own while it lives, its revision changes
// with it: what is computed of it can be kept under both.
type row[R any] struct {
	id       string
	slot     int32
	revision uint64
	is       R
}

// many is how many new rows are sorted in together; fewer are put in one by one.
const many = 32

func (t *table[E, R]) mark(id string) {
	if t.whole {
		return
	}
	if t.dirty == nil {
		t.dirty = map[string]struct{}{}
	}
	t.dirty[id] = struct{}{}
}

// renew brings the rows up to date and calls changed with each entity that was
// read.
func (t *table[E, R]) renew(s *world.State, changed func(E)) {
	if t.whole {
		t.whole, t.dirty = false, nil
		t.rows, t.free, t.slots = t.rows[:0], nil, 0
		for _, e := range t.all(s) {
			t.rows = append(t.rows, t.row(e))
			changed(e)
		}
		t.sort()
		return
	}
	var fresh []row[R]
	for id := range t.dirty {
		e, there := t.get(s, id)
		i, known := t.find(id)
		switch {
		case there && known:
			t.revision++
			t.rows[i].revision, t.rows[i].is = t.revision, t.of(e)
		case there:
			fresh = append(fresh, t.row(e))
		case known:
			t.free = append(t.free, t.rows[i].slot)
			t.rows = slices.Delete(t.rows, i, i+1)
		}
		if there {
			changed(e)
		}
	}
	clear(t.dirty)
	if len(fresh) > many {
		t.rows = append(t.rows, fresh...)
		t.sort()
		return
	}
	for _, r := range fresh {
		i, _ := t.find(r.id)
		t.rows = slices.Insert(t.rows, i, r)
	}
}

func (t *table[E, R]) row(e E) row[R] {
	t.revision++
	r := row[R]{id: e.Ref().ID(), slot: t.slots, revision: t.revision, is: t.of(e)}
	if n := len(t.free); n > 0 {
		r.slot, t.free = t.free[n-1], t.free[:n-1]
	} else {
		t.slots++
	}
	return r
}

func (t *table[E, R]) find(id string) (int, bool) {
	return slices.BinarySearchFunc(t.rows, id, func(r row[R], id string) int { return strings.Compare(r.id, id) })
}

func (t *table[E, R]) sort() {
	slices.SortFunc(t.rows, func(a, b row[R]) int { return strings.Compare(a.id, b.id) })
}
