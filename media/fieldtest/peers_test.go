package fieldtest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// wantPeers skips a test with programs of others unless it is asked for, and names the package of one that is missing.
func wantPeers(t *testing.T, program, debian string) string {
	t.Helper()
	if os.Getenv("IOCWALL_PEERS") == "" {
		t.Skip("programs of others are tried when IOCWALL_PEERS is set: make test-cameras")
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is missing; on Debian: apt-get install %s", program, debian)
	}
	return path
}

// gst are the packages of GStreamer that its camera needs.
const gst = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good " +
	"gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-rtsp"

// TestCamerasOfOthers lets the relay and the player take pictures from RTSP servers that are not ours.
func TestCamerasOfOthers(t *testing.T) {
	for _, c := range []struct {
		name   string
		serve  func(*testing.T, []string) string
		args   []string
		codec  rtsp.Codec
		change func(*relay.Camera)
	}{
		{"GStreamer H.264 TCP", gstCamera, []string{"h264"}, rtsp.H264, nil},
		{"GStreamer H.264 UDP", gstCamera, []string{"h264", "udp"}, rtsp.H264, func(c *relay.Camera) { c.Transport = "udp" }},
		{"GStreamer H.264 with sound", gstCamera, []string{"h264", "sound"}, rtsp.H264, nil},
		{"GStreamer H.264 basic", gstCamera, []string{"h264", "basic"}, rtsp.H264, nil},
		{"GStreamer H.264 digest", gstCamera, []string{"h264", "digest"}, rtsp.H264, nil},
		{"GStreamer H.264 TLS", gstCamera, []string{"h264", "basic", "tls"}, rtsp.H264, nil},
		{"GStreamer H.265 TCP", gstCamera, []string{"h265"}, rtsp.H265, nil},
		{"GStreamer H.265 UDP", gstCamera, []string{"h265", "udp"}, rtsp.H265, func(c *relay.Camera) { c.Transport = "udp" }},
		{"GStreamer MJPEG TCP", gstCamera, []string{"mjpeg"}, rtsp.MJPEG, nil},
		{"GStreamer MJPEG UDP", gstCamera, []string{"mjpeg", "udp"}, rtsp.MJPEG, func(c *relay.Camera) { c.Transport = "udp" }},
		{"VLC H.264 UDP", vlcCamera, nil, rtsp.H264, func(c *relay.Camera) { c.Transport = "udp" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			pool := x509.NewCertPool()
			args := append([]string{}, c.args...)
			for i, a := range args {
				if a == "tls" {
					file, cert := certificate(t, dir)
					args[i] = "tls=" + file
					pool.AddCert(cert)
				}
			}
			cam := relay.Camera{
				ID: "c1", User: user, Pass: pass, Streams: []relay.Stream{{Name: "main", URL: c.serve(t, args)}},
			}
			if c.change != nil {
				c.change(&cam)
			}
			s := newRelayOnly(t, cam, &tls.Config{RootCAs: pool})
			p := s.join(quickly, 320, 184)
			took := await(t, "a live picture", func() bool { return p.Stats().State == media.StateLive })
			await(t, "50 pictures", func() bool { return p.Stats().Frames >= 50 })
			st := p.Stats()
			if st.Codec != c.codec || st.Source.X != 320 || st.Source.Y != 184 {
				t.Errorf("%s %v, want %s 320×184", st.Codec, st.Source, c.codec)
			}
			t.Logf("PEER camera %s: live after %v, %d pictures, loss %.2g", c.name, took.Round(time.Millisecond), st.Frames, st.Loss)
		})
	}
}

// gstCamera starts GStreamer's RTSP server and returns its address.
func gstCamera(t *testing.T, args []string) string {
	t.Helper()
	python := wantPeers(t, "/usr/bin/python3", gst)
	probe := "import gi; gi.require_version('GstRtspServer','1.0'); from gi.repository import GstRtspServer"
	if out, err := exec.Command(python, "-c", probe).CombinedOutput(); err != nil {
		t.Skipf("GStreamer's RTSP server is missing; on Debian: apt-get install %s (%s)", gst, bytes.TrimSpace(out))
	}
	cmd := exec.Command(python, append([]string{"testdata/gstcamera.py"}, args...)...)
	out, in := start(t, cmd)
	fmt.Fprintf(in, "%s\n%s\n", user, pass) //nolint:errcheck // the server's own failure tells
	var port int
	if _, err := fmt.Fscanf(bufio.NewReader(out), "PORT %d\n", &port); err != nil {
		t.Fatalf("GStreamer's server says no port: %v", err)
	}
	scheme := "rtsp"
	for _, a := range args {
		if strings.HasPrefix(a, "tls=") {
			scheme = "rtsps"
		}
	}
	return fmt.Sprintf("%s://127.0.0.1:%d/cam", scheme, port)
}

// start runs a program until the test ends and returns its output and its input.
func start(t *testing.T, cmd *exec.Cmd) (io.Reader, io.Writer) {
	t.Helper()
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // it was killed
		if t.Failed() {
			t.Logf("%s: %s", filepath.Base(cmd.Path), complaints.String())
		}
	})
	return out, in
}

// vlcCamera lets VLC serve a clip of ours.
func vlcCamera(t *testing.T, _ []string) string {
	t.Helper()
	vlc := wantPeers(t, "cvlc", "vlc-bin vlc-plugin-base")
	ffmpeg := wantPeers(t, "ffmpeg", "ffmpeg")
	dir, err := os.MkdirTemp("", "vlc") //nolint:usetesting // VLC may write after the test; a left-over file does no harm
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // see above
	file := filepath.Join(dir, "clip.ts")
	clip := exec.Command(ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x184:rate=25", "-t", "60",
		"-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25", "-f", "mpegts", file)
	if out, err := clip.CombinedOutput(); err != nil {
		t.Fatalf("make a file for VLC: %v: %s", err, out)
	}
	l := mustListen(t)
	port := l.port
	l.free()
	cmd := exec.Command(vlc, "--no-audio", "-q", "--loop", file, "--sout",
		fmt.Sprintf("#rtp{sdp=rtsp://127.0.0.1:%d/cam}", port), "--sout-keep")
	if os.Getuid() == 0 { // VLC refuses to run as root
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		cmd.Env = append(os.Environ(), "HOME="+dir)
		for _, f := range []string{dir, file} {
			if err := os.Chown(f, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	start(t, cmd)
	return fmt.Sprintf("rtsp://127.0.0.1:%d/cam", port)
}

// TestReadersOfOthers lets programs of others read from the relay, with the token as the password, and reads the number
// in each picture that they make.
func TestReadersOfOthers(t *testing.T) {
	const frames = 50
	raw := []string{"-f", "rawvideo", "-pix_fmt", "gray", "-frames:v", fmt.Sprint(frames), "-"}
	for _, c := range []struct {
		name, program, debian string
		codecs                []rtsp.Codec
		secure                bool // the relay speaks TLS
		args                  func(codec rtsp.Codec, host, token string) []string
	}{
		{
			"ffmpeg", "ffmpeg", "ffmpeg",
			[]rtsp.Codec{rtsp.H264, rtsp.H265, rtsp.MJPEG},
			false,
			func(_ rtsp.Codec, host, token string) []string {
				return append([]string{"-v", "error", "-rtsp_transport", "tcp", "-i", "rtsp://wall:" + token + "@" + host + "/c1/main"}, raw...)
			},
		},
		{
			"mpv", "mpv", "mpv",
			[]rtsp.Codec{rtsp.H264, rtsp.H265, rtsp.MJPEG},
			false,
			func(_ rtsp.Codec, host, token string) []string {
				return []string{
					"--no-config", "--really-quiet", "--no-audio", "--rtsp-transport=tcp", "--frames=" + fmt.Sprint(frames),
					"--vf=format=gray", "--o=-", "--of=rawvideo", "--ovc=rawvideo", "rtsp://wall:" + token + "@" + host + "/c1/main",
				}
			},
		},
		{
			"GStreamer", "gst-launch-1.0", "gstreamer1.0-tools gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav",
			[]rtsp.Codec{rtsp.H264, rtsp.H265, rtsp.MJPEG},
			false,
			func(codec rtsp.Codec, host, token string) []string {
				decoders := map[rtsp.Codec]string{
					rtsp.H264: "rtph264depay ! h264parse ! avdec_h264", rtsp.H265: "rtph265depay ! h265parse ! avdec_h265",
					rtsp.MJPEG: "rtpjpegdepay ! jpegdec",
				}
				return strings.Fields("-q rtspsrc location=rtsp://" + host + "/c1/main user-id=wall user-pw=" + token +
					" protocols=tcp latency=100 ! " + decoders[codec] + " ! videoconvert ! video/x-raw,format=GRAY8 ! identity eos-after=" +
					fmt.Sprint(frames+1) + " ! fdsink fd=1")
			},
		},
		{
			"ffmpeg over TLS", "ffmpeg", "ffmpeg",
			[]rtsp.Codec{rtsp.H264},
			true,
			func(_ rtsp.Codec, host, token string) []string {
				return append([]string{"-v", "error", "-rtsp_transport", "tcp", "-i", "rtsps://wall:" + token + "@" + host + "/c1/main"}, raw...)
			},
		},
		{
			"GStreamer over TLS", "gst-launch-1.0", "gstreamer1.0-tools gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav glib-networking",
			[]rtsp.Codec{rtsp.H264},
			true,
			func(_ rtsp.Codec, host, token string) []string {
				return strings.Fields("-q rtspsrc location=rtsps://" + host + "/c1/main user-id=wall user-pw=" + token +
					" protocols=tcp latency=100 tls-validation-flags=0 ! rtph264depay ! h264parse ! avdec_h264 ! videoconvert !" +
					" video/x-raw,format=GRAY8 ! identity eos-after=" + fmt.Sprint(frames+1) + " ! fdsink fd=1")
			},
		},
	} {
		for _, codec := range c.codecs {
			t.Run(fmt.Sprintf("%s %s", c.name, codec), func(t *testing.T) {
				program := wantPeers(t, c.program, c.debian)
				o := staging{camera: mediatest.Options{ClipOptions: small(codec)}, blind: true}
				if c.secure {
					cert, err := mediatest.SelfSigned()
					if err != nil {
						t.Fatal(err)
					}
					o.relay.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
				}
				s := newStage(t, o)
				await(t, "live", func() bool { return s.player.Stats().State == media.StateLive })
				ctx, cancel := context.WithTimeout(context.Background(), hang)
				defer cancel()
				cmd := exec.CommandContext(ctx, program, c.args(codec, s.relay.Addr(), s.token())...)
				var complaints bytes.Buffer
				cmd.Stderr = &complaints
				out, err := cmd.Output()
				if err != nil {
					t.Fatalf("%s: %v: %s", c.program, err, leakless(complaints.String()))
				}
				numbers := counters(out, s.cam.Clip())
				if len(numbers) < frames-1 {
					t.Fatalf("%d pictures, want %d", len(numbers), frames)
				}
				missing := gaps(numbers, s.cam.Clip().Frames())
				t.Logf("PEER reader %s %s: %d pictures, %d missing between them", c.name, codec, len(numbers), missing)
				if missing > 0 {
					t.Errorf("%d pictures are missing: %v", missing, numbers)
				}
			})
		}
	}
}

// TestProbeOfOthers lets ffprobe say what the relay serves.
func TestProbeOfOthers(t *testing.T) {
	program := wantPeers(t, "ffprobe", "ffmpeg")
	for codec, name := range map[rtsp.Codec]string{rtsp.H264: "h264", rtsp.H265: "hevc", rtsp.MJPEG: "mjpeg"} {
		s := newStage(t, staging{camera: mediatest.Options{ClipOptions: small(codec)}, blind: true})
		ctx, cancel := context.WithTimeout(context.Background(), hang)
		defer cancel()
		out, err := exec.CommandContext(ctx, program, "-v", "error", "-rtsp_transport", "tcp", "-count_frames", "-read_intervals", "%+2",
			"-show_entries", "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0",
			"rtsp://wall:"+s.token()+"@"+s.relay.Addr()+"/c1/main").Output()
		var width, height, frames int
		line := strings.ReplaceAll(strings.TrimSpace(string(out)), ",", " ")
		var got string
		if _, scan := fmt.Sscan(line, &got, &width, &height, &frames); scan != nil {
			t.Errorf("%s: ffprobe says %q (%v, %v)", codec, line, err, scan)
			continue
		}
		if got != name || width != 320 || height != 184 || frames < 25 {
			t.Errorf("%s: ffprobe says %q", codec, line)
		}
		t.Logf("PEER reader ffprobe %s: %d pictures in 2 s", codec, frames)
	}
}

// leakless removes addresses from what a program of others complains about.
func leakless(s string) string { return rtsp.Redact(s) }

// counters reads the numbers in grey pictures that stand one behind the other.
func counters(raw []byte, clip *mediatest.Clip) []int {
	size := clip.Size()
	var out []int
	for n := size.X * size.Y; len(raw) >= n; raw = raw[n:] {
		number, ok := mediatest.ReadCounter(grey(raw[:n], size))
		if !ok {
			number = -1
		}
		out = append(out, number)
	}
	return out
}

// gaps counts the pictures that are missing, doubled or unreadable in a row of numbers that starts over at loop.
func gaps(numbers []int, loop int) int {
	missing := 0
	for i := 1; i < len(numbers); i++ {
		if numbers[i] != (numbers[i-1]+1)%loop {
			missing++
		}
	}
	return missing
}

// certificate writes a self-signed certificate with its key and returns the file and what to trust.
func certificate(t *testing.T, dir string) (string, *x509.Certificate) {
	t.Helper()
	cert, err := mediatest.SelfSigned()
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})...)
	file := filepath.Join(dir, "camera.pem")
	if err := errors.Join(err, os.WriteFile(file, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	return file, cert.Leaf
}
