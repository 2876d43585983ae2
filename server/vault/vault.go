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

	"iocwall/server/atomicfile"
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
	keys   *keyring
	data   *bbolt.DB
	master cipher.AEAD
}

var bucket = []byte("subjects")

// Open opens or makes the vault in dir.
func Open(dir string) (_ *Vault, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	v := &Vault{}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.Close())
		}
	}()
	// This one comes first: it is locked against another server.
	if v.data, err = open(filepath.Join(dir, "vault.db")); err != nil {
		return nil, err
	}
	if err = v.openKeys(filepath.Join(dir, "vault-keys.db")); err != nil {
		return nil, err
	}
	master, err := masterKey(filepath.Join(dir, "vault.key"), v.keys.count())
	if err != nil {
		return nil, err
	}
	if v.master, err = seal(master); err != nil {
		return nil, err
	}
	return v, nil
}

// openKeys opens the file of keys, or makes it when there is nothing that needs
// it: beside records without keys a new file would say that everybody was erased.
func (v *Vault) openKeys(path string) error {
	records := 0
	err := v.data.View(func(tx *bbolt.Tx) error {
		if k, _ := tx.Bucket(bucket).Cursor().First(); k != nil {
			records++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && records > 0 {
		return fmt.Errorf("vault: %s is missing, without it no record in vault.db can be read; restore it from its backup, or move vault.db away to begin anew", path)
	}
	v.keys, err = openKeys(path)
	return err
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

// masterKey reads the key file, or makes it when there is none and no subject
// has a key that only the old one opens.
func masterKey(path string, subjects int) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if subjects > 0 {
			return nil, fmt.Errorf("vault: %s is missing, without it the keys of %d subjects cannot be read; restore it from its backup", path, subjects)
		}
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("vault: random numbers: %w", err)
		}
		if err := atomicfile.Write(path, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
		return key, nil
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
	if v.keys != nil {
		err = v.keys.close()
	}
	if v.data != nil {
		err = errors.Join(err, v.data.Close())
	}
	return err
}

// Count returns how many persons the vault can still tell of.
func (v *Vault) Count() int { return v.keys.count() }

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
	if err := v.keys.put(subject, sealedKey); err != nil {
		return "", err
	}
	if err := put(v.data, subject, sealed); err != nil {
		return "", errors.Join(err, v.keys.erase(subject))
	}
	return subject, nil
}

// Get returns the person. The caller has checked the right and writes the
// audit event.
func (v *Vault) Get(subject string) (Person, error) {
	wrapped, err := v.keys.get(subject)
	if err != nil {
		return Person{}, err
	}
	sealed := get(v.data, subject)
	if sealed == nil {
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

// Erase overwrites the subject's key for good and removes the record. When it
// returns nil, the disk holds the key no more. Erasing twice is no error.
func (v *Vault) Erase(subject string) error {
	if err := v.keys.erase(subject); err != nil {
		return err
	}
	err := v.data.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Delete([]byte(subject)) })
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
