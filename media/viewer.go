package media

import "time"

// Viewer is one place that shows a camera: a tile, a window, one screen's part of a large tile. Its methods may be
// called from any goroutine and never wait for the camera.
type Viewer struct {
	ch     *channel
	notify func()

	// The channel's lock guards the rest.
	view    View
	last    View // the last view that was not empty
	stream  string
	preload bool
	closed  bool
}

// SetView says what is wanted from now on. Sizes are clamped to 16384 pixels a side, parts to the picture. An empty
// view parks the viewer: the camera stays connected for DeckOptions.Park, nothing is decoded, but the last group of
// pictures is kept, so that showing it again is instant and marked as catching up.
func (v *Viewer) SetView(view View) {
	view = view.tidy()
	v.ch.change(func() bool {
		changed := v.view != view
		v.view = view
		if !view.Empty() {
			v.last = view
		}
		return changed
	})
}

// SetStream asks for a stream by name; "" leaves the choice to the deck. When viewers of one camera ask for different
// ones, the better one is played for all: Stats says which.
func (v *Viewer) SetStream(name string) {
	v.ch.change(func() bool {
		changed := v.stream != name
		v.stream = name
		return changed
	})
}

// Preload keeps a camera with an empty view connected and ready as long as it is on: for the next camera of a tour. Its
// stream is chosen for the last view that was not empty; without one, the smallest stream is taken.
func (v *Viewer) Preload(on bool) {
	v.ch.change(func() bool {
		changed := v.preload != on
		v.preload = on
		return changed
	})
}

// Frame returns the newest frame for the viewer's view and whether there is one. Right after a change of view it is the
// newest frame of the view that comes closest in the same layout: Frame.View says what it shows. A frame stays
// available when the camera dies: ask Stats whether it may be shown as live.
func (v *Viewer) Frame() (Frame, bool) { return v.ch.frame(v) }

// Stats returns what there is to say about the camera now.
func (v *Viewer) Stats() Stats { return v.ch.stats(v, time.Now()) }

// Retry connects again at once, even after a refusal. It is for an operator's hand, not for a loop.
func (v *Viewer) Retry() { v.ch.retry() }

// Close ends the viewer. The camera of the last viewer is let go after DeckOptions.Linger. Closing twice does no harm;
// a closed viewer has no frames.
func (v *Viewer) Close() { v.ch.remove(v) }
