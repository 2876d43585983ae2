package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"iocwall/geo"
	"iocwall/media/onvif"
	"iocwall/server/settings"
	"iocwall/server/source"
	"iocwall/server/strict"
)

// MaxTable bounds a table of cameras, in bytes.
const MaxTable = 16 << 20

// columns are what a table may have.
func columns() []string {
	return []string{"id", "name", "lat", "lon", "main", "sub", "user", "password_ref", "area", "site", "onvif"}
}

// ReadTable reads cameras from a file; see ParseTable. All its problems come as one
// error.
func ReadTable(path string) ([]Found, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, MaxTable+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > MaxTable {
		return nil, fmt.Errorf("%s is larger than %d bytes; is it the right file?", path, MaxTable)
	}
	out, problems := ParseTable(path, raw)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%w\n%d mistakes in the table; nothing was imported", strict.Error(problems), len(problems))
	}
	return out, nil
}

// table reads one file.
type table struct {
	file     string
	comma    rune
	header   []string
	problems []strict.Problem
	seen     map[string]int // line by id
	line     int
	columns  []int // where each field of the line begins
}

// ParseTable reads a table of cameras with a header, separated by commas, semicolons
// or tabs: Excel separates by semicolons where the comma divides decimals. The file's
// name is for the problems, of which all come at once; with at least one nothing of
// the table must be used. Problems never repeat what may be a password.
func ParseTable(file string, raw []byte) ([]Found, []strict.Problem) {
	t := &table{file: file, comma: ',', seen: map[string]int{}}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	for _, c := range []rune{';', '\t'} {
		if bytes.ContainsRune(first, c) && !bytes.ContainsRune(first, ',') {
			t.comma = c
		}
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = t.comma, -1, true
	var out []Found
	for len(t.problems) < 1000 {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			t.line, t.columns = bad.Line, nil
			t.fail(-1, "", "the quotes do not match", `write "" for a quote within quotes`)
			continue
		}
		if err != nil {
			t.fail(-1, "", err.Error(), "")
			break
		}
		t.place(r, len(record))
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
		}
		if t.header == nil {
			if !t.readHeader(record) {
				break
			}
			continue
		}
		if w, ok := t.row(record); ok {
			out = append(out, w)
		}
	}
	if t.header == nil && len(t.problems) == 0 {
		t.line = 1
		t.fail(-1, "", "the table is empty", "begin with a line of column names: "+strings.Join(columns(), ","))
	}
	return out, t.problems
}

// place remembers where the fields of a record are.
func (t *table) place(r *csv.Reader, n int) {
	t.columns = t.columns[:0]
	for i := range n {
		line, column := r.FieldPos(i)
		if i == 0 {
			t.line = line
		}
		t.columns = append(t.columns, column)
	}
}

func (t *table) fail(field int, path, message, suggestion string) {
	column := 1
	if field >= 0 && field < len(t.columns) {
		column = t.columns[field]
	}
	t.problems = append(t.problems, strict.Problem{File: t.file, Line: t.line, Column: column, Path: path, Message: message, Suggestion: suggestion})
}

// readHeader reads the names of the columns; false when no row can be read by them.
func (t *table) readHeader(record []string) bool {
	before := len(t.problems)
	for i, name := range record {
		name = strings.ToLower(name)
		switch {
		case !slices.Contains(columns(), name):
			t.fail(i, "", fmt.Sprintf("%q is no column", name), strict.Nearest(name, columns()))
		case slices.Contains(record[:i], name):
			t.fail(i, "", fmt.Sprintf("there are two columns %q", name), "remove one")
		}
		record[i] = name
	}
	for _, name := range []string{"id", "name", "main"} {
		if !slices.Contains(record, name) {
			t.fail(-1, "", fmt.Sprintf("there is no column %q", name), "the first line names the columns: "+strings.Join(columns(), ","))
		}
	}
	t.header = record
	return len(t.problems) == before
}

// row reads one camera; ok is false for an empty line.
func (t *table) row(record []string) (w Found, ok bool) {
	if !slices.ContainsFunc(record, func(s string) bool { return s != "" }) {
		return w, false
	}
	if len(record) != len(t.header) {
		t.fail(-1, "", fmt.Sprintf("has %d fields instead of %d", len(record), len(t.header)), "put quotes around text that holds the separator")
		return w, false
	}
	get := func(name string) (string, int) {
		i := slices.Index(t.header, name)
		if i < 0 {
			return "", -1
		}
		return record[i], i
	}
	w.table, w.Line = true, t.line
	c := &w.Camera
	id, at := get("id")
	switch line, there := t.seen[id]; {
	case !settings.ValidID(id):
		t.fail(at, "id", fmt.Sprintf("%q is not an id", id), "use letters, digits, dots, dashes and underscores, at most 64")
	case there:
		t.fail(at, "id", fmt.Sprintf("%q is used twice", id), fmt.Sprintf("line %d has it already", line))
	default:
		t.seen[id] = t.line
	}
	c.ID = id
	if c.Name, at = get("name"); c.Name == "" {
		t.fail(at, "name", "needs a name", "")
	}
	c.Pos = t.position(get)
	c.Streams = t.streams(get)
	c.Area, _ = get("area")
	c.Site, _ = get("site")
	c.User, _ = get("user")
	if c.Password, at = get("password_ref"); c.Password != "" {
		if p := source.CheckSecret("", c.Password); p != nil {
			t.fail(at, "password_ref", "a password does not belong into a table", p.Suggestion)
			c.Password = ""
		} else if c.User == "" {
			t.fail(at, "password_ref", "there is a password and no user", "fill the column user")
		}
	}
	if c.ONVIF.Address, at = get("onvif"); c.ONVIF.Address != "" {
		if _, err := onvif.New(onvif.Options{Address: c.ONVIF.Address}); err != nil {
			t.fail(at, "onvif", strings.TrimPrefix(err.Error(), "onvif: "), "")
		}
	}
	return w, true
}

// position reads lat and lon; none is no mistake, the entry may have one already.
func (t *table) position(get func(string) (string, int)) geo.Point {
	lat, latAt := get("lat")
	lon, lonAt := get("lon")
	if lat == "" && lon == "" {
		return geo.Point{}
	}
	y, yOK := t.degrees("lat", lat, latAt, 90)
	x, xOK := t.degrees("lon", lon, lonAt, 180)
	if !xOK || !yOK {
		return geo.Point{}
	}
	return geo.Point{x, y}
}

func (t *table) degrees(name, s string, at int, limit float64) (float64, bool) {
	if t.comma != ',' {
		s = strings.Replace(s, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || v-v != 0:
		t.fail(at, name, fmt.Sprintf("%q is not a number of degrees", s), "write it as in 15.8575")
	case v < -limit || v > limit:
		t.fail(at, name, fmt.Sprintf("%s is not between -%g and %g degrees", s, limit, limit), "are lat and lon swapped?")
	default:
		return v, true
	}
	return 0, false
}

// streams reads main and sub. Addresses are not repeated in messages: they may hold a password.
func (t *table) streams(get func(string) (string, int)) []settings.StreamConfig {
	var out []settings.StreamConfig
	for _, name := range []string{"main", "sub"} {
		s, at := get(name)
		if s == "" {
			if name == "main" {
				t.fail(at, name, "needs the address of the stream", "write rtsp://host:port/path")
			}
			continue
		}
		u, err := url.Parse(s)
		switch {
		case err != nil || u.Scheme != "rtsp" && u.Scheme != "rtsps" || u.Hostname() == "":
			t.fail(at, name, "is not an address of a camera", "write rtsp://host:port/path")
		case u.User != nil:
			t.fail(at, name, "holds a login", "put it into user and password_ref")
		default:
			out = append(out, settings.StreamConfig{Name: name, URL: s})
		}
	}
	return out
}
