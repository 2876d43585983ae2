package list

import (
	"slices"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// TestVietnameseOrder sorts as dictionaries do, composed letters or not.
func TestVietnameseOrder(t *testing.T) {
	want := []string{
		"", "#1", "2 camera", "10 camera", "ba", "bà", "bả", "bã", "bá", "bạ", "bà con", "Băng", "bân", "Cam 2", "cam 10", "Đà Nẵng", "đan", "Điện Bàn",
		"em", "êm", "ho", "hô", "hộ", "hơ", "tu", "tư", "xa",
	}
	for _, form := range []norm.Form{norm.NFC, norm.NFD} {
		got := slices.Clone(want)
		slices.Reverse(got)
		for i, s := range got {
			got[i] = form.String(s)
		}
		slices.SortStableFunc(got, func(a, b string) int {
			switch x, y := sortKey(a), sortKey(b); {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
		for i := range got {
			if norm.NFC.String(got[i]) != want[i] {
				t.Errorf("form %v, place %d: %q, want %q", form, i, got[i], want[i])
			}
		}
	}
}

func FuzzSortKey(f *testing.F) {
	f.Add("Đường 10", "đường 9")
	f.Fuzz(func(t *testing.T, a, b string) {
		if sortKey(a) == sortKey(b) && plain(a) && plain(b) && len(a) != len(b) && !hasDigit(a+b) {
			t.Errorf("%q and %q of other lengths have one key", a, b)
		}
	})
}

func hasDigit(s string) bool {
	return slices.ContainsFunc([]byte(s), func(c byte) bool { return c >= '0' && c <= '9' })
}
