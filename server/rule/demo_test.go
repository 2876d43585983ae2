package rule_test

import (
	"os"
	"testing"
	"unicode/utf8"

	"iocwall/server/world"
)

// TestDemoRules plays one situation of each rule that is shipped, and holds
// that its alert line fits the wall: 60 characters.
func TestDemoRules(t *testing.T) {
	src, err := os.ReadFile("../../assets/rules/demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := newDriver(t, src)
	d.run(readSteps(t, "testdata/demo.yaml"), src, "")
	raised := map[string]int{}
	for _, o := range d.out {
		title := ""
		switch b := o.Body.(type) {
		case world.AlertRaised:
			raised[b.Rule]++
			title = b.Title
		case world.AlertUpdated:
			title = b.Title
		}
		if n := utf8.RuneCountInString(title); n > 60 {
			t.Errorf("%q has %d characters", title, n)
		}
	}
	for _, r := range d.set.Rules() {
		if raised[r.ID] == 0 {
			t.Errorf("rule %s was never raised", r.ID)
		}
	}
	if t.Failed() {
		t.Log(written(d.out))
	}
	for _, o := range d.out {
		b, ok := o.Body.(world.AlertRaised)
		switch {
		case !ok:
		case b.RuleName() == b.Rule:
			t.Errorf("the rule %s has no name for people", b.Rule)
		case b.Rule == "tau-vao-vung" && b.Where != "San hô Cù Lao Chàm (minh hoạ)":
			t.Errorf("the vessel's alert is at %q", b.Where)
		case b.Rule == "phan-anh-qua-han" && (b.Limit == nil || *b.Limit != 5):
			t.Errorf("the limit of %s is %v", b.Rule, b.Limit)
		}
	}
	for _, want := range []string{
		"Lũ Câu Lâu 4,12 m, trên BĐ3",
		"Tàu QNa-90123-TS không có vị trí từ 09:01",
		"Camera Tam Kỳ 3 từ chối đăng nhập từ 09:05",
		"Tàu QNa-91230-TS vào San hô Cù Lao Chàm (minh hoạ)",
		"6 phản ánh quá hạn xử lý",
		"Nguồn ais: 9,1 % bản tin bị từ chối",
	} {
		if !titled(d.out, want) {
			t.Errorf("no alert says %q\n%s", want, written(d.out))
		}
	}
}

func titled(obs []world.Observation, title string) bool {
	for _, o := range obs {
		if b, ok := o.Body.(world.AlertRaised); ok && b.Title == title {
			return true
		}
		if b, ok := o.Body.(world.AlertUpdated); ok && b.Title == title {
			return true
		}
	}
	return false
}
