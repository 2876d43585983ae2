package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// matrixRoles are the columns of the tables below.
const matrixRoles = "administrator operator leader unit desk analyst approver technician auditor node provider"

// actMatrix says of every act and every role what happens to it, four times: to
// what lies in the sender's own area, in another area and in none, and for a
// sender without bounds to what lies in another area.
//
//   - neither right nor area is in the way
//     a  the area is in the way: it is as if the thing were not there
//     r  the right is missing
//     d  the door for commands stays shut
//     .  there is no such sender: a unit always has bounds
//
// What belongs to no place (walls, scenes, schedules, tiles, popups, the map) is
// the same in all areas.
const actMatrix = `
alert.acknowledge  +aa+ +aa+ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
camera.control     +aa+ +aa+ rrrr rrr. rrrr rrrr rrrr +aa+ rrrr rrrr dddd
camera.seen        +aa+ +aa+ +aa+ +aa. +aa+ rrrr rrrr +aa+ rrrr +aa+ dddd
clip.save          +aa+ +aa+ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
drawing.save       ++++ ++++ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
feed.resync        ++++ ++++ ++++ +++. ++++ ++++ ++++ ++++ ++++ ++++ dddd
fence.save         ++++ ++++ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
mapview.save       ++++ ++++ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
node.ready         rrrr rrrr rrrr rrr. rrrr rrrr rrrr rrrr rrrr ++++ dddd
node.report        rrrr rrrr rrrr rrr. rrrr rrrr rrrr rrrr rrrr ++++ dddd
node.switched      rrrr rrrr rrrr rrr. rrrr rrrr rrrr rrrr rrrr ++++ dddd
node.tiles         rrrr rrrr rrrr rrr. rrrr rrrr rrrr rrrr rrrr ++++ dddd
popup.close        ++++ ++++ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
popup.open         +aa+ +aa+ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
scene.save         +aa+ +aa+ rrrr rrr. rrrr rrrr rrrr +aa+ rrrr rrrr dddd
scene.show         ++++ ++++ rrrr rrr. rrrr rrrr rrrr ++++ rrrr rrrr dddd
scene.undo         ++++ ++++ rrrr rrr. rrrr rrrr rrrr ++++ rrrr rrrr dddd
schedule.follow    ++++ ++++ rrrr rrr. rrrr rrrr rrrr ++++ rrrr rrrr dddd
schedule.save      ++++ ++++ rrrr rrr. rrrr rrrr rrrr ++++ rrrr rrrr dddd
tile.lock          ++++ ++++ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
tile.unlock        ++++ ++++ rrrr rrr. rrrr rrrr rrrr rrrr rrrr rrrr dddd
wall.save          ++++ rrrr rrrr rrr. rrrr rrrr rrrr ++++ rrrr rrrr dddd
wall.test          ++++ rrrr rrrr rrr. rrrr rrrr rrrr ++++ rrrr rrrr dddd
`

// seeMatrix says of every role which cameras and which alerts it sees by each way
// that leads to them: those of its own area, of another and of none, and for
// somebody without bounds all three, or x where the door stays shut.
const seeMatrix = `
feed              o all  o all  o all  o .    o all  o all  o all  o all  o all  o all  x x
state/camera      o all  o all  o all  o .    o all  o all  o all  o all  o all  x x    x x
state/alert       o all  o all  o all  o .    o all  o all  o all  o all  o all  x x    x x
cameras           o all  o all  o all  o .    o all  o all  o all  o all  o all  x x    x x
history           o all  o all  o all  o .    o all  o all  o all  o all  o all  x x    x x
`

// matrixCentre has a camera, a station with an alert and a wall for each of the
// three areas: own, other and none.
func matrixCentre(t *testing.T) *centre {
	t.Helper()
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.write("rules.yaml", ruleFile)
	more := "rules: rules.yaml\nstations:\n"
	cameras := "cameras:\n"
	for place, area := range matrixAreas() {
		if area != "" {
			area = ", area: " + area
		}
		more += fmt.Sprintf("  - {id: %s, name: %s, what: level, pos: [112.5, 12.5]%s}\n", place, place, area)
		cameras += fmt.Sprintf("  - {id: %s, name: %s, pos: [112.5, 12.5]%s, replay: 60s, streams: [{name: main, url: \"rtsp://127.0.0.1:9/x\"}]}\n", place, place, area)
	}
	c.configure(more + cameras)
	c.start()
	t.Cleanup(c.stop)
	return c
}

func matrixAreas() map[string]string {
	return map[string]string{"own": daNang, "other": caMau, "none": ""}
}

// alerts raises an alert at each station and returns them by place.
func (c *centre) alerts(t *testing.T) map[string]string {
	t.Helper()
	provider := c.token("Đài", auth.Provider)
	for place := range matrixAreas() {
		c.observe(provider, readingJSON(place, 4.12))
	}
	out := map[string]string{}
	c.look(c.token("Mắt", auth.Operator)).until("all alerts", func(s *world.State) bool {
		for _, a := range s.Alerts() {
			for place, area := range matrixAreas() {
				if a.Area == area {
					out[place] = a.ID
				}
			}
		}
		return len(out) == 3
	})
	return out
}

// actAt returns an act of the kind, new by its id, that is about what lies at a place, and that
// cannot be done for another reason if nothing stands in its way, or changes
// nothing that another cell of the table needs.
func actAt(kind, id, place, alert string) act.Act {
	tile := world.Tile{ID: "t", Kind: "camera", W: 100, H: 100, Params: []world.Param{{Key: "camera", Value: place}}}
	saved := world.Saved{ID: "không"}
	return map[string]act.Act{
		"alert.acknowledge": act.AcknowledgeAlert{Alert: alert},
		"camera.control":    act.ControlCamera{Camera: place, Pan: 1},
		"camera.seen":       act.ReportCameras{Program: "p", Moving: []string{place}},
		"clip.save":         act.SaveClip{ID: "x", Camera: place, From: 2, To: 1},
		"drawing.save":      act.SaveDrawing{Drawing: world.DrawingSaved{Saved: saved}},
		"feed.resync":       act.Resync{},
		"fence.save":        act.SaveFence{Fence: world.FenceSaved{Saved: saved}},
		"mapview.save":      act.SaveMapView{View: world.MapViewSaved{Saved: saved}},
		"node.ready":        act.ReportReady{Wall: "không"},
		"node.report":       act.ReportNode{Report: world.NodeReported{Node: "không"}},
		"node.switched":     act.ReportSwitched{Wall: "không"},
		"node.tiles":        act.ReportTiles{Seen: world.TilesSeen{Node: "không"}},
		"popup.close":       act.ClosePopup{Popup: "không"},
		"popup.open":        act.OpenPopup{Popup: world.PopupAsked{ID: "p-" + id, Wall: "main", Tiles: []world.Tile{tile}, Alert: alert}},
		"scene.save":        act.SaveScene{Scene: world.SceneSaved{ID: "s-" + id, Name: "S", Wall: "main", Tiles: []world.Tile{tile}}},
		"scene.show":        act.ShowScene{Wall: "main", Scene: "không"},
		"scene.undo":        act.UndoScene{Wall: "không"},
		"schedule.follow":   act.FollowSchedule{Wall: "không"},
		"schedule.save":     act.SaveSchedule{Schedule: world.ScheduleSaved{Saved: saved}},
		"tile.lock":         act.LockTile{Wall: "không", Tile: "t"},
		"tile.unlock":       act.UnlockTile{Wall: "không", Tile: "t"},
		"wall.save":         act.SaveWall{Wall: world.WallDefined{ID: "không"}},
		"wall.test":         act.TestWall{Wall: "không", Picture: world.TestPattern},
	}[kind]
}

// judge turns an answer into a letter of the table.
func judge(status int, r world.Receipt) string {
	switch {
	case status == http.StatusForbidden:
		return "d"
	case status != http.StatusOK && status != http.StatusConflict:
		return fmt.Sprintf("(%d)", status)
	case strings.Contains(r.Reason, "no right to"):
		return "r"
	case strings.Contains(r.Reason, "there is no alert"), strings.Contains(r.Reason, "there is no open alert"), strings.Contains(r.Reason, "there is no camera"):
		return "a"
	}
	return "+"
}

// table reads one of the tables: rows by name, a cell of so many words for each
// role.
func table(t *testing.T, text string, words int) map[string]map[auth.Role]string {
	t.Helper()
	roles := strings.Fields(matrixRoles)
	out := map[string]map[auth.Role]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		if len(f) != 1+words*len(roles) || out[f[0]] != nil {
			t.Fatalf("the row %q has %d words, or is there twice", line, len(f))
		}
		out[f[0]] = map[auth.Role]string{}
		for i, role := range roles {
			out[f[0]][auth.Role(role)] = strings.Join(f[1+i*words:1+(i+1)*words], " ")
		}
	}
	return out
}

// people returns for every role what opens doors to somebody bound to the area
// own, and to somebody without bounds: sessions of users, made and begun through
// the doors, and tokens for what has no user.
func (c *centre) people(t *testing.T) (bound, free map[auth.Role]string) {
	t.Helper()
	admin := c.token("Quản trị", auth.Administrator)
	bound, free = map[auth.Role]string{}, map[auth.Role]string{}
	for _, role := range auth.Roles() {
		if !slices.Contains(auth.UserRoles(), role) {
			bound[role], free[role] = c.token("b-"+string(role), role, daNang), c.token("f-"+string(role), role)
			continue
		}
		bound[role] = c.hire(admin, "b-"+string(role), role, fmt.Sprintf(`[{"area":%q}]`, daNang)).Token
		if role != auth.Unit {
			free[role] = c.hire(admin, "f-"+string(role), role, "[]").Token
		}
	}
	return bound, free
}

// Every act, every role and every area, through the door of a running server.
// A new act or role without a row or a column fails.
func TestMatrixOfActs(t *testing.T) {
	want := table(t, actMatrix, 1)
	if got := act.Kinds(); len(got) != len(want) || slices.ContainsFunc(got, func(k string) bool { return want[k] == nil }) {
		t.Fatalf("there are the acts %q; the table has %d", got, len(want))
	}
	if got := len(auth.Roles()); got != len(strings.Fields(matrixRoles)) {
		t.Fatalf("there are %d roles; the table has others", got)
	}
	c := matrixCentre(t)
	alerts := c.alerts(t)
	bound, free := c.people(t)
	n := 0
	try := func(token, kind, place string) string {
		if token == "" {
			return "."
		}
		n++
		return judge(c.order(token, act.Command{ID: fmt.Sprint(n), Act: actAt(kind, fmt.Sprint(n), place, alerts[place])}))
	}
	for _, kind := range act.Kinds() {
		for _, role := range auth.Roles() {
			got := try(bound[role], kind, "own") + try(bound[role], kind, "other") + try(bound[role], kind, "none") + try(free[role], kind, "other")
			if w := want[kind][role]; got != w {
				t.Errorf("%s as %s: %s, want %s", kind, role, got, w)
			}
		}
	}
}

// Every way to see things, every role and every area.
func TestMatrixOfSight(t *testing.T) {
	want := table(t, seeMatrix, 2)
	c := matrixCentre(t)
	alerts := c.alerts(t)
	bound, free := c.people(t)
	ways := map[string]func(token string) string{
		"feed":         c.seenByFeed,
		"state/camera": func(token string) string { return c.seenByQuery(t, "/api/state/camera", token) },
		"state/alert":  func(token string) string { return c.seenByQuery(t, "/api/state/alert", token) },
		"cameras":      func(token string) string { return c.seenByQuery(t, "/api/cameras", token) },
		"history": func(token string) string {
			return c.seenByHistory(t, alerts, token)
		},
	}
	if len(ways) != len(want) {
		t.Fatalf("%d ways, %d rows", len(ways), len(want))
	}
	for way, see := range ways {
		for _, role := range auth.Roles() {
			got := see(bound[role]) + " ."
			if free[role] != "" {
				got = see(bound[role]) + " " + see(free[role])
			}
			if w := want[way][role]; got != w {
				t.Errorf("%s as %s: %s, want %s", way, role, got, w)
			}
		}
	}
}

// sight names what was seen of three places.
func sight(own, other, none bool) string {
	switch {
	case own && other && none:
		return "all"
	case own && !other && !none:
		return "o"
	}
	return fmt.Sprintf("own:%v,other:%v,none:%v", own, other, none)
}

// seenByQuery asks a door for a list.
func (c *centre) seenByQuery(t *testing.T, path, token string) string {
	t.Helper()
	status, text := c.do("GET", path, token, "", "")
	if status == http.StatusForbidden {
		return "x"
	}
	var list []map[string]any
	var err error
	if strings.HasPrefix(text, "{") {
		err = json.Unmarshal([]byte(text), &struct{ Cameras *[]map[string]any }{&list})
	} else {
		err = json.Unmarshal([]byte(text), &list)
	}
	if err != nil {
		t.Fatalf("%s: %d %.200s", path, status, text)
	}
	seen := map[string]bool{}
	for _, x := range list {
		area, _ := x["area"].(string)
		seen[area] = true
	}
	return sight(seen[daNang], seen[caMau], seen[""])
}

// seenByHistory asks for the history of each alert and each camera.
func (c *centre) seenByHistory(t *testing.T, alerts map[string]string, token string) string {
	t.Helper()
	see := func(kind, id string) (seen, shut bool) {
		switch status, text := c.do("GET", "/api/history?kind="+kind+"&id="+id, token, "", ""); status {
		case http.StatusOK:
			return true, false
		case http.StatusForbidden:
			return false, true
		case http.StatusNotFound:
			return false, false
		default:
			t.Fatalf("history of %s %s: %d %s", kind, id, status, text)
			return false, false
		}
	}
	seen := map[string]bool{}
	for place := range matrixAreas() {
		camera, shut := see("camera", place)
		alert, _ := see("alert", alerts[place])
		if shut {
			return "x"
		}
		if camera != alert {
			t.Errorf("history: the camera %s: %v, the alert: %v", place, camera, alert)
		}
		seen[place] = camera
	}
	return sight(seen["own"], seen["other"], seen["none"])
}

// seenByFeed connects and waits for the first picture.
func (c *centre) seenByFeed(token string) string {
	c.tb.Helper()
	if status, _ := c.do("GET", "/feed", token, "", ""); status == http.StatusForbidden {
		return "x"
	}
	e, stop := c.connect(token)
	defer stop()
	// The snapshot is one piece: where the tree of areas is, all is.
	e.until("its view", func(s *world.State) bool { return s.Count(world.KindArea) > 0 })
	e.mu.Lock()
	defer e.mu.Unlock()
	cameras, alerts := map[string]bool{}, map[string]bool{}
	for x := range e.state.Entities(world.KindCamera) {
		cameras[x.In()] = true
	}
	for x := range e.state.Entities(world.KindAlert) {
		alerts[x.In()] = true
	}
	a, b := sight(cameras[daNang], cameras[caMau], cameras[""]), sight(alerts[daNang], alerts[caMau], alerts[""])
	if a != b {
		c.tb.Errorf("by the feed: cameras %s, alerts %s", a, b)
	}
	return a
}
