package typing

import (
	"slices"
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

// voiced is a vowel with its six tones.
type voiced struct {
	base  rune
	mark  mark
	tones [6]rune
}

// vowels are all vowels.
func vowels() [12]voiced {
	return [...]voiced{
		{'a', plain, [6]rune{'a', 'à', 'ả', 'ã', 'á', 'ạ'}},
		{'a', hat, [6]rune{'â', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ'}},
		{'a', breve, [6]rune{'ă', 'ằ', 'ẳ', 'ẵ', 'ắ', 'ặ'}},
		{'e', plain, [6]rune{'e', 'è', 'ẻ', 'ẽ', 'é', 'ẹ'}},
		{'e', hat, [6]rune{'ê', 'ề', 'ể', 'ễ', 'ế', 'ệ'}},
		{'i', plain, [6]rune{'i', 'ì', 'ỉ', 'ĩ', 'í', 'ị'}},
		{'o', plain, [6]rune{'o', 'ò', 'ỏ', 'õ', 'ó', 'ọ'}},
		{'o', hat, [6]rune{'ô', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ'}},
		{'o', horn, [6]rune{'ơ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ'}},
		{'u', plain, [6]rune{'u', 'ù', 'ủ', 'ũ', 'ú', 'ụ'}},
		{'u', horn, [6]rune{'ư', 'ừ', 'ử', 'ữ', 'ứ', 'ự'}},
		{'y', plain, [6]rune{'y', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ'}},
	}
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
		for _, v := range vowels() {
			if v.base == l.base && v.mark == l.mark {
				r = v.tones[t]
			}
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
		for _, v := range vowels() {
			if t := slices.Index(v.tones[:], low); t >= 0 {
				l.base, l.mark = v.base, v.mark
				return l, tone(t)
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
