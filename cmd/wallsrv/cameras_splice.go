package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// cameraText is a configuration file taken apart around its list of cameras, so that a change touches the lines that it
// is about and nothing else: comments and the order of keys are the user's.
type cameraText struct {
	before, after string
	head          string // the line "cameras:" and comments up to the first entry
	entries       [][]string
	indent        string // before the dash of an entry
}

// errLayout is a file that cannot be edited line by line.
var errLayout = errors.New("the list of cameras is written in a way that cannot be edited here; paste the entries by hand")

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
			return nil, errLayout
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
		return nil, errLayout
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
		return nil, errLayout
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
func (t *cameraText) set(entry int, f field) error {
	lines := t.entries[entry]
	open := strings.Replace(lines[0], "-", " ", 1)
	first := keyLine.FindStringSubmatch(open)
	if first == nil {
		return errLayout // an entry in one line, or one that begins with a comment
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
		if m[2] == f.key {
			from = i
		}
	}
	written := indent + f.key + ": " + f.value + "\n"
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
func (t *cameraText) add(fs []field) {
	t.entries = append(t.entries, entryLines(t.indent, fs))
}

// entryLines writes an entry.
func entryLines(indent string, fs []field) []string {
	var out []string
	for i, f := range fs {
		lead := indent + "  "
		if i == 0 {
			lead = indent + "- "
		}
		out = append(out, lead+f.key+": "+f.value+"\n")
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

// apply carries changes out and returns the new text. Entries that could not be edited are told in the error; the others
// are changed.
func (t *cameraText) apply(changes []change) error {
	var problems []error
	for _, c := range changes {
		if c.at < 0 {
			t.add(c.keys)
			continue
		}
		for _, f := range c.keys {
			if err := t.set(c.at, f); err != nil {
				problems = append(problems, fmt.Errorf("camera %s: %s: its entry is written in one line; write \"%s: %s\" by hand", c.camera.ID, f.key, f.key, f.value))
			}
		}
	}
	return errors.Join(problems...)
}

// showChanges writes what an import changes, as a diff of the entries.
func showChanges(w io.Writer, changes []change) {
	same := 0
	for _, c := range changes {
		switch {
		case c.at < 0:
			fmt.Fprintf(w, "@@ %s: new @@\n", c.camera.ID)
			for _, l := range entryLines("  ", c.keys) {
				fmt.Fprint(w, "+", l)
			}
		case len(c.keys) == 0:
			same++
		default:
			fmt.Fprintf(w, "@@ %s: changed @@\n", c.camera.ID)
			for _, f := range c.keys {
				for _, o := range c.old {
					if o.key == f.key {
						fmt.Fprintf(w, "-    %s: %s\n", o.key, o.value)
					}
				}
				fmt.Fprintf(w, "+    %s: %s\n", f.key, f.value)
			}
		}
	}
	if same > 0 {
		fmt.Fprintf(w, "%d unchanged\n", same)
	}
}
