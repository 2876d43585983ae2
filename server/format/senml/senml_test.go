package senml

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func p[T any](v T) *T { return &v }

// packs is the table that decoding, encoding and fuzzing share. Those with RFC
// in their name are the examples of RFC 8428 section 5.
var packs = map[string]struct {
	json string
	want []Record
	bad  []string // parts of the errors of records left out
	err  string   // part of the error of the whole
}{
	"RFC 5.1.1 single": {
		json: `[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]`,
		want: []Record{{Name: "urn:dev:ow:10e2073a01080063", Unit: "Cel", Value: p(23.1), Relative: true}},
	},
	"RFC 5.1.2 multiple": {
		json: `[{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},{"n":"current","u":"A","v":1.2}]`,
		want: []Record{
			{Name: "urn:dev:ow:10e2073a01080063:voltage", Unit: "V", Value: p(120.1), Relative: true},
			{Name: "urn:dev:ow:10e2073a01080063:current", Unit: "A", Value: p(1.2), Relative: true},
		},
	},
	"RFC 5.1.2 times": {
		json: `[{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
			{"n":"current","t":-5,"v":1.2},{"n":"current","v":1.7}]`,
		want: []Record{
			{Name: "urn:dev:ow:10e2073a0108006:voltage", Unit: "V", Value: p(120.1), Time: 1.276020076001e+09},
			{Name: "urn:dev:ow:10e2073a0108006:current", Unit: "A", Value: p(1.2), Time: 1.276020071001e+09},
			{Name: "urn:dev:ow:10e2073a0108006:current", Unit: "A", Value: p(1.7), Time: 1.276020076001e+09},
		},
	},
	"RFC 5.1.4 values": {
		json: `[{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},{"n":"label","vs":"Machine Room"},
			{"n":"open","vb":false},{"n":"nfc-reader","vd":"aGkgCg"}]`,
		want: []Record{
			{Name: "urn:dev:ow:10e2073a01080063:temp", Unit: "Cel", Value: p(23.1), Relative: true},
			{Name: "urn:dev:ow:10e2073a01080063:label", Text: p("Machine Room"), Relative: true},
			{Name: "urn:dev:ow:10e2073a01080063:open", Bool: p(false), Relative: true},
			{Name: "urn:dev:ow:10e2073a01080063:nfc-reader", Data: []byte("hi \n"), Relative: true},
		},
	},
	"base value and sum": {
		json: `[{"bn":"a","bv":10,"bs":100,"n":":x","v":1.5,"s":2},{"n":":y","v":-1},{"n":":z"}]`,
		want: []Record{
			{Name: "a:x", Value: p(11.5), Sum: p(102.0), Relative: true},
			{Name: "a:y", Value: p(9.0), Sum: p(100.0), Relative: true},
			{Name: "a:z", Sum: p(100.0), Relative: true},
		},
	},
	"base only, then records": {
		json: `[{"bn":"urn:dev:tram:","bt":1700000000},{"n":"pm2.5","v":41,"u":"ug/m3","ut":600}]`,
		want: []Record{{Name: "urn:dev:tram:pm2.5", Unit: "ug/m3", Value: p(41.0), Time: 1700000000, Update: 600}},
	},
	"base replaced": {
		json: `[{"bn":"a:","n":"x","v":1},{"bn":"b:","n":"x","v":2}]`,
		want: []Record{{Name: "a:x", Value: p(1.0), Relative: true}, {Name: "b:x", Value: p(2.0), Relative: true}},
	},
	"unknown fields are left aside": {
		json: `[{"n":"a","v":1,"colour":"red","x":{"y":[1]}}]`,
		want: []Record{{Name: "a", Value: p(1.0), Relative: true}},
	},
	"relative":   {json: `[{"n":"a","v":1,"t":-60}]`, want: []Record{{Name: "a", Value: p(1.0), Time: -60, Relative: true}}},
	"empty data": {json: `[{"n":"a","vd":""}]`, want: []Record{{Name: "a", Data: []byte{}, Relative: true}}},
	"empty pack": {json: ` [ ] `},
	"bad records between good ones": {
		json: `[{"n":"a","v":1},{"n":"b","v":"2"},{"n":"c","v":1,"vs":"x"},{"n":"d"},{"n":"*","v":1},{"n":"e","vd":"?"},{"v":1},
			{"n":"f","vb":1},{"n":"g","v":null},{"n":"h","v":1,"t":1e12},{"n":"i","v":1,"ut":-1},{"n":"z","v":26}]`,
		want: []Record{{Name: "a", Value: p(1.0), Relative: true}, {Name: "z", Value: p(26.0), Relative: true}},
		bad: []string{
			"record 2: field \"v\": \"2\" is no number", "record 3: several values", "record 4: no value", "record 5: the name", "record 6: field \"vd\"",
			"record 7: no name", "record 8: field \"vb\": 1 is neither", "record 9: field \"v\": null", "record 10: the time", "record 11: the update time",
		},
	},
	"numbers that overflow": {json: `[{"n":"a","v":1e999},{"bv":1e308,"n":"b","v":1.7e308}]`, bad: []string{"no number", "too large"}},
	"must be understood":    {json: `[{"n":"a","v":1},{"n":"b","v":1,"tz_":7}]`, err: `record 2: field "tz_": it must be understood`},
	"newer version":         {json: `[{"bver":11,"n":"a","v":1}]`, err: "version 11"},
	"base of a wrong type":  {json: `[{"bn":5,"n":"a","v":1}]`, err: `field "bn": 5 is no text`},
	"object":                {json: `{"n":"a","v":1}`, err: "JSON array"},
	"no record":             {json: `[1]`, err: "record 1"},
	"cut off":               {json: `[{"n":"a","v":1}`, err: "EOF"},
	"nothing":               {json: ``, err: "EOF"},
	"two packs":             {json: `[] []`, err: "follows"},
	"too many":              {json: `[{}` + strings.Repeat(`,{}`, MaxRecords) + `]`, err: "more than"},
}

func TestDecode(t *testing.T) {
	for name, c := range packs {
		t.Run(name, func(t *testing.T) {
			got, bad, err := Decode([]byte(c.json))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || got != nil {
					t.Errorf("%v, error %v, want one with %q", got, err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if len(bad) != len(c.bad) {
				t.Fatalf("bad records %v, want %d", bad, len(c.bad))
			}
			for i, want := range c.bad {
				if !strings.Contains(bad[i].Error(), want) {
					t.Errorf("error %v, want one with %q", bad[i], want)
				}
			}
		})
	}
}

func TestEncode(t *testing.T) {
	for name, c := range packs {
		if len(c.want) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			raw, err := Encode(c.want)
			if err != nil {
				t.Fatal(err)
			}
			again, bad, err := Decode(raw)
			if err != nil || len(bad) > 0 || !reflect.DeepEqual(again, c.want) {
				t.Errorf("%s gives %+v, %v, %v", raw, again, bad, err)
			}
		})
	}
	for name, r := range map[string]Record{
		"no name":       {Value: p(1.0), Relative: true},
		"no value":      {Name: "a", Relative: true},
		"two values":    {Name: "a", Value: p(1.0), Bool: p(true), Relative: true},
		"not a number":  {Name: "a", Value: p(nan()), Relative: true},
		"not relative":  {Name: "a", Value: p(1.0), Time: 60},
		"not since '70": {Name: "a", Value: p(1.0), Time: 1.7e9, Relative: true},
	} {
		if raw, err := Encode([]Record{{Name: "good", Value: p(1.0), Relative: true}, r}); err == nil || !strings.Contains(err.Error(), "record 2") {
			t.Errorf("%s: wrote %s, error %v", name, raw, err)
		}
	}
}

func nan() float64 {
	var zero float64
	return zero / zero
}

func TestAt(t *testing.T) {
	now := time.Date(2025, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		r    Record
		want time.Time
	}{
		{Record{Relative: true}, now},
		{Record{Time: -1.5, Relative: true}, now.Add(-1500 * time.Millisecond)},
		{Record{Time: 1700000000.25}, time.UnixMilli(1700000000250)},
	} {
		if got := c.r.At(now); !got.Equal(c.want) {
			t.Errorf("%+v is at %v, want %v", c.r, got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range packs {
		if len(c.json) < 2000 {
			f.Add([]byte(c.json))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		records, _, err := Decode(data)
		if err != nil {
			return
		}
		raw, err := Encode(records)
		if err != nil {
			t.Fatalf("%+v cannot be written: %v", records, err)
		}
		again, bad, err := Decode(raw)
		if err != nil || len(bad) > 0 || len(again) != len(records) || len(records) > 0 && !reflect.DeepEqual(again, records) {
			t.Fatalf("%+v became %+v, %v, %v", records, again, bad, err)
		}
	})
}
