package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/field"
)

// told are the titles of the notices, in order.
func (s *stand) told() string {
	var out []string
	for _, x := range s.c.notices.list {
		out = append(out, (&card{n: s.c.notices, of: x}).title())
	}
	return strings.Join(out, "|")
}

// TestNoticesOfNewAlerts: what was there before is not told; what is new is, from
// warnings on, most urgent first; a warning goes after ten seconds, a critical one
// stays until it is seen.
func TestNoticesOfNewAlerts(t *testing.T) {
	s := newStand(t, 1920, 1080, plain)
	s.apply(append(wall27(), alert("old", world.Critical, "Cũ", noon))...)
	s.tick(0)
	if s.told() != "" || s.plays != 0 {
		t.Fatalf("told of what was there before: %q, %d sounds", s.told(), s.plays)
	}
	s.apply(alert("w", world.Warning, "Trạm im", noon), alert("n", world.Notice, "Gần ranh giới", noon), alert("c", world.Critical, "Lũ", noon))
	s.tick(time.Second)
	if s.told() != "Lũ|Trạm im" || s.plays != 1 {
		t.Fatalf("told %q with %d sounds", s.told(), s.plays)
	}
	if len(s.over) != 2 || s.win.Canvas().Focused() != nil {
		t.Errorf("over the page: %v; keyboard at %v", s.over, s.win.Canvas().Focused())
	}
	s.tick(9 * time.Second)
	if s.told() != "Lũ|Trạm im" {
		t.Errorf("gone too early: %q", s.told())
	}
	s.tick(time.Second)
	if s.told() != "Lũ" {
		t.Errorf("stays: %q", s.told())
	}
	s.tick(time.Hour)
	if s.told() != "Lũ" {
		t.Error("a critical alert went unseen")
	}
	s.c.notices.open()
	if s.told() != "" || s.made["alerts"].link.ID != "c" || len(s.over) != 0 {
		t.Errorf("opened %v, told %q, over %v", s.made["alerts"].link, s.told(), s.over)
	}
	// What gets worse is told again; what is over is not told any more.
	s.apply(world.AlertUpdated{ID: "w", Severity: world.Severe, Title: "Trạm im lâu"})
	s.tick(time.Second)
	if s.told() != "Trạm im lâu" {
		t.Errorf("worse: %q", s.told())
	}
	s.apply(world.AlertResolved{ID: "w"})
	s.tick(time.Second)
	if s.told() != "" {
		t.Errorf("resolved, still told: %q", s.told())
	}
}

// TestTaking: the key takes the first alert; who took it is said, then the notice
// goes; a refusal is said and the notice stays.
func TestTaking(t *testing.T) {
	s := newStand(t, 1920, 1080, plain)
	s.apply(wall27()...)
	s.tick(0)
	s.apply(alert("a", world.Severe, "Mất tín hiệu", noon))
	s.tick(time.Second)
	s.strike(fyne.KeyX, fyne.KeyModifierAlt)
	s.strike(fyne.KeyX, fyne.KeyModifierAlt) // twice is once
	if len(s.sent) != 1 || s.sent[0].Act != (act.AcknowledgeAlert{Alert: "a"}) {
		t.Fatalf("sent %+v", s.sent)
	}
	s.answers[s.sent[0].ID] = world.Receipt{ID: s.sent[0].ID, Reason: "ngoài địa bàn"}
	s.tick(time.Second)
	if !strings.Contains(s.c.line.text, "ngoài địa bàn") || s.told() != "Mất tín hiệu" {
		t.Errorf("said %q, told %q", s.c.line.text, s.told())
	}
	s.click("Nhận")
	if len(s.sent) != 2 {
		t.Error("the button does not take")
	}
	s.apply(world.AlertAcknowledged{ID: "a", By: "hung", Name: "Hùng"})
	s.tick(time.Second)
	if by := s.c.notices.list[0].by; by != "Hùng nhận 09:42" {
		t.Errorf("taken by %q", by)
	}
	if s.button("Nhận") != nil {
		t.Error("what is taken can be taken again")
	}
	s.tick(takenLimit)
	if s.told() != "" {
		t.Error("a taken alert stays")
	}
	s.person.Rights = nil
	s.apply(alert("b", world.Severe, "Khác", noon))
	s.tick(time.Second)
	if s.button("Nhận") != nil || s.button("Mở") == nil {
		t.Error("without the right there must be Open only")
	}
}

// TestCrowd: forty alerts at once are one notice and one sound, the critical ones
// among them stand by themselves.
func TestCrowd(t *testing.T) {
	s := newStand(t, 1920, 1080, plain)
	s.apply(wall27()...)
	s.tick(0)
	for i := range 40 {
		sev := world.Warning
		switch {
		case i == 7:
			sev = world.Critical
		case i%10 == 0:
			sev = world.Severe
		}
		s.apply(alert(fmt.Sprint("a", i), sev, fmt.Sprint("Việc ", i), noon))
	}
	s.tick(time.Second)
	if s.told() != "Việc 7|39 cảnh báo mới: 4 nặng · 35 cảnh báo" || s.plays != 1 {
		t.Fatalf("told %q with %d sounds", s.told(), s.plays)
	}
	s.apply(alert("b1", world.Warning, "Thêm", noon), alert("b2", world.Warning, "Thêm", noon), alert("b3", world.Warning, "Thêm", noon))
	s.tick(time.Second)
	if s.plays != 1 {
		t.Error("a sound right after another")
	}
	// A trickle is told one by one, until it is a stream.
	s = newStand(t, 1920, 1080, plain)
	s.apply(wall27()...)
	s.tick(0)
	for i := range 8 {
		s.apply(alert(fmt.Sprint("c", i), world.Warning, fmt.Sprint("Việc ", i), noon.Add(time.Duration(i)*time.Second)))
		s.tick(time.Second)
	}
	if got := len(s.c.notices.list); got != crowd+1 || len(s.c.notices.card) != noticeCards || s.button("+3 nữa") == nil {
		t.Errorf("%d notices, %d cards: %q", got, len(s.c.notices.card), s.told())
	}
}

// TestSounds: a critical alert is heard every fifteen seconds until somebody takes
// it; M silences for two minutes; in quiet hours nothing is heard; what cannot be
// heard is said.
func TestSounds(t *testing.T) {
	night := false
	s := newStand(t, 1920, 1080, plain, func(s *stand, o *Options) { o.Quiet = func(time.Time) bool { return night } })
	s.apply(wall27()...)
	s.tick(0)
	s.apply(alert("c", world.Critical, "Lũ", noon))
	for range 31 {
		s.tick(time.Second)
	}
	if s.plays != 3 {
		t.Errorf("%d sounds in 30 s, want 3", s.plays)
	}
	s.typed("m")
	for range 118 {
		s.tick(time.Second)
	}
	if s.plays != 3 || !strings.Contains(s.c.noSound(), "09:44:38") {
		t.Errorf("%d sounds while silenced; said %q", s.plays, s.c.noSound())
	}
	for range 20 {
		s.tick(time.Second)
	}
	if s.plays < 4 {
		t.Error("the silence does not end")
	}
	heard := s.plays
	night = true
	for range 60 {
		s.tick(time.Second)
	}
	if s.plays != heard {
		t.Error("heard in quiet hours")
	}
	night = false
	s.apply(world.AlertAcknowledged{ID: "c", By: "mai", Name: "Mai"})
	for range 60 {
		s.tick(time.Second)
	}
	if s.plays != heard {
		t.Error("heard after it was taken")
	}
	s.wrong = errDisk
	s.apply(alert("d", world.Severe, "Khác", noon))
	s.tick(time.Second)
	s.tick(time.Second)
	if !strings.Contains(s.c.foot.says.said, "Không có âm thanh: đĩa đầy") {
		t.Errorf("foot says %q", s.c.foot.says.said)
	}
}

// TestAway: while the window is not in front, the desktop is told once of what came.
func TestDesktop(t *testing.T) {
	front := true
	s := newStand(t, 1366, 768, plain, func(s *stand, o *Options) { o.Front = func() bool { return front } })
	s.apply(wall27()...)
	s.tick(0)
	test.AssertNotificationSent(t, nil, func() {
		s.apply(alert("a", world.Severe, "Trong tầm mắt", noon))
		s.tick(time.Second)
	})
	front = false
	test.AssertNotificationSent(t, fyne.NewNotification("Nặng", "Mất tín hiệu"), func() {
		s.apply(alert("b", world.Severe, "Mất tín hiệu", noon))
		s.tick(time.Second)
	})
}

// TestNoticesLeaveTheFieldFree: the cards go to another corner while a field that
// is being typed in lies under them, and never take the keyboard.
func TestNoticesLeaveTheFieldFree(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	s.tick(0)
	in := field.NewInput(field.Options{Lang: s.c.env.Lang})
	s.c.holder.Objects = append(s.c.holder.Objects, in)
	s.c.holder.Layout = freely{}
	in.Move(fyne.NewPos(1000, 20))
	in.Resize(fyne.NewSize(300, 40))
	s.win.Canvas().Focus(in)
	s.apply(alert("a", world.Severe, "Mất tín hiệu", noon))
	s.tick(time.Second)
	place, _ := s.c.typing()
	if len(s.over) != 1 || s.over[0].Overlaps(place) || s.win.Canvas().Focused() != in {
		t.Errorf("field %v under %v, keyboard at %T", place, s.over, s.win.Canvas().Focused())
	}
	test.Type(in, "chữ")
	if in.Text != "chữ" {
		t.Errorf("typed %q", in.Text)
	}
	s.win.Canvas().Unfocus()
	s.tick(time.Second)
	if s.over[0].Min.Y > 100 || s.over[0].Max.X < 1300 {
		t.Errorf("not back at the right top: %v", s.over)
	}
}

// freely leaves objects where they are.
type freely struct{}

func (freely) Layout([]fyne.CanvasObject, fyne.Size)     {}
func (freely) MinSize([]fyne.CanvasObject) (s fyne.Size) { return s }
