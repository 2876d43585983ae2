package mediatest

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
)

// Scene names a synthetic picture.
type Scene string

// The scenes. All but Still and Calm move, and loop without a seam.
const (
	Sea    Scene = "sea"    // open water with fishing boats
	Bridge Scene = "bridge" // a river bridge with a level gauge; the brown water rises and falls
	Road   Scene = "road"   // a four-lane road with cars and motorbikes
	Street Scene = "street" // an old street with yellow houses, people and a boat on the canal
	Port   Scene = "port"   // a quay with a crane and a passing cargo ship
	Beach  Scene = "beach"  // sand, surf and palms
	Still  Scene = "still"  // a quiet yard at night in which nothing moves but sensor noise
	Calm   Scene = "calm"   // the same yard from a camera that filters noise away: every picture is the same
)

// Scenes lists the scenes in which something changes, for demonstrations and tests: all but Calm.
func Scenes() []Scene { return []Scene{Sea, Bridge, Road, Street, Port, Beach, Still} }

// film draws the frames of a scene.
type film struct {
	scene  Scene
	frames int
	back   *painter
	movers []mover
	noise  *rand.Rand
	out    *painter
}

// mover is a moving shape with its outline parsed.
type mover struct {
	shape
	outline [][]point
}

// newFilm prepares a loop of so many frames.
func newFilm(s Scene, size image.Point, frames int, seed uint64) (*film, error) {
	shapes := sceneShapes(s, rand.New(rand.NewPCG(seed, 1)))
	if shapes == nil {
		return nil, fmt.Errorf("mediatest: scene %q is unknown; use one of %v", s, Scenes())
	}
	f := &film{
		scene: s, frames: frames, back: newPainter(size), out: newPainter(size),
		noise: rand.New(rand.NewPCG(seed, 2)),
	}
	for _, sh := range shapes {
		outline := parsePath(sh.path)
		if sh.move == nil && len(f.movers) == 0 {
			f.back.fill(outline, sh.fill, placement{scale: 1})
			continue
		}
		if sh.move == nil {
			sh.move = func(float64) []placement { return []placement{{scale: 1}} }
		}
		f.movers = append(f.movers, mover{sh, outline})
	}
	return f, nil
}

// frame draws frame n; the picture is valid until the next call.
func (f *film) frame(n int) *image.RGBA {
	copy(f.out.img.Pix, f.back.img.Pix)
	phase := float64(n%f.frames) / float64(f.frames)
	for _, m := range f.movers {
		for _, at := range m.move(phase) {
			f.out.fill(m.outline, m.fill, at)
		}
	}
	if f.scene == Still {
		f.grain(f.out.img)
	}
	return f.out.img
}

// grain adds sensor noise of a few levels, the same in all colours.
func (f *film) grain(img *image.RGBA) {
	for i := 0; i < len(img.Pix); i += 32 {
		r := f.noise.Uint64()
		for j := i; j < i+32 && j < len(img.Pix); j += 4 {
			d := int(r&7) - 3
			r >>= 8
			for k := j; k < j+3; k++ {
				img.Pix[k] = uint8(min(255, max(0, int(img.Pix[k])+d)))
			}
		}
	}
}

// across moves a shape through the picture n times a loop, entering at the left (or the right if n is negative).
func across(n, offset, width, y, scale float64) func(float64) []placement {
	span := sceneWidth + width
	return func(phase float64) []placement {
		at := math.Mod(phase*n+offset, 1)
		if at < 0 {
			at++
		}
		return []placement{{at*span - width, y, scale}}
	}
}

// bob rocks a shape in place.
func bob(x, y, scale, dx, dy, offset float64) func(float64) []placement {
	return func(phase float64) []placement {
		a := 2 * math.Pi * (2*phase + offset)
		return []placement{{x + dx*math.Cos(a/2), y + dy*math.Sin(a), scale}}
	}
}

// drift slides a row of copies sideways without a seam: period is their distance.
func drift(period, speed, y float64) func(float64) []placement {
	return func(phase float64) []placement {
		var out []placement
		shift := math.Mod(phase*speed*period, period)
		for x := -2 * period; x < sceneWidth+period; x += period {
			out = append(out, placement{x + shift, y, 1})
		}
		return out
	}
}

// approach brings a shape along a road towards the viewer (n positive) or away: its vanishing point and its end are
// given, and it grows faster the nearer it is.
func approach(n, offset, x0, y0, x1, y1, s0, s1 float64) func(float64) []placement {
	return func(phase float64) []placement {
		at := math.Mod(phase*n+offset, 1)
		if at < 0 {
			at++
		}
		k := math.Pow(at, 1.5)
		return []placement{{x0 + (x1-x0)*k, y0 + (y1-y0)*k, s0 + (s1-s0)*k}}
	}
}
