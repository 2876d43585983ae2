package mediatest

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

// hang bounds every wait; it is far above what any of them needs.
const hang = 30 * time.Second

// small is a clip that is made fast and has many key frames.
func small(codec rtsp.Codec) ClipOptions {
	return ClipOptions{Codec: codec, Width: 320, Height: 184, FPS: 25, Length: 2 * time.Second, KeyEvery: time.Second}
}

func newCamera(t *testing.T, opts Options) *Camera {
	t.Helper()
	c, err := NewCamera(opts)
	if errors.Is(err, ErrNoFFmpeg) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the camera ended with %v", err)
			}
		case <-time.After(hang):
			t.Error("the camera does not end")
		}
	})
	return c
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(hang); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// client is a reader of the library's, for what our own reader never asks for.
func client(t *testing.T, c *Camera, udp bool) (*gortsplib.Client, *description.Session) {
	t.Helper()
	u, err := base.ParseURL(strings.Replace(c.URL(), "://", "://u:secret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	transport := gortsplib.TransportTCP
	if udp {
		transport = gortsplib.TransportUDP
	}
	r := &gortsplib.Client{
		Scheme: u.Scheme, Host: u.Host, Transport: &transport, TLSConfig: &tls.Config{RootCAs: c.Pool()},
		RequestBackChannels: true,
	}
	if err := r.Start2(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	var desc *description.Session
	await(t, "a description", func() bool { desc, _, err = r.Describe(u); return err == nil })
	return r, desc
}

// TestEveryKindOfCameraCanBeRead reads pictures from cameras of every build.
func TestEveryKindOfCameraCanBeRead(t *testing.T) {
	for name, o := range map[string]Options{
		"h264":            {ClipOptions: small(rtsp.H264)},
		"h265":            {ClipOptions: small(rtsp.H265)},
		"mjpeg":           {ClipOptions: small(rtsp.MJPEG)},
		"digest":          {ClipOptions: small(rtsp.H264), User: "u", Pass: "secret", Digest: true},
		"digest sha-256":  {ClipOptions: small(rtsp.H264), User: "u", Pass: "secret", Auth: AuthDigestSHA256},
		"tls":             {ClipOptions: small(rtsp.H264), Door: DoorTLS, User: "u", Pass: "secret"},
		"srtp":            {ClipOptions: small(rtsp.H264), Door: DoorSRTP},
		"udp":             {ClipOptions: small(rtsp.H264), UDP: true},
		"audio":           {ClipOptions: small(rtsp.H264), Audio: true},
		"back channel":    {ClipOptions: small(rtsp.H264), BackChannel: true},
		"no content base": {ClipOptions: small(rtsp.H264), Answer: AnswerNoBase},
		"relative base":   {ClipOptions: small(rtsp.H264), Answer: AnswerRelativeBase},
		"fast":            {ClipOptions: small(rtsp.H264), Pace: 50, Drift: 100, Stamp: 1<<32 - 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCamera(t, o)
			r, desc := client(t, c, o.UDP)
			var packets atomic.Int32
			video := desc.FindFormat(ptr[*format.H264]())
			if o.Codec == rtsp.H265 {
				video = desc.FindFormat(ptr[*format.H265]())
			} else if o.Codec == rtsp.MJPEG {
				video = desc.FindFormat(ptr[*format.MJPEG]())
			}
			if video == nil {
				t.Fatal("no video is described")
			}
			if _, err := r.Setup(desc.BaseURL, video, 0, 0); err != nil {
				t.Fatal(err)
			}
			r.OnPacketRTPAny(func(*description.Media, format.Format, *rtp.Packet) { packets.Add(1) })
			if _, err := r.Play(nil); err != nil {
				t.Fatal(err)
			}
			await(t, "packets", func() bool { return packets.Load() > 50 })
			if n := c.Counts(); n.Playing != 1 || n.Sessions != 1 || n.AudioTracks+n.BackChannels != 0 {
				t.Errorf("%+v", n)
			}
			if (c.Fingerprint() == "") != (o.Door == DoorPlain) {
				t.Errorf("door %q has fingerprint %q", o.Door, c.Fingerprint())
			}
		})
	}
}

func ptr[T any]() *T { return new(T) }

func TestOddAnswers(t *testing.T) {
	whole := "RTSP/1.0 200 OK\r\nContent-Base: rtsp://127.0.0.1:1/main/\r\nContent-Length: 3\r\nCSeq: 2\r\n\r\nv=0"
	for a, want := range map[Answer]string{
		AnswerWhole:        whole,
		AnswerEmpty:        "RTSP/1.0 200 OK\r\nContent-Base: rtsp://127.0.0.1:1/main/\r\nCSeq: 2\r\nContent-Length: 0\r\n\r\n",
		AnswerNoBase:       "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nv=0",
		AnswerRelativeBase: "RTSP/1.0 200 OK\r\nContent-Base: /main/\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nv=0",
	} {
		if got := string(edit([]byte(whole), a)); got != want {
			t.Errorf("%s: %q, want %q", a, got, want)
		}
	}
	for _, other := range []string{"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n", "RTSP/1.0 401 Unauthorized\r\n\r\n", "$\x00\x00\x01x", ""} {
		if got := string(edit([]byte(other), AnswerEmpty)); got != other {
			t.Errorf("%q became %q", other, got)
		}
	}
}

// TestABackChannelEndsOtherSessions shows that the trap works, so that its silence elsewhere means something.
func TestABackChannelEndsOtherSessions(t *testing.T) {
	c := newCamera(t, Options{ClipOptions: small(rtsp.H264), BackChannel: true})
	r, desc := client(t, c, false)
	if _, err := r.Setup(desc.BaseURL, desc.Medias[0], 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Play(nil); err != nil {
		t.Fatal(err)
	}
	other, desc := client(t, c, false)
	for _, m := range desc.Medias {
		if m.IsBackChannel {
			if _, err := other.Setup(desc.BaseURL, m, 0, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	await(t, "the first session to end", func() bool { return c.Counts().Playing == 0 })
	if n := c.Counts(); n.BackChannels != 1 {
		t.Errorf("%+v", n)
	}
}

// TestReportsTellTheCamerasClock reads sender reports of a camera whose clock is an hour ahead.
func TestReportsTellTheCamerasClock(t *testing.T) {
	c := newCamera(t, Options{ClipOptions: small(rtsp.H264), ClockOffset: time.Hour, ReportEvery: 100 * time.Millisecond})
	r, desc := client(t, c, false)
	if _, err := r.Setup(desc.BaseURL, desc.Medias[0], 0, 0); err != nil {
		t.Fatal(err)
	}
	var offset atomic.Int64
	r.OnPacketRTCPAny(func(_ *description.Media, p rtcp.Packet) {
		if sr, ok := p.(*rtcp.SenderReport); ok {
			at := time.Unix(int64(sr.NTPTime>>32)-2208988800, int64(sr.NTPTime&0xFFFFFFFF*1e9>>32))
			offset.Store(int64(time.Until(at)))
		}
	})
	if _, err := r.Play(nil); err != nil {
		t.Fatal(err)
	}
	about := func(want time.Duration) func() bool {
		return func() bool { d := time.Duration(offset.Load()) - want; return d > -5*time.Second && d < 5*time.Second }
	}
	await(t, "a clock an hour ahead", about(time.Hour))
	c.SetClock(-time.Minute)
	await(t, "the clock to step", about(-time.Minute))
}

func TestAPlaceIsKeptForAReaderThatVanished(t *testing.T) {
	c := newCamera(t, Options{ClipOptions: small(rtsp.H264), MaxSessions: 1, Linger: time.Second})
	r, desc := client(t, c, false)
	if _, err := r.Setup(desc.BaseURL, desc.Medias[0], 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Play(nil); err != nil {
		t.Fatal(err)
	}
	if err := c.SetFault(FaultReset); err != nil {
		t.Fatal(err)
	}
	await(t, "the session to end", func() bool { return c.Counts().Playing == 0 })
	if _, free := c.places(time.Now()); free != 0 {
		t.Errorf("%d places are free at once", free)
	}
	await(t, "the place to be free", func() bool { _, free := c.places(time.Now()); return free == 1 })
}

func TestCameraOptionsAreChecked(t *testing.T) {
	a, b := &Clip{opts: small(rtsp.H264).withDefaults(), loop: 1}, &Clip{opts: small(rtsp.H265).withDefaults(), loop: 1}
	for _, o := range []Options{
		{Clip: a, Auth: "kerberos"},
		{Clip: a, Door: "window"},
		{Clip: a, Params: "nowhere"},
		{Clip: a, Answer: "42"},
		{Clip: a, Then: b},
		{Clip: a, Pace: -1},
		{Clip: a, UDP: true, Door: DoorTLS},
		{Clip: a, Answer: AnswerEmpty, Door: DoorSRTP},
	} {
		if c, err := NewCamera(o); err == nil {
			c.listener.Close() //nolint:errcheck // the test fails anyway
			t.Errorf("%+v was accepted", o)
		}
	}
	c := &Camera{}
	if err := c.SetFault(FaultSwitch); err == nil {
		t.Error("a camera switched to a clip that it does not have")
	}
}

func FuzzEdit(f *testing.F) {
	f.Add([]byte("RTSP/1.0 200 OK\r\nContent-Base: rtsp://h/p/\r\n\r\nv=0"), "relative-base")
	f.Add([]byte("RTSP/1.0 200 OK\r\nContent-Base: /\r\n\r\n"), "empty")
	f.Fuzz(func(t *testing.T, message []byte, a string) {
		if got := edit(message, Answer(a)); a == "" && string(got) != string(message) {
			t.Fatalf("%q became %q", message, got)
		}
	})
}
