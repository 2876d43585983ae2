package fieldtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"image"
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
	if opts.Clip == nil && opts.Width == 0 {
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

// clipOf makes a clip that differs in its size alone.
func clipOf(t testing.TB, o mediatest.ClipOptions, size image.Point) *mediatest.Clip {
	t.Helper()
	o.Width, o.Height = size.X, size.Y
	c, err := mediatest.NewClip(context.Background(), o)
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
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

// diary keeps the newest of what is logged, and the first line of all that holds the password.
type diary struct {
	mu     sync.Mutex
	lines  []string
	leaked string
}

// diaryLines is how many lines are kept for a test that fails.
const diaryLines = 300

// Write implements io.Writer; the handler writes a line at a time.
func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	line := string(p)
	if d.leaked == "" {
		d.leaked = leak(line)
	}
	if len(d.lines) >= diaryLines {
		d.lines = append(d.lines[:0], d.lines[1:]...)
	}
	d.lines = append(d.lines, line)
	return len(p), nil
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, "")
}

// leak returns the first line that held the password.
func (d *diary) leak() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leaked
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
	player *media.Viewer
	signer relay.Signer
	diary  *diary
	eye    *eye
	make   media.DecoderFactory

	backoff rtsp.Backoff
}

// staging says how a stage differs from the usual one.
type staging struct {
	camera mediatest.Options
	relay  relay.Options
	// config changes how the relay is told about the camera.
	config func(*relay.Camera, *mediatest.Camera)
	// backoff of relay and player; zero means short pauses, so that tests are short.
	backoff rtsp.Backoff
	// decoder is what decodes, nil: software.
	decoder media.DecoderFactory
	// then is the size of a second clip that FaultSwitch changes to; zero: none.
	then image.Point
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
	if s.then != (image.Point{}) {
		s.camera.Then = clipOf(t, s.camera.ClipOptions, s.then)
	}
	if s.decoder == nil {
		s.decoder = decode.New
	}
	st := &stage{
		t: t, cam: newCamera(t, s.camera), diary: &diary{}, make: s.decoder, backoff: s.backoff,
		signer: relay.Signer{Key: bytes.Repeat([]byte("k"), relay.MinKey)},
	}
	st.cfg = relay.Camera{
		ID: "c1", User: user, Pass: pass, AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: st.cam.URL()}},
	}
	if s.config != nil {
		s.config(&st.cfg, st.cam)
	}
	if s.relay.CameraTLS == nil {
		s.relay.CameraTLS = &tls.Config{RootCAs: st.cam.Pool()}
	}
	s.relay.Backoff = s.backoff
	st.open(s.relay)
	t.Cleanup(st.farewell)
	size := st.cam.Clip().Size()
	st.player = st.join(s.backoff, size.X, size.Y)
	st.eye = newEye(st, st.player, s)
	background(t, st.eye.run)
	return st
}

// open starts the relay.
func (s *stage) open(o relay.Options) {
	s.t.Helper()
	o.Addr, o.Signer, o.Cameras, o.Logger = "127.0.0.1:0", s.signer, []relay.Camera{s.cfg}, s.logger()
	r, err := relay.New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.relay = r
	background(s.t, r.Run)
}

// newRelayOnly is a stage whose camera is not ours.
func newRelayOnly(t testing.TB, cfg relay.Camera, trust *tls.Config, change ...func(*relay.Options)) *stage {
	t.Helper()
	s := &stage{
		t: t, cfg: cfg, diary: &diary{}, make: decode.New,
		signer: relay.Signer{Key: bytes.Repeat([]byte("k"), relay.MinKey)},
	}
	o := relay.Options{CameraTLS: trust, Backoff: quickly}
	for _, c := range change {
		c(&o)
	}
	s.open(o)
	t.Cleanup(func() {
		if line := s.diary.leak(); line != "" {
			t.Errorf("the password is in the log: %s", line)
		}
		if t.Failed() {
			t.Logf("relay: %+v\nlog:\n%s", s.health(), s.diary.String())
		}
	})
	return s
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

// deck is one more computer that shows cameras of the relay.
func (s *stage) deck(b rtsp.Backoff) *media.Deck {
	s.t.Helper()
	d, err := media.NewDeck(media.DeckOptions{
		Decoder: s.make, Backoff: b, Logger: s.logger(),
		TLS: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the relay of this test
		Address: func(_ context.Context, camera, stream string) (string, string, string, error) {
			return s.relay.URL(camera, stream), "wall", s.token(), nil
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	background(s.t, d.Run)
	return d
}

// join starts one more tile, on a computer of its own.
func (s *stage) join(b rtsp.Backoff, width, height int) *media.Viewer {
	s.t.Helper()
	v := s.deck(b).Open(media.Camera{ID: "c1", Streams: []media.Stream{{Name: "main"}}}, nil)
	v.SetView(media.View{Size: image.Pt(width, height)})
	return v
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
	if line := s.diary.leak(); line != "" {
		s.t.Errorf("the password is in the log: %s", line)
	}
	if text := fmt.Sprintf("%+v", s.health()); leak(text) != "" {
		s.t.Errorf("the password is in the camera's health: %s", text)
	}
	if s.t.Failed() {
		s.t.Logf("camera: %+v\nrelay: %+v\ntile:\n%s\nlog:\n%s", n, s.health(), s.eye.story(), s.diary.String())
	}
}
