package ui

import (
	"time"

	"iocwall/server/world"
	"iocwall/ui/atlas"
	"iocwall/ui/camera"
	"iocwall/ui/leader"
	"iocwall/ui/mappage"
	"iocwall/ui/operator"
	"iocwall/ui/page"
	"iocwall/ui/records"
	"iocwall/ui/setup"
	"iocwall/ui/stage"
	"iocwall/ui/unit"
	"iocwall/ui/users"
)

// pages are the console's pages; those that were made are remembered.
func (u *UI) pages(s *seat) []page.Kind {
	kinds := s.kinds()
	for i, k := range kinds {
		kinds[i].New = func(d page.Desk) page.Page {
			p := k.New(d)
			s.made[k.ID] = p
			return p
		}
	}
	return kinds
}

// kinds is the list of the console's pages, in the order of their tabs.
func (s *seat) kinds() []page.Kind {
	return []page.Kind{
		{
			ID: "wall", Title: "operator.title", Icon: "node", Rights: []string{"wall.read"},
			Roles: []string{"administrator", "operator", "technician", "leader"}, First: []string{"administrator", "operator"},
			New: func(d page.Desk) page.Page { return operator.New(d, client{s}) },
		},
		{
			ID: "map", Title: "mappage.title", Icon: "map", Rights: []string{"feed.read"}, Links: []string{mappage.LinkKind, world.KindArea},
			New: func(d page.Desk) page.Page { return mappage.New(d, s.atlasHost(), s.each) },
		},
		leader.Kind(), unit.Kind(), records.Kind(), setup.Kind(), users.Kind(), users.AccountKind(),
	}
}

// client gives the operator's page what only the client has.
type client struct{ s *seat }

func (c client) Shown() stage.Show    { return c.s.u.glass.stage.Shown() }
func (c client) Coming() stage.Show   { return c.s.u.glass.stage.Coming() }
func (c client) Waiting() string      { return c.s.u.waitingFor() }
func (c client) Live() operator.Live  { return c.s.newBoard() }
func (c client) Hands() *camera.Hands { return c.s.u.hands }
func (c client) Let()                 { c.s.grip.let() }
func (c client) Quiet() bool          { return c.s.u.quiet }

// SetQuiet switches between all of the truth on tiles and only what is wrong.
func (c client) SetQuiet(on bool) {
	c.s.u.quiet = on
	for _, s := range c.s.surfaces() {
		for _, sl := range s.slots {
			if t := camerasOf(sl.content); t != nil {
				for _, v := range t.Views() {
					v.Choose(v.Chosen())
				}
			}
		}
	}
	c.s.u.poke()
}

// atlasHost is what the map in hand asks of this client.
func (s *seat) atlasHost() *atlas.Host {
	u := s.u
	return &atlas.Host{
		Maps: u.maps, Base: u.base, Kit: u.kit, Lang: u.lang, Log: u.log, Zone: u.o.Atlas.Zone,
		Start: u.jobs.start, Do: u.o.Do, Files: u.o.Atlas.Files,
	}
}

// each runs a function at every tick until the returned one is called.
func (s *seat) each(f func(now time.Time)) (stop func()) {
	if s.ticks == nil {
		s.ticks = map[int]func(time.Time){}
	}
	s.ticked++
	n := s.ticked
	s.ticks[n] = f
	return func() { delete(s.ticks, n) }
}
