package scene

import (
	"fmt"
	"math"
	"slices"
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

func TestStreamOfACamera(t *testing.T) {
	w := reference()
	cam := world.Camera{CameraDefined: world.CameraDefined{ID: "a", Streams: []world.CameraStream{
		{Name: "sub", Width: 640, Height: 360}, {Name: "main", Width: 1920, Height: 1080}, {Name: "mid", Width: 1280, Height: 720},
	}}}
	st := state(t, cam.CameraDefined)
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
		got := ""
		for _, s := range StreamsOf(w, c.node, rectAt(t, w, c.at).Put(world.Tile{Kind: c.kind, Params: c.params}), st) {
			got += s.Name
		}
		if got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	if Smallest(cam) != "sub" || Smallest(world.Camera{}) != "" {
		t.Error("the smallest stream is", Smallest(cam))
	}
}

// state has cameras of an area with a part of it and of a site.
func state(t *testing.T, cameras ...world.CameraDefined) *world.State {
	t.Helper()
	st := world.New(1)
	put := func(b world.Body) {
		if _, err := st.Apply(world.Event{Seq: st.At().Seq + 1, Seen: 1, Observation: world.Observation{Time: 1, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	put(world.AreaDefined{ID: "city", Name: "City"})
	put(world.AreaDefined{ID: "ward", Name: "Ward", Parent: "city"})
	for _, c := range cameras {
		put(c)
	}
	return st
}

// Tours and grids need what they show at once: a page at its cells' size and, while
// they change, the next one as well.
func TestStreamsOfToursAndGrids(t *testing.T) {
	w := reference()
	both := []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 640, Height: 360, FPS: 12}}
	var list []world.CameraDefined
	for i := range 8 {
		c := world.CameraDefined{ID: fmt.Sprintf("c%d", i), Area: "ward", Streams: both}
		if i >= 6 {
			c.Area, c.Site, c.Streams = "", "box", both[:1]
		}
		list = append(list, c)
	}
	st := state(t, list...)
	param := func(pairs ...string) (out []world.Param) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, world.Param{Key: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	for _, c := range []struct {
		name    string
		at      At
		node    string
		kind    string
		params  []world.Param
		steady  string
		open    string
		smaller string
	}{
		{"named", At{Screens: "1"}, "pc-01", "grid", param("cameras", "c0, c1;c2 c3,c4"), "5 × 640×360", "5 × 640×360", ""},
		{"two by two", At{Screens: "1"}, "pc-01", "grid", param("cameras", "c0,c1"), "2 × 1920×1080", "2 × 1920×1080", "sub"},
		{"of one", At{Screens: "1"}, "pc-01", "grid", param("cameras", "c0"), "1 × 1920×1080", "1 × 1920×1080", "sub"},
		{"of one, small", At{Screens: "1"}, "pc-01", "grid", param("cameras", "c0", "stream", "sub"), "1 × 640×360", "1 × 640×360", ""},
		{"of an area", At{Screens: "1"}, "pc-01", "grid", param("area", "city"), "6 × 640×360", "6 × 640×360", ""},
		{"of a site", At{Screens: "1"}, "pc-01", "grid", param("site", "box"), "2 × 1920×1080", "2 × 1920×1080", ""},
		{"of all, in pages", At{Screens: "1", Cell: "2x2:1"}, "pc-01", "grid", param("cells", "4"), "2 × 1920×1080, 2 × 640×360", "2 × 1920×1080, 6 × 640×360", ""},
		{"pages of one", At{Screens: "1"}, "pc-01", "grid", param("cells", "1", "area", "city"), "1 × 1920×1080", "2 × 1920×1080", "sub"},
		{"a part of it", At{Screens: "2-3"}, "pc-02", "grid", param("cameras", "c0,c1,c2,c3"), "2 × 1920×1080", "2 × 1920×1080", "sub"},
		{"elsewhere", At{Screens: "3"}, "pc-01", "grid", param("cameras", "c0"), "", "", ""},
		{"nobody", At{Screens: "1"}, "pc-01", "grid", param("cameras", "x,y"), "", "", ""},
		{"tour", At{Screens: "1"}, "pc-01", "tour", param("cameras", "c0,c1,c2"), "1 × 1920×1080", "2 × 1920×1080", "sub"},
		{"tour of one", At{Screens: "1"}, "pc-01", "tour", param("cameras", "c0,c0"), "1 × 1920×1080", "1 × 1920×1080", "sub"},
		{"small tour", At{Screens: "1", Cell: "3x3:1"}, "pc-01", "tour", param("area", "ward"), "1 × 640×360", "2 × 640×360", ""},
		{"the dearest of a tour", At{Screens: "1", Cell: "3x3:1"}, "pc-01", "tour", nil, "1 × 1920×1080", "2 × 1920×1080", ""},
		{"no cameras", At{Screens: "1"}, "pc-01", "map", param("cameras", "c0"), "", "", ""},
	} {
		tile := rectAt(t, w, c.at).Put(world.Tile{Kind: c.kind, Params: c.params})
		got := StreamsOf(w, c.node, tile, st)
		if Tally(got) != c.steady || Tally(Open(got)) != c.open {
			t.Errorf("%s: %q, at a change %q", c.name, Tally(got), Tally(Open(got)))
		}
		if s := Smaller(w, c.node, tile, st); s != c.smaller {
			t.Errorf("%s: it takes %q", c.name, s)
		}
	}
}

// counted counts what is read of the cameras.
type counted struct {
	*world.State
	lists, cameras int
}

func (c *counted) Cameras() []world.Camera {
	c.lists++
	return c.State.Cameras()
}

func (c *counted) Camera(id string) (world.Camera, bool) {
	c.cameras++
	return c.State.Camera(id)
}

// A check of many tiles on all computers reads the list of cameras once and a tile's
// cameras for the computer that shows it only, and says what single questions say.
func TestACheckOfManyTilesIsShort(t *testing.T) {
	w := reference()
	var list []world.CameraDefined
	for i := range 50 {
		c := world.CameraDefined{ID: fmt.Sprintf("c%02d", i), Area: "ward", Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 640, Height: 360, FPS: 12}}}
		if i%3 == 0 {
			c.Area, c.Site = "", "box"
		}
		if i%7 == 0 {
			c.Streams[0].FPS = 30
		}
		list = append(list, c)
	}
	st := &counted{State: state(t, list...)}
	var tiles []world.Tile
	for _, screen := range []string{"1", "12", "27"} {
		for _, kind := range []string{"tour", "grid"} {
			for _, p := range [][]world.Param{
				nil,
				{{Key: "area", Value: "city"}},
				{{Key: "site", Value: "box"}},
				{{Key: "area", Value: "ward"}, {Key: "cells", Value: "4"}},
				{{Key: "cameras", Value: "c09,c01,c09,c02"}, {Key: "cells", Value: "1"}},
			} {
				tiles = append(tiles, rectAt(t, w, At{Screens: screen, Cell: "2x2:1"}).Put(world.Tile{Kind: kind, Params: p}))
			}
		}
	}
	nodes := map[string]bool{}
	for _, s := range w.Screens {
		nodes[s.Node] = true
	}
	check := func() (out []string) {
		d := NewDemand(w, st)
		for node := range nodes {
			for i, x := range tiles {
				out = append(out, fmt.Sprint(node, i, d.Streams(node, x)))
			}
		}
		return out
	}
	got := check()
	if st.lists != 1 || st.cameras > len(tiles)*len(list) {
		t.Errorf("the list was read %d times, a camera %d times, for %d tiles and %d cameras", st.lists, st.cameras, len(tiles), len(list))
	}
	slices.Sort(got)
	var want []string
	for node := range nodes {
		for i, x := range tiles {
			want = append(want, fmt.Sprint(node, i, StreamsOf(w, node, x, st.State)))
		}
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("a check says\n%v\nsingle questions\n%v", got, want)
	}
	st.lists, st.cameras = 0, 0
	if s := StreamsOf(w, "pc-12", tiles[0], st); s != nil || st.lists+st.cameras != 0 {
		t.Errorf("for a tile elsewhere %v, %d lists and %d cameras read", s, st.lists, st.cameras)
	}
}
