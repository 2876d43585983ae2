package message

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/server/act"
	"iocwall/server/world"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenFrames are the messages of the protocol, one of each form. The files
// are the promise to other programs: a change to one is a change of protocol.
func goldenFrames(t *testing.T) map[string][]byte {
	t.Helper()
	item := func(it world.Item) []byte {
		raw, err := AppendItem(nil, it)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	batch := func(h Head, items ...[]byte) []byte { return h.Frames(items)[0] }
	ev := &world.Event{
		Seq: 1260, Seen: 1763713800100, Source: "ais",
		Observation: world.Observation{Time: 1763713799000, Body: world.VesselPosition{
			MMSI: "574012345", Pos: [2]float64{108.3, 15.9}, Speed: 7.5, Course: 120, Heading: world.NotAvailable, Status: 7, Class: "B", Area: "quang-nam",
		}},
	}
	command, err := json.Marshal(act.Command{ID: "node-3-17", Act: act.AcknowledgeAlert{Alert: "a1"}})
	if err != nil {
		t.Fatal(err)
	}
	station := world.Station{StationDefined: world.StationDefined{ID: "s1", Name: "Câu Lâu", What: world.StationLevel, Pos: [2]float64{108.27, 15.86}}, Defined: 1763713000000}
	return map[string][]byte{
		"hello": Encode(Up{
			M: Hello, Version: Version, Name: "node-3", Epoch: 7, Seq: 1250, View: "9c1f5e0a77b3d210",
			Want: &Want{Kinds: []string{"alert", "vessel"}, Rate: 5},
		}),
		"hello-new": Encode(Up{M: Hello, Version: Version, Name: "node-3"}),
		"ack":       Encode(Up{M: Ack, Seq: 1250, Got: 1262, Sent: 1763713800000}),
		"command":   Encode(Up{M: Command, Command: command}),
		"welcome": Encode(Down{
			M: Welcome, Version: Version, Session: "c12", Epoch: 7, Now: 1763713800123, View: "9c1f5e0a77b3d210", Resumed: true,
		}),
		"batch": batch(Head{Epoch: 7, From: 1250, To: 1262, Seen: 1763713800100},
			item(world.Item{Event: ev}), item(world.Item{Enter: station}), item(world.Item{Leave: "report/r9"})),
		"heartbeat": batch(Head{
			Epoch: 7, From: 1262, To: 1262, Seen: 1763713800100, Now: 1763713805000,
			Check: world.Digest{"vessel": 0xc0ffee00c0ffee, "alert": 1},
		}),
		"snapshot": batch(Head{Epoch: 7, To: 1262, Seen: 1763713800100, View: "9c1f5e0a77b3d210", Snapshot: true}, item(world.Item{Enter: station})),
		"clock":    Encode(Down{M: Clock, Sent: 1763713800000, Now: 1763713800123}),
		"relay":    Encode(Down{M: Relay, URL: "rtsp://10.0.0.5:8554", Token: "example", Expires: 1763714400000}),
		"receipt":  Encode(ReceiptDown{Receipt, world.Receipt{ID: "node-3-17", OK: true, Seq: 1263}}),
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
				f, err := DecodeUp(have)
				if err != nil {
					t.Fatal(err)
				}
				if again := Encode(f); !bytes.Equal(again, have) {
					t.Errorf("read and written again:\n%s\n%s", again, have)
				}
				return
			}
			if _, err := DecodeDown(have); err != nil {
				t.Error(err)
			}
		})
	}
}

func fromClient(name string) bool {
	return strings.HasPrefix(name, Hello) || name == Ack || name == Command
}

// TestBatchIsCutIntoParts: every part is short, and together they hold all.
func TestBatchIsCutIntoParts(t *testing.T) {
	var items [][]byte
	for range 3000 {
		items = append(items, []byte(`{"out":"report/`+strings.Repeat("x", 200)+`"}`))
	}
	h := Head{Epoch: 1, From: 5, To: 9, Check: world.Digest{"report": 4}}
	n, frames := 0, h.Frames(items)
	for i, raw := range frames {
		if len(raw) > partSize+1024 {
			t.Errorf("part of %d bytes", len(raw))
		}
		f, err := DecodeDown(raw)
		if err != nil {
			t.Fatal(err)
		}
		n += len(f.Items)
		if f.First() != (i == 0) || f.Last() != (i == len(frames)-1) || (f.Check != nil) != f.Last() {
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
		if _, err := DecodeDown([]byte(raw)); err == nil {
			t.Errorf("%s is accepted", raw)
		}
	}
	if _, err := DecodeDown([]byte(`{"m":"of a later version","x":[1]}`)); err != nil {
		t.Errorf("an unknown message is no error: %v", err)
	}
}

func FuzzDecodeUp(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := DecodeUp(data)
		if err != nil {
			return
		}
		if again, err := DecodeUp(Encode(x)); err != nil || again.M != x.M || again.Seq != x.Seq {
			t.Errorf("%s read again: %+v, %v", data, again, err)
		}
		if cmd, id, err := DecodeCommand(x.Command); err == nil && (cmd.Act == nil || id != cmd.ID) {
			t.Errorf("command without an act from %s", data)
		}
	})
}

func FuzzDecodeDown(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := DecodeDown(data)
		if err != nil {
			return
		}
		for i := range x.Items {
			it, err := x.Items[i].World()
			if err != nil {
				continue
			}
			if (it.Event == nil) == (it.Enter == nil) && it.Leave == "" {
				t.Errorf("empty item from %s", data)
			}
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
