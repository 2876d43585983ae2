package expr

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"

	"iocwall/geo"
)

// Compile reads and checks src against env. The error, if any, is an *Error.
func Compile(src string, env *Env, o Options) (p *Program, err error) {
	fail := func(at int, msg string) *Error { return &Error{Pos: position(src, at, o), Msg: msg} }
	if len(src) > MaxSource {
		return nil, fail(0, fmt.Sprintf("the expression has %d bytes, at most %d are allowed", len(src), MaxSource))
	}
	if strings.TrimSpace(src) == "" {
		e := fail(0, "the expression is empty")
		e.code = "expr.empty"
		return nil, e
	}
	text, edits, spans, bad := rewrite(src)
	if bad != nil {
		return nil, fail(bad.at, bad.msg)
	}
	// The library panics on a few odd trees; to the author that is one more
	// expression that cannot be compiled.
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fail(0, "the expression cannot be compiled")
		}
	}()

	c := &compilation{env: env, spans: spans, functions: functionsOf(env), used: map[string]bool{}}
	config := c.config()
	tree, err := parser.ParseWithConfig(text, config)
	if err == nil {
		c.prepare(&tree.Node)
		err = c.err()
	}
	if err == nil {
		_, err = checker.Check(tree, config)
	}
	if err == nil {
		c.inspect(&tree.Node, o.Want)
		err = c.err()
	}
	if err == nil {
		typ := typeOf(tree.Node.Type())
		// The optimizer rewrites the tree in place; this comes before it.
		d := director{functions: c.functions}
		truth, number := d.truth(tree.Node), d.number(tree.Node)
		if err = optimizer.Optimize(&tree.Node, config); err == nil {
			p = &Program{source: src, typ: typ, names: c.names(), opts: o, edits: edits, truth: truth, number: number}
			p.code, err = compiler.Compile(tree, config)
		}
	}
	if err == nil {
		return p, nil
	}
	var fe *file.Error
	if !errors.As(err, &fe) {
		return nil, fail(0, plainMessage(err.Error()))
	}
	e := fail(original(edits, fe.From), plainMessage(fe.Message))
	if c.first != nil {
		e.Hint, e.code, e.values = c.mistake.hint, c.mistake.code, c.mistake.values
	}
	return nil, e
}

// loops are the library's functions over lists that the language keeps.
func loops() []string {
	return []string{"all", "any", "none", "one", "filter", "map", "find", "count", "sum"}
}

type compilation struct {
	env       *Env
	spans     map[string]time.Duration
	functions map[string]function
	used      map[string]bool
	first     *file.Error
	mistake   mistake // of first
}

// mistake is what an Error has beside its place and its message.
type mistake struct {
	hint, code string
	values     map[string]string
}

func (c *compilation) err() error {
	if c.first == nil {
		return nil
	}
	return c.first
}

func (c *compilation) fail(n ast.Node, m mistake, format string, args ...any) {
	if c.first == nil || n.Location().From < c.first.From {
		c.first, c.mistake = &file.Error{Location: n.Location(), Message: fmt.Sprintf(format, args...)}, m
	}
}

func (c *compilation) names() []string {
	var out []string
	for n := range c.used {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func (c *compilation) config() *conf.Config {
	config := conf.CreateNew()
	config.MaxNodes = MaxNodes
	config.DisableIfOperator = true
	kept := loops()
	for name := range config.Builtins {
		if !slices.Contains(kept, name) {
			delete(config.Builtins, name)
			config.Disabled[name] = true
		}
	}
	config.WithEnv(c.env.declared())
	for _, f := range c.functions {
		config.Functions[f.Name] = &builtin.Function{Name: f.Name, Func: f.call, Types: f.types}
	}
	return config
}

// prepare checks the names of the tree and rewrites what is ours into what the
// library knows.
func (c *compilation) prepare(root *ast.Node) {
	ast.Walk(root, visitor(func(n *ast.Node) {
		switch x := (*n).(type) {
		case *ast.CallNode:
			c.call(x)
		case *ast.MemberNode:
			c.member(n, x)
		case *ast.IdentifierNode:
			if d, ok := c.spans[x.Value]; ok {
				replace(n, &ast.ConstantNode{Value: d})
			}
		case *ast.VariableDeclaratorNode, *ast.SequenceNode:
			c.fail(x, mistake{code: "expr.foreign"}, "let and ; are not part of the language")
		case *ast.BytesNode:
			c.fail(x, mistake{code: "expr.foreign"}, "bytes are not part of the language")
		case *ast.BuiltinNode:
			c.loop(x)
		case *ast.BinaryNode:
			c.operator(x)
		}
	}))
	if c.first == nil {
		c.resolve(root)
	}
}

// resolve checks every name that is left against the environment.
func (c *compilation) resolve(root *ast.Node) {
	callees := map[ast.Node]bool{}
	ast.Walk(root, visitor(func(n *ast.Node) {
		if x, ok := (*n).(*ast.CallNode); ok {
			callees[x.Callee] = true
		}
	}))
	ast.Walk(root, visitor(func(n *ast.Node) {
		x, ok := (*n).(*ast.IdentifierNode)
		if !ok || callees[x] {
			return
		}
		if _, declared := c.env.vars[x.Value]; !declared && !c.env.hidden[x.Value] {
			if _, is := c.functions[x.Value]; is {
				c.fail(x, mistake{hint: "write " + x.Value + "(…)", code: "expr.call", values: map[string]string{"name": x.Value}}, "%s is a function", x.Value)
				return
			}
			c.fail(x, near("expr.name", x.Value, c.env.names()), "unknown name %s", x.Value)
			return
		}
		c.used[x.Value] = true
	}))
}

func (c *compilation) call(x *ast.CallNode) {
	id, ok := x.Callee.(*ast.IdentifierNode)
	if !ok {
		c.fail(x, mistake{code: "expr.foreign"}, "only functions of the language can be called")
		return
	}
	f, ok := c.functions[id.Value]
	if !ok {
		names := loops()
		for n := range c.functions {
			names = append(names, n)
		}
		c.fail(x, near("expr.function", id.Value, names), "unknown function %s", id.Value)
		return
	}
	for _, name := range f.extra {
		arg := &ast.IdentifierNode{Value: name}
		arg.SetLocation(x.Location())
		x.Arguments = append(x.Arguments, arg)
	}
}

// member makes station.name the same as name.
func (c *compilation) member(n *ast.Node, x *ast.MemberNode) {
	id, ok := x.Node.(*ast.IdentifierNode)
	prop, isName := x.Property.(*ast.StringNode)
	if !ok || !isName || id.Value != c.env.owner || c.env.owner == "" {
		return
	}
	if _, there := c.env.vars[id.Value]; there {
		return
	}
	if _, there := c.env.vars[prop.Value]; !there {
		c.fail(x, near("expr.name", prop.Value, c.env.names()), "a %s has no %s", id.Value, prop.Value)
		return
	}
	replace(n, &ast.IdentifierNode{Value: prop.Value})
}

func (c *compilation) loop(x *ast.BuiltinNode) {
	for _, arg := range x.Arguments {
		pred, ok := arg.(*ast.PredicateNode)
		if !ok {
			continue
		}
		inner := ast.Find(pred.Node, func(n ast.Node) bool {
			b, ok := n.(*ast.BuiltinNode)
			return ok && slices.Contains(loops(), b.Name)
		})
		if inner != nil {
			c.fail(inner, mistake{code: "expr.nested"}, "a loop inside a loop is not allowed")
		}
	}
}

func (c *compilation) operator(x *ast.BinaryNode) {
	switch x.Operator {
	case "..":
		c.fail(x, mistake{hint: "write x >= 1 && x <= 5", code: "expr.range"}, "ranges are not part of the language")
	case "matches":
		if _, ok := x.Right.(*ast.StringNode); !ok {
			c.fail(x.Right, mistake{code: "expr.pattern"}, "the pattern of matches must be a text in quotes")
		}
	}
}

// inspect refuses what the library's checker lets pass, once types are known.
func (c *compilation) inspect(root *ast.Node, want Type) {
	ast.Walk(root, visitor(func(n *ast.Node) {
		switch x := (*n).(type) {
		case *ast.MemberNode:
			if !openType(x.Node.Type()) {
				c.fail(x, mistake{code: "expr.parts", values: map[string]string{"type": string(typeOf(x.Node.Type()))}}, "a %s has no parts", typeOf(x.Node.Type()))
			}
		case *ast.SliceNode:
			if !openType(x.Node.Type()) {
				c.fail(x, mistake{code: "expr.parts", values: map[string]string{"type": string(typeOf(x.Node.Type()))}}, "a %s has no parts", typeOf(x.Node.Type()))
			}
		}
	}))
	got := typeOf((*root).Type())
	if want != "" && want != Any && got != want && got != Any {
		c.fail(*root, mistake{code: "expr.type", values: map[string]string{"type": string(got), "want": string(want)}}, "this is a %s, a %s is needed here", got, want)
		c.first.From = 0
	}
}

// openType reports whether the parts of a value may be named: lists and maps.
// Methods of Go types behind moments and spans are not part of the language.
func openType(t reflect.Type) bool {
	if t == nil || t == reflect.TypeFor[geo.Point]() {
		return t == nil
	}
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Interface:
		return true
	}
	return false
}

func typeOf(t reflect.Type) Type {
	if t == nil {
		return Any
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return Moment
	case reflect.TypeFor[time.Duration]():
		return Span
	case reflect.TypeFor[geo.Point]():
		return Place
	}
	switch t.Kind() {
	case reflect.Bool:
		return Truth
	case reflect.String:
		return Text
	case reflect.Int, reflect.Float64, reflect.Int64:
		return Number
	}
	return Any
}

func replace(n *ast.Node, with ast.Node) {
	with.SetLocation((*n).Location())
	*n = with
}

type visitor func(*ast.Node)

// Visit calls the function for every node, children first.
func (v visitor) Visit(n *ast.Node) { v(n) }
