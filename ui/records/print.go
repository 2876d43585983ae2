package records

import (
	"context"
	"errors"
	"strings"

	"iocwall/server/world"
	"iocwall/ui/paper"
	"iocwall/ui/records/told"
)

// print makes sheets of the thing's page and hands them to the printer, or asks
// where to put the file where there is none.
func (c *record) print() {
	p := c.p
	st := p.desk.State()
	if st == nil || c.entity == nil {
		return
	}
	d := p.document(st, c.entity)
	s := told.Stand(p.env.Lang, st, c.entity, p.now)
	d.Kind, d.State, d.Title = p.t("records.one."+c.ref.Kind())+" "+c.ref.ID(), s.Text, told.NameOf(p.env.Lang, st, c.entity)
	facts := paper.Section{Title: p.t("records.panel.facts")}
	for _, f := range told.Tell(p.env.Lang, st, c.entity, p.now) {
		facts.Facts = append(facts.Facts, paper.Fact(f))
	}
	d.Sections = append(d.Sections, facts)
	if c.head.More != "" {
		more := paper.Section{Title: c.head.More}
		for _, it := range c.others(st) {
			more.Steps = append(more.Steps, it.Text)
		}
		d.Sections = append(d.Sections, more)
	}
	past := &paper.Table{Columns: []paper.Column{{Title: p.t("records.column.at"), Weight: 1}, {Title: p.t("records.column.what"), Weight: 5}}}
	for i := range c.events.Len() {
		e := c.events.At(i)
		text := e.Text
		if e.Sub != "" {
			text += " · " + e.Sub
		}
		past.Rows = append(past.Rows, []string{p.env.Lang.Stamp(e.At.Std(), p.now.Std()), text})
	}
	title := p.t("records.panel.past")
	if c.head.By != "" {
		title += " (" + c.head.By + ")"
	}
	d.Sections = append(d.Sections, paper.Section{Title: title, Table: past})
	p.print(d, p.fileName(c.ref))
}

// fileName is a print's name: of the thing's kind and id, or of the time where the
// id is for programs.
func (p *Page) fileName(r world.Ref) string {
	id := r.ID()
	if len(id) > longID {
		id = p.now.Std().In(p.env.Lang.Zone).Format("2006-01-02-1504")
	}
	id = strings.Map(func(c rune) rune {
		if c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '-'
	}, id)
	return p.t("records.file."+r.Kind()) + "-" + id + ".pdf"
}

// printList prints the list as it is filtered and sorted.
func (p *Page) printList() {
	st := p.desk.State()
	if st == nil {
		return
	}
	head, rows := p.table().list.Texts(5000)
	d := p.document(st, nil)
	d.Title, d.Wide = p.Title(), len(head) > 4
	t := &paper.Table{Rows: rows}
	for i, h := range head {
		w := 1.0
		if i < 2 {
			w = 1.6
		}
		t.Columns = append(t.Columns, paper.Column{Title: h, Weight: w})
	}
	shown, all := p.table().list.Count()
	count := p.t("list.count", "n", p.env.Lang.Int(int64(all)))
	if shown != all {
		count = p.t("list.count.of", "n", p.env.Lang.Int(int64(shown)), "all", p.env.Lang.Int(int64(all)))
	}
	d.Sections = []paper.Section{{Title: count, Table: t}}
	p.print(d, p.t("records.file."+p.kind)+".pdf")
}

// document is what all prints begin with.
func (p *Page) document(st *world.State, e world.Entity) paper.Document {
	l := p.env.Lang
	d := paper.Document{Lang: l, By: p.desk.Person().Name, At: p.now.Std(), Province: provinceOf(st, e, p.desk.Person().Areas)}
	d.Source = p.t("records.print.source", "time", l.ClockSeconds(st.Seen().Std()), "age", l.Age(p.now.Sub(st.Seen())))
	return d
}

// provinceOf is the province a thing lies in, or that of the person, or the only
// one that things lie in.
func provinceOf(st *world.State, e world.Entity, areas []string) string {
	var ids []string
	if e != nil {
		ids = append(ids, e.In())
	}
	ids = append(ids, areas...)
	for _, c := range st.Cameras() {
		ids = append(ids, c.Area)
	}
	for _, id := range ids {
		for range 8 {
			a, ok := st.Area(id)
			if !ok {
				break
			}
			if a.Level == "province" {
				return a.Name
			}
			id = a.Parent
		}
	}
	return ""
}

// print makes the file beside the toolkit.
func (p *Page) print(d paper.Document, name string) {
	p.desk.Job(func(stop <-chan struct{}) func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go func() {
			select {
			case <-stop:
				cancel()
			case <-ctx.Done():
			}
		}()
		pdf, err := paper.PDF(d)
		if err == nil {
			err = paper.Print(ctx, pdf, d.Title)
		}
		return func() {
			switch {
			case err == nil:
				p.desk.Did(p.t("records.did.print", "name", d.Title), nil)
			case errors.Is(err, paper.ErrNoPrinter) && pdf != nil:
				p.desk.Say(world.Notice, p.t("records.noprinter"))
				p.desk.Save(name, func() ([]byte, error) { return pdf, nil })
			case pdf != nil:
				p.desk.Say(world.Warning, err.Error())
				p.desk.Save(name, func() ([]byte, error) { return pdf, nil })
			default:
				p.desk.Say(world.Warning, err.Error())
			}
		}
	})
}
