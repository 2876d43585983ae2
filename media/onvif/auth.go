package onvif

import (
	"crypto/md5"  //nolint:gosec // RFC 7616 names it, and most cameras know nothing else
	"crypto/sha1" //nolint:gosec // the UsernameToken profile names it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
)

// passwordDigest is the digest of the UsernameToken profile 1.0, section 3.1: Base64(SHA-1(nonce + created + password)).
func passwordDigest(nonce []byte, created, password string) string {
	h := sha1.New() //nolint:gosec // see above
	h.Write(nonce)
	io.WriteString(h, created+password) //nolint:errcheck // a hash takes everything
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// signature is the header that proves the password by the camera's own clock.
func signature(random io.Reader, user, password string, cameraTime time.Time) (string, error) {
	nonce := make([]byte, 16)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", fmt.Errorf("onvif: make a nonce: %w", err)
	}
	created := cameraTime.UTC().Format("2006-01-02T15:04:05.000Z")
	return `<w:Security xmlns:w="` + nsWSSE + `" s:mustUnderstand="1"><w:UsernameToken><w:Username>` + escape(user) +
		`</w:Username><w:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest">` +
		passwordDigest(nonce, created, password) +
		`</w:Password><w:Nonce EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary">` +
		base64.StdEncoding.EncodeToString(nonce) + `</w:Nonce><u:Created xmlns:u="` + nsWSU + `">` + created +
		`</u:Created></w:UsernameToken></w:Security>`, nil
}

// challenge is a camera's wish for HTTP digest, RFC 7616. The zero value is none.
type challenge struct {
	realm, nonce, opaque string
	algorithm            string // "MD5" or "SHA-256"
	qop                  bool   // auth
	stale                bool
	count                uint32 // uses of the nonce
}

// parseChallenge picks the strongest digest among the WWW-Authenticate headers; ok is false if there is none that we
// know. Basic is none: it would hand over the password.
func parseChallenge(headers []string) (best challenge, ok bool) {
	for _, h := range headers[:min(len(headers), 8)] {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(h), " ")
		if !strings.EqualFold(scheme, "Digest") || len(rest) > 4096 {
			continue
		}
		params := authParams(rest)
		c := challenge{realm: params["realm"], nonce: params["nonce"], opaque: params["opaque"], algorithm: "MD5"}
		switch strings.ToUpper(params["algorithm"]) {
		case "", "MD5":
		case "SHA-256":
			c.algorithm = "SHA-256"
		default:
			continue
		}
		c.stale = strings.EqualFold(params["stale"], "true")
		if offered, there := params["qop"]; there {
			for q := range strings.SplitSeq(offered, ",") {
				c.qop = c.qop || strings.EqualFold(strings.TrimSpace(q), "auth")
			}
			if !c.qop {
				continue
			}
		}
		if c.nonce != "" && (!ok || c.algorithm == "SHA-256") {
			best, ok = c, true
		}
	}
	return best, ok
}

// authParams reads name=value and name="value", separated by commas.
func authParams(s string) map[string]string {
	out := map[string]string{}
	for len(out) < 32 {
		s = strings.TrimLeft(s, " \t,")
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			break
		}
		rest = strings.TrimLeft(rest, " \t")
		var value string
		if strings.HasPrefix(rest, `"`) {
			value, s = quoted(rest[1:])
		} else {
			end := strings.IndexAny(rest, ", \t")
			if end < 0 {
				end = len(rest)
			}
			value, s = rest[:end], rest[end:]
		}
		out[strings.ToLower(strings.TrimSpace(name))] = value
	}
	return out
}

// quoted reads up to the closing quote and returns what follows it.
func quoted(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

// answer is the Authorization header for the request that is use number c.count of the nonce.
func (c challenge) answer(user, password, method, uri, cnonce string) string {
	sum := func(s string) string {
		var h hash.Hash = md5.New() //nolint:gosec // see above
		if c.algorithm == "SHA-256" {
			h = sha256.New()
		}
		io.WriteString(h, s) //nolint:errcheck // a hash takes everything
		return hex.EncodeToString(h.Sum(nil))
	}
	secret, what := sum(user+":"+c.realm+":"+password), sum(method+":"+uri)
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "").Replace
	var b strings.Builder
	fmt.Fprintf(&b, `Digest username="%s", realm="%s", nonce="%s", uri="%s", algorithm=%s`,
		quote(user), quote(c.realm), quote(c.nonce), uri, c.algorithm)
	if c.qop {
		count := fmt.Sprintf("%08x", c.count)
		fmt.Fprintf(&b, `, qop=auth, nc=%s, cnonce="%s", response="%s"`, count, cnonce,
			sum(secret+":"+c.nonce+":"+count+":"+cnonce+":auth:"+what))
	} else {
		fmt.Fprintf(&b, `, response="%s"`, sum(secret+":"+c.nonce+":"+what))
	}
	if c.opaque != "" {
		fmt.Fprintf(&b, `, opaque="%s"`, quote(c.opaque))
	}
	return b.String()
}
