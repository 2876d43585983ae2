package records

import (
	"iter"
	"time"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/records/told"
)

// table is a list of one kind of things, fed from the state.
type table struct {
	list *list.List
	// pull takes the rows from the state.
	pull func(st *world.State)
	// every is the least time between two pulls: thousands of ships move all the
	// time.
	every  time.Duration
	pulled time.Time
	seen   uint64 // the state's version at the last pull
}

// kind is a list of the page.
type kind struct {
	id, title string
	// rights are what a person needs to be offered it.
	right string
	make  func(p *Page) *table
}

// kinds are the lists, most used first.
func kinds() []kind {
	return []kind{
		{world.KindAlert, "records.alerts", "", alerts},
		{world.KindCamera, "records.cameras", "", cameras},
		{world.KindVessel, "records.vessels", "", vessels},
		{world.KindStation, "records.stations", "", stations},
		{world.KindReport, "records.reports", "", reports},
		{world.KindFigure, "records.figures", "", figures},
		{world.KindFence, "records.fences", "", fences},
		{world.KindClip, "records.clips", "", clips},
		{world.KindScene, "records.scenes", "wall.read", scenes},
		{world.KindPopup, "records.popups", "wall.read", popups},
		{world.KindNode, "records.nodes", "wall.read", nodes},
		{world.KindSource, "records.sources", "wall.read", sources},
	}
}

// sheet is what the lists of all kinds have in common.
type sheet[T world.Entity] struct {
	p    *Page
	kind string
	rows *list.Rows[T]
	buf  []T
}

// at is the row of an index.
func (s *sheet[T]) at(i int) T { return *s.rows.At(i) }

func newSheet[T world.Entity](p *Page, kind string, stamp func(*T) uint64) *sheet[T] {
	s := &sheet[T]{p: p, kind: kind}
	s.rows = list.NewRows(func(x *T) string { return (*x).Ref().ID() }, stamp)
	return s
}

// table makes the list.
func (s *sheet[T]) table(all func(*world.State) iter.Seq[T], sort list.Sort, chips []list.Chip, every time.Duration, columns ...list.Column) *table {
	p, t := s.p, s.p.t
	o := list.Options{
		Name: "records." + s.kind, Source: s.rows, Columns: columns, Chips: chips, Sort: sort, Print: p.printList, Export: t("records.file." + s.kind),
		Empty: func() (string, string) {
			return t("records.empty."+s.kind, "time", p.env.Lang.Clock(p.now.Std())), t("records.empty.searched")
		},
		Open: func(id string) { p.desk.Open(page.Link{Kind: s.kind, ID: id}) },
	}
	if s.kind == world.KindAlert {
		o.Urgent = func(i int) bool {
			a, ok := any(s.at(i)).(world.Alert)
			return ok && a.Open() && a.Severity == world.Critical
		}
	}
	return &table{
		list: list.New(p.desk, o), every: every,
		pull: func(st *world.State) {
			old := s.buf
			s.buf = s.buf[:0]
			for x := range all(st) {
				s.buf = append(s.buf, x)
			}
			if len(old) > len(s.buf) {
				clear(old[len(s.buf):]) // nothing is held that is gone
			}
			s.rows.Set(s.buf)
		},
	}
}

// state is the column of how a thing is.
func (s *sheet[T]) state(title string, min float64) list.Column {
	p := s.p
	now := func(i int) told.Standing { return told.Stand(p.env.Lang, p.desk.State(), s.at(i), p.now) }
	return list.Column{
		ID: "state", Title: p.t(title), Min: min, Down: true, Mute: true,
		Cell: func(i int) list.Cell { return now(i).Cell() },
		Num: func(i int) (float64, bool) {
			x := now(i)
			return x.Rank*1e14 + float64(x.Since), true
		},
	}
}

// name is the column of names, which has the most room.
func (s *sheet[T]) name(title string, min float64) list.Column {
	p := s.p
	return list.Column{
		ID: "name", Title: p.t(title), Min: min, Weight: 5,
		Text: func(i int) string { return told.NameOf(p.env.Lang, p.desk.State(), s.at(i)) },
	}
}

// text is a column of words.
func (s *sheet[T]) text(id, title string, min, weight float64, drop int, f func(x T) string) list.Column {
	return list.Column{
		ID: id, Title: s.p.t(title), Min: min, Weight: weight, Drop: drop,
		Text: func(i int) string { return f(s.at(i)) },
		Cell: func(i int) list.Cell { return list.Cell{Text: f(s.at(i)), Tone: list.Quiet} },
	}
}

// area is the column of the area a thing belongs to.
func (s *sheet[T]) area(drop int) list.Column {
	return s.text("area", "detail.area", 150, 1, drop, func(x T) string { return told.AreaOf(s.p.desk.State(), x.In()) })
}

// code is the column of ids.
func (s *sheet[T]) code(title string, min float64, drop int) list.Column {
	return s.text("id", title, min, 0, drop, func(x T) string { return x.Ref().ID() })
}

// time is a column of moments, newest first at the first click; exports have them
// in full.
func (s *sheet[T]) time(id, title string, drop int, f func(x T) world.Time) list.Column {
	p := s.p
	return list.Column{
		ID: id, Title: p.t(title), Min: 120, Drop: drop, Down: true, Mute: true,
		Cell: func(i int) list.Cell {
			t := f(s.at(i))
			if t == 0 {
				return list.Cell{Text: "—", Tone: list.Faint}
			}
			return list.Cell{Text: p.env.Lang.Stamp(t.Std(), p.now.Std()), Tone: list.Quiet}
		},
		Num: func(i int) (float64, bool) { t := f(s.at(i)); return float64(t), t != 0 },
		CSV: func(i int) string {
			t := f(s.at(i))
			if t == 0 {
				return ""
			}
			return t.Std().In(p.env.Lang.Zone).Format("2006-01-02 15:04:05")
		},
	}
}

// number is a column of numbers as they are written, sorted by what they are.
func (s *sheet[T]) number(id, title string, min float64, drop int, f func(x T) (v float64, text string, ok bool)) list.Column {
	return list.Column{
		ID: id, Title: s.p.t(title), Min: min, Drop: drop, Right: true, Down: true, Mute: true,
		Cell: func(i int) list.Cell {
			_, text, ok := f(s.at(i))
			if !ok {
				return list.Cell{Text: "—", Tone: list.Faint}
			}
			return list.Cell{Text: text}
		},
		Num: func(i int) (float64, bool) { v, _, ok := f(s.at(i)); return v, ok },
		CSV: func(i int) string {
			_, text, ok := f(s.at(i))
			if !ok {
				return ""
			}
			return text
		},
	}
}

// chip is a filter.
func (s *sheet[T]) chip(id, text, group string, f func(x T) bool) list.Chip {
	return list.Chip{ID: id, Text: s.p.t(text), Group: group, Count: true, Match: func(i int) bool { return f(s.at(i)) }}
}

// bad is the filter for what somebody has to look at.
func (s *sheet[T]) bad() list.Chip {
	return s.chip("bad", "records.chip.bad", "bad", func(x T) bool { return told.Stand(s.p.env.Lang, s.p.desk.State(), x, s.p.now).Bad })
}
