package replay

import (
	"errors"
	"io"

	"iocwall/media/rtsp"
)

var errNotYet = errors.New("replay: not yet")

// Writer writes a clip while its units come. One goroutine uses it.
type Writer struct{ w io.Writer }

// NewWriter makes a writer. Nothing is written before the first unit.
func NewWriter(w io.Writer, h Head, codec rtsp.Codec) *Writer { return &Writer{w} }

// Note adds a gap that the units themselves do not show.
func (w *Writer) Note(g Gap) {}

// Add writes the next unit.
func (w *Writer) Add(u rtsp.Unit, start bool) error { return errNotYet }

// Close ends the file.
func (w *Writer) Close() (Summary, error) { return Summary{}, errNotYet }
