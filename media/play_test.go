package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"log/slog"
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

// guard bounds every wait in these tests; it is far above what any of them needs.
const guard = 30 * time.Second

// background runs something until the test ends and waits for it.
func background(t *testing.T, run func(context.Context) error) {
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
		case <-time.After(guard):
			t.Error("does not end")
		}
	})
}

// newCamera starts a loopback camera; the test is skipped without ffmpeg.
func newCamera(t *testing.T, opts mediatest.Options) *mediatest.Camera {
	t.Helper()
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

// fast clips keep key frames close, so that tests are short.
func clip(codec media.Codec) mediatest.ClipOptions {
	return mediatest.ClipOptions{
		Scene: mediatest.Sea, Codec: codec, FPS: 25, Length: 4 * time.Second, KeyEvery: time.Second, Counter: true,
	}
}

// newPlayer starts a player.
func newPlayer(t *testing.T, opts media.Options) *media.Player {
	t.Helper()
	if opts.Decoder == nil {
		opts.Decoder = decode.New
	}
	if opts.Width == 0 {
		opts.Width, opts.Height = 640, 360
	}
	p, err := media.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	background(t, p.Run)
	return p
}

// await polls until a condition holds.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(guard)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// state waits for a state of the player.
func state(t *testing.T, p *media.Player, want media.State) media.Stats {
	t.Helper()
	var s media.Stats
	defer func() {
		if t.Failed() {
			t.Logf("last stats: %+v", s)
		}
	}()
	await(t, "state "+string(want), func() bool { s = p.Stats(); return s.State == want })
	return s
}

var key = bytes.Repeat([]byte("k"), relay.MinKey)

// grant returns credentials for all cameras.
func grant(signer relay.Signer) func(context.Context) (string, string, error) {
	return func(context.Context) (string, string, error) {
		token, err := signer.Sign(relay.Grant{Subject: "node-1", Cameras: []string{"*"}, Expires: time.Now().Add(time.Minute)})
		return "wall", token, err
	}
}

// newRelay starts a relay for the cameras.
func newRelay(t *testing.T, opts relay.Options) *relay.Relay {
	t.Helper()
	opts.Addr = "127.0.0.1:0"
	if opts.Signer.Key == nil {
		opts.Signer = relay.Signer{Key: key}
	}
	r, err := relay.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	background(t, r.Run)
	return r
}

func TestCameraToPictureThroughRelay(t *testing.T) {
	t.Parallel()
	for codec, params := range map[media.Codec]string{media.H264: "sdp", media.H265: "inband"} {
		t.Run(string(codec)+"/"+params, func(t *testing.T) {
			t.Parallel()
			camera := newCamera(t, mediatest.Options{
				ClipOptions: clip(codec), User: "admin", Pass: "s3cret-pass", Digest: true, Params: params,
			})
			r := newRelay(t, relay.Options{Cameras: []relay.Camera{{
				ID: "c1", User: "admin", Pass: "s3cret-pass", Streams: []relay.Stream{{Name: "main", URL: camera.URL()}},
			}}})
			p := newPlayer(t, media.Options{URL: r.URL("c1", "main"), Stream: "main", Credentials: grant(relay.Signer{Key: key})})
			state(t, p, media.StateLive)
			f := counted(t, camera, 20, p.Frame)
			if f.Image.Stride != 4*640 || f.Image.Rect.Dx() != 640 || f.Image.Rect.Dy() != 360 {
				t.Errorf("image %v, stride %d", f.Image.Rect, f.Image.Stride)
			}
			if s := p.Stats(); s.Codec != codec || s.Source.X != 640 || s.Lost != 0 || s.DecodeErrors != 0 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

// counted waits for so many frames with different counters, all sent lately, and returns the last one.
func counted(t *testing.T, camera *mediatest.Camera, frames int, newest func() (media.Frame, bool)) (f media.Frame) {
	t.Helper()
	last := -1
	await(t, "counted frames", func() bool {
		next, ok := newest()
		if !ok || next.Seq == f.Seq {
			return false
		}
		f = next
		n, ok := mediatest.ReadCounter(f.Image)
		if !ok {
			t.Fatalf("no counter in frame %d", f.Seq)
		}
		if sent, ok := camera.SentAt(n, time.Now()); !ok || time.Since(sent) > 2*time.Second {
			t.Fatalf("counter %d was not sent lately", n)
		}
		if n != last {
			frames--
		}
		last = n
		return frames <= 0
	})
	return f
}

func TestADeckPlaysThroughTheRelay(t *testing.T) {
	t.Parallel()
	small := clip(media.H264)
	small.Width, small.Height = 320, 180
	large := newCamera(t, mediatest.Options{ClipOptions: clip(media.H264)})
	sub := newCamera(t, mediatest.Options{ClipOptions: small})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{{ID: "c1", Streams: []relay.Stream{
		{Name: "main", URL: large.URL()}, {Name: "sub", URL: sub.URL()},
	}}}})
	login := grant(relay.Signer{Key: key})
	d, err := media.NewDeck(media.DeckOptions{
		Decoder: decode.New,
		Address: func(ctx context.Context, camera, stream string) (string, string, string, error) {
			user, pass, err := login(ctx)
			return r.URL(camera, stream), user, pass, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	background(t, d.Run)
	c := media.Camera{ID: "c1", Streams: []media.Stream{
		{Name: "main", Width: 640, Height: 360}, {Name: "sub", Width: 320, Height: 180},
	}}
	v, w := d.Open(c, nil), d.Open(c, nil)
	v.SetView(media.View{Size: image.Pt(320, 180)})
	w.SetView(media.View{Size: image.Pt(160, 90)})
	await(t, "the small stream", func() bool { return v.Stats().State == media.StateLive })
	if s := v.Stats(); s.Stream != "sub" || s.Decoder == "" {
		t.Errorf("%+v", s)
	}
	v.SetView(media.View{Size: image.Pt(640, 360)})
	await(t, "the large stream", func() bool {
		if s := v.Stats(); !s.Fresh() {
			t.Fatalf("a gap: %+v", s)
		}
		return v.Stats().Stream == "main"
	})
	await(t, "a large picture", func() bool { f, _ := v.Frame(); return f.Image.Rect.Dx() == 640 })
	counted(t, large, 5, v.Frame)
	if f, ok := w.Frame(); !ok || f.Image.Rect.Dx() != 160 || f.Stream != "main" {
		t.Errorf("%v from %q", f.View, f.Stream)
	}
	await(t, "the small stream to be let go", func() bool { return r.Health()[1].Readers == 0 })
}

func TestReaderStartsAtOnceFromTheCache(t *testing.T) {
	t.Parallel()
	opts := clip(media.H264)
	opts.KeyEvery, opts.Length = 4*time.Second, 8*time.Second
	camera := newCamera(t, mediatest.Options{ClipOptions: opts})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{{
		ID: "c1", AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: camera.URL()}},
	}}})
	await(t, "a key frame at the relay", func() bool {
		h := r.Health()
		return len(h) == 1 && !h[0].LastKey.IsZero() && time.Since(h[0].LastKey) > time.Second
	})
	var mu sync.Mutex
	cached := false
	var p *media.Player
	p, err := media.New(media.Options{
		URL: r.URL("c1", "main"), Credentials: grant(relay.Signer{Key: key}), Decoder: decode.New, Width: 320, Height: 180,
		OnFrame: func() {
			f, ok := p.Frame()
			s := p.Stats()
			mu.Lock()
			defer mu.Unlock()
			if ok && f.Cached {
				cached = true
				if s.State == media.StateLive && s.Picture.Equal(f.Arrived) && f.Behind > 300*time.Millisecond {
					t.Error("a picture from the cache is shown as live")
				}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	background(t, p.Run)
	await(t, "a picture", func() bool { _, ok := p.Frame(); return ok })
	first := time.Since(start)
	state(t, p, media.StateLive)
	live := time.Since(start)
	t.Logf("first picture after %v, live after %v", first.Round(time.Millisecond), live.Round(time.Millisecond))
	// Without the cache the key frame is up to three seconds away.
	if first > 2*time.Second {
		t.Errorf("first picture took %v", first)
	}
	mu.Lock()
	defer mu.Unlock()
	if !cached {
		t.Error("no frame came from the cache")
	}
}

func TestOneUpstreamForAllReaders(t *testing.T) {
	t.Parallel()
	camera := newCamera(t, mediatest.Options{ClipOptions: clip(media.H264), MaxSessions: 1})
	r := newRelay(t, relay.Options{Linger: 300 * time.Millisecond, Cameras: []relay.Camera{{
		ID: "c1", Streams: []relay.Stream{{Name: "main", URL: camera.URL()}},
	}}})
	if n := camera.Counts().Sessions; n != 0 {
		t.Fatalf("%d sessions before anybody watches", n)
	}
	t.Run("readers", func(t *testing.T) {
		for range 5 {
			p := newPlayer(t, media.Options{URL: r.URL("c1", "main"), Credentials: grant(relay.Signer{Key: key})})
			state(t, p, media.StateLive)
		}
		if c := camera.Counts(); c.Sessions != 1 || c.Peak != 1 {
			t.Errorf("camera counts %+v, want one session", c)
		}
		if h := r.Health()[0]; h.Readers != 5 || h.State != relay.StateLive {
			t.Errorf("health %+v", h)
		}
	})
	await(t, "the camera to be let go", func() bool { return camera.Counts().Playing == 0 })
	await(t, "idle health", func() bool { return r.Health()[0].State == relay.StateIdle })
}

func TestFaultsAreTold(t *testing.T) {
	t.Parallel()
	cases := []struct {
		fault  mediatest.Fault
		state  media.State
		reason media.Reason
		within time.Duration // from the fault to the mark
	}{
		{mediatest.FaultSilent, media.StateNoSignal, media.ReasonNoPackets, 2 * time.Second},
		{mediatest.FaultFreeze, media.StateFrozen, media.ReasonUnchanged, 0},
		{mediatest.FaultRefuse, media.StateRefused, media.ReasonLoginRefused, 0},
	}
	for _, c := range cases {
		t.Run(string(c.fault), func(t *testing.T) {
			t.Parallel()
			camera := newCamera(t, mediatest.Options{ClipOptions: clip(media.H264), User: "u", Pass: "passw"})
			url := strings.Replace(camera.URL(), "//", "//u:passw@", 1)
			p := newPlayer(t, media.Options{
				URL: url, Limits: media.Limits{Unchanged: 3 * time.Second},
				Backoff: rtsp.Backoff{Min: 50 * time.Millisecond, Max: 200 * time.Millisecond},
			})
			state(t, p, media.StateLive)
			before := time.Now()
			if err := camera.SetFault(c.fault); err != nil {
				t.Fatal(err)
			}
			s := state(t, p, c.state)
			if c.reason != "" && s.Reason != c.reason {
				t.Errorf("reason %q, want %q", s.Reason, c.reason)
			}
			if took := time.Since(before); c.within > 0 && took > c.within+time.Second {
				t.Errorf("marked after %v", took)
			}
			if s.Fresh() {
				t.Error("the picture counts as fresh")
			}
			if strings.Contains(s.URL+s.Detail, "passw") {
				t.Errorf("secret in stats: %+v", s)
			}
			logins := camera.Counts().Logins
			if c.fault == mediatest.FaultRefuse {
				time.Sleep(500 * time.Millisecond)
				if n := camera.Counts().Logins; n != logins || n > 1 {
					t.Errorf("%d wrong logins, then %d", logins, n)
				}
				p.Retry()
			}
			if err := camera.SetFault(mediatest.FaultNone); err != nil {
				t.Fatal(err)
			}
			if c.fault == mediatest.FaultRefuse {
				p.Retry()
			}
			state(t, p, media.StateLive)
		})
	}
}

func TestLossNeverShowsDamage(t *testing.T) {
	t.Parallel()
	camera := newCamera(t, mediatest.Options{ClipOptions: clip(media.H265)})
	p := newPlayer(t, media.Options{URL: camera.URL()})
	state(t, p, media.StateLive)
	camera.SetLoss(0.08)
	if err := camera.SetFault(mediatest.FaultLoss); err != nil {
		t.Fatal(err)
	}
	var last media.Frame
	await(t, "loss and recovery", func() bool {
		if f, ok := p.Frame(); ok && f.Seq != last.Seq {
			last = f
			if _, ok := mediatest.ReadCounter(f.Image); !ok {
				t.Fatal("a damaged picture was shown")
			}
		}
		s := p.Stats()
		return s.Lost >= 5 && s.Dropped > 0
	})
	if s := p.Stats(); s.Loss <= 0 || s.Loss > 0.5 {
		t.Errorf("loss %v", s.Loss)
	}
	if err := camera.SetFault(mediatest.FaultNone); err != nil {
		t.Fatal(err)
	}
	state(t, p, media.StateLive)
}

// TestSecretsStayInside drives each failure with a password that can be recognised and looks for it everywhere.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	const secret = "Xq7!p@ss/word"
	var mu sync.Mutex
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	camera := newCamera(t, mediatest.Options{ClipOptions: clip(media.H264), User: "admin", Pass: secret})
	var healths []relay.Health
	r := newRelay(t, relay.Options{
		Logger: logger, Backoff: rtsp.Backoff{Min: 20 * time.Millisecond, Max: 50 * time.Millisecond},
		OnHealth: func(_ string, h relay.Health) {
			mu.Lock()
			defer mu.Unlock()
			healths = append(healths, h)
		},
		Cameras: []relay.Camera{
			{ID: "good", User: "admin", Pass: secret, AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: camera.URL()}}},
			{ID: "wrong", User: "admin", Pass: secret + "x", AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: camera.URL()}}},
			{ID: "query", AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: camera.URL() + "x?user=admin&password=" + "Xq7QueryPass"}}},
			{ID: "gone", AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: "rtsp://admin:Xq7UrlPass@127.0.0.1:1/x"}}},
		},
	})
	signer := relay.Signer{Key: key}
	token, err := signer.Sign(relay.Grant{Subject: "s", Cameras: []string{"wrong"}, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(t, media.Options{URL: r.URL("good", "main"), Logger: logger, Credentials: func(context.Context) (string, string, error) {
		return "wall", token, nil
	}})
	q := newPlayer(t, media.Options{URL: r.URL("wrong", "main"), Logger: logger, Credentials: func(context.Context) (string, string, error) {
		return "wall", token, nil
	}})
	// A token that does not cover the camera is no wrong password of the camera.
	await(t, "the relay's refusal", func() bool {
		s := p.Stats()
		return s.State == media.StateNoSignal && s.Reason == media.ReasonNotAdmitted
	})
	await(t, "the camera's refusal to reach the player", func() bool { return q.Stats().Reason == media.ReasonLoginRefused })
	await(t, "every camera's health", func() bool {
		states := map[string]relay.State{}
		for _, h := range r.Health() {
			states[h.Camera] = h.State
		}
		return states["good"] == relay.StateLive && states["wrong"] == relay.StateRefused &&
			states["query"] == relay.StateRefused && states["gone"] == relay.StateNoSignal
	})
	mu.Lock()
	defer mu.Unlock()
	text := log.String()
	for _, h := range append(healths, r.Health()...) {
		text += h.Detail
	}
	text += p.Stats().Detail + q.Stats().Detail
	for _, s := range []string{"Xq7", "QueryPass", "UrlPass", token, token[len(token)-20:]} {
		if strings.Contains(text, s) {
			t.Errorf("%q found in logs, health or stats:\n%s", s, text)
		}
	}
	if !strings.Contains(text, "camera health changed") {
		t.Error("nothing was logged: the test proves nothing")
	}
}

// lockedWriter lets a test read what is being logged.
type lockedWriter struct {
	mu  *sync.Mutex
	buf *bytes.Buffer
}

// Write implements io.Writer.
func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}
