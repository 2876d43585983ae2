package wire

import (
	"sync"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// published is one call of Publish, with what several views need of a change
// made at most once.
type published struct {
	changes []world.Change
	cells   []cell
	facts   []fact
}

type fact struct {
	kind         string
	made, looked bool
	hurry        bool
	entity       world.Entity
}

func newPublished(changes []world.Change) *published {
	return &published{changes: changes, cells: make([]cell, len(changes)), facts: make([]fact, len(changes))}
}

func (p *published) kind(i int) string {
	if f := &p.facts[i]; f.kind != "" {
		return f.kind
	}
	p.facts[i].kind = p.changes[i].Ref.Kind()
	return p.facts[i].kind
}

func (p *published) make(i int) {
	f := &p.facts[i]
	if f.made {
		return
	}
	e := p.changes[i].Event
	p.cells[i].item = world.Item{Event: &e}
	p.cells[i].mark = message.MarkOf(p.cells[i].item)
	f.made, f.hurry = true, urgent(e.Body)
}

func (p *published) cell(i int) *cell  { p.make(i); return &p.cells[i] }
func (p *published) urgent(i int) bool { p.make(i); return p.facts[i].hurry }

// entity returns the entity a change was about, nil when it is gone.
func (p *published) entity(state *world.State, i int) world.Entity {
	f := &p.facts[i]
	if !f.looked {
		f.entity, _ = state.Entity(p.changes[i].Ref)
		f.looked = true
	}
	return f.entity
}

// cell is an item on its way to clients, with its form on the wire made once
// for all views, by the first that needs it.
type cell struct {
	item world.Item
	mark message.Mark
	once sync.Once
	raw  []byte
	err  error
}

// encode returns the item's form on the wire; the caller must not change it.
func (c *cell) encode() ([]byte, error) {
	c.once.Do(func() { c.raw, c.err = message.AppendItem(nil, c.item) })
	return c.raw, c.err
}

// urgent reports whether clients are told at once: alerts, scenes, walls and
// definitions are; measurements, positions and health wait for the view's rate.
func urgent(b world.Body) bool {
	switch b.(type) {
	case world.VesselPosition, world.VesselStatic, world.AidReport, world.BaseReport,
		world.Reading, world.FigureReported, world.CameraHealth, world.SourceHealth,
		world.EntityStale, world.EntityGone, world.ReportOpened, world.ReportChanged,
		world.ReportOverdue, world.NodeReported, world.TilesSeen, world.Unknown:
		return false
	}
	return true
}
