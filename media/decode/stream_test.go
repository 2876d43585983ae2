package decode_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/rtsp"
)

// TestPrintsTellPicturesApart decodes a clip twice, in other views: equal pictures have equal prints, and the frames of a
// noisy scene all have different ones.
func TestPrintsTellPicturesApart(t *testing.T) {
	for _, codec := range codecs {
		clip := newClip(t, short(codec, 0))
		var prints [2][]uint64
		for round := range prints {
			d := open(t, codec, nil)
			for i, unit := range clip.Units() {
				pic, ok, err := step(d, unit, 0, image.Pt(100*round, 50*round))
				if err != nil || !ok || pic.Print == 0 {
					t.Fatalf("%s: unit %d: %v, %v, print %d", codec, i, ok, err, pic.Print)
				}
				prints[round] = append(prints[round], pic.Print)
			}
			d.Close()
		}
		seen := map[uint64]int{}
		for i, p := range prints[0] {
			if prints[1][i] != p {
				t.Errorf("%s: frame %d has two prints", codec, i)
			}
			if j, ok := seen[p]; ok {
				t.Errorf("%s: frames %d and %d have one print", codec, i, j)
			}
			seen[p] = i
		}
	}
}

// TestPrintOfAStandingPicture feeds the same JPEG again: nothing in the picture changed.
func TestPrintOfAStandingPicture(t *testing.T) {
	units := jpegUnits(t)
	d := open(t, rtsp.MJPEG, nil)
	defer d.Close()
	var last uint64
	for i := range 5 {
		pic, ok, err := step(d, units[0], time.Duration(i), image.Pt(64, 48))
		if err != nil || !ok || i > 0 && pic.Print != last {
			t.Fatalf("picture %d: %v, %v, print %x after %x", i, ok, err, pic.Print, last)
		}
		last = pic.Print
	}
	if pic, ok, err := step(d, units[1], 9, image.Pt(64, 48)); err != nil || !ok || pic.Print == last {
		t.Errorf("the next picture: %v, %v, print %x as before", ok, err, pic.Print)
	}
}

// jpegUnits are the pictures of the self-test's stream.
func jpegUnits(t *testing.T) [][][]byte {
	t.Helper()
	stream, err := os.ReadFile("testdata/sample.mjpeg")
	if err != nil {
		t.Fatal(err)
	}
	var out [][][]byte
	for part := range bytes.SplitAfterSeq(stream, []byte{0xFF, 0xD9}) {
		if len(part) > 0 {
			out = append(out, [][]byte{part})
		}
	}
	return out
}

// TestReorderedPictures holds that each B-frame comes out in its place, none lost, with the time of the unit that carried
// it, although the decoder is told to delay nothing. The counters in the pictures say which picture it is, the times which
// unit it came in.
func TestReorderedPictures(t *testing.T) {
	for _, codec := range codecs {
		for _, bframes := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("%s/b%d", codec, bframes), func(t *testing.T) {
				clip := newClip(t, short(codec, bframes))
				d := open(t, codec, nil)
				defer d.Close()
				frames, early, late, last := 0, 0, 0, -1
				carried := map[time.Duration]bool{}
				for i, unit := range clip.Units() {
					pic, ok, err := step(d, unit, time.Duration(i), image.Pt(640, 360))
					if err != nil {
						t.Fatalf("unit %d: %v", i, err)
					}
					if !ok {
						continue
					}
					frames += pic.Frames
					n, read := mediatest.ReadCounter(pic.img)
					if !read || n <= last || carried[pic.PTS] {
						t.Errorf("unit %d: counter %d (%v) after %d, carried by unit %d", i, n, read, last, pic.PTS)
					}
					last = n
					carried[pic.PTS] = true
					switch by := int(pic.PTS) - n; {
					case by > 2 || by < -bframes:
						t.Errorf("frame %d has the time of unit %d", n, pic.PTS)
					case by > 0: // a B-frame comes after the frames that it looks ahead to, two in a pyramid
						late++
					case by < 0:
						early++
					}
				}
				if want := clip.Frames() - bframes - 1; frames < want || early == 0 || late == 0 {
					t.Errorf("%d pictures came out of %d units; %d came early, %d late", frames, clip.Frames(), early, late)
				}
			})
		}
	}
}

// TestWhereParameterSetsCome feeds streams whose parameter sets are in the session description only, in-band only, in both
// places, and described wrongly but right in-band.
func TestWhereParameterSetsCome(t *testing.T) {
	for _, codec := range codecs {
		clip := newClip(t, short(codec, 0))
		bare := make([][][]byte, clip.Frames())
		for i, unit := range clip.Units() {
			for _, n := range unit {
				if !rtsp.IsParameterSet(codec, n) {
					bare[i] = append(bare[i], n)
				}
			}
		}
		garbage := [][]byte{append([]byte{clip.Parameters()[0][0]}, bytes.Repeat([]byte{0xAB}, 30)...)}
		for _, c := range []struct {
			name   string
			params [][]byte
			units  [][][]byte
		}{
			{"description", clip.Parameters(), bare},
			{"in-band", nil, clip.Units()},
			{"both", clip.Parameters(), clip.Units()},
			{"wrong description", garbage, clip.Units()},
		} {
			d := open(t, codec, c.params)
			for i, unit := range c.units[:10] {
				pic, ok, err := step(d, unit, 0, image.Pt(320, 180))
				if err != nil || !ok {
					t.Fatalf("%s: %s: unit %d: %v, %v", codec, c.name, i, ok, err)
				}
				if n, read := mediatest.ReadCounter(pic.img); !read || n != i {
					t.Fatalf("%s: %s: unit %d shows %d, %v", codec, c.name, i, n, read)
				}
			}
			d.Close()
		}
	}
}

// TestDamagedJPEGs cuts JPEGs short and blots parts out: they are errors, and the next whole one is fine.
func TestDamagedJPEGs(t *testing.T) {
	units := jpegUnits(t)
	jpeg := units[0][0]
	end := []byte{0xFF, 0xD9}
	random := rand.New(rand.NewPCG(5, 6))
	d := open(t, rtsp.MJPEG, nil)
	defer d.Close()
	damage := map[string][][]byte{
		"no end":      {jpeg[:len(jpeg)/2]},
		"no start":    {jpeg[2:]},
		"nothing":     {{}},
		"two parts":   {jpeg, jpeg},
		"only an end": {end},
		"empty":       {append([]byte{0xFF, 0xD8}, end...)},
	}
	for range 20 {
		at := 700 + random.IntN(len(jpeg)-1000)
		damage[fmt.Sprintf("cut at %d", at)] = [][]byte{append(bytes.Clone(jpeg[:at]), end...)}
	}
	for name, unit := range damage {
		if _, ok, err := step(d, unit, 0, image.Pt(64, 48)); err == nil || ok {
			t.Errorf("%s: a damaged JPEG was taken (%v)", name, ok)
		}
		pic, ok, err := step(d, units[1], 7, image.Pt(320, 240))
		if err != nil || !ok || pic.PTS != 7 || pic.Source != image.Pt(320, 240) {
			t.Fatalf("after %s: %v, %v, %v", name, pic, ok, err)
		}
	}
	if _, ok, err := step(d, [][]byte{{0xFF, 0xD8}}, 0, image.Pt(9, 9)); ok || !errors.Is(err, decode.ErrCorrupt) {
		t.Errorf("a torso: %v, %v", ok, err)
	}
	// What fills a hole may be codes too, so it does not always show (packets are counted for that); no harm may come of it.
	for range 40 {
		hole := bytes.Clone(jpeg)
		at := 700 + random.IntN(len(jpeg)-1000)
		for i := range hole[at : at+200] {
			hole[at+i] = byte(random.Uint32())
		}
		if _, ok, err := step(d, [][]byte{hole}, 0, image.Pt(64, 48)); ok == (err != nil) {
			t.Errorf("hole at %d: %v, %v", at, ok, err)
		}
		if _, ok, err := step(d, units[1], 0, image.Pt(64, 48)); err != nil || !ok {
			t.Errorf("after a hole at %d: %v, %v", at, ok, err)
		}
	}
	padded := append(bytes.Clone(jpeg), 0, 0, 0, 0)
	if _, ok, err := step(d, [][]byte{padded}, 0, image.Pt(9, 9)); err != nil || !ok {
		t.Errorf("a JPEG padded with zeros: %v, %v", ok, err)
	}
}
