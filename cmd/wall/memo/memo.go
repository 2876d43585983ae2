// Package memo keeps what people like from one start of this program to the next: small
// values under a name, in a file for each person.
package memo

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"iocwall/server/atomicfile"
	"iocwall/ui/page"
)

// Memo keeps small things of a person from one start to the next, in a file.
type Memo struct {
	path string

	mu   sync.Mutex
	of   map[string]json.RawMessage
	late *time.Timer
}

// memoWait is how long what was noted last waits for more before it is written.
const memoWait = 2 * time.Second

// newMemo reads what was kept for a person; a file that is damaged is begun anew.
func newMemo(dir, login string) *Memo {
	if login == "" {
		login = "-"
	}
	m := &Memo{path: filepath.Join(dir, "memo-"+url.PathEscape(login)+".json"), of: map[string]json.RawMessage{}}
	if raw, err := os.ReadFile(m.path); err == nil && json.Unmarshal(raw, &m.of) != nil {
		m.of = map[string]json.RawMessage{}
	}
	return m
}

// Get is for page.Memory.
func (m *Memo) Get(name string, into any) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	raw, ok := m.of[name]
	return ok && json.Unmarshal(raw, into) == nil
}

// Set is for page.Memory. It is written a moment later, beside the toolkit.
func (m *Memo) Set(name string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if bytes.Equal(m.of[name], raw) {
		return
	}
	m.of[name] = raw
	if m.late == nil {
		m.late = time.AfterFunc(memoWait, m.flush)
	}
}

// flush writes what is kept. What cannot be written is lost: it is only convenience.
func (m *Memo) flush() {
	m.mu.Lock()
	if m.late == nil {
		m.mu.Unlock()
		return
	}
	m.late.Stop()
	m.late = nil
	raw, err := json.Marshal(m.of)
	m.mu.Unlock()
	if err == nil {
		_ = atomicfile.Write(m.path, raw, 0o600)
	}
}

// Open returns those of a folder, which must be there.
func Open(dir string) *Memos { return &Memos{dir: dir} }

// Memos are those of all people who sat here since the start.
type Memos struct {
	dir string
	mu  sync.Mutex
	of  map[string]*Memo
}

// Of returns the memo of a person, by the login.
func (m *Memos) Of(login string) page.Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil {
		m.of = map[string]*Memo{}
	}
	if m.of[login] == nil {
		m.of[login] = newMemo(m.dir, login)
	}
	return m.of[login]
}

// Flush writes what waits to be written, at the end.
func (m *Memos) Flush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.of {
		x.flush()
	}
}
