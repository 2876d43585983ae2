package remote

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// ErrUnreachable is wrapped when the relay does not answer.
var ErrUnreachable = errors.New("the relay does not answer; is its unit running?")

// ErrVersion is wrapped when the relay speaks another protocol.
var ErrVersion = errors.New("the relay is of another version; install the same one as the server's")

// Bounds of time.
const (
	tokenLife   = time.Minute
	requestWait = 10 * time.Second
	// unknownAfter is how long the relay may be away before what it told counts as unknown.
	unknownAfter = 5 * time.Second
	// closeMemory is how long a relay that comes back is told again of a subject that was closed: tokens do not live longer.
	closeMemory = 8 * 24 * time.Hour
)

// trailerBytes bounds the summary of a clip, in bytes: the trailer of an answer must fit into the buffer of its
// connection, and a clip may have hundreds of gaps.
const trailerBytes = 128 << 10

// Options say where the relay is. Addr and Signer are required.
type Options struct {
	// Addr is the relay's door: host:port, or unix:/path of a socket. Without TLS only the loopback and sockets are
	// allowed.
	Addr string
	// TLS is used when not nil.
	TLS *tls.Config
	// Signer has the key that server and relay share.
	Signer relay.Signer
	// Readers is the address readers connect to, which Addr returns until the relay has told it.
	Readers string
	// Cameras is the first list. Nil leaves the relay what it has read itself until SetCameras is called.
	Cameras []relay.Camera
	// OnHealth is called as a relay in the same process would, from the goroutine of Run. While the relay does not
	// answer for a few seconds, it is told once for each stream that nothing is known.
	OnHealth func(camera string, h relay.Health)
	// Logger never receives a secret; nil discards.
	Logger *slog.Logger
	// Backoff tells the pauses between attempts; the default is 200 ms to 5 s.
	Backoff rtsp.Backoff
}

// Client stands in for a relay in another process. Its methods may be called from any goroutine.
type Client struct {
	o    Options
	log  *slog.Logger
	base string
	http *http.Client

	sending sync.Mutex // one list of cameras or one reconnection at a time

	mu       sync.Mutex
	hello    hello
	wanted   []relay.Camera // nil: as the relay has read it
	healths  map[string]relay.Health
	closed   map[string]time.Time // subjects that were closed, and when to forget them
	toClose  map[string]time.Time // those of them the relay was not told of
	lost     time.Time            // since when there is no contact; zero while there is
	declared bool                 // it was told that nothing is known
}

// Dial checks the options and returns a client. It does not connect: Run does, and tries for as long as it runs.
func Dial(o Options) (*Client, error) {
	if err := o.Signer.Check(); err != nil {
		return nil, err
	}
	if err := relay.Check(o.Cameras); err != nil {
		return nil, err
	}
	network, address := "tcp", o.Addr
	if path, ok := strings.CutPrefix(o.Addr, "unix:"); ok {
		network, address = "unix", path
	} else if err := checkAddr(o); err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Backoff.Min <= 0 {
		o.Backoff.Min = 200 * time.Millisecond
	}
	if o.Backoff.Max <= 0 {
		o.Backoff.Max = 5 * time.Second
	}
	scheme := "http"
	if o.TLS != nil {
		scheme = "https"
	}
	host := o.Addr
	if network == "unix" {
		host = "relay"
	}
	dialer := net.Dialer{Timeout: requestWait}
	return &Client{
		o: o, log: o.Logger, base: scheme + "://" + host, wanted: o.Cameras,
		healths: map[string]relay.Health{}, closed: map[string]time.Time{}, toClose: map[string]time.Time{}, lost: time.Now(),
		http: &http.Client{
			// A redirect would carry the token elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					return dialer.DialContext(ctx, network, address)
				},
				ReadBufferSize:  trailerBytes,
				TLSClientConfig: o.TLS, ResponseHeaderTimeout: 15 * time.Minute, IdleConnTimeout: time.Minute, MaxIdleConns: 4,
			},
		},
	}, nil
}

// checkAddr refuses addresses to which passwords would travel in the clear.
func checkAddr(o Options) error {
	host, _, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return fmt.Errorf("remote: %q is not an address; write it as host:port or unix:/path", o.Addr)
	}
	if o.TLS != nil || host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("remote: camera passwords would cross the network to %s in the clear; give TLS or use the loopback", o.Addr)
}

// Addr returns the address readers connect to, as the relay told last.
func (c *Client) Addr() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(c.hello.Addr, c.o.Readers)
}

// URL returns the address of a camera's stream for readers, without any credentials.
func (c *Client) URL(camera, stream string) string {
	c.mu.Lock()
	secure := c.hello.Secure
	c.mu.Unlock()
	scheme := "rtsp"
	if secure {
		scheme = "rtsps"
	}
	return scheme + "://" + c.Addr() + "/" + camera + "/" + stream
}

// Health returns the health of all streams as it was last told, sorted by camera and stream.
func (c *Client) Health() []relay.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]relay.Health, 0, len(c.healths))
	for _, h := range c.healths {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b relay.Health) int {
		return cmp.Or(cmp.Compare(a.Camera, b.Camera), cmp.Compare(a.Stream, b.Stream))
	})
	return out
}

// Sites returns how the cameras of each site are, see relay.Sites.
func (c *Client) Sites() []relay.SiteHealth { return relay.Sites(c.Health()) }

// SetCameras replaces the relay's list. A list with problems changes nothing and all problems are returned. While the
// relay does not answer the list is kept and sent when it does.
func (c *Client) SetCameras(cameras []relay.Camera) error {
	if err := relay.Check(cameras); err != nil {
		return err
	}
	if cameras == nil {
		cameras = []relay.Camera{}
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), requestWait)
	defer cancel()
	err := c.call(ctx, http.MethodPut, "/v1/cameras", cameras, nil)
	if err != nil && !errors.Is(err, ErrUnreachable) {
		return fmt.Errorf("remote: set cameras: %w", err)
	}
	c.mu.Lock()
	c.wanted = cameras
	c.mu.Unlock()
	if err != nil {
		c.log.Warn("cameras wait for the relay", slog.String("err", err.Error()))
	}
	return nil
}

// CloseSubject ends the sessions of a subject and returns their number. While the relay does not answer it returns 0 and
// tries again for as long as a token may live.
func (c *Client) CloseSubject(subject string) int {
	ctx, cancel := context.WithTimeout(context.Background(), requestWait)
	defer cancel()
	until := time.Now().Add(closeMemory)
	c.mu.Lock()
	c.closed[subject] = until
	c.mu.Unlock()
	n, err := c.closeNow(ctx, subject)
	if err != nil {
		c.mu.Lock()
		c.toClose[subject] = until
		c.mu.Unlock()
		c.log.Error("sessions of a withdrawn token are not closed yet", slog.String("subject", subject), slog.String("err", err.Error()))
	}
	return n
}

func (c *Client) closeNow(ctx context.Context, subject string) (int, error) {
	var out closedBody
	err := c.call(ctx, http.MethodPost, "/v1/close", subjectBody{subject}, &out)
	return out.Closed, err
}

// Admit checks a token as if a reader had come with it, see relay.Relay.Admit. Without the relay it cannot be known
// whether the token was withdrawn, so the answer is ErrUnreachable then.
func (c *Client) Admit(token, camera, stream string) (relay.Grant, error) {
	if g, err := c.o.Signer.Verify(token, time.Now()); err != nil {
		return g, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), requestWait)
	defer cancel()
	var g relay.Grant
	if err := c.call(ctx, http.MethodPost, "/v1/admit", admitBody{token, camera, stream}, &g); err != nil {
		return relay.Grant{}, fmt.Errorf("remote: admit: %w", err)
	}
	return g, nil
}

// Clip writes what came of a stream between two times as an MP4 file, see relay.Relay.Clip.
func (c *Client) Clip(ctx context.Context, camera, stream string, from, to time.Time, w io.Writer) (replay.Summary, error) {
	fail := func(err error) (replay.Summary, error) {
		return replay.Summary{}, fmt.Errorf("remote: clip of camera %s, stream %s: %w", camera, stream, err)
	}
	q := url.Values{
		"camera": {camera}, "stream": {stream},
		"from": {from.UTC().Format(time.RFC3339Nano)}, "to": {to.UTC().Format(time.RFC3339Nano)},
	}
	res, err := c.send(ctx, http.MethodGet, "/v1/clip?"+q.Encode(), nil)
	if err != nil {
		return fail(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fail(err)
	}
	if text := res.Trailer.Get(errorTrailer); text != "" {
		var f failure
		json.Unmarshal([]byte(text), &f) //nolint:errcheck // unpack says that there is no reason
		return fail(unpack(f))
	}
	var sum replay.Summary
	if err := json.Unmarshal([]byte(res.Trailer.Get(summaryTrailer)), &sum); err != nil {
		return fail(errors.New("the relay stopped in the middle"))
	}
	return sum, nil
}

// call sends a request and reads the answer into out, which may be nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	res, err := c.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxSmall)).Decode(out); err != nil {
		return fmt.Errorf("%w (its answer cannot be read)", ErrVersion)
	}
	return nil
}

// send sends a request; an answer that is not 200 becomes an error.
func (c *Client) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("remote: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("remote: %w", err)
	}
	token, err := c.o.Signer.SignControl(time.Now().Add(tokenLife))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
			return nil, cause
		}
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address and its query
		}
		return nil, fmt.Errorf("%w (%w)", ErrUnreachable, err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	var f failure
	if json.NewDecoder(io.LimitReader(res.Body, maxSmall)).Decode(&f) != nil {
		return nil, fmt.Errorf("%w (it answered %s)", ErrVersion, res.Status)
	}
	return nil, unpack(f)
}
