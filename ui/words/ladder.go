package words

import "strings"

// Fact is one part of a statement: the lower its rank, the longer it stays when
// there is less room. Short says the same in fewer words.
type Fact struct {
	Rank        int
	Text, Short string
}

// Ladder joins facts, from all of them (ranks 0 to 6) down to the most needed one,
// rank 0. Below rank 3 the short forms are used.
func Ladder(facts []Fact) []string {
	var out []string
	say := func(short bool, keep func(Fact) bool) {
		var kept []string
		for _, w := range facts {
			if !keep(w) {
				continue
			}
			if short {
				w.Text = w.Short
			}
			kept = append(kept, w.Text)
		}
		if t := strings.Join(kept, " · "); len(out) == 0 || out[len(out)-1] != t {
			out = append(out, t)
		}
	}
	for most := 6; most >= 3; most-- {
		say(false, func(w Fact) bool { return w.Rank <= most })
	}
	for most := 3; most >= 1; most-- {
		say(true, func(w Fact) bool { return w.Rank <= most })
	}
	say(true, func(w Fact) bool { return w.Rank == 0 || w.Rank == 3 })
	say(true, func(w Fact) bool { return w.Rank == 0 })
	return out
}
