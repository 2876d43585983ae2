package roster

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"iocwall/server/world"
)

// cameraText is a configuration file taken apart around its list of cameras, so that a change touches the lines that it
// is about and nothing else: comments and the order of keys are the user's.
type cameraText struct {
	before, after string
	head          string // the line "cameras:" and comments up to the first entry
	entries       [][]string
	indent        string // before the dash of an entry
}

// unreadable says that a file cannot be edited line by line.
func unreadable() error {
	return world.Refuse("roster.layout", "the list of cameras is written in a way that cannot be edited here; paste the entries by hand")
}

var keyLine = regexp.MustCompile(`^( *)([A-Za-z_]+):( |\r?\n|$)`)

// splitCameras takes a configuration apart; count is the number of cameras that it holds.
func splitCameras(text string, count int) (*cameraText, error) {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	start := -1
	for i, l := range lines {
		if strings.HasPrefix(l, "cameras:") {
			start = i
			break
		}
	}
	t := &cameraText{indent: "  "}
	if start < 0 {
		if count > 0 {
			return nil, unreadable()
		}
		t.before, t.head = text, "cameras:\n"
		if text != "" && !strings.HasSuffix(text, "\n") {
			t.before += "\n"
		}
		return t, nil
	}
	t.head = strings.TrimSuffix(lines[start], "\n") + "\n"
	value, comment, commented := strings.Cut(strings.TrimPrefix(strings.TrimRight(lines[start], "\r\n"), "cameras:"), "#")
	switch strings.TrimSpace(value) {
	case "":
	case "[]":
		t.head = "cameras:\n"
		if commented {
			t.head = "cameras: #" + comment + "\n"
		}
	default:
		return nil, unreadable()
	}
	end := start + 1
	for end < len(lines) && (strings.HasPrefix(lines[end], " ") || strings.HasPrefix(lines[end], "#") || strings.HasPrefix(lines[end], "- ") || strings.TrimSpace(lines[end]) == "") {
		end++
	}
	for end > start+1 && idle(lines[end-1]) {
		end--
	}
	t.before, t.after = strings.Join(lines[:start], ""), strings.Join(lines[end:], "")
	t.cut(lines[start+1 : end])
	if len(t.entries) != count {
		return nil, unreadable()
	}
	return t, nil
}

// cut divides the lines of the list into entries.
func (t *cameraText) cut(lines []string) {
	first := true
	for _, l := range lines {
		trimmed := strings.TrimLeft(l, " ")
		indent := l[:len(l)-len(trimmed)]
		dash := strings.HasPrefix(trimmed, "- ")
		switch {
		case dash && first:
			first, t.indent = false, indent
			t.entries = append(t.entries, []string{l})
		case dash && indent == t.indent:
			t.entries = append(t.entries, []string{l})
		case first:
			t.head += l
		default:
			last := len(t.entries) - 1
			t.entries[last] = append(t.entries[last], l)
		}
	}
	if last := len(t.entries) - 1; last >= 0 {
		end := len(t.entries[last]) - 1
		if l := t.entries[last][end]; !strings.HasSuffix(l, "\n") {
			t.entries[last][end] = l + "\n"
		}
	}
}

// set writes one key of an entry.
func (t *cameraText) set(entry int, f Field) error {
	lines := t.entries[entry]
	open := strings.Replace(lines[0], "-", " ", 1)
	first := keyLine.FindStringSubmatch(open)
	if first == nil {
		return unreadable() // an entry in one line, or one that begins with a comment
	}
	indent := first[1]
	from, to := -1, len(lines)
	for i, l := range lines {
		if i == 0 {
			l = open
		}
		m := keyLine.FindStringSubmatch(l)
		if m == nil || m[1] != indent {
			continue
		}
		if from >= 0 {
			to = i
			break
		}
		if m[2] == f.Key {
			from = i
		}
	}
	written := indent + f.Key + ": " + f.Value + "\n"
	if from < 0 {
		from = len(lines)
		for from > 1 && idle(lines[from-1]) {
			from--
		}
		to = from
	}
	// Comments between this key and the next speak of the next.
	for to > from+1 && idle(lines[to-1]) {
		to--
	}
	if from == 0 {
		written = lines[0][:len(indent)] + written[len(indent):]
	}
	t.entries[entry] = append(append(append([]string(nil), lines[:from]...), written), lines[to:]...)
	return nil
}

// idle tells whether a line is a comment or empty.
func idle(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// add appends an entry.
func (t *cameraText) add(fs []Field) {
	t.entries = append(t.entries, entryLines(t.indent, fs))
}

// entryLines writes an entry.
func entryLines(indent string, fs []Field) []string {
	var out []string
	for i, f := range fs {
		lead := indent + "  "
		if i == 0 {
			lead = indent + "- "
		}
		out = append(out, lead+f.Key+": "+f.Value+"\n")
	}
	return out
}

// String puts the file together again.
func (t *cameraText) String() string {
	var b strings.Builder
	b.WriteString(t.before + t.head)
	for _, e := range t.entries {
		b.WriteString(strings.Join(e, ""))
	}
	return b.String() + t.after
}

// apply carries changes out. Of entries that cannot be edited line by line the error holds all that is to be written by
// hand; the others are changed.
func (t *cameraText) apply(changes []Change) error {
	var byHand []string
	for _, c := range changes {
		if c.At < 0 {
			t.add(c.Keys)
			continue
		}
		var keys []string
		for _, f := range c.Keys {
			if err := t.set(c.At, f); err != nil {
				keys = append(keys, f.Key+": "+f.Value)
			}
		}
		if len(keys) > 0 {
			byHand = append(byHand, "camera "+c.Camera.ID+": "+strings.Join(keys, ", "))
		}
	}
	if len(byHand) == 0 {
		return nil
	}
	return world.Refuse("roster.lines", "entries that are written in one line cannot be edited here; write by hand\n{text}", "text", strings.Join(byHand, "\n"))
}

// Splice returns the text of a configuration, which holds count cameras, with the
// changes made. It touches the lines of those entries only. An error names each entry
// that is written in a way that cannot be edited line by line; the text is then not
// to be used.
func Splice(text string, count int, changes []Change) (string, error) {
	t, err := splitCameras(text, count)
	if err != nil {
		return "", err
	}
	if err := t.apply(changes); err != nil {
		return "", err
	}
	return t.String(), nil
}

// Drop returns the text of a configuration, which holds count cameras, without the
// entry at a place, counted from zero, and the comments within it.
func Drop(text string, count, at int) (string, error) {
	t, err := splitCameras(text, count)
	if err != nil {
		return "", err
	}
	if at < 0 || at >= len(t.entries) {
		return "", fmt.Errorf("there is no camera %d of %d", at+1, len(t.entries))
	}
	gone := t.entries[at]
	end := len(gone)
	for end > 1 && idle(gone[end-1]) {
		end-- // comments after it speak of what follows
	}
	rest := strings.Join(gone[end:], "")
	t.entries = append(t.entries[:at:at], t.entries[at+1:]...)
	switch {
	case at > 0:
		last := &t.entries[at-1]
		*last = append(*last, gone[end:]...)
	default:
		t.head += rest
	}
	if len(t.entries) == 0 {
		t.head = strings.Replace(t.head, "cameras:", "cameras: []", 1)
	}
	return t.String(), nil
}

// ShowEntries writes the entries of changes as a configuration holds them.
func ShowEntries(w io.Writer, changes []Change) {
	fmt.Fprintln(w, "cameras:")
	for _, c := range changes {
		fmt.Fprint(w, strings.Join(entryLines("  ", c.Keys), ""))
	}
}

// ShowChanges writes what an import changes, as a diff of the entries.
func ShowChanges(w io.Writer, changes []Change) {
	same := 0
	for _, c := range changes {
		switch {
		case c.At < 0:
			fmt.Fprintf(w, "@@ %s: new @@\n", c.Camera.ID)
			for _, l := range entryLines("  ", c.Keys) {
				fmt.Fprint(w, "+", l)
			}
		case len(c.Keys) == 0:
			same++
		default:
			fmt.Fprintf(w, "@@ %s: changed @@\n", c.Camera.ID)
			for _, f := range c.Keys {
				for _, o := range c.Old {
					if o.Key == f.Key {
						fmt.Fprintf(w, "-    %s: %s\n", o.Key, o.Value)
					}
				}
				fmt.Fprintf(w, "+    %s: %s\n", f.Key, f.Value)
			}
		}
	}
	if same > 0 {
		fmt.Fprintf(w, "%d unchanged\n", same)
	}
}
