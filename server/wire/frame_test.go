package wire

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenFrames are the messages of the protocol, one of each form. The files
// are the promise to other programs: a change to one is a change of protocol.
func goldenFrames(t *testing.T) map[string][]byte {
	t.Helper()
	item := func(it world.Item) []byte {
		raw, err := appendItem(nil, it)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	batch := func(h batchHead, items ...[]byte) []byte { return h.frames(items)[0] }
	ev := &world.Event{
		Seq: 1260, Seen: 1763713800100, Source: "ais",
		Observation: world.Observation{Time: 1763713799000, Body: world.VesselPosition{
			MMSI: "574012345", Pos: geo.Pt(108.3, 15.9), Speed: 7.5, Course: 120, Heading: world.NotAvailable, Status: 7, Class: "B", Area: "quang-nam",
		}},
	}
	command, err := json.Marshal(world.Command{ID: "node-3-17", Act: world.AcknowledgeAlert{Alert: "a1"}})
	if err != nil {
		t.Fatal(err)
	}
	station := world.Station{StationDefined: world.StationDefined{ID: "s1", Name: "Câu Lâu", What: world.StationLevel, Pos: geo.Pt(108.27, 15.86)}, Defined: 1763713000000}
	return map[string][]byte{
		"hello": encodeFrame(clientFrame{
			M: nameHello, Version: version, Name: "node-3", Epoch: 7, Seq: 1250, View: "9c1f5e0a77b3d210",
			Want: &want{Kinds: []string{"alert", "vessel"}, Rate: 5},
		}),
		"hello-new": encodeFrame(clientFrame{M: nameHello, Version: version, Name: "node-3"}),
		"ack":       encodeFrame(clientFrame{M: nameAck, Seq: 1250, Got: 1262, Sent: 1763713800000}),
		"command":   encodeFrame(clientFrame{M: nameCommand, Command: command}),
		"welcome": encodeFrame(serverFrame{
			M: nameWelcome, Version: version, Session: "c12", Epoch: 7, Now: 1763713800123, View: "9c1f5e0a77b3d210", Resumed: true,
		}),
		"batch": batch(batchHead{epoch: 7, from: 1250, to: 1262, seen: 1763713800100},
			item(world.Item{Event: ev}), item(world.Item{Enter: station}), item(world.Item{Leave: "report/r9"})),
		"heartbeat": batch(batchHead{
			epoch: 7, from: 1262, to: 1262, seen: 1763713800100, now: 1763713805000,
			check: world.Digest{"vessel": 0xc0ffee00c0ffee, "alert": 1},
		}),
		"snapshot": batch(batchHead{epoch: 7, to: 1262, seen: 1763713800100, view: "9c1f5e0a77b3d210", snapshot: true}, item(world.Item{Enter: station})),
		"clock":    encodeFrame(serverFrame{M: nameClock, Sent: 1763713800000, Now: 1763713800123}),
		"relay":    encodeFrame(serverFrame{M: nameRelay, URL: "rtsp://10.0.0.5:8554", Token: "example", Expires: 1763714400000}),
		"receipt":  encodeFrame(receiptFrame{nameReceipt, world.Receipt{ID: "node-3-17", OK: true, Seq: 1263}}),
	}
}

func TestGoldenFrames(t *testing.T) {
	frames := goldenFrames(t)
	for name, have := range frames {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "golden", name+".json")
			if *update {
				if err := os.WriteFile(path, append(have, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(have) != strings.TrimSpace(string(want)) {
				t.Errorf("the message changed:\n%s\n%s", have, want)
			}
			if fromClient(name) {
				f, err := decodeClient(have)
				if err != nil {
					t.Fatal(err)
				}
				if again := encodeFrame(f); !bytes.Equal(again, have) {
					t.Errorf("read and written again:\n%s\n%s", again, have)
				}
				return
			}
			if _, err := decodeServer(have); err != nil {
				t.Error(err)
			}
		})
	}
}

func fromClient(name string) bool {
	return strings.HasPrefix(name, nameHello) || name == nameAck || name == nameCommand
}

// TestBatchIsCutIntoParts: every part is short, and together they hold all.
func TestBatchIsCutIntoParts(t *testing.T) {
	var items [][]byte
	for range 3000 {
		items = append(items, []byte(`{"out":"report/`+strings.Repeat("x", 200)+`"}`))
	}
	h := batchHead{epoch: 1, from: 5, to: 9, check: world.Digest{"report": 4}}
	n, frames := 0, h.frames(items)
	for i, raw := range frames {
		if len(raw) > partSize+1024 {
			t.Errorf("part of %d bytes", len(raw))
		}
		f, err := decodeServer(raw)
		if err != nil {
			t.Fatal(err)
		}
		n += len(f.Items)
		if f.first() != (i == 0) || f.last() != (i == len(frames)-1) || (f.Check != nil) != f.last() {
			t.Errorf("part %d of %d says %d of %d, check %v", i+1, len(frames), f.Part, f.Of, f.Check)
		}
	}
	if n != len(items) || len(frames) < 4 {
		t.Errorf("%d of %d items in %d parts", n, len(items), len(frames))
	}
}

func TestBadServerFrames(t *testing.T) {
	for _, raw := range []string{
		`[]`,
		`{"m":"batch","from":9,"to":3}`,
		`{"m":"batch","part":3,"of":2}`,
		`{"m":"batch","part":-1}`,
		`{"m":"batch","check":{"vessel":"xyz"}}`,
		`{"m":"batch","items":5}`,
	} {
		if _, err := decodeServer([]byte(raw)); err == nil {
			t.Errorf("%s is accepted", raw)
		}
	}
	if _, err := decodeServer([]byte(`{"m":"of a later version","x":[1]}`)); err != nil {
		t.Errorf("an unknown message is no error: %v", err)
	}
}

func FuzzDecodeClient(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := decodeClient(data)
		if err != nil {
			return
		}
		if again, err := decodeClient(encodeFrame(x)); err != nil || again.M != x.M || again.Seq != x.Seq {
			t.Errorf("%s read again: %+v, %v", data, again, err)
		}
		if cmd, id, err := decodeCommand(x.Command); err == nil && (cmd.Act == nil || id != cmd.ID) {
			t.Errorf("command without an act from %s", data)
		}
	})
}

// FuzzDecodeServer feeds a client with whatever a server might send.
func FuzzDecodeServer(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := NewClient(ClientOptions{URL: "ws://x/", Token: func() (string, error) { return "", nil }})
		if err != nil {
			t.Fatal(err)
		}
		x, err := decodeServer(data)
		if err != nil {
			return
		}
		c.at = world.Position{Epoch: x.Epoch, Seq: x.From}
		l := &link{c: c, done: make(chan struct{})}
		if err := l.handle(t.Context(), &x); err != nil {
			return
		}
		if c.in.any {
			b, err := c.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, _ = world.New(x.Epoch).ApplyBatch(&b, nil) // items that do not fit are its error
		}
	})
}

func seed(f *testing.F) {
	names, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("no golden files: %v", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
}
