package decode

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The program starts anew once, keeps its arguments and environment, and all its
// threads wake late from then on.
func TestPatient(t *testing.T) {
	const child = "IOCWALL_TEST_PATIENT"
	if os.Getenv(child) != "" {
		if err := Patient(); err != nil {
			t.Fatal(err)
		}
		slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		fmt.Println("slack", slack, err, os.Args[len(os.Args)-1])
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestPatient$", "-test.v=false", "kept")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "slack 1000000 <nil> kept") != 1 {
		t.Fatalf("%v: %s", err, out)
	}
}
