// Package expr is the one expression language of the product: filters of
// layers and lists, mappings of sources, conditions and words of rules. It is
// github.com/expr-lang/expr, made strict and bounded:
//
//   - Every name is declared in an Env with its type, and an expression that
//     does not fit is refused when it is compiled, with line and column in the
//     document it stands in and a word on what was probably meant.
//   - It is deterministic: there is no clock, no randomness and no access to
//     the computer. Time is the variable now, filled by the caller.
//   - It ends: loops run over given lists only and cannot be nested, there is no
//     recursion, no assignment and no range, and source, tree and memory have
//     budgets.
//
// A number that is not known is not-a-number: every comparison with it is false
// except !=, which is true. known(x) asks for it. Durations are written 30s,
// 10m, 1h30m, 2d. The functions stand in one table; see Functions.
package expr

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"iocwall/geo"
)

// Budgets of one expression.
const (
	// MaxSource is the length of an expression in bytes.
	MaxSource = 4096
	// MaxNodes is the size of its tree.
	MaxNodes = 500
	// MemoryBudget counts the elements an evaluation may make.
	MemoryBudget = 100_000
)

// Type is the type of a value.
type Type string

// The types, with the Go type a variable of it holds.
const (
	Number Type = "number" // float64; NaN when not known
	Text   Type = "text"   // string
	Truth  Type = "truth"  // bool
	Moment Type = "moment" // time.Time
	Span   Type = "span"   // time.Duration
	Place  Type = "place"  // geo.Point
	Any    Type = "any"    // what encoding/json makes; checked when evaluated
)

// Pos is a place in a document, both numbers from 1. Columns count characters.
type Pos struct{ Line, Column int }

// Error is a mistake in an expression.
type Error struct {
	Pos
	Msg string
	// Hint says what was probably meant, empty when nothing comes close.
	Hint string
	// code and values say the same in any language, see Say.
	code   string
	values map[string]string
}

// Say returns the code of the mistake, such as "expr.name", and the values of its
// sentence: "line", "column", and what the code needs.
func (e *Error) Say() (code string, values map[string]string) {
	values = map[string]string{"line": strconv.Itoa(e.Line), "column": strconv.Itoa(e.Column), "why": e.Msg}
	maps.Copy(values, e.values)
	return cmp.Or(e.code, "expr.wrong"), values
}

// Error returns "line:column: message (hint)".
func (e *Error) Error() string {
	s := fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Msg)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Options say what an expression must be and where it stands.
type Options struct {
	// Want is the type of the result; Any takes every type.
	Want Type
	// At is where the source begins in the document around it; the zero value
	// is line 1, column 1.
	At Pos
	// Indent is the column before which the document indents the second and
	// later lines of the source (a block in YAML), 0 for none.
	Indent int
}

// Program is a compiled expression. It is immutable and may be shared.
type Program struct {
	source string
	typ    Type
	names  []string
	code   *vm.Program
	opts   Options
	edits  []edit
	// truth and number evaluate it directly, nil where that cannot be done.
	truth  directTruth
	number directNumber
}

// Source returns the text it was compiled from.
func (p *Program) Source() string { return p.source }

// Type returns the type of its result, Any when only an evaluation can tell.
func (p *Program) Type() Type { return p.typ }

// Names returns the variables it reads, sorted.
func (p *Program) Names() []string { return p.names }

// Uses reports whether it reads the variable.
func (p *Program) Uses(name string) bool {
	for _, n := range p.names {
		if n == name {
			return true
		}
	}
	return false
}

// Vars holds the values of an Env's variables under their names.
type Vars map[string]any

// Machine evaluates programs. It belongs to one goroutine; the zero value is
// ready. It keeps its stack between calls, so that an evaluation hardly
// allocates.
type Machine struct {
	vm    vm.VM
	frame frame
}

// ErrType is the error of a result that has not the type asked for.
var ErrType = errors.New("expr: result has the wrong type")

// Eval returns the value of p.
func (m *Machine) Eval(p *Program, vars Vars) (any, error) {
	m.vm.MemoryBudget = MemoryBudget
	v, err := m.vm.Run(p.code, map[string]any(vars))
	if err != nil {
		return nil, p.locate(err)
	}
	return v, nil
}

// Truth returns the truth of p.
func (m *Machine) Truth(p *Program, vars Vars) (bool, error) {
	if b, ok := m.directTruth(p, vars); ok {
		return b, nil
	}
	v, err := m.Eval(p, vars)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("%w: %s is %T, not a truth", ErrType, p.source, v)
	}
	return b, nil
}

// Number returns the number of p, NaN when it is not known.
func (m *Machine) Number(p *Program, vars Vars) (float64, error) {
	if f, ok := m.directNumber(p, vars); ok {
		return f, nil
	}
	v, err := m.Eval(p, vars)
	if err != nil {
		return math.NaN(), err
	}
	f, ok := toNumber(v)
	if !ok {
		return math.NaN(), fmt.Errorf("%w: %s is %T, not a number", ErrType, p.source, v)
	}
	return f, nil
}

// locate turns the library's error into ours, at its place in the document.
func (p *Program) locate(err error) error {
	var fe *file.Error
	if !errors.As(err, &fe) {
		return err
	}
	at := position(p.source, original(p.edits, fe.From), p.opts)
	return &Error{Pos: at, Msg: plainMessage(fe.Message)}
}

func toNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case nil:
		return math.NaN(), true
	}
	return 0, false
}

// zero returns the Go value that declares a type to the library.
func (t Type) zero() any {
	switch t {
	case Number:
		return float64(0)
	case Text:
		return ""
	case Truth:
		return false
	case Moment:
		return time.Time{}
	case Span:
		return time.Duration(0)
	case Place:
		return geo.Point{}
	}
	return nil
}
