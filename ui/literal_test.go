package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"iocwall/ui/words"
)

// sign is what may stand in the code: marks that are the same in both languages.
var sign = regexp.MustCompile(`^[\x00-\x7F\x{A0}·—–×≈−“”′°…µ³←↑→↓✓]*$`)

// sentence is a text of several words.
var sentence = regexp.MustCompile(`\pL{2,} \pL{2,}`)

// TestTextsComeFromTheCatalogue fails on a literal that people would read, and
// on a key that the catalogue lacks.
func TestTextsComeFromTheCatalogue(t *testing.T) {
	vi, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	used := 0
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		technical := map[ast.Node]bool{}
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.CallExpr:
				if name := called(x); name == "T" && len(x.Args) > 0 {
					if lit, ok := x.Args[0].(*ast.BasicLit); ok {
						used++
						if k, _ := strconv.Unquote(lit.Value); !vi.Has(k) {
							t.Errorf("%s: the catalogue lacks %q", path, k)
						}
					}
				} else if forEngineers(name) {
					for _, a := range x.Args {
						technical[a] = true
					}
				}
			case *ast.Field:
				if x.Tag != nil {
					technical[x.Tag] = true
				}
			case *ast.BasicLit:
				if x.Kind != token.STRING || technical[x] {
					return true
				}
				s, err := strconv.Unquote(x.Value)
				if err != nil || strings.HasPrefix(s, "<") {
					return true
				}
				if !sign.MatchString(s) || sentence.MatchString(s) {
					t.Errorf("%s: %q belongs in the catalogue", path, s)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if used < 100 {
		t.Errorf("only %d texts found: the test looks at the wrong place", used)
	}
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// forEngineers reports whether a function's texts go to logs and errors.
func forEngineers(name string) bool {
	switch name {
	case "Errorf", "New", "Error", "Warn", "Info", "Debug", "NewReplacer", "panic":
		return true
	}
	return false
}
