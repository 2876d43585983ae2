package house

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// asked holds how many rows each of the source documents has. Ids run from 01.
var asked = map[string]int{"QB": 23, "TN": 29, "BP": 27, "QN": 15, "BT": 8, "PT": 4}

// A row of the requirement map: | id | what | shown by |. The third column is one of
//
//	iocwall/server/citizen TestX, TestY; iocwall/ui TestZ
//	later: a theme
//	not software
var requirementRow = regexp.MustCompile(`(?m)^\| ([A-Z]{2}-[0-9]{2}) \| ([^|]+) \| ([^|]+) \|$`)

// TestRequirementsAreMapped holds that every requirement has exactly one row, and that a row which
// names tests names tests that exist.
func TestRequirementsAreMapped(t *testing.T) {
	r := repository(t)
	rows := requirementRow.FindAllStringSubmatch(r.document(t, "ARCHITECTURE.md"), -1)
	seen := map[string]bool{}
	shown, later, never := 0, 0, 0
	for _, row := range rows {
		id, what, by := row[1], strings.TrimSpace(row[2]), strings.TrimSpace(row[3])
		if seen[id] {
			t.Errorf("%s has two rows", id)
		}
		seen[id] = true
		if what == "" {
			t.Errorf("%s says nothing about what it is", id)
		}
		switch {
		case by == "not software":
			never++
		case strings.HasPrefix(by, "later: ") && len(by) > len("later: "):
			later++
		default:
			shown++
			for _, problem := range r.missingTests(by) {
				t.Errorf("%s: %s", id, problem)
			}
		}
	}
	for source, count := range asked {
		for n := 1; n <= count; n++ {
			id := fmt.Sprintf("%s-%02d", source, n)
			if !seen[id] {
				t.Errorf("%s has no row in ARCHITECTURE.md", id)
			}
			delete(seen, id)
		}
	}
	for id := range seen {
		t.Errorf("%s is a requirement nobody knows", id)
	}
	t.Logf("%d requirements: %d shown by tests, %d later, %d not software", len(rows), shown, later, never)
}

// missingTests returns what is wrong with the third column of a row that names tests.
func (t *tree) missingTests(by string) []string {
	var problems []string
	for part := range strings.SplitSeq(by, ";") {
		imported, names, ok := strings.Cut(strings.TrimSpace(part), " ")
		dir, ours := strings.CutPrefix(imported, module)
		if !ok || !ours {
			problems = append(problems, fmt.Sprintf("%q is neither \"package TestName\" nor \"later: theme\" nor \"not software\"", part))
			continue
		}
		p := t.packages[dir]
		if p == nil {
			problems = append(problems, fmt.Sprintf("there is no package %s", imported))
			continue
		}
		for name := range strings.SplitSeq(names, ",") {
			name, _, _ = strings.Cut(strings.TrimSpace(name), "/")
			found := false
			for _, f := range functions(p.tests, name) {
				found = found || f.Name.Name == name && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz"))
			}
			if !found {
				problems = append(problems, fmt.Sprintf("%s has no test %s", imported, name))
			}
		}
	}
	return problems
}

func TestMissingTestsAreNoticed(t *testing.T) {
	r := repository(t)
	for by, fine := range map[string]bool{
		"iocwall/cmd/house TestMissingTestsAreNoticed":                          true,
		"iocwall/cmd/house TestMissingTestsAreNoticed/sub, TestEveryFileParses": true,
		"iocwall/cmd/house TestMissing":                                         false,
		"iocwall/cmd/house TestEveryFileParses, TestGone":                       false,
		"iocwall/nowhere TestMissingTestsAreNoticed":                            false,
		"iocwall/cmd/house":                                                     false,
		"soon":                                                                  false,
	} {
		if problems := r.missingTests(by); (len(problems) == 0) != fine {
			t.Errorf("%q: %q", by, problems)
		}
	}
}
