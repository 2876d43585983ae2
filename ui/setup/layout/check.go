package layout

import (
	"slices"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// Fault is one thing wrong with a draft.
type Fault struct {
	// Code says what: "over", "size", "number", "none", "bare", "output", "twice",
	// "pixels", "off"; Screens are those it is about.
	Code    string
	Screens []int
	// Stops says that the draft cannot be applied with it.
	Stops bool
	// Off is set for a deviation.
	Off Deviation
	// Node and Output are set for what drives a screen.
	Node, Output string
}

// Check returns all that is wrong with a wall, what stops it first. Nodes find the
// computers.
func Check(w world.WallDefined, nodes func(name string) (world.Node, bool)) []Fault {
	var out []Fault
	if len(w.Screens) == 0 {
		return []Fault{{Code: "none", Stops: true}}
	}
	out = append(out, places(w.Screens)...)
	driven := map[[2]string]int{}
	for _, s := range w.Screens {
		key := [2]string{s.Node, s.Output}
		if other, there := driven[key]; there && s.Node != "" && s.Output != "" {
			out = append(out, Fault{Code: "twice", Screens: []int{other, s.ID}, Stops: true, Node: s.Node, Output: s.Output})
		}
		driven[key] = s.ID
	}
	for _, s := range w.Screens {
		out = append(out, outputs(s, nodes)...)
	}
	for _, d := range Deviations(w.Screens) {
		out = append(out, Fault{Code: "off", Screens: []int{d.Screen}, Off: d})
	}
	slices.SortStableFunc(out, func(a, b Fault) int {
		switch {
		case a.Stops == b.Stops:
			return 0
		case a.Stops:
			return -1
		}
		return 1
	})
	return out
}

// places judges where screens are.
func places(screens []world.Screen) []Fault {
	var out []Fault
	for i, s := range screens {
		if !(s.W > 0 && s.H > 0 && s.PxW > 0 && s.PxH > 0) {
			out = append(out, Fault{Code: "size", Screens: []int{s.ID}, Stops: true})
		}
		for _, o := range screens[:i] {
			if o.ID == s.ID {
				out = append(out, Fault{Code: "number", Screens: []int{s.ID}, Stops: true})
			}
			if scene.RectOfScreen(o).Overlaps(scene.RectOfScreen(s)) {
				out = append(out, Fault{Code: "over", Screens: []int{o.ID, s.ID}, Stops: true})
			}
		}
	}
	return out
}

// outputs judges what drives a screen.
func outputs(s world.Screen, nodes func(string) (world.Node, bool)) []Fault {
	f := Fault{Screens: []int{s.ID}, Node: s.Node, Output: s.Output}
	if s.Node == "" {
		f.Code = "bare"
		return []Fault{f}
	}
	n, ok := nodes(s.Node)
	if !ok || len(n.Monitors) == 0 || s.Output == "" {
		return nil
	}
	i := slices.IndexFunc(n.Monitors, func(m world.Monitor) bool { return m.Output == s.Output })
	switch {
	case i < 0:
		f.Code = "output"
	case n.Monitors[i].PxW != s.PxW || n.Monitors[i].PxH != s.PxH:
		f.Code = "pixels"
	default:
		return nil
	}
	return []Fault{f}
}
