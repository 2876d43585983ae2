package nodes

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// shotLimit is how long computers have to send what is on their screens.
	shotLimit = 3 * time.Second
	// maxShots is how many pictures of walls are made at once.
	maxShots = 2
	// The width of a picture of a wall in pixels: the least, the most, and that
	// which is made when none is asked for. maxShotPixels bounds all of it.
	minWidth      = 64
	maxWidth      = 8192
	usualWidth    = 3840
	maxShotPixels = 40_000_000
	// sendLimit is how long a client may take for a picture of a wall.
	sendLimit = 2 * time.Minute
)

// view is what of a wall is asked for.
type view struct {
	wall   string
	screen int // zero for the whole wall
	width  int // zero for the usual
	lang   string
}

func parseView(q url.Values) (v view, err error) {
	v = view{wall: q.Get("wall"), lang: q.Get("lang")}
	if v.lang == "" {
		v.lang = vietnamese
	}
	if v.lang != vietnamese && v.lang != english {
		return v, fmt.Errorf("lang: %.20q is not known; choose vi or en", v.lang)
	}
	if text := q.Get("screen"); text != "" {
		if v.screen, err = strconv.Atoi(text); err != nil || v.screen == 0 {
			return v, fmt.Errorf("screen: %.20q is no number of a screen", text)
		}
	}
	if text := q.Get("width"); text != "" {
		if v.width, err = strconv.Atoi(text); err != nil || v.width < minWidth || v.width > maxWidth {
			return v, fmt.Errorf("width: %.20q is not between %d and %d pixels", text, minWidth, maxWidth)
		}
	}
	return v, nil
}

// shot is what a wall, or one screen of it, showed.
type shot struct {
	view
	of      world.Wall
	scene   string // its name
	bounds  box
	scale   float64 // pixels in a millimetre
	at      world.Time
	screens []shown
}

// shown is what one screen showed, or why that is not known.
type shown struct {
	screen  world.Screen
	node    world.Node
	picture picture // without data when it is missing
	old     picture // the newest from before when it is missing, if there is any
	why     reason
}

func (s shown) missing() bool { return len(s.picture.data) == 0 }

// raw reports whether the view is of one screen pixel by pixel: then nothing is
// written over what it showed.
func (v view) raw() bool { return v.screen != 0 && v.width == 0 }

// box is a rectangle in millimetres.
type box struct{ x0, y0, x1, y1 float64 }

// bounds returns the least rectangle that holds the screens.
func bounds(screens []world.Screen) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, s := range screens {
		b = box{min(b.x0, s.X), min(b.y0, s.Y), max(b.x1, s.X+s.W), max(b.y1, s.Y+s.H)}
	}
	return b
}

// on returns where the screen lies in a picture of the scale.
func (b box) on(s world.Screen, scale float64) image.Rectangle {
	px := func(mm float64) int { return int(math.Round(mm * scale)) }
	return image.Rect(px(s.X-b.x0), px(s.Y-b.y0), px(s.X+s.W-b.x0), px(s.Y+s.H-b.y0))
}

// GetScreenshot answers GET /api/wall/screenshot.png: the wall in millimetres with
// its bezels, or one screen pixel by pixel, as the computers read it back from their
// screens. What could not be had is drawn as missing, and named in X-Missing.
func (n *Nodes) GetScreenshot(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	v, err := parseView(r.URL.Query())
	if err != nil {
		reply.Error(w, http.StatusBadRequest, err)
		return
	}
	select {
	case n.shooting <- struct{}{}:
		defer func() { <-n.shooting }()
	default:
		w.Header().Set("Retry-After", "3")
		reply.Error(w, http.StatusServiceUnavailable, world.Refuse("pictures.making", "other pictures of walls are being made; try again in a few seconds"))
		return
	}
	s, status, err := n.frame(r.Context(), v)
	if err != nil {
		reply.Error(w, status, err)
		return
	}
	if err := n.collect(r.Context(), &s); err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	img := n.painter.paint(&s)
	describe(w.Header(), s)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(sendLimit)) // what supports no deadlines has none
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img); err != nil {
		n.log.Debug("a picture of a wall was not sent whole", "wall", s.of.ID, "error", err)
	}
}

// frame finds the screens that the view is of, and how large they become.
func (n *Nodes) frame(ctx context.Context, v view) (s shot, status int, err error) {
	s = shot{view: v}
	if callErr := n.o.History.Call(ctx, func(st *world.State) { err = s.fill(st) }); callErr != nil {
		return s, http.StatusServiceUnavailable, callErr
	}
	if err != nil {
		return s, http.StatusNotFound, err
	}
	screens := make([]world.Screen, 0, len(s.screens))
	for _, x := range s.screens {
		screens = append(screens, x.screen)
	}
	s.bounds = bounds(screens)
	width, height := s.bounds.x1-s.bounds.x0, s.bounds.y1-s.bounds.y0
	switch {
	case v.width > 0:
		s.scale = float64(v.width) / width
	case v.screen != 0:
		s.scale = float64(screens[0].PxW) / width
	default:
		s.scale = usualWidth / width
	}
	if px := width * s.scale * height * s.scale; px > maxShotPixels {
		most := int(float64(width*s.scale) * math.Sqrt(maxShotPixels/px))
		return s, http.StatusUnprocessableEntity, fmt.Errorf("the picture would be too large; ask for a width of at most %d", most)
	}
	return s, 0, nil
}

// fill reads what the state knows. It runs on the loop.
func (s *shot) fill(st *world.State) error {
	for _, w := range st.Walls() {
		if s.wall != "" && w.ID != s.wall {
			continue
		}
		for _, sc := range w.Screens {
			if s.screen != 0 && sc.ID != s.screen || sc.W <= 0 || sc.H <= 0 || sc.PxW <= 0 || sc.PxH <= 0 {
				continue
			}
			node, _ := st.Node(sc.Node)
			s.screens = append(s.screens, shown{screen: sc, node: node})
		}
		if len(s.screens) > 0 {
			s.of = w
			return nil
		}
	}
	if s.screen != 0 {
		return world.Refuse("screen.unknown", "there is no screen {screen}", "screen", s.screen)
	}
	return world.Refuse("wall.noscreens", "there is no such wall, or it has no screens")
}

// collect asks the computers for the pictures and waits for them, not for long.
func (n *Nodes) collect(parent context.Context, s *shot) error {
	ctx, cancel := context.WithTimeout(parent, shotLimit)
	defer cancel()
	var wg sync.WaitGroup
	for i := range s.screens {
		wg.Go(func() { n.fetch(ctx, s, &s.screens[i]) })
	}
	wg.Wait()
	s.at = world.TimeOf(time.Now())
	for i := range s.screens {
		if x := &s.screens[i]; x.missing() {
			x.old, _ = n.shelf.newest(place{s.of.ID, x.screen.ID})
		}
	}
	// The wall may have changed meanwhile.
	return n.o.History.Call(parent, func(st *world.State) {
		if w, ok := st.Wall(s.of.ID); ok {
			s.of = w
			sc, _ := st.Scene(w.On.Scene)
			s.scene = sc.Name
		}
	})
}

// fetch asks for the picture of one screen.
func (n *Nodes) fetch(ctx context.Context, s *shot, x *shown) {
	name := x.screen.Node
	if x.why = absence(x.screen, x.node); x.why.kind != "" {
		return
	}
	a := n.board.ask(name, s.of.ID, x.screen.ID, s.askFor(x.screen))
	if a == nil {
		x.why = reason{kind: busy, node: name}
		return
	}
	defer n.board.withdraw(name, a)
	select {
	case got := <-a.got:
		x.picture = got.picture
		if x.missing() {
			x.why = reason{kind: refused, node: name, detail: got.why}
		}
	case <-ctx.Done():
		x.why = reason{kind: mute, node: name}
	}
}

// absence says why there can be no picture of the screen, with an empty kind when
// there can.
func absence(sc world.Screen, n world.Node) reason {
	switch {
	case sc.Node == "":
		return reason{kind: nobody}
	case n.Node == "" || n.Since == 0:
		return reason{kind: never, node: sc.Node}
	case !n.Up:
		return reason{kind: lost, node: sc.Node, since: n.Since}
	}
	return reason{}
}

// askFor returns the width to ask of a screen, zero for all its pixels.
func (s *shot) askFor(sc world.Screen) int {
	px := s.bounds.on(sc, s.scale).Dx()
	if px >= sc.PxW || s.raw() {
		return 0
	}
	return max(px, 1)
}

// describe says in the header what the picture holds and what is missing.
func describe(h http.Header, s shot) {
	var missing, each []string
	for _, x := range s.screens {
		if x.missing() {
			missing = append(missing, strconv.Itoa(x.screen.ID))
			continue
		}
		each = append(each, fmt.Sprintf("%d;taken=%d;generation=%d", x.screen.ID, x.picture.taken, x.picture.generation))
	}
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Wall", s.of.ID)
	h.Set("X-Generation", strconv.FormatUint(s.of.On.Generation, 10))
	h.Set("X-Taken", strconv.FormatInt(int64(s.at), 10))
	h.Set("X-Scale", strconv.FormatFloat(s.scale, 'f', 6, 64))
	h.Set("X-Screens", strings.Join(each, ", "))
	h.Set("X-Missing", strings.Join(missing, ", "))
}

// GetPicture answers GET /api/wall/pictures/{screen} with the newest small picture of
// the screen. Who asks keeps its computer sending them for ten seconds.
func (n *Nodes) GetPicture(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	id, err := strconv.Atoi(r.PathValue("screen"))
	if err != nil {
		reply.Error(w, http.StatusBadRequest, fmt.Errorf("%.20q is no number of a screen", r.PathValue("screen")))
		return
	}
	var s spot
	var there bool
	if err := n.o.History.Call(r.Context(), func(st *world.State) { s, there = spotOf(st, r.URL.Query().Get("wall"), id, "") }); err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	if !there {
		reply.Error(w, http.StatusNotFound, world.Refuse("screen.unknown", "there is no screen {screen}", "screen", id))
		return
	}
	if s.screen.Node != "" {
		n.board.watch(s.screen.Node, time.Now())
	}
	p, ok := n.shelf.newest(place{s.wall.ID, id})
	if !ok {
		w.Header().Set("Retry-After", "1")
		why := (words{english}).why(absence(s.screen, s.node))
		reply.Error(w, http.StatusNotFound, errors.New(strings.TrimSuffix(fmt.Sprintf("there is no picture of screen %d yet: %s", id, why), ": ")))
		return
	}
	h := w.Header()
	tag := `"` + strconv.FormatInt(int64(p.taken), 10) + `"`
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Taken", strconv.FormatInt(int64(p.taken), 10))
	h.Set("X-Generation", strconv.FormatUint(p.generation, 10))
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(p.data)))
	_, _ = w.Write(p.data) // the client may have gone
}
