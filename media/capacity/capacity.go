// Package capacity measures how many camera streams of each codec and size this computer decodes and scales at full rate,
// keeps the result in a file, and tells from it whether a scene's cameras fit. Its decoder is handed in, so that what is
// measured is what the wall uses, hardware or software.
package capacity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"iocwall/media"
)

// Version is the form of the file that Save writes.
const Version = 1

// Headroom is the share of what was measured that cameras may use: receiving, painting and the rest of the wall need some
// too, and a wall that is full drops pictures.
const Headroom = 0.7

// Budget is what a computer can decode. The zero value knows nothing.
type Budget struct {
	Version  int       `json:"version"`
	Measured time.Time `json:"measured"`
	Machine  Machine   `json:"machine"`
	// TileWidth and TileHeight are the size in pixels that pictures were scaled to.
	TileWidth  int `json:"tile_width"`
	TileHeight int `json:"tile_height"`
	// Seconds is how long the measurement took.
	Seconds float64  `json:"seconds"`
	Results []Result `json:"results"`
}

// Machine says which computer was measured.
type Machine struct {
	Name  string `json:"name"`
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	OS    string `json:"os"`
}

// Stream is one camera stream, as far as decoding it costs anything. A side of 0 pixels is unknown and counts as 1920×1080,
// a rate of 0 as 25 frames a second.
type Stream struct {
	Codec  media.Codec `json:"codec"`
	Width  int         `json:"width"`
	Height int         `json:"height"`
	FPS    float64     `json:"fps"`
}

func (s Stream) String() string {
	return fmt.Sprintf("%s %d×%d at %g fps", s.Codec, s.Width, s.Height, s.FPS)
}

// known fills in what is unknown.
func (s Stream) known() Stream {
	if s.Width <= 0 || s.Height <= 0 {
		s.Width, s.Height = 1920, 1080
	}
	if !(s.FPS > 0) {
		s.FPS = 25
	}
	return s
}

func (s Stream) pixels() float64 { return float64(s.Width) * float64(s.Height) }

// Result is what was measured for one kind of stream.
type Result struct {
	Stream
	// Streams is how many of them the computer decodes and scales at full rate, doing nothing else.
	Streams float64 `json:"streams"`
	// Decoder is the name of what decodes them.
	Decoder string `json:"decoder"`
}

// perFrame is the share of the computer that one frame costs, in seconds.
func (r Result) perFrame() float64 { return 1 / (r.Streams * r.FPS) }

// Fits tells whether streams can be decoded at full rate at the same time, within Headroom of what was measured, and if
// not, why. Sizes between those that were measured are interpolated by their pixels; a codec that was not measured counts
// as the dearest that was.
func (b Budget) Fits(streams []Stream) (ok bool, reason string) {
	if len(b.Results) == 0 {
		return false, `it is not known what this computer can decode; run "wall bench cameras" on it`
	}
	total := 0.0
	by := map[Stream]float64{}
	counts := map[Stream]int{}
	for _, s := range streams {
		s = s.known()
		need := s.FPS * b.perFrame(s)
		total += need
		by[s] += need
		counts[s]++
	}
	if total <= Headroom {
		return true, ""
	}
	kinds := make([]Stream, 0, len(by))
	for s := range by {
		kinds = append(kinds, s)
	}
	slices.SortFunc(kinds, func(x, y Stream) int {
		switch {
		case by[x] > by[y]:
			return -1
		case by[x] < by[y]:
			return 1
		}
		return strings.Compare(x.String(), y.String())
	})
	return false, fmt.Sprintf("%d streams need %.0f %% of what this computer decodes, and %.0f %% may be used; most of it goes to %d × %s (%.0f %%)",
		len(streams), 100*total, 100*Headroom, counts[kinds[0]], kinds[0], 100*by[kinds[0]])
}

// perFrame is the share of the computer that one frame of a stream costs, in seconds.
func (b Budget) perFrame(s Stream) float64 {
	var of []Result
	dearest := 0.0
	for _, r := range b.Results {
		if r.Codec == s.Codec {
			of = append(of, r)
		}
		// By pixel, so that a small stream of a codec not measured does not count as a large one.
		dearest = max(dearest, r.perFrame()/r.pixels())
	}
	if len(of) == 0 {
		return dearest * s.pixels()
	}
	slices.SortFunc(of, func(x, y Result) int { return int(x.pixels() - y.pixels()) })
	for i, r := range of {
		if s.pixels() > r.pixels() {
			continue
		}
		if i == 0 || of[i-1].pixels() == r.pixels() {
			return r.perFrame()
		}
		below := of[i-1]
		share := (s.pixels() - below.pixels()) / (r.pixels() - below.pixels())
		return below.perFrame() + share*(r.perFrame()-below.perFrame())
	}
	last := of[len(of)-1]
	return last.perFrame() * s.pixels() / last.pixels()
}
