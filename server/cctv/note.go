package cctv

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iocwall/server/atomicfile"
	"iocwall/server/world"
)

// saved is what was saved of a work, as its event will say.
type saved struct {
	SHA256  string     `json:"sha256"`
	Bytes   int64      `json:"bytes"`
	Frames  int        `json:"frames"`
	Gaps    int        `json:"gaps"`
	Missing int64      `json:"missing"`
	From    world.Time `json:"from"`
	To      world.Time `json:"to"`
}

// notes is a folder that says of each file which is about to be stored what it
// holds, until an event does: a server killed between the two would lose pictures
// that are on disk already. Empty keeps no notes.
type notes string

// name returns the note's file.
func (n notes) name(w work) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q %q %d %d", w.camera, w.stream, w.from, w.to)))
	return hex.EncodeToString(sum[:16]) + ".json"
}

// write makes the note durable.
func (n notes) write(w work, s saved) error {
	if n == "" {
		return nil
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("cctv: note of a clip: %w", err)
	}
	err = os.MkdirAll(string(n), 0o700)
	if err == nil {
		err = atomicfile.Write(filepath.Join(string(n), n.name(w)), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("cctv: note of a clip: %w", err)
	}
	return nil
}

// read returns the note, if there is one that can be read.
func (n notes) read(w work) (s saved, there bool) {
	if n == "" {
		return s, false
	}
	text, err := os.ReadFile(filepath.Join(string(n), n.name(w)))
	if err != nil || json.Unmarshal(text, &s) != nil {
		return saved{}, false
	}
	return s, true
}

// remove takes the note away; one that stays is removed after the next start.
func (n notes) remove(w work) {
	if n != "" {
		os.Remove(filepath.Join(string(n), n.name(w))) //nolint:errcheck // see above
	}
}

// sweep removes the notes of all other works.
func (n notes) sweep(open map[work]bool) {
	if n == "" {
		return
	}
	keep := map[string]bool{}
	for w := range open {
		keep[n.name(w)] = true
	}
	list, err := os.ReadDir(string(n))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".json") && !keep[e.Name()] {
			os.Remove(filepath.Join(string(n), e.Name())) //nolint:errcheck // the next start tries again
		}
	}
}
