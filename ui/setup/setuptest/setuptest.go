// Package setuptest is a desk whose server answers, for tests of the technician's
// page.
package setuptest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/layout"
)

// Bench is a desk whose server answers, and the page as its parts know it.
type Bench struct {
	*pagetest.Desk
	// TB is the test it belongs to.
	TB      testing.TB
	Answers map[string]any // by method and path without its query
	Asked   []page.Request
	Acts    []act.Act
	Result  world.Receipt
	Undos   []func()
}

// New returns a desk in a language and theme, where a technician sits.
func New(t testing.TB, lang, theme string, text float64) *Bench {
	b := &Bench{Desk: pagetest.New(t, lang, theme, text), TB: t, Answers: map[string]any{}, Result: world.Receipt{OK: true}}
	b.Who = page.Person{Login: "bao", Name: "Phạm Quốc Bảo", Role: "technician", Rights: []string{"config.read", "config.write", "wall.save", "wall.test", "node.enrol"}}
	return b
}

// Ask is for page.Desk: it is answered by the receipt, and a wall that was saved is.
func (b *Bench) Ask(a act.Act, done func(world.Receipt)) {
	b.Acts = append(b.Acts, a)
	if s, ok := a.(act.SaveWall); ok && b.Result.OK {
		w := s.Wall
		w.By = b.Who.Name
		b.Clock = b.Clock.Add(time.Second)
		b.Tell(b.TB, w)
	}
	if done != nil {
		done(b.Result)
	}
}

// Call is for page.Desk: it is answered at once.
func (b *Bench) Call(r page.Request, done func(error)) func() {
	b.Asked = append(b.Asked, r)
	path, _, _ := strings.Cut(r.Path, "?")
	method := r.Method
	if method == "" {
		method = "GET"
	}
	answer := b.Answers[method+" "+path]
	if f, ok := answer.(func(page.Request) any); ok {
		answer = f(r)
	}
	switch x := answer.(type) {
	case nil:
		done(&page.Refusal{Status: 404, Text: "nothing at " + path})
	case error:
		done(x)
	default:
		raw, err := json.Marshal(x)
		if err == nil && r.Into != nil {
			err = json.Unmarshal(raw, r.Into)
		}
		done(err)
	}
	return func() {}
}

// Did is for page.Desk: it keeps what takes it back.
func (b *Bench) Did(text string, undo func()) {
	b.Desk.Did(text, undo)
	b.Undos = append(b.Undos, undo)
}

// At is a moment as far from noon.
func At(d time.Duration) world.Time { return world.TimeOf(pagetest.Noon.Add(d)) }

// Fleet tells of twelve computers with three outputs each, and the wall of 27.
func (b *Bench) Fleet(withWall bool) {
	for i := range 12 {
		name := fmt.Sprintf("pc-%02d", i+1)
		r := world.NodeReported{Node: name, Version: "1.6.0", Pictures: "VA-API, GPU", CPU: 0.1 + float64(i)/30, Memory: int64(200+10*i) << 20, Budget: []world.Decoding{{Codec: "h264", Width: 1920, Height: 1080, FPS: 25, Streams: 20}, {Codec: "h264", Width: 640, Height: 360, FPS: 25, Streams: 120}}}
		if i == 7 {
			r.Pictures = "software"
		}
		for o := range 3 {
			r.Monitors = append(r.Monitors, world.Monitor{Output: fmt.Sprintf("HDMI-%d", o+1), X: 1920 * o, PxW: 1920, PxH: 1080})
		}
		b.Tell(b.TB, world.NodeEnrolled{Node: name, By: "Bảo"}, r, world.NodeLinked{Node: name, Up: true})
	}
	if !withWall {
		b.Tell(b.TB, world.WallDefined{ID: "main", Name: "Tường chính", Seat: 5000, Screens: []world.Screen{{ID: 1, W: 1217.6, H: 684.9, PxW: 1920, PxH: 1080}}})
		return
	}
	g := layout.Grid{Columns: 9, Rows: 3, W: 1217.6, H: 684.9, Bezel: 3.5, PxW: 1920, PxH: 1080, First: 1, Order: layout.Rows}
	for _, n := range b.World.Nodes() {
		c := layout.Computer{Name: n.Node}
		for _, o := range n.Monitors {
			c.Outputs = append(c.Outputs, o.Output)
		}
		g.Computers = append(g.Computers, c)
	}
	screens, _ := g.Screens()
	for i := range 126 {
		c := world.CameraDefined{ID: fmt.Sprintf("cam-%03d", i+1), Name: fmt.Sprintf("Camera %d", i+1), Pos: geo.Point{108, 15.8}, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 640, Height: 360, FPS: 25}}}
		h := world.CameraHealth{Camera: c.ID, State: world.CameraLive, Since: At(-3 * time.Hour), FPS: 25, Kbps: 4100, Codec: "h264", Width: 1920, Height: 1080}
		if i < 12 {
			c.Site, h.State, h.Since, h.Cause = "SW-TK-03", world.CameraSilent, At(-24*time.Minute), "SW-TK-03"
		}
		if i == 12 {
			c.Name, h.State, h.Since = "Cổng KCN Điện Nam", world.CameraRefused, At(-5*time.Minute)
		}
		b.Tell(b.TB, c, h)
	}
	var tiles []world.Tile
	for i, s := range screens {
		tiles = append(tiles, world.Tile{ID: fmt.Sprintf("t%d", i), Kind: "camera", X: s.X, Y: s.Y, W: s.W, H: s.H, Params: []world.Param{{Key: "camera", Value: fmt.Sprintf("cam-%03d", i+14)}}})
		if i%3 == 0 {
			tiles[i].Kind, tiles[i].Params = "map", nil
		}
	}
	b.Tell(b.TB, world.WallDefined{ID: "main", Name: "Tường chính", Seat: 5000, Screens: screens},
		world.SceneSaved{ID: "ngay", Wall: "main", Name: "Ngày thường", Version: 1, Tiles: tiles}, world.SceneShown{Wall: "main", Scene: "ngay"})
	for _, s := range []world.SourceHealth{
		{Source: "ais1", What: "ais", State: world.SourceRunning, Since: At(-9 * time.Hour), Accepted: 812345, Rejected: 12},
		{Source: "zalo", What: "http", State: world.SourceRetrying, Since: At(-26 * time.Minute), Reason: "HTTP 502 from the gateway", Accepted: 1402, Rejected: 14, Sample: `unexpected end of JSON: "{"`},
		{Source: "mua-hq", What: "mqtt", State: world.SourceRunning, Since: At(-9 * time.Hour), Accepted: 50210, Lossy: true, Lost: 3},
	} {
		b.Tell(b.TB, s)
	}
	for _, a := range []world.AreaDefined{{ID: "vn", Name: "Việt Nam", Level: "country"}, {ID: "vn/da-nang-2025", Name: "Đà Nẵng", Level: "province", Parent: "vn", From: At(-500 * 24 * time.Hour)}, {ID: "vn/quang-nam", Name: "Quảng Nam", Level: "province", Parent: "vn", Until: At(-500 * 24 * time.Hour)}} {
		b.Tell(b.TB, a)
	}
}

// Unwell is what the server says in most tests.
func (b *Bench) Unwell() {
	b.Answers["GET /api/setup/health"] = kit.Report{
		At: At(0), Feed: "wss://ioc.example.vn:8443/feed",
		Items: []kit.Item{
			{ID: "a", Severity: world.Warning, Code: "cameras.site", Since: At(-24 * time.Minute), Count: 12, Values: map[string]string{"site": "SW-TK-03", "n": "12", "list": "Camera 1, Camera 2, Camera 3, Camera 4, Camera 5", "more": "7"}, Link: "cameras?SW-TK-03", Action: "cameras", Target: "SW-TK-03"},
			{ID: "b", Severity: world.Warning, Code: "camera.refused", Since: At(-5 * time.Minute), Count: 1, Values: map[string]string{"camera": "Cổng KCN Điện Nam", "tries": "1"}, Link: "cameras/cam-013", Action: "password", Target: "cam-013"},
			{ID: "source/zalo", Severity: world.Warning, Code: "source.retrying", Since: At(-26 * time.Minute), Next: At(40 * time.Second), Values: map[string]string{"source": "zalo", "reason": "HTTP 502 from the gateway", "accepted": "1402", "rejected": "14"}, Link: "sources/zalo", Action: "source", Target: "zalo"},
			{ID: "d", Severity: world.Notice, Code: "node.unmeasured", Since: At(-2 * time.Hour), Values: map[string]string{"node": "pc-08"}, Link: "nodes/pc-08", Action: "logs", Target: "node/pc-08"},
		},
		Overview: []kit.Tally{{Code: "nodes", Good: 12, Of: 12}, {Code: "screens", Good: 27, Of: 27}, {Code: "cameras", Good: 113, Of: 126, Values: map[string]string{"dark": "12", "refused": "1", "sites": "1"}}, {Code: "sources", Good: 2, Of: 3, Values: map[string]string{"list": "zalo"}}, {Code: "journal", Good: 1, Of: 1, Values: map[string]string{"events": "8412345", "share": "71", "free": "512000"}}},
	}
	b.Answers["GET /api/setup/logs"] = map[string]any{"about": []string{"camera/cam-013", "node/pc-08", "source/ais1", "source/zalo"}, "lines": []map[string]any{
		{"seq": 1, "at": At(-26 * time.Minute), "level": "warn", "text": "source failed and will be started again", "about": "source/zalo", "with": []map[string]string{{"key": "source", "value": "zalo"}, {"key": "err", "value": "HTTP 502 from the gateway"}, {"key": "in", "value": "512ms"}}},
		{"seq": 2, "at": At(-25 * time.Minute), "level": "info", "text": "source started", "about": "source/zalo", "with": []map[string]string{{"key": "source", "value": "zalo"}}},
	}}
	b.Answers["GET /api/setup/config"] = map[string]any{"text": "# the centre\nname: Thử\ndata: data\ncameras:\n  - id: cau\n    name: Cầu Câu Lâu\n", "version": "0123456789abcdef", "running": "0123456789abcdef"}
}
