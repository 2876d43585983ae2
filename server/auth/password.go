package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what one hash of a password costs who computes it.
type Cost struct {
	// Memory is in KiB, Time in passes over it, Lanes in threads.
	Memory, Time uint32
	Lanes        uint8
}

// DefaultCost is above the least that RFC 9106 and OWASP recommend where memory
// is scarce: about a tenth of a second.
func DefaultCost() Cost { return Cost{Memory: 64 << 10, Time: 3, Lanes: 2} }

const (
	saltSize, keySize = 16, 32
	// Bounds of what a hash that was written by hand may cost: 1 GiB, 16 passes.
	maxMemory, maxTime, maxLanes = 1 << 20, 16, 16
	// hashesAtOnce bounds the memory of logins: 128 MiB at the default cost.
	hashesAtOnce = 2
	// hashesWaiting is how many more may wait for their turn.
	hashesWaiting = 32
	// longestPassword bounds what is hashed, in bytes.
	longestPassword = 256
)

// phc is a hash of argon2id in the PHC string format:
// $argon2id$v=19$m=65536,t=3,p=2$salt$hash, both in base64 without padding.
type phc struct {
	cost      Cost
	salt, key []byte
}

func (p phc) String() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.Memory, p.cost.Time, p.cost.Lanes, b.EncodeToString(p.salt), b.EncodeToString(p.key))
}

// errPHC does not quote what it is about: that is a secret.
var errPHC = errors.New("auth: the hash of a password is damaged; give the user a new one-time password with \"wallsrv user reset\"")

// parsePHC reads a hash of argon2id. What would cost more than the bounds is
// refused.
func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, errPHC
	}
	var p phc
	params := strings.Split(parts[3], ",")
	if len(params) != 3 {
		return phc{}, errPHC
	}
	for i, want := range []struct {
		name string
		most uint64
	}{{"m", maxMemory}, {"t", maxTime}, {"p", maxLanes}} {
		text, ok := strings.CutPrefix(params[i], want.name+"=")
		n, err := strconv.ParseUint(text, 10, 32)
		if !ok || err != nil || n < 1 || n > want.most || strconv.FormatUint(n, 10) != text {
			return phc{}, errPHC
		}
		switch i {
		case 0:
			p.cost.Memory = uint32(n)
		case 1:
			p.cost.Time = uint32(n)
		case 2:
			p.cost.Lanes = uint8(n)
		}
	}
	b := base64.RawStdEncoding.Strict()
	var err1, err2 error
	p.salt, err1 = b.DecodeString(parts[4])
	p.key, err2 = b.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(p.salt) < 8 || len(p.salt) > 64 || len(p.key) < 16 || len(p.key) > 64 || strings.ContainsAny(s, "\r\n") {
		return phc{}, errPHC
	}
	return p, nil
}

// hasher computes hashes of passwords, a few at once: each takes much memory, and
// strangers may ask for them.
type hasher struct {
	cost    Cost
	slots   chan struct{}
	waiting atomic.Int32
	dummy   phc // of nobody
}

func newHasher(c Cost) (*hasher, error) {
	h := &hasher{cost: c, slots: make(chan struct{}, hashesAtOnce), dummy: phc{cost: c, salt: make([]byte, saltSize), key: make([]byte, keySize)}}
	if _, err := rand.Read(h.dummy.key); err != nil {
		return nil, fmt.Errorf("auth: random numbers: %w", err)
	}
	return h, nil
}

// turn waits until a hash may be computed. Who is too many is told at once.
func (h *hasher) turn(ctx context.Context) (done func(), err error) {
	if h.waiting.Add(1) > hashesWaiting+hashesAtOnce {
		h.waiting.Add(-1)
		return nil, &RefusedError{Code: CodeBusy, Wait: 2 * time.Second, Reason: "too many people log in at this moment; try again in some seconds"}
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; h.waiting.Add(-1) }, nil
	case <-ctx.Done():
		h.waiting.Add(-1)
		return nil, fmt.Errorf("auth: hash a password: %w", ctx.Err())
	}
}

func compute(password string, p phc, size int) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), p.salt, p.cost.Time, p.cost.Memory, p.cost.Lanes, uint32(size))
}

// hash returns a new hash of the password, whose accents may be composed or not.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	p := phc{cost: h.cost, salt: make([]byte, saltSize)}
	if _, err := rand.Read(p.salt); err != nil {
		return "", fmt.Errorf("auth: random numbers: %w", err)
	}
	p.key = compute(password, p, keySize)
	return p.String(), nil
}

// verify reports whether the password has the hash. An empty hash is nobody's: it
// takes as long as any and never fits.
func (h *hasher) verify(ctx context.Context, password, hash string) (bool, error) {
	p, nobody := h.dummy, hash == ""
	if !nobody {
		var err error
		if p, err = parsePHC(hash); err != nil {
			return false, err
		}
	}
	if len(password) > longestPassword {
		password, nobody = password[:longestPassword], true
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	same := subtle.ConstantTimeCompare(compute(password, p, len(p.key)), p.key) == 1
	return same && !nobody, nil
}
