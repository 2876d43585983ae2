package door

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"iocwall/ui/page"
)

const (
	// callLimit is the most bytes of an answer, callPatience how long one may take,
	// where the request does not say.
	callLimit    = 8 << 20
	callPatience = 15 * time.Second
)

// Call asks a door of the server for a page.
func (d *Door) Call(ctx context.Context, r page.Request) error {
	wait := r.Timeout
	if wait <= 0 {
		wait = callPatience
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	req, err := d.request(ctx, r)
	if err != nil {
		return err
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return d.unreached(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return refusal(resp)
	}
	return d.read(resp.Body, r)
}

func (d *Door) request(ctx context.Context, r page.Request) (*http.Request, error) {
	path, query, _ := strings.Cut(r.Path, "?")
	u := *d.base
	var err error
	if u.Path, err = url.PathUnescape(path); err != nil {
		return nil, err
	}
	u.RawPath, u.RawQuery = path, query
	var body io.Reader
	kind := r.Type
	switch b := r.Body.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("ask the server: %w", err)
		}
		body, kind = bytes.NewReader(raw), "application/json"
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	token, err := d.token()
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return req, nil
}

// read writes the answer where the request wants it.
func (d *Door) read(body io.Reader, r page.Request) error {
	limit := r.Limit
	if limit <= 0 {
		limit = callLimit
	}
	body = io.LimitReader(body, limit+1)
	switch into := r.Into.(type) {
	case nil:
		_, err := io.Copy(io.Discard, body) // so that the connection serves again
		return err
	case *[]byte:
		raw, err := io.ReadAll(body)
		if err == nil && int64(len(raw)) > limit {
			err = fmt.Errorf("the server's answer is longer than %d bytes", limit)
		}
		*into = raw
		return err
	default:
		if err := json.NewDecoder(body).Decode(into); err != nil {
			return fmt.Errorf("the server's answer to %s: %w", r.Path, err)
		}
		return nil
	}
}

// unreached is why the server could not be asked, without the address that the
// library puts before it.
func (d *Door) unreached(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return fmt.Errorf("%w: %w", page.ErrAway, err)
}

// refusal is the server's no.
func refusal(resp *http.Response) error {
	out := &page.Refusal{Status: resp.StatusCode}
	var said struct {
		Error, Code, Say string
		Values           map[string]string
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&said); err == nil {
		out.Code, out.Text, out.Say, out.Values = said.Code, said.Error, said.Say, said.Values
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		out.After = time.Duration(s) * time.Second
	}
	return out
}

// Person asks the server who has the token.
func (d *Door) Person(ctx context.Context) (p page.Person, err error) {
	err = d.Call(ctx, page.Request{Path: "/api/me", Into: &p})
	return p, err
}
