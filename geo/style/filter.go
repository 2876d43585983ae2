package style

import "fmt"

// filter compiles a filter in the form of expressions or in the older one, where
// a comparison names its property: ["==", "class", "river"].
func (c *compiler) filter(f any) (compiled, error) {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		return compiled{}, fmt.Errorf("filters nest deeper than %d", maxDepth)
	}
	list, ok := f.([]any)
	if !ok {
		if b, is := f.(bool); is {
			return fixed(boolValue(b)), nil
		}
		return compiled{}, fmt.Errorf("a filter is a list, not %v", f)
	}
	if len(list) == 0 {
		return compiled{}, fmt.Errorf("an empty filter")
	}
	op, ok := list[0].(string)
	if !ok {
		return compiled{}, fmt.Errorf("a filter begins with %v instead of an operator", list[0])
	}
	switch op {
	case "all", "any", "none":
		parts := make([]compiled, len(list)-1)
		for i, part := range list[1:] {
			var err error
			if parts[i], err = c.filter(part); err != nil {
				return compiled{}, err
			}
		}
		return combine(op, parts), nil
	case "!":
		if len(list) != 2 {
			return compiled{}, fmt.Errorf("\"!\" takes one filter")
		}
		inner, err := c.filter(list[1])
		if err != nil {
			return compiled{}, err
		}
		return combine("!", []compiled{inner}), nil
	}
	if older(op, list) {
		return olderFilter(op, list)
	}
	return c.expression(f)
}

// older reports whether a filter is written in the older form; see
// isExpressionFilter in maplibre-style-spec, src/feature_filter.
func older(op string, list []any) bool {
	isList := func(i int) bool {
		if i >= len(list) {
			return false
		}
		_, ok := list[i].([]any)
		return ok
	}
	switch op {
	case "has":
		return len(list) >= 2 && (list[1] == "$id" || list[1] == "$type")
	case "!in", "!has":
		return true
	case "in":
		return len(list) < 3 || !isList(1) && !isList(2)
	case "==", "!=", "<", "<=", ">", ">=":
		return len(list) == 3 && !isList(1) && !isList(2)
	}
	return false
}

func olderFilter(op string, list []any) (compiled, error) {
	if len(list) < 2 {
		return compiled{}, fmt.Errorf("%q names no property", op)
	}
	key, ok := list[1].(string)
	if !ok {
		return compiled{}, fmt.Errorf("%q names %v instead of a property", op, list[1])
	}
	get, always := property(key)
	switch op {
	case "has", "!has":
		if !always {
			return getOrHas(op, list[1:])
		}
		return fixed(boolValue(op == "has")), nil
	case "in", "!in":
		return among(get, list[2:], op == "in"), nil
	}
	want := valueOf(list[2])
	if want.kind == null {
		return compiled{}, fmt.Errorf("%q compares with %v; use a text, a number, true or false", op, list[2])
	}
	return comparison(op, get, fixed(want)), nil
}

// property reads a property by its name in an older filter; $type and $id are
// those of the feature itself, which it always has.
func property(key string) (get compiled, always bool) {
	c := compiled{depends: true}
	switch key {
	case "$type":
		c.node = func(s *Scope) value { return textValue(string(s.Geometry)) }
		return c, true
	case "$id":
		c.node = func(s *Scope) value { return numberValue(float64(s.ID)) }
		return c, true
	}
	c.node = func(s *Scope) value { return valueOf(s.Properties[key]) }
	return c, false
}
