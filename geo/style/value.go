package style

import (
	"image/color"
	"math"
	"strconv"
	"strings"
)

// kind is the type of a value while a style is evaluated.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	colour
)

func (k kind) String() string {
	return [...]string{"nothing", "true or false", "a number", "a text", "a colour"}[k]
}

// value is passed by copying, so that evaluation allocates nothing.
type value struct {
	kind kind
	num  float64 // 0 or 1 for a boolean
	str  string
	col  color.NRGBA
}

// node computes a value.
type node func(*Scope) value

func numberValue(f float64) value    { return value{kind: number, num: f} }
func textValue(s string) value       { return value{kind: text, str: s} }
func colorValue(c color.NRGBA) value { return value{kind: colour, col: c} }
func constant(v value) node          { return func(*Scope) value { return v } }
func (v value) truth() bool          { return v.kind == boolean && v.num != 0 }

func boolValue(b bool) value {
	if b {
		return value{kind: boolean, num: 1}
	}
	return value{kind: boolean}
}

// valueOf takes a value from a feature or from JSON; what is neither text, number
// nor boolean is null.
func valueOf(v any) value {
	switch v := v.(type) {
	case string:
		return textValue(v)
	case float64:
		return numberValue(v)
	case int64:
		return numberValue(float64(v))
	case uint64:
		return numberValue(float64(v))
	case bool:
		return boolValue(v)
	case int:
		return numberValue(float64(v))
	case float32:
		return numberValue(float64(v))
	}
	return value{}
}

// asText writes a value as text; null is empty.
func (v value) asText() string {
	switch v.kind {
	case text:
		return v.str
	case number:
		return strconv.FormatFloat(v.num, 'f', -1, 64)
	case boolean:
		return strconv.FormatBool(v.num != 0)
	case colour:
		return "rgba(" + strings.Join([]string{
			strconv.Itoa(int(v.col.R)), strconv.Itoa(int(v.col.G)), strconv.Itoa(int(v.col.B)),
			strconv.FormatFloat(float64(v.col.A)/255, 'f', 3, 64),
		}, ",") + ")"
	}
	return ""
}

// Number is a number of a style that may depend on the zoom and the feature.
type Number struct {
	node     node
	constant float64
	varies   bool
}

// At returns the number in a scope. Where the style gives none that is finite,
// it is the specification's default.
func (n Number) At(s *Scope) float64 {
	if n.node == nil {
		return n.constant
	}
	if v := n.node(s); v.kind == number && !math.IsNaN(v.num) && !math.IsInf(v.num, 0) {
		return v.num
	}
	return n.constant
}

// Varies reports whether the number depends on the feature.
func (n Number) Varies() bool { return n.varies }

// Color is a colour of a style that may depend on the zoom and the feature.
type Color struct {
	node     node
	constant color.NRGBA
	varies   bool
}

// At returns the colour in a scope.
func (c Color) At(s *Scope) color.NRGBA {
	if c.node == nil {
		return c.constant
	}
	switch v := c.node(s); v.kind {
	case colour:
		return v.col
	case text:
		if col, ok := parseColor(v.str); ok {
			return col
		}
	}
	return c.constant
}

// Varies reports whether the colour depends on the feature.
func (c Color) Varies() bool { return c.varies }

// Text is a text of a style that may depend on the zoom and the feature.
type Text struct{ node node }

// At returns the text in a scope; it may be empty.
func (t Text) At(s *Scope) string {
	if t.node == nil {
		return ""
	}
	return t.node(s).asText()
}

// Filter chooses features. The zero Filter takes all.
type Filter struct {
	node  node
	zooms bool
}

// Holds reports whether the scope's feature is chosen.
func (f Filter) Holds(s *Scope) bool { return f.node == nil || f.node(s).truth() }

// Zooms reports whether the filter depends on the zoom.
func (f Filter) Zooms() bool { return f.zooms }
