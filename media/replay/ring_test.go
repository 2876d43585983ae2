package replay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/rtsp"
)

func newTestRing(t *testing.T, o RingOptions) *Ring {
	t.Helper()
	if o.Keep == 0 {
		o.Keep = 10 * time.Second
	}
	r, err := NewRing(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	r.Start(rtsp.H264, nil)
	return r
}

func addAll(r *Ring, units []rtsp.Unit) {
	for _, u := range units {
		r.Add(u)
	}
}

// settled waits until a ring on disk has written all it has.
func settled(t *testing.T, r *Ring) {
	t.Helper()
	for range 1000 {
		r.mu.Lock()
		waiting := r.spool != nil && r.spool.queued > 0
		r.mu.Unlock()
		if !waiting {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the disk does not come to an end")
}

// TestRing runs in memory and on disk: both give the same answers.
func TestRing(t *testing.T) {
	for _, disk := range []bool{false, true} {
		options := func(t *testing.T) (o RingOptions) {
			if disk {
				o.Dir = filepath.Join(t.TempDir(), "cau-1", "main")
			}
			return o
		}
		name := map[bool]string{false: "memory", true: "disk"}[disk]
		t.Run(name+"/range", func(t *testing.T) { testRange(t, newTestRing(t, options(t))) })
		t.Run(name+"/bytes", func(t *testing.T) {
			o := options(t)
			o.Bytes = 20_000
			testBytes(t, newTestRing(t, o))
		})
		t.Run(name+"/sessions", func(t *testing.T) { testSessions(t, newTestRing(t, options(t))) })
	}
}

func testRange(t *testing.T, r *Ring) {
	f := newFilm()
	units := f.take(1000) // forty seconds, groups of one second
	addAll(r, units[1:])  // joined in the middle of a group
	settled(t, r)
	s := r.Stats()
	if s.Kept() < 10*time.Second || s.Kept() >= 11*time.Second || s.Units < 250 || s.Units > 275 || s.Missed != 0 {
		t.Fatalf("%+v keep %v", s, s.Kept())
	}
	at := func(seconds float64) time.Time { return testAt.Add(time.Duration(seconds * float64(time.Second))) }
	cases := []struct {
		from, to    time.Time
		first, last int // units
		gaps        string
	}{
		{at(35), at(36), 875, 900, ""},
		{at(35.5), at(36.01), 875, 900, ""},
		{at(39.8), at(50), 975, 999, "not-arrived from 09:42:09.960 to 09:42:20.000"},
		{at(0), at(31), 725, 775, "not-kept from 09:41:30.000 to 09:41:59.000"},
		{at(29.9), at(31), 725, 775, ""},
	}
	for _, c := range cases {
		got, err := r.Range(c.from, c.to)
		if err != nil {
			t.Errorf("%v: %v", c.from, err)
			continue
		}
		same(t, got.Units, units[c.first:c.last+1])
		var gaps []string
		for _, g := range got.Gaps {
			g.From, g.To = g.From.UTC(), g.To.UTC()
			gaps = append(gaps, g.String())
		}
		if strings.Join(gaps, "; ") != c.gaps {
			t.Errorf("%v: gaps %q, want %q", c.from, gaps, c.gaps)
		}
	}
	for _, c := range [][2]float64{{0, 10}, {39, 38.5}} {
		if _, err := r.Range(at(c[0]), at(c[1])); !errors.Is(err, ErrNothing) {
			t.Errorf("%v gives %v", c, err)
		}
	}
}

func testBytes(t *testing.T, r *Ring) {
	f := newFilm()
	for range 500 {
		r.Add(f.next())
		if s := r.Stats(); s.Bytes > 20_000 {
			t.Fatalf("%d bytes are kept", s.Bytes)
		}
	}
	settled(t, r)
	s := r.Stats()
	if s.Kept() < time.Second || s.Missed != 0 {
		t.Errorf("%+v", s)
	}
	// A group that alone is too much is given up, and it shows.
	f.size = 30_000
	for f.n%f.group != 5 {
		r.Add(f.next())
	}
	if s = r.Stats(); s.Missed == 0 || s.Bytes > 20_000 {
		t.Errorf("%+v", s)
	}
	f.size = 100
	addAll(r, f.take(30))
	settled(t, r)
	got, err := r.Range(testAt, f.at)
	if err != nil {
		t.Fatal(err)
	}
	if first := got.Units[0]; !first.Key || len(got.Gaps) == 0 {
		t.Errorf("%v, gaps %v", first.Key, got.Gaps)
	}
}

func testSessions(t *testing.T, r *Ring) {
	f := newFilm()
	addAll(r, f.take(50))
	f.at, f.pts = f.at.Add(3*time.Second), 0
	// The second connection tells its parameter sets in the description alone.
	other := append(bytes.Clone(testPPS), 7)
	r.Start(rtsp.H264, [][]byte{testSPS, other})
	key := f.next()
	key.NALUs = key.NALUs[2:]
	key.Size = len(key.NALUs[0])
	r.Add(key)
	addAll(r, f.take(30))
	settled(t, r)
	got, err := r.Range(testAt, f.at)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Units) != 81 || len(got.Breaks) != 1 || got.Breaks[0] != (Break{50, GapDisconnected}) ||
		len(got.Gaps) != 1 || got.Gaps[0].Kind != GapDisconnected {
		t.Fatalf("%d units, breaks %v, gaps %v", len(got.Units), got.Breaks, got.Gaps)
	}
	if sets := got.Units[50].NALUs; len(sets) != 3 || !bytes.Equal(sets[1], other) {
		t.Errorf("the second connection's sets are %x", sets)
	}
	// Asked for from the middle of the pause, nothing of before it is shown.
	from := testAt.Add(3 * time.Second)
	if got, err = r.Range(from, f.at); err != nil || len(got.Units) != 31 || len(got.Breaks) != 0 ||
		len(got.Gaps) != 1 || got.Gaps[0].Kind != GapDisconnected || !got.Gaps[0].From.Equal(from) {
		t.Errorf("from the pause on: %d units, breaks %v, gaps %v, %v", len(got.Units), got.Breaks, got.Gaps, err)
	}
	if _, err = r.Range(from, from.Add(time.Second)); !errors.Is(err, ErrNothing) {
		t.Errorf("in the pause: %v", err)
	}
	r.Start(rtsp.H265, nil)
	if s := r.Stats(); s.Units != 0 || s.Bytes != 0 {
		t.Errorf("another codec: %+v", s)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	addAll(r, f.take(30))
	if s := r.Stats(); s.Units != 0 {
		t.Errorf("closed: %+v", s)
	}
}

func TestSpoolFiles(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "ring")
	files := func() int {
		found, _ := filepath.Glob(filepath.Join(own, "*"))
		return len(found)
	}
	if err := os.MkdirAll(own, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(own, "000009.spool"), []byte("left by a killed program"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newTestRing(t, RingOptions{Dir: own, Bytes: 1 << 30})
	for range 1000 {
		if files() == 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n := files(); n != 0 {
		t.Errorf("%d files at the start", n)
	}
	f := newFilm()
	f.size = 40_000
	for range 200 { // two hundred groups of a million bytes: several files, of which few are needed
		addAll(r, f.take(25))
		settled(t, r)
	}
	if n := files(); n < 1 || n > 3 {
		t.Errorf("%d files while it runs", n)
	}
	if s := r.Stats(); s.Missed != 0 || s.Fault != nil || s.Kept() < 10*time.Second {
		t.Errorf("%+v", s)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(own); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder stays: %v", err)
	}
}

func TestSpoolFails(t *testing.T) {
	own := filepath.Join(t.TempDir(), "ring")
	r := newTestRing(t, RingOptions{Dir: own})
	f := newFilm()
	addAll(r, f.take(50))
	settled(t, r)
	r.mu.Lock()
	r.spool.open.file.Close() //nolint:errcheck // the disk goes away
	r.mu.Unlock()
	addAll(r, f.take(50))
	settled(t, r)
	s := r.Stats()
	if s.Fault == nil || s.Missed != 50 {
		t.Errorf("%+v", s)
	}
	r.mu.Lock()
	r.fault, r.spool.open.began = nil, time.Time{} // and comes back
	r.mu.Unlock()
	addAll(r, f.take(55))
	settled(t, r)
	got, err := r.Range(testAt.Add(4*time.Second), f.at)
	if err != nil || len(got.Units) != 55 {
		t.Errorf("%d units, %v", len(got.Units), err)
	}
	if _, err := r.Range(testAt, testAt.Add(time.Second)); !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), "closed") {
		t.Errorf("what cannot be read: %v", err)
	}
	r.mu.Lock()
	for in := range r.spool.all { // its file is closed already
		if _, err := in.file.Stat(); err != nil {
			delete(r.spool.all, in)
		}
	}
	r.mu.Unlock()
}

// TestSpoolComesLate makes a ring before its disk is there.
func TestSpoolComesLate(t *testing.T) {
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(disk, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := newTestRing(t, RingOptions{Dir: filepath.Join(disk, "cau-1", "main")})
	f := newFilm()
	addAll(r, f.take(51))
	settled(t, r)
	if s := r.Stats(); s.Fault == nil || s.Missed != 50 {
		t.Errorf("without a disk: %+v", s)
	}
	if err := os.Remove(disk); err != nil {
		t.Fatal(err)
	}
	addAll(r, f.take(50))
	settled(t, r)
	if s := r.Stats(); s.Fault != nil || s.Missed != 50 || s.Units != 51 {
		t.Errorf("with one: %+v", s)
	}
}

// TestSpoolTooSlow holds that a disk that does not keep up costs whole groups, which are counted and told.
func TestSpoolTooSlow(t *testing.T) {
	r := newTestRing(t, RingOptions{Dir: filepath.Join(t.TempDir(), "ring"), Keep: time.Minute, Bytes: 1 << 30})
	r.mu.Lock()
	r.spool.queued = queueBytes // as if the disk stood still
	r.mu.Unlock()
	f := newFilm()
	addAll(r, f.take(100))
	r.mu.Lock()
	r.spool.queued = 0
	r.mu.Unlock()
	addAll(r, f.take(60))
	settled(t, r)
	got, err := r.Range(testAt, f.at)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Missed != 75 && s.Missed != 100 || len(got.Units)+int(s.Missed) != 160 {
		t.Errorf("%d units, %+v", len(got.Units), s)
	}
	if len(got.Gaps) != 1 || got.Gaps[0].Kind != GapNotKept {
		t.Errorf("gaps %v", got.Gaps)
	}
}

func TestBudget(t *testing.T) {
	b := NewBudget(300_000)
	small := newTestRing(t, RingOptions{Budget: b, Keep: time.Hour})
	large := newTestRing(t, RingOptions{Budget: b, Keep: time.Hour})
	huge := newTestRing(t, RingOptions{Budget: b, Keep: time.Hour})
	fs, fl, fh := newFilm(), newFilm(), newFilm()
	fs.size, fl.size, fh.size = 20, 2000, 8000
	for range 250 {
		small.Add(fs.next())
		large.Add(fl.next())
		huge.Add(fh.next())
		if used := b.Used(); used > 300_000 {
			t.Fatalf("%d bytes are used", used)
		}
	}
	s, l, h := small.Stats(), large.Stats(), huge.Stats()
	if s.Units != 250 || b.Used() != s.Bytes+l.Bytes+h.Bytes {
		t.Errorf("small %+v, large %+v, huge %+v, used %d", s, l, h, b.Used())
	}
	// The large one needs more than its share and has it, but for the group that was given up last.
	if share := (300_000 - s.Bytes) / 2; l.Bytes < share-60_000 || h.Bytes > share+10_000 {
		t.Errorf("large has %d, huge %d of %d each", l.Bytes, h.Bytes, share)
	}
	if err := errors.Join(large.Close(), huge.Close()); err != nil || b.Used() != small.Stats().Bytes {
		t.Errorf("closed: %v, used %d", err, b.Used())
	}
}

func TestRingConcurrently(t *testing.T) {
	b := NewBudget(3 << 20)
	var wg sync.WaitGroup
	for _, dir := range []string{"", filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")} {
		r := newTestRing(t, RingOptions{Dir: dir, Budget: b})
		var last sync.Mutex
		now := testAt
		wg.Go(func() {
			f := newFilm()
			f.size = 5000
			for range 2000 {
				last.Lock()
				now = f.at
				last.Unlock()
				r.Add(f.next())
			}
		})
		for range 2 {
			wg.Go(func() {
				for range 200 {
					last.Lock()
					to := now
					last.Unlock()
					c, err := r.Range(to.Add(-5*time.Second), to)
					if err == nil && (!c.Units[0].Key || len(c.Units[0].NALUs) != 3) {
						t.Error("a clip does not begin with a whole key unit")
					}
					r.Stats()
				}
			})
		}
	}
	wg.Wait()
	if used := b.Used(); used > 3<<20 {
		t.Errorf("%d bytes are used", used)
	}
}

// live adds units to a ring as time passes, until the context ends.
func live(ctx context.Context, r *Ring, f *film) {
	for ctx.Err() == nil {
		time.Sleep(time.Until(f.at))
		r.Add(f.next())
	}
}

// TestCopyWaits asks for a clip whose end is to come and whose beginning is older than what the ring keeps by then.
func TestCopyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestRing(t, RingOptions{Keep: 10 * time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		f := newFilm()
		f.at = time.Now()
		go live(ctx, r, f)
		time.Sleep(9*time.Second + 500*time.Millisecond)
		from, to := time.Now().Add(-5*time.Second), time.Now().Add(40*time.Second)
		var file bytes.Buffer
		sum, err := r.Copy(ctx, &file, Head{Camera: "cau-1", Stream: "main", From: from, To: to})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(to); took < 0 || took > time.Second {
			t.Errorf("it took %v after the end", took)
		}
		if sum.Frames < 45*25 || sum.Frames > 46*25+1 || len(sum.Gaps) != 0 || sum.From.After(from) || to.Sub(sum.To) > 50*time.Millisecond {
			t.Errorf("%+v", sum)
		}
		if got, err := Read(&file, Limits{}); err != nil || len(got.Units) != sum.Frames {
			t.Errorf("%d units, %v", len(got.Units), err)
		}
		cancel()
		time.Sleep(time.Second)
	})
}

// TestCopyWhileDown asks for a clip of a camera that goes down in the middle.
func TestCopyWhileDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestRing(t, RingOptions{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		f := newFilm()
		f.at = time.Now()
		go live(ctx, r, f)
		time.Sleep(4 * time.Second)
		from, to := time.Now().Add(-2*time.Second), time.Now().Add(10*time.Second)
		sum, err := r.Copy(t.Context(), io.Discard, Head{From: from, To: to})
		if err != nil {
			t.Fatal(err)
		}
		if len(sum.Gaps) != 1 || sum.Gaps[0].Kind != GapNotArrived || sum.Missing() < 8*time.Second || sum.Missing() > 10*time.Second {
			t.Errorf("gaps %v", sum.Gaps)
		}
		_, err = r.Copy(t.Context(), io.Discard, Head{From: to.Add(-time.Second), To: to})
		if !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), "newest") {
			t.Errorf("nothing came: %v", err)
		}
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err = r.Copy(short, io.Discard, Head{From: from, To: time.Now().Add(time.Hour)}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
		time.Sleep(time.Second)
	})
}

// stuck is a writer that takes nothing for a while.
type stuck struct{ once sync.Once }

func (s *stuck) Write(b []byte) (int, error) {
	s.once.Do(func() { time.Sleep(time.Minute) })
	return len(b), nil
}

// TestCopyToASlowWriter holds that a writer that stands still costs its own clip alone.
func TestCopyToASlowWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestRing(t, RingOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		f := newFilm()
		f.at = time.Now()
		go live(ctx, r, f)
		time.Sleep(5 * time.Second)
		groups := func() uint64 {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.number
		}
		begun := groups()
		sum, err := r.Copy(ctx, &stuck{}, Head{From: time.Now().Add(-2 * time.Second), To: time.Now().Add(2 * time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		if added := groups() - begun; added < 120 {
			t.Errorf("only %d groups of a second came meanwhile", added)
		}
		if len(sum.Gaps) != 1 || sum.Gaps[0].Kind != GapNotWritten || sum.Missing() < 45*time.Second || sum.Missing() > 52*time.Second {
			t.Errorf("gaps %v", sum.Gaps)
		}
		cancel()
		time.Sleep(time.Second)
	})
}

func BenchmarkRingAdd(b *testing.B) {
	r, err := NewRing(RingOptions{Keep: 30 * time.Second, Bytes: 1 << 30, Budget: NewBudget(1 << 30)})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // in memory it cannot fail
	r.Start(rtsp.H264, nil)
	units := newFilm().take(25 * 60)
	every := units[len(units)-1].Arrived.Sub(units[0].Arrived) + 40*time.Millisecond
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		i := n % len(units)
		if n++; i == 0 {
			for k := range units {
				units[k].Arrived = units[k].Arrived.Add(every)
			}
		}
		r.Add(units[i])
	}
	s := r.Stats()
	size := int64(0)
	for _, u := range units {
		size += int64(u.Size)
	}
	b.ReportMetric(float64(s.Bytes)/float64(s.Units)-float64(size)/float64(len(units)), "B-overhead/unit")
}

// TestParameterSets holds that every key unit has all parameter sets, wherever the camera sent them.
func TestParameterSets(t *testing.T) {
	vps, sps, pps := []byte{0x40, 1, 1}, []byte{0x42, 1, 2}, []byte{0x44, 1, 3}
	newer, key, other := []byte{0x42, 1, 9}, []byte{0x26, 1, 4}, []byte{0x02, 1, 5}
	type unit [][]byte
	cases := []struct {
		name      string
		described unit
		units     []unit
		want      unit
	}{
		{"in the description", unit{vps, sps, pps}, []unit{{key}}, unit{vps, sps, pps, key}},
		{"in the unit", nil, []unit{{vps, sps, pps, key}}, unit{vps, sps, pps, key}},
		{"in a unit before", nil, []unit{{vps, sps, pps, other}, {key}}, unit{vps, sps, pps, key}},
		{"in both, another in the unit", unit{vps, sps, pps}, []unit{{newer, key}}, unit{vps, pps, newer, key}},
		{"another in a unit before", unit{vps, sps, pps}, []unit{{newer, other}, {key}}, unit{vps, pps, newer, key}},
		{"nowhere", nil, []unit{{key}}, unit{key}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newTestRing(t, RingOptions{})
			r.Start(rtsp.H265, c.described)
			for _, nalus := range c.units {
				r.Add(rtsp.Unit{NALUs: nalus, Key: rtsp.IsKey(rtsp.H265, nalus), Arrived: testAt})
			}
			got, err := r.Range(testAt, testAt)
			if err != nil || !slices.EqualFunc(got.Units[0].NALUs, c.want, bytes.Equal) {
				t.Errorf("got %v, %v, want %x", got.Units, err, c.want)
			}
		})
	}
}

func TestResize(t *testing.T) {
	r := newTestRing(t, RingOptions{Keep: time.Minute})
	f := newFilm()
	addAll(r, f.take(1000))
	before := r.Stats()
	r.Resize(10*time.Second, 0)
	if s := r.Stats(); s.Kept() < 10*time.Second || s.Kept() > 11*time.Second || s.Bytes >= before.Bytes {
		t.Errorf("%+v keep %v", s, s.Kept())
	}
	r.Resize(0, 20_000)
	if s := r.Stats(); s.Bytes > 20_000 || s.Units == 0 {
		t.Errorf("%+v", s)
	}
}

// TestRingsInOneFolder closes a ring after another one has begun in its folder, as happens when a camera is removed and
// added again.
func TestRingsInOneFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ring")
	old := newTestRing(t, RingOptions{Dir: dir})
	addAll(old, newFilm().take(100))
	settled(t, old)
	r := newTestRing(t, RingOptions{Dir: dir})
	if err := old.Close(); err != nil {
		t.Error(err)
	}
	f := newFilm()
	addAll(r, f.take(110))
	settled(t, r)
	if got, err := r.Range(testAt, f.at); err != nil || len(got.Units) != 110 || r.Stats().Fault != nil {
		t.Errorf("%d units, %v, %v", len(got.Units), err, r.Stats().Fault)
	}
}
