package world

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write schema.lock anew; only fields may have been added")

// schema lists every field of every kind with its number and its type.
func schema() string {
	var lines []string
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type, name string)
	walk = func(t reflect.Type, name string) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || (seen[t] && name == t.Name()) {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			f := t.Field(i)
			num, _, _ := strings.Cut(f.Tag.Get("cbor"), ",")
			if f.Anonymous {
				num = "flat"
			}
			lines = append(lines, fmt.Sprintf("%s %s %s %s", name, num, f.Name, f.Type))
			if ft := f.Type; !f.Anonymous {
				for ft.Kind() == reflect.Pointer || ft.Kind() == reflect.Slice {
					ft = ft.Elem()
				}
				if ft.Kind() == reflect.Struct && !seen[ft] {
					walk(ft, ft.Name())
				}
			}
		}
	}
	for _, b := range bodies() {
		walk(reflect.TypeOf(b), b.Kind())
	}
	for _, e := range []Entity{Vessel{}, Aid{}, Base{}, Station{}, Camera{}, Report{}, Figure{}, Area{}, Agency{}, Wall{}, Scene{}, Alert{}, SourceStatus{}, Clip{}, Fence{}, Drawing{}, MapView{}, Layer{}, Popup{}, Lock{}, Node{}, Schedule{}, Domain{}} {
		walk(reflect.TypeOf(e), e.Ref().Kind())
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n") + "\n"
}

// What is on disk must be readable for ever: a number once given keeps its field
// and its type. Adding a field changes schema.lock by an added line; write it
// with "go test ./server/world -run Schema -update".
func TestSchemaIsLocked(t *testing.T) {
	now := schema()
	for _, l := range strings.Split(strings.TrimSpace(now), "\n") {
		if f := strings.Fields(l); f[1] == "" || strings.Contains(l, "  ") {
			t.Errorf("a field without a number: %s", l)
		}
	}
	locked, err := os.ReadFile("schema.lock")
	if err != nil && !*update {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, l := range strings.Split(now, "\n") {
		has[l] = true
	}
	for _, l := range strings.Split(strings.TrimSpace(string(locked)), "\n") {
		if l != "" && !has[l] {
			t.Errorf("gone or changed: %s", l)
		}
	}
	if t.Failed() {
		return
	}
	if *update {
		if err := os.WriteFile("schema.lock", []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(locked) != now {
		t.Error("fields were added; write schema.lock anew with -update")
	}
}
