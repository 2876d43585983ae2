// Package dial is how programs reach the server's doors from outside: the server's
// address, the file of a token, the authority behind its certificate.
package dial

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// Base returns the address of the server's doors, without a path. That of its feed
// is taken as well, since walls know the server by that, and one without a scheme.
func Base(server string) (*url.URL, error) {
	text := server
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("--server %q is no address; write it as in http://ioc.example.vn:8080", server)
	}
	switch u.Scheme {
	case "ws":
		u.Scheme = "http"
	case "wss":
		u.Scheme = "https"
	case "http", "https":
	default:
		return nil, fmt.Errorf("--server %q: write http:// or https://", server)
	}
	u.Path, u.RawPath, u.RawQuery, u.Fragment, u.User = "", "", "", "", nil
	return u, nil
}

// Token reads the token in a file.
func Token(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	t := strings.TrimSpace(string(raw))
	if t == "" {
		return "", fmt.Errorf("token: %s is empty; write the token into it", path)
	}
	return t, nil
}

// TLS returns what trusts the authority in a PEM file, nil for an empty name: then
// the system's authorities are enough.
func TLS(ca string) (*tls.Config, error) {
	if ca == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("ca: the file holds no certificate in PEM form")
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// Client returns a client of a transport of its own that trusts the authority in a
// PEM file; see TLS. It follows no redirect: that would take passwords and tokens
// along, to another server or to where anybody can listen.
func Client(ca string) (*http.Client, *http.Transport, error) {
	t, err := TLS(ca)
	if err != nil {
		return nil, nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.TLSClientConfig = t
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: transport, CheckRedirect: stay}, transport, nil
}
