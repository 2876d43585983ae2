package nodes

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"iocwall/server/world"
)

const (
	// codeLife is how long a code is good, codeTries how often it may be wrong.
	codeLife  = 15 * time.Minute
	codeTries = 3
	// codeLetters is the length of a code, 50 bits; maxCodes how many there are at
	// once.
	codeLetters = 10
	maxCodes    = 1000
	// alphabet is that of Crockford's base 32: no I, L, O and U.
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// codes are the codes that let computers in. Only their sums are kept, and only in
// memory. The zero value is ready.
type codes struct {
	mu sync.Mutex
	of map[string]*code // by computer
}

type code struct {
	sum     [sha256.Size]byte
	expires time.Time
	by      string
	wrong   int
	busy    bool // somebody is being let in with it
}

// errCode is one answer for all that can be wrong with a code.
var errCode = errors.New("the code is not good: it is wrong, was used, or is older than 15 minutes; make a new one with \"wallsrv wall enrol\"")

// make returns a new code for the computer, which ends the one before.
func (c *codes) make(node, by string, now time.Time) (string, time.Time, error) {
	var raw [codeLetters]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", time.Time{}, fmt.Errorf("nodes: random numbers: %w", err)
	}
	for i := range raw {
		raw[i] = alphabet[raw[i]%byte(len(alphabet))]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, x := range c.of {
		if !now.Before(x.expires) {
			delete(c.of, name)
		}
	}
	if _, again := c.of[node]; !again && len(c.of) >= maxCodes {
		return "", time.Time{}, world.Refuse("code.many", "too many codes are open; wait a quarter of an hour")
	}
	if c.of == nil {
		c.of = map[string]*code{}
	}
	expires := now.Add(codeLife)
	c.of[node] = &code{sum: sumOf(node, string(raw[:])), expires: expires, by: by}
	return string(raw[:4]) + "-" + string(raw[4:8]) + "-" + string(raw[8:]), expires, nil
}

// claim checks a code as somebody typed it and holds it until release; by is who
// made it. The third wrong one ends the code.
func (c *codes) claim(node, typed string, now time.Time) (held *code, err error) {
	letters, ok := parseCode(typed)
	sum := sumOf(node, letters)
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.of[node]
	if x == nil || x.busy || !now.Before(x.expires) {
		return nil, errCode
	}
	if !ok || subtle.ConstantTimeCompare(sum[:], x.sum[:]) != 1 {
		if x.wrong++; x.wrong >= codeTries {
			delete(c.of, node)
		}
		return nil, errCode
	}
	x.busy = true
	return x, nil
}

// release ends a code that was used, or gives it back.
func (c *codes) release(node string, held *code, used bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held.busy = false
	if used && c.of[node] == held {
		delete(c.of, node)
	}
}

// parseCode returns the letters of a code as people type it: with or without
// dashes, in small letters, with the letters that look like digits.
func parseCode(typed string) (string, bool) {
	if len(typed) > 4*codeLetters {
		return "", false
	}
	letters := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	ok := len(letters) == codeLetters && strings.Trim(letters, alphabet) == ""
	return letters, ok
}

func sumOf(node, letters string) [sha256.Size]byte {
	return sha256.Sum256([]byte(node + "\x00" + letters))
}
