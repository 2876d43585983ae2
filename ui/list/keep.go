package list

import "time"

// kept is where a list was left, for one that is made anew right after it: when
// language, theme or size of text change.
type kept struct {
	Search string    `json:"search,omitempty"`
	Chips  []string  `json:"chips,omitempty"`
	Chosen string    `json:"chosen,omitempty"`
	Row    float64   `json:"row,omitempty"` // scrolled by so many rows
	At     time.Time `json:"at"`
}

// back is for how long a list goes on where the last one was.
const back = 5 * time.Second

// Close leaves the list's search, filters, choice and place for one of the same
// name that is made right after it. The list ends with it.
func (l *List) Close() {
	m := l.host.Memory()
	if m == nil || l.o.Name == "" {
		return
	}
	k := kept{Search: l.tool.entry.Text, Chosen: l.v.chosen, At: l.host.Now()}
	for i, c := range l.x.chips {
		if l.x.on>>i&1 == 1 {
			k.Chips = append(k.Chips, c.ID)
		}
	}
	if l.v.row > 0 {
		k.Row = float64(l.v.offset) / float64(l.v.row)
	}
	m.Set("list."+l.o.Name+".place", k)
}

// resume goes on where the last one was.
func (l *List) resume() {
	m := l.host.Memory()
	var k kept
	if m == nil || l.o.Name == "" || !m.Get("list."+l.o.Name+".place", &k) || l.host.Now().Sub(k.At).Abs() > back {
		return
	}
	l.tool.write(k.Search)
	l.x.words = searched(k.Search)
	l.x.on = 0
	for i, c := range l.x.chips {
		for _, id := range k.Chips {
			if id == c.ID {
				l.x.on |= 1 << i
			}
		}
	}
	l.v.chosen, l.again = k.Chosen, k.Row
}
