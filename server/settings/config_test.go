package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iocwall/assets"
	"iocwall/server/area"
	"iocwall/server/strict"
	"iocwall/server/world"
)

const daNang = "vn/da-nang-2025"

// baseConfig is the least a test needs.
const baseConfig = "data: data\nlisten: 127.0.0.1:0\nrelay: {listen: \"127.0.0.1:0\"}\n"

// parse is Parse for a text in a folder of its own.
func parse(tb testing.TB, text string) (*Config, []string) {
	tb.Helper()
	c, problems := Parse(filepath.Join(tb.TempDir(), "ioc.yaml"), []byte(text))
	out := make([]string, 0, len(problems))
	for _, p := range problems {
		p.File = filepath.Base(p.File)
		out = append(out, p.String())
	}
	return c, out
}

// exported returns the settings, with empty lists as nil.
func exported(c Config) map[string]any {
	out := map[string]any{}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		x := v.Field(i)
		if x.Kind() == reflect.Slice && x.Len() == 0 {
			x = reflect.Zero(x.Type())
		}
		out[f.Name] = x.Interface()
	}
	return out
}

// The shipped sample says what holds when nothing is said, and says everything.
func TestSampleEqualsDefaults(t *testing.T) {
	c, problems := parse(t, string(assets.SampleConfig()))
	if len(problems) > 0 {
		t.Fatal(strings.Join(problems, "\n"))
	}
	got, want := exported(*c), exported(Default())
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s: the sample says %+v, the default is %+v", name, got[name], want[name])
		}
	}
	empty, problems := parse(t, "")
	if len(problems) > 0 || !reflect.DeepEqual(exported(*empty), want) {
		t.Errorf("an empty file: %q", problems)
	}
	names(t, reflect.TypeFor[Config](), "", string(assets.SampleConfig()))
}

// names demands that every setting of the top and of its sections is in the sample.
func names(t *testing.T, typ reflect.Type, in, sample string) {
	t.Helper()
	for i := range typ.NumField() {
		f := typ.Field(i)
		key := f.Tag.Get("yaml")
		if !f.IsExported() || key == "" {
			continue
		}
		if !regexp.MustCompile(`(?m)^` + in + key + `:`).MatchString(sample) {
			t.Errorf("the sample does not show %q", strings.TrimSpace(in+key))
		}
		if f.Type.Kind() == reflect.Struct {
			names(t, f.Type, in+"  ", sample)
		}
	}
}

// The examples in the sample's comments are right as well.
func TestSampleExamples(t *testing.T) {
	text := regexp.MustCompile(`(?m)^(\w+): \[\]$`).ReplaceAllString(string(assets.SampleConfig()), "$1:")
	text = regexp.MustCompile(`(?m)^#(  +)`).ReplaceAllString(text, "$1")
	file := filepath.Join(t.TempDir(), "benh-vien.geojson")
	if err := os.WriteFile(file, []byte(`{"type":"FeatureCollection","features":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := parse(t, strings.ReplaceAll(text, "file: benh-vien.geojson", "file: "+file))
	if len(problems) > 0 {
		t.Error(strings.Join(problems, "\n"))
	}
	if len(c.Sources) != 1 || len(c.Agencies) != 1 || len(c.Domains) != 1 || len(c.Cameras) != 1 || len(c.Stations) != 1 || len(c.Figures) != 2 || len(c.Services) != 1 || len(c.Layers) != 1 || len(c.scenes) != 1 || len(c.schedules) != 1 {
		t.Errorf("examples are missing: %s", c.Summary())
	}
}

// Every fault of a file is reported, each at its place, with what to do.
func TestBadConfigurations(t *testing.T) {
	for _, x := range []struct {
		name, text string
		want       []string
	}{
		{"keys", "nmae: x\nlistne: y\npatience: {vessel_lots: 3m}\n", []string{
			`ioc.yaml:1:1: nmae: unknown key; did you mean "name"?`,
			`ioc.yaml:2:1: listne: unknown key; did you mean "listen"?`,
			`ioc.yaml:3:12: patience.vessel_lots: unknown key; did you mean "vessel_lost"?`,
		}},
		{"values", "listen: 8080\ndata: \"\"\njournal: {keep: soon}\npatience: {max_entities: many}\nrelay: {linger: -3s}\n", []string{
			`ioc.yaml:1:9: listen: "8080" is not host:port`,
			`ioc.yaml:2:7: data: needs a folder; write /var/lib/iocwall`,
			`ioc.yaml:3:17: journal.keep: "soon" is not a duration`,
			`ioc.yaml:4:26: patience.max_entities: "many" is not a whole number`,
			`ioc.yaml:5:17: relay.linger: "-3s" is not a duration`,
		}},
		{"files", "rules: no.yaml\nareas: no.yaml\ntls: {cert: a.pem}\n", []string{
			`ioc.yaml:1:8: rules: `, `ioc.yaml:2:8: areas: `, `ioc.yaml:3:7: tls: needs both cert and key`, `ioc.yaml:3:13: tls.cert: `,
		}},
		{"cameras", "cameras:\n  - {id: \"a b\", name: A, pos: [15.8, 108.2], streams: [{name: main, url: \"rtsp://u:p@h/x\"}]}\n" +
			"  - {id: c, pos: [0, 0], password: plain, view: 400, owner: nobody, streams: [{name: main, url: \"http://h\"}, {name: main, url: \"rtsp://h/x\"}]}\n" +
			"  - {id: c, name: C, pos: [1, 2]}\n", []string{
			`ioc.yaml:2:10: cameras[0].id: "a b" is not an id`,
			`ioc.yaml:2:31: cameras[0].pos: is out of range; a position is [longitude, latitude]; are they swapped?`,
			`cameras[0].streams[0].url: holds a login`,
			`cameras[1]: needs a name`,
			`cameras[1].pos: is not a position`,
			`cameras[1].password: `,
			`cameras[1].view: is not between 0 and 360 degrees`,
			`cameras[1].owner: no agency "nobody"`,
			`cameras[1].streams[0].url: is not an address of a camera`,
			`cameras[1].streams[1]: needs a name of its own`,
			`cameras[2].id: "c" is used twice; cameras[1] has it already`,
			`cameras[2]: needs at least one stream`,
		}},
		{"what is done with cameras", "cameras:\n" +
			"  - {id: a, name: A, pos: [108, 15], transport: utp, tls: {fingerprint: ab}, replay: 90m, site: a/b, streams: [{name: main, url: \"rtsp://h/x\", fps: 1000}]}\n" +
			"  - {id: b, name: B, pos: [108, 15], tls: {fingerprint: ab}, onvif: {presets: [x]}, streams: [{name: main, url: \"rtsps://h/x\"}]}\n" +
			"  - {id: c, name: C, pos: [108, 15], tls: {fingerprint: ab, ca: x}, onvif: {address: \"http://u:secret@h/x\", password: plain, presets: [x, x]}, streams: [{name: main, url: \"rtsps://h/x\"}]}\n" +
			"  - {id: d, name: D, pos: [108, 15], tls: {ca: none.pem}, onvif: {address: \"ftp://h\"}, streams: [{name: main, url: \"rtsps://h/x\"}]}\n", []string{
			`cameras[0].transport: "utp" is no transport; did you mean "udp"?`,
			`cameras[0].tls: is of no use`,
			`cameras[0].replay: is not between 0s and 1h in whole seconds; write "replay: 60s", or leave it out`,
			`cameras[0].site: is no name of a site`,
			`cameras[0].streams[0].fps: is not between 0 and 240`,
			`cameras[1].tls.fingerprint: is no SHA-256`,
			`cameras[1].onvif: has no address`,
			`cameras[2].tls: has both a fingerprint and a CA`,
			`cameras[2].onvif: has a password and no user`,
			`cameras[2].onvif.address: holds a login`,
			`cameras[2].onvif.password: `,
			`cameras[2].onvif.presets[1]: is no name of its own`,
			`cameras[3].tls.ca: `,
			`cameras[3].onvif.address: is not an address of a camera`,
		}},
		{"recording", "listen: 127.0.0.1:8080\nrelay: {probe: 1s, replay_bytes: 5, remote: \"127.0.0.1:8080\"}\nevidence: {from: sever, before: 9m, within: -1, cameras: 0}\npatience: {report_kept: 1h, max_clips: 0}\n", []string{
			`ioc.yaml:2:16: relay.probe: is shorter than 5s`, `relay.replay_bytes: is less than 1048576`, `relay.remote: "127.0.0.1:8080" is taken`,
			`ioc.yaml:3:18: evidence.from: "sever" is no severity; did you mean "severe"?`, `evidence.before: is not between 0s and 4m`,
			`evidence.within: is not a number of metres`, `evidence.cameras: is not between 1 and 16`,
			`patience.report_kept: is less than 24h`, `patience.max_clips: is not above 0`,
		}},
		{"a door to the network", "relay: {remote: \"0.0.0.0:8555\"}\n", []string{`relay.remote: "0.0.0.0:8555" can be reached from the network`}},
		{"a socket", "relay: {remote: \"unix:relay.sock\"}\n", []string{`relay.remote: is no path of a socket`}},
		{"a good socket", "relay: {remote: \"unix:/run/iocwall/relay.sock\"}\nevidence: {from: none}\n", nil},
		{"stations", "agencies: [{id: so-tnmt, name: Sở}]\nstations:\n  - {id: s, name: S, what: aire, pos: [108, 15], owner: so-tnm}\n", []string{
			`ioc.yaml:3:28: stations[0].what: "aire" is no kind of station; did you mean "air"?`,
			`stations[0].owner: no agency "so-tnm"; did you mean "so-tnmt"?`,
		}},
		{"sources", "sources:\n  - {name: a, kind: asi, connect: \"x:1\"}\n  - {name: a, kind: ais, conect: \"x:1\"}\n  - {name: rule, kind: ais, listen: \"0.0.0.0:1\"}\n  - {kind: ais, connect: \"h:1\"}\n", []string{
			`ioc.yaml:2:21: sources[0].kind: no kind of source "asi"; did you mean "ais"?`,
			`ioc.yaml:3:12: sources[1].name: "a" is taken`,
			`ioc.yaml:3:26: sources[1].conect: unknown key; did you mean "connect"?`,
			`ioc.yaml:4:12: sources[2].name: "rule" is taken`,
			`sources[2].listen: anybody who reaches this port`,
			`sources[3]: "" is not a name of a source`,
		}},
		{"figures and services", "figures: [{id: f, name: F, decimals: 9}, {id: f, name: \" \"}]\nservices: [{code: a, name: A}, {code: a}, {name: B}]\n", []string{
			`figures[0].decimals: is not between 0 and 6`, `figures[1].id: "f" is used twice`, `figures[1]: needs a name`,
			`services[1].code: "a" is used twice`, `services[1]: needs a name`, `services[2]: "" is not a code`,
		}},
		{"scenes", "scenes:\n  - id: s\n    name: S\n    tiles:\n      - {kind: camra, at: \"1\"}\n      - {kind: camera, at: \"2\", params: {camera: none}}\n      - {kind: map, at: \"99\"}\n      - {kind: clock, id: x, at: \"3\"}\n      - {kind: clock, id: x, at: \"4\"}\n      - {kind: map, id: y, at: \"3-13\", below: -1}\n", []string{
			`ioc.yaml:5:16: scenes[0].tiles[0].kind: no kind of tile "camra"; did you mean "camera"?`,
			`scenes[0].tiles[1].params.camera: no camera "none"`,
			`scenes[0].tiles[2]: `,
			`scenes[0].tiles[4]: the id "x" is used twice in this scene`,
			`scenes[0].tiles[5]: has a top or a below of less than 0 pixels`,
			`ioc.yaml:10:10: scenes[0].tiles[5]: lies over tile 3 (x)`,
		}},
		{"spare screens", "wall: {spare: [1, 28]}\n", []string{`ioc.yaml:1:19: wall.spare[1]: there is no screen 28; the screens are 1 to 27`}},
		{"presets and zones", "scenes:\n  - {id: a, name: A, preset: 1}\n  - {id: b, name: B, preset: 1}\n  - {id: c, name: C, preset: 12, zones: [{id: z, at: \"30\"}]}\n", []string{
			`ioc.yaml:3:30: scenes[1].preset: 1 is the key of the scene a`,
			`ioc.yaml:4:30: scenes[2].preset: is 12; the keys of scenes are 1 to 9`,
			`scenes[2].zones[0]: screens: the wall main has no screen 30`,
		}},
		{"schedules", "scenes: [{id: a, name: A}]\nschedules:\n  - {id: s, name: S, scenes: [a, b], dwell: 1s, days: [mon, mn], from: \"25:00\"}\n  - {id: t, name: T}\n", []string{
			`schedules[0].from: "25:00" is not an hour; write it as in "06:30"`,
			`schedules[0].scenes[1]: no scene "b"; known here: a`,
			`schedules[0].dwell: is too short to see a scene`,
			`schedules[0].days[1]: no day "mn"; did you mean "mon"?`,
			`schedules[1].scenes: is empty; name the scenes that are shown`,
		}},
		{"wall", "wall: {columns: 0}\n", []string{`ioc.yaml:1:8: wall: needs columns, rows`}},
		{"nodes", "wall:\n  nodes: [2, 0]\n", []string{`ioc.yaml:2:14: wall.nodes[1]: drives no screen`}},
		{"too few nodes", "wall:\n  nodes: [2, 3]\n", []string{`ioc.yaml:2:10: wall.nodes: drive 5 screens together, the wall has 27; write the number of screens of each computer, as in "nodes: [27]", or "nodes: []" while that is open`}},
		{"too many nodes", "wall: {columns: 2, rows: 1, nodes: [2, 2]}\n", []string{`wall.nodes: drive 4 screens together, the wall has 2`}},
		{"nodes of another wall", "wall: {columns: 2, rows: 1}\n", []string{`ioc.yaml:1:8: wall.nodes: drive 27 screens together, the wall has 2`}},
		{"open nodes", "wall: {columns: 2, rows: 1, nodes: []}\n", nil},
		{"wall without id", "wall: {id: \"\", seat: -1}\n", []string{`ioc.yaml:1:12: wall.id: is empty`, `wall.seat: is not a number of millimetres from 0 on`}},
		{"wall of no size", "wall: {id: \"a b\", panel_w: -3}\n", []string{`wall.id: "a b" is not an id`, `wall: needs columns, rows`}},
		{"numbers", "patience: {max_entities: -1}\ncameras:\n  - {id: c, name: C, pos: [108, 15], heading: 361, reach: -5, view: 400, streams: [{name: main, url: \"rtsp://h/x\", width: -1}]}\n" +
			"figures: [{id: f, name: F, target: 3}, {id: g, name: G, target: -4}]\n", []string{
			`ioc.yaml:1:26: patience.max_entities: is not above 0`, `ioc.yaml:3:47: cameras[0].heading: is not between 0 and 360 degrees`, `cameras[0].reach: is not a number of metres from 0 on`,
			`cameras[0].view: is not between 0 and 360 degrees`, `cameras[0].streams[0]: has a width or a height below 0`,
		}},
		{"areas", "agencies: [{id: a, name: A, area: vn/da-nag}]\ncameras: [{id: c, name: C, pos: [108, 15], area: vn/da-nan, streams: [{name: main, url: \"rtsp://h/x\"}]}]\n" +
			"stations: [{id: s, name: S, what: air, pos: [108, 15], area: nowhere}]\nfigures: [{id: f, name: F, area: vn}, {id: g, name: G, area: VN}]\n", []string{
			`ioc.yaml:1:35: agencies[0].area: no area "vn/da-nag"; did you mean "vn/da-nang"?`, `ioc.yaml:2:50: cameras[0].area: no area "vn/da-nan"; did you mean "vn/da-nang"?`,
			`ioc.yaml:3:62: stations[0].area: no area "nowhere"`, `ioc.yaml:4:62: figures[1].area: no area "VN"`,
		}},
		{"domains", "domains:\n  - {id: economy, name: Kinh tế, figure: thu, rules: [r]}\n  - {id: press, name: Báo chí, rules: [r]}\nfigures: [{id: thu-ns, name: Thu, domain: ecnomy}]\n", []string{
			`ioc.yaml:2:42: domains[0].figure: no figure "thu"; known here: thu-ns`,
			`ioc.yaml:3:39: domains[1].rules: the alerts of rule "r" have a domain; economy has them already`,
			`ioc.yaml:4:43: figures[0].domain: no domain "ecnomy"; did you mean "economy"?`,
		}},
		{"agencies in a circle", "agencies:\n  - {id: x, name: X, parent: a}\n  - {id: a, name: A, parent: b}\n  - {id: b, name: B, parent: a}\n  - {id: c, name: C, parent: c}\n", []string{
			`ioc.yaml:3:30: agencies[1].parent: leads back to "a"; leave out the parent of the topmost agency`, `ioc.yaml:5:30: agencies[3].parent: leads back to "c"`,
		}},
		{"open doors", "listen: 0.0.0.0:8080\nrelay: {listen: \":8554\"}\n", []string{
			`ioc.yaml:1:9: listen: "0.0.0.0:8080" can be reached from the network, and tokens would pass there unencrypted; give a certificate under tls, or listen on 127.0.0.1; "tls: {proxy: true}" says`,
			`ioc.yaml:2:17: relay.listen: ":8554" can be reached`,
		}},
		{"loopback", "listen: \"[::1]:8080\"\nrelay: {listen: \"localhost:8554\"}\n", nil},
		{"a proxy", "listen: 10.0.0.1:8080\nrelay: {listen: \"10.0.0.1:8554\", public: \"ioc.example.vn:8554\"}\ntls: {proxy: true}\n", nil},
		{"half a proxy", "tls: {proxy: true}\n", []string{`ioc.yaml:1:14: tls.proxy: does not say where walls fetch pictures; give the proxy's host:port for them as relay.public`}},
		{"one door", "listen: 127.0.0.1:8554\n", []string{`relay.listen: "127.0.0.1:8554" is taken by listen`}},
		{"any door", "listen: 127.0.0.1:0\nrelay: {listen: \"127.0.0.1:0\"}\n", nil},
		{"one door of all", "listen: :8554\ntls: {proxy: true}\nrelay: {public: \"h:1\"}\n", []string{`relay.listen: "127.0.0.1:8554" is taken by listen, ":8554"`}},
		{"lines that end as on Windows", "name: a\r\n\r\ndate: b\r\n", []string{`ioc.yaml:3:1: date: unknown key; did you mean "data"?`}},
		{"not YAML", "name: [\n", []string{`not YAML: `}},
		{"two documents", "name: a\n---\nname: b\n", []string{`a second document in one file`}},
		{"a list", "- a\n- b\n", []string{`ioc.yaml:1:1: expected keys and values, found a list`}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c, got := parse(t, x.text)
			if c == nil {
				t.Fatal("nothing to go on with")
			}
			if len(got) != len(x.want) {
				t.Errorf("%d problems, want %d:\n%s", len(got), len(x.want), strings.Join(got, "\n"))
			}
			for _, w := range x.want {
				if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, w) }) {
					t.Errorf("missing %s\nin\n%s", w, strings.Join(got, "\n"))
				}
			}
			for _, g := range got {
				if !regexp.MustCompile(`^ioc\.yaml:\d+:\d+: `).MatchString(g) {
					t.Errorf("without a place: %s", g)
				}
				if strings.Contains(g, "u:p@h") || strings.Contains(g, "plain") {
					t.Errorf("a secret is told: %s", g)
				}
			}
		})
	}
}

// A rule file's mistakes come with those of the configuration, each with its
// own file.
func TestProblemsOfRuleAndAreaFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"rules.yaml": "rules:\n  - {id: x, on: station, when: reading(\"level\") >, severity: bad, title: T}\n",
		"areas.yaml": "areas:\n  - {id: a, name: A, parent: nowhere}\n  - {id: a, name: B}\n  - {id: c, name: C, valid_from: 2025-13-01}\n  - {id: d, name: D, valid_from: \"2025-07-01\", valid_to: \"2025-07-01\"}\n  - {id: e, name: E, parent: f}\n  - {id: f, name: F, parent: e}\nsuccessions:\n  - {from: a, to: z, at: \"2025-07-01\", share: 2}\n",
		"ioc.yaml":   "name: [1]\nrules: rules.yaml\nareas: areas.yaml\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, problems := Load(filepath.Join(dir, "ioc.yaml"))
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{
		"ioc.yaml:1:7: name: ", "rules.yaml:2:", "areas.yaml:2:30: areas[0].parent: no area \"nowhere\"", "areas.yaml:3:10: areas[1].id: the id \"a\" is empty or used twice",
		"areas.yaml:4:34: areas[2].valid_from: \"2025-13-01\" is not a day", "areas[3].valid_to: is not after valid_from", "areas.yaml:6:30: areas[4].parent: leads back to \"e\"", "successions[0].to: no area \"z\"", "successions[0]: needs a day (at) and a share",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("missing %s in\n%s", want, all)
		}
	}
	if _, ps := Load(filepath.Join(dir, "none.yaml")); len(ps) != 1 || !strings.Contains(ps[0].String(), "none.yaml: cannot be read") {
		t.Errorf("a file that is not there: %v", ps)
	}
}

// The built-in areas are right, and the outlines they name are in the base map.
func TestBuiltInAreas(t *testing.T) {
	set, problems := area.Parse("areas", assets.Areas())
	if len(problems) > 0 {
		t.Fatal(strict.Error(problems))
	}
	for date, provinces := range map[string]int{"2025-06-30": 63, "2025-07-01": 34, "2026-11-20": 34} {
		at := world.TimeOf(mustDay(t, date))
		n := 0
		for _, a := range set.Areas {
			if a.Level == "province" && a.ValidAt(at) {
				n++
			}
		}
		if n != provinces {
			t.Errorf("%d provinces on %s, want %d", n, date, provinces)
		}
		loc, err := area.NewLocator(set, assets.Basemap())
		if err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{true: "vn/quang-nam", false: daNang}[provinces == 63]
		if got := loc.At([2]float64{108.0, 15.6}, at); got != want {
			t.Errorf("on %s a place in the hills of Quảng Nam lies in %q, want %q", date, got, want)
		}
	}
	shares := map[string]float64{}
	for _, s := range set.Successions {
		shares[s.Old+fmt.Sprint(s.At)] += s.Share
	}
	for old, sum := range shares {
		if sum < 0.999 || sum > 1.001 {
			t.Errorf("the shares of %s add up to %v", old, sum)
		}
	}
}

// What each kind of source shows as its example is right, and every key of it
// is explained there or in the manual.
func TestKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			if seen[k.Name] || !idPattern.MatchString(k.Name) {
				t.Errorf("the name %q is taken or no name", k.Name)
			}
			seen[k.Name] = true
			summary, rest, _ := strings.Cut(k.Doc, "\n")
			if len(summary) < 20 || len(summary) > 120 || len(rest) < 100 {
				t.Errorf("the manual begins with %q", summary)
			}
			var b strings.Builder
			fmt.Fprintf(&b, "sources:\n  - name: x\n    kind: %s\n", k.Name)
			for line := range strings.Lines(k.Example) {
				b.WriteString("    " + line)
			}
			c, problems := parse(t, b.String())
			if len(problems) > 0 || len(c.sources) != 1 {
				t.Errorf("the example:\n%s\n%s", b.String(), strings.Join(problems, "\n"))
			}
			said := false // by a comment in the example
			for line := range strings.Lines(k.Example) {
				if strings.HasPrefix(line, "#") {
					said = true
				} else if key, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
					if !said && !regexp.MustCompile(`\b`+key+`\b`).MatchString(k.Doc) {
						t.Errorf("nothing explains %q", key)
					}
					said = false
				}
			}
		})
	}
}

// demoProvince is the demonstration's configuration with its places filled in.
func demoProvince(t *testing.T) *Config {
	t.Helper()
	dir := t.TempDir()
	rules := filepath.Join(dir, "rules.yaml")
	if err := os.WriteFile(rules, assets.DemoRules(), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := assets.DemoFiles()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := os.Expand(string(assets.DemoProvince()), func(name string) string {
		switch name {
		case "rules":
			return rules
		case "data", "map":
			return dir
		case "mqtt_password", "camera_password":
			return filepath.Join(dir, name)
		case "relay":
			return "127.0.0.1:1235"
		}
		return "127.0.0.1:1234"
	})
	c, problems := parse(t, text)
	if len(problems) > 0 {
		t.Fatal(strings.Join(problems, "\n"))
	}
	return c
}

// The demonstration's configuration is right once its places are filled in.
func TestDemoProvince(t *testing.T) {
	c := demoProvince(t)
	if len(c.Cameras) != 12 || len(c.Stations) != 40 || len(c.Figures) != 32 || len(c.Domains) != 10 || len(c.Layers) != 5 || len(c.sources) < 2 || len(c.scenes) == 0 {
		t.Errorf("the province has %s", c.Summary())
	}
	set, problems2 := c.AreaSet()
	if len(problems2) > 0 {
		t.Fatal(strict.Error(problems2))
	}
	known := map[string]bool{"": true}
	for _, a := range set.Areas {
		known[a.ID] = true
	}
	for _, x := range c.Cameras {
		if !known[x.Area] {
			t.Errorf("camera %s lies in %q, which is not there", x.ID, x.Area)
		}
	}
	for _, x := range c.Stations {
		if !known[x.Area] {
			t.Errorf("station %s lies in %q, which is not there", x.ID, x.Area)
		}
	}
	// The definitions apply to an empty state without a complaint, and a second
	// time say nothing.
	s := world.New(1)
	for i := range 2 {
		obs := Definitions(c, set, 1000, s, nil)
		if i == 1 && len(obs) > 0 {
			t.Errorf("a restart would write %d events, the first %+v", len(obs), obs[0])
		}
		for _, o := range obs {
			if _, err := s.Apply(world.Event{Seq: s.At().Seq + 1, Seen: 1000, Source: Source, Observation: o}); err != nil {
				t.Error(err)
			}
		}
	}
}

// FuzzParseConfig holds that no text makes the parser panic, and that every
// problem has a place in the text.
func FuzzParseConfig(f *testing.F) {
	for _, s := range []string{
		"", "name: [", "- a", "a: &x {b: *x}", "wall: {columns: 1000000000, rows: 1000000000}", "cameras: [{id: a, streams: [{url: \"rtsp://%zz\"}]}]",
		"scenes: [{id: a, tiles: [{kind: map, at: \"1-99999999999\"}]}]", "sources: [{name: a, kind: ais, connect: 1}]", "wall: {nodes: [-1]}", "figures: [{target: .nan}]",
		"scenes: [{id: s, tiles: [{kind: camera, at: 1, cell: \"9/9\", top: -4, below: 100}]}]", "patience: {vessel_lost: 99999999d}",
		baseConfig + "agencies: [{id: a, name: A}]\nstations: [{id: s, name: S, what: air, pos: [108, 15], owner: a, every: 1h}]\nfigures: [{id: f, name: F, target: 9}]\n",
	} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src []byte) {
		c, problems := Parse(filepath.Join(dir, "x.yaml"), src)
		lines := strings.Count(string(src), "\n") + strings.Count(string(src), "\r") + 2 // YAML ends lines with both
		for _, p := range problems {
			if p.Message == "" || p.Line > lines {
				t.Errorf("%+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		set := &area.Set{}
		s := world.New(1)
		for _, o := range Definitions(c, set, 1000, s, nil) {
			if _, err := s.Apply(world.Event{Seq: s.At().Seq + 1, Seen: 1000, Source: Source, Observation: o}); err != nil {
				t.Errorf("a configuration without problems cannot be applied: %v", err)
			}
		}
	})
}

// A password that was written where it does not belong is not repeated to whoever
// reads the complaint, or the log that holds it.
func TestComplaintsHoldNoPasswords(t *testing.T) {
	const camera = "cameras:\n  - {id: a, name: A, pos: [108, 15], user: u, "
	for _, text := range []string{
		camera + `streams: ["rtsp://u:hunter2@h/x"]}`,
		camera + `streams: "rtsp://u:hunter2@h/x"}`,
		camera + `streams: {"rtsp://u:hunter2@h/x": main}}`,
		camera + `streams: [{name: "rtsp://u:hunter2@h/x", url: 5}]}`,
		camera + `streams: [{name: main, url: "rtsp://u:hunter2@h/x"}]}`,
		camera + `streams: [{name: main, url: "rtsp://u:hun/ter2@h/hunter2@x"}]}`,
		camera + `onvif: "http://u:hunter2@h"}`,
		camera + `onvif: "u:hunter2@h"}`,
		camera + `onvif: {address: "u:hunter2@h"}}`,
		camera + `password: hunter2}`,
		`cameras: "rtsp://u:hunter2@h/x"`,
	} {
		_, problems := Parse("ioc.yaml", []byte(text))
		if len(problems) == 0 {
			t.Errorf("%s: nothing is wrong with it", text)
		}
		for _, p := range problems {
			if strings.Contains(p.String(), "hunter2") || strings.Contains(p.String(), "ter2") {
				t.Errorf("%s: %s", text, p)
			}
		}
	}
}
