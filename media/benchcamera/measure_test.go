package benchcamera

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// worker is a process that plays and says how many frames it has decoded.
type worker struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr bytes.Buffer
	frames atomic.Uint64
	gone   chan struct{}
}

// start starts a process. Its output is read for lines "frame=N", as ffmpeg's -progress writes them.
func start(tb testing.TB, cmd *exec.Cmd) *worker {
	tb.Helper()
	w := &worker{cmd: cmd, gone: make(chan struct{})}
	cmd.Stderr = &w.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	w.stdin = in
	go func() {
		defer close(w.gone)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if n, ok := strings.CutPrefix(lines.Text(), "frame="); ok {
				if v, err := strconv.ParseUint(strings.TrimSpace(n), 10, 64); err == nil {
					w.frames.Store(v)
				}
			}
		}
	}()
	return w
}

// stop ends the process.
func (w *worker) stop() {
	w.stdin.Close() //nolint:errcheck // the process's end is what is waited for
	select {
	case <-w.gone:
	case <-time.After(2 * time.Second):
		w.cmd.Process.Kill() //nolint:errcheck // it may be gone
		<-w.gone
	}
	w.cmd.Wait() //nolint:errcheck // it was killed or ended by a signal
}

// cpu returns the processor time that the process has used, all its threads together, dead ones too.
func (w *worker) cpu() (time.Duration, error) {
	var ts unix.Timespec
	// The clock of a process is its complement shifted, with the sort of clock in the low bits (clock_getcpuclockid(3)).
	if err := unix.ClockGettime(int32(^w.cmd.Process.Pid<<3|2), &ts); err != nil {
		return 0, err
	}
	return time.Duration(ts.Nano()), nil
}

// self makes a command that runs this binary in a role.
func self(tb testing.TB, r role) *exec.Cmd {
	tb.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		tb.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), roleEnv+"="+string(text))
	return cmd
}

// cameras starts cameras in a process of their own and returns their addresses.
func cameras(tb testing.TB, r role) []string {
	tb.Helper()
	r.Kind = "cameras"
	cmd := self(tb, r)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close() //nolint:errcheck // the process's end is what is waited for
		cmd.Wait() //nolint:errcheck // it ends with its input
	})
	line, err := bufio.NewReaderSize(out, 1<<20).ReadString('\n')
	if err != nil {
		tb.Skipf("no cameras: %v: %s", err, stderr.String())
	}
	return strings.Fields(line)
}

// ffmpeg makes a command that plays all addresses in one process. Options come before each address, filters after it.
func ffmpeg(urls []string, options, filters []string) *exec.Cmd {
	args := []string{"-v", "error", "-nostats", "-stats_period", "0.1", "-progress", "pipe:1"}
	for _, url := range urls {
		args = append(append(args, options...), "-rtsp_transport", "tcp", "-i", url)
	}
	for i := range urls {
		args = append(append(args, "-map", fmt.Sprintf("%d:v", i)), filters...)
		args = append(args, "-f", "null", "-")
	}
	return exec.Command("ffmpeg", args...)
}

// cost is the processor time of one frame.
type cost struct {
	perFrame time.Duration
	fps      float64
}

// errSlow says that a process did not keep up.
var errSlow = errors.New("it did not keep up with its cameras")

// measure plays for a while after warming up. counted says how many frames stand behind one of the process's own count.
func measure(tb testing.TB, cmd *exec.Cmd, warm, span time.Duration, counted float64) (cost, error) {
	tb.Helper()
	return measureAll(tb, []*exec.Cmd{cmd}, warm, span, counted)
}

// measureAll is measure with several processes side by side; the cost is that of all of them.
func measureAll(tb testing.TB, cmds []*exec.Cmd, warm, span time.Duration, counted float64) (cost, error) {
	tb.Helper()
	var all []*worker
	for _, cmd := range cmds {
		w := start(tb, cmd)
		defer w.stop()
		all = append(all, w)
	}
	began := time.Now()
	for _, w := range all {
		for ; w.frames.Load() == 0; time.Sleep(50 * time.Millisecond) {
			select {
			case <-w.gone:
				return cost{}, fmt.Errorf("%s ended: %s", w.cmd.Path, w.stderr.String())
			default:
			}
			if time.Since(began) > time.Minute {
				return cost{}, fmt.Errorf("%s shows nothing: %s", w.cmd.Path, w.stderr.String())
			}
		}
	}
	time.Sleep(warm)
	sum := func() (cpu time.Duration, frames uint64, err error) {
		for _, w := range all {
			c, e := w.cpu()
			cpu, frames, err = cpu+c, frames+w.frames.Load(), errors.Join(err, e)
		}
		return cpu, frames, err
	}
	cpu0, frames0, err0 := sum()
	at := time.Now()
	time.Sleep(span)
	cpu1, frames1, err1 := sum()
	frames, elapsed := float64(frames1-frames0)*counted, time.Since(at)
	if err := errors.Join(err0, err1); err != nil || frames == 0 {
		return cost{}, fmt.Errorf("%s: %w: %s", all[0].cmd.Path, errors.Join(err, errSlow), all[0].stderr.String())
	}
	return cost{time.Duration(float64(cpu1-cpu0) / frames), frames / elapsed.Seconds()}, nil
}

// need returns ffmpeg's path or skips.
func need(b *testing.B) {
	b.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		b.Skip("ffmpeg is not installed: ", err)
	}
}

// median returns the middle value.
func median[T interface{ ~float64 | ~int64 }](values []T) T {
	s := slices.Sorted(slices.Values(values))
	return s[len(s)/2]
}

// pairs measures two sides in turn and returns the median ratio of their costs, and each side's median.
func pairs(b *testing.B, rounds int, one func() (cost, error), other func() (cost, error)) (ratio float64, ours, peer time.Duration) {
	b.Helper()
	var ratios []float64
	var a, z []time.Duration
	for range rounds {
		x, err := one()
		if err != nil {
			b.Fatal(err)
		}
		y, err := other()
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("ours %v a frame at %.1f fps, peer %v at %.1f fps", x.perFrame, x.fps, y.perFrame, y.fps)
		ratios = append(ratios, float64(x.perFrame)/float64(y.perFrame))
		a, z = append(a, x.perFrame), append(z, y.perFrame)
	}
	return median(ratios), median(a), median(z)
}
