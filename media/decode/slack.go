package decode

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// slack is how much later than asked a thread of a patient process may be woken.
// A picture is shown for 20 ms and more.
const slack = time.Millisecond

var errEager = errors.New("the timer slack stays as it is; run the program without a real-time schedule")

// Patient starts the program anew in this process with timers that may be up to
// a millisecond late, unless it runs so already; it returns only then, or when
// that cannot be done. Go's monitor looks at its threads every 20 to 70 µs while
// pictures come in, which costs a tenth of what decoding a wall of small
// pictures costs; the kernel's timer slack (prctl(2), PR_SET_TIMERSLACK) makes
// that every millisecond. The kernel gives it to the threads a thread starts and
// keeps it over execve(2), but Go's monitor is there before the first line of a
// program. Children inherit it. To be called first thing in main, once.
func Patient() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil {
		return fmt.Errorf("read the timer slack: %w", err)
	}
	if time.Duration(now) >= slack {
		return nil
	}
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(slack), 0, 0, 0); err != nil {
		return fmt.Errorf("set the timer slack: %w", err)
	}
	// The kernel takes it from threads with a real-time schedule and changes nothing: starting anew would never end.
	if now, err = unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0); err != nil || time.Duration(now) < slack {
		return errors.Join(errEager, err)
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program to start anew: %w", err)
	}
	if err := syscall.Exec(program, os.Args, os.Environ()); err != nil {
		return fmt.Errorf("start %s anew: %w", program, err)
	}
	return nil
}
