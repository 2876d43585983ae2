package tile

import (
	"math"
	"strconv"
	"strings"
	"time"

	"iocwall/media"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

func (e *Env) cameraFace(v CameraView) cameraFace {
	l, s := e.Lang, v.Stats
	age, has := s.Age(v.Now)
	f := cameraFace{Mark: "live", Popup: v.Cover.Popup, NoPicture: !has, Source: s.Source}
	taken := v.Now.Add(-age)
	since := v.Now.Sub(s.Since)
	switch s.State {
	case media.StateLive:
		f.Right, f.Quiet = e.truth(v, age), v.Quiet && !s.Stepped && stepKey(s.Step.State) == "" && s.Loss <= 0.001 && (!s.ClockKnown || s.ClockOffset.Abs() <= offsetLimit)
		if s.Unchanged >= unchangedLimit {
			f.Mark, f.Quiet = "frozen", false
			f.Plate = e.statePlate(paint.PlateStale, "frozen", "camera.unchanged", l.AgeWord(s.Unchanged.Truncate(time.Second)))
		}
		if s.Stepped {
			f.Note = []string{l.T("camera.stepped"), l.T("camera.stepped.short")}
		}
	case media.StateLate:
		f.Mark = "stale"
		f.Plate = e.statePlate(paint.PlateStale, "stale", "camera.late", l.AgeWord(max(age, s.Behind)))
		f.Right = []string{l.Age(age)}
		f.Note = e.lateNote(v)
		if s.Reason == media.ReasonCatchingUp {
			f.Plate = e.statePlate(paint.PlateStale, "stale", "camera.catching", l.AgeWord(max(age, s.Behind)))
			f.Note = []string{l.T("camera.catching.note"), l.T("camera.catching.note.short")}
		}
	case media.StateFrozen:
		f.Mark, f.Grey = "frozen", true
		f.Plate = e.statePlate(paint.PlateStale, "frozen", "camera.frozen", l.AgeWord(since))
		f.Note = []string{l.T("camera.frozen.note"), l.T("camera.frozen.note.short")}
		f.Right = pictureTime(e, taken)
	case media.StateNoSignal:
		f.Mark, f.Grey = "offline", true
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.lost", l.AgeWord(since))
		f.Note = e.retryNote(v)
		f.Right = pictureTime(e, taken)
		if f.NoPicture {
			f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
			f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
		}
		if s.Reason == media.ReasonUntrusted {
			f.Note = []string{l.T("camera.untrusted"), l.T("camera.untrusted.short")}
			if f.NoPicture && v.Reason == "" {
				f.Title, f.Lines = f.Note[0], []string{l.T("camera.untrusted.next")}
			}
		}
		if v.Reason != "" {
			f.Note, f.Right = []string{v.Reason}, []string{l.T("camera.nopicture")}
		}
	case media.StateRefused:
		f.Mark, f.NoPicture = "offline", true
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
		f.Title = l.T("camera.refused")
		f.Lines = []string{l.T("camera.refused.why")}
		if !v.Told.IsZero() {
			f.Lines = append(f.Lines, l.T("camera.refused.told", "time", l.Clock(v.Told)))
		}
		f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
	case media.StateFull:
		f.Mark, f.Grey = "offline", true
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
		f.Note = []string{l.T("camera.full"), l.T("camera.full.short")}
		f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
	default:
		e.opening(v, has, &f)
	}
	if v.Reason == "" && v.Replay != nil {
		e.replayFace(v, &f)
	}
	e.cameraCover(v, &f)
	f.Zoom, f.Chosen, f.Aside = v.Zoom, v.Chosen, v.Aside
	if e.Dense && f.Replay == nil {
		f.Right, f.Note = nil, nil
		if f.Progress > 0 {
			f.Lines = nil
		}
	}
	return f
}

// unchangedLimit is from when on a picture that stays the same is said to.
const unchangedLimit = 10 * time.Second

// offsetLimit is by how much a camera's clock may differ from ours unsaid.
const offsetLimit = 2 * time.Second

// truth says where and when the live picture comes from, from all of it down to
// the age alone: what is said first is dropped last. On most tiles only what is
// not perfect is worth the room.
func (e *Env) truth(v CameraView, age time.Duration) []string {
	l, s := e.Lang, v.Stats
	var facts []words.Fact
	add := func(rank int, text, short string) {
		if text != "" {
			facts = append(facts, words.Fact{Rank: rank, Text: text, Short: short})
		}
	}
	if s.ClockKnown && s.ClockOffset.Abs() > offsetLimit {
		n := l.AgeWord(s.ClockOffset.Abs().Truncate(time.Second))
		if s.ClockOffset < 0 {
			n = "−" + n
		} else {
			n = "+" + n
		}
		add(2, l.T("camera.clock", "n", n), l.T("camera.clock.short", "n", n))
	}
	loss := l.Percent(s.Loss*100, 1)
	if key := stepKey(s.Step.State); key != "" {
		add(1, l.T(key), l.T("camera.step.short"))
	}
	switch {
	case s.Loss > 0.001:
		add(1, l.T("camera.loss", "n", loss), l.T("camera.loss.short", "n", loss))
	case v.Whole:
		loss = l.Percent(0, 0)
		add(6, l.T("camera.loss", "n", loss), l.T("camera.loss.short", "n", loss))
	}
	if v.Whole {
		d := e.decoderWord(s.Decoder)
		add(5, d, d)
	}
	word, clock := e.streamWord(v), l.ClockSeconds(v.taken(age))
	add(4, word, word)
	add(3, clock, clock)
	add(0, l.Age(age), l.Age(age))
	return words.Ladder(facts)
}

// stepKey names why a tile over several computers is not in step with its other
// parts, empty while it is.
func stepKey(s media.StepState) string {
	switch s {
	case media.StepLate, media.StepUnstamped, media.StepUnclocked:
		return "camera.step." + string(s)
	}
	return ""
}

// taken is when the picture was taken, by the clock of this computer: the
// camera's own clock is believed as to how long ago, not as to when.
func (v CameraView) taken(age time.Duration) time.Time {
	if s := v.Stats; s.ClockKnown && !s.Taken.IsZero() {
		return s.Taken.Add(-s.ClockOffset)
	}
	return v.Now.Add(-age)
}

// streamWord is the stream in use as people call it, by the height of its
// picture; the name a scene or the relay gives it is for technicians.
func (e *Env) streamWord(v CameraView) string {
	h := v.Stats.Source.Y
	var word string
	switch {
	case h >= 2000:
		word = "4K"
	case h >= 700:
		word = "HD"
	case h > 0:
		word = "SD"
	default:
		return ""
	}
	if v.Whole {
		word += " " + strconv.Itoa(v.Stats.Source.X) + "×" + strconv.Itoa(h)
		if v.Main != "" && v.Stats.Stream != "" {
			key := "camera.stream.main"
			if v.Stats.Stream != v.Main {
				key = "camera.stream.sub"
			}
			word = e.Lang.T(key) + " " + word
		}
	}
	return word
}

// decoderWord says what decodes.
func (e *Env) decoderWord(name string) string {
	switch name {
	case "":
		return ""
	case "software":
		return e.Lang.T("camera.decoder.software")
	}
	return e.Lang.T("camera.decoder.hardware", "name", strings.ToUpper(name))
}

// replayFace makes the tile say that it shows what was: nothing of it can be
// taken for a live picture.
func (e *Env) replayFace(v CameraView, f *cameraFace) {
	l, r := e.Lang, v.Replay
	*f = cameraFace{Mark: "replay", Replay: r, Source: r.Source, Popup: f.Popup, Grey: r.Loading}
	f.Plate = &paint.Plate{
		Kind: paint.PlateReplay, Icon: "replay", Text: l.T("replay", "time", l.ClockSeconds(r.At)),
		Shorter: []string{l.ClockSeconds(r.At), l.T("replay.short")},
	}
	if r.Reason != "" {
		f.Title, f.Lines, f.NoPicture = l.T("replay.failed.title"), []string{r.Reason}, true
		f.Plate.Text, f.Plate.Shorter = l.T("replay.short"), nil
	}
	how := l.T("replay.paused")
	if r.Playing {
		how = l.T("replay.speed", "n", l.Number(r.Speed, decimalsOf(r.Speed)))
	}
	if r.Loading {
		how = l.T("replay.loading")
	}
	back := ""
	if r.Back > 0 {
		back = l.T("replay.back", "age", l.AgeWord(r.Back.Truncate(time.Second)))
	}
	f.Right = []string{how}
	if r.Reason != "" {
		f.Right = []string{back}
	} else if back != "" {
		f.Right = []string{how + " · " + back, back, how}
	}
}

// decimalsOf is how many decimals a speed needs.
func decimalsOf(v float64) int {
	for d := range 3 {
		if p := math.Pow10(d); math.Abs(math.Round(v*p)-v*p) < 1e-6 {
			return d
		}
	}
	return 2
}

// opening is the state before the first picture: a bar to the limit, then an
// error that says so.
func (e *Env) opening(v CameraView, has bool, f *cameraFace) {
	l, s := e.Lang, v.Stats
	f.Mark, f.Grey = "loading", has
	waited := v.Now.Sub(s.Since)
	if s.Since.IsZero() {
		waited = 0
	}
	f.Right = []string{l.T("camera.nopicture")}
	if waited > openLimit {
		f.Mark = "offline"
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
		f.Note = []string{l.T("camera.waited", "age", l.AgeWord(waited)), l.T("camera.waited.short", "age", l.AgeWord(waited))}
		return
	}
	f.Progress = math.Max(0.02, float64(waited)/float64(openLimit))
	f.Lines = []string{l.T("camera.opening"), l.T("camera.opening.of", "n", l.Number(float64(waited/(100*time.Millisecond))/10, 1), "limit", "2")}
}

func pictureTime(e *Env, taken time.Time) []string {
	t := e.Lang.ClockSeconds(taken)
	return []string{e.Lang.T("camera.picture", "time", t), t}
}

// statePlate makes a plate of a key: key says all, key.short the word, key.age
// the bare age.
func (e *Env) statePlate(kind paint.PlateKind, icon, key, age string) *paint.Plate {
	p := &paint.Plate{Kind: kind, Icon: icon, Text: e.Lang.T(key, "age", age), Shorter: []string{e.Lang.T(key + ".short")}}
	if e.Lang.Has(key + ".tiny") {
		p.Shorter = append(p.Shorter, e.Lang.T(key+".tiny"))
	}
	if age != "" {
		p.Shorter = append(p.Shorter, age)
	}
	return p
}

func (e *Env) lateNote(v CameraView) []string {
	s := v.Stats
	if v.Main != "" && s.Stream != "" && s.Stream != v.Main {
		size := strconv.Itoa(s.Source.X) + "×" + strconv.Itoa(s.Source.Y)
		return []string{e.Lang.T("camera.stepdown", "size", size), e.Lang.T("camera.stepdown.short", "size", size)}
	}
	if s.Reason == media.ReasonOverloaded {
		return []string{e.Lang.T("camera.late.load"), e.Lang.T("camera.late.load.short")}
	}
	return []string{e.Lang.T("camera.late.note"), e.Lang.T("camera.late.note.short")}
}

func (e *Env) retryNote(v CameraView) []string {
	s := v.Stats
	n := strconv.Itoa(max(1, s.Retries))
	if s.NextTry.IsZero() || s.NextTry.Before(v.Now) {
		return []string{e.Lang.T("camera.retrying", "n", n), e.Lang.T("camera.retrying.short", "n", n)}
	}
	in := strconv.Itoa(int(math.Ceil(s.NextTry.Sub(v.Now).Seconds())))
	return []string{e.Lang.T("camera.retry", "n", n, "in", in), e.Lang.T("camera.retry.short", "n", n, "in", in)}
}

// cameraCover adds what lies over every kind of tile. A lock is never covered
// by a pop-up, and a fault's plate is never covered by either.
func (e *Env) cameraCover(v CameraView, f *cameraFace) {
	l := e.Lang
	switch {
	case f.Replay != nil:
		f.Popup = nil // an operator's hand is stronger, and the mark must stay
	case v.Cover.LockedBy != "":
		f.Popup = nil
		if f.Plate == nil {
			p := e.LockPlate(v.Cover, paint.PlateSolid)
			f.Plate = &p
		}
	case f.Popup != nil:
		f.Mark = "popup"
		back := l.T("popup.until", "time", l.Clock(f.Popup.Until))
		if len(f.Right) > 0 && !f.Popup.Until.IsZero() {
			f.Right = []string{f.Right[len(f.Right)-1] + " · " + back, back}
		}
		if f.Plate == nil {
			p := e.PopupPlate(f.Popup)
			f.Plate = &p
		}
	case v.Cover.Moved != "" && f.Plate == nil:
		p := e.movedPlate(v.Cover, paint.PlateSolid)
		f.Plate = &p
	case v.Cover.Away > 0 && f.Plate == nil:
		age := l.Age(v.Cover.Away)
		said := []string{l.T("away.camera", "age", age), l.T("away", "age", age), l.T("away.short"), age}
		if !v.Cover.AsOf.IsZero() { // the picture is live, whatever else is not
			said = []string{l.T("asof.camera"), l.T("asof.camera.short")}
		}
		f.Plate = &paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: said[0], Shorter: said[1:]}
	}
}
