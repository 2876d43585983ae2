package stage

import (
	"context"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/director"
	"iocwall/server/world"
)

const (
	// again is after how long what a computer uses is kept where that has changed
	// much: a little less than the minute at which it tells. calm is after how long
	// a report is kept that says nothing new: a dozen computers that told the same
	// each minute would fill the history with that.
	again = 55 * time.Second
	calm  = 10*time.Minute - 5*time.Second
	// ahead is by how much a computer's estimate of the server's clock may lead.
	ahead = time.Minute

	mostMonitors  = 32
	mostBudgets   = 64
	mostProblems  = 20
	mostTilesSeen = 600
)

// told takes in what a wall computer says, of itself only.
func (s *Stage) told(ctx context.Context, id auth.Identity, a act.Act) (Done, error) {
	if err := s.pace.allow(id.Name, a.Act(), time.Now()); err != nil {
		return Done{}, err
	}
	var seq uint64
	var err error
	switch a := a.(type) {
	case act.ReportReady:
		seq, err = s.ready(ctx, id, a)
	case act.ReportSwitched:
		seq, err = s.switched(ctx, id, a)
	case act.ReportNode:
		seq, err = s.report(ctx, id, a.Report)
	case act.ReportTiles:
		seq, err = s.tiles(ctx, id, a.Seen)
	default:
		err = refuse("act.unknown", "this server does not do {act}", "act", a.Act())
	}
	return Done{Seq: seq}, err
}

// itself checks that a computer speaks of itself.
func itself(id auth.Identity, node string) error {
	if node != id.Name {
		return refuse("node.other", "this token is that of the computer {node}, which cannot speak for \"{other}\"", "node", id.Name, "other", clip(node))
	}
	return idOf("a computer", node)
}

func (s *Stage) ready(ctx context.Context, id auth.Identity, a act.ReportReady) (uint64, error) {
	if err := first(idOf("a computer", id.Name), text("the reason", a.Refused, longestLine)); err != nil {
		return 0, err
	}
	return s.history.Direct(ctx, person(id), func(now world.Time, st *world.State, d *director.Director) ([]world.Observation, error) {
		if err := drives(st, a.Wall, id.Name); err != nil {
			return nil, err
		}
		return d.Ready(now, st, id.Name, a), nil
	})
}

func (s *Stage) switched(ctx context.Context, id auth.Identity, a act.ReportSwitched) (uint64, error) {
	const longest = 60 * 60 * 1000
	if err := first(
		idOf("a computer", id.Name),
		within("the error of the clock", float64(a.Clock), 0, longest),
		within("the time of drawing", float64(a.Paint), 0, longest),
	); err != nil {
		return 0, err
	}
	return s.history.Direct(ctx, person(id), func(now world.Time, st *world.State, d *director.Director) ([]world.Observation, error) {
		if err := drives(st, a.Wall, id.Name); err != nil {
			return nil, err
		}
		if a.At <= 0 || a.At > now.Add(ahead) {
			return nil, refuse("node.clock", "the computer changed at {time}, which is not a time by the server's clock", "time", a.At)
		}
		return d.Switched(now, st, id.Name, a), nil
	})
}

// drives checks that the computer has a screen of the wall.
func drives(st *world.State, wall, node string) error {
	w, err := wallOf(st, wall)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(w.Screens, func(sc world.Screen) bool { return sc.Node == node }) {
		return refuse("node.screens", "the computer {node} drives no screen of the wall {wall}; give it one first", "node", node, "wall", w.ID)
	}
	return nil
}

func (s *Stage) report(ctx context.Context, id auth.Identity, r world.NodeReported) (uint64, error) {
	if err := first(itself(id, r.Node), bounded(r)); err != nil {
		return 0, err
	}
	return s.history.Ask(ctx, core.Request{Source: person(id), Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
		if r.Started > now.Add(ahead) {
			return nil, refuse("node.started", "the program started at {time}, which is in the future; set the computer's clock", "time", r.Started)
		}
		n, _ := st.Node(r.Node)
		var out []world.Observation
		if tellsMore(n, r, now) {
			out = one(now, r)
		}
		if seen, ok := s.pace.release(r.Node, now.Std()); ok && current(st, seen) {
			out = append(out, world.Observation{Time: now, Body: seen})
		}
		return out, nil
	}})
}

// tellsMore reports whether a computer's report is worth keeping. What it uses
// differs each time.
func tellsMore(n world.Node, r world.NodeReported, now world.Time) bool {
	was, is := n.NodeReported, r
	was.Memory, was.CPU, is.Memory, is.CPU = 0, 0, 0, 0
	since := now.Sub(n.Reported)
	much := math.Abs(r.CPU-n.CPU) > 0.25 || math.Abs(float64(r.Memory-n.Memory)) > float64(n.Memory)/4
	return !reflect.DeepEqual(was, is) || since >= calm || since >= again && much
}

// bounded checks the sizes and numbers of a computer's report.
func bounded(r world.NodeReported) error {
	if err := first(
		text("the version", r.Version, longestName), text("the line on pictures", r.Pictures, longestLine),
		counted("the monitors", len(r.Monitors), mostMonitors), counted("the budgets", len(r.Budget), mostBudgets),
		counted("the problems", len(r.Problems), mostProblems),
		within("the memory", float64(r.Memory), 0, 1<<50), within("the share of the computer", r.CPU, 0, 1000),
	); err != nil {
		return err
	}
	for _, m := range r.Monitors {
		if err := first(
			text("the name of an output", m.Output, longestOutput), within("the place of a monitor", float64(m.X), -1e6, 1e6), within("the place of a monitor", float64(m.Y), -1e6, 1e6),
			within("the pixels across of a monitor", float64(m.PxW), 0, 1e6), within("the pixels down of a monitor", float64(m.PxH), 0, 1e6),
			within("the width of a monitor", float64(m.W), 0, farthest), within("the height of a monitor", float64(m.H), 0, farthest),
		); err != nil {
			return err
		}
	}
	for _, b := range r.Budget {
		if err := first(
			text("a codec", b.Codec, 40), within("the pixels of a stream", float64(b.Width), 0, 1e6), within("the pixels of a stream", float64(b.Height), 0, 1e6),
			within("the pictures per second", b.FPS, 0, 10_000), within("the number of streams", b.Streams, 0, 1e6),
		); err != nil {
			return err
		}
	}
	for _, p := range r.Problems {
		if err := text("a problem", p, longestLine); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) tiles(ctx context.Context, id auth.Identity, seen world.TilesSeen) (uint64, error) {
	if err := first(itself(id, seen.Node), counted("the tiles", len(seen.Tiles), mostTilesSeen)); err != nil {
		return 0, err
	}
	states := []string{"live", "late", "still", "old", "broken"}
	for _, t := range seen.Tiles {
		if err := first(text("the id of a tile", t.Tile, longestName), text("the reason of a tile", t.Reason, longestLine)); err != nil {
			return 0, err
		}
		if !slices.Contains(states, t.State) {
			return 0, refuse("node.tile", "tile \"{tile}\" is \"{state}\", which is no state of a tile", "tile", clip(t.Tile), "state", clip(t.State))
		}
	}
	return s.history.Ask(ctx, core.Request{Source: person(id), Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
		if err := drives(st, seen.Wall, id.Name); err != nil {
			return nil, err
		}
		if !current(st, seen) {
			return nil, refuse("node.generation", "the wall {wall} has never shown its generation {n}", "wall", clip(seen.Wall), "n", seen.Generation)
		}
		for _, t := range seen.Tiles {
			if t.Since < 0 || t.Since > now.Add(ahead) {
				return nil, refuse("node.since", "tile \"{tile}\" is so since {time}, which is not a time by the server's clock", "tile", clip(t.Tile), "time", t.Since)
			}
		}
		n, _ := st.Node(seen.Node)
		switch {
		case reflect.DeepEqual(n.Seen, seen) && now.Sub(n.SeenAt) < calm:
			s.pace.forget(id.Name)
			return nil, nil
		case s.pace.hold(seen, n.Seen.Generation != seen.Generation, now.Std()):
			return nil, nil
		}
		return one(now, seen), nil
	}})
}

// current reports whether a wall has come as far as what a computer saw of it.
func current(st *world.State, seen world.TilesSeen) bool {
	w, ok := st.Wall(seen.Wall)
	return ok && seen.Generation <= max(w.On.Generation, w.Next.Generation)
}

// pace bounds how often each computer is listened to. The zero value is ready.
type pace struct {
	mu sync.Mutex
	of map[string]*allowance // by computer and act: both are few
	// held is the newest word on tiles of computers whose tiles change all the
	// time; it is kept with the computer's next report.
	held map[string]world.TilesSeen
}

// Tiles that come and go, as those of a camera on a bad line do, are written down
// that often at once, and then each so many seconds.
const (
	flickerBurst = 30
	flickerEvery = 20 * time.Second
)

// hold takes a word on tiles and reports whether it waits: the history is not
// filled with what flickers. After a switch it never does.
func (p *pace) hold(seen world.TilesSeen, fresh bool, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.take(seen.Node+" kept", flickerBurst, flickerEvery, now) || fresh {
		delete(p.held, seen.Node)
		return false
	}
	if p.held == nil {
		p.held = map[string]world.TilesSeen{}
	}
	p.held[seen.Node] = seen
	return true
}

// release gives back what was held of a computer, when it may be kept.
func (p *pace) release(node string, now time.Time) (world.TilesSeen, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen, there := p.held[node]
	if !there || !p.take(node+" kept", flickerBurst, flickerEvery, now) {
		return world.TilesSeen{}, false
	}
	delete(p.held, node)
	return seen, true
}

// forget drops what was held of a computer: it is as it was before.
func (p *pace) forget(node string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.held, node)
}

// allowance is what a computer may still say at once, and when that was so.
type allowance struct {
	left float64
	at   time.Time
}

// allow counts one more word of a computer and refuses what is too much.
func (p *pace) allow(node, what string, now time.Time) error {
	burst, every := 10.0, time.Second // reports come every two seconds at most
	switch what {
	case "node.ready", "node.switched":
		burst, every = 50, 100*time.Millisecond // one for each switch
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.take(node+" "+what, burst, every, now) {
		return refuse("node.often", "the computer {node} says {what} too often; what it says more often than every {span} is left out", "node", node, "what", what, "span", every)
	}
	return nil
}

// take takes one of an allowance, if there is one left. The caller holds mu.
func (p *pace) take(key string, burst float64, every time.Duration, now time.Time) bool {
	if p.of == nil {
		p.of = map[string]*allowance{}
	}
	a := p.of[key]
	if a == nil {
		a = &allowance{left: burst, at: now}
		p.of[key] = a
	}
	a.left = min(burst, a.left+float64(now.Sub(a.at))/float64(every))
	a.at = now
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}
