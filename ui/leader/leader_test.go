package leader

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
	"iocwall/ui/paint"
)

func n(v float64) *float64 { return &v }

func at(d time.Duration) world.Time { return world.TimeOf(pagetest.Noon.Add(d)) }

// province tells a desk of ten domains in every state an indicator can have, with
// the figures of the source reports.
func province(t testing.TB, d *pagetest.Desk) {
	t.Helper()
	counts := map[string][2]string{
		"giai-ngan": {"tỷ", "bn"}, "ho-so": {"hồ sơ", "dossiers"}, "camera": {"camera", "cameras"}, "dung-han": {"phản ánh", "reports"},
		"giuong": {"giường", "beds"}, "canh-bao": {"cảnh báo", "alerts"}, "tin-bai": {"tin, bài", "articles"}, "khach": {"lượt khách", "visitors"},
	}
	fig := func(id, dom, unit string, decimals int, r world.FigureReported, mod func(*world.FigureDefined)) {
		f := world.FigureDefined{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], NameEn: id, Domain: dom, Unit: unit, Decimals: decimals, OwnerName: "Sở " + dom, Area: "vn"}
		f.Counts, f.CountsEn = counts[id][0], counts[id][1]
		if mod != nil {
			mod(&f)
		}
		r.Figure = id
		if r.Period == "" {
			r.Period = "2026-11-21"
		}
		d.Tell(t, f, r)
	}
	share := func(num, den float64) world.FigureReported {
		return world.FigureReported{Value: n(100 * num / den), Num: n(num), Den: n(den)}
	}
	spent := share(3660, 6000)
	spent.Have, spent.Want, spent.WantOf, spent.Previous = 15, 18, "đơn vị", n(65)
	fig("giai-ngan", "economy", "%", 1, spent, nil)
	fig("thu-ngan-sach", "economy", "tỷ đồng", 0, world.FigureReported{Value: n(18420), Fault: "Biểu TC-05, ô D14: chia cho 0", Label: "10/2026"}, nil)
	fig("ho-so", "procedures", "%", 1, share(12206, 12442), nil)
	fig("camera", "order", "%", 1, share(11, 12), nil)
	late := share(324, 482)
	late.Label = "8/2024"
	fig("dung-han", "reports", "%", 1, late, func(f *world.FigureDefined) { f.Target = n(90) })
	fig("giuong", "health", "%", 1, share(2408, 2800), nil)
	fig("truong-nghi", "education", "trường", 0, world.FigureReported{Value: n(12), Num: n(12), Den: n(802), Note: "vùng lũ"}, func(f *world.FigureDefined) { f.UnitEn = "schools" })
	d.TellAt(t, pagetest.Noon.AddDate(0, 0, -9), world.FigureReported{Figure: "bien-dong", Period: "2026-11-12", Value: n(85.5), Num: n(1284), Den: n(1502)})
	d.Tell(t, world.FigureDefined{ID: "bien-dong", Name: "Biến động đất", Domain: "environment", Unit: "%", Decimals: 1, Every: 86_400_000, Counts: "hồ sơ", CountsEn: "dossiers"},
		world.EntityStale{Ref: "figure/bien-dong", Last: at(-9 * 24 * time.Hour), Limit: 86_400_000})
	fig("canh-bao", "security", "", 0, world.FigureReported{Value: n(69600), Qualifier: world.MoreThan, Label: "8/2024", Parts: []world.FigurePart{{Label: "cao", Value: 19879}, {Label: "thấp", Value: 47752}}}, nil)
	fig("tin-bai", "press", "", 0, world.FigureReported{Value: n(15000), Qualifier: world.MoreThan, Label: "9/2021 – 8/2024"}, nil)
	fig("khach", "tourism", "", 0, world.FigureReported{Label: "11/2026", Due: at(9 * 24 * time.Hour), Want: 12}, nil)
	for i, x := range []world.DomainDefined{
		{ID: "economy", Name: "Kinh tế – xã hội", Short: "Kinh tế", Figure: "giai-ngan"},
		{ID: "procedures", Name: "Chính quyền, dịch vụ công", Short: "Thủ tục"},
		{ID: "order", Name: "An ninh, trật tự, giao thông", Short: "An ninh", Rules: []string{"camera-toi"}, Layers: []string{"cameras", "alerts"}},
		{ID: "reports", Name: "Phản ánh, kiến nghị", Short: "Phản ánh", Layers: []string{"reports"}},
		{ID: "health", Name: "Y tế"},
		{ID: "education", Name: "Giáo dục và đào tạo", Short: "Giáo dục"},
		{ID: "environment", Name: "Tài nguyên, môi trường, thiên tai", NameEn: "Natural resources, environment, disasters", Short: "Môi trường", ShortEn: "Nature", Rules: []string{"lu"}},
		{ID: "security", Name: "An toàn thông tin", Short: "ATTT"},
		{ID: "press", Name: "Báo chí, mạng xã hội", Short: "Báo chí"},
		{ID: "tourism", Name: "Du lịch"},
	} {
		x.Order = i + 1
		if x.ShortEn == "" {
			x.NameEn, x.ShortEn = x.ID, strings.ToUpper(x.ID[:1])+x.ID[1:]
		}
		d.Tell(t, x)
	}
}

func flood(d *pagetest.Desk, t testing.TB) {
	d.Tell(t, world.AlertRaised{ID: "lu-1", Rule: "lu", Severity: world.Critical, Title: "Lũ Câu Lâu 4,12 m, trên BĐ3", Value: n(4.12), Limit: n(4), Unit: "m", Since: at(-31 * time.Minute)},
		world.AlertRaised{ID: "cam-1", Rule: "camera-toi", Severity: world.Warning, Title: "Camera Cảng Kỳ Hà không gửi hình", Since: at(-12 * time.Minute)},
		world.AlertRaised{ID: "cam-2", Rule: "camera-toi", Severity: world.Warning, Title: "Camera Cửa Đại đứng hình", Since: at(-3 * time.Minute)})
	d.TellAt(t, pagetest.Noon.Add(-9*time.Minute), world.AlertAcknowledged{ID: "lu-1", By: "mai", Name: "Mai"})
}

// TestPictures paints the page in every state, in both languages and themes and in
// windows of several shapes: no text is cut or leaves its row, and on a screen of
// 1080 lines none is smaller than the design's for five metres.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              int
		setup             func(t testing.TB, d *pagetest.Desk)
	}{
		{"calm", "vi", "dark", 1, 1920, 1080, nil},
		{"flood", "vi", "dark", 1, 1920, 1080, func(t testing.TB, d *pagetest.Desk) { flood(d, t) }},
		{"flood-en-light", "en", "light", 1, 1920, 1080, func(t testing.TB, d *pagetest.Desk) { flood(d, t) }},
		{"away", "vi", "dark", 1, 1920, 984, func(t testing.TB, d *pagetest.Desk) { flood(d, t); d.Gone = 3 * time.Minute }},
		{"large-text", "vi", "light", 1.5, 1366, 660, func(t testing.TB, d *pagetest.Desk) { flood(d, t) }},
		{"tall", "vi", "dark", 1, 1080, 1920, func(t testing.TB, d *pagetest.Desk) { flood(d, t) }},
	} {
		d := pagetest.New(t, c.lang, c.theme, c.text)
		province(t, d)
		if c.setup != nil {
			c.setup(t, d)
		}
		p := New(d)
		d.Shot(t, p, "leader-"+c.name, c.w, c.h)
		least := 55.9 * min(float64(c.w)/1920, float64(c.h)/1080)
		for _, m := range d.Marks {
			if m.Size < least-0.3 && !strings.HasPrefix(m.Text, "Mất máy chủ") {
				t.Errorf("%s: %q is %.1f px, less than %.1f", c.name, m.Text, m.Size, least)
			}
			check(t, c.name, m)
		}
		if len(d.Marks) < 30 {
			t.Errorf("%s: only %d texts", c.name, len(d.Marks))
		}
	}
}

func check(t *testing.T, where string, m paint.Mark) {
	t.Helper()
	if m.Cut && !strings.HasPrefix(m.Text, "Camera Cảng") { // what a rule writes may be longer than a line
		t.Errorf("%s: %q is cut", where, m.Text)
	}
	if !m.Ink.In(m.Bounds) || m.Ink.Min.Y < m.Row.Min.Y-1 || m.Ink.Max.Y > m.Row.Max.Y+1 {
		t.Errorf("%s: %q reaches out of its row: %v of %v", where, m.Text, m.Ink, m.Row)
	}
}

// TestWhatCellsSay holds what the page says of each state: never a bare percentage,
// never 0 for what is missing.
func TestWhatCellsSay(t *testing.T) {
	d := pagetest.New(t, "vi", "dark", 1)
	province(t, d)
	flood(d, t)
	p := New(d).(*Page)
	p.Refresh(d.Clock)
	say := func(c cell) string {
		values := slices.Clone(c.Values)
		if c.Unit != "" {
			values[0] += " " + c.Unit
		}
		out := c.Mark + " | " + strings.Join(values, " / ") + " | " + string(c.Tone) + " | "
		for _, s := range c.Says[0] {
			out += s.Text
		}
		return out
	}
	for i, want := range []string{
		"notice | 61,0\u00a0% |  | 3.660/6.000 tỷ · 15/18 đơn vị · kém 4,0 điểm · 09:42",
		"normal | 98,1\u00a0% |  | 12.206/12.442 hồ sơ · 09:42",
		"warning | 11/12 camera /  |  | Camera Cảng Kỳ Hà không gửi hình · +1 nữa",
		"warning | 67,2\u00a0% | bad | 324/482 phản ánh · đích 90\u00a0% · 8/2024",
		"normal | 86,0\u00a0% |  | 2.408/2.800 giường · 09:42",
		"normal | 12 |  | 12/802 trường · vùng lũ · 09:42",
		"critical | cũ 9 ngày / 9 ngày / cũ | plated | Lũ Câu Lâu 4,12 m, trên BĐ3",
		"differs | >\u00a069.600 |  | 1.969\u00a0cảnh báo chưa phân loại · 8/2024",
		"normal | >\u00a015.000 |  | tin, bài · 9/2021 – 8/2024",
		"nodata | — | absent | Chưa có số · hạn 30/11",
	} {
		if got := say(p.cells[i]); got != want {
			t.Errorf("%s: %s\nwant %s", p.cells[i].ID, got, want)
		}
	}
	if p.foot.Alert != "lu-1" || p.foot.Whos[0] != "Mai nhận 09:33 · còn 2 cảnh báo nữa" {
		t.Errorf("the bottom line says %+v", p.foot)
	}
	d.Tell(t, world.AlertRaised{ID: "f-1", Rule: "r", Severity: world.Notice, Title: "Số mới không dùng được", About: "figure/thu-ngan-sach", Since: at(0)})
	p.Refresh(d.Clock.Add(500 * time.Millisecond))
	if got, want := say(p.cells[0]), "notice | 61,0\u00a0% |  | 3.660/6.000 tỷ · 15/18 đơn vị · kém 4,0 điểm · 1 cảnh báo · 09:42"; got != want {
		t.Errorf("with a remark on another indicator: %s\nwant %s", got, want)
	}
	d.Gone = 3 * time.Minute
	p.Refresh(d.Clock.Add(time.Second))
	if p.cells[0].Tone != aged || p.foot.Away == "" {
		t.Errorf("with the server away: %+v, %+v", p.cells[0], p.foot)
	}
}

// TestEveryNumberIsNamed paints the overview in both languages: beside each number or
// in the sentence below it stands what it counts, no name gives way to a number, and
// in English nothing but what a rule wrote of an alert is Vietnamese.
func TestEveryNumberIsNamed(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		for _, high := range []int{1080, 984, 2160} {
			d := pagetest.New(t, lang, "dark", 1)
			province(t, d)
			flood(d, t)
			p := New(d).(*Page)
			d.Shot(t, p, fmt.Sprintf("leader-named-%s-%d", lang, high), 1920*max(1, high/1080), high)
			for i, r := range p.places()[:len(p.cells)] {
				c, where := p.cells[i], fmt.Sprintf("%s %d, %s", lang, high, p.cells[i].ID)
				var texts []string
				for _, m := range d.Marks {
					if middle(m.Ink).In(r) {
						texts = append(texts, m.Text)
					}
				}
				said := strings.ToLower(strings.Join(texts, " "))
				if !slices.Contains(texts, c.Name) {
					t.Errorf("%s: the name is cut: %q", where, texts)
				}
				number := slices.ContainsFunc(texts, func(s string) bool { return slices.Contains(c.Values, s) && s != "—" })
				word := strings.ToLower(counted(d.Env().Lang, figures(d.World.Figures(), domain{ID: c.ID})[0]))
				if number && c.Tone != plated && !strings.Contains(said, word) {
					t.Errorf("%s: nothing says %q: %q", where, word, texts)
				}
				if lang == "en" && len(alerts(d.World, domain{ID: c.ID}, d.Alerts())) == 0 && strings.ContainsAny(said, "ạảãàáâậấầăắằđọỏòóôộồốơợờớởụủùúưựừứữịỉìíệềếêễẹẻèé") {
					t.Errorf("%s: Vietnamese in English: %q", where, texts)
				}
			}
		}
	}
}

// TestUsualDomains holds that without a configuration there are the ten of a
// provincial centre, and that a domain of an indicator's own is not left out.
func TestUsualDomains(t *testing.T) {
	d := pagetest.New(t, "vi", "dark", 1)
	d.Tell(t, world.FigureDefined{ID: "x", Name: "X", Domain: "sea"}, world.FigureReported{Figure: "x", Period: "1", Value: n(3)},
		world.AlertRaised{ID: "a", Rule: "r", Severity: world.Severe, Title: "Nước xấu", About: "station/s1", Since: at(0)})
	p := New(d).(*Page)
	if len(p.cells) != 11 || p.cells[10].ID != "sea" || p.cells[6].Severity != world.Severe {
		t.Errorf("%d cells: %+v", len(p.cells), p.cells)
	}
	for _, c := range p.cells {
		if strings.HasPrefix(c.Name, "[") {
			t.Errorf("%s has no name", c.ID)
		}
	}
	d.World = nil
	p = New(d).(*Page)
	d.Shot(t, p, "leader-waiting", 1920, 1080)
	if !d.Shows("Đang chờ máy chủ") {
		t.Errorf("before the first data: %q", d.Texts())
	}
}

// TestTwoSteps goes from the overview to a domain and to one thing, by keys and by
// the pointer, and holds that nothing is commanded on the way.
func TestTwoSteps(t *testing.T) {
	d := pagetest.New(t, "vi", "dark", 1)
	province(t, d)
	flood(d, t)
	p := New(d).(*Page)
	d.Shot(t, p, "x", 1920, 1080)
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			p.Key(&fyne.KeyEvent{Name: k})
		}
	}
	press(fyne.KeyDown, fyne.KeyDown) // the first shows where the keyboard is
	press(fyne.KeyReturn)
	if p.domain != "order" || p.Title() != "An ninh, trật tự, giao thông" {
		t.Fatalf("in %q, %q", p.domain, p.Title())
	}
	d.Shot(t, p, "leader-detail", 1920, 1080)
	if len(d.Boards) != 1 || len(d.Boards[0].Spots) != 1 || d.Boards[0].Spots[0].Tile.Param("layers") != "cameras,alerts" {
		t.Errorf("the map: %+v", d.Boards)
	}
	for _, m := range d.Marks {
		check(t, "detail", m)
	}
	press(fyne.KeyRight, fyne.KeyReturn)
	if len(d.Opened) != 1 || d.Opened[0].Kind != "alert" || !strings.HasPrefix(d.Opened[0].ID, "cam-") {
		t.Errorf("opened %v", d.Opened)
	}
	press(fyne.KeyEscape)
	if p.domain != "" || p.cursor != 2 || !d.Boards[0].Closed {
		t.Errorf("back in %q at %d", p.domain, p.cursor)
	}
	if p.Key(&fyne.KeyEvent{Name: fyne.KeyEscape}) {
		t.Error("Esc on the overview is the console's")
	}
	d.Shot(t, p, "leader-ring", 1920, 1080)
	foot := p.places()[10]
	p.root.Tapped(&fyne.PointEvent{Position: fyne.NewPos(200, float32(middle(foot).Y))})
	if len(d.Opened) != 2 || d.Opened[1].ID != "lu-1" {
		t.Errorf("opened %v", d.Opened)
	}
	win := test.NewWindow(p.Object())
	defer win.Close()
	win.SetPadded(false)
	win.Resize(fyne.NewSize(1920, 984))
	var ids []string
	for _, c := range p.cells {
		ids = append(ids, c.ID)
	}
	for i, id := range ids {
		opened := len(d.Opened)
		test.TapCanvas(win.Canvas(), pos(middle(p.places()[i])))
		if p.domain != id {
			t.Fatalf("a click on %s leads to %q", id, p.domain)
		}
		d.Shot(t, p, fmt.Sprintf("leader-domain-%d", i), 1920, 984)
		for _, m := range d.Marks {
			check(t, p.domain, m)
		}
		for _, s := range p.detail.spots {
			test.TapCanvas(win.Canvas(), pos(middle(s.rect)))
		}
		if n := len(d.Opened) - opened; n != len(p.detail.spots) {
			t.Errorf("%s: %d clicks opened %d things", p.domain, len(p.detail.spots), n)
		}
		for _, r := range "xglmaodtf123 " {
			p.Rune(r)
		}
		p.Refresh(d.Clock.Add(time.Second))
		p.enter("")
	}
	p.Close()
	if len(d.Sent)+len(d.Called) > 0 {
		t.Errorf("the page commanded: %v %v", d.Sent, d.Called)
	}
}

func pos(p image.Point) fyne.Position { return fyne.NewPos(float32(p.X), float32(p.Y)) }

// TestGoesOn holds that a page made anew, as after a change of language, shows what
// the last one did, and a page of another day does not.
func TestGoesOn(t *testing.T) {
	d := pagetest.New(t, "en", "light", 1)
	province(t, d)
	p := New(d)
	if !p.Open(page.Link{Kind: LinkKind, ID: "reports"}) || p.Open(page.Link{Kind: LinkKind, ID: "nothing"}) || p.Open(page.Link{Kind: "alert", ID: "reports"}) {
		t.Error("links")
	}
	if q := p.(*Page); q.Where() != (page.Link{Kind: LinkKind, ID: "reports"}) || !p.Open(page.Link{Kind: "page", ID: "leader"}) || q.Where() != (page.Link{}) {
		t.Errorf("the page's own link leads to %v", q.Where())
	}
	p.Open(page.Link{Kind: LinkKind, ID: "reports"})
	p.Close()
	if again := New(d).(*Page); again.domain != "reports" {
		t.Errorf("it goes on in %q", again.domain)
	}
	d.Clock = d.Clock.Add(time.Hour)
	if late := New(d).(*Page); late.domain != "" {
		t.Errorf("an hour later in %q", late.domain)
	}
}

// TestContrast computes what the page puts on what, in both themes.
func TestContrast(t *testing.T) {
	for _, th := range []look.Theme{look.Dark(), look.Light()} {
		for _, c := range []struct {
			name     string
			ratio, v float64
		}{
			{"value", look.Contrast(th.T1, th.S1), 4.5},
			{"sentence", look.Contrast(th.T2, th.S1), 4.5},
			{"no value", look.Contrast(th.T3, th.S1), 4.5},
			{"below target", look.Contrast(th.Warning, th.S1), 4.5},
			{"stale plate", look.Contrast(th.Ink, th.Stale), 4.5},
			{"critical line", look.Contrast(th.White, th.CriticalFill), 4.5},
			{"calm line", look.Contrast(th.T1, th.S2), 4.5},
			{"keyline", look.Contrast(th.White, th.CriticalFill), 3},
			{"focus", look.Contrast(th.Focus, th.S1), 3},
			{"focus between cells", look.Contrast(th.Focus, th.Bg), 3},
		} {
			if c.ratio < c.v {
				t.Errorf("%s, %s: %.1f, want %.1f", th.Name, c.name, c.ratio, c.v)
			}
		}
	}
}

// TestDomainGone holds that a domain that the centre does away with is not shown on.
func TestDomainGone(t *testing.T) {
	d := pagetest.New(t, "vi", "dark", 1)
	province(t, d)
	p := New(d).(*Page)
	p.Open(page.Link{Kind: LinkKind, ID: "education"})
	d.Shot(t, p, "x", 1920, 1080)
	d.Tell(t, world.EntityGone{Ref: "domain/education"}, world.EntityGone{Ref: "figure/truong-nghi"})
	d.Clock = d.Clock.Add(time.Second)
	d.Shot(t, p, "x", 1920, 1080)
	if p.domain != "" || len(p.cells) != 9 {
		t.Errorf("it shows %q, %d domains", p.domain, len(p.cells))
	}
}

// TestStill holds that nothing is painted while the world stands still, and that
// the minute's end is no reason for a domain.
func TestStill(t *testing.T) {
	d := pagetest.New(t, "vi", "dark", 1)
	province(t, d)
	flood(d, t)
	p := New(d)
	d.Shot(t, p, "x", 1920, 1080)
	for _, domain := range []string{"", "reports"} {
		p.(*Page).enter(domain)
		d.Shot(t, p, "x", 1920, 1080)
		d.Clock = d.Clock.Add(time.Second)
		d.Shot(t, p, "x", 1920, 1080)
		if len(d.Marks) > 0 {
			t.Errorf("in %q a second paints %q", domain, d.Texts())
		}
	}
}

// TestDetailOnALaptop paints domains with large text on a small screen.
func TestDetailOnALaptop(t *testing.T) {
	d := pagetest.New(t, "en", "light", 1.5)
	province(t, d)
	flood(d, t)
	p := New(d).(*Page)
	for _, id := range []string{"order", "economy", "tourism"} {
		p.enter(id)
		d.Shot(t, p, "leader-laptop-"+id, 1366, 660)
		for _, m := range d.Marks {
			if m.Size < 14*1.5-0.5 {
				t.Errorf("%s: %q is %.1f px", id, m.Text, m.Size)
			}
			check(t, id, m)
		}
	}
}

// TestAlertsOfADomainSayTheLimit: beside who has an alert stands what its value went
// beyond, with the unit, and the place that its title leaves out.
func TestAlertsOfADomainSayTheLimit(t *testing.T) {
	d := pagetest.New(t, "vi", "dark", 1)
	v, limit := 4.12, 4.0
	a := world.Alert{AlertRaised: world.AlertRaised{ID: "a", Title: "Lũ Câu Lâu 4,12 m", Value: &v, Limit: &limit, Unit: "m", Where: "Duy Xuyên", Since: at(0)}}
	if got := rowOf(d.Env().Lang, a, pagetest.Noon).Whos[0]; !strings.HasPrefix(got, "ngưỡng 4,00\u00a0m · Duy Xuyên · chưa ai nhận") {
		t.Errorf("%q", got)
	}
	a.Where, a.Limit = "Câu Lâu", nil
	if got := rowOf(d.Env().Lang, a, pagetest.Noon).Whos[0]; !strings.HasPrefix(got, "chưa ai nhận") {
		t.Errorf("%q", got)
	}
}
