package typing

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// mark is what a letter carries besides its tone.
type mark int8

const (
	plain mark = iota
	hat        // â ê ô
	breve      // ă
	horn       // ơ ư
	bar        // đ
)

// tone is one of the six.
type tone int8

const (
	level tone = iota
	grave      // huyền
	hook       // hỏi
	tilde      // ngã
	acute      // sắc
	dot        // nặng
)

// tones returns a vowel with its six tones, "" for what is no vowel.
func tones(base rune, m mark) string {
	switch base {
	case 'a':
		return [...]string{plain: "aàảãáạ", hat: "âầẩẫấậ", breve: "ăằẳẵắặ", horn: "", bar: ""}[m]
	case 'e':
		return [...]string{plain: "eèẻẽéẹ", hat: "êềểễếệ", breve: "", horn: "", bar: ""}[m]
	case 'i':
		return "iìỉĩíị"
	case 'o':
		return [...]string{plain: "oòỏõóọ", hat: "ôồổỗốộ", breve: "", horn: "ơờởỡớợ", bar: ""}[m]
	case 'u':
		return [...]string{plain: "uùủũúụ", hat: "", breve: "", horn: "ưừửữứự", bar: ""}[m]
	case 'y':
		return "yỳỷỹýỵ"
	}
	return ""
}

// letter is one letter of a word.
type letter struct {
	base  rune // a lower-case letter, or what is none as it is
	mark  mark
	upper bool
	w     bool // it was typed as w
}

func (l letter) vowel() bool { return l.mark != bar && strings.ContainsRune("aeiouy", l.base) }

// rune is the letter with a tone.
func (l letter) rune(t tone) rune {
	r := l.base
	switch {
	case l.mark == bar:
		r = 'đ'
	case l.mark != plain || t != level:
		for _, v := range tones(l.base, l.mark) {
			if t == level {
				r = v
				break
			}
			t--
		}
	}
	if l.upper {
		r = unicode.ToUpper(r)
	}
	return r
}

// bare takes a lower-case letter without tone apart.
func bare(r rune) (rune, mark) {
	switch r {
	case 'â':
		return 'a', hat
	case 'ê':
		return 'e', hat
	case 'ô':
		return 'o', hat
	case 'ă':
		return 'a', breve
	case 'ơ':
		return 'o', horn
	case 'ư':
		return 'u', horn
	case 'đ':
		return 'd', bar
	}
	return r, plain
}

// apart takes a letter apart.
func apart(r rune) (letter, tone) {
	low := unicode.ToLower(r)
	l := letter{upper: low != r}
	if low > unicode.MaxASCII {
		for _, base := range "aeiouy" {
			for m := plain; m < bar; m++ {
				t := level
				for _, v := range tones(base, m) {
					if v == low {
						l.base, l.mark = base, m
						return l, t
					}
					t++
				}
			}
		}
	}
	l.base, l.mark = bare(low)
	return l, level
}

// latin reports whether a letter may stand in a Vietnamese word.
func (l letter) latin() bool {
	return l.base >= 'a' && l.base <= 'z' && !strings.ContainsRune("fjwz", l.base)
}

// normal is Unicode's normal form C.
func normal(s string) string { return norm.NFC.String(s) }
