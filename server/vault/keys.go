package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"iocwall/server/atomicfile"
)

// errSubject says that a subject's name is none of ours.
var errSubject = errors.New("vault: not a subject")

// The file of keys is a row of slots of one size, each in one sector of a disk,
// so that a write is whole or not there. The first slot says what the file is.
// A slot of zeros is free; any other is a subject, 16 bytes, its wrapped key,
// and zeros. A key lies in its slot and nowhere else, and is erased by writing
// zeros over it: nothing is ever moved or copied.
const (
	slotSize    = 128
	subjectSize = 16
	wrappedSize = 12 + 32 + 16 // nonce, key, tag
	growBy      = 1024         // slots
	keysFormat  = "iocwall vault keys 1\n"
)

// keyring is the file of keys. It is safe for concurrent use by one process.
type keyring struct {
	f *os.File

	mu    sync.RWMutex
	slots map[[subjectSize]byte]int64 // by subject: where its slot is
	free  []int64
	size  int64
	wrote uint64 // counts writes

	disk   sync.Mutex // held while the disk writes; never taken under mu
	synced uint64     // writes that are on disk
	broken error      // a sync that failed: what is on disk is not known any more
}

// openKeys opens or makes the file of keys.
func openKeys(path string) (_ *keyring, err error) {
	head := make([]byte, slotSize)
	copy(head, keysFormat)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := atomicfile.Write(path, head, 0o600); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	k := &keyring{f: f, slots: map[[subjectSize]byte]int64{}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("vault: %s: %w", path, err), f.Close())
		}
	}()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	if len(data) < slotSize || !bytes.Equal(data[:slotSize], head) {
		return nil, errors.New("it is not a file of keys, or damaged at its beginning; restore it from its backup")
	}
	return k, k.index(data)
}

// index learns what is in the slots. A slot whose erasure was cut short by a
// crash is erased now. What follows the last whole slot was never finished and
// belongs to nobody.
func (k *keyring) index(data []byte) error {
	zeros := make([]byte, slotSize)
	k.size = int64(len(data)) / slotSize * slotSize
	for at := k.size - slotSize; at > 0; at -= slotSize {
		slot := data[at : at+slotSize]
		subject := [subjectSize]byte(slot)
		wrapped := slot[subjectSize : subjectSize+wrappedSize]
		if subject != [subjectSize]byte{} && !bytes.Equal(wrapped, zeros[:wrappedSize]) {
			if _, twice := k.slots[subject]; twice {
				return fmt.Errorf("damaged at byte %d: the subject has two keys, and erasing one would leave the other; restore it from its backup", at)
			}
			k.slots[subject] = at
			continue
		}
		if !bytes.Equal(slot, zeros) {
			if err := k.write(at, zeros); err != nil {
				return err
			}
		}
		k.free = append(k.free, at)
	}
	return k.flush(k.wrote)
}

// count returns how many subjects have a key.
func (k *keyring) count() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return len(k.slots)
}

// put keeps the wrapped key of a subject, in place of one it has. When it returns nil, the key is
// on disk.
func (k *keyring) put(subject string, wrapped []byte) error {
	id, err := parse(subject)
	if err != nil || len(wrapped) != wrappedSize {
		return errors.Join(errSubject, err)
	}
	slot := make([]byte, slotSize)
	copy(slot, id[:])
	copy(slot[subjectSize:], wrapped)
	k.mu.Lock()
	at, known := k.slots[id]
	if !known {
		at, err = k.take()
	}
	if err == nil {
		if err = k.write(at, slot); err == nil {
			k.slots[id] = at
		} else if !known {
			k.free = append(k.free, at)
		}
	}
	mark := k.wrote
	k.mu.Unlock()
	if err == nil {
		err = k.flush(mark)
	}
	if err != nil {
		return fmt.Errorf("vault: keep a key: %w", err)
	}
	return nil
}

// take returns a free slot, of which it makes more if there is none.
func (k *keyring) take() (int64, error) {
	if len(k.free) == 0 {
		if err := k.f.Truncate(k.size + growBy*slotSize); err != nil {
			return 0, err
		}
		for i := int64(growBy - 1); i >= 0; i-- {
			k.free = append(k.free, k.size+i*slotSize)
		}
		k.size += growBy * slotSize
	}
	at := k.free[len(k.free)-1]
	k.free = k.free[:len(k.free)-1]
	return at, nil
}

// get returns the wrapped key, ErrErased if there is none.
func (k *keyring) get(subject string) ([]byte, error) {
	id, err := parse(subject)
	if err != nil {
		return nil, ErrErased
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	at, ok := k.slots[id]
	if !ok {
		return nil, ErrErased
	}
	out := make([]byte, wrappedSize)
	if _, err := k.f.ReadAt(out, at+subjectSize); err != nil {
		return nil, fmt.Errorf("vault: read a key: %w", err)
	}
	return out, nil
}

// erase writes zeros over the subject's key. When it returns nil, they are on
// disk. Erasing twice is no error.
func (k *keyring) erase(subject string) error {
	id, err := parse(subject)
	if err != nil {
		return nil //nolint:nilerr // what is no subject never had a key
	}
	k.mu.Lock()
	at, ok := k.slots[id]
	if ok {
		if err = k.write(at, make([]byte, slotSize)); err == nil {
			delete(k.slots, id)
		}
	}
	mark := k.wrote
	k.mu.Unlock()
	if err == nil {
		// Also without a slot: another caller may be erasing it just now.
		err = k.flush(mark)
	}
	if err != nil {
		return fmt.Errorf("vault: erase a key: %w", err)
	}
	if ok {
		k.mu.Lock()
		k.free = append(k.free, at)
		k.mu.Unlock()
	}
	return nil
}

// write fills a slot; the caller holds the lock.
func (k *keyring) write(at int64, slot []byte) error {
	k.wrote++
	_, err := k.f.WriteAt(slot, at)
	return err
}

// flush returns once the first mark writes are on disk. Those who wait together
// share one sync. After a sync that failed nobody knows what the disk holds, so
// that error stays until the file is opened anew.
func (k *keyring) flush(mark uint64) error {
	k.disk.Lock()
	defer k.disk.Unlock()
	if k.broken != nil || k.synced >= mark {
		return k.broken
	}
	k.mu.RLock()
	wrote := k.wrote
	k.mu.RUnlock()
	if err := k.f.Sync(); err != nil {
		k.broken = fmt.Errorf("%w; restart the server", err)
		return k.broken
	}
	k.synced = wrote
	return nil
}

func (k *keyring) close() error { return k.f.Close() }

func parse(subject string) (id [subjectSize]byte, err error) {
	raw, err := hex.DecodeString(subject)
	if err != nil || len(raw) != subjectSize {
		return id, errSubject
	}
	return [subjectSize]byte(raw), nil
}
