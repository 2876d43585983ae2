// Package typing composes Vietnamese text from the keys of an ordinary keyboard,
// by Telex or VNI, as the input methods do that people here are used to.
//
// A word is what was typed since its first letter. Its text follows from its keys
// alone, so nothing is ever lost: when the letters cannot be a Vietnamese syllable
// the keys stand as they were typed ("windows", "camera", "pc-03"), at once where no
// further key could make one, at the end of the word otherwise. Marks and tones may
// be typed anywhere after their letter ("tieesng", "tieengs", "vietej"), the same key
// again takes them back ("tesst" is "test"). The package draws nothing and knows no
// window.
package typing

import "unicode"

// Method is how keys become letters.
type Method string

// Methods. Off leaves the keys as they are.
const (
	Off   Method = ""
	Telex Method = "telex"
	VNI   Method = "vni"
)

// Style is how words are composed. The zero value composes nothing.
type Style struct {
	Method Method
	// Modern puts tones as the schoolbooks do (hoà, thuý); without it they stand as
	// in most offices (hòa, thúy).
	Modern bool
	// Loose composes what no Vietnamese syllable is, too, and never restores keys.
	Loose bool
}

// Word is a word while it is typed. The zero value is an empty one.
type Word struct {
	given string // text that stood before the first key
	keys  string
}

// Resume returns the word that text is, so that keys can go on with it.
func Resume(text string) Word { return Word{given: text} }

// Keys are what the word was made of: the text it began with, and the keys since.
func (w Word) Keys() string { return w.given + w.keys }

// Empty reports whether nothing was typed.
func (w Word) Empty() bool { return w.given == "" && w.keys == "" }

// Compose returns the word with one more key. It is meant for keys that Joins says
// belong to the word; any other is added as it is.
func (s Style) Compose(w Word, key rune) Word {
	return Word{given: w.given, keys: w.keys + string(key)}
}

// Joins reports whether a key goes on with the word. What does not ends it.
func (s Style) Joins(w Word, key rune) bool {
	switch {
	case unicode.IsLetter(key) || unicode.Is(unicode.Mn, key):
		return true
	case w.Empty() || s.Method == Off:
		return false
	case key >= '0' && key <= '9':
		return s.Method == VNI && !s.run(w).lit
	case s.Method == Telex && bracket(key) != 0:
		before := s.run(w)
		after := s.run(s.Compose(w, key))
		return !before.lit && !after.lit
	}
	return false
}

// Text is the word as it stands while it is typed, in Unicode's normal form C.
func (s Style) Text(w Word) string {
	if s.Method == Off {
		return normal(w.Keys())
	}
	if st := s.run(w); !st.lit && !s.foreign(w) {
		return st.text(s.Modern)
	}
	return normal(w.Keys())
}

// End is the word as it stands once it is over: the keys, if a Vietnamese word was
// begun that is none.
func (s Style) End(w Word) string {
	if s.Method == Off || s.Loose {
		return s.Text(w)
	}
	st := s.run(w)
	if !st.lit && !st.undone && st.changed() && !st.whole() {
		return normal(w.Keys())
	}
	return s.Text(w)
}

// Back returns the word without the last letter of its text. Where the last key did
// no more than add that letter it is as if the key had not been pressed, so what a
// slip of the finger spoilt is good again.
func (s Style) Back(w Word) Word {
	text := []rune(s.Text(w))
	if len(text) <= 1 {
		return Word{}
	}
	want := string(text[:len(text)-1])
	keys := []rune(w.keys)
	if n := len(keys); n > 0 && s.Method != Off && s.run(w).lit {
		return Word{given: w.given, keys: string(keys[:n-1])}
	}
	for n := len(keys) - 1; n >= 0; n-- {
		if c := (Word{given: w.given, keys: string(keys[:n])}); s.Text(c) == want {
			return c
		}
	}
	return Word{given: want}
}

// run reads the keys.
func (s Style) run(w Word) *state {
	st := &state{loose: s.Loose}
	for _, r := range normal(w.given) {
		st.give(r)
	}
	if !st.lit && !st.loose && !st.possible() {
		st.lit = true
	}
	for _, r := range w.keys {
		if st.lit {
			break
		}
		switch s.Method {
		case Telex:
			st.telex(r)
		case VNI:
			st.vni(r)
		}
	}
	return st
}
