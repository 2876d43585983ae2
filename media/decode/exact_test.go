package decode_test

import (
	"bytes"
	"fmt"
	"image"
	"os/exec"
	"testing"
	"time"

	"iocwall/media"
)

// TestPicturesAreFFmpegsToTheBit decodes pictures that are too small for huge pages, that share one, and that fill
// several, one size after the other in one decoder, and compares each sample with what the ffmpeg program decodes.
func TestPicturesAreFFmpegsToTheBit(t *testing.T) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed: ", err)
	}
	for _, codec := range codecs {
		t.Run(string(codec), func(t *testing.T) {
			d := open(t, codec, nil)
			defer d.Close()
			for _, size := range []image.Point{{640, 360}, {320, 180}, {1366, 768}, {1920, 1080}, {638, 358}} {
				opts := short(codec, 0)
				opts.Width, opts.Height, opts.Length = size.X, size.Y, 400*time.Millisecond
				units := newClip(t, opts).Units()
				peer := raw(t, program, codec, units)
				if want := len(units) * size.X * size.Y * 3 / 2; len(peer) != want {
					t.Fatalf("%v: ffmpeg gave %d bytes, want %d", size, len(peer), want)
				}
				for i, unit := range units {
					if _, ok, err := d.Decode(unit, 0); err != nil || !ok {
						t.Fatalf("%v: unit %d: %v, %v", size, i, ok, err)
					}
					pic, err := d.Render(media.View{Size: size, Layout: media.LayoutYUV})
					if err != nil {
						t.Fatal(err)
					}
					peer = samePlane(t, fmt.Sprintf("%v: picture %d: Y", size, i), pic.YUV.Y, size, peer)
					half := size.Div(2)
					peer = samePlane(t, fmt.Sprintf("%v: picture %d: U", size, i), pic.YUV.U, half, peer)
					peer = samePlane(t, fmt.Sprintf("%v: picture %d: V", size, i), pic.YUV.V, half, peer)
				}
			}
		})
	}
}

// samePlane compares a plane with the samples at the beginning of peer and returns those behind them.
func samePlane(t *testing.T, what string, plane *image.RGBA, size image.Point, peer []byte) []byte {
	t.Helper()
	for y := range size.Y {
		if !bytes.Equal(plane.Pix[y*plane.Stride:][:size.X], peer[y*size.X:][:size.X]) {
			t.Fatalf("%s: row %d differs", what, y)
		}
	}
	return peer[size.X*size.Y:]
}

// raw has ffmpeg decode units to planes of 4:2:0, one picture after the other.
func raw(t *testing.T, program string, codec media.Codec, units [][][]byte) []byte {
	t.Helper()
	var stream, stderr bytes.Buffer
	for _, unit := range units {
		for _, nalu := range unit {
			stream.Write([]byte{0, 0, 0, 1})
			stream.Write(nalu)
		}
	}
	format := "h264"
	if codec == media.H265 {
		format = "hevc"
	}
	cmd := exec.Command(program, "-v", "error", "-f", format, "-i", "-", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
	cmd.Stdin, cmd.Stderr = &stream, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, stderr.String())
	}
	return out
}
