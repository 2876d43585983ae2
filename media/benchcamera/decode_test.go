package benchcamera

import (
	"fmt"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
)

// mainStream is what a camera's main stream looks like.
func mainStream(codec media.Codec) mediatest.ClipOptions {
	return mediatest.ClipOptions{
		Scene: mediatest.Street, Codec: codec, Width: 1920, Height: 1080, FPS: 25,
		Length: 4 * time.Second, KeyEvery: 2 * time.Second,
	}
}

// BenchmarkDecodeH264 compares the processor time to receive and decode one 1080p25 H.264 stream over RTSP/TCP with
// ffmpeg's, with its default threads or with one, whichever costs it less.
func BenchmarkDecodeH264(b *testing.B) { decodeVersus(b, media.H264) }

// BenchmarkDecodeH265 does the same with H.265.
func BenchmarkDecodeH265(b *testing.B) { decodeVersus(b, media.H265) }

func decodeVersus(b *testing.B, codec media.Codec) {
	need(b)
	urls := cameras(b, role{Count: 1, Clip: mainStream(codec)})
	const warm, span = 1500 * time.Millisecond, 4 * time.Second
	peer := func(threads ...string) func() (cost, error) {
		return func() (cost, error) { return measure(b, ffmpeg(urls, threads, nil), warm, span, 1) }
	}
	ours := func() (cost, error) { return measure(b, self(b, role{Kind: "player", URLs: urls}), warm, span, 1) }
	for b.Loop() {
		best, how := cheaper(b, map[string]func() (cost, error){
			"default threads": peer(), "-threads 1": peer("-threads", "1"),
		})
		ratio, mine, theirs := pairs(b, 7, ours, best)
		report(b, fmt.Sprintf("decode-%s-vs-ffmpeg", codec), ratio,
			fmt.Sprintf("ours %s, peer %s CPU a frame; 1080p25 over RTSP/TCP, ffmpeg with %s; median of 7 pairs of %v", ms(mine), ms(theirs), how, span))
	}
}

// cheaper measures each way once and returns the one that costs least, and its name.
func cheaper(b *testing.B, ways map[string]func() (cost, error)) (best func() (cost, error), how string) {
	b.Helper()
	var least time.Duration
	for name, way := range ways {
		c, err := way()
		if err != nil {
			b.Logf("ffmpeg with %s: %v", name, err)
			continue
		}
		b.Logf("ffmpeg with %s: %v a frame at %.1f fps", name, c.perFrame, c.fps)
		if best == nil || c.perFrame < least {
			best, how, least = way, name, c.perFrame
		}
	}
	if best == nil {
		b.Fatal("ffmpeg plays nothing")
	}
	return best, how
}

func report(b *testing.B, name string, ratio float64, words string) {
	b.Helper()
	b.ReportMetric(ratio, "ratio")
	fmt.Printf("\nRATIO %s %.3f (%s)\n", name, ratio, words)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond)) }
