package table

import (
	"fmt"
	"hash/fnv"
	"io"
	"reflect"
)

// Shape returns a fingerprint of what a row holds: the names, tags and types of its
// fields and of theirs. Programs whose shapes are the same make the same bytes of a
// row, and so the same sum.
func (t *Table[R]) Shape() uint64 {
	h := fnv.New64a()
	describe(h, reflect.TypeFor[R](), nil)
	return h.Sum64()
}

// describe writes what a type holds; a type within itself is named only.
func describe(w io.Writer, t reflect.Type, within []reflect.Type) {
	for _, outer := range within {
		if outer == t {
			fmt.Fprintf(w, "^%s;", t.Name())
			return
		}
	}
	within = append(within, t)
	fmt.Fprintf(w, "%s ", t.Kind())
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() || f.Name == "_" { // that one carries tags
				fmt.Fprintf(w, "%s %q ", f.Name, f.Tag)
				describe(w, f.Type, within)
			}
		}
	case reflect.Array:
		fmt.Fprintf(w, "%d ", t.Len())
		describe(w, t.Elem(), within)
	case reflect.Map:
		describe(w, t.Key(), within)
		describe(w, t.Elem(), within)
	case reflect.Pointer, reflect.Slice:
		describe(w, t.Elem(), within)
	}
	fmt.Fprint(w, ";")
}
