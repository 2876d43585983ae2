package field

// deepest is how many steps can be undone.
const deepest = 200

// steps are the texts between which Ctrl+Z and Ctrl+Y go: one for each word, as
// people see it. The toolkit's own stack has one for each letter that composing
// replaced.
type steps struct {
	past, future []string
	kind         string // of the last change
}

// note tells of a change: the text before it, and what kind it was. Changes of one
// kind in a row are one step; a kind ending in "!" is always its own.
func (s *steps) note(before, kind string) {
	s.future = nil
	if kind != "" && kind == s.kind && kind[len(kind)-1] != '!' {
		return
	}
	s.kind = kind
	s.past = append(s.past, before)
	if len(s.past) > deepest {
		s.past = s.past[len(s.past)-deepest:]
	}
}

// clear forgets everything, as a text that the program wrote.
func (s *steps) clear() { *s = steps{} }

// back returns the text to go back to from now; false at the beginning.
func (s *steps) back(now string) (string, bool) {
	for len(s.past) > 0 {
		to := s.past[len(s.past)-1]
		s.past = s.past[:len(s.past)-1]
		if to != now {
			s.future, s.kind = append(s.future, now), ""
			return to, true
		}
	}
	return "", false
}

// forth returns the text to go forth to; false at the end.
func (s *steps) forth(now string) (string, bool) {
	for len(s.future) > 0 {
		to := s.future[len(s.future)-1]
		s.future = s.future[:len(s.future)-1]
		if to != now {
			s.past, s.kind = append(s.past, now), ""
			return to, true
		}
	}
	return "", false
}
