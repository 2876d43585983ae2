package users

import "slices"

// draftName is where Memory keeps what is half typed. A password is never among it.
const draftName = "users.draft"

// draft is what is half typed.
type draft struct {
	View  view    `json:"view"`
	Of    string  `json:"of,omitempty"`
	Login string  `json:"login,omitempty"`
	Name  string  `json:"name,omitempty"`
	Role  string  `json:"role,omitempty"`
	Unit  string  `json:"unit,omitempty"`
	Find  string  `json:"find,omitempty"`
	Areas []asked `json:"areas,omitempty"`
}

// draft is what stands in the fields.
func (f *form) draft() draft {
	d := draft{Name: f.name.Text(), Role: f.chosenRole(), Unit: f.chosenUnit(), Find: f.find.Text()}
	if f.fresh {
		d.Login = f.login.Text()
	}
	for _, t := range f.terms {
		d.Areas = append(d.Areas, asked{t.area, t.from.Text(), t.until.Text()})
	}
	return d
}

func (f *form) termsTouched() bool { return !slices.Equal(f.draft().Areas, f.as(f.of.Areas)) }

// remember keeps what is half typed for the next page.
func (p *Page) remember() {
	if p.closed || p.pane == nil {
		return
	}
	d := draft{}
	if p.view == viewUser || p.view == viewNew {
		d.View, d.Of = p.view, p.of
		if f := p.pane.form; f != nil && (f.fresh || f.touched()) {
			d = f.draft()
			d.View, d.Of = p.view, p.of
		}
	}
	p.desk.Memory().Set(draftName, d)
}

func (p *Page) forget() { p.desk.Memory().Set(draftName, draft{}) }

// recall brings back what was half typed in somebody new; of somebody who is there,
// the pane.
func (p *Page) recall() {
	var d draft
	if !p.desk.Memory().Get(draftName, &d) {
		return
	}
	switch d.View {
	case viewNew:
		p.show(viewNew, "")
		p.pane.form.fill(d)
	case viewUser:
		p.want = d.Of
	}
}

// fill writes a draft into the fields.
func (f *form) fill(d draft) {
	f.login.SetText(d.Login)
	f.name.SetText(d.Name)
	if i := slices.Index(f.roles, d.Role); i >= 0 {
		f.role.SetSelectedIndex(i)
	}
	if i := slices.Index(f.units, d.Unit); i >= 0 {
		f.unit.SetSelectedIndex(i)
	}
	f.terms = nil
	for _, a := range d.Areas {
		f.grant(a.Area, a.From, a.Until)
	}
	f.list()
}
