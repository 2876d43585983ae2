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
	step    time.Duration
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

// SetStep makes pictures appear at the same moment on all computers that show the camera with the same budget: so long
// after they came to the relay, by DeckOptions.Clock; StepBudget is a good one. A picture that is not ready by then is
// shown as soon as it is, as are those of a source that does not tell when they came; Stats.Step says so. All viewers of
// the camera on this computer show the same: the largest budget of those with a view counts. The choice of the stream must be the same on all
// computers too: see Camera.Fill. A budget of 0 shows pictures as they come; budgets beyond a second are taken as one.
func (v *Viewer) SetStep(budget time.Duration) {
	v.ch.change(func() bool {
		changed := v.step != budget
		v.step = budget
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
