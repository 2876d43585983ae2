package typing

import (
	"strings"
	"unicode"
)

// english are words of offices and computers that Telex would spoil: they hold the
// key of a tone twice, or read as a syllable that nobody writes. None is what anyone
// types for a Vietnamese word; a test holds that.
const english = `
asset assign assist assistant associate buffer correct correction currency current difference
different effect effective effort error errors guess issue issues less loss mass massage message
messages mirror miss missed missing mission off offer office officer official offline pass passed
passing passive password passwords possibility possible post reset session sessions tariff terrorist
test tests traffic worry www`

// acronyms are those of the trade, in capitals only: who writes of ÁI in capitals
// types the tone before the i.
const acronyms = "AIS GIS IPS SAR SOS"

// foreign reports whether the keys are a word of another language as it is typed.
func (s Style) foreign(w Word) bool {
	return !s.Loose && s.Method == Telex && w.given == "" &&
		(word(english, strings.ToLower(w.keys)) || word(acronyms, w.keys))
}

// Plain reports whether what is typed after a text is no Vietnamese for certain: an
// address of the post or the web, a name of a file, what follows a digit.
func Plain(before string) bool {
	from := strings.LastIndexFunc(before, unicode.IsSpace) + 1
	token := before[from:]
	if token == "" {
		return false
	}
	last := token[len(token)-1]
	return strings.ContainsAny(token, "@_\\") || strings.Contains(token, "://") ||
		strings.HasPrefix(strings.ToLower(token), "www.") || last >= '0' && last <= '9'
}
