package stage

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

// WallBrief is a wall in a line.
type WallBrief struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Screens int    `json:"screens"`
	// Nodes are the computers that drive its screens, Up how many are there.
	Nodes int `json:"nodes"`
	Up    int `json:"up"`
	// Scene is the scene on it, By and Why who chose it, Since when.
	Scene     string     `json:"scene"`
	SceneName string     `json:"sceneName"`
	By        string     `json:"by,omitempty"`
	Why       string     `json:"why,omitempty"`
	Since     world.Time `json:"since"`
	// Generation counts its switches; Skew is that of the last one in milliseconds.
	Generation uint64 `json:"generation"`
	Skew       int64  `json:"skew"`
	// Test is the test picture it is to show, empty for none.
	Test    string `json:"test,omitempty"`
	Popups  int    `json:"popups"`
	Waiting int    `json:"waiting"`
	Locks   int    `json:"locks"`
}

// WallView is all there is to say of a wall now.
type WallView struct {
	WallBrief
	Wall world.WallDefined `json:"wall"`
	// On is what is on it, Next what is being prepared.
	On   world.Switch  `json:"on"`
	Next *world.Switch `json:"next,omitempty"`
	// Refused is the last switch that could not be.
	Refused *world.WallRefused `json:"refused,omitempty"`
	Before  []world.SceneShown `json:"before"`
	// Zones are those of the scene with what they hold, Queue what waits for one,
	// the first one first.
	Zones     []ZoneView            `json:"zones"`
	Queue     []world.Popup         `json:"queue"`
	Locked    []world.Lock          `json:"locked"`
	Computers []Computer            `json:"computers"`
	Scenes    []SceneBrief          `json:"scenes"`
	Schedules []world.ScheduleSaved `json:"schedules"`
}

// ZoneView is a zone and the popup in it, nil for none.
type ZoneView struct {
	world.Zone
	Popup *world.Popup `json:"popup,omitempty"`
}

// Computer is a computer of a wall. One that was never there is known by its
// screens alone.
type Computer struct {
	world.Node
	Screens []int `json:"screens"`
}

// SceneBrief is a scene in a line.
type SceneBrief struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Version int        `json:"version"`
	Preset  int        `json:"preset,omitempty"`
	Tiles   int        `json:"tiles"`
	Zones   int        `json:"zones"`
	By      string     `json:"by,omitempty"`
	Time    world.Time `json:"time"`
}

// ServeWalls answers GET /api/walls with all walls, each a WallBrief.
func (s *Stage) ServeWalls(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	out := []WallBrief{}
	err := s.history.Call(r.Context(), func(st *world.State) {
		for _, x := range st.Walls() {
			out = append(out, brief(st, x))
		}
	})
	told(w, out, err)
}

// ServeWall answers GET /api/walls/{id} with a WallView.
func (s *Stage) ServeWall(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	var out WallView
	id, there := r.PathValue("id"), false
	err := s.history.Call(r.Context(), func(st *world.State) {
		var x world.Wall
		if x, there = st.Wall(id); there {
			out = view(st, x)
		}
	})
	if err == nil && !there {
		reply.JSON(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf("there is no wall %.70q", id)})
		return
	}
	told(w, out, err)
}

// nodesOf returns the computers of a wall with their screens.
func nodesOf(st *world.State, w world.WallDefined) []Computer {
	out := []Computer{}
	for _, sc := range w.Screens {
		if sc.Node == "" {
			continue
		}
		i := slices.IndexFunc(out, func(c Computer) bool { return c.Node.Node == sc.Node })
		if i < 0 {
			n, _ := st.Node(sc.Node)
			n.Node = sc.Node
			i, out = len(out), append(out, Computer{Node: n})
		}
		out[i].Screens = append(out[i].Screens, sc.ID)
	}
	slices.SortFunc(out, func(a, b Computer) int { return cmp.Compare(a.Node.Node, b.Node.Node) })
	return out
}

func brief(st *world.State, w world.Wall) WallBrief {
	sc, _ := st.Scene(w.Shown.Scene)
	b := WallBrief{
		ID: w.ID, Name: w.Name, Screens: len(w.Screens), Scene: w.Shown.Scene, SceneName: sc.Name,
		By: w.Shown.By, Why: w.Shown.Why, Since: w.Since, Generation: w.On.Generation, Skew: w.On.Skew,
	}
	for _, n := range nodesOf(st, w.WallDefined) {
		b.Nodes++
		if n.Up {
			b.Up++
		}
	}
	if w.Test.Until > st.Seen() {
		b.Test = w.Test.Picture
	}
	for _, p := range st.Popups() {
		switch {
		case p.Wall != w.ID:
		case p.Placed != "":
			b.Popups++
		default:
			b.Waiting++
		}
	}
	for _, l := range st.Locks() {
		if l.Wall == w.ID {
			b.Locks++
		}
	}
	return b
}

func view(st *world.State, w world.Wall) WallView {
	out := WallView{
		WallBrief: brief(st, w), Wall: w.WallDefined, On: w.On, Before: slices.Clone(w.Before), Zones: []ZoneView{}, Queue: []world.Popup{},
		Locked: []world.Lock{}, Computers: nodesOf(st, w.WallDefined), Scenes: []SceneBrief{}, Schedules: []world.ScheduleSaved{},
	}
	if w.On.Generation == 0 {
		out.On.Scene, out.On.Tiles = w.Shown.Scene, standing(st, w)
	}
	if w.Next.Generation != 0 {
		out.Next = &w.Next
	}
	if w.Refused.Generation != 0 {
		out.Refused = &w.Refused
	}
	held := map[string]*world.Popup{}
	for _, p := range st.Popups() {
		p.Title = st.PopupName(p)
		switch {
		case p.Wall != w.ID:
		case p.Placed == "":
			out.Queue = append(out.Queue, p)
		default:
			held[p.Placed] = &p
		}
	}
	slices.SortStableFunc(out.Queue, func(a, b world.Popup) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Asked, b.Asked), cmp.Compare(a.ID, b.ID))
	})
	for _, l := range st.Locks() {
		if l.Wall == w.ID {
			out.Locked = append(out.Locked, l)
		}
	}
	for _, sc := range st.Scenes() {
		if sc.Wall != w.ID {
			continue
		}
		out.Scenes = append(out.Scenes, SceneBrief{
			ID: sc.ID, Name: sc.Name, Version: sc.Version, Preset: sc.Preset, Tiles: len(sc.Tiles), Zones: len(sc.Zones), By: sc.By, Time: sc.Time,
		})
		if sc.ID == w.Shown.Scene {
			for _, z := range sc.Zones {
				out.Zones = append(out.Zones, ZoneView{Zone: z, Popup: held[z.ID]})
			}
		}
	}
	for _, x := range st.Schedules() {
		if x.Is.Wall == w.ID {
			out.Schedules = append(out.Schedules, x.Is)
		}
	}
	return out
}

// told answers with v, or that the history gives no answer.
func told(w http.ResponseWriter, v any, err error) {
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	reply.JSON(w, http.StatusOK, v)
}
