package unit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
)

func n(v float64) *float64 { return &v }

func at(d time.Duration) world.Time { return world.TimeOf(pagetest.Noon.Add(d)) }

const (
	hour = time.Hour
	day  = 24 * hour
)

// ward tells a desk of a ward's unit with work of every kind.
func ward(t testing.TB, d *pagetest.Desk) {
	t.Helper()
	d.Who = page.Person{Login: "dung", Name: "Nguyễn Văn Dũng", Role: "unit", Areas: []string{"vn/dn/hoi-an"}, Rights: []string{"feed.read"}}
	d.Tell(t, world.AreaDefined{ID: "vn/dn/hoi-an", Name: "Hội An", NameEn: "Hoi An", Level: "commune"},
		world.AgencyDefined{ID: "p-hoi-an", Name: "Uỷ ban nhân dân phường Hội An", Short: "P. Hội An", Area: "vn/dn/hoi-an"},
		world.AgencyDefined{ID: "so-xd", Name: "Sở Xây dựng", Short: "Sở XD"})
	for i, r := range []struct {
		service, agency string
		opened, due     time.Duration
		done            time.Duration
	}{
		{"environment", "p-hoi-an", -5 * day, -2*day - hour, 0},
		{"order", "p-hoi-an", -day, 3*hour + 20*time.Minute, 0},
		{"roads", "p-hoi-an", -20 * hour, 6*hour + 5*time.Minute, 0},
		{"food", "p-hoi-an", -4 * hour, 2 * day, 0},
		{"procedures", "p-hoi-an", -2 * day, 4 * day, 0},
		{"roads", "so-xd", -2 * day, day, 0},
		{"order", "", -hour, day, 0},
		{"roads", "p-hoi-an", -3 * day, day, -18 * hour},
		{"order", "p-hoi-an", -2 * day, day, -9 * hour},
		{"environment", "p-hoi-an", -6 * day, -4 * day, -20 * hour},
	} {
		id := fmt.Sprintf("261121-W%03d", i+1)
		o := world.ReportOpened{ID: id, Service: r.service, Area: "vn/dn/hoi-an", Due: at(r.due), Pos: geo.Point{108.33, 15.88}, Placed: true}
		d.TellAt(t, pagetest.Noon.Add(r.opened), o)
		if r.agency != "" {
			d.TellAt(t, pagetest.Noon.Add(r.opened+hour), world.ReportChanged{ID: id, State: world.ReportDispatched, Agency: r.agency})
		}
		if r.done != 0 {
			d.TellAt(t, pagetest.Noon.Add(r.done), world.ReportChanged{ID: id, State: world.ReportDone})
		}
	}
	fig := func(id, name string, every time.Duration, sent time.Duration, r world.FigureReported) {
		d.Tell(t, world.FigureDefined{ID: id, Name: name, NameEn: name + " (en)", Owner: "p-hoi-an", Unit: "tấn", Every: every.Milliseconds(), Area: "vn/dn/hoi-an"})
		r.Figure, r.Period = id, "2026-11-20"
		d.TellAt(t, pagetest.Noon.Add(sent), r)
	}
	fig("mt-02", "MT-02 Nước thải", day, -3*hour, world.FigureReported{Value: n(1284), Parts: []world.FigurePart{{Label: "a", Value: 1240}, {Label: "b", Value: 38}}, Have: 18, Want: 24})
	fig("mt-05", "MT-05 Chất thải rắn", day, -2*hour, world.FigureReported{Value: n(38), Have: 24, Want: 24})
	fig("dd-01", "DD-01 Biến động đất", day, -10*day, world.FigureReported{Value: n(3)})
	d.Tell(t, world.EntityStale{Ref: "figure/dd-01", Last: at(-10 * day), Limit: day.Milliseconds()})
	fig("nn-07", "NN-07 Thiệt hại lũ", 0, -hour, world.FigureReported{Due: at(8 * hour), Want: 31})
	for i, s := range []string{"Hội An", "Sông Hoài", "Cửa Đại"} {
		id := fmt.Sprintf("s%d", i)
		d.Tell(t, world.StationDefined{ID: id, Name: s, What: []world.StationKind{world.StationAir, world.StationWater, world.StationLevel}[i], Area: "vn/dn/hoi-an", Every: 60_000})
		if i < 2 {
			d.TellAt(t, pagetest.Noon.Add(-time.Duration(i)*hour), world.Reading{Station: id, Quantity: []string{"aqi", "wqi"}[i], Value: 66})
		}
	}
	d.Tell(t, world.EntityStale{Ref: "station/s1", Last: at(-hour), Limit: 60_000})
	d.Tell(t, world.CameraDefined{ID: "c1", Name: "Phố An Hội", Area: "vn/dn/hoi-an"}, world.CameraDefined{ID: "c2", Name: "Bến cá Cửa Đại", Area: "vn/dn/hoi-an"},
		world.CameraHealth{Camera: "c1", State: world.CameraLive, Since: at(-hour)}, world.CameraHealth{Camera: "c2", State: world.CameraSilent, Since: at(-hour)},
		world.AlertRaised{ID: "a1", Rule: "camera", Severity: world.Warning, Title: "Camera Bến cá Cửa Đại không gửi hình từ 08:42", Since: at(-hour), Area: "vn/dn/hoi-an", Instruction: "Kiểm tra nguồn điện tại điểm đặt"})
}

// TestPictures paints the page on a laptop, in both languages and themes, with
// larger text, and with the link in every state: nothing is cut but what people
// wrote, nothing is smaller than the least allowed.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              int
		setup             func(d *pagetest.Desk, p *Page)
	}{
		{"light", "vi", "light", 1, 1366, 680, func(_ *pagetest.Desk, p *Page) { p.chooses(world.KindReport)("261121-W002") }},
		{"dark", "vi", "dark", 1, 1366, 680, func(d *pagetest.Desk, p *Page) { d.Quiet = 47 * time.Second; p.turn(tabAlerts) }},
		{"en", "en", "light", 1, 1366, 680, func(_ *pagetest.Desk, p *Page) { p.chooses(world.KindFigure)("mt-02"); p.turn(tabStations) }},
		{"en-dark", "en", "dark", 1, 1920, 990, func(_ *pagetest.Desk, p *Page) { p.turn(tabCameras); p.chooses(world.KindCamera)("c2") }},
		{"large", "vi", "light", 1.5, 1366, 660, func(_ *pagetest.Desk, p *Page) { p.chooses(world.KindReport)("261121-W002") }},
		{"large-en", "en", "light", 1.5, 1366, 660, func(d *pagetest.Desk, p *Page) { p.turn(tabMap); d.Gone, d.Quiet = 3*time.Minute, 3*time.Minute }},
	} {
		d := pagetest.New(t, c.lang, c.theme, c.text)
		ward(t, d)
		p := New(d).(*Page)
		d.Shot(t, p, "unit-"+c.name, c.w, c.h)
		first := d.Marks
		c.setup(d, p)
		d.Clock = d.Clock.Add(time.Second)
		d.Shot(t, p, "unit-"+c.name, c.w, c.h)
		d.Marks = append(first, d.Marks...)
		for _, m := range d.Marks {
			if m.Size < 14*c.text-0.5 {
				t.Errorf("%s: %q is %.1f px", c.name, m.Text, m.Size)
			}
			if m.Cut && !written(m.Text) {
				t.Errorf("%s: %q is cut", c.name, m.Text)
			}
			if !m.Ink.In(m.Bounds) && !strings.HasPrefix(c.name, "large") {
				t.Errorf("%s: %q reaches out of its picture: %v of %v", c.name, m.Text, m.Ink, m.Bounds)
			}
		}
		if len(d.Marks) < 40 {
			t.Errorf("%s: only %d texts: %q", c.name, len(d.Marks), d.Texts())
		}
	}
}

// written reports whether a text is of people's making: names and titles may be
// longer than a column.
func written(s string) bool {
	for _, name := range []string{"Camera Bến", "MT-0", "DD-01", "NN-07", "Phố An", "Bến cá"} {
		if strings.HasPrefix(s, name) {
			return true
		}
	}
	return false
}

// TestWhatItSays holds what is the unit's own, how deadlines and debts are told, and
// that nothing missing is told as 0.
func TestWhatItSays(t *testing.T) {
	d := pagetest.New(t, "vi", "light", 1)
	ward(t, d)
	p := New(d).(*Page)
	d.Shot(t, p, "x", 1366, 680)
	if !d.Shows("Uỷ ban nhân dân phường Hội An") {
		t.Errorf("the unit has no name: %q", d.Texts())
	}
	if p.head.Todo != "5 phản ánh phải làm" || p.head.Late != "1 quá hạn" || p.head.Stations != "1/3 trạm gửi đúng hẹn" {
		t.Errorf("the head says %+v", p.head)
	}
	if !strings.HasPrefix(p.head.OnTime, "đúng hạn 50,0\u00a0% (2/4) · đã trả lời hoặc quá hạn, từ ") {
		t.Errorf("on time: %q", p.head.OnTime)
	}
	for _, want := range []string{"Phải làm 5", "Nơi khác làm 2", "Đã đóng 3", "quá 2 ngày", "còn 3 giờ", "Số liệu 4", "Cảnh báo 1", "Trạm 3", "Camera 2", "lệch 6", "24/24 đã nộp", "quá 9 ngày", "0/31 đã nộp"} {
		if !d.Shows(want) {
			t.Errorf("nothing says %q: %q", want, d.Texts())
		}
	}
	p.chooses(world.KindFigure)("mt-02")
	d.Shot(t, p, "x", 1366, 680)
	if !d.Shows("Tổng 1.284 khác 1.240 + 38; lệch 6 · 18/24 đã nộp") {
		t.Errorf("the residue is not told: %q", d.Texts())
	}
	v, limit := 4.12, 4.0
	d.Tell(t, world.AlertRaised{ID: "lu", Rule: "lu-tb", Called: "Lũ sông Thu Bồn", Severity: world.Severe, Title: "Lũ Cửa Đại", Value: &v, Limit: &limit, Unit: "m", Where: "Cẩm Thanh", Since: at(-hour), Area: "vn/dn/hoi-an"})
	p.chooses(world.KindAlert)("lu")
	d.Shot(t, p, "x", 1366, 680)
	if !d.Shows("4,12 m, ngưỡng 4,00 m · Cẩm Thanh · Lũ sông Thu Bồn") {
		t.Errorf("the alert does not say what people need: %q", d.Texts())
	}
	p.chooses(world.KindReport)("261121-W002")
	d.Shot(t, p, "x", 1366, 680)
	all := strings.Join(d.Texts(), "\n")
	for _, want := range []string{"261121-W002", "thứ Bảy 21/11/2026", "chưa gửi được trả lời"} {
		if !strings.Contains(all, want) {
			t.Errorf("the chosen report does not say %q", want)
		}
	}
	d.Quiet, d.Clock = 47*time.Second, d.Clock.Add(time.Second)
	p.Refresh(d.Clock)
	if p.head.Link != "Mạng yếu · số liệu 47 giây trước" {
		t.Errorf("a weak link is told as %q", p.head.Link)
	}
	if d.Sent != nil || d.Called != nil {
		t.Errorf("the page sent %v, asked %v", d.Sent, d.Called)
	}
}

// TestTimeliness holds which reports the share on time counts: those answered and those
// overdue, so that it is never whole beside one that is overdue; what is open with time
// left, refused, or another's counts nowhere.
func TestTimeliness(t *testing.T) {
	due := func(d time.Duration, state world.ReportState, closed time.Duration, ours bool) report {
		r := world.Report{State: state}
		r.Due = at(d)
		if closed != 0 {
			r.Closed = at(closed)
		}
		return report{Report: r, Ours: ours}
	}
	intime, tardy := due(hour, world.ReportDone, -hour, true), due(-2*hour, world.ReportDone, -hour, true)
	open, over := due(hour, world.ReportDispatched, 0, true), due(-hour, world.ReportDispatched, 0, true)
	refused, other := due(hour, world.ReportRefused, -hour, true), due(-hour, world.ReportDispatched, 0, false)
	for name, c := range map[string]struct {
		reports               []report
		n, all, todo, overdue int
	}{
		"nothing":                    {nil, 0, 0, 0, 0},
		"answered in time":           {[]report{intime, intime}, 2, 2, 0, 0},
		"in time, and one to answer": {[]report{intime, open}, 1, 1, 1, 0},
		"in time, and two overdue":   {[]report{intime, intime, over, over}, 2, 4, 2, 2},
		"answered too late":          {[]report{intime, tardy}, 1, 2, 0, 0},
		"refused, and another's":     {[]report{refused, other}, 0, 0, 0, 0},
	} {
		o := own{reports: c.reports}
		n, all, _ := o.timely(pagetest.Noon)
		todo, late := o.todo(pagetest.Noon)
		if n != c.n || all != c.all || todo != c.todo || late != c.overdue {
			t.Errorf("%s: %d/%d on time, %d to answer, %d overdue", name, n, all, todo, late)
		}
		if late > 0 && n == all {
			t.Errorf("%s: all on time with %d overdue", name, late)
		}
	}
}

// TestDepartment holds that somebody of a department, which has no area of its own,
// has the reports and the figures of the department in the whole province, and no
// ward's.
func TestDepartment(t *testing.T) {
	d := pagetest.New(t, "vi", "light", 1)
	ward(t, d)
	d.Who = page.Person{Login: "lan", Name: "Đỗ Thị Lan", Role: "unit", Areas: []string{"vn/dn"}, Unit: "so-xd", Rights: []string{"feed.read"}}
	d.Tell(t, world.FigureDefined{ID: "xd-01", Name: "XD-01 Giấy phép", Owner: "so-xd", Every: day.Milliseconds(), Area: "vn/dn"})
	p := New(d).(*Page)
	d.Shot(t, p, "unit-department", 1366, 680)
	if !d.Shows("Sở Xây dựng") || !d.Shows("Phải làm 1") || !d.Shows("Nơi khác làm 6") || !d.Shows("Số liệu 1") || !d.Shows("XD-01 Giấy phép") {
		t.Errorf("%q", d.Texts())
	}
	if p.head.Todo != "1 phản ánh phải làm" || p.head.Late != "" {
		t.Errorf("the head says %+v", p.head)
	}
	// Of an agency that the state does not know nothing is taken from others.
	d.Who.Unit = "so-cu"
	p = New(d).(*Page)
	if p.head.Name != "so-cu" || p.head.Todo != "0 phản ánh phải làm" {
		t.Errorf("the head says %+v", p.head)
	}
}

// TestHands goes through the page by keys: rows, tabs, what a row opens.
func TestHands(t *testing.T) {
	d := pagetest.New(t, "vi", "light", 1)
	ward(t, d)
	p := New(d).(*Page)
	d.Shot(t, p, "x", 1366, 680)
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			p.Key(&fyne.KeyEvent{Name: k})
		}
	}
	press(fyne.KeyDown, fyne.KeyReturn)
	if len(d.Opened) != 1 || d.Opened[0].Kind != "report" || d.Opened[0].ID != "261121-W001" {
		t.Errorf("opened %v, the most pressing is 261121-W001", d.Opened)
	}
	for i, kind := range []string{"figure", "alert", "station", "camera"} {
		p.Rune(rune('1' + i))
		press(fyne.KeyRight, fyne.KeyDown, fyne.KeyReturn)
		if len(d.Opened) != i+2 || d.Opened[i+1].Kind != kind {
			t.Errorf("tab %d opened %v, want a %s", i+1, d.Opened, kind)
		}
	}
	p.tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if p.tab != tabStations {
		t.Errorf("the tab before the cameras is %d", p.tab)
	}
	p.Shown(false)
	if d.Boards[0].Visible {
		t.Error("the map goes on out of sight")
	}
	p.Close()
	if !d.Boards[0].Closed {
		t.Error("the map was not closed")
	}
	if again := New(d).(*Page); again.tab != tabStations {
		t.Errorf("it goes on at tab %d", again.tab)
	}
}

// TestStates paints the page before the first data and for a unit without work.
func TestStates(t *testing.T) {
	d := pagetest.New(t, "vi", "light", 1)
	d.Who = page.Person{Name: "Dũng", Role: "unit", Areas: []string{"vn"}}
	d.World = nil
	d.Shot(t, New(d), "unit-loading", 1366, 680)
	if !d.Shows("Đang chờ máy chủ") {
		t.Errorf("before the first data: %q", d.Texts())
	}
	d = pagetest.New(t, "vi", "light", 1)
	d.Who = page.Person{Name: "Dũng", Role: "unit", Areas: []string{"vn"}}
	d.Tell(t, world.AreaDefined{ID: "vn", Name: "Việt Nam", Level: "country"})
	p := New(d)
	d.Shot(t, p, "unit-empty", 1366, 680)
	if !d.Shows("Không nợ số liệu lúc 09:42") || !d.Shows("Việt Nam") {
		t.Errorf("a unit without work: %q", d.Texts())
	}
}

// TestContrast computes what the page puts on what, in both themes.
func TestContrast(t *testing.T) {
	for _, th := range []look.Theme{look.Dark(), look.Light()} {
		for name, ratio := range map[string]float64{
			"title":        look.Contrast(th.T1, th.Bg),
			"count":        look.Contrast(th.T2, th.Bg),
			"too late":     look.Contrast(th.Critical, th.Bg),
			"facts":        look.Contrast(th.T2, th.S1),
			"weak link":    look.Contrast(th.Ink, th.Stale),
			"chosen tab":   look.Contrast(th.T1, th.S3),
			"other tab":    look.Contrast(th.T1, th.S2),
			"deadline":     look.Contrast(th.White, th.CriticalFill),
			"soon":         look.Contrast(th.Ink, th.WarningFill),
			"sent":         look.Contrast(th.Done, th.S1),
			"not yet sent": look.Contrast(th.Critical, th.S1),
		} {
			if ratio < 4.5 {
				t.Errorf("%s, %s: %.1f, want 4.5", th.Name, name, ratio)
			}
		}
	}
}

// TestStill holds that a second in which nothing happens paints nothing, and the
// one in which a deadline passes does.
func TestStill(t *testing.T) {
	d := pagetest.New(t, "vi", "light", 1)
	ward(t, d)
	p := New(d)
	d.Shot(t, p, "x", 1366, 680)
	d.Clock = d.Clock.Add(time.Second)
	d.Shot(t, p, "x", 1366, 680)
	d.Clock = d.Clock.Add(time.Second)
	d.Shot(t, p, "x", 1366, 680)
	if len(d.Marks) > 0 {
		t.Errorf("a second paints %q", d.Texts())
	}
	d.Clock = d.Clock.Add(3*hour + 25*time.Minute)
	d.Shot(t, p, "x", 1366, 680)
	if !d.Shows("2 quá hạn") || !d.Shows("quá 5 phút") {
		t.Errorf("a deadline has passed: %q", d.Texts())
	}
}
