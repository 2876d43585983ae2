package decode_test

import (
	"bytes"
	"errors"
	"image"
	"os/exec"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/rtsp"
)

// pictures decodes units that are whole.
func pictures(t *testing.T, codec media.Codec, units [][][]byte, size image.Point) [][]byte {
	t.Helper()
	d := open(t, codec, nil)
	defer d.Close()
	var out [][]byte
	for i, u := range units {
		pic, ok, err := step(d, u, 0, size)
		if err != nil || !ok {
			t.Fatalf("unit %d: %v, %v", i, ok, err)
		}
		out = append(out, bytes.Clone(pic.img.Pix))
	}
	return out
}

// TestCutSlicesOfH265 cuts a part off the end of each unit in turn, which libavcodec conceals without a word. Of a stream as
// cameras send it nothing comes out; of pictures that hardly need any bits some do, with one part in fifty wrong at most.
func TestCutSlicesOfH265(t *testing.T) {
	size := image.Pt(640, 360)
	for name, c := range map[string]struct {
		scene   mediatest.Scene
		quality int
		missed  int // of a hundred
	}{"as cameras send it": {mediatest.Sea, 16, 0}, "a counter alone, next to no bits": {mediatest.Calm, 0, 30}} {
		t.Run(name, func(t *testing.T) {
			units := newClip(t, mediatest.ClipOptions{
				Scene: c.scene, Codec: media.H265, Width: size.X, Height: size.Y, FPS: 25, Length: 2 * time.Second, KeyEvery: time.Second,
				Quality: c.quality, Counter: true,
			}).Units()
			whole := pictures(t, media.H265, units, size)
			d := open(t, media.H265, nil)
			defer d.Close()
			cuts, missed := 0, 0
			for i, u := range units {
				for _, part := range []int{2, 3, 4, 6} {
					for _, before := range units[i/25*25 : i] {
						if _, _, err := d.Decode(before, 0); err != nil {
							t.Fatal(err)
						}
					}
					cut := append([][]byte{}, u...)
					last := cut[len(cut)-1]
					cut[len(cut)-1] = last[:len(last)-len(last)/part]
					cuts++
					pic, ok, err := step(d, cut, 0, size)
					if err != nil {
						if !errors.Is(err, decode.ErrCorrupt) {
							t.Fatalf("unit %d: %v", i, err)
						}
						continue
					}
					if !ok {
						t.Fatalf("unit %d: neither a picture nor an error", i)
					}
					wrong := 0
					for p := range pic.img.Pix {
						if d := int(pic.img.Pix[p]) - int(whole[i][p]); d < -24 || d > 24 {
							wrong++
						}
					}
					if wrong > 0 {
						missed++
					}
					if wrong > len(pic.img.Pix)/50 {
						t.Errorf("unit %d of %d bytes without 1/%d: a picture with %d of %d values wrong", i, len(last), part, wrong, len(pic.img.Pix))
					}
				}
			}
			t.Logf("%d units cut, %d not refused", cuts, missed)
			if missed*100 > c.missed*cuts {
				t.Errorf("%d of %d pictures that came out are damaged", missed, cuts)
			}
		})
	}
}

// TestPicturesMadeFromMissingOnesAreRefused leaves out whole units: what is shown before the next key frame must be right.
func TestPicturesMadeFromMissingOnesAreRefused(t *testing.T) {
	for _, codec := range codecs {
		for name, gone := range map[string]int{"a picture": 10, "a key frame": 25} {
			t.Run(string(codec)+"/"+name, func(t *testing.T) {
				units := newClip(t, short(codec, 0)).Units()
				size := image.Pt(640, 360)
				whole := pictures(t, codec, units, size)
				d := open(t, codec, nil)
				defer d.Close()
				waiting, shown := false, 0
				for i, u := range units {
					if i == gone || waiting && !rtsp.IsKey(codec, u) {
						continue
					}
					waiting = false
					pic, ok, err := step(d, u, 0, size)
					switch {
					case err != nil:
						if !errors.Is(err, media.ErrMissing) || i != gone+1 {
							t.Errorf("unit %d: %v", i, err)
						}
						waiting = true
					case !ok || !bytes.Equal(pic.img.Pix, whole[i]):
						t.Fatalf("unit %d: a wrong picture, %v", i, ok)
					default:
						shown++
					}
				}
				// The clip has key frames at 0 and 25.
				if want := map[int]int{10: 35, 25: 25}[gone]; shown != want {
					t.Errorf("%d pictures shown, want %d", shown, want)
				}
			})
		}
	}
}

// TestReferencesNobodyNeeds joins a stream of H.265 at a clean random access picture: what comes behind it names pictures
// before it, and those in front of it in time need them. All others are shown.
func TestReferencesNobodyNeeds(t *testing.T) {
	stream, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x184:rate=25", "-frames:v", "100",
		"-pix_fmt", "yuv420p", "-c:v", "libx265", "-preset", "veryfast", "-f", "hevc", "-x265-params",
		"log-level=none:aud=1:wpp=0:keyint=25:min-keyint=25:scenecut=0:open-gop=1:repeat-headers=1:bframes=3:ref=4", "-").Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	units := accessUnits(stream)
	clean := 0
	for i, u := range units {
		if !rtsp.IsKey(media.H265, u) {
			continue
		}
		if i > 0 {
			clean++
		}
		d := open(t, media.H265, nil)
		shown := 0
		for n, u := range units[i:] {
			_, ok, err := step(d, u, 0, image.Pt(320, 184))
			if err != nil {
				t.Errorf("joined at %d, unit %d: %v", i, i+n, err)
			}
			if ok {
				shown++
			}
		}
		// Up to three pictures in front of the first one are not decoded, and some are held back for their order.
		if left := len(units[i:]) - shown; left > 8 {
			t.Errorf("joined at %d: %d of %d pictures are not shown", i, left, len(units[i:]))
		}
		d.Close()
	}
	if clean < 3 {
		t.Fatalf("%d of %d units can be joined at: the test proves nothing", clean, len(units))
	}
}

// accessUnits cuts a stream of H.265 with start codes at its delimiters (ITU-T H.265, 7.4.2.4.4 and B.1).
func accessUnits(stream []byte) [][][]byte {
	var units [][][]byte
	for _, n := range bytes.Split(stream, []byte{0, 0, 1}) {
		n = bytes.TrimRight(n, "\x00")
		if len(n) < 2 {
			continue
		}
		if n[0]>>1&0x3F == 35 || len(units) == 0 {
			units = append(units, nil)
		}
		units[len(units)-1] = append(units[len(units)-1], n)
	}
	return units
}
