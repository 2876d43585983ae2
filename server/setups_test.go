package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/media/onvif/onviftest"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/setup"
	"iocwall/server/world"
)

// twoCameras is what a technician's server begins with.
const twoCameras = `cameras: # ours
  # the bridge
  - id: cau
    name: Cầu Câu Lâu   # people call it so
    pos: [108.28, 15.85]
    heading: 40
    streams:
      - {name: main, url: "rtsp://127.0.0.1:9/old"}   # was set by hand
  - {id: khac, name: Khác, pos: [108, 15], streams: [{name: main, url: "rtsp://127.0.0.1:9/x"}]}

# stations follow
stations: []
`

// ask is do with headers, decoding the answer.
func (c *centre) ask(method, path, token, body string, into any, header ...string) int {
	c.tb.Helper()
	req, err := http.NewRequest(method, "http://"+c.Addr()+path, strings.NewReader(body))
	if err != nil {
		c.tb.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		c.tb.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.tb.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			c.tb.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return resp.StatusCode
}

func (c *centre) config(token string) setup.Text {
	c.tb.Helper()
	var t setup.Text
	if status := c.ask("GET", "/api/setup/config", token, "", &t); status != http.StatusOK {
		c.tb.Fatalf("the configuration: %d", status)
	}
	return t
}

// onDisk reads the configuration from the disk.
func (c *centre) onDisk(suffix string) string {
	c.tb.Helper()
	raw, err := os.ReadFile(c.path("ioc.yaml" + suffix))
	if err != nil {
		c.tb.Fatal(err)
	}
	return string(raw)
}

type no struct {
	Error    string        `json:"error"`
	Code     string        `json:"code"`
	Version  string        `json:"version"`
	Problems []setup.Fault `json:"problems"`
}

// A configuration is changed through its door: checked, written, kept, taken over and
// audited; what is refused changes nothing.
func TestConfigurationThroughItsDoor(t *testing.T) {
	c := newCentre(t, twoCameras)
	tech := c.token("Bảo", auth.Technician)
	e := c.look(tech)
	e.until("two cameras", func(s *world.State) bool { return s.Count(world.KindCamera) == 2 })
	was := c.config(tech)
	if was.Version != was.Running || was.Text != c.onDisk("") || len(was.Problems) > 0 {
		t.Fatalf("at the start: %+v", was)
	}

	put := func(text, version, query string, into any) int {
		return c.ask("PUT", "/api/setup/config"+query, tech, text, into, "If-Match", version)
	}
	var refused no
	for _, x := range []struct {
		what, text, version string
		status              int
		code, says          string
	}{
		{"a mistake", strings.Replace(was.Text, "pos: [108.28, 15.85]", "pos: nowhere", 1), was.Version, 422, "problems", "mistake"},
		{"another version", was.Text + "# x\n", "0123456789abcdef", 412, "version", "somebody else"},
		{"no version", was.Text + "# x\n", "", 428, "version", "If-Match"},
		{"another address", strings.Replace(was.Text, "listen: 127.0.0.1:0", "listen: 127.0.0.1:1", 1), was.Version, 403, "administrator", "only an administrator"},
		{"other evidence", was.Text + "evidence: {before: 5s}\n", was.Version, 409, "restart", "needs a restart"},
		{"a secret that is not there", strings.Replace(was.Text, "heading: 40", "heading: 40\n    user: u\n    password: env:IOCWALL_TEST_UNSET", 1), was.Version, 409, "refused", "IOCWALL_TEST_UNSET is not set"},
		{"a mask", was.Text + "# •••\n", was.Version, 422, "problems", "mistake"},
	} {
		refused = no{}
		if status := put(x.text, x.version, "", &refused); status != x.status || refused.Code != x.code || !strings.Contains(refused.Error, x.says) {
			t.Errorf("%s: %d %+v", x.what, status, refused)
		}
		if got := c.config(tech); got.Version != was.Version || got.Running != was.Version || c.onDisk("") != was.Text {
			t.Errorf("%s: the file changed", x.what)
		}
	}
	var checked struct {
		OK       bool
		Problems []setup.Fault
		Changes  []setup.Change
	}
	bad := strings.Replace(was.Text, "pos: [108.28, 15.85]", "pos: [108.28, 15.85]\n    nosuch: 1\n    view: 900", 1)
	if c.ask("POST", "/api/setup/config/check", tech, bad, &checked); checked.OK || len(checked.Problems) != 2 || checked.Problems[0].Line == 0 || checked.Problems[0].Column == 0 {
		t.Errorf("checked: %+v", checked)
	}

	next := strings.Replace(was.Text, "Cầu Câu Lâu ", "Cầu mới ", 1)
	next = strings.Replace(next, "stations: []", "stations:\n  - {id: tram, name: Trạm, what: water, pos: [108, 15]}", 1)
	var done setup.Result
	if status := put(next, was.Version, "", &done); status != http.StatusOK || len(done.Changes) != 2 {
		t.Fatalf("put: %d %+v", status, done)
	}
	e.until("the station and the name", func(s *world.State) bool {
		cam, _ := s.Camera("cau")
		_, there := s.Station("tram")
		return there && cam.Name == "Cầu mới"
	})
	if got := c.config(tech); got.Running != done.Version || got.Version != done.Version || c.onDisk("") != next || c.onDisk(".1") != was.Text {
		t.Errorf("afterwards: %+v", got)
	}
	eventually(t, "the change is audited", func() bool {
		for _, ev := range c.events() {
			if a, ok := ev.Body.(world.Audited); ok && a.Act == "config.write" && a.OK && strings.Contains(a.Reason, "cameras ~cau; stations +tram") && ev.Source != "" {
				return true
			}
		}
		return false
	})
	// What is written for later counts with the next start.
	later := next + "evidence: {before: 5s}\n"
	if status := put(later, done.Version, "?later=1", &done); status != http.StatusOK || len(done.Pending) != 1 {
		t.Errorf("later: %d %+v", status, done)
	}
	if h := c.health(tech); len(h.code("config.pending")) != 1 {
		t.Errorf("nothing is said of what is pending: %+v", h.Items)
	}
}

type health setup.Health

func (h health) code(code string) (out []setup.Item) {
	for _, it := range h.Items {
		if it.Code == code {
			out = append(out, it)
		}
	}
	return out
}

func (c *centre) health(token string) (h health) {
	c.tb.Helper()
	if status := c.ask("GET", "/api/setup/health", token, "", &h); status != http.StatusOK {
		c.tb.Fatalf("health: %d", status)
	}
	return h
}

// A text that was written and not taken over any more, since the server was killed in
// between, is what the next start runs with; five texts before it are kept.
func TestConfigurationIsWholeAfterAKill(t *testing.T) {
	c := newCentre(t, twoCameras)
	tech := c.token("Bảo", auth.Technician)
	for i := range 7 {
		v := c.config(tech)
		if status := c.ask("PUT", "/api/setup/config", tech, v.Text+fmt.Sprintf("# %d\n", i), nil, "If-Match", v.Version); status != http.StatusOK {
			t.Fatalf("put %d: %d", i, status)
		}
	}
	for i := range 5 {
		if !strings.HasSuffix(c.onDisk(fmt.Sprintf(".%d", i+1)), fmt.Sprintf("# %d\n", 5-i)) {
			t.Errorf("kept %d: %q", i+1, c.onDisk(fmt.Sprintf(".%d", i+1)))
		}
	}
	if _, err := os.Stat(c.path("ioc.yaml.6")); err == nil {
		t.Error("a sixth is kept")
	}
	c.stop()
	c.write("ioc.yaml", strings.Replace(c.onDisk(""), "id: khac, name: Khác", "id: khac, name: Sau khi tắt", 1))
	c.start()
	e := c.look(c.token("Bảo", auth.Technician))
	e.until("the text of the file", func(s *world.State) bool { cam, _ := s.Camera("khac"); return cam.Name == "Sau khi tắt" })
}

// Cameras come by a table, one by one and by ONVIF, and go; the rest of the text stays.
func TestCamerasThroughTheirDoors(t *testing.T) {
	c := newCentre(t, twoCameras)
	tech := c.token("Bảo", auth.Technician)
	e := c.look(tech)
	table := "id,name,lat,lon,main\ncau,Cầu Câu Lâu,15.85,108.28,rtsp://127.0.0.1:9/new\nben,Bến,15.9,108.4,rtsp://127.0.0.1:9/ben\n"
	var got setup.Import
	if status := c.ask("POST", "/api/setup/cameras/csv", tech, table, &got); status != http.StatusOK || got.Done || len(got.Rows) != 2 || got.Rows[0].What != "changed" || got.Rows[1].What != "new" || got.Rows[1].Line != 3 {
		t.Fatalf("dry run: %d %+v", status, got)
	}
	if c.config(tech).Version != got.Version {
		t.Error("a dry run wrote")
	}
	bad := setup.Import{}
	if c.ask("POST", "/api/setup/cameras/csv?apply=1", tech, table+"x y,,,,http://\n", &bad); len(bad.Problems) < 3 || bad.Done {
		t.Errorf("a bad table: %+v", bad)
	}
	if status := c.ask("POST", "/api/setup/cameras/csv?apply=1", tech, table, &got, "If-Match", got.Version); status != http.StatusOK || !got.Done {
		t.Fatalf("apply: %d %+v", status, got)
	}
	e.until("the third camera", func(s *world.State) bool { _, there := s.Camera("ben"); return there })
	for _, kept := range []string{"cameras: # ours\n", "  # the bridge\n", "# people call it so\n", "# stations follow\n"} {
		if !strings.Contains(c.onDisk(""), kept) {
			t.Errorf("%q is gone", kept)
		}
	}

	// One by hand, with a password that is told to nobody.
	var done setup.Result
	one := `{"set":{"id":"cong","name":"Cổng KCN","pos":[108.3,15.8],"main":"rtsp://127.0.0.1:9/c","user":"viewer","password":"hunter2"}}`
	if status := c.ask("POST", "/api/setup/cameras", tech, one, &done); status != http.StatusOK {
		t.Fatalf("set: %d", status)
	}
	e.until("the camera", func(s *world.State) bool { _, there := s.Camera("cong"); return there })
	var why no
	for body, status := range map[string]int{
		`{"set":{"id":"a b"}}`:                           422,
		`{"set":{"id":"x","name":"X"}}`:                  422,
		`{"remove":"congg"}`:                             404,
		`{}`:                                             400,
		`{"set":{"id":"x"},"remove":"y"}`:                400,
		`{"set":{"id":"x","pasword":"hunter2"}}`:         400,
		`{"set":{"id":"cau","password":"hunter2\nx"}}`:   422,
		`{"set":{"id":"cau","main":"rtsp://u:p@h/x"}}`:   422,
		`{"set":{"id":"cau","password":{"a":"hunter2"}}`: 400,
	} {
		why = no{}
		if got := c.ask("POST", "/api/setup/cameras", tech, body, &why); got != status || why.Error == "" || strings.Contains(why.Error, "hunter2") {
			t.Errorf("%s: %d %+v", body, got, why)
		}
	}
	if status := c.ask("POST", "/api/setup/cameras", tech, `{"remove":"khac"}`, &done); status != http.StatusOK {
		t.Fatalf("remove: %d", status)
	}
	e.until("one less", func(s *world.State) bool { _, there := s.Camera("khac"); return !there })

	// By ONVIF.
	ready := make(chan string, 1)
	ctx := t.Context()
	go func() {
		_ = onviftest.New(onviftest.Options{User: "viewer", Password: "hunter3", Manufacturer: "Acme", Model: "X1"}).Run(ctx, func(a string) { ready <- a })
	}()
	address := <-ready
	var found struct {
		Found []setup.Found `json:"found"`
	}
	if status := c.ask("POST", "/api/setup/cameras/discover", tech, fmt.Sprintf(`{"addresses":[%q],"seconds":0.3}`, address), &found); status != http.StatusOK || len(found.Found) != 1 {
		t.Fatalf("discover: %d %+v", status, found)
	}
	ask := fmt.Sprintf(`{"address":%q,"user":"viewer","password":"hunter3","pos":[108.2,15.7],"site":"Tủ 1","apply":`, address)
	if status := c.ask("POST", "/api/setup/cameras/onvif", tech, strings.Replace(ask, "hunter3", "wrong", 1)+`true}`, &why); status != http.StatusBadGateway || why.Code != "login-refused" {
		t.Errorf("a wrong password: %d %+v", status, why)
	}
	if status := c.ask("POST", "/api/setup/cameras/onvif", tech, ask+`false}`, &got); status != http.StatusOK || len(got.Rows) != 1 || got.Rows[0].What != "new" || len(got.Notes) == 0 {
		t.Fatalf("onvif: %d %+v", status, got)
	}
	id := got.Rows[0].ID
	if status := c.ask("POST", "/api/setup/cameras/onvif", tech, ask+`true}`, &got); status != http.StatusOK || !got.Done {
		t.Fatalf("onvif: %d %+v", status, got)
	}
	e.until("the camera of the network", func(s *world.State) bool { cam, there := s.Camera(id); return there && cam.Site == "Tủ 1" })

	secrets, err := os.ReadDir(filepath.Join(c.path("data"), "secrets"))
	if err != nil || len(secrets) != 2 {
		t.Errorf("secrets %v, %v", secrets, err)
	}
	for _, f := range secrets {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
	}
	raw, _ := json.Marshal(c.events())
	for _, secret := range []string{"hunter2", "hunter3"} {
		if strings.Contains(c.logs.String()+c.onDisk("")+string(raw)+c.config(tech).Text, secret) {
			t.Errorf("%s is told", secret)
		}
	}
}

// Only those who have the right come through the doors.
func TestSetupRights(t *testing.T) {
	c := newCentre(t, twoCameras)
	doors := [][2]string{
		{"GET", "/api/setup/config"},
		{"PUT", "/api/setup/config"},
		{"POST", "/api/setup/config/check"},
		{"GET", "/api/setup/health"},
		{"GET", "/api/setup/logs"},
		{"POST", "/api/setup/cameras"},
		{"POST", "/api/setup/cameras/csv"},
		{"POST", "/api/setup/cameras/discover"},
		{"POST", "/api/setup/cameras/onvif"},
		{"POST", "/api/setup/areas"},
		{"PUT", "/api/setup/areas"},
	}
	for _, role := range auth.Roles() {
		token := c.token("x", role)
		may := role == auth.Administrator || role == auth.Technician
		for _, d := range doors {
			status, _ := c.do(d[0], d[1], token, "", "{")
			if (status != http.StatusForbidden) != may {
				t.Errorf("%s %s %s: %d", role, d[0], d[1], status)
			}
		}
	}
	if status, _ := c.do("GET", "/api/setup/config", "", "", ""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
}

// A technician changes nothing that decides who gets in, not even for the next start;
// what an administrator wrote is in nobody's way.
func TestTechnicianOpensNoDoor(t *testing.T) {
	c := newCentre(t, twoCameras)
	tech, admin := c.token("Bảo", auth.Technician), c.token("An", auth.Administrator)
	was := c.config(tech)
	put := func(token, text, version string, into any) int {
		return c.ask("PUT", "/api/setup/config?later=1", token, text, into, "If-Match", version)
	}
	for what, text := range map[string]string{
		"data":   strings.Replace(was.Text, "data: data", "data: other", 1),
		"listen": strings.Replace(was.Text, "listen: 127.0.0.1:0", "listen: 127.0.0.2:0", 1),
		"tls":    was.Text + "tls: {proxy: true}\n",
		"auth":   was.Text + "auth: {session: 720h, idle: 720h}\n",
		"relay":  strings.Replace(was.Text, `relay: {listen: "127.0.0.1:0"}`, `relay: {listen: "127.0.0.1:0", public: "evil.example:554"}`, 1),
	} {
		if text == was.Text {
			t.Fatalf("%s: nothing was changed", what)
		}
		if what == "tls" {
			text = strings.Replace(text, `relay: {listen: "127.0.0.1:0"}`, `relay: {listen: "127.0.0.1:0", public: "h:554"}`, 1)
		}
		var refused no
		if status := put(tech, text, was.Version, &refused); status != http.StatusForbidden || refused.Code != "administrator" || !strings.Contains(refused.Error, what) {
			t.Errorf("%s: %d %+v", what, status, refused)
		}
		if c.onDisk("") != was.Text {
			t.Fatalf("%s was written", what)
		}
	}
	var done setup.Result
	later := strings.Replace(was.Text, "listen: 127.0.0.1:0", "listen: 127.0.0.2:0", 1)
	if status := put(admin, later, was.Version, &done); status != http.StatusOK || len(done.Pending) != 1 {
		t.Fatalf("an administrator: %d %+v", status, done)
	}
	if status := put(tech, later+"# looked at\n", done.Version, &done); status != http.StatusOK {
		t.Errorf("a technician after it: %d", status)
	}
}

// Who is bound to areas neither sees nor changes what is of the whole centre.
func TestBoundsAtTheDoorsOfTheWhole(t *testing.T) {
	c := newCentre(t, "")
	for _, role := range []auth.Role{auth.Administrator, auth.Technician} {
		token := c.token("x", role, daNang)
		for _, d := range [][2]string{
			{"GET", "/api/setup/config"},
			{"PUT", "/api/setup/config"},
			{"GET", "/api/setup/health"},
			{"GET", "/api/setup/logs"},
			{"POST", "/api/setup/cameras"},
			{"PUT", "/api/setup/areas"},
			{"POST", "/api/nodes/codes"},
			{"GET", "/api/users"},
			{"POST", "/api/users"},
			{"PATCH", "/api/users/x"},
			{"POST", "/api/users/x/reset"},
		} {
			if status, text := c.do(d[0], d[1], token, "application/json", "{}"); status != http.StatusForbidden {
				t.Errorf("%s %s %s: %d %s", role, d[0], d[1], status, text)
			}
		}
	}
}

// What is wrong is told with its cause, the worst first; the log of one thing holds
// nothing of others.
func TestWhatIsWrong(t *testing.T) {
	c := newCentre(t, twoCameras+`sources:
  - {name: ais1, kind: ais, connect: "127.0.0.1:9"}
wall: {columns: 2, rows: 1, nodes: [1, 1]}
`)
	tech := c.token("Bảo", auth.Technician)
	var h health
	eventually(t, "the source is told of", func() bool { h = c.health(tech); return len(h.code("source.retrying")) == 1 })
	it := h.code("source.retrying")[0]
	if it.Since == 0 || it.Values["reason"] == "" || it.Link != "sources/ais1" || it.Action == "" {
		t.Errorf("%+v", it)
	}
	if never := h.code("nodes.never"); len(never) != 1 || never[0].Count != 2 {
		t.Errorf("computers that never came: %+v", never)
	}
	for i := 1; i < len(h.Items); i++ {
		if h.Items[i-1].Severity.Rank() < h.Items[i].Severity.Rank() {
			t.Errorf("%s before %s", h.Items[i-1].Code, h.Items[i].Code)
		}
	}
	var logs struct {
		Lines []setup.Line `json:"lines"`
		About []string     `json:"about"`
	}
	eventually(t, "lines of the source", func() bool {
		c.ask("GET", "/api/setup/logs?about=source/ais1&limit=50", tech, "", &logs)
		return len(logs.Lines) > 0
	})
	for _, l := range logs.Lines {
		if l.About != "source/ais1" {
			t.Errorf("%+v", l)
		}
	}
	last := logs.Lines[len(logs.Lines)-1]
	c.ask("GET", fmt.Sprintf("/api/setup/logs?since=%d", last.Seq-1), tech, "", &logs)
	if len(logs.Lines) == 0 || logs.Lines[0].Seq != last.Seq || time.Since(logs.Lines[0].At.Std()) > time.Hour {
		t.Errorf("since: %+v", logs.Lines)
	}
	if status := c.ask("GET", "/api/setup/logs?limit=x", tech, "", nil); status != http.StatusBadRequest {
		t.Errorf("a limit that is none: %d", status)
	}
}

// A layer of areas is looked at, and nothing changes.
func TestAreasAreLookedAt(t *testing.T) {
	c := newCentre(t, "")
	tech := c.token("Bảo", auth.Technician)
	layer := `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108.3,15.86],[108.34,15.86],[108.34,15.9],[108.3,15.9],[108.3,15.86]]]},"properties":{"name":"Hội An"}},{"type":"Feature","geometry":{"type":"Point","coordinates":[108,15]},"properties":{"name":"Điểm"}}]}`
	var got setup.Layer
	if status := c.ask("POST", "/api/setup/areas?level=commune&parent=vn/da-nang-2025&from=2025-07-01", tech, layer, &got); status != http.StatusOK || got.New != 1 || got.Rejected != 1 || len(got.Faults) != 1 {
		t.Errorf("%d %+v", status, got)
	}
	var why no
	if status := c.ask("POST", "/api/setup/areas?level=commune&parent=nowhere", tech, layer, &why); status != http.StatusUnprocessableEntity || why.Error == "" {
		t.Errorf("%d %+v", status, why)
	}
}

// A layer of areas is taken over as it was looked at: at once, with its outlines on the
// map, who did it in the history, and after the next start; what is refused changes
// nothing.
func TestAreasAreTakenOver(t *testing.T) {
	c := newCentre(t, "")
	tech := c.token("Bảo", auth.Technician)
	const query, one = "/api/setup/areas?level=commune&parent=vn/da-nang-2025&from=2025-07-01", "vn/da-nang-2025/thu-mot"
	square := func(size, name string) string {
		return `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108.3,15.86],[` + size + `,15.86],[` + size + `,15.9],[108.3,15.9],[108.3,15.86]]]},"properties":{"name":"` + name + `"}}`
	}
	layer := func(features ...string) string {
		return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	}
	e := c.look(tech)
	first := layer(square("108.34", "Thử Một"))
	var seen, done setup.Layer
	if status := c.ask("POST", query, tech, first, &seen); status != http.StatusOK || seen.New != 1 || seen.Version == "" {
		t.Fatalf("%d %+v", status, seen)
	}
	for version, want := range map[string]int{"": http.StatusPreconditionRequired, "0123456789abcdef": http.StatusPreconditionFailed} {
		if status := c.ask("PUT", query, tech, first, nil, "If-Match", version); status != want {
			t.Errorf("from %q: %d", version, status)
		}
	}
	if status := c.ask("PUT", query, tech, layer(square("108.35", "Thử Một")), nil, "If-Match", seen.Version); status != http.StatusPreconditionFailed {
		t.Errorf("another layer: %d", status)
	}
	if _, err := os.Stat(c.path("data/areas.added.json")); err == nil {
		t.Error("what was refused is in the file")
	}
	if status := c.ask("PUT", query, tech, first, &done, "If-Match", `"`+seen.Version+`"`); status != http.StatusOK || done.New != 1 {
		t.Fatalf("%d %+v", status, done)
	}
	e.until("the area and its outline", func(s *world.State) bool {
		a, there := s.Area(one)
		l, _ := s.Entity(world.NewRef(world.KindLayer, "areas-added"))
		is, _ := l.(world.Layer)
		return there && a.Name == "Thử Một" && is.Is.Areas && is.Is.Features == 1 && is.Is.By == "Bảo"
	})
	eventually(t, "who did it is audited", func() bool {
		for _, ev := range c.events() {
			if a, ok := ev.Body.(world.Audited); ok && a.Act == "areas.write" && a.OK && a.Reason == "+1 ~0 -0" && a.Object == "commune in vn/da-nang-2025" && ev.Source != "" {
				return true
			}
		}
		return false
	})
	// Cameras may lie in it now, and the next start knows it.
	c.configure("cameras:\n  - {id: cau, name: Cầu, pos: [108.32, 15.88], area: " + one + ", streams: [{name: main, url: \"rtsp://127.0.0.1:9/x\"}]}\n")
	c.stop()
	c.start()
	second := layer(square("108.35", "Thử Một"), strings.ReplaceAll(square("108.45", "Thử Hai"), "108.3,", "108.41,"))
	if status := c.ask("POST", query, tech, second, &seen); status != http.StatusOK || seen.New != 1 || seen.Redrawn != 1 {
		t.Fatalf("after a restart: %d %+v", status, seen)
	}
	from := strings.Replace(query, "2025-07-01", "2026-01-01", 1) + "&end=1"
	if status := c.ask("POST", from, tech, layer(square("108.45", "Thử Hai")), &seen); status != http.StatusOK || seen.New != 1 || seen.Ending == 0 {
		t.Fatalf("%d %+v", status, seen)
	}
	if status := c.ask("PUT", from+"&version="+seen.Version, tech, layer(square("108.45", "Thử Hai")), &done); status != http.StatusOK {
		t.Fatalf("%d %+v", status, done)
	}
	c.look(tech).until("the end of the first", func(s *world.State) bool {
		a, _ := s.Area(one)
		return a.Until == world.TimeOf(time.Date(2025, 12, 31, 17, 0, 0, 0, time.UTC))
	})
}

// Of two people who lay out a wall the second is told of the first.
func TestWallChangedMeanwhile(t *testing.T) {
	c := newCentre(t, "wall: {columns: 2, rows: 1, nodes: [1, 1]}\n")
	e := c.look(c.token("Bảo", auth.Technician))
	var w world.Wall
	e.until("the wall", func(s *world.State) bool { w, _ = s.Wall("main"); return len(w.Screens) == 2 })
	next := w.WallDefined
	next.Screens = append([]world.Screen(nil), w.Screens...)
	next.Screens[1].X += 6
	if r := e.order(act.Command{ID: "a", Act: act.SaveWall{Wall: next, From: w.Defined}}); !r.OK {
		t.Fatal(r.Reason)
	}
	if r := e.order(act.Command{ID: "b", Act: act.SaveWall{Wall: next, From: w.Defined}}); r.OK || !strings.Contains(r.Reason, "Bảo changed the wall main meanwhile") {
		t.Errorf("%+v", r)
	}
}
