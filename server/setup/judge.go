package setup

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/scene"
	"iocwall/server/settings"
	"iocwall/server/source"
	"iocwall/server/world"
)

const (
	// skewLimit is how far apart computers of a wall may change, and clockLimit how
	// wrong their clocks may be, in milliseconds.
	skewLimit, clockLimit = 40, 40
	// busyCPU is the share of a computer from which it is called slow.
	busyCPU = 0.9
	// fewOfKind is how many cameras of one fault are told one by one.
	fewOfKind = 3
	// thingsTold bounds the things an item names.
	thingsTold = 50
	// lowDisk and lastDisk are shares of a disk.
	lowDisk, lastDisk = 0.15, 0.05
	// certSoon and certNow are how long before its end a certificate is told of,
	// tokenSoon a token.
	certSoon, certNow, tokenSoon = 30 * 24 * time.Hour, 7 * 24 * time.Hour, 7 * 24 * time.Hour
)

// judge finds what is wrong.
type judge struct {
	now      world.Time
	facts    Facts
	config   *settings.Config
	items    []Item
	overview []Count
	// marks are since when what was wrong at the last look is so, before what was well
	// since the start, next and fine what this look finds of both.
	marks, next  map[string]mark
	before, fine map[string]bool
	last         world.Time
}

func (j *judge) add(it Item) {
	if names, there := it.Values["list"]; there {
		// Names are parted by a byte that none of them has.
		list, more := firstOf(strings.Split(names, "\x00"))
		it.Values["list"] = list
		if more != "" {
			it.Values["more"] = more
		}
	}
	it.Things = it.Things[:min(len(it.Things), thingsTold)]
	j.items = append(j.items, it)
}

func (j *judge) count(code string, good, of int, values map[string]string) {
	j.overview = append(j.overview, Count{Code: code, Good: int64(good), Of: int64(of), Values: values})
}

// state looks through the state.
func (j *judge) state(st *world.State) {
	j.nodes(st)
	j.walls(st)
	j.cameras(st.Cameras())
	j.sources(st.Sources())
	j.stations(st.Stations())
}

// used returns the computers that drive screens, with how many.
func used(st *world.State) map[string]int {
	out := map[string]int{}
	for _, w := range st.Walls() {
		for _, sc := range w.Screens {
			if sc.Node != "" {
				out[sc.Node]++
			}
		}
	}
	return out
}

func (j *judge) nodes(st *world.State) {
	drives := used(st)
	known := map[string]world.Node{}
	up := 0
	for _, n := range st.Nodes() {
		known[n.Node] = n
		if n.Up {
			up++
			j.good("node/" + n.Node)
			j.node(n)
		} else if n.Enrolled != 0 || n.Since != 0 {
			it := Item{ID: "node/" + n.Node, Severity: world.Severe, Code: "node.away", Since: n.Since, Count: drives[n.Node], Link: "nodes/" + n.Node, Action: "logs", Target: "node/" + n.Node}
			it.Values = map[string]string{"node": n.Node, "reason": n.Reason}
			if drives[n.Node] == 0 {
				it.Severity = world.Notice
			}
			j.add(it)
		}
	}
	var never []string
	total := len(known)
	for name := range drives {
		if n, there := known[name]; !there || n.Enrolled == 0 && n.Since == 0 {
			never = append(never, name)
			if !there {
				total++
			}
		}
	}
	if slices.Sort(never); len(never) > 0 {
		j.add(Item{ID: "nodes.never", Severity: world.Warning, Code: "nodes.never", Count: len(never), Things: refs("node", never), Values: map[string]string{"list": all(never)}, Link: "nodes", Action: "enrol", Target: never[0]})
	}
	j.count("nodes", up, total, nil)
}

// node judges a computer that is there.
func (j *judge) node(n world.Node) {
	values := func(more ...string) map[string]string {
		out := map[string]string{"node": n.Node}
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	item := func(code string, s world.Severity, since world.Time, v map[string]string) {
		j.add(Item{ID: "node/" + n.Node + " " + code, Severity: s, Code: code, Since: since, Values: v, Link: "nodes/" + n.Node, Action: "logs", Target: "node/" + n.Node})
	}
	if len(n.Problems) > 0 {
		item("node.problem", world.Warning, 0, values("text", n.Problems[0], "n", strconv.Itoa(len(n.Problems))))
	}
	if n.CPU >= busyCPU {
		item("node.slow", world.Warning, 0, values("cpu", strconv.Itoa(int(math.Round(100*n.CPU)))))
	}
	if len(n.Budget) == 0 && n.Reported != 0 {
		item("node.unmeasured", world.Notice, n.Reported, values())
	}
}

func (j *judge) walls(st *world.State) {
	screens, good := 0, 0
	for _, w := range st.Walls() {
		if c := j.config.Wall; w.ID == c.ID && w.By != "" && w.By != settings.Source && len(w.Screens) != c.Columns*c.Rows {
			j.add(Item{ID: "config.wall", Severity: world.Notice, Code: "config.wall", Since: w.Defined, Values: map[string]string{
				"wall": w.Name, "who": w.By, "n": strconv.Itoa(len(w.Screens)), "of": strconv.Itoa(c.Columns * c.Rows),
			}, Link: "config", Action: "config"})
		}
		screens += len(w.Screens)
		good += j.outputs(st, w)
		j.switched(w)
		j.load(st, w)
	}
	j.count("screens", good, screens, nil)
}

// outputs judges what drives the screens of a wall and returns how many are driven.
func (j *judge) outputs(st *world.State, w world.Wall) (good int) {
	var bare, lost, odd []string
	for _, sc := range w.Screens {
		id := strconv.Itoa(sc.ID)
		if sc.Node == "" {
			bare = append(bare, id)
			continue
		}
		n, there := st.Node(sc.Node)
		if !there || !n.Up {
			continue
		}
		i := slices.IndexFunc(n.Monitors, func(m world.Monitor) bool { return m.Output == sc.Output })
		switch {
		case sc.Output == "":
			good++
		case len(n.Monitors) > 0 && i < 0:
			lost = append(lost, id)
		case i >= 0 && (n.Monitors[i].PxW != sc.PxW || n.Monitors[i].PxH != sc.PxH):
			odd = append(odd, id)
		default:
			good++
		}
	}
	for _, x := range []struct {
		code string
		ids  []string
		s    world.Severity
	}{{"screens.bare", bare, world.Warning}, {"screens.output", lost, world.Severe}, {"screens.pixels", odd, world.Warning}} {
		if len(x.ids) > 0 {
			j.add(Item{ID: x.code + " " + w.ID, Severity: x.s, Code: x.code, Count: len(x.ids), Things: refs("screen", x.ids), Values: map[string]string{"list": all(x.ids), "wall": w.Name}, Link: "screens/" + x.ids[0], Action: "screen", Target: x.ids[0]})
		}
	}
	return good
}

// switched judges how the computers of a wall keep step.
func (j *judge) switched(w world.Wall) {
	wall := func(code string, s world.Severity, since world.Time, v map[string]string, things ...string) {
		v["wall"] = w.Name
		j.add(Item{ID: code + " " + w.ID, Severity: s, Code: code, Since: since, Values: v, Things: things, Count: len(things), Link: "nodes", Action: "logs", Target: "wall/" + w.ID})
	}
	if w.On.Skew > skewLimit {
		wall("wall.skew", world.Warning, w.On.At, map[string]string{"ms": strconv.FormatInt(w.On.Skew, 10), "limit": strconv.Itoa(skewLimit)})
	}
	var wrong []string
	worst := int64(0)
	for _, n := range w.On.Nodes {
		if n.Clock > clockLimit {
			wrong = append(wrong, n.Node)
			worst = max(worst, n.Clock)
		}
	}
	if len(wrong) > 0 {
		wall("node.clock", world.Warning, w.On.At, map[string]string{"list": all(wrong), "ms": strconv.FormatInt(worst, 10)}, refs("node", wrong)...)
	}
	if r := w.Refused; r.Generation > w.On.Generation {
		wall("wall.refused", world.Warning, 0, map[string]string{"reason": r.Reason, "node": r.Node})
	}
}

// load judges what the computers of a wall have to decode.
func (j *judge) load(st *world.State, w world.Wall) {
	tiles := make([]world.Tile, 0, len(w.On.Tiles))
	for _, t := range w.On.Tiles {
		tiles = append(tiles, t.Tile)
	}
	if w.On.Generation == 0 {
		if sc, ok := st.Scene(w.Shown.Scene); ok {
			tiles = sc.Tiles
		}
	}
	for name := range used(st) {
		n, ok := st.Node(name)
		if !ok || len(n.Budget) == 0 {
			continue
		}
		var streams []scene.Stream
		for _, t := range tiles {
			streams = append(streams, scene.StreamsOf(w.WallDefined, name, t, st)...)
		}
		if share := scene.Load(n.Budget, streams); share > scene.Headroom {
			j.add(Item{ID: "node/" + name + " load", Severity: world.Warning, Code: "node.overload", Since: w.On.At, Values: map[string]string{
				"node": name, "share": strconv.Itoa(int(math.Round(100 * share))), "streams": scene.Tally(streams),
			}, Link: "nodes/" + name, Action: "node", Target: name})
		}
	}
}

// cameras tells one cause rather than each camera.
func (j *judge) cameras(list []world.Camera) {
	good := 0
	sites := map[string][]world.Camera{}
	states := map[world.CameraState][]world.Camera{}
	for _, c := range list {
		h := c.Health
		switch {
		case h.State == world.CameraSilent || h.State == world.CameraRefused || h.State == world.CameraFrozen || h.State == world.CameraFull:
			if h.Cause != "" {
				sites[h.Cause] = append(sites[h.Cause], c)
			} else {
				states[h.State] = append(states[h.State], c)
			}
		case h.State == world.CameraOpening && h.Tries > 3:
			states[world.CameraSilent] = append(states[world.CameraSilent], c)
		default:
			good++
			if h.State == world.CameraLive {
				j.good("camera/" + c.ID)
			}
		}
	}
	bad := len(list) - good
	if bad > 2*fewOfKind && bad == len(list) && len(states[world.CameraSilent]) == bad {
		j.group("cameras.all", world.Severe, list, map[string]string{})
	} else {
		for _, site := range slices.Sorted(maps.Keys(sites)) {
			j.group("cameras.site", world.Warning, sites[site], map[string]string{"site": site})
		}
		for _, state := range slices.Sorted(maps.Keys(states)) {
			j.alike(state, states[state])
		}
	}
	j.count("cameras", good, len(list), map[string]string{
		"dark": strconv.Itoa(bad - len(states[world.CameraRefused])), "refused": strconv.Itoa(len(states[world.CameraRefused])), "sites": strconv.Itoa(len(sites)),
	})
}

// alike tells of cameras with the same fault: one by one, or together where they are
// many.
func (j *judge) alike(state world.CameraState, list []world.Camera) {
	severity := world.Warning
	if state == world.CameraFull {
		severity = world.Notice
	}
	if len(list) > fewOfKind {
		j.group("cameras."+string(state), severity, list, map[string]string{})
		return
	}
	for _, c := range list {
		it := Item{
			ID: "camera/" + c.ID, Severity: severity, Code: "camera." + string(state), Since: c.Health.Since, Count: 1, Things: []string{"camera/" + c.ID},
			Values: map[string]string{"camera": c.Name, "reason": c.Health.Reason, "tries": strconv.Itoa(c.Health.Tries)}, Link: "cameras/" + c.ID, Action: "camera", Target: c.ID,
		}
		if state == world.CameraRefused {
			it.Action = "password"
		}
		j.add(it)
	}
}

func (j *judge) group(code string, s world.Severity, list []world.Camera, v map[string]string) {
	since := mark{Since: math.MaxInt64}
	var ids, names []string
	for _, c := range list {
		if m := j.begun("camera/"+c.ID, c.Health.Since); m.Since < since.Since {
			since = m
		}
		ids, names = append(ids, c.ID), append(names, c.Name)
	}
	v["n"], v["list"] = strconv.Itoa(len(list)), all(names)
	j.add(Item{ID: code + " " + v["site"], Severity: s, Code: code, Since: since.Since, AtLeast: since.Least, dated: true, Values: v, Things: refs("camera", ids), Count: len(list), Link: "cameras?" + v["site"], Action: "cameras", Target: v["site"]})
}

func refs(kind string, ids []string) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, kind+"/"+id)
	}
	return out
}

func (j *judge) sources(list []world.SourceStatus) {
	counts := map[string]source.Counts{}
	for _, c := range j.facts.Sources {
		counts[c.Name] = c
	}
	good := 0
	var silent []string
	for _, s := range list {
		it := Item{
			ID: "source/" + s.Source, Since: s.Since, Count: 1, Things: []string{"source/" + s.Source}, Link: "sources/" + s.Source, Action: "source", Target: s.Source,
			Values: map[string]string{"source": s.Source, "kind": s.What, "reason": s.Reason, "accepted": strconv.FormatUint(s.Accepted, 10), "rejected": strconv.FormatUint(s.Rejected, 10)},
		}
		switch s.State {
		case world.SourceFailed:
			it.Severity, it.Code = world.Severe, "source.failed"
		case world.SourceRetrying:
			it.Severity, it.Code = world.Warning, "source.retrying"
			if next := counts[s.Source].Next; !next.IsZero() {
				it.Next = world.TimeOf(next)
			}
		case world.SourceStarting:
			if j.now.Sub(s.Since) < time.Minute {
				good++
				continue
			}
			it.Severity, it.Code = world.Notice, "source.starting"
		case world.SourceRunning:
			j.good(it.ID)
			fallthrough
		default:
			good++
			continue
		}
		silent = append(silent, s.Source)
		j.add(it)
	}
	v := map[string]string{}
	if len(silent) > 0 {
		v["list"], v["more"] = firstOf(silent)
	}
	j.count("sources", good, len(list), v)
}

// rejecting tells of a source that brings what cannot be used, or loses some.
func (j *judge) rejecting(c source.Counts, code string, n uint64) {
	j.add(Item{
		ID: code + " " + c.Name, Severity: world.Notice, Code: code, Count: 1, Things: []string{"source/" + c.Name},
		Values: map[string]string{"source": c.Name, "n": strconv.FormatUint(n, 10), "minutes": strconv.Itoa(int(lately.Minutes()))}, Link: "sources/" + c.Name, Action: "source", Target: c.Name,
	})
}

func (j *judge) stations(list []world.Station) {
	var stale []string
	since := mark{Since: math.MaxInt64}
	for _, s := range list {
		if s.Stale != 0 {
			stale = append(stale, s.ID)
			if m := j.begun("station/"+s.ID, s.Stale); m.Since < since.Since {
				since = m
			}
		}
	}
	if len(stale) > 0 {
		j.add(Item{ID: "stations.stale", Severity: world.Notice, Code: "stations.stale", Since: since.Since, AtLeast: since.Least, dated: true, Count: len(stale), Things: refs("station", stale), Values: map[string]string{"n": strconv.Itoa(len(stale)), "of": strconv.Itoa(len(list)), "list": all(stale)}})
	}
}

// server judges the server itself.
func (j *judge) server() {
	f := j.facts
	if !f.Full.IsZero() {
		j.add(Item{ID: "journal.full", Severity: world.Critical, Code: "journal.full", Since: world.TimeOf(f.Full), Values: map[string]string{"free": megabytes(f.Free)}})
	}
	if f.Size > 0 {
		if share := float64(f.Free) / float64(f.Size); share < lowDisk {
			s := world.Warning
			if share < lastDisk {
				s = world.Severe
			}
			j.add(Item{ID: "disk", Severity: s, Code: "disk.low", Values: map[string]string{"free": megabytes(f.Free), "share": strconv.Itoa(int(100 * share))}})
		}
	}
	if len(f.Damaged) > 0 {
		j.add(Item{ID: "journal.damaged", Severity: world.Warning, Code: "journal.damaged", Since: world.TimeOf(f.Started), AtLeast: true, dated: true, Count: len(f.Damaged), Values: map[string]string{"list": all(f.Damaged)}})
	}
	now := j.now.Std()
	if c := f.Certificate; !c.IsZero() && c.Sub(now) < certSoon {
		it := Item{ID: "certificate", Severity: world.Warning, Code: "cert.ending", Since: world.TimeOf(c.Add(-certSoon)), dated: true, Values: map[string]string{"days": days(c.Sub(now))}}
		switch left := c.Sub(now); {
		case left <= 0:
			it.Severity, it.Code, it.Since = world.Critical, "cert.ended", world.TimeOf(c)
		case left < certNow:
			it.Severity = world.Severe
		}
		j.add(it)
	}
	j.tokens(now)
	v := map[string]string{"events": strconv.FormatUint(f.Seq, 10), "free": megabytes(f.Free), "clients": strconv.Itoa(f.Clients)}
	if f.Size > 0 {
		v["share"] = strconv.Itoa(int(100 * float64(f.Free) / float64(f.Size)))
	}
	full := 1
	if !f.Full.IsZero() {
		full = 0
	}
	j.count("journal", full, 1, v)
}

func (j *judge) tokens(now time.Time) {
	var names []string
	var first time.Time
	since := j.now
	for _, t := range j.facts.Expiring {
		if left := t.At.Sub(now); left > 0 && left < tokenSoon {
			names = append(names, t.Name)
			since = min(since, max(world.TimeOf(t.At.Add(-tokenSoon)), world.TimeOf(t.Made)))
			if first.IsZero() || t.At.Before(first) {
				first = t.At
			}
		}
	}
	if len(names) > 0 {
		j.add(Item{ID: "tokens", Severity: world.Notice, Code: "tokens.ending", Since: since, dated: true, Count: len(names), Values: map[string]string{"n": strconv.Itoa(len(names)), "list": all(names), "days": days(first.Sub(now))}})
	}
}

// all joins names for add, which takes the first of them.
func all(names []string) string { return strings.Join(names, "\x00") }

func megabytes(n uint64) string { return strconv.FormatUint(n>>20, 10) }

func days(d time.Duration) string { return fmt.Sprint(int(max(0, d.Hours()/24))) }
