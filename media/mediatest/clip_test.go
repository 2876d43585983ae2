package mediatest

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

func TestScenesAreDrawnAndMove(t *testing.T) {
	for _, s := range Scenes() {
		f, err := newFilm(s, image.Pt(160, 90), 60, 1)
		if err != nil {
			t.Fatal(err)
		}
		first := append([]byte{}, f.frame(0).Pix...)
		moved, black := false, 0
		for n := range 60 {
			pix := f.frame(n).Pix
			for i := range pix {
				moved = moved || pix[i] != first[i]
			}
		}
		for i := 0; i < len(first); i += 4 {
			if first[i] == 0 && first[i+1] == 0 && first[i+2] == 0 {
				black++
			}
		}
		if !moved || black > 0 {
			t.Errorf("%s: moved %v, %d pixels not painted", s, moved, black)
		}
	}
	if _, err := newFilm("mars", image.Pt(64, 64), 10, 1); err == nil {
		t.Error("an unknown scene was drawn")
	}
}

// TestCountersAbreast: each part of a wide picture has the counter, so that it can be
// read on each of two screens.
func TestCountersAbreast(t *testing.T) {
	o := ClipOptions{Width: 640, Height: 176, Counter: true, Abreast: 2, Length: time.Second, KeyEvery: time.Second}.withDefaults()
	film, err := newFilm(o.Scene, image.Pt(o.Width, o.Height), o.frames(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := drawAll(&out, film, o); err != nil {
		t.Fatal(err)
	}
	const n = 7
	img := &image.RGBA{Pix: out.Bytes()[n*640*176*4:], Stride: 640 * 4, Rect: image.Rect(0, 0, 640, 176)}
	for i, part := range []image.Rectangle{image.Rect(0, 0, 320, 176), image.Rect(320, 0, 640, 176)} {
		if all := FindCounters(img.SubImage(part)); len(all) != 1 || all[0].N != n || !all[0].Bounds.In(part) {
			t.Errorf("part %d: %+v", i, all)
		}
	}
	o.Abreast = 9
	if o.check() == nil {
		t.Error("nine counters in 640 pixels")
	}
}

func TestClipsAreMadeOnceAndLoop(t *testing.T) {
	dir := t.TempDir()
	opts := ClipOptions{Codec: rtsp.H265, Length: 2 * time.Second, KeyEvery: time.Second, CacheDir: dir, Counter: true}
	c, err := NewClip(context.Background(), opts)
	if errors.Is(err, ErrNoFFmpeg) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if c.Frames() != 24 || len(c.units) != 36 || len(c.Parameters()) != 3 {
		t.Fatalf("%d frames, %d units, %d parameter sets", c.Frames(), len(c.units), len(c.Parameters()))
	}
	for at, want := range map[int]int{0: 1, 22: 23, 23: 0, 24: 0, 35: 0} {
		if got := c.follow(at, false); got != want {
			t.Errorf("after %d comes %d, want %d", at, got, want)
		}
	}
	for at, want := range map[int]int{0: 24, 24: 25, 35: 24} {
		if got := c.follow(at, true); got != want {
			t.Errorf("frozen: after %d comes %d, want %d", at, got, want)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("cache holds %v, %v", files, err)
	}
	before, err := os.Stat(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewClip(context.Background(), opts); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(files[0]); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Error("a cached clip was made again")
	}
	// A torn cache is made anew.
	for _, f := range files {
		if strings.HasSuffix(f, ".es") {
			if err := os.Truncate(f, 100); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := NewClip(context.Background(), opts); err != nil {
		t.Errorf("after tearing the cache: %v", err)
	}
}

func TestClipOptionsAreChecked(t *testing.T) {
	for _, o := range []ClipOptions{
		{Codec: "vp8"}, {Width: 641, Height: 360}, {Width: 8, Height: 8}, {FPS: 1000}, {FPS: 60, Length: time.Hour}, {Scene: "mars", CacheDir: t.TempDir()},
	} {
		if _, err := NewClip(context.Background(), o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	c := &Camera{}
	if err := c.SetFault("hiccup"); !errors.Is(err, ErrUnknownFault) {
		t.Errorf("unknown fault: %v", err)
	}
}

func FuzzParseClip(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x65, 2}, []byte("#x\n0, 0, 0, 1, 12, 0x1\n"))
	f.Add([]byte{}, []byte("0,,,,\n"))
	f.Fuzz(func(t *testing.T, es, idx []byte) {
		c, err := parseClip(es, idx, ClipOptions{FPS: 1, Length: time.Second, KeyEvery: time.Second, Codec: rtsp.H264})
		if err == nil && (len(c.units) != 2 || !c.units[0].key) {
			t.Fatalf("a broken clip was accepted: %+v", c.units)
		}
	})
}

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{hills, hullPath, "M", "H1", "M1 2Z3", "M-1-2L.5.5", "Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		p := newPainter(image.Pt(16, 16))
		p.fill(parsePath(path), rgb(0xFFFFFF), placement{scale: 1})
	})
}
