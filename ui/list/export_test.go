package list

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

// TestExport compares a filtered, sorted list with the kept file. Set
// IOCWALL_UPDATE=1 to keep a new one.
func TestExport(t *testing.T) {
	h, l, rows, _ := show(t, 30)
	h.atOnce = true
	some := things(30)
	some[0].name = `=HYPERLINK("http://x","y")`
	some[3].name = "tên; có \"ngoặc\"\nvà dòng"
	rows.Set(some)
	l.Update(noon)
	l.Chip("open", true)
	l.Export()
	if h.file != "things.csv" {
		t.Errorf("saved as %q", h.file)
	}
	const name = "testdata/things.csv"
	if os.Getenv("IOCWALL_UPDATE") == "1" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, h.saved, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(h.saved, want) {
		t.Errorf("exported\n%s\nwant\n%s", h.saved, want)
	}
}

// TestExportLong reads a long list in steps and loses none.
func TestExportLong(t *testing.T) {
	h, l, _, _ := show(t, 2*exportStep+7)
	l.Export()
	l.Export() // a second press while it works does nothing
	h.work()
	if n := bytes.Count(h.saved, []byte("\r\n")); n != 2*exportStep+8 {
		t.Errorf("%d lines", n)
	}
}

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "abc", "=1+1": "'=1+1", "+84 905": "'+84 905", "@SUM(A1)": "'@SUM(A1)", "-2,5": "-2,5", "-2.500": "-2.500", "-2+3": "'-2+3",
		"-": "-", " =1": "' =1", "\t=1": "'\t=1", "−4,0": "−4,0", "%0": "'%0", "a=1": "a=1", "-1,000.5": "-1,000.5", "-A1": "'-A1",
	} {
		if got := guard(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// FuzzCSV writes whatever texts: they are read back, apart from the apostrophe.
func FuzzCSV(f *testing.F) {
	f.Add("a", "b;c\"\n")
	f.Add("=1", " x ")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, comma := range []byte{';', ','} {
			out := CSV([][]string{{a, b}, {"x", "y"}}, comma)
			r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out, []byte("\uFEFF"))))
			r.Comma = rune(comma)
			got, err := r.ReadAll()
			if err != nil {
				t.Fatalf("%q: %v", out, err)
			}
			last := got[len(got)-1]
			if len(last) != 2 || last[0] != "x" || last[1] != "y" {
				t.Errorf("%q: read %q", out, got)
			}
			// The reader takes line ends as one letter.
			same := func(x, y string) bool {
				return strings.ReplaceAll(x, "\r\n", "\n") == strings.ReplaceAll(y, "\r\n", "\n")
			}
			if len(got) == 2 && (!same(got[0][0], guard(a)) || !same(got[0][1], guard(b))) {
				t.Errorf("%q %q read back as %q", a, b, got[0])
			}
		}
	})
}
