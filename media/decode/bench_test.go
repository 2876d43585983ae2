package decode_test

import (
	"fmt"
	"image"
	"testing"

	"iocwall/media"
)

// BenchmarkRender makes pictures of one decoded picture, at its size and smaller.
func BenchmarkRender(b *testing.B) {
	for _, size := range []image.Point{{1920, 1080}, {640, 360}} {
		opts := short(media.H264, 0)
		opts.Width, opts.Height = size.X, size.Y
		clip := newClip(b, opts)
		d := open(b, media.H264, nil)
		defer d.Close()
		if _, ok, err := d.Decode(clip.Units()[0], 0); err != nil || !ok {
			b.Fatal(ok, err)
		}
		for _, v := range []media.View{
			{Size: size},
			{Size: image.Pt(640, 360)},
			{Size: image.Pt(480, 270)},
			{Size: size, Part: media.Part{X0: .25, Y0: .25, X1: .75, Y1: .75}},
			{Size: size, Layout: media.LayoutYUV},
			{Size: image.Pt(480, 270), Layout: media.LayoutYUV},
		} {
			b.Run(fmt.Sprintf("%d/to%dx%d%s/%v", size.Y, v.Size.X, v.Size.Y, v.Layout, v.Part.Whole()), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := d.Render(v); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
