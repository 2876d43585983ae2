// Package strict reads YAML into Go structs and reports everything that is
// wrong at once, each with its line and column and, where it can be guessed,
// what was meant. An unknown key is an error: a misspelt limit must not be a
// limit that does not exist.
package strict

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Problem is one fault in a document.
type Problem struct {
	File string
	// Line and Column count from 1; zero means the whole file.
	Line, Column int
	// Path leads to the value, as in "cameras[3].pos"; empty for the document.
	Path string
	// Message says what is wrong, Suggestion what to write instead.
	Message, Suggestion string
}

// String returns "file:line:column: path: message; suggestion".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Suggestion != "" {
		b.WriteString("; " + p.Suggestion)
	}
	return b.String()
}

// Error makes a list of problems an error.
type Error []Problem

func (e Error) Error() string {
	lines := make([]string, 0, len(e))
	for _, p := range e {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// Sort orders problems by file, line and column.
func Sort(ps []Problem) {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// Doc is a parsed document that knows where each of its values stands.
type Doc struct {
	file string
	root ast.Node
	// at holds the token of each value by its path, filled while decoding.
	at map[string]*token.Token
}

// Parse reads the YAML text of one document. A text that is not YAML gives one
// problem, at the place where it stops making sense.
func Parse(file string, src []byte) (*Doc, []Problem) {
	d := &Doc{file: file, at: map[string]*token.Token{}}
	f, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		p := Problem{File: file, Message: "not YAML: " + err.Error()}
		var syn *yaml.SyntaxError
		if errors.As(err, &syn) {
			p.Message = "not YAML: " + syn.Message
			if syn.Token != nil {
				p.Line, p.Column = syn.Token.Position.Line, syn.Token.Position.Column
			}
		}
		return d, []Problem{p}
	}
	var docs []ast.Node
	for _, doc := range f.Docs {
		if doc.Body != nil {
			docs = append(docs, doc.Body)
		}
	}
	switch len(docs) {
	case 0:
		return d, nil
	case 1:
		d.root = docs[0]
		return d, nil
	}
	p := d.problem(docs[1].GetToken(), "", "a second document in one file", "put it into a file of its own")
	d.root = docs[0]
	return d, []Problem{p}
}

// Decode fills into, a pointer to a struct, from the document. What is wrong is
// left at its default and reported; the rest is filled in.
func (d *Doc) Decode(into any) []Problem {
	if d.root == nil {
		return nil
	}
	return d.decode(d.root, "", into, nil)
}

// Texts calls f with every scalar value of the document, keys not among them, and the
// text it is written with.
func (d *Doc) Texts(f func(n Node, text string)) {
	if d.root != nil {
		d.texts(d.root, "", 0, f)
	}
}

func (d *Doc) texts(n ast.Node, path string, depth int, f func(Node, string)) {
	if depth > maxDepth {
		return // Decode says so
	}
	if kvs, ok := pairs(n); ok {
		for _, kv := range kvs {
			d.texts(kv.Value, join(path, keyOf(kv)), depth+1, f)
		}
		return
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		for i, x := range list.Values {
			d.texts(x, fmt.Sprintf("%s[%d]", path, i), depth+1, f)
		}
		return
	}
	if text, ok := scalarText(n); ok {
		f(Node{doc: d, node: n, path: path}, text)
	}
}

// Problem returns a problem at the value the path leads to, or at the nearest
// value above it that the document holds.
func (d *Doc) Problem(path, message, suggestion string) Problem {
	for p := path; ; p = parent(p) {
		if t, ok := d.at[p]; ok {
			return d.problem(t, path, message, suggestion)
		}
		if p == "" {
			return Problem{File: d.file, Path: path, Message: message, Suggestion: suggestion}
		}
	}
}

func (d *Doc) problem(t *token.Token, path, message, suggestion string) Problem {
	p := Problem{File: d.file, Path: path, Message: message, Suggestion: suggestion}
	if t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	return p
}

func parent(path string) string {
	i := strings.LastIndexAny(path, ".[")
	if i < 0 {
		return ""
	}
	return path[:i]
}

// Node is a part of a document to be decoded later, when its type is known: the
// keys of a source depend on its kind.
type Node struct {
	doc  *Doc
	node ast.Node
	path string
}

// Empty reports whether there is nothing to decode.
func (n Node) Empty() bool { return n.node == nil }

// Path returns where the node stands in its document.
func (n Node) Path() string { return n.path }

// Decode fills into from the node, except for the keys named, which somebody
// else reads.
func (n Node) Decode(into any, except ...string) []Problem {
	if n.node == nil {
		return nil
	}
	return n.doc.decode(n.node, n.path, into, except)
}

// DecodeKnown is Decode that leaves keys it does not know to somebody else.
func (n Node) DecodeKnown(into any) []Problem { return n.Decode(into, anyKey) }

// Unmarshaler is implemented by types that read their part of a document
// themselves. It is called on a pointer to the zero value or the default.
type Unmarshaler interface {
	UnmarshalNode(Node) []Problem
}

// Problem returns a problem at the path within the node.
func (n Node) Problem(path, message, suggestion string) Problem {
	if n.doc == nil {
		return Problem{Path: path, Message: message, Suggestion: suggestion}
	}
	return n.doc.Problem(join(n.path, path), message, suggestion)
}

// Nearest returns which of the names was probably meant by word: `did you mean
// "x"?`, or the list of what there is when nothing is near and the list is short.
func Nearest(word string, names []string) string {
	best, bestDist := "", 3
	for _, n := range names {
		if d := distance(strings.ToLower(word), strings.ToLower(n)); d < bestDist && d < len(n) {
			best, bestDist = n, d
		}
	}
	switch {
	case best != "":
		return "did you mean " + strconv.Quote(best) + "?"
	case len(names) > 0 && len(names) <= 24:
		return "known here: " + strings.Join(names, ", ")
	}
	return ""
}

// distance is the edit distance with swaps of neighbours (optimal string
// alignment) between two short words.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before []int
	prev := make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur := make([]int, len(y)+1)
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev = prev, cur
	}
	return prev[len(y)]
}
