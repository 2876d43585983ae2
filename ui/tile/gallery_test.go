package tile

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// now is the moment of all pictures: Saturday 21 November 2026, 09:42:07.
var now = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

func kit(t testing.TB, th look.Theme) *paint.Kit {
	t.Helper()
	f, err := paint.NewFonts(assets.Regular(), assets.Bold())
	if err != nil {
		t.Fatal(err)
	}
	ic, err := paint.NewIcons(assets.Icons())
	if err != nil {
		t.Fatal(err)
	}
	return &paint.Kit{Fonts: f, Icons: ic, Theme: th}
}

func wallEnv(t testing.TB, lang string) *Env {
	t.Helper()
	l, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return &Env{Kit: kit(t, look.Dark()), Lang: l, Scale: look.WallScale(1.5769, 0, 0)}
}

// shot renders a tile with Fyne's software painter.
func shot(t testing.TB, o fyne.CanvasObject, w, h int) *image.RGBA {
	t.Helper()
	test.NewTempApp(t)
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(fyne.NewSize(float32(w), float32(h)))
	img := c.Capture()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// quick paints a tile's panes at their places without the toolkit.
func quick(t testing.TB, o fyne.CanvasObject, w, h int) *image.RGBA {
	t.Helper()
	b, ok := o.(interface{ inside() *box })
	if !ok {
		t.Fatalf("%T is no tile", o)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, r := range b.inside().layout(w, h) {
		if p, ok := b.inside().panes[i].(*canvas.Raster); ok && !r.Empty() {
			img := p.Generator(r.Dx(), r.Dy())
			draw.Draw(out, r, img, img.Bounds().Min, draw.Over)
		}
	}
	return out
}

func (b *box) inside() *box { return b }

// standIn is a flat picture for a camera: sky, land, water and a red boat.
func standIn(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	fill := func(x0, y0, x1, y1 float64, c color.RGBA) {
		draw.Draw(m, image.Rect(int(x0*float64(w)), int(y0*float64(h)), int(x1*float64(w)), int(y1*float64(h))), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(0, 0, 1, .45, look.Hex(0x98A8B3))
	fill(0, .38, 1, .5, look.Hex(0x64767C))
	fill(0, .5, 1, 1, look.Hex(0x4E6F7F))
	fill(.3, .62, .55, .74, look.Hex(0xA33C36))
	fill(.38, .5, .46, .62, look.Hex(0xDAD8CE))
	fill(.8, .2, .84, .9, look.Hex(0xE6E4DA))
	return m
}

type scene struct {
	name string
	w, h int
	make func(e *Env, w, h int) fyne.CanvasObject
}

func cameraTile(v CameraView) func(e *Env, w, h int) fyne.CanvasObject {
	return func(e *Env, w, h int) fyne.CanvasObject {
		t := NewCamera(e)
		v.Now = now
		t.Resize(fyne.NewSize(float32(w), float32(h)))
		t.Update(v)
		t.Resize(fyne.NewSize(float32(w), float32(h)))
		if v.Stats.State != media.StateOpening {
			p := t.PictureView().Size
			t.SetPicture(standIn(p.X, p.Y), 1)
		}
		return t
	}
}

func stats(s media.State, age, since time.Duration) media.Stats {
	st := media.Stats{State: s, Since: now.Add(-since), Stream: "main", Source: image.Pt(640, 360)}
	if age >= 0 {
		st.Picture = now.Add(-age)
	}
	return st
}

func cameraStates() map[string]CameraView {
	late := stats(media.StateLate, 3200*time.Millisecond, 20*time.Second)
	late.Stream, late.Reason, late.Stepped = "sub", media.ReasonLate, true
	frozen := stats(media.StateFrozen, 14*time.Second, 14*time.Second)
	frozen.Reason = media.ReasonUnchanged
	opening := stats(media.StateOpening, -1, 1100*time.Millisecond)
	opening.Reason = media.ReasonWaitingKey
	overdue := stats(media.StateLive, 400*time.Millisecond, time.Hour)
	overdue.KeyOverdue, overdue.KeyInterval = true, 2*time.Second
	fallen := stats(media.StateLive, 400*time.Millisecond, time.Hour)
	fallen.Source, fallen.Decoder = image.Pt(1920, 1080), "software (vaapi failed)"
	lost := stats(media.StateNoSignal, 125*time.Second, 125*time.Second)
	lost.Reason, lost.Retries, lost.NextTry = media.ReasonNoPackets, 3, now.Add(8*time.Second)
	lossy := stats(media.StateLive, 400*time.Millisecond, time.Hour)
	lossy.Loss = 0.023
	same := stats(media.StateLive, 400*time.Millisecond, time.Hour)
	same.Unchanged = 14 * time.Second
	catching := stats(media.StateLate, 3100*time.Millisecond, 2*time.Second)
	catching.Reason = media.ReasonCatchingUp
	stepped := stats(media.StateLive, 400*time.Millisecond, time.Hour)
	stepped.Stepped, stepped.Stream = true, "sub"
	clock := stats(media.StateLive, 400*time.Millisecond, time.Hour)
	clock.ClockKnown, clock.ClockOffset, clock.Taken = true, -95*time.Second, now.Add(-95*time.Second-400*time.Millisecond)
	full := stats(media.StateLive, 400*time.Millisecond, time.Hour)
	full.Source, full.Decoder = image.Pt(1920, 1080), "software"
	past := &ReplayView{At: now.Add(-14 * time.Second), From: now.Add(-time.Minute), To: now, Playing: true, Speed: 0.5, Source: image.Pt(1920, 1080)}
	held := *past
	held.Playing, held.Back = false, 18*time.Second
	gone := ReplayView{Speed: 1, Reason: "Máy chủ không lưu lúc này"}
	out := map[string]CameraView{
		"unchanged": {Name: "Phố An Hội", Stats: same},
		"catching":  {Name: "Cầu Câu Lâu", Stats: catching},
		"stepped":   {Name: "Ngã tư Vĩnh Điện", Main: "main", Stats: stepped},
		"clock":     {Name: "Cầu Câu Lâu", Stats: clock},
		"truth":     {Name: "Cầu Câu Lâu", Main: "main", Stats: full, Whole: true},
		"zoom":      {Name: "Cầu Câu Lâu", Main: "main", Stats: full, Whole: true, Zoom: media.Part{X0: .3, Y0: .2, X1: .3 + 1/2.4, Y1: .2 + 1/2.4}},
		"replay":    {Name: "Cầu Câu Lâu", Stats: full, Replay: past},
		"held":      {Name: "Cầu Câu Lâu", Stats: full, Replay: &held},
		"noreplay":  {Name: "Cầu Câu Lâu", Stats: full, Replay: &gone},
		"quiet":     {Name: "Cầu Câu Lâu", Stats: full, Quiet: true},
		"chosen":    {Name: "Cầu Câu Lâu", Stats: full, Chosen: true},
		"tour":      {Name: "Cầu Câu Lâu", Stats: full, Aside: []string{"3/12 · bỏ qua 2: mất tín hiệu", "3/12 · bỏ qua 2", "3/12"}},
		"live":      {Name: "Cầu Câu Lâu", Stats: stats(media.StateLive, 400*time.Millisecond, time.Hour)},
		"lossy":     {Name: "Cầu Câu Lâu", Stats: lossy},
		"late":      {Name: "Ngã tư Vĩnh Điện", Main: "main", Stats: late},
		"frozen":    {Name: "Phố An Hội", Stats: frozen},
		"lost":      {Name: "Bến cá Cửa Đại", Stats: lost},
		"refused":   {Name: "Cổng KCN Điện Nam", Stats: stats(media.StateRefused, -1, 5*time.Minute), Told: now.Add(-4 * time.Minute)},
		"full":      {Name: "Chợ Tam Kỳ", Stats: stats(media.StateFull, -1, 5*time.Minute)},
		"opening":   {Name: "Hồ Phú Ninh", Stats: opening},
		"overdue":   {Name: "Hồ Phú Ninh", Quiet: true, Stats: overdue},
		"fallen":    {Name: "Cầu Câu Lâu", Main: "main", Stats: fallen, Whole: true},
		"waited":    {Name: "Hồ Phú Ninh", Stats: stats(media.StateOpening, -1, 9*time.Second)},
		"locked":    {Name: "Cảng Kỳ Hà", Stats: stats(media.StateLive, 300*time.Millisecond, time.Hour), Cover: Cover{LockedBy: "Mai", LockedUntil: now.Add(48 * time.Minute)}},
		"popup":     {Name: "Cầu Câu Lâu", Stats: stats(media.StateLive, 400*time.Millisecond, time.Hour), Cover: Cover{Popup: &Popup{Severity: world.Critical, Title: "Lũ Câu Lâu", Until: now.Add(30 * time.Minute)}}},
		"cold":      {Name: "Cầu Kỳ Phú", Stats: stats(media.StateLive, 400*time.Millisecond, time.Hour), Cover: Cover{Away: time.Hour, AsOf: now.Add(-time.Hour)}},
		"away":      {Name: "Cầu Kỳ Phú", Stats: stats(media.StateLive, 400*time.Millisecond, time.Hour), Cover: Cover{Away: 3 * time.Minute}},
		"longname":  {Name: "Ngã tư Nguyễn Hoàng – Phan Bội Châu – Trần Cao Vân, phường Tam Kỳ", Stats: stats(media.StateLive, 400*time.Millisecond, time.Hour)},
	}
	for state, why := range reasonsOf {
		for _, r := range why {
			s := stats(state, 14*time.Second, 14*time.Second)
			s.Reason, s.Retries, s.Stepped = r, 3, state == media.StateLate
			out["why-"+string(state)+"-"+string(r)] = CameraView{Name: "Bến cá Cửa Đại", Stats: s}
		}
	}
	return out
}

// reasonsOf are the reasons that a picture is not live.
var reasonsOf = map[media.State][]media.Reason{
	media.StateLate:   {media.ReasonLate, media.ReasonOverloaded, media.ReasonCatchingUp},
	media.StateFrozen: {media.ReasonUnchanged, media.ReasonNoKeyFrame, media.ReasonDecoderErrors, media.ReasonNoUnits, media.ReasonOverloaded},
	media.StateNoSignal: {
		media.ReasonNoPackets, media.ReasonUnreachable, media.ReasonTimeout, media.ReasonDisconnected, media.ReasonNotFound, media.ReasonNoVideo,
		media.ReasonNotAdmitted, media.ReasonUnsupported, media.ReasonUntrusted, media.ReasonBadStream, media.ReasonFailed,
	},
	media.StateFull: {media.ReasonFull},
}

func f64(v float64) *float64 { return &v }

func trendOf(v ...float64) []world.FigurePoint {
	out := make([]world.FigurePoint, len(v))
	for i, x := range v {
		out[i] = world.FigurePoint{Value: x}
	}
	return out
}

func figureStates() map[string]FigureView {
	at := world.TimeOf(now.Add(-42 * time.Minute))
	def := func(name, short, unit, owner, icon string, dec int) world.FigureDefined {
		return world.FigureDefined{ID: name, Name: name, Short: short, Unit: unit, OwnerName: owner, Icon: icon, Decimals: dec}
	}
	target := def("Phản ánh giải quyết đúng hạn", "Phản ánh đúng hạn", "%", "1022", "house", 1)
	target.Target = f64(90)
	old := def("VN_AQI Điện Nam", "", "Trung bình", "Trạm KK-07", "air", 0)
	old.Every = int64(time.Hour / time.Millisecond)
	m := map[string]world.Figure{
		"target": {FigureDefined: target, Time: at, Last: world.FigureReported{Period: "2024-08", Label: "8/2024", Value: f64(67.2), Num: f64(324), Den: f64(482), Have: 41, Want: 41, WantOf: "đơn vị"}},
		"missing": {
			FigureDefined: def("Giải ngân đầu tư công", "Giải ngân", "%", "Sở Tài chính", "chart", 1), Time: at,
			Last:  world.FigureReported{Period: "2026-11-20", Label: "20/11", Value: f64(61), Num: f64(3660), Den: f64(6000), Previous: f64(65), Have: 15, Want: 18, WantOf: "đơn vị"},
			Trend: trendOf(8, 14, 19, 25, 29, 34, 40, 47, 52, 61),
		},
		"residue":  {FigureDefined: def("Cảnh báo an toàn thông tin", "Cảnh báo ATTT", "", "SOC tỉnh", "shield", 0), Time: at, Last: world.FigureReported{Period: "2024-08", Label: "8/2024", Value: f64(69600), Parts: []world.FigurePart{{Label: "cao", LabelEn: "high", Value: 19879}, {Label: "TB, thấp", LabelEn: "lower", Value: 47752}}}},
		"parts":    {FigureDefined: def("Mức độ hài lòng", "Hài lòng", "%", "1022", "user", 2), Time: at, Last: world.FigureReported{Period: "2024-08", Label: "8/2024", Value: f64(70.54), Num: f64(340), Den: f64(482), Have: 482, Want: 482, WantOf: "phiếu", Parts: []world.FigurePart{{Label: "hài lòng", LabelEn: "happy", Value: 340}, {Label: "chấp nhận", LabelEn: "fair", Value: 64}, {Label: "không hài lòng", LabelEn: "unhappy", Value: 78}}}},
		"verbatim": {FigureDefined: def("Hài lòng Phan Thiết", "", "%", "Phan Thiết", "user", 0), Time: at, Last: world.FigureReported{Period: "2024", Label: "sau 2 năm", Verbatim: "85\u00a0%", Note: "834/1.104 chỉ là 75,5\u00a0%"}},
		"stale":    {FigureDefined: old, Time: world.TimeOf(now.Add(-3*time.Hour - 12*time.Minute)), Stale: at, Last: world.FigureReported{Period: "x", Value: f64(74), Note: "Đã báo Sở NN&MT 07:35"}},
		"none":     {FigureDefined: def("Khách lưu trú", "", "", "Sở Du lịch", "tour", 0), Last: world.FigureReported{Period: "2026-11", Due: world.TimeOf(now.Add(7*time.Hour + 18*time.Minute)), Note: "Kỳ đầu tiên 30/11/2026", Have: 0, Want: 12, WantOf: "đơn vị"}},
		"fault":    {FigureDefined: def("Thu ngân sách", "", "tỷ", "Sở Tài chính", "figure", 0), Time: at, Last: world.FigureReported{Period: "2026-10", Label: "10/2026", Value: f64(18420), Fault: "Biểu TC-05, ô D14: chia cho 0"}},
		"about":    {FigureDefined: def("Cuộc gọi 1022", "", "", "1022", "phone", 0), Time: at, Last: world.FigureReported{Period: "2024-08", Label: "8/2024", Value: f64(1500), Qualifier: world.About, Verbatim: "gần 1.500", Note: "gọi đến và gọi đi"}},
	}
	out := map[string]FigureView{}
	for k, v := range m {
		out[k] = FigureView{Figure: v}
	}
	locked := FigureView{Figure: world.Figure{FigureDefined: def("Hồ sơ đúng hạn", "", "%", "Cổng DVC", "office", 1), Time: at, Last: world.FigureReported{Period: "x", Label: "09:30", Value: f64(98.1), Num: f64(12206), Den: f64(12442), Provisional: true, Have: 39, Want: 41, WantOf: "đơn vị"}}, Cover: Cover{LockedBy: "Hùng", LockedUntil: now.Add(48 * time.Minute)}}
	locked.Figure.Target = f64(98)
	out["locked"] = locked
	away := out["target"]
	away.Cover.Away = 3 * time.Minute
	out["away"] = away
	pop := out["residue"]
	pop.Cover.Popup = &Popup{Severity: world.Severe, Title: "Tấn công máy chủ", Until: now.Add(time.Hour)}
	out["popup"] = pop
	load := out["target"]
	load.Loading = true
	out["loading"] = load
	out["unknown"] = FigureView{Figure: world.Figure{FigureDefined: world.FigureDefined{ID: "kt-99"}}, Missing: true}
	return out
}

func figureTile(v FigureView) func(e *Env, w, h int) fyne.CanvasObject {
	return func(e *Env, _, _ int) fyne.CanvasObject {
		t := NewFigure(e)
		v.Now = now
		t.Update(v)
		return t
	}
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

func alertsTile(v AlertsView) func(e *Env, w, h int) fyne.CanvasObject {
	return func(e *Env, _, _ int) fyne.CanvasObject {
		t := NewAlerts(e)
		v.Now = now
		t.Update(v)
		return t
	}
}

func clockTile(v ClockView) func(e *Env, w, h int) fyne.CanvasObject {
	return func(e *Env, _, _ int) fyne.CanvasObject {
		t := NewClock(e)
		v.Now = now
		t.Update(v)
		return t
	}
}

func mapTile(v MapView) func(e *Env, w, h int) fyne.CanvasObject {
	return func(e *Env, w, h int) fyne.CanvasObject {
		t := NewMap(e)
		v.Now = now
		t.Resize(fyne.NewSize(float32(w), float32(h)))
		if !v.Drawn.IsZero() {
			t.SetPicture(standIn(w, h-80))
		}
		t.Update(v)
		return t
	}
}

// scenes are all kinds and states in the sizes of the wall.
func scenes() []scene {
	var out []scene
	sizes := [][2]int{{960, 540}, {1912, 872}, {640, 360}, {472, 268}}
	cams, figs := cameraStates(), figureStates()
	for _, k := range slices.Sorted(maps.Keys(cams)) {
		v := cams[k]
		for i, s := range sizes {
			if i > 0 && k != "live" && k != "frozen" && k != "refused" && k != "popup" && k != "longname" && k != "lost" && k != "zoom" && k != "replay" && k != "held" && k != "tour" && k != "truth" && (!strings.HasPrefix(k, "why-") || v.Stats.State == media.StateLate) {
				continue
			}
			out = append(out, scene{"camera-" + k, s[0], s[1], cameraTile(v)})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(figs)) {
		v := figs[k]
		for i, s := range sizes {
			if i > 1 && k != "target" && k != "none" && k != "residue" && k != "stale" {
				continue
			}
			out = append(out, scene{"figure-" + k, s[0], s[1], figureTile(v)})
		}
	}
	layers := []MapLayer{{Name: "Tàu", Newest: now.Add(-600 * time.Millisecond), Whole: "296/300 tàu"}, {Name: "Trạm", Newest: now.Add(-2 * time.Minute), Whole: "38/40 trạm"}, {Name: "Nền", Dated: "từ 01/7/2025"}}
	late := append([]MapLayer{{Name: "Tàu", Newest: now.Add(-26 * time.Minute), Whole: "0/300 tàu", Stale: true}}, layers[1:]...)
	for _, s := range [][2]int{{1912, 1072}, {960, 540}} {
		out = append(out,
			scene{"alerts-some", s[0], s[1], alertsTile(AlertsView{Alerts: someAlerts(), Heard: 200 * time.Millisecond})},
			scene{"alerts-none", s[0], s[1], alertsTile(AlertsView{Heard: 200 * time.Millisecond})},
			scene{"alerts-away", s[0], s[1], alertsTile(AlertsView{Alerts: someAlerts(), Heard: 3 * time.Minute, Cover: Cover{Away: 3 * time.Minute}})},
			scene{"clock-live", s[0], s[1], clockTile(ClockView{Offset: 18 * time.Millisecond, Shift: "Ca sáng: Trần Thị Mai"})},
			scene{"clock-away", s[0], s[1], clockTile(ClockView{Cover: Cover{Away: 3 * time.Minute}})},
			scene{"map-live", s[0], s[1], mapTile(MapView{Title: "Bản đồ", Layers: layers, Drawn: now})},
			scene{"map-stale", s[0], s[1], mapTile(MapView{Title: "Bản đồ", Layers: late, Drawn: now})},
			scene{"map-stopped", s[0], s[1], mapTile(MapView{Title: "Bản đồ", Layers: layers, Drawn: now.Add(-40 * time.Second)})},
			scene{"map-waiting", s[0], s[1], mapTile(MapView{Title: "Bản đồ", Layers: layers})},
		)
	}
	return out
}

// TestGallery paints every kind and state; with IOCWALL_GALLERY set to a folder
// the pictures are written there for people to judge.
func TestGallery(t *testing.T) {
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		t.Skip("set IOCWALL_GALLERY to a folder to get the pictures")
	}
	for _, lang := range words.Codes() {
		e := wallEnv(t, lang)
		sheets := map[string][]*image.RGBA{}
		for _, s := range scenes() {
			if s.w > 2000 || s.w == 960 || lang == "vi" {
				img := quick(t, s.make(e, s.w, s.h), s.w, s.h)
				key := strings.SplitN(s.name, "-", 2)[0] + "-" + lang + "-" + strconv.Itoa(s.w)
				sheets[key] = append(sheets[key], img)
			}
		}
		for k, imgs := range sheets {
			save(t, filepath.Join(dir, k+".png"), sheet(imgs))
		}
	}
}

func sheet(imgs []*image.RGBA) *image.RGBA {
	w, h := imgs[0].Rect.Dx()+16, imgs[0].Rect.Dy()+16
	cols := min(len(imgs), max(1, 3000/w))
	rows := (len(imgs) + cols - 1) / cols
	out := image.NewRGBA(image.Rect(0, 0, cols*w, rows*h))
	for i, m := range imgs {
		at := image.Pt(i%cols*w+8, i/cols*h+8)
		draw.Draw(out, m.Rect.Add(at), m, image.Point{}, draw.Src)
	}
	return out
}

func save(t testing.TB, name string, img image.Image) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
