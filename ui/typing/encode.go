package typing

import "strings"

// Encode returns keys that compose to a word in normal form C: marks after their
// letters, the tone last. What has no keys of its own stands as it is.
func (s Style) Encode(text string) string {
	var b strings.Builder
	var t tone
	var before letter
	for _, r := range normal(text) {
		l, of := apart(r)
		if of != level {
			t = of
		}
		plainLetter := l
		plainLetter.mark = plain
		b.WriteRune(plainLetter.rune(level))
		b.WriteString(s.markKey(l))
		if s.Method == Telex && l.base == 'o' && before.base == 'o' && l.mark == plain && before.mark == plain {
			b.WriteRune(plainLetter.rune(level))
		}
		before = l
	}
	if t != level {
		b.WriteByte(s.toneKeys()[t])
	}
	return b.String()
}

// toneKeys are the keys of the tones, in their order.
func (s Style) toneKeys() string {
	if s.Method == VNI {
		return "023415"
	}
	return "zfrxsj"
}

// markKey is the key of a letter's mark.
func (s Style) markKey(l letter) string {
	if s.Method == VNI {
		return [...]string{plain: "", hat: "6", breve: "8", horn: "7", bar: "9"}[l.mark]
	}
	switch l.mark {
	case hat, bar:
		return string(l.base)
	case breve, horn:
		return "w"
	}
	return ""
}
