package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/server/world"
)

// dayFiles returns the paths of the day files in order.
func dayFiles(t testing.TB, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "days", "*.db"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// clone copies a journal's folder as a crash would leave it.
func clone(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(quick(t), "clone")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func edit(t testing.TB, path string, change func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, change(raw), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// used returns the length of data without the zeros at its end.
func used(data []byte) int { return len(bytes.TrimRight(data, "\x00")) }

// garbageInTree overwrites the keys in bbolt's branch pages.
func garbageInTree(b []byte) []byte {
	const page, branch = 4096, 1
	for at := 2 * page; at+page <= len(b); at += page {
		// A page starts with its own number (8 bytes) and what it is (2 bytes).
		if binary.LittleEndian.Uint64(b[at:]) == uint64(at/page) && binary.LittleEndian.Uint16(b[at+8:]) == branch {
			garbage(b[at+400 : at+page])
		}
	}
	return b
}

// lastBlock returns the place of the block with the newest events.
func lastBlock(raw []byte) int {
	blocks := salvage(raw, 1, 0)
	return cap(raw) - cap(blocks[len(blocks)-1].data)
}

func TestDamagedNewestFile(t *testing.T) {
	t.Parallel()
	all := events(1, 4000)
	dir := quick(t)
	l := open(t, dir)
	for i := 0; i < 4000; i += 100 {
		add(t, l, all[i:i+100])
	}
	epoch := l.Position().Epoch
	shut(t, l)
	if err := os.Remove(filepath.Join(dir, "records.db")); err != nil { // so that nothing else knows how far the log went
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		change func([]byte) []byte
		atOnce uint64 // events that must survive at least
	}{
		{"both heads overwritten", func(b []byte) []byte { clear(b[:8192]); return b }, 4000},
		{"garbage in both heads", func(b []byte) []byte { garbage(b[16:8192]); return b }, 4000},
		{"cut in half", func(b []byte) []byte { return b[:used(b)/2] }, 1500},
		{"cut in the last block", func(b []byte) []byte { return b[:lastBlock(b)+50] }, 1500},
		{"garbage in the last block", func(b []byte) []byte { at := lastBlock(b); garbage(b[at+60 : at+200]); return b }, 3900},
		{"zeros in the last block", func(b []byte) []byte { at := lastBlock(b); clear(b[at : at+4096]); return b }, 3500},
		{"garbage in the tree", garbageInTree, 4000},
		{"nothing left", func([]byte) []byte { return nil }, 0},
		{"only a head", func(b []byte) []byte { return b[:4096] }, 0},
		{"no bbolt file", func([]byte) []byte { return []byte(strings.Repeat("no journal ", 5000)) }, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := clone(t, dir)
			edit(t, dayFiles(t, dir)[0], c.change)
			l := open(t, dir)
			last := l.Position().Seq
			if last < c.atOnce || last > 4000 {
				t.Fatalf("kept up to %d, want at least %d", last, c.atOnce)
			}
			if len(l.Damage()) != 1 || l.Damage()[0].MovedTo == "" {
				t.Fatalf("damage reported: %+v", l.Damage())
			}
			if _, err := os.Stat(l.Damage()[0].MovedTo); err != nil {
				t.Fatal(err)
			}
			if l.Position().Epoch <= epoch {
				t.Fatal("epoch not raised though acknowledged events may be gone")
			}
			intact(t, l, all)
			// The log goes on where it ends, and is whole the next time.
			more := events(last+1, last+500)
			add(t, l, more)
			shut(t, l)
			l = open(t, dir)
			if len(l.Damage()) != 0 || l.Position().Seq != last+500 {
				t.Fatalf("after the repair: %+v, %v", l.Damage(), l.Position())
			}
			same(t, l, last+1, more)
			shut(t, l)
		})
	}
}

// intact fails unless each event in the log is the one of all, and those that
// are missing are in a hole.
func intact(t testing.TB, l *Log, all []world.Event) (read int) {
	t.Helper()
	next := uint64(1)
	err := l.Read(context.Background(), 1, func(e world.Event) error {
		for ; next < e.Seq; next++ {
			if !l.id.holds(next) {
				t.Fatalf("event %d is missing and in no hole", next)
			}
		}
		if e != all[e.Seq-1] {
			t.Fatalf("have %+v, want %+v", e, all[e.Seq-1])
		}
		next++
		read++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func garbage(b []byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
}

func TestDamageInTheMiddleKeepsTheRest(t *testing.T) {
	t.Parallel()
	all := events(1, 4000)
	dir := quick(t)
	l := open(t, dir)
	add(t, l, all)
	shut(t, l)
	edit(t, dayFiles(t, dir)[0], func(b []byte) []byte {
		garbage(b[used(b)/2 : used(b)/2+5000])
		return b
	})
	l = open(t, dir)
	read := intact(t, l, all)
	if len(l.Damage()) != 1 || len(l.Holes()) != 1 || l.Position().Seq != 4000 {
		t.Fatalf("damage %+v, holes %+v, at %v", l.Damage(), l.Holes(), l.Position())
	}
	h := l.Holes()[0]
	if lost := h.To - h.From + 1; uint64(read)+lost != 4000 || lost > 200 || l.Damage()[0].Lost != lost {
		t.Fatalf("read %d, hole %+v, damage %+v", read, h, l.Damage())
	}
	s, err := l.State(context.Background())
	if err != nil || s.At().Seq != 4000 {
		t.Fatalf("state %v, %v", s, err)
	}
	if err := l.Follow(timeout(t), 1, func(e world.Event) error {
		if e.Seq == 4000 {
			return errStop
		}
		return nil
	}); !errors.Is(err, errStop) {
		t.Fatal(err)
	}
}

func timeout(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// What a snapshot or the records know of is not numbered again.
func TestLostEndIsNotNumberedAgain(t *testing.T) {
	t.Parallel()
	all := events(1, 3000)
	dir := quick(t)
	l := open(t, dir)
	for i := 0; i < 3000; i += 100 {
		add(t, l, all[i:i+100])
	}
	s, err := l.State(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	putSnapshot(t, l, s)
	epoch := l.Position().Epoch
	shut(t, l)
	edit(t, dayFiles(t, dir)[0], func(b []byte) []byte { return b[:used(b)/2] })
	l = open(t, dir)
	if l.Position().Seq != 3000 || l.Position().Epoch <= epoch || len(l.Holes()) == 0 {
		t.Fatalf("at %v with holes %+v", l.Position(), l.Holes())
	}
	again, err := l.State(context.Background())
	if err != nil || again.At() != l.Position() {
		t.Fatalf("state at %v, %v, log at %v", again.At(), err, l.Position())
	}
	sameState(t, again, s)
	add(t, l, events(3001, 3100))
	shut(t, l)
	l = open(t, dir)
	same(t, l, 3001, events(3001, 3100))
	same(t, l, 2999, events(3001, 3100))
	n := 0
	if err := l.Records(context.Background(), 1, func(e world.Event) error { n++; return nil }); err != nil || n < 300 {
		t.Fatalf("%d records, %v", n, err)
	}
}

func TestMissingDayFile(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir)
	const day = 24 * 3600 * 1000
	for d := range uint64(3) {
		var es []world.Event
		for seq := d*100 + 1; seq <= d*100+100; seq++ {
			es = append(es, event(seq, noon+world.Time(d*day+seq)))
		}
		add(t, l, es)
	}
	shut(t, l)
	files := dayFiles(t, dir)
	if len(files) != 3 {
		t.Fatal(files)
	}
	if err := os.Remove(files[1]); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	if h := l.Holes(); len(h) != 1 || h[0].From != 101 || h[0].To != 200 {
		t.Fatalf("holes %+v", h)
	}
	n := 0
	if err := l.Read(context.Background(), 50, func(world.Event) error { n++; return nil }); err != nil || n != 151 {
		t.Fatalf("read %d, %v", n, err)
	}
}

func TestFullFile(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir, func(o *Options) { o.MaxFile = 1 << 20 })
	last := fill(t, l)
	shut(t, l)
	l = open(t, dir) // space is back
	same(t, l, 1, events(1, last))
	add(t, l, events(last+1, last+5000))
	same(t, l, 1, events(1, last+5000))
}

// fill appends until the disk is full and returns the last event that fitted.
func fill(t testing.TB, l *Log) (last uint64) {
	t.Helper()
	for last = l.Position().Seq; last < 1_000_000; {
		err := <-l.Append(events(last+1, last+500))
		var full *FullError
		if errors.As(err, &full) {
			if !strings.Contains(err.Error(), filepath.Join(l.dir, "days")) || l.Position().Seq != last {
				t.Fatalf("%v; log at %v, want %d", err, l.Position(), last)
			}
			same(t, l, 1, events(1, last))
			return last
		}
		if err != nil {
			t.Fatal(err)
		}
		last += 500
	}
	t.Fatal("never full")
	return 0
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("needs the right to mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, filepath.Join(dir, "journal"))
	last := fill(t, l)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	add(t, l, events(last+1, last+500)) // the same log goes on
	more := fill(t, l)
	if more <= last {
		t.Fatalf("%d events after making room, %d before", more, last)
	}
	shut(t, l)
}

func TestLocked(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir)
	_, err := Open(Options{Dir: dir})
	var locked *LockedError
	if !errors.As(err, &locked) || !strings.Contains(err.Error(), "locked by process") {
		t.Fatal(err)
	}
	// Another process gets the same answer, at once.
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "locked by process") {
		t.Fatalf("%v: %s", err, out)
	}
	shut(t, l)
	shut(t, open(t, dir))
}

func TestOtherVersion(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir)
	add(t, l, events(1, 100))
	shut(t, l)
	day := filepath.Join("days", filepath.Base(dayFiles(t, dir)[0]))
	for _, name := range []string{"journal.json", "records.db", day} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			dir := clone(t, dir)
			path := filepath.Join(dir, name)
			edit(t, path, func(b []byte) []byte {
				b = bytes.ReplaceAll(b, []byte(`"format":1`), []byte(`"format":9`))
				return bytes.ReplaceAll(b, []byte(`"format": 1`), []byte(`"format": 9`))
			})
			before, _ := os.ReadFile(path)
			_, err := Open(Options{Dir: dir})
			var version *VersionError
			if !errors.As(err, &version) || version.Path != path || version.Have != 9 {
				t.Fatal(err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Fatalf("file changed (%v)", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "damaged")); err == nil {
				t.Fatal("something was moved aside")
			}
		})
	}
}

func TestLostIdentity(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir, func(o *Options) { o.Epoch = 7 })
	if l.Position().Epoch != 7 {
		t.Fatal(l.Position())
	}
	add(t, l, events(1, 100))
	shut(t, l)
	edit(t, filepath.Join(dir, "journal.json"), func(b []byte) []byte { return b[:5] })
	l = open(t, dir, func(o *Options) { o.Epoch = 7 })
	if l.Position().Epoch <= 7 || l.Position().Seq != 100 || len(l.Damage()) != 1 {
		t.Fatalf("at %v, damage %+v", l.Position(), l.Damage())
	}
	same(t, l, 1, events(1, 100))
}

func TestDamagedRecordsAreMadeAgain(t *testing.T) {
	t.Parallel()
	dir := quick(t)
	l := open(t, dir)
	add(t, l, events(1, 1000))
	shut(t, l)
	edit(t, filepath.Join(dir, "records.db"), func(b []byte) []byte { garbage(b[:9000]); return b })
	l = open(t, dir)
	if len(l.Damage()) != 1 || l.Damage()[0].MovedTo == "" {
		t.Fatalf("damage %+v", l.Damage())
	}
	if err := l.copyRecords(); err != nil {
		t.Fatal(err)
	}
	sameRecords(t, l, events(1, 1000))
}

func TestModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(quick(t), "journal")
	l := open(t, dir)
	add(t, l, events(1, 100))
	s, err := l.State(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	putSnapshot(t, l, s)
	err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		want := os.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
