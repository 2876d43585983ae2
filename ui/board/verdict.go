package board

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/words"
)

// Verdict says what an edit would do to the wall, or why it cannot be.
type Verdict struct {
	// Title is what happens to what is there, or why nothing can.
	Title string
	// Where names screens and computers; Load is how the decoding changes.
	Where, Load string
	Refused     bool
}

// Judge says what an edit of the scene shown would do. Now is the server's clock.
func Judge(l *words.Lang, st *world.State, w world.Wall, tiles []world.Tile, e Edit, now time.Time) Verdict {
	next, replaced, shrunk := e.Apply(w.WallDefined, tiles)
	v := Verdict{Title: title(l, st, tiles, replaced, e)}
	if len(shrunk) > 0 {
		ids, _ := under(w.WallDefined, scene.RectOf(shrunk[0]))
		v.Title = l.T("board.shrink", "what", Name(l, st, shrunk[0]), "where", where(l, ids, nil))
	}
	at := scene.RectOf(e.Put)
	if e.Remove != "" {
		if len(replaced) == 0 {
			return Verdict{Title: l.T("board.gone"), Refused: true}
		}
		at = scene.RectOf(replaced[0])
	}
	ids, nodes := under(w.WallDefined, at)
	v.Where = where(l, ids, nodes)
	if len(ids) == 0 {
		return Verdict{Title: l.T("board.nowhere"), Refused: true}
	}
	if why := locked(l, st, w, at, e, now); why != "" {
		v.Title, v.Refused = why, true
		return v
	}
	for _, n := range nodes {
		node, known := st.Node(n)
		if known && node.Since != 0 && !node.Up {
			v.Load = l.T("board.node.away", "node", n, "age", l.Age(now.Sub(node.Since.Std()).Truncate(time.Second)))
			continue
		}
		if len(node.Budget) == 0 {
			continue
		}
		before, after, least := loads(st, w.WallDefined, n, node.Budget, tiles, next)
		if least > scene.Headroom && least > before {
			v.Title = l.T("board.full", "node", n, "need", percent(l, least), "limit", percent(l, scene.Headroom))
			v.Load, v.Refused = "", true
			return v
		}
		if before != after {
			v.Load = l.T("board.load", "before", whole(before), "after", percent(l, after))
		}
	}
	return v
}

func percent(l *words.Lang, v float64) string { return l.Percent(math.Round(100*v), 0) }

func whole(v float64) string { return strconv.Itoa(int(math.Round(100 * v))) }

// title says what an edit does to what is there.
func title(l *words.Lang, st *world.State, tiles, replaced []world.Tile, e Edit) string {
	switch {
	case e.Remove != "":
		if len(replaced) == 0 {
			return ""
		}
		return l.T("board.remove", "what", Name(l, st, replaced[0]))
	case len(replaced) == 1:
		return l.T("board.replace", "what", Name(l, st, replaced[0]))
	case len(replaced) > 1:
		return l.T("board.replace.many", "n", strconv.Itoa(len(replaced)), "what", Name(l, st, replaced[0]))
	case slices.ContainsFunc(tiles, func(t world.Tile) bool { return t.ID == e.Put.ID }):
		return l.T("board.move")
	}
	return l.T("board.put")
}

// under returns the screens that a place lies on, and their computers.
func under(w world.WallDefined, at scene.Rect) (ids []int, nodes []string) {
	for _, s := range w.Screens {
		if !scene.RectOfScreen(s).Overlaps(at) {
			continue
		}
		ids = append(ids, s.ID)
		if s.Node != "" && !slices.Contains(nodes, s.Node) {
			nodes = append(nodes, s.Node)
		}
	}
	return ids, nodes
}

func where(l *words.Lang, ids []int, nodes []string) string {
	var names []string
	for _, id := range ids {
		names = append(names, strconv.Itoa(id))
	}
	text := strings.Join(names, ", ")
	if len(ids) > 3 {
		text = fmt.Sprintf("%d–%d", slices.Min(ids), slices.Max(ids))
	}
	out := l.T("board.screens", "ids", text)
	if len(nodes) == 1 {
		out += " · " + l.T("board.node", "node", nodes[0])
	} else if len(nodes) > 1 {
		out += " · " + l.T("board.nodes", "n", strconv.Itoa(len(nodes)))
	}
	return out
}

// locked says who keeps something at a place, empty when nobody does.
func locked(l *words.Lang, st *world.State, w world.Wall, at scene.Rect, e Edit, now time.Time) string {
	for _, t := range w.On.Tiles {
		lock, is := st.Lock(w.ID, t.ID)
		if !is || lock.Until != 0 && lock.Until.Std().Before(now) {
			continue
		}
		mine := t.ID == e.Put.ID || t.ID == e.Remove
		if mine || scene.RectOf(t.Tile).Overlaps(at) {
			if lock.Until == 0 {
				return l.T("board.locked", "who", lock.Name)
			}
			return l.T("board.locked.until", "who", lock.Name, "time", l.Clock(lock.Until.Std()))
		}
	}
	return ""
}

// loads is the share of a computer that the cameras of a scene need before and after
// an edit, and after it with every camera in its smallest stream.
func loads(st *world.State, w world.WallDefined, node string, budget []world.Decoding, was, next []world.Tile) (before, after, least float64) {
	load := func(tiles []world.Tile, small bool) float64 {
		var out []scene.Stream
		for _, t := range tiles {
			if small {
				if name := scene.Smaller(w, node, t, st); name != "" {
					t.Params = append(slices.Clone(t.Params), world.Param{Key: "stream", Value: name})
				}
			}
			out = append(out, scene.StreamsOf(w, node, t, st)...)
		}
		return scene.Load(budget, out)
	}
	return load(was, false), load(next, false), load(next, true)
}

// Name is what people call a tile.
func Name(l *words.Lang, st *world.State, t world.Tile) string {
	if st != nil {
		switch id := t.Param(t.Kind); t.Kind {
		case "camera":
			if c, ok := st.Camera(cmp.Or(id, t.Param("id"))); ok && c.Name != "" {
				return c.Name
			}
		case "figure":
			if f, ok := st.Figure(cmp.Or(id, t.Param("id"))); ok && f.Name != "" {
				return cmp.Or(f.Short, f.Name)
			}
		case "alert":
			if a, ok := st.Alert(cmp.Or(id, t.Param("id"))); ok {
				return a.Title
			}
		}
	}
	if title := cmp.Or(t.Param("title"), t.Param("name")); title != "" {
		return title
	}
	if key := "board.kind." + t.Kind; l.Has(key) {
		return l.T(key)
	}
	return t.ID
}

// Called is a tile's name within a sentence, with what it is: "camera Cầu Câu Lâu".
func Called(l *words.Lang, kind, name string) string {
	if key := "board.called." + kind; l.Has(key) {
		return l.T(key, "name", name)
	}
	return name
}
