package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"iocwall/server/strict"
)

// inner is what the server keeps for itself in its data folder: who may log in, the
// keys, what people are called and the history.
func inner() []string {
	return []string{"users.json", "users.key", "tokens.json", "relay.key", "first-password.txt", "vault", "journal", "evidence", "evidence.new"}
}

// reach complains about every value that leads to a file which nothing in a
// configuration has a reason to name. Who may write the configuration must not be able
// to read through it what the server keeps from everybody: by a "secret" that is sent
// to a camera of one's own, or by the words in which a file is complained about. It
// reads no file, and must come before anything that does.
func (k *checker) reach() {
	data := k.config.DataDir()
	if real, err := filepath.EvalSymlinks(data); err == nil {
		data = real
	}
	k.doc.Texts(func(n strict.Node, text string) {
		path, _ := strings.CutPrefix(text, "file:")
		if path == "" || len(path) > 4096 || strings.ContainsAny(path, "\x00\n") {
			return
		}
		if path = k.config.Path(path); ofSystem(path) || hidden(path, data) {
			k.problems = append(k.problems, n.Problem("", "leads to what is not for a configuration to read", "name a file of its own; what the server keeps in its data folder is for nobody else"))
		}
	})
}

// ofSystem reports whether a path leads to devices and to the insides of processes,
// some of which never end.
func ofSystem(path string) bool {
	path = filepath.Clean(path)
	return slices.ContainsFunc([]string{"/proc/", "/sys/", "/dev/"}, func(dir string) bool { return strings.HasPrefix(path, dir) })
}

// hidden reports whether a path leads, by whatever way, to what the server keeps for
// itself in the folder data.
func hidden(path, data string) bool {
	if _, err := os.Lstat(path); err != nil {
		return false // most texts are no paths
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	if ofSystem(real) {
		return true
	}
	if info, err := os.Stat(real); err != nil || info.IsDir() {
		return false
	}
	rel, err := filepath.Rel(data, real)
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return slices.Contains(inner(), first)
}
