package server

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"iocwall/geo"
	"iocwall/server/rule"
	"iocwall/server/scene"
	"iocwall/server/source"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// checker finds what the YAML alone cannot tell: references, ranges, doubles.
type checker struct {
	doc      *strict.Doc
	config   *Config
	problems []strict.Problem
}

func (k *checker) fail(path, message, suggestion string) {
	k.problems = append(k.problems, k.doc.Problem(path, message, suggestion))
}

func (k *checker) check() {
	c := k.config
	k.address("listen", c.Listen)
	k.address("relay.listen", c.Relay.Listen)
	if c.Relay.Public != "" {
		k.address("relay.public", c.Relay.Public)
	}
	if c.Data == "" {
		k.fail("data", "needs a folder", "write /var/lib/iocwall")
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		k.fail("tls", "needs both cert and key", "give both files, or none for a server on loopback")
	}
	k.files()
	k.cameras()
	k.stations()
	k.figures()
	k.services()
	k.agencies()
	k.sources()
	k.wall()
}

func (k *checker) address(path, addr string) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		k.fail(path, fmt.Sprintf("%q is not host:port", addr), `write "127.0.0.1:8080", or ":8080" for all interfaces`)
	}
}

// files reads the files the configuration names, so that a server does not
// start on half of them.
func (k *checker) files() {
	c := k.config
	if c.Rules != "" {
		if _, err := os.Stat(c.path(c.Rules)); err != nil {
			k.fail("rules", err.Error(), "give the path of a rule file, or leave it out")
		} else {
			_, ps := loadRules(c)
			k.problems = append(k.problems, ps...)
		}
	}
	if c.Areas != "" {
		src, err := os.ReadFile(c.path(c.Areas))
		if err != nil {
			k.fail("areas", err.Error(), "give the path of a file of areas, or leave it out for the built-in tree")
		} else {
			_, ps := parseAreas(c.Areas, src)
			k.problems = append(k.problems, ps...)
		}
	}
	for path, name := range map[string]string{"tls.cert": c.TLS.Cert, "tls.key": c.TLS.Key} {
		if name == "" {
			continue
		}
		if _, err := os.Stat(c.path(name)); err != nil {
			k.fail(path, err.Error(), "give the path of a PEM file")
		}
	}
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ids checks the ids of a list and returns what seen it holds.
func (k *checker) id(list string, i int, id string, seen map[string]int) string {
	path := fmt.Sprintf("%s[%d]", list, i)
	switch first, there := seen[id]; {
	case id == "":
		k.fail(path, "needs an id", "")
	case !idPattern.MatchString(id):
		k.fail(path+".id", fmt.Sprintf("%q is not an id", id), "use letters, digits, dots, dashes and underscores, at most 64")
	case there:
		k.fail(path+".id", fmt.Sprintf("%q is used twice", id), fmt.Sprintf("%s[%d] has it already", list, first))
	}
	seen[id] = i
	return path
}

func (k *checker) place(path string, p geo.Point) {
	lon, lat := p[0], p[1]
	switch {
	case lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90 && p != geo.Point{}:
	case lat >= -180 && lat <= 180 && lon >= -90 && lon <= 90 && p != geo.Point{}:
		k.fail(path, "is out of range", "a position is [longitude, latitude]; are they swapped?")
	default:
		k.fail(path, "is not a position", "write [longitude, latitude] in degrees, as in [108.55, 15.45]")
	}
}

func (k *checker) name(path, name string) {
	if strings.TrimSpace(name) == "" {
		k.fail(path, "needs a name", "")
	}
}

func (k *checker) cameras() {
	seen := map[string]int{}
	for i, c := range k.config.Cameras {
		path := k.id("cameras", i, c.ID, seen)
		k.name(path, c.Name)
		k.place(path+".pos", c.Pos)
		if p := source.CheckSecret("password", c.Password); p != nil {
			k.fail(path+".password", p.Message, p.Suggestion)
		}
		if c.View < 0 || c.View > 360 {
			k.fail(path+".view", "is not between 0 and 360 degrees", "")
		}
		if len(c.Streams) == 0 {
			k.fail(path, "needs at least one stream", `write "streams: [{name: main, url: rtsp://…}]"`)
		}
		names := map[string]int{}
		for j, s := range c.Streams {
			at := fmt.Sprintf("%s.streams[%d]", path, j)
			if s.Name != "" && !idPattern.MatchString(s.Name) {
				k.fail(at+".name", fmt.Sprintf("%q is not a name of a stream", s.Name), `write "main" or "sub"`)
			} else if _, there := names[s.Name]; there || s.Name == "" {
				k.fail(at, "needs a name of its own", `write "main" and "sub"`)
			}
			names[s.Name] = j
			u, err := url.Parse(s.URL)
			switch {
			case err != nil || (u.Scheme != "rtsp" && u.Scheme != "rtsps") || u.Host == "":
				k.fail(at+".url", "is not an address of a camera", "write rtsp://host:port/path") // the text may hold a password
			case u.User != nil:
				k.fail(at+".url", "holds a login", "put it into user and password of the camera")
			}
		}
	}
}

func (k *checker) stations() {
	seen := map[string]int{}
	known := []world.StationKind{world.StationAir, world.StationWater, world.StationLevel, world.StationWeather}
	for i, s := range k.config.Stations {
		path := k.id("stations", i, s.ID, seen)
		k.name(path, s.Name)
		k.place(path+".pos", s.Pos)
		if !slices.Contains(known, s.What) {
			k.fail(path+".what", fmt.Sprintf("%q is no kind of station", s.What), strict.Nearest(string(s.What), []string{"air", "water", "level", "weather"}))
		}
	}
}

func (k *checker) figures() {
	seen := map[string]int{}
	for i, f := range k.config.Figures {
		path := k.id("figures", i, f.ID, seen)
		k.name(path, f.Name)
		if f.Decimals < 0 || f.Decimals > 6 {
			k.fail(path+".decimals", "is not between 0 and 6", "")
		}
	}
}

func (k *checker) services() {
	seen := map[string]int{}
	for i, s := range k.config.Services {
		path := fmt.Sprintf("services[%d]", i)
		if s.Code == "" || !idPattern.MatchString(s.Code) {
			k.fail(path, fmt.Sprintf("%q is not a code", s.Code), "use letters, digits and dashes")
		} else if _, there := seen[s.Code]; there {
			k.fail(path+".code", fmt.Sprintf("%q is used twice", s.Code), "")
		}
		seen[s.Code] = i
		k.name(path, s.Name)
	}
}

func (k *checker) agencies() {
	seen := map[string]int{}
	var ids []string
	for i, a := range k.config.Agencies {
		k.name(k.id("agencies", i, a.ID, seen), a.Name)
		ids = append(ids, a.ID)
	}
	owner := func(path, id string) {
		if _, ok := seen[id]; id != "" && !ok {
			k.fail(path, fmt.Sprintf("no agency %q", id), strict.Nearest(id, ids))
		}
	}
	for i, a := range k.config.Agencies {
		owner(fmt.Sprintf("agencies[%d].parent", i), a.Parent)
	}
	for i, x := range k.config.Cameras {
		owner(fmt.Sprintf("cameras[%d].owner", i), x.Owner)
	}
	for i, x := range k.config.Stations {
		owner(fmt.Sprintf("stations[%d].owner", i), x.Owner)
	}
	for i, x := range k.config.Figures {
		owner(fmt.Sprintf("figures[%d].owner", i), x.Owner)
	}
}

func (k *checker) sources() {
	kinds := Kinds()
	var names []string
	for _, kd := range kinds {
		names = append(names, kd.Name)
	}
	seen := map[string]int{}
	for i, s := range k.config.Sources {
		path := fmt.Sprintf("sources[%d]", i)
		if s.Name == "" || !idPattern.MatchString(s.Name) {
			k.fail(path, fmt.Sprintf("%q is not a name of a source", s.Name), "use letters, digits, dots and dashes")
		} else if _, there := seen[s.Name]; there || slices.Contains([]string{sourceServer, sourceConfig, rule.Source}, s.Name) {
			k.fail(path+".name", fmt.Sprintf("%q is taken", s.Name), "give every source a name of its own")
		}
		seen[s.Name] = i
		j := slices.IndexFunc(kinds, func(kd source.Kind) bool { return kd.Name == s.Kind })
		if j < 0 {
			k.fail(path+".kind", fmt.Sprintf("no kind of source %q", s.Kind), strict.Nearest(s.Kind, names)+`; "wallsrv sources" describes them`)
			continue
		}
		conf := kinds[j].New()
		bad := s.rest.Decode(conf, "name", "kind")
		k.problems = append(k.problems, bad...)
		if len(bad) > 0 {
			continue
		}
		for _, p := range conf.Validate() {
			k.problems = append(k.problems, s.rest.Problem(p.Path, p.Message, p.Suggestion))
		}
		k.config.sources = append(k.config.sources, source.Named{Name: s.Name, Kind: s.Kind, Config: conf})
	}
}

func (k *checker) wall() {
	c := k.config
	w := c.Wall
	if w.Columns < 1 || w.Rows < 1 || w.Columns*w.Rows > 256 || w.PanelW <= 0 || w.PanelH <= 0 || w.PxW < 64 || w.PxH < 64 || w.Bezel < 0 {
		k.fail("wall", "needs columns, rows, panel_w, panel_h in millimetres and px_w, px_h", "a 55-inch panel is 1217.6 by 684.9 mm and 1920 by 1080 px")
		return
	}
	for i, n := range w.Nodes {
		if n < 1 {
			k.fail(fmt.Sprintf("wall.nodes[%d]", i), "drives no screen", "write the number of screens of each computer")
			return
		}
	}
	c.wall = scene.Grid{
		ID: w.ID, Name: w.Name, Columns: w.Columns, Rows: w.Rows, PanelW: w.PanelW, PanelH: w.PanelH,
		// Between two picture areas lie the bezels of both panels.
		Gap: 2 * w.Bezel, PxW: w.PxW, PxH: w.PxH, Seat: w.Seat, PerNode: w.Nodes, NodeFormat: "pc-%02d",
	}.Wall()
	seen := map[string]int{}
	for i, s := range c.Scenes {
		path := k.id("scenes", i, s.ID, seen)
		k.name(path, s.Name)
		c.scenes = append(c.scenes, k.scene(path, s))
	}
}

func (k *checker) scene(path string, s SceneConfig) world.SceneSaved {
	out := world.SceneSaved{ID: s.ID, Wall: k.config.Wall.ID, Name: s.Name, By: sourceConfig}
	seen := map[string]bool{}
	for j, t := range s.Tiles {
		at := fmt.Sprintf("%s.tiles[%d]", path, j)
		if t.ID == "" {
			t.ID = fmt.Sprintf("%s-%d", t.Kind, j+1)
		}
		if seen[t.ID] {
			k.fail(at, fmt.Sprintf("the id %q is used twice in this scene", t.ID), "")
		}
		seen[t.ID] = true
		if !slices.Contains(world.TileKinds(), t.Kind) {
			k.fail(at+".kind", fmt.Sprintf("no kind of tile %q", t.Kind), strict.Nearest(t.Kind, world.TileKinds()))
		}
		x, y, w, h, err := scene.At{Screens: t.At, Top: t.Top, Below: t.Below, Cell: t.Cell}.Rect(k.config.wall)
		if err != nil {
			k.fail(at, err.Error(), "")
			continue
		}
		tile := world.Tile{ID: t.ID, Kind: t.Kind, X: x, Y: y, W: w, H: h}
		for key, v := range t.Params {
			tile.Params = append(tile.Params, world.Param{Key: key, Value: v})
		}
		slices.SortFunc(tile.Params, func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
		k.tileRefs(at, t)
		out.Tiles = append(out.Tiles, tile)
	}
	return out
}

// tileRefs checks that a tile shows something the configuration knows.
func (k *checker) tileRefs(at string, t TileConfig) {
	var ids []string
	key := t.Kind
	switch t.Kind {
	case "camera":
		for _, c := range k.config.Cameras {
			ids = append(ids, c.ID)
		}
	case "figure":
		for _, f := range k.config.Figures {
			ids = append(ids, f.ID)
		}
	default:
		return
	}
	if id := t.Params[key]; !slices.Contains(ids, id) {
		k.fail(at+".params."+key, fmt.Sprintf("no %s %q", key, id), strict.Nearest(id, ids))
	}
}
