package console

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/geo"
	"iocwall/server/world"
)

// found are the names in the list, in order.
func (s *stand) found() string { return strings.Join(s.c.find.Found(), "|") }

func ship(mmsi, name, registration string) []world.Body {
	return []world.Body{
		world.VesselStatic{MMSI: mmsi, Name: &world.VesselName{Name: name}, Particulars: &world.VesselParticulars{Category: world.VesselFishing, Registration: registration}},
		world.VesselPosition{MMSI: mmsi, Pos: geo.Point{108.9, 15.5}},
	}
}

// TestSearch: what has a name is found without accents, by number and registration;
// arrows and Enter open it, Ctrl+C copies its link, a link that is pasted opens.
func TestSearch(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	s.apply(ship("574012345", "HOÀNG SA 09", "QNa-90123-TS")...)
	s.tick(0)
	s.strike(fyne.KeyK, fyne.KeyModifierControl)
	if !s.c.find.IsOpen() || s.found() != "Bàn trực|Cảnh báo|Bản đồ" && !strings.HasPrefix(s.found(), "Bàn trực|Cảnh báo|") {
		t.Fatalf("offers %q", s.found())
	}
	for text, want := range map[string]string{
		"tam ky": "Tam Kỳ|Chợ Tam Kỳ|Trạm Tam Kỳ 2", "574012": "HOÀNG SA 09", "qna-901": "HOÀNG SA 09", "hoang sa": "HOÀNG SA 09",
		"mua lu": "Mưa lũ", "pc-03": "pc-03", "cau lau": "Cầu Câu Lâu", "zzz": "",
		"iocwall://camera/CAM-07": "Cầu Câu Lâu", "iocwall://vessel/999": "999",
	} {
		s.c.find.Ask(text)
		if s.found() != want {
			t.Errorf("%q finds %q, want %q", text, s.found(), want)
		}
	}
	s.c.find.Ask("")
	s.typed("tam ky")
	s.key(fyne.KeyDown)
	s.strike(fyne.KeyC, fyne.KeyModifierControl)
	if got := s.app.Clipboard().Content(); got != "iocwall://camera/CAM-12" {
		t.Errorf("copied %q", got)
	}
	s.key(fyne.KeyReturn)
	if s.c.find.IsOpen() || s.made["cameras"].link.ID != "CAM-12" {
		t.Errorf("opened %+v", s.c.Where())
	}
	s.c.openSearch()
	if !strings.HasPrefix(s.found(), "Chợ Tam Kỳ|Bàn trực") {
		t.Errorf("what was opened last does not come first: %q", s.found())
	}
	s.key(fyne.KeyEscape)
	if s.c.find.IsOpen() || s.c.sheet != nil {
		t.Error("Escape does not close the search")
	}
}

// TestSearchBeforeThereIsAState: what was opened last is not offered before anybody
// knows what there is, and a key that turns the page shows it.
func TestSearchBeforeThereIsAState(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.c.base.Memory().Set("search", []map[string]string{{"kind": "camera", "id": "CAM-12", "name": "Chợ Tam Kỳ"}})
	s.strike(fyne.KeyK, fyne.KeyModifierControl)
	if !s.c.find.IsOpen() || strings.Contains(s.found(), "Tam Kỳ") || s.c.holder.Visible() {
		t.Fatalf("offers %q", s.found())
	}
	s.c.openTab(1)
	if s.c.find.IsOpen() || !s.c.holder.Visible() || !s.made["alerts"].shown {
		t.Error("the page that was turned to is hidden")
	}
}

// TestSearchFollows: a new name is found soon, an old one not any more; a restyled
// console finds pages by their new names.
func TestSearchFollows(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	s.tick(0)
	s.c.openSearch()
	s.apply(world.CameraDefined{ID: "CAM-07", Name: "Cầu Kỳ Phú 2"})
	s.c.find.Ask("ky phu")
	if s.found() != "" {
		t.Fatal("found before it was looked for")
	}
	s.tick(11 * time.Second)
	s.tick(time.Second)
	s.c.find.Ask("ky phu")
	if s.found() != "Cầu Kỳ Phú 2" {
		t.Errorf("found %q", s.found())
	}
	s.c.find.Ask("cau lau")
	if s.found() != "" {
		t.Errorf("the old name finds %q", s.found())
	}
	s.c.drop()
	s.c.o.OnLook(Look{"en", "dark", 1})
	s.tick(time.Second)
	s.c.openSearch()
	s.c.find.Ask(s.c.env.Lang.T("operator.title"))
	if s.found() != s.c.env.Lang.T("operator.title") {
		t.Errorf("found %q", s.found())
	}
}

// many is a state of so many vessels.
func many(t testing.TB, f *client, n int) {
	family := []string{"HOÀNG SA", "TAM KỲ", "BIỂN ĐÔNG", "CỬA ĐẠI", "AN HẢI", "NÚI THÀNH", "THUẬN AN", "QUẢNG NAM"}
	for i := range n {
		mmsi := fmt.Sprint(574000000 + i)
		f.apply(ship(mmsi, fmt.Sprintf("%s %02d", family[i%len(family)], i%97), fmt.Sprintf("QNa-%05d-TS", i))...)
	}
}

// BenchmarkSearchKey is what one key costs in the search over 50,000 things: the
// question, the words of the rows and their painting.
func BenchmarkSearchKey(b *testing.B) {
	s := newStand(b, 1920, 1080, plain)
	s.apply(wall27()...)
	state := s.client
	quick := &client{t: b, now: noon, look: plain, state: state.state, seq: state.seq}
	many(b, quick, 50000)
	state.version++
	s.settle()
	s.c.openSearch()
	for _, q := range []string{"t", "ta", "tam ky", "5", "574012", "qna 901", "zzz"} {
		b.Run(q, func(b *testing.B) {
			before := used(b)
			for b.Loop() {
				s.c.find.Ask(q)
				paintAll(s.c.sheet)
				q += " " // another question with the same answer: it is painted again
			}
			b.ReportMetric(float64((used(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// BenchmarkSearchScan is the longest that looking at all names anew keeps the window
// busy at a time.
func BenchmarkSearchScan(b *testing.B) {
	s := newStand(b, 1920, 1080, plain)
	s.apply(wall27()...)
	quick := &client{t: b, now: noon, look: plain, state: s.state, seq: s.seq}
	many(b, quick, 50000)
	s.version++
	s.settle()
	s.c.openSearch()
	var longest time.Duration
	for b.Loop() {
		s.version++
		s.now = s.now.Add(11 * time.Second)
		for begun := false; !begun || !s.c.find.Ready(); begun = true {
			before := used(b)
			s.c.Refresh(s.now)
			longest = max(longest, used(b)-before)
		}
	}
	b.ReportMetric(float64(longest.Microseconds()), "cpu-µs-longest")
}

// BenchmarkRefresh is what the window itself costs at each change of the data, ten
// times a second at most: the page's own part apart.
func BenchmarkRefresh(b *testing.B) {
	s := newStand(b, 1920, 1080, plain)
	s.apply(wall27()...)
	for i := range 200 {
		s.apply(alert(fmt.Sprint("a", i), world.Warning, "Trạm im", noon))
	}
	quick := &client{t: b, now: noon, look: plain, state: s.state, seq: s.seq}
	many(b, quick, 20000)
	s.settle()
	before := used(b)
	for b.Loop() {
		s.version++
		s.now = s.now.Add(100 * time.Millisecond)
		s.c.Refresh(s.now)
	}
	b.ReportMetric(float64((used(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// used is the processor's time that this program took until now: a busy computer
// makes waiting longer, not this.
func used(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
