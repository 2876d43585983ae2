package strict

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// maxDepth bounds nesting; nothing we read is deeper.
const maxDepth = 32

// decoder walks a document and the value it fills side by side.
type decoder struct {
	doc      *Doc
	problems []Problem
	depth    int
}

// anyKey among the excepted keys excepts all that are not known.
const anyKey = "*"

var (
	nodeType     = reflect.TypeFor[Node]()
	durationType = reflect.TypeFor[time.Duration]()
)

func (d *Doc) decode(n ast.Node, path string, into any, except []string) []Problem {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return []Problem{{File: d.file, Path: path, Message: "internal: decode needs a pointer"}}
	}
	w := &decoder{doc: d}
	w.value(n, path, v.Elem(), except)
	Sort(w.problems)
	return w.problems
}

func (w *decoder) fail(n ast.Node, path, message, suggestion string) {
	w.problems = append(w.problems, w.doc.problem(n.GetToken(), path, message, suggestion))
}

func (w *decoder) value(n ast.Node, path string, v reflect.Value, except []string) {
	if w.depth++; w.depth > maxDepth {
		w.fail(n, path, "nested too deeply", "")
		w.depth--
		return
	}
	defer func() { w.depth-- }()
	if _, seen := w.doc.at[path]; !seen || except == nil {
		w.doc.at[path] = startOf(n)
	}
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		w.fail(n, path, "anchors, aliases and tags are not used here", "write the value out")
		return
	case *ast.NullNode:
		return // a key without a value keeps the default
	}
	if v.Type() == nodeType {
		v.Set(reflect.ValueOf(Node{doc: w.doc, node: n, path: path}))
		return
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		w.value(n, path, v.Elem(), except)
		return
	}
	if u, ok := v.Addr().Interface().(Unmarshaler); ok {
		w.problems = append(w.problems, u.UnmarshalNode(Node{doc: w.doc, node: n, path: path})...)
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		w.text(n, path, u)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		w.object(n, path, v, except)
	case reflect.Map:
		w.mapping(n, path, v)
	case reflect.Slice, reflect.Array:
		w.list(n, path, v)
	default:
		w.scalar(n, path, v)
	}
}

// startOf returns the token a reader would point at.
func startOf(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return m.Key.GetToken()
	}
	return n.GetToken()
}

// pairs returns the keys and values of a mapping.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func (w *decoder) object(n ast.Node, path string, v reflect.Value, except []string) {
	kvs, ok := pairs(n)
	if !ok {
		found := kindOf(n)
		if _, text := scalarText(n); text && path == "" {
			found = "a text" // not quoted: a file of one line is another file than was meant, as a secret's
		}
		w.fail(n, path, "expected keys and values, found "+found, "")
		return
	}
	fields := fieldsOf(v)
	names := make([]string, 0, len(fields)+len(except))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	names = append(names, except...)
	seen := map[string]bool{}
	for _, kv := range kvs {
		key := keyOf(kv)
		at := join(path, key)
		if seen[key] {
			w.fail(kv.Key, at, "given twice", "keep one")
			continue
		}
		seen[key] = true
		if slices.Contains(except, key) {
			continue
		}
		f, known := fields[key]
		if !known && slices.Contains(except, anyKey) {
			continue
		}
		if !known {
			w.fail(kv.Key, at, "unknown key", Nearest(key, names))
			continue
		}
		w.value(kv.Value, at, f, nil)
		if kv.Value.Type() != ast.MappingType {
			w.doc.at[at] = kv.Value.GetToken()
		}
	}
}

// fieldsOf returns the settable fields by their yaml name; inlined structs add
// theirs.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if strings.Contains(opts, "inline") {
			for k, inner := range fieldsOf(v.Field(i)) {
				out[k] = inner
			}
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		out[name] = v.Field(i)
	}
	return out
}

func (w *decoder) mapping(n ast.Node, path string, v reflect.Value) {
	kvs, ok := pairs(n)
	if !ok || v.Type().Key().Kind() != reflect.String {
		w.fail(n, path, "expected keys and values, found "+kindOf(n), "")
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(kvs))
	for _, kv := range kvs {
		key := reflect.ValueOf(keyOf(kv)).Convert(v.Type().Key())
		if out.MapIndex(key).IsValid() {
			w.fail(kv.Key, join(path, keyOf(kv)), "given twice", "keep one")
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		w.value(kv.Value, join(path, keyOf(kv)), e, nil)
		out.SetMapIndex(key, e)
	}
	v.Set(out)
}

func (w *decoder) list(n ast.Node, path string, v reflect.Value) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		w.fail(n, path, "expected a list, found "+kindOf(n), `write "- " before each element`)
		return
	}
	if v.Kind() == reflect.Array {
		if len(s.Values) != v.Len() {
			w.fail(n, path, fmt.Sprintf("expected %d values, found %d", v.Len(), len(s.Values)), "")
			return
		}
	} else {
		v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
	}
	for i, e := range s.Values {
		w.value(e, fmt.Sprintf("%s[%d]", path, i), v.Index(i), nil)
	}
}

func (w *decoder) text(n ast.Node, path string, u encoding.TextUnmarshaler) {
	s, ok := scalarText(n)
	if !ok {
		w.fail(n, path, "expected a text, found "+kindOf(n), "")
		return
	}
	if err := u.UnmarshalText([]byte(s)); err != nil {
		w.fail(n, path, err.Error(), "")
	}
}

func (w *decoder) scalar(n ast.Node, path string, v reflect.Value) {
	s, ok := scalarText(n)
	if !ok {
		w.fail(n, path, "expected "+wanted(v)+", found "+kindOf(n), "")
		return
	}
	switch {
	case v.Type() == durationType:
		d, err := ParseDuration(s)
		if err != nil {
			w.fail(n, path, fmt.Sprintf("%q is not a duration", s), `write "30s", "15m", "6h" or "90d"`)
			return
		}
		v.SetInt(int64(d))
	case v.Kind() == reflect.String:
		v.SetString(s)
	case v.Kind() == reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			w.fail(n, path, fmt.Sprintf("%q is not true or false", s), "write true or false")
			return
		}
		v.SetBool(b.Value)
	case v.CanInt():
		i, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err != nil || n.Type() != ast.IntegerType {
			w.fail(n, path, fmt.Sprintf("%q is not a whole number", s), "")
			return
		}
		v.SetInt(i)
	case v.CanFloat():
		f, err := strconv.ParseFloat(s, v.Type().Bits())
		if err != nil || (n.Type() != ast.IntegerType && n.Type() != ast.FloatType) {
			w.fail(n, path, fmt.Sprintf("%q is not a number", s), "write it with a point, as in 12.5")
			return
		}
		v.SetFloat(f)
	default:
		w.fail(n, path, "internal: cannot decode into "+v.Type().String(), "")
	}
}

// ParseDuration reads a Go duration, or a whole number of days ("90d").
func ParseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 36500 {
			return 0, fmt.Errorf("strict: %q is not a number of days", s)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err == nil && d < 0 {
		err = fmt.Errorf("strict: %q is negative", s)
	}
	return d, err
}

func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	}
	if s, ok := scalarText(n); ok {
		if len(s) > 40 {
			s = s[:40] + "…"
		}
		return strconv.Quote(s)
	}
	return "something else"
}

func wanted(v reflect.Value) string {
	switch {
	case v.Type() == durationType:
		return "a duration"
	case v.Kind() == reflect.Bool:
		return "true or false"
	case v.CanInt(), v.CanFloat():
		return "a number"
	}
	return "a text"
}

func keyOf(kv *ast.MappingValueNode) string {
	if s, ok := kv.Key.(ast.Node); ok {
		if t, ok := scalarText(s); ok {
			return t
		}
	}
	return kv.Key.String()
}

func join(path, key string) string {
	switch {
	case path == "":
		return key
	case key == "" || key[0] == '[':
		return path + key
	}
	return path + "." + key
}
