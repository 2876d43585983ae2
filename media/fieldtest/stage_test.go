package fieldtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// hang bounds every wait; it is far above what any of them needs.
const hang = 30 * time.Second

// user and pass log in to every camera here. The password holds what breaks a URL and a careless pattern.
const (
	user = "operator"
	pass = "Qz7/s3kr@t+9"
)

// TestMain lets many cameras run at once: they mostly wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set("12") //nolint:errcheck // a number is a number
	}
	os.Exit(m.Run())
}

// small is the clip of most cameras here: one second between key frames, a counter in the picture.
func small(codec rtsp.Codec) mediatest.ClipOptions {
	return mediatest.ClipOptions{
		Codec: codec, Width: 320, Height: 184, FPS: 25, Length: 4 * time.Second, KeyEvery: time.Second, Counter: true,
	}
}

// background runs something until the test ends and waits for it.
func background(t testing.TB, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
		case <-time.After(hang):
			t.Error("does not end")
		}
	})
}

// newCamera starts a loopback camera; the test is skipped without ffmpeg.
func newCamera(t testing.TB, opts mediatest.Options) *mediatest.Camera {
	t.Helper()
	if opts.Clip == nil && opts.Codec == "" {
		opts.ClipOptions = small(rtsp.H264)
	}
	c, err := mediatest.NewCamera(opts)
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	background(t, c.Run)
	return c
}

// await polls until a condition holds and returns how long it took.
func await(t testing.TB, what string, ok func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !ok() {
		if time.Since(began) > hang {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

// diary keeps everything that is logged.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(p)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// secrets are the forms in which the password could leak.
func secrets() []string {
	return []string{
		pass, url.QueryEscape(pass), url.PathEscape(pass), strings.TrimPrefix(url.UserPassword("", pass).String(), ":"),
		base64.StdEncoding.EncodeToString([]byte(user + ":" + pass)),
	}
}

// leak returns the first line of the text that holds the password, empty when none does.
func leak(text string) string {
	for line := range strings.Lines(text) {
		for _, s := range secrets() {
			if strings.Contains(line, s) {
				return line
			}
		}
	}
	return ""
}

// stage is a camera, the relay before it and a player behind it.
type stage struct {
	t      testing.TB
	cam    *mediatest.Camera
	cfg    relay.Camera
	relay  *relay.Relay
	player *media.Player
	signer relay.Signer
	diary  *diary
	eye    *eye
}

// staging says how a stage differs from the usual one.
type staging struct {
	camera mediatest.Options
	relay  relay.Options
	// config changes how the relay is told about the camera.
	config func(*relay.Camera, *mediatest.Camera)
	// backoff of relay and player; zero means short pauses, so that tests are short.
	backoff rtsp.Backoff
	// blind leaves out the comparison of pictures, for clips that look the same everywhere.
	blind bool
}

// quickly are pauses between attempts that keep a test short.
var quickly = rtsp.Backoff{Min: 100 * time.Millisecond, Max: 800 * time.Millisecond}

// newStage builds a stage; nothing is checked yet.
func newStage(t testing.TB, s staging) *stage {
	t.Helper()
	if s.camera.User == "" {
		s.camera.User, s.camera.Pass = user, pass
	}
	if s.backoff.Min == 0 {
		s.backoff = quickly
	}
	st := &stage{t: t, cam: newCamera(t, s.camera), diary: &diary{}, signer: relay.Signer{Key: bytes.Repeat([]byte("k"), relay.MinKey)}}
	st.cfg = relay.Camera{
		ID: "c1", User: user, Pass: pass, AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: st.cam.URL()}},
	}
	if s.config != nil {
		s.config(&st.cfg, st.cam)
	}
	o := s.relay
	o.Addr, o.Signer, o.Backoff, o.Cameras, o.Logger = "127.0.0.1:0", st.signer, s.backoff, []relay.Camera{st.cfg}, st.logger()
	if o.CameraTLS == nil {
		o.CameraTLS = &tls.Config{RootCAs: st.cam.Pool()}
	}
	r, err := relay.New(o)
	if err != nil {
		t.Fatal(err)
	}
	st.relay = r
	background(t, r.Run)
	t.Cleanup(st.farewell)
	st.player = st.join(s.backoff)
	st.eye = newEye(st, st.player, s)
	background(t, st.eye.run)
	return st
}

func (s *stage) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(s.diary, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// token is a fresh ticket for all cameras.
func (s *stage) token() string {
	t, err := s.signer.Sign(relay.Grant{Subject: "wall", Cameras: []string{"*"}, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// join starts one more player behind the relay.
func (s *stage) join(b rtsp.Backoff) *media.Player {
	s.t.Helper()
	p, err := media.New(media.Options{
		URL: s.relay.URL("c1", "main"), Stream: "main", Decoder: decode.New, Backoff: b, Logger: s.logger(),
		Width: s.cam.Clip().Size().X, Height: s.cam.Clip().Size().Y,
		Credentials: func(context.Context) (string, string, error) { return "wall", s.token(), nil },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	background(s.t, p.Run)
	return p
}

// fault makes the camera misbehave.
func (s *stage) fault(f mediatest.Fault) {
	s.t.Helper()
	if err := s.cam.SetFault(f); err != nil {
		s.t.Fatal(err)
	}
}

// health is what the relay says of the camera; nothing before it runs.
func (s *stage) health() relay.Health {
	if all := s.relay.Health(); len(all) > 0 {
		return all[0]
	}
	return relay.Health{}
}

// farewell checks what must be true of every camera, whatever happened.
func (s *stage) farewell() {
	n := s.cam.Counts()
	if n.BackChannels+n.AudioTracks > 0 {
		s.t.Errorf("other tracks than the video were set up: %+v", n)
	}
	if n.Peak > 1 {
		s.t.Errorf("%d sessions were open at the camera at once", n.Peak)
	}
	if line := leak(s.diary.String()); line != "" {
		s.t.Errorf("the password is in the log: %s", line)
	}
	for _, text := range []string{fmt.Sprintf("%+v", s.health()), fmt.Sprintf("%+v", s.player.Stats())} {
		if leak(text) != "" {
			s.t.Errorf("the password is in what is told: %s", text)
		}
	}
	if s.t.Failed() {
		s.t.Logf("camera: %+v\nrelay: %+v\nplayer: %+v\nlog:\n%s", n, s.health(), s.player.Stats(), s.diary.String())
	}
}
