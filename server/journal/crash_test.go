package journal

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"iocwall/server/world"
)

// childDir names the environment variable that makes the test binary a program
// that fills a journal and prints what was acknowledged.
const childDir = "JOURNAL_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	_ = flag.Set("rapid.checks", "20") // a default: the command line is read later
	os.Exit(m.Run())
}

// slow makes event seq of a history in which 2,000 events are a day.
func slow(seq uint64) world.Event { return event(seq, noon+world.Time(seq*43_200)) }

func slowEvents(from, to uint64) (out []world.Event) {
	for seq := from; seq <= to; seq++ {
		out = append(out, slow(seq))
	}
	return out
}

// child appends for as long as it lives, two batches at a time in the log, with
// a shadow that writes snapshots as often as it can.
func child(dir string) error {
	l, err := Open(Options{Dir: dir, Retention: 20 * 24 * time.Hour})
	if err != nil {
		return err
	}
	shadow, err := NewShadow(ShadowOptions{Log: l, EveryEvents: 3000})
	if err != nil {
		return err
	}
	go func() { _ = shadow.Run(context.Background()) }()
	next := l.Position().Seq + 1
	var before <-chan error
	var acked uint64
	for {
		n := uint64(1 + rand.IntN(300))
		ack := l.Append(slowEvents(next, next+n-1))
		if before != nil {
			if err := <-before; err != nil {
				return err
			}
			fmt.Println(acked)
		}
		before, acked = ack, next+n-1
		next += n
	}
}

// The program is killed 25 times under load; what it had acknowledged is there
// each time, and so is the state.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 25
	if testing.Short() {
		rounds = 3
	}
	dir := t.TempDir()
	total := uint64(0)
	for round := range rounds {
		acked := runAndKill(t, dir, time.Duration(20+rand.IntN(130))*time.Millisecond)
		l := open(t, dir)
		if len(l.Damage()) != 0 || len(l.Holes()) != 0 {
			t.Fatalf("round %d: damage %+v, holes %+v", round, l.Damage(), l.Holes())
		}
		last := l.Position().Seq
		if last < acked || last < total {
			t.Fatalf("round %d: %d was acknowledged, %d is there", round, max(acked, total), last)
		}
		from := max(l.First(), min(total, last)-min(total, 1000), 1)
		same(t, l, from, slowEvents(from, last))
		if err := l.copyRecords(); err != nil {
			t.Fatal(err)
		}
		total = last
		if round == rounds-1 {
			same(t, l, l.First(), slowEvents(l.First(), last))
			sameRecords(t, l, slowEvents(1, last))
			sameState(t, stateOf(t, l), replay(slowEvents(1, last)))
		}
		shut(t, l)
	}
	t.Logf("%d events survived %d kills", total, rounds)
}

// runAndKill returns the last number the program printed before it was killed.
func runAndKill(t *testing.T, dir string, after time.Duration) (acked uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var kill *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if kill == nil { // it is under load now
			kill = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		if n, err := strconv.ParseUint(lines.Text(), 10, 64); err == nil && n >= acked {
			acked = n
		}
	}
	if err := cmd.Wait(); kill == nil || err == nil || err.Error() != "signal: killed" {
		t.Fatalf("the program ended by itself: %v", err)
	}
	return acked
}
