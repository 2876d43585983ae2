package nodes

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// pollLimit is how long a computer waits for something to do.
	pollLimit = 25 * time.Second
	// lease is how long pictures are sent after somebody looked at them last,
	// leaseLeft what must be left of that for the computer not to be told again.
	lease     = 10 * time.Second
	leaseLeft = 5 * time.Second
	// streamEvery and streamWidth are what a computer sends while somebody looks who
	// says nothing else.
	streamEvery = time.Second
	streamWidth = 480
	// maxAsks is how many pictures a computer is asked for at once.
	maxAsks = 64
)

// Stream is what a computer is to send of each of its screens while somebody looks.
type Stream struct {
	// EveryMS is the time between two pictures in milliseconds, Width their width
	// in pixels; they are JPEG.
	EveryMS int64 `json:"every_ms"`
	Width   int   `json:"width"`
	// Until is when to stop, by the server's clock.
	Until world.Time `json:"until"`
}

// Ask is one picture a computer is to send at once.
type Ask struct {
	// ID comes back with the picture.
	ID     string `json:"id"`
	Wall   string `json:"wall"`
	Screen int    `json:"screen"`
	// Width is the width in pixels of a JPEG, zero for a PNG pixel by pixel.
	Width int `json:"width"`
}

// Asks are what a computer is to send. Serial changes when there is something new.
type Asks struct {
	Serial uint64  `json:"serial"`
	Stream *Stream `json:"stream,omitempty"`
	Once   []Ask   `json:"once"`
}

// board holds what the computers are asked for.
type board struct {
	mu    sync.Mutex
	last  uint64 // counts serials and asks; begins with the time, so that none comes twice
	desks map[string]*desk
}

// desk is what one computer is asked for.
type desk struct {
	serial  uint64
	changed chan struct{} // closed when serial changes
	until   time.Time     // of the stream, as told
	told    wish          // what the stream is, as told
	wishes  map[wish]time.Time
	once    []*asked
}

// wish is what somebody who looks wants of a stream: pictures of at least a width, at
// least so often.
type wish struct {
	width int
	every time.Duration
}

// asked is an ask on its way; got is given at most one picture.
type asked struct {
	Ask
	got chan brought
}

// brought is a picture, or in words why there is none.
type brought struct {
	picture picture
	why     string
}

func newBoard(now time.Time) *board {
	return &board{last: uint64(now.UnixMilli()), desks: map[string]*desk{}}
}

// desk returns that of a computer. The caller holds mu.
func (b *board) desk(node string) *desk {
	d := b.desks[node]
	if d == nil {
		d = &desk{changed: make(chan struct{})}
		b.desks[node] = d // computers are few, and each has a token
		b.stir(d)
	}
	return d
}

// stir wakes the computer. The caller holds mu.
func (b *board) stir(d *desk) {
	b.last++
	d.serial = b.last
	close(d.changed)
	d.changed = make(chan struct{})
}

// watch keeps the computer's stream on.
func (b *board) watch(node string, now time.Time) {
	b.look(node, wish{streamWidth, streamEvery}, now)
}

// look keeps the computer's stream on, as one wishes it who looks.
func (b *board) look(node string, w wish, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.desk(node)
	if d.wishes == nil {
		d.wishes = map[wish]time.Time{}
	}
	d.wishes[w] = now.Add(lease)
	if all := d.wanted(now); all != d.told || d.until.Sub(now) < leaseLeft {
		d.until, d.told = now.Add(lease), all
		b.stir(d)
	}
}

// wanted is what suits all who look; what nobody wishes any more is forgotten. The
// caller holds mu.
func (d *desk) wanted(now time.Time) wish {
	out := wish{}
	for w, until := range d.wishes {
		if !now.Before(until) {
			delete(d.wishes, w)
			continue
		}
		if out.every == 0 || w.every < out.every {
			out.every = w.every
		}
		out.width = max(out.width, w.width)
	}
	return out
}

// ask asks the computer for a picture; the caller takes it back with withdraw. It
// returns nil when the computer is asked for too many already.
func (b *board) ask(node, wall string, screen, width int) *asked {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.desk(node)
	if len(d.once) >= maxAsks {
		return nil
	}
	b.last++
	a := &asked{Ask: Ask{ID: "a" + strconv.FormatUint(b.last, 36), Wall: wall, Screen: screen, Width: width}, got: make(chan brought, 1)}
	d.once = append(d.once, a)
	b.stir(d)
	return a
}

func (b *board) withdraw(node string, a *asked) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.desk(node)
	d.once = slices.DeleteFunc(d.once, func(x *asked) bool { return x == a })
}

// find returns what the computer was asked for under the id, nil for nothing.
func (b *board) find(node, id string) *asked {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.desk(node).once {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// give answers an ask; a second answer is let go.
func (b *board) give(node string, a *asked, r brought) {
	b.withdraw(node, a)
	select {
	case a.got <- r:
	default:
	}
}

// asks returns what the computer is asked for now, and what is closed when that
// changes.
func (b *board) asks(node string, now time.Time) (Asks, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.desk(node)
	out := Asks{Serial: d.serial, Once: []Ask{}}
	if now.Before(d.until) {
		out.Stream = &Stream{EveryMS: d.told.every.Milliseconds(), Width: d.told.width, Until: world.TimeOf(d.until)}
	}
	for _, a := range d.once {
		out.Once = append(out.Once, a.Ask)
	}
	return out, d.changed
}

// GetAsks answers GET /api/nodes/asks: at once when something changed since the
// serial the computer names, and else when something does or after 25 s.
func (n *Nodes) GetAsks(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var since uint64
	if text := r.URL.Query().Get("since"); text != "" {
		var err error
		if since, err = strconv.ParseUint(text, 10, 64); err != nil {
			reply.Error(w, http.StatusBadRequest, fmt.Errorf("since: %.40q is no serial", text))
			return
		}
	}
	reply.JSON(w, http.StatusOK, n.wait(r.Context(), id.Name, since))
}

func (n *Nodes) wait(ctx context.Context, node string, since uint64) Asks {
	end := time.NewTimer(pollLimit)
	defer end.Stop()
	for {
		asks, changed := n.board.asks(node, time.Now())
		if asks.Serial != since {
			return asks
		}
		select {
		case <-changed:
		case <-end.C:
			return asks
		case <-ctx.Done():
			return asks
		case <-n.closing:
			return asks
		}
	}
}
