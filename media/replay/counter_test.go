package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// picture is the size of the pictures that the counter tests look at.
var picture = image.Pt(320, 180)

// record plays a loopback camera into a ring until n units from a key unit on are in it, and returns them.
func record(t *testing.T, o mediatest.ClipOptions, params string, n int) replay.Clip {
	t.Helper()
	o.Width, o.Height, o.FPS, o.Length, o.KeyEvery, o.Counter = picture.X, picture.Y, 25, 4*time.Second, time.Second, true
	cam, err := mediatest.NewCamera(mediatest.Options{ClipOptions: o, Params: params})
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	gone := make(chan struct{})
	go func() { cam.Run(ctx); close(gone) }() //nolint:errcheck // what fails shows in the units
	ring, err := replay.NewRing(replay.RingOptions{Keep: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close() //nolint:errcheck // in memory it cannot fail
	var last time.Time
	handler := rtsp.Handler{
		OnTrack: func(track rtsp.Track) { ring.Start(track.Codec, track.Parameters) },
		OnUnit: func(u rtsp.Unit) {
			ring.Add(u)
			if last.IsZero() && ring.Stats().Units == n {
				last = u.Arrived
				cancel()
			}
		},
	}
	for ctx.Err() == nil { // the camera may not serve yet
		err = rtsp.Play(ctx, rtsp.Options{URL: cam.URL()}, handler)
		time.Sleep(20 * time.Millisecond)
	}
	<-gone
	if last.IsZero() {
		t.Fatal(err)
	}
	clip, err := ring.Range(last.Add(-time.Hour), last)
	if err != nil || len(clip.Units) != n {
		t.Fatalf("%d units, %v", len(clip.Units), err)
	}
	clip.Camera, clip.Stream, clip.Gaps = "cau-1", "main", nil
	return clip
}

// save writes a clip into a file and reads it back.
func save(t *testing.T, c replay.Clip) (path string, back replay.Clip) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "clip.mp4")
	var file bytes.Buffer
	if _, err := replay.Write(&file, c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	back, err := replay.Read(&file, replay.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return path, back
}

// shown decodes a clip with the wall's own decoder and returns the counters in the order in which they came out.
func shown(t *testing.T, c replay.Clip) []int {
	t.Helper()
	d, err := decode.New(media.DecoderOptions{Codec: c.Codec})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var out []int
	for i, u := range c.Units {
		_, ok, err := d.Decode(u.NALUs, u.PTS)
		if err != nil {
			t.Fatalf("unit %d: %v", i, err)
		}
		if !ok {
			continue
		}
		pic, err := d.Render(media.View{Size: picture})
		if err != nil {
			t.Fatal(err)
		}
		n, ok := mediatest.ReadCounter(pic.RGBA)
		if !ok {
			t.Fatalf("unit %d shows no counter", i)
		}
		out = append(out, n)
	}
	return out
}

// tool runs a program of ffmpeg's and returns its output; without it the test is skipped.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed; on Debian: apt-get install ffmpeg", name)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, append([]string{"-v", "error"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, errs.String())
	}
	return out.Bytes()
}

// probed returns what ffprobe says about the video of a file.
func probed(t *testing.T, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	text := tool(t, "ffprobe", "-count_frames", "-select_streams", "v", "-of", "flat=s=.:h=0",
		"-show_entries", "stream=codec_name,nb_read_frames,width,height:format=duration", path)
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		out[key[strings.LastIndex(key, ".")+1:]] = strings.Trim(value, `"`)
	}
	return out
}

// foreign decodes a file with ffmpeg and returns the counters in order of presentation.
func foreign(t *testing.T, path string) []int {
	t.Helper()
	raw := tool(t, "ffmpeg", "-i", path, "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba",
		"-s", fmt.Sprintf("%dx%d", picture.X, picture.Y), "-")
	var out []int
	for size := 4 * picture.X * picture.Y; len(raw) >= size; raw = raw[size:] {
		n, ok := mediatest.ReadCounter(&image.RGBA{Pix: raw[:size], Stride: 4 * picture.X, Rect: image.Rectangle{Max: picture}})
		if !ok {
			t.Fatalf("picture %d shows no counter", len(out))
		}
		out = append(out, n)
	}
	return out
}

// inOrder holds that counters follow each other without any missing; the camera's loop has 100.
func inOrder(t *testing.T, who string, counters []int, n int) {
	t.Helper()
	if len(counters) != n {
		t.Errorf("%s shows %d pictures of %d", who, len(counters), n)
	}
	for i, c := range counters {
		if i > 0 && c != (counters[i-1]+1)%100 {
			t.Fatalf("%s shows %d after %d", who, c, counters[i-1])
		}
	}
}

// TestNoPictureMissing records cameras, writes clips and reads them with our own reader and decoder and with ffmpeg:
// every picture is there, in order, once.
func TestNoPictureMissing(t *testing.T) {
	const n = 50 // two whole groups: a file that ends between B-frames lacks those that were yet to come
	cases := []struct {
		name   string
		codec  rtsp.Codec
		b      int
		params string
	}{
		{"h264", rtsp.H264, 0, "both"},
		{"h264 with sets in the description alone", rtsp.H264, 0, "sdp"},
		{"h264 with B-frames", rtsp.H264, 2, "both"},
		{"h265", rtsp.H265, 0, "inband"},
		{"h265 with B-frames", rtsp.H265, 3, "both"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clip := record(t, mediatest.ClipOptions{Codec: c.codec, BFrames: c.b}, c.params, n)
			path, back := save(t, clip)
			same(t, back, clip)
			if ours := shown(t, back); c.b == 0 {
				inOrder(t, "our decoder", ours, n)
			}
			stream := probed(t, path)
			if stream["nb_read_frames"] != strconv.Itoa(n) || stream["codec_name"] != map[rtsp.Codec]string{rtsp.H264: "h264", rtsp.H265: "hevc"}[c.codec] {
				t.Errorf("ffprobe says %v", stream)
			}
			if length, _ := strconv.ParseFloat(stream["duration"], 64); length < 1.95 || length > 2.1 {
				t.Errorf("ffprobe says it lasts %v", length)
			}
			inOrder(t, "ffmpeg", foreign(t, path), n)
		})
	}
}

// same compares what a file keeps of each unit.
func same(t *testing.T, got, want replay.Clip) {
	t.Helper()
	if len(got.Units) != len(want.Units) {
		t.Fatalf("%d units, want %d", len(got.Units), len(want.Units))
	}
	base := want.Units[0].PTS
	for i, g := range got.Units {
		w := want.Units[i]
		if !slices.EqualFunc(g.NALUs, w.NALUs, bytes.Equal) || g.Key != w.Key || !g.Arrived.Equal(w.Arrived) || !g.Taken.Equal(w.Taken) {
			t.Fatalf("unit %d differs", i)
		}
		if off := g.PTS - (w.PTS - base); off < -time.Microsecond*20 || off > time.Microsecond*20 {
			t.Fatalf("unit %d at %v instead of %v", i, g.PTS, w.PTS-base)
		}
	}
}

// TestChangesInTheMiddle joins two recordings of different size: the parameter sets change within one file.
func TestChangesInTheMiddle(t *testing.T) {
	for _, codec := range []rtsp.Codec{rtsp.H264, rtsp.H265} {
		t.Run(string(codec), func(t *testing.T) {
			t.Parallel()
			clip := record(t, mediatest.ClipOptions{Codec: codec}, "both", 30)
			o := mediatest.ClipOptions{
				Codec: codec, Width: 480, Height: 272, FPS: 25, Length: 2 * time.Second, KeyEvery: time.Second, Counter: true,
			}
			other, err := mediatest.NewClip(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			first := len(clip.Units)
			clip.Breaks = []replay.Break{{Index: first, Kind: replay.GapDisconnected}}
			at := clip.Units[first-1].Arrived.Add(3 * time.Second)
			for i, nalus := range other.Units() {
				since := time.Duration(i) * 40 * time.Millisecond
				clip.Units = append(clip.Units, rtsp.Unit{NALUs: nalus, Key: rtsp.IsKey(codec, nalus), PTS: since, Arrived: at.Add(since)})
			}
			path, back := save(t, clip)
			if len(back.Units) != first+50 || len(back.Gaps) != 1 {
				t.Errorf("%d units, gaps %v", len(back.Units), back.Gaps)
			}
			if ours := shown(t, back); len(ours) != first+50 || ours[first] != 0 || ours[first+49] != 49 {
				t.Errorf("our decoder shows %v", ours)
			}
			if stream := probed(t, path); stream["nb_read_frames"] != strconv.Itoa(first+50) {
				t.Errorf("ffprobe says %v", stream)
			}
			if theirs := foreign(t, path); len(theirs) != first+50 || theirs[first] != 0 || theirs[first+49] != 49 {
				t.Errorf("ffmpeg shows %v", theirs)
			}
		})
	}
}

// TestPictures writes a clip of JPEG pictures.
func TestPictures(t *testing.T) {
	clip := replay.Clip{Codec: rtsp.MJPEG}
	at := time.Date(2026, 3, 1, 9, 41, 30, 0, time.UTC)
	for i := range 12 {
		img := image.NewRGBA(image.Rectangle{Max: picture})
		mediatest.DrawCounter(img, i)
		since := time.Duration(i) * 200 * time.Millisecond
		clip.Units = append(clip.Units, rtsp.Unit{NALUs: [][]byte{jpegOf(t, img)}, Key: true, PTS: since, Arrived: at.Add(since)})
	}
	path, back := save(t, clip)
	same(t, back, clip)
	if stream := probed(t, path); stream["nb_read_frames"] != "12" || stream["codec_name"] != "mjpeg" {
		t.Errorf("ffprobe says %v", stream)
	}
	inOrder(t, "ffmpeg", foreign(t, path), 12)
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wallDecoder shows how the wall's decoder serves a tape.
type wallDecoder struct{ media.Decoder }

func (d wallDecoder) Decode(unit [][]byte, pts time.Duration) (time.Duration, bool, error) {
	pic, ok, err := d.Decoder.Decode(unit, pts)
	return pic.PTS, ok, err
}

func (d wallDecoder) Render() (image.Image, error) {
	pic, err := d.Decoder.Render(media.View{Size: picture})
	return pic.RGBA, err
}

// TestTapeOfRealPictures steps through recordings in both directions and reads the counters.
func TestTapeOfRealPictures(t *testing.T) {
	for _, o := range []mediatest.ClipOptions{
		{Codec: rtsp.H264}, {Codec: rtsp.H264, BFrames: 2}, {Codec: rtsp.H265, BFrames: 2},
	} {
		t.Run(fmt.Sprintf("%s with %d B-frames", o.Codec, o.BFrames), func(t *testing.T) {
			t.Parallel()
			_, clip := save(t, record(t, o, "both", 50))
			shown := make(chan struct{}, 1)
			tape, err := replay.NewTape(clip, replay.TapeOptions[image.Image]{
				Decoder: func(codec rtsp.Codec, sets [][]byte) (replay.Decoder[image.Image], error) {
					d, err := decode.New(media.DecoderOptions{Codec: codec, Parameters: sets})
					return wallDecoder{d}, err
				},
				Notify: func() { shown <- struct{}{} },
			})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			done := make(chan struct{})
			go func() { tape.Run(ctx); close(done) }() //nolint:errcheck // it returns the cause of ctx
			counter := func() int {
				<-shown
				f, _ := tape.Frame()
				n, ok := mediatest.ReadCounter(f.Picture)
				if p := tape.Position(); !ok || p.Err != nil {
					t.Fatalf("no counter at %+v", p)
				}
				return n
			}
			forwards := []int{counter()}
			for len(forwards) < 50 {
				tape.Step(1)
				forwards = append(forwards, counter())
			}
			inOrder(t, "stepping on", forwards, 50)
			backwards := []int{forwards[49]}
			for len(backwards) < 50 {
				tape.Step(-1)
				backwards = append(backwards, counter())
			}
			slices.Reverse(backwards)
			inOrder(t, "stepping back", backwards, 50)
			cancel()
			<-done
		})
	}
}
