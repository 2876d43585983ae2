package main

import (
	"context"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchdogIsSilentWhenTheWindowsHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var said []string
		var queue []func()
		hangs := false
		w := &watchdog{every: 5 * time.Second, log: quiet(), say: func(s string) error {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, s)
			return nil
		}}
		w.do = func(f func()) {
			mu.Lock()
			held := hangs
			if held {
				queue = append(queue, f)
			}
			mu.Unlock()
			if !held {
				f()
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = w.Run(ctx) })
		heard := func() int {
			mu.Lock()
			defer mu.Unlock()
			n := 0
			for _, s := range said {
				if s == "WATCHDOG=1" {
					n++
				}
			}
			return n
		}
		time.Sleep(21 * time.Second)
		if n := heard(); n != 4 || said[0][:8] != "READY=1\n" {
			t.Errorf("%d words in 21 s: %q", n, said)
		}
		mu.Lock()
		hangs = true
		mu.Unlock()
		if time.Sleep(time.Minute); heard() != 4 || len(queue) != 1 {
			t.Errorf("while the windows hang: %d words, %d wait", heard(), len(queue))
		}
		mu.Lock()
		hangs = false
		mu.Unlock()
		queue[0]()
		if time.Sleep(6 * time.Second); heard() < 6 {
			t.Errorf("after they hung: %d words", heard())
		}
		cancel()
		wg.Wait()
		if last := said[len(said)-1]; last != "STOPPING=1" {
			t.Errorf("the last word is %q", last)
		}
	})
}

func TestWatchdogSpeaksToTheServiceManager(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	env := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3000000"}
	w, err := newWatchdog(func(k string) string { return env[k] }, quiet())
	if err != nil || w.every != time.Second {
		t.Fatalf("%+v, %v", w, err)
	}
	if err := w.say("READY=1"); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 64)
	if n, err := l.Read(buf); err != nil || string(buf[:n]) != "READY=1" {
		t.Errorf("heard %q, %v", buf[:n], err)
	}
	for _, c := range []struct {
		usec, pid string
		every     time.Duration
		fails     bool
	}{{"", "", 0, false}, {"6000000", "1", 0, false}, {"x", "", 0, true}, {"0", "", 0, true}} {
		env["WATCHDOG_USEC"], env["WATCHDOG_PID"] = c.usec, c.pid
		w, err := newWatchdog(func(k string) string { return env[k] }, quiet())
		if (err != nil) != c.fails || err == nil && w.every != c.every {
			t.Errorf("%+v: %+v, %v", c, w, err)
		}
	}
	if w, err := newWatchdog(func(string) string { return "" }, quiet()); w != nil || err != nil {
		t.Errorf("without a service manager: %+v, %v", w, err)
	}
}
