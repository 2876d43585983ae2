package relay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MinKey is the least length of a signing key, in bytes.
const MinKey = 32

// The RTSP library takes at most 2047 bytes in one line of a header, and the token travels in such a line as
// "Basic " + base64(user + ":" + token).
const (
	maxLine  = 2047
	maxUser  = 64
	maxToken = (maxLine-len("Basic "))/4*3 - maxUser - len(":")
)

// Errors of Verify and Admit. Readers are only told that the login failed; the difference is for logs.
var (
	ErrToken      = errors.New("relay: the token is not one of ours")
	ErrExpired    = errors.New("relay: the token has expired")
	ErrNotGranted = errors.New("relay: the token does not cover this camera")
	ErrWithdrawn  = errors.New("relay: the token was withdrawn")
)

// Grant is what a token allows: its bearer may open the named cameras and those of the named groups until Expires. A
// session that is open then goes on, so tokens may live for minutes only.
type Grant struct {
	// Subject says to whom the token was given: an opaque id of a node or a user, for the log.
	Subject string
	// Cameras are camera ids or patterns in which * stands for any characters; "*" alone is every camera.
	Cameras []string
	// Groups are groups of cameras, see Camera: a token that names one is as short for ten thousand cameras as for one.
	Groups []string
	// Expires is the end of validity, to the second.
	Expires time.Time
}

// Covers reports whether the grant names the camera or one of the groups it is in. It does not look at Expires.
func (g Grant) Covers(camera string, groups []string) bool {
	for _, pattern := range g.Cameras {
		if ok, err := path.Match(pattern, camera); err == nil && ok {
			return true
		}
	}
	return slices.ContainsFunc(groups, func(id string) bool { return id != "" && slices.Contains(g.Groups, id) })
}

// claims is the wire form of a Grant. Keys are never reused.
type claims struct {
	Subject string   `json:"s"`
	Cameras []string `json:"c,omitempty"`
	Groups  []string `json:"g,omitempty"`
	Expires int64    `json:"e"` // Unix seconds
}

// Signer makes and checks tokens. Server and relay share its key; nothing else is needed to check one, so the relay
// works while the server is away.
//
// A token is "v1." + base64url(JSON claims) + "." + base64url(HMAC-SHA256(key, everything before the last dot)).
// It travels as the password of an RTSP basic login under any user name, never in a URL.
type Signer struct {
	// Key is secret, random and at least MinKey bytes long.
	Key []byte
	// Older keys are still accepted, so that a key can be replaced without cutting anyone off.
	Older [][]byte
}

var encoding = base64.RawURLEncoding

// Check reports whether the keys are long enough.
func (s Signer) Check() error {
	for _, k := range append([][]byte{s.Key}, s.Older...) {
		if len(k) < MinKey {
			return fmt.Errorf("relay: a signing key of %d bytes is too short; use %d random bytes or more", len(k), MinKey)
		}
	}
	return nil
}

// Sign returns the token for a grant. It is an error if the grant names more than fits into the header of a request, or
// if a key is refused by Check: there is no token then that a relay would take.
func (s Signer) Sign(g Grant) (string, error) {
	if err := s.Check(); err != nil {
		return "", err
	}
	body, err := json.Marshal(claims{Subject: g.Subject, Cameras: g.Cameras, Groups: g.Groups, Expires: g.Expires.Unix()})
	if err != nil {
		return "", fmt.Errorf("relay: token: %w", err)
	}
	text := "v1." + encoding.EncodeToString(body)
	token := text + "." + encoding.EncodeToString(mac(s.Key, text))
	if len(token) > maxToken {
		return "", fmt.Errorf("relay: a token for %d cameras and %d groups has %d bytes, at most %d can be sent; put the cameras into a group",
			len(g.Cameras), len(g.Groups), len(token), maxToken)
	}
	return token, nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text)) //nolint:errcheck // never fails
	return h.Sum(nil)
}

// controlLife is the longest life of a token that opens the relay's own door.
const controlLife = 5 * time.Minute

// SignControl returns a token with which the server may command a relay in another process until expires, by five minutes
// at most. It opens no camera, as no token of Sign opens that door.
func (s Signer) SignControl(expires time.Time) (string, error) {
	if err := s.Check(); err != nil {
		return "", err
	}
	text := fmt.Sprintf("c1.%d", expires.Unix())
	return text + "." + encoding.EncodeToString(mac(s.Key, text)), nil
}

// VerifyControl checks a token of SignControl at time now. Errors are ErrToken or ErrExpired and never quote the token.
func (s Signer) VerifyControl(token string, now time.Time) error {
	i := strings.LastIndexByte(token, '.')
	if i < 0 || len(token) > maxToken || !strings.HasPrefix(token, "c1.") || i <= len("c1.") {
		return ErrToken
	}
	sum, err := encoding.DecodeString(token[i+1:])
	if err != nil || !s.signed(token[:i], sum) {
		return ErrToken
	}
	unix, err := strconv.ParseInt(token[len("c1."):i], 10, 64)
	if err != nil {
		return ErrToken
	}
	if left := time.Unix(unix, 0).Sub(now); left <= 0 || left > controlLife {
		return ErrExpired
	}
	return nil
}

// Verify checks a token at time now and returns what it grants. Errors are ErrToken or ErrExpired, possibly wrapped, and
// never quote the token.
func (s Signer) Verify(token string, now time.Time) (Grant, error) {
	g, err := s.open(token)
	if err != nil {
		return Grant{}, err
	}
	if !now.Before(g.Expires) {
		return g, fmt.Errorf("%w at %s", ErrExpired, g.Expires.UTC().Format(time.RFC3339))
	}
	return g, nil
}

// open checks the signature and reads the claims.
func (s Signer) open(token string) (Grant, error) {
	i := strings.LastIndexByte(token, '.')
	if len(token) > maxToken || i < 0 || !strings.HasPrefix(token, "v1.") || i <= len("v1.") {
		return Grant{}, ErrToken
	}
	text := token[:i]
	sum, err := encoding.DecodeString(token[i+1:])
	if err != nil || !s.signed(text, sum) {
		return Grant{}, ErrToken
	}
	body, err := encoding.DecodeString(text[len("v1."):])
	if err != nil {
		return Grant{}, ErrToken
	}
	var c claims
	if err := json.Unmarshal(body, &c); err != nil {
		return Grant{}, ErrToken
	}
	return Grant{Subject: c.Subject, Cameras: c.Cameras, Groups: c.Groups, Expires: time.Unix(c.Expires, 0)}, nil
}

// signed compares in constant time with each key.
func (s Signer) signed(text string, sum []byte) bool {
	ok := false
	for _, k := range append([][]byte{s.Key}, s.Older...) {
		if len(k) >= MinKey && hmac.Equal(sum, mac(k, text)) {
			ok = true
		}
	}
	return ok
}
