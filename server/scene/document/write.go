package document

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// WriteScene returns a scene as ReadScene reads it. Who saved it is not written.
func WriteScene(w world.WallDefined, s world.SceneSaved) []byte {
	o := &writer{}
	o.line(0, "wall: %s", scalar(w.ID))
	o.scene(w, s)
	return o.text()
}

// writer writes lines with two spaces a level.
type writer struct{ lines []string }

func (o *writer) line(level int, format string, args ...any) {
	o.lines = append(o.lines, strings.Repeat("  ", level)+fmt.Sprintf(format, args...))
}

func (o *writer) text() []byte { return []byte(strings.Join(o.lines, "\n") + "\n") }

// list begins a list; an empty one is written out.
func (o *writer) list(key string, n int) {
	if n == 0 {
		o.line(0, "%s: []", key)
		return
	}
	o.line(0, "%s:", key)
}

func (o *writer) scene(w world.WallDefined, s world.SceneSaved) {
	o.line(0, "id: %s", scalar(s.ID))
	if s.Name != "" {
		o.line(0, "name: %s", scalar(s.Name))
	}
	if s.Version != 0 {
		o.line(0, "version: %d", s.Version)
	}
	if s.Preset != 0 {
		o.line(0, "preset: %d", s.Preset)
	}
	o.list("tiles", len(s.Tiles))
	for _, t := range s.Tiles {
		f := []string{"id: " + scalar(t.ID), "kind: " + scalar(t.Kind)}
		f = append(f, place(w, scene.RectOf(t))...)
		if t.Important {
			f = append(f, "important: true")
		}
		if len(t.Params) > 0 {
			var ps []string
			for _, p := range t.Params {
				ps = append(ps, scalar(p.Key)+": "+scalar(p.Value))
			}
			f = append(f, "params: {"+strings.Join(ps, ", ")+"}")
		}
		o.line(1, "- {%s}", strings.Join(f, ", "))
	}
	if len(s.Zones) == 0 {
		return
	}
	o.list("zones", len(s.Zones))
	for _, z := range s.Zones {
		f := field([]string{"id: " + scalar(z.ID)}, "name", z.Name)
		f = append(f, place(w, scene.RectOfZone(z))...)
		if z.Least != 0 {
			f = append(f, "least: "+strconv.Itoa(z.Least))
		}
		o.line(1, "- {%s}", strings.Join(f, ", "))
	}
}

// place writes a place by screens where it lies on the snap grid, else in
// millimetres.
func place(w world.WallDefined, r scene.Rect) []string {
	a, ok := scene.Find(w, r)
	if !ok {
		return []string{"mm: [" + number(r.X) + ", " + number(r.Y) + ", " + number(r.W) + ", " + number(r.H) + "]"}
	}
	out := []string{"at: " + strconv.Quote(a.Screens)}
	if a.Top > 0 {
		out = append(out, "top: "+strconv.Itoa(a.Top))
	}
	if a.Below > 0 {
		out = append(out, "below: "+strconv.Itoa(a.Below))
	}
	if a.Cell != "" {
		out = append(out, "cell: "+strconv.Quote(a.Cell))
	}
	return out
}

// field adds a field that is not empty.
func field(fields []string, key, value string) []string {
	if value == "" {
		return fields
	}
	return append(fields, key+": "+scalar(value))
}

// number writes a number as short as it can be read back.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// scalar writes a text as YAML: as it is where it can be nothing else, otherwise in
// double quotes.
func scalar(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plain reports whether a text can stand without quotes.
func plain(s string) bool {
	words := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	if s == "" || strings.HasSuffix(s, " ") || slices.Contains(words, strings.ToLower(s)) {
		return false
	}
	for i, r := range s {
		letter := unicode.IsLetter(r)
		if !letter && (i == 0 || !unicode.IsDigit(r) && !strings.ContainsRune(" ._-/", r)) {
			return false
		}
	}
	return true
}
