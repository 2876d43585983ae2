// Package senml reads and writes sensor measurements as SenML packs in JSON
// (RFC 8428). It resolves base fields, so that every record stands for itself,
// and keeps the good records of a pack when others are bad. It is pure: relative
// times are left for the caller, who knows what now is.
package senml

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

const (
	// MaxRecords is the number of records a pack may have.
	MaxRecords = 10_000
	// Version is the newest version of the format that is understood.
	Version = 10
	// relativeBelow parts times relative to now from those since 1970, seconds
	// (RFC 8428 section 4.5.3).
	relativeBelow = 1 << 28
)

// Record is a resolved record: its base fields are worked in. At most one of
// Value, Text, Bool and Data is set; none is when only Sum is.
type Record struct {
	// Name is the whole name of what was measured, Unit its unit, empty when
	// none was given.
	Name string
	Unit string
	// The value, in its kind. An empty Data is not nil.
	Value *float64
	Text  *string
	Bool  *bool
	Data  []byte
	// Sum is the integral of the value over time.
	Sum *float64
	// Time is seconds since 1970 or, when Relative, seconds from now, mostly
	// negative or zero.
	Time     float64
	Relative bool
	// Update is the longest time in seconds until the next measurement, zero
	// when none was promised.
	Update float64
}

// At returns when the record was true if it was received now.
func (r *Record) At(now time.Time) time.Time {
	whole, frac := math.Modf(r.Time)
	if r.Relative {
		return now.Add(time.Duration(r.Time * float64(time.Second)))
	}
	return time.Unix(int64(whole), int64(frac*1e9)).UTC()
}

// RecordError is what is wrong with one record of a pack.
type RecordError struct {
	// Index is the record's place in the pack from 0.
	Index int
	Err   error
}

// Error returns the place and the fault.
func (e *RecordError) Error() string { return fmt.Sprintf("senml: record %d: %v", e.Index+1, e.Err) }

// Unwrap returns the fault.
func (e *RecordError) Unwrap() error { return e.Err }

// Decode reads a pack. Records that are bad are left out and listed; the error
// is set when the pack as a whole cannot be trusted: no JSON array, a version or
// a field that must be understood and is not, base fields of the wrong type.
func Decode(data []byte) (records []Record, bad []*RecordError, err error) {
	in := json.NewDecoder(bytes.NewReader(data))
	if t, err := in.Token(); err != nil {
		return nil, nil, fmt.Errorf("senml: %w", err)
	} else if t != json.Delim('[') {
		return nil, nil, errors.New("senml: a pack is a JSON array of records")
	}
	var b base
	for i := 0; in.More(); i++ {
		if i >= MaxRecords {
			return nil, nil, fmt.Errorf("senml: more than %d records in a pack", MaxRecords)
		}
		var fields map[string]json.RawMessage
		if err := in.Decode(&fields); err != nil {
			return nil, nil, fmt.Errorf("senml: record %d: %w", i+1, err)
		}
		if err := b.take(fields); err != nil {
			return nil, nil, fmt.Errorf("senml: record %d: %w", i+1, err)
		}
		r, some, err := b.resolve(fields)
		if err != nil {
			bad = append(bad, &RecordError{Index: i, Err: err})
		} else if some {
			records = append(records, r)
		}
	}
	if _, err := in.Token(); err != nil {
		return nil, nil, fmt.Errorf("senml: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("senml: something follows the pack")
	}
	return records, bad, nil
}

// base is what the base fields say so far.
type base struct {
	name, unit       string
	time, value, sum float64
	hasSum           bool
}

// take reads the base fields of a record, which hold from this record on.
func (b *base) take(fields map[string]json.RawMessage) error {
	for label, raw := range fields {
		var err error
		switch label {
		case "bn":
			err = text(raw, &b.name)
		case "bu":
			err = text(raw, &b.unit)
		case "bt":
			err = number(raw, &b.time)
		case "bv":
			err = number(raw, &b.value)
		case "bs":
			b.hasSum = true
			err = number(raw, &b.sum)
		case "bver":
			var v float64
			if err = number(raw, &v); err == nil && (v < 1 || v > Version || v != math.Trunc(v)) {
				err = fmt.Errorf("version %v is not understood; this is version %d", v, Version)
			}
		default:
			if strings.HasSuffix(label, "_") {
				err = errors.New("it must be understood and is not")
			}
		}
		if err != nil {
			return fmt.Errorf("field %q: %w", label, err)
		}
	}
	return nil
}

// resolve returns the record with the base fields worked in; some is false for
// one that holds base fields only.
func (b *base) resolve(fields map[string]json.RawMessage) (r Record, some bool, err error) {
	r.Name, r.Unit = b.name, b.unit
	var own string
	var t float64
	for label, raw := range fields {
		var err error
		switch label {
		case "n":
			err = text(raw, &own)
		case "u":
			err = text(raw, &r.Unit)
		case "t":
			err = number(raw, &t)
		case "ut":
			err = number(raw, &r.Update)
		case "v":
			r.Value = new(float64)
			err = number(raw, r.Value)
		case "s":
			r.Sum = new(float64)
			err = number(raw, r.Sum)
		case "vs":
			r.Text = new(string)
			err = text(raw, r.Text)
		case "vb":
			r.Bool = new(bool)
			err = boolean(raw, r.Bool)
		case "vd":
			r.Data, err = octets(raw)
		default:
			continue
		}
		if err != nil {
			return r, false, fmt.Errorf("field %q: %w", label, err)
		}
		some = some || label != "u" && label != "t" && label != "ut"
	}
	if !some {
		return r, false, nil
	}
	r.Name += own
	return r, true, b.finish(&r, t)
}

// finish adds the base numbers and checks the record as a whole.
func (b *base) finish(r *Record, t float64) error {
	if err := checkName(r.Name); err != nil {
		return err
	}
	values := 0
	for _, set := range []bool{r.Value != nil, r.Text != nil, r.Bool != nil, r.Data != nil} {
		if set {
			values++
		}
	}
	if values > 1 {
		return errors.New("several values; a record has one")
	}
	if r.Value != nil {
		*r.Value += b.value
	}
	if r.Sum != nil {
		*r.Sum += b.sum
	} else if b.hasSum {
		s := b.sum
		r.Sum = &s
	}
	if values == 0 && r.Sum == nil {
		return errors.New("no value")
	}
	r.Time = b.time + t
	r.Relative = r.Time < relativeBelow
	if math.Abs(r.Time) > 1e11 {
		return fmt.Errorf("the time %v is out of range; it is in seconds", r.Time)
	}
	if r.Value != nil && math.IsInf(*r.Value, 0) || r.Sum != nil && math.IsInf(*r.Sum, 0) {
		return errors.New("base value and value together are too large")
	}
	if r.Update < 0 {
		return errors.New("the update time is negative")
	}
	return nil
}

// checkName applies RFC 8428 section 4.5.1.
func checkName(name string) error {
	if name == "" {
		return errors.New("no name")
	}
	for i, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case i > 0 && strings.IndexByte("-:./_", c) >= 0:
		default:
			return fmt.Errorf("the name %q may hold letters, digits and -:./_ and begins with one of the first two", name)
		}
	}
	return nil
}

func number(raw json.RawMessage, into *float64) error {
	if bytes.Equal(raw, []byte("null")) {
		return errors.New("null is no number")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s is no number", short(raw))
	}
	return nil
}

func text(raw json.RawMessage, into *string) error {
	if len(raw) == 0 || raw[0] != '"' {
		return fmt.Errorf("%s is no text", short(raw))
	}
	return json.Unmarshal(raw, into)
}

func boolean(raw json.RawMessage, into *bool) error {
	if string(raw) != "true" && string(raw) != "false" {
		return fmt.Errorf("%s is neither true nor false", short(raw))
	}
	*into = raw[0] == 't'
	return nil
}

// octets reads base64 in the URL alphabet, without padding as the RFC has it or
// with it as devices send it.
func octets(raw json.RawMessage) ([]byte, error) {
	var s string
	if err := text(raw, &s); err != nil {
		return nil, err
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil, errors.New("no base64 of the URL alphabet")
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

func short(raw json.RawMessage) string {
	if len(raw) > 20 {
		return string(raw[:20]) + "…"
	}
	return string(raw)
}
