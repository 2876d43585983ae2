package alert

import (
	"image"
	"reflect"
	"time"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// NoteView is a text that somebody put on the wall.
type NoteView struct {
	Title, Text string
	// By is who put it there, Since when; either may be missing.
	By    string
	Since time.Time
	Now   time.Time
	Cover tile.Cover
}

// Note is a text with a title, as large as there is room.
type Note struct {
	*tile.Sheet
	env  *tile.Env
	face noteFace
}

type noteFace struct {
	Title, Text string
	Strip       paint.Strip
	Plate       *paint.Plate
	Popup       *tile.Popup
}

// NewNote returns an empty note.
func NewNote(env *tile.Env) *Note {
	t := &Note{env: env}
	t.Sheet = tile.NewSheet(env, "note", env.Kit.Theme.S1, func() string { return t.face.Title }, t.paint)
	return t
}

// Update shows a view.
func (t *Note) Update(v NoteView) {
	l := t.env.Lang
	f := noteFace{Title: v.Title, Text: v.Text, Popup: v.Cover.Popup, Strip: paint.Strip{Source: v.By}}
	if v.By == "" {
		f.Strip.Source = l.T("note.nobody")
	}
	if !v.Since.IsZero() {
		f.Strip.Stamp = l.T("since", "time", l.Stamp(v.Since, v.Now))
	}
	switch {
	case v.Cover.LockedBy != "":
		p := t.env.LockPlate(v.Cover, paint.PlateOutline)
		f.Plate, f.Popup = &p, nil
	case v.Cover.Away > 0:
		age := l.Age(v.Cover.Away)
		p := t.env.AwayPlate(v.Cover, l.T("stale", "age", age), age)
		f.Plate = &p
	}
	if f.Popup != nil && !f.Popup.Until.IsZero() {
		f.Strip.Whole = l.T("popup.until", "time", l.Clock(f.Popup.Until))
	}
	if !reflect.DeepEqual(f, t.face) {
		t.face = f
		t.Touch()
	}
}

func (t *Note) paint(c *paint.Canvas) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	b := c.Img.Rect
	area := b
	if f.Popup != nil {
		area = b.Inset(e.Scale.Px(20))
	}
	bottom := area.Max.Y
	if strip := e.Scale.Px(80); area.Dy() > 3*strip {
		bottom -= strip
		c.Strip(image.Rect(area.Min.X, bottom, area.Max.X, area.Max.Y), e.Scale, f.Strip)
	}
	pad, y := e.Scale.Px(40), area.Min.Y+e.Scale.Px(16)
	room := area.Dx() - 2*pad
	title := room
	if f.Plate != nil {
		w := min(room*2/3, c.PlateWidth(*f.Plate, e.Scale.Text))
		c.Plate(area.Max.X-pad-w, y+(e.Scale.Px(88)-paint.PlateHeight(e.Scale.Text))/2, *f.Plate, e.Scale.Text, w)
		title -= w + e.Scale.Px(24)
	}
	if f.Title != "" || f.Plate != nil {
		c.Text(float64(area.Min.X+pad), float64(y), float64(e.Scale.Px(88)), e.Kit.Fonts.Fit(float64(title), e.Scale.PlateCam, true, f.Title), e.Scale.PlateCam, true, th.T1)
		y += e.Scale.Px(100)
	}
	size, lines := largest(e, f.Text, room, bottom-y)
	row := int(size * 1.36)
	for _, s := range lines {
		if y+row > bottom {
			break
		}
		c.Text(float64(area.Min.X+pad), float64(y), float64(row), s, size, false, th.T1)
		y += row
	}
	e.CoverFrame(c, b, f.Popup)
}

// largest breaks a text into lines of the largest size at which it has room.
func largest(e *tile.Env, text string, w, h int) (float64, []string) {
	for _, size := range []float64{e.Scale.Value, e.Scale.Lead, e.Scale.PlateCam * 72 / 64} {
		lines := e.Kit.Fonts.Wrap(text, float64(w), size, false, 1000)
		fits := float64(len(lines))*size*1.36 <= float64(h)
		for _, s := range lines {
			fits = fits && !cutShort(s)
		}
		if fits {
			return size, lines
		}
	}
	return e.Scale.Text, e.Kit.Fonts.Wrap(text, float64(w), e.Scale.Text, false, max(1, int(float64(h)/(e.Scale.Text*1.36))))
}

func cutShort(s string) bool { return len(s) > 0 && []rune(s)[len([]rune(s))-1] == '…' }
