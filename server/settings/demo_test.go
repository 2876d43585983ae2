package settings

import (
	"bytes"
	"testing"

	"github.com/goccy/go-yaml"

	"iocwall/assets"
	"iocwall/server/world"
)

// demoDomains is a state with the domains and the indicators of the demonstration.
func demoDomains(t *testing.T) (*world.State, *Config) {
	t.Helper()
	c := demoProvince(t)
	st := world.New(1)
	d := definer{state: st}
	d.domains(c)
	set, problems := c.AreaSet()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d.figures(c, set)
	for i, o := range d.out {
		if _, err := st.Apply(world.Event{Seq: uint64(i + 1), Source: "test", Observation: o}); err != nil {
			t.Fatal(err)
		}
	}
	return st, c
}

// TestAlertsDomain holds which domain the alerts of each rule of the demonstration
// belong to: floods, water and air to the environment, not to land alone; what is
// about the centre's own technique to none. A rule that the table does not name, or
// that nobody wrote, is a fault of the table.
func TestAlertsDomain(t *testing.T) {
	st, _ := demoDomains(t)
	want := map[string]struct{ about, domain string }{
		"lu-cau-lau":              {"station/cau-lau", "environment"},
		"lu-ai-nghia":             {"station/ai-nghia", "environment"},
		"nuoc-xau":                {"station/nuoc-1", "environment"},
		"khong-khi-xau":           {"station/khi-1", "environment"},
		"tram-im":                 {"station/x", "environment"},
		"tau-mat-tin-hieu":        {"vessel/574000001", "order"},
		"tau-vao-vung":            {"vessel/574000001", "order"},
		"camera-toi":              {"camera/cang-ky-ha", "order"},
		"phan-anh-qua-han":        {"", "reports"},
		"chi-tieu-khong-tin-duoc": {"figure/thu-ngan-sach", "economy"},
		"nguon-loi":               {"source/ais-ky-ha", ""},
		"nguon-bi-tu-choi-nhieu":  {"source/ais-ky-ha", ""},
	}
	var file struct {
		Rules []struct{ ID string }
	}
	if err := yaml.NewDecoder(bytes.NewReader(assets.DemoRules())).Decode(&file); err != nil {
		t.Fatal(err)
	}
	if len(file.Rules) != len(want) {
		t.Errorf("%d rules, the table has %d", len(file.Rules), len(want))
	}
	for _, r := range file.Rules {
		w, known := want[r.ID]
		if got := st.DomainOf(world.Alert{AlertRaised: world.AlertRaised{Rule: r.ID, About: world.Ref(w.about)}}); got != w.domain || !known {
			t.Errorf("%s (%s) belongs to %q, want %q", r.ID, w.about, got, w.domain)
		}
	}
	// A rule that no domain claims goes where things of its kind usually do.
	for about, domain := range map[string]string{"station/x": "environment", "camera/x": "order", "report/x": "reports", "node/pc-03": "", "figure/giuong-benh": "health", "figure/nothing": ""} {
		if got := st.DomainOf(world.Alert{AlertRaised: world.AlertRaised{Rule: "new", About: world.Ref(about)}}); got != domain {
			t.Errorf("an alert about %s belongs to %q, want %q", about, got, domain)
		}
	}
}

// TestDemoSpeaksEnglish holds that whatever the model can say in both languages the
// demonstration does, and that no indicator is a bare number.
func TestDemoSpeaksEnglish(t *testing.T) {
	st, _ := demoDomains(t)
	for _, d := range st.Domains() {
		if d.NameEn == "" {
			t.Errorf("domain %s has no English name", d.ID)
		}
	}
	for _, f := range st.Figures() {
		if f.NameEn == "" {
			t.Errorf("figure %s has no English name", f.ID)
		}
		if f.Unit != "%" && f.Unit != "" && f.UnitEn == "" && f.Unit != "m³" {
			t.Errorf("figure %s has no English unit for %q", f.ID, f.Unit)
		}
		if (f.Unit == "" || f.Unit == "%") && (f.Counts == "" || f.CountsEn == "") {
			t.Errorf("figure %s does not say what it counts", f.ID)
		}
	}
}
