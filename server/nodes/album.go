package nodes

import (
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// albumLimit is how long somebody waits for newer pictures, albumGather how long
	// after the first of them others may still join it: computers send theirs at
	// different moments of a second.
	albumLimit  = 10 * time.Second
	albumGather = 200 * time.Millisecond
	// maxAlbums is how many wait for pictures at once, maxAlbum bounds one answer in
	// bytes.
	maxAlbums = 64
	maxAlbum  = 8 << 20
	// leastAlbum and mostAlbum are the widths of pictures that can be asked for.
	leastAlbum, mostAlbum = 64, 960
	// leastEvery and mostEvery are the times between two pictures of a screen that
	// can be asked for, in milliseconds.
	leastEvery, mostEvery = 200, 60_000
)

// AlbumBoundary parts the pictures of an album: it is always the same, so that a
// client need not read the answer's head.
const AlbumBoundary = "iocwall-picture"

// album is what of a wall is asked for.
type album struct {
	wall  string
	width int
	every time.Duration
	since uint64
}

func parseAlbum(q url.Values) (a album, err error) {
	a = album{wall: q.Get("wall"), width: streamWidth, every: streamEvery}
	number := func(key string, least, most int, into func(int)) {
		text := q.Get(key)
		if text == "" || err != nil {
			return
		}
		n, bad := strconv.Atoi(text)
		if bad != nil || n < least || n > most {
			err = fmt.Errorf("%s: %.20q is not between %d and %d", key, text, least, most)
			return
		}
		into(n)
	}
	number("width", leastAlbum, mostAlbum, func(n int) { a.width = n })
	number("every", leastEvery, mostEvery, func(n int) { a.every = time.Duration(n) * time.Millisecond })
	if text := q.Get("since"); text != "" && err == nil {
		if a.since, err = strconv.ParseUint(text, 10, 64); err != nil {
			err = fmt.Errorf("since: %.20q is no serial of a picture", text)
		}
	}
	return a, err
}

// GetPictures answers GET /api/wall/pictures?wall=&width=&every=&since= with the
// newest small picture of each screen of a wall that came after the serial, as
// multipart/mixed with AlbumBoundary; each part says X-Screen, X-Taken (milliseconds
// by the server's clock), X-Generation and X-Serial. It waits for a newer one for
// ten seconds and then answers 204. Who asks keeps the computers sending pictures of
// at least that width, at least that often in milliseconds.
func (n *Nodes) GetPictures(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	a, err := parseAlbum(r.URL.Query())
	if err != nil {
		reply.Error(w, http.StatusBadRequest, err)
		return
	}
	select {
	case n.looking <- struct{}{}:
		defer func() { <-n.looking }()
	default:
		w.Header().Set("Retry-After", "5")
		reply.Error(w, http.StatusServiceUnavailable, world.Refuse("pictures.busy", "too many look at walls already; try again in a few seconds"))
		return
	}
	places, status, err := n.hung(r.Context(), a)
	if err != nil {
		reply.Error(w, status, err)
		return
	}
	got := n.newer(r.Context(), places, a)
	if len(got) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	n.send(w, got)
}

// hung returns the screens of a wall, and keeps their computers sending pictures.
func (n *Nodes) hung(ctx context.Context, a album) (out []place, status int, err error) {
	var nodes []string
	callErr := n.o.History.Call(ctx, func(st *world.State) {
		for _, w := range st.Walls() {
			if a.wall != "" && w.ID != a.wall || len(w.Screens) == 0 {
				continue
			}
			for _, s := range w.Screens {
				out = append(out, place{w.ID, s.ID})
				if s.Node != "" && !slices.Contains(nodes, s.Node) {
					nodes = append(nodes, s.Node)
				}
			}
			return
		}
	})
	switch {
	case callErr != nil:
		return nil, http.StatusServiceUnavailable, callErr
	case len(out) == 0:
		return nil, http.StatusNotFound, world.Refuse("wall.noscreens", "there is no such wall, or it has no screens")
	}
	now := time.Now()
	for _, name := range nodes {
		n.board.look(name, wish{a.width, a.every}, now)
	}
	return out, 0, nil
}

// newer waits for pictures that came after the serial.
func (n *Nodes) newer(ctx context.Context, places []place, a album) []kept {
	end := time.NewTimer(albumLimit)
	defer end.Stop()
	for {
		got, changed := n.shelf.after(places, a.since)
		if len(got) > 0 {
			select {
			case <-time.After(albumGather):
				got, _ = n.shelf.after(places, a.since)
			case <-ctx.Done():
			case <-n.closing:
			}
			return got
		}
		select {
		case <-changed:
		case <-end.C:
			return nil
		case <-ctx.Done():
			return nil
		case <-n.closing:
			return nil
		}
	}
}

// send writes pictures, the oldest serial first; those that do not fit come at the
// next question.
func (n *Nodes) send(w http.ResponseWriter, got []kept) {
	m := multipart.NewWriter(w)
	if err := m.SetBoundary(AlbumBoundary); err != nil {
		reply.Error(w, http.StatusInternalServerError, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "multipart/mixed; boundary="+AlbumBoundary)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	size := 0
	for i, k := range got {
		if size += len(k.data); size > maxAlbum && i > 0 {
			break
		}
		part, err := m.CreatePart(textproto.MIMEHeader{
			"Content-Type": {"image/jpeg"},
			"X-Screen":     {strconv.Itoa(k.at.screen)},
			"X-Taken":      {strconv.FormatInt(int64(k.taken), 10)},
			"X-Generation": {strconv.FormatUint(k.generation, 10)},
			"X-Serial":     {strconv.FormatUint(k.serial, 10)},
		})
		if err == nil {
			_, err = part.Write(k.data)
		}
		if err != nil {
			return // the client has gone
		}
	}
	_ = m.Close() // the client may have gone
}
