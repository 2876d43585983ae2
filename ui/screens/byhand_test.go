package screens

import (
	"os/exec"
	"testing"
	"time"
)

// A monitor that somebody makes by hand is heard of and listed.
func TestMonitorMadeByHand(t *testing.T) {
	xrandr, err := exec.LookPath("xrandr")
	if err != nil {
		t.Skip("xrandr is not installed (Debian package x11-xserver-utils)")
	}
	name := display(t)
	x, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- x.Run(t.Context()) }()
	out, err := exec.Command(xrandr, "-display", name, "--setmonitor", "trai", "640/300x720/340+0+0", "none").CombinedOutput()
	if err != nil {
		t.Fatalf("xrandr: %v: %s", err, out)
	}
	guard := time.After(10 * time.Second)
	for {
		select {
		case <-x.Changed():
		case err := <-ended:
			t.Fatal("the display went away: ", err)
		case <-guard:
			t.Fatal("nothing is heard of the new monitor")
		}
		ms, err := x.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			if m.Name == "trai" {
				return
			}
		}
	}
}
