package relay_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/textproto"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// guard bounds every wait; it is far above what any of them needs.
const guard = 30 * time.Second

var signer = relay.Signer{Key: bytes.Repeat([]byte("k"), relay.MinKey)}

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

func newCamera(t *testing.T, opts mediatest.Options) *mediatest.Camera {
	t.Helper()
	if opts.FPS == 0 {
		opts.FPS, opts.Length, opts.KeyEvery, opts.Counter = 25, 4*time.Second, time.Second, true
	}
	c, err := mediatest.NewCamera(opts)
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	background(t, c.Run)
	await(t, "the camera to come up", func() bool { return c.Counts().Frames > 0 })
	return c
}

func newRelay(t *testing.T, opts relay.Options) *relay.Relay {
	t.Helper()
	opts.Addr, opts.Signer = "127.0.0.1:0", signer
	r, err := relay.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	background(t, r.Run)
	return r
}

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

// sign signs a grant; the empty token, which opens nothing, stands for one that cannot be signed.
func sign(s relay.Signer, g relay.Grant) string {
	t, err := s.Sign(g)
	if err != nil {
		return ""
	}
	return t
}

func token(camera string, life time.Duration) string {
	return sign(signer, relay.Grant{Subject: "node-1", Cameras: []string{camera}, Expires: time.Now().Add(life)})
}

// reading is a reader that counts units.
type reading struct {
	mu    sync.Mutex
	units []rtsp.Unit
	err   error
	ended bool
	stop  func() // ends it and waits
}

// read starts a reader that ends with the test.
func read(t *testing.T, url, token string) *reading {
	t.Helper()
	r := &reading{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := rtsp.Play(ctx, rtsp.Options{URL: url, User: "any", Pass: token}, rtsp.Handler{OnUnit: func(u rtsp.Unit) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.units = append(r.units, u)
		}})
		if ctx.Err() == nil {
			t.Logf("the reader of %s ended: %v", url, err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.err, r.ended = err, true
	}()
	r.stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(r.stop)
	return r
}

func (r *reading) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.units)
}

func (r *reading) over() (error, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err, r.ended
}

// health returns the health of the only stream, nothing before Run has begun.
func health(r *relay.Relay) relay.Health {
	if all := r.Health(); len(all) > 0 {
		return all[0]
	}
	return relay.Health{}
}

func camera(id, url string) relay.Camera {
	return relay.Camera{ID: id, AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: url}}}
}

func TestReadersNeedAToken(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL()), camera("c2", cam.URL())}})
	foreign := relay.Signer{Key: bytes.Repeat([]byte("x"), relay.MinKey)}
	for _, c := range []struct {
		name, path, token string
		want              rtsp.Reason
	}{
		{"none", "c1/main", "", rtsp.ReasonNotAdmitted},
		{"junk", "c1/main", "v1.junk.junk", rtsp.ReasonNotAdmitted},
		{"other key", "c1/main", sign(foreign, relay.Grant{Cameras: []string{"*"}, Expires: time.Now().Add(time.Hour)}), rtsp.ReasonNotAdmitted},
		{"expired", "c1/main", token("c1", -time.Second), rtsp.ReasonNotAdmitted},
		{"other camera", "c2/main", token("c1", time.Minute), rtsp.ReasonNotAdmitted},
		{"unknown stream", "c1/sub", token("c1", time.Minute), rtsp.ReasonNotFound},
		{"unknown camera", "c3/main", token("c*", time.Minute), rtsp.ReasonNotFound},
		{"odd path", "c1/main/..%2f", token("c1", time.Minute), rtsp.ReasonNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			reader := read(t, "rtsp://"+r.Addr()+"/"+c.path, c.token)
			await(t, "a refusal", func() bool { _, over := reader.over(); return over })
			err, _ := reader.over()
			var e *rtsp.Error
			if !errors.As(err, &e) || e.Reason != c.want || !e.Relay {
				t.Errorf("%+v, want %q of a relay", err, c.want)
			}
			if c.token != "" && strings.Contains(err.Error(), c.token) {
				t.Errorf("the token is in the error: %v", err)
			}
		})
	}
	reader := read(t, r.URL("c1", "main"), token("c?", time.Minute))
	await(t, "units", func() bool { return reader.count() > 5 })
}

func TestATokenOnlyMattersAtTheDoor(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
	short := token("c1", 2*time.Second)
	reader := read(t, r.URL("c1", "main"), short)
	await(t, "units", func() bool {
		if _, over := reader.over(); over { // a busy computer: the token was over before the reader came
			short = token("c1", 2*time.Second)
			reader = read(t, r.URL("c1", "main"), short)
		}
		return reader.count() > 5
	})
	await(t, "the token's end", func() bool { _, err := signer.Verify(short, time.Now()); return errors.Is(err, relay.ErrExpired) })
	before := reader.count()
	await(t, "more units after it", func() bool { return reader.count() > before+10 })
	late := read(t, r.URL("c1", "main"), short)
	await(t, "a refusal", func() bool { _, over := late.over(); return over })
}

func TestAReaderStartsWithAKeyFrameFromTheCache(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		FPS: 25, Length: 8 * time.Second, KeyEvery: 4 * time.Second, Counter: true,
	}})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
	await(t, "a second of cache", func() bool {
		h := health(r)
		return !h.LastKey.IsZero() && time.Since(h.LastKey) > time.Second && time.Since(h.LastKey) < 3*time.Second
	})
	age := time.Since(health(r).LastKey)
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "the cache and then some", func() bool {
		units := reader.snapshot()
		return len(units) > 60 && units[len(units)-1].Behind == 0
	})
	reader.mu.Lock()
	defer reader.mu.Unlock()
	first := reader.units[0]
	if !first.Key || first.Behind < age-100*time.Millisecond || first.Behind > age+2*time.Second {
		t.Errorf("first unit: key %v, behind %v; the key frame is %v old", first.Key, first.Behind, age)
	}
	for i, u := range reader.units {
		if u.Lost != 0 {
			t.Errorf("unit %d: %d packets lost", i, u.Lost)
		}
		if i > 0 && u.PTS-reader.units[i-1].PTS != 40*time.Millisecond {
			t.Errorf("unit %d comes %v after the one before", i, u.PTS-reader.units[i-1].PTS)
		}
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	r := newRelay(t, relay.Options{CacheBytes: 100, Cameras: []relay.Camera{camera("c1", cam.URL())}})
	await(t, "live health", func() bool { return health(r).State == relay.StateLive })
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "units", func() bool { return reader.count() > 30 })
	reader.mu.Lock()
	defer reader.mu.Unlock()
	for _, u := range reader.units {
		if u.Behind > 0 {
			t.Fatal("a unit came from a cache of 100 bytes")
		}
	}
}

func TestChangingTheListDisturbsNobodyElse(t *testing.T) {
	t.Parallel()
	cam, other := newCamera(t, mediatest.Options{}), newCamera(t, mediatest.Options{Start: 30})
	keep := camera("keep", cam.URL())
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{keep, camera("drop", other.URL())}})
	kept := read(t, r.URL("keep", "main"), token("*", time.Minute))
	dropped := read(t, r.URL("drop", "main"), token("*", time.Minute))
	await(t, "units of both", func() bool { return kept.count() > 5 && dropped.count() > 5 })

	err := r.SetCameras([]relay.Camera{
		keep,
		{ID: "bad id"},
		{ID: "x", Streams: []relay.Stream{{Name: "main", URL: "http://u:secret@cam/"}, {Name: "a/b", URL: cam.URL()}}},
		keep,
		{ID: "none"},
	})
	if err == nil {
		t.Fatal("a bad list was accepted")
	}
	for _, want := range []string{"bad id", "stream main", "a/b", "listed twice", "no stream"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error quotes a secret: %v", err)
	}
	if len(r.Health()) != 2 {
		t.Fatal("a bad list changed something")
	}

	if err := r.SetCameras([]relay.Camera{keep, camera("new", other.URL())}); err != nil {
		t.Fatal(err)
	}
	await(t, "the dropped camera's reader to end", func() bool { _, over := dropped.over(); return over })
	added := read(t, r.URL("new", "main"), token("*", time.Minute))
	before := kept.count()
	await(t, "units of the new and the kept", func() bool { return added.count() > 5 && kept.count() > before+5 })
	if c := cam.Counts(); c.Sessions != 1 {
		t.Errorf("the kept camera was connected %d times", c.Sessions)
	}
	if _, over := kept.over(); over {
		t.Error("the kept camera's reader was cut off")
	}
}

// TestASlowReaderIsCutOffAlone opens a reader that never reads.
func TestASlowReaderIsCutOffAlone(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Scene: mediatest.Still, Width: 1280, Height: 720, FPS: 25, Length: 2 * time.Second, KeyEvery: time.Second,
	}})
	r := newRelay(t, relay.Options{WriteTimeout: 300 * time.Millisecond, Cameras: []relay.Camera{camera("c1", cam.URL())}})
	good := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "units", func() bool { return good.count() > 5 })

	conn, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	play(t, conn, r.URL("c1", "main"), token("c1", time.Minute), 1024)
	await(t, "the slow reader to be cut off", func() bool { return health(r).Slow == 1 })
	before := good.count()
	await(t, "more units for the good reader", func() bool { return good.count() > before+20 })
	if _, over := good.over(); over {
		t.Error("the good reader was cut off too")
	}
	if c := cam.Counts(); c.Sessions != 1 {
		t.Errorf("the camera was connected %d times", c.Sessions)
	}
}

// play opens a stream over a connection with a small buffer, for a test that reads it in its own way.
func play(t *testing.T, conn net.Conn, url, token string, buffer int) {
	t.Helper()
	if err := conn.(*net.TCPConn).SetReadBuffer(buffer); err != nil {
		t.Fatal(err)
	}
	login := "Authorization: Basic " + basic("any", token) + "\r\n"
	session := ""
	say := func(cseq, method, target, extra string) {
		t.Helper()
		if _, err := conn.Write([]byte(method + " " + target + " RTSP/1.0\r\nCSeq: " + cseq + "\r\n" + login + extra + "\r\n")); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil || !bytes.HasPrefix(buf[:n], []byte("RTSP/1.0 200")) {
			t.Fatalf("%s: %v %s", method, err, buf[:n])
		}
		if i := bytes.Index(buf[:n], []byte("Session: ")); i >= 0 {
			line, _, _ := bytes.Cut(buf[i:n], []byte("\r\n"))
			session = string(line) + "\r\n"
		}
	}
	say("1", "DESCRIBE", url, "")
	say("2", "SETUP", url+"/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
	say("3", "PLAY", url, session)
}

func TestHealthIsTold(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{User: "u", Pass: "pw-of-camera"})
	var mu sync.Mutex
	var states []relay.State
	beats := 0
	cfg := camera("c1", cam.URL())
	cfg.User, cfg.Pass = "u", "pw-of-camera"
	r := newRelay(t, relay.Options{
		HealthEvery: 300 * time.Millisecond, Stall: time.Second,
		Backoff: rtsp.Backoff{Min: 50 * time.Millisecond, Max: 100 * time.Millisecond},
		Cameras: []relay.Camera{cfg},
		OnHealth: func(id string, h relay.Health) {
			mu.Lock()
			defer mu.Unlock()
			beats++
			if len(states) == 0 || states[len(states)-1] != h.State {
				states = append(states, h.State)
			}
			if id != "c1" || h.Stream != "main" {
				t.Errorf("health of %s/%s", id, h.Stream)
			}
		},
	})
	is := func(s relay.State, reason rtsp.Reason) func() bool {
		return func() bool { h := health(r); return h.State == s && (reason == "" || h.Reason == reason) }
	}
	await(t, "live", is(relay.StateLive, rtsp.ReasonNone))
	await(t, "rates", func() bool {
		h := health(r)
		return h.FPS > 20 && h.Bitrate > 1000 && h.Width == 640 && h.Codec == rtsp.H264
	})
	set := func(f mediatest.Fault) {
		if err := cam.SetFault(f); err != nil {
			t.Fatal(err)
		}
	}
	set(mediatest.FaultSilent)
	await(t, "silence", is(relay.StateNoSignal, rtsp.ReasonNoPackets))
	set(mediatest.FaultNone)
	await(t, "live again", is(relay.StateLive, ""))
	await(t, "the rhythm of key frames", func() bool { return health(r).KeyInterval > 0 })
	set(mediatest.FaultNoKey)
	defer func() {
		if t.Failed() {
			t.Logf("last health: %+v", health(r))
		}
	}()
	await(t, "missing key frames", is(relay.StateLive, rtsp.ReasonNoKeyFrame))
	set(mediatest.FaultFull)
	await(t, "full", is(relay.StateFull, rtsp.ReasonFull))
	set(mediatest.FaultNone)
	await(t, "live again", is(relay.StateLive, ""))
	set(mediatest.FaultRefuse)
	await(t, "refused", is(relay.StateRefused, rtsp.ReasonLoginRefused))
	if n := cam.Counts().Logins; n > 1 {
		t.Errorf("%d wrong logins", n)
	}
	// A reader is told the camera's reason.
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "the reader's refusal", func() bool { _, over := reader.over(); return over })
	var e *rtsp.Error
	if err, _ := reader.over(); !errors.As(err, &e) || !e.Relay || e.Reason != rtsp.ReasonLoginRefused {
		t.Errorf("the reader was told %v", err)
	}
	set(mediatest.FaultNone)
	cfg.Pass = "pw-of-camera "
	if err := r.SetCameras([]relay.Camera{cfg}); err != nil {
		t.Fatal(err)
	}
	await(t, "refusal of the wrong password", is(relay.StateRefused, ""))
	cfg.Pass = "pw-of-camera"
	if err := r.SetCameras([]relay.Camera{cfg}); err != nil {
		t.Fatal(err)
	}
	await(t, "live with the right password", is(relay.StateLive, ""))
	mu.Lock()
	defer mu.Unlock()
	if beats < 8 || len(states) < 3 {
		t.Errorf("%d reports, states %v", beats, states)
	}
}

// A camera that is a relay of another centre: its word that the camera there refused the login is no refusal of its own.
func TestTheRelayOfAnotherCentre(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{User: "admin", Pass: "right", Digest: true})
	c := camera("c1", cam.URL())
	c.User, c.Pass = "admin", "wrong"
	far := newRelay(t, relay.Options{Cameras: []relay.Camera{c}})
	await(t, "the far relay to be refused", func() bool { return health(far).State == relay.StateRefused })
	up := camera("c1", far.URL("c1", "main"))
	up.User, up.Pass = "any", token("c1", time.Hour)
	near := newRelay(t, relay.Options{Cameras: []relay.Camera{up}, Backoff: rtsp.Backoff{Min: 100 * time.Millisecond, Max: time.Second}})
	await(t, "the near relay to know", func() bool {
		h := health(near)
		return h.State == relay.StateRefused && h.Reason == rtsp.ReasonLoginRefused && h.Retries > 2
	})
	if n := cam.Counts().Logins; n != 1 {
		t.Errorf("the camera saw %d wrong logins", n)
	}
	c.Pass = "right"
	if err := far.SetCameras([]relay.Camera{c}); err != nil {
		t.Fatal(err)
	}
	await(t, "the far relay to be well", func() bool { return health(far).State == relay.StateLive })
	await(t, "the near relay to be well, too", func() bool { return health(near).State == relay.StateLive })
}

// TestAnotherProgramCanRead lets ffmpeg read from the relay.
func TestAnotherProgramCanRead(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed: ", err)
	}
	for _, codec := range []rtsp.Codec{rtsp.H264, rtsp.H265} {
		cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
			Codec: codec, FPS: 25, Length: 4 * time.Second, KeyEvery: time.Second, Counter: true,
		}})
		r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
		await(t, "live", func() bool { return health(r).State == relay.StateLive })
		url := strings.Replace(r.URL("c1", "main"), "//", "//wall:"+token("c1", time.Minute)+"@", 1)
		ctx, cancel := context.WithTimeout(context.Background(), guard)
		out, err := exec.CommandContext(ctx, program, "-v", "error", "-rtsp_transport", "tcp", "-i", url,
			"-frames:v", "30", "-f", "framecrc", "-").CombinedOutput()
		cancel()
		if err != nil || strings.Count(string(out), "\n0,") < 29 {
			t.Errorf("%s: %v\n%s", codec, err, out)
		}
	}
}

// TestOneCipherIsEnough: inside TLS the relay offers no SRTP. Readers have sequence numbers of their own and would share
// one roll-over counter there, so that some could read nothing.
func TestOneCipherIsEnough(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	cert, err := mediatest.SelfSigned()
	if err != nil {
		t.Fatal(err)
	}
	r := newRelay(t, relay.Options{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Cameras: []relay.Camera{camera("c1", cam.URL())}})
	conn, err := tls.Dial("tcp", r.Addr(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // what it says matters here
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "DESCRIBE rtsps://%s/c1/main RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nAuthorization: Basic %s\r\n\r\n", r.Addr(), basic("wall", token("*", time.Minute)))
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	in := textproto.NewReader(bufio.NewReader(conn))
	status, err := in.ReadLine()
	if err != nil || !strings.Contains(status, "200") {
		t.Fatalf("%q, %v", status, err)
	}
	header, err := in.ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	size, _ := strconv.Atoi(header.Get("Content-Length"))
	body := make([]byte, size)
	if _, err := io.ReadFull(in.R, body); err != nil {
		t.Fatal(err)
	}
	if text := string(body); !strings.Contains(text, "RTP/AVP") || strings.Contains(text, "key-mgmt") {
		t.Errorf("offered:\n%s", text)
	}
}

func TestNewRefusesWeakKeysAndBusyAddresses(t *testing.T) {
	t.Parallel()
	if _, err := relay.New(relay.Options{Addr: "127.0.0.1:0", Signer: relay.Signer{Key: []byte("short")}}); err == nil {
		t.Error("a short key was accepted")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := relay.New(relay.Options{Addr: l.Addr().String(), Signer: signer}); err == nil {
		t.Error("a busy address was accepted")
	}
}

func TestRunLeavesNothingBehind(t *testing.T) {
	cam := newCamera(t, mediatest.Options{})
	before := 0
	for i := range 4 {
		if i == 1 { // the camera has started all of its own by now
			await(t, "the first reader to be gone", func() bool { return cam.Counts().Playing == 0 })
			before = runtime.NumGoroutine()
		}
		t.Run("run", func(t *testing.T) {
			r := newRelay(t, relay.Options{
				Logger:  slog.New(slog.DiscardHandler),
				Cameras: []relay.Camera{camera("c1", cam.URL()), camera("c2", "rtsp://127.0.0.1:1/x")},
			})
			reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
			await(t, "units", func() bool { return reader.count() > 3 })
		})
	}
	await(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before+2 })
}

// basic encodes a basic login.
func basic(user, pass string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + pass))
}
