package told

import (
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

func ago(d time.Duration) world.Time { return world.TimeOf(noon.Add(-d)) }

func num(v float64) *float64 { return &v }

func load(t *testing.T, code string) *words.Lang {
	t.Helper()
	l, err := words.Load(code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestStand: how a thing is, in a word and on a plate where it is wrong.
func TestStand(t *testing.T) {
	l, st := load(t, "vi"), world.New(1)
	figure := func(v *float64, target float64, lower bool, fault string) world.Figure {
		return world.Figure{FigureDefined: world.FigureDefined{ID: "f", Target: &target, LowerBetter: lower}, Last: world.FigureReported{Value: v, Fault: fault}}
	}
	for _, c := range []struct {
		e     world.Entity
		text  string
		plate paint.PlateKind
		bad   bool
	}{
		{world.Alert{AlertRaised: world.AlertRaised{Severity: world.Critical}}, "Khẩn cấp", paint.PlateCritical, true},
		{world.Alert{AlertRaised: world.AlertRaised{Severity: world.Warning}, Taken: 5}, "Cảnh báo", paint.PlateWarning, false},
		{world.Alert{AlertRaised: world.AlertRaised{Severity: world.Critical}, Resolved: 5}, "Đã hết", "", false},
		{world.Camera{Health: world.CameraHealth{State: world.CameraLive}}, "trực tiếp", "", false},
		{world.Camera{Health: world.CameraHealth{State: world.CameraLive, Reason: "late"}}, "hình đến muộn", paint.PlateStale, true},
		{world.Camera{Health: world.CameraHealth{State: world.CameraFrozen}}, "đứng hình", paint.PlateStale, true},
		{world.Camera{Health: world.CameraHealth{State: world.CameraRefused}}, "từ chối đăng nhập", paint.PlateOffline, true},
		{world.Camera{}, "chưa rõ", "", false},
		{world.Vessel{}, "Chưa có vị trí", paint.PlateOutline, false},
		{world.Vessel{Time: ago(14 * time.Second)}, "14 giây trước", "", false},
		{world.Vessel{Time: ago(7 * time.Hour), Lost: ago(time.Hour)}, "Mất tín hiệu 7 giờ", paint.PlateStale, true},
		{world.Station{}, "Chưa có số liệu", paint.PlateOutline, false},
		{world.Report{State: world.ReportDispatched, ReportOpened: world.ReportOpened{Due: ago(12 * time.Minute)}, Overdue: ago(12 * time.Minute)}, "quá 12 phút", paint.PlateWarning, true},
		{world.Report{State: world.ReportDone, Overdue: 5}, "đã xong", "", false},
		{figure(nil, 90, false, ""), "Chưa có số liệu", paint.PlateOutline, true},
		{figure(num(67), 90, false, ""), "Dưới mục tiêu", paint.PlateWarning, true},
		{figure(num(67), 90, true, ""), "đạt mục tiêu", "", false},
		{figure(num(67), 90, false, "D14: chia cho 0"), "Lỗi công thức", paint.PlateOffline, true},
		{world.Node{Up: true}, "đang nối", "", false},
		{world.Node{}, "Mất kết nối", paint.PlateOffline, true},
		{world.SourceStatus{SourceHealth: world.SourceHealth{State: world.SourceRetrying}}, "Đang nối lại", paint.PlateStale, true},
		{world.Popup{}, "Chờ chỗ", paint.PlateNotice, false},
		{world.Clip{Done: 5, Why: "x"}, "Không lưu được", paint.PlateOffline, true},
	} {
		if s := Stand(l, st, c.e, world.TimeOf(noon)); strings.ReplaceAll(s.Text, "\u00a0", " ") != c.text || s.Plate != c.plate || s.Bad != c.bad {
			t.Errorf("%T: %q on %q, bad %v; want %q on %q, %v", c.e, s.Text, s.Plate, s.Bad, c.text, c.plate, c.bad)
		}
	}
}

// TestTell: facts are sentences with units, in both languages; nothing names a person.
func TestTell(t *testing.T) {
	st := world.New(1)
	f := world.Figure{
		FigureDefined: world.FigureDefined{ID: "f", Unit: "%", Decimals: 1, Target: num(90)},
		Last:          world.FigureReported{Value: num(67.2), Num: num(324), Den: num(482), Label: "11/2026", Have: 15, Want: 18, WantOf: "đơn vị"}, Time: ago(time.Hour),
	}
	r := world.Report{ReportOpened: world.ReportOpened{ID: "PA-1", Service: "roads", Subject: "key-of-a-person", Placed: true, Pos: geo.Point{108.5586, 15.4481}}, State: world.ReportReceived, Opened: ago(2 * time.Hour), Changed: ago(2 * time.Hour)}
	for _, c := range []struct {
		lang string
		e    world.Entity
		want string
	}{
		{"vi", f, "67,2 % (324/482)|11/2026|90,0 %|kém mục tiêu 22,8 điểm|15/18 đơn vị|08:42, 1 giờ trước"},
		{"en", f, "67.2% (324/482)|11/2026|90.0%|22.8 points below target|15/18 đơn vị|08:42, 1 h ago"},
		{"vi", r, "Hạ tầng, đường sá|đã nhận · 07:42, 2 giờ trước|07:42, 2 giờ trước|được giữ kín|15°26,9′B 108°33,5′Đ"},
	} {
		var got []string
		for _, x := range Tell(load(t, c.lang), st, c.e, world.TimeOf(noon)) {
			if x.Name == "" || strings.Contains(x.Name+x.Text, "[") || strings.Contains(x.Text, "key-of-a-person") {
				t.Errorf("says %+v", x)
			}
			got = append(got, strings.ReplaceAll(x.Text, "\u00a0", " "))
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %s\nwant %s", c.lang, s, c.want)
		}
	}
}

// TestSeeing: cameras that see a place, those that look at it first.
func TestSeeing(t *testing.T) {
	st := world.New(1)
	for i, c := range []world.CameraDefined{
		{ID: "away", Pos: geo.Point{109, 16}, Heading: world.NotAvailable},
		{ID: "may", Pos: geo.Point{108.001, 15}, Heading: world.NotAvailable},
		{ID: "looks", Pos: geo.Point{108, 14.995}, Heading: 0, View: 60, Reach: 2000},
		{ID: "behind", Pos: geo.Point{108, 15.005}, Heading: 0, View: 60, Reach: 2000},
	} {
		if _, err := st.Apply(world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: 1, Body: c}}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, c := range Seeing(st, geo.Point{108, 15}, 5) {
		got = append(got, c.ID)
	}
	if s := strings.Join(got, " "); s != "looks may" {
		t.Errorf("seen by %q", s)
	}
	if n := len(Seeing(st, geo.Point{108, 15}, 1)); n != 1 {
		t.Errorf("%d cameras, asked for one", n)
	}
}

// TestUnits: units and quantities are written as people write them.
func TestUnits(t *testing.T) {
	l := load(t, "vi")
	x := world.Station{Readings: []world.ReadingAt{
		{Reading: world.Reading{Quantity: "aqi", Value: 74}},
		{Reading: world.Reading{Quantity: "pm2.5", Value: 37.07, Unit: "ug/m3"}},
		{Reading: world.Reading{Quantity: "temperature", Value: 21, Unit: "Cel"}},
	}}
	if got, want := ReadingsOf(l, x), "VN_AQI 74 · PM2.5 37,07\u00a0µg/m³ · nhiệt độ 21\u00a0°C"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestBy: the configuration is named in the person's language, people as they are.
func TestBy(t *testing.T) {
	l := load(t, "vi")
	for who, want := range map[string]string{"config": "cấu hình", "Mai": "Mai", "": ""} {
		if got := By(l, who); got != want {
			t.Errorf("%q is %q", who, got)
		}
	}
}

// TestFreshStationsStay: a reading that comes as promised does not move a station in a
// list that is sorted by how things are.
func TestFreshStationsStay(t *testing.T) {
	l := load(t, "vi")
	at := func(since time.Duration) Standing {
		x := world.Station{StationDefined: world.StationDefined{ID: "kk-01"}, Readings: []world.ReadingAt{{Reading: world.Reading{Quantity: "aqi", Value: 74}, Time: ago(since)}}}
		return Stand(l, nil, x, world.TimeOf(noon))
	}
	if a, b := at(time.Hour), at(time.Second); a != b {
		t.Errorf("%+v became %+v", a, b)
	}
}

// TestAlertSpeaksToPeople: the facts of an alert have the rule's name, numbers with
// their unit, and the place by name.
func TestAlertSpeaksToPeople(t *testing.T) {
	for code, want := range map[string]string{
		"vi": "Giá trị: 4,12\u00a0m|Ngưỡng: 4,00\u00a0m|Nơi: Cù Lao Chàm|Quy tắc: Lũ sông Thu Bồn|",
		"en": "Value: 4.12\u00a0m|Threshold: 4.00\u00a0m|Where: Cù Lao Chàm|Rule: Lũ sông Thu Bồn|",
	} {
		l, got := load(t, code), ""
		a := world.Alert{AlertRaised: world.AlertRaised{ID: "a", Rule: "lu-tb", Called: "Lũ sông Thu Bồn", Value: num(4.12), Limit: num(4), Unit: "m", Where: "Cù Lao Chàm"}}
		for _, f := range Tell(l, world.New(1), a, ago(0)) {
			got += f.Name + ": " + f.Text + "|"
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %q", code, got)
		}
	}
}

// TestPopupOfAnAlert: why a popup is there is the name of the rule, not its id.
func TestPopupOfAnAlert(t *testing.T) {
	st := world.New(1)
	for i, b := range []world.Body{
		world.AlertRaised{ID: "a", Rule: "lu-tb", Called: "Lũ sông Thu Bồn"},
		world.PopupAsked{ID: "p", Wall: "main", Alert: "a", Why: "lu-tb", Title: "Lũ"},
	} {
		st.Apply(world.Event{Seq: uint64(i + 1), Seen: ago(0), Observation: world.Observation{Time: ago(0), Body: b}})
	}
	p, _ := st.Popup("p")
	if got := ruleOf(st, p); got != "Lũ sông Thu Bồn" {
		t.Errorf("%q", got)
	}
}
