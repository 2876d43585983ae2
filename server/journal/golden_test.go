package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iocwall/server/world"
)

var update = flag.Bool("update", false, "write the golden journal anew; only for a format that was never released")

// goldenEvents are what the committed journal of format 1 holds.
func goldenEvents() []world.Event {
	es := events(1, 60)
	es[4].Body = world.Unknown{Name: "tide.forecast", CBOR: []byte{0xa1, 0x01, 0x63, 'x', 'y', 'z'}}
	es[6].Body = world.ReportOpened{ID: "PA-0001"}
	es[7].Body = world.EntityGone{Ref: world.NewRef(world.KindReport, "PA-0000"), Reason: "closed"}
	for i := 40; i < 60; i++ {
		es[i].Seen += 24 * 3600 * 1000
	}
	return es
}

// A journal that a released program wrote is read for ever: every event, the
// records, the snapshot, the epoch.
func TestGoldenJournal(t *testing.T) {
	t.Parallel()
	const golden = "testdata/v1"
	if *update {
		writeGolden(t, golden)
	}
	l := open(t, clone(t, golden))
	if at := l.Position(); at != (world.Position{Epoch: 1700000000 << 20, Seq: 60}) || len(l.Damage()) != 0 || len(l.segments) != 2 {
		t.Fatalf("at %v, damage %+v, %d files", at, l.Damage(), len(l.segments))
	}
	want, err := os.ReadFile(filepath.Join("testdata", "v1.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var have, records bytes.Buffer
	if err := l.Read(context.Background(), 1, writeTo(&have)); err != nil {
		t.Fatal(err)
	}
	if have.String() != string(want) {
		t.Fatalf("the events of the golden journal read as\n%s", have.String())
	}
	if err := l.Records(context.Background(), 1, writeTo(&records)); err != nil || bytes.Count(records.Bytes(), []byte("\n")) != 9 {
		t.Fatalf("records (%v):\n%s", err, records.String())
	}
	snap, err := l.LatestSnapshot()
	if err != nil || snap.Pos.Seq != 50 || snap.Seen != goldenEvents()[49].Seen {
		t.Fatalf("snapshot at %v, %v, %v", snap.Pos, snap.Seen, err)
	}
	if s := stateOf(t, l); s.Count(world.KindVessel) != 45 || s.Count(world.KindReport) != 1 {
		t.Fatalf("%d vessels, %d reports", s.Count(world.KindVessel), s.Count(world.KindReport))
	}
}

func writeTo(b *bytes.Buffer) func(world.Event) error {
	return func(e world.Event) error {
		raw, err := json.Marshal(e)
		b.Write(raw)
		b.WriteByte('\n')
		return err
	}
}

func writeGolden(t *testing.T, dir string) {
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(quick(t), "work")
	l := open(t, work, func(o *Options) {
		o.Clock = func() time.Time { return time.Unix(1_700_000_000, 0) }
		o.MaxFile = 64 << 10
	})
	var lines bytes.Buffer
	for _, e := range goldenEvents() {
		add(t, l, []world.Event{e})
		if err := writeTo(&lines)(e); err != nil {
			t.Fatal(err)
		}
		if e.Seq == 50 {
			putSnapshot(t, l, stateOf(t, l))
		}
	}
	shut(t, l)
	if err := os.WriteFile(dir+".jsonl", lines.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(work)); err != nil {
		t.Fatal(err)
	}
	// Room for growth is not worth committing.
	const page = 4096
	for _, path := range append(dayFiles(t, dir), filepath.Join(dir, "records.db")) {
		edit(t, path, func(b []byte) []byte { return b[:(used(b)+page-1)/page*page] })
	}
	if err := os.Remove(filepath.Join(dir, "LOCK")); err != nil {
		t.Fatal(err)
	}
}
