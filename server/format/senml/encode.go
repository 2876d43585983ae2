package senml

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// wire is a record as it is written.
type wire struct {
	Name   string   `json:"n"`
	Unit   string   `json:"u,omitempty"`
	Value  *float64 `json:"v,omitempty"`
	Text   *string  `json:"vs,omitempty"`
	Bool   *bool    `json:"vb,omitempty"`
	Data   *string  `json:"vd,omitempty"`
	Sum    *float64 `json:"s,omitempty"`
	Time   float64  `json:"t,omitempty"`
	Update float64  `json:"ut,omitempty"`
}

// Encode writes records as a resolved pack: without base fields, in the order
// given. The error names the record that Decode would refuse.
func Encode(records []Record) ([]byte, error) {
	if len(records) > MaxRecords {
		return nil, fmt.Errorf("senml: %d records; a pack has at most %d", len(records), MaxRecords)
	}
	out := make([]wire, len(records))
	for i, r := range records {
		if err := check(r); err != nil {
			return nil, &RecordError{Index: i, Err: err}
		}
		out[i] = wire{Name: r.Name, Unit: r.Unit, Value: r.Value, Text: r.Text, Bool: r.Bool, Sum: r.Sum, Time: r.Time, Update: r.Update}
		if r.Data != nil {
			s := base64.RawURLEncoding.EncodeToString(r.Data)
			out[i].Data = &s
		}
	}
	return json.Marshal(out)
}

// check finds what finish would, on a copy, and numbers JSON cannot hold.
func check(r Record) error {
	for _, v := range []*float64{r.Value, r.Sum, &r.Time, &r.Update} {
		if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			return errors.New("a number is not finite")
		}
	}
	if r.Relative != (r.Time < relativeBelow) {
		return fmt.Errorf("the time %v is relative to now below %d and since 1970 from there on", r.Time, relativeBelow)
	}
	return new(base).finish(&r, r.Time)
}
