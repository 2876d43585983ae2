package decode_test

import (
	"bytes"
	"image"
	"math"
	"strings"
	"testing"

	"iocwall/media"
	"iocwall/media/mediatest"
)

// decoded returns a decoder that holds the first picture of a clip, and the clip.
func decoded(t *testing.T, opts mediatest.ClipOptions) (media.Decoder, *mediatest.Clip) {
	t.Helper()
	clip := newClip(t, opts)
	d := open(t, opts.Codec, nil)
	t.Cleanup(d.Close)
	if _, ok, err := d.Decode(clip.Units()[0], 0); err != nil || !ok {
		t.Fatal(ok, err)
	}
	return d, clip
}

func render(t *testing.T, d media.Decoder, v media.View) media.Picture {
	t.Helper()
	pic, err := d.Render(v)
	if err != nil {
		t.Fatalf("%+v: %v", v, err)
	}
	return pic
}

// TestPartsAreCutOutOfThePicture compares parts with the same place of the whole picture, in both layouts.
func TestPartsAreCutOutOfThePicture(t *testing.T) {
	d, _ := decoded(t, short(media.H264, 0)) // 640×360
	all := render(t, d, media.View{Size: image.Pt(640, 360)}).RGBA
	for _, c := range []struct {
		part media.Part
		want image.Rectangle
	}{
		{media.Part{X0: 0, Y0: 0, X1: .5, Y1: .5}, image.Rect(0, 0, 320, 180)},
		{media.Part{X0: .5, Y0: .5, X1: 1, Y1: 1}, image.Rect(320, 180, 640, 360)},
		{media.Part{X0: .25, Y0: .1, X1: .75, Y1: .6}, image.Rect(160, 36, 480, 216)},
		// Not on the border of a chroma sample: the nearest one, the same from both sides.
		{media.Part{X0: 0, Y0: 0, X1: 101. / 640, Y1: 1}, image.Rect(0, 0, 102, 360)},
		{media.Part{X0: 101. / 640, Y0: 0, X1: 1, Y1: 1}, image.Rect(102, 0, 640, 360)},
	} {
		size := c.want.Size()
		got := render(t, d, media.View{Size: size, Part: c.part}).RGBA
		want := all.SubImage(c.want).(*image.RGBA)
		if diff := meanDifference(got, want); diff > .5 {
			t.Errorf("%+v: mean difference to %v of the whole picture is %.2f", c.part, c.want, diff)
		}
		planes := render(t, d, media.View{Size: size, Part: c.part, Layout: media.LayoutYUV}).YUV
		if planes.Size != size {
			t.Errorf("%+v: planes of %v, want %v", c.part, planes.Size, size)
		} else if diff := meanDifference(shade(planes), want); diff > 2 {
			t.Errorf("%+v: mean difference of the planes to %v of the whole picture is %.2f", c.part, c.want, diff)
		}
	}
}

// meanDifference returns by how many levels two pictures of one size differ.
func meanDifference(a, b *image.RGBA) float64 {
	size := a.Rect.Size()
	if size != b.Rect.Size() {
		return math.Inf(1)
	}
	sum := 0
	for y := range size.Y {
		for x := range 4 * size.X {
			p, q := int(a.Pix[y*a.Stride+x]), int(b.Pix[y*b.Stride+x])
			sum += max(p-q, q-p)
		}
	}
	return float64(sum) / float64(4*size.X*size.Y)
}

func TestPartsThatAreNone(t *testing.T) {
	d, _ := decoded(t, short(media.H264, 0))
	for _, p := range []media.Part{
		{X0: -.1, Y0: 0, X1: 1, Y1: 1},
		{X0: 0, Y0: 0, X1: 1.01, Y1: 1},
		{X0: .6, Y0: 0, X1: .4, Y1: 1},
		{X0: 0, Y0: .5, X1: 1, Y1: .5},
		{X0: math.NaN(), Y0: 0, X1: 1, Y1: 1},
		{X0: 0, Y0: 0, X1: math.Inf(1), Y1: 1},
	} {
		_, err := d.Render(media.View{Size: image.Pt(64, 36), Part: p})
		if err == nil || !strings.Contains(err.Error(), "not inside the picture") {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if _, err := d.Render(media.View{Size: image.Pt(64, 36), Layout: "nv12"}); err == nil || !strings.Contains(err.Error(), "nv12") {
		t.Errorf("an unknown layout: %v", err)
	}
}

// TestOddSizes makes pictures of sizes for which the fast code leaves columns and rows out: their last column and row must
// be of the picture.
func TestOddSizes(t *testing.T) {
	d, _ := decoded(t, short(media.H264, 0))
	all := render(t, d, media.View{Size: image.Pt(640, 360)}).RGBA
	for _, size := range []image.Point{{333, 187}, {335, 186}, {639, 359}, {641, 361}, {17, 9}, {1001, 563}} {
		img := render(t, d, media.View{Size: size}).RGBA
		for _, at := range []image.Point{{0, 0}, {size.X - 1, 0}, {0, size.Y - 1}, {size.X - 1, size.Y - 1}, {size.X - 1, size.Y / 2}} {
			from := image.Pt((at.X*2+1)*640/(size.X*2), (at.Y*2+1)*360/(size.Y*2))
			got, want := img.RGBAAt(at.X, at.Y), all.RGBAAt(from.X, from.Y)
			if off(got.R, want.R) > 60 || off(got.G, want.G) > 60 || off(got.B, want.B) > 60 || got.A != 255 {
				t.Errorf("%v: pixel %v is %v, in the picture %v", size, at, got, want)
			}
		}
		checkPicture(t, d, media.View{Size: size, Layout: media.LayoutYUV})
	}
}

func off(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

// TestPlanes holds when planes are kept as decoded, when they are scaled, and what their padding is.
func TestPlanes(t *testing.T) {
	opts := short(media.H264, 0)
	opts.Width, opts.Height = 638, 358 // chroma of 319×179
	d, _ := decoded(t, opts)
	for _, c := range []struct{ view, want image.Point }{
		{image.Pt(638, 358), image.Pt(638, 358)},
		{image.Pt(2000, 1000), image.Pt(638, 358)},
		{image.Pt(560, 300), image.Pt(638, 358)},
		{image.Pt(320, 180), image.Pt(320, 180)},
		{image.Pt(101, 57), image.Pt(101, 57)},
	} {
		v := media.View{Size: c.view, Layout: media.LayoutYUV}
		checkPicture(t, d, v)
		got := render(t, d, v).YUV
		if got.Size != c.want || got.Matrix != media.MatrixBT709 || got.Full {
			t.Errorf("%v: planes of %v, %s, full %v; want %v", c.view, got.Size, got.Matrix, got.Full, c.want)
		}
		for _, p := range []struct {
			plane   *image.RGBA
			samples int
		}{{got.Y, c.want.X}, {got.U, (c.want.X + 1) / 2}, {got.V, (c.want.X + 1) / 2}} {
			for y := range p.plane.Rect.Dy() {
				row := p.plane.Pix[y*p.plane.Stride : (y+1)*p.plane.Stride]
				if pad := row[p.samples:]; !bytes.Equal(pad, bytes.Repeat(row[p.samples-1:p.samples], len(pad))) {
					t.Fatalf("%v: row %d ends in %v, not padded with its last sample", c.view, y, row[p.samples-1:])
				}
			}
		}
		small := render(t, d, media.View{Size: c.want}).RGBA
		if diff := meanDifference(shade(got), small); diff > 2 {
			t.Errorf("%v: mean difference of planes to RGBA is %.2f", c.view, diff)
		}
	}
}

// TestManyViewsOfOnePicture holds that views do not disturb each other, more of them than scalers are kept.
func TestManyViewsOfOnePicture(t *testing.T) {
	d, clip := decoded(t, short(media.H264, 0))
	var views []media.View
	for i := range 20 {
		v := media.View{Size: image.Pt(100+16*i, 60+9*i)}
		if i%3 == 0 {
			v.Layout = media.LayoutYUV
		}
		if i%2 == 0 {
			v.Part = media.Part{X0: .1, Y0: .2, X1: .8, Y1: .9}
		}
		views = append(views, v)
	}
	first := make([]media.Picture, len(views))
	for i, v := range views {
		first[i] = render(t, d, v)
	}
	for i, v := range views {
		if again := render(t, d, v); !samePicture(first[i], again) {
			t.Errorf("%+v: the picture changed on rendering it again", v)
		}
	}
	if _, ok, err := d.Decode(clip.Units()[1], 0); !ok {
		t.Fatal(err)
	}
	for i, v := range views {
		if next := render(t, d, v); samePicture(first[i], next) {
			t.Errorf("%+v: the next picture looks the same", v)
		}
	}
}

func samePicture(a, b media.Picture) bool {
	if a.RGBA != nil {
		return bytes.Equal(a.RGBA.Pix, b.RGBA.Pix)
	}
	return bytes.Equal(a.YUV.Y.Pix, b.YUV.Y.Pix) && bytes.Equal(a.YUV.U.Pix, b.YUV.U.Pix) && bytes.Equal(a.YUV.V.Pix, b.YUV.V.Pix)
}
