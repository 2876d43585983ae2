package camera

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"

	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
)

// shotLimit is how long a snapshot waits for a picture in full size before it
// takes the largest one there is.
const shotLimit = 4 * time.Second

// Caption is what stands under a picture that is kept.
type Caption struct {
	// Name is the camera's name, ID its id.
	Name, ID string
	// Time is when the picture was taken; Clock says whose clock says so.
	Time  time.Time
	Clock string
	// Stream and Size are where it came from.
	Stream string
	Size   image.Point
	// Who is who kept it; Note what must be known of it, such as that it is not
	// live.
	Who, Note string
}

// Annotate returns a new picture with its caption below it: nothing is painted
// over what the camera saw.
func Annotate(kit *paint.Kit, img *image.RGBA, c Caption, words func(key string, pairs ...string) string) *image.RGBA {
	b := img.Rect
	size := min(40, max(12, float64(b.Dx())/56))
	row := int(size * look.LinePitch)
	pad := row / 2
	rows := 2
	if c.Note != "" {
		rows = 3
	}
	out := paint.New(kit, b.Dx(), b.Dy()+rows*row+2*pad, kit.Theme.S1)
	draw.Draw(out.Img, image.Rect(0, 0, b.Dx(), b.Dy()), img, b.Min, draw.Src)
	line := func(n int, left, right string, bold bool) {
		y, room := float64(b.Dy()+pad+n*row), float64(b.Dx()-2*pad)
		rw := kit.Fonts.Width(right, false, size)
		if rw > room*0.7 {
			right = kit.Fonts.Fit(room*0.7, size, false, right)
			rw = kit.Fonts.Width(right, false, size)
		}
		out.Text(float64(pad)+room-rw, y, float64(row), right, size, false, kit.Theme.T2)
		out.Text(float64(pad), y, float64(row), kit.Fonts.Fit(room-rw-size, size, bold, left), size, bold, kit.Theme.T1)
	}
	line(0, c.Name, stamp(c.Time)+" · "+c.Clock, true)
	source := c.ID
	if c.Stream != "" {
		source += " · " + c.Stream
	}
	line(1, source+fmt.Sprintf(" · %d×%d", c.Size.X, c.Size.Y), words("snapshot.by", "who", c.Who), false)
	if c.Note != "" {
		line(2, c.Note, "", true)
	}
	return out.Img
}

// stamp writes a moment so that it can be read anywhere: with its date, its
// thousandths and its distance from universal time.
func stamp(t time.Time) string {
	return t.Format("02/01/2006 15:04:05.000 (UTC-07:00)")
}

// SavePNG writes a picture into a folder under a name made of the camera and the
// moment, and returns the path. The file is there as a whole or not at all, and
// no other file is replaced.
func SavePNG(dir, camera string, at time.Time, img image.Image) (string, error) {
	if dir == "" {
		return "", errors.New("no folder for pictures is set")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the folder for pictures: %w", err)
	}
	f, err := os.CreateTemp(dir, ".picture-*.part")
	if err != nil {
		return "", fmt.Errorf("write the picture: %w", err)
	}
	defer os.Remove(f.Name())
	w := bufio.NewWriter(f)
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
	err = errors.Join(err, w.Flush(), f.Sync(), f.Chmod(0o644), f.Close())
	if err != nil {
		return "", fmt.Errorf("write the picture: %w", err)
	}
	return publish(f.Name(), filepath.Join(dir, safe(camera)+"_"+at.Format("20060102-150405.000-0700")))
}

// publish gives a finished file its name, another one when that is taken.
func publish(from, base string) (string, error) {
	for n := 1; n < 1000; n++ {
		name := base + ".png"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.png", base, n)
		}
		err := os.Link(from, name)
		if err == nil {
			return name, nil
		}
		if errors.Is(err, os.ErrExist) {
			continue
		}
		// A file system without links, such as that of a memory stick.
		if _, there := os.Lstat(name); there == nil {
			continue
		}
		if err := os.Rename(from, name); err != nil {
			return "", fmt.Errorf("write the picture: %w", err)
		}
		return name, nil
	}
	return "", fmt.Errorf("write the picture: %s and a thousand like it are there already", base)
}

// safe makes a camera's id fit for a file name on any system.
func safe(id string) string {
	s := strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-') {
			return r
		}
		return '-'
	}, id)
	if s = strings.Trim(s, "-"); s == "" {
		return "camera"
	}
	return s[:min(len(s), 60)]
}

// still is a picture in full size and what was true of it.
type still struct {
	img    *image.RGBA
	frame  media.Frame
	stats  media.Stats
	replay bool
}

// fullSize is the largest picture the camera has: its main stream's.
func fullSize(c media.Camera, s media.Stats) image.Point {
	size := s.Source
	for _, st := range c.Streams {
		if st.Width*st.Height > size.X*size.Y {
			size = image.Pt(st.Width, st.Height)
		}
	}
	return size
}

// shoot waits for a picture of the camera in the size its best stream has; any
// goroutine. When that stream does not come in time, the picture has the size of
// the one that is there.
func shoot(ctx context.Context, cams Cameras, c media.Camera, now media.Stats) (still, error) {
	changed := make(chan struct{}, 1)
	p := cams.Open(c, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer p.Close()
	want := fullSize(c, now)
	ask := func(size image.Point) { p.SetView(media.View{Size: size}) }
	if want.X <= 0 {
		want = image.Pt(1920, 1080)
	}
	ask(want)
	limit, last := time.NewTimer(shotLimit), time.NewTimer(2*shotLimit)
	defer limit.Stop()
	defer last.Stop()
	settled := false
	for {
		f, has := p.Frame()
		has = has && f.Image != nil
		switch {
		case has && f.Image.Rect.Size() == f.Source && (settled || f.Source == want || f.Source.X*f.Source.Y >= want.X*want.Y):
			return still{img: f.Image, frame: f, stats: p.Stats()}, nil
		case has && f.Source.X*f.Source.Y > want.X*want.Y:
			want = f.Source // larger than declared
			ask(want)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return still{}, ctx.Err()
		case <-limit.C:
			settled = true
			if has {
				want = f.Source
				ask(want)
			}
		case <-last.C:
			if has {
				return still{img: f.Image, frame: f, stats: p.Stats()}, nil
			}
			return still{}, errNoPicture
		}
	}
}

var (
	errNoPicture   = errors.New("the camera has no picture")
	errNothingKept = errors.New("nothing was kept of this time")
)

// why says in the language of the interface what went wrong, and in the words of
// the error what the catalogue does not know.
func (h *Host) why(err error) string {
	switch {
	case errors.Is(err, errNoPicture):
		return h.Lang.T("camera.nopicture")
	case errors.Is(err, errNothingKept):
		return h.Lang.T("replay.nothing")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return h.Lang.T("snapshot.full", "folder", h.Snapshots)
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return h.Lang.T("snapshot.denied", "folder", h.Snapshots)
	}
	return err.Error()
}

// keep takes a picture of a camera, live or past, and writes it with its caption;
// any goroutine. The server's clock is so far ahead of this computer's.
func keep(ctx context.Context, h *Host, kit *paint.Kit, def world.Camera, now media.Stats, off time.Duration, r *Replay) (string, error) {
	var s still
	var err error
	if r != nil {
		s, err = r.shoot(ctx)
		s.stats.Stream = ""
	} else {
		s, err = shoot(ctx, h.Cameras, describe(def), now)
	}
	if err != nil {
		return "", err
	}
	c := caption(h, def, s, off)
	return SavePNG(h.Snapshots, def.ID, c.Time, Annotate(kit, s.img, c, h.Lang.T))
}

// caption is what is true of a picture that is kept. The camera's own clock is
// named when it is known: what it says is shown as it says it. All else is by the
// server's, by which pictures of the past are told already; as long as nothing is
// known of that, or it is the same, the clock is this computer's.
func caption(h *Host, def world.Camera, s still, off time.Duration) Caption {
	l, clock := h.Lang, "snapshot.clock.server"
	switch {
	case s.replay:
		off = 0
	case off == 0:
		clock = "snapshot.clock.own"
	}
	s.stats = clocked(s.stats, off)
	c := Caption{
		Name: name(def), ID: def.ID, Time: s.frame.Arrived.Add(off - s.frame.Behind).In(l.Zone), Clock: l.T(clock),
		Stream: s.frame.Stream, Size: s.frame.Source, Who: h.Who,
	}
	if !s.frame.Taken.IsZero() {
		c.Time, c.Clock = s.frame.Taken.In(l.Zone), l.T("snapshot.clock.camera")
		if s.stats.ClockKnown && s.stats.ClockOffset.Abs() > time.Second {
			sign := "+"
			if s.stats.ClockOffset < 0 {
				sign = "−"
			}
			c.Clock += " " + l.T("snapshot.clock.offset", "n", sign+l.AgeWord(s.stats.ClockOffset.Abs().Truncate(time.Second)))
		}
	}
	switch {
	case s.replay:
		c.Note = l.T("snapshot.replay")
	case !s.stats.Fresh():
		c.Note = l.T("snapshot.old", "time", l.Date(c.Time)+" "+l.ClockSeconds(c.Time))
	}
	return c
}
