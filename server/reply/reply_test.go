package reply

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAnswers(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Length", "9000")
	Error(w, http.StatusNotFound, errors.New(`there is no camera "x"`))
	got := w.Result()
	if got.StatusCode != http.StatusNotFound || w.Body.String() != `{"error":"there is no camera \"x\""}`+"\n" {
		t.Errorf("%d %s", got.StatusCode, w.Body)
	}
	for key, want := range map[string]string{"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "Content-Length": ""} {
		if h := got.Header.Get(key); h != want {
			t.Errorf("%s: %q, want %q", key, h, want)
		}
	}
}

func TestRefused(t *testing.T) {
	w := httptest.NewRecorder()
	Refused(w, http.StatusTooManyRequests, "locked", errors.New("wait 8s"), map[string]any{"wait": 8})
	if w.Code != http.StatusTooManyRequests || w.Body.String() != `{"code":"locked","error":"wait 8s","wait":8}`+"\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// said is an error that says itself by a code.
type said struct{ code string }

func (said) Error() string { return "there is no wall" }

func (s said) Say() (string, map[string]string) { return s.code, map[string]string{"wall": "main"} }

// TestSaid: what says itself by a code is answered with it and its values, also when
// something wraps it.
func TestSaid(t *testing.T) {
	w := httptest.NewRecorder()
	Error(w, http.StatusNotFound, fmt.Errorf("show: %w", said{"wall.unknown"}))
	if got := w.Body.String(); got != `{"error":"show: there is no wall","say":"wall.unknown","values":{"wall":"main"}}`+"\n" {
		t.Error(got)
	}
	w = httptest.NewRecorder()
	Refused(w, http.StatusForbidden, "denied", said{"denied.right"}, map[string]any{"right": "x"})
	if got := w.Body.String(); got != `{"code":"denied","error":"there is no wall","right":"x","say":"denied.right","values":{"wall":"main"}}`+"\n" {
		t.Error(got)
	}
}

// TestSeveralCauses: each of them is told.
func TestSeveralCauses(t *testing.T) {
	got := Told(errors.Join(said{"wall.unknown"}, said{"wall.gone"}))
	values, _ := got["values"].(map[string]string)
	if got["say"] != "many" || values["1.code"] != "wall.unknown" || values["2.code"] != "wall.gone" || values["2.wall"] != "main" || values["2"] != "there is no wall" {
		t.Errorf("%v", got)
	}
}
