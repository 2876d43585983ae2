package style

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ramp is a list of stops, ascending.
type ramp struct {
	input node
	at    []float64
	out   []compiled
	base  float64 // 1 is linear
}

// stops compiles input, output pairs. A step begins with the output below the
// first stop.
func (c *compiler) stops(pairs []any) ([]float64, []compiled, error) {
	if len(pairs) < 2 || len(pairs)%2 != 0 {
		return nil, nil, fmt.Errorf("stops come in pairs of input and output")
	}
	var at []float64
	var out []compiled
	for i := 0; i < len(pairs); i += 2 {
		f, ok := pairs[i].(float64)
		if !ok {
			return nil, nil, fmt.Errorf("the stop %v is no number", pairs[i])
		}
		if len(at) > 0 && f <= at[len(at)-1] {
			return nil, nil, fmt.Errorf("the stop %g does not come after %g", f, at[len(at)-1])
		}
		o, err := c.output(pairs[i+1])
		if err != nil {
			return nil, nil, err
		}
		at, out = append(at, f), append(out, o)
	}
	return at, out, nil
}

// step is [input, output, stop, output, …].
func (c *compiler) step(args []any) (compiled, error) {
	if len(args) < 2 {
		return compiled{}, fmt.Errorf("\"step\" takes an input, an output and stops")
	}
	in, err := c.each(args[:1])
	if err != nil {
		return compiled{}, err
	}
	pairs := append([]any{math.Inf(-1)}, args[1:]...)
	r := ramp{input: in[0].node}
	if r.at, r.out, err = c.stops(pairs); err != nil {
		return compiled{}, err
	}
	return computed(r.stepped, append(in, r.out...)...), nil
}

// interpolate is [how, input, stop, output, …].
func (c *compiler) interpolate(args []any) (compiled, error) {
	if len(args) < 4 {
		return compiled{}, fmt.Errorf("\"interpolate\" takes how, an input and stops")
	}
	if c.want != number && c.want != colour && c.want != null {
		return compiled{}, fmt.Errorf("%s cannot be interpolated", c.want)
	}
	r := ramp{base: 1}
	how, _ := args[0].([]any)
	switch {
	case len(how) == 1 && how[0] == "linear":
	case len(how) == 2 && how[0] == "exponential":
		base, ok := how[1].(float64)
		if !ok || base <= 0 {
			return compiled{}, fmt.Errorf("the base %v is no number above 0", how[1])
		}
		r.base = base
	default:
		return compiled{}, fmt.Errorf("%v is no way to interpolate; use [\"linear\"] or [\"exponential\", base]", args[0])
	}
	in, err := c.each(args[1:2])
	if err != nil {
		return compiled{}, err
	}
	r.input = in[0].node
	if r.at, r.out, err = c.stops(args[2:]); err != nil {
		return compiled{}, err
	}
	return computed(r.interpolated, append(in, r.out...)...), nil
}

// zoomFunction compiles {"base": …, "stops": [[zoom, value] …]}. Numbers and
// colours are interpolated, texts are not.
func (c *compiler) zoomFunction(f map[string]any) (compiled, error) {
	for key := range f {
		if key != "base" && key != "stops" && key != "type" {
			return compiled{}, fmt.Errorf("%q in a zoom function is not known; write an expression", key)
		}
	}
	list, ok := f["stops"].([]any)
	if !ok {
		return compiled{}, fmt.Errorf("a zoom function has no list of stops")
	}
	pairs := make([]any, 0, 2*len(list))
	for _, s := range list {
		pair, ok := s.([]any)
		if !ok || len(pair) != 2 {
			return compiled{}, fmt.Errorf("the stop %v is no pair of zoom and value", s)
		}
		pairs = append(pairs, pair...)
	}
	r := ramp{input: func(s *Scope) value { return numberValue(s.Zoom) }, base: 1}
	var err error
	if r.at, r.out, err = c.stops(pairs); err != nil {
		return compiled{}, err
	}
	if base, has := f["base"]; has {
		if r.base, ok = base.(float64); !ok || r.base <= 0 {
			return compiled{}, fmt.Errorf("the base %v is no number above 0", base)
		}
	}
	zoomed := r.stepped
	switch f["type"] {
	case nil:
		if c.want == number || c.want == colour {
			zoomed = r.interpolated
		}
	case "exponential":
		zoomed = r.interpolated
	case "interval":
	default:
		return compiled{}, fmt.Errorf("a zoom function of type %v is not known", f["type"])
	}
	out := computed(zoomed, r.out...)
	out.zooms = true
	return out, nil
}

// segment returns the last stop at or below the input; -1 below the first.
func (r *ramp) segment(f float64) int {
	i := len(r.at) - 1
	for i >= 0 && f < r.at[i] {
		i--
	}
	return i
}

func (r *ramp) stepped(s *Scope) value {
	in := r.input(s)
	if in.kind != number {
		return value{}
	}
	return r.out[max(0, r.segment(in.num))].node(s)
}

func (r *ramp) interpolated(s *Scope) value {
	in := r.input(s)
	if in.kind != number {
		return value{}
	}
	i := r.segment(in.num)
	if i < 0 {
		return r.out[0].node(s)
	}
	if i == len(r.at)-1 {
		return r.out[i].node(s)
	}
	t := r.between(in.num, r.at[i], r.at[i+1])
	a, b := r.out[i].node(s), r.out[i+1].node(s)
	switch {
	case a.kind == number && b.kind == number:
		return numberValue(a.num + (b.num-a.num)*t)
	case a.kind == colour && b.kind == colour:
		return colorValue(mixColors(a.col, b.col, t))
	}
	return a
}

// between follows the specification's exponential interpolation: steps grow by
// base with each unit of input.
func (r *ramp) between(f, from, to float64) float64 {
	if r.base == 1 {
		return (f - from) / (to - from)
	}
	return (math.Pow(r.base, f-from) - 1) / (math.Pow(r.base, to-from) - 1)
}

// texts are the operators on texts.
func (c *compiler) texts(op string, args []any) (compiled, error) {
	parts, err := c.each(args)
	if err != nil {
		return compiled{}, err
	}
	if op != "concat" && len(parts) != 1 {
		return compiled{}, fmt.Errorf("%q takes one argument", op)
	}
	change := map[string]func(value) value{
		"to-string": func(v value) value { return textValue(v.asText()) },
		"upcase":    func(v value) value { return textValue(strings.ToUpper(v.asText())) },
		"downcase":  func(v value) value { return textValue(strings.ToLower(v.asText())) },
		"to-number": toNumber,
	}[op]
	if change != nil {
		return computed(func(s *Scope) value { return change(parts[0].node(s)) }, parts...), nil
	}
	return computed(func(s *Scope) value {
		var b strings.Builder
		for i := range parts {
			b.WriteString(parts[i].node(s).asText())
		}
		return textValue(b.String())
	}, parts...), nil
}

func toNumber(v value) value {
	switch v.kind {
	case number:
		return v
	case boolean:
		return numberValue(v.num)
	case text:
		if f, err := strconv.ParseFloat(v.str, 64); err == nil {
			return numberValue(f)
		}
	}
	return value{}
}

func (c *compiler) arithmetic(op string, args []any) (compiled, error) {
	parts, err := c.each(args)
	if err != nil {
		return compiled{}, err
	}
	if len(parts) == 0 || op == "/" && len(parts) != 2 || op == "-" && len(parts) > 2 {
		return compiled{}, fmt.Errorf("%q does not take %d arguments", op, len(parts))
	}
	return computed(func(s *Scope) value {
		first := parts[0].node(s)
		if first.kind != number {
			return value{}
		}
		sum := first.num
		if op == "-" && len(parts) == 1 {
			sum = -sum
		}
		for _, p := range parts[1:] {
			v := p.node(s)
			if v.kind != number {
				return value{}
			}
			switch op {
			case "+":
				sum += v.num
			case "-":
				sum -= v.num
			case "*":
				sum *= v.num
			case "/":
				sum /= v.num
			}
		}
		return numberValue(sum)
	}, parts...), nil
}
