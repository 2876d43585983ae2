package replay

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"iocwall/media/rtsp"
)

// shot is one picture of a reel.
type shot struct {
	unit int           // index of its unit
	at   time.Duration // on the clip's time line
	gap  *Gap          // what is missing just before it
}

// reel is a clip in order of presentation.
type reel struct {
	clip    Clip
	shots   []shot
	shotOf  []int // by unit; −1 for damaged ones
	damaged int
}

// newReel orders the pictures of a clip. Units that are damaged, from a lost packet to the next key unit, are left out.
func newReel(c Clip) reel {
	r := reel{clip: c, shotOf: make([]int, len(c.Units))}
	var line timeline
	whole := false
	for i, breaks := range c.units() {
		u := c.Units[i]
		at := fromTicks(line.place(u, breaks == GapDisconnected))
		whole = u.Key || whole && u.Lost == 0 && breaks == ""
		if r.shotOf[i] = -1; whole {
			r.shots = append(r.shots, shot{unit: i, at: at})
		} else {
			r.damaged++
		}
	}
	slices.SortStableFunc(r.shots, func(a, b shot) int { return int(a.at - b.at) })
	for i, s := range r.shots {
		r.shotOf[s.unit] = i
	}
	for _, g := range c.Gaps {
		at := sort.Search(len(r.shots), func(i int) bool { return !r.arrived(i).Before(g.To) })
		if at < len(r.shots) {
			r.shots[at].gap = &g
		}
	}
	return r
}

// arrived returns when a picture reached the centre.
func (r *reel) arrived(i int) time.Time { return r.clip.Units[r.shots[i].unit].Arrived }

// length returns how long a picture stood.
func (r *reel) length(i int) time.Duration {
	switch {
	case i+1 < len(r.shots):
		return r.shots[i+1].at - r.shots[i].at
	case i > 0:
		return r.shots[i].at - r.shots[i-1].at
	}
	return time.Second / 25
}

// keyBefore returns the unit that decoding of a picture begins with.
func (r *reel) keyBefore(i int) int {
	for u := r.shots[i].unit; ; u-- {
		if r.clip.Units[u].Key {
			return u
		}
	}
}

// push is how many units are decoded again after the end, to bring out the pictures that a decoder holds back.
const push = 17

// readHead decodes single pictures of a reel. One goroutine uses it.
type readHead[P any] struct {
	reel  *reel
	open  func(rtsp.Codec, [][]byte) (Decoder[P], error)
	limit int

	decoder Decoder[P]
	next    int  // unit to be decoded next
	last    int  // newest picture that came out, −1 for none
	now     int  // picture that the decoder would render, −1 for one that is not to be shown
	bad     bool // nothing is shown up to the next key unit
	fault   error
	cache   map[int]P
	cached  []int // oldest first
}

// forget drops the pictures that are kept, since they are to look different.
func (h *readHead[P]) forget() { h.cache, h.cached = nil, nil }

func (h *readHead[P]) close() {
	if h.decoder != nil {
		h.decoder.Close()
		h.decoder = nil
	}
}

// find returns a picture, or the nearest one after it that decodes. With around it also keeps those just before it, for
// stepping back.
func (h *readHead[P]) find(target int, around bool) (pic P, at int, err error) {
	if pic, ok := h.cache[target]; ok {
		return pic, target, nil
	}
	if h.decoder != nil && h.now == target {
		return h.render()
	}
	key := h.reel.keyBefore(target)
	if h.decoder == nil || h.last >= target || key > h.next {
		if err := h.start(key); err != nil {
			return pic, 0, err
		}
	}
	for h.next < len(h.reel.clip.Units)+push {
		at, ok := h.step()
		if !ok {
			continue
		}
		if at <= target-h.limit || at < target && !around {
			continue
		}
		if pic, at, err = h.render(); err != nil || at >= target {
			return pic, at, err
		}
	}
	h.close()
	err = h.fault
	if err == nil {
		err = errors.New("the decoder does not give it out")
	}
	return pic, 0, fmt.Errorf("replay: picture %d does not decode: %w", target, err)
}

// render makes and keeps the picture that the decoder has now.
func (h *readHead[P]) render() (pic P, at int, err error) {
	if pic, err = h.decoder.Render(); err != nil {
		return pic, 0, fmt.Errorf("replay: show a picture: %w", err)
	}
	h.keep(h.now, pic)
	return pic, h.now, nil
}

// start begins anew at a key unit.
func (h *readHead[P]) start(key int) error {
	h.close()
	var params [][]byte
	for _, n := range h.reel.clip.Units[key].NALUs {
		if h.reel.clip.Codec != rtsp.MJPEG && rtsp.IsParameterSet(h.reel.clip.Codec, n) {
			params = append(params, n)
		}
	}
	d, err := h.open(h.reel.clip.Codec, params)
	if err != nil {
		return fmt.Errorf("replay: open a decoder: %w", err)
	}
	h.decoder, h.next, h.last, h.now, h.bad, h.fault = d, key, -1, -1, false, nil
	return nil
}

// step decodes one unit and tells which picture came out. Past the end it decodes the last group once more.
func (h *readHead[P]) step() (at int, ok bool) {
	units := h.reel.clip.Units
	i, past := h.next, 0
	h.next++
	if i >= len(units) {
		past = len(h.reel.shots)
		again := h.reel.keyBefore(past-1) + i - len(units)
		if again >= len(units) {
			return 0, false
		}
		i = again
	}
	if h.reel.shotOf[i] < 0 {
		return 0, false
	}
	if units[i].Key {
		h.bad = false
	}
	// Instead of a time the decoder carries the number of the picture.
	stamp, ready, err := h.decoder.Decode(units[i].NALUs, time.Duration(past+h.reel.shotOf[i])*time.Millisecond)
	if err != nil {
		h.bad, h.fault, h.now = true, err, -1
		return 0, false
	}
	if !ready {
		return 0, false
	}
	at, h.now = int(stamp/time.Millisecond), -1
	if h.bad || at >= len(h.reel.shots) || at <= h.last {
		return 0, false
	}
	h.last, h.now = at, at
	return at, true
}

// keep puts a picture into the cache.
func (h *readHead[P]) keep(at int, pic P) {
	if h.cache == nil {
		h.cache = map[int]P{}
	}
	if _, ok := h.cache[at]; !ok {
		h.cached = append(h.cached, at)
	}
	h.cache[at] = pic
	if len(h.cached) > h.limit {
		delete(h.cache, h.cached[0])
		h.cached = h.cached[1:]
	}
}
