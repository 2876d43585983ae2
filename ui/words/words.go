// Package words says things: the translation catalogue, and numbers, ages,
// dates and places as Vietnamese (first) and English write them. All functions
// are pure; times are shown in the zone of the Lang.
package words

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"iocwall/assets"
)

// Lang is one language: its catalogue and its formats. It is not changed after
// Load and safe for concurrent use.
type Lang struct {
	// Code is "vi" or "en".
	Code string
	// Zone is the zone times are shown in; Load sets Vietnam's, UTC+7.
	Zone  *time.Location
	texts map[string]string
}

// Codes lists the languages of the product, the default first.
func Codes() []string { return []string{"vi", "en"} }

// Load reads a language's embedded catalogue. It fails for an unknown language
// or a catalogue that is not a flat map of texts.
func Load(code string) (*Lang, error) {
	b, err := assets.Language(code)
	if err != nil {
		return nil, fmt.Errorf("language %q is not one of %s: %w", code, strings.Join(Codes(), ", "), err)
	}
	l := &Lang{Code: code, Zone: time.FixedZone("ICT", 7*3600), texts: map[string]string{}}
	if err := yaml.UnmarshalWithOptions(b, &l.texts, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read catalogue %q: %w", code, err)
	}
	return l, nil
}

// Keys returns the catalogue's keys in order.
func (l *Lang) Keys() []string {
	out := make([]string, 0, len(l.texts))
	for k := range l.texts {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Has reports whether the catalogue holds a key.
func (l *Lang) Has(key string) bool { _, ok := l.texts[key]; return ok }

// Reason is the sentence of a refusal that needs no values, by its code; text where the
// catalogue has none.
func (l *Lang) Reason(code, text string) string {
	if key := "no." + code; code != "" && l.Has(key) {
		return l.T(key)
	}
	return text
}

// T returns the text of a key. Pairs are name, value: "{name}" becomes the
// value, "{name:one|many}" the first word when the value is "1" and the second
// otherwise. A missing key is returned in brackets, so that it is seen.
func (l *Lang) T(key string, pairs ...string) string {
	s, ok := l.texts[key]
	if !ok {
		return "[" + key + "]"
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		s = strings.ReplaceAll(s, "{"+name+"}", value)
		for {
			at := strings.Index(s, "{"+name+":")
			if at < 0 {
				break
			}
			end := strings.IndexByte(s[at:], '}')
			if end < 0 {
				break
			}
			one, many, _ := strings.Cut(s[at+len(name)+2:at+end], "|")
			if value != "1" {
				one = many
			}
			s = s[:at] + one + s[at+end+1:]
		}
	}
	return s
}

func (l *Lang) english() bool { return l.Code == "en" }
