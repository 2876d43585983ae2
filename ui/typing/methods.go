package typing

import "unicode"

// telex reads one key of Telex.
func (s *state) telex(key rune) {
	switch k := unicode.ToLower(key); k {
	case 's':
		s.setTone(acute, key)
	case 'f':
		s.setTone(grave, key)
	case 'r':
		s.setTone(hook, key)
	case 'x':
		s.setTone(tilde, key)
	case 'j':
		s.setTone(dot, key)
	case 'z':
		s.clearTone(key)
	case 'a', 'e', 'o':
		if !s.setMark(hat, string(k), key) {
			s.put(key)
		}
	case 'd':
		if !s.strike(key) {
			s.put(key)
		}
	case 'w':
		s.hooks(key)
	default:
		if b := bracket(key); b != 0 {
			s.extra(b, key)
			return
		}
		s.put(key)
	}
}

// hooks is w: ă, ơ and ư, or an ư where there is none to be made.
func (s *state) hooks(key rune) {
	if s.shut {
		s.put(key)
		return
	}
	if from, to := s.nucleus(); from < to {
		if s.setW(from, to, key) {
			return
		}
	}
	l := letter{base: 'u', mark: horn, upper: unicode.IsUpper(key), w: true}
	if !s.attempt(func(s *state) { s.ls = append(s.ls, l) }) {
		s.put(key)
	}
}

// setW marks the vowel that w is for.
func (s *state) setW(from, to int, key rune) bool {
	if s.pair(from, to, key) {
		return true
	}
	for i := to - 1; i >= from; i-- {
		m := horn
		switch s.ls[i].base {
		case 'a':
			m = breve
		case 'o', 'u':
		default:
			continue
		}
		if s.ls[i].mark != m && s.attempt(func(s *state) { s.mark(i, m) }) {
			return true
		}
	}
	for i := to - 1; i >= from; i-- {
		if m := s.ls[i].mark; m == horn || m == breve {
			s.takeBack(i, key)
			return true
		}
	}
	return false
}

// bracket is the letter of a bracket, 0 for another key.
func bracket(key rune) rune {
	switch key {
	case '[':
		return 'ơ'
	case ']':
		return 'ư'
	case '{':
		return 'Ơ'
	case '}':
		return 'Ư'
	}
	return 0
}

// extra adds the letter of a bracket; the same bracket again takes it back.
func (s *state) extra(r, key rune) {
	l, _ := apart(r)
	if n := len(s.ls); n > 0 && !s.shut && s.ls[n-1] == l {
		s.ls = s.ls[:n-1]
		s.undo(key, false)
		return
	}
	if s.shut || !s.attempt(func(s *state) { s.ls = append(s.ls, l); s.join() }) {
		s.put(key)
	}
}

// vni reads one key of VNI.
func (s *state) vni(key rune) {
	switch key {
	case '1':
		s.setTone(acute, key)
	case '2':
		s.setTone(grave, key)
	case '3':
		s.setTone(hook, key)
	case '4':
		s.setTone(tilde, key)
	case '5':
		s.setTone(dot, key)
	case '0':
		s.clearTone(key)
	case '6':
		s.digit(s.setMark(hat, "aeo", key), key)
	case '7':
		s.digit(s.setMark(horn, "uo", key), key)
	case '8':
		s.digit(s.setMark(breve, "a", key), key)
	case '9':
		s.digit(s.strike(key), key)
	default:
		s.put(key)
	}
}

// digit adds a digit that meant nothing.
func (s *state) digit(done bool, key rune) {
	if !done {
		s.put(key)
	}
}
