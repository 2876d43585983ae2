package relay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// Who loses the right loses the picture, others keep theirs; a new right opens it again.
func TestCloseSubject(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}, TokenLife: time.Minute})
	give := func(subject string, life time.Duration) string {
		return sign(signer, relay.Grant{Subject: subject, Cameras: []string{"*"}, Expires: time.Now().Add(life)})
	}
	url := r.URL("c1", "main")
	old := give("mai", time.Minute)
	first, second, other := read(t, url, old), read(t, url, old), read(t, url, give("hung", time.Minute))
	for _, x := range []*reading{first, second, other} {
		await(t, "units", func() bool { return x.count() > 5 })
	}
	if n := r.CloseSubject("mai"); n != 2 {
		t.Errorf("%d sessions ended, want 2", n)
	}
	for _, x := range []*reading{first, second} {
		await(t, "the end", func() bool { _, over := x.over(); return over })
	}
	late := read(t, url, old)
	await(t, "a refusal", func() bool { _, over := late.over(); return over })
	if err, _ := late.over(); rtsp.ReasonOf(err) != rtsp.ReasonNotAdmitted {
		t.Errorf("with the old token: %v", err)
	}
	if _, err := r.Admit(old, "c1", "main"); !errors.Is(err, relay.ErrWithdrawn) {
		t.Errorf("Admit = %v", err)
	}
	before := other.count()
	await(t, "more units of the other", func() bool { return other.count() > before+10 })
	if n := r.CloseSubject("nobody"); n != 0 {
		t.Errorf("%d sessions of nobody ended", n)
	}
	again := read(t, url, give("mai", time.Minute+2*time.Second))
	await(t, "units with a new token", func() bool { return again.count() > 5 })
}

// The longest token that can be signed passes through a real request, and a group stands for any number of cameras.
func TestTokensReachTheRelay(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	list := make([]relay.Camera, 5000)
	for i := range list {
		list[i] = relay.Camera{
			ID: fmt.Sprintf("cam-%04d", i), Groups: []string{"vn/da-nang/hoi-an", "vn/da-nang", "vn"},
			Streams: []relay.Stream{{Name: "main", URL: cam.URL()}},
		}
	}
	list[0].Groups = []string{"vn/ca-mau", "vn"}
	r := newRelay(t, relay.Options{Cameras: list})
	unit := sign(signer, relay.Grant{Subject: "unit", Groups: []string{"vn/da-nang"}, Expires: time.Now().Add(time.Minute)})
	for i, c := range list {
		_, err := r.Admit(unit, c.ID, "main")
		if want := i > 0; (err == nil) != want || err != nil && !errors.Is(err, relay.ErrNotGranted) {
			t.Fatalf("%s: %v", c.ID, err)
		}
	}
	longest := ""
	for n := 1; ; n++ {
		token, err := signer.Sign(relay.Grant{Subject: strings.Repeat("s", n), Groups: []string{"vn/da-nang"}, Expires: time.Now().Add(time.Minute)})
		if err != nil {
			break
		}
		longest = token
	}
	for _, token := range []string{unit, longest} {
		units := make(chan struct{}, 1000)
		ctx, cancel := context.WithTimeout(context.Background(), guard)
		done := make(chan error, 1)
		go func() {
			done <- rtsp.Play(ctx, rtsp.Options{URL: r.URL("cam-4999", "main"), User: strings.Repeat("u", 64), Pass: token}, rtsp.Handler{
				OnUnit: func(rtsp.Unit) {
					select {
					case units <- struct{}{}:
					default:
					}
				},
			})
		}()
		select {
		case <-units:
		case err := <-done:
			t.Errorf("a token of %d bytes: %v", len(token), err)
			done <- err
		}
		cancel()
		<-done
	}
}
