package replay_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// What a crash left of a file and what came after it are one file, which our decoder and ffmpeg show: with B-frames, and
// with the time between as long as it was.
func TestJoinRealPictures(t *testing.T) {
	const n, pause = 75, 7 * time.Second
	for name, o := range map[string]mediatest.ClipOptions{
		"h264": {Codec: rtsp.H264}, "h265 with B-frames": {Codec: rtsp.H265, BFrames: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clip := record(t, o, "both", n)
			early, err := os.ReadFile(first(save(t, clip)))
			if err != nil {
				t.Fatal(err)
			}
			later := clip
			later.Units = slices.Clone(clip.Units)
			for i := range later.Units {
				later.Units[i].Arrived = later.Units[i].Arrived.Add(pause + n*40*time.Millisecond)
			}
			clip.From, clip.To = clip.Units[0].Arrived, later.Units[n-1].Arrived
			path := filepath.Join(t.TempDir(), "joined.mp4")
			file, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			left := io.LimitReader(bytes.NewReader(early), int64(len(early)*3/4))
			sum, err := replay.Join(file, clip.Head, []io.Reader{left}, func(w io.Writer) error {
				_, err := replay.Write(w, later)
				return err
			})
			if err != nil || file.Close() != nil {
				t.Fatal(err)
			}
			kept := sum.Frames - n
			if kept < 25 || kept >= n || len(sum.Gaps) != 1 {
				t.Fatalf("%d pictures of the first part; gaps %v", kept, sum.Gaps)
			}
			stream := probed(t, path)
			if stream["nb_read_frames"] != strconv.Itoa(sum.Frames) {
				t.Errorf("ffprobe says %v, %d pictures were written", stream, sum.Frames)
			}
			// From the first picture to the last, and as long as that is shown.
			want := later.Units[n-1].Arrived.Sub(clip.Units[0].Arrived).Seconds() + 0.04
			if length, _ := strconv.ParseFloat(stream["duration"], 64); length < want-0.3 || length > want+0.3 {
				t.Errorf("ffprobe says it lasts %v of %v s", length, want)
			}
			all := foreign(t, path)
			inOrder(t, "ffmpeg, up to the crash", all[:kept], kept)
			inOrder(t, "ffmpeg, after it", all[kept:], n)
		})
	}
}

func first(path string, _ replay.Clip) string { return path }
