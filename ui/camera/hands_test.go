package camera

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
)

func size(w, h float32) fyne.Size { return fyne.NewSize(w, h) }

// held is a stage with one camera in hand.
func held(t *testing.T) (*stage, *View, *Hands) {
	t.Helper()
	s := newStage(t, 2)
	v := New(s.h, s.env, Options{Camera: "cam-01"})
	s.put(v, 960, 540)
	m := NewHands(s.h, s.env.Kit)
	m.Take(v, v)
	return s, v, m
}

// TestSnapshot: a key press keeps the picture in full size with its caption, as
// a whole file under a name of its own.
func TestSnapshot(t *testing.T) {
	s, _, m := held(t)
	s.deck.size = image.Pt(1920, 1080)
	for range 2 {
		if !m.Rune('s') {
			t.Fatal("S does nothing")
		}
	}
	s.jobs.Wait()
	files, err := filepath.Glob(filepath.Join(s.h.Snapshots, "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v %v", files, err)
	}
	if name := filepath.Base(files[0]); !strings.HasPrefix(name, "cam-01_20261121-09420") || !strings.HasSuffix(name, ".png") {
		t.Errorf("named %s", name)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 1920 || b.Dy() < 1080+60 {
		t.Errorf("the picture is %v", b)
	}
	if said := m.Said(); !strings.Contains(said, s.h.Snapshots) {
		t.Errorf("said %q", said)
	}
	if dir := os.Getenv("IOCWALL_GALLERY"); dir != "" {
		b, _ := os.ReadFile(files[0])
		_ = os.WriteFile(filepath.Join(dir, "snapshot.png"), b, 0o644)
	}
}

// TestSnapshotFails in words: no camera, no folder.
func TestSnapshotFails(t *testing.T) {
	s, _, m := held(t)
	s.deck.size = image.Pt(1920, 1080)
	s.h.Snapshots = "/dev/null/pictures"
	m.Rune('S')
	s.jobs.Wait()
	if said := m.Said(); !strings.Contains(said, "Chưa chụp được") {
		t.Errorf("said %q", said)
	}
}

func TestSafeNames(t *testing.T) {
	for in, want := range map[string]string{"cam-01": "cam-01", "../../etc": "etc", "Cầu": "C-u", "": "camera", "a/b\\c": "a-b-c"} {
		if got := safe(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestTurn: a held key turns the camera again and again, letting go stops it.
func TestTurn(t *testing.T) {
	s, v, m := held(t)
	if !m.Key(fyne.KeyLeft) {
		t.Fatal("an arrow does nothing")
	}
	for range 10 { // repeats of the key, and ticks, within a second
		s.now = s.now.Add(100 * time.Millisecond)
		m.Key(fyne.KeyLeft)
		m.Update(s.now)
	}
	m.KeyUp(fyne.KeyLeft)
	acts := s.acts()
	if n := len(acts); n < 3 || n > 5 {
		t.Fatalf("sent %d commands: %+v", n, acts)
	}
	if acts[0] != (act.ControlCamera{Camera: "cam-01", Pan: -turnSpeed}) || acts[len(acts)-1] != (act.ControlCamera{Camera: "cam-01", Stop: true}) {
		t.Errorf("sent %+v", acts)
	}
	m.Rune('2')
	if last := s.sent[len(s.sent)-1].Act; last != (act.ControlCamera{Camera: "cam-01", Preset: "Bến"}) {
		t.Errorf("the second preset sends %+v", last)
	}
	s.receipts[s.sent[len(s.sent)-1].ID] = world.Receipt{ID: s.sent[len(s.sent)-1].ID, Reason: "không có quyền"}
	m.Update(s.now)
	if got := m.Said(); got != "Không điều khiển được camera: không có quyền" {
		t.Errorf("refused: %q", got)
	}
	s.add(world.CameraControlled{Camera: "cam-01", By: "hung", Name: "Hùng"})
	if got := m.Holder(s.now); got != "Hùng đang điều khiển camera" {
		t.Errorf("holder %q", got)
	}
	if got := m.Holder(s.now.Add(time.Minute)); got != "" {
		t.Errorf("a minute later %q", got)
	}
	// Letting go of the camera ends its movement.
	m.Key(fyne.KeyUp)
	m.Take(nil, nil)
	if last := s.sent[len(s.sent)-1].Act; last != (act.ControlCamera{Camera: "cam-01", Stop: true}) {
		t.Errorf("after letting go: %+v", last)
	}
	_ = v
}

// TestTurnIsLost: a command without an answer is said, not repeated for ever.
func TestTurnIsLost(t *testing.T) {
	s, _, m := held(t)
	m.Key(fyne.KeyRight)
	s.now = s.now.Add(11 * time.Second)
	m.Update(s.now)
	if got := m.Said(); !strings.Contains(got, "chưa trả lời") {
		t.Errorf("said %q", got)
	}
	s.fail = errors.New("256 commands are waiting")
	m.Rune('1')
	m.Update(s.now)
	if got := m.Said(); got == "" {
		t.Error("a command that was not sent is not said")
	}
}

// TestArrowsPan: where the picture is enlarged, arrows move the part shown.
func TestArrowsPan(t *testing.T) {
	s, v, m := held(t)
	m.Rune('+')
	was := v.Zoom().Part()
	m.Key(fyne.KeyRight)
	if now := v.Zoom().Part(); now.X0 <= was.X0 || len(s.sent) != 0 {
		t.Errorf("from %+v to %+v, sent %v", was, now, s.acts())
	}
}

// TestEvidence: a key asks the server to keep what was and what comes; what
// becomes of it is said.
func TestEvidence(t *testing.T) {
	s, _, m := held(t)
	m.Rune('e')
	a, ok := s.sent[0].Act.(act.SaveClip)
	if !ok || a.Camera != "cam-01" || a.From != world.TimeOf(s.now.Add(-before)) || a.To != world.TimeOf(s.now.Add(after)) || a.ID == "" {
		t.Fatalf("sent %+v", s.sent)
	}
	asked := world.ClipAsked{ID: a.ID, Camera: a.Camera, From: a.From, To: a.To, By: "mai"}
	s.receipts[s.sent[0].ID] = world.Receipt{ID: s.sent[0].ID, OK: true}
	s.add(asked)
	m.Update(s.now)
	if got := m.Said(); got != "Đang lưu bằng chứng, xong sau 09:42:17" {
		t.Errorf("asked: %q", got)
	}
	s.now = s.now.Add(12 * time.Second)
	s.add(world.ClipSaved{ID: a.ID, Camera: a.Camera, SHA256: "0123456789abcdef0123", Bytes: 1 << 20, Frames: 1000, From: a.From, To: a.To})
	m.Update(s.now)
	if got := m.Said(); got != "Đã lưu bằng chứng 40 giây, SHA-256 0123456789ab…" {
		t.Errorf("saved: %q", got)
	}
	m.Rune('E')
	b := s.sent[1].Act.(act.SaveClip)
	if b.ID == a.ID {
		t.Error("the same id twice")
	}
	s.add(world.ClipAsked{ID: b.ID, Camera: b.Camera, From: b.From, To: b.To})
	s.add(world.ClipFailed{ID: b.ID, Camera: b.Camera, Reason: "đĩa đầy"})
	m.Update(s.now)
	if got := m.Said(); got != "Chưa lưu được bằng chứng: đĩa đầy" {
		t.Errorf("failed: %q", got)
	}
}

// TestActions: what can be done is offered, what cannot is not.
func TestActions(t *testing.T) {
	s, _, m := held(t)
	keys := func() (out string) {
		for _, a := range m.Actions() {
			out += a.Key + " "
		}
		return out
	}
	if got := keys(); got != "S E R + ← → ↑ ↓ PgUp PgDn 1 2 " {
		t.Errorf("of a camera that turns: %s", got)
	}
	plain := New(s.h, s.env, Options{Camera: "cam-02"})
	s.put(plain, 960, 540)
	m.Take(plain, plain)
	m.Rune('+')
	if got := keys(); got != "S E + − 0 " {
		t.Errorf("of one that does not, enlarged: %s", got)
	}
	m.Rune('r')
	if got := m.Said(); got != "Camera này không lưu hình để xem lại" {
		t.Errorf("replay of a camera of which nothing is kept: %q", got)
	}
	m.Take(nil, nil)
	if m.Rune('s') || m.Key(fyne.KeyLeft) || len(m.Actions()) != 0 {
		t.Error("hands that hold nothing act")
	}
	_ = media.StateLive
}

// TestReconnect: a camera that was refused or waits for its next try is tried at once
// by hand, one that plays is left alone.
func TestReconnect(t *testing.T) {
	s, _, m := held(t)
	p := s.deck.of("cam-01")[0]
	offered := func() bool {
		return slices.ContainsFunc(m.Actions(), func(a Action) bool { return a.Key == "N" })
	}
	if m.Rune('n') || offered() || p.retries != 0 {
		t.Errorf("a camera that plays is tried again %d times", p.retries)
	}
	s.deck.state["cam-01"] = media.StateRefused
	if !offered() || !m.Rune('N') || p.retries != 1 {
		t.Errorf("a camera that was refused is tried again %d times", p.retries)
	}
	if got := m.Said(); got != "Đang nối lại “Cầu Câu Lâu 1”" {
		t.Errorf("said %q", got)
	}
	s.deck.state["cam-01"] = media.StateNoSignal
	if m.Rune('n') || offered() {
		t.Error("a camera that is being tried is tried again")
	}
	s.deck.next = s.now.Add(20 * time.Second)
	if !offered() || !m.Rune('n') || p.retries != 2 {
		t.Errorf("a camera that waits is tried again %d times", p.retries)
	}
	m.Take(nil, nil)
	if m.Rune('n') {
		t.Error("hands that hold nothing try")
	}
}

// TestKeyboardTakenAway: a camera that is turned by a key stops when something
// else gets the keyboard, one that is turned by a button goes on.
func TestKeyboardTakenAway(t *testing.T) {
	s, _, m := held(t)
	m.Turn(wayLeft)
	m.Unheard()
	if n := len(s.sent); n != 1 {
		t.Errorf("held by a button: %+v", s.acts())
	}
	m.Release()
	for _, k := range []fyne.KeyName{fyne.KeyLeft, fyne.KeyPageUp} {
		m.Key(k)
		m.Unheard()
		m.Update(s.now.Add(time.Second))
		if last := s.sent[len(s.sent)-1].Act; last != (act.ControlCamera{Camera: "cam-01", Stop: true}) {
			t.Errorf("held by %s: %+v", k, last)
		}
	}
}

// TestWhyIsInTheInterfacesLanguage: what goes wrong with files is said in words.
func TestWhyIsInTheInterfacesLanguage(t *testing.T) {
	s := newStage(t, 1)
	s.h.Snapshots = "/srv/anh"
	for want, err := range map[string]error{
		"hết chỗ trên đĩa của /srv/anh":    fmt.Errorf("write the picture: %w", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}),
		"không được phép ghi vào /srv/anh": fmt.Errorf("write the picture: %w", &os.PathError{Op: "open", Path: "x", Err: syscall.EACCES}),
		"chưa có hình":                     errNoPicture,
		"Không còn gì được giữ của lúc đó": errNothingKept,
		"the server answers 404 Not Found": errors.New("the server answers 404 Not Found"),
	} {
		if got := s.h.why(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
