package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"iocwall/server/atomicfile"
)

// seal encrypts what must be read again, unlike passwords, and so cannot be
// hashed: AES-256-GCM under a key in a file of its own. A copy of the users' file
// alone gives no second factor away.
type seal struct{ path string }

// gcm opens the key, or makes it. When two processes make it at the same moment,
// the first one stands for both.
func (s seal) gcm() (cipher.AEAD, error) {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		if err := s.make(); err != nil {
			return nil, fmt.Errorf("auth: key of the second factors: %w", err)
		}
		text, err = os.ReadFile(s.path)
	}
	if err != nil {
		return nil, fmt.Errorf("auth: key of the second factors: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("auth: %s is damaged; restore it from a backup, or reset the second factors with \"wallsrv user reset --factor\"", s.path)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("auth: key of the second factors: %w", err)
	}
	return cipher.NewGCM(block)
}

func (s seal) make() error {
	raw := make([]byte, 40)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	mine := s.path + "." + hex.EncodeToString(raw[32:])
	defer os.Remove(mine)
	if err := atomicfile.Write(mine, []byte(hex.EncodeToString(raw[:32])+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Link(mine, s.path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// close encrypts a secret of an owner, to whom it is bound.
func (s seal) close(secret []byte, owner string) (string, error) {
	g, err := s.gcm()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, g.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("auth: random numbers: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(g.Seal(nonce, nonce, secret, []byte(owner))), nil
}

// open decrypts what close returned for the same owner.
func (s seal) open(text, owner string) ([]byte, error) {
	g, err := s.gcm()
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err == nil && len(raw) > g.NonceSize() {
		var secret []byte
		if secret, err = g.Open(nil, raw[:g.NonceSize()], raw[g.NonceSize():], []byte(owner)); err == nil {
			return secret, nil
		}
	}
	return nil, errors.New("auth: a second factor cannot be decrypted: it belongs to another key; reset it with \"wallsrv user reset --factor\"")
}
