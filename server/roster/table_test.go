package roster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/server/settings"
	"iocwall/server/world"
)

func TestTableSaysAllThatIsWrong(t *testing.T) {
	_, problems := ParseTable("t.csv", []byte(`id,name,lat,lon,main,sub,user,password_ref,area
a,"Cầu ""Mới""",15.8,108.3,rtsp://10.0.0.1/main,rtsp://10.0.0.1/sub,viewer,env:PW,quang-nam
a,B,108.3,15.8,rtsp://10.0.0.2/main,,,,
b c,,x,108.3,http://10.0.0.3/,rtsp://u:hunter2@10.0.0.3/,,env:PW,

d,D,15,108
e,E,,,,,u,hunter2,
`))
	want := []string{
		`t.csv:3:1: id: "a" is used twice; line 2 has it already`,
		`t.csv:3:5: lat: 108.3 is not between -90 and 90 degrees; are lat and lon swapped?`,
		`t.csv:4:1: id: "b c" is not an id; use letters, digits, dots, dashes and underscores, at most 64`,
		`t.csv:4:5: name: needs a name`,
		`t.csv:4:6: lat: "x" is not a number of degrees; write it as in 15.8575`,
		`t.csv:4:14: main: is not an address of a camera; write rtsp://host:port/path`,
		`t.csv:4:31: sub: holds a login; put it into user and password_ref`,
		`t.csv:4:59: password_ref: there is a password and no user; fill the column user`,
		`t.csv:6:1: has 4 fields instead of 9; put quotes around text that holds the separator`,
		`t.csv:7:7: main: needs the address of the stream; write rtsp://host:port/path`,
		`t.csv:7:11: password_ref: a password does not belong into a table; write env:NAME for an environment variable or file:PATH for a file that holds it`,
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

func TestTableHeaders(t *testing.T) {
	for text, says := range map[string]string{
		"":                                  "the table is empty",
		"id,nmae,main\n":                    "name",
		"id,name\n":                         `no column "main"`,
		"id,name,main,main\n":               `two columns "main"`,
		"id,name,main\na,\"A,rtsp://x/y\n":  "quotes do not match",
		"id,name,main\na,A\"B\",rtsp://x\n": "quotes do not match",
	} {
		_, problems := ParseTable("t.csv", []byte(text))
		if len(problems) == 0 || !strings.Contains(fmt.Sprint(problems), says) {
			t.Errorf("%q: got %v, want %s", text, problems, says)
		}
	}
}

func TestTableOfASpreadsheet(t *testing.T) {
	got, problems := ParseTable("t.csv", []byte("\ufeffID;Name;Lat;Lon;Main\r\na;Cầu, bến;15,8575;108,2867;rtsp://10.0.0.1/x\r\n"))
	if len(problems) > 0 || len(got) != 1 || got[0].Camera.Name != "Cầu, bến" || got[0].Camera.Pos != (geo.Point{108.2867, 15.8575}) {
		t.Errorf("got %+v, %v", got, problems)
	}
}

func TestScalars(t *testing.T) {
	for in, want := range map[string]string{
		"Cầu Câu Lâu": "Cầu Câu Lâu", "yes": `"yes"`, "a: b": `"a: b"`, "15": `"15"`, " a": `" a"`, "a #b": `"a #b"`, "[x]": `"[x]"`,
		"": `""`, "Ngã tư, số 1": `"Ngã tư, số 1"`, "env:A_B": "env:A_B", "a\nb": `"a\nb"`, "<&>": `"<&>"`, "null": `"null"`, "e-3.x/y_z": "e-3.x/y_z",
	} {
		if got := scalar(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestSlugs(t *testing.T) {
	for in, want := range map[string]string{"Cầu Câu Lâu": "cau-cau-lau", "  Đập  Phú Ninh (2)": "dap-phu-ninh-2", "相机": "", "10.0.0.1": "10-0-0-1"} {
		if got := slug(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzTable holds that what a table gives is fit for a configuration, and what it complains of shows no password.
func FuzzTable(f *testing.F) {
	f.Add([]byte("id,name,lat,lon,main,sub,user,password_ref,area\na,\"A\"\"B\",15,108,rtsp://h/x,,u,env:P,\n"))
	f.Add([]byte("id;name;main\na;b;rtsp://u:p@h\n\"\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cameras, problems := ParseTable("t.csv", raw)
		if len(problems) > 0 {
			for _, p := range problems {
				if p.Line < 1 || p.Message == "" {
					t.Errorf("got %+v", p)
				}
			}
			return
		}
		text := "data: d\ncameras:\n"
		for _, c := range cameras {
			c.Camera.Pos, c.Camera.Area, c.Camera.Site = geo.Point{108, 15}, "", ""
			text += strings.Join(entryLines("  ", fields(c.Camera)), "")
		}
		got, faults := settings.Parse("ioc.yaml", []byte(text))
		if len(faults) > 0 || len(got.Cameras) != len(cameras) {
			t.Fatalf("%v in\n%s", faults, text)
		}
		for i, c := range cameras {
			if got.Cameras[i].Name != c.Camera.Name || got.Cameras[i].Streams[0].URL != c.Camera.Streams[0].URL {
				t.Errorf("%+v became %+v", c.Camera, got.Cameras[i])
			}
		}
	})
}

// FuzzSplice holds that a configuration that is taken apart and put together is the same.
func FuzzSplice(f *testing.F) {
	f.Add(before(f))
	f.Add("cameras:\n- id: a\n  name: b\n- id: c\nx: 1")
	f.Add("cameras: []\n#  - id: a\n")
	f.Fuzz(func(t *testing.T, text string) {
		for count := range 4 {
			parts, err := splitCameras(text, count)
			if err != nil {
				continue
			}
			for i := range parts.entries {
				if err := parts.set(i, Field{"zz", "1"}); err == nil && !strings.Contains(strings.Join(parts.entries[i], ""), "zz: 1\n") {
					t.Errorf("the key is not there: %q", parts.entries[i])
				}
			}
			again, err := splitCameras(text, count)
			if err != nil {
				t.Fatal(err)
			}
			if got := again.String(); count > 0 && strings.TrimRight(got, "\n") != strings.TrimRight(text, "\n") && !strings.Contains(text, "[]") && !strings.Contains(text, "\r") {
				t.Errorf("%q became %q", text, got)
			}
		}
	})
}

// before is a configuration with two cameras, as a person has written it.
func before(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "before.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// What entries in one line cannot take is told whole, of every camera and key, with no
// secret in it; the text is as it was.
func TestByHand(t *testing.T) {
	const text = `cameras:
  - {id: a, name: Old, pos: [108, 15], user: u, password: "env:OLD", streams: [{name: main, url: "rtsp://10.0.0.1/x"}]}
  - {id: b, name: Older, pos: [108, 15], streams: [{name: main, url: "rtsp://10.0.0.2/x"}]}
`
	config, problems := settings.Parse("ioc.yaml", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	t.Setenv("PW", "hunter2")
	long := "rtsp://10.0.0.1:554/Streaming/Channels/101?transportmode=unicast&profile=" + strings.Repeat("x", 500)
	found, problems := ParseTable("t.csv", []byte("id,name,main,user,password_ref,site\na,A,"+long+",u,env:PW,Cảng\nb,B,rtsp://10.0.0.2/x,,,\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	_, err := Splice(text, 2, Merge(config.Cameras, found))
	code, values := world.Say(err)
	want := `camera a: name: A, site: Cảng, password: env:PW, streams: [{name: main, url: "` + long + `"}]` + "\ncamera b: name: B"
	if code != "roster.lines" || values["text"] != want || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v\nwant %s", code, err, want)
	}
	if strings.Contains(fmt.Sprint(err, values), "hunter2") {
		t.Error("a secret is told")
	}
}

// A camera that is taken out leaves the others and what is said of them.
func TestDrop(t *testing.T) {
	without, err := Drop(before(t), 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"id: cau", "Câu Lâu", "how far"} {
		if strings.Contains(without, gone) {
			t.Errorf("%q is still in\n%s", gone, without)
		}
	}
	for _, kept := range []string{"cameras: # ours\n", "  - {id: khac", "# stations follow\nstations: []\n"} {
		if !strings.Contains(without, kept) {
			t.Errorf("%q is gone from\n%s", kept, without)
		}
	}
	empty, err := Drop(without, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	c, problems := settings.Parse("ioc.yaml", []byte(empty))
	if len(problems) > 0 || len(c.Cameras) != 0 {
		t.Errorf("%v in\n%s", problems, empty)
	}
	again, err := Splice(empty, 0, Merge(nil, []Found{{Camera: settings.CameraConfig{
		ID: "moi", Name: "Mới", Pos: geo.Point{108, 15}, Streams: []settings.StreamConfig{{Name: "main", URL: "rtsp://10.0.0.1/x"}},
	}}}))
	if err != nil {
		t.Fatal(err)
	}
	if c, problems = settings.Parse("ioc.yaml", []byte(again)); len(problems) > 0 || len(c.Cameras) != 1 {
		t.Errorf("%v in\n%s", problems, again)
	}
	if _, err := Drop(before(t), 2, 2); err == nil {
		t.Error("a third of two was taken out")
	}
}
