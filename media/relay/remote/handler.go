package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"iocwall/media/relay"
)

// writeWait bounds how long the server may take nothing of an answer.
const writeWait = 30 * time.Second

// HandlerOptions make a Handler. Relay and Signer are required.
type HandlerOptions struct {
	Relay  *relay.Relay
	Signer relay.Signer
	// Logger never receives a secret; nil discards.
	Logger *slog.Logger
}

// door answers the server's requests.
type door struct {
	o   HandlerOptions
	log *slog.Logger
}

// Handler returns the relay's door for its server. It is to be served on the loopback, on a unix socket or over TLS. A
// stream of health or a clip ends with its request's context, so the server that serves it should end these when it is
// shut down, see http.Server.BaseContext.
func Handler(o HandlerOptions) http.Handler {
	d := &door{o: o, log: o.Logger}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/hello", d.hello)
	mux.HandleFunc("PUT /v1/cameras", d.cameras)
	mux.HandleFunc("GET /v1/health", d.health)
	mux.HandleFunc("POST /v1/close", d.close)
	mux.HandleFunc("POST /v1/admit", d.admit)
	mux.HandleFunc("GET /v1/clip", d.clip)
	return d.guard(mux)
}

// guard lets only requests with a token of ours pass.
func (d *door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if err := d.o.Signer.VerifyControl(token, time.Now()); err != nil {
			d.log.Warn("request at the relay's door refused", slog.String("from", r.RemoteAddr), slog.String("why", err.Error()))
			answer(w, http.StatusUnauthorized, failure{Error: "this door is for the server alone, which shares the relay's key and its time"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answer writes a JSON body.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // who asked is gone
}

func refuse(w http.ResponseWriter, err error) {
	f, status := pack(err)
	answer(w, status, f)
}

// read reads a body of at most limit bytes into v.
func read(w http.ResponseWriter, r *http.Request, limit int64, v any) bool {
	var err error = &http.MaxBytesError{Limit: limit}
	if r.ContentLength <= limit {
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
		dec.DisallowUnknownFields()
		err = dec.Decode(v)
	}
	if err != nil {
		// The decoder's error may quote what it read, and that may be a password.
		text := "the body is not what this relay understands; let server and relay be of the same version"
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			text = fmt.Sprintf("the body has more than %d bytes", large.Limit)
		}
		answer(w, http.StatusBadRequest, failure{Error: text})
		return false
	}
	return true
}

func (d *door) hello(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, hello{
		Version: version, Addr: d.o.Relay.Addr(), Secure: strings.HasPrefix(d.o.Relay.URL("a", "b"), "rtsps:"),
	})
}

func (d *door) cameras(w http.ResponseWriter, r *http.Request) {
	var list []relay.Camera
	if !read(w, r, maxCameras, &list) {
		return
	}
	if err := d.o.Relay.SetCameras(list); err != nil {
		refuse(w, err)
		return
	}
	d.log.Info("cameras set by the server", slog.Int("cameras", len(list)))
	answer(w, http.StatusOK, struct{}{})
}

// health streams what is news, line by line, until the server is gone.
func (d *door) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := http.NewResponseController(w)
	enc := json.NewEncoder(w)
	first, last := true, time.Time{}
	send := func(l line) error {
		out.SetWriteDeadline(time.Now().Add(writeWait)) //nolint:errcheck // not every kind of connection has one
		return enc.Encode(l)
	}
	err := d.o.Relay.Follow(r.Context(), func(changes []relay.Change) error {
		for _, c := range changes {
			if err := send(line{Health: &c.Health, Gone: c.Gone}); err != nil {
				return err
			}
		}
		if !first && len(changes) == 0 && time.Since(last) < beatEvery {
			return nil
		}
		last = time.Now()
		if err := send(line{Whole: first}); err != nil {
			return err
		}
		first = false
		return out.Flush()
	})
	d.log.Debug("stream of health ended", slog.String("why", err.Error()))
}

func (d *door) close(w http.ResponseWriter, r *http.Request) {
	var body subjectBody
	if read(w, r, maxSmall, &body) {
		answer(w, http.StatusOK, closedBody{d.o.Relay.CloseSubject(body.Subject)})
	}
}

func (d *door) admit(w http.ResponseWriter, r *http.Request) {
	var body admitBody
	if !read(w, r, maxSmall, &body) {
		return
	}
	grant, err := d.o.Relay.Admit(body.Token, body.Camera, body.Stream)
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, http.StatusOK, grant)
}

// The trailers of a clip: what it holds, or why it is not whole.
const (
	summaryTrailer = "Clip-Summary"
	errorTrailer   = "Clip-Error"
)

// clip streams a clip as it is made.
func (d *door) clip(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, errFrom := time.Parse(time.RFC3339Nano, q.Get("from"))
	to, errTo := time.Parse(time.RFC3339Nano, q.Get("to"))
	if err := errors.Join(errFrom, errTo); err != nil {
		answer(w, http.StatusBadRequest, failure{Error: "from and to are times as in RFC 3339"})
		return
	}
	out := &patientWriter{w: w, out: http.NewResponseController(w)}
	w.Header().Set("Trailer", summaryTrailer+", "+errorTrailer)
	w.Header().Set("Content-Type", "video/mp4")
	sum, err := d.o.Relay.Clip(r.Context(), q.Get("camera"), q.Get("stream"), from, to, out)
	switch {
	case err != nil && out.begun:
		f, _ := pack(err)
		w.Header().Set(errorTrailer, encode(f))
	case err != nil:
		w.Header().Del("Trailer")
		if errors.Is(err, context.Canceled) {
			return
		}
		refuse(w, err)
	default:
		w.Header().Set(summaryTrailer, encode(sum))
	}
}

// encode makes a header value; JSON escapes what may not be in one.
func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, string(raw))
}

// patientWriter flushes what is written and gives each write its own time.
type patientWriter struct {
	w     io.Writer
	out   *http.ResponseController
	begun bool
}

// Write implements io.Writer.
func (p *patientWriter) Write(b []byte) (int, error) {
	p.begun = true
	p.out.SetWriteDeadline(time.Now().Add(writeWait)) //nolint:errcheck // not every kind of connection has one
	n, err := p.w.Write(b)
	if err != nil {
		return n, err
	}
	return n, p.out.Flush()
}
