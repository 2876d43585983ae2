package onvif_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/onvif"
	"iocwall/media/onvif/onviftest"
)

const (
	user     = "viewer"
	password = "s3cret & <odd>"
)

// open returns the client of a camera without any network between them.
func open(t *testing.T, cam *onviftest.Device, pass string) *onvif.Device {
	t.Helper()
	d, err := onvif.New(onvif.Options{
		Address: "127.0.0.1", User: user, Password: pass, Transport: cam,
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route") },
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestQuirksOfTheField(t *testing.T) {
	h265 := []onviftest.Profile{
		{Token: "a", Name: "Hauptbild", Encoding: "H265", Width: 2560, Height: 1440, FPS: 25, URI: "rtsp://127.0.0.1/axis-media/media.amp?profile=a&x=1", PTZ: true},
		{Token: "b", Encoding: "H264", Width: 640, Height: 360, FPS: 15, URI: "rtsp://127.0.0.1/b"},
		{Token: "c", Encoding: "H264", Width: 176, Height: 144, FPS: 5, URI: "rtsp://127.0.0.1/c"},
		{Token: "d", Encoding: "JPEG", Width: 640, Height: 360, FPS: 5, URI: "rtsp://127.0.0.1/d"},
	}
	tests := []struct {
		name      string
		camera    onviftest.Options
		main, sub string // addresses
		encoding  string
		turns     bool
		presets   int
		note      string // within the notes
	}{
		{name: "by the book", main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true},
		{
			name: "Hikvision-like: HTTP digest and the older media service", camera: onviftest.Options{
				Quirks: []onviftest.Quirk{onviftest.HTTPDigest}, Presets: []string{"Cổng", "Ngã tư"},
			}, main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true, presets: 2,
		},
		{
			name: "SHA-256 beside MD5 and Basic, each nonce once", camera: onviftest.Options{
				Quirks: []onviftest.Quirk{onviftest.HTTPDigest, onviftest.SHA256, onviftest.OneUseNonce},
			}, main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true,
		},
		{
			name: "asks for HTTP digest only who shows no signature", camera: onviftest.Options{
				Quirks: []onviftest.Quirk{onviftest.HTTPDigest, onviftest.ShyDigest},
			}, main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true,
		},
		{
			name: "Dahua-like: odd prefixes, the address of another network", camera: onviftest.Options{
				Quirks: []onviftest.Quirk{onviftest.OddPrefixes, onviftest.WrongHost},
			}, main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true,
		},
		{
			name: "Axis-like: H.265 and the newer media service alone", camera: onviftest.Options{
				Profiles: h265, Quirks: []onviftest.Quirk{onviftest.Media2Only},
			}, main: "rtsp://127.0.0.1/axis-media/media.amp?profile=a&x=1", sub: "rtsp://127.0.0.1/b", encoding: onvif.H265, turns: true,
		},
		{
			name: "both media services", camera: onviftest.Options{Profiles: h265, Quirks: []onviftest.Quirk{onviftest.Media2}},
			main: "rtsp://127.0.0.1/axis-media/media.amp?profile=a&x=1", sub: "rtsp://127.0.0.1/b", encoding: onvif.H265, turns: true,
		},
		{
			name: "clock 2 h 3 min ahead", camera: onviftest.Options{Offset: 2*time.Hour + 3*time.Minute},
			main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true,
			note: "differs from ours by 2 h 3 min: signed with the camera's time",
		},
		{
			name: "clock of 2011 in the HTTP header", camera: onviftest.Options{
				Offset: -15 * 365 * 24 * time.Hour, Quirks: []onviftest.Quirk{onviftest.ClockInHeader},
			},
			main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true, note: "5475 d",
		},
		{
			name: "the clock is for users", camera: onviftest.Options{Quirks: []onviftest.Quirk{onviftest.ClockWantsLogin}},
			main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true, note: "could not be read",
		},
		{
			name: "SOAP 1.1 and no GetServices", camera: onviftest.Options{Quirks: []onviftest.Quirk{onviftest.SOAP11, onviftest.NoGetServices}},
			main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264, turns: true,
		},
		{
			name: "cannot be turned", camera: onviftest.Options{Quirks: []onviftest.Quirk{onviftest.NoPTZ}},
			main: "rtsp://127.0.0.1:554/main", sub: "rtsp://127.0.0.1:554/sub", encoding: onvif.H264,
		},
		{
			name: "one profile at 0.0.0.0", camera: onviftest.Options{
				Profiles: []onviftest.Profile{{Token: "only", Encoding: "JPEG", Width: 704, Height: 576, FPS: 25, Interval: 5, URI: "rtsp://127.0.0.1:8554/one"}},
				Quirks:   []onviftest.Quirk{onviftest.NoHost},
			}, main: "rtsp://127.0.0.1:8554/one", encoding: onvif.MJPEG,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.camera.User, test.camera.Password, test.camera.MaxWrong = user, password, 5
			cam := onviftest.New(test.camera)
			s, err := open(t, cam, password).Survey(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if s.Information.Model != "LB-1" {
				t.Errorf("model %q, notes %q", s.Information.Model, s.Notes)
			}
			c := s.Channels[0]
			if len(s.Channels) != 1 || c.Main.URL != test.main || c.Main.Encoding != test.encoding {
				t.Errorf("main is %+v, want %s in %s", c.Main, test.main, test.encoding)
			}
			if (c.Sub == nil) != (test.sub == "") || c.Sub != nil && c.Sub.URL != test.sub {
				t.Errorf("sub is %+v, want %q", c.Sub, test.sub)
			}
			if (s.Limits != nil) != test.turns || len(s.Presets) != test.presets {
				t.Errorf("limits %+v, presets %+v", s.Limits, s.Presets)
			}
			notes := strings.Join(s.Notes, "; ")
			if test.note == "" && notes != "" || !strings.Contains(notes, test.note) {
				t.Errorf("notes are %q, want %q", notes, test.note)
			}
		})
	}
}

func TestFrameRateOfTheOlderServiceIsDivided(t *testing.T) {
	cam := onviftest.New(onviftest.Options{Profiles: []onviftest.Profile{{Token: "a", Encoding: "H264", Width: 640, Height: 480, FPS: 25, Interval: 5, URI: "rtsp://127.0.0.1/a"}}})
	got, err := open(t, cam, "").Profiles(t.Context())
	if err != nil || len(got) != 1 || got[0].FPS != 5 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestARecorderHasAChannelForEachCamera(t *testing.T) {
	for _, quirk := range []onviftest.Quirk{"", onviftest.Media2Only} {
		var profiles []onviftest.Profile
		for i := range 4 {
			c := fmt.Sprint(i + 1)
			profiles = append(profiles,
				onviftest.Profile{Token: "s" + c, Source: c, Encoding: "H264", Width: 704, Height: 576, URI: "rtsp://127.0.0.1/ch" + c + "/sub"},
				onviftest.Profile{Token: "m" + c, Source: c, Encoding: "H264", Width: 1920, Height: 1080, URI: "rtsp://127.0.0.1/ch" + c + "/main", Name: "Camera " + c})
		}
		profiles[7].URI, profiles[6].URI = "", "" // nothing is plugged in
		cam := onviftest.New(onviftest.Options{Profiles: profiles, Quirks: []onviftest.Quirk{quirk}})
		s, err := open(t, cam, "").Survey(t.Context())
		if err != nil || len(s.Channels) != 3 || len(s.Notes) != 1 {
			t.Fatalf("got %+v, %v", s, err)
		}
		if c := s.Channels[1]; c.Name != "Camera 2" || c.Main.URL != "rtsp://127.0.0.1/ch2/main" || c.Sub == nil || c.Sub.URL != "rtsp://127.0.0.1/ch2/sub" {
			t.Errorf("got %+v", c)
		}
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		camera onviftest.Options
		pass   string
		reason onvif.Reason
		says   string
		wrong  int // logins that the camera counted
	}{
		{"wrong password", onviftest.Options{}, "guess", onvif.ReasonLoginRefused, "refused the login", 1},
		{"wrong password, SOAP 1.1", onviftest.Options{Quirks: []onviftest.Quirk{onviftest.SOAP11}}, "guess", onvif.ReasonLoginRefused, "refused the login", 1},
		{"wrong password, clock off", onviftest.Options{Offset: 3 * time.Hour}, "guess", onvif.ReasonLoginRefused, "differs from ours by 3 h: signed with the camera's time", 1},
		{"wrong password, HTTP digest", onviftest.Options{Quirks: []onviftest.Quirk{onviftest.HTTPDigest}}, "guess", onvif.ReasonLoginRefused, "refused the login", 2},
		{"not a camera", onviftest.Options{Quirks: []onviftest.Quirk{onviftest.NotONVIF}}, password, onvif.ReasonNotONVIF, "not an ONVIF device", 0},
		{"password in the stream's address", onviftest.Options{
			Profiles: []onviftest.Profile{{Token: "a", Encoding: "H264", Width: 640, Height: 480, URI: "rtsp://127.0.0.1/user=admin&password=abc&channel=1"}},
		}, password, onvif.ReasonBadReply, "enter that stream by hand", 0},
		{"no picture", onviftest.Options{Profiles: []onviftest.Profile{{Token: "a", Encoding: "MPEG4", Width: 640, Height: 480}}}, password, onvif.ReasonUnsupported, "no H.264", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.camera.User, test.camera.Password = user, password
			cam := onviftest.New(test.camera)
			d := open(t, cam, test.pass)
			_, err := d.Survey(t.Context())
			if onvif.ReasonOf(err) != test.reason || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v (%s), want %s: %s", err, onvif.ReasonOf(err), test.reason, test.says)
			}
			if strings.Contains(err.Error(), test.pass) {
				t.Errorf("the error holds the password: %v", err)
			}
			if got := cam.WrongLogins(); got != test.wrong {
				t.Errorf("the camera counted %d wrong logins, want %d", got, test.wrong)
			}
			if test.reason != onvif.ReasonLoginRefused {
				return
			}
			for range 5 {
				if _, err := d.Profiles(t.Context()); onvif.ReasonOf(err) != onvif.ReasonLoginRefused {
					t.Errorf("asked again: %v", err)
				}
			}
			if got := cam.WrongLogins(); got != test.wrong {
				t.Errorf("a refused login was tried again: %d wrong logins", got)
			}
		})
	}
}

func TestLoginInTheAddressIsTakenOut(t *testing.T) {
	cam := onviftest.New(onviftest.Options{User: "u", Password: "p4ss", Quirks: []onviftest.Quirk{onviftest.LoginInURI}})
	d, err := onvif.New(onvif.Options{Address: "http://127.0.0.1/onvif/device_service", User: "u", Password: "p4ss", Transport: cam})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Survey(t.Context())
	if err != nil || s.Channels[0].Main.URL != "rtsp://127.0.0.1:554/main" {
		t.Errorf("got %+v, %v", s, err)
	}
}

// TestManyAsk asks one device from many goroutines; the race detector looks on.
func TestManyAsk(t *testing.T) {
	for _, quirks := range [][]onviftest.Quirk{nil, {onviftest.HTTPDigest}, {onviftest.HTTPDigest, onviftest.OneUseNonce}} {
		cam := onviftest.New(onviftest.Options{User: user, Password: password, Quirks: quirks})
		d := open(t, cam, password)
		var wait sync.WaitGroup
		for range 16 {
			wait.Go(func() {
				for range 5 {
					if _, err := d.Information(t.Context()); err != nil {
						t.Error(err)
					}
					if _, err := d.Profiles(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		if n := cam.Asked("GetServices"); n != 1 {
			t.Errorf("%v: the services were asked for %d times", quirks, n)
		}
		if n := cam.WrongLogins(); n > 1 {
			t.Errorf("%v: %d logins looked wrong to the camera", quirks, n)
		}
		wrong := open(t, cam, "guess")
		before := cam.WrongLogins()
		for range 16 {
			wait.Go(func() {
				if _, err := wrong.Information(t.Context()); onvif.ReasonOf(err) != onvif.ReasonLoginRefused {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := cam.WrongLogins() - before; n > 2 {
			t.Errorf("%v: %d wrong logins at once lock the account", quirks, n)
		}
	}
}

func TestALockedAccount(t *testing.T) {
	cam := onviftest.New(onviftest.Options{User: user, Password: password, MaxWrong: 1})
	for try, says := range []string{"refused the login", "refused the login: Sender not authorized: account locked"} {
		_, err := open(t, cam, "guess").Information(t.Context())
		if onvif.ReasonOf(err) != onvif.ReasonLoginRefused || !strings.HasSuffix(err.Error(), says) {
			t.Errorf("try %d: got %v, want %s", try, err, says)
		}
	}
}

func TestLoginIsWanted(t *testing.T) {
	cam := onviftest.New(onviftest.Options{User: user, Password: password})
	d, err := onvif.New(onvif.Options{Address: "127.0.0.1", Transport: cam})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = d.Information(t.Context()); onvif.ReasonOf(err) != onvif.ReasonLoginRefused || !strings.Contains(err.Error(), "wants a login") {
		t.Errorf("got %v", err)
	}
	if c, err := d.Clock(t.Context()); err != nil || !c.Known || c.Offset.Abs() > time.Second {
		t.Errorf("the clock needs no login: %+v, %v", c, err)
	}
}

// A password that was mended at the camera is found to be so without anybody here doing something; one that stays wrong is
// tried so seldom that no account is locked.
func TestARefusedLoginIsTriedAgainMuchLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := onviftest.New(onviftest.Options{User: user, Password: "changed by somebody", MaxWrong: 50})
		d := open(t, cam, password)
		worst, wrong := 0, []int{}
		for range 24 * 60 { // a day of commands
			if _, err := d.Profiles(t.Context()); onvif.ReasonOf(err) != onvif.ReasonLoginRefused {
				t.Fatalf("got %v", err)
			}
			time.Sleep(time.Minute)
			wrong = append(wrong, cam.WrongLogins())
			if i := len(wrong); i > 30 {
				worst = max(worst, wrong[i-1]-wrong[i-31])
			}
		}
		if n := cam.WrongLogins(); n < 3 || n > 12 || worst > 2 {
			t.Errorf("%d wrong logins in a day, %d within half an hour", n, worst)
		}
		cam.SetPassword(password)
		time.Sleep(4 * time.Hour)
		if _, err := d.Profiles(t.Context()); err != nil {
			t.Errorf("after the password was mended: %v", err)
		}
		cam.SetPassword("changed again")
		for range 5 {
			d.Profiles(t.Context()) //nolint:errcheck // refused
		}
		cam.SetPassword(password)
		time.Sleep(16 * time.Minute)
		if _, err := d.Profiles(t.Context()); err != nil {
			t.Errorf("a quarter of an hour after the first refusal: %v", err)
		}
	})
}

func TestAViewerMayLookAndNotTurn(t *testing.T) {
	cam := onviftest.New(onviftest.Options{User: user, Password: password, NoOperator: true})
	d := open(t, cam, password)
	if _, err := d.Information(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := d.PTZ()
	defer p.Close()
	for range 3 {
		if err := p.Move(t.Context(), 1, 0, 0); onvif.ReasonOf(err) != onvif.ReasonLoginRefused || !strings.Contains(err.Error(), "refuses this to this user") {
			t.Fatalf("got %v", err)
		}
	}
	if n := cam.Asked("ContinuousMove"); n > 2 {
		t.Errorf("the camera was asked %d times for what it refuses", n)
	}
	if _, err := d.Profiles(t.Context()); err != nil {
		t.Errorf("looking fails too: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct{ in, want, says string }{
		{"10.0.0.5", "http://10.0.0.5/onvif/device_service", ""},
		{"cam.example:8080", "http://cam.example:8080/onvif/device_service", ""},
		{"fd00::5", "http://[fd00::5]/onvif/device_service", ""},
		{"https://10.0.0.5/x/y", "https://10.0.0.5/x/y", ""},
		{"", "", "no address"},
		{"rtsp://10.0.0.5/main", "", "not of a stream"},
		{"http://admin:hunter2@10.0.0.5", "", "give user and password apart"},
		{"http://10.0.0.5:hunter2", "", "not valid"},
	}
	for _, test := range tests {
		d, err := onvif.New(onvif.Options{Address: test.in})
		switch {
		case test.says != "":
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q: got %v, want %s", test.in, err, test.says)
			}
		case err != nil || d.Address() != test.want:
			t.Errorf("%q: got %v, %v, want %s", test.in, d, err, test.want)
		}
	}
}
