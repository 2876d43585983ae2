package house

import (
	"go/ast"
	"path"
	"sort"
	"strings"
	"testing"
)

// Bounds of the shape of the code, in lines. Past them, something wants to be split along a concept.
const (
	fileLines    = 600
	packageLines = 3000
	file90th     = 350 // nine files in ten are not longer
	func90th     = 45  // nine functions in ten are not longer
)

// larger are packages that may be longer, and why.
var larger = map[string]int{
	// What can happen is one closed set whose meaning is private to the state: a
	// file for each field of the centre, none long.
	"server/world": 4500,
}

// topLevel is all that may lie at the top of the repository.
var topLevel = map[string]bool{
	".ci": true, ".editorconfig": true, ".gitattributes": true, ".gitignore": true, ".golangci.yml": true,
	"ARCHITECTURE.md": true, "LICENSE": true, "Makefile": true, "README.md": true, "go.mod": true, "go.sum": true,
	"assets": true, "cmd": true, "geo": true, "media": true, "server": true, "ui": true,
}

// emptyNames say nothing about what is in a package, so anything ends up there.
var emptyNames = map[string]bool{
	"util": true, "utils": true, "common": true, "types": true, "models": true, "model": true,
	"helpers": true, "helper": true, "config": true, "misc": true, "base": true, "shared": true,
}

func TestTopLevelIsFixed(t *testing.T) {
	seen := map[string]bool{}
	for _, file := range repository(t).texts {
		top, _, _ := strings.Cut(file.name, "/")
		if !topLevel[top] && !seen[top] {
			seen[top] = true
			t.Errorf("%s lies at the top of the repository, where the list is fixed: find its place in a folder that is there", top)
		}
	}
}

func TestPackageNamesSaySomething(t *testing.T) {
	for _, p := range repository(t).sorted() {
		if emptyNames[path.Base(p.dir)] {
			t.Errorf("%s: a package is named after what it provides", p.dir)
		}
		for _, s := range p.code {
			name := s.syntax.Name.Name
			if name != path.Base(p.dir) && name != "main" {
				t.Errorf("%s: package %s in a folder named %s", s.name, name, path.Base(p.dir))
			}
		}
	}
}

func TestEveryPackageHasOneComment(t *testing.T) {
	for _, p := range repository(t).sorted() {
		var with []string
		files := p.code
		if len(files) == 0 {
			files = p.tests
		}
		for _, s := range files {
			if s.syntax.Doc == nil {
				continue
			}
			with = append(with, s.name)
			first, _, _ := strings.Cut(s.syntax.Doc.Text(), "\n")
			name, want := s.syntax.Name.Name, "Package "+s.syntax.Name.Name+" "
			if name == "main" {
				want = "Command " + path.Base(p.dir) + " "
			}
			if !strings.HasPrefix(first, want) {
				t.Errorf("%s: the package comment begins with %q instead of %q", s.name, first, want)
			}
		}
		switch len(with) {
		case 0:
			t.Errorf("%s has no package comment: say in one file what the package is for", p.dir)
		case 1:
		default:
			t.Errorf("%s has several package comments: %s", p.dir, strings.Join(with, ", "))
		}
	}
}

func TestSizes(t *testing.T) {
	r := repository(t)
	var files, functions []int
	for _, p := range r.sorted() {
		total := 0
		for _, s := range p.code {
			total += s.lines
			files = append(files, s.lines)
			if s.lines > fileLines {
				t.Errorf("%s has %d lines, more than %d: is there a concept that wants its own file or package?", s.name, s.lines, fileLines)
			}
			for _, decl := range s.syntax.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
					functions = append(functions, r.fset.Position(f.End()).Line-r.fset.Position(f.Pos()).Line+1)
				}
			}
		}
		if most := max(packageLines, larger[p.dir]); total > most {
			t.Errorf("%s has %d lines of code, more than %d: which part of it has a name of its own?", p.dir, total, most)
		}
	}
	t.Logf("%d files: median %d lines, 90th percentile %d; %d functions: median %d lines, 90th percentile %d",
		len(files), percentile(files, 50), percentile(files, 90), len(functions), percentile(functions, 50), percentile(functions, 90))
	if got := percentile(files, 90); got > file90th {
		t.Errorf("one file in ten has more than %d lines; the house keeps that at %d", got, file90th)
	}
	if got := percentile(functions, 90); got > func90th {
		t.Errorf("one function in ten has more than %d lines; the house keeps that at %d", got, func90th)
	}
}

// TestTheRealBinariesAreTested holds that the step of make test which runs the programs on a
// virtual display has something to run.
func TestTheRealBinariesAreTested(t *testing.T) {
	p := repository(t).packages["cmd/wall"]
	if p == nil {
		t.Skip("cmd/wall is not there yet")
	}
	for _, s := range p.tests {
		for _, group := range s.syntax.Comments {
			if strings.HasPrefix(group.List[0].Text, "//go:build xvfb") {
				return
			}
		}
	}
	t.Error("cmd/wall has no test file that begins with //go:build xvfb")
}

// percentile returns the value that p in a hundred of the values do not exceed.
func percentile(values []int, p int) int {
	if len(values) == 0 {
		return 0
	}
	sort.Ints(values)
	return values[(len(values)-1)*p/100]
}
