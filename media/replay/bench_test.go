package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// evidence is a clip of 30 s of 1080p at 25 fps and about 4 Mbit/s.
func evidence(b *testing.B) replay.Clip {
	b.Helper()
	film, err := mediatest.NewClip(b.Context(), mediatest.ClipOptions{
		Width: 1920, Height: 1080, FPS: 25, Length: 10 * time.Second, KeyEvery: 2 * time.Second, Counter: true,
	})
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		b.Skip(err)
	}
	if err != nil {
		b.Fatal(err)
	}
	clip := replay.Clip{Codec: rtsp.H264}
	at := time.Date(2026, 3, 1, 9, 41, 30, 0, time.UTC)
	units := film.Units()
	// Filler (ISO/IEC 14496-10, 7.3.2.7) brings the drawn scene to the bit rate of a camera.
	filler := append([]byte{12}, bytes.Repeat([]byte{0xff}, 18_000)...)
	filler = append(filler, 0x80)
	for i := range 750 {
		u := rtsp.Unit{PTS: time.Duration(i) * 40 * time.Millisecond}
		u.Key, u.Arrived = rtsp.IsKey(rtsp.H264, units[i%len(units)]), at.Add(u.PTS)
		u.NALUs = append([][]byte{filler}, units[i%len(units)]...)
		for _, n := range u.NALUs {
			u.Size += len(n)
		}
		clip.Units = append(clip.Units, u)
	}
	return clip
}

func BenchmarkWrite(b *testing.B) {
	clip := evidence(b)
	var file bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		file.Reset()
		if _, err := replay.Write(&file, clip); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(file.Len()))
}

// rounds is how often each side does its work.
const rounds = 9

// BenchmarkEvidence rewrites a clip of 30 s of 1080p, file to file, and has ffmpeg do the same with -c copy, in turns. Ours
// takes the SHA-256 on the way. Both are counted in CPU time; what ffmpeg takes to start and do nothing is taken off.
func BenchmarkEvidence(b *testing.B) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		b.Skip("ffmpeg is not installed; on Debian: apt-get install ffmpeg")
	}
	clip := evidence(b)
	dir := b.TempDir()
	in, out := filepath.Join(dir, "in.mp4"), filepath.Join(dir, "out.mp4")
	save := func(path string, c replay.Clip) {
		file, err := os.Create(path)
		if err == nil {
			_, err = replay.Write(file, c)
		}
		if err = errors.Join(err, file.Close()); err != nil {
			b.Fatal(err)
		}
	}
	save(in, clip)
	var ours, peer []float64
	for b.Loop() {
		for range rounds {
			before := cpu(b, syscall.RUSAGE_SELF)
			file, err := os.Open(in)
			if err != nil {
				b.Fatal(err)
			}
			c, err := replay.Read(file, replay.Limits{})
			if err = errors.Join(err, file.Close()); err != nil || len(c.Units) != 750 {
				b.Fatal(len(c.Units), err)
			}
			save(out, c)
			ours = append(ours, cpu(b, syscall.RUSAGE_SELF)-before)

			run := func(args ...string) float64 {
				before := cpu(b, syscall.RUSAGE_CHILDREN)
				if out, err := exec.CommandContext(b.Context(), program, args...).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				return cpu(b, syscall.RUSAGE_CHILDREN) - before
			}
			idle := run("-v", "error", "-version")
			peer = append(peer, run("-v", "error", "-y", "-i", in, "-c", "copy", "-movflags", "frag_keyframe+empty_moov+default_base_moof", out)-idle)
		}
	}
	o, p := middle(ours), middle(peer)
	fmt.Printf("\nRATIO evidence-mux-vs-ffmpeg %.2f (ours %.1f ms, peer %.1f ms of CPU for 30 s of 1080p; ours with SHA-256)\n",
		o/p, o, p)
}

// cpu returns the CPU time used so far, in milliseconds.
func cpu(b *testing.B, who int) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

func middle(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
