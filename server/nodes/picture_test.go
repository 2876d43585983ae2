package nodes

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// hugePNG is a small file that claims to have very many pixels.
func hugePNG(w, h uint32) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = binary.BigEndian.AppendUint32(head, h)
	head = append(head, 8, 2, 0, 0, 0)
	b.Write(binary.BigEndian.AppendUint32(nil, 13))
	b.Write(head)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(head)))
	return b.Bytes()
}

// hugeJPEG is a small file that claims to have very many pixels.
func hugeJPEG(t testing.TB, w, h uint16) []byte {
	t.Helper()
	data := asJPEG(t, plainImage(16, 16, color.White))
	frame := bytes.Index(data, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(data[frame+5:], h)
	binary.BigEndian.PutUint16(data[frame+7:], w)
	return data
}

func deepPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA64(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesAreChecked(t *testing.T) {
	img := plainImage(64, 36, color.White)
	good := asPNG(t, img)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"png":                  {good, ""},
		"jpeg":                 {asJPEG(t, img), ""},
		"nothing":              {nil, "neither PNG nor JPEG"},
		"text":                 {[]byte("<svg/>"), "neither PNG nor JPEG"},
		"png that is cut off":  {good[:len(good)-20], "damaged or cut off"},
		"jpeg that is cut off": {asJPEG(t, img)[:400], "damaged"},
		"many pixels":          {hugePNG(60000, 60000), "60000 × 60000"},
		"more than an int":     {hugePNG(1<<31-1, 1<<31-1), "neither"},
		"a long thin one":      {hugePNG(1<<30, 1), "pixels"},
		"no pixels":            {hugePNG(0, 10), "neither"},
		"16 bits":              {deepPNG(t), "16 bits"},
		"progressive":          {bytes.Replace(asJPEG(t, img), []byte{0xff, 0xc0}, []byte{0xff, 0xc2}, 1), "progressive"},
		"jpeg of too many":     {hugeJPEG(t, 3841, 2160), "3841 × 2160"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := parsePicture(c.data)
			if c.want == "" && (err != nil || p.width == 0) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%+v, %v", p.width, err)
			}
		})
	}
}

// FuzzPicture feeds what a computer of the wall may send: what is taken can be
// decoded and is within its bounds.
func FuzzPicture(f *testing.F) {
	img := plainImage(16, 9, color.White)
	for _, seed := range [][]byte{asPNG(f, img), asJPEG(f, img), deepPNG(f), hugePNG(60000, 60000), asPNG(f, img)[:40], asJPEG(f, img)[:100], bytes.Replace(asJPEG(f, img), []byte{0xff, 0xc0}, []byte{0xff, 0xc2}, 1), []byte("GIF89a"), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		p, err := parsePicture(data)
		if err != nil {
			return
		}
		if p.width <= 0 || p.height <= 0 || p.width*p.height > maxPNG {
			t.Errorf("a picture of %d × %d was taken", p.width, p.height)
		}
		got, err := p.image()
		if err != nil || got.Bounds().Dx() != p.width || got.Bounds().Dy() != p.height {
			t.Errorf("what was taken cannot be drawn: %v", err)
		}
	})
}

// FuzzStamps feeds headers of pictures.
func FuzzStamps(f *testing.F) {
	f.Add("1700000000000", "7")
	f.Add("-1", "")
	f.Add("99999999999999999999", "x")
	now := time.UnixMilli(1_700_000_000_000)
	f.Fuzz(func(t *testing.T, taken, generation string) {
		at, _, err := parseStamps(http.Header{"X-Taken": {taken}, "X-Generation": {generation}}, now)
		if err == nil && (at.Std().Before(now.Add(-oldest)) || at.Std().After(now.Add(ahead))) {
			t.Errorf("%q was taken as %v", taken, at)
		}
	})
}

func TestShelfIsBounded(t *testing.T) {
	var s shelf
	data := make([]byte, maxKept)
	for i := range 100 {
		s.put(place{"main", i}, picture{data: data, jpeg: true, taken: world.Time(1000 + i)})
	}
	if s.bytes > maxShelf || len(s.of)*maxKept != s.bytes {
		t.Errorf("%d pictures, %d bytes", len(s.of), s.bytes)
	}
	if _, ok := s.newest(place{"main", 99}); !ok {
		t.Error("the newest went")
	}
	if _, ok := s.newest(place{"main", 0}); ok {
		t.Error("the oldest stayed")
	}
	s.put(place{"main", 99}, picture{data: data[:10], jpeg: true, taken: 5})
	if p, _ := s.newest(place{"main", 99}); p.taken != 1099 {
		t.Errorf("an older picture came after a newer one: %d", p.taken)
	}
	s.put(place{"main", 99}, picture{data: data[:10], jpeg: true, taken: 5000})
	s.put(place{"x", 1}, picture{data: data[:10], taken: 5000})                             // not small: PNG
	s.put(place{"x", 2}, picture{data: make([]byte, maxKept+1), jpeg: true, taken: 500000}) // nor this
	if p, _ := s.newest(place{"main", 99}); p.taken != 5000 || len(s.of) != 64 || s.bytes != 63*maxKept+10 {
		t.Errorf("taken %d, %d pictures, %d bytes", p.taken, len(s.of), s.bytes)
	}
}

// twoScreens is a wall of two screens on two computers that are there, and one
// more that nobody drives.
func twoScreens() []world.Body {
	return []world.Body{
		world.WallDefined{ID: "main", Name: "Tường thử", Screens: []world.Screen{
			{ID: 1, X: 0, Y: 0, W: 160, H: 90, PxW: 320, PxH: 180, Node: "pc-01", Output: "DP-1"},
			{ID: 2, X: 170, Y: 0, W: 160, H: 90, PxW: 320, PxH: 180, Node: "pc-02", Output: "DP-1"},
			{ID: 3, X: 0, Y: 100, W: 160, H: 90, PxW: 320, PxH: 180},
			{ID: 4, X: 170, Y: 100, W: 160, H: 90, PxW: 320, PxH: 180, Node: "pc-03"},
		}},
		world.NodeLinked{Node: "pc-01", Up: true},
		world.NodeLinked{Node: "pc-02", Up: true},
		world.NodeLinked{Node: "pc-03", Up: true},
		world.NodeLinked{Node: "pc-03", Reason: "its connection ended"},
	}
}

func stamp(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).UnixMilli(), 10) }

func TestUploadsAreChecked(t *testing.T) {
	small := asJPEG(t, plainImage(48, 27, color.White))
	for name, c := range map[string]struct {
		node, path string
		body       []byte
		taken, gen string
		want       int
		reason     string
	}{
		"good":                {"pc-01", "1", small, stamp(0), "7", http.StatusNoContent, ""},
		"good, by its wall":   {"pc-01", "1?wall=main", small, stamp(-time.Second), "", http.StatusNoContent, ""},
		"of another wall":     {"pc-01", "1?wall=west", small, stamp(0), "7", http.StatusForbidden, "none of the computer"},
		"another's screen":    {"pc-01", "2", small, stamp(0), "7", http.StatusForbidden, "none of the computer pc-01"},
		"nobody's screen":     {"pc-01", "3", small, stamp(0), "7", http.StatusForbidden, "none of"},
		"no screen":           {"pc-01", "99", small, stamp(0), "7", http.StatusForbidden, "none of"},
		"no number":           {"pc-01", "x", small, stamp(0), "7", http.StatusBadRequest, "no number"},
		"without a time":      {"pc-01", "1", small, "", "7", http.StatusUnprocessableEntity, "X-Taken"},
		"old":                 {"pc-01", "1", small, stamp(-2 * time.Minute), "7", http.StatusUnprocessableEntity, "old, or of the future"},
		"of the future":       {"pc-01", "1", small, stamp(time.Minute), "7", http.StatusUnprocessableEntity, "old, or of the future"},
		"without a picture":   {"pc-01", "1", nil, stamp(0), "7", http.StatusUnprocessableEntity, "neither"},
		"odd generation":      {"pc-01", "1", small, stamp(0), "-1", http.StatusUnprocessableEntity, "X-Generation"},
		"for nobody":          {"pc-01", "1?ask=a1", small, stamp(0), "7", http.StatusGone, "nobody waits"},
		"a long one unasked":  {"pc-01", "1", make([]byte, maxSmall+1), stamp(0), "7", http.StatusRequestEntityTooLarge, "longer than 2 MB"},
		"a reason for no ask": {"pc-01", "1", []byte("no frame buffer"), stamp(0), "7", http.StatusUnprocessableEntity, "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, twoScreens()...)
			w := r.request("PUT", "/pictures/"+c.path, c.node, c.body, "X-Taken", c.taken, "X-Generation", c.gen)
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.reason) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			want := map[int]Stats{http.StatusNoContent: {Pictures: 1}, http.StatusGone: {}}[c.want]
			if c.reason != "" && c.want != http.StatusGone {
				want.Rejected = 1
			}
			if got := r.Stats(); got != want {
				t.Errorf("stats %+v", got)
			}
		})
	}
}

func TestUploadsAreFew(t *testing.T) {
	var u uploads
	for i := range maxUploads {
		if !u.enter("pc-" + strconv.Itoa(i%4)) {
			t.Fatalf("upload %d was refused", i)
		}
	}
	if u.enter("pc-9") {
		t.Error("one more than all came in")
	}
	u.leave("pc-0")
	if !u.enter("pc-9") {
		t.Error("there is room")
	}
	u.leave("pc-1")
	if !u.enter("pc-1") || u.enter("pc-1") {
		t.Error("one computer holds all places, or none")
	}
}

func TestLongPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, twoScreens()...)
		poll := func(since uint64) (Asks, time.Duration) {
			began := time.Now()
			a := decode[Asks](t, r.request("GET", "/asks?since="+strconv.FormatUint(since, 10), "pc-01", nil))
			return a, time.Since(began)
		}
		first, took := poll(0)
		if took != 0 || first.Stream != nil || len(first.Once) != 0 {
			t.Errorf("at first: %+v after %v", first, took)
		}
		if a, took := poll(first.Serial); took != pollLimit || a.Serial != first.Serial {
			t.Errorf("with nothing to do: %+v after %v", a, took)
		}
		time.AfterFunc(3*time.Second, func() { r.request("GET", "/pictures/1", "", nil) })
		a, took := poll(first.Serial)
		if took != 3*time.Second || a.Stream == nil || *a.Stream != (Stream{1000, 480, world.TimeOf(time.Now().Add(lease))}) {
			t.Errorf("when somebody looks: %+v after %v", a, took)
		}
		// Who goes on looking does not wake the computer each time.
		for range 4 {
			time.Sleep(time.Second)
			r.request("GET", "/pictures/1", "", nil)
		}
		b, _ := r.board.asks("pc-01", time.Now())
		if b.Serial != a.Serial {
			t.Error("the computer was told again too early")
		}
		time.Sleep(1500 * time.Millisecond)
		r.request("GET", "/pictures/1", "", nil)
		if b, took = poll(a.Serial); took != 0 || b.Stream == nil || b.Stream.Until <= a.Stream.Until {
			t.Errorf("before the end: %+v after %v", b, took)
		}
		time.Sleep(lease)
		if c, _ := r.board.asks("pc-01", time.Now()); c.Stream != nil {
			t.Errorf("when nobody looks any more: %+v", c)
		}
		if other, _ := r.board.asks("pc-02", time.Now()); other.Stream != nil {
			t.Errorf("a computer nobody looks at: %+v", other)
		}
		time.AfterFunc(time.Second, r.Hush)
		if _, took := poll(b.Serial); took != time.Second {
			t.Errorf("when the server stops: after %v", took)
		}
		if w := r.request("GET", "/asks?since=x", "pc-01", nil); w.Code != http.StatusBadRequest {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestNewestPicture(t *testing.T) {
	r := newRoom(t, twoScreens()...)
	if w := r.request("GET", "/pictures/1", "", nil); w.Code != http.StatusNotFound || w.Header().Get("Retry-After") == "" {
		t.Errorf("before the first: %d %s", w.Code, w.Body)
	}
	data, at := asJPEG(t, plainImage(48, 27, color.White)), stamp(0)
	if w := r.request("PUT", "/pictures/1", "pc-01", data, "X-Taken", at, "X-Generation", "7"); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	w := r.request("GET", "/pictures/1", "", nil)
	h := w.Header()
	if !bytes.Equal(w.Body.Bytes(), data) || h.Get("X-Taken") != at || h.Get("X-Generation") != "7" || h.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%d %v", w.Code, h)
	}
	if w := r.request("GET", "/pictures/1", "", nil, "If-None-Match", h.Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("again: %d", w.Code)
	}
	if w := r.request("GET", "/pictures/4", "", nil); !strings.Contains(w.Body.String(), "yet: pc-03 is not connected since") {
		t.Errorf("of a computer that is lost: %s", w.Body)
	}
	for path, want := range map[string]int{"/pictures/9": http.StatusNotFound, "/pictures/x": http.StatusBadRequest, "/pictures/1?wall=west": http.StatusNotFound} {
		if w := r.request("GET", path, "", nil); w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
