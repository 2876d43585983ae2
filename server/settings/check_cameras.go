package settings

import (
	"crypto/x509"
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"iocwall/media/rtsp"
	"iocwall/server/source"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// longestReplay bounds what is kept of a camera, and of the time before an alert.
const longestReplay = time.Hour

func (k *checker) cameras() {
	seen := map[string]int{}
	for i, c := range k.config.Cameras {
		path := k.id("cameras", i, c.ID, seen)
		k.name(path, c.Name)
		k.place(path+".pos", c.Pos)
		k.secret(path+".password", c.Password)
		k.area(path, c.Area)
		if c.Heading != nil {
			k.number(path+".heading", *c.Heading, 0, 360, "degrees")
		}
		k.number(path+".view", c.View, 0, 360, "degrees")
		k.number(path+".reach", c.Reach, 0, math.MaxFloat64, "metres")
		if len(c.Streams) == 0 {
			k.fail(path, "needs at least one stream", `write "streams: [{name: main, url: rtsp://…}]"`)
		}
		k.streams(path, c.Streams)
		k.transport(path, c)
		k.head(path+".onvif", c.ONVIF)
		if c.Replay < 0 || c.Replay > longestReplay || c.Replay%time.Second != 0 {
			k.fail(path+".replay", "is not between 0s and 1h in whole seconds", `write "replay: 60s", or leave it out`)
		}
		if len(c.Site) > 64 || strings.ContainsAny(c.Site, "/\n") {
			k.fail(path+".site", "is no name of a site", "use at most 64 letters without a slash")
		}
	}
}

func (k *checker) secret(path, ref string) {
	if p := source.CheckSecret("password", ref); p != nil {
		k.fail(path, p.Message, p.Suggestion)
	}
}

func (k *checker) streams(path string, streams []StreamConfig) {
	names := map[string]int{}
	for j, s := range streams {
		at := fmt.Sprintf("%s.streams[%d]", path, j)
		if s.Width < 0 || s.Height < 0 {
			k.fail(at, "has a width or a height below 0", "leave them out when they are not known")
		}
		k.number(at+".fps", s.FPS, 0, 240, "pictures a second")
		if s.Name != "" && !idPattern.MatchString(s.Name) {
			k.fail(at+".name", fmt.Sprintf("%q is not a name of a stream", s.Name), `write "main" or "sub"`)
		} else if _, there := names[s.Name]; there || s.Name == "" {
			k.fail(at, "needs a name of its own", `write "main" and "sub"`)
		}
		names[s.Name] = j
		u, err := url.Parse(s.URL)
		switch {
		case err != nil || (u.Scheme != "rtsp" && u.Scheme != "rtsps") || u.Host == "":
			k.fail(at+".url", "is not an address of a camera", "write rtsp://host:port/path") // the text may hold a password
		case u.User != nil:
			k.fail(at+".url", "holds a login", "put it into user and password of the camera")
		}
	}
}

// fingerprintPattern is a SHA-256 in hexadecimal digits, with or without colons.
var fingerprintPattern = regexp.MustCompile(`^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$`)

// transport checks how the packets of a camera travel, and whom it is trusted to
// be.
func (k *checker) transport(path string, c CameraConfig) {
	known := []string{string(rtsp.TransportTCP), string(rtsp.TransportUDP), string(rtsp.TransportAuto)}
	if c.Transport != "" && !slices.Contains(known, c.Transport) {
		k.fail(path+".transport", fmt.Sprintf("%q is no transport", c.Transport), strict.Nearest(c.Transport, known))
	}
	secure := slices.ContainsFunc(c.Streams, func(s StreamConfig) bool { return strings.HasPrefix(s.URL, "rtsps:") })
	switch t := c.TLS; {
	case t == CameraTLSConfig{}:
		return
	case t.Fingerprint != "" && t.CA != "":
		k.fail(path+".tls", "has both a fingerprint and a CA", "give one of them")
	case !secure:
		k.fail(path+".tls", "is of no use: no address of the camera begins with rtsps://", "leave it out, or write rtsps://")
	case t.Fingerprint != "" && !fingerprintPattern.MatchString(t.Fingerprint):
		k.fail(path+".tls.fingerprint", "is no SHA-256 in hexadecimal digits", `"openssl x509 -noout -fingerprint -sha256 -in cert.pem" shows it`)
	case t.CA != "":
		pem, err := os.ReadFile(k.config.Path(t.CA))
		if err != nil {
			k.fail(path+".tls.ca", err.Error(), "give the path of a PEM file")
		} else if !x509.NewCertPool().AppendCertsFromPEM(pem) {
			k.fail(path+".tls.ca", "holds no certificate", "give the path of a PEM file")
		}
	}
}

// head checks how a camera is turned.
func (k *checker) head(path string, o ONVIFConfig) {
	if o.Address == "" {
		if len(o.Presets) > 0 || o.User != "" || o.Password != "" {
			k.fail(path, "has no address", `write "onvif: {address: 10.20.3.11}"`)
		}
		return
	}
	host, login := o.Address, false
	if strings.Contains(o.Address, "://") {
		u, err := url.Parse(o.Address)
		host = ""
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			host, login = u.Host, u.User != nil
		}
	} else if h, _, err := net.SplitHostPort(o.Address); err == nil {
		host = h
	}
	switch {
	case login:
		k.fail(path+".address", "holds a login", "put it into user and password") // the text may hold a password
	case host == "" || strings.ContainsAny(host, "@/ "):
		k.fail(path+".address", "is not an address of a camera", "write host, host:port or http://host/onvif/device_service")
	}
	if o.Password != "" && o.User == "" {
		k.fail(path, "has a password and no user", "give both, or none to use those of the pictures")
	}
	k.secret(path+".password", o.Password)
	seen := map[string]bool{}
	for i, name := range o.Presets {
		if strings.TrimSpace(name) == "" || len(name) > 100 || seen[name] {
			k.fail(fmt.Sprintf("%s.presets[%d]", path, i), "is no name of its own", "write the names the camera knows its presets by")
		}
		seen[name] = true
	}
}

// recording checks what is kept of pictures, and the relay's part in it.
func (k *checker) recording() {
	r, e := k.config.Relay, k.config.Evidence
	if r.Linger < 0 {
		k.fail("relay.linger", "is below 0", "the default is 30s")
	}
	if r.Probe != 0 && r.Probe < 5*time.Second {
		k.fail("relay.probe", "is shorter than 5s", `cameras would be asked without end; write "probe: 60s", or 0s for never`)
	}
	if r.ReplayBytes < 1<<20 {
		k.fail("relay.replay_bytes", "is less than 1048576", "the default is 268435456, a minute of some twenty cameras")
	}
	switch path, socket := strings.CutPrefix(r.Remote, "unix:"); {
	case r.Remote == "":
	case socket && !filepath.IsAbs(path):
		k.fail("relay.remote", "is no path of a socket", "write unix:/run/iocwall/relay.sock")
	case !socket:
		k.door("relay.remote", r.Remote)
		if sameDoor(r.Remote, r.Listen) || sameDoor(r.Remote, k.config.Listen) {
			k.fail("relay.remote", fmt.Sprintf("%q is taken", r.Remote), "give the relay's door a port of its own")
		}
	}
	known := []string{string(world.Notice), string(world.Warning), string(world.Severe), string(world.Critical), "none"}
	if !slices.Contains(known, e.From) {
		k.fail("evidence.from", fmt.Sprintf("%q is no severity", e.From), strict.Nearest(e.From, known))
	}
	for _, x := range []struct {
		name string
		v    time.Duration
	}{{"before", e.Before}, {"after", e.After}} {
		if x.v < 0 || x.v > 4*time.Minute {
			k.fail("evidence."+x.name, "is not between 0s and 4m", "the default is 10s before and 20s after")
		}
	}
	if e.Before+e.After <= 0 {
		k.fail("evidence", "keeps no time at all", `write "from: none" to keep nothing`)
	}
	k.number("evidence.within", e.Within, 0, math.MaxFloat64, "metres")
	if e.Cameras < 1 || e.Cameras > 16 {
		k.fail("evidence.cameras", "is not between 1 and 16", "the default is 4")
	}
}
