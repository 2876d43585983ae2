package benchmap

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// browser is a headless Chromium that shows one page of testdata.
type browser struct {
	cmd     *exec.Cmd
	stderr  bytes.Buffer
	next    chan order
	done    chan answer
	picture chan string
	failed  chan error
}

// order is what the page shall do next.
type order struct {
	Frames  int  `json:"frames"`
	Picture bool `json:"picture"`
}

// answer is what the page did.
type answer struct {
	Frames  int `json:"frames"`  // asked for and finished
	Renders int `json:"renders"` // drawn, by the page's own count
	Width   int `json:"width"`   // of the window
	Height  int `json:"height"`
}

// chromium returns the browser's path or skips.
func chromium(b *testing.B) string {
	b.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	b.Skip("chromium is not installed; make bench-map installs it")
	return ""
}

// maplibre returns the folder of the library or skips.
func maplibre(b *testing.B) string {
	b.Helper()
	dir := filepath.Join("..", "..", "..", "var", "maplibre", "package", "dist")
	if _, err := os.Stat(filepath.Join(dir, "maplibre-gl.js")); err != nil {
		b.Skip("maplibre-gl is not there; make bench-map fetches it: ", err)
	}
	return dir
}

// open starts a browser with a page. Files are served beside testdata's.
func open(b *testing.B, page string, files map[string][]byte) *browser {
	b.Helper()
	br := &browser{next: make(chan order), done: make(chan answer), picture: make(chan string), failed: make(chan error, 1)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: br.handler(files), ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	br.cmd = exec.Command(chromium(b), "--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader",
		"--enable-unsafe-swiftshader", "--window-size=1920,1240", "--force-device-scale-factor=1", "--hide-scrollbars",
		"--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
		"--disable-dev-shm-usage", "--user-data-dir="+b.TempDir(), "http://"+l.Addr().String()+"/"+page)
	br.cmd.Stderr = &br.stderr
	br.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := br.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		syscall.Kill(-br.cmd.Process.Pid, syscall.SIGKILL) //nolint:errcheck // it may be gone
		br.cmd.Wait()                                      //nolint:errcheck // it was killed
		server.Close()                                     //nolint:errcheck // nothing is left to answer
		<-served
	})
	return br
}

func (br *browser) handler(files map[string][]byte) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir("testdata")))
	for name, data := range files {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
		})
	}
	mux.HandleFunc("/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case o := <-br.next:
			json.NewEncoder(w).Encode(o) //nolint:errcheck // the page's answer is waited for
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/done", func(_ http.ResponseWriter, r *http.Request) {
		var a answer
		if err := json.NewDecoder(r.Body).Decode(&a); err == nil {
			send(r.Context(), br.done, a)
		}
	})
	mux.HandleFunc("/picture", func(_ http.ResponseWriter, r *http.Request) {
		if text, err := io.ReadAll(r.Body); err == nil {
			send(r.Context(), br.picture, string(text))
		}
	})
	mux.HandleFunc("/failed", func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		send(r.Context(), br.failed, fmt.Errorf("the page failed: %s", text))
	})
	return mux
}

func send[T any](ctx context.Context, to chan<- T, v T) {
	select {
	case to <- v:
	case <-ctx.Done():
	}
}

// ask gives an order and waits for what comes back on one of the channels.
func ask[T any](b *testing.B, br *browser, o order, from <-chan T) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var zero T
	orders := br.next
	for {
		select {
		case orders <- o:
			orders = nil
		case v := <-from:
			return v
		case err := <-br.failed:
			b.Fatal(err)
		case <-ctx.Done():
			b.Fatalf("the browser does not answer: %s", tail(br.stderr.String()))
			return zero
		}
	}
}

// tail returns the end of a text.
func tail(s string) string { return s[max(0, len(s)-2000):] }

// shown returns the picture that the page has drawn.
func (br *browser) shown(b *testing.B) image.Image {
	b.Helper()
	text := ask(b, br, order{Picture: true}, br.picture)
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "data:image/png;base64,"))
	if err != nil {
		b.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// frames draws n frames and returns the processor time of one, of all the
// browser's processes together.
func (br *browser) frames(b *testing.B, n int) (perFrame time.Duration, a answer) {
	b.Helper()
	from := br.cpu(b)
	a = ask(b, br, order{Frames: n}, br.done)
	spent := br.cpu(b) - from
	if a.Frames != n || a.Renders < n {
		b.Fatalf("asked for %d frames, the page drew %+v", n, a)
	}
	// Should the page have drawn more often than it was asked to, all count.
	return spent / time.Duration(a.Renders), a
}

// cpu returns the processor time that the browser and all processes under it
// have used until now, ended ones too, in the kernel's ticks of 10 ms.
func (br *browser) cpu(b *testing.B) time.Duration {
	b.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	parents, ticks := map[int]int{}, map[int]int64{}
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may hold anything; see proc(5) for what follows.
		pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		parents[pid], _ = strconv.Atoi(fields[1])
		for _, f := range fields[11:15] { // utime, stime, and those of ended children
			t, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				b.Fatal(fmt.Errorf("%s: %w", path, err))
			}
			ticks[pid] += t
		}
	}
	sum := int64(0)
	for pid, t := range ticks {
		for at := pid; at > 1; at = parents[at] {
			if at == br.cmd.Process.Pid {
				sum += t
				break
			}
		}
	}
	if _, ok := ticks[br.cmd.Process.Pid]; !ok {
		b.Fatalf("the browser has ended: %s", tail(br.stderr.String()))
	}
	return time.Duration(sum) * 10 * time.Millisecond
}
