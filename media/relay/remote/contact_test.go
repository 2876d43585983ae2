package remote

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/relay"
)

// tripper answers requests without a network.
type tripper func(*http.Request) (io.ReadCloser, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := f(r)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: body, Request: r, Header: http.Header{}}, nil
}

func text(v any) io.ReadCloser {
	raw, err := json.Marshal(v)
	if err != nil {
		return io.NopCloser(strings.NewReader("{}"))
	}
	return io.NopCloser(strings.NewReader(string(raw) + "\n"))
}

// beating is a relay's stream of health: one stream, the end of the first list, and signs of life.
func beating(ctx context.Context) io.ReadCloser {
	out, in := io.Pipe()
	go func() {
		enc := json.NewEncoder(in)
		lines := []line{{Health: &relay.Health{Camera: "c1", Stream: "main"}}, {Whole: true}}
		for n := 0; ; n++ {
			l := line{}
			if n < len(lines) {
				l = lines[n]
			}
			if enc.Encode(l) != nil {
				return
			}
			select {
			case <-ctx.Done():
				in.CloseWithError(context.Cause(ctx))
				return
			case <-time.After(beatEvery):
			}
		}
	}()
	return out
}

// A server that is busy with what it is told does not take the relay for dead.
func TestABusyServerKeepsTheContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var greeted atomic.Int32
		c, err := Dial(Options{Addr: "127.0.0.1:1", Signer: signer, OnHealth: func(string, relay.Health) { time.Sleep(time.Minute) }})
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = tripper(func(r *http.Request) (io.ReadCloser, error) {
			if r.URL.Path == "/v1/hello" {
				greeted.Add(1)
				return text(hello{Version: version}), nil
			}
			return beating(r.Context()), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := c.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if n := greeted.Load(); n != 1 {
			t.Errorf("%d contacts", n)
		}
	})
}

// A subject that could not be closed is closed as soon as it can, although the contact never broke.
func TestASubjectIsClosedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var deaf atomic.Bool
		var closed atomic.Int32
		c, err := Dial(Options{Addr: "127.0.0.1:1", Signer: signer})
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = tripper(func(r *http.Request) (io.ReadCloser, error) {
			switch r.URL.Path {
			case "/v1/hello":
				return text(hello{Version: version}), nil
			case "/v1/close":
				if deaf.Load() {
					<-r.Context().Done()
					return nil, context.Cause(r.Context())
				}
				closed.Add(1)
				return text(closedBody{1}), nil
			}
			return beating(r.Context()), nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		time.Sleep(10 * time.Second)
		deaf.Store(true)
		time.AfterFunc(requestWait+time.Second, func() { deaf.Store(false) })
		if n := c.CloseSubject("hung"); n != 0 {
			t.Errorf("%d closed by a relay that does not answer", n)
		}
		time.Sleep(time.Minute)
		if n := closed.Load(); n != 1 {
			t.Errorf("closed %d times", n)
		}
		cancel()
		<-done
	})
}
