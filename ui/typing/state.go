package typing

import "strings"

// state is a word as far as its keys were read.
type state struct {
	ls    []letter
	tone  tone
	loose bool

	lit    bool // it can be no syllable: the keys stand
	undone bool // a key was taken back: the text stands as it is
	shut   bool // no marks any more
	mute   bool // no tones any more
}

// give adds a letter of a text that stood there.
func (s *state) give(r rune) {
	l, t := apart(r)
	if t != level {
		if s.tone != level {
			s.lit = true
		}
		s.tone = t
	}
	if !l.latin() {
		s.lit = true
	}
	s.ls = append(s.ls, l)
}

// possible and whole judge the letters.
func (s *state) possible() bool {
	ok, _ := judge(s.ls, s.tone)
	return ok || s.initials()
}

func (s *state) whole() bool {
	_, ok := judge(s.ls, s.tone)
	return ok || s.initials()
}

// initials reports letters of an abbreviation with đ: they have no vowel.
func (s *state) initials() bool {
	d := false
	for _, l := range s.ls {
		if l.vowel() {
			return false
		}
		d = d || l.mark == bar
	}
	return d
}

// changed reports whether the text differs from its letters.
func (s *state) changed() bool {
	for _, l := range s.ls {
		if l.mark != plain || l.w {
			return true
		}
	}
	return s.tone != level
}

// text writes the word.
func (s *state) text(modern bool) string {
	at := -1
	if s.tone != level {
		at = s.place(modern)
	}
	var b strings.Builder
	for i, l := range s.ls {
		t := level
		if i == at {
			t = s.tone
		}
		b.WriteRune(l.rune(t))
	}
	return b.String()
}

// nucleus returns where the vowels that may carry the tone begin and end.
func (s *state) nucleus() (from, to int) {
	from = ways(s.ls)[0].rime
	if from == len(s.ls) && from > 0 && s.ls[from-1].vowel() {
		from-- // "qu" alone
	}
	for to = from; to < len(s.ls) && s.ls[to].vowel(); to++ {
	}
	return from, to
}

// place is the letter that carries the tone, -1 without vowels.
func (s *state) place(modern bool) int {
	from, to := s.nucleus()
	for i := to - 1; i >= from; i-- {
		if s.ls[i].mark != plain {
			return i
		}
	}
	n := to - from
	switch {
	case n == 0:
		return -1
	case n == 1:
		return from
	case n == 2 && to == len(s.ls):
		if v := spell(s.ls[from:to]); modern && (v == "oa" || v == "oe" || v == "uy") {
			return from + 1
		}
		return from
	}
	return from + 1
}

// attempt does something to the letters, and takes it back if that can lead to no
// syllable.
func (s *state) attempt(do func(s *state)) bool {
	try := *s
	try.ls = append([]letter(nil), s.ls...)
	do(&try)
	if !s.loose && !try.possible() {
		return false
	}
	*s = try
	return true
}

// put adds a key as it is.
func (s *state) put(key rune) {
	l, _ := apart(key)
	s.ls = append(s.ls, l)
	s.join()
	if !s.undone && !s.loose && !s.possible() {
		s.lit = true
	}
}

// undo takes a mark or tone back and shows the key instead.
func (s *state) undo(key rune, all bool) {
	l, _ := apart(key)
	s.ls = append(s.ls, l)
	s.undone, s.shut = true, true
	s.mute = s.mute || all
}

// join makes ươ of a pair of which one has its horn, once something follows.
func (s *state) join() {
	from, to := s.nucleus()
	for i := from; i+1 < to; i++ {
		u, o := &s.ls[i], &s.ls[i+1]
		if u.base == 'u' && o.base == 'o' && (u.mark == horn) != (o.mark == horn) && o.mark != hat && i+2 < len(s.ls) {
			u.mark, o.mark = horn, horn
		}
	}
}

// setTone gives the word a tone, or takes it back.
func (s *state) setTone(t tone, key rune) {
	from, to := s.nucleus()
	switch {
	case s.mute || from == to:
		s.put(key)
	case s.tone == t:
		s.tone = level
		s.undo(key, true)
	default:
		if !s.attempt(func(s *state) { s.tone = t }) {
			s.put(key)
		}
	}
}

// clearTone takes the tone away, or is a key like any other.
func (s *state) clearTone(key rune) {
	if s.tone == level || s.mute {
		s.put(key)
		return
	}
	s.tone = level
}

// setMark gives the last vowel of bases that can take it a mark, or takes it back.
func (s *state) setMark(m mark, bases string, key rune) bool {
	if s.shut {
		return false
	}
	from, to := s.nucleus()
	if strings.Contains(bases, "u") && strings.Contains(bases, "o") && m == horn && s.pair(from, to, key) {
		return true
	}
	for i := to - 1; i >= from; i-- {
		l := s.ls[i]
		if !strings.ContainsRune(bases, l.base) || l.mark == m {
			continue
		}
		if s.attempt(func(s *state) { s.mark(i, m) }) {
			return true
		}
	}
	for i := to - 1; i >= from; i-- {
		if strings.ContainsRune(bases, s.ls[i].base) && s.ls[i].mark == m {
			s.takeBack(i, key)
			return true
		}
	}
	return false
}

// mark marks a letter; the u of ươ goes with its o.
func (s *state) mark(i int, m mark) {
	if i > 0 && s.ls[i].base == 'o' && m == hat && s.ls[i-1].base == 'u' && s.ls[i-1].mark == horn {
		s.ls[i-1].mark = plain
	}
	s.ls[i].mark = m
	s.join()
}

// takeBack removes the mark of a letter and shows the key.
func (s *state) takeBack(i int, key rune) {
	if s.ls[i].w {
		s.ls[i] = letter{base: 'w', upper: s.ls[i].upper}
		s.undone, s.shut, s.mute = true, true, true
		return
	}
	s.ls[i].mark = plain
	s.undo(key, false)
}

// pair is the horn of u and o beside each other: ươ, but huơ, thuở.
func (s *state) pair(from, to int, key rune) bool {
	for i := from; i+1 < to; i++ {
		if s.ls[i].base != 'u' || s.ls[i+1].base != 'o' {
			continue
		}
		if s.ls[i+1].mark == horn && (s.ls[i].mark == horn || s.alone(i)) {
			s.ls[i].mark, s.ls[i+1].mark = plain, plain
			s.undo(key, false)
			return true
		}
		return s.attempt(func(s *state) {
			s.ls[i].mark, s.ls[i+1].mark = horn, horn
			if s.alone(i) {
				s.ls[i].mark = plain
			}
		})
	}
	return false
}

// alone reports whether the pair at i is an uơ: nothing follows, after h, kh or th.
func (s *state) alone(i int) bool {
	return i+2 == len(s.ls) && word(lonely, spell(s.ls[:i]))
}

// strike makes đ of d, or takes it back; it reports whether there was a d for it.
func (s *state) strike(key rune) bool {
	if s.shut || len(s.ls) == 0 {
		return false
	}
	at, last := 0, len(s.ls)-1
	if from, to := s.nucleus(); from == to { // no vowel: the last letter
		at = last
	}
	switch l := s.ls[at]; {
	case l.base != 'd':
		return false
	case l.mark == bar:
		s.ls[at].mark = plain
		s.undo(key, false)
		return true
	}
	return s.attempt(func(s *state) { s.ls[at].mark = bar })
}
