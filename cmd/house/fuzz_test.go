package house

import (
	"go/ast"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// fuzzless lists the decoders that need no fuzz target, with the reason. The key is folder and name.
var fuzzless = map[string]string{
	"server/auth ParseRole":    "compares with a list of words",
	"server/calendar ParseDay": "is time.Parse",
}

// functions returns the names of the functions of some files that begin with prefix and are no methods.
func functions(files []*source, prefix string) []*ast.FuncDecl {
	var found []*ast.FuncDecl
	for _, s := range files {
		for _, decl := range s.syntax.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, prefix) {
				found = append(found, f)
			}
		}
	}
	return found
}

// TestEveryDecoderIsFuzzed holds that a package which takes bytes from outside has a fuzz target:
// every format, every kind of source, and every package with an exported function that parses.
func TestEveryDecoderIsFuzzed(t *testing.T) {
	r := repository(t)
	for _, p := range r.sorted() {
		if len(p.code) == 0 || len(functions(p.tests, "Fuzz")) > 0 {
			continue
		}
		if matches("server/format/*", p.dir) || matches("server/source/*", p.dir) && path.Base(p.dir) != "sourcetest" {
			t.Errorf("%s decodes what strangers send and has no fuzz target (func FuzzX in a test file)", p.dir)
			continue
		}
		for _, prefix := range []string{"Parse", "Decode", "Unmarshal"} {
			for _, f := range functions(p.code, prefix) {
				if fuzzless[p.dir+" "+f.Name.Name] == "" && takesText(f) {
					t.Errorf("%s: %s takes text or bytes and %s has no fuzz target", r.at(f), f.Name.Name, p.dir)
				}
			}
		}
	}
}

// takesText tells whether the first parameter is a string, bytes or a reader.
func takesText(f *ast.FuncDecl) bool {
	if len(f.Type.Params.List) == 0 {
		return false
	}
	switch of := f.Type.Params.List[0].Type.(type) {
	case *ast.Ident:
		return of.Name == "string"
	case *ast.ArrayType:
		element, ok := of.Elt.(*ast.Ident)
		return ok && of.Len == nil && element.Name == "byte"
	case *ast.SelectorExpr:
		return of.Sel.Name == "Reader"
	}
	return false
}

func TestFuzzlessIsReal(t *testing.T) {
	r := repository(t)
	for key, why := range fuzzless {
		dir, name, _ := strings.Cut(key, " ")
		if p := r.packages[dir]; p == nil || len(functions(p.code, name)) == 0 {
			t.Errorf("fuzzless lists %q (%s), which is gone", key, why)
		}
	}
}

// TestMakeKnowsEveryFuzzTarget compares what `make fuzz` would run with what there is.
func TestMakeKnowsEveryFuzzTarget(t *testing.T) {
	r := repository(t)
	var want []string
	for _, p := range r.sorted() {
		for _, f := range functions(p.tests, "Fuzz") {
			want = append(want, "./"+p.dir+" "+f.Name.Name)
		}
	}
	command := exec.Command("make", "-s", "--no-print-directory", "fuzz-list")
	command.Dir = r.root
	command.Env = append(command.Environ(), "MAKEFLAGS=", "MAKELEVEL=")
	out, err := command.Output()
	if err != nil {
		t.Fatalf("make fuzz-list: %v", err)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(want) == 0 {
		want = []string{""}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("make fuzz-list names\n%s\nand the code has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
