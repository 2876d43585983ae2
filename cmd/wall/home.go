package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"iocwall/server/atomicfile"
	"iocwall/server/world"
)

// home is the folder in which a wall computer keeps who it is and what it knows.
// One process has it at a time.
type home struct {
	dir, node string
	lock      *os.File
}

// homeDir is the folder of a node unless another is named: the service manager's,
// or one under the user's state.
func homeDir(node string) (string, error) {
	if d, _, _ := strings.Cut(os.Getenv("STATE_DIRECTORY"), ":"); d != "" {
		return d, nil
	}
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("state: %w; name a folder with --state", err)
		}
		state = filepath.Join(user, ".local", "state")
	}
	return filepath.Join(state, "iocwall", node), nil
}

// openHome makes the folder if need be and takes it for this process. It is an error
// that another process has it, or that another node does.
func openHome(dir, node string) (*home, error) {
	if dir == "" {
		var err error
		if dir, err = homeDir(node); err != nil {
			return nil, err
		}
	}
	h := &home{dir: dir, node: node}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state: %w; name another folder with --state", err)
	}
	lock, err := os.OpenFile(h.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil { // a disk that takes nothing any more: what is on it is of use still
		var again error
		if lock, again = os.Open(h.path("lock")); again != nil {
			return nil, fmt.Errorf("state: %w; name another folder with --state", err)
		}
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("state: another \"wall node\" runs with the folder %s; end it, or name another folder with --state", dir), lock.Close())
	}
	h.lock = lock
	was, err := h.identity()
	if err == nil && was.Node != "" && was.Node != node {
		err = fmt.Errorf("state: the folder %s is that of the computer %q, not of %q; start with --name %s, or name another folder with --state", dir, was.Node, node, was.Node)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	h.tidy()
	return h, nil
}

// Close gives the folder back.
func (h *home) Close() error { return h.lock.Close() }

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

// tidy removes what a killed process left half written.
func (h *home) tidy() {
	left, _ := filepath.Glob(h.path(".new-*")) //nolint:errcheck // the pattern is good
	for _, path := range left {
		_ = os.Remove(path) // it is of no use, and does no harm
	}
}

// identity says whose folder it is.
type identity struct {
	Node   string `json:"node"`
	Server string `json:"server"`
	// Code is the sum of the code it was let in with, so that a code that stands in
	// a unit's file is used once.
	Code string `json:"code,omitempty"`
}

func (h *home) identity() (identity, error) {
	var id identity
	raw, err := os.ReadFile(h.path("node.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return id, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &id)
	}
	if err != nil {
		return id, fmt.Errorf("state: %s cannot be read (%w); remove it", h.path("node.json"), err)
	}
	return id, nil
}

// keepIdentity writes the token, and then whose folder it is.
func (h *home) keepIdentity(id identity, token string) error {
	raw, err := json.Marshal(id)
	if err == nil {
		err = atomicfile.Write(h.path("token"), []byte(token+"\n"), 0o600)
	}
	if err == nil {
		err = atomicfile.Write(h.path("node.json"), append(raw, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	return nil
}

// enrolled reports whether there is a token.
func (h *home) enrolled() bool {
	info, err := os.Stat(h.path("token"))
	return err == nil && info.Size() > 0
}

// keptGrant is a right to fetch pictures and the server that gave it: cameras of
// another centre may have the same names.
type keptGrant struct {
	Server string `json:"server"`
	world.RelayGrant
}

// keepGrant writes the right to fetch pictures that a server gave.
func (h *home) keepGrant(server string, g world.RelayGrant) error {
	raw, err := json.Marshal(keptGrant{server, g})
	if err != nil {
		return err
	}
	return atomicfile.Write(h.path("relay.json"), append(raw, '\n'), 0o600)
}

// grant returns the right to fetch pictures as last kept, nil when there is none of
// the server that can be read.
func (h *home) grant(server string) *world.RelayGrant {
	raw, err := os.ReadFile(h.path("relay.json"))
	if err != nil {
		return nil
	}
	var g keptGrant
	if json.Unmarshal(raw, &g) != nil || g.Server != server || g.URL == "" || g.Token == "" {
		return nil
	}
	return &g.RelayGrant
}
