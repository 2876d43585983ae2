package cctv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/replay"
	"iocwall/media/rtsp"
	"iocwall/server/blob"
	"iocwall/server/world"
)

// groups is a second of pictures each, beginning at a time: a key frame and four more.
func groups(from time.Time, n int) []rtsp.Unit {
	sets := [][]byte{
		{
			0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0x84, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00,
			0x03, 0x00, 0xf0, 0x3c, 0x60, 0xc6, 0x58,
		},
		{0x68, 0xeb},
	}
	var out []rtsp.Unit
	for i := range 5 * n {
		u := rtsp.Unit{NALUs: [][]byte{append([]byte{0x41}, make([]byte, 2000)...)}, PTS: time.Duration(i) * 200 * time.Millisecond}
		u.Arrived = from.Add(u.PTS)
		if i%5 == 0 {
			u.Key, u.NALUs = true, append(sets[:2:2], append([]byte{0x65}, make([]byte, 8000)...))
		}
		for _, n := range u.NALUs {
			u.Size += len(n)
		}
		out = append(out, u)
	}
	return out
}

// newStore opens a store that keeps what was left half written.
func newStore(t *testing.T, o blob.Options) *blob.Store {
	t.Helper()
	o.KeepDrafts = true
	s, err := blob.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A server that is killed, or stopped, while it writes a clip has lost the ring in its memory. What it had written is
// the beginning of the clip that the next start makes, also where the relay does not come back.
func TestKilledWhileAClipIsWritten(t *testing.T) {
	const had, more = 12, 8 // seconds of a clip of thirty
	for name, x := range map[string]struct {
		stopped, away bool
		frames        int
	}{
		"killed":                       {frames: 5 * (had - 1 + more)}, // the last group was not whole on disk
		"stopped":                      {stopped: true, frames: 5 * (had + more)},
		"killed, the relay stays away": {away: true, frames: 5 * (had - 1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := world.TimeOf(time.Now())
				asked := world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: begin, To: begin + 30_000, Alert: "lu"}
				h := newChronicle(t, definedCamera("c", nil), asked)
				head := replay.Head{Camera: "c", Stream: "main", From: begin.Std(), To: begin.Std().Add(30 * time.Second)}
				dir := t.TempDir()
				store := func() *blob.Store { return newStore(t, blob.Options{Dir: filepath.Join(dir, "files")}) }
				stop, end := context.WithCancel(t.Context())
				defer end()
				k := newClips(h, store(), still{clip: func(w io.Writer) (replay.Summary, error) {
					out := replay.NewWriter(w, head, rtsp.H264)
					for _, u := range groups(begin.Std(), had) {
						if err := out.Add(u, ""); err != nil {
							t.Error(err)
						}
					}
					<-stop.Done()
					return out.Close()
				}}, notes(filepath.Join(dir, "new")), discard())
				k.look(stop, t.Context())
				time.Sleep(had * time.Second)
				crashed := filepath.Join(t.TempDir(), "crashed")
				if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				end()
				k.wait()
				if clip, _ := h.state.Clip("a"); clip.Done != 0 {
					t.Fatalf("said by a server that was to go on: %+v", clip)
				}
				if !x.stopped {
					dir = crashed
				}

				files := store()
				if len(files.Drafts()) != 1 {
					t.Fatalf("left: %v", files.Drafts())
				}
				k = newClips(h, files, still{clip: func(w io.Writer) (replay.Summary, error) {
					if x.away {
						return replay.Summary{}, errors.New("the relay does not answer")
					}
					return replay.Write(w, replay.Clip{Head: head, Codec: rtsp.H264, Units: groups(begin.Std().Add(22*time.Second), more)})
				}}, notes(filepath.Join(dir, "new")), discard())
				for range 1000 {
					k.look(t.Context(), t.Context())
					time.Sleep(lookEvery)
				}
				k.wait()
				clip, _ := h.state.Clip("a")
				if !clip.Ready() || clip.Saved.Frames != x.frames || clip.Saved.Gaps != 1 || clip.Saved.From != begin || clip.Saved.Missing < 10_000 || clip.Saved.Missing > 20_000 {
					t.Fatalf("%+v", clip)
				}
				file, _, err := files.Open(clip.Saved.SHA256)
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				whole, err := replay.Read(file, replay.Limits{})
				if err != nil || len(whole.Units) != x.frames || files.Verify(t.Context(), clip.Saved.SHA256) != nil {
					t.Errorf("%d pictures, %v", len(whole.Units), err)
				}
				if n, bytes := files.Total(); len(files.Drafts()) > 0 || n != 1 || bytes != clip.Saved.Bytes {
					t.Errorf("left are %v; %d files of %d bytes", files.Drafts(), n, bytes)
				}
			})
		})
	}
}

// A relay of its own that is killed, or stopped, has lost the ring in its memory, and the server goes on. What it had sent is the
// beginning of the clip; while it cannot be reached nothing piles up, and of a full disk nothing stays.
func TestTheRelayIsKilledWhileAClipIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := world.TimeOf(time.Now())
		h := newChronicle(t, definedCamera("c", nil), world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: begin, To: begin + 60_000, Alert: "lu"})
		head := replay.Head{Camera: "c", Stream: "main", From: begin.Std(), To: begin.Std().Add(time.Minute)}
		files := newStore(t, blob.Options{Dir: t.TempDir()})
		away, tries := errors.New("the relay does not answer"), 0
		end := begin.Std().Add(time.Minute)
		add := func(w io.Writer, from, n int) *replay.Writer {
			out := replay.NewWriter(w, head, rtsp.H264)
			for _, u := range groups(begin.Std().Add(time.Duration(from)*time.Second), n) {
				if err := out.Add(u, ""); err != nil {
					t.Error(err)
				}
			}
			return out
		}
		k := newClips(h, files, still{clip: func(w io.Writer) (replay.Summary, error) {
			switch tries++; tries {
			case 1:
				add(w, 0, 10)
				return replay.Summary{}, away
			case 6:
				add(w, 30, 10)
				return replay.Summary{}, away
			case 11: // it is stopped in order
				out := add(w, 41, 5)
				out.Note(replay.Gap{Kind: replay.GapNotArrived, From: begin.Std().Add(46 * time.Second), To: end})
				return out.Close()
			case 12:
				time.Sleep(time.Until(end))
				return add(w, 50, 10).Close()
			}
			return replay.Summary{}, away
		}}, "", discard())
		for i := range 200 {
			k.look(t.Context(), t.Context())
			time.Sleep(lookEvery)
			if n := len(files.Drafts()); n > 1 {
				t.Fatalf("after %d looks and %d tries: %d half-written files", i, tries, n)
			}
		}
		k.wait()
		clip, _ := h.state.Clip("a")
		if !clip.Ready() || clip.Saved.Frames != 5*(9+9+5+10) || clip.Saved.Gaps != 3 || tries != 12 {
			t.Errorf("%d tries: %+v", tries, clip)
		}
		if n, bytes := files.Total(); n != 1 || bytes != clip.Saved.Bytes || len(files.Drafts()) > 0 {
			t.Errorf("%d files of %d bytes; left: %v", n, bytes, files.Drafts())
		}
	})
}

// The last try, before a clip is given up, may be the one that brings pictures before the relay breaks off: they are
// the clip then, with what was there before.
func TestWhatTheLastTryBrings(t *testing.T) {
	for name, x := range map[string]struct {
		first  bool // the first try brought something, too
		frames int
	}{"the last alone": {false, 20}, "the first and the last": {true, 45}} {
		synctest.Test(t, func(t *testing.T) {
			begin := world.TimeOf(time.Now())
			h := newChronicle(t, definedCamera("c", nil), world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: begin, To: begin + 30_000, Alert: "lu"})
			head := replay.Head{Camera: "c", Stream: "main", From: begin.Std(), To: begin.Std().Add(30 * time.Second)}
			files := newStore(t, blob.Options{Dir: t.TempDir()})
			tries := 0
			k := newClips(h, files, still{clip: func(w io.Writer) (replay.Summary, error) {
				tries++
				last := time.Since(begin.Std()) > 149*time.Second
				if x.first && tries == 1 || last {
					out := replay.NewWriter(w, head, rtsp.H264)
					from := begin.Std()
					if last {
						from = from.Add(20 * time.Second)
					}
					for _, u := range groups(from, 6) {
						if err := out.Add(u, ""); err != nil {
							t.Error(err)
						}
						if last && u.Arrived.Sub(from) >= 4*time.Second {
							break
						}
					}
				}
				return replay.Summary{}, errors.New("the relay does not answer")
			}}, "", discard())
			for range 1000 {
				k.look(t.Context(), t.Context())
				time.Sleep(lookEvery)
			}
			k.wait()
			clip, _ := h.state.Clip("a")
			if n, bytes := files.Total(); !clip.Ready() || clip.Saved.Frames != x.frames || n != 1 || bytes != clip.Saved.Bytes || len(files.Drafts()) > 0 {
				t.Errorf("%s: %+v; %d files of %d bytes; left: %v", name, clip, n, bytes, files.Drafts())
			}
		})
	}
}

// A file that cannot be opened now may be another time: it is not given up.
func TestWhatCannotBeReadNowStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := world.TimeOf(time.Now())
		h := newChronicle(t, definedCamera("c", nil), world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: begin, To: begin + 10_000, Alert: "lu"})
		dir := t.TempDir()
		store := func() *blob.Store { return newStore(t, blob.Options{Dir: dir}) }
		clip := replay.Clip{
			Head: replay.Head{Camera: "c", Stream: "main", From: begin.Std(), To: begin.Std().Add(10 * time.Second)}, Codec: rtsp.H264,
			Units: groups(begin.Std(), 5),
		}
		if _, err := store().Keep(t.Context(), func(w io.Writer) error {
			_, err := replay.Write(w, clip)
			return errors.Join(err, blob.ErrUnfinished)
		}); !errors.Is(err, blob.ErrUnfinished) {
			t.Fatal(err)
		}
		busy := &failing{Store: store(), times: 3}
		later := clip
		later.Units = groups(begin.Std().Add(7*time.Second), 3)
		k := newClips(h, busy, still{clip: func(w io.Writer) (replay.Summary, error) { return replay.Write(w, later) }}, "", discard())
		for range 1000 {
			k.look(t.Context(), t.Context())
			time.Sleep(lookEvery)
		}
		k.wait()
		if got, _ := h.state.Clip("a"); !got.Ready() || got.Saved.Frames != 40 || busy.times > 0 {
			t.Errorf("%+v", got)
		}
	})
}

// failing is a store whose files cannot be opened a few times.
type failing struct {
	Store
	times int
}

func (f *failing) OpenDraft(name string) (io.ReadCloser, error) {
	if f.times--; f.times >= 0 {
		return nil, errors.New("too many open files")
	}
	return f.Store.OpenDraft(name)
}

func TestOfAFullDiskNothingStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := world.TimeOf(time.Now())
		h := newChronicle(t, definedCamera("c", nil), world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: begin, To: begin + 10_000, Alert: "lu"})
		head := replay.Head{Camera: "c", Stream: "main", From: begin.Std(), To: begin.Std().Add(10 * time.Second)}
		files := newStore(t, blob.Options{Dir: t.TempDir(), MaxBytes: 60_000})
		k := newClips(h, files, still{clip: func(w io.Writer) (replay.Summary, error) {
			return replay.Write(w, replay.Clip{Head: head, Codec: rtsp.H264, Units: groups(begin.Std(), 10)})
		}}, "", discard())
		for range 60 {
			k.look(t.Context(), t.Context())
			time.Sleep(lookEvery)
			if n, bytes := files.Total(); n > 0 || bytes > 0 || len(files.Drafts()) > 0 {
				t.Fatalf("%d files of %d bytes; left: %v", n, bytes, files.Drafts())
			}
		}
		k.wait()
	})
}

// What nobody waits for any more, and what is no clip, does not stay.
func TestWhatIsLeftOfNothingGoes(t *testing.T) {
	dir := t.TempDir()
	store := func() *blob.Store { return newStore(t, blob.Options{Dir: dir}) }
	var other bytes.Buffer
	if _, err := replay.Write(&other, replay.Clip{Head: replay.Head{Camera: "x", Stream: "main"}, Codec: rtsp.H264, Units: groups(t0.Std(), 3)}); err != nil {
		t.Fatal(err)
	}
	s := store()
	for _, text := range []string{"", "no clip", other.String(), other.String()[:other.Len()/2]} {
		if _, err := s.Keep(t.Context(), func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(blob.ErrUnfinished, err)
		}); !errors.Is(err, blob.ErrUnfinished) {
			t.Fatal(err)
		}
	}
	s = store()
	if len(s.Drafts()) != 3 { // of nothing at all there is no file
		t.Fatalf("left: %v", s.Drafts())
	}
	film := []byte("film")
	sum := replay.Summary{Frames: 1, Bytes: int64(len(film)), SHA256: sha256.Sum256(film)}
	h := newChronicle(t, definedCamera("c", nil), world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: t0 - 10_000, To: t0, By: "mai"})
	k := newClips(h, s, still{clip: func(w io.Writer) (replay.Summary, error) {
		_, err := w.Write(film)
		return sum, err
	}}, "", discard())
	k.look(t.Context(), t.Context())
	k.wait()
	if clip, _ := h.state.Clip("a"); clip.Saved.SHA256 != hex.EncodeToString(sum.SHA256[:]) || len(s.Drafts()) > 0 {
		t.Errorf("%+v; left: %v", clip, s.Drafts())
	}
}
