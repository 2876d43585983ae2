package alert

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// now is the moment of all pictures: Saturday 21 November 2026, 09:42:07.
var now = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

func wallEnv(t testing.TB, lang string) *tile.Env {
	t.Helper()
	l, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	k := &paint.Kit{Theme: look.Dark()}
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		t.Fatal(err)
	}
	if k.Icons, err = paint.NewIcons(assets.Icons()); err != nil {
		t.Fatal(err)
	}
	return &tile.Env{Kit: k, Lang: l, Scale: look.WallScale(1.5769, 0, 0)}
}

func someAlerts() []world.Alert {
	mk := func(sev world.Severity, title, text, taker string, since time.Duration) world.Alert {
		a := world.Alert{AlertRaised: world.AlertRaised{ID: title, Rule: "lu-bd3", Severity: sev, Title: title, Text: text, Since: world.TimeOf(now.Add(-since))}}
		if taker != "" {
			a.Taker, a.Taken = taker, world.TimeOf(now.Add(-since/2))
		}
		return a
	}
	return []world.Alert{
		mk(world.Critical, "Lũ Câu Lâu 4,12 m, trên BĐ3", "lệnh đã giao, hạn 10:30", "Mai", 11*time.Minute),
		mk(world.Severe, "Mất tín hiệu QNa-90123-TS", "12 người trên tàu", "", 10*time.Minute),
		mk(world.Severe, "Nước KCN Chu Lai: WQI 24", "Kém", "Sở NN&MT", 52*time.Minute),
		mk(world.Warning, "12 camera tối", "Một nguyên nhân: thiết bị mạng SW-TK-03 tắt 09:18", "Hùng", 24*time.Minute),
		mk(world.Warning, "158 phản ánh trễ hạn", "trên 482 đã giao · lâu nhất 9 ngày", "41 đơn vị", 26*time.Hour),
		mk(world.Notice, "QNa-91517-TS gần ranh giới", "Còn 0,8 hải lý, 7,2 nút, hướng 096°", "", 3*time.Minute),
		mk(world.Notice, "Nguồn Zalo im 26 phút, hẹn 5 phút", "", "", 26*time.Minute),
	}
}

// views are the alerts that look unlike each other.
func views() map[string]View {
	steps := "Báo xã Duy Xuyên, phường Hội An\nPhát tin cảnh báo cấp 2 ra dân trong vùng ngập\nDi dời 214 hộ vùng trũng Cẩm Kim\nĐóng đường dẫn cầu Câu Lâu\nKiểm tra hồ Phú Ninh, xả 120 m³/s"
	all := someAlerts()
	flood, ship, dark := all[0], all[1], all[3]
	flood.Instruction, ship.Instruction = steps, "Gọi thuyền trưởng\nBáo Biên phòng và Đài thông tin duyên hải"
	flood.Text, ship.Rule = "Tăng 6 cm mỗi giờ; dự báo đỉnh 4,4 m lúc 13:00", "Tàu im 6 giờ"
	over := flood
	over.Resolved = world.TimeOf(now.Add(-2 * time.Minute))
	dark.Rule = "Camera tối"
	pop := func(s world.Severity) tile.Cover {
		return tile.Cover{Popup: &tile.Popup{Severity: s, Title: "Lũ", Until: now.Add(30 * time.Minute)}}
	}
	return map[string]View{
		"critical": {Alert: flood, Known: true, Place: "Trạm Câu Lâu, Duy Xuyên", Heard: 200 * time.Millisecond, Cover: pop(world.Critical)},
		"severe":   {Alert: ship, Known: true, Place: "15°42,0′B 108°57,6′Đ", Heard: 200 * time.Millisecond, Cover: pop(world.Severe)},
		"warning":  {Alert: dark, Known: true, Heard: 200 * time.Millisecond},
		"over":     {Alert: over, Known: true, Place: "Trạm Câu Lâu, Duy Xuyên", Heard: 200 * time.Millisecond, Cover: pop(world.Critical)},
		"locked":   {Alert: flood, Known: true, Cover: tile.Cover{LockedBy: "Mai"}},
		"away":     {Alert: flood, Known: true, Heard: 3 * time.Minute, Cover: tile.Cover{Away: 3 * time.Minute}},
		"gone":     {},
	}
}

// picture paints a sheet as a window would.
func picture(s *tile.Sheet, w, h int) *image.RGBA {
	return s.Raster().Generator(w, h).(*image.RGBA)
}

// TestAlertText holds the rules of text on the wall, in both languages and four
// sizes, and keeps the pictures where IOCWALL_GALLERY says.
func TestAlertText(t *testing.T) {
	for _, lang := range words.Codes() {
		e := wallEnv(t, lang)
		for name, v := range views() {
			for _, size := range []image.Point{{1912, 1072}, {960, 540}, {640, 360}, {472, 268}} {
				var marks []paint.Mark
				e.Trace = func(m paint.Mark) { marks = append(marks, m) }
				a := New(e)
				v.Now = now
				a.Update(v)
				img := picture(a.Sheet, size.X, size.Y)
				where := fmt.Sprintf("%s %s %v", lang, name, size)
				if len(marks) == 0 {
					t.Errorf("%s says nothing", where)
				}
				for _, m := range marks {
					if m.Size < 56 || !m.Ink.In(m.Bounds) || m.Cut && size.X > 1000 && name != "gone" {
						t.Errorf("%s: %q of %.0f px at %v in %v, cut %v", where, m.Text, m.Size, m.Ink, m.Bounds, m.Cut)
					}
				}
				keep(t, fmt.Sprintf("alert-%s-%s-%d", name, lang, size.X), img)
			}
		}
	}
}

// TestNoteText holds the same for notes.
func TestNoteText(t *testing.T) {
	e := wallEnv(t, "vi")
	pop := tile.Cover{Popup: &tile.Popup{Severity: world.Severe, Title: "Lũ Câu Lâu", Until: now.Add(30 * time.Minute)}}
	for name, c := range map[string]struct {
		v    NoteView
		want string
	}{
		"long":  {NoteView{Title: "Họp giao ban", Text: "Họp giao ban lúc 14:00 tại phòng chỉ huy. Sở Nông nghiệp và Môi trường mang số liệu hồ chứa; 1022 mang danh sách phản ánh trễ hạn.", By: "Mai", Since: now.Add(-5 * time.Minute)}, "từ 09:37"},
		"short": {NoteView{Text: "Diễn tập", By: "Mai", Cover: pop}, "trả 10:12"},
		"cold":  {NoteView{Title: "Họp", Text: "Diễn tập", Cover: tile.Cover{Away: 83 * time.Minute, AsOf: now.Add(-83 * time.Minute)}}, "Như lúc 08:19"},
	} {
		for _, size := range []image.Point{{1912, 1072}, {960, 540}} {
			said := ""
			e.Trace = func(m paint.Mark) {
				said += "|" + m.Text
				if m.Size < 56 || !m.Ink.In(m.Bounds) || m.Cut && size.X > 1000 {
					t.Errorf("%s %v: %q of %.0f px at %v", name, size, m.Text, m.Size, m.Ink)
				}
			}
			n := NewNote(e)
			c.v.Now = now
			n.Update(c.v)
			keep(t, fmt.Sprintf("note-%s-%d", name, size.X), picture(n.Sheet, size.X, size.Y))
			if !strings.Contains(said, c.want) {
				t.Errorf("%s %v does not say %q: %s", name, size, c.want, said)
			}
		}
	}
}

func keep(t *testing.T, name string, img image.Image) {
	t.Helper()
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// TestAlertSays: what must be read is there, and in the order of its need.
func TestAlertSays(t *testing.T) {
	e := wallEnv(t, "vi")
	for name, want := range map[string][]string{
		"critical": {"KHẨN CẤP · Lũ Câu Lâu 4,12 m, trên BĐ3", "Từ 09:31 · 11 phút", "Mai nhận 09:36", "Trạm Câu Lâu, Duy Xuyên", "1.", "Báo xã Duy Xuyên, phường Hội An", "5.", "trả 10:12"},
		"severe":   {"Nặng · Mất tín hiệu QNa-90123-TS", "chưa ai nhận", "2."},
		"over":     {"Đã hết 09:40 · Lũ Câu Lâu 4,12 m, trên BĐ3"},
		"locked":   {"Mai khoá"},
		"away":     {"Cũ 3 phút"},
		"gone":     {"Cảnh báo này không còn"},
	} {
		var said []string
		e.Trace = func(m paint.Mark) { said = append(said, m.Text) }
		a, v := New(e), views()[name]
		v.Now = now
		a.Update(v)
		picture(a.Sheet, 1912, 1072)
		all := "|" + strings.Join(said, "|") + "|"
		for _, w := range want {
			if !strings.Contains(all, "|"+w+"|") {
				t.Errorf("%s does not say %q: %s", name, w, all)
			}
		}
	}
	if f := faceOf(e, views()["over"]); f.Popup != nil {
		t.Error("an alert that is over keeps the frame of one that is not")
	}
}

// TestAlertLine: one statement per screen, the worst alerts first.
func TestAlertLine(t *testing.T) {
	e := wallEnv(t, "vi")
	v := LineView{Now: now, Alerts: someAlerts(), Screens: 27, All: 27, Counted: true, Scene: "Mưa lũ", SceneSince: now}
	for n, want := range map[int][]string{
		1: {"Lũ Câu Lâu 4,12 m, trên BĐ3"},
		2: {"09:42:07", "Lũ Câu Lâu 4,12 m, trên BĐ3"},
		3: {"09:42:07", "Lũ Câu Lâu 4,12 m, trên BĐ3", "1 khẩn · 2 nặng · 2 cảnh báo"},
		9: {"09:42:07", "Lũ Câu Lâu 4,12 m, trên BĐ3", "Mất tín hiệu QNa-90123-TS", "Nước KCN Chu Lai: WQI 24", "12 camera tối", "158 phản ánh trễ hạn", "QNa-91517-TS gần ranh giới", "1 khẩn · 2 nặng · 2 cảnh báo", "Tường đủ 27/27 màn hình"},
	} {
		cells := lineCells(e, v, n)
		got := make([]string, len(cells))
		for i, c := range cells {
			got[i] = c.Title
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%d statements: %q, want %q", n, got, want)
		}
	}
	v.Screens = 26
	if c := wallCell(e, v); c.Icon != "warning" || c.Title != "Tường có 26/27 màn hình" {
		t.Errorf("a wall with a dead screen: %+v", c)
	}
}
