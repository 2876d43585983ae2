package ui

import (
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
)

// deskModel shows the model to the desk.
type deskModel struct{ u *UI }

func (d deskModel) State() *world.State                         { return d.u.model.state }
func (d deskModel) Alerts() []world.Alert                       { return d.u.model.alerts }
func (d deskModel) Away(now time.Time) time.Duration            { return d.u.model.away(now) }
func (d deskModel) Silence(now time.Time) time.Duration         { return d.u.model.silence(now) }
func (d deskModel) ServerTime(now time.Time) time.Time          { return d.u.model.serverTime(now) }
func (d deskModel) Now() time.Time                              { return d.u.o.Now() }
func (d deskModel) Send(c act.Command) error                    { return d.u.o.Feed.Send(c) }
func (d deskModel) Wall() (world.Wall, world.Scene, bool, bool) { return d.u.model.wall(d.u.o.Wall) }

func (d deskModel) Receipt(id string) (world.Receipt, bool) {
	r, ok := d.u.model.receipts[id]
	return r, ok
}
