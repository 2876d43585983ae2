package benchcamera

import (
	"fmt"
	"os/exec"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
)

// The wall: 36 cameras in six rows on a screen of 1920×1080.
const (
	wallCameras  = 36
	wallW, wallH = 320, 180
	wallWarm     = 3 * time.Second
	wallSpan     = 8 * time.Second
	wallPairs    = 3
	wallMains    = 4 // main streams measured: as many as two cores play in real time, whatever else they do
)

// subStream is what a camera's sub stream looks like.
func subStream() mediatest.ClipOptions {
	return mediatest.ClipOptions{
		Scene: mediatest.Street, Codec: media.H264, Width: 640, Height: 360, FPS: 12,
		Length: 10 * time.Second, KeyEvery: 2 * time.Second,
	}
}

// scalings are ways to have ffmpeg make RGBA pictures of tile size. The second is faster where libswscale has no fast code
// for both at once.
func scalings() map[string][]string {
	return map[string][]string{
		"scale to rgba": {"-vf", fmt.Sprintf("scale=%d:%d:flags=fast_bilinear,format=rgba", wallW, wallH)},
		"scale, then rgba": {"-vf", fmt.Sprintf("scale=%d:%d:flags=fast_bilinear,format=yuv420p,scale=flags=fast_bilinear,format=rgba",
			wallW, wallH)},
	}
}

// frugal are options of ffmpeg's inputs: one thread, as extra ones cost more with pictures this small, and a short look
// at each stream, since one process opens its inputs one after the other.
func frugal() []string {
	return []string{"-threads", "1", "-analyzeduration", "300000", "-probesize", "200000"}
}

// BenchmarkWallSameWork compares the processor time of 36 sub streams of 640×360 at 12 fps, received, decoded and scaled to
// the size of a tile as RGBA, without painting, with ffmpeg doing the same: in one process or in 36, with the filters and
// threads that cost it least.
func BenchmarkWallSameWork(b *testing.B) {
	need(b)
	urls := cameras(b, role{Count: wallCameras, Clip: subStream()})
	for b.Loop() {
		ways := map[string]func() (cost, error){}
		for name, filters := range scalings() {
			ways["one process, -threads 1, "+name] = func() (cost, error) {
				return measure(b, ffmpeg(urls, frugal(), filters), wallWarm, wallSpan, wallCameras)
			}
		}
		filters := scalings()["scale, then rgba"]
		ways["a process for each, -threads 1, scale, then rgba"] = func() (cost, error) {
			var each []*exec.Cmd
			for _, url := range urls {
				each = append(each, ffmpeg([]string{url}, frugal(), filters))
			}
			return measureAll(b, each, wallWarm, wallSpan, 1)
		}
		best, how := cheaper(b, ways)
		ours := func() (cost, error) {
			return measure(b, self(b, role{Kind: "player", URLs: urls, Width: wallW, Height: wallH}), wallWarm, wallSpan, 1)
		}
		ratio, mine, theirs := pairs(b, wallPairs, ours, best)
		report(b, "wall36-same-work-vs-ffmpeg", ratio, fmt.Sprintf(
			"ours %s, peer %s CPU a frame; 36 streams of 640×360 at 12 fps to %d×%d; ffmpeg: %s; median of %d pairs of %v",
			ms(mine), ms(theirs), wallW, wallH, how, wallPairs, wallSpan))
	}
}

// BenchmarkWallMainStreams compares the same wall with ffmpeg decoding and scaling the cameras' main streams, 1080p25,
// which is what a wall without a choice of streams pays. Two cores do not play 36 of them in real time, so a few are
// measured and the cost of a stream and second is compared.
func BenchmarkWallMainStreams(b *testing.B) {
	need(b)
	subs := cameras(b, role{Count: wallCameras, Clip: subStream()})
	mains := cameras(b, role{Count: wallMains, Clip: mainStream(media.H264)})
	for b.Loop() {
		ways := map[string]func() (cost, error){}
		for name, filters := range scalings() {
			ways["-threads 1, "+name] = func() (cost, error) {
				return measure(b, ffmpeg(mains, frugal(), filters), wallWarm, wallSpan, wallMains)
			}
		}
		best, how := cheaper(b, ways)
		ours := func() (cost, error) {
			return measure(b, self(b, role{Kind: "player", URLs: subs, Width: wallW, Height: wallH}), wallWarm, wallSpan, 1)
		}
		ratio, mine, theirs := pairs(b, wallPairs, ours, best)
		subFPS, mainFPS := subStream().FPS, mainStream(media.H264).FPS
		report(b, "wall36-vs-mainstreams", ratio*float64(subFPS)/float64(mainFPS), fmt.Sprintf(
			"ours %s, peer %s CPU a stream and second; ours 36 sub streams of 640×360 at 12 fps, ffmpeg %d main streams of 1080p25, both to %d×%d; ffmpeg: %s; median of %d pairs of %v",
			ms(mine*time.Duration(subFPS)), ms(theirs*time.Duration(mainFPS)), wallMains, wallW, wallH, how, wallPairs, wallSpan))
	}
}
