package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"iocwall/server/act"
	"iocwall/server/world"
)

const (
	// Version is the version of the protocol.
	Version = 1
	// MaxUp is the longest message of a client, MaxDown that of a server.
	MaxUp   = 64 << 10
	MaxDown = 8 << 20
	// partSize is where a batch is cut into parts, in bytes of JSON. A part
	// must reach a client on a thin line within the write deadline.
	partSize = 128 << 10
)

// The names of messages.
const (
	Hello   = "hello"
	Ack     = "ack"
	Command = "command"
	Welcome = "welcome"
	Batch   = "batch"
	Receipt = "receipt"
	Relay   = "relay"
	Clock   = "clock"
)

// Want is what a client asks to see of what it may see; empty and zero for all.
type Want struct {
	Kinds []string `json:"kinds,omitempty"`
	// Rate is batches a second.
	Rate float64 `json:"rate,omitempty"`
}

// Up is any message of a client.
type Up struct {
	M       string          `json:"m"`
	Version int             `json:"version,omitempty"`
	Name    string          `json:"name,omitempty"`
	Epoch   uint64          `json:"epoch,omitempty"`
	Seq     uint64          `json:"seq,omitempty"`
	View    string          `json:"view,omitempty"`
	Want    *Want           `json:"want,omitempty"`
	Shape   string          `json:"shape,omitempty"`
	Sent    world.Time      `json:"sent,omitempty"`
	Got     uint64          `json:"got,omitempty"`
	Command json.RawMessage `json:"command,omitempty"`
}

// DecodeUp reads a message of a client.
func DecodeUp(data []byte) (Up, error) {
	var f Up
	if len(data) > MaxUp {
		return f, fmt.Errorf("wire: message of more than %d bytes", MaxUp)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("wire: message: %w", err)
	}
	switch f.M {
	case Hello:
		if f.Version != Version {
			return f, fmt.Errorf("wire: client speaks version %d, this server speaks %d", f.Version, Version)
		}
		if len(f.Name) > 128 {
			return f, errors.New("wire: a client's name has at most 128 bytes")
		}
	case Ack:
	case Command:
		if f.Command == nil {
			return f, errors.New("wire: command message without a command")
		}
	default:
		return f, fmt.Errorf("wire: unknown message %.32q", f.M)
	}
	return f, nil
}

// DecodeCommand reads the command of a message. Where it fails, the id is
// returned if there is one, so that the client can be told.
func DecodeCommand(raw []byte) (act.Command, string, error) {
	var c act.Command
	err := json.Unmarshal(raw, &c)
	if err == nil {
		return c, c.ID, nil
	}
	var only struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &only) != nil || len(only.ID) > 64 {
		only.ID = ""
	}
	return c, only.ID, err
}

// Down is any message of a server.
type Down struct {
	M        string            `json:"m"`
	Version  int               `json:"version,omitempty"`
	Session  string            `json:"session,omitempty"`
	Epoch    uint64            `json:"epoch,omitempty"`
	Now      world.Time        `json:"now,omitempty"`
	View     string            `json:"view,omitempty"`
	Resumed  bool              `json:"resumed,omitempty"`
	From     uint64            `json:"from,omitempty"`
	To       uint64            `json:"to,omitempty"`
	Seen     world.Time        `json:"seen,omitempty"`
	Snapshot bool              `json:"snapshot,omitempty"`
	Part     int               `json:"part,omitempty"`
	Of       int               `json:"of,omitempty"`
	Items    []Item            `json:"items,omitempty"`
	Check    map[string]string `json:"check,omitempty"`
	Shapes   map[string]string `json:"shapes,omitempty"`
	ID       string            `json:"id,omitempty"`
	OK       bool              `json:"ok,omitempty"`
	Seq      uint64            `json:"seq,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Code     string            `json:"code,omitempty"`
	Values   map[string]string `json:"values,omitempty"`
	URL      string            `json:"url,omitempty"`
	Token    string            `json:"token,omitempty"`
	Expires  world.Time        `json:"expires,omitempty"`
	Sent     world.Time        `json:"sent,omitempty"`
}

// ReceiptDown is a Down that says "ok" also when it is false.
type ReceiptDown struct {
	M string `json:"m"`
	world.Receipt
}

// DecodeDown reads a message of a server; an unknown one is not an error.
func DecodeDown(data []byte) (Down, error) {
	var f Down
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("wire: message: %w", err)
	}
	if f.M == Batch {
		if f.To < f.From {
			return f, fmt.Errorf("wire: batch from %d to %d", f.From, f.To)
		}
		if f.Of < 0 || f.Part < 0 || f.Part > f.Of {
			return f, fmt.Errorf("wire: part %d of %d", f.Part, f.Of)
		}
		if _, err := f.Digest(); err != nil {
			return f, err
		}
	}
	return f, nil
}

// Last reports whether the frame completes its batch.
func (f *Down) Last() bool { return f.Part == f.Of }

// First reports whether the frame begins its batch.
func (f *Down) First() bool { return f.Part <= 1 }

// Digest returns the check, nil when the frame has none.
func (f *Down) Digest() (world.Digest, error) { return digestOf(f.Check) }

func digestOf(hex map[string]string) (world.Digest, error) {
	if hex == nil {
		return nil, nil
	}
	d := world.Digest{}
	for kind, hex := range hex {
		sum, err := strconv.ParseUint(hex, 16, 64)
		if err != nil {
			return nil, fmt.Errorf("wire: digest of %.32q: %w", kind, err)
		}
		d[kind] = sum
	}
	return d, nil
}

// Shape is one fingerprint of the shapes of all kinds, as hello says it.
func Shape(shapes world.Digest) string {
	h := fnv.New64a()
	for _, kind := range sortedKinds(shapes) {
		fmt.Fprintf(h, "%s %016x\n", kind, shapes[kind])
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// Hex writes the shapes of all kinds as welcome says them.
func Hex(shapes world.Digest) map[string]string {
	out := make(map[string]string, len(shapes))
	for kind, shape := range shapes {
		out[kind] = fmt.Sprintf("%016x", shape)
	}
	return out
}

// Others returns the kinds whose entities hold something else at the server, by its
// welcome to a program whose entities have these shapes. Kinds that the program does
// not know are not among them.
func (f *Down) Others(shapes world.Digest) ([]string, error) {
	theirs, err := digestOf(f.Shapes)
	if err != nil || theirs == nil {
		return nil, err
	}
	var out []string
	for _, kind := range sortedKinds(shapes) {
		if shape, there := theirs[kind]; !there || shape != shapes[kind] {
			out = append(out, kind)
		}
	}
	return out, nil
}

// Head is what a batch says besides its items; see world.Batch.
type Head struct {
	Epoch, From, To uint64
	Seen, Now       world.Time
	// View is the fingerprint of the view, in snapshots.
	View     string
	Snapshot bool
	Check    world.Digest
}

// appendHead writes the members before the items, without the closing brace.
func (b *Head) appendHead(dst []byte, part, of int) []byte {
	dst = append(dst, `{"m":"batch","epoch":`...)
	dst = strconv.AppendUint(dst, b.Epoch, 10)
	dst = append(dst, `,"from":`...)
	dst = strconv.AppendUint(dst, b.From, 10)
	dst = append(dst, `,"to":`...)
	dst = strconv.AppendUint(dst, b.To, 10)
	dst = append(dst, `,"seen":`...)
	dst = strconv.AppendInt(dst, int64(b.Seen), 10)
	if b.Now != 0 {
		dst = append(dst, `,"now":`...)
		dst = strconv.AppendInt(dst, int64(b.Now), 10)
	}
	if b.View != "" {
		dst = append(dst, `,"view":`...)
		dst = appendString(dst, b.View)
	}
	if b.Snapshot {
		dst = append(dst, `,"snapshot":true`...)
	}
	if of > 1 {
		dst = append(dst, `,"part":`...)
		dst = strconv.AppendInt(dst, int64(part), 10)
		dst = append(dst, `,"of":`...)
		dst = strconv.AppendInt(dst, int64(of), 10)
	}
	if b.Check != nil && part == of {
		dst = append(dst, `,"check":{`...)
		for i, kind := range sortedKinds(b.Check) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, kind)
			dst = fmt.Appendf(dst, `:"%016x"`, b.Check[kind])
		}
		dst = append(dst, '}')
	}
	return dst
}

func sortedKinds(d world.Digest) []string {
	kinds := make([]string, 0, len(d))
	for k := range d {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Frames writes the batch with its encoded items, cut into parts.
func (b *Head) Frames(items [][]byte) [][]byte {
	var parts [][][]byte
	size := 0
	for i, start := 0, 0; i < len(items); i++ {
		size += len(items[i]) + 1
		if size >= partSize || i == len(items)-1 {
			parts = append(parts, items[start:i+1])
			start, size = i+1, 0
		}
	}
	if len(parts) == 0 {
		parts = [][][]byte{nil}
	}
	out := make([][]byte, 0, len(parts))
	for i, part := range parts {
		n := 256
		for _, it := range part {
			n += len(it) + 1
		}
		buf := b.appendHead(make([]byte, 0, n), i+1, len(parts))
		if len(part) > 0 {
			buf = append(buf, `,"items":[`...)
			for j, it := range part {
				if j > 0 {
					buf = append(buf, ',')
				}
				buf = append(buf, it...)
			}
			buf = append(buf, ']')
		}
		out = append(out, append(buf, '}'))
	}
	return out
}

// Encode writes a message that is not a batch. Its fields always have a form.
func Encode(f any) []byte {
	raw, err := json.Marshal(f)
	if err != nil {
		return []byte(`{"m":"none"}`)
	}
	return raw
}
