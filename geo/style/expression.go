package style

import (
	"fmt"
	"strings"
)

// maxDepth bounds how deep expressions may nest.
const maxDepth = 40

// compiled is an expression ready to be evaluated, and what it depends on.
type compiled struct {
	node           node
	fixed          bool // always the same value, which is what
	what           value
	zooms, depends bool // on the zoom, on the feature
}

func fixed(v value) compiled { return compiled{node: constant(v), fixed: true, what: v} }

// computed joins the dependencies of arguments under a node.
func computed(n node, args ...compiled) compiled {
	c := compiled{node: n}
	for _, a := range args {
		c.zooms = c.zooms || a.zooms
		c.depends = c.depends || a.depends
	}
	return c
}

// compiler compiles the expressions of one property. want is the type of what it
// gives; texts that are to be colours are read once, here.
type compiler struct {
	want  kind
	depth int
}

// output compiles what may become the value of the property.
func (c *compiler) output(e any) (compiled, error) {
	s, ok := e.(string)
	if !ok || c.want != colour {
		return c.expression(e)
	}
	col, ok := parseColor(s)
	if !ok {
		return compiled{}, fmt.Errorf("%q is no colour", s)
	}
	return fixed(colorValue(col)), nil
}

// expression compiles a literal or an array [operator, argument …].
func (c *compiler) expression(e any) (compiled, error) {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		return compiled{}, fmt.Errorf("expressions nest deeper than %d", maxDepth)
	}
	switch e := e.(type) {
	case nil:
		return fixed(value{}), nil
	case []any:
		if len(e) == 0 {
			return compiled{}, fmt.Errorf("an empty expression")
		}
		op, ok := e[0].(string)
		if !ok {
			return compiled{}, fmt.Errorf("an expression begins with %v instead of an operator", e[0])
		}
		return c.operator(op, e[1:])
	case map[string]any:
		return compiled{}, fmt.Errorf("an object where a value is expected")
	}
	return fixed(valueOf(e)), nil
}

func (c *compiler) operator(op string, args []any) (compiled, error) {
	switch op {
	case "zoom":
		return compiled{node: func(s *Scope) value { return numberValue(s.Zoom) }, zooms: true}, nil
	case "geometry-type":
		return compiled{node: func(s *Scope) value { return textValue(string(s.Geometry)) }, depends: true}, nil
	case "id":
		return compiled{node: func(s *Scope) value { return numberValue(float64(s.ID)) }, depends: true}, nil
	case "get", "has", "!has":
		return getOrHas(op, args)
	case "literal":
		if len(args) == 1 {
			if _, list := args[0].([]any); !list {
				return c.output(args[0])
			}
		}
		return compiled{}, fmt.Errorf("a literal list stands only behind \"in\"")
	case "match":
		return c.match(args)
	case "case":
		return c.choose(args)
	case "step":
		return c.step(args)
	case "interpolate":
		return c.interpolate(args)
	case "in":
		return c.in(args)
	case "coalesce", "string", "number", "boolean":
		return c.first(op, args)
	case "!", "none", "all", "any":
		return c.logic(op, args)
	case "==", "!=", "<", "<=", ">", ">=":
		return c.compare(op, args)
	case "concat", "to-string", "to-number", "upcase", "downcase":
		return c.texts(op, args)
	case "+", "-", "*", "/":
		return c.arithmetic(op, args)
	}
	return compiled{}, fmt.Errorf("the operator %q is not known", op)
}

// each compiles arguments that are no output.
func (c *compiler) each(args []any) ([]compiled, error) {
	inner := compiler{depth: c.depth}
	out := make([]compiled, len(args))
	for i, a := range args {
		var err error
		if out[i], err = inner.expression(a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// outputs compiles arguments that may become the property's value.
func (c *compiler) outputs(args []any) ([]compiled, error) {
	out := make([]compiled, len(args))
	for i, a := range args {
		var err error
		if out[i], err = c.output(a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func getOrHas(op string, args []any) (compiled, error) {
	if len(args) != 1 {
		return compiled{}, fmt.Errorf("%q takes the name of one property", op)
	}
	key, ok := args[0].(string)
	if !ok {
		return compiled{}, fmt.Errorf("%q takes the name of a property, not %v", op, args[0])
	}
	if op == "get" {
		return compiled{node: func(s *Scope) value { return valueOf(s.Properties[key]) }, depends: true}, nil
	}
	want := op == "has"
	return compiled{node: func(s *Scope) value {
		_, has := s.Properties[key]
		return boolValue(has == want)
	}, depends: true}, nil
}

// match is [input, label or labels, output, …, otherwise].
func (c *compiler) match(args []any) (compiled, error) {
	if len(args) < 4 || len(args)%2 != 0 {
		return compiled{}, fmt.Errorf("\"match\" takes an input, pairs of label and output, and one output more")
	}
	in, err := c.each(args[:1])
	if err != nil {
		return compiled{}, err
	}
	cases := map[value]int{}
	var results []any
	for i := 1; i+1 < len(args); i += 2 {
		labels, list := args[i].([]any)
		if !list {
			labels = []any{args[i]}
		}
		for _, l := range labels {
			v := valueOf(l)
			if v.kind != text && v.kind != number {
				return compiled{}, fmt.Errorf("%v is no label of a \"match\"", l)
			}
			if _, twice := cases[v]; !twice {
				cases[v] = len(results)
			}
		}
		results = append(results, args[i+1])
	}
	results = append(results, args[len(args)-1])
	out, err := c.outputs(results)
	if err != nil {
		return compiled{}, err
	}
	input, last := in[0].node, len(out)-1
	return computed(func(s *Scope) value {
		if i, ok := cases[input(s)]; ok {
			return out[i].node(s)
		}
		return out[last].node(s)
	}, append(in, out...)...), nil
}

// choose is [condition, output, …, otherwise].
func (c *compiler) choose(args []any) (compiled, error) {
	if len(args) < 3 || len(args)%2 != 1 {
		return compiled{}, fmt.Errorf("\"case\" takes pairs of condition and output, and one output more")
	}
	var conditions, results []any
	for i := 0; i+1 < len(args); i += 2 {
		conditions = append(conditions, args[i])
		results = append(results, args[i+1])
	}
	when, err := c.each(conditions)
	if err != nil {
		return compiled{}, err
	}
	out, err := c.outputs(append(results, args[len(args)-1]))
	if err != nil {
		return compiled{}, err
	}
	return computed(func(s *Scope) value {
		for i := range when {
			if when[i].node(s).truth() {
				return out[i].node(s)
			}
		}
		return out[len(when)].node(s)
	}, append(when, out...)...), nil
}

// first returns the first argument that has a value, of the type that the
// operator asks for.
func (c *compiler) first(op string, args []any) (compiled, error) {
	if len(args) == 0 {
		return compiled{}, fmt.Errorf("%q takes at least one argument", op)
	}
	out, err := c.outputs(args)
	if err != nil {
		return compiled{}, err
	}
	asked := map[string]kind{"string": text, "number": number, "boolean": boolean}[op]
	return computed(func(s *Scope) value {
		for i := range out {
			v := out[i].node(s)
			if v.kind != null && (asked == null || v.kind == asked) {
				return v
			}
		}
		return value{}
	}, out...), nil
}

// in is [needle, ["literal", [values …]]] or [needle, text].
func (c *compiler) in(args []any) (compiled, error) {
	if len(args) != 2 {
		return compiled{}, fmt.Errorf("\"in\" takes what to look for and where")
	}
	if list, ok := args[1].([]any); ok && len(list) == 2 && list[0] == "literal" {
		values, ok := list[1].([]any)
		if !ok {
			return compiled{}, fmt.Errorf("\"in\" takes a literal list")
		}
		needle, err := c.each(args[:1])
		if err != nil {
			return compiled{}, err
		}
		return among(needle[0], values, true), nil
	}
	both, err := c.each(args)
	if err != nil {
		return compiled{}, err
	}
	return computed(func(s *Scope) value {
		part, whole := both[0].node(s), both[1].node(s)
		return boolValue(part.kind == text && whole.kind == text && strings.Contains(whole.str, part.str))
	}, both...), nil
}

// among reports whether a value is in a list, or is not.
func among(needle compiled, list []any, want bool) compiled {
	set := make(map[value]bool, len(list))
	for _, v := range list {
		set[valueOf(v)] = true
	}
	return computed(func(s *Scope) value { return boolValue(set[needle.node(s)] == want) }, needle)
}

func (c *compiler) logic(op string, args []any) (compiled, error) {
	parts, err := c.each(args)
	if err != nil {
		return compiled{}, err
	}
	if op == "!" && len(parts) != 1 {
		return compiled{}, fmt.Errorf("\"!\" takes one argument")
	}
	return combine(op, parts), nil
}

// combine joins conditions by all, any, none or !.
func combine(op string, parts []compiled) compiled {
	stop, result := true, op == "any"
	if op == "all" {
		stop, result = false, false
	}
	return computed(func(s *Scope) value {
		for i := range parts {
			if parts[i].node(s).truth() == stop {
				return boolValue(result)
			}
		}
		return boolValue(!result)
	}, parts...)
}

func (c *compiler) compare(op string, args []any) (compiled, error) {
	if len(args) != 2 {
		return compiled{}, fmt.Errorf("%q compares two values", op)
	}
	both, err := c.each(args)
	if err != nil {
		return compiled{}, err
	}
	return comparison(op, both[0], both[1]), nil
}

// comparison of values of different types is false, but for "!=".
func comparison(op string, left, right compiled) compiled {
	a, b := left.node, right.node
	switch op {
	case "==":
		return computed(func(s *Scope) value { return boolValue(a(s) == b(s)) }, left, right)
	case "!=":
		return computed(func(s *Scope) value { return boolValue(a(s) != b(s)) }, left, right)
	}
	return computed(func(s *Scope) value {
		x, y := a(s), b(s)
		if x.kind != y.kind || x.kind != number && x.kind != text {
			return boolValue(false)
		}
		order := strings.Compare(x.str, y.str)
		if x.kind == number {
			order = 0
			if x.num < y.num {
				order = -1
			} else if x.num > y.num {
				order = 1
			}
		}
		switch op {
		case "<":
			return boolValue(order < 0)
		case "<=":
			return boolValue(order <= 0)
		case ">":
			return boolValue(order > 0)
		}
		return boolValue(order >= 0)
	}, left, right)
}
