package georeport

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	vietnam  = time.FixedZone("", 7*3600)
	services = []Service{
		{
			Code: "roads", Name: "Đường sá", Description: "Ổ gà, nắp cống & vỉa hè", Type: Realtime, Keywords: "ổ gà, nắp cống", Group: "Hạ tầng",
			Metadata: true,
		},
		{Code: "env", Name: "Môi trường", Type: Batch, Group: "Môi trường"},
	}
	definition = Definition{Code: "roads", Attributes: []Attribute{
		{Variable: true, Code: "SIZE", Datatype: SingleList, Required: true, Order: 1, Description: "Cỡ nào?", Values: []Value{{"S", "nhỏ"}, {"L", "lớn"}}},
		{Variable: true, Code: "LANES", Datatype: MultiList, Order: 2, Description: "Làn nào?", Values: []Value{{"1", "trái"}, {"2", "phải"}}},
		{Variable: true, Code: "DEPTH", Datatype: Number, Order: 3, DatatypeDescription: "cm", Description: "Sâu bao nhiêu?"},
		{Variable: true, Code: "SEEN", Datatype: Datetime, Order: 4, Description: "Thấy lúc nào?"},
		{Variable: true, Code: "STREET", Datatype: String, Order: 5, Description: "Đường nào?"},
		{Variable: true, Code: "NOTE", Datatype: Text, Order: 6, Description: "Gì nữa?"},
		{Code: "HINT", Datatype: Text, Order: 7, Description: "Nguy hiểm thì gọi 113."},
	}}
)

func degrees(v float64) *Degrees {
	d := Degrees(v)
	return &d
}

// TestGolden compares every answer with testdata/<case>.<format>, made by us.
func TestGolden(t *testing.T) {
	request := Request{
		ID: "QN-2025-000482", Status: Open, StatusNotes: "Đang xử lý", ServiceName: "Đường sá", ServiceCode: "roads",
		Description: "Ổ gà <to> & sâu\nngã ba", Agency: "Sở Xây dựng", Requested: Time{time.Date(2025, 7, 1, 8, 30, 0, 0, vietnam)},
		Expected: Time{time.Date(2025, 7, 8, 17, 0, 0, 0, vietnam)}, Address: "Hội An", Lat: degrees(15.8794), Long: degrees(108.335),
	}
	for name, encode := range map[string]func(f Format) ([]byte, error){
		"services":    func(f Format) ([]byte, error) { return EncodeServices(f, services) },
		"no-services": func(f Format) ([]byte, error) { return EncodeServices(f, nil) },
		"definition":  func(f Format) ([]byte, error) { return EncodeDefinition(f, definition) },
		"requests": func(f Format) ([]byte, error) {
			return EncodeRequests(f, []Request{request, {ID: "2", Status: Closed}})
		},
		"created": func(f Format) ([]byte, error) {
			return EncodeCreated(f, Created{ID: "QN-2025-000482", Notice: "Hạn trả lời: 8/7/2025"})
		},
		"token": func(f Format) ([]byte, error) { return EncodeCreated(f, Created{Token: "12345", AccountID: "7"}) },
		"errors": func(f Format) ([]byte, error) {
			return EncodeErrors(f, []Error{{"400", "service_code was not provided"}, {"403", "api_key & more"}})
		},
	} {
		for _, f := range []Format{XML, JSON} {
			t.Run(name+"."+string(f), func(t *testing.T) {
				got, err := encode(f)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", name+"."+string(f))
				if *update {
					if err := os.WriteFile(file, got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != string(want) {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
				wellFormed(t, f, got)
			})
		}
	}
	if _, err := EncodeCreated(XML, Created{ID: "1", Token: "2"}); err == nil {
		t.Error("an answer with id and token was written")
	}
}

func wellFormed(t *testing.T, f Format, data []byte) {
	t.Helper()
	if f == JSON {
		if !json.Valid(data) {
			t.Errorf("no JSON: %s", data)
		}
		return
	}
	in := xml.NewDecoder(strings.NewReader(string(data)))
	for {
		if _, err := in.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("no XML: %v in %s", err, data)
		}
	}
}

func TestRequestsComeBack(t *testing.T) {
	want := []Request{{
		ID: "1", Requested: Time{time.Date(2025, 7, 1, 8, 30, 0, 0, time.UTC)}, Lat: degrees(-15.5), Long: degrees(108.000001),
	}}
	raw, err := EncodeRequests(JSON, want)
	if err != nil {
		t.Fatal(err)
	}
	var got []Request
	if err := json.Unmarshal(raw, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s gives %+v, %v", raw, got, err)
	}
	if raw, err = EncodeRequests(XML, want); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Requests []Request `xml:"request"`
	}
	if err := xml.Unmarshal(raw, &list); err != nil || !reflect.DeepEqual(list.Requests, want) {
		t.Errorf("%s gives %+v, %v", raw, list.Requests, err)
	}
}

// submissions is the table that parsing and fuzzing share.
var submissions = map[string]struct {
	form string
	want Submission
	errs []string // parts of the descriptions, in order
}{
	"place and description": {
		form: "service_code=env&lat=15.5&long=108.5&description=+Rác+thải%0Anhiều+&api_key=k&jurisdiction_id=quangnam",
		want: Submission{ServiceCode: "env", Lat: 15.5, Long: 108.5, Placed: true, Description: "Rác thải\nnhiều", APIKey: "k", JurisdictionID: "quangnam"},
	},
	"address": {form: "service_code=env&address_string=12+Trần+Phú", want: Submission{ServiceCode: "env", AddressString: "12 Trần Phú"}},
	"person": {
		form: "service_code=env&address_id=7&email=a@b.vn&phone=%2B84+235.381&first_name=An&last_name=Nguyễn&device_id=d&account_id=c&media_url=https://x.vn/a.jpg",
		want: Submission{
			ServiceCode: "env", AddressID: "7", Email: "a@b.vn", Phone: "+84 235.381", FirstName: "An", LastName: "Nguyễn", DeviceID: "d",
			AccountID: "c", MediaURL: "https://x.vn/a.jpg",
		},
	},
	"answers": {
		form: "service_code=roads&lat=0&long=0&attribute[SIZE]=L&attribute[LANES][]=1&attribute[LANES][]=2&attribute[DEPTH]=12.5&attribute[NOTE]=&attribute[SEEN]=2025-07-01T08:30%2B07:00",
		want: Submission{ServiceCode: "roads", Placed: true, Answers: map[string][]string{"SIZE": {"L"}, "LANES": {"1", "2"}, "DEPTH": {"12.5"}, "SEEN": {"2025-07-01T08:30+07:00"}}},
	},
	"unknown fields":  {form: "service_code=env&address_id=1&colour=red", want: Submission{ServiceCode: "env", AddressID: "1"}},
	"nothing":         {errs: []string{"no place", "service_code was not provided"}},
	"no such service": {form: "service_code=x&address_id=1", errs: []string{`"x" was not found`}},
	"half a place":    {form: "service_code=env&lat=15", errs: []string{"go together"}},
	"off the earth":   {form: "service_code=env&lat=91&long=-181", errs: []string{"lat must be", "long must be"}},
	"no numbers":      {form: "service_code=env&lat=NaN&long=15,5", errs: []string{"lat must be", "long must be"}},
	"sent twice":      {form: "service_code=env&service_code=roads&lat=1&lat=2&long=1", errs: []string{"service_code was sent 2 times", "lat must be one"}},
	"contact": {
		form: "service_code=env&address_id=1&email=nobody&phone=call+me&media_url=javascript:x",
		errs: []string{"email", "phone", "media_url"},
	},
	"media with password": {form: "service_code=env&address_id=1&media_url=http://u:p@x/", errs: []string{"media_url"}},
	"too long":            {form: "service_code=env&address_id=1&description=" + strings.Repeat("ế", MaxDescription+1), errs: []string{"more than 4000 characters"}},
	"as long as can be": {
		form: "service_code=env&address_id=1&description=" + strings.Repeat("ế", MaxDescription),
		want: Submission{ServiceCode: "env", AddressID: "1", Description: strings.Repeat("ế", MaxDescription)},
	},
	"not UTF-8":        {form: "service_code=env&address_id=1&description=%ff", errs: []string{"not UTF-8"}},
	"control":          {form: "service_code=env&address_id=1&description=a%00b", errs: []string{"control"}},
	"required missing": {form: "service_code=roads&address_id=1", errs: []string{"attribute[SIZE] is required"}},
	"bad answers": {
		form: "service_code=roads&address_id=1&attribute[DEPTH]=deep&attribute[LANES]=9&attribute[SEEN]=today&attribute[SIZE]=L&attribute[SIZE][]=S&attribute[STREET]=a%0Ab",
		errs: []string{"DEPTH] must be a number", "LANES] has no answer", "SEEN] must be a time", "STREET] is one line", "SIZE] takes one answer"},
	},
	"not asked": {form: "service_code=env&address_id=1&attribute[A]=1&attribute[=2&attribute[HINT]=x", errs: []string{"no attribute[code]", `"A"`, `"HINT"`}},
}

func parse(values url.Values) (Submission, []Error) {
	return ParseRequest(values, services, func(code string) (Definition, bool) { return definition, code == definition.Code })
}

func TestParseRequest(t *testing.T) {
	for name, c := range submissions {
		t.Run(name, func(t *testing.T) {
			values, err := url.ParseQuery(c.form)
			if err != nil {
				t.Fatal(err)
			}
			got, errs := parse(values)
			if len(errs) != len(c.errs) {
				t.Fatalf("errors %q, want %q", errs, c.errs)
			}
			for i, want := range c.errs {
				if !strings.Contains(errs[i].Description, want) || errs[i].Code != "400" && errs[i].Code != "404" {
					t.Errorf("error %+v, want one with %q", errs[i], want)
				}
			}
			if len(c.errs) == 0 && !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %#v\nwant %#v", got, c.want)
			}
		})
	}
}

func TestSubmissionIsNotPrinted(t *testing.T) {
	s := Submission{ServiceCode: "env", Phone: "0235381", APIKey: "k3y", Description: "words"}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprint(&s)} {
		if text != "submission to service env" {
			t.Errorf("printed as %q", text)
		}
	}
}

func TestParseQuery(t *testing.T) {
	now := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	day := func(d int) time.Time { return now.AddDate(0, 0, d) }
	for query, c := range map[string]struct {
		want Query
		err  string
	}{
		"": {want: Query{Start: day(-90), End: now}},
		"service_request_id=1,+2,,3&status=nonsense":                         {want: Query{IDs: []string{"1", "2", "3"}}},
		"status=open&service_code=a,b":                                       {want: Query{Services: []string{"a", "b"}, Statuses: []Status{Open}, Start: day(-90), End: now}},
		"start_date=2025-06-01T00:00:00Z":                                    {want: Query{Start: day(-30), End: now}},
		"end_date=2025-06-01T00:00:00Z":                                      {want: Query{Start: day(-120), End: day(-30)}},
		"start_date=2025-06-01T07:00:00+07:00&end_date=2025-07-01T00:00:00Z": {want: Query{Start: day(-30), End: now}},
		"start_date=2024-01-01T00:00:00Z&end_date=2025-01-01T00:00:00Z":      {err: "90 days apart"},
		"start_date=2025-02-01T00:00:00Z&end_date=2025-01-01T00:00:00Z":      {err: "before start_date"},
		"start_date=yesterday":                                               {err: "start_date must be"},
		"end_date=2025-01-01":                                                {err: "end_date must be"},
		"status=fixed":                                                       {err: "open or closed"},
		"status=open&status=closed":                                          {err: "sent 2 times"},
	} {
		t.Run(query, func(t *testing.T) {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			got, errs := ParseQuery(values, now)
			if c.err != "" {
				if len(errs) == 0 || !strings.Contains(errs[0].Description, c.err) {
					t.Errorf("errors %q, want %q", errs, c.err)
				}
				return
			}
			if len(errs) > 0 || !got.Start.Equal(c.want.Start) || !got.End.Equal(c.want.End) {
				t.Fatalf("%+v, %q; want %+v", got, errs, c.want)
			}
			got.Start, got.End = c.want.Start, c.want.End
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func FuzzParseRequest(f *testing.F) {
	for _, c := range submissions {
		if len(c.form) < 2000 {
			f.Add(c.form)
		}
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		s, errs := parse(values)
		if len(errs) > 0 {
			for _, format := range []Format{XML, JSON} {
				raw, err := EncodeErrors(format, errs)
				if err != nil {
					t.Fatal(err)
				}
				wellFormed(t, format, raw)
			}
			return
		}
		if s.Placed && (s.Lat < -90 || s.Lat > 90 || s.Long < -180 || s.Long > 180) || !s.Placed && s.AddressString == "" && s.AddressID == "" {
			t.Fatalf("%#v", s)
		}
		if utf8.RuneCountInString(s.Description) > MaxDescription || !utf8.ValidString(s.Description) {
			t.Fatalf("%q", s.Description)
		}
		for _, format := range []Format{XML, JSON} {
			raw, err := EncodeRequests(format, []Request{{ID: "1", Description: s.Description, Address: s.AddressString}})
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, format, raw)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	f.Add("start_date=2025-06-01T07:00:00+07:00&end_date=2025-07-01T00:00:00Z&status=open")
	f.Add("service_request_id=1,2")
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		q, errs := ParseQuery(values, time.Unix(1_700_000_000, 0))
		if len(errs) == 0 && len(q.IDs) == 0 && (q.End.Sub(q.Start) > MaxSpan || q.End.Before(q.Start)) {
			t.Fatalf("%+v", q)
		}
	})
}
