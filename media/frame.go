package media

import (
	"errors"
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
	// MJPEG units are whole JPEG pictures: each is a key frame, and there are no parameter sets.
	MJPEG = rtsp.MJPEG
)

// Frame is one decoded picture, ready to be drawn.
//
// Pixels belong to whoever received the frame: the player never writes to them again, so a consumer may keep them as
// long as it likes and may hand the same pointer to several tiles, but must not draw into them. Viewers with equal views
// get the same pointers.
type Frame struct {
	// Image has the size of View and Stride == 4*width; its alpha is 255 everywhere. It is nil for LayoutYUV.
	Image *image.RGBA
	// YUV is set instead of Image for LayoutYUV.
	YUV *YUV
	// View is what was asked for, with its size and part brought into range.
	View View
	// Seq counts the frames published for this camera since New or Open, across reconnections and streams; it never goes
	// back.
	Seq uint64
	// PTS is the presentation time on the camera's own clock, counted from the start of the connection.
	PTS time.Duration
	// Arrived is when the last packet of the frame reached this computer.
	Arrived time.Time
	// Taken is when the camera's own clock says the picture was taken; zero while unknown.
	Taken time.Time
	// Decoded is when the picture was ready.
	Decoded time.Time
	// Moment is when the picture was to be shown by the clock that the computers share, if the viewer keeps step with
	// others; zero: as soon as it was decoded.
	Moment time.Time
	// Behind is how much older than Arrived the picture is: time spent in a cache or a slow network, 0 when unknown.
	Behind time.Duration
	// Source is the size of the picture as the camera sent it, in pixels.
	Source image.Point
	// Stream is the stream the frame came from, as the options name it.
	Stream string
	// Cached says that the frame comes from the last seconds kept by the relay or by a parked viewer, on the way to live.
	Cached bool
}

// Empty reports whether the frame has no pixels.
func (f Frame) Empty() bool { return f.Image == nil && f.YUV == nil }

// Age returns how old the picture is at time now, never less than zero.
func (f Frame) Age(now time.Time) time.Duration {
	return max(0, now.Sub(f.Arrived)+f.Behind)
}

// Part is the part of a picture that a view shows, in fractions of its width and height with the origin at the top left.
// The zero value is the whole picture.
type Part struct{ X0, Y0, X1, Y1 float64 }

// Whole reports whether the part is all of the picture.
func (p Part) Whole() bool { return p == Part{} || p == Part{X1: 1, Y1: 1} }

// Layout says in which form a view wants its pixels.
type Layout string

// The layouts.
const (
	// LayoutRGBA is scaled to the view's size in the decoder's goroutine and drawn as it is: the way without a GPU.
	LayoutRGBA Layout = ""
	// LayoutYUV keeps the planes as decoded and leaves scaling and colour to a shader: half the bytes, for a GPU.
	LayoutYUV Layout = "yuv"
)

// View is what a consumer wants to see of a camera. Views with equal values share one picture.
type View struct {
	// Size is the size of the picture in pixels. A zero side means that nobody looks: no picture is made.
	Size image.Point
	// Part is what of the picture is shown: digital zoom, or one screen's crop of a tile that spans several.
	Part Part
	// Layout is the form of the pixels.
	Layout Layout
}

// Empty reports whether nobody looks.
func (v View) Empty() bool { return v.Size.X <= 0 || v.Size.Y <= 0 }

// minPart is the least side of a part: digital zoom beyond it shows nothing more.
const minPart = 1.0 / 64

// tidy brings a view into range and gives equal views one form.
func (v View) tidy() View {
	v.Size = image.Pt(min(max(v.Size.X, 0), maxSide), min(max(v.Size.Y, 0), maxSide))
	if v.Empty() {
		return View{}
	}
	p := &v.Part
	p.X0, p.X1 = tidySide(p.X0, p.X1)
	p.Y0, p.Y1 = tidySide(p.Y0, p.Y1)
	if p.Whole() {
		*p = Part{}
	}
	if v.Layout != LayoutYUV {
		v.Layout = LayoutRGBA
	}
	return v
}

// tidySide clips one side of a part; what makes no sense is the whole side.
func tidySide(a, b float64) (lo, hi float64) {
	lo, hi = max(a, 0), min(b, 1)
	switch {
	case !(lo < hi):
		return 0, 1
	case hi-lo < minPart:
		lo = min(lo, 1-minPart)
		hi = lo + minPart
	}
	return lo, hi
}

// share is the part of a side that is shown, of width and of height.
func (p Part) share() (x, y float64) {
	if p.Whole() {
		return 1, 1
	}
	return p.X1 - p.X0, p.Y1 - p.Y0
}

// Matrix names the coefficients between YUV and RGB (ITU-T H.273, table 4).
type Matrix string

// The matrices that decoders report; all others are converted to BT.709.
const (
	MatrixBT601 Matrix = "bt601"
	MatrixBT709 Matrix = "bt709"
)

// YUV is a picture in three planes with chroma halved in both directions (4:2:0), eight bits a sample. Each plane is
// packed into an RGBA image of a quarter of its width, four samples a pixel, so that a toolkit that uploads RGBA images
// uploads it unchanged; rows are padded on the right with their last sample.
type YUV struct {
	Y, U, V *image.RGBA
	// Size is the size of the Y plane in samples; chroma has half of it, rounded up.
	Size image.Point
	// Matrix and Full say how to convert: full range 0–255, else 16–235 and 16–240.
	Matrix Matrix
	Full   bool
}

// Picture is a decoded picture in the form that a view asked for: one of the two is set.
type Picture struct {
	// RGBA has the size asked for, Stride == 4*width and alpha 255.
	RGBA *image.RGBA
	YUV  *YUV
}

// Decoded describes the newest picture inside a decoder.
type Decoded struct {
	// PTS is the presentation time of the picture, taken from the access unit that carried it.
	PTS time.Duration
	// Source is the size of the decoded picture in pixels, cropping applied.
	Source image.Point
	// Frames counts the pictures that became ready with this call; all but the last were superseded at once.
	Frames int
	// Print is a fingerprint of the picture's brightness: equal for equal pictures, whatever the views.
	Print uint64
}

// ErrMissing is wrapped by errors of a Decoder: units before this one are missing, which is no fault of what decodes.
var ErrMissing = errors.New("a picture before it is missing")

// Decoder turns the access units of one camera into pictures. One goroutine uses it at a time. It holds memory outside
// Go until Close.
type Decoder interface {
	// Decode takes one access unit (NAL units without start codes, kept unchanged; for MJPEG one whole JPEG) and tells
	// what the newest picture is that became ready; ok is false when none did. An error means that this unit and all up
	// to the next key frame must not be shown; the decoder stays usable. It is ErrMissing, wrapped, when the picture is
	// made from one that never came; not all decoders can tell that: after packet loss the caller must go on with a key
	// frame.
	Decode(unit [][]byte, pts time.Duration) (pic Decoded, ok bool, err error)
	// Flush forgets all units. It is to be called when units were left out before a key frame, so that nothing behind it
	// is made from what came before.
	Flush()
	// Render makes a new picture of the newest decoded one, which belongs to the caller. It is an error before the first
	// picture and for an empty view.
	Render(v View) (Picture, error)
	// Name says what decodes, for a status page: "software", or the name of the hardware's interface such as "vaapi".
	Name() string
	// Close frees everything. Closing twice does no harm; nothing else may be called after it.
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

// Shaped gives a part of a picture of size src the shape of a place, so that nothing is cut
// off and nothing stays empty. A part at an edge of the picture stays there.
func (p Part) Shaped(src, place image.Point) Part {
	if p.Whole() || src.X <= 0 || src.Y <= 0 || place.X <= 0 || place.Y <= 0 {
		return p
	}
	w, h := p.X1-p.X0, p.Y1-p.Y0
	k := float64(src.X) * float64(place.Y) / (float64(src.Y) * float64(place.X)) // height of a part as wide as high
	nw, nh := w, w*k
	if nh > h {
		nw, nh = h/k, h
	}
	side := func(lo, old, size float64) (float64, float64) {
		if old >= 1 {
			return (1 - size) / 2, (1 + size) / 2
		}
		lo = lo / (1 - old) * (1 - size)
		return lo, lo + size
	}
	var out Part
	out.X0, out.X1 = side(p.X0, w, nw)
	out.Y0, out.Y1 = side(p.Y0, h, nh)
	return out
}
