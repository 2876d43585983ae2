package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world"
)

// pairOfScreens is a wall of two screens, each with a computer of its own.
const pairOfScreens = `
wall: {id: main, name: Tường thử, columns: 2, rows: 1, px_w: 320, px_h: 180, bezel: 0, nodes: [1, 1]}
`

// computer plays a computer of the wall with plain HTTP.
type computer struct {
	c     *centre
	name  string
	token string
	full  *image.RGBA // what its screen shows, as PNG in whole
	whole []byte
	// streamed counts the small pictures it was told to send.
	streamed atomic.Int32
}

// enrol lets a computer in as a technician and the computer do it.
func (c *centre) enrol(technician, name string) *computer {
	c.tb.Helper()
	status, text := c.do("POST", "/api/nodes/codes", technician, "application/json", `{"node":"`+name+`"}`)
	var made struct{ Code string }
	if err := json.Unmarshal([]byte(text), &made); status != http.StatusOK || err != nil {
		c.tb.Fatalf("code: %d %s", status, text)
	}
	status, text = c.do("POST", "/api/nodes/enrol", "", "application/json", `{"node":"`+name+`","code":"`+made.Code+`"}`)
	var in struct{ Token string }
	if err := json.Unmarshal([]byte(text), &in); status != http.StatusOK || err != nil || in.Token == "" {
		c.tb.Fatalf("enrol: %d", status)
	}
	for what, secret := range map[string]string{"code": made.Code, "letters of the code": strings.ReplaceAll(made.Code, "-", ""), "token": in.Token} {
		if strings.Contains(c.logs.String(), secret) {
			c.tb.Errorf("the log holds the %s", what)
		}
	}
	// Noise, which no format makes small: the whole picture has more than 4 MB.
	img := image.NewRGBA(image.Rect(0, 0, 1600, 900))
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(noise.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	var whole bytes.Buffer
	if err := png.Encode(&whole, img); err != nil {
		c.tb.Fatal(err)
	}
	return &computer{c: c, name: name, token: in.Token, full: img, whole: whole.Bytes()}
}

// send is one request of the computer's own.
func (x *computer) send(ctx context.Context, method, path string, body []byte, taken time.Time) (int, []byte) {
	q, err := http.NewRequestWithContext(ctx, method, "http://"+x.c.Addr()+path, bytes.NewReader(body))
	if err != nil {
		x.c.tb.Error(err)
		return 0, nil
	}
	q.Header.Set("Authorization", "Bearer "+x.token)
	q.Header.Set("X-Taken", strconv.FormatInt(taken.UnixMilli(), 10))
	q.Header.Set("X-Generation", "0")
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		if ctx.Err() == nil {
			x.c.tb.Error(err)
		}
		return 0, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil && ctx.Err() == nil {
		x.c.tb.Error(err)
	}
	return resp.StatusCode, text
}

// picture returns what the screen shows, whole or of a width.
func (x *computer) picture(width int) []byte {
	if width == 0 {
		return x.whole
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, x.full.SubImage(image.Rect(0, 0, width, width*9/16)), nil); err != nil {
		x.c.tb.Error(err)
	}
	return b.Bytes()
}

// work answers what the server asks for until ctx ends.
func (x *computer) work(ctx context.Context, screen int) {
	since := uint64(0)
	for ctx.Err() == nil {
		status, text := x.send(ctx, "GET", fmt.Sprintf("/api/nodes/asks?since=%d", since), nil, time.Now())
		var asks struct {
			Serial uint64
			Stream *struct{ Width int }
			Once   []struct {
				ID     string
				Screen int
				Width  int
			}
		}
		if ctx.Err() != nil {
			return
		}
		if err := json.Unmarshal(text, &asks); status != http.StatusOK || err != nil {
			x.c.tb.Errorf("asks: %d %s", status, text)
			return
		}
		since = asks.Serial
		for _, a := range asks.Once {
			if status, text := x.send(ctx, "PUT", fmt.Sprintf("/api/nodes/pictures/%d?ask=%s", a.Screen, a.ID), x.picture(a.Width), time.Now()); status != http.StatusNoContent && ctx.Err() == nil {
				x.c.tb.Errorf("picture: %d %s", status, text)
			}
		}
		if asks.Stream != nil {
			x.streamed.Add(1)
			if status, text := x.send(ctx, "PUT", fmt.Sprintf("/api/nodes/pictures/%d", screen), x.picture(asks.Stream.Width), time.Now()); status != http.StatusNoContent && ctx.Err() == nil {
				x.c.tb.Errorf("stream: %d %s", status, text)
			}
		}
	}
}

// TestAComputerOfTheWall plays one from its code to what its screen shows.
func TestAComputerOfTheWall(t *testing.T) {
	c := newCentre(t, pairOfScreens)
	technician, operator := c.token("An", auth.Technician), c.token("Bình", auth.Operator)
	if status, _ := c.do("POST", "/api/nodes/codes", operator, "application/json", `{"node":"pc-01"}`); status != http.StatusForbidden {
		t.Errorf("an operator lets a computer in: %d", status)
	}
	if status, _ := c.do("POST", "/api/nodes/enrol", "", "application/json", `{"node":"pc-01","code":"ABCD-EFGH-JK"}`); status != http.StatusForbidden {
		t.Errorf("a stranger: %d", status)
	}
	pc := c.enrol(technician, "pc-01")

	desk := c.look(operator)
	node, leave := c.connect(pc.token)
	desk.until("that pc-01 is there", func(st *world.State) bool { n, _ := st.Node("pc-01"); return n.Up && n.By == "An" })
	node.until("itself", func(st *world.State) bool { n, _ := st.Node("pc-01"); return n.Up })
	if _, text := c.do("GET", "/metrics", technician, "", ""); !strings.Contains(text, "iocwall_wall_nodes_up 1\n") {
		t.Error("the metrics do not know of the computer")
	}

	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { pc.work(ctx, 1) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	c.wholePicture(operator, pc)
	c.streamedPicture(operator, pc)
	for path, want := range map[string]int{"/api/nodes/pictures/2": http.StatusForbidden, "/api/nodes/pictures/1?ask=a1": http.StatusGone} {
		if status, text := pc.send(t.Context(), "PUT", path, pc.picture(48), time.Now()); status != want {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if status, _ := c.do("GET", "/api/nodes/asks", operator, "", ""); status != http.StatusForbidden {
		t.Errorf("an operator answers asks: %d", status)
	}
	if status, _ := c.do("GET", "/api/wall/screenshot.png", pc.token, "", ""); status != http.StatusForbidden {
		t.Errorf("a computer sees the whole wall: %d", status)
	}

	leave()
	desk.until("that pc-01 is lost", func(st *world.State) bool {
		n, _ := st.Node("pc-01")
		return !n.Up && n.Reason == "its connection ended"
	})
	c.enrol(technician, "pc-01") // anew: the token from before ends
	if _, err := c.tokens.Verify(pc.token); err == nil {
		t.Error("the older token of the computer opens doors")
	}
}

// shot asks for a picture of the wall until nothing but what is named is missing: a
// computer that is busy with other things may miss its time.
func (c *centre) shot(token, query, missing string) image.Image {
	c.tb.Helper()
	var img image.Image
	eventually(c.tb, query+" with all pictures but "+missing, func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", "http://"+c.Addr()+"/api/wall/screenshot.png?"+query, nil)
		if err != nil {
			c.tb.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			c.tb.Fatal(err)
		}
		defer resp.Body.Close()
		if img, err = png.Decode(resp.Body); err != nil {
			c.tb.Fatalf("%s: %d %v", query, resp.StatusCode, err)
		}
		return resp.Header.Get("X-Missing") == missing
	})
	return img
}

// wholePicture asks for what a screen shows, pixel by pixel, and for the wall.
func (c *centre) wholePicture(token string, pc *computer) {
	c.tb.Helper()
	img := c.shot(token, "screen=1", "")
	if img.Bounds() != pc.full.Bounds() {
		c.tb.Fatalf("the screen has %v instead of %v", img.Bounds(), pc.full.Bounds())
	}
	for _, p := range []image.Point{{0, 0}, {799, 450}, {1599, 899}} {
		r, g, b, _ := img.At(p.X, p.Y).RGBA()
		wr, wg, wb, _ := pc.full.At(p.X, p.Y).RGBA()
		if r != wr || g != wg || b != wb {
			c.tb.Errorf("pixel %v differs", p)
		}
	}
	c.shot(token, "width=640", "2")
}

// streamedPicture looks at the small pictures of a screen until one comes.
func (c *centre) streamedPicture(token string, pc *computer) {
	c.tb.Helper()
	eventually(c.tb, "a small picture of screen 1", func() bool {
		status, text := c.do("GET", "/api/wall/pictures/1", token, "", "")
		if status != http.StatusOK || pc.streamed.Load() == 0 {
			return false
		}
		if _, err := jpeg.DecodeConfig(strings.NewReader(text)); err != nil {
			c.tb.Fatal(err)
		}
		return true
	})
}

// Behind a proxy wrong codes are counted by who is behind it: one computer's do not shut
// the door to the others.
func TestWrongCodesBehindAProxy(t *testing.T) {
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.write("ioc.yaml", strings.Replace(baseConfig, "relay: {", "tls: {proxy: true}\nrelay: {public: \"127.0.0.1:8554\", ", 1))
	c.start()
	t.Cleanup(c.stop)
	try := func(from string) int {
		return c.ask("POST", "/api/nodes/enrol", "", `{"node":"pc-01","code":"ABCD-EFGH-JK"}`, nil, "X-Forwarded-For", "10.0.0.1, "+from)
	}
	for i := range 10 {
		if got := try("10.0.0.7"); got != http.StatusForbidden {
			t.Fatalf("try %d: %d", i, got)
		}
	}
	if got := try("10.0.0.7"); got != http.StatusTooManyRequests {
		t.Errorf("the eleventh: %d", got)
	}
	if got := try("10.0.0.8"); got != http.StatusForbidden {
		t.Errorf("another computer: %d", got)
	}
}
