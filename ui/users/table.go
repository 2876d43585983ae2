package users

import (
	"cmp"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/ui/list"
	"iocwall/ui/paint"
)

func newList(p *Page) *list.List {
	at := func(i int) *user { return p.people.At(i) }
	return list.New(p.desk, list.Options{
		Name: "users", Source: p.people, Tall: true, Export: "users",
		Sort: list.Sort{Column: "name"}, Columns: p.columns(at), Chips: p.chips(at),
		Chosen: func(id string) { p.choose(id) },
		Open: func(id string) {
			p.choose(id)
			p.pane.focus()
		},
		Empty: func() (title, text string) { return p.t("users.empty"), p.t("users.empty.why") },
	})
}

func (p *Page) columns(at func(int) *user) []list.Column {
	text := func(id, title string, least, weight float64, drop int, cell func(*user) list.Cell) list.Column {
		return list.Column{
			ID: id, Title: p.t(title), Min: least, Weight: weight, Drop: drop,
			Text: func(i int) string { c := cell(at(i)); return strings.TrimSpace(c.Text + " " + c.Sub) },
			Cell: func(i int) list.Cell { return cell(at(i)) },
		}
	}
	moment := func(id, title string, drop int, of func(*user) time.Time) list.Column {
		c := text(id, title, 120, 0, drop, func(u *user) list.Cell { return list.Cell{Text: p.moment(of(u)), Tone: list.Quiet} })
		c.Down = true
		c.Num = func(i int) (float64, bool) { t := of(at(i)); return float64(t.Unix()), !t.IsZero() }
		return c
	}
	sessions := text("sessions", "users.col.sessions", 80, 0, 4, func(u *user) list.Cell {
		return list.Cell{Text: p.desk.Env().Lang.Int(int64(u.Sessions)), Tone: list.Quiet}
	})
	sessions.Right = true
	sessions.Num = func(i int) (float64, bool) { return float64(at(i).Sessions), true }
	return []list.Column{
		text("name", "users.col.name", 180, 3, 0, func(u *user) list.Cell { return list.Cell{Text: u.Name, Sub: u.Login, Bold: true} }),
		text("role", "users.col.role", 110, 1, 0, func(u *user) list.Cell { return list.Cell{Text: p.role(u.Role), Sub: p.place(u)} }),
		text("state", "users.col.state", 170, 1, 1, func(u *user) list.Cell { return p.state(u) }),
		text("factor", "users.col.factor", 120, 0, 3, func(u *user) list.Cell { return p.factor(u) }),
		moment("seen", "users.col.seen", 2, func(u *user) time.Time { return u.Seen }),
		sessions,
	}
}

func (p *Page) chips(at func(int) *user) []list.Chip {
	return []list.Chip{
		{ID: "open", Text: p.t("users.chip.open"), Group: "state", Count: true, Match: func(i int) bool { return at(i).Disabled.IsZero() }},
		{ID: "shut", Text: p.t("users.chip.shut"), Group: "state", Count: true, Match: func(i int) bool { return !at(i).Disabled.IsZero() }},
		{ID: "never", Text: p.t("users.chip.never"), Group: "state", Count: true, Match: func(i int) bool { return at(i).Seen.IsZero() }},
		{ID: "factor", Text: p.t("users.chip.factor"), Count: true, Match: func(i int) bool { return at(i).Factor == "required" }},
	}
}

// role is a role's name.
func (p *Page) role(role string) string {
	if key := "shell.role." + role; p.desk.Env().Lang.Has(key) {
		return p.t(key)
	}
	return role
}

// state is whether somebody may log in, and what stands in the way.
func (p *Page) state(u *user) list.Cell {
	switch {
	case !u.Disabled.IsZero():
		return list.Cell{Plate: paint.PlateOffline, Icon: "lock", Text: p.t("users.state.shut")}
	case len(u.Areas) > 0 && !p.anyNow(u):
		return list.Cell{Plate: paint.PlateWarning, Icon: "warning", Text: p.t("users.state.noarea")}
	case u.Must:
		return list.Cell{Plate: paint.PlateNotice, Icon: "notice", Text: p.t("users.state.must")}
	}
	return list.Cell{Text: p.t("users.state.open"), Icon: "normal", Tone: list.Quiet}
}

func (p *Page) factor(u *user) list.Cell {
	switch u.Factor {
	case "on":
		return list.Cell{Text: p.t("users.factor.on"), Icon: "done", Tone: list.Quiet}
	case "required":
		return list.Cell{Text: p.t("users.factor.required"), Icon: "warning", Tone: list.Warning}
	}
	return list.Cell{Text: "—", Tone: list.Faint}
}

// anyNow reports whether one of the areas is granted at this time.
func (p *Page) anyNow(u *user) bool {
	now := p.desk.Now()
	for _, t := range u.Areas {
		if (t.From.IsZero() || !now.Before(t.From)) && (t.Until.IsZero() || now.Before(t.Until)) {
			return true
		}
	}
	return false
}

// place is where somebody works: the agency, and the areas that are seen.
func (p *Page) place(u *user) string {
	if u.Unit == "" {
		return p.areas(u)
	}
	return p.unitName(u.Unit) + " · " + p.areas(u)
}

// unitName is an agency's short name, or its id where the state does not know it.
func (p *Page) unitName(id string) string {
	if st := p.desk.State(); st != nil {
		if a, ok := st.Agency(id); ok {
			return cmp.Or(a.Short, a.Name)
		}
	}
	return id
}

// areas are the names of somebody's areas.
func (p *Page) areas(u *user) string {
	if len(u.Areas) == 0 {
		return p.t("users.everything")
	}
	var out []string
	for _, t := range u.Areas {
		out = append(out, p.areaName(t.Area))
	}
	return strings.Join(out, ", ")
}

// areaName is an area's name, or its id where the state does not know it.
func (p *Page) areaName(id string) string {
	if st := p.desk.State(); st != nil {
		if a, ok := st.Area(id); ok {
			return a.Name
		}
	}
	return id
}

func (p *Page) moment(t time.Time) string {
	if t.IsZero() {
		return p.t("users.never")
	}
	return p.desk.Env().Lang.Stamp(t, p.desk.Now())
}

// sides lays the list to the left and the pane to the right of it.
type sides struct{ p *Page }

// paneWide is the width of the pane, and leastList what is left of the list where
// both are seen, in units at text scale 1.
const paneWide, leastList = 440, 440

// Layout is for Fyne.
func (s *sides) Layout(os []fyne.CanvasObject, size fyne.Size) {
	rows, pane := os[0], os[1]
	u := s.p.pane.unit()
	right := min(paneWide*u, size.Width)
	left := size.Width - right - gap
	if left < leastList*u { // one of them at a time
		left, right = size.Width, size.Width
		one(s.p.view == viewNone, rows, pane)
	} else {
		rows.Show()
		pane.Show()
	}
	rows.Move(fyne.NewPos(0, 0))
	rows.Resize(fyne.NewSize(left, size.Height))
	pane.Move(fyne.NewPos(size.Width-right, 0))
	pane.Resize(fyne.NewSize(right, size.Height))
}

// one shows one of two.
func one(first bool, a, b fyne.CanvasObject) {
	if !first {
		a, b = b, a
	}
	a.Show()
	b.Hide()
}

// MinSize is for Fyne.
func (s *sides) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 200) }

const gap = 16
