package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"iocwall/geo"
)

// tileJSON is what a server says of its tiles. Source: TileJSON 3.0.0; "format" is
// what many servers add.
type tileJSON struct {
	Tiles   []string  `json:"tiles"`
	Scheme  string    `json:"scheme"` // "tms" counts rows from the south
	Format  string    `json:"format"`
	MinZoom int       `json:"minzoom"`
	MaxZoom int       `json:"maxzoom"`
	Bounds  []float64 `json:"bounds"` // west, south, east, north
	Layers  []struct {
		ID string `json:"id"`
	} `json:"vector_layers"`
}

// isDescription tells whether an address is that of a description, and its host.
func isDescription(address string) (host string, is bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Contains(address, "{") {
		return "", false
	}
	return u.Hostname(), strings.EqualFold(path.Ext(u.Path), ".json")
}

// ready reads the description where there is one and it was not read yet. One that is
// kept is good enough while the server fails.
func (s *server) ready(ctx context.Context) error {
	known := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.source == "" || s.template.text != ""
	}
	if known() {
		return nil
	}
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if known() {
		return nil
	}
	k, err := s.get(ctx, request{address: s.source, secrets: s.source, key: "description\n" + s.source, check: func(text []byte) error {
		_, err := read(text, s.options)
		return Said(err, "tiles.description")
	}})
	switch old := (*OldError)(nil); {
	case err != nil && !errors.As(err, &old):
		return err
	case len(k.tile) == 0:
		return s.failed(ctx, Said(errors.New("it has no description at its address"), "tiles.description"), "")
	}
	d, err := read(k.tile, s.options)
	if err != nil {
		return fmt.Errorf("server %s: %w", s.host, Said(err, "tiles.description"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.template, s.options, s.info = d.template, d.options, d.info
	return nil
}

// described is what a description says.
type described struct {
	template template
	options  ServerOptions // with what it says where they were silent
	info     Info
}

// read understands a description. What the options say goes before what it says. No
// error has a part of it: there may be a key in it.
func read(text []byte, o ServerOptions) (described, error) {
	text, err := unpack(text, maxMetadata)
	if err != nil {
		return described{}, fmt.Errorf("its description cannot be unpacked: %w", err)
	}
	var d tileJSON
	if json.Unmarshal(text, &d) != nil || len(d.Tiles) == 0 {
		return described{}, errors.New("its description is no TileJSON that names its tiles")
	}
	address, err := resolve(d.Tiles[0], o.URL)
	if err != nil {
		return described{}, err
	}
	if d.Scheme == "tms" {
		address = strings.ReplaceAll(address, "{y}", "{-y}")
	}
	t, err := parseTemplate(address, o.Subdomains)
	if err != nil {
		return described{}, errors.New("its description names tiles at an address that cannot be used; give that of its tiles, with {z}, {x} and {y}")
	}
	if f, ok := parseFormat(d.Format); ok && t.format == "" {
		t.format = f
	}
	if len(d.Layers) > 0 && t.format == "" {
		t.format = MVT
	}
	said := Info{MinZoom: d.MinZoom, MaxZoom: d.MaxZoom}
	said.describe(text)
	if o.Name == "" {
		o.Name = said.Name
	}
	if o.Attribution == "" {
		o.Attribution = said.Attribution
	}
	if o.MinZoom == 0 && o.MaxZoom == 0 && d.MinZoom >= 0 && d.MaxZoom >= d.MinZoom {
		o.MinZoom, o.MaxZoom = min(d.MinZoom, MaxZoom), min(d.MaxZoom, MaxZoom)
	}
	if o.Bounds == (geo.Bounds{}) && len(d.Bounds) == 4 {
		b := geo.Bounds{Min: geo.Point{d.Bounds[0], d.Bounds[1]}, Max: geo.Point{d.Bounds[2], d.Bounds[3]}}
		if geo.Valid(b.Min) && geo.Valid(b.Max) && b.Min[0] < b.Max[0] && b.Min[1] < b.Max[1] {
			o.Bounds = b
		}
	}
	info, err := describe(o, t)
	info.Layers = said.Layers
	return described{t, o, info}, err
}

// resolve makes the address of tiles whole. It must be of the server that was
// configured, as another one was chosen by nobody here, and is asked as safely.
func resolve(tiles, source string) (string, error) {
	base, err := url.Parse(source)
	if err != nil {
		return "", errors.New("its address is no URL")
	}
	u, err := base.Parse(tiles)
	if err != nil {
		return "", errors.New("its description names tiles at an address that is no URL")
	}
	if u.Hostname() != base.Hostname() {
		return "", errors.New("its description names tiles of another server; give the address of those, with {z}, {x} and {y}, if that server is right")
	}
	if base.Scheme == "https" && u.Scheme == "http" { // it does not know of the proxy before it
		u.Scheme, u.Host = base.Scheme, base.Host
	}
	if u.User == nil {
		u.User = base.User
	}
	return strings.NewReplacer("%7B", "{", "%7D", "}", "%7b", "{", "%7d", "}").Replace(u.String()), nil
}
