//go:build xvfb

package main_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// One computer with three windows of six tiles: four cameras, a map and a figure
// each.
const (
	kioskWindows, kioskCameras = 3, 4
	kioskW, kioskH             = 1280, 720
	kioskFPS                   = 12
	kioskWarm, kioskSpan       = 15 * time.Second, time.Minute
	// memoryLimit27 is what a computer of the wall may hold, in MiB.
	memoryLimit27 = 600
)

const kioskWall = `
figures:
  - {id: dung-han, name: Hồ sơ đúng hạn, unit: "%", target: 90}
wall: {id: main, name: Tường đo, columns: 3, rows: 1, px_w: 1280, px_h: 720, seat: 2500, nodes: [3]}
scenes:
  - id: ba-cua-so
    name: Ba cửa sổ
    tiles:
`

// cost is what a program and all it started hold and use.
type cost struct {
	memory float64 // MiB, the proportional set sizes together
	cores  float64
	frames float64 // pictures of cameras shown a second
}

// BenchmarkWallBesideKiosk compares one computer of a wall, three windows of 1280×720
// with six tiles each, with three windows of a browser that show the same: twelve
// cameras of 640×360 at 12 pictures a second as videos (H.264 in fragmented MP4 from
// a server of the test), the same pictures of maps on canvases, figures as text.
// Memory is the sum of all processes' proportional set sizes, processor time that of
// all processes and of the X server over a minute, after a quarter of a minute.
func BenchmarkWallBesideKiosk(b *testing.B) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		b.Skip("chromium is not installed; make bench-wall installs it")
	}
	clip, err := mediatest.NewClip(b.Context(), mediatest.ClipOptions{Scene: mediatest.Street, FPS: kioskFPS, Length: 40 * time.Second, Counter: true})
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		ours, maps := nodeCost(b, clip)
		peer := kioskCost(b, path, clip, maps)
		b.ReportMetric(ours.memory, "node-MiB")
		fmt.Printf("\nRATIO node-vs-kiosk-memory %.2f (ours %.0f MiB, peer %.0f MiB: three windows of six tiles; load %s)\n", ours.memory/peer.memory, ours.memory, peer.memory, load())
		fmt.Printf("RATIO node-vs-kiosk-cpu %.2f (ours %.2f cores for %.0f pictures/s, peer %.2f cores for %.0f pictures/s, X server included; 144 are sent; load %s)\n",
			ours.cores/peer.cores, ours.cores, ours.frames, peer.cores, peer.frames, load())
		fmt.Printf("RATIO wall-node-memory %.2f (ours %.0f MiB, limit %d MiB)\n", ours.memory/memoryLimit27, ours.memory, memoryLimit27)
	}
}

// nodeCost measures a computer of the wall and returns the picture of a map's tile.
func nodeCost(b *testing.B, clip *mediatest.Clip) (cost, []byte) {
	var cams []*camera
	text := kioskWall
	for w := range kioskWindows {
		for i := range kioskCameras {
			n := w*kioskCameras + i
			id := fmt.Sprintf("cam-%02d", n+1)
			cams = append(cams, newCamera(b, id, mediatest.Options{Clip: clip, Start: n * clip.Frames() / (kioskWindows * kioskCameras)}))
			text += fmt.Sprintf("      - {id: %s, kind: camera, at: \"%d\", cell: \"3x2:%d\", params: {camera: %s}}\n", id, w+1, i+1, id)
		}
		text += fmt.Sprintf("      - {id: map-%d, kind: map, at: \"%d\", cell: \"3x2:5\", params: {bounds: \"107.2,14.7,110.4,16.3\"}}\n", w+1, w+1)
		text += fmt.Sprintf("      - {id: figure-%d, kind: figure, at: \"%d\", cell: \"3x2:6\", params: {figure: dung-han}}\n", w+1, w+1)
	}
	s := newSite(b, cams, text)
	node := s.token("node", "pc-01")
	s.serve()
	g := newGlass(b, kioskWindows, kioskW, kioskH)
	wall := s.client(g.name, b.TempDir(), node, "node", "--name", "pc-01", "--state", b.TempDir())
	eventually(b, stateGuard, "twelve cameras are on the monitors", []*program{wall}, func() string {
		n := len(mediatest.FindCounters(g.grab(image.Rectangle{Max: g.size})))
		return complain(n != len(cams), fmt.Sprintf("%d counters", n))
	})
	time.Sleep(kioskWarm)
	out := g.cost(wall, func() float64 { return g.rate(5 * time.Second) })
	var picture bytes.Buffer
	if err := png.Encode(&picture, g.grab(image.Rect(kioskW/3, kioskH/2, 2*kioskW/3, kioskH))); err != nil {
		b.Fatal(err)
	}
	wall.end()
	s.server.end()
	g.server.end()
	return out, picture.Bytes()
}

// cost measures a program on the display over a while. The rate of pictures is taken
// afterwards, since looking costs too.
func (g *glass) cost(p *program, rate func() float64) (out cost) {
	before, began := family(p.cmd.Process.Pid).cpu+family(g.server.cmd.Process.Pid).cpu, time.Now()
	time.Sleep(kioskSpan)
	after := family(p.cmd.Process.Pid)
	out.cores = float64(after.cpu+family(g.server.cmd.Process.Pid).cpu-before) / float64(time.Since(began))
	out.memory = after.memory
	out.frames = rate()
	return out
}

// rate counts the pictures that the tiles show in a while, by their counters.
func (g *glass) rate(span time.Duration) float64 {
	last := map[image.Point]int{}
	n := 0
	began := time.Now()
	for time.Since(began) < span {
		for _, r := range mediatest.FindCounters(g.grab(image.Rectangle{Max: g.size})) {
			middle := r.Bounds.Min.Add(r.Bounds.Max).Div(2)
			at := image.Pt(middle.X*3/kioskW, middle.Y*2/kioskH) // of the tile
			if was, ok := last[at]; ok && was != r.N {
				n++
			}
			last[at] = r.N
		}
	}
	return float64(n) / time.Since(began).Seconds()
}

// kin is what a process and all below it hold and have used.
type kin struct {
	memory float64 // MiB
	cpu    time.Duration
}

// family sums up a process and all processes below it.
func family(root int) (out kin) {
	parents, cpu := map[int]int{}, map[int]time.Duration{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // gone meanwhile
		}
		pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
		f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		parents[pid], _ = strconv.Atoi(f[1])
		for _, field := range f[11:13] { // utime and stime, in hundredths of a second
			n, _ := strconv.ParseInt(field, 10, 64)
			cpu[pid] += time.Duration(n) * 10 * time.Millisecond
		}
	}
	for pid := range parents {
		for at := pid; at > 1; at = parents[at] {
			if at == root {
				out.cpu += cpu[pid]
				out.memory += proportional(pid)
				break
			}
		}
	}
	return out
}

// proportional is a process's proportional set size in MiB.
func proportional(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) / 1024
		}
	}
	return 0
}

// kioskCost measures three windows of a browser.
func kioskCost(b *testing.B, browser string, clip *mediatest.Clip, maps []byte) cost {
	page := newKiosk(b, clip, maps)
	g := newGlass(b, 1, kioskWindows*kioskW, kioskH) // the browser moves no window to a monitor that has no output
	profile := b.TempDir()
	var main *program
	placed := map[string]bool{}
	for i := range kioskWindows {
		cmd := exec.Command(browser, "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
			"--disable-component-update", "--disable-dev-shm-usage", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
			"--autoplay-policy=no-user-gesture-required", "--force-device-scale-factor=1", "--user-data-dir="+profile,
			fmt.Sprintf("--window-position=%d,0", i*kioskW), fmt.Sprintf("--window-size=%d,%d", kioskW, kioskH),
			fmt.Sprintf("--app=http://%s/kiosk.html?w=%d", page.addr, i))
		cmd.Env = append(os.Environ(), "DISPLAY="+g.name)
		p := start(b, "chromium", cmd)
		if main == nil {
			main = p // the others hand their window over to it
		}
		eventually(b, stateGuard, fmt.Sprintf("window %d shows its cameras", i+1), []*program{main}, func() string {
			return complain(page.shown(i) < kioskFPS, fmt.Sprintf("%d pictures shown", page.shown(i)))
		})
		for _, id := range strings.Fields(g.xdotool("search", "--onlyvisible", "--name", "kiosk")) {
			if !placed[id] {
				g.xdotool("windowmove", id, strconv.Itoa(i*kioskW), "0")
				g.xdotool("windowsize", id, strconv.Itoa(kioskW), strconv.Itoa(kioskH))
			}
			placed[id] = true
		}
	}
	eventually(b, stateGuard, "each window has its place", []*program{main}, func() string {
		n := len(mediatest.FindCounters(g.grab(image.Rectangle{Max: g.size})))
		return complain(n != kioskWindows*kioskCameras, fmt.Sprintf("%d counters are seen", n))
	})
	time.Sleep(kioskWarm)
	out := g.cost(main, func() float64 {
		before, began := page.all(), time.Now()
		time.Sleep(10 * time.Second)
		return float64(page.all()-before) / time.Since(began).Seconds()
	})
	if path := os.Getenv("WALL_SHOT"); path != "" {
		savePNG(b, path, g.grab(image.Rectangle{Max: g.size}))
	}
	main.end()
	g.server.end()
	return out
}

// xdotool does something with the display's windows and returns what it says.
func (g *glass) xdotool(args ...string) string {
	g.tb.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+g.name)
	out, err := cmd.CombinedOutput()
	if err != nil {
		g.tb.Fatalf("xdotool %v: %v: %s; on Debian: apt-get install xdotool", args, err, out)
	}
	return string(out)
}

// kiosk serves the page and hears how many pictures its windows have shown.
type kiosk struct {
	addr string
	mu   sync.Mutex
	told map[int]int
}

func (k *kiosk) shown(w int) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.told[w]
}

func (k *kiosk) all() (n int) {
	for w := range kioskWindows {
		n += k.shown(w)
	}
	return n
}

func newKiosk(b *testing.B, clip *mediatest.Clip, maps []byte) *kiosk {
	video := film(b, clip)
	k := &kiosk{told: map[int]int{}}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir("testdata")))
	mux.HandleFunc("/camera.mp4", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(video))
	})
	mux.HandleFunc("/map.png", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "map.png", time.Time{}, bytes.NewReader(maps))
	})
	mux.HandleFunc("/told", func(_ http.ResponseWriter, r *http.Request) {
		w, _ := strconv.Atoi(r.FormValue("w"))
		n, _ := strconv.Atoi(r.FormValue("n"))
		k.mu.Lock()
		k.told[w] = n
		k.mu.Unlock()
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	k.addr = l.Addr().String()
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	b.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	return k
}

// film is the clip several times over as fragmented MP4.
func film(b *testing.B, clip *mediatest.Clip) []byte {
	var out bytes.Buffer
	began := time.Now()
	w := replay.NewWriter(&out, replay.Head{Camera: "cam", Stream: "main"}, clip.Codec())
	units := clip.Units()
	group := 2 * kioskFPS // units between two key frames: see mediatest.ClipOptions.KeyEvery
	for i := range 5 * len(units) {
		n := i % len(units)
		nalus, size := units[n], 0
		if n%group == 0 {
			nalus = append(append([][]byte(nil), clip.Parameters()...), nalus...)
		}
		for _, u := range nalus {
			size += len(u)
		}
		pts := time.Duration(i) * time.Second / kioskFPS
		if err := w.Add(rtsp.Unit{NALUs: nalus, Key: n%group == 0, PTS: pts, Arrived: began.Add(pts), Size: size}, ""); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}
