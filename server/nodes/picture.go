package nodes

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"strconv"
	"time"

	"iocwall/server/world"
)

const (
	// maxFull bounds a picture that was asked for, maxSmall one of a stream, in
	// bytes.
	maxFull  = 16 << 20
	maxSmall = 2 << 20
	// maxPNG and maxJPEG bound pictures in pixels: a screen of 7680 × 4320, and one
	// of 3840 × 2160.
	maxPNG  = 7680 * 4320
	maxJPEG = 3840 * 2160
	// oldest and ahead bound when a picture may have been taken: how long it may
	// have been on its way, and how wrong a computer's clock may be.
	oldest = time.Minute
	ahead  = 5 * time.Second
)

// picture is what was read back from one screen.
type picture struct {
	data          []byte // JPEG or PNG, checked
	jpeg          bool
	width, height int
	taken         world.Time
	generation    uint64 // of the wall's switch it shows
}

// image decodes the picture.
func (p picture) image() (image.Image, error) {
	if p.jpeg {
		return jpeg.Decode(bytes.NewReader(p.data))
	}
	return png.Decode(bytes.NewReader(p.data))
}

// age returns how old the picture is.
func (p picture) age(now world.Time) time.Duration { return now.Sub(p.taken) }

// parsePicture checks what a computer of the wall sent as a picture: its size
// before anything is decoded, then all of it.
func parsePicture(data []byte) (picture, error) {
	p := picture{data: data, jpeg: bytes.HasPrefix(data, []byte{0xff, 0xd8})}
	most := maxPNG
	var size image.Config
	var err error
	if p.jpeg {
		most = maxJPEG
		size, err = jpeg.DecodeConfig(bytes.NewReader(data))
	} else {
		size, err = png.DecodeConfig(bytes.NewReader(data))
	}
	switch {
	case err != nil:
		return picture{}, errors.New("the picture is neither PNG nor JPEG, or is damaged")
	case size.Width <= 0 || size.Height <= 0 || size.Width > most/size.Height:
		return picture{}, fmt.Errorf("the picture has %d × %d pixels; send at most %d", size.Width, size.Height, most)
	case p.jpeg && progressive(data):
		return picture{}, errors.New("the picture is a progressive JPEG; send a sequential one")
	case deep(size.ColorModel):
		return picture{}, errors.New("the picture has 16 bits for each colour; send 8")
	}
	p.width, p.height = size.Width, size.Height
	if _, err := p.image(); err != nil {
		return picture{}, errors.New("the picture is damaged or cut off")
	}
	return p, nil
}

// deep reports whether decoding takes twice the memory of a picture of screens.
func deep(m color.Model) bool {
	return m == color.RGBA64Model || m == color.NRGBA64Model || m == color.Gray16Model
}

// progressive reports whether a JPEG is not sequential. Each pass of such a one goes
// over all of the picture and may have but a few bytes, so that a small file takes
// minutes.
func progressive(data []byte) bool {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		switch marker := data[i+1]; {
		case marker == 0xff: // filling
			i++
			continue
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc: // a frame begins
			return marker > 0xc1
		}
		i += 2 + int(binary.BigEndian.Uint16(data[i+2:]))
	}
	return true // no frame was found where it has to be
}

// parseStamps reads when a picture was taken and what it shows.
func parseStamps(h http.Header, now time.Time) (taken world.Time, generation uint64, err error) {
	ms, err := strconv.ParseInt(h.Get("X-Taken"), 10, 64)
	if err != nil {
		return 0, 0, errors.New("the header X-Taken must hold when the picture was taken, in milliseconds by the server's clock")
	}
	if ms < now.Add(-oldest).UnixMilli() || ms > now.Add(ahead).UnixMilli() {
		return 0, 0, errors.New("the picture claims to be more than a minute old, or of the future; is the computer's estimate of the server's clock right?")
	}
	if text := h.Get("X-Generation"); text != "" {
		if generation, err = strconv.ParseUint(text, 10, 64); err != nil {
			return 0, 0, errors.New("the header X-Generation must hold the generation of the wall that the picture shows")
		}
	}
	return world.Time(ms), generation, nil
}
