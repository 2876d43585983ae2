package onvif_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/onvif"
	"iocwall/media/onvif/onviftest"
)

// turned returns a handle on a camera.
func turned(t *testing.T, opts onviftest.Options) (*onviftest.Device, *onvif.PTZ) {
	t.Helper()
	opts.User, opts.Password = user, password
	cam := onviftest.New(opts)
	p, err := onvif.NewPTZ(onvif.PTZOptions{Options: onvif.Options{Address: "127.0.0.1", User: user, Password: password, Transport: cam}})
	if err != nil {
		t.Fatal(err)
	}
	return cam, p
}

func ops(cam *onviftest.Device) (out []string) {
	for _, c := range cam.Commands() {
		out = append(out, c.Op)
	}
	return out
}

func TestAMovementEndsByItself(t *testing.T) {
	for _, quirk := range []onviftest.Quirk{"", onviftest.IgnoresTimeout, onviftest.RefusesTimeout} {
		t.Run(string(quirk), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cam, p := turned(t, onviftest.Options{Quirks: []onviftest.Quirk{quirk}})
				defer p.Close()
				for range 5 { // renewed every second: it goes on
					if err := p.Move(t.Context(), 0.5, 0, 0); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
					if !cam.Moving() {
						t.Fatal("a movement that is renewed has ended")
					}
				}
				time.Sleep(600 * time.Millisecond)
				synctest.Wait()
				if cam.Moving() {
					t.Error("a movement that nobody renews goes on")
				}
				if got := ops(cam); got[len(got)-1] != "Stop" {
					t.Errorf("no stop was sent: %v", got)
				}
				commands := len(cam.Commands())
				time.Sleep(time.Minute)
				if n := len(cam.Commands()); n != commands {
					t.Errorf("%d commands came afterwards", n-commands)
				}
			})
		})
	}
}

func TestAStopThatGetsLostIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam, p := turned(t, onviftest.Options{Quirks: []onviftest.Quirk{onviftest.IgnoresTimeout}})
		defer p.Close()
		if err := p.Move(t.Context(), 0, 1, 0); err != nil {
			t.Fatal(err)
		}
		cam.SetDown(errors.New("cable"))
		time.Sleep(1700 * time.Millisecond)
		cam.SetDown(nil)
		if !cam.Moving() {
			t.Fatal("who stopped it?")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if cam.Moving() {
			t.Error("the stop was not repeated")
		}
	})
}

func TestAMovementWhoseAnswerIsLostIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam, p := turned(t, onviftest.Options{Quirks: []onviftest.Quirk{onviftest.IgnoresTimeout}})
		defer p.Close()
		if err := p.Move(t.Context(), 1, 0, 0); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.Move(ctx, 1, 0, 0); err == nil {
			t.Error("a movement with an ended context succeeds")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if cam.Moving() {
			t.Error("it moves for ever")
		}
	})
}

func TestCloseStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam, p := turned(t, onviftest.Options{Quirks: []onviftest.Quirk{onviftest.IgnoresTimeout}})
		if err := p.Move(t.Context(), 1, 0, 0); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil || cam.Moving() {
			t.Errorf("after Close: %v, moving %v", err, cam.Moving())
		}
		if err := p.Close(); err != nil {
			t.Errorf("the second Close: %v", err)
		}
		if err := p.Move(t.Context(), 1, 0, 0); err == nil {
			t.Error("a closed handle moves")
		}
	})
}

func TestPresets(t *testing.T) {
	cam, p := turned(t, onviftest.Options{Presets: []string{"Cổng chính", "Ngã tư"}})
	defer p.Close()
	list, err := p.Presets(t.Context())
	if err != nil || len(list) != 2 || list[1] != (onvif.Preset{Token: "p2", Name: "Ngã tư"}) {
		t.Fatalf("got %+v, %v", list, err)
	}
	for _, by := range []string{"p2", "Ngã tư"} {
		if err := p.Preset(t.Context(), by); err != nil {
			t.Errorf("%s: %v", by, err)
		}
		if c := cam.Commands(); c[len(c)-1].Preset != "p2" {
			t.Errorf("%s went to %+v", by, c[len(c)-1])
		}
	}
	if err := p.Absolute(t.Context(), onvif.Position{Pan: 0.25, Tilt: -0.5, Zoom: 1}); err != nil {
		t.Fatal(err)
	}
	token, err := p.SetPreset(t.Context(), "", "Bến đò")
	if err != nil || token != "p3" {
		t.Errorf("got %q, %v", token, err)
	}
	if err := p.Preset(t.Context(), "p1"); err != nil {
		t.Fatal(err)
	}
	if err := p.Preset(t.Context(), "Bến đò"); err != nil {
		t.Errorf("a new preset is not known: %v", err)
	}
	at, err := p.Status(t.Context())
	if err != nil || at != (onvif.Position{Pan: 0.25, Tilt: -0.5, Zoom: 1}) {
		t.Errorf("got %+v, %v", at, err)
	}
	if err := p.Preset(t.Context(), "nowhere"); onvif.ReasonOf(err) != onvif.ReasonRefused {
		t.Errorf("got %v", err)
	}
}

func TestACameraThatWasSetUpAnew(t *testing.T) {
	cam, p := turned(t, onviftest.Options{})
	defer p.Close()
	if err := p.Move(t.Context(), 1, 0, 0); err != nil {
		t.Fatal(err)
	}
	cam.SetProfiles([]onviftest.Profile{{Token: "other", Encoding: "H264", Width: 640, Height: 360, URI: "rtsp://127.0.0.1/x", PTZ: true}})
	if err := p.Move(t.Context(), 1, 0, 0); onvif.ReasonOf(err) != onvif.ReasonRefused {
		t.Errorf("got %v", err)
	}
	if err := p.Move(t.Context(), 1, 0, 0); err != nil {
		t.Errorf("the new profile is not found: %v", err)
	}
}

func TestWhatACameraCannotDo(t *testing.T) {
	_, p := turned(t, onviftest.Options{Quirks: []onviftest.Quirk{onviftest.NoPTZ}})
	defer p.Close()
	if err := p.Move(t.Context(), 1, 0, 0); onvif.ReasonOf(err) != onvif.ReasonUnsupported {
		t.Errorf("got %v", err)
	}
	cam, z := turned(t, onviftest.Options{Quirks: []onviftest.Quirk{onviftest.ZoomOnly}})
	defer z.Close()
	if err := z.Move(t.Context(), 1, 0, 0); onvif.ReasonOf(err) != onvif.ReasonUnsupported {
		t.Errorf("got %v", err)
	}
	if err := z.Move(t.Context(), 0, 0, 7); err != nil {
		t.Errorf("got %v", err)
	}
	if c := cam.Commands(); len(c) != 1 || c[0].Zoom != 1 {
		t.Errorf("got %+v", c)
	}
}

// TestManyHands turns one camera from many goroutines; the race detector looks on.
func TestManyHands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam, p := turned(t, onviftest.Options{Presets: []string{"a"}, Quirks: []onviftest.Quirk{onviftest.HTTPDigest, onviftest.IgnoresTimeout}})
		var wait sync.WaitGroup
		for i := range 16 {
			wait.Go(func() {
				for range 10 {
					var err error
					switch i % 4 {
					case 0:
						err = p.Stop(t.Context())
					case 1:
						_, err = p.Status(t.Context())
					case 2:
						err = p.Preset(t.Context(), "p1")
					default:
						err = p.Move(t.Context(), 0.1, 0.1, 0)
					}
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if cam.Moving() {
			t.Error("the camera still moves")
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}
