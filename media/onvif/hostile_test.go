package onvif_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/onvif"
	"iocwall/media/onvif/onviftest"
)

func envelope(body string) string {
	return `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><e:Body>` + body + `</e:Body></e:Envelope>`
}

func TestHostileReplies(t *testing.T) {
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request)
		reason onvif.Reason
		says   string
	}{
		{"entities that grow", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`+envelope("&b;"))
		}, onvif.ReasonBadReply, "document type"},
		{"a file of the server", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`+envelope("&a;"))
		}, onvif.ReasonBadReply, "document type"},
		{"too long", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, envelope(strings.Repeat("<a>aaaaaaaaaaaaaaaa</a>", 200_000)))
		}, onvif.ReasonBadReply, "longer than"},
		{"too deep", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, envelope(strings.Repeat("<a>", 10_000)))
		}, onvif.ReasonBadReply, "deeply nested"},
		{"another answer", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, envelope("<tds:GetUsersResponse/>"))
		}, onvif.ReasonBadReply, "another question"},
		{"the right name in the wrong namespace", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.ReplaceAll(envelope("<tds:GetDeviceInformationResponse/>"), "ver10/device/wsdl", "ver10/other/wsdl"))
		}, onvif.ReasonBadReply, "another question"},
		{"the password in a fault", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, envelope("<e:Fault><e:Reason><e:Text>your password\x0d\nhunter2 is odd "+strings.Repeat("x", 5000)+"</e:Text></e:Reason></e:Fault>"))
		}, onvif.ReasonRefused, "your password … is odd"},
		{"to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://198.51.100.7/onvif/device_service", http.StatusTemporaryRedirect)
		}, onvif.ReasonBadReply, "another host"},
		{"in circles", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		}, onvif.ReasonBadReply, "circles"},
		{"busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, onvif.ReasonFailed, "busy"},
		{"Basic alone", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		}, onvif.ReasonLoginRefused, "refused the login"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if r.Header.Get("Authorization") != "" || strings.Contains(string(body), "hunter2") {
					t.Error("the password was given away")
				}
				test.answer(w, r)
			}))
			defer s.Close()
			d, err := onvif.New(onvif.Options{Address: s.URL, User: "u", Password: "hunter2"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Information(t.Context())
			if onvif.ReasonOf(err) != test.reason || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v (%s), want %s: %s", err, onvif.ReasonOf(err), test.reason, test.says)
			}
			if len(err.Error()) > 600 || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("too much is said: %v", err)
			}
		})
	}
}

func TestSameHostIsFollowed(t *testing.T) {
	cam := onviftest.New(onviftest.Options{User: user, Password: password})
	mux := http.NewServeMux()
	mux.Handle("/moved/", cam)
	mux.HandleFunc("/onvif/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/moved/device_service", http.StatusFound)
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	d, err := onvif.New(onvif.Options{Address: s.URL, User: user, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Information(t.Context()); err != nil || got.Model != "LB-1" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNobodyThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	address := s.URL
	s.Close()
	d, err := onvif.New(onvif.Options{Address: address, User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Survey(t.Context()); onvif.ReasonOf(err) != onvif.ReasonUnreachable {
		t.Errorf("got %v", err)
	}
}

// silent is a camera that takes every request and answers none.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, fmt.Errorf("waiting: %w", r.Context().Err())
}

func TestASilentCamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := onvif.New(onvif.Options{Address: "127.0.0.1", User: "u", Password: "p", Transport: silent{}})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = d.Survey(t.Context())
		if took := time.Since(began); onvif.ReasonOf(err) != onvif.ReasonTimeout || took != 5*time.Second {
			t.Errorf("got %v after %v", err, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p := d.PTZ()
		began = time.Now()
		if err := p.Move(ctx, 1, 0, 0); err == nil || time.Since(began) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestAClockThatStepsIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := onviftest.New(onviftest.Options{User: user, Password: password})
		d := open(t, cam, password)
		if _, err := d.Information(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		cam.SetOffset(-7 * time.Hour)
		if _, err := d.Information(t.Context()); err != nil {
			t.Errorf("after the camera's clock was set: %v", err)
		}
		if cam.Asked("GetSystemDateAndTime") != 2 {
			t.Errorf("the clock was read %d times", cam.Asked("GetSystemDateAndTime"))
		}
		time.Sleep(2 * time.Hour)
		if _, err := d.Information(t.Context()); err != nil || cam.Asked("GetSystemDateAndTime") != 3 {
			t.Errorf("%v; the clock was read %d times", err, cam.Asked("GetSystemDateAndTime"))
		}
	})
}
