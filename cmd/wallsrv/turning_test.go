package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/media/onvif/onviftest"
	"iocwall/server"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/settings"
	"iocwall/server/world"
)

// A person turns a camera through the server: the camera moves, stops by itself
// when nobody goes on asking, and is sent to a preset by its name.
func TestTurningACamera(t *testing.T) {
	device := onviftest.New(onviftest.Options{User: "relay", Password: "bí mật", Presets: []string{"Cầu", "Bến"}, Offset: -time.Hour})
	ctx, cancel := context.WithCancel(context.Background())
	addr, ended := make(chan string, 1), make(chan error, 2)
	go func() { ended <- device.Run(ctx, func(a string) { addr <- a }) }()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "camera.password"), []byte("bí mật\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config, problems := settings.Parse(filepath.Join(dir, "ioc.yaml"), fmt.Appendf(nil, `data: data
listen: 127.0.0.1:0
relay: {listen: "127.0.0.1:0", probe: 0s}
cameras:
  - {id: ptz, name: Cảng, pos: [108.69, 15.49], user: relay, password: "file:camera.password", onvif: {address: %q, presets: [Cầu, Bến]}, streams: [{name: main, url: "rtsp://127.0.0.1:9/x"}]}
`, <-addr))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s, err := server.New(ctx, server.Options{Config: config})
	if err != nil {
		t.Fatal(err)
	}
	store, err := auth.Open(server.TokenFile(config.DataDir()))
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := store.Add(auth.Spec{Name: "Mai", Role: auth.Operator})
	if err != nil {
		t.Fatal(err)
	}
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	<-s.Ready()
	n := 0
	turn := func(a act.ControlCamera) {
		t.Helper()
		n++
		raw, err := json.Marshal(act.Command{ID: fmt.Sprint(n), Act: a})
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequest("POST", "http://"+s.Addr()+"/api/commands", strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var r world.Receipt
		if err := json.NewDecoder(resp.Body).Decode(&r); err != nil || !r.OK {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	turn(act.ControlCamera{Camera: "ptz", Pan: 0.5, Zoom: -0.25})
	if !device.Moving() {
		t.Error("it does not move")
	}
	for end := time.Now().Add(patience); device.Moving(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never stops")
		}
	}
	turn(act.ControlCamera{Camera: "ptz", Preset: "Bến"})
	var did []string
	for _, c := range device.Commands() {
		did = append(did, fmt.Sprintf("%s %.2f %.2f %s", c.Op, c.Pan, c.Zoom, c.Preset))
	}
	if got := strings.Join(did, ", "); !strings.HasPrefix(got, "ContinuousMove 0.50 -0.25 ") || !strings.Contains(got, "Stop") || !strings.HasSuffix(got, "GotoPreset 0.00 0.00 p2") {
		t.Errorf("the camera was told %s", got)
	}
	if device.WrongLogins() != 0 {
		t.Errorf("%d wrong logins", device.WrongLogins())
	}
}
