package onvif

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// exchange is one request and what is kept of its answer besides the body.
type exchange struct {
	op      string // name of the operation
	address string // of the service
	space   string // namespace of the operation
	body    string // the operation as XML
	header  string // further SOAP headers as XML

	challenges []string // WWW-Authenticate of a refusal
	date       time.Time
}

// proof is how one request proves who asks. The zero value does not.
type proof struct {
	security string // SOAP header
	digest   string // HTTP header
}

// ask sends a request with the login and returns the answer's element, "opResponse".
func (d *Device) ask(ctx context.Context, address, space, op, body string) (*element, error) {
	return d.exchange(ctx, &exchange{op: op, address: address, space: space, body: body})
}

// exchange proves the login in the way that the camera wants: by a signature in the message, else by HTTP digest.
func (d *Device) exchange(ctx context.Context, x *exchange) (*element, error) {
	if d.user == "" {
		reply, err := d.send(ctx, x, proof{})
		if ReasonOf(err) == ReasonLoginRefused {
			err = d.fail(ReasonLoginRefused, x.op, x.address, "the camera wants a login; give a user and a password")
		}
		return reply, err
	}
	if !d.login.proved() {
		// One tries the login, the others wait for what comes of it.
		d.loginTurn.Lock()
		defer d.loginTurn.Unlock()
	}
	if err := d.login.closed(x.op); err != nil {
		return nil, err
	}
	reply, err := d.prove(ctx, x)
	if ReasonOf(err) == ReasonLoginRefused {
		return nil, d.login.refuse(x.op, err)
	}
	if err == nil {
		d.login.accept(x.op)
	}
	return reply, err
}

// prove sends x until the camera takes or finally refuses the login.
func (d *Device) prove(ctx context.Context, x *exchange) (*element, error) {
	d.mu.Lock()
	wants := d.digest.nonce != ""
	d.mu.Unlock()
	if wants {
		return d.proveDigest(ctx, x)
	}
	reply, err := d.sign(ctx, x)
	if ReasonOf(err) != ReasonLoginRefused {
		return reply, err
	}
	c, ok := parseChallenge(x.challenges)
	if !ok {
		if d.clockStepped(ctx) {
			if reply, err = d.sign(ctx, x); ReasonOf(err) != ReasonLoginRefused {
				return reply, err
			}
		}
		// Some say that they want HTTP digest only to who shows no signature at all. Asking so is no wrong login.
		bare := *x
		if _, bareErr := d.send(ctx, &bare, proof{}); ReasonOf(bareErr) == ReasonLoginRefused {
			c, ok = parseChallenge(bare.challenges)
		}
	}
	if !ok {
		return nil, d.explained(err)
	}
	return d.takeChallenge(ctx, x, c)
}

// explained adds to a refused signature what is known about the clock.
func (d *Device) explained(err error) error {
	d.mu.Lock()
	w := d.clock.words()
	d.mu.Unlock()
	var e *Error
	if errors.As(err, &e) && w != "" {
		e.Detail += "; " + w
	}
	return err
}

// sign sends x with a signature by the camera's clock.
func (d *Device) sign(ctx context.Context, x *exchange) (*element, error) {
	at, err := d.cameraTime(ctx)
	if err != nil {
		return nil, err
	}
	security, err := signature(d.random, d.user, d.pass, at)
	if err != nil {
		return nil, err
	}
	return d.send(ctx, x, proof{security: security})
}

// proveDigest sends x with HTTP digest by the nonce that worked before; when that is used up, once more with the new one.
func (d *Device) proveDigest(ctx context.Context, x *exchange) (*element, error) {
	d.mu.Lock()
	d.digest.count++
	c := d.digest
	d.mu.Unlock()
	reply, err := d.sendDigest(ctx, x, c)
	if ReasonOf(err) != ReasonLoginRefused {
		return reply, err
	}
	next, ok := parseChallenge(x.challenges)
	if !ok {
		return nil, err
	}
	return d.takeChallenge(ctx, x, next)
}

// takeChallenge answers a new challenge, and keeps it if that works. Until then it is nobody else's: some cameras take
// each nonce once.
func (d *Device) takeChallenge(ctx context.Context, x *exchange, c challenge) (*element, error) {
	c.count = 1
	reply, err := d.sendDigest(ctx, x, c)
	if ReasonOf(err) == ReasonLoginRefused {
		if again, ok := parseChallenge(x.challenges); ok && again.stale {
			return nil, d.fail(ReasonFailed, x.op, x.address, "the camera takes back each nonce at once")
		}
		return nil, err
	}
	d.mu.Lock()
	d.digest = c
	d.mu.Unlock()
	return reply, err
}

// sendDigest sends x with the answer to a challenge, at its present count.
func (d *Device) sendDigest(ctx context.Context, x *exchange, c challenge) (*element, error) {
	u, err := url.Parse(x.address)
	if err != nil {
		return nil, d.fail(ReasonFailed, x.op, x.address, "the service has no valid address")
	}
	return d.send(ctx, x, proof{digest: c.answer(d.user, d.pass, http.MethodPost, u.RequestURI(), rand.Text())})
}

// send makes one exchange, or two when the camera moves us to https on the same host.
func (d *Device) send(ctx context.Context, x *exchange, p proof) (*element, error) {
	address := x.address
	for range 2 {
		reply, moved, err := d.post(ctx, x, address, p)
		if err != nil || moved == "" {
			return reply, err
		}
		address = moved
	}
	return nil, d.fail(ReasonBadReply, x.op, x.address, "the camera sends us around in circles")
}

// post makes one exchange; moved is where the camera sends us instead of answering.
func (d *Device) post(ctx context.Context, x *exchange, address string, p proof) (reply *element, moved string, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	envelope := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<s:Envelope xmlns:s="` + nsSOAP + `"><s:Header>` + x.header +
		p.security + `</s:Header><s:Body>` + x.body + `</s:Body></s:Envelope>`
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(envelope))
	if err != nil {
		return nil, "", d.fail(ReasonFailed, x.op, x.address, "the service has no valid address")
	}
	r.Header.Set("Content-Type", `application/soap+xml; charset=utf-8; action="`+action(x)+`"`)
	r.Header.Set("User-Agent", "iocwall")
	if p.digest != "" {
		r.Header.Set("Authorization", p.digest)
	}
	began := time.Now()
	resp, err := d.client.Do(r)
	if err != nil {
		return nil, "", d.broken(x, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	d.log.Debug("onvif exchange", "host", d.host, "operation", x.op, "status", resp.StatusCode, "bytes", len(body), "took", time.Since(began))
	if err != nil {
		return nil, "", d.broken(x, err)
	}
	x.challenges = resp.Header.Values("WWW-Authenticate")
	x.date, _ = http.ParseTime(resp.Header.Get("Date"))
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		moved, err := d.redirect(x, address, resp.Header.Get("Location"))
		return nil, moved, err
	}
	reply, err = d.read(x, resp.StatusCode, body)
	return reply, "", err
}

// action is the name of the operation as HTTP shows it; some old servers look at nothing else.
func action(x *exchange) string { return x.space + "/" + x.op }

// broken describes an exchange that came to no end.
func (d *Device) broken(x *exchange, err error) error {
	reason, detail := classify(err)
	e := d.fail(reason, x.op, x.address, detail)
	for _, known := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, known) {
			e.cause = known
		}
	}
	return e
}

// redirect returns where to go. Only the same host is followed, and never from https to http: the request proves a login.
func (d *Device) redirect(x *exchange, from, to string) (string, error) {
	base, err := url.Parse(from)
	if err != nil {
		return "", d.fail(ReasonBadReply, x.op, x.address, "the camera sends us elsewhere without saying where")
	}
	u, err := base.Parse(to)
	switch {
	case err != nil || to == "":
		return "", d.fail(ReasonBadReply, x.op, x.address, "the camera sends us elsewhere without saying where")
	case u.Hostname() != base.Hostname():
		return "", d.fail(ReasonBadReply, x.op, x.address, "the camera sends us to another host, which is not followed")
	case u.Scheme != base.Scheme && u.Scheme != "https":
		return "", d.fail(ReasonBadReply, x.op, x.address, "the camera sends us from https to http, which is not followed")
	}
	u.User = nil
	return u.String(), nil
}

// read takes the answer apart.
func (d *Device) read(x *exchange, status int, body []byte) (*element, error) {
	if len(body) > maxBody {
		return nil, d.fail(ReasonBadReply, x.op, x.address, fmt.Sprintf("the answer is longer than %d bytes", maxBody))
	}
	envelope, parseErr := parse(body)
	soap := envelope != nil && envelope.name == "Envelope" && (envelope.space == nsSOAP || envelope.space == nsSOAP11)
	if soap {
		inner := envelope.child(envelope.space, "Body")
		if f := inner.child(envelope.space, "Fault"); f != nil {
			return nil, d.fault(x, f)
		}
		if reply := inner.child(x.space, x.op+"Response"); reply != nil && status < 300 {
			return reply, nil
		}
	}
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return nil, d.fail(ReasonLoginRefused, x.op, x.address, "the camera refused the login")
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		return nil, d.fail(ReasonFailed, x.op, x.address, "the camera is busy")
	case errors.Is(parseErr, errDoctype), errors.Is(parseErr, errTooMuch):
		return nil, d.fail(ReasonBadReply, x.op, x.address, parseErr.Error())
	case soap:
		return nil, d.fail(ReasonBadReply, x.op, x.address, "the answer is to another question")
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status >= 200 && status < 300:
		return nil, d.fail(ReasonNotONVIF, x.op, x.address, "not an ONVIF device, or ONVIF is switched off there")
	}
	return nil, d.fail(ReasonNotONVIF, x.op, x.address, fmt.Sprintf("not an ONVIF device: HTTP status %d", status))
}

// fault reads what the camera declines, in SOAP 1.2 or in SOAP 1.1.
func (d *Device) fault(x *exchange, f *element) error {
	var codes []string
	why := ""
	if f.space == nsSOAP {
		for c := f.child(nsSOAP, "Code"); c != nil; c = c.child(nsSOAP, "Subcode") {
			codes = append(codes, localName(c.string(nsSOAP, "Value")))
		}
		why = f.string(nsSOAP, "Reason", "Text")
	} else {
		// The parts of a fault have no namespace in SOAP 1.1; some write them in that of the envelope.
		for _, space := range []string{"", nsSOAP11} {
			if c := f.string(space, "faultcode"); c != "" {
				codes = append(codes, localName(c))
			}
			if why == "" {
				why = f.string(space, "faultstring")
			}
		}
	}
	for _, c := range codes {
		switch c {
		case "NotAuthorized", "FailedAuthentication", "InvalidSecurity", "FailedCheck", "MessageExpired", "Unauthorized", "InvalidSecurityToken":
			return d.fail(ReasonLoginRefused, x.op, x.address, refusal(why, d.user, d.pass))
		case "ActionNotSupported", "OptionalActionNotImplemented", "NoSuchService", "UnknownAction", "NotSupported", "PTZNotSupported":
			return d.fail(ReasonUnsupported, x.op, x.address, "the camera cannot do this")
		}
	}
	lower := strings.ToLower(why)
	for _, hint := range []string{"not authorized", "unauthorized", "authority failure", "authentication", "requires authorization"} {
		if strings.Contains(lower, hint) {
			return d.fail(ReasonLoginRefused, x.op, x.address, refusal(why, d.user, d.pass))
		}
	}
	for _, hint := range []string{"not implemented", "not supported"} {
		if strings.Contains(lower, hint) {
			return d.fail(ReasonUnsupported, x.op, x.address, "the camera cannot do this")
		}
	}
	if why == "" {
		why = strings.Join(codes, ", ")
	}
	return d.fail(ReasonRefused, x.op, x.address, "the camera declines: "+clean(why, 160, d.pass))
}

// refusal says that the login was refused, with the camera's own words where they tell more than that: how many attempts
// are left, or that the account is locked.
func refusal(why string, secrets ...string) string {
	const said = "the camera refused the login"
	lower := strings.ToLower(why)
	if strings.Contains(lower, "attempt") || strings.Contains(lower, "lock") {
		return said + ": " + clean(why, 120, secrets...)
	}
	return said
}

// localName cuts the prefix off a qualified name.
func localName(s string) string { return s[strings.LastIndexByte(s, ':')+1:] }
