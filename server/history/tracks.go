package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
	"iocwall/server/world/track"
)

// mostSpots bounds the positions of all vessels together: 24 bytes each.
const mostSpots = 1_000_000

// tracks are where vessels were, thinned as a wall thins them that hears everything:
// what comes late changes nothing here, since walls are not told of it.
type tracks struct {
	of    map[string]*course
	areas map[string]uint32
	names []string // of areas, by their number
	count int
	most  int
}

// course is where one vessel was, the oldest first.
type course struct {
	newest world.Time
	spots  []spot
}

// spot is a position with the number of the area it lies in.
type spot struct {
	track.Point
	area uint32
}

func newTracks() tracks {
	return tracks{of: map[string]*course{}, areas: map[string]uint32{}, most: mostSpots}
}

// take takes in one event.
func (t *tracks) take(e *world.Event) {
	switch b := e.Body.(type) {
	case world.VesselPosition:
		t.add(e.Time, b)
	case world.EntityGone:
		if b.Ref.Kind() == world.KindVessel {
			if c := t.of[b.Ref.ID()]; c != nil {
				t.count -= len(c.spots)
				delete(t.of, b.Ref.ID())
			}
		}
	}
}

func (t *tracks) add(at world.Time, b world.VesselPosition) {
	c := t.of[b.MMSI]
	if c == nil {
		c = &course{}
	}
	if b.MMSI == "" || at < c.newest {
		return
	}
	c.newest, t.of[b.MMSI] = at, c
	p, ok := track.NewPoint(at.Std(), b.Pos)
	if !ok {
		return
	}
	next := spot{p, t.area(b.Area)}
	if n := len(c.spots); n > 0 && !p.Follows(c.spots[n-1].Point) {
		if p.Before(c.spots[n-1].Point) {
			c.spots[n-1] = next
		}
		return
	}
	if len(c.spots) == track.Most {
		c.spots, t.count = slices.Delete(c.spots, 0, 1), t.count-1
	}
	c.spots = append(c.spots, next)
	if t.count++; t.count > t.most {
		t.thin()
	}
}

// area returns the number of an area.
func (t *tracks) area(id string) uint32 {
	n, known := t.areas[id]
	if !known {
		n = uint32(len(t.names))
		t.areas[id], t.names = n, append(t.names, id)
	}
	return n
}

// thin gives up the older half of every track.
func (t *tracks) thin() {
	t.count = 0
	for _, c := range t.of {
		c.spots = slices.Clone(c.spots[(len(c.spots)+1)/2:]) // for the memory of the others
		t.count += len(c.spots)
	}
}

// since returns where a vessel was from then on, in seconds since 1970.
func (t *tracks) since(mmsi string, from int64) []spot {
	c := t.of[mmsi]
	if c == nil {
		return nil
	}
	i, _ := slices.BinarySearchFunc(c.spots, from, func(s spot, from int64) int { return int(max(-1, min(1, s.At-from))) })
	return c.spots[i:]
}

const (
	// catchUp is how long a question waits for events that are in the journal and
	// were not read yet, glance how often it looks.
	catchUp, glance = time.Second, 5 * time.Millisecond
	// longestQuestion bounds a question, in bytes.
	longestQuestion = 64 << 10
)

// caughtUp waits until all is read that is in the journal now, and reports whether it
// came to that.
func (x *Index) caughtUp(ctx context.Context) bool {
	end := x.log.Position().Seq
	read := func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return x.broken == nil && x.ready && x.at >= end
	}
	until := time.NewTimer(catchUp)
	defer until.Stop()
	look := time.NewTicker(glance)
	defer look.Stop()
	for !read() {
		select {
		case <-ctx.Done():
			return false
		case <-until.C:
			return read()
		case <-look.C:
		}
	}
	return true
}

// Tracks answers POST /api/tracks, a track.Question, with a track.Answer: all that
// happened before the question counts, unless the answer says that the history is
// behind. Vessels and positions that the asker may not see are left out.
func (d Doors) Tracks(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var q track.Question
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, longestQuestion))
	in.DisallowUnknownFields()
	err := in.Decode(&q)
	switch {
	case err != nil:
		err = fmt.Errorf("the question is not understood: %w", err)
	case len(q.IDs) > track.AtOnce:
		err = fmt.Errorf("%d vessels; ask for at most %d at once", len(q.IDs), track.AtOnce)
	case q.Since < 0:
		err = errors.New("since is in seconds since 1970")
	}
	if err != nil {
		reply.Error(w, http.StatusBadRequest, err)
		return
	}
	out := track.Answer{Tracks: map[string]track.Points{}}
	if d.mayKnow(id, world.KindVessel) {
		out.Behind = !d.Index.caughtUp(r.Context())
		of, areas := d.Index.courses(q)
		err = d.OnLoop(r.Context(), func(st *world.State) { out.Tracks = known(st, id, of, areas) })
	}
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	reply.JSON(w, http.StatusOK, out)
}

// courses returns where vessels were, and the names of the areas that spots speak of.
func (x *Index) courses(q track.Question) (of map[string][]spot, areas []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	of = make(map[string][]spot, len(q.IDs))
	for _, mmsi := range q.IDs {
		of[mmsi] = slices.Clone(x.tracks.since(mmsi, q.Since))
	}
	return of, x.tracks.names // names are added only
}

// known leaves out what somebody may not know.
func known(st *world.State, id auth.Identity, of map[string][]spot, areas []string) map[string]track.Points {
	sees := map[string]bool{} // by area: to climb the tree for each position would take long
	seen := func(area string) bool {
		may, there := sees[area]
		if !there {
			may = id.Sees(st, area)
			sees[area] = may
		}
		return may
	}
	out := make(map[string]track.Points, len(of))
	for mmsi, spots := range of {
		v, there := st.Vessel(mmsi)
		if !there || !seen(v.In()) {
			continue
		}
		points := make(track.Points, 0, len(spots))
		for _, s := range spots {
			if seen(areas[s.area]) {
				points = append(points, s.Point)
			}
		}
		out[mmsi] = points
	}
	return out
}
