//go:build xvfb

package main_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/media/mediatest"
)

// BenchmarkWallBesidePlayers compares the processor time of nine cameras in one
// window of the wall, the X server's included, with that of nine players (mpv), one
// window each, on a display of the same size: 640×360, H.264, 25 frames a second,
// received, decoded and shown. Both sides show every camera, which is checked by
// the counters in the pictures, and take turns in one run.
func BenchmarkWallBesidePlayers(b *testing.B) {
	mpv, err := exec.LookPath("mpv")
	if err != nil {
		b.Skip("mpv is not installed; on Debian: apt-get install mpv")
	}
	cams, text := nineCameras(b)
	for b.Loop() {
		var ratios, ours, peers []float64
		for range 3 {
			o, p := wallCost(b, cams, text), playersCost(b, mpv, cams)
			ours, peers, ratios = append(ours, o), append(peers, p), append(ratios, o/p)
		}
		ratio := median(ratios)
		b.ReportMetric(ratio, "ratio")
		fmt.Printf("\nRATIO wall9-vs-mpv %.2f (ours %.2f, peer %.2f cores for nine pictures of 640×360 at 25 fps, X server included; load %s)\n",
			ratio, median(ours), median(peers), load())
	}
}

// costSpan is how long a side is measured.
const costSpan = 6 * time.Second

// wallCost returns the cores that the wall and its X server use.
func wallCost(b *testing.B, cams []*camera, text string) float64 {
	s := newSite(b, cams, text)
	node := s.token("node", "pc-01")
	s.serve()
	d := newDisplay(b, 1920, 1080)
	wall := s.wall(d, node, "node", "--name", "pc-01")
	cost := cores(b, d, wall)
	wall.end()
	s.server.end()
	d.server.end()
	return cost
}

// playersCost returns the cores that nine players and their X server use.
func playersCost(b *testing.B, mpv string, cams []*camera) float64 {
	d := newDisplay(b, 1920, 1080)
	var players []*program
	for i, c := range cams {
		u, err := url.Parse(c.URL())
		if err != nil {
			b.Fatal(err)
		}
		u.User = url.UserPassword("relay", pass)
		cmd := exec.Command(mpv, "--no-config", "--no-audio", "--no-osc", "--osd-level=0", "--really-quiet", "--profile=low-latency", "--vo=x11",
			"--hwdec=no", "--vd-lavc-threads=1", "--rtsp-transport=tcp", "--no-border", fmt.Sprintf("--geometry=640x360+%d+%d", i%3*640, i/3*360), u.String())
		cmd.Env = append(os.Environ(), "DISPLAY="+d.name)
		players = append(players, start(b, fmt.Sprintf("mpv-%d", i+1), cmd))
	}
	cost := cores(b, d, players...)
	for _, p := range players {
		p.end()
	}
	d.server.end()
	return cost
}

// cores waits for nine pictures and returns the processor time of the programs and
// the display's server over costSpan, divided by it.
func cores(b *testing.B, d *display, programs ...*program) float64 {
	eventually(b, stateGuard, "nine pictures are on the screen", programs, func() string {
		n := len(mediatest.FindCounters(d.screen()))
		return complain(n != 9, fmt.Sprintf("%d counters", n))
	})
	time.Sleep(3 * time.Second)
	all := append([]*program{d.server}, programs...)
	began, before := time.Now(), used(all)
	time.Sleep(costSpan)
	return float64(used(all)-before) / float64(time.Since(began))
}

// used returns the processor time of the programs and all they started, so far.
func used(programs []*program) time.Duration {
	const tick = time.Second / 100 // USER_HZ of Linux
	groups := map[string]bool{}
	for _, p := range programs {
		groups[strconv.Itoa(p.cmd.Process.Pid)] = true
	}
	var sum time.Duration
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // gone meanwhile
		}
		_, rest, ok := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		if !ok || len(f) < 15 || !groups[f[2]] {
			continue
		}
		for _, field := range f[11:13] { // utime and stime
			n, _ := strconv.ParseInt(field, 10, 64)
			sum += time.Duration(n) * tick
		}
	}
	return sum
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
