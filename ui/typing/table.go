package typing

import _ "embed"

// onsets are what a syllable may begin with.
//
//go:embed table/onsets.txt
var onsets string

// rimes are what follows the onset: vowels, glides and finals of modern Vietnamese as
// its spelling combines them; k ends names of places (Đắk Lắk).
//
//go:embed table/rimes.txt
var rimes string

// glided are rimes that stand after "qu" only.
//
//go:embed table/glided.txt
var glided string

// lonely are the onsets that an uơ without anything after it goes with.
//
//go:embed table/lonely.txt
var lonely string

// names are whole words of place names beyond the phonology of Vietnamese.
//
//go:embed table/names.txt
var names string

// english are words of offices and computers that Telex would spoil: they hold the
// key of a tone twice, or read as a syllable that nobody writes. None is what anyone
// types for a Vietnamese word; a test holds that.
//
//go:embed table/english.txt
var english string

// acronyms are those of the trade, in capitals only: who writes of ÁI in capitals
// types the tone before the i.
//
//go:embed table/acronyms.txt
var acronyms string
