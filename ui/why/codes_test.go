package why

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iocwall/ui/words"
)

// coded is a place in the server where a refusal is made: its code, its sentence and
// the values it gives.
type coded struct {
	at, code, text string
	values         []string
}

// makers are the calls that make refusals; the sentence follows the code.
var makers = regexp.MustCompile(`^(refuse|Refuse|problem|fail|say|wrong)$`)

// codeForm is a code; what else stands first in such a call is no refusal of ours.
var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*([.-][a-z0-9]+)*$`)

// refusals reads the server's source.
func refusals(t *testing.T) []coded {
	t.Helper()
	var out []coded
	for _, dir := range []string{"stage", "chart", "cctv", "director", "scene", "auth", "logins", "setup", "recorder", "nodes", "history", "wire", "wire/queue", "world", "area", "roster", "."} {
		err := filepath.WalkDir(filepath.Join("../../server", dir), func(path string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && path != filepath.Join("../../server", dir) {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if c, ok := refusal(call); ok && (dir != "roster" || maker(call) == "Refuse") { // its tables have keys
						c.at = files.Position(call.Pos()).String()
						out = append(out, c)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// maker is the name of what is called.
func maker(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// refusal reads a call that makes a refusal: anything, a code, a sentence, pairs.
func refusal(call *ast.CallExpr) (coded, bool) {
	name := maker(call)
	if !makers.MatchString(name) {
		return coded{}, false
	}
	for i := 0; i+1 < len(call.Args); i++ {
		code, ok := literal(call.Args[i])
		text, spoken := literal(call.Args[i+1])
		if !ok || !spoken || !codeForm.MatchString(code) || !strings.ContainsAny(text, " {") {
			continue
		}
		c := coded{code: code, text: text}
		if name == "problem" || name == "fail" {
			c.values = append(c.values, "where")
		}
		for j := i + 2; j < len(call.Args); j += 2 {
			if hole, ok := literal(call.Args[j]); ok {
				c.values = append(c.values, hole)
			}
		}
		return c, true
	}
	return coded{}, false
}

func literal(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(x.Value)
		return s, err == nil && x.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok := literal(x.X)
		b, also := literal(x.Y)
		return a + b, ok && also
	}
	return "", false
}

var holes = regexp.MustCompile(`\{([a-z]+)\}`)

// TestEveryCodeIsInTheCatalogue walks all refusals that the server makes: each has a
// sentence in every language, whose holes the server fills, and no sentence has lost
// its refusal.
func TestEveryCodeIsInTheCatalogue(t *testing.T) {
	all := refusals(t)
	if len(all) < 150 {
		t.Fatalf("only %d refusals found: the test looks at the wrong place", len(all))
	}
	all = slices.Concat(all, codesOf(t), mistakes(t),
		written(t, "shape.", 19, []string{"n", "at"}, "../../geo/*.go"),
		written(t, "tiles.", 13, []string{"zoom", "n", "host", "why", "status"}, "../../geo/tiles/*.go", "../../geo/tiles/archive/*.go"))
	known := map[string]bool{}
	for _, c := range all {
		known["no."+c.code] = true
	}
	for _, lang := range words.Codes() {
		l, err := words.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			key := "no." + c.code
			if !l.Has(key) {
				t.Errorf("%s: %s lacks %q of %q", c.at, lang, key, c.text)
				continue
			}
			for _, m := range holes.FindAllStringSubmatch(l.T(key), -1) {
				if !slices.Contains(c.values, m[1]) {
					t.Errorf("%s: %q in %s says %s, which the server does not give", c.at, key, lang, m[0])
				}
			}
			for _, m := range holes.FindAllStringSubmatch(c.text, -1) {
				if !slices.Contains(c.values, m[1]) {
					t.Errorf("%s: %q says %s and gives no such value", c.at, c.text, m[0])
				}
			}
		}
		for _, key := range l.Keys() {
			family, _, _ := strings.Cut(strings.TrimPrefix(key, "no."), ".")
			if strings.HasPrefix(key, "no.") && !known[key] && !slices.Contains([]string{"of", "who", "word"}, family) {
				t.Errorf("nothing in the server refuses with %q", key)
			}
		}
	}
}

// codesOf are the codes of server/auth that have one sentence each, and the rights.
func codesOf(t *testing.T) []coded {
	t.Helper()
	files := token.NewFileSet()
	var out []coded
	for _, path := range []string{"../../server/auth/refused.go", "../../server/auth/role.go", "../../media/onvif/reason.go", "../../server/expr/expr.go"} {
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		prefix := map[string]string{"Code": "auth.", "Right": "right.", "Reason": "reason.", "Type": "type."}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			kind, _ := spec.Type.(*ast.Ident)
			for _, v := range spec.Values {
				if s, ok := literal(v); ok && kind != nil && prefix[kind.Name] != "" {
					out = append(out, coded{at: files.Position(v.Pos()).String(), code: prefix[kind.Name] + s})
				}
			}
			return true
		})
	}
	if len(out) < 40 {
		t.Fatalf("only %d codes and rights found", len(out))
	}
	return out
}

// mistakes are the codes of mistakes in expressions.
func mistakes(t *testing.T) []coded {
	t.Helper()
	found := written(t, "expr.", 11, []string{"line", "column", "why", "name", "near", "type", "want"}, "../../server/expr/*.go")
	for _, c := range found {
		if c.code == "expr.name" || c.code == "expr.function" { // one may have been meant
			c.code += ".near"
			found = append(found, c)
		}
	}
	return found
}

// written are the codes with a prefix that stand in source files.
func written(t *testing.T, prefix string, least int, values []string, globs ...string) []coded {
	t.Helper()
	var paths []string
	for _, glob := range globs {
		more, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, more...)
	}
	found := map[string]coded{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok {
				if code, ok := literal(lit); ok && strings.HasPrefix(code, prefix) && codeForm.MatchString(code) {
					found[code] = coded{at: files.Position(n.Pos()).String(), code: code, values: values}
				}
			}
			return true
		})
	}
	if len(found) < least {
		t.Fatalf("only %d codes begin with %s", len(found), prefix)
	}
	return slices.Collect(maps.Values(found))
}

// TestRefusalsAreMadeWithCodes: what makes refusals in the packages that people ask
// is given a code each time.
func TestRefusalsAreMadeWithCodes(t *testing.T) {
	for _, dir := range []string{"stage", "chart", "cctv"} {
		files, err := filepath.Glob("../../server/" + dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, path := range files {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "refuse" {
					if _, ok := refusal(call); !ok {
						t.Errorf("%s: a refusal without a code", fset.Position(call.Pos()))
					}
				}
				return true
			})
		}
	}
}
