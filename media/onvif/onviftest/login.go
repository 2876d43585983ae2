package onviftest

import (
	"crypto/md5"  //nolint:gosec // the protocol's
	"crypto/rand" // nonces
	"crypto/sha1" //nolint:gosec // the protocol's
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// window is how far the time of a signature may be from the camera's clock.
const window = 5 * time.Second

// noncesKept bounds what is remembered of nonces; a demonstration may run for months.
const noncesKept = 10_000

// request is what the camera reads of a message.
type request struct {
	XMLName xml.Name
	Token   struct {
		Username string
		Password struct {
			Type string `xml:",attr"`
			Text string `xml:",chardata"`
		}
		Nonce   string
		Created string `xml:"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd Created"`
	} `xml:"Header>Security>UsernameToken"`
	Body struct {
		Operation operation `xml:",any"`
	}
}

// operation holds the parameters of all operations.
type operation struct {
	XMLName      xml.Name
	ProfileToken string
	PresetToken  string
	PresetName   string
	NodeToken    string
	Timeout      string
	Velocity     vector
	Position     vector
}

type vector struct {
	PanTilt *struct {
		X float64 `xml:"x,attr"`
		Y float64 `xml:"y,attr"`
	}
	Zoom *struct {
		X float64 `xml:"x,attr"`
	}
}

// loginOK checks the signature or the HTTP header, and counts wrong ones; why is for the fault.
func (d *Device) loginOK(r *http.Request, m *request) (ok bool, why string) {
	if d.opts.User == "" {
		return true, ""
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.nonces) > noncesKept {
		clear(d.nonces)
	}
	if d.opts.MaxWrong > 0 && d.wrong >= d.opts.MaxWrong {
		return false, "Sender not authorized: account locked"
	}
	if a := r.Header.Get("Authorization"); a != "" {
		ok, why = d.digestOK(a, r.Method)
	} else if m.Token.Username != "" {
		ok, why = d.signatureOK(m)
	} else {
		return false, "Sender not authorized"
	}
	if !ok && why != "stale" {
		d.wrong++
	}
	return ok, why
}

// signatureOK checks a UsernameToken; the caller holds mu.
func (d *Device) signatureOK(m *request) (bool, string) {
	t := m.Token
	if d.has(HTTPDigest) {
		return false, "Sender not authorized"
	}
	nonce, err := base64.StdEncoding.DecodeString(t.Nonce)
	created, timeErr := time.Parse(time.RFC3339Nano, t.Created)
	if err != nil || len(nonce) < 8 || timeErr != nil || !strings.HasSuffix(t.Password.Type, "#PasswordDigest") {
		return false, "Security header is not valid"
	}
	sum := sha1.Sum([]byte(string(nonce) + t.Created + d.opts.Password)) //nolint:gosec // the protocol's
	if t.Username != d.opts.User || t.Password.Text != base64.StdEncoding.EncodeToString(sum[:]) {
		return false, "Sender not authorized"
	}
	if created.Sub(time.Now().Add(d.offset)).Abs() > window {
		return false, "Sender not authorized: message expired"
	}
	use := t.Nonce
	if d.has(LaxNonce) {
		use += t.Created
	}
	if d.nonces[use] {
		return false, "Sender not authorized: nonce used before"
	}
	d.nonces[use] = true
	return true, ""
}

var headerPart = regexp.MustCompile(`(\w+)=("([^"]*)"|[^",\s]+)`)

// digestOK checks an Authorization header of HTTP digest; the caller holds mu.
func (d *Device) digestOK(header, method string) (bool, string) {
	p := map[string]string{}
	for _, part := range headerPart.FindAllStringSubmatch(header, -1) {
		p[part[1]] = strings.Trim(part[2], `"`)
	}
	sum := func(s string) string { return fmt.Sprintf("%x", md5.Sum([]byte(s))) } //nolint:gosec // the protocol's
	if p["algorithm"] == "SHA-256" {
		sum = func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	}
	want := sum(sum(d.opts.User+":camera:"+d.opts.Password) + ":" + p["nonce"] + ":" + p["nc"] + ":" + p["cnonce"] + ":" + p["qop"] +
		":" + sum(method+":"+p["uri"]))
	use := p["nonce"] + p["nc"]
	switch {
	case !strings.HasPrefix(header, "Digest ") || !d.nonces["issued "+p["nonce"]] || p["username"] != d.opts.User || p["response"] != want:
		return false, "Sender not authorized"
	case d.nonces[use]:
		return false, "Sender not authorized: nonce used before"
	case d.has(OneUseNonce) && d.nonces["spent "+p["nonce"]]:
		return false, "stale"
	}
	d.nonces[use], d.nonces["spent "+p["nonce"]] = true, true
	return true, ""
}

// challenge adds the headers by which the camera asks for HTTP digest.
func (d *Device) challenge(w http.ResponseWriter, stale bool) {
	nonce := rand.Text()
	d.mu.Lock()
	d.nonces["issued "+nonce] = true
	d.mu.Unlock()
	if d.has(SHA256) {
		w.Header().Add("WWW-Authenticate", `Basic realm="camera"`)
	}
	w.Header().Add("WWW-Authenticate", fmt.Sprintf(`Digest realm="camera", qop="auth", nonce="%s", stale="%t"`, nonce, stale))
	if d.has(SHA256) {
		w.Header().Add("WWW-Authenticate", fmt.Sprintf(`Digest realm="camera", qop="auth", algorithm=SHA-256, nonce="%s"`, nonce))
	}
}
