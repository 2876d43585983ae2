package users

import (
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/text/unicode/norm"

	"iocwall/server/world"
	"iocwall/ui/field"
)

// form is the fields of a person.
type form struct {
	n     *pane
	of    user
	fresh bool // somebody new

	login, name, find *field.Field
	role              *widget.Select
	roles             []string
	unit              *widget.Select
	units             []string // their ids, the first for none
	terms             []*termRow
	areas             *fyne.Container
	offers            *fyne.Container
}

// termRow is an area with its days.
type termRow struct {
	area        string
	from, until *field.Field
}

func newForm(n *pane, u user, fresh bool) *form {
	f := &form{n: n, of: u, fresh: fresh, areas: container.New(field.Column{Gap: 8}), offers: container.New(field.Column{Gap: 4})}
	f.login = f.field(field.Code, "login", 64)
	f.name = f.field(field.Text, "name", 120)
	f.name.SetText(u.Name)
	f.find = f.field(field.Query, "find", 60)
	f.find.Input.PlaceHolder = n.p.t("users.field.find.hint")
	f.roles = slices.Clone(n.p.roles)
	if len(f.roles) == 0 || !slices.Contains(f.roles, u.Role) {
		f.roles = append(f.roles, u.Role)
	}
	var names []string
	for _, r := range f.roles {
		names = append(names, n.p.role(r))
	}
	f.role = widget.NewSelect(names, func(string) { n.p.remember() })
	f.role.SetSelectedIndex(slices.Index(f.roles, u.Role))
	f.offerUnits(u.Unit)
	for _, t := range u.Areas {
		f.grant(t.Area, n.p.firstDay(t.From), n.p.lastDay(t.Until))
	}
	return f
}

func (f *form) field(kind field.Kind, name string, most int) *field.Field {
	p := f.n.p
	o := field.Options{
		Kind: kind, Lang: p.desk.Env().Lang, Memory: p.desk.Memory(), Label: p.t("users.field." + name), Most: most,
		Escape: p.leave, Enter: f.n.submit, Changed: func(string) { p.remember() },
	}
	if name == "find" {
		o.Changed = f.offer
		o.Enter = f.takeFirst
	}
	return field.New(o)
}

// add puts the fields into the pane.
func (f *form) add() {
	if f.fresh {
		f.n.add(f.login)
	}
	f.n.add(f.name)
	f.n.add(container.New(field.Column{Gap: 2}, field.Words(f.n.p.t("users.field.role"), true), f.n.edged(f.role)))
	f.n.add(container.New(field.Column{Gap: 2}, field.Words(f.n.p.t("users.field.unit"), true), f.n.edged(f.unit)))
	f.n.add(f.areas)
	f.n.add(f.find)
	f.n.add(f.offers)
	f.list()
}

// offerUnits makes the choice of the agency somebody works for; one that is known no
// more can stay.
func (f *form) offerUnits(of string) {
	p := f.n.p
	var all []world.Agency
	if st := p.desk.State(); st != nil {
		for e := range st.Entities(world.KindAgency) {
			if a, ok := e.(world.Agency); ok {
				all = append(all, a)
			}
		}
	}
	slices.SortFunc(all, func(a, b world.Agency) int { return strings.Compare(fold(a.Name), fold(b.Name)) })
	f.units = []string{""}
	names := []string{p.t("users.unit.none")}
	for _, a := range all {
		name := a.Name
		if slices.Contains(names, name) { // the choice tells them apart by their words
			name += " (" + a.ID + ")"
		}
		f.units, names = append(f.units, a.ID), append(names, name)
	}
	if !slices.Contains(f.units, of) {
		f.units, names = append(f.units, of), append(names, of)
	}
	f.unit = widget.NewSelect(names, func(string) { p.remember() })
	f.unit.SetSelectedIndex(slices.Index(f.units, of))
}

// chosenUnit is the agency that is chosen, empty for none.
func (f *form) chosenUnit() string {
	if i := f.unit.SelectedIndex(); i >= 0 && i < len(f.units) {
		return f.units[i]
	}
	return f.of.Unit
}

func (f *form) first() *field.Field {
	if f.fresh {
		return f.login
	}
	return f.name
}

// grant adds an area.
func (f *form) grant(area, from, until string) {
	p := f.n.p
	of := func(name, text string) *field.Field {
		x := field.New(field.Options{
			Kind: field.Code, Plain: true, Lang: p.desk.Env().Lang, Label: p.t("users.field." + name), Hint: p.t("users.field.day"),
			Most: 10, Escape: p.leave, Enter: f.n.submit, Changed: func(string) { p.remember() },
		})
		x.SetText(text)
		return x
	}
	f.terms = append(f.terms, &termRow{area: area, from: of("from", from), until: of("until", until)})
}

// list shows the areas that are granted.
func (f *form) list() {
	p := f.n.p
	f.areas.Objects = nil
	if len(f.terms) == 0 {
		f.areas.Add(field.Words(p.t("users.areas.none"), true))
	}
	for i, t := range f.terms {
		away := widget.NewButton(p.t("users.do.ungrant"), func() {
			f.terms = slices.Delete(f.terms, i, i+1)
			f.list()
			p.remember()
		})
		f.areas.Add(container.NewBorder(nil, nil, nil, away, level(field.Bold(p.areaName(t.area)))))
		f.areas.Add(container.NewGridWithColumns(2, t.from, t.until))
	}
	f.areas.Refresh()
	f.n.rows.Refresh()
}

// mostOffers bounds the areas that are offered at once.
const mostOffers = 5

// offer lists areas whose name holds what is typed, whatever its accents.
func (f *form) offer(text string) {
	f.offers.Objects = nil
	for _, a := range f.matches(text) {
		f.offers.Add(widget.NewButton(f.areaWhole(a), func() { f.take(a.ID) }))
	}
	f.offers.Refresh()
	f.n.rows.Refresh()
}

func (f *form) matches(text string) []world.Area {
	st, words := f.n.p.desk.State(), strings.Fields(fold(text))
	if st == nil || len(words) == 0 {
		return nil
	}
	now := world.TimeOf(f.n.p.desk.Now())
	var out []world.Area
	for _, a := range st.Areas() {
		if !a.ValidAt(now) || slices.ContainsFunc(f.terms, func(t *termRow) bool { return t.area == a.ID }) {
			continue
		}
		name := fold(a.Name + " " + a.ID)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
			out = append(out, a)
		}
		if len(out) == mostOffers {
			break
		}
	}
	return out
}

// areaWhole is an area's name with that of the one it lies in.
func (f *form) areaWhole(a world.Area) string {
	if a.Parent == "" {
		return a.Name
	}
	return a.Name + " · " + f.n.p.areaName(a.Parent)
}

// take grants an area that was offered.
func (f *form) take(id string) {
	f.grant(id, "", "")
	f.find.SetText("")
	f.offer("")
	f.list()
	if w := f.n.p.desk.Window(); w != nil {
		w.Canvas().Focus(f.find.Input)
	}
	f.n.p.remember()
}

func (f *form) takeFirst() {
	if m := f.matches(f.find.Text()); len(m) > 0 {
		f.take(m[0].ID)
		return
	}
	if f.find.Text() == "" {
		f.n.submit()
	}
}

// fold takes accents and capitals away.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ' || r == 'Đ':
			return 'd'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// chosenRole is the role that is chosen.
func (f *form) chosenRole() string {
	if i := f.role.SelectedIndex(); i >= 0 && i < len(f.roles) {
		return f.roles[i]
	}
	return f.of.Role
}

// asked is a grant as the doors take it.
type asked struct {
	Area  string `json:"area"`
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
}

// read checks the fields; ok is false where one is wrong, and says so below it.
func (f *form) read() (areas []asked, ok bool) {
	p := f.n.p
	ok = true
	wrong := func(x *field.Field, is bool, key string) {
		text := ""
		if is {
			text, ok = p.t(key), false
		}
		x.Wrong(text)
	}
	if f.fresh {
		wrong(f.login, !plainLogin(f.login.Text()), "users.need.login")
	}
	wrong(f.name, strings.TrimSpace(f.name.Text()) == "", "users.need.name")
	wrong(f.find, f.chosenRole() == "unit" && len(f.terms) == 0, "users.need.area")
	areas = []asked{}
	for _, t := range f.terms {
		from, err1 := day(t.from.Text())
		until, err2 := day(t.until.Text())
		wrong(t.from, err1 != nil, "users.need.day")
		wrong(t.until, err2 != nil, "users.need.day")
		if err1 == nil && err2 == nil && from != "" && until != "" && until < from {
			wrong(t.until, true, "users.need.order")
		}
		areas = append(areas, asked{t.area, from, until})
	}
	return areas, ok
}

// plainLogin reports whether a login is one; the server decides.
func plainLogin(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 2 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-')
	})
}

// touched reports whether something differs from what the server said.
func (f *form) touched() bool {
	d := f.draft()
	return d.Login != "" || d.Name != f.of.Name || d.Role != f.of.Role || d.Unit != f.of.Unit || d.Find != "" || !slices.Equal(d.Areas, f.as(f.of.Areas))
}

func (f *form) as(ts []term) []asked {
	var out []asked
	for _, t := range ts {
		out = append(out, asked{t.Area, f.n.p.firstDay(t.From), f.n.p.lastDay(t.Until)})
	}
	return out
}

func (f *form) focused() bool {
	c := fyne.CurrentApp().Driver().CanvasForObject(f.n.box)
	if c == nil {
		return false
	}
	_, typing := c.Focused().(*field.Input)
	return typing
}

// same reports whether two tell the same of somebody.
func same(a, b user) bool {
	return a.Name == b.Name && a.Role == b.Role && a.Unit == b.Unit && a.Disabled.Equal(b.Disabled) && a.Must == b.Must && a.Factor == b.Factor &&
		a.Sessions == b.Sessions && a.Seen.Equal(b.Seen) &&
		slices.EqualFunc(a.Areas, b.Areas, func(x, y term) bool {
			return x.Area == y.Area && x.From.Equal(y.From) && x.Until.Equal(y.Until)
		})
}
