package expr

import (
	"fmt"
	"maps"
	"slices"

	"github.com/expr-lang/expr/types"
)

// Var declares a variable.
type Var struct {
	Name string
	Type Type
	// Doc says in a phrase what it holds, with its unit.
	Doc string
}

// Env declares what an expression may name. It is immutable.
type Env struct {
	owner string
	vars  map[string]Var
	order []string
	// hidden are the variables that functions are given beside their arguments.
	hidden map[string]bool
	fields map[string]field
}

// NewEnv declares variables. A name must look like one, and appear once.
func NewEnv(vars ...Var) (*Env, error) {
	return (&Env{}).With(vars...)
}

// With returns an Env with more variables. One of the same name replaces the
// earlier one.
func (e *Env) With(vars ...Var) (*Env, error) {
	out := &Env{owner: e.owner, vars: maps.Clone(e.vars), order: slices.Clone(e.order), hidden: e.hidden, fields: maps.Clone(e.fields)}
	if out.vars == nil {
		out.vars = map[string]Var{}
	}
	for _, v := range vars {
		if !validName(v.Name) {
			return nil, fmt.Errorf("expr: %q cannot be the name of a variable", v.Name)
		}
		if v.Type.zero() == nil && v.Type != Any {
			return nil, fmt.Errorf("expr: variable %q has the unknown type %q", v.Name, v.Type)
		}
		if _, there := out.vars[v.Name]; !there {
			out.order = append(out.order, v.Name)
		}
		out.vars[v.Name] = v
		delete(out.fields, v.Name)
	}
	return out, nil
}

// Vars returns the variables in the order of their declaration.
func (e *Env) Vars() []Var {
	out := make([]Var, 0, len(e.order))
	for _, n := range e.order {
		out = append(out, e.vars[n])
	}
	return out
}

// Functions describes the functions that expressions of this Env may call.
func (e *Env) Functions() []Function {
	var out []Function
	for _, f := range functionTable() {
		if e.offers(f) {
			out = append(out, f.Function)
		}
	}
	return out
}

func (e *Env) offers(f function) bool {
	for _, n := range f.extra {
		_, declared := e.vars[n]
		if !declared && !e.hidden[n] {
			return false
		}
	}
	return true
}

func (e *Env) declared() types.Map {
	m := types.Map{}
	for _, v := range e.vars {
		if v.Type == Any {
			m[v.Name] = types.Any
		} else {
			m[v.Name] = types.TypeOf(v.Type.zero())
		}
	}
	for n := range e.hidden {
		m[n] = types.Any
	}
	return m
}

func (e *Env) names() []string { return slices.Sorted(maps.Keys(e.vars)) }

func validName(s string) bool {
	for i, r := range s {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && !slices.Contains(reserved(), s)
}

// reserved are the words of the language itself.
func reserved() []string {
	return []string{"not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else", "true", "false", "nil"}
}
