// Package vault keeps what events must not hold: who a person is, how to reach
// them, their words. Every subject has a key of its own; erasing a person
// deletes the key, and with it everything that was ever written about them,
// backups of the data included.
//
// Two files: vault.db holds sealed records and may be backed up anywhere;
// vault-keys.db holds the subjects' keys, each wrapped by the master key in
// vault.key, and must be backed up apart, for no longer than erasure allows.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// ErrErased says that the subject is not here, or not any more.
var ErrErased = errors.New("vault: the subject is unknown or was erased")

// Person is what is known of somebody. Every field may be empty.
type Person struct {
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
	Device  string `json:"device,omitempty"`
	Account string `json:"account,omitempty"`
	// Text is what they wrote, Address the place in their words, Media where
	// their picture is.
	Text    string `json:"text,omitempty"`
	Address string `json:"address,omitempty"`
	Media   string `json:"media,omitempty"`
}

// Vault is safe for concurrent use by one process.
type Vault struct {
	keys, data *bbolt.DB
	master     cipher.AEAD
}

var bucket = []byte("subjects")

// Open opens or makes the vault in dir.
func Open(dir string) (_ *Vault, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	master, err := masterKey(filepath.Join(dir, "vault.key"))
	if err != nil {
		return nil, err
	}
	v := &Vault{}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.Close())
		}
	}()
	if v.master, err = seal(master); err != nil {
		return nil, err
	}
	if v.keys, err = open(filepath.Join(dir, "vault-keys.db")); err != nil {
		return nil, err
	}
	v.data, err = open(filepath.Join(dir, "vault.db"))
	return v, err
}

func open(path string) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 2 * time.Second})
	if err != nil {
		return nil, fmt.Errorf("vault: %s: %w (is another server using it?)", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("vault: %s: %w", path, err), db.Close())
	}
	return db, nil
}

// masterKey reads the key file, or makes it when there is none.
func masterKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("vault: random numbers: %w", err)
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
		_, err = f.WriteString(hex.EncodeToString(key) + "\n")
		return key, errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	key := make([]byte, 32)
	if len(text) < 64 {
		return nil, fmt.Errorf("vault: %s is too short; restore it from its backup", path)
	}
	if _, err := hex.Decode(key, text[:64]); err != nil {
		return nil, fmt.Errorf("vault: %s is damaged; restore it from its backup", path)
	}
	return key, nil
}

func seal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return a, nil
}

// Close ends the use of the vault.
func (v *Vault) Close() error {
	var err error
	for _, db := range []*bbolt.DB{v.keys, v.data} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// Put keeps a person and returns the opaque subject to name them by in events.
// When it returns, the record is on disk.
func (v *Vault) Put(p Person) (subject string, err error) {
	raw := make([]byte, 16+32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("vault: random numbers: %w", err)
	}
	subject = hex.EncodeToString(raw[:16])
	own, err := seal(raw[16:])
	if err != nil {
		return "", err
	}
	plain, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("vault: %w", err)
	}
	sealedKey, err := box(v.master, raw[16:], subject)
	if err != nil {
		return "", err
	}
	sealed, err := box(own, plain, subject)
	if err != nil {
		return "", err
	}
	if err := put(v.keys, subject, sealedKey); err != nil {
		return "", err
	}
	return subject, put(v.data, subject, sealed)
}

// Get returns the person. The caller has checked the right and writes the
// audit event.
func (v *Vault) Get(subject string) (Person, error) {
	wrapped := get(v.keys, subject)
	sealed := get(v.data, subject)
	if wrapped == nil || sealed == nil {
		return Person{}, ErrErased
	}
	key, err := unbox(v.master, wrapped, subject)
	if err != nil {
		return Person{}, fmt.Errorf("vault: key of %s: %w (is vault.key the right one?)", subject, err)
	}
	own, err := seal(key)
	if err != nil {
		return Person{}, err
	}
	plain, err := unbox(own, sealed, subject)
	if err != nil {
		return Person{}, fmt.Errorf("vault: record of %s: %w", subject, err)
	}
	var p Person
	if err := json.Unmarshal(plain, &p); err != nil {
		return Person{}, fmt.Errorf("vault: record of %s: %w", subject, err)
	}
	return p, nil
}

// Erase deletes the subject's key for good. Erasing twice is no error.
func (v *Vault) Erase(subject string) error {
	err := v.keys.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Delete([]byte(subject)) })
	if err != nil {
		return fmt.Errorf("vault: erase: %w", err)
	}
	err = v.data.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Delete([]byte(subject)) })
	if err != nil {
		return fmt.Errorf("vault: erase: %w", err)
	}
	return nil
}

func put(db *bbolt.DB, subject string, data []byte) error {
	err := db.Batch(func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Put([]byte(subject), data) })
	if err != nil {
		return fmt.Errorf("vault: write: %w", err)
	}
	return nil
}

func get(db *bbolt.DB, subject string) []byte {
	var out []byte
	_ = db.View(func(tx *bbolt.Tx) error { // the function given returns no error
		if b := tx.Bucket(bucket).Get([]byte(subject)); b != nil {
			out = append([]byte{}, b...)
		}
		return nil
	})
	return out
}

// box seals plain; the subject is bound to it, so records cannot be swapped.
func box(a cipher.AEAD, plain []byte, subject string) ([]byte, error) {
	nonce := make([]byte, a.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("vault: random numbers: %w", err)
	}
	return a.Seal(nonce, nonce, plain, []byte(subject)), nil
}

func unbox(a cipher.AEAD, sealed []byte, subject string) ([]byte, error) {
	if len(sealed) < a.NonceSize() {
		return nil, errors.New("too short")
	}
	return a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], []byte(subject))
}
