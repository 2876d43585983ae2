package tile

import (
	"strings"
	"testing"
	"time"
)

// TestMapFaults: what is wrong with a layer stands in its strip, what is wrong
// with the parameters on the map's plate; a stopped map says that first.
func TestMapFaults(t *testing.T) {
	e := wallEnv(t, "vi")
	now := time.Date(2026, 11, 21, 2, 42, 7, 0, time.UTC)
	v := MapView{
		Layers: []MapLayer{{Name: "Tàu", Whole: "3/4", Fault: "Lọc sai"}, {Name: "Nền", Dated: "từ 01/07/2025"}},
		Faults: []string{"zoom=“x”: cần số", "trail=“y”: cần số phút"}, Drawn: now, Now: now,
	}
	f := e.mapFace(v)
	if s := f.Strips[0]; !s.Plate || s.Age != "Tàu · Lọc sai" || s.Whole != "3/4" {
		t.Errorf("strip %+v", s)
	}
	if f.Plate == nil || !strings.Contains(f.Plate.Text, "zoom") || !strings.Contains(f.Plate.Text, "trail") || len(f.Plate.Shorter) == 0 {
		t.Errorf("plate %+v", f.Plate)
	}
	v.Drawn = now.Add(-time.Minute)
	if f := e.mapFace(v); f.Plate == nil || f.Plate.Icon != "frozen" {
		t.Errorf("a stopped map says %+v", f.Plate)
	}
	v.Drawn, v.Layers[1].Seat = now, 1
	for seat, want := range []string{"Tàu · Lọc sai", "Nền"} {
		v.Column, v.Columns = seat, 2
		if f := e.mapFace(v); len(f.Strips) != 1 || f.Strips[0].Age != want && f.Strips[0].Source != want {
			t.Errorf("column %d says %+v", seat, f.Strips)
		}
	}
	v.Column = 1
	if f := e.mapFace(v); f.Plate != nil {
		t.Errorf("the second column says it again: %+v", f.Plate)
	}
}
