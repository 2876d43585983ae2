package tile

import (
	"reflect"

	"iocwall/ui/paint"
)

// MessageView is a statement in place of a tile: what is so, what happens next.
type MessageView struct {
	Icon  string
	Title string
	Next  string
}

// Message stands where nothing else can: before the first scene, on a screen
// without one, in place of an unknown kind or a broken tile.
type Message struct {
	box
	body *Pane
	view MessageView
}

// NewMessage returns an empty message.
func NewMessage(env *Env) *Message {
	t := &Message{}
	t.env = env
	t.body = NewPane(env, t.Kind(), env.Kit.Theme.S1, t.paint)
	t.fill(t.body)
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns "message".
func (t *Message) Kind() string { return "message" }

// Name returns the statement.
func (t *Message) Name() string { return t.view.Title }

// Update shows a view.
func (t *Message) Update(v MessageView) {
	if reflect.DeepEqual(v, t.view) {
		return
	}
	t.view = v
	t.body.Touch()
}

func (t *Message) paint(c *paint.Canvas) {
	e, v, th := t.env, t.view, t.env.Kit.Theme
	b := c.Img.Rect
	pad := e.px(40)
	lead, text := e.Scale.Lead, e.Scale.Text
	if e.class(b.Dx(), b.Dy()) <= small {
		lead, pad = text, e.px(16)
	}
	icon := int(lead)
	room := float64(b.Dx() - 2*pad)
	row := int(lead * 1.36)
	lines := e.Kit.Fonts.Wrap(v.Next, room, text, false, max(1, (b.Dy()-row)/max(1, e.px(76))-1))
	y := max(0, (b.Dy()-row-len(lines)*e.px(76))/2)
	title := e.Kit.Fonts.Fit(room-float64(icon+e.px(28)), lead, true, v.Title)
	w := int(e.Kit.Fonts.Width(title, true, lead)) + icon + e.px(28)
	x := (b.Dx() - w) / 2
	c.Icon(x, y+(row-icon)/2, icon, v.Icon, th.T2, th.S1)
	c.Runs(float64(x+icon+e.px(28)), float64(y), float64(row), lead, paint.Run{Text: title, Bold: true})
	for i, l := range lines {
		top := y + row + i*e.px(76)
		if top+e.px(76) > b.Dy() {
			return
		}
		lw := e.Kit.Fonts.Width(l, false, text)
		c.Text((float64(b.Dx())-lw)/2, float64(top), float64(e.px(76)), l, text, false, th.T2)
	}
}
