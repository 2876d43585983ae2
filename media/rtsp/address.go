package rtsp

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
)

// address is a camera's URL taken apart, with the credentials on their own.
type address struct {
	url        *base.URL // without credentials
	user, pass string
}

// parseAddress reads an rtsp:// or rtsps:// URL. Credentials given apart win over those inside the URL.
// Its errors never quote the URL, since what cannot be parsed cannot be redacted with certainty.
func parseAddress(raw, user, pass string) (address, error) {
	u, err := base.ParseURL(strings.TrimSpace(raw))
	if err != nil {
		return address{}, fmt.Errorf("rtsp: the camera address is not a valid URL; write it as rtsp://host:port/path")
	}
	if u.Host == "" {
		return address{}, fmt.Errorf("rtsp: the camera address has no host; write it as rtsp://host:port/path")
	}
	if _, err := net.ResolveTCPAddr("tcp", "127.0.0.1:"+u.Port()); u.Port() != "" && err != nil {
		return address{}, fmt.Errorf("rtsp: the camera address has no usable port; write it as rtsp://host:port/path")
	}
	if u.User != nil && user == "" {
		user = u.User.Username()
		if p, ok := u.User.Password(); ok && pass == "" {
			pass = p
		}
	}
	return address{url: u.CloneWithoutCredentials(), user: user, pass: pass}, nil
}

// Check reports whether raw is an address that Play accepts, without contacting it.
func Check(raw string) error {
	_, err := parseAddress(raw, "", "")
	return err
}

// Public returns the address with credentials and query removed, fit for logs and screens; "invalid address" if it
// cannot be parsed.
func Public(raw string) string {
	a, err := parseAddress(raw, "", "")
	if err != nil {
		return "invalid address"
	}
	return a.public()
}

// public returns the address without credentials, query and logins in the path.
func (a address) public() string {
	u := a.url.Clone()
	u.RawQuery, u.ForceQuery = "", false
	return Redact(u.String())
}

// withCredentials returns the URL the library needs to log in.
func (a address) withCredentials() *base.URL {
	u := a.url.Clone()
	if a.user != "" {
		u.User = url.UserPassword(a.user, a.pass)
	}
	return u
}
