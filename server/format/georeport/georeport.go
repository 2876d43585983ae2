// Package georeport reads and writes the messages of Open311 GeoReport v2, with
// which citizens' reports travel between apps and a city: services, their
// definitions, requests and errors, in XML and in JSON. It is a pure codec; the
// server that mounts it decides who may ask and what becomes of a request.
//
// The format is that of the Open311 project's wiki, GeoReport v2. JSON follows
// its "Spark" convention: lists are plain arrays, repeated elements lose the
// element that wraps them.
package georeport

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"
)

// Format is how a message is written.
type Format string

// The formats. XML is obligatory for servers, JSON is not.
const (
	XML  Format = "xml"
	JSON Format = "json"
)

// FormatOf returns the format that a path's ending asks for, "xml" or "json".
func FormatOf(extension string) (Format, bool) {
	f := Format(extension)
	return f, f == XML || f == JSON
}

// ContentType returns the value of the Content-Type header.
func (f Format) ContentType() string {
	if f == JSON {
		return "application/json; charset=utf-8"
	}
	return "text/xml; charset=utf-8"
}

// Service is a kind of thing that can be reported.
type Service struct {
	Code        string `xml:"service_code" json:"service_code"`
	Name        string `xml:"service_name" json:"service_name"`
	Description string `xml:"description" json:"description"`
	// Metadata says that a Definition lists further questions.
	Metadata bool        `xml:"metadata" json:"metadata"`
	Type     ServiceType `xml:"type" json:"type"`
	// Keywords are separated by commas.
	Keywords string `xml:"keywords" json:"keywords"`
	Group    string `xml:"group" json:"group"`
}

// ServiceType says when a request gets its id.
type ServiceType string

// The types of service.
const (
	Realtime ServiceType = "realtime" // at once
	Batch    ServiceType = "batch"    // later; a token until then
	BlackBox ServiceType = "blackbox" // never
)

// Definition holds the questions of a service.
type Definition struct {
	Code       string      `xml:"service_code" json:"service_code"`
	Attributes []Attribute `xml:"attributes>attribute" json:"attributes"`
}

// Datatype is the kind of an answer.
type Datatype string

// The datatypes.
const (
	String     Datatype = "string"
	Number     Datatype = "number"
	Datetime   Datatype = "datetime"
	Text       Datatype = "text"
	SingleList Datatype = "singlevaluelist"
	MultiList  Datatype = "multivaluelist"
)

// Attribute is one question.
type Attribute struct {
	// Variable says that an answer is taken; without it, the description is
	// only shown.
	Variable            bool     `xml:"variable" json:"variable"`
	Code                string   `xml:"code" json:"code"`
	Datatype            Datatype `xml:"datatype" json:"datatype"`
	Required            bool     `xml:"required" json:"required"`
	DatatypeDescription string   `xml:"datatype_description" json:"datatype_description"`
	// Order sorts the questions from 1.
	Order       int    `xml:"order" json:"order"`
	Description string `xml:"description" json:"description"`
	// Values are the answers of a list.
	Values []Value `xml:"values>value,omitempty" json:"values,omitempty"`
}

// Value is one answer of a list.
type Value struct {
	Key  string `xml:"key" json:"key"`
	Name string `xml:"name" json:"name"`
}

// Status is where a request stands.
type Status string

// The statuses.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// Request is a report as the public sees it.
type Request struct {
	ID          string `xml:"service_request_id" json:"service_request_id"`
	Status      Status `xml:"status" json:"status"`
	StatusNotes string `xml:"status_notes" json:"status_notes"`
	ServiceName string `xml:"service_name" json:"service_name"`
	ServiceCode string `xml:"service_code" json:"service_code"`
	Description string `xml:"description" json:"description"`
	Agency      string `xml:"agency_responsible" json:"agency_responsible"`
	Notice      string `xml:"service_notice" json:"service_notice"`
	Requested   Time   `xml:"requested_datetime" json:"requested_datetime"`
	Updated     Time   `xml:"updated_datetime" json:"updated_datetime"`
	// Expected is when an answer is due.
	Expected  Time   `xml:"expected_datetime" json:"expected_datetime"`
	Address   string `xml:"address" json:"address"`
	AddressID string `xml:"address_id" json:"address_id"`
	ZipCode   string `xml:"zipcode" json:"zipcode"`
	// Lat and Long in degrees of WGS 84; nil when the place is not known.
	Lat      *Degrees `xml:"lat" json:"lat"`
	Long     *Degrees `xml:"long" json:"long"`
	MediaURL string   `xml:"media_url" json:"media_url"`
}

// Created answers a new request. Either ID or Token is set.
type Created struct {
	ID        string `xml:"service_request_id,omitempty" json:"service_request_id,omitempty"`
	Token     string `xml:"token,omitempty" json:"token,omitempty"`
	Notice    string `xml:"service_notice" json:"service_notice"`
	AccountID string `xml:"account_id" json:"account_id"`
}

// Error is one fault of a request, told to its sender.
type Error struct {
	// Code is the HTTP status or, for faults of a field, the status followed by
	// a number of the server's own.
	Code        string `xml:"code" json:"code"`
	Description string `xml:"description" json:"description"`
}

// Error returns the description.
func (e Error) Error() string { return e.Description }

// Time is a moment written as the W3C profile of ISO 8601 has it, with a zone;
// the zero value is written as nothing.
type Time struct{ time.Time }

// MarshalText writes the time to the second in the zone it carries.
func (t Time) MarshalText() ([]byte, error) {
	if t.IsZero() {
		return nil, nil
	}
	return []byte(t.Format(time.RFC3339)), nil
}

// MarshalJSON writes the time, null for the zero value.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(t.Format(time.RFC3339))
}

// UnmarshalText reads a time with a zone; nothing is the zero value.
func (t *Time) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*t = Time{}
		return nil
	}
	at, err := parseTime(string(text))
	if err != nil {
		return err
	}
	t.Time = at
	return nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Time) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("georeport: time: %w", err)
	}
	if s == nil {
		*t = Time{}
		return nil
	}
	return t.UnmarshalText([]byte(*s))
}

// parseTime reads a W3C date-time. Seconds may be missing, the zone may not.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("georeport: %q is no time with a zone, as in 2025-07-01T08:30:00+07:00", s)
}

// Degrees is written without an exponent.
type Degrees float64

// MarshalText writes the number, to a tenth of a metre.
func (d Degrees) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(d), 'f', 6, 64), nil
}

// MarshalJSON writes the number as a number.
func (d Degrees) MarshalJSON() ([]byte, error) { return d.MarshalText() }

// UnmarshalText reads a number.
func (d *Degrees) UnmarshalText(text []byte) error {
	v, err := strconv.ParseFloat(string(text), 64)
	*d = Degrees(v)
	return err
}

// UnmarshalJSON reads a number, also one in quotes.
func (d *Degrees) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) != nil {
		s = string(data)
	}
	return d.UnmarshalText([]byte(s))
}

// EncodeServices writes the list of services.
func EncodeServices(f Format, list []Service) ([]byte, error) {
	return encode(f, "services", "service", list)
}

// EncodeDefinition writes a service's questions.
func EncodeDefinition(f Format, d Definition) ([]byte, error) {
	if f == JSON {
		if d.Attributes == nil {
			d.Attributes = []Attribute{}
		}
		return json.Marshal(d)
	}
	return document("service_definition", d)
}

// EncodeRequests writes a list of requests; one alone is a list, too.
func EncodeRequests(f Format, list []Request) ([]byte, error) {
	return encode(f, "service_requests", "request", list)
}

// EncodeCreated writes the answer to a new request.
func EncodeCreated(f Format, c Created) ([]byte, error) {
	if (c.ID == "") == (c.Token == "") {
		return nil, fmt.Errorf("georeport: an answer has an id or a token, not %q and %q", c.ID, c.Token)
	}
	return encode(f, "service_requests", "request", []Created{c})
}

// EncodeErrors writes what was wrong.
func EncodeErrors(f Format, list []Error) ([]byte, error) {
	return encode(f, "errors", "error", list)
}

// encode writes a list: an array, or elements within a root element.
func encode[T any](f Format, root, element string, list []T) ([]byte, error) {
	if f == JSON {
		if list == nil {
			list = []T{}
		}
		return json.Marshal(list)
	}
	return document(root, wrapped[T]{element, list})
}

// wrapped is a list as XML has it.
type wrapped[T any] struct {
	element string
	list    []T
}

// MarshalXML writes the elements one after another.
func (w wrapped[T]) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for i := range w.list {
		if err := e.EncodeElement(&w.list[i], xml.StartElement{Name: xml.Name{Local: w.element}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// document writes v as the root element of a document.
func document(root string, v any) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(xml.Header)
	e := xml.NewEncoder(&out)
	if err := e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: root}}); err != nil {
		return nil, fmt.Errorf("georeport: %s: %w", root, err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("georeport: %s: %w", root, err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
