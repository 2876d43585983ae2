package house

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s#]+)[^)]*\)`)
	inBackquotes = regexp.MustCompile("`([^`\n]+)`")
	makeTarget   = regexp.MustCompile(`^make(?: [A-Z]+=\S+)* ([a-z][a-z-]*)`)
	targetLine   = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
)

// document returns the text of a file, or ends the test.
func (t *tree) document(tb testing.TB, name string) string {
	tb.Helper()
	for _, file := range t.texts {
		if file.name == name {
			return file.content
		}
	}
	tb.Fatalf("%s is missing", name)
	return ""
}

// TestDocumentsNameWhatExists follows the links of our documents, the paths they quote and the make
// targets they name. A quoted path counts if it begins with a folder that is there; <placeholders>
// and patterns do not.
func TestDocumentsNameWhatExists(t *testing.T) {
	r := repository(t)
	targets := map[string]bool{}
	for _, m := range targetLine.FindAllStringSubmatch(r.document(t, "Makefile"), -1) {
		targets[m[1]] = true
	}
	for _, file := range r.texts {
		if !strings.HasSuffix(file.name, ".md") || strings.Contains(file.name, "testdata/") {
			continue
		}
		for _, m := range markdownLink.FindAllStringSubmatch(file.content, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			if !r.exists(path.Join(path.Dir(file.name), m[1])) {
				t.Errorf("%s links to %s, which does not exist", file.name, m[1])
			}
		}
		for _, m := range inBackquotes.FindAllStringSubmatch(file.content, -1) {
			quoted := m[1]
			if target := makeTarget.FindStringSubmatch(quoted); target != nil && !targets[target[1]] {
				t.Errorf("%s names `%s`; the Makefile has no such target", file.name, quoted)
			}
			if strings.ContainsAny(quoted, " <>*…{}:$") || !strings.Contains(quoted, "/") {
				continue
			}
			if top, _, _ := strings.Cut(quoted, "/"); topLevel[top] && !r.exists(quoted) {
				t.Errorf("%s names `%s`, which does not exist", file.name, quoted)
			}
		}
	}
}

func (t *tree) exists(name string) bool {
	_, err := os.Stat(filepath.Join(t.root, filepath.FromSlash(name)))
	return err == nil
}

// TestArchitectureNamesEveryPackage holds that each package has its line in the table of
// ARCHITECTURE.md. A kind of source and a format may share the line of their folder.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	r := repository(t)
	document := r.document(t, "ARCHITECTURE.md")
	for _, p := range r.sorted() {
		shared := path.Dir(p.dir) + "/<"
		if !strings.Contains(document, "| `"+p.dir+"` |") && !strings.Contains(document, "| `"+shared) {
			t.Errorf("ARCHITECTURE.md has no line for `%s`: say in a sentence what it is for", p.dir)
		}
	}
}
