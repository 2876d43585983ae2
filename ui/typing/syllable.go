package typing

import "strings"

// parts are a syllable's onset and rime, as indices into its letters.
type parts struct {
	onset string
	rime  int // where the rime begins
}

// ways are how letters may be cut into onset and rime: "gi" is an onset, or g and i.
func ways(ls []letter) []parts {
	i := 0
	for i < len(ls) && !ls[i].vowel() {
		i++
	}
	onset := spell(ls[:i])
	switch {
	case onset == "q" && i < len(ls) && ls[i].base == 'u' && ls[i].mark == plain:
		return []parts{{"qu", i + 1}}
	case onset == "g" && i+1 < len(ls) && ls[i].base == 'i' && ls[i+1].vowel():
		return []parts{{"gi", i + 1}, {"g", i}}
	}
	return []parts{{onset, i}}
}

// spell writes letters without tones, in small letters.
func spell(ls []letter) string {
	var b strings.Builder
	for _, l := range ls {
		l.upper = false
		b.WriteRune(l.rune(level))
	}
	return b.String()
}

// allowed reports whether an onset and a rime's first letters may stand together.
func allowed(onset, rime string) bool {
	if rime == "" {
		return true
	}
	rs := []rune(rime)
	first, second := rs[0], rune(0)
	if len(rs) > 1 {
		second = rs[1]
	}
	if len(rs) == 2 && first == 'u' && second == 'ơ' { // huơ, thuở; any other is an ươ to be
		return word(lonely, onset)
	}
	front, y := first == 'e' || first == 'ê' || first == 'i', first == 'y'
	switch onset {
	case "c":
		return !front && !y
	case "g":
		return !y && (!front || first == 'i')
	case "ng":
		return !y && !front
	case "gh", "ngh":
		return front
	case "gi":
		return !y && first != 'i'
	case "qu":
		glide := first == 'o' && (second == 'a' || second == 'ă' || second == 'e' || second == 'o')
		return first != 'u' && first != 'ư' && !glide
	}
	return onset == "" || !y || second != 'ê'
}

// stopped reports whether a rime ends in a consonant that takes two tones only.
func stopped(rime string) bool {
	return strings.HasSuffix(rime, "c") || strings.HasSuffix(rime, "p") || strings.HasSuffix(rime, "t") ||
		strings.HasSuffix(rime, "ch") || strings.HasSuffix(rime, "k")
}

// fits compares letters with the beginning of a rime, a letter without mark fitting
// those that may get one still; it reports whether that is the whole rime, as it is.
func fits(ls []letter, rime string) (begins, whole bool) {
	i := 0
	whole = true
	for _, r := range rime {
		if i == len(ls) {
			return true, false
		}
		b, m := bare(r)
		if l := ls[i]; l.base != b || l.mark != m && l.mark != plain {
			return false, false
		}
		whole = whole && ls[i].mark == m
		i++
	}
	return i == len(ls), whole && i == len(ls)
}

// judge says whether letters may become a syllable, and whether they are one.
func judge(ls []letter, t tone) (possible, whole bool) {
	for _, p := range ways(ls) {
		if p.rime == len(ls) && p.onset != "qu" { // no vowel yet
			possible = possible || beginsOnset(p.onset)
			continue
		}
		if p.onset != "" && !word(onsets, p.onset) {
			continue
		}
		a, b := judgeRime(ls[p.rime:], p.onset, t)
		possible, whole = possible || a, whole || b
	}
	if possible {
		return possible, whole
	}
	text := (&state{ls: ls, tone: t}).text(false)
	low := strings.ToLower(text)
	for n := range strings.FieldsSeq(names) {
		whole = whole || n == low
		ns := make([]letter, 0, 8)
		for _, r := range n {
			l, _ := apart(r)
			ns = append(ns, l)
		}
		if ok, _ := fits(ls, spell(ns)); ok {
			possible = true
		}
	}
	return possible, whole
}

// judgeRime is judge for the letters after the onset.
func judgeRime(ls []letter, onset string, t tone) (possible, whole bool) {
	try := func(rime string) {
		begins, all := fits(ls, rime)
		if !begins || !allowed(onset, rime) {
			return
		}
		stop := stopped(rime)
		if stop && t != level && t != acute && t != dot {
			return
		}
		possible = true
		ends := t == acute || t == dot || strings.HasSuffix(rime, "k")
		whole = whole || all && (!stop || ends)
	}
	for r := range strings.FieldsSeq(rimes) {
		try(r)
	}
	if onset == "qu" {
		for r := range strings.FieldsSeq(glided) {
			try(r)
		}
	}
	return possible, whole
}

// beginsOnset reports whether letters without a vowel may stand: as the beginning of
// a syllable, or as those of an abbreviation (QĐ, HĐND).
func beginsOnset(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r != 'đ' && !(letter{base: r}).latin() })
}

// word reports whether a list of words holds one.
func word(list, w string) bool {
	for o := range strings.FieldsSeq(list) {
		if o == w {
			return true
		}
	}
	return false
}
