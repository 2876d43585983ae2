package nodes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// maxReading is how many pictures are decoded at once; of one computer
	// maxUploadsEach come in at once, of all maxUploads.
	maxReading     = 2
	maxUploads     = 16
	maxUploadsEach = 4
	// uploadLimit is how long a picture may take to come in.
	uploadLimit = 15 * time.Second
	// maxWhy bounds the reason for which there is no picture, in bytes.
	maxWhy = 300
	// grumbleEvery is how often the log tells of a computer's bad pictures.
	grumbleEvery = time.Minute
)

// uploads counts the pictures that come in. The zero value is ready.
type uploads struct {
	taken, rejected atomic.Uint64

	mu  sync.Mutex
	of  map[string]int // by computer
	all int
	bad map[string]grumble
}

type grumble struct {
	at    time.Time
	since int // bad pictures since at
}

func (u *uploads) enter(node string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all >= maxUploads || u.of[node] >= maxUploadsEach {
		return false
	}
	if u.of == nil {
		u.of = map[string]int{}
	}
	u.of[node]++
	u.all++
	return true
}

func (u *uploads) leave(node string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all--
	if u.of[node]--; u.of[node] == 0 {
		delete(u.of, node)
	}
}

// reject counts a bad picture and reports whether to tell of it, and how many
// there were of that computer since.
func (u *uploads) reject(node string, now time.Time) (tell bool, since int) {
	u.rejected.Add(1)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.bad == nil {
		u.bad = map[string]grumble{}
	}
	g := u.bad[node]
	if g.since++; now.Sub(g.at) < grumbleEvery {
		u.bad[node] = g
		return false, 0
	}
	u.bad[node] = grumble{at: now}
	return true, g.since
}

// rejection is what a computer of the wall did wrong.
type rejection struct {
	status int
	err    error
}

func (e *rejection) Error() string { return e.err.Error() }

func reject(status int, err error) error { return &rejection{status, err} }

// PutPicture answers PUT /api/nodes/pictures/{screen}: a computer sends what it
// read back from one of its own screens. Where the query names an ask, a text in
// place of the picture says why there is none.
func (n *Nodes) PutPicture(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	if !n.uploads.enter(id.Name) {
		w.Header().Set("Retry-After", "1")
		reply.Error(w, http.StatusServiceUnavailable, errors.New("too many pictures come in at once; send it again in a second"))
		return
	}
	defer n.uploads.leave(id.Name)
	err := n.take(w, r, id.Name)
	var bad *rejection
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.As(err, &bad) && bad.status == http.StatusGone:
		reply.Error(w, bad.status, bad.err) // it is only late
	case errors.As(err, &bad):
		if tell, since := n.uploads.reject(id.Name, time.Now()); tell {
			n.log.Warn("a picture of a screen was not taken", "node", id.Name, "screen", r.PathValue("screen"), "reason", bad.err, "since", since)
		}
		reply.Error(w, bad.status, bad.err)
	default:
		reply.Error(w, http.StatusServiceUnavailable, err)
	}
}

// take takes in one picture.
func (n *Nodes) take(w http.ResponseWriter, r *http.Request, node string) error {
	at, err := n.own(r, node)
	if err != nil {
		return err
	}
	var a *asked
	limit := int64(maxSmall)
	if ask := r.URL.Query().Get("ask"); ask != "" {
		if a = n.board.find(node, ask); a == nil {
			return reject(http.StatusGone, errors.New("nobody waits for this picture any more"))
		}
		if a.Screen != at.screen || a.Wall != at.wall {
			return reject(http.StatusConflict, fmt.Errorf("the ask is for screen %d of the wall %s", a.Screen, a.Wall))
		}
		limit = maxFull
	}
	data, err := receive(w, r, limit)
	if err != nil {
		return err
	}
	if a != nil && strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
		n.board.give(node, a, brought{why: plain(data)})
		return nil
	}
	p, err := n.parse(r.Context(), r.Header, data)
	if err != nil {
		return err
	}
	n.uploads.taken.Add(1)
	n.shelf.put(at, p)
	if a != nil {
		n.board.give(node, a, brought{picture: p})
	}
	return nil
}

// own returns the screen that the request is about, which is one of the computer's
// own.
func (n *Nodes) own(r *http.Request, node string) (place, error) {
	id, err := strconv.Atoi(r.PathValue("screen"))
	if err != nil {
		return place{}, reject(http.StatusBadRequest, fmt.Errorf("%.20q is no number of a screen", r.PathValue("screen")))
	}
	var s spot
	var there bool
	if err := n.o.History.Call(r.Context(), func(st *world.State) { s, there = spotOf(st, r.URL.Query().Get("wall"), id, node) }); err != nil {
		return place{}, err
	}
	if !there {
		return place{}, reject(http.StatusForbidden, fmt.Errorf("screen %d is none of the computer %s; a technician can change that", id, node))
	}
	return place{s.wall.ID, id}, nil
}

// receive reads the body within its bounds of size and time.
func receive(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	tooLong := fmt.Errorf("the picture is longer than %d MB", limit>>20)
	if r.ContentLength > limit {
		return nil, reject(http.StatusRequestEntityTooLarge, tooLong)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadLimit)) // what supports no deadlines has none
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, reject(http.StatusRequestEntityTooLarge, tooLong)
	case err != nil:
		return nil, reject(http.StatusBadRequest, errors.New("the picture did not come whole and in time"))
	}
	return data, nil
}

// parse checks a picture; not many are decoded at once.
func (n *Nodes) parse(ctx context.Context, h http.Header, data []byte) (picture, error) {
	taken, generation, err := parseStamps(h, time.Now())
	if err != nil {
		return picture{}, reject(http.StatusUnprocessableEntity, err)
	}
	select {
	case n.reading <- struct{}{}:
		defer func() { <-n.reading }()
	case <-ctx.Done():
		return picture{}, ctx.Err()
	}
	p, err := parsePicture(data)
	if err != nil {
		return picture{}, reject(http.StatusUnprocessableEntity, err)
	}
	p.taken, p.generation = taken, generation
	return p, nil
}

// plain returns the beginning of a text as one line that can be drawn.
func plain(data []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(data[:min(len(data), maxWhy)]), "")), " ")
	if text == "" {
		return "without a reason"
	}
	return text
}

// spot is a screen with the wall it belongs to and the computer that drives it.
type spot struct {
	wall   world.Wall
	screen world.Screen
	node   world.Node
}

// spotOf returns the screen of that number: of the wall that is named or else of
// the first that has it, and if node is not empty of those it drives.
func spotOf(st *world.State, wall string, screen int, node string) (spot, bool) {
	for _, w := range st.Walls() {
		if wall != "" && w.ID != wall {
			continue
		}
		for _, sc := range w.Screens {
			if sc.ID == screen && (node == "" || sc.Node == node) {
				n, _ := st.Node(sc.Node)
				return spot{w, sc, n}, true
			}
		}
	}
	return spot{}, false
}
