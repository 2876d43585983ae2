package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"iocwall/media/rtsp"
)

// Join writes one clip of what is left of others that were cut off, and of what rest writes of the same time: the
// pictures of a relay that was killed, and of the one that came after it. Of each part it takes what is later than what
// the parts before gave; the time between is a gap. A part that is broken gives what is whole of it. What rest writes is
// read while it does, and before it has begun nothing is written; that it finds nothing is no error when another part has
// something. Errors wrap ErrNothing, ErrUnsupported, the error of w or that of rest.
func Join(w io.Writer, h Head, parts []io.Reader, rest func(io.Writer) error) (Summary, error) {
	j := joining{w: w, head: h}
	told, whole, err := j.all(parts, rest)
	if err != nil && (j.out == nil || !errors.Is(err, ErrNothing)) {
		if j.out != nil && j.err == nil && len(j.out.pending) > 0 {
			err = errors.Join(err, j.out.flush(-1)) // so that the next try has all there was
		}
		return Summary{}, err
	}
	return j.close(told, whole)
}

// joining is a clip being made of parts.
type joining struct {
	w    io.Writer
	head Head
	out  *Writer // nil before the first unit
	err  error   // of out

	codec rtsp.Codec
	first time.Time     // arrival of the first unit
	last  time.Time     // arrival of the last one
	pts   time.Duration // of the last one, on the line of the whole
	shut  bool          // the camera has another codec from here on
}

// all adds the parts and what rest writes; see part for what it returns. While rest has not begun nothing is written, so
// that one which cannot be reached leaves nothing behind.
func (j *joining) all(parts []io.Reader, rest func(io.Writer) error) (told []Gap, whole bool, err error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := rest(w)
		w.CloseWithError(err) //nolint:errcheck // it returns none
		done <- err
	}()
	in := bufio.NewReader(r)
	if _, err = in.Peek(1); err == nil || err == io.EOF || errors.Is(err, ErrNothing) { //nolint:errorlint // a pipe returns it bare
		for _, p := range append(slices.Clone(parts), in) {
			if told, whole, err = j.part(p); err != nil {
				break
			}
		}
		if err == nil {
			_, err = io.Copy(io.Discard, in) // what cannot be read is no reason to stop the writer
		}
	}
	r.CloseWithError(err) //nolint:errcheck // it returns none
	if other := <-done; err == nil {
		err = other
	}
	return told, whole, err
}

// part adds what is whole of a clip. It returns the gaps told at its end, and whether its end was reached and is that of
// what was added. The error is that of writing.
func (j *joining) part(r io.Reader) (told []Gap, whole bool, err error) {
	var before time.Time // arrival of the unit before, in this part
	var offset, pts time.Duration
	begun := false
	d := reading{in: r, limits: Limits{Bytes: 1 << 40, Units: 1 << 30}}
	d.put = func(u rtsp.Unit, breaks GapKind) error {
		seen, was := before, pts
		before, pts = u.Arrived, u.PTS
		if !begun {
			switch {
			case j.out == nil:
				j.out, j.codec, j.first = NewWriter(j.w, j.head, d.codec), d.codec, u.Arrived
			case d.codec != j.codec:
				j.shut = true
			case !u.Key || !u.Arrived.After(j.last):
				return nil
			case seen.Equal(j.last):
				offset = j.pts - was // the part goes on where the one before broke off
			default:
				offset, breaks = j.pts+u.Arrived.Sub(j.last)-u.PTS, GapNotWritten
			}
			begun = true
		}
		if j.shut {
			return nil // which one file cannot hold
		}
		u.PTS += offset
		j.last, j.pts = u.Arrived, u.PTS
		j.err = j.out.Add(u, breaks)
		return j.err
	}
	_ = d.all() // what is whole was taken
	return d.gaps, d.foot && before.Equal(j.last), j.err
}

// close notes what is missing before and after what was found; told are the gaps that the last part named.
func (j *joining) close(told []Gap, whole bool) (Summary, error) {
	if j.out == nil {
		return Summary{}, fmt.Errorf("replay: %w", ErrNothing)
	}
	before := Gap{Kind: GapNotKept, From: j.head.From, To: j.first}
	after := Gap{Kind: GapNotWritten, From: j.last, To: j.head.To}
	for _, g := range told {
		switch {
		case !g.To.After(j.first):
			before.Kind = g.Kind
		case g.To.After(j.last):
			after.Kind, whole = g.Kind, false
		}
	}
	if before.To.Sub(before.From) > edge {
		j.out.Note(before)
	}
	if !whole && after.To.Sub(after.From) > edge {
		j.out.Note(after)
	}
	return j.out.Close()
}
