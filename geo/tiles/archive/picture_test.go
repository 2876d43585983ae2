package archive

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"slices"
	"strings"
	"testing"
)

func TestDecodePicture(t *testing.T) {
	for name, tile := range map[string][]byte{
		"png": pictureOf(t, 256, color.RGBA{255, 255, 255, 255}), "png 512": pictureOf(t, 512, color.White),
		"webp": webpOf(256), "jpeg": jpegOf(t, 256),
	} {
		img, err := DecodePicture(tile)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := color.RGBA{255, 255, 255, 255}
		if name == "jpeg" {
			want = color.RGBA{0, 0, 0, 255}
		}
		if got := img.RGBAAt(img.Rect.Dx()-1, 0); got != want || img.Rect.Min.X != 0 {
			t.Errorf("%s: %v at the corner of %v", name, got, img.Rect)
		}
	}
	half, err := DecodePicture(pictureOf(t, 256, color.NRGBA{200, 100, 0, 128}))
	if err != nil || half.RGBAAt(9, 9) != (color.RGBA{100, 50, 0, 128}) {
		t.Errorf("alpha is not premultiplied: %v, %v", half.RGBAAt(9, 9), err)
	}
}

// extended is a WebP whose canvas is told to be of another size than its pixels.
func extended(canvas uint32, inner []byte) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00")
	out = append(out, byte(canvas-1), byte((canvas-1)>>8), byte((canvas-1)>>16))
	out = append(out, byte(canvas-1), byte((canvas-1)>>8), byte((canvas-1)>>16))
	out = append(out, "ALPH\x01\x00\x00\x00\x00\x00"...)
	out = append(out, inner[12:]...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func TestBrokenPictures(t *testing.T) {
	good := pictureOf(t, 256, color.White)
	large := slices.Clone(good)
	copy(large[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 × 65536; the sum of the header no longer fits
	for _, c := range []struct {
		name string
		tile []byte
		want string
	}{
		{"empty", nil, "it is empty"},
		{"a page", []byte("<html>log in first</html>"), `begins with "<html>log in fir"`},
		{"half a png", good[:len(good)/2], "broken png"},
		{"head of a png", good[:8], "broken png"},
		{"lying png", large, "broken png"},
		{"oblong", sized(t, 256, 128, color.White), "256 × 128"},
		{"too large", sized(t, 2049, 2049, color.White), "2049 × 2049"},
		{"half a jpeg", jpegOf(t, 256)[:200], "broken jpeg"},
		{"half a webp", webpOf(256)[:22], "broken webp"},
		{"too large webp", webpOf(9000), "9000 × 9000"},
		{"webp with a large canvas", extended(1<<24, webpOf(256)), "broken webp"},
		{"webp with a small canvas", extended(16, webpOf(256)), "16 × 16 and of 256 × 256"},
		{"webp without picture", webpOf(256)[:12], "no still picture"},
	} {
		if img, err := DecodePicture(c.tile); err == nil || img != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzPicture(f *testing.F) {
	f.Add(pictureOf(f, 16, color.White))
	f.Add(jpegOf(f, 16))
	f.Add(webpOf(16))
	f.Add(extended(16, webpOf(16)))
	f.Fuzz(func(t *testing.T, tile []byte) {
		img, err := DecodePicture(bytes.Clone(tile))
		if err == nil && (img.Rect.Dx() != img.Rect.Dy() || img.Rect.Dx() > maxSide || len(img.Pix) != 4*img.Rect.Dx()*img.Rect.Dy()) {
			t.Fatalf("a picture of %v with %d bytes", img.Rect, len(img.Pix))
		}
	})
}
