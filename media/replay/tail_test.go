package replay

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// What is missing just before the end of a clip is told even where it is shorter than a camera may be silent: a file must
// not pass for whole.
func TestTheEndIsMissing(t *testing.T) {
	for _, c := range []struct {
		name string
		disk bool
		lose func(t *testing.T, r *Ring, f *film) // after two seconds of pictures; one more second is asked for
		want GapKind
	}{
		{"nothing", false, func(_ *testing.T, r *Ring, f *film) { addAll(r, f.take(25)) }, ""},
		{"nothing, and it went on", false, func(_ *testing.T, r *Ring, f *film) { addAll(r, f.take(50)) }, ""},
		{"a slow picture", false, func(_ *testing.T, _ *Ring, _ *film) {}, ""},
		{"the connection broke", false, func(_ *testing.T, r *Ring, _ *film) { r.Stop() }, GapDisconnected},
		{"the connection broke and came back after the end", false, func(_ *testing.T, r *Ring, f *film) {
			r.Stop()
			f.take(50)
			r.Start(rtsp.H264, nil)
			addAll(r, f.take(50))
		}, GapDisconnected},
		{"packets were lost to beyond the end", false, func(_ *testing.T, r *Ring, f *film) {
			u := f.take(50)[49]
			u.Lost = 9
			r.Add(u)
		}, GapLost},
		{"the disk is too slow", true, func(_ *testing.T, r *Ring, f *film) {
			r.mu.Lock()
			r.spool.queued = queueBytes
			r.mu.Unlock()
			addAll(r, f.take(24))
			r.Stop()
			r.mu.Lock()
			r.spool.queued = 0
			r.mu.Unlock()
		}, GapNotWritten},
		{"the disk cannot be read", true, func(t *testing.T, r *Ring, f *film) {
			r.mu.Lock()
			before := r.spool.open.size
			r.mu.Unlock()
			addAll(r, f.take(25))
			r.Stop()
			r.Start(rtsp.H264, nil)
			settled(t, r)
			if err := os.Truncate(r.spool.open.file.Name(), before); err != nil {
				t.Fatal(err)
			}
		}, GapNotWritten},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := RingOptions{}
			if c.disk {
				o.Dir = filepath.Join(t.TempDir(), "ring")
			}
			r, f := newTestRing(t, o), newFilm()
			addAll(r, f.take(50))
			if c.disk {
				addAll(r, f.take(1)) // the two seconds are whole
				settled(t, r)
			}
			to := f.at.Add(time.Second)
			c.lose(t, r, f)
			got, err := r.Range(testAt, to)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(got.Gaps) > 0 || c.want != "" && (len(got.Gaps) != 1 || got.Gaps[0].Kind != c.want || !got.Gaps[0].To.Equal(to)) {
				t.Fatalf("%d units, gaps %v", len(got.Units), got.Gaps)
			}
			// The file says so too.
			var file bytes.Buffer
			sum, err := Write(&file, got)
			if err != nil || len(sum.Gaps) != len(got.Gaps) {
				t.Errorf("written with gaps %v, %v", sum.Gaps, err)
			}
		})
	}
}

// The latest time that Read takes can be told as a duration; see takeFragment.
func TestTheLastTimeOfAFile(t *testing.T) {
	if d := fromTicks(1 << 49); d <= 0 || toTicks(d) != 1<<49 {
		t.Errorf("%v", d)
	}
}
