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

// BenchmarkDecodeH264 compares the processor time to receive and decode one 1080p25 H.264 stream over RTSP/TCP with that
// of `ffmpeg -i rtsp… -f null -`, and with that of ffmpeg kept to one thread, which costs it less on some computers.
func BenchmarkDecodeH264(b *testing.B) { decodeVersus(b, media.H264) }

// BenchmarkDecodeH265 does the same with H.265.
func BenchmarkDecodeH265(b *testing.B) { decodeVersus(b, media.H265) }

func decodeVersus(b *testing.B, codec media.Codec) {
	need(b)
	urls := cameras(b, role{Count: 1, Clip: mainStream(codec)})
	const warm, span, rounds = 1500 * time.Millisecond, 4 * time.Second, 7
	sides := []func() (cost, error){
		func() (cost, error) { return measure(b, self(b, role{Kind: "player", URLs: urls}), warm, span, 1) },
		func() (cost, error) { return measure(b, ffmpeg(urls, nil, nil), warm, span, 1) },
		func() (cost, error) { return measure(b, ffmpeg(urls, []string{"-threads", "1"}, nil), warm, span, 1) },
	}
	for b.Loop() {
		ours, plain, single := turns(b, rounds, sides)
		for _, peer := range []struct {
			name, what string
			costs      []time.Duration
		}{{"", "ffmpeg -i rtsp… -f null -", plain}, {"-1-thread", "ffmpeg -threads 1", single}} {
			report(b, fmt.Sprintf("decode-%s-vs-ffmpeg%s", codec, peer.name), ratioOf(ours, peer.costs),
				fmt.Sprintf("ours %s, peer %s CPU a frame; 1080p25 over RTSP/TCP, %s; medians of %d rounds of %v in turn", ms(median(ours)), ms(median(peer.costs)), peer.what, rounds, span))
		}
	}
}

// turns measures the three sides in turn, round after round, and returns the costs of a frame.
func turns(b *testing.B, rounds int, sides []func() (cost, error)) (first, second, third []time.Duration) {
	b.Helper()
	all := make([][]time.Duration, 3)
	for range rounds {
		for i, side := range sides {
			c, err := side()
			if err != nil {
				b.Fatal(err)
			}
			all[i] = append(all[i], c.perFrame)
		}
		n := len(all[0]) - 1
		b.Logf("ours %v, peer %v, with one thread %v a frame", all[0][n], all[1][n], all[2][n])
	}
	return all[0], all[1], all[2]
}

// ratioOf returns the median of the ratios of each round.
func ratioOf(ours, peers []time.Duration) float64 {
	var ratios []float64
	for i := range ours {
		ratios = append(ratios, float64(ours[i])/float64(peers[i]))
	}
	return median(ratios)
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
