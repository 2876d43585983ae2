package tile

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/signal/health"
	"iocwall/ui/words"
)

// TestText holds the rules of text on the wall for every kind and state, in both
// languages, at 1080p and 5 m: nothing smaller than 56 px, every letter inside
// its picture and its row, and no text of the catalogue cut.
func TestText(t *testing.T) {
	for _, lang := range words.Codes() {
		e := wallEnv(t, lang)
		for _, s := range scenes() {
			if s.w > 2000 || s.w < 900 && lang == "en" {
				continue
			}
			var marks []paint.Mark
			e.Trace = func(m paint.Mark) { marks = append(marks, m) }
			quick(t, s.make(e, s.w, s.h), s.w, s.h)
			where := fmt.Sprintf("%s %s %d×%d", lang, s.name, s.w, s.h)
			if len(marks) == 0 && s.name != "camera-quiet" {
				t.Errorf("%s says nothing", where)
			}
			for _, m := range marks {
				checkMark(t, where, m, s.w >= 960 && s.name != "camera-longname" && s.name != "alerts-some" && s.name != "alerts-away")
			}
		}
	}
}

func checkMark(t *testing.T, where string, m paint.Mark, whole bool) {
	t.Helper()
	if m.Size < 56 {
		t.Errorf("%s: %q is %.0f px, below 56", where, m.Text, m.Size)
	}
	if !m.Ink.In(m.Bounds) {
		t.Errorf("%s: %q reaches out of its picture: %v of %v", where, m.Text, m.Ink, m.Bounds)
	}
	if m.Ink.Min.Y < m.Row.Min.Y-1 || m.Ink.Max.Y > m.Row.Max.Y+1 {
		t.Errorf("%s: %q reaches out of its row: %v of %v", where, m.Text, m.Ink, m.Row)
	}
	if whole && m.Cut && !strings.Contains(m.Text, "Điện") {
		t.Errorf("%s: %q is cut", where, m.Text)
	}
}

// TestStackedCapitals draws the tallest and deepest Vietnamese letters in the
// rows of the design.
func TestStackedCapitals(t *testing.T) {
	k := kit(t, look.Dark())
	for _, r := range []struct{ size, row float64 }{{56, 76}, {72, 98}, {88, 120}, {14, 20}, {16, 22}} {
		for _, bold := range []bool{false, true} {
			c := paint.New(k, 900, 200, k.Theme.Bg)
			var m paint.Mark
			c.Trace = func(x paint.Mark) { m = x }
			c.Text(20, 20, r.row, "ẪỘỂỖĐgyộ", r.size, bold, k.Theme.T1)
			if m.Ink.Min.Y < 20 || m.Ink.Max.Y > 20+int(r.row) {
				t.Errorf("%v px in a row of %v (bold %v): ink %d to %d", r.size, r.row, bold, m.Ink.Min.Y-20, m.Ink.Max.Y-20)
			}
		}
	}
}

// TestLettersThere holds that the fonts have every letter of the catalogues and
// of the formats.
func TestLettersThere(t *testing.T) {
	k := kit(t, look.Dark())
	for _, code := range words.Codes() {
		l, err := words.Load(code)
		if err != nil {
			t.Fatal(err)
		}
		text := l.Position(15.7, 108.9) + words.Qualified("about", l.Number(-1234.5, 1)) + l.Range(1, 2, 0) + "—…×°"
		for _, key := range l.Keys() {
			text += l.T(key)
		}
		for _, r := range text {
			if !k.Fonts.Has(r) {
				t.Errorf("%s: no letter %q", code, r)
			}
		}
	}
}

func TestCameraFaces(t *testing.T) {
	e := wallEnv(t, "vi")
	for name, want := range map[string]struct {
		mark, plate string
		icon        string
		grey, none  bool
	}{
		"live":    {mark: "live"},
		"lossy":   {mark: "live"},
		"late":    {mark: "stale", plate: "TRỄ 3,2 giây", icon: "stale"},
		"frozen":  {mark: "frozen", plate: "ĐỨNG HÌNH 14 giây", icon: "frozen", grey: true},
		"lost":    {mark: "offline", plate: "MẤT TÍN HIỆU 2 phút", icon: "offline", grey: true},
		"refused": {mark: "offline", plate: "KHÔNG CÓ HÌNH", icon: "offline", none: true},
		"full":    {mark: "offline", plate: "KHÔNG CÓ HÌNH", icon: "offline", grey: true, none: true},
		"opening": {mark: "loading", none: true},
		"waited":  {mark: "offline", plate: "KHÔNG CÓ HÌNH", icon: "offline", none: true},
		"locked":  {mark: "live", plate: "Mai khoá đến 10:30", icon: "lock"},
		"popup":   {mark: "popup", plate: "KHẨN CẤP · Lũ Câu Lâu", icon: "critical"},
		"away":    {mark: "live", plate: "Mất máy chủ 3 phút, hình vẫn trực tiếp", icon: "stale"},
	} {
		v := cameraStates()[name]
		v.Now = now
		f := e.cameraFace(v)
		plate, icon := "", ""
		if f.Plate != nil {
			plate, icon = f.Plate.Text, f.Plate.Icon
		}
		if f.Mark != want.mark || plate != want.plate || icon != want.icon || f.Grey != want.grey || f.NoPicture != want.none {
			t.Errorf("%s: mark %q plate %q (%s) grey %v none %v, want %+v", name, f.Mark, plate, icon, f.Grey, f.NoPicture, want)
		}
	}
	// Only what is wrong is said where that is asked for: key frames that stay away are.
	if v := cameraStates()["overdue"]; e.cameraFace(v).Quiet {
		t.Error("a camera whose key frames are overdue says nothing")
	}
	// A lock is never covered by a pop-up, a fault never by either.
	v := cameraStates()["frozen"]
	v.Now = now
	v.Cover = Cover{LockedBy: "Mai", LockedUntil: now, Popup: &Popup{Severity: world.Critical, Title: "x", Until: now}, Away: time.Hour}
	if f := e.cameraFace(v); f.Popup != nil || f.Plate.Icon != "frozen" || !f.Grey {
		t.Errorf("covered fault: %+v", f)
	}
}

// TestReasonsFitSmallTiles: why a picture is not there stands on every tile but the
// smallest ones, uncut.
func TestReasonsFitSmallTiles(t *testing.T) {
	for _, lang := range words.Codes() {
		e := wallEnv(t, lang)
		for state, why := range reasonsOf {
			if state == media.StateLate {
				continue // the picture is worth more than the row
			}
			for _, r := range why {
				v := cameraStates()["why-"+string(state)+"-"+string(r)]
				v.Name = "C1" // a name gives way
				_, short := health.Why(e.Lang, string(r))
				for _, size := range [][2]int{{640, 360}, {472, 268}} {
					var said []string
					e.Trace = func(m paint.Mark) {
						if m.Cut {
							t.Errorf("%s %v: %q is cut", lang, size, m.Text)
						}
						said = append(said, m.Text)
					}
					quick(t, cameraTile(v)(e, size[0], size[1]), size[0], size[1])
					v.Now = now
					if !slices.ContainsFunc(said, func(s string) bool { return s == short || slices.Contains(e.cameraFace(v).Note, s) }) {
						t.Errorf("%s %v: %s (%s) says %q", lang, size, state, r, said)
					}
				}
			}
		}
	}
}

// TestNotFreshIsGrey reads pixels: what is not fresh has no chroma and 55 % of
// its light; what is fresh is as it came.
func TestNotFreshIsGrey(t *testing.T) {
	e := wallEnv(t, "vi")
	for name, fresh := range map[string]bool{"live": true, "late": true, "away": true, "frozen": false, "lost": false} {
		img := shot(t, cameraTile(cameraStates()[name])(e, 960, 540), 960, 540)
		got := img.RGBAAt(420, 300) // the red boat
		if fresh && (got.R != 0xA3 || got.G != 0x3C || got.B != 0x36) {
			t.Errorf("%s: a fresh picture's pixel is %v", name, got)
		}
		luma := (0xA3*299 + 0x3C*587 + 0x36*114) * 55 / 100000
		if !fresh && (got.R != got.G || got.G != got.B || int(got.R) != luma) {
			t.Errorf("%s: a stale picture's pixel is %v, want grey %d", name, got, luma)
		}
	}
	// No picture at all: flat ground, whatever was there before.
	img := shot(t, cameraTile(cameraStates()["refused"])(e, 960, 540), 960, 540)
	s2 := e.Kit.Theme.S2
	if got := img.RGBAAt(800, 430); got != s2 {
		t.Errorf("a refused camera shows %v", got)
	}
}

func TestFigureFaces(t *testing.T) {
	e := wallEnv(t, "vi")
	for name, want := range map[string]struct {
		value, plate string
		icon, whole  string
		faded        bool
	}{
		"target":   {"67,2", "Dưới mục tiêu 22,8 điểm", "warning-open", "41/41 đơn vị", false},
		"missing":  {"61,0", "Kém 4,0 điểm cùng kỳ", "notice-open", "15/18 đơn vị", false},
		"residue":  {"69.600", "Chưa phân loại 1.969", "differs", "lệch 2,8\u00a0%", false},
		"parts":    {"70,54", "", "", "482/482 phiếu", false},
		"verbatim": {"“85\u00a0%”", "Không khớp số gốc", "differs", "", true},
		"stale":    {"74", "Cũ 3 giờ 12 phút", "stale", "", true},
		"none":     {"—", "Chưa có số liệu", "nodata", "0/12 đơn vị", false},
		"fault":    {"18.420", "Lỗi công thức", "offline", "lỗi từ 09:00", true},
		"about":    {"≈\u00a01.500", "", "", "“gần 1.500”", false},
		"locked":   {"98,1", "Hùng khoá đến 10:30", "lock", "39/41 đơn vị", false},
		"away":     {"67,2", "Mất máy chủ 3 phút", "stale", "41/41 đơn vị", true},
		"unknown":  {"—", "Chưa có số liệu", "nodata", "chưa gửi", false},
	} {
		v := figureStates()[name]
		v.Now = now
		f := e.figureFace(v)
		plate, icon := "", ""
		if len(f.Plates) > 0 {
			plate, icon = f.Plates[0].Text, f.Plates[0].Icon
		}
		if f.Value != want.value || plate != want.plate || icon != want.icon || f.Strip.Whole != want.whole || f.Faded != want.faded {
			t.Errorf("%s: %q, %q (%s), %q, faded %v; want %+v", name, f.Value, plate, icon, f.Strip.Whole, f.Faded, want)
		}
	}
	// The residue is drawn; its share with the others is the whole.
	v := figureStates()["residue"]
	v.Now = now
	f := e.figureFace(v)
	sum := 0.0
	for _, p := range f.Parts {
		sum += p.Share
	}
	if n := len(f.Parts); n != 3 || !f.Parts[2].Residue || sum < 0.999 || sum > 1.001 {
		t.Errorf("parts %+v add up to %v", f.Parts, sum)
	}
}

// TestPanic: a tile that cannot be painted shows that it is broken.
func TestPanic(t *testing.T) {
	e := wallEnv(t, "vi")
	var said []string
	e.Trace = func(m paint.Mark) { said = append(said, m.Text) }
	p := NewPane(e, "test", e.Kit.Theme.S1, func(*paint.Canvas) { panic("no such luck") })
	img := shot(t, p.Raster, 960, 540)
	_ = img
	c := p.generate(960, 540).(*image.RGBA)
	if c.RGBAAt(900, 500) != e.Kit.Theme.S2 || p.fault != "no such luck" {
		t.Errorf("fault %q, pixel %v", p.fault, c.RGBAAt(900, 500))
	}
	if err := Safe(nil, "test", func() { panic("x") }); err == nil || !strings.Contains(err.Error(), "test") {
		t.Errorf("Safe returned %v", err)
	}
}

// TestQuietWhenNothingChanged: the same view again paints nothing.
func TestQuietWhenNothingChanged(t *testing.T) {
	e := wallEnv(t, "vi")
	v := figureStates()["target"]
	v.Now = now
	f := NewFigure(e)
	f.Update(v)
	shot(t, f, 960, 540)
	first := f.body.img
	f.Update(v)
	f.body.generate(960, 540)
	if f.body.img != first {
		t.Error("the same figure is painted twice")
	}
	v.Figure.Last.Value = f64(68)
	f.Update(v)
	f.body.generate(960, 540)
	if f.body.img == first {
		t.Error("a new value is not painted")
	}
}

// TestPictureSize keeps a camera's proportions.
func TestPictureSize(t *testing.T) {
	for _, c := range []struct{ src, dst, want image.Point }{
		{image.Pt(640, 360), image.Pt(960, 540), image.Pt(960, 540)},
		{image.Pt(640, 360), image.Pt(1912, 992), image.Pt(1912, 1076)},
		{image.Pt(640, 360), image.Pt(960, 348), image.Pt(619, 348)},
		{image.Pt(640, 360), image.Pt(632, 272), image.Pt(640, 360)}, // near enough: cut, not scaled
		{image.Pt(704, 576), image.Pt(960, 540), image.Pt(660, 540)},
		{image.Point{}, image.Pt(960, 540), image.Pt(960, 540)},
	} {
		if got := paint.CoverSize(c.src, c.dst); got != c.want {
			t.Errorf("%v in %v: %v, want %v", c.src, c.dst, got, c.want)
		}
	}
}
