package relay_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// hush is a password, and part of an address, that must never be seen.
const hush = "Hush1:recognis@ble"

// notebook keeps what is logged.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (n *notebook) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

// String returns what was noted until now.
func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// TestNoFailureTellsAPassword lets cameras fail in every way there is and looks for the password in all that is logged,
// told as health, or told to readers.
func TestNoFailureTellsAPassword(t *testing.T) {
	t.Parallel()
	notes := &notebook{}
	log := slog.New(slog.NewTextHandler(notes, &slog.HandlerOptions{Level: slog.LevelDebug}))
	base := mediatest.Options{User: "admin", Pass: hush}
	var all []relay.Camera
	var cams []*mediatest.Camera
	add := func(id string, o mediatest.Options, pass string) {
		cam := newCamera(t, o)
		cams = append(cams, cam)
		c := camera(id, cam.URL())
		c.User, c.Pass = "admin", pass
		all = append(all, c)
		// The same with the credentials in the address, as makers' manuals have it.
		c.ID, c.User, c.Pass = id+"-url", "", ""
		c.Streams = []relay.Stream{{Name: "main", URL: strings.Replace(cam.URL(), "//", "//admin:"+pass+"@", 1) + "?user=admin&password=" + pass}}
		all = append(all, c)
	}
	for i, o := range []mediatest.Options{
		{Auth: mediatest.AuthBasic},
		{Auth: mediatest.AuthDigest},
		{Door: mediatest.DoorTLS},
		{Answer: mediatest.AnswerEmpty},
		{Answer: mediatest.AnswerJunk},
	} {
		o.User, o.Pass = base.User, base.Pass
		add(fmt.Sprint("good", i), o, hush)
		add(fmt.Sprint("wrong", i), o, hush+"-wrong")
	}
	for i, url := range []string{"rtsp://127.0.0.1:1/x", "rtsp://no-such-host.invalid/x", "rtsps://127.0.0.1:1/x"} {
		c := camera(fmt.Sprint("gone", i), url+"?pw="+hush)
		c.User, c.Pass = "admin", hush
		all = append(all, c)
	}
	told := &notebook{}
	r := newRelay(t, relay.Options{
		Logger: log, Cameras: all, Step: 20 * time.Millisecond, Stall: 300 * time.Millisecond, Timeout: time.Second,
		Backoff:  rtsp.Backoff{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond},
		OnHealth: func(_ string, h relay.Health) { fmt.Fprintf(told, "%+v\n", h) },
	})
	await(t, "a verdict on each", func() bool {
		for _, h := range r.Health() {
			if h.State == relay.StateConnecting {
				return false
			}
		}
		return len(r.Health()) == len(all)
	})
	for _, f := range mediatest.Faults() {
		for _, cam := range cams {
			if f == mediatest.FaultSwitch || f == mediatest.FaultRefuse || f == mediatest.FaultForbid {
				continue // refusing ends all attempts; that is the last fault
			}
			if err := cam.SetFault(f); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	for _, f := range []mediatest.Fault{mediatest.FaultNone, mediatest.FaultForbid, mediatest.FaultRefuse} {
		for _, cam := range cams {
			if err := cam.SetFault(f); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(300 * time.Millisecond)
	}
	for _, c := range all {
		reader := read(t, r.URL(c.ID, "main"), token("*", time.Minute))
		await(t, "an answer", func() bool { _, over := reader.over(); return over || reader.count() > 0 })
		if err, over := reader.over(); over {
			fmt.Fprintln(told, err)
		}
	}
	bad := []relay.Camera{{ID: "x", User: "admin", Pass: hush, Streams: []relay.Stream{{Name: "main", URL: "rtsp://admin:" + hush + "@:x/" + hush}}}}
	fmt.Fprintln(told, r.SetCameras(bad))

	for name, n := range map[string]*notebook{"log": notes, "told": told} {
		text := n.String()
		if len(text) < 1000 {
			t.Errorf("%s: only %d bytes", name, len(text))
		}
		for _, secret := range []string{"Hush1", "recognis", "YWRtaW4", basic("admin", hush)} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s holds %q: …%s…", name, secret, text[max(0, i-300):min(len(text), i+100)])
			}
		}
	}
	if text := notes.String(); !strings.Contains(text, string(rtsp.ReasonLoginRefused)) || !strings.Contains(text, string(rtsp.ReasonUntrusted)) {
		t.Error("not all failures took place")
	}
}
