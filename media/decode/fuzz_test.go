package decode_test

import (
	"bytes"
	"context"
	"image"
	"math"
	"os"
	"testing"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/rtsp"
)

// FuzzDecode feeds what a hostile camera may send, and renders what comes out in both layouts.
func FuzzDecode(f *testing.F) {
	for i, codec := range codecs {
		if clip, err := mediatest.NewClip(context.Background(), short(codec, 0)); err == nil {
			for _, unit := range clip.Units()[:3] {
				f.Add(uint8(i), bytes.Join(unit, []byte{0, 0, 0, 1}))
			}
		}
	}
	if jpegs, err := os.ReadFile("testdata/sample.mjpeg"); err == nil {
		f.Add(uint8(2), jpegs[:bytes.Index(jpegs, []byte{0xFF, 0xD9})+2])
	}
	f.Add(uint8(0), []byte{0x67, 0x42, 0, 30})
	f.Add(uint8(1), []byte{0x40, 1, 12})
	f.Add(uint8(2), []byte{0xFF, 0xD8, 0xFF, 0xD9})
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		codec := []media.Codec{media.H264, media.H265, rtsp.MJPEG}[kind%3]
		d, err := decode.New(media.DecoderOptions{Codec: codec, Parameters: [][]byte{data}})
		if err != nil {
			return
		}
		defer d.Close()
		unit := bytes.Split(data, []byte{0, 0, 0, 1})
		if codec == rtsp.MJPEG {
			unit = [][]byte{data}
		}
		for range 2 {
			pic, ok, err := step(d, unit, 0, image.Pt(64, 36))
			if !ok {
				continue
			}
			if err != nil || pic.img == nil || pic.Source.X <= 0 || pic.Print == 0 {
				t.Fatalf("inconsistent result: %v %v", pic, err)
			}
			v := media.View{Size: image.Pt(31, 17), Part: media.Part{X0: .3, Y0: .3, X1: .31, Y1: .9}, Layout: media.LayoutYUV}
			if _, err := d.Render(v); err != nil {
				t.Fatalf("a picture of %v has no part: %v", pic.Source, err)
			}
		}
	})
}

// FuzzRender asks for any part in any size: a picture of that size, or an error.
func FuzzRender(f *testing.F) {
	jpegs, err := os.ReadFile("testdata/sample.mjpeg")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint16(64), uint16(36), 0., 0., 1., 1., false)
	f.Add(uint16(7), uint16(5), .25, .25, .75, .75, true)
	f.Add(uint16(1), uint16(1), .999999, .999999, 1., 1., true)
	f.Add(uint16(1), uint16(1), 0., 0., 1e-300, 1e-300, false)
	f.Add(uint16(0), uint16(9), -.1, 2., math.NaN(), math.Inf(1), false)
	f.Fuzz(func(t *testing.T, w, h uint16, x0, y0, x1, y1 float64, yuv bool) {
		d, err := decode.New(media.DecoderOptions{Codec: rtsp.MJPEG})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		end := bytes.Index(jpegs, []byte{0xFF, 0xD9}) + 2
		if _, ok, err := d.Decode([][]byte{jpegs[:end]}, 0); !ok {
			t.Fatal(err)
		}
		v := media.View{Size: image.Pt(int(w%700), int(h%500)), Part: media.Part{X0: x0, Y0: y0, X1: x1, Y1: y1}}
		if yuv {
			v.Layout = media.LayoutYUV
		}
		checkPicture(t, d, v)
	})
}

// checkPicture renders a view and holds what Picture promises.
func checkPicture(t *testing.T, d media.Decoder, v media.View) {
	t.Helper()
	pic, err := d.Render(v)
	p := v.Part
	good := !v.Empty() && (p.Whole() || p.X0 >= 0 && p.Y0 >= 0 && p.X1 <= 1 && p.Y1 <= 1 && p.X0 < p.X1 && p.Y0 < p.Y1)
	if good != (err == nil) {
		t.Fatalf("%+v: %v", v, err)
	}
	switch {
	case err != nil:
		if pic.RGBA != nil || pic.YUV != nil || len(err.Error()) < 20 {
			t.Fatalf("%+v: %v beside an error: %v", v, pic, err)
		}
	case v.Layout == media.LayoutRGBA:
		if pic.YUV != nil || !whole(pic.RGBA, v.Size) {
			t.Fatalf("%+v: %v", v, pic.RGBA.Rect)
		}
	default:
		y := pic.YUV
		if pic.RGBA != nil || y.Size.X < 1 || y.Size.Y < 1 ||
			y.Size.X > v.Size.X+v.Size.X/4 || y.Size.Y > v.Size.Y+v.Size.Y/4 ||
			!whole(y.Y, image.Pt((y.Size.X+3)/4, y.Size.Y)) ||
			!whole(y.U, image.Pt(((y.Size.X+1)/2+3)/4, (y.Size.Y+1)/2)) || !whole(y.V, y.U.Rect.Max) {
			t.Fatalf("%+v: planes of %v in %v, %v, %v", v, y.Size, y.Y.Rect, y.U.Rect, y.V.Rect)
		}
	}
}

// whole reports whether an image has this size and is packed.
func whole(img *image.RGBA, size image.Point) bool {
	return img != nil && img.Rect == image.Rectangle{Max: size} && img.Stride == 4*size.X && len(img.Pix) == 4*size.X*size.Y
}
