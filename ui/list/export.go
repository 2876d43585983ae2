package list

import (
	"bytes"
	"strings"
	"unicode"
)

// exportStep is how many rows are read at a time while the toolkit goes on.
const exportStep = 4000

// Export writes the rows as they are filtered and sorted. The file is UTF-8 with
// a mark at its start and, in Vietnamese, semicolons between cells: Excel opens it
// by a double click where numbers have a decimal comma, which takes the list
// separator of the system; in English it has commas.
func (l *List) Export() {
	if l.export {
		return
	}
	l.export = true
	order := l.v.shown
	rows := make([][]string, 0, len(order)+1)
	var head []string
	for _, c := range l.o.Columns {
		if !c.NoExport {
			head = append(head, c.Title)
		}
	}
	rows = append(rows, head)
	l.gather(order, rows)
}

// gather reads some rows and comes back for the others.
func (l *List) gather(order []*entry, rows [][]string) {
	n := min(len(order), exportStep)
	for _, e := range order[:n] {
		if e.at >= 0 {
			rows = append(rows, l.line(e.at))
		}
	}
	if order = order[n:]; len(order) > 0 {
		l.host.Job(func(<-chan struct{}) func() { return func() { l.gather(order, rows) } })
		return
	}
	l.export = false
	name := l.o.Export
	if name == "" {
		name = l.o.Name
	}
	comma := byte(';')
	if l.env.Lang.Code == "en" {
		comma = ','
	}
	l.host.Save(name+".csv", func() ([]byte, error) { return CSV(rows, comma), nil })
}

// Texts are the heads and at most most rows as they would be exported, for prints.
func (l *List) Texts(most int) (head []string, rows [][]string) {
	for _, c := range l.o.Columns {
		if !c.NoExport {
			head = append(head, c.Title)
		}
	}
	for _, e := range l.v.shown[:min(most, len(l.v.shown))] {
		if e.at >= 0 {
			rows = append(rows, l.line(e.at))
		}
	}
	return head, rows
}

func (l *List) line(i int) []string {
	var out []string
	for _, c := range l.o.Columns {
		switch {
		case c.NoExport:
		case c.CSV != nil:
			out = append(out, c.CSV(i))
		default:
			out = append(out, c.text(i))
		}
	}
	return out
}

// CSV writes rows for spreadsheets, RFC 4180 with a UTF-8 mark at its start. A
// cell that a spreadsheet would take for a formula gets an apostrophe before it,
// numbers apart.
func CSV(rows [][]string, comma byte) []byte {
	var b bytes.Buffer
	b.WriteString("\uFEFF")
	for _, row := range rows {
		for i, s := range row {
			if i > 0 {
				b.WriteByte(comma)
			}
			s = guard(s)
			if strings.ContainsAny(s, "\"\r\n;,\t") || s != strings.TrimSpace(s) {
				b.WriteString(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`)
			} else {
				b.WriteString(s)
			}
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// guard disarms what a spreadsheet would compute.
func guard(s string) string {
	t := strings.TrimLeftFunc(s, unicode.IsSpace)
	if t == "" || !strings.ContainsRune("=+-@|%", rune(t[0])) && t[0] != 0 {
		return s
	}
	if t[0] == '-' && strings.Trim(t[1:], "0123456789.,") == "" {
		return s
	}
	return "'" + s
}
