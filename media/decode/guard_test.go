package decode

import (
	"errors"
	"image"
	"os"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// broken is a device that works for some units and then fails in its own way.
func broken(after int, fail func(media.Decoded, bool, error) (media.Decoded, bool, error), closed *int) fake {
	return fake{wrap: func(d media.Decoder, opts media.DecoderOptions) media.Decoder {
		return &odd{Decoder: d, closed: closed, decode: func(n int, pic media.Decoded, ok bool, err error) (media.Decoded, bool, error) {
			if n <= after {
				return pic, ok, err
			}
			return fail(pic, ok, err)
		}}
	}}
}

func failing(media.Decoded, bool, error) (media.Decoded, bool, error) {
	return media.Decoded{}, false, errors.New("the device is lost")
}

func silent(media.Decoded, bool, error) (media.Decoded, bool, error) {
	return media.Decoded{}, false, nil
}

// TestHardwareFailsInMidStream plays groups of six units and follows the player's rule: after an error go on with a key
// frame. The pictures must come back with the first key frame at the latest.
func TestHardwareFailsInMidStream(t *testing.T) {
	for _, codec := range []media.Codec{media.H264, media.H265, rtsp.MJPEG} {
		for name, fail := range map[string]func(media.Decoded, bool, error) (media.Decoded, bool, error){"errors": failing, "silence": silent} {
			group := samples()[codec]
			for after := range 2 * len(group) {
				closed := 0
				d, err := newGuard("odd", broken(after, fail, &closed), media.DecoderOptions{Codec: codec})
				if err != nil {
					t.Fatal(err)
				}
				if d.Name() != "odd" {
					t.Fatalf("name %q", d.Name())
				}
				missing, total := play(t, d, group, 30)
				if most := len(group); name == "errors" && missing > most || missing > guardSilence+most {
					t.Errorf("%s: %s after %d units: %d of %d pictures missing", codec, name, after, missing, total)
				}
				if d.Name() != "software (odd failed)" || closed != 1 {
					t.Errorf("%s: %s after %d units: name %q, the device's decoder closed %d times", codec, name, after, d.Name(), closed)
				}
				d.Close()
			}
		}
	}
}

// play feeds groups and returns how many units gave no picture.
func play(t *testing.T, d media.Decoder, group [][][]byte, rounds int) (missing, total int) {
	t.Helper()
	needKey := false
	for round := range rounds {
		for i, unit := range group {
			total++
			if needKey = needKey && i > 0; needKey {
				missing++
				continue
			}
			pts := time.Duration(round*len(group) + i)
			pic, ok, err := d.Decode(unit, pts)
			needKey = err != nil
			if !ok {
				missing++
				continue
			}
			if pic.PTS != pts {
				t.Errorf("unit %d has time %d", pts, pic.PTS)
			}
			if _, err := d.Render(media.View{Size: pic.Source}); err != nil {
				t.Error(err)
			}
		}
	}
	return missing, total
}

// TestDamageIsNotTheHardwaresFault feeds a stream that is damaged now and then: the device stays in use.
func TestDamageIsNotTheHardwaresFault(t *testing.T) {
	group := samples()[media.H264]
	d, err := newGuard("odd", fake{}, media.DecoderOptions{Codec: media.H264})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	refused := 0
	for round := range 20 {
		for i, unit := range group {
			if i == round%len(group) {
				last := unit[len(unit)-1]
				unit = append(append([][]byte{}, unit[:len(unit)-1]...), last[:len(last)/3])
			}
			if _, _, err := d.Decode(unit, 0); err != nil {
				refused++
				break
			}
		}
	}
	if d.Name() != "odd" || refused < 10 {
		t.Errorf("after %d damaged units: %q", refused, d.Name())
	}
}

// TestAfterGoingOverAKeyFrameIsAwaited feeds on without a key frame, as no player should.
func TestAfterGoingOverAKeyFrameIsAwaited(t *testing.T) {
	group := samples()[media.H264]
	d, err := newGuard("odd", broken(1, failing, nil), media.DecoderOptions{Codec: media.H264})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i, unit := range append(group[:5:5], group[0]) {
		_, ok, err := d.Decode(unit, time.Duration(i))
		if want := i == 0 || i == 5; ok != want || (err != nil) != (i > 0 && i <= guardFailures) {
			t.Errorf("unit %d: %v, %v, by %s", i, ok, err, d.Name())
		}
	}
}

func TestDeviceThatDoesNotOpenAnyMore(t *testing.T) {
	d, err := newGuard("vaapi", fake{openErr: errors.New("gone")}, media.DecoderOptions{Codec: media.H265})
	if err != nil || d.Name() != "software (vaapi failed)" {
		t.Fatalf("%v, %v", d, err)
	}
	defer d.Close()
	if missing, _ := play(t, d, samples()[media.H265], 2); missing != 0 {
		t.Errorf("%d pictures missing", missing)
	}
	if _, err := newGuard("vaapi", fake{}, media.DecoderOptions{Codec: "vp8"}); err == nil {
		t.Error("an unknown codec was accepted")
	}
}

// TestDriverThatHangs has a worker that never tells it is done.
func TestDriverThatHangs(t *testing.T) {
	inner, err := New(media.DecoderOptions{Codec: media.H264})
	if err != nil {
		t.Fatal(err)
	}
	d := inner.(*decoder)
	defer func() { // what would stay behind in a driver is freed here
		d.hung = false
		d.Close()
	}()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	answers := d.done
	d.done, d.name, d.patience = r, "vaapi", 10*time.Millisecond
	_, ok, err := d.Decode(samples()[media.H264][0], 0)
	if ok || err == nil || !strings.Contains(err.Error(), "vaapi does not answer") {
		t.Errorf("%v, %v", ok, err)
	}
	if _, _, err := d.Decode(samples()[media.H264][0], 0); !errors.Is(err, ErrClosed) {
		t.Errorf("decoding goes on: %v", err)
	}
	if _, err := d.Render(media.View{Size: image.Pt(64, 36)}); !errors.Is(err, ErrClosed) {
		t.Errorf("rendering goes on: %v", err)
	}
	d.Close()
	if d.c == nil {
		t.Error("what a driver may still use was freed")
	}
	var count [8]byte
	if _, err := answers.Read(count[:]); err != nil {
		t.Error(err)
	}
	d.done = answers
}
