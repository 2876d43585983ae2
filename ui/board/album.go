package board

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/image/draw"

	"iocwall/server/world"
	"iocwall/ui/page"
)

const (
	// boundary parts the pictures of an answer, as the server writes it.
	boundary = "iocwall-picture"
	// maxSide bounds the pictures taken from the server, in pixels.
	maxSide = 4096
	// askEvery is the least time between two questions for newer pictures, askAgain
	// the pause after one that failed.
	askEvery, askAgain = 900 * time.Millisecond, 3 * time.Second
	askPatience        = 25 * time.Second
)

// shot is what a computer read back from one of its screens.
type shot struct {
	screen     int
	taken      world.Time
	generation uint64
	serial     uint64
	img        *image.RGBA
	grey       *image.RGBA // without colour, once it was wanted
}

// album fetches and keeps the newest picture of each screen.
type album struct {
	d       page.Desk
	shots   map[int]*shot
	sizes   map[int]image.Point // of the screens on the page
	since   uint64
	wall    string
	stop    func() // ends the question on its way, nil without one
	next    time.Time
	failed  string
	version uint64 // counts what came
	touch   func()
}

// ask asks for newer pictures when it is time to.
func (a *album) ask(wall string, sizes map[int]image.Point, slow bool) {
	if wall != a.wall {
		a.end()
		a.wall, a.shots, a.since = wall, map[int]*shot{}, 0
	}
	a.sizes = sizes
	now := a.d.Now()
	if a.stop != nil || now.Before(a.next) {
		return
	}
	every := askEvery
	if slow {
		every *= 4
	}
	a.next = now.Add(every)
	q := url.Values{"wall": {wall}, "width": {strconv.Itoa(width(sizes))}, "since": {strconv.FormatUint(a.since, 10)}}
	if slow {
		q.Set("every", strconv.FormatInt(every.Milliseconds(), 10))
	}
	raw := new([]byte)
	a.stop = a.d.Call(page.Request{Path: "/api/wall/pictures?" + q.Encode(), Into: raw, Timeout: askPatience}, func(err error) { a.came(*raw, err) })
}

// width is what to ask of the widest screen, in few steps: a computer that is asked
// for another width sends all its pictures anew.
func width(sizes map[int]image.Point) int {
	most := 0
	for _, s := range sizes {
		most = max(most, s.X)
	}
	for _, w := range []int{96, 192, 256, 384, 512, 640} {
		if most <= w {
			return w
		}
	}
	return 960
}

// came takes an answer, which is decoded beside the toolkit.
func (a *album) came(raw []byte, err error) {
	a.stop = nil
	if err != nil {
		a.next, a.failed = a.d.Now().Add(askAgain), err.Error()
		a.version++
		a.touch()
		return
	}
	if a.failed != "" {
		a.failed = ""
		a.version++
	}
	if len(raw) == 0 {
		return
	}
	sizes, wall := a.sizes, a.wall
	a.d.Job(func(<-chan struct{}) func() {
		got, err := Decode(raw, sizes)
		return func() {
			if wall == a.wall {
				a.put(got, err)
			}
		}
	})
}

func (a *album) put(got []*shot, err error) {
	if err != nil {
		a.failed = err.Error()
	}
	for _, s := range got {
		if was := a.shots[s.screen]; was == nil || was.serial < s.serial {
			a.shots[s.screen] = s
		}
		a.since = max(a.since, s.serial)
	}
	a.version++
	a.touch()
}

// end stops asking.
func (a *album) end() {
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}

// Decode reads an answer of the server's door of pictures: each picture decoded and
// in the size of its screen. What could be read of a damaged answer is returned with
// the error.
func Decode(raw []byte, sizes map[int]image.Point) ([]*shot, error) {
	r := multipart.NewReader(bytes.NewReader(raw), boundary)
	var out []*shot
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, fmt.Errorf("board: pictures of the wall: %w", err)
		}
		s, err := read(p, sizes)
		if err != nil {
			return out, fmt.Errorf("board: a picture of the wall: %w", err)
		}
		out = append(out, s)
	}
}

func read(p *multipart.Part, sizes map[int]image.Point) (*shot, error) {
	screen, err := strconv.Atoi(p.Header.Get("X-Screen"))
	if err != nil {
		return nil, errors.New("it names no screen")
	}
	taken, err := strconv.ParseInt(p.Header.Get("X-Taken"), 10, 64)
	if err != nil {
		return nil, errors.New("it does not say when it was taken")
	}
	s := &shot{screen: screen, taken: world.Time(taken)}
	if s.serial, err = strconv.ParseUint(p.Header.Get("X-Serial"), 10, 64); err != nil {
		return nil, errors.New("it has no serial")
	}
	s.generation, _ = strconv.ParseUint(p.Header.Get("X-Generation"), 10, 64) // zero where it says none
	data, err := io.ReadAll(p)
	if err != nil {
		return nil, err
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width > maxSide || size.Height > maxSide {
		return nil, fmt.Errorf("it is no small JPEG: %w", err)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	to := sizes[screen]
	if to.X <= 0 || to.Y <= 0 {
		to = img.Bounds().Size()
	}
	s.img = image.NewRGBA(image.Rectangle{Max: to})
	draw.ApproxBiLinear.Scale(s.img, s.img.Rect, img, img.Bounds(), draw.Src, nil)
	return s, nil
}

// faded is the picture of a screen that nobody hears of any more: without colour and
// darker, so that it is not taken for what is so.
func (s *shot) faded() *image.RGBA {
	if s.grey != nil {
		return s.grey
	}
	g := image.NewRGBA(s.img.Rect)
	for i := 0; i+3 < len(s.img.Pix); i += 4 {
		p := s.img.Pix[i : i+4 : i+4]
		y := (int(p[0])*77 + int(p[1])*150 + int(p[2])*29) >> 8
		y = y * 55 / 100
		g.Pix[i], g.Pix[i+1], g.Pix[i+2], g.Pix[i+3] = uint8(y), uint8(y), uint8(y), 255
	}
	s.grey = g
	return g
}
