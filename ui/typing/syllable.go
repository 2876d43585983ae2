package typing

import "strings"

// onsets are what a syllable may begin with. "kr" is for names of places.
const onsets = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"

// rimes are what follows the onset, all of modern Vietnamese; k ends names of places
// (Đắk Lắk). Source: the table of rimes of the General Department's dictionaries, as
// Hoàng Phê's "Từ điển vần" lists them.
const rimes = `
a ai ao au ay ac ach am an ang anh ap at
ă ăc ăm ăn ăng ăp ăt ăk
â âu ây âc âm ân âng âp ât
e eo ec em en eng ep et
ê êu êch êm ên ênh êp êt
i ia iu ich im in inh ip it iêu iêc iêm iên iêng iêp iêt
o oi oc om on ong op ot ooc oong
oa oai oao oay oac oach oam oan oang oanh oap oat oăc oăm oăn oăng oăp oăt oe oeo oem oen oet
ô ôi ôc ôm ôn ông ôp ôt
ơ ơi ơm ơn ơp ơt
u ua ui uc um un ung up ut uân uâng uât uây uê uêch uênh uơ
uôi uôc uôm uôn uông uôt uy uya uyu uych uyn uynh uyp uyt uyên uyêt
ư ưa ưi ưu ưc ưm ưng ưt ươi ươu ươc ươm ươn ương ươp ươt
y yêu yêm yên yêng yêt`

// glided are rimes that stand after "qu" only.
const glided = "ych yn ynh yp yt"

// lonely are the onsets that an uơ without anything after it goes with.
const lonely = "h kh th"

// names are whole words of place names beyond the phonology of Vietnamese.
const names = "krông búk drắk ngọk"

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
	if rime == "uơ" { // huơ, thuở; any other is an ươ to be
		return word(lonely, onset)
	}
	front := strings.HasPrefix(rime, "e") || strings.HasPrefix(rime, "ê") || strings.HasPrefix(rime, "i")
	y := strings.HasPrefix(rime, "y")
	switch onset {
	case "c":
		return !front && !y
	case "g":
		return !y && (!front || strings.HasPrefix(rime, "i"))
	case "ng":
		return !y && !front
	case "gh", "ngh":
		return front
	case "gi":
		return !y && !strings.HasPrefix(rime, "i")
	case "qu":
		return !strings.HasPrefix(rime, "u") && !strings.HasPrefix(rime, "ư") &&
			!strings.HasPrefix(rime, "oa") && !strings.HasPrefix(rime, "oă") && !strings.HasPrefix(rime, "oe") && !strings.HasPrefix(rime, "oo")
	}
	return onset == "" || !strings.HasPrefix(rime, "yê")
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
