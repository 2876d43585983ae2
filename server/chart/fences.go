package chart

import (
	"context"
	"unicode/utf8"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// mostCorners bounds a fence.
	mostCorners = 5000
	// farthest bounds the distances of a fence in metres, longestDwell its dwell
	// in milliseconds.
	farthest     = 200_000
	longestDwell = 24 * 60 * 60 * 1000
)

// SaveFence stores the next version of a fence for somebody, or removes it. It
// returns the number of the event.
func (c *Charts) SaveFence(ctx context.Context, id auth.Identity, a act.SaveFence) (uint64, error) {
	if err := id.Demand(auth.EditMap); err != nil {
		return 0, err
	}
	f := a.Fence
	if err := CheckFence(f); err != nil {
		return 0, err
	}
	return c.save(ctx, id, "fence", func(st *world.State) (world.Body, error) {
		return nextFence(st, f, id.Name)
	}, func(st *world.State) (world.Body, string) {
		x, there := st.Fence(f.ID)
		return standing(x.Is.Saved, x.Is, there)
	})
}

// nextFence returns the fence as the version that follows what stands.
func nextFence(st *world.State, f world.FenceSaved, by string) (world.FenceSaved, error) {
	was, there := st.Fence(f.ID)
	v, err := version("fence", f.Saved, was.Is.Version, there)
	if err != nil {
		return f, err
	}
	if !there && st.Count(world.KindFence) >= mostStored {
		return f, refuse("fence.many", "there are {most} fences already; remove one that is not needed", "most", mostStored)
	}
	if f.Removed {
		// What is removed is kept whole in the history, by the version before.
		return world.FenceSaved{Saved: world.Saved{ID: f.ID, Name: was.Is.Name, Version: v, By: by, Removed: true}}, nil
	}
	f.Version, f.By = v, by
	return f, nil
}

// CheckFence returns what is wrong with a fence, with the ring and the point, nil
// when nothing is. Who saved it and its version are not looked at.
func CheckFence(f world.FenceSaved) error {
	if err := named("fence", f.Saved); err != nil || f.Removed {
		return err
	}
	if len(f.Purpose) > longestName {
		return refuse("fence.purpose", "the purpose of the fence is longer than {most} bytes; shorten it", "most", longestName)
	}
	if err := sound("the purpose", f.Purpose); err != nil {
		return err
	}
	for name, v := range map[string]float64{"near": f.Near, "margin": f.Margin} {
		if !(v >= 0 && v <= farthest) {
			return refuse("fence.metres", "{what} of the fence is not between 0 and {most} metres", "what", name, "most", farthest)
		}
	}
	switch {
	case f.Dwell < 0 || f.Dwell > longestDwell:
		return refuse("fence.dwell", "dwell of the fence is not between 0 and {most} milliseconds", "most", longestDwell)
	case f.From < 0 || f.Until < 0 || f.From != 0 && f.Until != 0 && f.Until <= f.From:
		return refuse("fence.backwards", "the end of the fence's time is not after its beginning")
	}
	return polygons(f.Polygons)
}

// polygons checks that the outlines can bound an area.
func polygons(mp geo.MultiPolygon) error {
	corners := 0
	for i, p := range mp {
		if len(p) == 0 {
			return refuse("fence.ringless", "polygon {n} of the fence has no rings", "n", i+1)
		}
		for j, ring := range p {
			if corners += len(ring); corners > mostCorners {
				return refuse("fence.corners", "the fence has more than {most} corners; simplify it", "most", mostCorners)
			}
			if err := area.Misdrawn(geo.CheckRing(ring)); err != nil {
				return refuse("fence.ring", "polygon {n}, ring {ring} of the fence: {why}", "n", i+1, "ring", j+1, "why", err)
			}
			if r := ring.Bound(); r.Max[0]-r.Min[0] > 180 {
				return refuse("fence.antimeridian", "polygon {n}, ring {ring} of the fence crosses the antimeridian; cut it in two there", "n", i+1, "ring", j+1)
			}
		}
	}
	if corners == 0 {
		return refuse("fence.nocorners", "the fence has no corners; draw at least three")
	}
	return nil
}

// sound checks that every wall can read a text.
func sound(what, text string) error {
	if !utf8.ValidString(text) {
		return refuse("text.utf8", "{what} is not UTF-8", "what", what)
	}
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\t' {
			return refuse("text.control.one", "{what} holds a control character", "what", what)
		}
	}
	return nil
}
