package decode_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"os/exec"
	"strings"
	"testing"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// TestColours compares both layouts with the colours that were put in and with ffmpeg's own conversion of the stream. A
// JPEG has one matrix and one range only (ITU-T T.871 §7), in 4:2:0 or 4:2:2.
func TestColours(t *testing.T) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed: ", err)
	}
	for _, c := range []struct {
		codec               media.Codec
		matrix, span, pixel string
	}{
		{media.H264, "bt709", "tv", "yuv420p"},
		{media.H264, "bt709", "pc", "yuv420p"},
		{media.H264, "smpte170m", "tv", "yuv420p"},
		{media.H264, "smpte170m", "pc", "yuv420p"},
		{media.H264, "bt2020nc", "tv", "yuv420p"},
		{media.H264, "bt709", "tv", "yuv444p"},
		{media.H265, "bt709", "tv", "yuv420p"},
		{media.H265, "bt709", "pc", "yuv420p"},
		{media.H265, "smpte170m", "tv", "yuv420p"},
		{media.H265, "smpte170m", "pc", "yuv420p"},
		{media.H265, "bt709", "tv", "yuv420p10le"},
		{rtsp.MJPEG, "smpte170m", "pc", "yuvj420p"},
		{rtsp.MJPEG, "smpte170m", "pc", "yuvj422p"},
		{rtsp.MJPEG, "smpte170m", "pc", "yuvj444p"},
	} {
		// The second size is one that vector code likes as little as can be, the third lies in huge pages.
		for _, size := range []image.Point{{256, 144}, {250, 142}, {650, 366}} {
			t.Run(fmt.Sprintf("%s/%s/%s/%s/%d", c.codec, c.matrix, c.span, c.pixel, size.X), func(t *testing.T) {
				b := bars{program: program, codec: c.codec, matrix: c.matrix, span: c.span, pixel: c.pixel, size: size}
				stream := b.encode(t)
				d := open(t, c.codec, nil)
				defer d.Close()
				if _, ok, err := d.Decode(b.unit(t, stream), 0); err != nil || !ok {
					t.Fatal(ok, err)
				}
				peer := b.convert(t, stream)
				limit := 1.5
				if strings.Contains(c.pixel, "444") {
					limit = 6 // our chroma is halved, which blurs the borders of the bars
				}
				for _, layout := range []media.Layout{media.LayoutRGBA, media.LayoutYUV} {
					pic, err := d.Render(media.View{Size: size, Layout: layout})
					if err != nil {
						t.Fatal(err)
					}
					img := pic.RGBA
					if layout == media.LayoutYUV {
						if full := c.span == "pc"; pic.YUV.Full != full || pic.YUV.Size != size {
							t.Errorf("planes of %v, full %v", pic.YUV.Size, pic.YUV.Full)
						}
						if (pic.YUV.Matrix == media.MatrixBT601) != (c.matrix == "smpte170m") {
							t.Errorf("matrix %s", pic.YUV.Matrix)
						}
						img = shade(pic.YUV)
					}
					compareBars(t, string(layout), img, peer, limit)
				}
			})
		}
	}
}

// compareBars holds a picture against the colours of the bars and against ffmpeg's picture, three bytes a pixel.
func compareBars(t *testing.T, layout string, img *image.RGBA, peer []byte, limit float64) {
	t.Helper()
	size := img.Rect.Size()
	for i, want := range barColours() {
		got := img.RGBAAt(i*size.X/8+size.X/16, size.Y/2)
		for k, v := range [3]uint8{got.R, got.G, got.B} {
			if d := int(v) - int(want[k]); d > 6 || d < -6 {
				t.Errorf("%q: bar %d: got %v, want %v", layout, i, got, want)
				break
			}
		}
	}
	if len(peer)/3 != len(img.Pix)/4 {
		t.Fatalf("ffmpeg gave %d bytes for %v", len(peer), size)
	}
	sum := 0
	for i := range len(peer) {
		v := int(img.Pix[i/3*4+i%3])
		sum += max(int(peer[i])-v, v-int(peer[i]))
	}
	if mean := float64(sum) / float64(len(peer)); mean > limit {
		t.Errorf("%q: mean difference to ffmpeg's conversion is %.2f levels", layout, mean)
	}
}

// shade is what a shader has to do with the planes (ITU-T H.273 §8.3): with samples from 0 to 255,
//
//	limited: y = (Y − 16) / 219, u = (U − 128) / 224, v = (V − 128) / 224
//	full:    y = Y / 255,        u = (U − 128) / 255, v = (V − 128) / 255
//	R = y + 2 (1 − Kr) v
//	B = y + 2 (1 − Kb) u
//	G = (y − Kr R − Kb B) / (1 − Kr − Kb)
//
// with Kr = 0.299, Kb = 0.114 for BT.601 and Kr = 0.2126, Kb = 0.0722 for BT.709, cut to 0…1. Sample x of a row is byte
// x mod 4 of the plane's pixel x / 4; chroma sample (x/2, y/2) belongs to pixel (x, y).
func shade(p *media.YUV) *image.RGBA {
	kr, kb := 0.2126, 0.0722
	if p.Matrix == media.MatrixBT601 {
		kr, kb = 0.299, 0.114
	}
	black, lumaSpan, chromaSpan := 16.0, 219.0, 224.0
	if p.Full {
		black, lumaSpan, chromaSpan = 0, 255, 255
	}
	sample := func(plane *image.RGBA, x, y int) float64 { return float64(plane.Pix[y*plane.Stride+x]) }
	level := func(v float64) uint8 { return uint8(min(max(v, 0), 1)*255 + .5) }
	out := image.NewRGBA(image.Rectangle{Max: p.Size})
	for y := range p.Size.Y {
		for x := range p.Size.X {
			l := (sample(p.Y, x, y) - black) / lumaSpan
			r := l + 2*(1-kr)*(sample(p.V, x/2, y/2)-128)/chromaSpan
			b := l + 2*(1-kb)*(sample(p.U, x/2, y/2)-128)/chromaSpan
			g := (l - kr*r - kb*b) / (1 - kr - kb)
			out.SetRGBA(x, y, color.RGBA{level(r), level(g), level(b), 255})
		}
	}
	return out
}

// barColours are the colours of the eight bars.
func barColours() [][3]uint8 {
	return [][3]uint8{{255, 255, 255}, {255, 255, 0}, {0, 255, 255}, {0, 255, 0}, {255, 0, 255}, {255, 0, 0}, {0, 0, 255}, {0, 0, 0}}
}

// bars is a picture of eight bars and how it is coded.
type bars struct {
	program             string
	codec               media.Codec
	matrix, span, pixel string
	size                image.Point
}

// encode codes the picture with its tags.
func (b bars) encode(t *testing.T) []byte {
	t.Helper()
	raw := image.NewRGBA(image.Rectangle{Max: b.size})
	for y := range b.size.Y {
		for x := range b.size.X {
			c := barColours()[x*8/b.size.X]
			raw.SetRGBA(x, y, color.RGBA{c[0], c[1], c[2], 255})
		}
	}
	args := []string{
		"-v", "error", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", b.size.X, b.size.Y), "-i", "-",
		"-frames:v", "1", "-vf", fmt.Sprintf("scale=out_color_matrix=%s:out_range=%s", b.scaleMatrix(), b.span),
		"-pix_fmt", b.pixel, "-colorspace", b.matrix, "-color_range", b.span,
	}
	switch b.codec {
	case media.H265:
		args = append(args, "-c:v", "libx265", "-x265-params", "log-level=none:crf=4:bframes=0", "-f", "hevc")
	case media.H264:
		args = append(args, "-c:v", "libx264", "-crf", "4", "-bf", "0", "-f", "h264")
	default:
		args = append(args, "-c:v", "mjpeg", "-q:v", "1", "-f", "mjpeg")
	}
	return runFFmpeg(t, b.program, raw.Pix, append(args, "-")...)
}

// scaleMatrix is the matrix in the words of ffmpeg's scaler.
func (b bars) scaleMatrix() string {
	if b.matrix == "bt2020nc" {
		return "bt2020"
	}
	return b.matrix
}

// unit cuts the stream into its only access unit.
func (b bars) unit(t *testing.T, stream []byte) [][]byte {
	t.Helper()
	if b.codec == rtsp.MJPEG {
		return [][]byte{stream}
	}
	var nalus h264.AnnexB
	if err := nalus.Unmarshal(stream); err != nil {
		t.Fatal(err)
	}
	return nalus
}

// convert has ffmpeg convert the stream to three bytes a pixel.
func (b bars) convert(t *testing.T, stream []byte) []byte {
	t.Helper()
	format := map[media.Codec]string{media.H264: "h264", media.H265: "hevc", rtsp.MJPEG: "mjpeg"}[b.codec]
	return runFFmpeg(t, b.program, stream, "-v", "error", "-f", format, "-i", "-", "-frames:v", "1",
		"-vf", fmt.Sprintf("scale=in_color_matrix=%s:in_range=%s:flags=bilinear", b.scaleMatrix(), b.span),
		"-pix_fmt", "rgb24", "-f", "rawvideo", "-")
}

func runFFmpeg(t *testing.T, program string, in []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Stdin = bytes.NewReader(in)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("ffmpeg %v: %v: %s", args, err, stderr.String())
	}
	return out.Bytes()
}
