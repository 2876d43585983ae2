package main

import (
	"errors"
	"testing"
	"time"

	"iocwall/media"
)

// device is a decoder of hardware that can be made to fail.
type device struct{ name string }

func (d *device) Decode([][]byte, time.Duration) (media.Decoded, bool, error) {
	return media.Decoded{}, true, nil
}

func (d *device) Render(media.View) (media.Picture, error) {
	return media.Picture{}, errors.New("nothing to render")
}
func (d *device) Name() string { return d.name }
func (d *device) Close()       {}
func (d *device) Flush()       {}

// TestAFallBackWhileCamerasPlayIsReported: the server is told what the processor decodes
// since a device failed, as long as that is so.
func TestAFallBackWhileCamerasPlayIsReported(t *testing.T) {
	tested := make(chan struct{})
	close(tested)
	var made []*device
	names := []string{"vaapi", "vaapi", "software (vaapi failed)", "software"}
	d := decoders{tested: tested, factory: func(media.DecoderOptions) (media.Decoder, error) {
		made = append(made, &device{names[len(made)]})
		return made[len(made)-1], nil
	}}
	var open []media.Decoder
	for _, codec := range []media.Codec{media.H264, media.H264, media.H265, media.H264} {
		x, err := d.make(media.DecoderOptions{Codec: codec})
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, x)
	}
	check := func(when, want string) {
		t.Helper()
		got := ""
		if err := d.fallen.problem(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	const failed = "vaapi failed while cameras played; the processor decodes instead: "
	check("when one could not be opened", failed+"1 × h265")
	made[0].name = "software (vaapi failed)"
	for range 3 {
		if _, ok, err := open[0].Decode(nil, 0); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	check("when another failed", failed+"1 × h264, 1 × h265")
	open[2].Close()
	open[2].Close()
	check("when the first was closed", failed+"1 × h264")
	for _, x := range open {
		x.Close()
	}
	check("when all are closed", "")
}
