package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page/pagetest"
)

// noon is the moment of the tests: Saturday 21 November 2026, 09:42:07.
var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

// fake is a model whose state is given.
type fake struct {
	*pagetest.Desk
	did      []string
	undo     []func()
	t        *testing.T
	state    *world.State
	now      time.Time
	away     time.Duration
	receipts map[string]world.Receipt
	sent     []act.Command
	fail     error
	wall     string
}

func (f *fake) State() *world.State { return f.state }
func (f *fake) Alerts() (out []world.Alert) {
	for _, a := range f.state.Alerts() {
		if a.Open() {
			out = append(out, a)
		}
	}
	return out
}
func (f *fake) Receipt(id string) (world.Receipt, bool) { r, ok := f.receipts[id]; return r, ok }
func (f *fake) Wall() (w world.Wall, sc world.Scene, hasWall, hasScene bool) {
	w, hasWall = f.state.Wall(f.wall)
	return w, sc, hasWall, false
}
func (f *fake) Away(time.Time) time.Duration       { return f.away }
func (f *fake) Silence(time.Time) time.Duration    { return 0 }
func (f *fake) ServerTime(now time.Time) time.Time { return now }
func (f *fake) Now() time.Time                     { return f.now }
func (f *fake) Send(c act.Command) error {
	f.sent = append(f.sent, c)
	return f.fail
}

func (f *fake) Version() uint64 { return f.state.At().Seq }
func (f *fake) May(string) bool { return true }
func (f *fake) Did(text string, undo func()) {
	f.did, f.undo = append(f.did, text), append(f.undo, undo)
}

func (f *fake) add(b world.Body) {
	f.t.Helper()
	e := world.Event{Seq: f.state.At().Seq + 1, Seen: world.TimeOf(f.now), Source: "test", Observation: world.Observation{Time: world.TimeOf(f.now), Body: b}}
	if _, err := f.state.Apply(e); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fake) answer(r world.Receipt) { f.receipts[r.ID] = r }

// newDesk is a desk with three alerts, the first of them taken.
func newDesk(t *testing.T) (*fake, *Desk) {
	t.Helper()
	f := &fake{Desk: pagetest.New(t, "vi", "dark", 1), t: t, state: world.New(1), now: noon, receipts: map[string]world.Receipt{}}
	raise := func(id string, sev world.Severity, since time.Duration) {
		f.add(world.AlertRaised{ID: id, Severity: sev, Title: id, Since: world.TimeOf(noon.Add(-since))})
	}
	raise("flood", world.Critical, 11*time.Minute)
	raise("ship", world.Severe, 10*time.Minute)
	raise("water", world.Severe, 52*time.Minute)
	raise("late", world.Warning, time.Hour)
	f.add(world.AlertAcknowledged{ID: "flood", By: "mai", Name: "Mai"})
	d := New(f, f.Env())
	d.Refresh(f.now)
	return f, d
}

func (d *Desk) after(f *fake, by time.Duration) {
	f.now = f.now.Add(by)
	d.Refresh(f.now)
}

// TestAcknowledge plays an operator who takes an alert by key and by button.
func TestAcknowledge(t *testing.T) {
	f, d := newDesk(t)
	if d.Chosen() != "water" || !d.take.Visible() {
		t.Fatalf("first choice %q, button %v: the oldest untaken alert of the worst kind is first", d.chosen, d.take.Visible())
	}
	d.Key(&fyne.KeyEvent{Name: fyne.KeyDown})
	if d.Chosen() != "ship" {
		t.Fatalf("after Down: %q", d.chosen)
	}
	d.Rune('x')
	if len(f.sent) != 1 || f.sent[0].Act != (act.AcknowledgeAlert{Alert: "ship"}) || f.sent[0].ID == "" {
		t.Fatalf("sent %+v", f.sent)
	}
	ship := func() world.Alert { a, _ := f.state.Alert("ship"); return a }
	if got := d.answer(ship()); got != "Đang gửi lệnh nhận…" {
		t.Errorf("on its way: %q", got)
	}
	d.Rune('X')
	if n := len(f.sent); n != 1 {
		t.Errorf("sent %d times while on its way", n)
	}
	d.after(f, 12*time.Second)
	if got := d.answer(ship()); !strings.Contains(got, "bấm X để gửi lại") {
		t.Errorf("without an answer: %q", got)
	}
	test.Tap(d.take)
	if len(f.sent) != 2 || f.sent[1].ID == f.sent[0].ID {
		t.Fatalf("not sent again: %+v", f.sent)
	}
	f.answer(world.Receipt{ID: f.sent[1].ID, Reason: "không có quyền"})
	d.after(f, time.Second)
	if got := d.answer(ship()); got != "Chưa nhận được: không có quyền" {
		t.Errorf("refused: %q", got)
	}
	test.Tap(d.take)
	f.answer(world.Receipt{ID: f.sent[2].ID, OK: true})
	f.add(world.AlertAcknowledged{ID: "ship", By: "mai", Name: "Mai"})
	d.after(f, time.Second)
	if got := d.answer(ship()); got != "Đã nhận lúc 09:42" {
		t.Errorf("done: %q", got)
	}
	if d.Chosen() != "ship" || d.take.Visible() {
		t.Errorf("after taking: chosen %q, button %v", d.chosen, d.take.Visible())
	}
	if got := d.taker(ship()); got != "Mai nhận 09:42" {
		t.Errorf("list says %q", got)
	}
}

// TestListStays: a new alert does not move the choice.
func TestListStays(t *testing.T) {
	f, d := newDesk(t)
	d.Choose("late")
	was := d.Chosen()
	f.add(world.AlertRaised{ID: "new", Severity: world.Critical, Title: "Cháy rừng", Since: world.TimeOf(f.now)})
	d.after(f, time.Second)
	if d.Chosen() != was {
		t.Errorf("choice moved from %q to %q", was, d.Chosen())
	}
	f.add(world.AlertResolved{ID: was})
	d.after(f, time.Second)
	if d.Chosen() == was || d.Chosen() == "" {
		t.Errorf("a resolved alert is still chosen: %q", d.Chosen())
	}
}

// TestSendFails: what could not be sent is said.
func TestSendFails(t *testing.T) {
	f, d := newDesk(t)
	f.fail = errors.New("256 commands are waiting")
	d.Acknowledge()
	a, _ := d.alert()
	if got := d.answer(a); !strings.Contains(got, "256") {
		t.Errorf("said %q", got)
	}
}
