package replay

import (
	"errors"
	"fmt"
	"io"
	"time"

	"iocwall/media/rtsp"
)

// Join writes one clip of what is left of others that were cut off, and of what rest writes of the same time: the
// pictures of a relay that was killed, and of the one that came after it. Of each part it takes what is later than what
// the parts before gave; the time between is a gap. A part that is broken gives what is whole of it. What rest writes is
// read while it does, and before its first picture nothing is written; that it finds nothing is no error when another
// part has something. What was written before an error has all of the parts, if these were read to their ends. Errors
// wrap ErrNothing, ErrUnsupported, the error of w, of a part's reader or of rest.
func Join(w io.Writer, h Head, parts []io.Reader, rest func(io.Writer) error) (Summary, error) {
	j := joining{w: w, head: h}
	err := j.all(parts, rest)
	if err != nil && (j.out == nil || !errors.Is(err, ErrNothing)) {
		if j.out != nil && j.err == nil && len(j.out.pending) > 0 {
			err = errors.Join(err, j.out.flush(-1)) // so that the next try has all there was
		}
		return Summary{}, err
	}
	return j.close()
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

	front, back ending // of the parts that gave the first and the last unit
}

// ending is what a part says at its end.
type ending struct {
	told  []Gap
	whole bool // there is an end
}

// all adds the parts and what rest writes.
func (j *joining) all(parts []io.Reader, rest func(io.Writer) error) error {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := rest(w)
		w.CloseWithError(err) //nolint:errcheck // it returns none
		done <- err
	}()
	begun := false
	before := func() error {
		if begun {
			return nil
		}
		begun = true
		for _, p := range parts {
			if err := j.part(p, func() error { return nil }); err != nil {
				return err
			}
		}
		return nil
	}
	err := j.part(r, before)
	if err == nil {
		_, err = io.Copy(io.Discard, r) // what cannot be read is no reason to stop the writer
	}
	if err == nil || errors.Is(err, ErrNothing) {
		if other := before(); other != nil {
			err = other
		}
	}
	r.CloseWithError(err) //nolint:errcheck // it returns none
	if other := <-done; err == nil {
		err = other
	}
	return err
}

// part adds what is whole of a clip; first is called before its first unit is added. The error is that of writing, of
// reading, or first's; that the clip itself is broken is none.
func (j *joining) part(r io.Reader, first func() error) error {
	var before time.Time // arrival of the unit before, in this part
	var offset, pts time.Duration
	begun, opens := false, false
	d := reading{in: r, limits: Limits{Bytes: 1 << 40, Units: 1 << 30}}
	d.put = func(u rtsp.Unit, breaks GapKind) error {
		if before.IsZero() {
			if err := first(); err != nil {
				return err
			}
		}
		seen, was := before, pts
		before, pts = u.Arrived, u.PTS
		if !begun {
			switch {
			case j.out == nil:
				j.out, j.codec, j.first, opens = NewWriter(j.w, j.head, d.codec), d.codec, u.Arrived, true
			case d.codec != j.codec:
				j.shut = true
			case seen.Equal(j.last):
				offset = j.pts - was // the part goes on where the one before broke off
			case !u.Key || !u.Arrived.After(j.last):
				return nil
			default:
				offset = j.pts + u.Arrived.Sub(j.last) - u.PTS
				if u.Arrived.Sub(j.last) > j.limit() {
					breaks = GapNotWritten
				}
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
	err := d.all()
	if opens {
		j.front = ending{d.gaps, d.foot}
	}
	if before.Equal(j.last) && (begun || d.foot && !j.back.whole) {
		j.back = ending{d.gaps, d.foot}
	}
	if errors.Is(err, ErrBroken) || errors.Is(err, ErrCutOff) || errors.Is(err, ErrTooLarge) {
		return nil // what is whole was taken
	}
	return err
}

// limit is how far apart two pictures may be without one missing between them.
func (j *joining) limit() time.Duration {
	return max(edge, min(silence, j.out.seam.every*3/2))
}

// close notes what is missing before and after what was found: what the parts told, or, where one broke off before it
// could, what is more than the distance of two pictures.
func (j *joining) close() (Summary, error) {
	if j.out == nil {
		return Summary{}, fmt.Errorf("replay: %w", ErrNothing)
	}
	limit := j.limit()
	for _, g := range j.front.told {
		if !g.To.After(j.first) {
			j.out.Note(g)
		}
	}
	if !j.front.whole && j.first.Sub(j.head.From) > limit {
		j.out.Note(Gap{Kind: GapNotKept, From: j.head.From, To: j.first})
	}
	for _, g := range j.back.told {
		if g.To.After(j.last) {
			j.out.Note(g)
		}
	}
	if !j.back.whole && j.head.To.Sub(j.last) > limit {
		j.out.Note(Gap{Kind: GapNotWritten, From: j.last, To: j.head.To})
	}
	return j.out.Close()
}
