// Package gazetteer finds names as people type them: without accents, in any
// case, by the beginnings of words, and by numbers.
package gazetteer

// Entry is something with names.
type Entry struct {
	ID         string
	Kind       string   // a word of the caller's: "place", "vessel"
	Names      []string // the first is its name; others find it too: a registration, an MMSI
	Importance int      // higher comes first among equals
}

// Hit is an entry that was found.
type Hit struct {
	ID, Kind string
	Name     string // its first name
	Matched  string // the name that matched
}

// Index finds entries. The zero Index is empty and ready. Search may run from
// many goroutines at once; Put and Remove must not run beside anything else.
type Index struct{}

// Put adds an entry or replaces the one with its id.
func (x *Index) Put(e Entry) {}

// Remove takes an entry away.
func (x *Index) Remove(id string) {}

// Len returns the number of entries.
func (x *Index) Len() int { return 0 }

// Search returns at most limit entries in which every word of the query begins
// a word or a number, best first: names that match with the query's own accents
// before those that match without, whole names and their beginnings before
// words further in, then importance, name and id. An empty query finds nothing.
func (x *Index) Search(query string, limit int) []Hit { return nil }

// SearchKind is Search among the entries of one kind; an empty kind means all.
func (x *Index) SearchKind(query, kind string, limit int) []Hit { return nil }

// Fold returns text in small letters without accents (đ becomes d), composed or
// not, with everything that is neither letter nor digit turned into one blank.
func Fold(text string) string { return "" }
