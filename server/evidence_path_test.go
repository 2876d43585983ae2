package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/replay"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// filming runs a camera on loopback until the test ends and returns its address.
func filming(t *testing.T) string {
	t.Helper()
	cam, err := mediatest.NewCamera(mediatest.Options{
		ClipOptions: mediatest.ClipOptions{Width: 320, Height: 180, FPS: 12, KeyEvery: time.Second, Length: 4 * time.Second}, User: "relay", Pass: "bí mật",
	})
	if err != nil {
		t.Skipf("no camera to film with: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- cam.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return cam.URL()
}

// newFilmed is a centre with the flood rule, and a camera that sees the station.
func newFilmed(t *testing.T) *centre {
	t.Helper()
	url := filming(t)
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.write("rules.yaml", ruleFile)
	c.write("camera.password", "bí mật\n")
	c.configure("rules: rules.yaml\nevidence: {before: 2s, after: 2s}\nstations:\n  - {id: cau-lau, name: Câu Lâu, what: level, pos: [108.28, 15.86], area: " + daNang + "}\n" +
		"cameras:\n" +
		"  - {id: cau, name: Cầu Câu Lâu, pos: [108.279, 15.86], heading: 90, view: 60, reach: 400, replay: 60s, area: " + daNang + ", user: relay, password: \"file:camera.password\", streams: [{name: main, url: \"" + url + "\"}]}\n" +
		"  - {id: sau-lung, name: Sau lưng, pos: [108.279, 15.86], heading: 270, view: 60, reach: 400, replay: 60s, area: " + daNang + ", user: relay, password: \"file:camera.password\", streams: [{name: main, url: \"" + url + "\"}]}\n")
	c.start()
	t.Cleanup(c.stop)
	return c
}

// kept waits until the relay can replay so much of the camera.
func (c *centre) kept(token, camera string, seconds float64) {
	c.tb.Helper()
	eventually(c.tb, "pictures of "+camera+" to replay", func() bool {
		var list struct {
			Cameras []struct {
				ID      string
				State   string
				Streams []struct{ Kept float64 }
			}
		}
		_, text := c.do("GET", "/api/cameras", token, "", "")
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			c.tb.Fatal(err, text)
		}
		for _, x := range list.Cameras {
			if x.ID == camera && x.State == "live" && len(x.Streams) == 1 && x.Streams[0].Kept >= seconds {
				return true
			}
		}
		return false
	})
}

// film fetches a file and checks it against the sum in its header or trailer.
func (c *centre) film(path, token string) (replay.Clip, error) {
	c.tb.Helper()
	req, err := http.NewRequest("GET", "http://"+c.Addr()+path, nil)
	if err != nil {
		c.tb.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return replay.Clip{}, err // broken off before the first byte
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return replay.Clip{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return replay.Clip{}, fmt.Errorf("%d %s", resp.StatusCode, data)
	}
	sum := sha256.Sum256(data)
	said := resp.Header.Get("X-Content-SHA256") + resp.Trailer.Get("X-Content-SHA256")
	if said != hex.EncodeToString(sum[:]) {
		return replay.Clip{}, fmt.Errorf("the sum is said to be %q", said)
	}
	return replay.Read(strings.NewReader(string(data)), replay.Limits{})
}

// whole reports what is wrong with the pictures of a clip of a camera that sends
// twelve a second and loses none.
func whole(clip replay.Clip, from, to time.Time) error {
	if len(clip.Gaps) > 0 {
		return fmt.Errorf("gaps %v", clip.Gaps)
	}
	if len(clip.Units) == 0 || !clip.Units[0].Key {
		return errors.New("it does not begin with a key picture")
	}
	for i := 1; i < len(clip.Units); i++ {
		if d := clip.Units[i].PTS - clip.Units[i-1].PTS; d < 80*time.Millisecond || d > 87*time.Millisecond {
			return fmt.Errorf("picture %d comes %v after the one before", i, d)
		}
	}
	first, last := clip.Units[0].Arrived, clip.Units[len(clip.Units)-1].Arrived
	if first.After(from.Add(100*time.Millisecond)) || last.Before(to.Add(-200*time.Millisecond)) {
		return fmt.Errorf("it shows %v to %v instead of %v to %v", first, last, from, to)
	}
	return nil
}

// From the camera to the file that can stand as evidence: an alert is raised, the
// camera that sees the place is found, what it saw before and after is kept, the
// file is whole and its sum is in the history. A file that was changed is not
// handed out whole.
func TestEvidenceOfAnAlert(t *testing.T) {
	c := newFilmed(t)
	mai := c.token("Mai", auth.Operator)
	c.kept(mai, "cau", 4)
	c.observe(c.token("Đài", auth.Provider), readingJSON("cau-lau", 4.12))
	var clip world.Clip
	c.look(mai).until("the evidence", func(s *world.State) bool {
		a, _ := alertOf(s)
		for _, x := range s.ClipsOf("", a.ID) {
			clip = x
		}
		return a.ID != "" && clip.Done != 0
	})
	if clip.Camera != "cau" || !clip.Ready() || clip.By != "" || clip.Saved.Alert != clip.Alert || clip.Saved.Missing != 0 || clip.Area != daNang {
		t.Fatalf("%+v", clip)
	}
	film, err := c.film("/api/clips/"+clip.ID, mai)
	if err == nil {
		err = whole(film, clip.From.Std(), clip.To.Std())
	}
	if err != nil || len(film.Units) != clip.Saved.Frames {
		t.Errorf("%v; %d pictures, %d were saved", err, len(film.Units), clip.Saved.Frames)
	}
	asked := 0
	for _, e := range c.events() {
		if b, ok := e.Body.(world.ClipAsked); ok && b.Alert == clip.Alert {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("asked for %d times", asked)
	}

	// Who may not see the camera does not see its pictures.
	far := c.token("Cà Mau", auth.Operator, caMau)
	if status, _ := c.do("GET", "/api/clips/"+clip.ID, far, "", ""); status != http.StatusNotFound {
		t.Errorf("another area gets %d", status)
	}
	if _, text := c.do("GET", "/api/clips", far, "", ""); strings.TrimSpace(text) != "[]" {
		t.Errorf("another area is told of %s", text)
	}

	// What walls have no room for any more can be fetched all the same.
	if err := c.loop.Put(t.Context(), "test", []world.Observation{{Body: world.EntityGone{Ref: clip.Ref(), Reason: "no room"}}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "an old clip", func() bool {
		film, err := c.film("/api/clips/"+clip.ID, mai)
		return err == nil && len(film.Units) == clip.Saved.Frames
	})
	if status, _ := c.do("GET", "/api/clips/"+clip.ID, far, "", ""); status != http.StatusNotFound {
		t.Errorf("another area gets %d for an old clip", status)
	}

	spoil(t, c.path("data"), clip.Saved.SHA256)
	if _, err := c.film("/api/clips/"+clip.ID, mai); err == nil {
		t.Error("a changed file was handed out")
	}
	eventually(t, "that the change was noticed", func() bool {
		for _, e := range c.events() {
			if b, ok := e.Body.(world.Audited); ok && b.Act == "recording.read" && !b.OK && strings.Contains(b.Object, clip.ID) && strings.Contains(b.Reason, "damaged") {
				return true
			}
		}
		return false
	})
}

// spoil changes one byte in the middle of the stored file.
func spoil(t *testing.T, data, sum string) {
	t.Helper()
	found := false
	err := filepath.WalkDir(data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(filepath.Base(path), sum[2:]) {
			return err
		}
		found = true
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		raw[len(raw)/2] ^= 1
		return errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, raw, 0o600))
	})
	if err != nil || !found {
		t.Fatalf("the file of %s: %v", sum, err)
	}
}

// What people ask for is kept, also when the server is restarted in between: then
// it is saved or said to be lost, and never forgotten.
func TestClipOfAPerson(t *testing.T) {
	c := newFilmed(t)
	mai := c.token("Mai", auth.Operator)
	c.kept(mai, "cau", 4)
	eye := c.look(mai)
	now := time.Now()
	ask := act.SaveClip{ID: "vu-1", Camera: "cau", From: world.TimeOf(now.Add(-3 * time.Second)), To: world.TimeOf(now.Add(time.Second)), Note: "vụ va chạm"}
	for i := range 2 { // asked twice is asked once
		if r := eye.order(act.Command{ID: fmt.Sprint(i), Act: ask}); !r.OK {
			t.Fatalf("refused: %s", r.Reason)
		}
	}
	var clip world.Clip
	eye.until("the clip", func(s *world.State) bool { clip, _ = s.Clip("vu-1"); return clip.Ready() })
	film, err := c.film("/api/clips/vu-1", mai)
	if err == nil {
		err = whole(film, ask.From.Std(), ask.To.Std())
	}
	if err != nil || clip.Name != "Mai" || clip.Saved.By == "" {
		t.Errorf("%v; %+v", err, clip)
	}
	for name, bad := range map[string]act.SaveClip{
		"has no stream":   {ID: "x", Camera: "cau", Stream: "phụ", From: ask.From, To: ask.To},
		"these are older": {ID: "x", Camera: "cau", From: ask.From.Add(-time.Hour), To: ask.From.Add(-50 * time.Minute)},
		"at most":         {ID: "x", Camera: "cau", From: ask.From.Add(-time.Hour), To: ask.To},
		"is not after":    {ID: "x", Camera: "cau", From: ask.To, To: ask.From},
		"no camera":       {ID: "x", Camera: "không có", From: ask.From, To: ask.To},
		"no alert":        {ID: "x", Camera: "cau", From: ask.From, To: ask.To, Alert: "không có"},
		"a clip \"vu-1\"": {ID: "vu-1", Camera: "sau-lung", From: ask.From, To: ask.To},
		"not an id":       {ID: "../x", Camera: "cau", From: ask.From, To: ask.To},
		"ahead":           {ID: "x", Camera: "cau", From: ask.From, To: ask.To.Add(8 * time.Minute)},
	} {
		if r := eye.order(act.Command{ID: name, Act: bad}); r.OK || !strings.Contains(r.Reason, name) {
			t.Errorf("%s: %+v", name, r)
		}
	}

	// The replay door shows the same without keeping it.
	path := fmt.Sprintf("/api/cameras/cau/replay?from=%d&to=%s", now.Add(-3*time.Second).UnixMilli(), now.UTC().Format(time.RFC3339Nano))
	film, err = c.film(path, mai)
	if err == nil {
		err = whole(film, now.Add(-3*time.Second), now)
	}
	if err != nil {
		t.Errorf("replay: %v", err)
	}
	for path, want := range map[string]int{
		"/api/cameras/cau/replay":                        400,
		"/api/cameras/cau/replay?from=gestern&to=1":      400,
		"/api/cameras/cau/replay?from=1&to=2":            404,
		"/api/cameras/cau/replay?from=1&to=900000&x=1":   400,
		"/api/cameras/khong/replay?from=1&to=2":          404,
		"/api/cameras/cau/replay?from=1&to=2&stream=phụ": 400,
	} {
		if status, text := c.do("GET", path, mai, "", ""); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, text, want)
		}
	}

	ask = act.SaveClip{ID: "vu-2", Camera: "cau", From: world.TimeOf(time.Now()), To: world.TimeOf(time.Now().Add(5 * time.Second))}
	if r := eye.order(act.Command{ID: "again", Act: ask}); !r.OK {
		t.Fatalf("refused: %s", r.Reason)
	}
	c.stop()
	c.start()
	c.look(mai).until("an outcome after the restart", func(s *world.State) bool { clip, _ = s.Clip("vu-2"); return clip.Done != 0 })
	if clip.Ready() && clip.Saved.Missing == 0 {
		t.Errorf("nothing is missing although the relay was restarted: %+v", clip)
	}
}
