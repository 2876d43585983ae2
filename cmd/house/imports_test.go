package house

import (
	"path"
	"strings"
	"testing"
)

// row says what one package of ours may import of ours, and why. A name that ends in /... means
// that folder and all below it; a * in a package's own name stands for one folder. What a package
// may import, its tests may import too; tests may in addition import what is in testing.
type row struct {
	name    string
	imports string // separated by spaces
	tests   string // additions for test files
	why     string
}

// rows is the import table. A new package needs a row: say in why what keeps it honest.
var rows = []row{
	{"assets", "", "", "embedded files are the ground; nothing of ours lies under them"},

	{"assets/basemap/gen", "geo/...", "", "a generator, no part of any program"},

	{"geo", "", "", "positions and shapes are mathematics"},
	{"geo/coord", "geo", "", "positions as people write them, VN-2000 among them; pure"},
	{"geo/fence", "geo", "", "what crosses a fence; pure, time is an argument"},
	{"geo/topology", "geo", "", "outlines that neighbours share; pure"},
	{"geo/gazetteer", "geo", "", "names found without their accents; knows no entity"},
	{"geo/style", "", "", "the style of a map as data; knows no pixels"},
	{"geo/tiles/archive", "geo", "", "tiles as bytes: from files, servers and the disk; knows no map"},
	{"geo/tiles", "geo geo/tiles/archive", "assets", "tiles are cut from geometry; they know nothing of what is drawn over them"},
	{"geo/draw/ground", "geo geo/tiles geo/style geo/draw/raster", "assets", "the base map under everything, by its style"},
	{"geo/draw/benchmap", "geo/...", "assets", "the map beside those of browsers"},
	{"geo/draw/mercator", "geo geo/draw/raster", "", "positions in pixels, fast; pure"},
	{"geo/draw/cluster", "", "", "points that would cover each other; pure"},
	{"geo/draw/hit", "geo", "", "what lies under a hand; pure"},
	{"geo/draw/room", "", "", "where labels find room; pure"},
	{"geo/draw/look", "", "", "colours, sizes and words of a map"},
	{"geo/draw/sign", "geo/draw/raster", "", "symbols as paths"},
	{"geo/draw/scene", "geo geo/draw/sign", "", "what a picture shows, as values; knows no pixels"},
	{"geo/draw/pen", "geo/draw/raster geo/draw/sign", "assets", "symbols and text in a picture; knows no map"},
	{"geo/draw/outline", "geo geo/draw/raster", "", "the inside and the edges of areas; pure"},
	{"geo/draw/gather", "geo geo/draw/cluster geo/draw/hit geo/draw/raster geo/draw/room geo/draw/scene geo/draw/sign", "", "which points stand alone; depends on the whole view only"},
	{"geo/draw/sheet", "geo geo/draw/look geo/draw/outline geo/draw/raster geo/draw/scene", "", "what seldom changes, kept until it does"},
	{"geo/draw/furniture", "geo geo/tiles geo/draw/look geo/draw/pen geo/draw/raster geo/draw/room geo/draw/scene geo/draw/sheet geo/draw/sign", "", "the map's own boxes"},
	{"geo/draw", "geo geo/tiles geo/style geo/draw/...", "assets", "draws into an image without any toolkit, so that prints and tests can draw too"},
	{"geo/draw/raster", "geo", "assets", "pixels know nothing of maps"},

	{"media/flow", "media/rtsp", "", "what can be said of units and pictures; knows no session"},
	{"media", "media/rtsp media/replay media/flow", "media/mediatest media/relay media/decode", "the player takes its decoder as a value and stays free of C"},
	{"media/rtsp", "", "", "reasons and addresses of streams, shared by both ends"},
	{"media/decode", "media media/rtsp", "media/mediatest", "the only C of ours; it knows frames and nothing else"},
	{"media/relay", "media/rtsp media/replay media/flow", "media/mediatest media media/decode", "a relay runs on computers without a screen"},
	{"media/relay/remote", "media/relay media/rtsp media/replay", "media/mediatest", "a relay in a process of its own, seen from the server"},
	{"media/replay", "media/rtsp", "media/mediatest media media/decode", "what was recorded, and the files it is handed over in"},
	{"media/capacity", "media media/rtsp media/mediatest", "media/decode", "what this computer can play; its decoder is handed in"},
	{"media/fieldtest", "media/...", "media/...", "the faults of the field, played through all of media"},
	{"media/benchcamera", "media/...", "media/...", "the camera path beside other players"},
	{"media/onvif", "", "media/onvif/onviftest", "a protocol"},
	{"media/onvif/onviftest", "", "", "a camera for tests and the demonstration; it speaks the wire, not our client"},
	{"media/mediatest", "media/relay media/rtsp", "", "cameras for tests and the demonstration"},

	{"server", "server/... media/relay/... media/replay media/rtsp media/onvif assets geo geo/tiles", "media/mediatest media/onvif/onviftest", "the application: it alone knows all parts"},
	{"server/settings", "server/world server/strict server/area server/calendar server/scene server/rule server/cctv server/core server/source/... media/relay media/rtsp assets geo", "", "the configuration file, read and checked; starts nothing"},
	{"server/cctv", "geo server/act server/world server/core server/auth server/blob server/atomicfile media/relay/... media/replay media/rtsp media/onvif server/reply", "media/mediatest", "the cameras of the centre: what the relay knows becomes events, what people ask becomes pictures"},
	{"server/fence", "server/world geo geo/fence", "", "fences of the history and who crosses them"},
	{"server/chart", "geo geo/topology server/act server/world server/core server/auth server/blob server/strict server/area server/reply", "assets", "what people keep on the map: fences, drawings, views, layers"},
	{"server/logins", "server/auth server/world server/core server/calendar server/reply", "", "who sits down and gets up: sessions, passwords, users"},
	{"server/history", "server/world server/world/track server/journal server/auth server/reply", "geo", "what happened to one thing; reads the history by cursor"},
	{"server/roster", "server/world server/strict server/cctv server/settings server/area server/source server/atomicfile media/relay media/rtsp media/onvif geo", "media/onvif/onviftest", "cameras in the configuration file: tables, imports, secrets"},
	{"server/setup", "server/act server/world server/core server/auth server/scene server/settings server/roster server/strict server/area server/atomicfile server/reply server/nodes server/source media/onvif media/rtsp media/relay geo", "media/onvif/onviftest assets", "the technician's doors: configuration, faults, logs of one thing"},
	{"server/core", "server/world server/journal server/rule server/fence server/director", "", "the loop knows no door and no feed"},
	{"server/reply", "server/world", "", "one form of answers; knows no door"},
	{"server/crowd", "", "", "knows connections, not what they are for"},
	{"server/area", "server/world server/strict server/calendar geo geo/tiles", "assets", "the tree of areas and where its outlines lie"},
	{"server/world", "geo server/world/table server/world/trend server/world/canon", "", "the contract that server and wall share; pure"},
	{"server/act", "server/world", "", "what is asked of the server; pure"},
	{"server/world/table", "server/world/canon", "", "rows and digests; knows no entity"},
	{"server/world/trend", "", "", "the newest points of a series; knows no figure"},
	{"server/world/track", "geo", "", "where vessels were, by one rule on both sides; pure"},
	{"server/world/canon", "", "", "one form of bytes for one value"},
	{"server/scene", "server/world geo", "", "from a scene to rectangles; zones, capacity, differences; pure"},
	{"server/scene/document", "server/scene server/world server/strict", "", "scenes, schedules and walls as text; pure"},
	{"server/director", "server/act server/world server/scene server/calendar geo", "", "what a wall is to show; time and state are arguments"},
	{"server/stage", "server/act server/world server/core server/director server/scene server/scene/document server/auth server/wire server/strict server/reply", "", "what people and wall computers ask of walls"},
	{"server/nodes", "server/world server/core server/auth server/reply", "assets", "the computers of the wall: letting them in, losing them, their pictures"},
	{"server/recorder", "server/world server/scene server/journal server/reply", "", "what was on which screen; reads the history"},
	{"server/expr", "server/world geo", "", "one language for filters, mappings and rules"},
	{"server/wire", "server/act server/world server/wire/message server/wire/queue", "", "both ends of the protocol, in one place"},
	{"server/wire/queue", "server/world server/wire/message", "", "what waits between a client's connection and its program; knows no connection"},
	{"server/wire/message", "server/act server/world", "", "what is said; knows no connection"},
	{"server/journal", "server/world", "", "stores events without knowing what they mean"},
	{"server/archive", "server/world server/journal", "", "reads the journal by cursor, off the loop"},
	{"server/strict", "", "", "reads YAML and says all that is wrong with it; knows no configuration"},
	{"server/rule", "server/world geo server/expr server/calendar server/law server/strict", "", "time and state are arguments"},
	{"server/source", "server/world geo server/expr server/strict server/format/...", "", "what all sources share"},
	{"server/source/sourcetest", "server/world server/source geo", "", "the conformance suite knows the contract, no kind"},
	{"server/source/*", "server/world server/source server/expr server/strict geo server/format/...", "server/source/sourcetest assets", "a kind never imports another kind or the server"},
	{"server/format/*", "", "", "a pure codec, shared by kinds and doors"},
	{"server/calendar", "server/strict", "", "days and hours; pure"},
	{"server/figure", "server/world server/calendar server/expr server/strict", "", "indicators are computed from the history alone"},
	{"server/law", "server/world geo server/calendar", "", "dated code: a decree and its tests"},
	{"server/citizen", "server/world geo server/calendar server/format/... server/blob server/vault", "", "a public door: it sees what it must and no more"},
	{"server/warn", "server/world geo server/calendar server/format/... server/blob server/vault", "", "a public door: it sees what it must and no more"},
	{"server/order", "server/world geo server/calendar server/format/... server/blob server/vault", "", "orders and tasks"},
	{"server/notify", "server/world server/journal", "", "reads the journal by cursor, off the loop"},
	{"server/print", "server/world server/journal", "", "reads the journal by cursor, off the loop"},
	{"server/auth", "server/world server/atomicfile", "", "rights are decided without knowing what is asked for"},
	{"server/vault", "server/world server/atomicfile", "", "personal data stays behind its own door"},
	{"server/atomicfile", "", "", "files that are whole or not there; knows no content"},
	{"server/dial", "", "", "the way to the server's doors from outside; knows no door"},
	{"server/blob", "server/world", "", "files by their sum"},
	{"server/demo", "server/format/... geo media/mediatest media/onvif/onviftest media/rtsp assets", "server/...", "talks to the server only through its public doors"},

	{"ui", "server/act server/world server/world/track server/scene server/expr ui/... geo/... media media/rtsp media/replay assets", "", "the wall sees the server only through the contract and a feed"},
	{"ui/page/pagetest", "server/act server/world ui/page ui/look ui/paint ui/tile ui/words assets", "", "a console without a window, for tests of pages"},
	{"ui/page", "server/act server/world ui/tile", "", "what a page is and may ask for; knows no page and no window"},
	{"ui/console/find", "server/world geo/gazetteer ui/page ui/field ui/paint ui/signal/health ui/tile", "assets geo server/act ui/look ui/words", "finds anything by name; knows no window"},
	{"ui/console/chip", "ui/paint ui/tile", "assets ui/look", "the window's painted button"},
	{"ui/console/chime", "server/world", "", "tones for severities; plays nothing"},
	{"ui/console", "server/act server/world geo/gazetteer ui/page ui/field ui/list ui/look ui/paint ui/words ui/tile assets ui/console/...", "geo ui/page/pagetest geo", "the window's bar, foot, search and notices; pages are handed in"},
	{"ui/why", "geo server/world ui/page ui/words", "geo/tiles/archive server/expr", "questions that have no answer, in words; asks nothing"},
	{"ui/typing", "", "", "Vietnamese letters from keys; pure"},
	{"ui/field", "ui/typing ui/look ui/words", "assets", "fields that people type in"},
	{"ui/login", "ui/page ui/field ui/look ui/paint ui/words ui/tile ui/why", "assets", "who sits down at the desk; knows no connection"},
	{"ui/users", "server/act server/world ui/page ui/field ui/list ui/look ui/paint ui/words ui/tile", "assets ui/page/pagetest", "the administrator's page of users"},
	{"ui/list", "geo/gazetteer ui/page ui/field ui/look ui/paint ui/words ui/tile", "assets", "lists of anything; knows no entity"},
	{"ui/paper", "assets ui/words ui/look ui/paint", "", "what is printed; knows no page"},
	{"ui/records/told", "server/world geo ui/words ui/paint ui/list ui/signal/health ui/tile", "", "what is said of a thing: state, facts, history in words; knows no page"},
	{"ui/records", "server/act server/world server/expr geo geo/coord ui/page ui/list ui/field ui/paper ui/maps/brief ui/look ui/paint ui/signal/health ui/words ui/tile ui/tile/alert assets ui/records/told", "ui/page/pagetest", "lists of what the centre knows, and a page for each thing"},
	{"ui/board", "server/act server/world server/scene ui/page ui/field ui/look ui/paint ui/words ui/tile", "assets ui/page/pagetest", "the wall as its computers show it, and hands on it"},
	{"ui/mappage", "server/act server/world geo geo/draw geo/tiles ui/atlas ui/atlas/... ui/camera ui/desk ui/maps ui/page ui/look ui/paint ui/words ui/tile", "assets ui/page/pagetest", "the map in hand as a page"},
	{"ui/operator", "server/act server/world server/scene ui/camera ui/stage ui/page ui/board ui/desk ui/list ui/field ui/look ui/paint ui/signal/health ui/words ui/tile assets", "ui/page/pagetest", "the operator's page"},
	{"ui/setup/kit", "server/act server/world ui/page ui/list ui/field ui/look ui/paint ui/words ui/tile", "ui/page/pagetest assets", "what the technician's tabs are made of"},
	{"ui/setup/wall", "server/act server/world server/scene ui/setup/kit ui/setup/layout ui/page ui/list ui/field ui/look ui/paint ui/words ui/tile", "ui/setup/... ui/page/pagetest assets", "the editor of a wall's screens"},
	{"ui/setup/camera", "server/act server/world geo ui/setup/kit ui/page ui/list ui/field ui/look ui/paint ui/signal/health ui/words ui/tile", "ui/setup/... ui/page/pagetest assets", "cameras: tables, imports, one by one"},
	{"ui/setup/setuptest", "server/act server/world geo ui/field ui/page/pagetest ui/setup/kit ui/setup/layout ui/page ui/tile ui/words assets", "", "doors of a server for tests of the technician's tabs"},
	{"ui/setup", "server/act server/world server/scene ui/page ui/list ui/field ui/setup/layout ui/look ui/paint ui/words ui/tile ui/why assets geo ui/setup/...", "ui/page/pagetest", "the technician's page; talks to the server's doors only"},
	{"ui/setup/layout", "server/world server/scene", "", "grids, snapping and drafts of walls; pure"},
	{"ui/leader", "server/act server/world ui/page ui/look ui/paint ui/words ui/tile ui/tile/alert assets", "ui/page/pagetest", "the leaders' page; changes nothing"},
	{"ui/unit", "server/act server/world geo ui/page ui/list ui/field ui/look ui/paint ui/signal/health ui/words ui/tile assets", "ui/page/pagetest", "the first page of a unit's laptop"},
	{"ui/facts", "server/world ui/tile ui/tile/alert ui/tile/testcard ui/words", "", "tiles that only follow data; knows no window"},
	{"ui/tile/alert", "server/world ui/look ui/paint ui/tile", "ui/words assets", "draws alerts; a tile draws what it is given"},
	{"ui/tile/testcard", "server/world ui/look ui/paint ui/tile", "ui/words assets", "what technicians test a wall with; draws what it is given"},
	{"ui/signal/health", "media/rtsp server/world ui/words", "", "how a camera is, in words, as the server tells it; pure"},
	{"ui/signal", "media ui/paint ui/signal/health ui/words", "", "how a camera's picture is, in words; pure, time is an argument"},
	{"ui/tile", "server/world geo geo/draw media media/rtsp assets ui/look ui/paint ui/signal ui/signal/health ui/words", "geo/tiles", "a tile draws what it is given"},
	{"ui/camera", "server/act server/world media media/rtsp media/replay ui/look ui/paint ui/words ui/tile assets", "", "what hands do with a camera; knows no window and no server"},
	{"ui/maps/brief", "geo server/expr server/world ui/look ui/words", "", "what a map is asked to show; knows no state"},
	{"ui/maps/feature", "geo geo/topology server/world", "", "files of features; knows no toolkit"},
	{"ui/maps/trail", "server/world server/world/track geo", "", "the lines behind vessels; knows no map and no toolkit"},
	{"ui/maps", "server/world server/world/track geo geo/draw geo/tiles geo/style ui/maps/brief ui/maps/feature ui/maps/trail ui/look ui/signal/health ui/why ui/words ui/tile assets", "", "what of the state a map shows, and how"},
	{"ui/atlas", "server/act server/world geo geo/coord geo/draw geo/tiles ui/atlas/... ui/maps ui/paint ui/why ui/words ui/tile", "", "the map in hand; knows no server"},
	{"ui/atlas/editor", "server/act server/world geo geo/draw ui/atlas/picture ui/atlas/sheet ui/atlas/sketch ui/look ui/paint ui/words", "", "what is being drawn; asks the map only what editor.Map says"},
	{"ui/atlas/find", "server/world geo geo/coord geo/gazetteer geo/tiles ui/atlas/sheet ui/maps ui/words", "assets ui/look", "names and positions; knows no window"},
	{"ui/atlas/picture", "geo geo/draw geo/style geo/tiles ui/tile assets", "", "pictures of a frame beside the toolkit; knows no state"},
	{"ui/atlas/sheet", "ui/field ui/paint ui/tile ui/words", "", "rows, fields and buttons; knows nothing of what they are about"},
	{"ui/atlas/sketch", "geo server/world ui/words", "", "shapes being drawn; pure"},
	{"ui/mapface", "server/world geo geo/draw geo/tiles ui/maps ui/tile ui/words assets", "ui/look ui/paint", "puts maps on tiles; knows no window"},
	{"ui/desk", "server/act server/world ui/look ui/paint ui/words ui/tile assets ui/list ui/page ui/why", "ui/page/pagetest", "what surrounds the wall in its window"},
	{"ui/look", "assets", "", "colours and sizes"},
	{"ui/paint", "assets ui/look", "", "shapes and text in an image"},
	{"ui/stage", "server/world", "", "which tiles the glass shows and when; pure"},
	{"ui/words", "assets", "", "texts in two languages"},
	{"ui/screens", "", "", "all of X11 is here; another window system would be a twin of it"},

	{"cmd/wall/door", "server/atomicfile server/dial ui/login ui/page", "", "how the program asks its server, and who is logged in; knows no window"},
	{"cmd/wall/link", "assets server/atomicfile ui/page", "", "links between runs of the program; knows no window and no server"},
	{"cmd/wall/memo", "server/atomicfile ui/page", "", "small things kept in files; knows nothing of what they mean"},
	{"cmd/wall/sight", "server/act server/world media ui/camera", "server server/auth server/wire assets media/mediatest", "what is seen of cameras, told to the server; knows no window and no connection"},
	{"cmd/wall", "server/act server/world server/world/track server/wire/... server/scene server/expr server/dial ui/... media/... geo/... assets server/atomicfile cmd/wall/...", "server/...", "flags and wiring of the wall; the one place where toolkit, decoder and feed meet"},
	{"cmd/wallsrv/wall", "server/act server/dial server/world server/scene/... server/scene server/stage server/recorder server/strict server/calendar", "server/... assets media/mediatest", "walls from the command line; talks to the server through its doors"},
	{"cmd/wallsrv", "server/... media/relay/... media/replay media/rtsp media/onvif assets geo cmd/wallsrv/wall", "media/mediatest media/onvif/onviftest", "flags and wiring of the server"},
	{"cmd/house", "", "", "the rules read files; they import nothing of ours"},
}

// ban forbids imports from outside, everywhere but in some packages.
type ban struct {
	imports string   // an import path; /... as in row
	except  []string // package folders; /... as in row
	tests   bool     // whether tests are bound as well
	why     string
}

var bans = []ban{
	{"C", []string{"media/decode"}, true, "C code is kept in one small package, so that everything else builds and is raced anywhere"},
	{"fyne.io/fyne/v2/app", []string{"cmd/wall"}, true, "opening a window needs a display and C; tests of ui need neither"},
	{"fyne.io/...", []string{"ui/...", "cmd/wall"}, true, "only the wall has windows"},
	{"iocwall/media/decode", []string{"cmd/wall", "media/decode"}, false, "decoders are handed in, so that ui and media stay free of C"},
	{"iocwall/media/decode", []string{"cmd/wall", "media/..."}, true, "tests of ui and server need no C; those of media may look at decoded pictures"},
	{"iocwall/ui/...", []string{"cmd/wall/...", "ui/..."}, true, "the server runs without a screen"},
	{"github.com/jezek/xgb/...", []string{"ui/screens", "cmd/wall"}, true, "all of X11 is in ui/screens"},
	{"go.etcd.io/bbolt", []string{"server/journal", "server/archive", "server/vault", "server/blob"}, true, "stores are behind their packages"},
	{"github.com/bluenviron/gortsplib/...", []string{"media/..."}, true, "camera streams are media's"},
	{"github.com/gorilla/websocket", []string{"server/wire", "server"}, true, "the protocol has one home"},
	{"log", nil, false, "logs are structured and handed in (log/slog)"},
	{"math/rand", nil, false, "math/rand/v2 with a seed that is handed in"},
	{"io/ioutil", nil, true, "replaced by io and os"},
}

// matches tells whether name is the pattern, or lies at or under it where the pattern ends in /...,
// or is a match of its stars.
func matches(pattern, name string) bool {
	if under, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == under || strings.HasPrefix(name, under+"/")
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

func anyMatches(patterns []string, name string) bool {
	for _, p := range patterns {
		if matches(p, name) {
			return true
		}
	}
	return false
}

// rowOf returns the row of a package: the first that fits, so rows without a star come first.
func rowOf(dir string) (row, bool) {
	for _, r := range rows {
		if r.name == dir {
			return r, true
		}
	}
	for _, r := range rows {
		if matches(r.name, dir) {
			return r, true
		}
	}
	return row{}, false
}

func TestImportsFollowTheTable(t *testing.T) {
	r := repository(t)
	for _, p := range r.sorted() {
		rule, ok := rowOf(p.dir)
		if !ok {
			t.Errorf("%s has no row in the import table: add one to rows in cmd/house/imports_test.go, with the reason, and a line to ARCHITECTURE.md", p.dir)
			continue
		}
		allowed := strings.Fields(rule.imports)
		for _, s := range p.code {
			checkOurs(t, s, p.dir, allowed, rule)
		}
		allowed = append(allowed, strings.Fields(rule.tests)...)
		if matches("server/...", p.dir) {
			allowed = append(allowed, "geo", "server/world") // what an event of a test case is made of
		}
		for _, s := range p.tests {
			checkOurs(t, s, p.dir, allowed, rule)
		}
	}
}

func checkOurs(t *testing.T, s *source, dir string, allowed []string, rule row) {
	t.Helper()
	for _, imported := range s.imports {
		ours, ok := strings.CutPrefix(imported, module)
		if ok && ours != dir && !anyMatches(allowed, ours) {
			t.Errorf("%s imports %s, which the row of %s does not allow: %s", s.name, imported, rule.name, rule.why)
		}
	}
}

func TestBannedImports(t *testing.T) {
	for _, p := range repository(t).sorted() {
		files := append(append([]*source(nil), p.code...), p.tests...)
		for i, s := range files {
			for _, imported := range s.imports {
				for _, b := range bans {
					if (b.tests || i < len(p.code)) && matches(b.imports, imported) && !anyMatches(b.except, p.dir) {
						t.Errorf("%s imports %s: %s", s.name, imported, b.why)
					}
				}
			}
		}
	}
}

// TestEveryRowIsReal keeps rows from growing stale in the one way that can be seen here: a row that
// allows a package which no row describes.
func TestEveryRowIsReal(t *testing.T) {
	for _, r := range rows {
		if r.why == "" {
			t.Errorf("the row of %s has no reason", r.name)
		}
		for _, name := range strings.Fields(r.imports + " " + r.tests) {
			if strings.HasSuffix(name, "/...") {
				continue
			}
			if _, ok := rowOf(name); !ok {
				t.Errorf("the row of %s allows %s, which has no row", r.name, name)
			}
		}
	}
}
