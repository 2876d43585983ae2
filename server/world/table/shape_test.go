package table

import "testing"

// TestShape holds that a shape follows from what a row holds, and changes with it.
func TestShape(t *testing.T) {
	type inner struct{ A, B int }
	type row struct {
		ID    string
		Deep  []inner
		Other map[string]*inner
	}
	type tree struct {
		ID   string
		Kids []tree
	}
	shape := func(s interface{ Shape() uint64 }) uint64 { return s.Shape() }
	all := map[uint64]string{}
	for name, s := range map[string]uint64{
		"row":  shape(New("a", func(r row) string { return r.ID })),
		"tree": shape(New("a", func(r tree) string { return r.ID })),
		"another field": func() uint64 {
			type row struct {
				ID    string
				Deep  []inner
				Other map[string]*inner
				More  int
			}
			return shape(New("a", func(r row) string { return r.ID }))
		}(),
		"another field of a field": func() uint64 {
			type inner struct{ A, B, C int }
			type row struct {
				ID    string
				Deep  []inner
				Other map[string]*inner
			}
			return shape(New("a", func(r row) string { return r.ID }))
		}(),
		"another tag": func() uint64 {
			type row struct {
				ID    string `json:"id"`
				Deep  []inner
				Other map[string]*inner
			}
			return shape(New("a", func(r row) string { return r.ID }))
		}(),
		"another type": func() uint64 {
			type row struct {
				ID    string
				Deep  [2]inner
				Other map[string]*inner
			}
			return shape(New("a", func(r row) string { return r.ID }))
		}(),
	} {
		if other, there := all[s]; there {
			t.Errorf("%s has the shape of %s", name, other)
		}
		all[s] = name
	}
	if a, b := shape(New("a", func(r row) string { return r.ID })), shape(New("b", func(r row) string { return r.ID })); a != b {
		t.Error("the kind's name changes the shape")
	}
}
