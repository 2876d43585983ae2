package setup

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
)

// bench is a desk whose server answers.
type bench struct {
	*pagetest.Desk
	tb      testing.TB
	page    *Page
	answers map[string]any // by method and path without its query
	asked   []page.Request
	acts    []act.Act
	receipt world.Receipt
	undo    []func()
}

func newBench(t testing.TB, lang, theme string, text float64) *bench {
	b := &bench{Desk: pagetest.New(t, lang, theme, text), tb: t, answers: map[string]any{}, receipt: world.Receipt{OK: true}}
	b.Who = page.Person{Login: "bao", Name: "Phạm Quốc Bảo", Role: "technician", Rights: []string{"config.read", "config.write", "wall.save", "wall.test", "node.enrol"}}
	return b
}

// Ask is for page.Desk: it is answered by the receipt, and a wall that was saved is.
func (b *bench) Ask(a act.Act, done func(world.Receipt)) {
	b.acts = append(b.acts, a)
	if s, ok := a.(act.SaveWall); ok && b.receipt.OK {
		w := s.Wall
		w.By = b.Who.Name
		b.Clock = b.Clock.Add(time.Second)
		b.Tell(b.tb, w)
	}
	if done != nil {
		done(b.receipt)
	}
}

// Call is for page.Desk: it is answered at once.
func (b *bench) Call(r page.Request, done func(error)) func() {
	b.asked = append(b.asked, r)
	path, _, _ := strings.Cut(r.Path, "?")
	method := r.Method
	if method == "" {
		method = "GET"
	}
	answer := b.answers[method+" "+path]
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
func (b *bench) Did(text string, undo func()) {
	b.Desk.Did(text, undo)
	b.undo = append(b.undo, undo)
}

func (b *bench) open() *Page {
	b.page = New(b).(*Page)
	return b.page
}

func (b *bench) shot(name string, w, h int) {
	b.tb.Helper()
	b.Desk.Shot(b.tb, b.page, name, w, h)
	b.page.Refresh(b.Clock)
	b.Desk.Shot(b.tb, b.page, name, w, h)
}

func at(d time.Duration) world.Time { return world.TimeOf(pagetest.Noon.Add(d)) }

// fleetOf12 tells of twelve computers with three outputs each, and the wall of 27.
func fleetOf12(b *bench, withWall bool) {
	for i := range 12 {
		name := fmt.Sprintf("pc-%02d", i+1)
		r := world.NodeReported{Node: name, Version: "1.6.0", Pictures: "VA-API, GPU", CPU: 0.1 + float64(i)/30, Memory: int64(200+10*i) << 20, Budget: []world.Decoding{{Codec: "h264", Width: 1920, Height: 1080, FPS: 25, Streams: 20}, {Codec: "h264", Width: 640, Height: 360, FPS: 25, Streams: 120}}}
		if i == 7 {
			r.Pictures = "software"
		}
		for o := range 3 {
			r.Monitors = append(r.Monitors, world.Monitor{Output: fmt.Sprintf("HDMI-%d", o+1), X: 1920 * o, PxW: 1920, PxH: 1080})
		}
		b.Tell(b.tb, world.NodeEnrolled{Node: name, By: "Bảo"}, r, world.NodeLinked{Node: name, Up: true})
	}
	if !withWall {
		b.Tell(b.tb, world.WallDefined{ID: "main", Name: "Tường chính", Seat: 5000, Screens: []world.Screen{{ID: 1, W: 1217.6, H: 684.9, PxW: 1920, PxH: 1080}}})
		return
	}
	p := b.open()
	g := newGrid(p.of(partScreens).(*screensPart))
	g.refresh()
	for i := range 126 {
		c := world.CameraDefined{ID: fmt.Sprintf("cam-%03d", i+1), Name: fmt.Sprintf("Camera %d", i+1), Pos: geo.Point{108, 15.8}, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 640, Height: 360, FPS: 25}}}
		h := world.CameraHealth{Camera: c.ID, State: world.CameraLive, Since: at(-3 * time.Hour), FPS: 25, Kbps: 4100, Codec: "h264", Width: 1920, Height: 1080}
		if i < 12 {
			c.Site, h.State, h.Since, h.Cause = "SW-TK-03", world.CameraSilent, at(-24*time.Minute), "SW-TK-03"
		}
		if i == 12 {
			c.Name, h.State, h.Since = "Cổng KCN Điện Nam", world.CameraRefused, at(-5*time.Minute)
		}
		b.Tell(b.tb, c, h)
	}
	var tiles []world.Tile
	for i, s := range g.screens {
		tiles = append(tiles, world.Tile{ID: fmt.Sprintf("t%d", i), Kind: "camera", X: s.X, Y: s.Y, W: s.W, H: s.H, Params: []world.Param{{Key: "camera", Value: fmt.Sprintf("cam-%03d", i+14)}}})
		if i%3 == 0 {
			tiles[i].Kind, tiles[i].Params = "map", nil
		}
	}
	b.Tell(b.tb, world.WallDefined{ID: "main", Name: "Tường chính", Seat: 5000, Screens: g.screens},
		world.SceneSaved{ID: "ngay", Wall: "main", Name: "Ngày thường", Version: 1, Tiles: tiles}, world.SceneShown{Wall: "main", Scene: "ngay"})
	for _, s := range []world.SourceHealth{
		{Source: "ais1", What: "ais", State: world.SourceRunning, Since: at(-9 * time.Hour), Accepted: 812345, Rejected: 12},
		{Source: "zalo", What: "http", State: world.SourceRetrying, Since: at(-26 * time.Minute), Reason: "HTTP 502 from the gateway", Accepted: 1402, Rejected: 14, Sample: `unexpected end of JSON: "{"`},
		{Source: "mua-hq", What: "mqtt", State: world.SourceRunning, Since: at(-9 * time.Hour), Accepted: 50210, Lossy: true, Lost: 3},
	} {
		b.Tell(b.tb, s)
	}
	for _, a := range []world.AreaDefined{{ID: "vn", Name: "Việt Nam", Level: "country"}, {ID: "vn/da-nang-2025", Name: "Đà Nẵng", Level: "province", Parent: "vn", From: at(-500 * 24 * time.Hour)}, {ID: "vn/quang-nam", Name: "Quảng Nam", Level: "province", Parent: "vn", Until: at(-500 * 24 * time.Hour)}} {
		b.Tell(b.tb, a)
	}
	p.Close()
}

// health is what the server says in most tests.
func (b *bench) unwell() {
	b.answers["GET /api/setup/health"] = report{
		At: at(0), Feed: "wss://ioc.example.vn:8443/feed",
		Items: []item{
			{ID: "a", Severity: world.Warning, Code: "cameras.site", Since: at(-24 * time.Minute), Count: 12, Values: map[string]string{"site": "SW-TK-03", "n": "12", "list": "Camera 1, Camera 2, Camera 3, Camera 4, Camera 5", "more": "7"}, Link: "cameras?SW-TK-03", Action: "cameras", Target: "SW-TK-03"},
			{ID: "b", Severity: world.Warning, Code: "camera.refused", Since: at(-5 * time.Minute), Count: 1, Values: map[string]string{"camera": "Cổng KCN Điện Nam", "tries": "1"}, Link: "cameras/cam-013", Action: "password", Target: "cam-013"},
			{ID: "source/zalo", Severity: world.Warning, Code: "source.retrying", Since: at(-26 * time.Minute), Next: at(40 * time.Second), Values: map[string]string{"source": "zalo", "reason": "HTTP 502 from the gateway", "accepted": "1402", "rejected": "14"}, Link: "sources/zalo", Action: "source", Target: "zalo"},
			{ID: "d", Severity: world.Notice, Code: "node.unmeasured", Since: at(-2 * time.Hour), Values: map[string]string{"node": "pc-08"}, Link: "nodes/pc-08", Action: "logs", Target: "node/pc-08"},
		},
		Overview: []tally{{Code: "nodes", Good: 12, Of: 12}, {Code: "screens", Good: 27, Of: 27}, {Code: "cameras", Good: 113, Of: 126, Values: map[string]string{"silent": "0", "refused": "1", "sites": "1"}}, {Code: "sources", Good: 2, Of: 3, Values: map[string]string{"list": "zalo"}}, {Code: "journal", Good: 1, Of: 1, Values: map[string]string{"events": "8412345", "share": "71", "free": "512000"}}},
	}
	b.answers["GET /api/setup/logs"] = map[string]any{"about": []string{"camera/cam-013", "node/pc-08", "source/ais1", "source/zalo"}, "lines": []map[string]any{
		{"seq": 1, "at": at(-26 * time.Minute), "level": "warn", "text": "source failed and will be started again", "about": "source/zalo", "with": []map[string]string{{"key": "source", "value": "zalo"}, {"key": "err", "value": "HTTP 502 from the gateway"}, {"key": "in", "value": "512ms"}}},
		{"seq": 2, "at": at(-25 * time.Minute), "level": "info", "text": "source started", "about": "source/zalo", "with": []map[string]string{{"key": "source", "value": "zalo"}}},
	}}
	b.answers["GET /api/setup/config"] = configText{Text: "# the centre\nname: Thử\ndata: data\ncameras:\n  - id: cau\n    name: Cầu Câu Lâu\n", Version: "0123456789abcdef", Running: "0123456789abcdef"}
}

// TestPictures paints every part in both languages and themes and with large text.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              int
	}{
		{"setup", "vi", "dark", 1, 1920, 984}, {"setup-en-light", "en", "light", 1, 1920, 984}, {"setup-large", "vi", "dark", 1.5, 1920, 984}, {"setup-laptop", "vi", "light", 1, 1366, 672},
	} {
		if os.Getenv("IOCWALL_GALLERY") == "" && c.text == 1 && c.w == 1920 {
			continue // the hardest two are enough where nobody looks
		}
		b := newBench(t, c.lang, c.theme, c.text)
		fleetOf12(b, true)
		b.unwell()
		p := b.open()
		for _, name := range parts() {
			p.choose(name)
			switch name {
			case partScreens:
				m := p.of(name).(*screensPart)
				p.Refresh(b.Clock)
				m.do("test", func(w *world.WallDefined) { w.Screens[16].X += 3 })
				m.choose([]int{17})
			case partCameras:
				p.openText(partCameras + "/cam-013")
			case partSources:
				p.openText(partSources + "/zalo")
			case partNodes:
				p.openText(partNodes + "/pc-08")
			case partLogs:
				p.openText(partLogs + "/source/zalo")
			}
			b.shot(c.name+"-"+name, c.w, c.h)
			for _, m := range b.Marks {
				if m.Row.Max.X > m.Bounds.Max.X+2 && m.Bounds.Dx() > 10 {
					t.Errorf("%s %s: %q leaves its picture", c.name, name, m.Text)
				}
			}
		}
		p.choose(partScreens)
		p.Rune('g')
		b.shot(c.name+"-grid", c.w, c.h)
		p.Close()
	}
}
