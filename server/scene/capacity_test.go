package scene

import (
	"fmt"
	"math"
	"testing"

	"iocwall/server/world"
)

// measured is a computer on which a picture of H.264 costs 1 ms at 360 lines, 4 ms
// at 720 and 9 ms at 1080, one of H.265 twice as much at 1080 lines, the only size
// measured. It is the sample of the measuring program, so that both say the same.
func measured() []world.Decoding {
	return []world.Decoding{
		{Codec: "h264", Width: 1920, Height: 1080, FPS: 25, Streams: 1000. / 9 / 25},
		{Codec: "h264", Width: 640, Height: 360, FPS: 12, Streams: 1000. / 12},
		{Codec: "h264", Width: 640, Height: 360, FPS: 25, Streams: 40},
		{Codec: "h264", Width: 1280, Height: 720, FPS: 25, Streams: 10},
		{Codec: "h265", Width: 1920, Height: 1080, FPS: 25, Streams: 1000. / 18 / 25},
		{Codec: "odd"},
	}
}

func streams(n int, s Stream) (out []Stream) {
	for i := range n {
		s.Camera = fmt.Sprint(i)
		out = append(out, s)
	}
	return out
}

func TestLoad(t *testing.T) {
	sub := Stream{Codec: "h264", Width: 640, Height: 360, FPS: 12}
	for _, c := range []struct {
		name    string
		streams []Stream
		want    float64
	}{
		{"nothing", nil, 0},
		{"36 small ones", streams(36, sub), 0.432},
		{"4 large ones", streams(4, Stream{Codec: "h264", Width: 1920, Height: 1080, FPS: 25}), 0.9},
		{"unknown size and rate", streams(4, Stream{Codec: "h264"}), 0.9},
		{"between", streams(5, Stream{Codec: "h264", Width: 1600, Height: 900, FPS: 25}), 0.78},
		{"smaller than measured", streams(58, Stream{Codec: "h264", Width: 320, Height: 180, FPS: 12}), 0.696},
		{"4K", streams(1, Stream{Codec: "h264", Width: 3840, Height: 2160, FPS: 25}), 0.9},
		{"H.265", streams(2, Stream{Codec: "h265", Width: 1920, Height: 1080, FPS: 25}), 0.9},
		{"not measured", streams(2, Stream{Codec: "mjpeg", Width: 1920, Height: 1080, FPS: 25}), 0.9},
		{"one shown twice", append(streams(1, sub), streams(1, sub)...), 0.012},
	} {
		if got := Load(measured(), c.streams); math.Abs(got-c.want) > 0.005 {
			t.Errorf("%s: %.3f, want %.3f", c.name, got, c.want)
		}
	}
	if got := Load(nil, streams(99, sub)); got != 0 {
		t.Errorf("a computer that was not measured is loaded by %v", got)
	}
	if got := Tally(append(streams(2, Stream{}), Stream{Camera: "x", Width: 640, Height: 360})); got != "2 × 1920×1080, 1 × 640×360" {
		t.Error(got)
	}
}

func TestStreamOf(t *testing.T) {
	w := reference()
	cam := world.Camera{CameraDefined: world.CameraDefined{ID: "a", Streams: []world.CameraStream{
		{Name: "sub", Width: 640, Height: 360}, {Name: "main", Width: 1920, Height: 1080}, {Name: "mid", Width: 1280, Height: 720},
	}}}
	find := func(id string) (world.Camera, bool) { return cam, id == "a" }
	for _, c := range []struct {
		at     At
		kind   string
		node   string
		params []world.Param
		want   string
	}{
		{At{Screens: "1"}, "camera", "pc-01", []world.Param{{Key: "camera", Value: "a"}}, "main"},
		{At{Screens: "1", Cell: "2x2:1"}, "camera", "pc-01", []world.Param{{Key: "camera", Value: "a"}}, "mid"},
		{At{Screens: "1", Cell: "3x3:1"}, "camera", "pc-01", []world.Param{{Key: "id", Value: "a"}}, "sub"},
		{At{Screens: "1"}, "camera", "pc-01", []world.Param{{Key: "camera", Value: "a"}, {Key: "stream", Value: "sub"}}, "sub"},
		{At{Screens: "1"}, "camera", "pc-02", []world.Param{{Key: "camera", Value: "a"}}, ""},
		{At{Screens: "2-3"}, "camera", "pc-02", []world.Param{{Key: "camera", Value: "a"}}, "main"},
		{At{Screens: "1"}, "camera", "pc-01", []world.Param{{Key: "camera", Value: "b"}}, ""},
		{At{Screens: "1"}, "map", "pc-01", []world.Param{{Key: "camera", Value: "a"}}, ""},
	} {
		got, ok := StreamOf(w, c.node, rectAt(t, w, c.at).Put(world.Tile{Kind: c.kind, Params: c.params}), find)
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("%+v: %+v %v", c, got, ok)
		}
	}
	if Smallest(cam) != "sub" || Smallest(world.Camera{}) != "" {
		t.Error("the smallest stream is", Smallest(cam))
	}
}
