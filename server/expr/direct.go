package expr

import (
	"math"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// Most conditions are comparisons of a few variables, and there are many of
// them for each event. These are evaluated directly, by closures over the
// checked tree, five to ten times as fast as by the library's machine; anything
// else, and anything unusual on the way (a variable that is missing, a function
// that fails), is left to the machine, whose word counts. The fuzz test holds
// the two together.

// frame is one direct evaluation. bad says that the machine must decide.
type frame struct {
	vars Vars
	bad  bool
}

type (
	directTruth  func(*frame) bool
	directNumber func(*frame) float64
	directText   func(*frame) string
)

// director builds closures; the nil closure means that it cannot.
type director struct{ functions map[string]function }

func (d director) truth(n ast.Node) directTruth {
	switch x := n.(type) {
	case *ast.BoolNode:
		v := x.Value
		return func(*frame) bool { return v }
	case *ast.IdentifierNode:
		if typeOf(x.Type()) == Truth {
			return variable[bool](x.Value)
		}
	case *ast.UnaryNode:
		if in := d.truth(x.Node); in != nil && (x.Operator == "!" || x.Operator == "not") {
			return func(f *frame) bool { return !in(f) }
		}
	case *ast.BinaryNode:
		return d.binary(x)
	case *ast.CallNode:
		if typeOf(x.Type()) == Truth {
			return call[bool](d, x)
		}
	}
	return nil
}

func (d director) binary(x *ast.BinaryNode) directTruth {
	switch x.Operator {
	case "&&", "and":
		if a, b := d.truth(x.Left), d.truth(x.Right); a != nil && b != nil {
			return func(f *frame) bool { return a(f) && b(f) }
		}
		return nil
	case "||", "or":
		if a, b := d.truth(x.Left), d.truth(x.Right); a != nil && b != nil {
			return func(f *frame) bool { return a(f) || b(f) }
		}
		return nil
	case "in":
		return d.in(x)
	}
	if typeOf(x.Left.Type()) == Number && typeOf(x.Right.Type()) == Number {
		return compareNumbers(x.Operator, d.number(x.Left), d.number(x.Right))
	}
	if typeOf(x.Left.Type()) == Text && typeOf(x.Right.Type()) == Text {
		return compareTexts(x.Operator, d.text(x.Left), d.text(x.Right))
	}
	return nil
}

func compareNumbers(op string, a, b directNumber) directTruth {
	if a == nil || b == nil {
		return nil
	}
	switch op {
	case "<":
		return func(f *frame) bool { return a(f) < b(f) }
	case "<=":
		return func(f *frame) bool { return a(f) <= b(f) }
	case ">":
		return func(f *frame) bool { return a(f) > b(f) }
	case ">=":
		return func(f *frame) bool { return a(f) >= b(f) }
	case "==":
		return func(f *frame) bool { return a(f) == b(f) }
	case "!=":
		return func(f *frame) bool { return a(f) != b(f) }
	}
	return nil
}

func compareTexts(op string, a, b directText) directTruth {
	if a == nil || b == nil {
		return nil
	}
	switch op {
	case "==":
		return func(f *frame) bool { return a(f) == b(f) }
	case "!=":
		return func(f *frame) bool { return a(f) != b(f) }
	case "contains":
		return func(f *frame) bool { return strings.Contains(a(f), b(f)) }
	case "startsWith":
		return func(f *frame) bool { return strings.HasPrefix(a(f), b(f)) }
	case "endsWith":
		return func(f *frame) bool { return strings.HasSuffix(a(f), b(f)) }
	}
	return nil
}

// in is membership in a list of texts in quotes.
func (d director) in(x *ast.BinaryNode) directTruth {
	list, ok := x.Right.(*ast.ArrayNode)
	if !ok || typeOf(x.Left.Type()) != Text {
		return nil
	}
	a := d.text(x.Left)
	set := map[string]bool{}
	for _, e := range list.Nodes {
		s, ok := e.(*ast.StringNode)
		if !ok {
			return nil
		}
		set[s.Value] = true
	}
	if a == nil {
		return nil
	}
	return func(f *frame) bool { return set[a(f)] }
}

// exact is the largest number up to which every integer is a float64.
const exact = 1 << 53

func (d director) number(n ast.Node) directNumber {
	switch x := n.(type) {
	case *ast.FloatNode:
		v := x.Value
		return func(*frame) float64 { return v }
	case *ast.IntegerNode:
		if v := x.Value; v < exact && v > -exact {
			return func(*frame) float64 { return float64(v) }
		}
	case *ast.IdentifierNode:
		if typeOf(x.Type()) == Number {
			return variable[float64](x.Value)
		}
	case *ast.UnaryNode:
		if in := d.number(x.Node); in != nil && x.Operator == "-" {
			return func(f *frame) float64 { return -in(f) }
		}
	case *ast.BinaryNode:
		return d.arithmetic(x)
	case *ast.CallNode:
		if typeOf(x.Type()) == Number {
			return call[float64](d, x)
		}
	}
	return nil
}

func (d director) arithmetic(x *ast.BinaryNode) directNumber {
	// Whole numbers among themselves are the machine's: they overflow otherwise.
	if whole(x.Left) && whole(x.Right) || typeOf(x.Left.Type()) != Number || typeOf(x.Right.Type()) != Number {
		return nil
	}
	a, b := d.number(x.Left), d.number(x.Right)
	if a == nil || b == nil {
		return nil
	}
	switch x.Operator {
	case "+":
		return func(f *frame) float64 { return a(f) + b(f) }
	case "-":
		return func(f *frame) float64 { return a(f) - b(f) }
	case "*":
		return func(f *frame) float64 { return float64(a(f) * b(f)) }
	case "/":
		return func(f *frame) float64 { return a(f) / b(f) }
	}
	return nil
}

func whole(n ast.Node) bool { return n.Nature().IsInteger }

func (d director) text(n ast.Node) directText {
	switch x := n.(type) {
	case *ast.StringNode:
		v := x.Value
		return func(*frame) string { return v }
	case *ast.IdentifierNode:
		if typeOf(x.Type()) == Text {
			return variable[string](x.Value)
		}
	case *ast.CallNode:
		if typeOf(x.Type()) == Text {
			return call[string](d, x)
		}
	}
	return nil
}

func variable[V any](name string) func(*frame) V {
	return func(f *frame) V {
		v, ok := f.vars[name].(V)
		if !ok {
			f.bad = true
		}
		return v
	}
}

// call calls a function of the language on variables and constants, and on
// calls that give what these give.
func call[V any](d director, x *ast.CallNode) func(*frame) V {
	id, ok := x.Callee.(*ast.IdentifierNode)
	if !ok || len(x.Arguments) > 4 {
		return nil
	}
	fn, ok := d.functions[id.Value]
	if !ok {
		return nil
	}
	args := make([]func(*frame) any, len(x.Arguments))
	for i, a := range x.Arguments {
		if args[i] = d.argument(a); args[i] == nil {
			return nil
		}
	}
	return func(f *frame) V {
		var buf [4]any
		for i, a := range args {
			buf[i] = a(f)
		}
		var zero V
		if f.bad {
			return zero
		}
		got, err := fn.call(buf[:len(args)]...)
		v, ok := got.(V)
		if err != nil || !ok {
			f.bad = true
			return zero
		}
		return v
	}
}

func (d director) argument(n ast.Node) func(*frame) any {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		name := x.Value
		return func(f *frame) any {
			v, ok := f.vars[name]
			if !ok {
				f.bad = true
			}
			return v
		}
	case *ast.StringNode:
		var v any = x.Value
		return func(*frame) any { return v }
	case *ast.FloatNode:
		var v any = x.Value
		return func(*frame) any { return v }
	case *ast.IntegerNode:
		var v any = x.Value
		return func(*frame) any { return v }
	case *ast.ConstantNode:
		v := x.Value
		return func(*frame) any { return v }
	case *ast.CallNode:
		id, ok := x.Callee.(*ast.IdentifierNode)
		if !ok || d.functions[id.Value].call == nil {
			return nil
		}
		if v, ok := d.constant(x); ok {
			return func(*frame) any { return v }
		}
		return boxed(d, x)
	}
	return nil
}

// constant evaluates a call without variables once: the functions have no other
// input. A call that fails is left for the evaluation to find.
func (d director) constant(x *ast.CallNode) (any, bool) {
	args := make([]any, 0, 4)
	for _, a := range x.Arguments {
		switch a := a.(type) {
		case *ast.StringNode:
			args = append(args, a.Value)
		case *ast.FloatNode:
			args = append(args, a.Value)
		case *ast.IntegerNode:
			args = append(args, a.Value)
		default:
			return nil, false
		}
	}
	v, err := d.functions[x.Callee.(*ast.IdentifierNode).Value].call(args...)
	return v, err == nil
}

func boxed(d director, x *ast.CallNode) func(*frame) any {
	in := call[any](d, x)
	if in == nil {
		return nil
	}
	return func(f *frame) any { return in(f) }
}

// directTruth evaluates p without the machine's stack, if it can.
func (m *Machine) directTruth(p *Program, vars Vars) (v, ok bool) {
	if p.truth == nil {
		return false, false
	}
	m.frame = frame{vars: vars}
	v = p.truth(&m.frame)
	return v, !m.frame.bad
}

func (m *Machine) directNumber(p *Program, vars Vars) (v float64, ok bool) {
	if p.number == nil {
		return math.NaN(), false
	}
	m.frame = frame{vars: vars}
	v = p.number(&m.frame)
	return v, !m.frame.bad
}
