package capacity_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/capacity"
	"iocwall/media/rtsp"
)

// sample is a computer on which a frame of H.264 costs 1 ms at 360 lines, 4 ms at 720 and 9 ms at 1080, one of H.265 twice
// as much at 1080 lines, the only size measured.
func sample() capacity.Budget {
	r := func(codec media.Codec, w, h int, fps, streams float64) capacity.Result {
		return capacity.Result{Stream: capacity.Stream{Codec: codec, Width: w, Height: h, FPS: fps}, Streams: streams, Decoder: "software"}
	}
	return capacity.Budget{
		Version: capacity.Version, Measured: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC),
		Machine:   capacity.Machine{Name: "pc-03", CPU: "abacus", Cores: 2, OS: "linux/amd64"},
		TileWidth: 640, TileHeight: 360, Seconds: 60,
		Results: []capacity.Result{
			r(media.H264, 1920, 1080, 25, 1000./9/25), r(media.H264, 640, 360, 12, 1000./12), r(media.H264, 640, 360, 25, 40),
			r(media.H264, 1280, 720, 25, 10), r(media.H265, 1920, 1080, 25, 1000./18/25),
		},
	}
}

func repeat(n int, s capacity.Stream) []capacity.Stream {
	out := make([]capacity.Stream, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// TestFits counts by hand: 70 % of the computer may be used.
func TestFits(t *testing.T) {
	sub := capacity.Stream{Codec: media.H264, Width: 640, Height: 360, FPS: 12}
	hd := capacity.Stream{Codec: media.H264, Width: 1280, Height: 720, FPS: 25}
	main := capacity.Stream{Codec: media.H264, Width: 1920, Height: 1080, FPS: 25}
	for _, c := range []struct {
		name    string
		streams []capacity.Stream
		want    string // part of the reason, "" when they fit
	}{
		{"nothing", nil, ""},
		{"36 subs are 43 %", repeat(36, sub), ""},
		{"58 subs are 69.6 %", repeat(58, sub), ""},
		{"59 subs are 70.8 %", repeat(59, sub), "59 streams need 71 %"},
		{"3 mains are 67.5 %", repeat(3, main), ""},
		{"4 mains are 90 %", repeat(4, main), "4 × h264 1920×1080 at 25 fps (90 %)"},
		{"mixed", append(repeat(40, sub), hd, main), "mostly subs"},
		{"between 720 and 1080 lines", repeat(5, capacity.Stream{Codec: media.H264, Width: 1600, Height: 900, FPS: 25}), "5 streams need 78 %"},
		{"smaller than measured costs as the smallest", repeat(58, capacity.Stream{Codec: media.H264, Width: 320, Height: 180, FPS: 12}), ""},
		{"4K is four times 1080 lines", repeat(1, capacity.Stream{Codec: media.H264, Width: 3840, Height: 2160, FPS: 25}), "1 streams need 90 %"},
		{"H.265", repeat(2, capacity.Stream{Codec: media.H265, Width: 1920, Height: 1080, FPS: 25}), "2 streams need 90 %"},
		{"a small H.265 is cheaper than a large one", repeat(1, capacity.Stream{Codec: media.H265, Width: 640, Height: 360, FPS: 25}), ""},
		{"MJPEG counts as the dearest", repeat(2, capacity.Stream{Codec: rtsp.MJPEG, Width: 1920, Height: 1080, FPS: 25}), "2 streams need 90 %"},
		{"unknown size and rate", repeat(4, capacity.Stream{Codec: media.H264}), "4 × h264 1920×1080 at 25 fps"},
	} {
		ok, reason := sample().Fits(c.streams)
		if c.want == "mostly subs" {
			c.want = "most of it goes to 40 × h264 640×360 at 12 fps (48 %)"
		}
		if ok != (c.want == "") || !strings.Contains(reason, c.want) || ok != (reason == "") {
			t.Errorf("%s: %v, %q; want %q", c.name, ok, reason, c.want)
		}
	}
	if ok, reason := (capacity.Budget{}).Fits(repeat(1, sub)); ok || !strings.Contains(reason, "wall bench cameras") {
		t.Errorf("without a measurement: %v, %q", ok, reason)
	}
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "capacity.json")
	want := sample()
	for range 2 { // the second time in place of the first
		if err := want.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := capacity.Load(path)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\n%+v\n%+v", err, got, want)
		}
		want.Seconds++
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
	if err := (capacity.Budget{Version: capacity.Version}).Save(path); err == nil || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("a budget without results: %v", err)
	}
	if err := want.Save(filepath.Join(path, "below", "a", "file")); err == nil {
		t.Error("a folder that cannot be made was no error")
	}
	if _, err := capacity.Load(path + "x"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "wall bench cameras") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestLoadIsStrict(t *testing.T) {
	good, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"version":1`, `"version":2`, "version 2 is not 1"},
		{`"results":[`, `"resluts":[`, "resluts"},
		{`"streams":40`, `"streams":0`, "result 3"},
		{`"streams":40`, `"streams":-1`, "result 3"},
		{`"streams":40`, `"streams":1e300`, "result 3"},
		{`"streams":40`, `"streams":"40"`, "streams"},
		{`"codec":"h265"`, `"codec":""`, "result 5"},
		{`"width":1280`, `"width":0`, "result 4"},
		{`"decoder":"software"`, `"decoder":""`, "result 1"},
		{`"seconds":60`, `"seconds":60,"else":1`, "else"},
		{`]}`, `]}{}`, "follows"},
		{`]}`, `]`, "EOF"},
	} {
		if !strings.Contains(string(good), c.old) {
			t.Fatalf("%s is not in %s", c.old, good)
		}
		path := filepath.Join(t.TempDir(), "capacity.json")
		if err := os.WriteFile(path, []byte(strings.Replace(string(good), c.old, c.new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := capacity.Load(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "make it anew") {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
	if _, err := capacity.Parse([]byte(strings.Repeat(" ", 2<<20))); err == nil {
		t.Error("a file of 2 MiB was read")
	}
}

// FuzzParse holds that what is read can be counted with and written again.
func FuzzParse(f *testing.F) {
	good, err := json.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"version":1,"results":[{}]}`))
	f.Add([]byte(`{"version":1,"results":[{"codec":"x","width":1,"height":1,"fps":0.001,"streams":1000000,"decoder":"y"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := capacity.Parse(text)
		if err != nil {
			return
		}
		for _, s := range []capacity.Stream{{}, {Codec: media.H264, Width: 7, Height: 7, FPS: 1}, b.Results[0].Stream} {
			if ok, reason := b.Fits([]capacity.Stream{s}); ok != (reason == "") {
				t.Fatalf("%v, %q", ok, reason)
			}
		}
		again, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := capacity.Parse(again); err != nil {
			t.Fatalf("what was read cannot be read again: %v: %s", err, again)
		}
	})
}
