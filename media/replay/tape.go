package replay

import (
	"context"
	"errors"
	"time"

	"iocwall/media/rtsp"
)

var errNotYet = errors.New("replay: not yet")

// Decoder makes pictures of type P out of units. One goroutine uses it at a time.
type Decoder[P any] interface {
	// Decode takes one unit and tells the PTS of the newest picture that became ready; ok is false when none did.
	Decode(unit [][]byte, pts time.Duration) (at time.Duration, ok bool, err error)
	// Render makes a picture, which belongs to the caller, of the newest decoded one.
	Render() (P, error)
	// Close frees everything.
	Close()
}

// TapeOptions configures a Tape. Decoder is required.
type TapeOptions[P any] struct {
	// Decoder makes a decoder for the codec and the parameter sets of the first unit.
	Decoder func(codec rtsp.Codec, params [][]byte) (Decoder[P], error)
	// Notify is called from the tape's goroutine when Frame or Position have changed; it must not wait. May be nil.
	Notify func()
	// Loop makes playing go on from the beginning at the end.
	Loop bool
	// Cache is how many pictures are kept for stepping back. Default 32.
	Cache int
}

// TapeFrame is one picture of a tape.
type TapeFrame[P any] struct {
	Picture P             // nobody writes to it any more
	Index   int           // of the picture in order of presentation, from 0
	Arrived time.Time     // when it reached the centre
	Taken   time.Time     // on the camera's clock, zero when unknown
	PTS     time.Duration // from the beginning of the clip
	Gap     *Gap          // what is missing just before it; nil when nothing is
}

// Position says where a tape is.
type Position struct {
	Playing  bool
	Speed    float64
	At       time.Time // arrival of the picture shown; zero before the first
	From, To time.Time // arrivals of the first and the last picture
	Index    int       // of the picture shown, from 0; −1 before the first
	Frames   int
	End      bool  // the last picture is shown
	Err      error // what does not decode, nil when all is well
}

// Tape plays a clip.
type Tape[P any] struct{}

// NewTape makes a tape that stands at the beginning of the clip.
func NewTape[P any](c Clip, o TapeOptions[P]) (*Tape[P], error) { return nil, errNotYet }

// Run decodes and plays until ctx ends; it returns its cause when everything it started is gone.
func (t *Tape[P]) Run(ctx context.Context) error { return errNotYet }

// Play goes on from where the tape stands, from the beginning when that is the end.
func (t *Tape[P]) Play() {}

// Pause keeps the picture that is shown.
func (t *Tape[P]) Pause() {}

// Step pauses and goes so many pictures forward, or back when n is negative.
func (t *Tape[P]) Step(n int) {}

// Seek goes to the last picture that had arrived at that time.
func (t *Tape[P]) Seek(at time.Time) {}

// SetSpeed sets how fast Play is, 0.25 to 4; beyond, the nearest of them is taken.
func (t *Tape[P]) SetSpeed(speed float64) {}

// Refresh makes the picture that is shown anew, after what the decoder renders has changed.
func (t *Tape[P]) Refresh() {}

// Frame returns the newest picture; ok is false before the first.
func (t *Tape[P]) Frame() (f TapeFrame[P], ok bool) { return f, false }

// Position says where the tape is.
func (t *Tape[P]) Position() Position { return Position{} }
