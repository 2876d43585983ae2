package nodes

import (
	"fmt"
	"strings"
	"time"

	"iocwall/server/world"
)

// The languages of what is written into pictures of walls.
const (
	vietnamese = "vi"
	english    = "en"
)

var vietnam = time.FixedZone("+07", 7*60*60)

// cause is why there is no picture of a screen.
type cause string

const (
	nobody  cause = "nobody"  // no computer drives the screen
	never   cause = "never"   // its computer never came
	lost    cause = "lost"    // its computer is not connected
	mute    cause = "mute"    // its computer did not answer in time
	refused cause = "refused" // its computer said why it cannot
	broken  cause = "broken"  // what it sent cannot be drawn
	busy    cause = "busy"    // its computer is asked for too many
)

// reason is a cause with what belongs to it.
type reason struct {
	kind   cause
	node   string
	detail string
	since  world.Time
}

// words are the texts of one language.
type words struct {
	lang string
}

// pick returns the text of the language.
func (w words) pick(vi, en string) string {
	if w.lang == english {
		return en
	}
	return vi
}

func (w words) screen(id int) string { return fmt.Sprintf(w.pick("MÀN HÌNH %d", "SCREEN %d"), id) }

func (w words) missing() string { return w.pick("KHÔNG CÓ HÌNH", "NO PICTURE") }

// why says why there is no picture.
func (w words) why(r reason) string {
	switch r.kind {
	case nobody:
		return w.pick("Chưa gán máy tính nào cho màn hình này", "No computer drives this screen")
	case never:
		return fmt.Sprintf(w.pick("Máy %s chưa kết nối lần nào", "%s never connected"), r.node)
	case lost:
		return fmt.Sprintf(w.pick("Máy %s mất kết nối từ %s", "%s is not connected since %s"), r.node, w.clock(r.since))
	case mute:
		return fmt.Sprintf(w.pick("Máy %s không gửi hình trong %d giây", "%s sent no picture within %d s"), r.node, int(shotLimit.Seconds()))
	case refused:
		return fmt.Sprintf(w.pick("Máy %s không đọc được hình: %s", "%s cannot read its screen: %s"), r.node, r.detail)
	case broken:
		return fmt.Sprintf(w.pick("Hình của máy %s bị hỏng", "The picture of %s is damaged"), r.node)
	case busy:
		return fmt.Sprintf(w.pick("Máy %s đang phải gửi quá nhiều hình", "%s is asked for too many pictures"), r.node)
	}
	return ""
}

// last says how old the newest picture is that there is.
func (w words) last(p picture, now world.Time) string {
	if len(p.data) == 0 {
		return w.pick("Không lưu hình nào trước đó", "No earlier picture is kept")
	}
	return fmt.Sprintf(w.pick("Hình gần nhất: %s, %s trước", "Newest picture: %s, %s ago"), w.clock(p.taken), w.age(p.age(now)))
}

func (w words) clock(t world.Time) string { return t.Std().In(vietnam).Format("15:04:05") }

// age writes a duration as people read it.
func (w words) age(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		text := fmt.Sprintf("%.1f s", d.Seconds())
		if w.lang != english {
			text = strings.Replace(text, ".", ",", 1)
		}
		return text
	case d < time.Hour:
		return fmt.Sprintf(w.pick("%d phút", "%d min"), int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf(w.pick("%d giờ", "%d h"), int(d.Hours()))
	}
	return fmt.Sprintf(w.pick("%d ngày", "%d days"), int(d.Hours()/24))
}

// summary is the line beneath a wall.
func (w words) summary(s *shot) string {
	have := 0
	for _, x := range s.screens {
		if !x.missing() {
			have++
		}
	}
	name := s.of.Name
	if name == "" {
		name = s.of.ID
	}
	parts := []string{name, s.at.Std().In(vietnam).Format("02/01/2006 15:04:05")}
	if s.of.On.Scene != "" {
		scene := s.scene
		if scene == "" {
			scene = s.of.On.Scene
		}
		parts = append(parts, fmt.Sprintf(w.pick("cảnh: %s (lần chuyển %d)", "scene: %s (switch %d)"), scene, s.of.On.Generation))
	}
	parts = append(parts, fmt.Sprintf(w.pick("%d/%d màn hình có hình", "%d/%d screens have a picture"), have, len(s.screens)))
	return strings.Join(parts, "  ·  ")
}

// doubt says why a picture is not what the wall shows now, empty when it is.
func (w words) doubt(p picture, generation uint64, now world.Time) string {
	var out []string
	if age := p.age(now); age > staleAfter {
		out = append(out, fmt.Sprintf(w.pick("Hình cũ %s", "Picture %s old"), w.age(age)))
	}
	if p.generation != generation {
		out = append(out, w.still(p))
	}
	return strings.Join(out, " · ")
}

func (w words) still(p picture) string {
	return fmt.Sprintf(w.pick("còn ở lần chuyển %d", "still at switch %d"), p.generation)
}

// ages are the ages of all pictures, one text for each screen.
func (w words) ages(s *shot) []string {
	out := []string{w.pick("Tuổi hình:", "Age of pictures:")}
	for _, x := range s.screens {
		text := fmt.Sprintf("%d: —", x.screen.ID)
		if !x.missing() {
			text = fmt.Sprintf("%d: %s", x.screen.ID, w.age(x.picture.age(s.at)))
			if x.picture.generation != s.of.On.Generation {
				text += " (" + w.still(x.picture) + ")"
			}
		}
		out = append(out, text)
	}
	return out
}
