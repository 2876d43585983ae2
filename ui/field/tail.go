package field

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Sizes of the design at text scale 1, in units.
const (
	controlHigh = 40
	target      = 32
	textSize    = 16
)

// unit is how much larger everything is than at text scale 1.
func unit(th fyne.Theme) float32 { return th.Size(theme.SizeNameText) / textSize }

// paintOf is a colour of the theme.
func paintOf(th fyne.Theme, n fyne.ThemeColorName) color.Color {
	return th.Color(n, theme.VariantDark)
}

// tail is what stands at the right end of a field: clear or reveal, and how it types.
type tail struct {
	widget.BaseWidget
	i            *Input
	clear, hide  *press
	sign         *press
	signText     *canvas.Text
	signEdge     *canvas.Rectangle
	clearIcon    *canvas.Image
	revealedIcon *canvas.Image
}

func newTail(i *Input) *tail {
	t := &tail{i: i}
	th := i.Theme()
	t.clearIcon = canvas.NewImageFromResource(theme.NewThemedResource(theme.CancelIcon()))
	t.clearIcon.FillMode = canvas.ImageFillContain
	t.revealedIcon = canvas.NewImageFromResource(theme.NewThemedResource(theme.VisibilityIcon()))
	t.revealedIcon.FillMode = canvas.ImageFillContain
	t.signText = canvas.NewText("", paintOf(th, theme.ColorNamePlaceHolder))
	t.signText.Alignment = fyne.TextAlignCenter
	t.signText.TextStyle.Bold = true
	t.signEdge = canvas.NewRectangle(color.Transparent)
	t.signEdge.StrokeWidth = 1
	t.clear = newPress(i.Clear, nil, i, t.clearIcon)
	t.hide = newPress(t.reveal, nil, i, t.revealedIcon)
	t.sign = newPress(i.Switch, t.menu, i, t.signEdge, t.signText)
	t.ExtendBaseWidget(t)
	return t
}

// reveal shows a password as it is, and hides it again.
func (t *tail) reveal() {
	t.i.Password = !t.i.Password
	t.i.Refresh()
	t.Refresh()
}

// menu offers the ways to type.
func (t *tail) menu(at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(t.i.self.(fyne.CanvasObject))
	if c == nil {
		return
	}
	lang, s := t.i.o.Lang, t.i.setting
	var items []*fyne.MenuItem
	for _, m := range Methods() {
		it := fyne.NewMenuItem(lang.T("field.method."+string(m)), func() { t.i.choose(Setting{Method: m, Modern: s.Modern}) })
		it.Checked = m == s.Method && !s.English
		items = append(items, it)
	}
	english := fyne.NewMenuItem(lang.T("field.english"), func() {
		s.English = true
		t.i.choose(s)
	})
	english.Checked = s.English
	tones := fyne.NewMenuItem(lang.T("field.modern"), func() {
		s.Modern = !s.Modern
		t.i.choose(s)
	})
	tones.Checked = s.Modern
	items = append(items, english, fyne.NewMenuItemSeparator(), tones)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
}

// CreateRenderer is for Fyne.
func (t *tail) CreateRenderer() fyne.WidgetRenderer {
	r := &tailRenderer{t: t}
	r.Refresh()
	return r
}

type tailRenderer struct{ t *tail }

func (r *tailRenderer) parts() []*press {
	t := r.t
	var out []*press
	if t.i.o.Kind == Password {
		out = append(out, t.hide)
	} else if t.i.Text != "" && t.i.o.Kind != Lines && !t.i.Disabled() {
		out = append(out, t.clear)
	}
	if t.i.composes() {
		out = append(out, t.sign)
	}
	return out
}

// MinSize keeps room for what may appear, so that the text does not move.
func (r *tailRenderer) MinSize() fyne.Size {
	u := unit(r.t.Theme())
	n := 1
	if r.t.i.composes() && r.t.i.o.Kind != Lines {
		n = 2
	}
	return fyne.NewSize(float32(n)*target*u+4*u, target*u)
}

func (r *tailRenderer) Layout(size fyne.Size) {
	u := unit(r.t.Theme())
	high := min(size.Height, (controlHigh-2)*u)
	x := size.Width - 4*u
	ps := r.parts()
	for i := len(ps) - 1; i >= 0; i-- {
		x -= target * u
		ps[i].Move(fyne.NewPos(x, 0))
		ps[i].Resize(fyne.NewSize(target*u, high))
	}
	mark := 18 * u
	for _, icon := range []*canvas.Image{r.t.clearIcon, r.t.revealedIcon} {
		icon.Move(fyne.NewPos((target*u-mark)/2, (high-mark)/2))
		icon.Resize(fyne.NewSize(mark, mark))
	}
	r.t.signEdge.Move(fyne.NewPos(u, (high-22*u)/2))
	r.t.signEdge.Resize(fyne.NewSize((target-2)*u, 22*u))
	r.t.signText.Move(fyne.NewPos(0, (high-22*u)/2))
	r.t.signText.Resize(fyne.NewSize(target*u, 22*u))
}

func (r *tailRenderer) Refresh() {
	t, th := r.t, r.t.Theme()
	key := "field.sign.vi"
	if s := t.i.setting; s.Method == System {
		key = "field.sign.system"
	} else if s.English {
		key = "field.sign.en"
	}
	t.signText.Text = t.i.o.Lang.T(key)
	t.signText.TextSize = th.Size(theme.SizeNameCaptionText)
	t.signText.Color = paintOf(th, theme.ColorNamePlaceHolder)
	t.signEdge.StrokeColor = paintOf(th, theme.ColorNameInputBorder)
	t.signEdge.CornerRadius = 4 * unit(th)
	icon := theme.VisibilityOffIcon()
	if t.i.Password {
		icon = theme.VisibilityIcon()
	}
	t.revealedIcon.Resource = theme.NewThemedResource(icon)
	shown := r.parts()
	for _, p := range []*press{t.clear, t.hide, t.sign} {
		p.Hidden = true
		for _, s := range shown {
			p.Hidden = p.Hidden && s != p
		}
	}
	r.Layout(t.Size())
	for _, o := range []fyne.CanvasObject{t.signText, t.signEdge, t.clearIcon, t.revealedIcon} {
		o.Refresh()
	}
}

func (r *tailRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.clear, r.t.hide, r.t.sign}
}
func (r *tailRenderer) Destroy() {}

// press is a place in a field that does something when it is clicked; the keyboard
// stays with the field.
type press struct {
	widget.BaseWidget
	do    func()
	other func(at fyne.Position)
	i     *Input
	face  []fyne.CanvasObject
}

func newPress(do func(), other func(fyne.Position), i *Input, face ...fyne.CanvasObject) *press {
	p := &press{do: do, other: other, i: i, face: face}
	p.ExtendBaseWidget(p)
	return p
}

// Tapped is for Fyne.
func (p *press) Tapped(*fyne.PointEvent) {
	p.do()
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		c.Focus(p.i.self)
	}
}

// TappedSecondary is for Fyne.
func (p *press) TappedSecondary(e *fyne.PointEvent) {
	if p.other != nil {
		p.other(e.AbsolutePosition)
	}
}

// CreateRenderer is for Fyne.
func (p *press) CreateRenderer() fyne.WidgetRenderer { return &pressRenderer{p} }

type pressRenderer struct{ p *press }

func (r *pressRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *pressRenderer) Layout(fyne.Size)             {}
func (r *pressRenderer) Refresh()                     {}
func (r *pressRenderer) Objects() []fyne.CanvasObject { return r.p.face }
func (r *pressRenderer) Destroy()                     {}
