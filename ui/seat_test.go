package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"iocwall/ui/console"
	"iocwall/ui/login"
	"iocwall/ui/page"
)

// TestLookChanges: another language and theme make the pages anew; the cameras of the
// old ones end only after those of the new ones play.
func TestLookChanges(t *testing.T) {
	b, m := openMosaic(t)
	b.tick(0)
	was, old := b.players["cam-01"], m.page()
	m.s.wear(console.Look{Lang: "en", Theme: "light", Text: 1.25})
	b.tick(time.Second)
	b.settle()
	if m.page() == old || b.ui.lang.Code != "en" || b.ui.kit.Theme.Name != "light" || m.s.Env().Scale.Text != 20 {
		t.Errorf("language %q, theme %q, text %v", b.ui.lang.Code, b.ui.kit.Theme.Name, m.s.Env().Scale.Text)
	}
	if now := b.players["cam-01"]; now == was || now.closed || was.closed {
		t.Errorf("the camera: another player %v, the old one closed %v", now != was, was.closed)
	}
	b.tick(leaveAfter + time.Second)
	if !was.closed || len(m.s.leaving) != 0 || b.players["cam-01"].closed {
		t.Error("the old page's camera does not end, or the new one's does")
	}
}

// TestCall: an answer is written on the toolkit's goroutine and not after cancel.
func TestCall(t *testing.T) {
	var gate chan struct{}
	b := newBench(t, Options{Mode: Mosaic, Seat: SeatOptions{Call: func(_ context.Context, r page.Request) error {
		<-gate
		if r.Path == "/api/no" {
			return &page.Refusal{Status: 403, Text: "no right"}
		}
		*r.Into.(*string) = "answer"
		return nil
	}}})
	b.tick(0)
	s := b.mosaic().s
	ask := func(path string) (got string, err error) {
		gate = make(chan struct{})
		done := make(chan error, 1)
		s.Call(page.Request{Path: path, Into: &got}, func(err error) { done <- err })
		close(gate)
		select {
		case err = <-done:
		case <-time.After(20 * time.Second):
			t.Fatal("no answer")
		}
		return got, err
	}
	if got, err := ask("/api/yes"); got != "answer" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	var no *page.Refusal
	if _, err := ask("/api/no"); !errors.As(err, &no) || no.Status != 403 {
		t.Errorf("refused: %v", err)
	}
}

// doors let nobody in.
type doors struct{ login.Doors }

func (doors) Centre(context.Context) (string, error) { return "", nil }

// TestNobodySits: where nobody is logged in the window asks who it is, and again when
// the session is over.
func TestNobodySits(t *testing.T) {
	o := Options{Mode: Mosaic, Seat: SeatOptions{Known: somebody(), Login: &LoginOptions{
		Doors: doors{}, Server: "ioc.example.vn", Last: func() string { return "mai" }, Done: func(page.Person) {},
	}}}
	b := newBench(t, o)
	b.tick(0)
	m := b.mosaic()
	b.give(snapshot(province(1, 1)))
	cam := b.players["cam-01"]
	b.ui.Rise("expired")
	b.tick(time.Second)
	if m.s.shell != nil || m.s.entry == nil || len(m.s.surfaces()) != 0 || !cam.closed {
		t.Errorf("after the session: console %v, camera closed %v", m.s.shell != nil, cam.closed)
	}
	m.s.sit(*somebody())
	b.tick(time.Second)
	if m.s.shell == nil || m.s.entry != nil || len(m.s.surfaces()) == 0 {
		t.Error("who logged in has no console")
	}
}
