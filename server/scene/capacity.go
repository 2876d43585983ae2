package scene

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iocwall/server/world"
)

const (
	// Headroom is the share of what a computer was measured to decode that the
	// cameras of a scene may use; receiving, painting and the rest need some too.
	Headroom = 0.7
	// Brief is the share that may be used for the moment in which the scene before
	// and the scene to come are both open.
	Brief = 1.0
	// tolerance is the share of a picture's pixels that a stream may lack, in each
	// direction, and still fill it.
	tolerance = 0.1
)

// Stream is a stream that a computer decodes for a tile. A side of 0 pixels counts
// as 1920×1080, a rate of 0 as 25 pictures a second.
type Stream struct {
	Camera, Name  string
	Codec         string
	Width, Height int
	FPS           float64
}

func (s Stream) known() Stream {
	if s.Width <= 0 || s.Height <= 0 {
		s.Width, s.Height = 1920, 1080
	}
	if !(s.FPS > 0) {
		s.FPS = 25
	}
	return s
}

func (s Stream) pixels() float64 { return float64(s.Width) * float64(s.Height) }

// Cameras finds a camera by its id.
type Cameras func(id string) (world.Camera, bool)

// StreamOf returns what the screens of a computer decode for a tile; false when
// the tile is no camera, lies elsewhere or shows a camera that nobody defined.
func StreamOf(w world.WallDefined, node string, t world.Tile, cameras Cameras) (Stream, bool) {
	if t.Kind != "camera" {
		return Stream{}, false
	}
	id := cmp.Or(t.Param("camera"), t.Param("id"))
	c, ok := cameras(id)
	if !ok {
		return Stream{}, false
	}
	needX, needY := 0, 0
	for _, s := range w.Screens {
		if s.Node != node || !drawable(s) {
			continue
		}
		if whole, _, on := part(s, t); on {
			needX, needY = max(needX, whole.Dx()), max(needY, whole.Dy())
		}
	}
	if needX == 0 {
		return Stream{}, false
	}
	x := choose(c.Streams, t.Param("stream"), needX, needY)
	return Stream{c.ID, x.Name, c.Health.Codec, x.Width, x.Height, x.FPS}, true
}

// ladder orders streams from the best to the smallest where all sizes are known.
func ladder(streams []world.CameraStream) []world.CameraStream {
	if slices.ContainsFunc(streams, func(s world.CameraStream) bool { return s.Width <= 0 || s.Height <= 0 }) {
		return streams
	}
	out := slices.Clone(streams)
	slices.SortStableFunc(out, func(a, b world.CameraStream) int {
		return cmp.Or(cmp.Compare(b.Width*b.Height, a.Width*a.Height), cmp.Compare(b.FPS, a.FPS))
	})
	return out
}

// choose returns the stream of that name, else the smallest that fills so many
// pixels, else the best.
func choose(streams []world.CameraStream, name string, x, y int) world.CameraStream {
	if len(streams) == 0 {
		return world.CameraStream{Name: name}
	}
	for _, s := range streams {
		if name != "" && s.Name == name {
			return s
		}
	}
	l := ladder(streams)
	for i := len(l) - 1; i > 0; i-- {
		if s := l[i]; float64(s.Width) >= (1-tolerance)*float64(x) && float64(s.Height) >= (1-tolerance)*float64(y) {
			return s
		}
	}
	return l[0]
}

// Smallest returns the name of a camera's smallest stream, empty when it has one
// only.
func Smallest(c world.Camera) string {
	if len(c.Streams) < 2 {
		return ""
	}
	l := ladder(c.Streams)
	return l[len(l)-1].Name
}

// Load returns the share of a computer that streams need, by what it was measured
// to decode. A stream that is there twice is decoded once. Sizes between those that
// were measured are interpolated by their pixels; a codec that was not measured
// counts as the dearest that was. Without a measurement it is zero.
func Load(budget []world.Decoding, streams []Stream) float64 {
	if len(budget) == 0 {
		return 0
	}
	sum := 0.0
	seen := map[[2]string]bool{}
	for _, s := range streams {
		if k := [2]string{s.Camera, s.Name}; !seen[k] {
			seen[k] = true
			s = s.known()
			sum += s.FPS * perFrame(budget, s)
		}
	}
	return sum
}

// perFrame is the share of the computer that one picture of a stream costs, in
// seconds.
func perFrame(budget []world.Decoding, s Stream) float64 {
	type point struct{ pixels, cost float64 }
	var of []point
	dearest := 0.0
	for _, r := range budget {
		p := point{float64(r.Width) * float64(r.Height), r.Streams * r.FPS}
		if !(p.pixels > 0 && p.cost > 0) {
			continue
		}
		p.cost = 1 / p.cost
		if r.Codec == s.Codec {
			of = append(of, p)
		}
		dearest = max(dearest, p.cost/p.pixels)
	}
	if len(of) == 0 {
		return dearest * s.pixels()
	}
	slices.SortFunc(of, func(a, b point) int { return cmp.Or(cmp.Compare(a.pixels, b.pixels), cmp.Compare(a.cost, b.cost)) })
	for i, r := range of {
		if s.pixels() > r.pixels {
			continue
		}
		if i == 0 || of[i-1].pixels == r.pixels {
			return r.cost
		}
		below := of[i-1]
		return below.cost + (s.pixels()-below.pixels)/(r.pixels-below.pixels)*(r.cost-below.cost)
	}
	last := of[len(of)-1]
	return last.cost * s.pixels() / last.pixels
}

// Tally says in words which streams these are: "3 × 1920×1080, 12 × 640×360".
func Tally(streams []Stream) string {
	counts := map[[2]int]int{}
	seen := map[[2]string]bool{}
	for _, s := range streams {
		if k := [2]string{s.Camera, s.Name}; !seen[k] {
			seen[k] = true
			s = s.known()
			counts[[2]int{s.Width, s.Height}]++
		}
	}
	var sizes [][2]int
	for k := range counts {
		sizes = append(sizes, k)
	}
	slices.SortFunc(sizes, func(a, b [2]int) int { return cmp.Or(cmp.Compare(b[0]*b[1], a[0]*a[1]), cmp.Compare(b[0], a[0])) })
	var words []string
	for _, k := range sizes {
		words = append(words, fmt.Sprintf("%d × %d×%d", counts[k], k[0], k[1]))
	}
	return strings.Join(words, ", ")
}
