package replay

import "io"

// Limits bounds what Read takes into memory. The zero value of a field takes its default.
type Limits struct {
	Bytes int64 // of the whole file, default 1 GiB
	Units int   // default 200,000: two hours at 25 a second
}

// Read reads a clip that Write made.
func Read(r io.Reader, l Limits) (Clip, error) { return Clip{}, errNotYet }
