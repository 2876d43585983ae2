package settings

import (
	"maps"
	"reflect"
	"slices"

	"iocwall/server/area"
	"iocwall/server/world"
)

// Definitions returns the events that bring the state in line with the
// configuration: only what differs, so a restart writes nothing. last are the last
// versions of scenes that were removed and may come again; they go on counting.
func Definitions(c *Config, areas *area.Set, now world.Time, s *world.State, last map[string]int) []world.Observation {
	d := &definer{now: now, state: s, last: last}
	d.areas(areas)
	for _, a := range c.Agencies {
		b := world.AgencyDefined{ID: a.ID, Name: a.Name, Short: a.Short, Parent: a.Parent, Area: a.Area, Enterprise: a.Enterprise}
		old, _ := s.Agency(a.ID)
		d.put(old.AgencyDefined, b)
	}
	d.cameras(c)
	d.stations(c)
	d.domains(c)
	d.figures(c, areas)
	d.scenes(c)
	return d.out
}

type definer struct {
	now   world.Time
	state *world.State
	last  map[string]int // versions of scenes
	out   []world.Observation
}

// SceneIDs returns the ids of the scenes of the configuration.
func (c *Config) SceneIDs() []string {
	out := make([]string, 0, len(c.scenes))
	for _, sc := range c.scenes {
		out = append(out, sc.ID)
	}
	return out
}

// put adds the body unless it says what is known already.
func (d *definer) put(known, b world.Body) {
	if !reflect.DeepEqual(known, b) {
		d.out = append(d.out, world.Observation{Time: d.now, Body: b})
	}
}

func (d *definer) gone(r world.Ref) {
	d.out = append(d.out, world.Observation{Time: d.now, Body: world.EntityGone{Ref: r, Reason: "not in the configuration"}})
}

func (d *definer) areas(set *area.Set) {
	for _, a := range set.Areas {
		old, _ := d.state.Area(a.ID)
		d.put(old.AreaDefined, a)
	}
	for _, x := range set.Successions {
		old, _ := d.state.Area(x.Old)
		if !slices.Contains(old.Became, x) {
			d.out = append(d.out, world.Observation{Time: d.now, Body: x})
		}
	}
}

func (d *definer) cameras(c *Config) {
	wanted := map[string]bool{}
	for _, x := range c.Cameras {
		wanted[x.ID] = true
		b := x.public()
		old, _ := d.state.Camera(x.ID)
		d.put(old.CameraDefined, b)
	}
	for _, old := range d.state.Cameras() {
		if !wanted[old.ID] {
			d.put(nil, world.CameraDefined{ID: old.ID, Name: old.Name, Heading: world.NotAvailable, Removed: true})
		}
	}
}

func (d *definer) stations(c *Config) {
	wanted := map[string]bool{}
	for _, x := range c.Stations {
		wanted[x.ID] = true
		old, _ := d.state.Station(x.ID)
		d.put(old.StationDefined, world.StationDefined{
			ID: x.ID, Name: x.Name, What: x.What, Pos: x.Pos, Area: x.Area, Owner: x.Owner, Every: x.Every.Milliseconds(),
		})
	}
	for _, old := range d.state.Stations() {
		if old.Defined != 0 && !wanted[old.ID] {
			d.gone(old.Ref())
		}
	}
}

func (d *definer) figures(c *Config, areas *area.Set) {
	short := map[string]string{}
	for _, a := range c.Agencies {
		short[a.ID] = a.Name
		if a.Short != "" {
			short[a.ID] = a.Short
		}
	}
	wanted := map[string]bool{}
	for _, x := range c.Figures {
		b := world.FigureDefined{
			ID: x.ID, Name: x.Name, NameEn: x.NameEn, Short: x.Short, Domain: x.Domain, Unit: x.Unit, UnitEn: x.UnitEn, Counts: x.Counts, CountsEn: x.CountsEn,
			Decimals: x.Decimals, Target: x.Target, LowerBetter: x.LowerBetter, Every: x.Every.Milliseconds(),
			Owner: x.Owner, OwnerName: short[x.Owner], Area: x.Area, Icon: x.Icon,
		}
		for _, b := range append([]world.FigureDefined{b}, parts(x, b, areas, d.now)...) {
			wanted[b.ID] = true
			old, _ := d.state.Figure(b.ID)
			d.put(old.FigureDefined, b)
		}
	}
	for _, old := range d.state.Figures() {
		if old.Defined != 0 && !wanted[old.ID] {
			d.gone(old.Ref())
		}
	}
}

// scenes writes the wall, and scenes that nobody changed by hand since they
// were last written from the configuration.
func (d *definer) scenes(c *Config) {
	old, _ := d.state.Wall(c.wall.ID)
	if old.By == "" || old.By == Source {
		// What people laid out stands, as with scenes: of any size.
		d.put(old.WallDefined, c.wall)
	}
	for _, w := range d.state.Walls() {
		if w.ID != c.wall.ID && (w.By == "" || w.By == Source) {
			d.gone(w.Ref()) // it has another name now; its computers drive one wall
		}
	}
	d.schedules(c)
	for _, sc := range c.scenes {
		was, there := d.state.Scene(sc.ID)
		if there && was.By != Source {
			continue
		}
		sc.Version = was.Version
		if reflect.DeepEqual(was.SceneSaved, sc) {
			continue
		}
		sc.Version = max(sc.Version, d.last[sc.ID]) + 1
		d.put(nil, sc)
	}
	for _, was := range d.state.Scenes() {
		if was.By == Source && was.Wall == c.wall.ID && was.ID != old.Shown.Scene &&
			!slices.ContainsFunc(c.scenes, func(s world.SceneSaved) bool { return s.ID == was.ID }) {
			d.put(nil, world.SceneSaved{ID: was.ID, Wall: was.Wall, Name: was.Name, Version: was.Version + 1, By: Source, Removed: true})
		}
	}
	if len(c.scenes) == 0 {
		return
	}
	shown := old.Shown.Scene
	_, saved := d.state.Scene(shown)
	if !saved && !slices.ContainsFunc(c.scenes, func(s world.SceneSaved) bool { return s.ID == shown }) {
		d.put(nil, world.SceneShown{Wall: c.wall.ID, Scene: c.scenes[0].ID, Why: "first scene of the configuration"})
	}
}

// schedules writes those that nobody changed by hand, and takes away those that
// the configuration has no more.
func (d *definer) schedules(c *Config) {
	known := map[string]world.ScheduleSaved{}
	for _, s := range d.state.Schedules() {
		known[s.Is.ID] = s.Is
	}
	for _, s := range c.schedules {
		was, there := known[s.ID]
		delete(known, s.ID)
		if there && was.By != Source {
			continue
		}
		s.Version = was.Version
		if reflect.DeepEqual(was, s) {
			continue
		}
		s.Version++
		d.put(nil, s)
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if was := known[id]; was.By == Source && was.Wall == c.wall.ID {
			was.Version++
			was.Removed = true
			d.put(nil, was)
		}
	}
}
