package rule_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden plays each case of testdata: rules.yaml and events.yaml must give
// alerts.golden. All cases are synthetic.
func TestGolden(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/events.yaml")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range dirs {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			src, err := os.ReadFile(dir + "/rules.yaml")
			if err != nil {
				t.Fatal(err)
			}
			d := newDriver(t, src)
			d.run(readSteps(t, path), src, dir)
			got := written(d.out)
			golden := dir + "/alerts.golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			again := newDriver(t, src)
			again.run(readSteps(t, path), src, dir)
			if written(again.out) != got {
				t.Error("the same events gave other alerts the second time")
			}
		})
	}
}
