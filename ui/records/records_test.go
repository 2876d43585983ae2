package records

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
	"iocwall/ui/records/told"
)

func at(ago time.Duration) world.Time { return world.TimeOf(pagetest.Noon.Add(-ago)) }

func num(v float64) *float64 { return &v }

// province fills a console with what a centre knows.
func province(t testing.TB, d *pagetest.Desk) {
	tell := func(ago time.Duration, b world.Body) { d.TellAt(t, pagetest.Noon.Add(-ago), b) }
	tell(time.Hour, world.AreaDefined{ID: "vn/dn", Name: "Đà Nẵng", Level: "province"})
	tell(time.Hour, world.AreaDefined{ID: "vn/dn/dx", Name: "Xã Duy Xuyên", Level: "commune", Parent: "vn/dn"})
	tell(time.Hour, world.StationDefined{ID: "cau-lau", Name: "Cầu Câu Lâu", What: world.StationLevel, Pos: geo.Point{108.28, 15.86}, Area: "vn/dn/dx"})
	tell(2*time.Minute, world.Reading{Station: "cau-lau", Quantity: "mực nước", Value: 4.12, Unit: "m"})
	for i, c := range []struct {
		name  string
		state world.CameraState
		pos   geo.Point
	}{
		{"Cầu Câu Lâu", world.CameraLive, geo.Point{108.279, 15.8601}},
		{"Phố An Hội", world.CameraFrozen, geo.Point{108.2805, 15.861}},
		{"Cổng KCN Điện Nam", world.CameraRefused, geo.Point{108.20, 15.92}},
		{"Bến cá Cửa Đại", world.CameraSilent, geo.Point{108.39, 15.88}},
	} {
		id := fmt.Sprintf("cam-%d", i+1)
		tell(time.Hour, world.CameraDefined{ID: id, Name: c.name, Pos: c.pos, Heading: world.NotAvailable, Reach: 3000, Area: "vn/dn/dx", PTZ: i == 0, Presets: []string{"Cầu", "Bến"}, Replay: 600})
		tell(time.Duration(14+i)*time.Minute, world.CameraHealth{Camera: id, State: c.state, Since: at(time.Duration(14+i) * time.Minute), FPS: 25, Kbps: 2048, Codec: "h264", Width: 1920, Height: 1080})
	}
	for i := range 40 {
		mmsi := fmt.Sprintf("5740%05d", i*37)
		category := []world.VesselCategory{world.VesselFishing, world.VesselCargo, world.VesselPassenger, world.VesselPublic}[i%4]
		tell(time.Hour, world.VesselStatic{MMSI: mmsi, Name: &world.VesselName{Name: fmt.Sprintf("QNA-9%04d-TS", i*53)}, Particulars: &world.VesselParticulars{Category: category}, Voyage: &world.VesselVoyage{Destination: "ĐÀ NẴNG"}})
		tell(time.Duration(i*7)*time.Second, world.VesselPosition{MMSI: mmsi, Pos: geo.Point{108.5 + float64(i)/100, 15.9}, Speed: float64(i) / 3, Course: float64(i * 9), Area: "vn/dn"})
	}
	tell(3*time.Hour, world.ReportOpened{ID: "PA-2026-11-00631", Service: "environment", Pos: geo.Point{108.3, 15.8}, Placed: true, Area: "vn/dn/dx", Channel: "zalo", Due: at(12 * time.Minute), Subject: "x"})
	tell(12*time.Minute, world.ReportOverdue{ID: "PA-2026-11-00631", Due: at(12 * time.Minute)})
	tell(time.Hour, world.FigureDefined{ID: "on-time", Name: "Phản ánh giải quyết đúng hạn", Unit: "%", Decimals: 1, Target: num(90), OwnerName: "Trung tâm 1022"})
	tell(time.Hour, world.FigureReported{Figure: "on-time", Period: "2026-11", Label: "11/2026", Value: num(67.2), Num: num(324), Den: num(482)})
	raise := func(id string, s world.Severity, ago time.Duration, title string, about world.Ref) {
		tell(ago, world.AlertRaised{
			ID: id, Rule: "lu-cau-lau", Called: "Lũ BĐ3", Severity: s, Title: title, Since: at(ago), About: about, Area: "vn/dn/dx", Value: num(4.12), Unit: "m", Limit: num(4), Where: "Sông Thu Bồn", Text: "Mực nước trên báo động 3 trong 10 phút",
			Instruction: "Báo xã Duy Xuyên, phường Hội An\nPhát tin cảnh báo cấp 2 ra dân\nTheo dõi di dời 214 hộ",
		})
	}
	raise("CB-0412", world.Critical, 11*time.Minute, "Lũ sông Thu Bồn tại Câu Lâu 4,12 m, trên báo động 3 (4,00 m) 0,12 m", "station/cau-lau")
	raise("CB-0413", world.Severe, 10*time.Minute, "Mất tín hiệu QNa-90123-TS, 6 giờ 10 phút", "vessel/574000000")
	raise("CB-0411", world.Warning, time.Hour, "12 camera tối, nguyên nhân SW-TK-03", "camera/cam-4")
	raise("CB-0400", world.Warning, 5*time.Hour, "Trạm KK-07 im 3 giờ", "")
	tell(time.Hour, world.AlertResolved{ID: "CB-0400", Reason: "số liệu có lại"})
	tell(9*time.Minute, world.AlertAcknowledged{ID: "CB-0412", By: "mai", Name: "Trần Thị Mai"})
	tell(time.Minute, world.SourceHealth{Source: "zalo", What: "http", State: world.SourceRetrying, Reason: "HTTP 502", Since: at(26 * time.Minute), Accepted: 1234})
	tell(time.Minute, world.NodeLinked{Node: "pc-01", Up: true})
	tell(time.Minute, world.NodeLinked{Node: "pc-02", Reason: "silent"})
	d.Who = page.Person{Name: "Trần Thị Mai", Role: "operator", Rights: []string{"feed.read", "wall.read", "alert.acknowledge", "popup.open", "clip.save", "camera.control", "scene.show"}}
}

// past is what the server tells of an alert.
func past(t testing.TB) []byte {
	entry := func(ago time.Duration, b world.Body) map[string]any {
		return map[string]any{"seq": 1000 - int(ago.Seconds()), "at": at(ago), "seen": at(ago), "source": "rules", "kind": b.Kind(), "body": b}
	}
	raw, err := json.Marshal(map[string]any{"entries": []any{
		entry(2*time.Minute, world.AlertUpdated{ID: "CB-0412", Severity: world.Critical, Title: "Lũ sông Thu Bồn tại Câu Lâu 4,12 m"}),
		entry(6*time.Minute, world.ClipSaved{ID: "c", Camera: "cam-1", Bytes: 14_200_000}),
		entry(9*time.Minute, world.AlertAcknowledged{ID: "CB-0412", Name: "Trần Thị Mai"}),
		entry(10*time.Minute, world.PopupPlaced{ID: "p", Zone: "10–12"}),
		entry(11*time.Minute, world.PopupAsked{ID: "p", Title: "Lũ Câu Lâu", Why: "Lũ BĐ3"}),
		entry(11*time.Minute+time.Second, world.AlertRaised{ID: "CB-0412", Rule: "Lũ BĐ3", Severity: world.Critical, Title: "Lũ sông Thu Bồn tại Câu Lâu"}),
	}, "from": 0})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// tellPast answers the question for the history as the server would.
func (p *Page) tellPast(t testing.TB, raw []byte) {
	t.Helper()
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	p.record.reading = false
	p.record.answered(&a, nil)
	p.Refresh(pagetest.Noon)
}

// TestPictures paints lists and things as people see them.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              int
		link              page.Link
	}{
		{"alerts", "vi", "dark", 1, 1600, 860, page.Link{}},
		{"vessels", "en", "light", 1, 1366, 660, page.Link{}},
		{"cameras", "vi", "light", 1.5, 1600, 860, page.Link{}},
		{"alert", "vi", "dark", 1, 1800, 960, page.Link{Kind: "alert", ID: "CB-0412"}},
		{"alert-en", "en", "light", 1, 1366, 660, page.Link{Kind: "alert", ID: "CB-0413"}},
		{"alert-large", "vi", "dark", 1.5, 1800, 960, page.Link{Kind: "alert", ID: "CB-0412"}},
		{"camera", "vi", "dark", 1, 1600, 860, page.Link{Kind: "camera", ID: "cam-1"}},
		{"camera-least", "vi", "dark", 1.5, 1000, 640, page.Link{Kind: "camera", ID: "cam-1"}},
		{"vessel", "vi", "light", 1, 1600, 860, page.Link{Kind: "vessel", ID: "574000000"}},
		{"figure", "vi", "dark", 1, 1366, 660, page.Link{Kind: "figure", ID: "on-time"}},
		{"source", "vi", "dark", 1, 1366, 660, page.Link{Kind: "source", ID: "zalo"}},
		{"gone", "vi", "dark", 1, 1000, 660, page.Link{Kind: "station", ID: "weg"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := pagetest.New(t, c.lang, c.theme, c.text)
			province(t, d)
			p := New(d).(*Page)
			defer p.Close()
			switch {
			case c.link.Kind != "":
				if !p.Open(c.link) {
					t.Fatal("not opened")
				}
				d.Shot(t, p, "records-"+c.name, c.w, c.h)
				p.tellPast(t, past(t))
			default:
				p.choose(strings.TrimSuffix(c.name, "s"))
				p.Refresh(d.Clock)
				p.Key(&fyne.KeyEvent{Name: fyne.KeyDown})
			}
			d.Shot(t, p, "records-"+c.name, c.w, c.h)
			for _, m := range d.Marks {
				if m.Size < 14*c.text-0.5 {
					t.Errorf("%q is %.0f px", m.Text, m.Size)
				}
				if m.Ink.Max.Y > m.Bounds.Max.Y && m.Row.Max.Y <= m.Bounds.Max.Y {
					t.Errorf("%q leaves its row", m.Text)
				}
				if strings.HasPrefix(m.Text, "[") {
					t.Errorf("a text is missing: %s", m.Text)
				}
			}
		})
	}
}

// TestEveryButtonIsSeen: what can be done has the room it needs in every window and at
// every size of text; in the smallest window with the largest text it may scroll.
func TestEveryButtonIsSeen(t *testing.T) {
	for _, ref := range []page.Link{{Kind: "camera", ID: "cam-1"}, {Kind: "alert", ID: "CB-0412"}, {Kind: "vessel", ID: "574000000"}, {Kind: "figure", ID: "on-time"}} {
		for _, size := range []fyne.Size{{Width: 1366, Height: 640}, {Width: 1000, Height: 640}, {Width: 1366, Height: 684}, {Width: 1920, Height: 996}} {
			for _, text := range []float64{1, 1.5} {
				d := pagetest.New(t, "en", "light", text)
				province(t, d)
				p := New(d).(*Page)
				if !p.Open(ref) {
					t.Fatal("not opened")
				}
				test.NewTempWindow(t, p.Object()).Resize(size)
				p.Object().Resize(size)
				p.Refresh(d.Clock)
				view, box := p.record.tools.view, p.record.tools.box
				if end := view.Position().Y + view.Size().Height; end > size.Height {
					t.Errorf("%v at %v, text %v: the buttons' panel ends at %v", ref, size, text, end)
				}
				if box.Size().Height > view.Size().Height && (text == 1 || size.Width > 1000) {
					t.Errorf("%v at %v, text %v: the buttons scroll", ref, size, text)
				}
				for _, b := range p.record.tools.buttons {
					if end := b.Position().Y + b.Size().Height; end > box.Size().Height {
						t.Errorf("%v at %v, text %v: %q ends at %v of %v", ref, size, text, b.Text, end, box.Size().Height)
					}
				}
				p.Close()
			}
		}
	}
}

// open makes the page of one thing.
func open(t *testing.T, kind, id string) (*pagetest.Desk, *Page) {
	t.Helper()
	d := pagetest.New(t, "vi", "dark", 1)
	province(t, d)
	p := New(d).(*Page)
	if !p.Open(page.Link{Kind: kind, ID: id}) {
		t.Fatalf("%s/%s is not opened", kind, id)
	}
	win := test.NewTempWindow(t, p.Object())
	win.Resize(fyne.NewSize(1600, 900))
	p.Refresh(d.Clock)
	t.Cleanup(p.Close)
	return d, p
}

// TestEveryList can be chosen, opened by Enter, and shows the right number.
func TestEveryList(t *testing.T) {
	d := pagetest.New(t, "vi", "dark", 1)
	province(t, d)
	p := New(d).(*Page)
	defer p.Close()
	win := test.NewTempWindow(t, p.Object())
	win.Resize(fyne.NewSize(1400, 800))
	for _, k := range kinds() {
		if !p.offered(k.id) {
			t.Errorf("%s is not offered", k.id)
			continue
		}
		p.choose(k.id)
		p.Refresh(d.Clock)
		shown, all := p.table().list.Count()
		if want := d.World.Count(k.id); shown != want || all != want {
			t.Errorf("%s: shows %d of %d, the state has %d", k.id, shown, all, want)
		}
		if shown == 0 {
			continue
		}
		d.Opened = nil
		p.Key(&fyne.KeyEvent{Name: fyne.KeyDown})
		p.Key(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if len(d.Opened) != 1 || d.Opened[0].Kind != k.id {
			t.Errorf("%s: Enter opened %v", k.id, d.Opened)
		}
	}
	p.choose(world.KindAlert)
	p.Key(&fyne.KeyEvent{Name: fyne.KeyRight})
	if p.kind != world.KindCamera {
		t.Errorf("right of the alerts is %s", p.kind)
	}
	if d.Who.Rights = []string{"feed.read"}; p.offered(world.KindNode) || p.Open(page.Link{Kind: world.KindNode, ID: "pc-01"}) {
		t.Error("computers are offered without the right to the wall")
	}
}

// TestAlertPage plays an operator who opens an alert and takes it.
func TestAlertPage(t *testing.T) {
	d, p := open(t, "alert", "CB-0413")
	if len(d.Called) != 1 || d.Called[0].Path != "/api/history?id=CB-0413&kind=alert&limit=200" {
		t.Fatalf("asked %+v", d.Called)
	}
	if got := p.Title(); got != "Cảnh báo CB-0413" {
		t.Errorf("title %q", got)
	}
	if !p.Rune('x') || len(d.Sent) != 1 || d.Sent[0] != (act.AcknowledgeAlert{Alert: "CB-0413"}) {
		t.Fatalf("X sent %v", d.Sent)
	}
	d.Tell(t, world.AlertAcknowledged{ID: "CB-0413", Name: "Mai"})
	p.Refresh(d.Clock)
	if p.Rune('x') || slices.ContainsFunc(p.Keys(), func(k page.Key) bool { return k.Keys == "X" }) {
		t.Error("a taken alert can be taken")
	}
	p.Rune('c')
	if !slices.Equal(d.Copied, []string{"iocwall://alert/CB-0413"}) {
		t.Errorf("copied %v", d.Copied)
	}
	p.Rune('m')
	if n := len(d.Opened); n != 1 || d.Opened[0] != (page.Link{Kind: "map", ID: "alert/CB-0413"}) {
		t.Errorf("opened %v", d.Opened)
	}
	p.Key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if d.Backs != 1 || p.record != nil || !p.table().list.Object().Visible() {
		t.Error("Esc does not go back to the list")
	}
}

// TestKeyboardOfAThing: the page of a thing that was opened from a list has the keys,
// not the hidden list, and the list gets them back.
func TestKeyboardOfAThing(t *testing.T) {
	_, p := open(t, "page", "records")
	c := fyne.CurrentApp().Driver().CanvasForObject(p.Object())
	p.table().list.Focus()
	if c.Focused() == nil {
		t.Fatal("the list does not take the keyboard")
	}
	p.Open(page.Link{Kind: "camera", ID: "cam-1"})
	if o := c.Focused(); o != nil {
		t.Errorf("%T has the keyboard under the page of a thing", o)
	}
	if title := p.Title(); strings.Contains(title, "cam-1") {
		t.Errorf("title %q names an id", title)
	}
	p.Key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.record != nil || c.Focused() == nil {
		t.Errorf("after Esc: thing %v, keyboard at %v", p.record, c.Focused())
	}
}

// TestLiveParts: the map, the picture and what stands beside them are on the boards
// and end with the page.
func TestLiveParts(t *testing.T) {
	for _, c := range []struct {
		kind, id, live string
		sides          int
	}{
		{"alert", "CB-0412", "map", 2},
		{"camera", "cam-1", "camera", 1},
		{"vessel", "574000000", "map", 0},
		{"station", "cau-lau", "map", 2},
		{"figure", "on-time", "figure", 0},
	} {
		d, p := open(t, c.kind, c.id)
		live, sides := d.Boards[len(d.Boards)-2], d.Boards[len(d.Boards)-1]
		if len(live.Spots) != 1 || live.Spots[0].Tile.Kind != c.live || live.Spots[0].Rect.Empty() || len(sides.Spots) != c.sides {
			t.Errorf("%s: live %+v, beside it %+v", c.kind, live.Spots, sides.Spots)
		}
		p.Shown(false)
		if live.Visible {
			t.Errorf("%s: what nobody sees goes on", c.kind)
		}
		p.leave()
		if !live.Closed || !sides.Closed {
			t.Errorf("%s: what was live did not end", c.kind)
		}
	}
}

// TestPastInWords: what happened is told in sentences.
func TestPastInWords(t *testing.T) {
	_, p := open(t, "alert", "CB-0412")
	p.tellPast(t, past(t))
	var got []string
	for i := range p.record.events.Len() {
		e := p.record.events.At(i)
		got = append(got, strings.TrimSuffix(e.Text+" · "+e.Sub, " · "))
	}
	want := []string{
		"Số mới, mức Khẩn cấp · Lũ sông Thu Bồn tại Câu Lâu 4,12 m", "Đã lưu hình Cầu Câu Lâu, 14,2 MB", "Trần Thị Mai nhận",
		"Hiện ở vùng 10–12", "Lũ BĐ3 bật lên tường · Lũ Câu Lâu", "Quy tắc “Lũ BĐ3” mở cảnh báo, mức Khẩn cấp · Lũ sông Thu Bồn tại Câu Lâu",
	}
	if !slices.Equal(got, want) {
		t.Errorf("says %q", got)
	}
}

// TestEveryPastHasWords: no event that the server tells is shown by its code.
func TestEveryPastHasWords(t *testing.T) {
	d, p := open(t, "alert", "CB-0412")
	for _, b := range []world.Body{
		world.AlertRaised{Severity: world.Severe},
		world.AlertUpdated{Severity: world.Notice},
		world.AlertAcknowledged{Name: "M"},
		world.AlertResolved{},
		world.CameraDefined{Name: "x"},
		world.CameraHealth{State: world.CameraSilent},
		world.CameraControlled{Name: "M"},
		world.CameraControlled{Name: "M", Preset: "p"},
		world.ClipAsked{},
		world.ClipSaved{},
		world.ClipFailed{},
		world.PopupAsked{},
		world.PopupPlaced{},
		world.PopupPlaced{Zone: "z"},
		world.PopupClosed{},
		world.SceneSaved{},
		world.SceneShown{},
		world.NodeEnrolled{},
		world.NodeLinked{},
		world.NodeLinked{Up: true},
		world.NodeReported{},
		world.NodeReported{Problems: []string{"x"}},
		world.SourceHealth{State: world.SourceFailed},
		world.VesselPosition{Speed: 7, Course: 90},
		world.VesselPosition{},
		world.VesselStatic{},
		world.FenceCrossed{State: world.FenceNear},
		world.FenceCrossed{State: world.FenceEntering},
		world.FenceCrossed{State: world.FenceInside},
		world.FenceCrossed{State: world.FenceLeft},
		world.FenceSaved{},
		world.StationDefined{},
		world.Reading{Quantity: "aqi", Value: 12},
		world.ReportOpened{},
		world.ReportChanged{State: world.ReportDone},
		world.ReportOverdue{},
		world.FigureDefined{},
		world.FigureReported{Figure: "on-time", Value: num(3)},
		world.EntityStale{Limit: 60000},
		world.EntityGone{},
	} {
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		e := told.Entry{Kind: b.Kind(), Body: raw}
		told.Phrase(p.env.Lang, d.World, &e, p.record.ref)
		if e.Text == b.Kind() || e.Text == "" || strings.Contains(e.Text+e.Sub, "[") || e.Icon == "" || len(d.Env().Kit.Icons.SVG(e.Icon, d.Env().Kit.Theme.T1, d.Env().Kit.Theme.T1, d.Env().Kit.Theme.T1)) == 0 {
			t.Errorf("%T: %q %q with icon %q", b, e.Text, e.Sub, e.Icon)
		}
	}
}

// TestRefusals: an answer that is a no is said in words in the place of rows.
func TestRefusals(t *testing.T) {
	_, p := open(t, "alert", "CB-0412")
	p.record.answered(&answer{}, &page.Refusal{Status: 403, Text: "no right"})
	p.record.answered(&answer{}, &page.Refusal{Status: 500, Text: "the disk is full"})
	p.tellPast(t, past(t))
	if p.record.events.Len() != 6 {
		t.Error("after a refusal nothing comes any more")
	}
}
