package camera

import (
	"image"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/tile"
)

// over is a tile of 3840×1080 on the left of two screens; next is the other one.
func over(next ...image.Rectangle) Spot {
	return Spot{Tile: "t", Rect: image.Rect(0, 0, 1920, 1080), Whole: image.Rect(0, 0, 3840, 1080), Others: next, Pixels: image.Pt(1000, 300)}
}

// TestStepOverComputers: a camera over several computers is pinned to one stream and
// keeps step, whatever comes later; on one computer it is neither.
func TestStepOverComputers(t *testing.T) {
	s := newStage(t, 1)
	right := image.Rect(1921, 1, 3839, 1079)
	v := New(s.h, s.env, Options{Camera: "cam-01"})
	told := func(when, stream string, budget time.Duration) {
		t.Helper()
		s.tick(v, time.Second)
		open := s.deck.of("cam-01")
		if len(open) != 1 || open[0].stream != stream || open[0].step != budget {
			t.Errorf("%s: %d players, %+v; want %q and %v", when, len(open), open, stream, budget)
		}
	}
	def, _ := s.state.Camera("cam-01")
	s.state = world.New(1) // the definition comes later than the wall
	v.Place(over(right))
	s.tick(v, 0)
	s.add(def.CameraDefined)
	told("defined later", "main", media.StepBudget)

	other := def.CameraDefined
	other.Streams = []world.CameraStream{{Name: "main", Width: 1920, Height: 1080}, {Name: "mid", Width: 1280, Height: 720}}
	s.add(other)
	told("with other streams", "mid", media.StepBudget)

	wider := over(right)
	wider.Pixels = image.Pt(3840, 1080)
	v.Place(wider)
	told("larger", "main", media.StepBudget)

	v.Place(over())
	told("on two screens of one computer", "", 0)
	v.Place(over(right))
	told("over two computers again", "mid", media.StepBudget)
	v.Place(Spot{Tile: "t", Rect: right, Whole: right, Others: []image.Rectangle{image.Rect(0, 0, 1919, 1080)}})
	told("on one screen", "", 0)

	w := New(s.h, s.env, Options{Camera: "cam-01", Stream: "main"})
	w.Place(over(right))
	s.tick(w, 0)
	if p := s.deck.of("cam-01"); p[1].stream != "main" || p[1].step != media.StepBudget {
		t.Errorf("a stream that is asked for is not kept: %+v", p[1])
	}
}

// TestStepInGrid: of a grid over two computers only the cells on both keep step.
func TestStepInGrid(t *testing.T) {
	s := newStage(t, 9)
	g := NewGrid(s.h, s.env, GridOptions{Cells: 9})
	g.Place(over(image.Rect(1921, 1, 3839, 1079)))
	s.tick(g, time.Second)
	stepping := 0
	for _, c := range g.Views() {
		p := s.deck.of(c.Camera())[0]
		if apart := c.at.Whole.Max.X > 1921; apart != (p.step != 0) {
			t.Errorf("%s at %v: %v", c.Camera(), c.at.Whole, p.step)
		} else if apart {
			stepping++
		}
	}
	if stepping != 3 || len(g.Views()) != 6 {
		t.Errorf("%d of %d cells keep step", stepping, len(g.Views()))
	}
}

// TestOutOfStepIsNotFresh: what a tile says of its step is told of it elsewhere too.
func TestOutOfStepIsNotFresh(t *testing.T) {
	s := newStage(t, 1)
	v := New(s.h, s.env, Options{Camera: "cam-01"})
	v.Place(over(image.Rect(1921, 1, 3839, 1079)))
	s.tick(v, time.Second)
	for state, want := range map[media.StepState]tile.HealthState{
		media.StepOff: tile.Live, media.StepKept: tile.Live,
		media.StepLate: tile.Late, media.StepUnstamped: tile.Late, media.StepUnclocked: tile.Late,
	} {
		s.deck.steps = map[string]media.StepState{"cam-01": state}
		if h := v.Health(s.now); h.State != want || (h.Reason != "") != (want == tile.Late) {
			t.Errorf("%q: %+v, want %s", state, h, want)
		}
	}
}
