package login

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/look"
)

// form is the objects of a step.
type form struct {
	p      *Page
	scroll *container.Scroll
	bar    *fyne.Container
	rows   *fyne.Container
	over   *canvas.Text // the name of the centre
	fields map[string]*field.Field
	order  []string
	said   *notice
	main   *widget.Button
	label  string // of the main button
	back   *widget.Button
}

func newForm(p *Page) *form {
	f := &form{p: p, fields: map[string]*field.Field{}, rows: container.New(field.Column{Gap: 12})}
	th := p.o.Kit.Theme
	card := canvas.NewRectangle(th.S1)
	card.CornerRadius, card.StrokeWidth, card.StrokeColor = 12, 1, th.Line1
	f.bar = f.choices()
	wide := func() float32 {
		w := float32(0)
		for _, o := range f.bar.Objects {
			w += o.MinSize().Width + 8
		}
		return w
	}
	f.scroll = container.NewVScroll(container.New(&middle{unit: f.unit, broad: p.step == stepEnrol || p.step == stepRecovery, bar: wide}, card, f.rows))
	return f
}

// unit is how much larger everything is than at text scale 1.
func (f *form) unit() float32 {
	return fyne.CurrentApp().Settings().Theme().Size(theme.SizeNameText) / 16
}

// fill makes the objects.
func (f *form) fill() {
	p, l := f.p, f.p.o.Lang
	f.head()
	f.said = newNotice(p.o.Kit.Theme)
	submit := "login.do." + string(p.step)
	switch p.step {
	case stepLogin:
		f.add(f.field("login", field.Code))
		f.add(f.field("password", field.Password))
	case stepCode:
		f.text(l.T("login.code.how"))
		f.add(f.field("code", field.Code))
	case stepPassword:
		f.text(l.T("login.password.how", "who", p.who.Name))
		f.add(f.field("next", field.Password))
		f.add(f.field("again", field.Password))
	case stepEnrol:
		f.enrol()
	case stepRecovery:
		f.recovery()
	case stepArea:
		f.text(l.T("login.area.how", "who", p.who.Name))
	}
	f.add(f.said)
	f.label = l.T(submit)
	f.main = widget.NewButton(f.label, p.submit)
	f.main.Importance = widget.HighImportance
	if p.step != stepLogin && p.step != stepRecovery && p.step != stepArea {
		f.back = widget.NewButton(l.T("login.back"), p.leave)
	}
	if f.back != nil && p.step == stepEnrol {
		f.add(container.NewGridWithColumns(2, f.main, f.back))
	} else {
		f.add(f.main)
		if f.back != nil {
			f.add(f.back)
		}
	}
	if p.step == stepLogin {
		f.small(l.T("login.forgot"))
	}
	f.foot()
}

func (f *form) add(o fyne.CanvasObject) { f.rows.Add(o) }

// head is the name of the centre and of the step.
func (f *form) head() {
	l, th := f.p.o.Lang, f.p.o.Kit.Theme
	name := f.p.o.Centre
	if name == "" {
		name = l.T("login.product")
	}
	u := f.unit()
	f.over = canvas.NewText(name, th.T1)
	f.over.TextSize, f.over.TextStyle.Bold = 16*u, true
	line := canvas.NewRectangle(th.Line1)
	line.SetMinSize(fyne.NewSize(1, 1))
	title := canvas.NewText(l.T("login.title."+string(f.p.step)), th.T1)
	title.TextSize, title.TextStyle.Bold = 20*u, true
	f.add(f.over)
	f.add(line)
	f.add(title)
}

// foot says where one logs in.
func (f *form) foot() {
	key := "login.server"
	if !f.p.o.Secure {
		key = "login.server.open"
	}
	f.small(f.p.o.Lang.T(key, "server", f.p.o.Server))
}

func (f *form) text(s string)  { f.add(field.Words(s, false)) }
func (f *form) small(s string) { f.add(field.Words(s, true)) }

// field makes a field with its label.
func (f *form) field(name string, kind field.Kind) *field.Field {
	l := f.p.o.Lang
	x := field.New(field.Options{
		Kind: kind, Lang: l, Memory: f.p.o.Memory, Label: l.T("login.field." + name),
		Enter: f.next(name), Escape: f.escape, Most: 200,
	})
	if t := f.p.typed[name]; t != "" {
		x.SetText(t)
	}
	f.fields[name] = x
	f.order = append(f.order, name)
	return x
}

// next is what Enter does in a field: the next one that is empty, or the step's deed.
func (f *form) next(name string) func() {
	return func() {
		after := false
		for _, n := range f.order {
			if after && f.fields[n].Text() == "" {
				f.fields[n].Focus()
				return
			}
			after = after || n == name
		}
		f.p.submit()
	}
}

func (f *form) escape() {
	if f.back != nil {
		f.p.leave()
	}
}

// first is the field that has the keyboard first.
func (f *form) first() fyne.Focusable {
	for _, n := range f.order {
		if f.fields[n].Text() == "" {
			return f.fields[n].Input
		}
	}
	if len(f.order) > 0 {
		return f.fields[f.order[len(f.order)-1]].Input
	}
	return f.main
}

// wrong says what is wrong with a field, or that nothing is.
func (f *form) wrong(name string, is bool, key string) {
	text := ""
	if is {
		text = f.p.o.Lang.T(key)
	}
	if x := f.fields[name]; x != nil {
		x.Wrong(text)
	}
}

// clear empties a field.
func (f *form) clear(name string) {
	if x := f.fields[name]; x != nil {
		x.SetText("")
		f.p.typed[name] = ""
	}
}

// say shows how things stand.
func (f *form) say() {
	p := f.p
	f.said.say(p.says(p.o.Now()), p.wrong.code)
	text := f.label
	if p.busy {
		text = p.o.Lang.T("login.busy")
	}
	f.main.SetText(text)
	if p.busy || !p.until.IsZero() {
		f.main.Disable()
	} else {
		f.main.Enable()
	}
	f.rows.Refresh()
	f.scroll.Refresh()
}

// choices are the language and the theme.
func (f *form) choices() *fyne.Container {
	p, l := f.p, f.p.o.Lang
	if p.o.Look == nil {
		return container.NewWithoutLayout()
	}
	theme := p.o.Kit.Theme.Name
	other := map[string]string{look.Dark().Name: look.Light().Name, look.Light().Name: look.Dark().Name}[theme]
	language := map[string]string{"vi": "en", "en": "vi"}[l.Code]
	a := widget.NewButton(l.T("shell.lang."+language), func() { p.o.Look(language, theme) })
	b := widget.NewButton(l.T("login.theme."+other), func() { p.o.Look(l.Code, other) })
	return container.New(corner{}, a, b)
}

// groups writes a secret in groups of four, four to a line.
func groups(s string) string {
	var b strings.Builder
	for i, r := range strings.ReplaceAll(s, " ", "") {
		switch {
		case i > 0 && i%16 == 0:
			b.WriteByte('\n')
		case i > 0 && i%4 == 0:
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
