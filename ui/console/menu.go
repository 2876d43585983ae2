package console

import (
	"math"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/ui/console/chip"
	"iocwall/ui/field"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/words"
)

// entry is one line of a menu: words above others where it does nothing and has
// no choices, which stand beside each other.
type entry struct {
	face    chip.Face
	do      func()
	choices []entry
}

const (
	menuLine = 40 // Fyne units
	menuHead = 32
	menuGap  = 8
)

// line is a line of an open menu: words and buttons beside each other.
type line struct {
	words *canvas.Text
	chips []*chip.Chip
	wide  float32
}

func (c *Console) menuLines(entries []entry) (lines []line, objects []fyne.CanvasObject) {
	button := func(e entry) *chip.Chip {
		return chip.New(hands{c}, e.face, func() {
			c.drop()
			e.do()
		})
	}
	for _, e := range entries {
		var l line
		if e.do == nil {
			l.words = c.heading(e.face.Text)
			objects = append(objects, l.words)
			l.wide = float32(c.env.Kit.Fonts.Width(e.face.Text, false, 14)) + 24
		} else {
			e.choices = []entry{e}
		}
		for _, x := range e.choices {
			b := button(x)
			l.chips = append(l.chips, b)
			l.wide += b.Wide() + 4
			objects = append(objects, b)
		}
		lines = append(lines, l)
	}
	return lines, objects
}

// put places a line and returns how high it is, in Fyne units at the normal size.
func (l line) put(c *Console, at fyne.Position, wide float32) float32 {
	h := float32(menuLine)
	if len(l.chips) == 0 {
		h = menuHead
	}
	if l.words == nil {
		l.chips[0].Move(at)
		l.chips[0].Resize(fyne.NewSize(wide, c.unit(h)))
		return h
	}
	l.words.Move(at.AddXY(c.unit(12), (c.unit(h)-l.words.MinSize().Height)/2))
	x := wide
	for i := len(l.chips) - 1; i >= 0; i-- {
		b := l.chips[i]
		w := c.unit(b.Wide())
		x -= w + c.unit(4)
		b.Move(at.AddXY(x, c.unit(2)))
		b.Resize(fyne.NewSize(w, c.unit(h-4)))
	}
	return h
}

// menu opens a list of what can be done under the bar, left of a place in it.
func (c *Console) menu(right float32, entries []entry) {
	lines, objects := c.menuLines(entries)
	wide := float32(260)
	for _, l := range lines {
		wide = max(wide, l.wide+2*menuGap+16)
	}
	s := &sheet{key: c.menuKey}
	s.place = func(window fyne.Size) (fyne.Position, fyne.Size) {
		size := fyne.NewSize(min(c.unit(wide), window.Width), c.unit(menuGap))
		at := fyne.NewPos(max(0, min(right, window.Width-c.unit(4))-size.Width), c.unit(barHeight)+2)
		for _, l := range lines {
			h := l.put(c, at.AddXY(c.unit(menuGap), size.Height), size.Width-c.unit(2*menuGap))
			size.Height += c.unit(h)
		}
		size.Height += c.unit(menuGap)
		return at, size
	}
	c.lift(s, objects...)
	for _, l := range lines {
		if len(l.chips) > 0 {
			c.base.Window().Canvas().Focus(l.chips[0])
			return
		}
	}
}

// menuKey moves the keyboard over a menu's lines.
func (c *Console) menuKey(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		c.base.Window().Canvas().FocusNext()
	case fyne.KeyUp:
		c.base.Window().Canvas().FocusPrevious()
	default:
		return false
	}
	return true
}

// heading is a small line over some others.
func (c *Console) heading(s string) *canvas.Text {
	t := canvas.NewText(s, c.env.Kit.Theme.T3)
	t.TextSize = c.unit(14)
	return t
}

// openPerson opens the menu of who sits here.
func (c *Console) openPerson() {
	var list []entry
	add := func(f chip.Face, do func()) {
		f.Role = chip.Line
		list = append(list, entry{face: f, do: do})
	}
	l, p := c.env.Lang, c.base.Person()
	who := p.Login
	if who == "" {
		who = l.T("shell.token")
	}
	if p.Role != "" {
		who += " · " + c.roleName(p.Role)
	}
	add(chip.Face{Text: who}, nil)
	for _, it := range c.o.Menu {
		add(chip.Face{Icon: it.Icon, Text: l.T(it.Title)}, it.Do)
	}
	for _, ch := range c.choices() {
		row := entry{face: chip.Face{Text: l.T(ch.Title)}}
		for i, o := range ch.Options {
			if l.Has(o) {
				o = l.T(o)
			}
			row.choices = append(row.choices, entry{face: chip.Face{Role: chip.Button, Text: o, Chosen: ch.Chosen() == i}, do: func() { ch.Choose(i) }})
		}
		list = append(list, row)
	}
	if c.o.Logout != nil {
		add(chip.Face{Icon: "right", Text: l.T("shell.logout")}, c.o.Logout)
	}
	c.menu(c.bar.person.Position().X+c.bar.person.Size().Width, list)
}

// choices are those of the look, and those that were handed in.
func (c *Console) choices() []Choice {
	var out []Choice
	if c.o.OnLook != nil {
		out = append(out, c.pick("shell.lang", words.Codes(), "shell.lang.", c.o.Look.Lang, func(k *Look, v string) { k.Lang = v }),
			c.pick("shell.theme", []string{"dark", "light"}, "shell.theme.", c.o.Look.Theme, func(k *Look, v string) { k.Theme = v }))
		out = append(out, c.pickSize())
	}
	return append(append(out, c.typingMethod()), c.o.Choices...)
}

// typingMethod is who composes Vietnamese letters in fields.
func (c *Console) typingMethod() Choice {
	ch := Choice{Title: "shell.typing"}
	methods := field.Methods()
	for _, m := range methods {
		ch.Options = append(ch.Options, "field.method."+string(m))
	}
	m := c.base.Memory()
	ch.Chosen = func() int { return max(0, slices.Index(methods, field.Load(m).Method)) }
	ch.Choose = func(i int) {
		s := field.Load(m)
		s.Method, s.English = methods[i], false
		field.Save(m, s)
	}
	return ch
}

func (c *Console) pick(title string, values []string, prefix, now string, set func(*Look, string)) Choice {
	ch := Choice{Title: title}
	for _, v := range values {
		ch.Options = append(ch.Options, prefix+v)
	}
	ch.Chosen = func() int {
		for i, v := range values {
			if v == now {
				return i
			}
		}
		return 0
	}
	ch.Choose = func(i int) {
		k := c.o.Look
		set(&k, values[i])
		c.restyle(k)
	}
	return ch
}

func (c *Console) pickSize() Choice {
	ch := Choice{Title: "shell.size"}
	sizes := look.TextSizes()
	for _, v := range sizes {
		ch.Options = append(ch.Options, strconv.Itoa(int(math.Round(v*100)))+c.env.Lang.PercentSign())
	}
	ch.Chosen = func() int { return c.sizeAt() }
	ch.Choose = func(i int) {
		k := c.o.Look
		k.Text = sizes[i]
		c.restyle(k)
	}
	return ch
}

// sizeAt is which of the sizes of text is in force.
func (c *Console) sizeAt() int {
	at := 0
	for i, v := range look.TextSizes() {
		if c.o.Look.Text >= v-0.01 {
			at = i
		}
	}
	return at
}

// grow makes text one size larger or smaller.
func (c *Console) grow(by int) {
	sizes := look.TextSizes()
	at := min(max(c.sizeAt()+by, 0), len(sizes)-1)
	k := c.o.Look
	k.Text = sizes[at]
	c.restyle(k)
}

// restyle asks for another look.
func (c *Console) restyle(k Look) {
	if c.o.OnLook != nil && k != c.o.Look {
		c.o.OnLook(k)
	}
}

func (c *Console) roleName(role string) string {
	if key := "shell.role." + role; c.env.Lang.Has(key) {
		return c.env.Lang.T(key)
	}
	return role
}

// openMore opens the pages that found no place in the bar.
func (c *Console) openMore() {
	var list []entry
	for i, k := range c.tabbed() {
		if i < c.bar.fit {
			continue
		}
		list = append(list, entry{face: chip.Face{Role: chip.Line, Icon: k.Icon, Text: c.env.Lang.T(k.Title), Key: tabKey(i)}, do: func() {
			c.Open(page.Link{Kind: "page", ID: k.ID})
		}})
	}
	c.menu(c.bar.more.Position().X+c.bar.more.Size().Width, list)
}
