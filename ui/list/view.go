package list

import "time"

// view is which rows are seen and where: it keeps the row under the pointer and
// the chosen row at their places while others come and go. Sizes are pixels; it
// knows nothing of painting.
type view struct {
	// shown is the order on the screen: the index's own, or an older one while the
	// pointer is over it.
	shown  []*entry
	row    int // height of a row
	high   int // of the rows' place
	offset int // of the first row's top above the place's

	chosen string
	at     int // where the chosen row was last

	over  bool // the pointer is over the rows
	y     int  // where
	moved bool // since the last Update
	still time.Time

	waiting bool // the index has another order
	// coming are rows that are not in shown, or above what is seen, and new.
	coming map[*entry]bool
}

// patience is how long the pointer lies still before rows around the one under it
// move: that one stays even then.
const patience = 10 * time.Second

// find is where a row is shown, -1 where it is not.
func (v *view) find(id string) int {
	if id == "" {
		return -1
	}
	if v.at >= 0 && v.at < len(v.shown) && v.shown[v.at].id == id {
		return v.at
	}
	for i, e := range v.shown {
		if e.id == id {
			return i
		}
	}
	return -1
}

// under is the row at a height in the rows' place, -1 for none.
func (v *view) under(y int) int {
	if v.row <= 0 || y < 0 || y >= v.high {
		return -1
	}
	p := y + v.offset
	if p < 0 || p/v.row >= len(v.shown) {
		return -1
	}
	return p / v.row
}

// top is the height of a row's upper edge in the rows' place.
func (v *view) top(i int) int { return i*v.row - v.offset }

// end is how far the rows can be scrolled.
func (v *view) end() int { return max(0, len(v.shown)*v.row-v.high) }

// scroll moves the rows by px, as far as they go.
func (v *view) scroll(by int) { v.offset = max(0, min(v.offset+by, v.end())) }

// reveal scrolls until a row is seen whole.
func (v *view) reveal(i int) {
	if i < 0 || v.high <= 0 {
		return
	}
	if t := v.top(i); t < 0 {
		v.offset += t
	} else if t+v.row > v.high {
		v.offset += t + v.row - v.high
	}
}

// window is the rows seen, at least in part; last is not one of them.
func (v *view) window() (first, last int) {
	if v.row <= 0 {
		return 0, 0
	}
	first = max(0, v.offset/v.row)
	last = min(len(v.shown), (v.offset+v.high+v.row-1)/v.row)
	return first, max(first, last)
}

// anchor is the row that must stay where it is, its height, and whether it must
// to the pixel, past the ends if need be.
func (v *view) anchor() (e *entry, y int, strict bool) {
	if v.over {
		if i := v.under(v.y); i >= 0 {
			return v.shown[i], v.top(i), true
		}
	}
	if i := v.find(v.chosen); i >= 0 {
		if t := v.top(i); t > -v.row && t < v.high {
			return v.shown[i], t, true
		}
	}
	if first, last := v.window(); v.offset > 0 && first < last {
		return v.shown[first], v.top(first), false
	}
	return nil, 0, false
}

// held reports whether rows must stay as they are for now.
func (v *view) held(now time.Time) bool {
	if !v.over || len(v.shown) == 0 || v.under(v.y) < 0 {
		return false
	}
	return v.moved || now.Sub(v.still) < patience
}

// take shows another order. The anchor stays at its place; without one the rows
// stay at theirs. It reports false, and changes nothing, where the row under the
// pointer is gone from the order.
func (v *view) take(order []*entry) bool {
	e, y, strict := v.anchor()
	to := -1
	if e != nil {
		for i, o := range order {
			if o == e {
				to = i
				break
			}
		}
		if to < 0 && v.over && strict && v.under(v.y) >= 0 && v.shown[v.under(v.y)] == e {
			return false
		}
	}
	v.shown = order
	switch {
	case to >= 0 && strict:
		v.offset = to*v.row - y
	case to >= 0:
		v.offset = max(0, min(to*v.row-y, v.end()))
	default:
		v.offset = max(0, min(v.offset, v.end()))
	}
	if i := v.find(v.chosen); i >= 0 {
		v.at = i
	}
	return true
}

// settle counts the new rows that nobody has seen: they are above what is shown,
// or not in it yet.
func (v *view) settle() {
	first, last := v.window()
	for i := first; i < last; i++ {
		delete(v.coming, v.shown[i])
	}
	for e := range v.coming {
		if e.at < 0 || !e.in {
			delete(v.coming, e)
		}
	}
}
