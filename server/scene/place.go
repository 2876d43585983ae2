package scene

import (
	"fmt"
	"strconv"
	"strings"

	"iocwall/server/world"
)

// Grid makes a wall of columns by rows equal screens, numbered row by row from
// 1 at the top left, with the same gap between picture areas everywhere.
// Screens go to nodes in turn, perNode each, named by the format ("pc-%02d").
type Grid struct {
	ID, Name      string
	Columns, Rows int
	// PanelW and PanelH are the picture area in millimetres, Gap the bezel.
	PanelW, PanelH, Gap float64
	PxW, PxH            int
	// Seat is the reading distance in millimetres.
	Seat float64
	// PerNode gives the number of screens of each node, in screen order; the
	// last number repeats. Empty leaves the nodes open.
	PerNode    []int
	NodeFormat string
}

// Wall returns the grid as a wall.
func (g Grid) Wall() world.WallDefined {
	w := world.WallDefined{ID: g.ID, Name: g.Name, Seat: g.Seat}
	node, left := 0, 0
	for i := range g.Columns * g.Rows {
		s := world.Screen{
			ID: i + 1, W: g.PanelW, H: g.PanelH, PxW: g.PxW, PxH: g.PxH,
			X: float64(i%g.Columns) * (g.PanelW + g.Gap),
			Y: float64(i/g.Columns) * (g.PanelH + g.Gap),
		}
		if len(g.PerNode) > 0 {
			if left == 0 {
				node++
				left = g.PerNode[min(node, len(g.PerNode))-1]
			}
			left--
			s.Node = fmt.Sprintf(g.NodeFormat, node)
		}
		w.Screens = append(w.Screens, s)
	}
	return w
}

// At says where a tile lies, in terms of screens, so that the same scene text
// holds for any panel.
type At struct {
	// Screens is one screen ("4") or a span from a top left to a bottom right
	// screen ("4-24").
	Screens string
	// Top cuts to a strip of this many pixels along the top; Below cuts such a
	// strip away. At most one is set.
	Top, Below int
	// Cell divides what is left: "2x2:3" is the third of two by two cells,
	// "3x1:1-2" the first two of three. Empty takes all.
	Cell string
}

// Rect returns the place in wall millimetres.
func (a At) Rect(w world.WallDefined) (x, y, width, height float64, err error) {
	first, last, ok := strings.Cut(a.Screens, "-")
	if !ok {
		last = first
	}
	s1, err := screen(w, first)
	if err != nil {
		return 0, 0, 0, 0, err
	}
	s2, err := screen(w, last)
	if err != nil {
		return 0, 0, 0, 0, err
	}
	x0, y0 := s1.X, s1.Y
	x1, y1 := s2.X+s2.W, s2.Y+s2.H
	if x1 <= x0 || y1 <= y0 {
		return 0, 0, 0, 0, fmt.Errorf("screens %q: name the top left screen first, then the bottom right one", a.Screens)
	}
	mm := s1.H / float64(max(s1.PxH, 1))
	if a.Top > 0 {
		y1 = min(y1, y0+float64(a.Top)*mm)
	}
	if a.Below > 0 {
		y0 = min(y1, y0+float64(a.Below)*mm)
	}
	if a.Cell != "" {
		if x0, y0, x1, y1, err = cell(a.Cell, x0, y0, x1, y1); err != nil {
			return 0, 0, 0, 0, err
		}
	}
	return x0, y0, x1 - x0, y1 - y0, nil
}

func screen(w world.WallDefined, id string) (world.Screen, error) {
	n, err := strconv.Atoi(strings.TrimSpace(id))
	if err != nil {
		return world.Screen{}, fmt.Errorf("screens: %q is not a screen number; write \"4\" or \"4-24\"", id)
	}
	for _, s := range w.Screens {
		if s.ID == n {
			return s, nil
		}
	}
	return world.Screen{}, fmt.Errorf("screens: the wall %s has no screen %d", w.ID, n)
}

func cell(spec string, x0, y0, x1, y1 float64) (_, _, _, _ float64, err error) {
	bad := fmt.Errorf("cell %q: write columns x rows : cell, as in \"2x2:3\" or \"3x1:1-2\"", spec)
	grid, which, ok := strings.Cut(spec, ":")
	cs, rs, ok2 := strings.Cut(grid, "x")
	if !ok || !ok2 {
		return 0, 0, 0, 0, bad
	}
	first, last, span := strings.Cut(which, "-")
	if !span {
		last = first
	}
	var n [4]int
	for i, t := range []string{cs, rs, first, last} {
		if n[i], err = strconv.Atoi(t); err != nil {
			return 0, 0, 0, 0, bad
		}
	}
	c, r, a, b := n[0], n[1], n[2]-1, n[3]-1
	if c < 1 || r < 1 || c > 12 || r > 12 || a < 0 || b < a || b >= c*r || b%c < a%c {
		return 0, 0, 0, 0, bad
	}
	w, h := (x1-x0)/float64(c), (y1-y0)/float64(r)
	return x0 + float64(a%c)*w, y0 + float64(a/c)*h, x0 + float64(b%c+1)*w, y0 + float64(b/c+1)*h, nil
}
