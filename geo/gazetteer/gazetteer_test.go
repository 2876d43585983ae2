package gazetteer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"iocwall/geo/gazetteer"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Tam Kỳ": "tam ky", "TAM KỲ": "tam ky", "Đà Nẵng": "da nang", "đường Hùng Vương": "duong hung vuong",
		"QNa-90123-TS": "qna 90123 ts", "  Hội   An  ": "hoi an", "Quảng Ngãi (Kon Tum)": "quang ngai kon tum",
		"Cù Lao Chàm": "cu lao cham", "Phường 5": "phuong 5", "ẤẦẨẪẬ Ỹ": "aaaaa y", "": "", "—": "", "Trường Sa": "truong sa",
		"Ðà Nẵng": "da nang", "北京": "北京",
	} {
		if got := gazetteer.Fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if got := gazetteer.Fold(norm.NFD.String(in)); got != want {
			t.Errorf("%q with marks apart: got %q, want %q", in, got, want)
		}
	}
}

func filled() *gazetteer.Index {
	x := &gazetteer.Index{}
	for _, e := range []gazetteer.Entry{
		{ID: "p/tamky", Kind: "place", Names: []string{"Tam Kỳ", "Thành phố Tam Kỳ"}, Importance: 5},
		{ID: "p/tamky2", Kind: "place", Names: []string{"Tam Ký"}, Importance: 9},
		{ID: "p/tamkyb", Kind: "place", Names: []string{"Bến xe Tam Kỳ"}, Importance: 9},
		{ID: "p/tamhiep", Kind: "place", Names: []string{"Tam Hiệp"}, Importance: 1},
		{ID: "p/danang", Kind: "place", Names: []string{"Đà Nẵng", "Da Nang City"}, Importance: 9},
		{ID: "p/dan", Kind: "place", Names: []string{"Đan Nà"}, Importance: 9},
		{ID: "v/574012345", Kind: "vessel", Names: []string{"Hải Âu 09", "574012345", "QNa-90123-TS"}},
		{ID: "v/574012346", Kind: "vessel", Names: []string{"TAM KY STAR", "574012346", "QNa-90124-TS"}},
		{ID: "v/574098765", Kind: "vessel", Names: []string{"Sông Thu", "574098765", "ĐNa-90123-TS"}},
	} {
		x.Put(e)
	}
	return x
}

func ids(hits []gazetteer.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return strings.Join(out, " ")
}

func TestSearch(t *testing.T) {
	x := filled()
	for _, c := range []struct{ query, want string }{
		{"tam ky", "p/tamky2 p/tamky v/574012346 p/tamkyb"},
		{"Tam Kỳ", "p/tamky p/tamkyb p/tamky2 v/574012346"},
		{norm.NFD.String("tam kỳ"), "p/tamky p/tamkyb p/tamky2 v/574012346"},
		{"tam k", "p/tamky2 p/tamky v/574012346 p/tamkyb"},
		{"tamky", "p/tamky2 p/tamky v/574012346"},
		{"ky tam", "p/tamkyb p/tamky2 p/tamky v/574012346"},
		{"TAM", "p/tamky2 p/tamky p/tamhiep v/574012346 p/tamkyb"},
		{"da nang", "p/danang"},
		{"đà", "p/danang p/dan"},
		{"da", "p/danang p/dan"},
		{"qna 90123", "v/574012345"},
		{"qna90123", "v/574012345"},
		{"QNa-90123-TS", "v/574012345"},
		{"90123", "v/574012345 v/574098765"},
		{"574012", "v/574012345 v/574012346"},
		{"574012346", "v/574012346"},
		{"hai au 574012345", "v/574012345"},
		{"hai au 574098", ""},
		{"ky", "p/tamkyb p/tamky2 p/tamky v/574012346"},
		{"xyz", ""},
		{"", ""},
		{" - ", ""},
		{strings.Repeat("tam ", 100), "p/tamkyb p/tamky2 p/tamky p/tamhiep v/574012346"},
	} {
		if got := ids(x.Search(c.query, 20)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.query, got, c.want)
		}
	}
	if got := ids(x.SearchKind("tam", "vessel", 20)); got != "v/574012346" {
		t.Errorf("vessels: %q", got)
	}
	if got := ids(x.Search("tam", 2)); got != "p/tamky2 p/tamky" {
		t.Errorf("two: %q", got)
	}
	if got := x.Search("qna 90123", 5); len(got) != 1 || got[0].Name != "Hải Âu 09" || got[0].Matched != "QNa-90123-TS" || got[0].Kind != "vessel" {
		t.Errorf("got %+v", got)
	}
	if got := x.Search("tam", 0); got != nil {
		t.Errorf("none asked for, got %v", got)
	}
}

func TestPutReplacesAndRemoveTakesAway(t *testing.T) {
	x := filled()
	n := x.Len()
	x.Put(gazetteer.Entry{ID: "v/574012345", Kind: "vessel", Names: []string{"Bình Minh"}})
	if got := ids(x.Search("hai au", 9)); got != "" {
		t.Errorf("the old name finds %q", got)
	}
	if got := ids(x.Search("binh", 9)); got != "v/574012345" {
		t.Errorf("the new name finds %q", got)
	}
	x.Remove("p/danang")
	x.Remove("p/danang")
	if got := ids(x.Search("da nang", 9)); got != "" || x.Len() != n-1 {
		t.Errorf("removed, and found %q; %d left", got, x.Len())
	}
}

// many are entries in an order that a seed decides.
func many(n int, seed uint64) []gazetteer.Entry {
	rnd := rand.New(rand.NewPCG(seed, 2))
	parts := []string{"Hải", "Bình", "Minh", "Phú", "Quý", "Thành", "Đạt", "Kỳ", "Tam", "Hội", "An", "Sông", "Thu", "Trường", "Sơn", "Ngọc", "Đức", "Lộc"}
	var out []gazetteer.Entry
	for i := range n {
		k := rand.New(rand.NewPCG(9, uint64(i)))
		out = append(out, gazetteer.Entry{
			ID: fmt.Sprintf("v/%d", 574000000+i), Kind: "vessel", Importance: k.IntN(3),
			Names: []string{
				fmt.Sprintf("%s %s %02d", parts[k.IntN(len(parts))], parts[k.IntN(len(parts))], k.IntN(100)),
				fmt.Sprint(574000000 + i), fmt.Sprintf("QNa-%05d-TS", 90000+i),
			},
		})
	}
	rnd.Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// TestAnyHistoryFindsTheSame fills two indexes in different orders, one with
// entries that come and go, and compares them with a search through all.
func TestAnyHistoryFindsTheSame(t *testing.T) {
	var a, b gazetteer.Index
	all := many(3000, 1)
	for _, e := range all {
		a.Put(e)
	}
	for i, e := range many(3000, 7) {
		b.Put(gazetteer.Entry{ID: e.ID, Names: []string{"wrong", "Tam Kỳ"}})
		b.Put(gazetteer.Entry{ID: fmt.Sprint("x", i), Names: []string{"Tam Kỳ 574"}})
		b.Put(e)
		if i%3 == 0 {
			b.Remove(e.ID)
			b.Put(e)
		}
	}
	for i := range 3000 {
		b.Remove(fmt.Sprint("x", i))
	}
	if a.Len() != 3000 || b.Len() != 3000 {
		t.Fatalf("%d and %d entries", a.Len(), b.Len())
	}
	for _, q := range []string{"574", "5740012", "tam ky", "tam kỳ", "h", "qna 9", "ky 07", "qna90", "binh 1", "Đức Lộc", "sơn 99"} {
		got, want := a.Search(q, 25), b.Search(q, 25)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v and %v", q, got, want)
		}
		if n, all := len(a.Search(q, 5000)), matching(all, q); n != all {
			t.Errorf("%q: found %d, there are %d", q, n, all)
		}
	}
}

// matching counts the entries in which every word of the query begins a word.
func matching(all []gazetteer.Entry, query string) (count int) {
	for _, e := range all {
		ok := true
		for w := range strings.FieldsSeq(gazetteer.Fold(query)) {
			ok = ok && slices.ContainsFunc(e.Names, func(n string) bool {
				n = gazetteer.Fold(n)
				return strings.Contains(" "+n, " "+w) || strings.HasPrefix(strings.ReplaceAll(n, " ", ""), w)
			})
		}
		if ok {
			count++
		}
	}
	return count
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"tam ky", "Tam Kỳ", "qna-90123", "574", "đà", "\xff", "ký tự"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, query string) {
		x := filled()
		x.Put(gazetteer.Entry{ID: "new", Names: []string{name}})
		x.Search(query, 3)
		if folded := gazetteer.Fold(name); gazetteer.Fold(folded) != folded {
			t.Errorf("%q folds to %q, that to %q", name, folded, gazetteer.Fold(folded))
		}
		if len(name) < 200 && len(strings.Fields(gazetteer.Fold(name))) < 8 && gazetteer.Fold(name) != "" && !strings.Contains(ids(x.Search(name, 20)), "new") {
			t.Errorf("%q does not find itself", name)
		}
	})
}

// BenchmarkSearch asks 50,000 entries with what people type, letter by letter.
func BenchmarkSearch(b *testing.B) {
	var x gazetteer.Index
	for _, e := range many(50000, 3) {
		x.Put(e)
	}
	for _, q := range []string{"5", "574", "574012", "t", "tam", "tam ky", "Tam Kỳ", "h a", "qna 901", "90123"} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				x.Search(q, 20)
			}
		})
	}
}

func BenchmarkPut(b *testing.B) {
	all := many(50000, 3)
	for b.Loop() {
		var x gazetteer.Index
		for _, e := range all {
			x.Put(e)
		}
	}
}
