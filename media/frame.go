package media

import (
	"image"
	"time"

	"iocwall/media/rtsp"
)

// Codec names a video codec. Values are written to health events and never change.
type Codec = rtsp.Codec

// The codecs a Player accepts.
const (
	H264 = rtsp.H264
	H265 = rtsp.H265
)

// Frame is one decoded picture, ready to be drawn.
//
// Image belongs to whoever received the frame: the player never writes to it again, so a consumer may keep it as long
// as it likes and may hand the same pointer to several tiles, but must not draw into it.
type Frame struct {
	// Image has the target size asked for by SetTarget and Stride == 4*width; its alpha is 255 everywhere.
	Image *image.RGBA
	// Seq counts the frames published by this player since New, across reconnections; it never goes back.
	Seq uint64
	// PTS is the presentation time on the camera's own clock, counted from the start of the connection.
	PTS time.Duration
	// Arrived is when the last packet of the frame reached this computer.
	Arrived time.Time
	// Decoded is when the picture was ready.
	Decoded time.Time
	// Behind is how much older than Arrived the picture is: time spent in a cache or a slow network, 0 when unknown.
	Behind time.Duration
	// Source is the size of the picture as the camera sent it, in pixels.
	Source image.Point
	// Stream is the stream the frame came from, as named in Options.Stream or SetSource.
	Stream string
	// Cached says that the frame comes from the relay's cache of the last seconds, on the way to live.
	Cached bool
}

// Age returns how old the picture is at time now, never less than zero.
func (f Frame) Age(now time.Time) time.Duration {
	return max(0, now.Sub(f.Arrived)+f.Behind)
}

// Picture is what a Decoder makes of an access unit.
type Picture struct {
	// Image is a new image of the size asked for, Stride == 4*width; nil when no conversion was asked for.
	Image *image.RGBA
	// PTS is the presentation time of the picture, taken from the access unit that carried it.
	PTS time.Duration
	// Source is the size of the decoded picture in pixels, cropping applied.
	Source image.Point
	// Frames counts the pictures that became ready with this call; all but the last were superseded at once.
	Frames int
}

// Decoder turns the access units of one camera into pictures. One goroutine uses it at a time. It holds memory outside
// Go until Close.
type Decoder interface {
	// Decode takes one access unit (NAL units without start codes, kept unchanged) and returns the newest picture that
	// is ready, scaled to size; ok is false when none is ready yet. With a zero size the picture is decoded but not
	// converted, which is what a player asks for on its way through a cached group of pictures. An error means that
	// this unit and all up to the next key frame must not be shown; the decoder stays usable. A decoder cannot tell that
	// a whole unit is missing: after packet loss the caller must go on with a key frame.
	Decode(unit [][]byte, pts time.Duration, size image.Point) (pic Picture, ok bool, err error)
	// Close frees everything. It may be called once, and nothing may be called after it.
	Close()
}

// DecoderOptions says what a Decoder is for.
type DecoderOptions struct {
	Codec Codec
	// Parameters are the parameter sets (VPS, SPS, PPS) known before the first access unit, from the session
	// description; may be empty when the camera sends them in-band only.
	Parameters [][]byte
}

// DecoderFactory makes a decoder. It is called for each connection, from the player's own goroutine.
type DecoderFactory func(DecoderOptions) (Decoder, error)
