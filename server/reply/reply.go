// Package reply writes the JSON answers of the server's doors, all in one form, and
// answers again what is asked for again.
package reply

import (
	"encoding/json"
	"maps"
	"net/http"

	"iocwall/server/world"
)

// JSON answers a request with v; nobody keeps a copy of it on the way.
func JSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length") // of what was to be sent instead
	w.WriteHeader(status)
	// The client may have gone: then nobody is left to tell.
	_ = json.NewEncoder(w).Encode(v)
}

// Refused answers a request with the reason why it was not done, under "error", and
// a word for programs, under "code", by which they say it in another language. More
// is put beside them; it may be nil.
func Refused(w http.ResponseWriter, status int, code string, err error, more map[string]any) {
	body := Told(err)
	body["code"] = code
	maps.Copy(body, more)
	JSON(w, status, body)
}

// Error answers a request with the reason why it was not done, as Told says it.
func Error(w http.ResponseWriter, status int, err error) { JSON(w, status, Told(err)) }

// Told is an error as doors answer it: "error" is for people who read English; "say"
// and "values" are the code and the values by which world.Say says it in any language.
func Told(err error) map[string]any {
	out := map[string]any{"error": err.Error()}
	code, values := world.Say(err)
	if code != "" {
		out["say"] = code
	}
	if len(values) > 0 {
		out["values"] = values
	}
	return out
}
