package setup

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"iocwall/server/settings"
	"iocwall/server/source"
)

// Change is what became of one part of the configuration.
type Change struct {
	// Part is its key, as in "cameras".
	Part string `json:"part"`
	// Added, Removed and Changed name entries of a list; a part that is no list has
	// none of them.
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Changed []string `json:"changed,omitempty"`
}

// String says the change in a few words: "cameras +2 −1 ~cau".
func (c Change) String() string {
	out := c.Part
	for _, x := range []struct {
		sign string
		of   []string
	}{{"+", c.Added}, {"-", c.Removed}, {"~", c.Changed}} {
		switch n := len(x.of); {
		case n == 0:
		case n <= 3:
			out += " " + x.sign + strings.Join(x.of, ","+x.sign)
		default:
			out += fmt.Sprintf(" %s%d", x.sign, n)
		}
	}
	return out
}

// Differences returns what differs between two configurations, part by part, without
// any value.
func Differences(old, next *settings.Config) []Change {
	var out []Change
	a, b := reflect.ValueOf(old).Elem(), reflect.ValueOf(next).Elem()
	for i := range a.NumField() {
		field := a.Type().Field(i)
		part, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if !field.IsExported() || part == "" {
			continue
		}
		x, y := entries(old, part, a.Field(i)), entries(next, part, b.Field(i))
		if x == nil && y == nil {
			if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
				out = append(out, Change{Part: part})
			}
			continue
		}
		if c := compare(part, x, y); len(c.Added)+len(c.Removed)+len(c.Changed) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// entry is one of a list, by its name.
type entry struct {
	name  string
	value any
}

// entries returns the entries of a list of the configuration, nil for what is none.
func entries(c *settings.Config, part string, v reflect.Value) []entry {
	if part == "sources" {
		// What a kind makes of its keys counts, not where they stand in the file.
		return sources(c.Feeds())
	}
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() != reflect.Struct {
		return nil
	}
	out := make([]entry, 0, v.Len())
	for i := range v.Len() {
		out = append(out, entry{nameOf(v.Index(i)), v.Index(i).Interface()})
	}
	return out
}

func sources(list []source.Named) []entry {
	out := make([]entry, 0, len(list))
	for _, s := range list {
		out = append(out, entry{s.Name, s})
	}
	return out
}

func nameOf(v reflect.Value) string {
	for _, key := range []string{"ID", "Name", "Code"} {
		if f := v.FieldByName(key); f.IsValid() && f.Kind() == reflect.String {
			return f.String()
		}
	}
	return "?"
}

func compare(part string, old, next []entry) Change {
	c := Change{Part: part}
	for _, n := range next {
		i := slices.IndexFunc(old, func(o entry) bool { return o.name == n.name })
		switch {
		case i < 0:
			c.Added = append(c.Added, n.name)
		case !reflect.DeepEqual(old[i].value, n.value):
			c.Changed = append(c.Changed, n.name)
		}
	}
	for _, o := range old {
		if !slices.ContainsFunc(next, func(n entry) bool { return n.name == o.name }) {
			c.Removed = append(c.Removed, o.name)
		}
	}
	return c
}

// sentence says all changes in one line, for the audit.
func sentence(changes []Change) string {
	words := make([]string, 0, len(changes))
	for _, c := range changes {
		words = append(words, c.String())
	}
	if len(words) == 0 {
		return "comments or order only"
	}
	return strings.Join(words, "; ")
}
