package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// doorPatience is how long the server may take to begin its answer.
const doorPatience = time.Minute

// door is the server's HTTP door, beside the feed.
type door struct {
	c      *connection
	base   *url.URL
	client *http.Client
}

func (c *connection) door() (*door, error) {
	base, err := url.Parse(c.Server)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	t, err := c.tlsConfig()
	if err != nil {
		return nil, err
	}
	base.Scheme = strings.Replace(base.Scheme, "ws", "http", 1)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = t
	transport.ResponseHeaderTimeout = doorPatience
	// A redirect would take passwords and tokens along, to another server or to where
	// anybody can listen.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &door{c: c, base: base, client: &http.Client{Transport: transport, CheckRedirect: stay}}, nil
}

// get opens what is at an escaped path. The server's reason for not giving it is
// the error.
func (d *door) get(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	return d.ask(ctx, http.MethodGet, path, query, "", nil)
}

// ask opens the answer to a request; body may be nil.
func (d *door) ask(ctx context.Context, method, path string, query url.Values, kind string, body io.Reader) (io.ReadCloser, error) {
	head := http.Header{}
	if kind != "" {
		head.Set("Content-Type", kind)
	}
	return d.send(ctx, method, path, query, head, body)
}

// send opens the answer to a request with a head of its own.
func (d *door) send(ctx context.Context, method, path string, query url.Values, head http.Header, body io.Reader) (io.ReadCloser, error) {
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
	token, err := d.c.token()
	if err != nil {
		return nil, err
	}
	req.Header = head
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
		defer resp.Body.Close()
		return nil, refused(resp)
	}
	return resp.Body, nil
}

// refused is the server's reason for not answering, in its own words.
func refused(resp *http.Response) error {
	var said struct{ Error string }
	if err := json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&said); err == nil && said.Error != "" {
		return errors.New(said.Error)
	}
	return fmt.Errorf("the server answers %s", resp.Status)
}
