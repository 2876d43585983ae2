package decode_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/rtsp"
)

// newClip makes a clip with counters; the test is skipped without ffmpeg.
func newClip(tb testing.TB, opts mediatest.ClipOptions) *mediatest.Clip {
	tb.Helper()
	c, err := mediatest.NewClip(context.Background(), opts)
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// short is two seconds of counted frames.
func short(codec media.Codec, bframes int) mediatest.ClipOptions {
	return mediatest.ClipOptions{
		Codec: codec, FPS: 25, Length: 2 * time.Second, KeyEvery: time.Second, Counter: true, BFrames: bframes,
	}
}

func open(tb testing.TB, codec media.Codec, params [][]byte) media.Decoder {
	tb.Helper()
	d, err := decode.New(media.DecoderOptions{Codec: codec, Parameters: params})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

var codecs = []media.Codec{media.H264, media.H265}

func TestEveryFrameComesOutInOrder(t *testing.T) {
	for _, codec := range codecs {
		for _, bframes := range []int{0, 2} {
			t.Run(fmt.Sprintf("%s/b%d", codec, bframes), func(t *testing.T) {
				clip := newClip(t, short(codec, bframes))
				d := open(t, codec, nil)
				defer d.Close()
				var seen []int
				for i, unit := range clip.Units() {
					pic, ok, err := step(d, unit, time.Duration(i)*time.Second, image.Pt(320, 180))
					if err != nil {
						t.Fatalf("unit %d: %v", i, err)
					}
					if !ok {
						continue
					}
					n, counted := mediatest.ReadCounter(pic.img)
					if !counted || pic.Source != image.Pt(640, 360) || pic.img.Stride != 4*320 {
						t.Fatalf("unit %d: counter %v, source %v, stride %d", i, counted, pic.Source, pic.img.Stride)
					}
					seen = append(seen, n)
				}
				for i := 1; i < len(seen); i++ {
					if seen[i] <= seen[i-1] {
						t.Fatalf("frames out of order: %v", seen)
					}
				}
				// Without B-frames each unit gives its own picture at once: no frame of delay.
				if want := clip.Frames() - 5*bframes; len(seen) < want {
					t.Errorf("%d pictures, want at least %d", len(seen), want)
				}
				if bframes == 0 && seen[len(seen)-1] != clip.Frames()-1 {
					t.Errorf("the last picture is %d: the decoder holds frames back", seen[len(seen)-1])
				}
			})
		}
	}
}

func TestPresentationTimesFollowThePictures(t *testing.T) {
	clip := newClip(t, short(media.H264, 0))
	d := open(t, media.H264, clip.Parameters())
	defer d.Close()
	for i, unit := range clip.Units() {
		pts := time.Duration(i) * 40 * time.Millisecond
		pic, ok, err := step(d, unit, pts, image.Pt(160, 90))
		if err != nil || !ok || pic.PTS != pts || pic.Frames != 1 {
			t.Fatalf("unit %d: %v %v %v", i, pic, ok, err)
		}
	}
}

func TestSizes(t *testing.T) {
	clip := newClip(t, short(media.H264, 0))
	d := open(t, media.H264, nil)
	defer d.Close()
	units := clip.Units()
	for i, size := range []image.Point{{640, 360}, {1, 1}, {3, 3}, {333, 187}, {1919, 1079}, {0, 0}, {640, 0}, {7, 500}} {
		pic, ok, err := step(d, units[i], 0, size)
		if err != nil || !ok {
			t.Fatalf("%v: %v, %v", size, ok, err)
		}
		if size.X == 0 || size.Y == 0 {
			if pic.img != nil {
				t.Errorf("%v: a picture was made", size)
			}
			continue
		}
		if got := pic.img.Rect.Size(); got != size || len(pic.img.Pix) != 4*size.X*size.Y {
			t.Errorf("%v: image %v with %d bytes", size, got, len(pic.img.Pix))
		}
		for j := 3; j < len(pic.img.Pix); j += 4 {
			if pic.img.Pix[j] != 255 {
				t.Fatalf("%v: alpha %d at %d", size, pic.img.Pix[j], j/4)
			}
		}
	}
	if _, _, err := step(d, units[8], 0, image.Pt(1<<20, 1)); err == nil {
		t.Error("a picture of a million pixels a side was accepted")
	}
}

func TestResolutionChangesInMidStream(t *testing.T) {
	small := newClip(t, short(media.H265, 0))
	large := short(media.H265, 0)
	large.Width, large.Height = 1280, 720
	d := open(t, media.H265, small.Parameters())
	defer d.Close()
	for _, c := range []struct {
		clip *mediatest.Clip
		size image.Point
	}{{small, image.Pt(640, 360)}, {newClip(t, large), image.Pt(1280, 720)}, {small, image.Pt(640, 360)}} {
		for i, unit := range c.clip.Units()[:5] {
			pic, ok, err := step(d, unit, 0, image.Pt(320, 180))
			if err != nil || !ok || pic.Source != c.size {
				t.Fatalf("unit %d of %v: source %v, %v, %v", i, c.size, pic.Source, ok, err)
			}
			if n, ok := mediatest.ReadCounter(pic.img); !ok || n != i {
				t.Fatalf("unit %d of %v shows %d, %v", i, c.size, n, ok)
			}
		}
	}
}

// TestDamageIsNeverShown cuts units short. What still comes out must be whole. libavcodec can tell this for H.264; for H.265
// see TestCutSlicesOfH265.
func TestDamageIsNeverShown(t *testing.T) {
	clip := newClip(t, short(media.H264, 0))
	random := rand.New(rand.NewPCG(1, 2))
	refused, shown := 0, 0
	for round := range 40 {
		d := open(t, media.H264, clip.Parameters())
		needKey := true
		for i, unit := range clip.Units() {
			if needKey && !rtsp.IsKey(media.H264, unit) {
				continue
			}
			needKey = false
			if random.IntN(20) == 0 {
				unit = truncate(unit, random)
			}
			pic, ok, err := step(d, unit, 0, image.Pt(640, 360))
			if err != nil {
				refused++
				needKey = true
				continue
			}
			if !ok {
				continue
			}
			shown++
			if n, read := mediatest.ReadCounter(pic.img); !read || n != i {
				t.Fatalf("round %d, unit %d: a damaged picture was handed out (counter %d, %v)", round, i, n, read)
			}
		}
		d.Close()
	}
	if refused == 0 || shown == 0 {
		t.Errorf("%d units refused, %d pictures shown: the test proves nothing", refused, shown)
	}
}

// truncate returns the unit with its last NAL unit cut short.
func truncate(unit [][]byte, random *rand.Rand) [][]byte {
	out := append([][]byte{}, unit...)
	last := out[len(out)-1]
	out[len(out)-1] = last[:1+random.IntN(max(1, len(last)/2))]
	return out
}

func TestBadInput(t *testing.T) {
	if _, err := decode.New(media.DecoderOptions{Codec: "vp8"}); err == nil {
		t.Error("an unknown codec was accepted")
	}
	for _, codec := range codecs {
		d := open(t, codec, [][]byte{{0x67, 1, 2}, {}, {0xFF}})
		for _, unit := range [][][]byte{nil, {}, {nil}, {{}}, {{0}}, {{0x65}}, {{0x26, 1}}, {bytes.Repeat([]byte{0x65}, 100000)}} {
			if _, ok, _ := step(d, unit, 0, image.Pt(64, 36)); ok {
				t.Errorf("%s: a picture came out of %.20v", codec, unit)
			}
		}
		d.Close()
		d.Close()
		if _, _, err := step(d, [][]byte{{0x65}}, 0, image.Pt(64, 36)); !errors.Is(err, decode.ErrClosed) {
			t.Errorf("%s: after Close: %v", codec, err)
		}
	}
}

// TestDecoderGoesOnAfterGarbage is about cameras that send rubbish for a while.
func TestDecoderGoesOnAfterGarbage(t *testing.T) {
	for _, codec := range codecs {
		clip := newClip(t, short(codec, 0))
		d := open(t, codec, nil)
		defer d.Close()
		random := rand.New(rand.NewPCG(3, 4))
		for range 300 {
			junk := make([]byte, 2+random.IntN(3000))
			for i := range junk {
				junk[i] = byte(random.Uint32())
			}
			copy(junk, clip.Units()[random.IntN(20)][0][:1])
			step(d, [][]byte{junk}, 0, image.Pt(64, 36)) //nolint:errcheck // any outcome but a crash is right
		}
		shown := 0
		for _, unit := range clip.Units() {
			pic, ok, err := step(d, unit, 0, image.Pt(320, 180))
			if err == nil && ok {
				if _, read := mediatest.ReadCounter(pic.img); read {
					shown++
				}
			}
		}
		if shown < clip.Frames()-1 {
			t.Errorf("%s: only %d of %d pictures after garbage", codec, shown, clip.Frames())
		}
	}
}

// TestThousandsOfDecodersLeaveNoMemory measures resident memory, since the memory is not Go's.
func TestThousandsOfDecodersLeaveNoMemory(t *testing.T) {
	clip := newClip(t, short(media.H264, 0))
	hevc := newClip(t, short(media.H265, 0))
	cycle := func(n int) {
		for range n {
			for _, c := range []struct {
				codec media.Codec
				clip  *mediatest.Clip
			}{{media.H264, clip}, {media.H265, hevc}} {
				d := open(t, c.codec, c.clip.Parameters())
				for _, unit := range c.clip.Units()[:2] {
					if _, _, err := step(d, unit, 0, image.Pt(64, 36)); err != nil {
						t.Fatal(err)
					}
				}
				d.Close()
			}
		}
	}
	cycle(100)
	before := resident(t)
	cycle(1000)
	if after := resident(t); after > before+16<<20 {
		t.Errorf("resident memory grew from %d to %d MiB over 2000 decoders", before>>20, after>>20)
	}
}

// resident returns the process's resident memory in bytes.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc/self/statm on this system: ", err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func BenchmarkDecode(b *testing.B) {
	for _, codec := range codecs {
		for _, size := range []image.Point{{1920, 1080}, {640, 360}} {
			for _, target := range []image.Point{{}, {640, 360}} {
				b.Run(fmt.Sprintf("%s/%dx%d/to%dx%d", codec, size.X, size.Y, target.X, target.Y), func(b *testing.B) {
					opts := short(codec, 0)
					opts.Width, opts.Height = size.X, size.Y
					units := newClip(b, opts).Units()
					d := open(b, codec, nil)
					defer d.Close()
					b.ReportAllocs()
					i := 0
					for b.Loop() {
						if _, _, err := step(d, units[i%len(units)], 0, target); err != nil {
							b.Fatal(err)
						}
						i++
					}
				})
			}
		}
	}
}

// stepped is a decoded picture and its image.
type stepped struct {
	media.Decoded
	img *image.RGBA
}

// step decodes one unit and renders the picture that became ready, if any and if size is not zero.
func step(d media.Decoder, unit [][]byte, pts time.Duration, size image.Point) (stepped, bool, error) {
	dec, ok, err := d.Decode(unit, pts)
	out := stepped{Decoded: dec}
	if err != nil || !ok || size.X <= 0 || size.Y <= 0 {
		return out, ok, err
	}
	pic, err := d.Render(media.View{Size: size})
	out.img = pic.RGBA
	return out, err == nil, err
}
