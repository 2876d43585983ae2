package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"iocwall/media/capacity"
	"iocwall/media/decode"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui"
	"iocwall/ui/screens"
)

const (
	// healthEvery is how often a wall computer tells of itself, healthLook how often
	// it looks whether something changed that is told at once.
	healthEvery, healthLook = time.Minute, 5 * time.Second
	// Of the disk there must be this much left for what is kept.
	diskLeast = 200 << 20
	// maxProblems bounds what is told of at once.
	maxProblems = 20
)

// health tells the server how this computer is.
type health struct {
	node, version string
	home          *home
	log           *slog.Logger
	send          func(act.Command) error
	standing      func() world.Link
	monitors      func() ([]screens.Monitor, error)
	assigned      func(context.Context) (ui.Assigned, error)
	pictures      func() string
	codecs        func() []decode.CodecSupport
	// more are problems that are found elsewhere, nil or with a text each.
	more []func() error

	started world.Time
	count   int
	spent   time.Duration // of the processor, when it was last asked
	asked   time.Time
	share   float64
	failed  bool
}

// Run reports until ctx ends: when the server was reached, on change, and once a
// minute.
func (h *health) Run(ctx context.Context) error {
	h.started = world.TimeOf(time.Now())
	h.asked, h.spent = time.Now(), processTime()
	tick := time.NewTicker(healthLook)
	defer tick.Stop()
	var last world.NodeReported
	var at time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if !h.standing().Up {
			at = time.Time{} // it may have forgotten by then
			continue
		}
		r := h.look(ctx)
		if time.Since(at) < healthEvery && same(r, last) || ctx.Err() != nil {
			continue
		}
		h.count++
		err := h.send(act.Command{ID: fmt.Sprintf("%s%d-%d", ownReceipts, h.started, h.count), Act: act.ReportNode{Report: r}})
		if err != nil && !h.failed {
			h.log.Warn("this computer's report was not sent", "error", err)
		}
		if h.failed = err != nil; !h.failed {
			last, at = r, time.Now()
		}
	}
}

// same reports whether nothing is different but what always is.
func same(a, b world.NodeReported) bool {
	a.Memory, a.CPU, b.Memory, b.CPU = 0, 0, 0, 0
	return reflect.DeepEqual(a, b)
}

// look makes the report of now.
func (h *health) look(ctx context.Context) world.NodeReported {
	r := world.NodeReported{Node: h.node, Version: h.version, Started: h.started, Pictures: h.pictures(), Memory: residentMemory(), CPU: h.processor()}
	var problems []string
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	list, err := h.monitors()
	if err != nil {
		complain("monitors are not known: %v", err)
	}
	for _, m := range list {
		r.Monitors = append(r.Monitors, world.Monitor{Output: m.Name, X: m.X, Y: m.Y, PxW: m.W, PxH: m.H, W: m.WidthMM, H: m.HeightMM})
	}
	wait, cancel := context.WithTimeout(ctx, healthLook)
	a, err := h.assigned(wait)
	cancel()
	if err != nil && ctx.Err() == nil {
		complain("the windows do not answer")
	}
	for _, s := range a.Missing {
		if s.Output == "" {
			complain("screen %d has no monitor; connect one, or give the screen to another computer", s.ID)
		} else {
			complain("screen %d: no monitor at the output %s; look at the cable and whether the monitor is on", s.ID, s.Output)
		}
	}
	r.Budget, err = budget(h.home)
	if err != nil {
		complain("it is not known how many cameras this computer can show (%v)", err)
	}
	problems = append(problems, fallbacks(h.codecs())...)
	if err := room(h.home.dir); err != nil {
		complain("%v", err)
	}
	for _, f := range h.more {
		if err := f(); err != nil {
			complain("%v", err)
		}
	}
	r.Problems = problems[:min(len(problems), maxProblems)]
	return r
}

// budget is what was measured of this computer: in its folder, or the user's.
func budget(h *home) ([]world.Decoding, error) {
	b, err := capacity.Load(h.path("capacity.json"))
	if errors.Is(err, os.ErrNotExist) {
		var path string
		if path, err = capacity.DefaultPath(); err == nil {
			b, err = capacity.Load(path)
		}
	}
	if errors.Is(err, os.ErrNotExist) {
		err = errors.New(`run "wall bench cameras" on it`)
	}
	if err != nil {
		return nil, err
	}
	out := make([]world.Decoding, 0, len(b.Results))
	for _, r := range b.Results {
		out = append(out, world.Decoding{Codec: string(r.Codec), Width: r.Width, Height: r.Height, FPS: r.FPS, Streams: math.Round(100*r.Streams) / 100})
	}
	return out, nil
}

// fallbacks tell of hardware that is there and does not decode a codec.
func fallbacks(codecs []decode.CodecSupport) []string {
	if cards, _ := filepath.Glob("/dev/dri/renderD*"); len(cards) == 0 { //nolint:errcheck // the pattern is good
		return nil
	}
	var out []string
	for _, c := range codecs {
		if c.Uses != "software" || len(c.Refused) == 0 {
			continue
		}
		why := make([]string, 0, len(c.Refused))
		for _, r := range c.Refused {
			why = append(why, r.Device+": "+r.Reason)
		}
		out = append(out, fmt.Sprintf("%s is decoded by the processor (%s)", c.Codec, strings.Join(why, "; ")))
	}
	return out
}

// room complains when the disk of a folder is full.
func room(dir string) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return fmt.Errorf("the disk of %s is not known: %w", dir, err)
	}
	if int64(s.Bavail)*s.Bsize < diskLeast {
		return fmt.Errorf("the disk of %s is full: less than %d MB are left", dir, diskLeast>>20)
	}
	return nil
}

// processor is the share of this computer that the program used since it was last
// asked, at least healthEvery ago.
func (h *health) processor() float64 {
	if d := time.Since(h.asked); d >= healthEvery || h.share == 0 && d >= healthLook {
		used := processTime()
		h.share = math.Round(1000*(used-h.spent).Seconds()/d.Seconds()/float64(runtime.NumCPU())) / 1000
		if d >= healthEvery {
			h.asked, h.spent = time.Now(), used
		}
	}
	return h.share
}

// processTime is the processor's time that this program has used.
func processTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// residentMemory is what this program holds of the memory, in bytes.
func residentMemory() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	f := strings.Fields(string(text))
	if err != nil || len(f) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
