package relay

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"iocwall/media/rtsp"
)

// Camera is one camera as configured. The zero value of a field means its default.
type Camera struct {
	// ID names the camera in paths, health and tokens: letters, digits, dot, dash and underscore, at most 64.
	ID string
	// User and Pass log in to all streams of the camera. They stay inside the relay.
	User, Pass string
	// Streams are the camera's streams, at least one.
	Streams []Stream
	// Groups name what the camera belongs to, for example its commune, district and province: whoever is granted one of
	// them may open the camera. Any text but the zero byte.
	Groups []string
	// AlwaysOn keeps the streams connected although nobody watches, so that pictures open at once and health is known.
	AlwaysOn bool
	// Transport is how packets travel from the camera. Default TCP.
	Transport rtsp.Transport
	// Fingerprint pins the certificate of a camera with rtsps addresses, see rtsp.Options; CA is the signer of its
	// certificate in PEM. With neither, Options.CameraTLS counts.
	Fingerprint, CA string
	// ProbeEvery is how often the camera is looked at while nobody watches it. 0 is Options.ProbeEvery, negative never.
	ProbeEvery time.Duration
	// Keep is how far back the camera can be replayed, 0 not at all; it stays connected for that. KeepStream names the
	// stream that is kept, default the first one. KeepBytes bounds what that may take, default Options.KeepBytes.
	Keep       time.Duration
	KeepStream string
	KeepBytes  int64
	// Site names what the camera shares with others and may lose together with them: a switch, a cabinet, a street. Any
	// text.
	Site string
}

// Stream is one stream of a camera.
type Stream struct {
	// Name is the second part of the path, for example "main" or "sub"; same characters as a camera's id.
	Name string
	// URL is the camera's own address, rtsp:// or rtsps://.
	URL string
}

// validName limits ids to what needs no escaping in a path and cannot be mistaken for a pattern.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// upstreamConfig is all that one upstream session depends on; two equal values need no restart.
type upstreamConfig struct {
	camera, stream  string
	url, user, pass string
	always          bool
	transport       rtsp.Transport
	fingerprint, ca string
	probeEvery      time.Duration
	keep            time.Duration
	keepBytes       int64
	site            string
	groups          string // joined by zero bytes; readers of a camera that changes groups are checked anew
}

// in returns the groups of the camera.
func (c upstreamConfig) in() []string {
	if c.groups == "" {
		return nil
	}
	return strings.Split(c.groups, "\x00")
}

// path returns the path readers use.
func (c upstreamConfig) path() string { return "/" + c.camera + "/" + c.stream }

// tls returns the configuration for the camera's rtsps addresses.
func (c upstreamConfig) tls(all *tls.Config) *tls.Config {
	if c.ca == "" {
		return all
	}
	out := all.Clone()
	if out == nil {
		out = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	out.RootCAs = x509.NewCertPool()
	out.RootCAs.AppendCertsFromPEM([]byte(c.ca)) // flatten has seen that there is one
	return out
}

// security says what is wrong with how the camera is to be reached, nil if nothing is.
func (c Camera) security() error {
	switch {
	case !c.Transport.Valid():
		return fmt.Errorf("transport %q is unknown; use tcp, udp or auto", c.Transport)
	case c.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(c.CA)):
		return errors.New("the signer of its certificate is not one in PEM")
	case c.Fingerprint != "":
		return rtsp.CheckFingerprint(c.Fingerprint)
	}
	return nil
}

// Check reports all that is wrong with a list, as SetCameras would; no problem quotes an address or a password.
func Check(cameras []Camera) error {
	_, err := flatten(cameras)
	return err
}

// flatten checks the list and returns one entry for each stream by path. All problems are reported at once; none quotes
// an address or a password.
func flatten(cameras []Camera) (map[string]upstreamConfig, error) {
	out := map[string]upstreamConfig{}
	seen := map[string]bool{}
	var problems []error
	for i, c := range cameras {
		if !validName.MatchString(c.ID) {
			problems = append(problems, fmt.Errorf(
				"relay: camera %d: id %q; use letters, digits, dot, dash and underscore, at most 64", i+1, c.ID))
			continue
		}
		if seen[c.ID] {
			problems = append(problems, fmt.Errorf("relay: camera %s is listed twice; give each camera its own id", c.ID))
			continue
		}
		seen[c.ID] = true
		if err := c.security(); err != nil {
			problems = append(problems, fmt.Errorf("relay: camera %s: %w", c.ID, err))
		}
		if len(c.Streams) == 0 {
			problems = append(problems, fmt.Errorf("relay: camera %s has no stream; add at least one", c.ID))
		}
		for _, s := range c.Streams {
			u := upstreamConfig{
				camera: c.ID, stream: s.Name, url: s.URL, user: c.User, pass: c.Pass, always: c.AlwaysOn,
				transport: c.Transport, fingerprint: c.Fingerprint, ca: c.CA, probeEvery: c.ProbeEvery,
				keep: c.keepOf(s.Name), keepBytes: c.KeepBytes, site: c.Site,
				groups: strings.Join(c.Groups, "\x00"),
			}
			_, twice := out[u.path()]
			switch err := rtsp.Check(s.URL); {
			case !validName.MatchString(s.Name):
				problems = append(problems, fmt.Errorf("relay: camera %s: stream name %q; use a name such as main or sub", c.ID, s.Name))
			case twice:
				problems = append(problems, fmt.Errorf("relay: camera %s: stream %s is listed twice", c.ID, s.Name))
			case err != nil:
				problems = append(problems, fmt.Errorf("relay: camera %s, stream %s: %w", c.ID, s.Name, err))
			default:
				out[u.path()] = u
			}
		}
	}
	return out, errors.Join(problems...)
}
