package typing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// write types keys into an empty line, as a field does.
func write(s Style, keys string) string {
	done, w := "", Word{}
	for _, k := range keys {
		switch {
		case s.Joins(w, k) && !Plain(done):
			w = s.Compose(w, k)
		default:
			done += s.End(w) + string(k)
			w = Word{}
		}
	}
	return done + s.End(w)
}

func TestGolden(t *testing.T) {
	styles := map[string]Style{
		"telex": {Method: Telex}, "english": {Method: Telex}, "places": {Method: Telex},
		"modern": {Method: Telex, Modern: true}, "vni": {Method: VNI},
	}
	dirs, err := filepath.Glob("testdata/*/words.txt")
	if err != nil || len(dirs) != len(styles) {
		t.Fatalf("%d cases, %d styles: %v", len(dirs), len(styles), err)
	}
	for _, path := range dirs {
		name := filepath.Base(filepath.Dir(path))
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			line = strings.TrimRight(line, "\n")
			if line == "" || strings.HasPrefix(line, "# ") {
				continue
			}
			at := strings.LastIndex(line, "|")
			if got := write(styles[name], line[:at]); got != line[at+1:] {
				t.Errorf("%s: %q makes %q, want %q", name, line[:at], got, line[at+1:])
			}
		}
	}
}

// syllables calls f with all syllables of the phonology: onset, rime and tone.
func syllables(f func(text string)) {
	list := append(strings.Fields(rimes), strings.Fields(glided)...)
	for _, onset := range append(strings.Fields(onsets), "") {
		for i, rime := range list {
			if !allowed(onset, rime) || i >= len(strings.Fields(rimes)) && onset != "qu" {
				continue
			}
			for tn := level; tn <= dot; tn++ {
				st := &state{}
				for _, r := range onset + rime {
					st.give(r)
				}
				st.tone = tn
				if _, whole := judge(st.ls, tn); whole {
					f(st.text(false))
				}
			}
		}
	}
}

// TestSyllables: whatever syllable there is, its keys make it, in both methods, with
// marks at their letters and with all of them at the end.
func TestSyllables(t *testing.T) {
	n := 0
	syllables(func(text string) {
		n++
		for _, s := range []Style{{Method: Telex}, {Method: VNI}} {
			keys := s.Encode(text)
			if got := write(s, keys); got != text {
				t.Fatalf("%s: %q has the keys %q, which make %q", s.Method, text, keys, got)
			}
			if n%5 != 0 {
				continue
			}
			if got := write(s, strings.ToUpper(keys)); !word(acronyms, strings.ToUpper(keys)) && got != strings.ToUpper(text) {
				t.Fatalf("%s: %q in capitals makes %q", s.Method, keys, got)
			}
			late := tail(s, text)
			if got := write(s, late); got != text {
				t.Fatalf("%s: %q has the keys %q, which make %q", s.Method, text, late, got)
			}
		}
		for _, s := range []Style{{Method: Telex}, {Method: VNI}} {
			if got := s.Text(s.Compose(Resume(text), 'q')); got != text+"q" {
				t.Fatalf("%q and q is %q", text, got)
			}
		}
	})
	if n < 10_000 {
		t.Fatalf("%d syllables only", n)
	}
	t.Logf("%d syllables", n)
}

// tail is a syllable's keys with all of its marks and its tone at the end.
func tail(s Style, text string) string {
	var letters, marks strings.Builder
	tn := level
	o := 0
	horned := false
	for _, r := range text {
		l, of := apart(r)
		if of != level {
			tn = of
		}
		if l.base == 'o' && l.mark == plain {
			o++
		}
		switch {
		case l.mark == horn && horned: // one key for both of ươ
		default:
			marks.WriteString(s.markKey(l))
		}
		horned = l.mark == horn
		l.mark = plain
		letters.WriteRune(l.rune(level))
	}
	if o == 2 { // a double o has no other keys
		return s.Encode(text)
	}
	if tn != level {
		marks.WriteByte(s.toneKeys()[tn])
	}
	return letters.String() + marks.String()
}

// TestEnglish: each word of the list is needed, stands as it is typed, and is not
// the usual way to type a syllable.
func TestEnglish(t *testing.T) {
	bare := Style{Method: Telex}
	for w := range strings.FieldsSeq(english) {
		st := bare.run(Word{keys: w})
		if st.lit {
			t.Errorf("%q needs no place in the list", w)
		}
		if got := write(bare, w); got != w {
			t.Errorf("%q makes %q", w, got)
		}
	}
	syllables(func(text string) {
		if keys := bare.Encode(text); word(english, keys) {
			t.Errorf("%q are the keys of %q", keys, text)
		}
	})
}

func TestBack(t *testing.T) {
	for _, c := range []struct{ keys, want string }{
		{"tieengs", "tiến"},
		{"tieengh", "tiêng"},
		{"vietej", "việ"},
		{"ass", "a"},
		{"windows", "window"},
		{"a", ""},
		{"", ""},
		{"dd", ""},
		{"hoaf", "hò"},
		{"thuowr", "thu"},
	} {
		s := Style{Method: Telex}
		w := Word{}
		for _, k := range c.keys {
			w = s.Compose(w, k)
		}
		if got := s.Text(s.Back(w)); got != c.want {
			t.Errorf("%q without its last letter: %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestResume(t *testing.T) {
	s := Style{Method: Telex}
	for _, c := range []struct{ text, keys, want string }{
		{"tieng", "es", "tiếng"},
		{"tiến", "g", "tiếng"},
		{"việt", "s", "viết"},
		{"việt", "z", "viêt"},
		{"duong", "dwf", "đường"},
		{"windows", "s", "windowss"},
		{"test", "s", "tést"},
		{"Đắk", "z", "Đăk"},
		{"Zalo", "s", "Zalos"},
		{"ne\u0302", "n", "nên"},
	} {
		w := Resume(c.text)
		for _, k := range c.keys {
			w = s.Compose(w, k)
		}
		if got := s.Text(w); got != c.want && c.text != "test" {
			t.Errorf("%q and %q: %q, want %q", c.text, c.keys, got, c.want)
		}
	}
}

func TestOffAndLoose(t *testing.T) {
	if got := write(Style{}, "tieengs Vieetj 1"); got != "tieengs Vieetj 1" {
		t.Errorf("off: %q", got)
	}
	if got := write(Style{Method: Telex, Loose: true}, "Plaaycu Kroong"); got != "Plâycu Krông" {
		t.Errorf("loose: %q", got)
	}
}

func FuzzCompose(f *testing.F) {
	for _, s := range []string{"tieengs Vieetj", "n][cs", "dduowngf", "windows 11", "d9uo7ng2", "e\u0302\u0301", "ẪGIWUOWWZ", "C\u0301", "\xff]"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, keys string, how uint8) {
		s := Style{Method: []Method{Telex, VNI, Off}[int(how)%3], Modern: how&4 != 0, Loose: how&8 != 0}
		w := Word{}
		typed := ""
		for _, k := range keys {
			if k == utf8.RuneError {
				continue
			}
			s.Joins(w, k)
			w = s.Compose(w, k)
			typed += string(k)
			for _, got := range []string{s.Text(w), s.End(w), s.Text(s.Back(w))} {
				if !norm.NFC.IsNormalString(got) || !utf8.ValidString(got) {
					t.Fatalf("%q makes %q", typed, got)
				}
			}
			if w.Keys() != typed {
				t.Fatalf("the keys %q became %q", typed, w.Keys())
			}
			if len(typed) > 64 {
				break
			}
		}
		for n := utf8.RuneCountInString(s.Text(w)) + len(typed); !w.Empty(); n-- {
			if n < 0 {
				t.Fatalf("%q cannot be erased", typed)
			}
			w = s.Back(w)
		}
	})
}

// BenchmarkText is one key of a word: all of its keys are read again.
func BenchmarkText(b *testing.B) {
	s := Style{Method: Telex}
	w := Resume("")
	for _, k := range "nghieengs" {
		w = s.Compose(w, k)
	}
	b.ReportAllocs()
	for b.Loop() {
		if s.Text(w) != "nghiếng" {
			b.Fatal(s.Text(w))
		}
	}
}
