package decode

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// Options says which hardware to try. The zero value tries all there may be.
type Options struct {
	// Devices are interfaces of hardware by libavutil's name, the best first, each with a path if there are several of
	// them: "vaapi:/dev/dri/renderD129". Nil means vaapi, cuda and vdpau. An empty list that is not nil means none.
	Devices []string
	// Timeout bounds the test of each device with all codecs; the devices are tested side by side. Default 5 s.
	Timeout time.Duration
}

// Support says what decodes each codec on this computer and why not something faster. It is what a status page shows.
type Support struct {
	Codecs []CodecSupport `json:"codecs"`

	devices map[string]backend
}

// CodecSupport is what is known about one codec.
type CodecSupport struct {
	Codec media.Codec `json:"codec"`
	// Uses is the device that passed the test, as in Options.Devices, or "software".
	Uses string `json:"uses"`
	// Refused tells of each device before it why it is not used.
	Refused []Refusal `json:"refused,omitempty"`
}

// Refusal is why a device does not decode a codec.
type Refusal struct {
	Device string `json:"device"`
	Reason string `json:"reason"`
}

// backend opens decoders on one device.
type backend interface {
	Open(media.DecoderOptions) (media.Decoder, error)
}

// verdict is the outcome for one device: nil for each codec that passed.
type verdict struct {
	backend backend
	faults  map[media.Codec]error
}

// SelfTest decodes a small embedded stream of each codec on each device, compares the pictures with those of the
// software decoder, and returns what can be trusted: drivers are known to give green pictures without an error. It takes
// at most the options' time-out, less when ctx ends; a device that has not answered by then is not used. A thread that a
// driver does not give back stays behind, since there is no way to end it.
func SelfTest(ctx context.Context, opts Options) Support {
	return selfTest(ctx, opts, openDevice)
}

func selfTest(ctx context.Context, opts Options, open func(name string) (backend, error)) Support {
	names := opts.Devices
	if names == nil {
		names = []string{"vaapi", "cuda", "vdpau"}
	}
	timeout := opts.Timeout
	if timeout <= 0 {
		timeout = 5 * time.Second
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within %v", timeout))
	defer cancel()
	verdicts := make([]verdict, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { verdicts[i] = judge(ctx, name, open) })
	}
	all.Wait()

	s := Support{devices: map[string]backend{}}
	for _, codec := range []media.Codec{media.H264, media.H265, rtsp.MJPEG} {
		c := CodecSupport{Codec: codec, Uses: software}
		for i, name := range names {
			if err := verdicts[i].faults[codec]; err != nil {
				c.Refused = append(c.Refused, Refusal{Device: name, Reason: err.Error()})
				continue
			}
			c.Uses = name
			s.devices[name] = verdicts[i].backend
			break
		}
		s.Codecs = append(s.Codecs, c)
	}
	return s
}

// judge tests one device. It does not wait longer than ctx for a driver.
func judge(ctx context.Context, name string, open func(string) (backend, error)) verdict {
	answer := make(chan verdict, 1) // so that a late answer finds a place and its goroutine an end
	go func() {
		b, err := open(name)
		v := verdict{backend: b, faults: map[media.Codec]error{}}
		for codec, sample := range samples() {
			v.faults[codec] = err
			if err == nil {
				v.faults[codec] = try(ctx, b, codec, sample)
			}
		}
		answer <- v
	}()
	select {
	case v := <-answer:
		return v
	case <-ctx.Done():
		v := verdict{faults: map[media.Codec]error{}}
		for codec := range samples() {
			v.faults[codec] = context.Cause(ctx)
		}
		return v
	}
}

// testLag is how many units a device may take before its first picture. Hardware that reorders for itself needs some.
const testLag = 4

// errNothing is the reason when a device takes all and gives nothing.
var errNothing = errors.New("no picture came out")

// try decodes a sample on a device and in software and compares.
func try(ctx context.Context, b backend, codec media.Codec, units [][][]byte) error {
	ours, err := New(media.DecoderOptions{Codec: codec})
	if err != nil {
		return err
	}
	defer ours.Close()
	theirs, err := b.Open(media.DecoderOptions{Codec: codec})
	if err != nil {
		return err
	}
	defer theirs.Close()
	want := map[time.Duration]media.Picture{}
	shown := 0
	for i, unit := range units {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		pts := time.Duration(i) * time.Second
		dec, ok, err := ours.Decode(unit, pts)
		if err != nil || !ok {
			return fmt.Errorf("the embedded stream does not decode in software: %w", errors.Join(err, errNothing))
		}
		view := media.View{Size: dec.Source}
		if want[dec.PTS], err = ours.Render(view); err != nil {
			return err
		}
		got, ok, err := theirs.Decode(unit, pts)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		shown++
		pic, err := theirs.Render(view)
		if err != nil {
			return err
		}
		if err := compare(want[got.PTS], pic, dec.Source == got.Source); err != nil {
			return fmt.Errorf("picture %d: %w", int(got.PTS/time.Second), err)
		}
	}
	if shown < len(units)-testLag || shown == 0 {
		return fmt.Errorf("%d of %d pictures: %w", shown, len(units), errNothing)
	}
	return nil
}

// compare returns how a picture differs from the one it should be. Decoding is exact by the standards but for JPEG, and
// conversion of another layout of planes may round otherwise, so a few levels are nothing.
func compare(want, got media.Picture, sameSize bool) error {
	switch {
	case want.RGBA == nil:
		return errors.New("its time is of no picture that was sent")
	case !sameSize || len(want.RGBA.Pix) != len(got.RGBA.Pix):
		return errors.New("its size is wrong")
	}
	const block = 16
	size := want.RGBA.Rect.Size()
	worst := 0
	var level [3]int
	for y := 0; y+block <= size.Y; y += block {
		for x := 0; x+block <= size.X; x += block {
			sum := 0
			for dy := range block {
				row := want.RGBA.PixOffset(x, y+dy)
				for i := row; i < row+4*block; i++ {
					sum += max(int(want.RGBA.Pix[i])-int(got.RGBA.Pix[i]), int(got.RGBA.Pix[i])-int(want.RGBA.Pix[i]))
					if k := (i - row) % 4; k < 3 {
						level[k] += int(got.RGBA.Pix[i])
					}
				}
			}
			worst = max(worst, sum/(block*block*3))
		}
	}
	switch {
	case worst <= 6:
		return nil
	case level[1] > 2*level[0] && level[1] > 2*level[2]:
		return errors.New("it is green")
	}
	return fmt.Errorf("it is off by %d of 255 levels somewhere", worst)
}

// Uses returns what decodes a codec: the name of a device or "software".
func (s Support) Uses(codec media.Codec) string {
	i := slices.IndexFunc(s.Codecs, func(c CodecSupport) bool { return c.Codec == codec })
	if i < 0 {
		return software
	}
	return s.Codecs[i].Uses
}

// Factory returns a factory of decoders that use the hardware which passed the test, and go over to software where it
// fails: at once if it cannot be opened, else at a key frame. A decoder's Name tells of it.
func (s Support) Factory() media.DecoderFactory {
	return func(opts media.DecoderOptions) (media.Decoder, error) {
		name := s.Uses(opts.Codec)
		b, ok := s.devices[name]
		if !ok {
			return New(opts)
		}
		return newGuard(name, b, opts)
	}
}
