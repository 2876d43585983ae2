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

// without decodes units as a player does, which goes on with the next key frame when one is refused, and leaves some out.
// It returns how many pictures were shown, all of them right, and what was refused.
func without(t *testing.T, codec media.Codec, units [][][]byte, gone func(i int) bool) (shown int, refused map[int]error) {
	t.Helper()
	size := image.Pt(640, 360)
	whole := pictures(t, codec, units, size)
	d := open(t, codec, nil)
	defer d.Close()
	waiting := false
	refused = map[int]error{}
	for i, u := range units {
		if gone(i) || waiting && !rtsp.IsKey(codec, u) {
			continue
		}
		pic, ok, err := step(d, u, 0, size)
		waiting = err != nil
		switch {
		case waiting:
			refused[i] = err
		case !ok || !bytes.Equal(pic.img.Pix, whole[i]):
			t.Fatalf("unit %d: a wrong picture, %v", i, ok)
		default:
			shown++
		}
	}
	return shown, refused
}

// TestPicturesMadeFromMissingOnesAreRefused leaves out whole units: what is shown before the next key frame must be right.
func TestPicturesMadeFromMissingOnesAreRefused(t *testing.T) {
	for _, codec := range codecs {
		for name, gone := range map[string]int{"a picture": 10, "a key frame": 25} {
			t.Run(string(codec)+"/"+name, func(t *testing.T) {
				shown, refused := without(t, codec, newClip(t, short(codec, 0)).Units(), func(i int) bool { return i == gone })
				for i, err := range refused {
					if !errors.Is(err, media.ErrMissing) || i != gone+1 {
						t.Errorf("unit %d: %v", i, err)
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

// TestARefusedPictureIsNotRendered: a view that changes while a key frame is awaited is given the last whole picture.
func TestARefusedPictureIsNotRendered(t *testing.T) {
	for _, codec := range codecs {
		units := newClip(t, short(codec, 0)).Units()
		size := image.Pt(640, 360)
		whole := pictures(t, codec, units[:10], size)
		d := open(t, codec, nil)
		defer d.Close()
		for _, u := range units[:8] {
			if _, _, err := d.Decode(u, 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := d.Decode(units[11], 0); !errors.Is(err, media.ErrMissing) {
			t.Fatalf("%s: %v", codec, err)
		}
		if pic, err := d.Render(media.View{Size: size}); err != nil || !bytes.Equal(pic.RGBA.Pix, whole[7]) {
			t.Errorf("%s: not the last whole picture is rendered, %v", codec, err)
		}
	}
}

// TestTheSamePictureIsMissingInEachGroup: a key frame fills the way to the network, and what comes behind it is left out.
func TestTheSamePictureIsMissingInEachGroup(t *testing.T) {
	for _, codec := range codecs {
		o := short(codec, 0)
		o.KeyEvery = 400 * time.Millisecond
		if _, refused := without(t, codec, newClip(t, o).Units(), func(i int) bool { return i%10 == 1 }); len(refused) != 5 {
			t.Errorf("%s: %d groups refused, want all 5", codec, len(refused))
		}
	}
}

// coded is a stream of H.265 in colour, with parameters of the coder; the test is skipped without ffmpeg.
func coded(t *testing.T, size, pixels, parameters string) [][][]byte {
	t.Helper()
	stream, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size="+size+":rate=25", "-frames:v", "100",
		"-pix_fmt", pixels, "-c:v", "libx265", "-preset", "veryfast", "-f", "hevc", "-x265-params",
		"log-level=none:aud=1:wpp=0:scenecut=0:repeat-headers=1:"+parameters, "-").Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return accessUnits(stream)
}

// leading has three pictures behind each key frame but the first that are shown before it and need what came before (ITU-T
// H.265, 3.129, RASL).
const leading = "keyint=24:min-keyint=2:open-gop=1:bframes=3:ref=4"

// TestReferencesNobodyNeeds joins a stream at clean random access pictures: what comes behind such a one names pictures
// before it, and those in front of it in time need them. All others are shown.
func TestReferencesNobodyNeeds(t *testing.T) {
	units := coded(t, "320x184", "yuv420p", leading)
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

// TestPicturesAroundACleanStart loses units up to a clean random access picture: those that need what was lost are not
// shown, whether the caller tells of the loss or nobody knows of it.
func TestPicturesAroundACleanStart(t *testing.T) {
	size := image.Pt(320, 184)
	units := coded(t, "320x184", "yuv420p", leading)
	whole := map[string]bool{}
	d := open(t, media.H265, nil)
	for _, u := range units {
		pic, ok, err := step(d, u, 0, size)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			whole[string(pic.img.Pix)] = true
		}
	}
	d.Close()
	for _, told := range []bool{true, false} {
		for _, lost := range []int{1, 5, 11} {
			d := open(t, media.H265, nil)
			shown := 0
			for i, u := range units {
				key := rtsp.IsKey(media.H265, u)
				if next := i + lost; i > 0 && !key {
					ahead := false
					for n := i; n < min(next+1, len(units)); n++ {
						ahead = ahead || rtsp.IsKey(media.H265, units[n])
					}
					if ahead {
						continue
					}
				}
				if key && told && i > 0 {
					d.Flush()
				}
				pic, ok, err := step(d, u, 0, size)
				if err != nil {
					t.Fatalf("%d lost, told %v, unit %d: %v", lost, told, i, err)
				}
				if ok {
					shown++
					if !whole[string(pic.img.Pix)] {
						t.Errorf("%d lost, told %v, unit %d: a damaged picture", lost, told, i)
					}
				}
			}
			if shown < 30 {
				t.Errorf("%d lost, told %v: %d pictures shown", lost, told, shown)
			}
			d.Close()
		}
	}
}

// TestCutSlicesOfTenBits: a picture of more than eight bits has marks all over, too.
func TestCutSlicesOfTenBits(t *testing.T) {
	units := coded(t, "640x360", "yuv420p10", "keyint=25:min-keyint=25:open-gop=0:bframes=0:crf=20")[:25]
	d := open(t, media.H265, nil)
	defer d.Close()
	missed := 0
	for i, u := range units {
		for _, part := range []int{2, 4, 8, 20, 60} {
			for _, before := range units[:i] {
				if _, _, err := d.Decode(before, 0); err != nil {
					t.Fatal(err)
				}
			}
			cut := append([][]byte{}, u...)
			last := cut[len(cut)-1]
			cut[len(cut)-1] = last[:len(last)-1-len(last)/part]
			if _, _, err := d.Decode(cut, 0); err == nil {
				missed++
			}
		}
	}
	if missed > 0 {
		t.Errorf("%d of %d damaged pictures came out", missed, 5*len(units))
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
