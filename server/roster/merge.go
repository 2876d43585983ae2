package roster

import (
	"slices"
	"strings"

	"iocwall/geo"
	"iocwall/server/settings"
)

// Change is what an import does to one entry.
type Change struct {
	// Camera is the entry as it is afterwards.
	Camera settings.CameraConfig
	// At is the place of the entry in the configuration, −1 for a new one; Line is
	// that of the table it comes from, zero for none.
	At, Line int
	// Keys are what is written: all of a new entry, else what differs; Old is what
	// stands there now, for the keys that differ.
	Keys, Old []Field
}

// Found is what an import knows of a camera; what is empty is not known.
type Found struct {
	Camera settings.CameraConfig
	// Line is the line of the table it comes from, zero for none.
	Line int

	host  string // of the device, empty for a row of a table
	alone bool   // it is the only camera behind that host
	named bool   // its name is its own, not that of its model
	table bool   // it comes from a table, whose rows say name, place and login too
}

// Merge decides what becomes of each camera, in the order found: entries that are
// there keep their id and all that the import does not know.
func Merge(existing []settings.CameraConfig, found []Found) []Change {
	taken, used := map[string]bool{}, map[int]bool{}
	for _, c := range existing {
		taken[c.ID] = true
	}
	for _, w := range found {
		if w.table {
			taken[w.Camera.ID] = true
		}
	}
	var out []Change
	for _, w := range found {
		at := match(existing, w, used)
		if at < 0 {
			c := w.Camera
			if c.ID == "" {
				c.ID = freeID(newID(w, found), taken)
			}
			out = append(out, Change{Camera: c, At: -1, Line: w.Line, Keys: fields(c)})
			continue
		}
		used[at] = true
		c := overlay(existing[at], w)
		ch := Change{Camera: c, At: at, Line: w.Line}
		ch.Keys, ch.Old = differ(fields(existing[at]), fields(c))
		out = append(out, ch)
	}
	return out
}

// match returns the place of the entry that a camera has already, −1 for none.
func match(existing []settings.CameraConfig, w Found, used map[int]bool) int {
	if w.table {
		return slices.IndexFunc(existing, func(c settings.CameraConfig) bool { return c.ID == w.Camera.ID })
	}
	var same []int
	for i, c := range existing {
		if used[i] {
			continue
		}
		for _, a := range c.Streams {
			for _, b := range w.Camera.Streams {
				if place(a.URL) == place(b.URL) {
					return i
				}
			}
		}
		if slices.Contains(hostsOf(c), strings.ToLower(w.host)) {
			same = append(same, i)
		}
	}
	// Its addresses have changed; that is certain only where one camera lives there.
	if w.alone && len(same) == 1 {
		return same[0]
	}
	return -1
}

// newID is an id for a camera that has none: of its name where it has one of its own, else of its address, which tells
// cameras of one make apart.
func newID(w Found, all []Found) string {
	same := 0
	for _, o := range all {
		if slug(o.Camera.Name) == slug(w.Camera.Name) {
			same++
		}
	}
	if s := slug(w.Camera.Name); s != "" && w.named && same == 1 {
		return s
	}
	return "cam-" + slug(w.host)
}

// overlay puts what is known of a camera on the entry that it has.
func overlay(c settings.CameraConfig, w Found) settings.CameraConfig {
	n := w.Camera
	if w.table {
		c.Name = n.Name
		if n.Pos != (geo.Point{}) {
			c.Pos = n.Pos
		}
		set := func(to *string, from string) {
			if from != "" {
				*to = from
			}
		}
		set(&c.Area, n.Area)
		set(&c.Site, n.Site)
		set(&c.User, n.User)
		set(&c.Password, n.Password)
	}
	c.Streams = slices.Clone(c.Streams)
	for _, s := range n.Streams {
		i := slices.IndexFunc(c.Streams, func(o settings.StreamConfig) bool { return o.Name == s.Name })
		if i < 0 {
			c.Streams = append(c.Streams, s)
			continue
		}
		o := &c.Streams[i]
		o.URL = s.URL
		if s.Width > 0 && s.Height > 0 {
			o.Width, o.Height = s.Width, s.Height
		}
		if s.FPS > 0 {
			o.FPS = s.FPS
		}
	}
	if n.ONVIF.Address != "" {
		if c.ONVIF.Address == "" {
			c.ONVIF.Address = n.ONVIF.Address
		}
		if len(n.ONVIF.Presets) > 0 {
			c.ONVIF.Presets = n.ONVIF.Presets
		}
	}
	return c
}

// Set returns the change that makes the entry at a place, −1 for a new one, what next
// says, and whether there is any.
func Set(was settings.CameraConfig, at int, next settings.CameraConfig) (Change, bool) {
	ch := Change{Camera: next, At: at}
	if at < 0 {
		ch.Keys = fields(next)
		return ch, true
	}
	ch.Keys, ch.Old = differ(fields(was), fields(next))
	return ch, len(ch.Keys) > 0
}

// differ returns the fields that are new or other than before, and what these were.
func differ(before, after []Field) (keys, old []Field) {
	for _, f := range after {
		i := slices.IndexFunc(before, func(b Field) bool { return b.Key == f.Key })
		switch {
		case i < 0:
			keys = append(keys, f)
		case before[i] != f:
			keys, old = append(keys, f), append(old, before[i])
		}
	}
	return keys, old
}

// Hosts returns the ids of cameras by the hosts that their entries lead to.
func Hosts(cameras []settings.CameraConfig) map[string]string {
	out := map[string]string{}
	for _, c := range cameras {
		for _, h := range hostsOf(c) {
			if out[h] == "" {
				out[h] = c.ID
			}
		}
	}
	return out
}
