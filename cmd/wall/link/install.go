package link

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"iocwall/assets"
	"iocwall/server/atomicfile"
)

// entryName is the file of the desktop's entry.
const entryName = "iocwall.desktop"

// Install makes this program open links on the person's desktop, with the flags that
// are given: an entry in their applications, made the handler of the scheme. It writes
// to out what it did.
func Install(ctx context.Context, out io.Writer, flags []string) error {
	data := os.Getenv("XDG_DATA_HOME")
	if data == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("install: %w; set XDG_DATA_HOME", err)
		}
		data = filepath.Join(user, ".local", "share")
	}
	dir := filepath.Join(data, "applications")
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	path := filepath.Join(dir, entryName)
	if err := atomicfile.Write(path, []byte(desktopEntry(program, flags)), 0o644); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	fmt.Fprintln(out, "written:", path)
	for _, run := range [][]string{{"xdg-mime", "default", entryName, "x-scheme-handler/iocwall"}, {"update-desktop-database", dir}} {
		if _, err := exec.LookPath(run[0]); err != nil {
			fmt.Fprintf(out, "%s is not there; where links do not open yet, install xdg-utils and desktop-file-utils and do this again\n", run[0])
			continue
		}
		if said, err := exec.CommandContext(ctx, run[0], run[1:]...).CombinedOutput(); err != nil {
			fmt.Fprintf(out, "%s: %v %s\n", strings.Join(run, " "), err, strings.TrimSpace(string(said)))
		}
	}
	return nil
}

// desktopEntry is the entry with this program and the flags it was given.
func desktopEntry(program string, flags []string) string {
	args := append([]string{program, "open"}, flags...)
	for i, a := range args {
		args[i] = quoteExec(a)
	}
	var b strings.Builder
	for line := range strings.Lines(assets.DesktopEntry()) {
		if strings.HasPrefix(line, "Exec=") {
			line = "Exec=" + strings.Join(args, " ") + " %u\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// quoteExec quotes an argument of an Exec line. Source: Desktop Entry Specification
// 1.5, "The Exec key": the quoting of the line, then that of a string.
func quoteExec(s string) string {
	s = strings.ReplaceAll(s, "%", "%%")
	if !strings.ContainsAny(s, " \t\n\"'\\><~|&;$*?#()`") {
		return s
	}
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(s)
	return `"` + strings.ReplaceAll(s, `\`, `\\`) + `"`
}
