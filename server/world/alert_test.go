package world

import (
	"testing"

	"iocwall/server/world/canon"
)

// TestAlertsOfBefore: an alert written before alerts carried what people read beside
// their words is read as it was, and its rule goes by its id.
func TestAlertsOfBefore(t *testing.T) {
	type raised struct {
		ID       string   `cbor:"1,keyasint"`
		Rule     string   `cbor:"2,keyasint"`
		Severity Severity `cbor:"3,keyasint"`
		Title    string   `cbor:"4,keyasint"`
		Value    *float64 `cbor:"12,keyasint,omitempty"`
	}
	v := 4.12
	raw, err := canon.Append(nil, raised{"lu-1", "lu-cau-lau", Critical, "Lũ Câu Lâu", &v})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bodyKinds["alert.raised"].fromCBOR(raw)
	if err != nil {
		t.Fatal(err)
	}
	a, ok := b.(AlertRaised)
	if !ok || a.ID != "lu-1" || *a.Value != v || a.Limit != nil || a.Unit+a.Where != "" || a.RuleName() != "lu-cau-lau" {
		t.Errorf("%+v", b)
	}
	if a.Called = "Lũ sông Thu Bồn"; (Alert{AlertRaised: a}).RuleName() != a.Called {
		t.Error("the rule has a name and goes by its id")
	}
}

// TestAlertUpdateKeepsWhatItDoesNotSay: an update of before, which says neither unit
// nor limit nor place, takes none of them away.
func TestAlertUpdateKeepsWhatItDoesNotSay(t *testing.T) {
	s := New(1)
	limit, next := 2.0, 3.0
	apply(t, s, AlertRaised{ID: "a", Unit: "m", Limit: &limit, Where: "Câu Lâu"}, AlertUpdated{ID: "a", Severity: Severe})
	if a, _ := s.Alert("a"); a.Severity != Severe || a.Unit != "m" || a.Limit == nil || a.Where != "Câu Lâu" {
		t.Errorf("%+v", a)
	}
	apply(t, s, AlertUpdated{ID: "a", Severity: Critical, Unit: "cm", Limit: &next, Where: "Giao Thuỷ"})
	if a, _ := s.Alert("a"); a.Unit != "cm" || *a.Limit != next || a.Where != "Giao Thuỷ" {
		t.Errorf("%+v", a)
	}
}
