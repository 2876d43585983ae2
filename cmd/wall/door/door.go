// Package door is how this program reaches its server: questions with the secret of
// who asks, the server's refusals, and who is logged in, from one start to the next.
package door

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"iocwall/server/dial"
)

// patience is how long the server may take to begin its answer.
const patience = time.Minute

// Options say where the server is and who asks. Server is required.
type Options struct {
	// Server is the address of the feed; the doors are beside it.
	Server string
	// CA is the PEM file of the authority behind the server's certificate, empty
	// where the system knows it.
	CA string
	// Token returns the secret of who asks; it is called for each question.
	Token func() (string, error)
	// Logger discards when nil.
	Logger *slog.Logger
}

// Door is the server's HTTP door, beside the feed. All methods wait, and may be called
// from any goroutine.
type Door struct {
	token  func() (string, error)
	log    *slog.Logger
	base   *url.URL
	client *http.Client
}

// New returns a door. It asks nothing yet.
func New(o Options) (*Door, error) {
	base, err := dial.Base(o.Server)
	if err != nil {
		return nil, err
	}
	client, transport, err := dial.Client(o.CA)
	if err != nil {
		return nil, err
	}
	transport.ResponseHeaderTimeout = patience
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Door{token: o.Token, log: o.Logger, base: base, client: client}, nil
}

// Close closes the connections that wait for another question.
func (d *Door) Close() { d.client.CloseIdleConnections() }

// Get opens what is at an escaped path. The server's reason for not giving it is
// the error.
func (d *Door) Get(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	return d.Ask(ctx, http.MethodGet, path, query, "", nil)
}

// Ask opens the answer to a request; body may be nil.
func (d *Door) Ask(ctx context.Context, method, path string, query url.Values, kind string, body io.Reader) (io.ReadCloser, error) {
	head := http.Header{}
	if kind != "" {
		head.Set("Content-Type", kind)
	}
	return d.Send(ctx, method, path, query, head, body)
}

// Send opens the answer to a request with a head of its own.
func (d *Door) Send(ctx context.Context, method, path string, query url.Values, head http.Header, body io.Reader) (io.ReadCloser, error) {
	u := *d.base
	var err error
	if u.Path, err = url.PathUnescape(path); err != nil {
		return nil, err
	}
	u.RawPath, u.RawQuery = path, query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	token, err := d.token()
	if err != nil {
		return nil, err
	}
	req.Header = head
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, d.unreached(err)
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
		defer resp.Body.Close()
		return nil, refusal(resp)
	}
	return resp.Body, nil
}
