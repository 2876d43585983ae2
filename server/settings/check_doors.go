package settings

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"iocwall/assets"
	"iocwall/server/area"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// doors checks the addresses, and that nobody on the network can read along.
func (k *checker) doors() {
	c := k.config
	k.door("listen", c.Listen)
	k.door("relay.listen", c.Relay.Listen)
	if c.Relay.Public != "" {
		k.address("relay.public", c.Relay.Public)
	} else if c.TLS.Proxy {
		k.fail("tls.proxy", "does not say where walls fetch pictures", "give the proxy's host:port for them as relay.public")
	}
	if sameDoor(c.Listen, c.Relay.Listen) {
		k.fail("relay.listen", fmt.Sprintf("%q is taken by listen, %q", c.Relay.Listen, c.Listen), "give the relay a port of its own")
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		k.fail("tls", "needs both cert and key", "give both files, or none for a server on loopback")
	}
}

// auth checks how long users stay logged in.
func (k *checker) auth() {
	a := k.config.Auth
	if a.Session < 5*time.Minute || a.Session > 30*24*time.Hour {
		k.fail("auth.session", "is not between 5m and 30d", "the default is 12h, a shift")
	}
	if a.Idle < time.Minute || a.Idle > a.Session {
		k.fail("auth.idle", "is not between 1m and auth.session", "the default is 2h")
	}
}

func (k *checker) address(path, addr string) bool {
	_, _, err := net.SplitHostPort(addr)
	if err != nil {
		k.fail(path, fmt.Sprintf("%q is not host:port", addr), `write "127.0.0.1:8080", or "0.0.0.0:8443" and a certificate`)
	}
	return err == nil
}

// door checks an address to listen on: what comes in there bears tokens, which
// everybody on the way could read and use.
func (k *checker) door(path, addr string) {
	if !k.address(path, addr) || k.config.TLS.Cert != "" || k.config.TLS.Proxy || loopback(addr) {
		return
	}
	k.fail(path, fmt.Sprintf("%q can be reached from the network, and tokens would pass there unencrypted", addr),
		`give a certificate under tls, or listen on 127.0.0.1; "tls: {proxy: true}" says that a proxy in front speaks TLS`)
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// sameDoor reports whether two addresses cannot both be listened on. Port 0 is
// any free one.
func sameDoor(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portA != portB || portA == "0" {
		return false
	}
	all := func(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }
	return hostA == hostB || all(hostA) || all(hostB)
}

// files reads the files the configuration names, so that a server does not
// start on half of them.
func (k *checker) files() {
	c := k.config
	if c.Rules != "" {
		if _, err := os.Stat(c.Path(c.Rules)); err != nil {
			k.fail("rules", err.Error(), "give the path of a rule file, or leave it out")
		} else {
			_, ps := c.RuleSet()
			k.problems = append(k.problems, ps...)
		}
	}
	k.areaFile()
	k.certificate()
}

// areaFile checks the file of areas. The built-in tree needs no check and is
// read only when something names an area.
func (k *checker) areaFile() {
	c := k.config
	k.areas = sync.OnceValue(func() []string {
		var out []string
		for _, a := range k.tree() {
			out = append(out, a.ID)
		}
		return out
	})
	k.tree = sync.OnceValue(func() []world.AreaDefined {
		set, _ := area.Parse("built-in areas", assets.Areas())
		return set.Areas
	})
	if _, err := os.Stat(c.AddedAreas()); c.Areas == "" && err != nil {
		return
	}
	var known []world.AreaDefined
	k.tree = func() []world.AreaDefined { return known }
	if _, err := os.Stat(c.Path(c.Areas)); c.Areas != "" && err != nil {
		k.fail("areas", err.Error(), "give the path of a file of areas, or leave it out for the built-in tree")
		return
	}
	set, ps := c.AreaSet()
	k.problems = append(k.problems, ps...)
	if set != nil {
		known = set.Areas
	}
}

// AreaSet reads the tree of areas: the built-in one, or that of the file the
// configuration names, with the files that one names. With problems the set must
// not be used.
func (c *Config) AreaSet() (*area.Set, []strict.Problem) {
	set, problems := c.areaFile()
	raw, err := os.ReadFile(c.AddedAreas())
	if set == nil || len(problems) > 0 || errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return set, problems // who may not read it is not the server
	}
	var added area.Added
	if err == nil {
		added, err = area.DecodeAdded(raw)
	}
	if err != nil {
		return nil, []strict.Problem{{File: c.AddedAreas(), Message: err.Error(), Suggestion: "take the file away and import the areas again"}}
	}
	return set.With(c.AddedAreas(), added)
}

// areaFile returns the tree that the configuration names.
func (c *Config) areaFile() (*area.Set, []strict.Problem) {
	if c.Areas == "" {
		return area.Parse("built-in areas", assets.Areas())
	}
	path := c.Path(c.Areas)
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, []strict.Problem{{File: c.Areas, Message: err.Error()}}
	}
	return area.Read(c.Areas, src, area.Files{BuiltIn: assets.Areas(), Open: func(name string) (io.ReadCloser, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		return os.Open(name)
	}})
}

// certificate checks that the server can use what it would show.
func (k *checker) certificate() {
	c := k.config
	missing := false
	for _, f := range [][2]string{{"tls.cert", c.TLS.Cert}, {"tls.key", c.TLS.Key}} {
		if f[1] == "" {
			missing = true
			continue
		}
		if _, err := os.Stat(c.Path(f[1])); err != nil {
			k.fail(f[0], err.Error(), "give the path of a PEM file")
			missing = true
		}
	}
	if missing {
		return
	}
	if _, err := tls.LoadX509KeyPair(c.Path(c.TLS.Cert), c.Path(c.TLS.Key)); err != nil {
		k.fail("tls", "the certificate and the key cannot be used: "+err.Error(), "both are PEM files that this user may read, and belong together")
	}
}
