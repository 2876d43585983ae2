package kit

import "time"

// Pace is when a list is read from the state again: once a second, and at once when
// what it is asked for is something else. The zero value is due.
type Pace struct {
	second int64
	asked  string
	begun  bool
}

// Due reports whether it is time, and remembers that it was.
func (p *Pace) Due(now time.Time, asked string) bool {
	if p.begun && p.second == now.Unix() && p.asked == asked {
		return false
	}
	p.second, p.asked, p.begun = now.Unix(), asked, true
	return true
}

// Again makes it due.
func (p *Pace) Again() { p.begun = false }
