package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	// totpStep, totpDigits and the hash are what every authenticator knows, RFC
	// 6238 section 5.2; totpSecret is the length RFC 4226 section 4 recommends.
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSecret = 20
	// totpDrift is how many steps a phone's clock may be off, both ways.
	totpDrift = 1
	// recoveryCodes is how many codes stand in for a lost phone, once each.
	recoveryCodes = 8
)

// hotp returns the code of RFC 4226 section 5.3 with so many digits.
func hotp(secret []byte, counter uint64, digits int) string {
	mac := hmac.New(sha1.New, secret)
	var c [8]byte
	binary.BigEndian.PutUint64(c[:], counter)
	mac.Write(c[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	text := fmt.Sprintf("%010d", n)
	return text[len(text)-digits:]
}

// totpAt returns the step of RFC 6238 that a time lies in.
func totpAt(t time.Time) int64 { return t.Unix() / int64(totpStep/time.Second) }

// totpMatch returns the step the code belongs to, if it is one of those around
// now and later than last: a code is good once.
func totpMatch(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	at := totpAt(now)
	for s := max(at-totpDrift, last+1, 0); s <= at+totpDrift; s++ {
		if subtle.ConstantTimeCompare([]byte(hotp(secret, uint64(s), totpDigits)), []byte(code)) == 1 && !ok {
			step, ok = s, true
		}
	}
	return step, ok
}

func newTOTP() ([]byte, error) {
	secret := make([]byte, totpSecret)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("auth: random numbers: %w", err)
	}
	return secret, nil
}

// totpText is a secret as people type it into an authenticator.
func totpText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// totpURI is a secret as authenticators read it from a picture; the form is that
// of Google Authenticator's Key URI.
func totpURI(issuer, login string, secret []byte) string {
	q := url.Values{"secret": {totpText(secret)}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+login) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// clean is a code without what people put between its digits.
func clean(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(code)))
}

// letters cannot be mistaken for each other when they are read aloud or copied
// by hand: 32 of them, so that a byte chooses evenly.
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// readable returns groups of four random letters, 20 bits each.
func readable(groups int) (string, error) {
	raw := make([]byte, 4*groups)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("auth: random numbers: %w", err)
	}
	var b strings.Builder
	for i, x := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(x)%len(letters)])
	}
	return b.String(), nil
}

// newRecovery returns codes and what is kept of them. They are 80 random bits, so
// a plain SHA-256 is enough.
func newRecovery() (codes, kept []string, err error) {
	for range recoveryCodes {
		c, err := readable(4)
		if err != nil {
			return nil, nil, err
		}
		codes, kept = append(codes, c), append(kept, digest(clean(c)))
	}
	return codes, kept, nil
}

// newID returns an opaque id that is safe to log.
func newID(prefix string, size int) (string, error) {
	raw := make([]byte, size)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("auth: random numbers: %w", err)
	}
	return prefix + hex.EncodeToString(raw), nil
}
