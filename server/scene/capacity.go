package scene

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	// Brief says that it is decoded beside the others for the moment of a change
	// only: the next camera of a tour, the next page of a grid.
	Brief bool
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

// Cameras is what of the state says which cameras a tile shows; a *world.State is one.
type Cameras interface {
	Camera(id string) (world.Camera, bool)
	// Cameras returns all by id.
	Cameras() []world.Camera
	// Within reports whether an area is the root or lies in it.
	Within(area, root string) bool
}

// Demand says what tiles on a wall need of its computers. The cameras of an area or a
// site are looked up once, so that a check of many tiles on many computers is short: it
// is for one check, while wall and cameras stay as they are, and one goroutine.
type Demand struct {
	w   world.WallDefined
	st  Cameras
	all []world.Camera         // read at the first need
	of  map[[2]string][]string // ids by area and site; they are not changed
}

// NewDemand is for one check of a wall.
func NewDemand(w world.WallDefined, st Cameras) *Demand {
	return &Demand{w: w, st: st, of: map[[2]string][]string{}}
}

// StreamsOf is Demand.Streams for a single question.
func StreamsOf(w world.WallDefined, node string, t world.Tile, st Cameras) []Stream {
	return NewDemand(w, st).Streams(node, t)
}

// Smaller is Demand.Smaller for a single question.
func Smaller(w world.WallDefined, node string, t world.Tile, st Cameras) string {
	return NewDemand(w, st).Smaller(node, t)
}

// Streams returns what the screens of a computer decode for a tile: a camera; the
// dearest camera of a tour, and the next one for a moment; the dearest page of a
// grid, each camera at its cell's size, and the next one for a moment. There are none
// of tiles that show no cameras or lie elsewhere, and of cameras that nobody defined.
func (d *Demand) Streams(node string, t world.Tile) []Stream {
	pages := d.pages(node, t)
	if len(pages) == 0 {
		return nil
	}
	first, second, most, more := 0, -1, -1.0, -1.0
	for i, page := range pages {
		switch x := weight(page); {
		case x > most:
			first, second, most, more = i, first, x, most
		case x > more:
			second, more = i, x
		}
	}
	out := pages[first]
	if len(pages) > 1 {
		for _, s := range pages[second] {
			s.Brief = true
			out = append(out, s)
		}
	}
	return out
}

// weight is how many pixels a second the streams of a page have.
func weight(page []Stream) (sum float64) {
	for _, s := range page {
		s = s.known()
		sum += s.pixels() * s.FPS
	}
	return sum
}

// Open returns the streams as they are in the moment of a change, when all are
// decoded at once.
func Open(streams []Stream) []Stream {
	out := slices.Clone(streams)
	for i := range out {
		out[i].Brief = false
	}
	return out
}

// pages returns what a computer decodes for each state of a tile that takes turns.
func (d *Demand) pages(node string, t world.Tile) [][]Stream {
	if x, _ := d.pixels(node, t); x == 0 {
		return nil
	}
	ids := d.shown(t)
	per, side := 1, 1
	if t.Kind == "grid" {
		if per, _ = strconv.Atoi(t.Param("cells")); per <= 0 {
			per = len(ids)
		}
		for side*side < per && side < mostSide {
			side++
		}
		per = side * side
	}
	type size struct{ x, y int }
	cells := make([]size, per)
	for i := range cells {
		cell := t
		cell.W, cell.H = t.W/float64(side), t.H/float64(side)
		cell.X, cell.Y = t.X+float64(i%side)*cell.W, t.Y+float64(i/side)*cell.H
		cells[i].x, cells[i].y = d.pixels(node, cell)
	}
	name := t.Param("stream")
	var out [][]Stream
	for from := 0; from < len(ids); from += per {
		var page []Stream
		for i, id := range ids[from:min(len(ids), from+per)] {
			if cells[i].x == 0 {
				continue
			}
			if c, ok := d.st.Camera(id); ok {
				x := choose(c.Streams, name, cells[i].x, cells[i].y)
				page = append(page, Stream{Camera: c.ID, Name: x.Name, Codec: c.Health.Codec, Width: x.Width, Height: x.Height, FPS: x.FPS})
			}
		}
		if len(page) > 0 {
			out = append(out, page)
		}
	}
	return out
}

// mostSide bounds the columns and rows of a grid.
const mostSide = 6

// pixels is how large a tile is on the screens of a computer where it is largest, zero
// when it lies on none of them.
func (d *Demand) pixels(node string, t world.Tile) (x, y int) {
	for _, s := range d.w.Screens {
		if s.Node != node || !drawable(s) {
			continue
		}
		if whole, _, on := part(s, t); on {
			x, y = max(x, whole.Dx()), max(y, whole.Dy())
		}
	}
	return x, y
}

// shown returns the cameras of a tile in order: one, or those of a tour or a grid,
// which are named or those of an area or a site. The caller does not change them.
func (d *Demand) shown(t world.Tile) []string {
	switch t.Kind {
	case "camera":
		return []string{cmp.Or(t.Param("camera"), t.Param("id"))}
	case "tour", "grid":
	default:
		return nil
	}
	ids := strings.FieldsFunc(t.Param("cameras"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	if len(ids) == 0 {
		return d.within(t.Param("area"), t.Param("site"))
	}
	if t.Kind == "tour" {
		slices.Sort(ids)
		ids = slices.Compact(ids) // the next one is another one
	}
	return ids
}

// within returns the cameras of an area and a site by id, each of which may be any.
func (d *Demand) within(area, site string) []string {
	key := [2]string{area, site}
	ids, known := d.of[key]
	if !known {
		if d.all == nil {
			d.all = d.st.Cameras()
		}
		for _, c := range d.all {
			if (area == "" || d.st.Within(c.Area, area)) && (site == "" || c.Site == site) {
				ids = append(ids, c.ID)
			}
		}
		d.of[key] = ids
	}
	return ids
}

// Smaller returns the name of the stream that a tile takes as its parameter "stream"
// to need less of a computer: the smallest of its camera, or of most of its cameras.
// It is empty when there is none, or the tile says already which it takes.
func (d *Demand) Smaller(node string, t world.Tile) string {
	if t.Param("stream") != "" {
		return ""
	}
	counts := map[string]int{}
	for _, page := range d.pages(node, t) {
		for _, s := range page {
			c, _ := d.st.Camera(s.Camera)
			if name := Smallest(c); name != "" && name != s.Name {
				counts[name]++
			}
		}
	}
	best := ""
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > counts[best] {
			best = name
		}
	}
	return best
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
// counts as the dearest that was. Brief ones are left out; see Open. Without a
// measurement it is zero.
func Load(budget []world.Decoding, streams []Stream) float64 {
	if len(budget) == 0 {
		return 0
	}
	sum := 0.0
	seen := map[[2]string]bool{}
	for _, s := range streams {
		if k := [2]string{s.Camera, s.Name}; !seen[k] && !s.Brief {
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

// Tally says in words which streams these are, brief ones left out:
// "3 × 1920×1080, 12 × 640×360".
func Tally(streams []Stream) string {
	counts := map[[2]int]int{}
	seen := map[[2]string]bool{}
	for _, s := range streams {
		if k := [2]string{s.Camera, s.Name}; !seen[k] && !s.Brief {
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
