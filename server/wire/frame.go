package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"iocwall/server/world"
)

const (
	version = 1
	// maxUp is the longest message of a client, maxDown that of a server.
	maxUp   = 64 << 10
	maxDown = 8 << 20
	// partSize is where a batch is cut into parts, in bytes of JSON. A part
	// must reach a client on a thin line within the write deadline.
	partSize = 128 << 10
)

// The names of messages.
const (
	nameHello   = "hello"
	nameAck     = "ack"
	nameCommand = "command"
	nameWelcome = "welcome"
	nameBatch   = "batch"
	nameReceipt = "receipt"
	nameRelay   = "relay"
	nameClock   = "clock"
)

// clientFrame is any message of a client.
type clientFrame struct {
	M       string          `json:"m"`
	Version int             `json:"version,omitempty"`
	Name    string          `json:"name,omitempty"`
	Epoch   uint64          `json:"epoch,omitempty"`
	Seq     uint64          `json:"seq,omitempty"`
	View    string          `json:"view,omitempty"`
	Want    *want           `json:"want,omitempty"`
	Sent    world.Time      `json:"sent,omitempty"`
	Got     uint64          `json:"got,omitempty"`
	Command json.RawMessage `json:"command,omitempty"`
}

// decodeClient reads a message of a client.
func decodeClient(data []byte) (clientFrame, error) {
	var f clientFrame
	if len(data) > maxUp {
		return f, fmt.Errorf("wire: message of more than %d bytes", maxUp)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("wire: message: %w", err)
	}
	switch f.M {
	case nameHello:
		if f.Version != version {
			return f, fmt.Errorf("wire: client speaks version %d, this server speaks %d", f.Version, version)
		}
		if len(f.Name) > 128 {
			return f, errors.New("wire: a client's name has at most 128 bytes")
		}
	case nameAck:
	case nameCommand:
		if f.Command == nil {
			return f, errors.New("wire: command message without a command")
		}
	default:
		return f, fmt.Errorf("wire: unknown message %.32q", f.M)
	}
	return f, nil
}

// decodeCommand reads the command of a message. Where it fails, the id is
// returned if there is one, so that the client can be told.
func decodeCommand(raw []byte) (world.Command, string, error) {
	var c world.Command
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

// serverFrame is any message of a server.
type serverFrame struct {
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
	Items    []wireItem        `json:"items,omitempty"`
	Check    map[string]string `json:"check,omitempty"`
	ID       string            `json:"id,omitempty"`
	OK       bool              `json:"ok,omitempty"`
	Seq      uint64            `json:"seq,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	URL      string            `json:"url,omitempty"`
	Token    string            `json:"token,omitempty"`
	Expires  world.Time        `json:"expires,omitempty"`
	Sent     world.Time        `json:"sent,omitempty"`
}

// receiptFrame is a serverFrame that says "ok" also when it is false.
type receiptFrame struct {
	M string `json:"m"`
	world.Receipt
}

// decodeServer reads a message of a server; an unknown one is not an error.
func decodeServer(data []byte) (serverFrame, error) {
	var f serverFrame
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("wire: message: %w", err)
	}
	if f.M == nameBatch {
		if f.To < f.From {
			return f, fmt.Errorf("wire: batch from %d to %d", f.From, f.To)
		}
		if f.Of < 0 || f.Part < 0 || f.Part > f.Of {
			return f, fmt.Errorf("wire: part %d of %d", f.Part, f.Of)
		}
		if _, err := f.digest(); err != nil {
			return f, err
		}
	}
	return f, nil
}

// last reports whether the frame completes its batch.
func (f *serverFrame) last() bool { return f.Part == f.Of }

// first reports whether the frame begins its batch.
func (f *serverFrame) first() bool { return f.Part <= 1 }

// digest returns the check, nil when the frame has none.
func (f *serverFrame) digest() (world.Digest, error) {
	if f.Check == nil {
		return nil, nil
	}
	d := world.Digest{}
	for kind, hex := range f.Check {
		sum, err := strconv.ParseUint(hex, 16, 64)
		if err != nil {
			return nil, fmt.Errorf("wire: digest of %.32q: %w", kind, err)
		}
		d[kind] = sum
	}
	return d, nil
}

// batchHead is what a batch says besides its items.
type batchHead struct {
	epoch, from, to uint64
	seen, now       world.Time
	view            string
	snapshot        bool
	check           world.Digest
}

// appendHead writes the members before the items, without the closing brace.
func (b *batchHead) appendHead(dst []byte, part, of int) []byte {
	dst = append(dst, `{"m":"batch","epoch":`...)
	dst = strconv.AppendUint(dst, b.epoch, 10)
	dst = append(dst, `,"from":`...)
	dst = strconv.AppendUint(dst, b.from, 10)
	dst = append(dst, `,"to":`...)
	dst = strconv.AppendUint(dst, b.to, 10)
	dst = append(dst, `,"seen":`...)
	dst = strconv.AppendInt(dst, int64(b.seen), 10)
	if b.now != 0 {
		dst = append(dst, `,"now":`...)
		dst = strconv.AppendInt(dst, int64(b.now), 10)
	}
	if b.view != "" {
		dst = append(dst, `,"view":`...)
		dst = appendString(dst, b.view)
	}
	if b.snapshot {
		dst = append(dst, `,"snapshot":true`...)
	}
	if of > 1 {
		dst = append(dst, `,"part":`...)
		dst = strconv.AppendInt(dst, int64(part), 10)
		dst = append(dst, `,"of":`...)
		dst = strconv.AppendInt(dst, int64(of), 10)
	}
	if b.check != nil && part == of {
		dst = append(dst, `,"check":{`...)
		for i, kind := range sortedKinds(b.check) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, kind)
			dst = fmt.Appendf(dst, `:"%016x"`, b.check[kind])
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

// frames writes the batch with its encoded items, cut into parts.
func (b *batchHead) frames(items [][]byte) [][]byte {
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

// encodeFrame writes a message that is not a batch. Its fields always have a form.
func encodeFrame(f any) []byte {
	raw, err := json.Marshal(f)
	if err != nil {
		return []byte(`{"m":"none"}`)
	}
	return raw
}
