package find

import (
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

// desk is a desk of which only the state is there.
type desk struct {
	page.Desk
	state *world.State
	jobs  []func()
}

func (d *desk) State() *world.State                { return d.state }
func (d *desk) Version() uint64                    { return d.state.At().Seq }
func (d *desk) Now() time.Time                     { return noon }
func (d *desk) ServerTime(now time.Time) time.Time { return now }
func (d *desk) Memory() page.Memory                { return nothing{} }
func (d *desk) Poke()                              {}
func (d *desk) Send(act.Command) error             { return nil }

func (d *desk) Wall() (world.Wall, world.Scene, bool, bool) {
	w, ok := d.state.Wall("main")
	return w, world.Scene{}, ok, false
}

func (d *desk) Job(f func(stop <-chan struct{}) func()) {
	d.jobs = append(d.jobs, func() {
		if after := f(make(chan struct{})); after != nil {
			after()
		}
	})
}

type nothing struct{}

func (nothing) Get(string, any) bool { return false }
func (nothing) Set(string, any)      {}

func (d *desk) apply(t *testing.T, at time.Time, bodies ...world.Body) {
	t.Helper()
	for _, b := range bodies {
		e := world.Event{Seq: d.state.At().Seq + 1, Seen: world.TimeOf(at), Source: "test", Observation: world.Observation{Time: world.TimeOf(at), Body: b}}
		if _, err := d.state.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
}

func newSearch(t *testing.T) (*Search, *desk) {
	t.Helper()
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	k := &paint.Kit{Theme: look.Dark()}
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		t.Fatal(err)
	}
	d := &desk{state: world.New(1)}
	return New(Host{
		Desk: d, Env: &tile.Env{Kit: k, Lang: l, Density: 1}, Text: 1, Kinds: func() []page.Kind {
			return []page.Kind{{ID: "cameras", Title: "shell.kind.camera", Links: []string{"camera"}}}
		},
		TabKey: func(int) string { return "" }, KindName: func(kind string) string { return l.T("shell.kind." + kind) },
		Open: func(page.Link) bool { return true }, Drop: func() {},
	}), d
}

// TestDescribe: what is found says how it is: on a plate where that is wrong, in
// words where it is well, and where it is.
func TestDescribe(t *testing.T) {
	f, d := newSearch(t)
	d.apply(t, noon,
		world.AreaDefined{ID: "q", Name: "Quảng Nam", Level: "province"}, world.AreaDefined{ID: "tk", Name: "Tam Kỳ", Level: "commune", Parent: "q"},
		world.CameraDefined{ID: "live", Name: "Cầu", Area: "tk"}, world.CameraHealth{Camera: "live", State: world.CameraLive},
		world.CameraDefined{ID: "dark", Name: "Chợ", Area: "tk"}, world.CameraHealth{Camera: "dark", State: world.CameraSilent},
		world.CameraDefined{ID: "still", Name: "Cảng"}, world.CameraHealth{Camera: "still", State: world.CameraFrozen},
		world.AlertRaised{ID: "c", Severity: world.Critical, Title: "Lũ", Since: world.TimeOf(noon), Area: "tk"},
		world.NodeEnrolled{Node: "pc-01"}, world.NodeLinked{Node: "pc-01", Up: true},
		world.NodeEnrolled{Node: "pc-02"}, world.NodeLinked{Node: "pc-02", Reason: "silent"},
		world.VesselStatic{MMSI: "574000002", Name: &world.VesselName{Name: "HOÀNG SA"}, Particulars: &world.VesselParticulars{Category: world.VesselFishing}},
	)
	d.apply(t, noon.Add(-2*time.Minute), world.VesselPosition{MMSI: "574000001", Pos: geo.Point{108.9, 15.5}})
	for _, c := range []struct {
		kind, id     string
		state, where string
		plate        paint.PlateKind
	}{
		{"camera", "live", "có hình", "Tam Kỳ", ""},
		{"camera", "dark", "Mất tín hiệu", "Tam Kỳ", paint.PlateOffline},
		{"camera", "still", "Đứng hình", "", paint.PlateStale},
		{"alert", "c", "Khẩn cấp", "Tam Kỳ · chưa ai nhận", paint.PlateCritical},
		{"node", "pc-01", "đang chạy", "", ""},
		{"node", "pc-02", "Mất từ 09:42", "", paint.PlateOffline},
		{"area", "tk", "", "Quảng Nam", ""},
		{"vessel", "574000001", "2 phút trước", "", ""},
		{"vessel", "574000002", "chưa có vị trí", "", ""},
		{"camera", "none", "không còn", "", paint.PlateOutline},
	} {
		got := f.describe(page.Link{Kind: c.kind, ID: c.id})
		if got.state != c.state || got.where != c.where || got.plate != c.plate || got.icon == "" || got.kind == "" {
			t.Errorf("%s %s: %+v, want %+v", c.kind, c.id, got, c)
		}
	}
}

// TestIndexFollowsManyChanges: few changes are made in the index at hand, many in a
// new one beside the toolkit; in both, old names find nothing.
func TestIndexFollowsManyChanges(t *testing.T) {
	f, d := newSearch(t)
	work := func() {
		for range 100 {
			f.names.refresh(noon, true)
			for _, j := range d.jobs {
				j()
			}
			d.jobs = nil
			f.names.scanned = time.Time{}
		}
	}
	cameras := func(n int, name string) {
		for i := range n {
			d.apply(t, noon, world.CameraDefined{ID: string(rune('a'+i%26)) + string(rune('a'+i/26)), Name: name})
		}
	}
	cameras(600, "Cầu Câu Lâu")
	work()
	first := f.names.index
	if first == nil || first.Len() != 601 {
		t.Fatalf("index %v", first)
	}
	cameras(20, "Cảng Kỳ Hà")
	work()
	if f.names.index != first || len(first.Search("ky ha", 30)) != 20 || len(first.Search("cau lau", 1000)) != 580 {
		t.Errorf("few changes: %d new, %d old, another index: %v", len(first.Search("ky ha", 30)), len(first.Search("cau lau", 1000)), f.names.index != first)
	}
	cameras(600, "Chợ Tam Kỳ")
	work()
	if f.names.index == first || len(f.names.index.Search("tam ky", 1000)) != 600 || len(f.names.index.Search("cau lau", 10)) != 0 {
		t.Errorf("many changes: another index %v, %d new", f.names.index != first, len(f.names.index.Search("tam ky", 1000)))
	}
	d.apply(t, noon, world.AreaDefined{ID: "tk", Name: "Tam Kỳ", Level: "commune"})
	work()
	f.look("tam ky")
	if got := len(f.Found()); got != searchMost || !f.more {
		t.Errorf("%d found, more: %v", got, f.more)
	}
	for _, name := range f.Found() {
		if name == "Tam Kỳ" {
			t.Error("a place is offered that no page opens")
		}
	}
	f.Close()
	if f.names.walk != nil {
		t.Error("a walk goes on after the end")
	}
}
