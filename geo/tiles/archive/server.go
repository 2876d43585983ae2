package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"iocwall/geo"
)

const (
	serverRequests = 4                // at once
	serverPatience = 20 * time.Second // for one tile
	firstPause     = time.Second      // after a failure; doubled with each one that follows
	longestPause   = 5 * time.Minute
	keepDefault    = 7 * 24 * time.Hour // what a tile is good for if the server does not say
	keepAbsent     = 5 * time.Minute    // what it is good for that there is none
	keepLongest    = 90 * 24 * time.Hour
)

// ServerOptions says which tiles a server has, where it does not tell.
type ServerOptions struct {
	// URL is http or https with {z}, {x} and {y}, or {-y} for rows counted from the
	// south; {s} stands for one of Subdomains. Or it ends in .json and is that of a
	// description in TileJSON, which says the rest. It may hold a user and password
	// or a key; they are never part of an error or of Info.
	URL string
	// Subdomains are a, b and c unless others are given.
	Subdomains []string
	// Format is taken from the ending of the URL, from the description, or from the
	// first tile. Pictures of any format are understood.
	Format Format
	// TileSize is 512 if the URL says @2x or ends in nothing known and its tiles are
	// so large, and otherwise 256; 512 for vector tiles.
	TileSize int
	// MinZoom and MaxZoom are 0 and 19 (14 for vector tiles) if both are 0 and no
	// description says them.
	MinZoom, MaxZoom int
	Bounds           geo.Bounds // none: those of the description, or the world
	Name             string
	Attribution      string // none: that of the description, or the server's name
	UserAgent        string // whom the server may turn to; none: the product's name
	Cache            *Cache // shared with other servers; nil: none
	Transport        http.RoundTripper
}

// server is an Archive on a tile server.
type server struct {
	host    string // for people
	source  string // address of its description; empty if it has none
	agent   string
	cache   *Cache
	client  *http.Client
	slots   chan struct{}
	reading chan struct{} // has a place for who reads the description

	mu       sync.Mutex
	template template // empty before the description is read
	options  ServerOptions
	info     Info
	failures int       // in a row
	until    time.Time // when it is asked again
	last     error     // of them
	stale    int
}

// OpenServer prepares the tiles of a server; it asks nothing yet. It sends at most
// four requests at once and none for a while after failures. What the server lets
// be kept is kept in the cache, and asked for again by its tag; while the server
// fails, what has gone stale there is good enough. So it is where the server says
// 404 of a tile that it had: a server behind a proxy says that of all tiles while it
// starts. Only 204 and 410 mean that the tile is gone.
func OpenServer(o ServerOptions) (Archive, error) {
	s := &server{
		options: o, agent: o.UserAgent, cache: o.Cache,
		slots: make(chan struct{}, serverRequests), reading: make(chan struct{}, 1),
	}
	if s.agent == "" {
		s.agent = "IOC-Wall (map of an operations centre)"
	}
	var err error
	if host, is := isDescription(o.URL); is {
		s.host, s.source = host, o.URL
		s.info, err = describe(o, template{host: host})
	} else {
		if s.template, err = parseTemplate(o.URL, o.Subdomains); err != nil {
			return nil, err
		}
		s.host = s.template.host
		s.info, err = describe(o, s.template)
	}
	if err != nil {
		return nil, fmt.Errorf("archive: server %s: %w", s.host, err)
	}
	transport := o.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 10 * time.Second,
			MaxConnsPerHost:       serverRequests,
			MaxIdleConnsPerHost:   serverRequests,
			IdleConnTimeout:       time.Minute,
			ForceAttemptHTTP2:     true,
		}
	}
	s.client = &http.Client{Transport: transport, Timeout: serverPatience, CheckRedirect: sameHost}
	return s, nil
}

// describe makes of options what can be known before a tile came.
func describe(o ServerOptions, t template) (Info, error) {
	info := Info{Name: o.Name, Format: o.Format, TileSize: o.TileSize, Attribution: plain(o.Attribution)}
	if info.Name == "" {
		info.Name = t.host
	}
	if info.Attribution == "" {
		info.Attribution = t.host
	}
	if info.Format == "" {
		info.Format = t.format
	}
	if info.Format == MVT {
		info.TileSize = 512
	}
	if info.TileSize == 0 {
		info.TileSize = t.size
	}
	if info.TileSize == 0 {
		info.TileSize = 256
	}
	if info.TileSize != 256 && info.TileSize != 512 {
		return info, fmt.Errorf("tiles of %d pixels; choose 256 or 512", info.TileSize)
	}
	low, high := o.MinZoom, o.MaxZoom
	if low == 0 && high == 0 {
		if high = 19; info.Format == MVT {
			high = 14
		}
	}
	if err := info.setZooms(low, high); err != nil {
		return info, err
	}
	notes := len(info.Notes)
	if info.setBounds(o.Bounds); len(info.Notes) > notes {
		return info, errors.New(info.Notes[notes])
	}
	return info, nil
}

// learn takes the format from a tile where nothing else told it.
func (s *server) learn(tile []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.info.Format != "" {
		return
	}
	f, err := sniff(tile)
	if err != nil {
		return
	}
	o := s.options
	if o.Format = f; o.TileSize == 0 && s.template.size == 0 {
		var size Info
		size.Format = f
		size.learnSize(tile)
		o.TileSize = size.TileSize
	}
	if info, err := describe(o, s.template); err == nil {
		info.Layers = s.info.Layers
		s.info = info
	}
}

// sameHost follows a redirect only within the server that was configured: another
// one was chosen by nobody here.
func sameHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > 3:
		return Said(errors.New("it redirects in a circle"), "tiles.redirect")
	case next.URL.Host != first.Host || next.URL.Scheme != first.Scheme && next.URL.Scheme != "https":
		return Said(errors.New("it redirects to another server; write that one into the configuration if it is right"), "tiles.redirect")
	}
	return nil
}

// Tile implements Archive.
func (s *server) Tile(ctx context.Context, z, x, y int) ([]byte, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	t, info := s.template, s.info
	s.mu.Unlock()
	if !OnMap(z, x, y) || z < info.MinZoom || z > info.MaxZoom {
		return nil, ErrNoTile
	}
	k, err := s.get(ctx, request{address: t.address(z, x, y), secrets: t.address(0, 0, 0), key: t.key(z, x, y), check: s.plausible})
	var old *OldError
	if err != nil && !errors.As(err, &old) {
		return nil, err
	}
	tile, broken := k.answer()
	if broken != nil {
		return nil, broken
	}
	s.learn(tile)
	if old != nil {
		s.mu.Lock()
		s.stale++
		s.mu.Unlock()
	}
	return tile, err
}

// request is what a server is asked for.
type request struct {
	address string
	secrets string             // an address with the same ones
	key     string             // in the cache
	check   func([]byte) error // that it is what it should be, before it is kept
}

// get returns what is kept, if it is fresh, and otherwise what the server answers. If
// that fails and something is kept, that comes with an OldError.
func (s *server) get(ctx context.Context, q request) (kept, error) {
	var old kept
	have := false
	if s.cache != nil {
		if old, have = s.cache.get(q.key, time.Now()); have && time.Now().Before(old.stale) {
			return old, nil
		}
	}
	fresh, err := s.fetch(ctx, q, old, have)
	if err != nil && have && ctx.Err() == nil {
		return old, &OldError{Since: old.fetched, Why: err}
	}
	return fresh, err
}

// answer unpacks what is kept. What is kept without bytes is known not to be there.
func (k kept) answer() ([]byte, error) {
	if len(k.tile) == 0 {
		return nil, ErrNoTile
	}
	return unpackTile(k.tile)
}

// fetch asks the server and keeps what it answers.
func (s *server) fetch(ctx context.Context, q request, old kept, have bool) (kept, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return kept{}, ctx.Err()
	}
	if err := s.pausing(); err != nil {
		return kept{}, err
	}
	response, err := s.ask(ctx, q, old, have)
	if err != nil {
		return kept{}, s.failed(ctx, Said(err, "tiles.away"), "")
	}
	defer func() { _ = response.Body.Close() }()
	k, keep, err := understand(response, q.check, old, have)
	if errors.Is(err, errMissing) { // the others may be well
		return kept{}, fmt.Errorf("server %s: %w", s.host, err)
	}
	if err != nil {
		return kept{}, s.failed(ctx, err, response.Header.Get("Retry-After"))
	}
	s.mu.Lock()
	s.failures, s.until = 0, time.Time{}
	s.mu.Unlock()
	if keep && s.cache != nil {
		s.cache.put(q.key, k, time.Now()) // if it fails the cache says so; the tile is here
	}
	return k, nil
}

func (s *server) ask(ctx context.Context, q request, old kept, have bool) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, q.address, nil)
	if err != nil {
		return nil, errors.New("its address is no URL") // the error has the address in it
	}
	request.Header.Set("User-Agent", s.agent)
	if have && old.tag != "" {
		request.Header.Set("If-None-Match", old.tag)
	}
	response, err := s.client.Do(request)
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = discreet(q.secrets, wrapped.Err) // without the address, in which there may be a key
	}
	return response, err
}

// errMissing says that a tile is missing which was there.
var errMissing = errors.New("it has the tile no more (404)")

// understand reads an answer, and whether it may be kept.
func understand(r *http.Response, check func([]byte) error, old kept, have bool) (k kept, keep bool, err error) {
	now := time.Now()
	k = kept{fetched: now, tag: r.Header.Get("ETag")}
	good, keep := lifetime(r.Header, keepDefault, now)
	k.stale = now.Add(good)
	switch r.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		if !have {
			return k, false, Said(errors.New("it says that nothing has changed, about a tile it was never asked for"), "tiles.status", "status", "304")
		}
		k.tile = old.tile
		if k.tag == "" {
			k.tag = old.tag
		}
		return k, keep, nil
	case http.StatusNotFound:
		if have && len(old.tile) > 0 {
			return k, false, Said(errMissing, "tiles.missing")
		}
		return absent(k, r.Header)
	case http.StatusNoContent, http.StatusGone:
		return absent(k, r.Header)
	case http.StatusUnauthorized, http.StatusForbidden:
		return k, false, Said(fmt.Errorf("it refuses (%d); check the key or password in its URL, and its terms of use", r.StatusCode), "tiles.refused", "status", strconv.Itoa(r.StatusCode))
	case http.StatusTooManyRequests:
		return k, false, Said(errors.New("it was asked too often (429)"), "tiles.often")
	default:
		return k, false, Said(fmt.Errorf("it answers %d", r.StatusCode), "tiles.status", "status", strconv.Itoa(r.StatusCode))
	}
	k.tile, err = io.ReadAll(io.LimitReader(r.Body, maxTileBytes+1))
	switch {
	case err != nil:
		return k, false, Said(fmt.Errorf("its answer breaks off: %w", err), "tiles.away")
	case len(k.tile) > maxTileBytes:
		return k, false, Said(fmt.Errorf("its answer has more than %d bytes", maxTileBytes), "tiles.foreign")
	case len(k.tile) == 0:
		return absent(k, r.Header)
	}
	return k, keep, check(k.tile)
}

// absent is an answer that there is no tile. That is believed for a few minutes, or
// for as long as the server says.
func absent(k kept, h http.Header) (kept, bool, error) {
	good, keep := lifetime(h, keepAbsent, k.fetched)
	k.stale = k.fetched.Add(good)
	return k, keep, nil
}

// plausible refuses what is no tile at all, such as the page of a network that wants
// a login first: it would be kept for days.
func (s *server) plausible(tile []byte) error {
	raw, err := unpack(tile, maxTileBytes)
	if err == nil {
		switch s.Info().Format {
		case MVT:
			err = checkVector(raw)
		case "":
			_, err = sniff(raw)
		default:
			_, _, _, err = measure(raw)
		}
	}
	if err != nil {
		return Said(fmt.Errorf("it answers with something else than a tile: %w", err), "tiles.foreign")
	}
	return nil
}

// pausing returns an error while the server is left alone after failures.
func (s *server) pausing() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.until) {
		return &PausedError{Host: s.host, Until: s.until, Reason: s.last}
	}
	return nil
}

// failed counts a failure and returns it with the name of the server.
func (s *server) failed(ctx context.Context, err error, retryAfter string) error {
	if ctx.Err() != nil {
		return ctx.Err() // nobody waits for the answer any more; that is not the server's fault
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !now.Before(s.until) { // otherwise this is one more of those that failed together
		s.until = now.Add(min(longestPause, firstPause<<min(s.failures, 10)))
		s.failures++
	}
	if seconds, bad := strconv.Atoi(retryAfter); bad == nil && seconds > 0 {
		if later := now.Add(min(time.Hour, time.Duration(seconds)*time.Second)); later.After(s.until) {
			s.until = later
		}
	}
	s.last = err
	return fmt.Errorf("server %s: %w", s.host, err)
}

// PausedError says that a server is left alone after failures.
type PausedError struct {
	Host   string
	Until  time.Time // when it is asked again
	Reason error     // the last failure
}

func (e *PausedError) Error() string {
	return fmt.Sprintf("server %s is asked again at %s: %v", e.Host, e.Until.Format(time.TimeOnly), e.Reason)
}

// Say returns the code of the sentence and its values, with what the failure says.
func (e *PausedError) Say() (code string, values map[string]string) {
	s, ok := said(e.Reason)
	if !ok {
		return "tiles.away", nil
	}
	behind, more := s.Say()
	values = map[string]string{"host": e.Host, "why": e.Reason.Error(), "why.code": behind}
	for name, v := range more {
		values["why."+name] = v
	}
	return "tiles.paused", values
}

// Unwrap returns the failure.
func (e *PausedError) Unwrap() error { return e.Reason }

// Stale returns how many times a tile of the cache was good enough although the
// server could not renew it.
func (s *server) Stale() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stale
}

// Info implements Archive.
func (s *server) Info() Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// Close implements Archive.
func (s *server) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
