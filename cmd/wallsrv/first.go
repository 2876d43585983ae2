package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"iocwall/server/atomicfile"
)

// firstFile is where the first one-time password is written when there is nobody
// in front of the program.
const firstFile = "first-password.txt"

// tellFirst returns what shows the first administrator's one-time password to who
// starts the server: in a box, once. Where the program's output is kept in the
// system's journal, a file that only this user may read takes its place.
func tellFirst(out io.Writer, data string, journalled bool) func(login, password string) error {
	return func(login, password string) error {
		if !journalled {
			_, err := io.WriteString(out, firstBox(login, password))
			return err
		}
		path := filepath.Join(data, firstFile)
		if err := atomicfile.Write(path, []byte(firstBox(login, password)), 0o600); err != nil {
			return err
		}
		_, err := fmt.Fprintf(out, "the first administrator's one-time password is in %s; remove the file once it was used\n", path)
		return err
	}
}

// journalled reports whether the output goes to the system's journal: systemd says
// so in the environment.
func journalled() bool { return os.Getenv("JOURNAL_STREAM") != "" }

func firstBox(login, password string) string {
	lines := []string{
		"There was no user yet. The first administrator is",
		"",
		"    login      " + login,
		"    password   " + password,
		"",
		"The password is shown only this once and is good for 7 days.",
		"It must be changed at the first login, which also sets up",
		"the second factor. If it is lost: wallsrv user reset " + login,
	}
	width := 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(l))
	}
	var b strings.Builder
	b.WriteString("\n╔" + strings.Repeat("═", width+4) + "╗\n")
	for _, l := range lines {
		b.WriteString("║  " + l + strings.Repeat(" ", width-utf8.RuneCountInString(l)) + "  ║\n")
	}
	b.WriteString("╚" + strings.Repeat("═", width+4) + "╝\n\n")
	return b.String()
}
