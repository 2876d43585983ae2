package georeport

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what is sent, in characters. That of the description is the
// format's own, the others keep fields from being used for something else.
const (
	MaxDescription = 4000
	MaxField       = 255
	MaxURL         = 2000
	MaxAnswer      = 4000
	MaxAnswers     = 100
)

// Submission is a citizen's request as it was sent. Everything of it but the
// service, the place and the answers may name a person.
type Submission struct {
	JurisdictionID string
	APIKey         string
	ServiceCode    string
	// Lat and Long in degrees of WGS 84, valid when Placed.
	Lat, Long     float64
	Placed        bool
	AddressString string
	AddressID     string
	// Answers by attribute code, in the order sent.
	Answers                    map[string][]string
	Email, DeviceID, AccountID string
	FirstName, LastName, Phone string
	Description                string
	MediaURL                   string
}

// String names the service alone: the rest may name a person and must not get
// into a log.
func (s Submission) String() string { return "submission to service " + s.ServiceCode }

// form reads fields and collects what is wrong with them.
type form struct {
	values url.Values
	errs   []Error
}

func (f *form) fail(format string, args ...any) {
	f.errs = append(f.errs, Error{Code: "400", Description: fmt.Sprintf(format, args...)})
}

// text returns a field, at most most characters of valid text.
func (f *form) text(name string, most int) string {
	all := f.values[name]
	if len(all) == 0 {
		return ""
	}
	if len(all) > 1 {
		f.fail("%s was sent %d times; send it once", name, len(all))
	}
	return f.clean(name, all[0], most)
}

func (f *form) clean(name, s string, most int) string {
	s = strings.TrimSpace(s)
	switch {
	case !utf8.ValidString(s):
		f.fail("%s is not UTF-8", name)
	case utf8.RuneCountInString(s) > most:
		f.fail("%s has more than %d characters", name, most)
	case strings.ContainsFunc(s, control):
		f.fail("%s holds control characters", name)
	default:
		return s
	}
	return ""
}

// control tells whether a character has no place in a text, nor in XML.
func control(r rune) bool {
	return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f || r == 0xfffe || r == 0xffff
}

// ParseRequest reads a posted form. services are those offered; definition
// returns the questions of one, false when it has none. The errors are all that
// is wrong; the submission is to be used only if there are none. Fields the
// format does not know are left aside.
func ParseRequest(values url.Values, services []Service, definition func(code string) (Definition, bool)) (Submission, []Error) {
	f := &form{values: values}
	s := Submission{
		JurisdictionID: f.text("jurisdiction_id", MaxField), APIKey: f.text("api_key", MaxField),
		ServiceCode: f.text("service_code", MaxField), AddressString: f.text("address_string", MaxField), AddressID: f.text("address_id", MaxField),
		Email: f.text("email", MaxField), DeviceID: f.text("device_id", MaxField), AccountID: f.text("account_id", MaxField),
		FirstName: f.text("first_name", MaxField), LastName: f.text("last_name", MaxField), Phone: f.text("phone", MaxField),
		Description: f.text("description", MaxDescription), MediaURL: f.text("media_url", MaxURL),
	}
	f.place(&s)
	f.contact(&s)
	i := slices.IndexFunc(services, func(x Service) bool { return x.Code == s.ServiceCode })
	switch {
	case values.Get("service_code") == "":
		f.fail("service_code was not provided")
	case i < 0 && s.ServiceCode != "":
		f.errs = append(f.errs, Error{Code: "404", Description: fmt.Sprintf("service_code %q was not found; GET /services lists those there are", s.ServiceCode)})
	case i >= 0:
		var d Definition
		if services[i].Metadata && definition != nil {
			d, _ = definition(s.ServiceCode)
		}
		s.Answers = f.answers(d)
	}
	return s, f.errs
}

// place reads where it is: coordinates, an address or an address id.
func (f *form) place(s *Submission) {
	lat, long := f.values.Get("lat"), f.values.Get("long")
	switch {
	case lat == "" && long == "":
		if f.values.Get("address_string") == "" && f.values.Get("address_id") == "" {
			f.fail("no place was provided; send lat and long, or address_string, or address_id")
		}
		return
	case lat == "" || long == "":
		f.fail("lat and long go together")
		return
	}
	var ok1, ok2 bool
	s.Lat, ok1 = f.degrees("lat", lat, 90)
	s.Long, ok2 = f.degrees("long", long, 180)
	s.Placed = ok1 && ok2
}

func (f *form) degrees(name, text string, most float64) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > most || len(f.values[name]) > 1 {
		f.fail("%s must be one number from -%v to %v, in degrees of WGS 84 with a point", name, most, most)
		return 0, false
	}
	return v, true
}

// contact checks what has a form of its own.
func (f *form) contact(s *Submission) {
	if at := strings.LastIndexByte(s.Email, '@'); s.Email != "" && (at < 1 || at == len(s.Email)-1 || strings.ContainsAny(s.Email, " \t\r\n<>,;")) {
		f.fail("email is no e-mail address")
		s.Email = ""
	}
	if s.Phone != "" && (strings.Trim(s.Phone, "+0123456789 .-()/") != "" || !strings.ContainsAny(s.Phone, "0123456789")) {
		f.fail("phone is no telephone number")
		s.Phone = ""
	}
	if s.MediaURL != "" {
		u, err := url.Parse(s.MediaURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
			f.fail("media_url must be an address that begins with http:// or https://")
			s.MediaURL = ""
		}
	}
}

// answers reads attribute[code]=… and attribute[code][]=….
func (f *form) answers(d Definition) map[string][]string {
	var out map[string][]string
	known := map[string]*Attribute{}
	for i := range d.Attributes {
		if d.Attributes[i].Variable {
			known[d.Attributes[i].Code] = &d.Attributes[i]
		}
	}
	keys := make([]string, 0, len(f.values))
	for key := range f.values {
		if strings.HasPrefix(key, "attribute[") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys) // so that errors have an order
	for _, key := range keys {
		code, ok := attributeCode(key)
		a := known[code]
		switch {
		case !ok:
			f.fail("%.80q is no attribute[code]", key)
		case a == nil:
			f.fail("the service asks for no attribute %.80q", code)
		default:
			given := f.answer(a, f.values[key])
			if given == nil {
				continue
			}
			if out == nil {
				out = map[string][]string{}
			}
			out[code] = append(out[code], given...)
		}
	}
	for i := range d.Attributes {
		if a := &d.Attributes[i]; a.Variable && a.Required && len(out[a.Code]) == 0 {
			f.fail("attribute[%s] is required: %s", a.Code, a.Description)
		} else if a.Variable && a.Datatype != MultiList && len(out[a.Code]) > 1 {
			f.fail("attribute[%s] takes one answer", a.Code)
		}
	}
	return out
}

func attributeCode(key string) (string, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSuffix(key, "[]"), "attribute[")
	if !ok {
		return "", false
	}
	inner, ok = strings.CutSuffix(inner, "]")
	return inner, ok && inner != ""
}

// answer checks the answers to one question and returns those not empty.
func (f *form) answer(a *Attribute, given []string) []string {
	name := "attribute[" + a.Code + "]"
	if len(given) > MaxAnswers {
		f.fail("%s has more than %d answers", name, MaxAnswers)
		return nil
	}
	var out []string
	for _, v := range given {
		if strings.TrimSpace(v) == "" {
			continue
		}
		if v = f.clean(name, v, MaxAnswer); v == "" {
			continue
		}
		if problem := a.problem(v); problem != "" {
			f.fail("%s %s", name, problem)
			continue
		}
		out = append(out, v)
	}
	return out
}

// problem returns what is wrong with an answer, "" if nothing is.
func (a *Attribute) problem(v string) string {
	switch a.Datatype {
	case Number:
		if n, err := strconv.ParseFloat(v, 64); err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return "must be a number"
		}
	case Datetime:
		if _, err := parseTime(v); err != nil {
			return "must be a time with a zone, as in 2025-07-01T08:30:00+07:00"
		}
	case SingleList, MultiList:
		if !slices.ContainsFunc(a.Values, func(x Value) bool { return x.Key == v }) {
			return fmt.Sprintf("has no answer %.80q", v)
		}
	case String:
		if utf8.RuneCountInString(v) > MaxField || strings.ContainsAny(v, "\r\n") {
			return fmt.Sprintf("is one line of at most %d characters", MaxField)
		}
	}
	return ""
}

// Query asks for requests.
type Query struct {
	JurisdictionID string
	// IDs, when not empty, overrides everything else.
	IDs []string
	// Services and Statuses are empty for all.
	Services []string
	Statuses []Status
	// Start and End bound the time a request was made: Start included, End not.
	Start, End time.Time
}

const (
	// MaxSpan is the longest time between a query's start and end.
	MaxSpan = 90 * 24 * time.Hour
	// MaxRequests is the number of requests an answer holds.
	MaxRequests = 1000
	maxListed   = 1000
)

// ParseQuery reads the parameters of GET /requests. Without dates, the 90 days
// before now are meant; with one of them, the 90 days from or until it.
func ParseQuery(values url.Values, now time.Time) (Query, []Error) {
	f := &form{values: values}
	q := Query{JurisdictionID: f.text("jurisdiction_id", MaxField), IDs: f.list("service_request_id")}
	if len(q.IDs) > 0 {
		return q, f.errs
	}
	q.Services = f.list("service_code")
	for _, s := range f.list("status") {
		if s != string(Open) && s != string(Closed) {
			f.fail("status is open or closed, not %.80q", s)
		}
		q.Statuses = append(q.Statuses, Status(s))
	}
	q.Start, q.End = f.time("start_date"), f.time("end_date")
	switch {
	case q.Start.IsZero() && q.End.IsZero():
		q.Start, q.End = now.Add(-MaxSpan), now
	case q.Start.IsZero():
		q.Start = q.End.Add(-MaxSpan)
	case q.End.IsZero():
		if q.End = q.Start.Add(MaxSpan); q.End.After(now) && !q.Start.After(now) {
			q.End = now
		}
	case q.End.Before(q.Start):
		f.fail("end_date is before start_date")
	case q.End.Sub(q.Start) > MaxSpan:
		f.fail("start_date and end_date are more than 90 days apart; ask in steps")
	}
	return q, f.errs
}

func (f *form) list(name string) []string {
	var out []string
	for part := range strings.SplitSeq(f.text(name, maxListed*40), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	if len(out) > maxListed {
		f.fail("%s lists more than %d", name, maxListed)
		return nil
	}
	return out
}

func (f *form) time(name string) time.Time {
	s := f.text(name, MaxField)
	if s == "" {
		return time.Time{}
	}
	t, err := parseTime(strings.ReplaceAll(s, " ", "+")) // an unescaped + becomes a blank
	if err != nil {
		f.fail("%s must be a time with a zone, as in 2025-07-01T08:30:00+07:00", name)
	}
	return t
}
