package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sign is what may stand in the code: marks that are the same in both languages.
var sign = regexp.MustCompile(`^[\x00-\x7F\x{A0}·—–×≈−“”′°…µ³←↑→↓✓⏎␣]*$`)

// sentence is a text of several words.
var sentence = regexp.MustCompile(`\pL{2,} \pL{2,}`)

// read calls each with every source file of the client that is no test.
func read(t *testing.T, each func(path string, f *ast.File)) {
	t.Helper()
	for _, root := range []string{"..", "../../cmd/wall"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			// What only tests use is in packages whose names say so.
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err == nil {
				each(path, f)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestTextsComeFromTheCatalogue fails on a literal that people would read, and
// on a key that the catalogue lacks. What cmd/wall says on the terminal is English.
func TestTextsComeFromTheCatalogue(t *testing.T) {
	vi, err := Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	used := 0
	read(t, func(path string, f *ast.File) {
		l := literals{path: path, vi: vi, window: !strings.HasPrefix(path, "../../"), technical: map[ast.Node]bool{}, fail: t.Errorf}
		ast.Inspect(f, l.see)
		used += l.used
	})
	if used < 100 {
		t.Errorf("only %d texts found: the test looks at the wrong place", used)
	}
}

// literals looks at the texts of one file.
type literals struct {
	path string
	vi   *Lang
	// window says that the file is of a window: all that it says is for people.
	window    bool
	technical map[ast.Node]bool // for engineers, or no text
	used      int
	fail      func(format string, args ...any)
}

func (l *literals) see(n ast.Node) bool {
	switch x := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.CallExpr:
		l.call(x)
	case *ast.KeyValueExpr:
		if name, ok := x.Key.(*ast.Ident); ok && shownFields[name.Name] {
			l.shown(x.Value)
		}
	case *ast.AssignStmt:
		for i, to := range x.Lhs {
			if sel, ok := to.(*ast.SelectorExpr); ok && shownFields[sel.Sel.Name] && i < len(x.Rhs) {
				l.shown(x.Rhs[i])
			}
		}
	case *ast.Field:
		if x.Tag != nil {
			l.technical[x.Tag] = true
		}
	case *ast.BasicLit:
		l.literal(x)
	}
	return true
}

// call looks at what is said by a call.
func (l *literals) call(x *ast.CallExpr) {
	name := called(x)
	switch {
	case name == "T" && len(x.Args) > 0:
		if lit, ok := x.Args[0].(*ast.BasicLit); ok {
			l.used++
			if k, _ := strconv.Unquote(lit.Value); !l.vi.Has(k) {
				l.fail("%s: the catalogue lacks %q", l.path, k)
			}
		}
	case forEngineers(name):
		for _, a := range x.Args {
			l.technical[a] = true
		}
	case showing[name]:
		for _, a := range x.Args[min(skipped[name], len(x.Args)):] {
			l.shown(a)
		}
	}
}

// shown is what a window shows: there even one word of letters is too much, unless
// it is a key of the catalogue or that of a keyboard.
func (l *literals) shown(e ast.Expr) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		if b, is := e.(*ast.BinaryExpr); is {
			l.shown(b.X)
			l.shown(b.Y)
		}
		return
	}
	s, err := strconv.Unquote(lit.Value)
	if err == nil && !l.allows(s) && word.MatchString(keyNames.ReplaceAllString(s, "")) && !l.vi.Has(s) {
		l.fail("%s: %q is shown and belongs in the catalogue", l.path, s)
	}
}

func (l *literals) literal(x *ast.BasicLit) {
	if x.Kind != token.STRING || l.technical[x] {
		return
	}
	s, err := strconv.Unquote(x.Value)
	if err != nil || strings.HasPrefix(s, "<") {
		return
	}
	if !l.allows(s) && l.window && (!sign.MatchString(s) || sentence.MatchString(keyNames.ReplaceAllString(s, ""))) {
		l.fail("%s: %q belongs in the catalogue", l.path, s)
	}
}

// allows reports whether a literal may stand in the file.
func (l *literals) allows(s string) bool {
	return slices.Contains(allowed[filepath.Base(filepath.Dir(l.path))+"/"+filepath.Base(l.path)], s)
}

// word is a word that people read.
var word = regexp.MustCompile(`\pL{2,}`)

// keyNames are the names of keys, the same in both languages, and names of ways of
// typing that stand on the keys.
var keyNames = regexp.MustCompile(`\b(Ctrl|Alt|Shift|Enter|Esc|Tab|Space|Del|Home|End|PgUp|PgDn|F\d+|VI|EN)\b`)

// allowed are literals that nobody is shown, or that are the same in both languages:
// what other programs and the server say, by which it is known, and names.
var allowed = map[string][]string{
	"list/export.go":   {"\ufeff"},
	"list/order.go":    {"aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"},
	"paper/paper.go":   {"IOC Wall"},
	"paper/printer.go": {"No default destination", "no default destination"},
	"page/link.go": {
		"it does not begin with ", "it names no thing", "its kind has other letters than a to z", "a % in it stands alone",
		"its name is too long or not text",
	},
	"kit/report.go": {
		"nothing was heard", "its connection ended", "it did not come back", "its token was revoked", "its token has expired", "it was too slow",
	},
	"board/hold.go":  {"Không"},
	"setup/areas.go": {"commune"},
}

// TestEntriesCompose fails on an entry of the toolkit: all that people type in are
// fields of ui/field, where Vietnamese can be typed whatever the system does.
func TestEntriesCompose(t *testing.T) {
	fields := 0
	read(t, func(path string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch from, _ := sel.X.(*ast.Ident); {
			case from == nil || from.Name != "widget" || !strings.HasSuffix(sel.Sel.Name, "Entry"):
			case strings.HasPrefix(path, "../field/"):
				fields++
			default:
				t.Errorf("%s: widget.%s composes nothing: take a field of ui/field", path, sel.Sel.Name)
			}
			return true
		})
	})
	if fields == 0 {
		t.Error("ui/field is made of no entry: the test looks at the wrong place")
	}
}

// skipped is how many first arguments of a showing function are no text.
var skipped = map[string]int{"Say": 1}

// showing are functions that put their texts before people.
var showing = map[string]bool{
	"NewLabel": true, "NewLabelWithStyle": true, "NewButton": true, "NewButtonWithIcon": true, "NewCheck": true,
	"NewRichTextFromMarkdown": true, "NewCard": true, "NewHyperlink": true, "NewText": true, "SetText": true,
	"SetPlaceHolder": true, "NewNotification": true, "ShowInformation": true, "ShowConfirm": true, "Say": true, "Did": true,
}

// shownFields are fields whose texts people read.
var shownFields = map[string]bool{
	"Text": true, "Label": true, "Hint": true, "PlaceHolder": true, "Title": true, "Shorter": true, "Tooltip": true,
}

// TestTextsAreUsed fails on a text of the catalogue that nothing says: a literal is
// its key, or the beginning of it with a full stop, or two of them together are.
func TestTextsAreUsed(t *testing.T) {
	vi, err := Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	said, begun, ended := map[string]bool{}, map[string]bool{}, map[string]bool{}
	read(t, func(_ string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, _ := strconv.Unquote(lit.Value)
				said[s] = true
				begun[s] = strings.HasSuffix(s, ".")
				ended[s] = strings.HasPrefix(s, ".")
			}
			return true
		})
	})
	for _, k := range vi.Keys() {
		used := said[k]
		for at, r := range k {
			if r == '.' {
				used = used || begun[k[:at+1]] || said[k[:at]] && ended[k[at:]]
			}
		}
		if !used {
			t.Errorf("nothing says %q", k)
		}
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

// TestLiteralsAreSeen: the test above finds what it is for, and nothing else.
func TestLiteralsAreSeen(t *testing.T) {
	vi, err := Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]int{
		`widget.NewButton("Save", nil)`:                    1,
		`b.SetText("✓ " + "Save")`:                         1,
		`d.Say(world.Warning, "không được")`:               2, // shown, and no sign
		`d.Say("warning", l.T("severity.warning"))`:        0,
		`use(page.Key{Keys: "Ctrl K", Text: "find"})`:      1,
		`use(page.Key{Keys: "Ctrl Enter", Text: x})`:       0,
		`use(page.Kind{Title: "severity.warning"})`:        0,
		`b.Text = "Close"`:                                 1,
		`use("two words")`:                                 1,
		`log.Error("two words", "why", "no such thing")`:   0,
		`l.T("no.such.key")`:                               1,
		`c.Text(0, 0, 1, "00:00:00", 16, true, th.T1)`:     0,
		`use(paint.Plate{Icon: "stale", Text: "Ctrl F1"})`: 0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() {\n"+code+"\n}\n", 0)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		l := literals{path: "x/x.go", vi: vi, window: true, technical: map[ast.Node]bool{}, fail: func(string, ...any) { found++ }}
		ast.Inspect(f, l.see)
		if found != want {
			t.Errorf("%s: %d found, want %d", code, found, want)
		}
	}
}
