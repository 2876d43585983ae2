package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

const maxSide = 2048 // pixels a side of a tile

// DecodePicture decodes a tile in PNG, JPEG or WebP, whichever it is. Tiles are
// square; one of more than 2048 pixels a side is refused before anything of that
// size is made. The picture belongs to the caller.
func DecodePicture(tile []byte) (img *image.RGBA, err error) {
	// A decoder that stumbles over a broken tile must not end the wall.
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, fmt.Errorf("its decoder gave up: %v", r)
		}
	}()
	format, w, h, err := measure(tile)
	if err != nil {
		return nil, err
	}
	if w < 1 || w != h || w > maxSide {
		return nil, fmt.Errorf("it is %d × %d pixels; tiles are square and of at most %d", w, h, maxSide)
	}
	var decoded image.Image
	switch format {
	case PNG:
		decoded, err = png.Decode(bytes.NewReader(tile))
	case JPEG:
		decoded, err = jpeg.Decode(bytes.NewReader(tile))
	default:
		decoded, err = webp.Decode(bytes.NewReader(tile))
	}
	if err != nil {
		return nil, fmt.Errorf("it is a broken %s picture: %w", format, err)
	}
	if b := decoded.Bounds(); b.Dx() != w || b.Dy() != h {
		return nil, fmt.Errorf("it says %d × %d pixels and has %d × %d", w, h, b.Dx(), b.Dy())
	}
	if whole, ok := decoded.(*image.RGBA); ok && whole.Rect.Min == (image.Point{}) {
		return whole, nil
	}
	img = image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, decoded, decoded.Bounds().Min, draw.Src)
	return img, nil
}

// measure returns format and size of a picture without decoding it.
func measure(tile []byte) (f Format, w, h int, err error) {
	var c image.Config
	switch {
	case bytes.HasPrefix(tile, []byte("\x89PNG\r\n\x1a\n")):
		f = PNG
		c, err = png.DecodeConfig(bytes.NewReader(tile))
	case bytes.HasPrefix(tile, []byte{0xff, 0xd8}):
		f = JPEG
		c, err = jpeg.DecodeConfig(bytes.NewReader(tile))
	case len(tile) >= 12 && string(tile[:4]) == "RIFF" && string(tile[8:12]) == "WEBP":
		f = WebP
		c.Width, c.Height, err = measureWebP(tile)
	case len(tile) == 0:
		err = errors.New("it is empty")
	default:
		return "", 0, 0, fmt.Errorf("it is neither png, jpeg nor webp; it begins with %q", tile[:min(16, len(tile))])
	}
	if err != nil {
		return f, 0, 0, fmt.Errorf("it is a broken %s picture: %w", f, err)
	}
	return f, c.Width, c.Height, nil
}

// measureWebP looks into each part of a WebP picture, because its canvas, its alpha
// and its pixels each have a size, and the decoder believes all of them.
func measureWebP(tile []byte) (w, h int, err error) {
	found := false
	for rest := tile[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		if size > len(body) {
			return 0, 0, fmt.Errorf("its part %q breaks off", name)
		}
		pw, ph := 0, 0
		switch {
		case name == "VP8 " && size >= 10:
			pw = int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff)
			ph = int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
			found = true
		case name == "VP8L" && size >= 5:
			bits := binary.LittleEndian.Uint32(body[1:])
			pw, ph = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
			found = true
		case name == "VP8X" && size >= 10:
			pw = 1 + int(body[4]) + int(body[5])<<8 + int(body[6])<<16
			ph = 1 + int(body[7]) + int(body[8])<<8 + int(body[9])<<16
		}
		if w == 0 {
			w, h = pw, ph
		}
		if pw != 0 && (pw != w || ph != h) {
			return 0, 0, fmt.Errorf("its parts are of %d × %d and of %d × %d pixels", w, h, pw, ph)
		}
		rest = body[min(len(body), size+size&1):]
	}
	if !found {
		return 0, 0, errors.New("it has no still picture")
	}
	return w, h, nil
}
