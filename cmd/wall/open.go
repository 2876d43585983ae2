package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"iocwall/server/atomicfile"
)

// files is where people's files go: what they export, print or save.
type files struct{ home string }

// newFiles returns the files of who runs the program.
func newFiles() files {
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return files{home}
}

// Folder is the folder for documents as the desktop names it, or the home folder.
// Source: freedesktop.org, xdg-user-dirs.
func (f files) Folder() string {
	config := os.Getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(f.home, ".config")
	}
	in, err := os.Open(filepath.Join(config, "user-dirs.dirs"))
	if err != nil {
		return f.home
	}
	defer in.Close()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		value, is := strings.CutPrefix(strings.TrimSpace(lines.Text()), "XDG_DOCUMENTS_DIR=")
		if !is {
			continue
		}
		dir := strings.Replace(strings.Trim(value, `"`), "$HOME", f.home, 1)
		if i, err := os.Stat(dir); err == nil && i.IsDir() && filepath.IsAbs(dir) {
			return filepath.Clean(dir)
		}
	}
	return f.home
}

// Write writes a file whole or not at all. A name without a folder goes to Folder,
// "~/" is the home folder; a file that is there already is not lost: the new one
// gets a number. The folder must be there.
func (f files) Write(name string, content []byte) (string, error) {
	name = strings.TrimSpace(name)
	if rest, is := strings.CutPrefix(name, "~/"); is {
		name = filepath.Join(f.home, rest)
	}
	if name == "" || strings.HasSuffix(name, "/") {
		return "", fmt.Errorf("save %q: the name of the file is missing", name)
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(f.Folder(), name)
	}
	if i, err := os.Stat(filepath.Dir(name)); err != nil || !i.IsDir() {
		return "", fmt.Errorf("save %s: there is no folder %s; make it or choose another one", filepath.Base(name), filepath.Dir(name))
	}
	path, err := unused(name)
	if err != nil {
		return "", err
	}
	if err := atomicfile.Write(path, content, 0o600); err != nil {
		return "", fmt.Errorf("save %s: %w", path, err)
	}
	return path, nil
}

// mostNumbered is how many files of one name there may be.
const mostNumbered = 999

// unused is the path, or the first one with a number before its ending that is free.
func unused(path string) (string, error) {
	ext := filepath.Ext(path)
	for n := 1; n <= mostNumbered; n++ {
		try := path
		if n > 1 {
			try = strings.TrimSuffix(path, ext) + " (" + strconv.Itoa(n) + ")" + ext
		}
		if _, err := os.Lstat(try); errors.Is(err, fs.ErrNotExist) {
			return try, nil
		}
	}
	return "", fmt.Errorf("save %s: there are too many files of that name; choose another one", path)
}
