package scene

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"iocwall/server/world"
)

// Difference is what changed from one version of a scene to another, tiles and
// zones by their ids, in the order of the later version; what is gone in that of
// the earlier one.
type Difference struct {
	From, To world.SceneSaved
	// Name and Preset are set when they changed.
	Name, Preset bool
	Added        []world.Tile
	Removed      []world.Tile
	// Changed are tiles that are in both.
	Changed      []TileChange
	ZonesAdded   []world.Zone
	ZonesRemoved []world.Zone
	ZonesChanged []ZoneChange
	// Order says that the tiles that are in both are drawn in another order.
	Order bool
}

// TileChange is a tile of two versions.
type TileChange struct {
	From, To world.Tile
	// Moved says that it lies elsewhere; Kind and Important that these changed.
	Moved, Kind, Important bool
	Params                 []ParamChange
}

// ParamChange is a parameter of two versions; Had and Has say in which it is.
type ParamChange struct {
	Key, From, To string
	Had, Has      bool
}

// ZoneChange is a zone of two versions.
type ZoneChange struct{ From, To world.Zone }

// Diff returns what changed from a to b. Version and who saved it do not count.
func Diff(a, b world.SceneSaved) Difference {
	d := Difference{From: a, To: b, Name: a.Name != b.Name, Preset: a.Preset != b.Preset}
	var kept, was []string
	for _, t := range b.Tiles {
		i := slices.IndexFunc(a.Tiles, func(o world.Tile) bool { return o.ID == t.ID })
		if i < 0 {
			d.Added = append(d.Added, t)
			continue
		}
		kept = append(kept, t.ID)
		if c, changed := tileChange(a.Tiles[i], t); changed {
			d.Changed = append(d.Changed, c)
		}
	}
	for _, t := range a.Tiles {
		if slices.Contains(kept, t.ID) {
			was = append(was, t.ID)
		} else {
			d.Removed = append(d.Removed, t)
		}
	}
	d.Order = !slices.Equal(kept, was)
	for _, z := range b.Zones {
		switch i := slices.IndexFunc(a.Zones, func(o world.Zone) bool { return o.ID == z.ID }); {
		case i < 0:
			d.ZonesAdded = append(d.ZonesAdded, z)
		case a.Zones[i] != z:
			d.ZonesChanged = append(d.ZonesChanged, ZoneChange{a.Zones[i], z})
		}
	}
	for _, z := range a.Zones {
		if !slices.ContainsFunc(b.Zones, func(o world.Zone) bool { return o.ID == z.ID }) {
			d.ZonesRemoved = append(d.ZonesRemoved, z)
		}
	}
	return d
}

func tileChange(a, b world.Tile) (TileChange, bool) {
	c := TileChange{From: a, To: b, Moved: RectOf(a) != RectOf(b), Kind: a.Kind != b.Kind, Important: a.Important != b.Important}
	find := func(t world.Tile, key string) (string, bool) {
		i := slices.IndexFunc(t.Params, func(p world.Param) bool { return p.Key == key })
		if i < 0 {
			return "", false
		}
		return t.Params[i].Value, true
	}
	var keys []string
	for _, p := range slices.Concat(a.Params, b.Params) {
		if !slices.Contains(keys, p.Key) {
			keys = append(keys, p.Key)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		x, had := find(a, k)
		y, has := find(b, k)
		if x != y || had != has {
			c.Params = append(c.Params, ParamChange{k, x, y, had, has})
		}
	}
	return c, c.Moved || c.Kind || c.Important || len(c.Params) > 0
}

// Empty reports whether nothing changed.
func (d Difference) Empty() bool {
	return !d.Name && !d.Preset && !d.Order && len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.ZonesAdded)+len(d.ZonesRemoved)+len(d.ZonesChanged) == 0
}

// Text returns the difference as a patch is written: two lines that name the
// versions, then a line for each thing that goes (-), comes (+) or changes (~).
// Places are those of the wall. It is empty when nothing changed.
func (d Difference) Text(w world.WallDefined) string {
	if d.Empty() {
		return ""
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("--- %s version %d", d.From.ID, d.From.Version)
	line("+++ %s version %d", d.To.ID, d.To.Version)
	if d.Name {
		line("~ name: %q -> %q", d.From.Name, d.To.Name)
	}
	if d.Preset {
		line("~ preset: %d -> %d", d.From.Preset, d.To.Preset)
	}
	for _, t := range d.Removed {
		line("- tile %s", tileText(w, t))
	}
	for _, t := range d.Added {
		line("+ tile %s", tileText(w, t))
	}
	for _, c := range d.Changed {
		line("~ tile %s: %s", c.To.ID, strings.Join(c.words(w), "; "))
	}
	if d.Order {
		line("~ order of tiles")
	}
	for _, z := range d.ZonesRemoved {
		line("- zone %s", zoneText(w, z))
	}
	for _, z := range d.ZonesAdded {
		line("+ zone %s", zoneText(w, z))
	}
	for _, c := range d.ZonesChanged {
		line("- zone %s", zoneText(w, c.From))
		line("+ zone %s", zoneText(w, c.To))
	}
	return b.String()
}

func (c TileChange) words(w world.WallDefined) []string {
	var out []string
	if c.Kind {
		out = append(out, "kind "+c.From.Kind+" -> "+c.To.Kind)
	}
	if c.Moved {
		out = append(out, "at "+Words(w, RectOf(c.From))+" -> "+Words(w, RectOf(c.To)))
	}
	if c.Important {
		out = append(out, fmt.Sprintf("important %v -> %v", c.From.Important, c.To.Important))
	}
	value := func(v string, there bool) string {
		if !there {
			return "-"
		}
		return strconv.Quote(v)
	}
	for _, p := range c.Params {
		out = append(out, p.Key+" "+value(p.From, p.Had)+" -> "+value(p.To, p.Has))
	}
	return out
}

// Words returns a place as At writes it, or in millimetres where it cannot.
func Words(w world.WallDefined, r Rect) string {
	if a, ok := Find(w, r); ok {
		return a.String()
	}
	mm := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return fmt.Sprintf("%s,%s %s x %s mm", mm(r.X), mm(r.Y), mm(r.W), mm(r.H))
}

func tileText(w world.WallDefined, t world.Tile) string {
	out := t.ID + " " + t.Kind + " at " + Words(w, RectOf(t))
	if t.Important {
		out += " important"
	}
	for _, p := range t.Params {
		out += " " + p.Key + "=" + strconv.Quote(p.Value)
	}
	return out
}

func zoneText(w world.WallDefined, z world.Zone) string {
	out := z.ID + " at " + Words(w, RectOfZone(z))
	if z.Name != "" {
		out += " " + strconv.Quote(z.Name)
	}
	if z.Least > 0 {
		out += fmt.Sprintf(" least %d", z.Least)
	}
	return out
}
