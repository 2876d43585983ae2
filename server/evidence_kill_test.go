package server

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"iocwall/media/replay"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// The server is killed, and its relay with it, while it keeps what a camera saw of an alert. What it had kept on disk is
// in the file that is handed out after the next start, with what the camera showed then.
func TestEvidenceOfAKilledServer(t *testing.T) {
	url := filming(t)
	dir, provider := folder(t, "rules: rules.yaml\nevidence: {before: 2s, after: 20s}\n"+
		"stations:\n  - {id: cau-lau, name: Câu Lâu, what: level, pos: [108.28, 15.86], area: "+daNang+"}\n"+
		"cameras:\n  - {id: cau, name: Cầu, pos: [108.279, 15.86], heading: 90, view: 60, reach: 400, replay: 60s, area: "+daNang+
		", user: relay, password: \"file:camera.password\", streams: [{name: main, url: \""+url+"\"}]}\n")
	c := &centre{tb: t, dir: dir, logs: &journalText{}}
	c.write("rules.yaml", ruleFile)
	c.write("camera.password", "bí mật\n")

	killed := spawn(t, dir)
	killed.ready()
	if status, err := killed.post(http.DefaultClient, "/api/observations", provider, readingJSON("cau-lau", 4.12)); err != nil || status != http.StatusOK {
		t.Fatalf("%d, %v\n%s", status, err, killed.logs)
	}
	// left reads the file that is being written.
	left := func() replay.Clip {
		files, err := filepath.Glob(c.path("data/evidence/new/*"))
		if err != nil || len(files) != 1 {
			return replay.Clip{}
		}
		raw, err := os.ReadFile(files[0])
		if err != nil {
			return replay.Clip{}
		}
		clip, _ := replay.Read(bytes.NewReader(raw), replay.Limits{}) // it is not whole
		return clip
	}
	eventually(t, "three seconds of the clip on disk", func() bool { return len(left().Units) >= 36 })
	killed.kill()
	before := left().Units

	c.start()
	t.Cleanup(c.stop)
	mai := c.token("Mai", auth.Operator)
	var clip world.Clip
	c.look(mai).until("the evidence", func(s *world.State) bool {
		for _, x := range s.ClipsOf("cau", "") {
			clip = x
		}
		return clip.Done != 0
	})
	if !clip.Ready() || clip.Saved.Gaps == 0 || clip.Saved.Missing == 0 {
		t.Fatalf("%+v", clip)
	}
	film, err := c.film("/api/clips/"+clip.ID, mai)
	if err != nil || len(film.Units) != clip.Saved.Frames {
		t.Fatalf("%v; %d pictures, %d were saved", err, len(film.Units), clip.Saved.Frames)
	}
	if len(film.Units) < len(before) {
		t.Fatalf("%d pictures, %d were there before the crash", len(film.Units), len(before))
	}
	for i, u := range before {
		if !film.Units[i].Arrived.Equal(u.Arrived) || !bytes.Equal(bytes.Join(film.Units[i].NALUs, nil), bytes.Join(u.NALUs, nil)) {
			t.Fatalf("picture %d of %d from before the crash is another one", i, len(before))
		}
	}
	if rest := film.Units[len(before):]; len(rest) < 12 || !rest[0].Key {
		t.Errorf("%d pictures are of after the crash", len(rest))
	}
	eventually(t, "that nothing is left half written", func() bool {
		files, err := filepath.Glob(c.path("data/evidence/new/*"))
		return err == nil && len(files) == 0
	})
}
