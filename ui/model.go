package ui

import (
	"errors"
	"fmt"
	"time"

	"iocwall/server/world"
)

// awayLimit is how long the connection may be down before tiles say so.
const awayLimit = 3 * time.Second

// model is the client's copy of the state with what tiles ask of it often. It
// belongs to the toolkit's goroutine.
type model struct {
	state *world.State
	link  world.Link
	// lost is when the connection was found to be down, zero while it is not.
	lost time.Time
	// heard is when the last batch came, by this computer's clock.
	heard time.Time
	// cold is as of when the state is while it is still that from this computer's
	// disk: the server has not been there since the program started.
	cold time.Time
	// quiet is how old that word was at the last full second: shown ages that
	// change ten times a second are no truer and repaint whole windows.
	quiet   time.Duration
	quietAt time.Time
	differs []string

	alerts   []world.Alert // open ones, most urgent first
	receipts map[string]world.Receipt
	version  uint64             // counts changes, for what is drawn off this goroutine
	touched  func(world.Change) // is told of every change but a new state
	// answered takes a receipt that nobody will ask for.
	answered func(*world.Receipt) bool
}

// apply takes a batch. It reports whether walls or scenes changed and an error
// when this copy is not the server's any more.
func (m *model) apply(b *world.Batch, now time.Time) (moved bool, err error) {
	m.hear(b, now)
	m.keep(b.Receipts)
	if m.state == nil {
		if b.Snapshot == nil && len(b.Items) == 0 && b.To == 0 {
			return false, nil
		}
		m.state, moved = world.New(b.Epoch), true
	}
	if b.Snapshot != nil {
		moved = true
	}
	m.version++
	m.state, err = m.state.ApplyBatch(b, func(c world.Change) {
		if k := c.Ref.Kind(); k == world.KindWall || k == world.KindScene {
			moved = true
		}
		if m.touched != nil {
			m.touched(c)
		}
	})
	if err == nil {
		err = m.compare(b)
	}
	return moved, err
}

// hear takes how the connection stands. What comes from this computer's own disk is
// no word of the server.
func (m *model) hear(b *world.Batch, now time.Time) {
	if b.Link != nil {
		m.link = *b.Link
	}
	switch {
	case m.link.Up:
		m.lost = time.Time{}
	case m.lost.IsZero():
		m.lost = now
	}
	switch {
	case m.link.Up:
		m.cold, m.heard = time.Time{}, now
	case m.state == nil && b.Snapshot != nil && m.link.Since != 0:
		m.cold, m.heard = m.link.Since.Std(), m.link.Since.Std()
	case b.Link == nil:
		m.heard = now
	}
}

// keep holds receipts for those who will ask.
func (m *model) keep(receipts []world.Receipt) {
	if len(receipts) > 0 && m.receipts == nil {
		m.receipts = map[string]world.Receipt{}
	}
	for _, r := range receipts {
		if m.answered == nil || !m.answered(&r) {
			m.receipts[r.ID] = r
		}
	}
}

// compare checks this copy against the server's digest.
func (m *model) compare(b *world.Batch) error {
	if b.Check == nil {
		return nil
	}
	if m.differs = b.Differs(m.state.Digest()); len(m.differs) == 0 {
		return nil
	}
	return fmt.Errorf("state differs from the server's at %s in %v: %w", m.state.At(), m.differs, errDiffers)
}

var errDiffers = errors.New("asking for everything again")

func (m *model) position() world.Position {
	if m.state == nil {
		return world.Position{}
	}
	return m.state.At()
}

// refresh rebuilds what tiles ask for.
func (m *model) refresh(time.Time) {
	m.alerts = m.alerts[:0:0]
	if m.state == nil {
		return
	}
	for _, a := range m.state.Alerts() {
		if a.Open() {
			m.alerts = append(m.alerts, a)
		}
	}
}

// away is how long the server has been away, zero while it is there or has not
// been there yet.
func (m *model) away(now time.Time) time.Duration {
	if m.link.Up || m.link.Since == 0 || m.state == nil {
		return 0
	}
	since := m.link.Since.Std()
	if !m.cold.IsZero() {
		since = m.cold
	}
	// Since was told by a clock that may have been set since.
	d := max(now.Sub(since), now.Sub(m.lost))
	if d < awayLimit {
		return 0
	}
	return d.Truncate(time.Second)
}

// silence is how old the server's newest word was at this second.
func (m *model) silence(now time.Time) time.Duration {
	if m.heard.IsZero() {
		return 0
	}
	if at := now.Truncate(time.Second); at != m.quietAt {
		m.quietAt, m.quiet = at, now.Sub(m.heard)
	}
	return m.quiet
}

// serverTime is the server's clock as far as this computer knows it.
func (m *model) serverTime(now time.Time) time.Time {
	return now.Add(time.Duration(m.link.Offset) * time.Millisecond)
}

// wall returns the wall to show and the scene on it.
func (m *model) wall(id string) (w world.Wall, sc world.Scene, hasWall, hasScene bool) {
	if m.state == nil {
		return w, sc, false, false
	}
	if id != "" {
		w, hasWall = m.state.Wall(id)
	} else if all := m.state.Walls(); len(all) > 0 {
		w, hasWall = all[0], true
	}
	if hasWall && len(w.Screens) == 0 {
		hasWall = false
	}
	if hasWall {
		sc, hasScene = m.state.Scene(w.Shown.Scene)
	}
	return w, sc, hasWall, hasScene
}
