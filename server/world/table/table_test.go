package table

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"iocwall/server/world/canon"
)

type thing struct {
	ID string `cbor:"1,keyasint" json:"id"`
	N  int    `cbor:"2,keyasint" json:"n"`
}

func things() *Table[thing] { return New("thing", func(x thing) string { return x.ID }) }

// Whatever way rows came and went, the digest is that of the rows that are there,
// and bytes lead back to it.
func TestDigestFollowsTheRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, known := things(), map[string]thing{}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			id := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "id")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				_, there := known[id]
				if a.Remove(id) != there {
					t.Fatal("Remove lies")
				}
				delete(known, id)
			case 1:
				a.Total()
			default:
				x := thing{id, rapid.IntRange(0, 3).Draw(t, "n")}
				a.Put(id, x)
				known[id] = x
			}
		}
		b := things()
		for id, x := range known {
			b.Put(id, x)
		}
		sa, sb := NewSet(a), NewSet(b)
		if !maps.Equal(sa.Digest(), sb.Digest()) {
			t.Fatalf("%v, want %v", sa.Digest(), sb.Digest())
		}
		rows, err := sa.Encode()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := canon.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		var read []Rows
		if err := canon.Unmarshal(raw, &read); err != nil {
			t.Fatal(err)
		}
		back := NewSet(things())
		if err := back.Decode(read); err != nil || !maps.Equal(back.Digest(), sa.Digest()) || back.Len() != len(known) {
			t.Fatalf("read back %v, %v", back.Digest(), err)
		}
		var sum uint64
		a.Each(func(v any) bool {
			x, _ := v.(thing)
			one, ok := a.Sum(x.ID)
			if !ok {
				t.Fatalf("%s has no sum", x.ID)
			}
			sum += one
			return true
		})
		if sum != a.Total() {
			t.Fatal("the total is not the sum of the sums")
		}
	})
}

func TestATableTakesItsOwnRowsOnly(t *testing.T) {
	a := things()
	if a.PutAny("text") || a.Len() != 0 || !a.PutAny(thing{"a", 1}) {
		t.Error("PutAny took the wrong thing, or refused its own")
	}
	if x, ok := a.Lookup("a"); !ok || x != (thing{"a", 1}) {
		t.Errorf("Lookup = %v, %v", x, ok)
	}
	if _, ok := a.Lookup("b"); ok {
		t.Error("what was never put is there")
	}
	if err := NewSet(a).Decode([]Rows{{Kind: "other"}}); err == nil {
		t.Error("rows of an unknown table were taken")
	}
}
