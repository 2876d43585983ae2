package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/server/world"
)

// Errors of Verify. They say what to do and never contain the token.
var (
	ErrNoToken      = errors.New("no token given; send it in the header \"Authorization: Bearer …\"")
	ErrUnknownToken = errors.New("the token is not known here; make one with \"wallsrv token add\"")
	ErrRevoked      = errors.New("the token was revoked; make a new one with \"wallsrv token add\"")
	ErrExpired      = errors.New("the token has expired; make a new one with \"wallsrv token add\"")
	ErrNoArea       = errors.New("the token is a unit's and names no area; make a new one with \"wallsrv token add --role unit --area …\"")
)

// Token is what is kept of a token: everything but the token itself. A token is
// 256 random bits, so a plain SHA-256 is enough (argon2id is for passwords).
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	Areas   []string  `json:"areas,omitempty"`
	SHA256  string    `json:"sha256"`
	Created time.Time `json:"created"`
	// Expires and Revoked are zero when they do not apply.
	Expires time.Time `json:"expires,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// Spec is what a new token is to be.
type Spec struct {
	Name  string
	Role  Role
	Areas []string
	// TTL is the time to live, zero for no end.
	TTL time.Duration
}

// Store keeps tokens in one file that the server and the command line share.
// Its methods are safe for concurrent use, also by several processes.
type Store struct {
	now func() time.Time

	mu     sync.Mutex
	file   sharedFile[[]Token]
	tokens []Token
}

// Open returns the store in the file, which need not exist yet. A file that
// cannot be read is an error: running without the revocations in it would open
// doors.
func Open(path string) (*Store, error) {
	s := &Store{now: time.Now, file: sharedFile[[]Token]{path: path, what: "tokens", fix: "remove it and make new tokens"}}
	if _, err := s.Reload(); err != nil {
		return nil, err
	}
	return s, nil
}

// Reload reads the file again if it changed, and returns the ids of tokens that
// are no longer good: revoked or gone since the last reading.
func (s *Store) Reload() (lost []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reload()
}

func (s *Store) reload() ([]string, error) {
	next, changed, err := s.file.read()
	if err != nil || !changed {
		return nil, err
	}
	var lost []string
	for _, was := range s.tokens {
		i := slices.IndexFunc(next, func(t Token) bool { return t.ID == was.ID })
		if was.Revoked.IsZero() && (i < 0 || !next[i].Revoked.IsZero()) {
			lost = append(lost, was.ID)
		}
	}
	s.tokens = next
	return lost, nil
}

// Add makes a token and returns it; this is the only time it can be read.
func (s *Store) Add(spec Spec) (raw string, t Token, err error) {
	if _, err := ParseRole(string(spec.Role)); err != nil {
		return "", Token{}, err
	}
	if strings.TrimSpace(spec.Name) == "" {
		return "", Token{}, errors.New("auth: a token needs the name of its owner; walls show it beside what the owner does")
	}
	if err := checkAreas(spec); err != nil {
		return "", Token{}, err
	}
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return "", Token{}, fmt.Errorf("auth: random numbers: %w", err)
	}
	var id [5]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", Token{}, fmt.Errorf("auth: random numbers: %w", err)
	}
	raw = "iocw_" + base64.RawURLEncoding.EncodeToString(secret[:])
	t = Token{
		ID: hex.EncodeToString(id[:]), Name: spec.Name, Role: spec.Role, Areas: spec.Areas,
		SHA256: digest(raw), Created: s.now().UTC().Truncate(time.Second),
	}
	if spec.TTL > 0 {
		t.Expires = t.Created.Add(spec.TTL)
	}
	err = s.change(func(ts []Token) ([]Token, error) { return append(ts, t), nil })
	if err != nil {
		return "", Token{}, err
	}
	return raw, t, nil
}

// maxAreaText bounds the ids of a token's areas together, in bytes: the relay's
// tokens carry them in a line of a request.
const maxAreaText = 900

func checkAreas(spec Spec) error {
	text := 0
	for _, a := range spec.Areas {
		if strings.TrimSpace(a) == "" {
			return world.Refuse("user.areas.empty", "auth: an area of the token has an empty name, which would be the whole country; name the area or leave it out")
		}
		text += len(a) + len(`"",`)
	}
	if text > maxAreaText {
		return world.Refuse("user.areas.many", "auth: the {n} areas are too many for one token; name the area that holds them", "n", len(spec.Areas))
	}
	if spec.Role == Unit && len(spec.Areas) == 0 {
		return world.Refuse("user.areas.unit", "auth: a unit sees its own areas only, so its token needs at least one; name it with --area")
	}
	return nil
}

// boundless reports whether the token, against what its role is for, would show
// everything. Add makes none; one that was written by hand opens no door.
func (t Token) boundless() bool {
	return t.Role == Unit && (len(t.Areas) == 0 || slices.Contains(t.Areas, ""))
}

// Revoke ends the token with the id. Connections made with it are cut by a
// running server within two seconds.
func (s *Store) Revoke(id string) error {
	return s.change(func(ts []Token) ([]Token, error) {
		for i := range ts {
			if ts[i].ID == id {
				if ts[i].Revoked.IsZero() {
					ts[i].Revoked = s.now().UTC().Truncate(time.Second)
				}
				return ts, nil
			}
		}
		return nil, fmt.Errorf("auth: no token with the id %q; \"wallsrv token list\" shows them", id)
	})
}

// List returns all tokens in the order they were made.
func (s *Store) List() []Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tokens)
}

// Verify returns who stands behind the token. Its time does not depend on how
// much of a wrong token is right.
func (s *Store) Verify(raw string) (Identity, error) {
	if raw == "" {
		return Identity{}, ErrNoToken
	}
	sum := digest(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.find(sum)
	if errors.Is(err, ErrUnknownToken) {
		// It may have been made a moment ago, by the command line.
		if _, changed := s.reload(); changed == nil {
			id, err = s.find(sum)
		}
	}
	return id, err
}

func (s *Store) find(sum string) (Identity, error) {
	for _, t := range s.tokens {
		if subtle.ConstantTimeCompare([]byte(t.SHA256), []byte(sum)) != 1 {
			continue
		}
		switch {
		case !t.Revoked.IsZero():
			return Identity{}, ErrRevoked
		case !t.Expires.IsZero() && !s.now().Before(t.Expires):
			return Identity{}, ErrExpired
		case t.boundless():
			return Identity{}, ErrNoArea
		}
		return Identity{Token: t.ID, Name: t.Name, Role: t.Role, Areas: slices.Clone(t.Areas), Expires: t.Expires}, nil
	}
	return Identity{}, ErrUnknownToken
}

// Good reports whether the token with the id still opens doors.
func (s *Store) Good(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.tokens, func(t Token) bool { return t.ID == id })
	return i >= 0 && !s.tokens[i].boundless() && s.tokens[i].Revoked.IsZero() && (s.tokens[i].Expires.IsZero() || s.now().Before(s.tokens[i].Expires))
}

// change rewrites the file under a lock that other processes respect.
func (s *Store) change(edit func([]Token) ([]Token, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := s.file.change(func() ([]Token, error) {
		if _, err := s.reload(); err != nil {
			return nil, err
		}
		return edit(slices.Clone(s.tokens))
	})
	if err != nil {
		return err
	}
	s.tokens = next
	return nil
}

func digest(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return hex.EncodeToString(sum[:])
}
