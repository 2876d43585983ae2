package list

import (
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// noon is the moment of the tests: Saturday 21 November 2026, 09:42:07.
var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

// host is a console without a window's life.
type host struct {
	env    *tile.Env
	now    time.Time
	kept   map[string][]byte
	file   string
	saved  []byte
	jobs   []func(stop <-chan struct{}) func()
	atOnce bool
}

func (h *host) Env() *tile.Env      { return h.env }
func (h *host) Memory() page.Memory { return h }
func (h *host) Now() time.Time      { return h.now }
func (h *host) Get(name string, into any) bool {
	b, ok := h.kept[name]
	return ok && json.Unmarshal(b, into) == nil
}
func (h *host) Set(name string, v any) { h.kept[name], _ = json.Marshal(v) }
func (h *host) Save(name string, content func() ([]byte, error)) {
	h.file = name
	h.saved, _ = content()
}

func (h *host) Job(f func(stop <-chan struct{}) func()) {
	if h.atOnce {
		f(nil)()
		return
	}
	h.jobs = append(h.jobs, f)
}

// work does what waits.
func (h *host) work() {
	for len(h.jobs) > 0 {
		f := h.jobs[0]
		h.jobs = h.jobs[1:]
		f(nil)()
	}
}

func newHost(t testing.TB, lang, theme string, size float64) *host {
	t.Helper()
	l, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	k := &paint.Kit{Theme: look.Dark()}
	if theme == "light" {
		k.Theme = look.Light()
	}
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		t.Fatal(err)
	}
	if k.Icons, err = paint.NewIcons(assets.Icons()); err != nil {
		t.Fatal(err)
	}
	return &host{env: &tile.Env{Kit: k, Lang: l, Scale: look.DeskScale(16 * size), Density: 1}, now: noon, kept: map[string][]byte{}}
}

// thing is a row of the tests.
type thing struct {
	id, name, who string
	severity      int
	value         float64
	since         time.Time
	stamp         uint64
}

var severities = []struct {
	word, icon string
	plate      paint.PlateKind
}{
	{"Lưu ý", "notice-open", paint.PlateNotice},
	{"Cảnh báo", "warning-open", paint.PlateWarning},
	{"Nặng", "severe-open", paint.PlateSevere},
	{"Khẩn cấp", "critical", paint.PlateCritical},
}

// newThings is a list of things as alerts look.
func newThings(h *host) (*List, *Rows[thing]) {
	rows := NewRows(func(x *thing) string { return x.id }, func(x *thing) uint64 { return x.stamp })
	l := New(h, Options{
		Name: "things", Source: rows, Sort: Sort{Column: "severity", Down: true},
		Columns: []Column{
			{
				ID: "severity", Title: "Mức", Min: 130, Down: true,
				Cell: func(i int) Cell {
					s := severities[rows.At(i).severity]
					return Cell{Text: s.word, Icon: s.icon, Plate: s.plate}
				},
				Num: func(i int) (float64, bool) { return float64(rows.At(i).severity), true },
			},
			{ID: "name", Title: "Việc gì, ở đâu", Min: 200, Weight: 3, Text: func(i int) string { return rows.At(i).name }},
			{
				ID: "value", Title: "Số đo", Min: 90, Right: true, Drop: 2, Down: true,
				Text: func(i int) string { return h.env.Lang.Number(rows.At(i).value, 1) },
				Num:  func(i int) (float64, bool) { return rows.At(i).value, true },
			},
			{
				ID: "since", Title: "Từ", Min: 80, Drop: 1, Down: true,
				Text: func(i int) string { return h.env.Lang.Clock(rows.At(i).since) },
				Num:  func(i int) (float64, bool) { return float64(rows.At(i).since.UnixMilli()), true },
			},
			{
				ID: "who", Title: "Ai", Min: 140, Weight: 1, Drop: 3, Text: func(i int) string { return rows.At(i).who },
				Cell: func(i int) Cell {
					if rows.At(i).who == "" {
						return Cell{Text: "chưa ai nhận", Bold: true}
					}
					return Cell{Text: rows.At(i).who, Tone: Quiet}
				},
			},
		},
		Chips: []Chip{
			{ID: "open", Text: "Chưa ai nhận", Group: "taken", Count: true, Match: func(i int) bool { return rows.At(i).who == "" }},
			{ID: "taken", Text: "Đã nhận", Group: "taken", Count: true, Match: func(i int) bool { return rows.At(i).who != "" }},
			{ID: "worst", Text: "Khẩn cấp", Group: "severity", Count: true, Match: func(i int) bool { return rows.At(i).severity == 3 }},
		},
	})
	return l, rows
}

var names = []string{
	"Lũ Câu Lâu 4,12 m, trên BĐ3 0,12 m", "Mất tín hiệu QNa-90123-TS, 6 giờ 10 phút", "Nước KCN Chu Lai: VN_WQI 24 (Kém)",
	"12 camera tối, nguyên nhân SW-TK-03", "158/482 phản ánh trễ hạn, lâu nhất 9 ngày", "Trạm KK-07 im 3 giờ 12 phút (hẹn mỗi giờ)",
	"Camera Cổng KCN Điện Nam từ chối đăng nhập", "3/18 đơn vị chưa gửi giải ngân kỳ 20/11", "QNa-91517-TS cách ranh giới 0,8 hải lý",
	"Đường ĐT610 sạt lở tại km 17 đoạn qua xã Duy Xuyên, xe tải không qua được, đang điều tiết qua đường tránh phía nam",
}

func things(n int) []thing {
	out := make([]thing, n)
	for i := range out {
		out[i] = thing{
			id: fmt.Sprintf("CB-%05d", i), name: names[i%len(names)], severity: (i * 7 / 3) % 4, value: float64(i*7919%10007) / 10,
			since: noon.Add(-time.Duration(i*13%700) * time.Minute), stamp: 1,
		}
		if n > len(names) {
			out[i].name = fmt.Sprintf("%s %d", names[i%len(names)], i)
		}
		if i%3 > 0 {
			out[i].who = []string{"Mai 09:33", "Hùng 09:20", "Sở NN&MT"}[i/3%3]
		}
	}
	return out
}

// screen puts a list into a window of the test driver.
func screen(t testing.TB, l *List, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, l.Object())
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	l.Object().Resize(fyne.NewSize(w, h))
	return win
}

// shot is the list as a picture; with IOCWALL_GALLERY set to a folder it is kept.
func shot(t testing.TB, l *List, name string, w, h int) {
	t.Helper()
	dir := os.Getenv("IOCWALL_GALLERY")
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(l.Object())
	c.Resize(fyne.NewSize(float32(w), float32(h)))
	img := c.Capture()
	if dir == "" {
		return
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	f, err := os.Create(filepath.Join(dir, "list-"+name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, out); err != nil {
		t.Fatal(err)
	}
}
