package main

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"iocwall/server/atomicfile"
	"iocwall/server/wire/message"
	"iocwall/server/world"
)

const (
	// memoryMagic begins the file; the number is raised when its form changes.
	memoryMagic = "iocwall wall state 1\n"
	// memoryHead and memoryMost bound the head and the state that are read, in bytes.
	memoryHead, memoryMost = 4 << 10, 512 << 20
	// What is kept is at most so old when something that people did changed, a
	// scene above all, and when only positions and health did.
	keepScene, keepData, keepMinor = time.Second, 10 * time.Second, time.Minute
)

// recalled is what a wall computer knew when it last wrote it down.
type recalled struct {
	Node   string `json:"node"`
	Server string `json:"server"`
	// View and the state's position are where the feed goes on.
	View string `json:"view"`
	// Heard is when the server was last heard, by this computer's clock; Offset as
	// in world.Link.
	Heard  world.Time `json:"heard"`
	Offset int64      `json:"offset"`
	// SHA256 is that of what follows: the state, deflated.
	SHA256 string `json:"sha256"`

	state *world.State
}

// memory keeps the state on disk, so that a wall computer that starts while the
// server is away shows the last good scene. It follows the feed with a copy of the
// state of its own: encoding one takes longer than a switch of scenes may.
type memory struct {
	path string
	log  *slog.Logger

	mu      sync.Mutex
	pending world.Batch
	limit   int // of pending items, before they are conflated
	next    recalled
	due     time.Duration // how old what is kept may be, zero when nothing came
	fault   error         // of the last writing
	wake    chan struct{}

	// Run's alone: the copy, and what was known with it.
	state *world.State
	known recalled
}

// newMemory makes the memory of a node at a server; Run keeps it.
func newMemory(h *home, server string, log *slog.Logger) *memory {
	return &memory{
		path: h.path("state"), log: log, limit: 1024, wake: make(chan struct{}, 1),
		next: recalled{Node: h.node, Server: server},
	}
}

// recall returns what is on disk, nil when there is nothing that can be used. Call
// it before Run.
func (m *memory) recall() *recalled {
	f, err := os.Open(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var r *recalled
	if err == nil {
		r, err = readMemory(f)
		err = errors.Join(err, f.Close())
	}
	switch {
	case err != nil:
	case r.Node != m.next.Node:
		err = fmt.Errorf("it is of the computer %q", r.Node)
	case r.Server != m.next.Server:
		err = fmt.Errorf("it is of the server %q", r.Server)
	}
	if err != nil {
		m.log.Warn("what was kept of the wall is not used", "file", m.path, "error", err)
		return nil
	}
	m.next.View, m.next.Heard, m.next.Offset = r.View, r.Heard, r.Offset
	m.state = world.New(0)
	at := r.state.At()
	b := world.Batch{Epoch: at.Epoch, To: at.Seq, Seen: r.state.Seen(), Items: entities(r.state)}
	if m.state, err = m.state.ApplyBatch(&b, nil); err != nil {
		m.log.Warn("part of what was kept of the wall does not fit", "error", err)
	}
	return r
}

// entities returns all there are in a state, which may be changed afterwards.
func entities(st *world.State) []world.Item {
	out := make([]world.Item, 0, st.Count(""))
	for e := range st.Entities("") {
		out = append(out, world.Item{Enter: e})
	}
	return out
}

// readMemory reads a file of memory. All that is wrong with it is an error.
func readMemory(in io.Reader) (*recalled, error) {
	head := make([]byte, memoryHead)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(head[:n], []byte(memoryMagic))
	if !ok {
		return nil, errors.New("it does not begin as a wall's state of this program's form")
	}
	line, body, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return nil, errors.New("its head has no end")
	}
	var r recalled
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, fmt.Errorf("its head: %w", err)
	}
	packed, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(body), in), memoryMost+1))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(packed); hex.EncodeToString(sum[:]) != r.SHA256 {
		return nil, errors.New("it is torn: its sum is another")
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), memoryMost+1))
	if err != nil {
		return nil, err
	}
	if len(plain) > memoryMost {
		return nil, fmt.Errorf("it holds more than %d bytes", memoryMost)
	}
	if r.state, err = world.Restore(plain); err != nil {
		return nil, err
	}
	return &r, nil
}

// write puts the memory on disk.
func (r *recalled) write(path string) error {
	plain, err := r.state.Snapshot()
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(packed.Bytes())
	r.SHA256 = hex.EncodeToString(sum[:])
	head, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, bytes.Join([][]byte{[]byte(memoryMagic), head, []byte("\n"), packed.Bytes()}, nil), 0o600)
}

// take follows a batch before its consumer has it: view is where it leads.
func (m *memory) take(b *world.Batch, view string) {
	if b.To == 0 && b.Snapshot == nil && b.Link == nil {
		return
	}
	p := world.Batch{Epoch: b.Epoch, To: b.To, Seen: b.Seen, Items: b.Items}
	if b.Snapshot != nil {
		// The consumer will change its state; entities are values that stay.
		p.Snapshot, p.Items = world.New(b.Epoch), append(entities(b.Snapshot), b.Items...)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if b.Link != nil {
		m.next.Offset = b.Link.Offset
	}
	if b.To == 0 && b.Snapshot == nil {
		return
	}
	m.next.View, m.next.Heard = view, world.TimeOf(time.Now())
	if p.Snapshot != nil {
		m.pending = world.Batch{Snapshot: p.Snapshot}
	}
	m.pending.Epoch, m.pending.To, m.pending.Seen = p.Epoch, p.To, p.Seen
	m.pending.Items = append(m.pending.Items, p.Items...)
	if len(m.pending.Items) > m.limit {
		m.pending.Items = message.Conflate(m.pending.Items, func(it *world.Item) message.Mark { return message.MarkOf(*it) })
		m.limit = max(1024, 2*len(m.pending.Items))
	}
	if d := patience(&p); m.due == 0 || d < m.due {
		m.due = d
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// patience is how long what changed may wait before it is kept.
func patience(b *world.Batch) time.Duration {
	if b.Snapshot != nil {
		return keepScene
	}
	out := keepMinor
	for _, it := range b.Items {
		if it.Event == nil || world.Conflates(it.Event) == "" {
			out = min(out, keepData)
		}
		if it.Enter != nil && it.Enter.Ref().Kind() == world.KindWall {
			return keepScene
		}
		if it.Event != nil {
			switch it.Event.Body.(type) {
			case world.SceneShown, world.WallCommitted, world.WallDefined:
				return keepScene
			}
		}
	}
	return out
}

// problem is what keeps the memory from being written, nil for nothing.
func (m *memory) problem() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fault
}

// Run keeps the memory until ctx ends, and once more then.
func (m *memory) Run(ctx context.Context) error {
	var last time.Time
	var due time.Duration
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for over := false; !over; {
		select {
		case <-ctx.Done():
			over = true
		case <-m.wake:
		case <-timer.C:
		}
		if d := m.follow(); d != 0 && (due == 0 || d < due) {
			due = d
		}
		if due == 0 {
			continue
		}
		if wait := due - time.Since(last); wait > 0 && !over {
			timer.Reset(wait)
			continue
		}
		last, due = time.Now(), 0
		if !m.save() {
			due = keepData
			timer.Reset(due)
		}
	}
	return nil
}

// follow applies what came to the copy and returns how old what is kept may be.
func (m *memory) follow() time.Duration {
	m.mu.Lock()
	b, due := m.pending, m.due
	m.known = m.next
	m.pending, m.limit, m.due = world.Batch{}, 1024, 0
	m.mu.Unlock()
	if b.To == 0 && b.Snapshot == nil {
		return due
	}
	if m.state == nil {
		m.state = world.New(b.Epoch)
	}
	var err error
	if m.state, err = m.state.ApplyBatch(&b, nil); err != nil {
		m.log.Warn("part of the feed did not fit what is kept", "error", err) // the wall asks for everything again
	}
	return due
}

// save writes the copy down and reports whether it is on disk. A disk that fails is
// told once.
func (m *memory) save() bool {
	if m.state == nil {
		return true
	}
	m.known.state = m.state
	err := m.known.write(m.path)
	m.mu.Lock()
	was := m.fault
	m.fault = err
	m.mu.Unlock()
	switch {
	case err != nil && was == nil:
		m.log.Error("the wall's state is not kept on disk; what was kept before stays", "error", err)
	case err == nil && was != nil:
		m.log.Info("the wall's state is kept on disk again")
	}
	return err == nil
}
