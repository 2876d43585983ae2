package house

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// wellKnown are methods that are there for an interface everybody knows; a comment would repeat it.
var wellKnown = map[string]bool{
	"Error": true, "String": true, "Unwrap": true, "ServeHTTP": true, "Len": true, "Less": true, "Swap": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true, "LogValue": true,
	"CreateRenderer": true, "MinSize": true, "Refresh": true, "Layout": true, "Objects": true, "Destroy": true,
}

// TestExportedNamesAreExplained holds that every exported name has a comment, and that the comment
// of a function or type begins with its name. A group of constants or variables may share one; the
// comment of an interface may explain its methods.
func TestExportedNamesAreExplained(t *testing.T) {
	r := repository(t)
	for _, p := range r.sorted() {
		for _, s := range p.code {
			if s.syntax.Name.Name == "main" {
				continue
			}
			for _, decl := range s.syntax.Decls {
				switch d := decl.(type) {
				case *ast.FuncDecl:
					if d.Name.IsExported() && receiverExported(d) && (d.Recv == nil || !wellKnown[d.Name.Name]) {
						explained(t, r, d, d.Name.Name, d.Doc)
					}
				case *ast.GenDecl:
					checkGroup(t, r, d)
				}
			}
		}
	}
}

func checkGroup(t *testing.T, r *tree, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if !spec.Name.IsExported() {
				continue
			}
			doc := spec.Doc
			if doc == nil && len(d.Specs) == 1 {
				doc = d.Doc
			}
			explained(t, r, spec, spec.Name.Name, doc)
			if face, ok := spec.Type.(*ast.InterfaceType); ok && len(face.Methods.List) > 1 {
				for _, method := range face.Methods.List {
					if len(method.Names) > 0 && method.Names[0].IsExported() && method.Doc == nil && method.Comment == nil &&
						!strings.Contains(doc.Text(), method.Names[0].Name) {
						t.Errorf("%s: %s.%s has no comment, and that of %s does not speak of it",
							r.at(method), spec.Name.Name, method.Names[0].Name, spec.Name.Name)
					}
				}
			}
		case *ast.ValueSpec:
			if (d.Tok == token.CONST || d.Tok == token.VAR) && spec.Names[0].IsExported() &&
				d.Doc == nil && spec.Doc == nil && spec.Comment == nil && !spokenOf(d, spec.Names[0].Name) {
				t.Errorf("%s: %s has no comment, and neither has its group", r.at(spec), spec.Names[0].Name)
			}
		}
	}
}

// spokenOf tells whether a comment within a group names something of it.
func spokenOf(d *ast.GenDecl, name string) bool {
	for _, spec := range d.Specs {
		if spec, ok := spec.(*ast.ValueSpec); ok && strings.Contains(spec.Doc.Text(), name) {
			return true
		}
	}
	return false
}

// explained checks the comment of a function or type.
func explained(t *testing.T, r *tree, at ast.Node, name string, doc *ast.CommentGroup) {
	t.Helper()
	if doc == nil {
		t.Errorf("%s: %s has no comment", r.at(at), name)
		return
	}
	text := strings.TrimSpace(doc.Text())
	first, _, _ := strings.Cut(text, " ")
	if first == "A" || first == "An" || first == "The" {
		_, rest, _ := strings.Cut(text, " ")
		first, _, _ = strings.Cut(rest, " ")
	}
	if strings.TrimRight(first, ".,:;'s") != strings.TrimRight(name, "s") {
		t.Errorf("%s: the comment of %s begins with %q instead of its name", r.at(at), name, first)
	}
}

// receiverExported tells whether a function is no method, or one of an exported type.
func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	of := d.Recv.List[0].Type
	for {
		switch e := of.(type) {
		case *ast.StarExpr:
			of = e.X
		case *ast.IndexExpr:
			of = e.X
		case *ast.IndexListExpr:
			of = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return true
		}
	}
}
