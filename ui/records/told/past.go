package told

import (
	"encoding/json"
	"strconv"
	"strings"

	"iocwall/server/world"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// Entry is one event of a thing as the server tells it.
type Entry struct {
	Seq    uint64          `json:"seq"`
	At     world.Time      `json:"at"`
	Seen   world.Time      `json:"seen"`
	Source string          `json:"source"`
	Kind   string          `json:"kind"`
	Body   json.RawMessage `json:"body"`

	// Icon, Text and Sub are the event in words; Phrase fills them.
	Icon string `json:"-"`
	Text string `json:"-"`
	Sub  string `json:"-"`
}

// Phrase puts an event into words. The about is whose page it is on.
func Phrase(l *words.Lang, st *world.State, e *Entry, about world.Ref) {
	body, err := world.DecodeBody(e.Kind, e.Body)
	if err != nil {
		e.Icon, e.Text = "sheet", e.Kind
		return
	}
	p := phraser{l: l, st: st, about: about, e: e}
	if !p.alert(body) && !p.camera(body) && !p.wall(body) {
		p.thing(body)
	}
	if e.Text == "" {
		e.Icon, e.Text = "sheet", e.Kind
	}
}

type phraser struct {
	l     *words.Lang
	st    *world.State
	about world.Ref
	e     *Entry
}

// say sets the sentence; pairs fill its holes.
func (p *phraser) say(icon, key, sub string, pairs ...string) {
	p.e.Icon, p.e.Text, p.e.Sub = icon, p.l.T("records.past."+key, pairs...), sub
}

func (p *phraser) name(kind, id string) string { return Named(p.l, p.st, world.NewRef(kind, id)) }

func (p *phraser) alert(body world.Body) bool {
	l := p.l
	switch b := body.(type) {
	case world.AlertRaised:
		_, icon := tile.SeveritySign(b.Severity)
		rule := b.RuleName()
		if rule == "" {
			rule = "—"
		}
		p.say(icon, "raised", b.Title, "rule", rule, "severity", l.T("severity."+string(b.Severity)))
	case world.AlertUpdated:
		_, icon := tile.SeveritySign(b.Severity)
		p.say(icon, "updated", b.Title, "severity", l.T("severity."+string(b.Severity)))
	case world.AlertAcknowledged:
		name := b.Name
		if name == "" {
			name = b.By
		}
		p.say("user", "taken", b.Note, "who", name)
	case world.AlertResolved:
		p.say("done", "resolved", b.Reason)
	default:
		return false
	}
	return true
}

func (p *phraser) camera(body world.Body) bool {
	l := p.l
	switch b := body.(type) {
	case world.CameraDefined:
		p.say("camera", "defined", b.Name)
	case world.CameraHealth:
		s := standCamera(l, world.Camera{Health: b})
		sub := ""
		if s.Bad {
			sub = b.Cause // the reason is for logs, the state is its translation
		}
		icon := s.Icon
		if icon == "" {
			icon = "normal"
		}
		p.say(icon, "health", sub, "state", s.Text)
	case world.CameraControlled:
		if b.Preset != "" {
			p.say("camera", "preset", "", "who", b.Name, "preset", b.Preset)
		} else {
			p.say("camera", "turned", "", "who", b.Name)
		}
	case world.ClipAsked:
		p.say("camera", "clip.asked", b.Note, "who", firstOf(b.Name, l.T("records.by.system")), "camera", p.name(world.KindCamera, b.Camera))
	case world.ClipSaved:
		p.say("done", "clip.saved", "", "camera", p.name(world.KindCamera, b.Camera), "size", l.Number(float64(b.Bytes)/1e6, 1))
	case world.ClipFailed:
		p.say("offline", "clip.failed", b.Reason, "camera", p.name(world.KindCamera, b.Camera))
	default:
		return false
	}
	return true
}

func (p *phraser) wall(body world.Body) bool {
	l := p.l
	switch b := body.(type) {
	case world.PopupAsked:
		p.say("popup", "popup.asked", b.Title, "who", orDash(firstOf(b.By, b.Why)))
	case world.PopupPlaced:
		if b.Zone == "" {
			p.say("popup", "popup.waits", "")
		} else {
			p.say("popup", "popup.placed", "", "zone", b.Zone)
		}
	case world.PopupClosed:
		p.say("popup", "popup.closed", b.By)
	case world.SceneSaved:
		p.say("sheet", "scene.saved", b.Name, "who", orDash(By(l, b.By)), "n", strconv.Itoa(b.Version))
	case world.SceneShown:
		p.say("sheet", "scene.shown", b.Why, "who", orDash(firstOf(b.By, b.Why)))
	case world.NodeEnrolled:
		p.say("node", "node.enrolled", "", "who", orDash(By(l, b.By)))
	case world.NodeLinked:
		if b.Up {
			p.say("live", "node.up", "")
		} else {
			p.say("offline", "node.down", b.Reason)
		}
	case world.NodeReported:
		if len(b.Problems) == 0 {
			p.say("normal", "node.well", "")
		} else {
			p.say("warning-open", "node.wrong", strings.Join(b.Problems, " · "))
		}
	case world.SourceHealth:
		icon := "normal"
		if b.State == world.SourceFailed || b.State == world.SourceRetrying {
			icon = "offline"
		}
		p.say(icon, "source", b.Reason, "state", l.T("records.source."+string(b.State)))
	default:
		return false
	}
	return true
}

func (p *phraser) thing(body world.Body) {
	l := p.l
	switch b := body.(type) {
	case world.VesselPosition:
		p.vessel(b)
	case world.VesselStatic:
		name, bound := "", ""
		if b.Name != nil {
			name = b.Name.Name
		}
		if b.Voyage != nil {
			bound = b.Voyage.Destination
		}
		p.say("vessel", "static", strings.Trim(name+" · "+bound, " ·"))
	case world.FenceCrossed:
		other := b.About
		if p.about == b.About {
			other = world.NewRef(world.KindFence, b.Fence)
		}
		p.say("map", "fence."+string(b.State), b.Why, "what", Named(l, p.st, other))
	case world.FenceSaved:
		p.say("map", "saved", b.Name, "who", orDash(By(l, b.By)), "n", strconv.Itoa(b.Version))
	case world.StationDefined:
		p.say("level", "defined", b.Name)
	case world.Reading:
		p.say("chart", "reading", "", "what", l.Quantity(b.Quantity), "value", words.Qualified(string(b.Qualifier), reading(l, b)))
	case world.ReportOpened:
		p.say("report", "report.opened", ServiceOf(l, b.Service), "channel", orDash(ChannelOf(l, b.Channel)))
	case world.ReportChanged:
		p.say("report", "report.changed", strings.Trim(AgencyOf(p.st, b.Agency)+" · "+b.By, " ·"), "state", l.T("records.report."+string(b.State)))
	case world.ReportOverdue:
		p.say("warning-open", "report.overdue", l.Stamp(b.Due.Std(), p.e.At.Std()))
	case world.FigureDefined:
		p.say("figure", "defined", b.Name)
	case world.FigureReported:
		p.figure(b)
	case world.EntityStale:
		p.say("stale", "stale", "", "limit", l.Age(world.Time(b.Limit).Sub(0)))
	case world.EntityGone:
		p.say("nodata", "gone", b.Reason)
	}
}

func (p *phraser) vessel(b world.VesselPosition) {
	l := p.l
	where := l.Position(b.Pos[1], b.Pos[0])
	if b.Speed >= 0.5 {
		way := l.Knots(b.Speed)
		if b.Course >= 0 {
			way += " · " + words.Heading(b.Course)
		}
		p.say("vessel", "sails", where, "way", way)
		return
	}
	p.say("vessel", "lies", where)
}

func (p *phraser) figure(b world.FigureReported) {
	l := p.l
	f, _ := p.st.Figure(b.Figure)
	f.Last = b
	value := "—"
	if b.Value != nil {
		value = FigureValue(l, f)
	}
	p.say("figure", "figure", strings.Trim(b.Label+" · "+b.Note+" · "+b.Fault, " ·"), "value", value)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func firstOf(s ...string) string {
	for _, x := range s {
		if x != "" {
			return x
		}
	}
	return ""
}
