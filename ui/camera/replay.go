package camera

import (
	"context"
	"image"
	"sync"
	"time"

	"iocwall/media"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
	"iocwall/ui/tile"
)

const (
	// idleLimit is how long a picture of the past may stand with nobody at it;
	// playLimit how long it may go on playing. A wall that is left alone is live.
	idleLimit, playLimit = time.Minute, 5 * time.Minute
	// backSaid is how long before going back that is said.
	backSaid = 20 * time.Second
	// seekStep is how far one press goes.
	seekStep = 5 * time.Second
	// startBack is how far back showing again begins.
	startBack = 10 * time.Second
)

// speeds are how fast a replay can play.
var speeds = []float64{0.25, 0.5, 1, 2, 4}

// Replay shows again what the relay kept of a camera. It is made by Hands.
type Replay struct {
	h       *Host
	cancel  context.CancelFunc
	touched time.Time
	speed   int // index of speeds

	mu     sync.Mutex
	tape   *replay.Tape[past]
	reason string
	view   media.View
	seq    uint64
	index  int
	last   *image.RGBA
	source image.Point
	full   chan<- past // set while a picture in full size is wanted
	hidden bool        // nobody sees it: it stands, and nothing is decoded
	goes   bool        // hidden, it goes on once it is seen
}

// past is a picture of the past.
type past struct {
	media.Picture
	view   media.View
	source image.Point
}

// openReplay fetches what there is of a camera's last seconds and plays it.
// Streams are tried in order: the relay may keep one of them only.
func openReplay(h *Host, camera string, streams []string, from, to time.Time) *Replay {
	r := &Replay{h: h, touched: h.Now(), speed: 2, index: -1}
	r.cancel = h.Start(func(ctx context.Context) {
		if err := r.run(ctx, camera, streams, from, to); err != nil && ctx.Err() == nil {
			h.Log.Warn("replay failed", "camera", camera, "error", err)
			r.mu.Lock()
			r.reason = h.why(err)
			r.mu.Unlock()
			h.Poke()
		}
	})
	return r
}

func (r *Replay) run(ctx context.Context, camera string, streams []string, from, to time.Time) error {
	var clip replay.Clip
	var err error
	for _, s := range streams {
		if clip, err = r.fetch(ctx, camera, s, from, to); err == nil && len(clip.Units) > 0 {
			break
		}
	}
	if err != nil {
		return err
	}
	if len(clip.Units) == 0 {
		return errNothingKept
	}
	return r.play(ctx, clip, to)
}

// play plays a clip from some seconds before its end until ctx ends.
func (r *Replay) play(ctx context.Context, clip replay.Clip, to time.Time) error {
	tape, err := replay.NewTape(clip, replay.TapeOptions[past]{Decoder: r.decoder, Notify: r.h.Poke})
	if err != nil {
		return err
	}
	tape.Seek(to.Add(-startBack))
	r.mu.Lock()
	r.tape = tape
	r.move(true)
	r.mu.Unlock()
	r.h.Poke()
	return tape.Run(ctx)
}

func (r *Replay) fetch(ctx context.Context, camera, stream string, from, to time.Time) (replay.Clip, error) {
	body, err := r.h.Replay(ctx, camera, stream, from, to)
	if err != nil {
		return replay.Clip{}, err
	}
	defer body.Close()
	clip, err := replay.Read(body, replay.Limits{})
	if err != nil && len(clip.Units) > 0 {
		r.h.Log.Warn("replay is cut off", "camera", camera, "error", err)
		err = nil
	}
	return clip, err
}

// decoder makes the decoder of a tape.
func (r *Replay) decoder(codec rtsp.Codec, params [][]byte) (replay.Decoder[past], error) {
	d, err := r.h.Decoder(media.DecoderOptions{Codec: codec, Parameters: params})
	if err != nil {
		return nil, err
	}
	return &pastDecoder{r: r, d: d}, nil
}

// pastDecoder renders for the view the tile has at that moment.
type pastDecoder struct {
	r      *Replay
	d      media.Decoder
	source image.Point
}

func (p *pastDecoder) Decode(unit [][]byte, pts time.Duration) (time.Duration, bool, error) {
	d, ok, err := p.d.Decode(unit, pts)
	if ok {
		p.source = d.Source
	}
	return d.PTS, ok, err
}

func (p *pastDecoder) Render() (past, error) {
	p.r.mu.Lock()
	v, full := p.r.view, p.r.full
	p.r.source, p.r.full = p.source, nil
	p.r.mu.Unlock()
	if full != nil {
		whole := media.View{Size: p.source}
		if pic, err := p.d.Render(whole); err == nil {
			full <- past{Picture: pic, view: whole, source: p.source}
		}
	}
	if v.Empty() {
		v = media.View{Size: p.source}
	}
	pic, err := p.d.Render(v)
	return past{Picture: pic, view: v, source: p.source}, err
}

func (p *pastDecoder) Close() { p.d.Close() }

// Close goes back to live.
func (r *Replay) Close() { r.cancel() }

// SetView says how large pictures are to be.
func (r *Replay) SetView(v media.View) {
	r.mu.Lock()
	changed := v != r.view
	r.view = v
	tape := r.tape
	r.mu.Unlock()
	if changed && tape != nil {
		tape.Refresh()
	}
}

// Frame is the picture of the past to be shown. Its numbers begin far above
// those of live frames, so that the two are never taken for each other.
func (r *Replay) Frame() (media.Frame, bool) {
	r.mu.Lock()
	tape := r.tape
	r.mu.Unlock()
	if tape == nil {
		return media.Frame{}, false
	}
	f, ok := tape.Frame()
	if !ok || f.Picture.RGBA == nil && f.Picture.YUV == nil {
		return media.Frame{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.Index != r.index || f.Picture.RGBA != r.last {
		r.index, r.last = f.Index, f.Picture.RGBA
		r.seq++
	}
	return media.Frame{
		Image: f.Picture.RGBA, YUV: f.Picture.YUV, View: f.Picture.view, Seq: 1<<62 + r.seq,
		PTS: f.PTS, Arrived: f.Arrived, Taken: f.Taken, Source: f.Picture.source,
	}, true
}

// shoot returns the picture shown in full size; any goroutine.
func (r *Replay) shoot(ctx context.Context) (still, error) {
	got := make(chan past, 1)
	r.mu.Lock()
	tape := r.tape
	r.full = got
	r.mu.Unlock()
	if tape == nil {
		return still{}, errNoPicture
	}
	tape.Refresh()
	select {
	case p := <-got:
		f, _ := tape.Frame()
		return still{img: p.RGBA, frame: media.Frame{Source: p.source, Arrived: f.Arrived, Taken: f.Taken}, replay: true}, nil
	case <-ctx.Done():
		return still{}, ctx.Err()
	case <-time.After(shotLimit):
		return still{}, errNoPicture
	}
}

// Hide makes it stand while nobody sees it; seen again, it goes on from there if
// it was playing.
func (r *Replay) Hide(off bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if off == r.hidden {
		return
	}
	r.hidden = off
	switch {
	case r.tape == nil:
	case off:
		r.goes = r.tape.Position().Playing
		r.tape.Pause()
	case r.goes:
		r.goes = false
		r.tape.Play()
	}
}

// move plays or pauses; the caller holds the lock.
func (r *Replay) move(on bool) {
	switch {
	case r.hidden:
		r.goes = on
	case on:
		r.tape.Play()
	default:
		r.tape.Pause()
	}
}

// Playing reports whether the picture moves, or will once it is seen.
func (r *Replay) Playing() bool { return r.position().Playing }

// At is when the picture shown arrived, zero before the first.
func (r *Replay) At() time.Time { return r.position().At }

func (r *Replay) position() replay.Position {
	r.mu.Lock()
	tape, goes := r.tape, r.goes
	r.mu.Unlock()
	if tape == nil {
		return replay.Position{}
	}
	p := tape.Position()
	p.Playing = p.Playing || goes
	return p
}

// over reports whether nobody was at it for long enough to go back to live, and
// how long it is until then.
func (r *Replay) over(now time.Time) (left time.Duration, over bool) {
	limit := idleLimit
	if r.Playing() {
		limit = playLimit
	}
	left = limit - now.Sub(r.touched)
	return max(0, left), left <= 0
}

// View is what the tile says of it.
func (r *Replay) View(now time.Time) *tile.ReplayView {
	p := r.position()
	r.mu.Lock()
	v := &tile.ReplayView{
		At: p.At, From: p.From, To: p.To, Playing: p.Playing, Speed: speeds[r.speed],
		Loading: r.tape == nil && r.reason == "", Reason: r.reason, Source: r.source,
	}
	r.mu.Unlock()
	if p.Err != nil && v.Source == (image.Point{}) {
		v.Reason = p.Err.Error()
	}
	if left, _ := r.over(now); left <= backSaid {
		v.Back = left
	}
	return v
}

// act does something with the tape once it is there, under the lock.
func (r *Replay) act(f func(*replay.Tape[past], replay.Position)) {
	r.touched = r.h.Now()
	p := r.position()
	r.mu.Lock()
	if r.tape != nil {
		f(r.tape, p)
	}
	r.mu.Unlock()
	r.h.Poke()
}

// Toggle plays or pauses.
func (r *Replay) Toggle() {
	r.act(func(_ *replay.Tape[past], p replay.Position) { r.move(!p.Playing) })
}

// Step pauses and goes so many pictures on.
func (r *Replay) Step(n int) {
	r.act(func(t *replay.Tape[past], _ replay.Position) {
		r.goes = false
		t.Step(n)
	})
}

// Skip goes so many steps of five seconds on.
func (r *Replay) Skip(n int) {
	r.act(func(t *replay.Tape[past], p replay.Position) {
		if !p.At.IsZero() {
			t.Seek(p.At.Add(time.Duration(n) * seekStep))
		}
	})
}

// Faster plays faster, or slower for a negative number.
func (r *Replay) Faster(n int) {
	r.speed = min(max(r.speed+n, 0), len(speeds)-1)
	r.act(func(t *replay.Tape[past], _ replay.Position) { t.SetSpeed(speeds[r.speed]) })
}
