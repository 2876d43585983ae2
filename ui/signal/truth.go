package signal

import (
	"strconv"
	"strings"
	"time"

	"iocwall/media"
	"iocwall/ui/words"
)

// offsetLimit is by how much a camera's clock may differ from ours unsaid.
const offsetLimit = 2 * time.Second

// lossLimit is what share of packets may be lost unsaid.
const lossLimit = 0.001

// truth says where and when the live picture comes from, from all of it down to
// the age alone: what is said first is dropped last. On most tiles only what is
// not perfect is worth the room.
func truth(l *words.Lang, v View, age time.Duration) []string {
	s := v.Stats
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
	case s.Loss > lossLimit:
		add(1, l.T("camera.loss", "n", loss), l.T("camera.loss.short", "n", loss))
	case v.Whole:
		loss = l.Percent(0, 0)
		add(6, l.T("camera.loss", "n", loss), l.T("camera.loss.short", "n", loss))
	}
	if v.Whole {
		d := decoder(l, s.Decoder)
		add(5, d, d)
	}
	word, clock := stream(l, v), l.ClockSeconds(v.taken(age))
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
func (v View) taken(age time.Duration) time.Time {
	if s := v.Stats; s.ClockKnown && !s.Taken.IsZero() {
		return s.Taken.Add(-s.ClockOffset)
	}
	return v.Now.Add(-age)
}

// stream is the stream in use as people call it, by the height of its
// picture; the name a scene or the relay gives it is for technicians.
func stream(l *words.Lang, v View) string {
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
			word = l.T(key) + " " + word
		}
	}
	return word
}

// decoder says what decodes, and which device should.
func decoder(l *words.Lang, name string) string {
	if device, fallen := Fallen(name); fallen {
		return l.T("camera.decoder.fallen", "name", strings.ToUpper(device))
	}
	switch name {
	case "":
		return ""
	case software:
		return l.T("camera.decoder.software")
	}
	return l.T("camera.decoder.hardware", "name", strings.ToUpper(name))
}

// software is the name of a decoder that needs no device.
const software = "software"

// Fallen reads the name of a decoder: the device that should decode and failed, so
// that software does.
func Fallen(name string) (device string, ok bool) {
	device, ok = strings.CutPrefix(name, software+" (")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(device, " failed)")
}
