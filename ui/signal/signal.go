// Package signal says how a camera's picture is, in words and marks for people,
// from what its player knows. It is pure: time is an argument, and it knows no
// window.
package signal

import (
	"image"
	"math"
	"strconv"
	"time"

	"iocwall/media"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// View is what is known of a camera at one moment.
type View struct {
	// Stats is the player's word; its State decides.
	Stats media.Stats
	Now   time.Time
	// Main is the name of the camera's main stream.
	Main string
	// Told is when the technician was told of a refusal, zero when unknown.
	Told time.Time
	// Whole asks for the whole truth, down to stream and decoder.
	Whole bool
}

// Face is what a tile says of a camera. Of alternatives the longest is first.
type Face struct {
	Plate     *paint.Plate // the state, nil while it is live
	Mark      string       // the icon before the name
	Title     string       // a large sentence instead of a picture
	Lines     []string     // what follows it
	Note      []string     // why, alternatives
	Right     []string     // time and age, alternatives
	Grey      bool         // the picture is old and must look old
	NoPicture bool
	Progress  float64 // 0 none, otherwise the part of OpenLimit that is over
	Fine      bool    // nothing is wrong
	Source    image.Point
}

// OpenLimit is how long a camera may take for its first picture.
const OpenLimit = 2 * time.Second

// unchangedLimit is from when on a picture that stays the same is said to.
const unchangedLimit = 10 * time.Second

// Of says how a camera's picture is.
func Of(l *words.Lang, v View) Face {
	s := v.Stats
	age, has := s.Age(v.Now)
	f := Face{Mark: "live", NoPicture: !has, Source: s.Source}
	since := v.Now.Sub(s.Since)
	switch s.State {
	case media.StateLive:
		live(l, v, age, &f)
	case media.StateLate:
		late(l, v, age, &f)
	case media.StateFrozen:
		f.Mark, f.Grey = "frozen", true
		f.Plate = plate(l, paint.PlateStale, "frozen", "camera.frozen", l.AgeWord(since))
		f.Note = because(l, s.Reason)
		f.Right = pictureTime(l, v.Now.Add(-age))
	case media.StateNoSignal:
		lost(l, v, v.Now.Add(-age), &f)
	case media.StateRefused:
		f.Mark, f.NoPicture = "offline", true
		f.Plate = plate(l, paint.PlateOffline, "offline", "camera.none", "")
		f.Title = l.T("camera.refused")
		f.Lines = []string{l.T("camera.refused.why")}
		if !v.Told.IsZero() {
			f.Lines = append(f.Lines, l.T("camera.refused.told", "time", l.Clock(v.Told)))
		}
		f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
	case media.StateFull:
		f.Mark, f.Grey = "offline", true
		f.Plate = plate(l, paint.PlateOffline, "offline", "camera.none", "")
		f.Note = because(l, media.ReasonFull)
		f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
	default:
		opening(l, v, has, &f)
	}
	return f
}

// live is the state in which only what is not perfect is worth a word.
func live(l *words.Lang, v View, age time.Duration, f *Face) {
	s := v.Stats
	f.Right = truth(l, v, age)
	f.Fine = !s.Stepped && !s.KeyOverdue && stepKey(s.Step.State) == "" && s.Loss <= lossLimit && (!s.ClockKnown || s.ClockOffset.Abs() <= offsetLimit)
	switch {
	case s.KeyOverdue:
		// Who comes next sees nothing. Where there is no room for words, the mark says it.
		f.Mark, f.Note = "notice-open", []string{l.T("camera.key"), l.T("camera.key.short")}
	case s.Stepped:
		f.Note = []string{l.T("camera.stepped"), l.T("camera.stepped.short")}
	}
	if s.Unchanged >= unchangedLimit {
		f.Mark, f.Fine = "frozen", false
		f.Plate = plate(l, paint.PlateStale, "frozen", "camera.unchanged", l.AgeWord(s.Unchanged.Truncate(time.Second)))
	}
}

// late is the state in which pictures come, but too old.
func late(l *words.Lang, v View, age time.Duration, f *Face) {
	s := v.Stats
	key := "camera.late"
	f.Note = because(l, s.Reason)
	switch {
	case s.Reason == media.ReasonCatchingUp:
		key = "camera.catching"
	case s.Stepped:
		size := strconv.Itoa(s.Source.X) + "×" + strconv.Itoa(s.Source.Y)
		f.Note = because(l, s.Reason, l.T("camera.stepdown", "size", size), l.T("camera.stepdown.short"))
	}
	f.Mark = "stale"
	f.Plate = plate(l, paint.PlateStale, "stale", key, l.AgeWord(max(age, s.Behind)))
	f.Right = []string{l.Age(age)}
}

// lost is the state without new pictures: whether nothing comes at all or what
// comes makes none.
func lost(l *words.Lang, v View, taken time.Time, f *Face) {
	s := v.Stats
	f.Mark, f.Grey = "offline", true
	f.Note, f.Right = because(l, s.Reason, retries(l, v)...), pictureTime(l, taken)
	switch {
	case f.NoPicture:
		f.Plate = plate(l, paint.PlateOffline, "offline", "camera.none", "")
		f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
	case silent(s.Reason):
		f.Plate = plate(l, paint.PlateOffline, "offline", "camera.lost", l.AgeWord(v.Now.Sub(s.Since)))
	default:
		f.Plate = plate(l, paint.PlateOffline, "offline", "camera.dark", l.AgeWord(v.Now.Sub(s.Since)))
	}
	if s.Reason == media.ReasonUntrusted && f.NoPicture {
		f.Title, f.Lines = f.Note[0], []string{l.T("camera.untrusted.next")}
	}
}

// opening is the state before the first picture: a bar to the limit, then an
// error that says so.
func opening(l *words.Lang, v View, has bool, f *Face) {
	s := v.Stats
	f.Mark, f.Grey = "loading", has
	waited := v.Now.Sub(s.Since)
	if s.Since.IsZero() {
		waited = 0
	}
	reason := s.Reason
	if reason == media.ReasonNone || reason == media.ReasonStopped {
		reason = media.ReasonConnecting // who looks at the tile is why it connects
	}
	f.Right = []string{l.T("camera.nopicture")}
	if waited > OpenLimit {
		f.Mark = "offline"
		f.Plate = plate(l, paint.PlateOffline, "offline", "camera.none", "")
		f.Note = because(l, reason, l.T("camera.waited", "age", l.AgeWord(waited)))
		return
	}
	f.Progress = math.Max(0.02, float64(waited)/float64(OpenLimit))
	f.Lines = []string{because(l, reason)[0], l.T("camera.opening.of", "n", l.Number(float64(waited/(100*time.Millisecond))/10, 1), "limit", "2")}
}

func pictureTime(l *words.Lang, taken time.Time) []string {
	t := l.ClockSeconds(taken)
	return []string{l.T("camera.picture", "time", t), t}
}

// plate makes a plate of a key: key says all, key.short the word, key.tiny a
// shorter one, and the bare age comes last.
func plate(l *words.Lang, kind paint.PlateKind, icon, key, age string) *paint.Plate {
	p := &paint.Plate{Kind: kind, Icon: icon, Text: l.T(key, "age", age), Shorter: []string{l.T(key + ".short")}}
	if l.Has(key + ".tiny") {
		p.Shorter = append(p.Shorter, l.T(key+".tiny"))
	}
	if age != "" {
		p.Shorter = append(p.Shorter, age)
	}
	return p
}
