package house

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// stateful lists the package variables that are allowed although they look like state, with the
// reason. The key is folder and name.
var stateful = map[string]string{
	"cmd/wall version":    "set by the linker (see build in the Makefile)",
	"cmd/wallsrv version": "set by the linker (see build in the Makefile)",
}

// pure names the calls whose result never changes afterwards. A name without a package that begins
// with must is one of ours that turns a constant into a value.
var pure = map[string]bool{
	"errors.New": true, "fmt.Errorf": true, "regexp.MustCompile": true, "time.FixedZone": true, "time.Date": true,
	"strings.NewReplacer": true, "sync.OnceValue": true, "sync.OnceValues": true, "sync.OnceFunc": true,
	"netip.MustParseAddr": true, "netip.MustParsePrefix": true, "template.Must": true, "language.MustParse": true,
	"crc32.MakeTable": true, "crc64.MakeTable": true, "reflect.TypeFor": true, "reflect.TypeOf": true,
	"base64.URLEncoding.WithPadding": true, "base32.NewEncoding": true, "math.Log": true, "math.Sqrt": true,
	"math.Inf": true, "math.NaN": true,
}

func TestNoInit(t *testing.T) {
	r := repository(t)
	for _, p := range r.sorted() {
		for _, s := range append(append([]*source(nil), p.code...), p.tests...) {
			for _, decl := range s.syntax.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s: func init() runs where nobody sees it; hand the thing in as a value", r.at(f))
				}
			}
		}
	}
}

func TestNoPackageState(t *testing.T) {
	r := repository(t)
	used := map[string]bool{}
	for _, p := range r.sorted() {
		vars := map[string]*ast.ValueSpec{}
		for _, s := range p.code {
			for _, decl := range s.syntax.Decls {
				general, ok := decl.(*ast.GenDecl)
				if !ok || general.Tok != token.VAR {
					continue
				}
				for _, spec := range general.Specs {
					spec := spec.(*ast.ValueSpec)
					for _, name := range spec.Names {
						if name.Name != "_" {
							vars[name.Name] = spec
						}
					}
					key := p.dir + " " + spec.Names[0].Name
					if _, ok := stateful[key]; ok {
						used[key] = true
						continue
					}
					if why := looksLikeState(general, spec); why != "" {
						t.Errorf("%s: package variable %s %s; hand it in as a value, or make it a constant, a function or a table",
							r.at(spec), spec.Names[0].Name, why)
					}
				}
			}
		}
		for _, s := range p.code {
			for _, place := range assignments(s.syntax, vars) {
				if key := p.dir + " " + place.Name; stateful[key] != "" {
					used[key] = true
					continue
				}
				t.Errorf("%s: the package variable %s is changed here", r.at(place), place.Name)
			}
		}
	}
	for key, why := range stateful {
		if !used[key] {
			t.Errorf("stateful lists %q (%s), which is gone", key, why)
		}
	}
}

// looksLikeState returns what is wrong with a package variable, or "".
func looksLikeState(general *ast.GenDecl, spec *ast.ValueSpec) string {
	if spec.Names[0].Name == "_" || embedded(general.Doc) || embedded(spec.Doc) {
		return ""
	}
	if len(spec.Values) == 0 {
		return "has no value, so it is there to be changed"
	}
	for _, value := range spec.Values {
		if why := valueIsState(value); why != "" {
			return why
		}
	}
	return ""
}

func embedded(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, line := range doc.List {
		if strings.HasPrefix(line.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

func valueIsState(value ast.Expr) string {
	switch v := value.(type) {
	case *ast.CompositeLit:
		if name, ok := v.Type.(*ast.SelectorExpr); ok {
			if from, ok := name.X.(*ast.Ident); ok && (from.Name == "sync" || from.Name == "atomic") {
				return "is a lock or a counter"
			}
		}
		return "" // a table; changes to it are found by assignments
	case *ast.BasicLit:
		return "is a plain value and no constant"
	case *ast.FuncLit:
		return "is a function that can be replaced"
	case *ast.UnaryExpr:
		if v.Op == token.AND {
			return "points to something that can be changed"
		}
		return valueIsState(v.X)
	case *ast.CallExpr:
		name := callName(v.Fun)
		if _, conversion := v.Fun.(*ast.ArrayType); conversion || pure[name] {
			return ""
		}
		if lower := strings.ToLower(name[strings.LastIndex(name, ".")+1:]); strings.HasPrefix(lower, "must") {
			return ""
		}
		if name == "make" || name == "new" {
			return "is made empty, so it is there to be changed"
		}
		return "is the result of " + name + "()"
	}
	return ""
}

// callName returns what is called, as written, without type arguments.
func callName(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return callName(f.X) + "." + f.Sel.Name
	case *ast.IndexExpr:
		return callName(f.X)
	case *ast.IndexListExpr:
		return callName(f.X)
	case *ast.ParenExpr:
		return callName(f.X)
	}
	return "a function"
}

// assignments returns the places in a file where one of the package's variables is changed in plain
// sight: assigned to, counted up, deleted from, or its address taken.
func assignments(file *ast.File, vars map[string]*ast.ValueSpec) []*ast.Ident {
	var found []*ast.Ident
	changed := func(target ast.Expr) {
		name := root(target)
		if name == nil {
			return
		}
		spec := vars[name.Name]
		// An identifier that is not resolved within the file is of the package.
		if spec != nil && (name.Obj == nil || name.Obj.Decl == spec) {
			found = append(found, name)
		}
	}
	for _, decl := range file.Decls {
		body, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, target := range n.Lhs {
						changed(target)
					}
				}
			case *ast.IncDecStmt:
				changed(n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					if _, whole := n.X.(*ast.Ident); whole {
						changed(n.X)
					}
				}
			case *ast.CallExpr:
				if name := callName(n.Fun); (name == "delete" || name == "clear") && len(n.Args) > 0 {
					changed(n.Args[0])
				}
			}
			return true
		})
	}
	return found
}

// root returns the variable that a[b].c or *a ends in.
func root(target ast.Expr) *ast.Ident {
	for {
		switch e := target.(type) {
		case *ast.Ident:
			return e
		case *ast.IndexExpr:
			target = e.X
		case *ast.SelectorExpr:
			target = e.X
		case *ast.StarExpr:
			target = e.X
		case *ast.ParenExpr:
			target = e.X
		default:
			return nil
		}
	}
}
