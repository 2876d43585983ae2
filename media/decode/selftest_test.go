package decode

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// fake is a device that decodes in software, with faults.
type fake struct {
	openErr error
	wrap    func(media.Decoder, media.DecoderOptions) media.Decoder
}

func (f fake) Open(opts media.DecoderOptions) (media.Decoder, error) {
	if f.openErr != nil {
		return nil, f.openErr
	}
	d, err := New(opts)
	if err == nil && f.wrap != nil {
		d = f.wrap(d, opts)
	}
	return d, err
}

// odd is a decoder with the faults of drivers.
type odd struct {
	media.Decoder
	decode func(units int, pic media.Decoded, ok bool, err error) (media.Decoded, bool, error)
	paint  func([]uint8)
	units  int
	closed *int
}

func (o *odd) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	o.units++
	pic, ok, err := o.Decoder.Decode(unit, pts)
	if o.decode != nil {
		return o.decode(o.units, pic, ok, err)
	}
	return pic, ok, err
}

func (o *odd) Render(v media.View) (media.Picture, error) {
	pic, err := o.Decoder.Render(v)
	if err == nil && pic.RGBA != nil && o.paint != nil {
		o.paint(pic.RGBA.Pix)
	}
	return pic, err
}

func (o *odd) Name() string { return "odd" }

func (o *odd) Close() {
	if o.closed != nil {
		*o.closed++
	}
	o.Decoder.Close()
}

func painting(paint func([]uint8)) fake {
	return fake{wrap: func(d media.Decoder, _ media.DecoderOptions) media.Decoder { return &odd{Decoder: d, paint: paint} }}
}

// TestSelfTestRefusesWhatIsWrong gives the self-test one bad device after another and a good one at the end.
func TestSelfTestRefusesWhatIsWrong(t *testing.T) {
	devices := map[string]fake{
		"absent": {openErr: errors.New("no such device")},
		"green": painting(func(pix []uint8) {
			for i := range pix {
				pix[i] = []uint8{0, 135, 0, 255}[i%4]
			}
		}),
		"swapped": painting(func(pix []uint8) {
			for i := 0; i < len(pix); i += 4 {
				pix[i], pix[i+2] = pix[i+2], pix[i]
			}
		}),
		"corner": painting(func(pix []uint8) {
			for i := len(pix) - 4*320*16; i < len(pix); i++ {
				if i/4%320 < 16 {
					pix[i] = 77
				}
			}
		}),
		"mute": {wrap: func(d media.Decoder, _ media.DecoderOptions) media.Decoder {
			return &odd{Decoder: d, decode: func(int, media.Decoded, bool, error) (media.Decoded, bool, error) {
				return media.Decoded{}, false, nil
			}}
		}},
		"small": {wrap: func(d media.Decoder, _ media.DecoderOptions) media.Decoder {
			return &odd{Decoder: d, decode: func(_ int, pic media.Decoded, ok bool, err error) (media.Decoded, bool, error) {
				pic.Source.X--
				return pic, ok, err
			}}
		}},
		"choosy": {wrap: func(d media.Decoder, opts media.DecoderOptions) media.Decoder {
			return &odd{Decoder: d, decode: func(_ int, pic media.Decoded, ok bool, err error) (media.Decoded, bool, error) {
				if opts.Codec != media.H264 {
					return media.Decoded{}, false, errors.New("it refuses this kind of stream")
				}
				return pic, ok, err
			}}
		}},
		"good": painting(func(pix []uint8) { pix[0]++ }), // rounding is no fault
	}
	names := []string{"absent", "green", "swapped", "corner", "mute", "small", "choosy", "good"}
	reasons := []string{"no such device", "green", "off by", "off by", "no picture", "size", "refuses"}
	s := selfTest(t.Context(), Options{Devices: names, Timeout: time.Minute}, func(name string) (backend, error) {
		return devices[name], nil
	})
	for _, c := range s.Codecs {
		want, refused := "good", 7
		if c.Codec == media.H264 {
			want, refused = "choosy", 6
		}
		if c.Uses != want || len(c.Refused) != refused {
			t.Errorf("%s: %+v", c.Codec, c)
			continue
		}
		for i, r := range c.Refused {
			if r.Device != names[i] || !strings.Contains(r.Reason, reasons[i]) {
				t.Errorf("%s: %s was refused because %q, want %q", c.Codec, r.Device, r.Reason, reasons[i])
			}
		}
	}
	d, err := s.Factory()(media.DecoderOptions{Codec: media.H265})
	if err != nil || d.Name() != "good" {
		t.Fatalf("the factory does not use what passed: %v, %v", d, err)
	}
	d.Close()
	if text, err := json.Marshal(s); err != nil || !strings.Contains(string(text), `{"codec":"h264","uses":"choosy","refused":[{"device":"absent","reason":"no such device"}`) {
		t.Errorf("as data: %s, %v", text, err)
	}
}

// TestSelfTestDoesNotWaitForADriver has one device hang in its opening and one in its decoder.
func TestSelfTestDoesNotWaitForADriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		defer close(never)
		s := selfTest(t.Context(), Options{Devices: []string{"opening", "decoding"}}, func(name string) (backend, error) {
			if name == "opening" {
				<-never
			}
			return fake{wrap: func(d media.Decoder, _ media.DecoderOptions) media.Decoder {
				return &odd{Decoder: d, decode: func(_ int, pic media.Decoded, ok bool, err error) (media.Decoded, bool, error) {
					<-never
					return pic, ok, err
				}}
			}}, nil
		})
		for _, c := range s.Codecs {
			if c.Uses != software || len(c.Refused) != 2 || c.Refused[0].Reason != "no answer within 5s" || c.Refused[1].Reason != c.Refused[0].Reason {
				t.Errorf("%+v", c)
			}
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("the program ends"))
		s = selfTest(ctx, Options{Devices: []string{"opening"}}, func(string) (backend, error) {
			<-never
			return nil, errors.New("too late")
		})
		if got := s.Codecs[0].Refused[0].Reason; got != "the program ends" {
			t.Errorf("after the context's end: %q", got)
		}
	})
}

// TestHardwareThatIsNotThere opens real device types; a computer that has one of them proves more.
func TestHardwareThatIsNotThere(t *testing.T) {
	s := SelfTest(t.Context(), Options{Devices: []string{"vaapi:/nonexistent", "cuda:99", "vdpau:nowhere:0", "abacus"}, Timeout: time.Minute})
	if len(s.Codecs) != 3 {
		t.Fatalf("%+v", s)
	}
	for _, c := range s.Codecs {
		if c.Uses != software || len(c.Refused) != 4 {
			t.Fatalf("%+v", c)
		}
		for _, r := range c.Refused[:3] {
			if !strings.Contains(r.Reason, "there is no such hardware, or its driver is missing") && !strings.Contains(r.Reason, "built without it") {
				t.Errorf("%s: %q", r.Device, r.Reason)
			}
		}
		if r := c.Refused[3]; r.Reason != "libavcodec was built without it" {
			t.Errorf("abacus: %q", r.Reason)
		}
		d, err := s.Factory()(media.DecoderOptions{Codec: c.Codec})
		if err != nil || d.Name() != software {
			t.Fatalf("%s: %v, %v", c.Codec, d, err)
		}
		d.Close()
	}
	if _, err := s.Factory()(media.DecoderOptions{Codec: "vp8"}); err == nil {
		t.Error("an unknown codec was accepted")
	}
	for _, c := range SelfTest(t.Context(), Options{}).Codecs {
		t.Logf("here: %+v", c)
	}
}

func TestSamplesDecode(t *testing.T) {
	for codec, units := range samples() {
		if want := map[media.Codec]int{media.H264: 6, media.H265: 6, rtsp.MJPEG: 3}[codec]; len(units) != want {
			t.Errorf("%s: %d units, want %d", codec, len(units), want)
		}
		if err := try(t.Context(), fake{}, codec, units); err != nil {
			t.Errorf("%s: software against itself: %v", codec, err)
		}
	}
}
