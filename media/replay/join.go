package replay

import (
	"errors"
	"fmt"
	"io"
	"time"

	"iocwall/media/rtsp"
)

// Join writes one clip of what is left of others that were cut off, and of what rest writes of the same time: the
// pictures of a relay that was killed, and of the one that came after it. What rest has from its beginning on is taken
// from there alone. Of each part it takes what is later than what the parts before gave; the time between is a gap. A
// part that is broken gives what is whole of it. What rest writes is read while it does, and before its first picture
// nothing is written; that it finds nothing is no error when another part has something. Errors wrap ErrNothing,
// ErrUnsupported, the error of w or that of rest.
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
	step  time.Duration // between the last two of one part
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
	// before adds the parts that begin before a time, zero for all.
	before := func(first time.Time) error {
		if begun {
			return nil
		}
		begun = true
		for _, p := range parts {
			if err := j.part(p, func(t time.Time) (bool, error) { return first.IsZero() || t.Before(first), nil }); err != nil {
				return err
			}
		}
		return nil
	}
	err := j.part(r, func(t time.Time) (bool, error) { return true, before(t) })
	if err == nil {
		_, err = io.Copy(io.Discard, r) // what cannot be read is no reason to stop the writer
	}
	if err == nil || errors.Is(err, ErrNothing) {
		if other := before(time.Time{}); other != nil {
			err = other
		}
	}
	r.CloseWithError(err) //nolint:errcheck // it returns none
	if other := <-done; err == nil {
		err = other
	}
	return err
}

// errPassed ends the reading of a part that is not wanted.
var errPassed = errors.New("replay: this part is not wanted")

// part adds what is whole of a clip; wanted is asked, with the arrival of its first unit, whether it is to be added. The
// error is that of writing, or wanted's.
func (j *joining) part(r io.Reader, wanted func(first time.Time) (bool, error)) (failed error) {
	var before time.Time // arrival of the unit before, in this part
	var offset, pts time.Duration
	begun, opens := false, false
	d := reading{in: r, limits: Limits{Bytes: 1 << 40, Units: 1 << 30}}
	d.put = func(u rtsp.Unit, breaks GapKind) error {
		if before.IsZero() {
			if yes, err := wanted(u.Arrived); err != nil || !yes {
				failed = err
				return errPassed
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
				if u.Arrived.Sub(j.last) > j.step*3/2 {
					breaks = GapNotWritten
				}
			}
			begun = true
		}
		if j.shut {
			return nil // which one file cannot hold
		}
		if breaks == "" && seen.Equal(j.last) {
			j.step = u.Arrived.Sub(seen)
		}
		u.PTS += offset
		j.last, j.pts = u.Arrived, u.PTS
		j.err = j.out.Add(u, breaks)
		failed = j.err
		return j.err
	}
	_ = d.all() // what is whole was taken
	if opens {
		j.front = ending{d.gaps, d.foot}
	}
	if begun && before.Equal(j.last) {
		j.back = ending{d.gaps, d.foot}
	}
	return failed
}

// close notes what is missing before and after what was found: what the parts told, or, where one broke off before it
// could, what is more than the distance of two pictures.
func (j *joining) close() (Summary, error) {
	if j.out == nil {
		return Summary{}, fmt.Errorf("replay: %w", ErrNothing)
	}
	limit := max(edge, j.step)
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
