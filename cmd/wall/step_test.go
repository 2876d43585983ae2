package main

import (
	"context"
	"errors"
	"testing"

	"iocwall/cmd/wall/sight"
	"iocwall/media"
	"iocwall/ui/camera"
)

// TestTilesKeepStep: what tiles play cameras with can keep step with other computers.
func TestTilesKeepStep(t *testing.T) {
	deck, err := media.NewDeck(media.DeckOptions{
		Decoder: func(media.DecoderOptions) (media.Decoder, error) { return nil, errors.New("none here") },
		Address: func(context.Context, string, string) (url, user, pass string, err error) {
			return "", "", "", errors.New("none here")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := sight.New(sight.Options{Open: cameras{deck}.Open}).Open(media.Camera{ID: "cam-01"}, func() {})
	defer p.Close()
	s, can := p.(camera.Stepper)
	if !can {
		t.Fatalf("%T does not keep step", p)
	}
	s.SetStep(media.StepBudget)
}
