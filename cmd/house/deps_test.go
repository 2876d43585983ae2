package house

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// reach says what must not be found anywhere below some packages, through whatever library.
type reach struct {
	of    string // packages of ours, separated by spaces, as for the go command
	tests bool   // with what their tests import
	noC   bool   // no C code outside the standard library
	never string // prefix of import paths
	why   string
}

var reaches = []reach{
	{"./server/... ./assets/... ./geo/... ./media ./media/relay/... ./media/onvif/... ./media/rtsp/...", false, true, "fyne.io/", "the server builds without a C library and without a window toolkit"},
	{"./ui/...", true, false, "fyne.io/fyne/v2/app", "tests of the user interface need no display"},
	{"./ui/...", true, false, "iocwall/media/decode", "the decoder is handed in"},
	{"./cmd/wallsrv", false, true, "iocwall/ui", "the server's program builds without a C library and without a window toolkit"},
}

// TestNothingUnwantedIsReached asks the go command for everything below our packages. The table of
// imports holds the direct imports; this holds what libraries bring along.
func TestNothingUnwantedIsReached(t *testing.T) {
	r := repository(t)
	for _, rule := range reaches {
		arguments := []string{"list", "-e", "-deps", "-tags", "gles,x11", "-f", "{{if not .Standard}}{{.ImportPath}} {{len .CgoFiles}}{{end}}"}
		if rule.tests {
			arguments = append(arguments, "-test")
		}
		command := exec.Command("go", append(arguments, strings.Fields(rule.of)...)...)
		command.Dir = r.root
		var problems bytes.Buffer
		command.Stderr = &problems
		out, err := command.Output()
		if err != nil {
			t.Errorf("go list %s: %v\n%s", rule.of, err, problems.String())
			continue
		}
		for line := range strings.Lines(string(out)) {
			imported, files, _ := strings.Cut(strings.TrimSpace(line), " ")
			if rule.noC && files != "0" && files != "" && !strings.Contains(files, "[") {
				t.Errorf("%s reach %s, which is C code: %s", rule.of, imported, rule.why)
			}
			if strings.HasPrefix(imported, rule.never) {
				t.Errorf("%s reach %s: %s", rule.of, imported, rule.why)
			}
		}
	}
}
