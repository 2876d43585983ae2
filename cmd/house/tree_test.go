// Package house holds the rules of the house as tests: who may import whom, how big things may
// get, what must be commented, which requirement is shown by which test. It has no code of its own.
package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the prefix of our own import paths.
const module = "iocwall/"

// tree is the repository as it lies on disk. Everything is read by this process itself, so that the
// test cache notices every change.
type tree struct {
	root     string
	fset     *token.FileSet
	packages map[string]*pkg // by folder relative to root, with slashes
	texts    []text          // every file that is text, Go or not
	problems []string        // files that do not parse
}

// pkg is one folder with Go files, whatever their build tags.
type pkg struct {
	dir   string
	code  []*source
	tests []*source
}

// source is one parsed Go file.
type source struct {
	name    string // relative to root, with slashes
	lines   int
	syntax  *ast.File
	imports []string
}

// text is one file of the repository that holds no zero byte.
type text struct {
	name    string
	content string
}

// skipped names the folders at the top that are no part of the repository: see .gitignore.
func skipped(name string) bool {
	return name == ".git" || name == "bin" || name == "var"
}

// load reads the repository once for all tests of this package.
var load = sync.OnceValues(func() (*tree, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	t := &tree{root: root, fset: token.NewFileSet(), packages: map[string]*pkg{}}
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() && skipped(name):
			return filepath.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		return t.add(file, name)
	})
	sort.Strings(t.problems)
	return t, err
})

// add reads one file.
func (t *tree) add(file, name string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if strings.IndexByte(string(content), 0) < 0 {
		t.texts = append(t.texts, text{name: name, content: string(content)})
	}
	if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
		return nil
	}
	syntax, err := parser.ParseFile(t.fset, name, content, parser.ParseComments)
	if err != nil {
		t.problems = append(t.problems, err.Error())
		if syntax == nil {
			return nil
		}
	}
	s := &source{name: name, syntax: syntax, lines: strings.Count(string(content), "\n")}
	for _, spec := range syntax.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil {
			s.imports = append(s.imports, imported)
		}
	}
	dir := path.Dir(name)
	p := t.packages[dir]
	if p == nil {
		p = &pkg{dir: dir}
		t.packages[dir] = p
	}
	if strings.HasSuffix(name, "_test.go") {
		p.tests = append(p.tests, s)
	} else {
		p.code = append(p.code, s)
	}
	return nil
}

// repository returns the tree, or ends the test.
func repository(t *testing.T) *tree {
	t.Helper()
	r, err := load()
	if err != nil {
		t.Fatalf("reading the repository: %v", err)
	}
	return r
}

// sorted returns the packages in the order of their folders.
func (t *tree) sorted() []*pkg {
	out := make([]*pkg, 0, len(t.packages))
	for _, p := range t.packages {
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].dir < out[j].dir })
	return out
}

// at returns file:line of a place in the code.
func (t *tree) at(n ast.Node) string {
	p := t.fset.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

func TestEveryFileParses(t *testing.T) {
	r := repository(t)
	for _, problem := range r.problems {
		t.Error(problem)
	}
	if len(r.packages) < 2 {
		t.Errorf("only %d packages found under %s; the walk is wrong", len(r.packages), r.root)
	}
}
