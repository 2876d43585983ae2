package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/media/mediatest"
	"iocwall/media/onvif/onviftest"
	"iocwall/server/settings"
)

// call runs the program's command line within the test.
func call(t *testing.T, args ...string) (out, said string, err error) {
	t.Helper()
	var c cli
	var stdout, stderr bytes.Buffer
	parser, err := kong.New(&c, kong.Name("wallsrv"), kong.Vars{"version": "test", "demo_data": t.TempDir()},
		kong.Writers(&stdout, &stderr), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		return "", "", err
	}
	k.BindTo(t.Context(), (*context.Context)(nil))
	err = k.Run(slog.New(slog.DiscardHandler))
	return stdout.String(), stderr.String(), err
}

// serve runs something for the length of the test.
func serveFor(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
}

// onvifCamera serves a camera and returns its address.
func onvifCamera(t *testing.T, opts onviftest.Options) string {
	t.Helper()
	ready := make(chan string, 1)
	serveFor(t, func(ctx context.Context) error { return onviftest.New(opts).Run(ctx, func(a string) { ready <- a }) })
	select {
	case a := <-ready:
		return a
	case <-time.After(patience):
		t.Fatal("the camera does not serve")
		return ""
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCamerasDiscover(t *testing.T) {
	a := onvifCamera(t, onviftest.Options{Name: "A"})
	out, said, err := call(t, "cameras", "discover", "--address", a, "--address", "127.0.0.1:9", "--timeout", "300ms")
	if err != nil || !strings.Contains(out, "http://"+a+"/onvif/device_service") {
		t.Errorf("got %s\n%s\n%v", out, said, err)
	}
	if !strings.Contains(said, "refused") {
		t.Errorf("nothing is said about the silent address: %q", said)
	}
	if _, _, err = call(t, "cameras", "discover", "--address", "127.0.0.1:9", "--timeout", "300ms"); err == nil {
		t.Error("nothing was found, and that is fine?")
	}
	if _, _, err = call(t, "cameras", "discover", "--interface", "nosuch0"); err == nil || !strings.Contains(err.Error(), "nosuch0") {
		t.Errorf("got %v", err)
	}
}

// before is a configuration with two cameras as a person has written it, one of them at
// the host.
func before(t *testing.T, host string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "server", "roster", "testdata", "before.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "HOST", host)
}

func TestCamerasImport(t *testing.T) {
	t.Setenv("TEST_CAMERA_PASSWORD", "hunter2")
	known := onvifCamera(t, onviftest.Options{
		User: "viewer", Password: "hunter2", Presets: []string{"Cầu", "Bến: đò", "Cầu", ""}, Manufacturer: "Acme", Model: "X1",
		Profiles: []onviftest.Profile{
			{Token: "m", Encoding: "H264", Width: 1920, Height: 1080, FPS: 25, URI: "rtsp://127.0.0.1:554/new?x=1&y=2", PTZ: true},
			{Token: "s", Encoding: "H264", Width: 640, Height: 360, FPS: 12, URI: "rtsp://127.0.0.1:554/sub"},
		},
	})
	config := write(t, "ioc.yaml", before(t, "127.0.0.1"))
	args := []string{"cameras", "import", known, "--user", "viewer", "--password", "env:TEST_CAMERA_PASSWORD", "--config", config}

	out, said, err := call(t, args...)
	want := `@@ cau: changed @@
+    onvif: {address: "http://` + known + `/onvif/device_service", presets: [Cầu, "Bến: đò"]}
-    streams: [{name: main, url: "rtsp://127.0.0.1:554/old"}, {name: third, url: "rtsp://127.0.0.1:554/third"}]
+    streams: [{name: main, url: "rtsp://127.0.0.1:554/new?x=1&y=2", width: 1920, height: 1080, fps: 25}, ` +
		`{name: third, url: "rtsp://127.0.0.1:554/third"}, {name: sub, url: "rtsp://127.0.0.1:554/sub", width: 640, height: 360, fps: 12}]
`
	if err != nil || out != want {
		t.Fatalf("got\n%s\n%s\n%v\nwant\n%s", out, said, err, want)
	}
	if !strings.Contains(said, "Acme X1: main h264 1920×1080 at 25 fps, sub h264 640×360 at 12 fps, turns, 4 presets") {
		t.Errorf("said %q", said)
	}
	if text, err := os.ReadFile(config); err != nil || string(text) != before(t, "127.0.0.1") {
		t.Errorf("the file was changed without --write: %v", err)
	}

	if _, said, err = call(t, append(args, "--write")...); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	after, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{
		"# the centre\n", "cameras: # ours\n", "  # the bridge\n", "name: Cầu Câu Lâu   # people call it so\n", "password: env:OLD\n",
		"    # how far it sees\n    view: 60\n", "  - {id: khac, name", "# stations follow\nstations: []\n", `    streams: [{name: main, url: "rtsp://127.0.0.1:554/new?x=1&y=2"`,
	} {
		if !strings.Contains(string(after), kept) {
			t.Errorf("%q is gone from\n%s", kept, after)
		}
	}
	if strings.Contains(string(after), "was set by hand") || strings.Contains(string(after)+out+said, "hunter2") {
		t.Errorf("got\n%s", after)
	}
	c, problems := settings.Load(config)
	if len(problems) > 0 || len(c.Cameras) != 2 || len(c.Cameras[0].Streams) != 3 || c.Cameras[0].ONVIF.Presets[1] != "Bến: đò" || c.Cameras[0].View != 60 {
		t.Errorf("got %+v, %v", c.Cameras, problems)
	}
	if out, said, err = call(t, append(args, "--write")...); err != nil || out != "1 unchanged\n" || !strings.Contains(said, "nothing to write") {
		t.Errorf("the second time: %q, %q, %v", out, said, err)
	}
}

func TestCamerasImportOfNewOnes(t *testing.T) {
	t.Setenv("TEST_CAMERA_PASSWORD", "hunter2")
	good := onvifCamera(t, onviftest.Options{User: "viewer", Password: "hunter2", Quirks: []onviftest.Quirk{onviftest.NoPTZ, onviftest.HTTPDigest}})
	other := onvifCamera(t, onviftest.Options{User: "viewer", Password: "something else"})
	config := write(t, "ioc.yaml", "data: data\ncameras: []\n#  - id: example\nstations: []\n")
	args := []string{"cameras", "import", good, other, "--user", "viewer", "--password", "env:TEST_CAMERA_PASSWORD"}

	out, said, err := call(t, args...)
	entry := `cameras:
  - id: cam-127-0-0-1
    name: Loopback LB-1 127.0.0.1
    user: viewer
    password: env:TEST_CAMERA_PASSWORD
    streams: [{name: main, url: "rtsp://127.0.0.1:554/main", width: 1920, height: 1080, fps: 25}, {name: sub, url: "rtsp://127.0.0.1:554/sub", width: 640, height: 360, fps: 12}]
`
	if out != entry || err == nil || !strings.Contains(err.Error(), "1 of 2 cameras could not be read") || !strings.Contains(said, "the camera refused the login") {
		t.Errorf("got\n%s\n%s\n%v", out, said, err)
	}
	if strings.Contains(out+said+err.Error(), "hunter2") {
		t.Error("the password is shown")
	}
	if _, _, err = call(t, append(args, "--config", config, "--write")...); err == nil || !strings.Contains(err.Error(), "no position") {
		t.Errorf("a camera without a place is written: %v", err)
	}
	if _, _, err = call(t, append(args, "--config", config, "--write", "--pos", "108.3, 15.5")...); err == nil || !strings.Contains(err.Error(), "could not be read") {
		t.Errorf("got %v", err)
	}
	if c, problems := settings.Load(config); len(problems) > 0 || len(c.Cameras) != 1 || c.Cameras[0].Pos[0] != 108.3 {
		t.Errorf("got %+v, %v", c.Cameras, problems)
	}
	if text, err := os.ReadFile(config); err != nil || !strings.HasSuffix(string(text), "#  - id: example\nstations: []\n") {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestCamerasImportRefuses(t *testing.T) {
	for says, args := range map[string][]string{
		"takes no password":                 {"10.0.0.1", "--user", "u", "--password", "hunter2"},
		"no terminal":                       {"10.0.0.1", "--user", "u"},
		"needs --config":                    {"10.0.0.1", "--write"},
		"of no use without --user":          {"10.0.0.1", "--password", "env:X"},
		"not a position":                    {"--csv", write(t, "c.csv", "id,name,main\na,A,rtsp://10.0.0.1/x\n"), "--pos", "north"},
		"not of a stream":                   {"rtsp://10.0.0.1/x"},
		"give user and password apart":      {"http://u:hunter2@10.0.0.1"},
		"says user and password itself":     {"--csv", write(t, "c.csv", "id,name,main\n"), "--user", "u"},
		"1 mistakes in the configuration":   {"10.0.0.1", "--config", write(t, "ioc.yaml", "data: x\nnosuch: 1\n")},
		"--timeout is not between 100ms an": {"--timeout", "1h"},
	} {
		_, said, err := call(t, append([]string{"cameras", "import"}, args...)...)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error()+said, "hunter2") {
			t.Errorf("%q: got %v, want %s", args, err, says)
		}
	}
}

func TestCamerasCheck(t *testing.T) {
	cam, err := mediatest.NewCamera(mediatest.Options{
		ClipOptions: mediatest.ClipOptions{Width: 320, Height: 180, FPS: 12, KeyEvery: time.Second, Length: 4 * time.Second}, User: "viewer", Pass: "hunter2", Digest: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	serveFor(t, cam.Run)
	head := onvifCamera(t, onviftest.Options{User: "viewer", Password: "hunter2", Offset: -2 * time.Hour, Presets: []string{"a"}})
	t.Setenv("TEST_CAMERA_PASSWORD", "hunter2")
	t.Setenv("TEST_CAMERA_GUESS", "guess")
	stream := cam.URL()
	if _, rest, ok := strings.Cut(stream, "@"); ok {
		stream = "rtsp://" + rest
	}
	config := write(t, "ioc.yaml", `data: data
cameras:
  - {id: good, name: A, pos: [108, 15], user: viewer, password: env:TEST_CAMERA_PASSWORD, onvif: {address: "`+head+`"}, streams: [{name: main, url: "`+stream+`"}]}
  - {id: wrong, name: B, pos: [108, 15], user: viewer, password: env:TEST_CAMERA_GUESS, streams: [{name: main, url: "`+stream+`"}]}
  - {id: away, name: C, pos: [108, 15], streams: [{name: main, url: "rtsp://127.0.0.1:9/x"}]}
  - {id: unset, name: D, pos: [108, 15], user: viewer, password: env:TEST_CAMERA_UNSET, streams: [{name: main, url: "rtsp://127.0.0.1:9/x"}]}
`)
	out, _, err := call(t, "cameras", "check", config, "--for", "3s")
	if err == nil || !strings.Contains(err.Error(), "3 of 5 do not work") || strings.Contains(out+err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	lines := strings.Split(out, "\n")
	for i, want := range [][]string{
		{"CAMERA"},
		{"good", "main", "plays", "h264", "320×180", " 1.0 s"},
		{"good", "onvif", "turns", "-120 min", "1 presets"},
		{"wrong", "login-refused"},
		{"away", "unreachable"},
		{"unset", "no secret", "TEST_CAMERA_UNSET is not set"},
	} {
		for _, w := range want {
			if !strings.Contains(lines[i], w) {
				t.Errorf("line %d is %q, without %q", i, lines[i], w)
			}
		}
	}
	if out, _, err = call(t, "cameras", "check", config, "--for", "3s", "--camera", "good"); err != nil {
		t.Errorf("got %v\n%s", err, out)
	}
	if _, _, err = call(t, "cameras", "check", config, "--camera", "goood"); err == nil || !strings.Contains(err.Error(), "good") {
		t.Errorf("got %v", err)
	}
}
