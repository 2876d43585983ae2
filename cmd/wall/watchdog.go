package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// watchdog tells the service manager that the windows live, by the protocol of
// sd_notify(3): once that the program is ready, and then over and over. Each word is
// said on the toolkit's goroutine, so that a program whose windows hang falls silent
// and is started anew.
type watchdog struct {
	say   func(state string) error
	every time.Duration // zero when only the first word is wanted
	do    func(func())
	log   *slog.Logger
}

// newWatchdog returns what the environment asks for, nil when no service manager
// listens.
func newWatchdog(env func(string) string, log *slog.Logger) (*watchdog, error) {
	socket := env("NOTIFY_SOCKET")
	if socket == "" {
		return nil, nil
	}
	if socket[0] == '@' { // a name in the kernel, not in a folder
		socket = "\x00" + socket[1:]
	}
	w := &watchdog{do: fyne.Do, log: log, say: func(state string) error {
		conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
		if err != nil {
			return err
		}
		_, err = conn.Write([]byte(state))
		return errors.Join(err, conn.Close())
	}}
	usec := env("WATCHDOG_USEC")
	if pid := env("WATCHDOG_PID"); usec == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return w, nil
	}
	n, err := strconv.ParseInt(usec, 10, 64)
	if err != nil || n <= 0 {
		return nil, fmt.Errorf("WATCHDOG_USEC=%q is no time", usec)
	}
	// Three words in a span, so that one that comes late does no harm.
	w.every = time.Duration(n) * time.Microsecond / 3
	return w, nil
}

// Run tells until ctx ends. What is lost on the way is only logged: the service
// manager does what it must.
func (w *watchdog) Run(ctx context.Context) error {
	w.do(func() {
		if err := w.say("READY=1\nSTATUS=the windows are there"); err != nil {
			w.log.Warn("the service manager does not listen", "error", err)
		}
	})
	defer func() { _ = w.say("STOPPING=1") }() // it sees the end as well
	if w.every == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	var waiting atomic.Bool // the toolkit has not come to the last one yet
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if waiting.CompareAndSwap(false, true) {
				w.do(func() {
					waiting.Store(false)
					_ = w.say("WATCHDOG=1") // the next one may arrive
				})
			}
		}
	}
}
