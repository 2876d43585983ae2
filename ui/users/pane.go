package users

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
)

// pane is what stands beside the list: one person, a new one, or a password that is
// seen this once.
type pane struct {
	p    *Page
	box  *fyne.Container
	rows *fyne.Container
	form *form
	err  *widget.Label
	said string
	sure string // the act that waits for a second click
	busy bool
	main *widget.Button
	stop func()
	secret
}

// secret is a one-time password and whose it is. It is kept nowhere else.
type secret struct {
	password, login string
}

func newPane(p *Page) *pane {
	n := &pane{p: p, rows: container.New(field.Column{Gap: 12})}
	ground := canvas.NewRectangle(p.desk.Env().Kit.Theme.S1)
	scroll := container.NewVScroll(container.New(padded{}, n.rows))
	n.box = container.NewStack(ground, scroll)
	n.build()
	return n
}

// unit is how much larger everything is than at text scale 1.
func (n *pane) unit() float32 {
	return fyne.CurrentApp().Settings().Theme().Size(theme.SizeNameText) / 16
}

// build makes the pane anew for the page's view.
func (n *pane) build() {
	n.rows.Objects, n.form, n.said, n.sure = nil, nil, "", ""
	n.err = widget.NewLabel("")
	n.err.Wrapping, n.err.Importance = fyne.TextWrapWord, widget.DangerImportance
	n.err.Hide()
	switch n.p.view {
	case viewUser:
		n.showUser()
	case viewNew:
		n.head(n.p.t("users.new"))
		n.form = newForm(n, user{Role: "operator"}, true)
		n.form.add()
		n.add(n.err)
		n.main = n.primary("users.do.add", n.create)
		n.button("users.do.cancel", n.p.leave)
	case viewSecret:
		n.showSecret()
	default:
		n.add(field.Words(n.p.t("users.none"), false))
		n.primary("users.do.new", func() { n.p.Rune('n') })
	}
	n.rows.Refresh()
	n.box.Refresh()
}

func (n *pane) add(o fyne.CanvasObject) { n.rows.Add(o) }

func (n *pane) head(text string) {
	t := canvas.NewText(text, n.p.desk.Env().Kit.Theme.T1)
	t.TextSize, t.TextStyle.Bold = 20*n.unit(), true
	n.add(t)
}

func (n *pane) line(text string) { n.add(field.Words(text, true)) }

func (n *pane) button(key string, do func()) *widget.Button {
	b := widget.NewButton(n.p.t(key, "login", n.p.of), do)
	n.add(b)
	return b
}

func (n *pane) primary(key string, do func()) *widget.Button {
	b := n.button(key, do)
	b.Importance = widget.HighImportance
	return b
}

// showUser is one person: what is so, what can be changed, what can be done.
func (n *pane) showUser() {
	u, ok := n.p.person(n.p.of)
	if !ok {
		return
	}
	n.head(u.Name)
	s := n.p.state(&u)
	n.line(n.p.t("users.about", "login", u.Login, "state", s.Text, "seen", n.p.moment(u.Seen)))
	n.line(n.p.t("users.about.factor", "factor", n.p.factor(&u).Text, "created", n.p.moment(u.Created), "n", n.p.desk.Env().Lang.Int(int64(u.Sessions))))
	n.form = newForm(n, u, false)
	n.form.add()
	n.add(n.err)
	n.main = n.primary("users.do.save", n.save)
	n.acts(u)
}

// acts are what can be done with somebody. What cannot be taken back asks twice.
func (n *pane) acts(u user) {
	if u.Disabled.IsZero() {
		n.twice("users.do.disable", func() { n.change(map[string]any{"disabled": true}, "users.did.disabled") })
	} else {
		n.button("users.do.enable", func() { n.change(map[string]any{"disabled": false}, "users.did.enabled") })
	}
	n.twice("users.do.reset", func() { n.reset(false) })
	if u.Factor == "on" {
		n.twice("users.do.factor", func() { n.reset(true) })
	}
	if u.Sessions > 0 {
		n.twice("users.do.sessions", n.endSessions)
	}
	n.button("users.do.close", n.p.leave)
}

// twice is a button that says at the first click what the second one does.
func (n *pane) twice(key string, do func()) {
	var b *widget.Button
	b = n.button(key, func() {
		if n.sure == key {
			n.sure = ""
			do()
			return
		}
		n.sure = key
		b.SetText(n.p.t(key+".sure", "login", n.p.of))
		b.Importance = widget.DangerImportance
		b.Refresh()
	})
}

// showSecret shows a one-time password, this once.
func (n *pane) showSecret() {
	env := n.p.desk.Env()
	n.head(n.p.t("users.secret", "login", n.login))
	n.add(field.Words(n.p.t("users.secret.how", "login", n.login), false))
	t := canvas.NewText(n.password, env.Kit.Theme.T1)
	t.TextSize, t.TextStyle.Bold = 28*n.unit(), true
	n.add(t)
	password := n.password
	n.button("users.do.copy", func() { n.p.desk.Copy(password) })
	n.primary("users.do.done", func() {
		login := n.login
		n.secret = secret{}
		n.p.show(viewNone, "")
		if _, ok := n.p.person(login); ok {
			n.p.choose(login)
		}
	})
}

// say shows why something was not done.
func (n *pane) say(text string) {
	n.said = text
	n.err.SetText(text)
	n.err.Hidden = text == ""
	n.rows.Refresh()
}

// news brings the pane in line with the server where nobody is typing.
func (n *pane) news(u user) {
	if n.form == nil || n.busy || n.sure != "" || n.form.touched() || n.form.focused() || same(n.form.of, u) {
		return
	}
	n.build()
}

// focus gives the first field the keyboard.
func (n *pane) focus() {
	if w := n.p.desk.Window(); n.form != nil && w != nil {
		w.Canvas().Focus(n.form.first().Input)
	}
}

func (n *pane) close() {
	n.secret = secret{}
	if n.stop != nil {
		n.stop()
	}
}

// edged gives a choice the edge of a control: its ground alone is that of the pane.
func (n *pane) edged(s *widget.Select) fyne.CanvasObject {
	edge := canvas.NewRectangle(color.Transparent)
	edge.StrokeColor, edge.StrokeWidth, edge.CornerRadius = n.p.desk.Env().Kit.Theme.Line2, theme.Size(theme.SizeNameInputBorder), 6
	return container.NewStack(s, edge)
}

// level puts a text at the middle of the height of what is beside it.
func level(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(layout.NewSpacer(), o, layout.NewSpacer())
}

// padded is the padding of a pane.
type padded struct{}

// Layout is for Fyne.
func (padded) Layout(os []fyne.CanvasObject, size fyne.Size) {
	os[0].Move(fyne.NewSquareOffsetPos(gap))
	os[0].Resize(size.SubtractWidthHeight(2*gap, 2*gap))
}

// MinSize is for Fyne.
func (padded) MinSize(os []fyne.CanvasObject) fyne.Size {
	return os[0].MinSize().AddWidthHeight(2*gap, 2*gap)
}
