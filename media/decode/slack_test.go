package decode

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

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

// A thread with a real-time schedule has no timer slack on newer kernels: the program runs on instead of starting anew for
// ever.
func TestPatientWithARealTimeSchedule(t *testing.T) {
	const child = "IOCWALL_TEST_PATIENT_RT"
	if os.Getenv(child) != "" {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1}, 0)
		if err != nil {
			fmt.Println("no real-time schedule:", err)
			return
		}
		fmt.Println("ran on:", Patient())
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-test.run=^TestPatientWithARealTimeSchedule$", "-test.v=false")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil:
		t.Fatalf("%v: %s", err, out)
	case strings.Contains(string(out), "no real-time schedule"):
		t.Skipf("this process may not ask for it: %s", out)
	case !strings.Contains(string(out), "ran on:"):
		t.Errorf("it said %q", out)
	}
}
