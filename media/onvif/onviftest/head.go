package onviftest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Command is one order to the head, as the camera understood it.
type Command struct {
	At              time.Time // by our clock
	Op              string
	Pan, Tilt, Zoom float64
	Timeout         string
	Preset          string
}

// head is where the camera looks, and how it is moving.
type head struct {
	at      [3]float64
	speed   [3]float64
	since   time.Time
	until   time.Time // zero means until it is stopped
	presets []preset
}

type preset struct {
	token, name string
	at          [3]float64
}

// commandsKept is how many orders are remembered.
const commandsKept = 1000

// Commands returns the last 1,000 orders to the head, oldest first.
func (d *Device) Commands() []Command {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.log)
}

// Moving tells whether the head is moving.
func (d *Device) Moving() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.head.turn(time.Now())
	return d.head.speed != [3]float64{}
}

// Position returns where the camera looks: pan and tilt from −1 to 1, zoom from 0 to 1. Full speed takes two seconds
// from the middle to the end.
func (d *Device) Position() (pan, tilt, zoom float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.head.turn(time.Now())
	return d.head.at[0], d.head.at[1], d.head.at[2]
}

// turn brings the head to where it is now.
func (h *head) turn(now time.Time) {
	end := now
	if !h.until.IsZero() && h.until.Before(now) {
		end = h.until
	}
	if end.After(h.since) {
		for i := range h.at {
			h.at[i] = min(max(h.at[i]+h.speed[i]*end.Sub(h.since).Seconds()/2, []float64{-1, -1, 0}[i]), 1)
		}
	}
	h.since = now
	if end != now {
		h.speed = [3]float64{}
	}
}

func (d *Device) ptz(op *operation) (string, *fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	d.head.turn(now)
	name := op.XMLName.Local
	done := "<tptz:" + name + "Response/>"
	if name == "GetNode" || name == "GetNodes" {
		return "<tptz:" + name + "Response>" + d.node() + "</tptz:" + name + "Response>", nil
	}
	if !slices.ContainsFunc(d.set, func(p Profile) bool { return p.Token == op.ProfileToken && p.PTZ }) {
		return "", &fault{"ter:NoProfile", "No such profile"}
	}
	switch name {
	case "GetPresets":
		var b strings.Builder
		for _, p := range d.head.presets {
			fmt.Fprintf(&b, `<tptz:Preset token="%s"><tt:Name>%s</tt:Name></tptz:Preset>`, p.token, p.name)
		}
		return "<tptz:GetPresetsResponse>" + b.String() + "</tptz:GetPresetsResponse>", nil
	case "GetStatus":
		state := map[bool]string{true: "MOVING", false: "IDLE"}[d.head.speed != [3]float64{}]
		return fmt.Sprintf(`<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="%f" y="%f"/><tt:Zoom x="%f"/></tt:Position>`+
			`<tt:MoveStatus><tt:PanTilt>%s</tt:PanTilt><tt:Zoom>IDLE</tt:Zoom></tt:MoveStatus></tptz:PTZStatus></tptz:GetStatusResponse>`,
			d.head.at[0], d.head.at[1], d.head.at[2], state), nil
	}
	if d.opts.NoOperator {
		return "", &fault{"ter:NotAuthorized", "Sender not authorized"}
	}
	return d.act(op, now, done)
}

// act carries out what moves the head; the caller holds mu.
func (d *Device) act(op *operation, now time.Time, done string) (string, *fault) {
	c := Command{At: now, Op: op.XMLName.Local, Timeout: op.Timeout, Preset: op.PresetToken}
	v := op.Velocity
	if c.Op == "AbsoluteMove" {
		v = op.Position
	}
	if v.PanTilt != nil {
		c.Pan, c.Tilt = v.PanTilt.X, v.PanTilt.Y
	}
	if v.Zoom != nil {
		c.Zoom = v.Zoom.X
	}
	h := &d.head
	switch c.Op {
	case "ContinuousMove":
		limit, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(op.Timeout, "PT")))
		if op.Timeout != "" && (d.has(RefusesTimeout) || err != nil) || d.has(ZoomOnly) && v.PanTilt != nil || max(c.Pan, c.Tilt, c.Zoom) > 1 {
			return "", &fault{"ter:InvalidArgVal", "Argument Value Invalid"}
		}
		h.speed, h.until = [3]float64{c.Pan, c.Tilt, c.Zoom}, time.Time{}
		if op.Timeout != "" && !d.has(IgnoresTimeout) {
			h.until = now.Add(limit)
		}
	case "Stop":
		h.speed = [3]float64{}
	case "AbsoluteMove":
		h.speed, h.at = [3]float64{}, [3]float64{c.Pan, c.Tilt, c.Zoom}
	case "GotoPreset":
		i := slices.IndexFunc(h.presets, func(p preset) bool { return p.token == op.PresetToken })
		if i < 0 {
			return "", &fault{"ter:NoToken", "No such preset"}
		}
		h.speed, h.at = [3]float64{}, h.presets[i].at
	case "SetPreset":
		token := op.PresetToken
		i := slices.IndexFunc(h.presets, func(p preset) bool { return p.token == token })
		if i < 0 {
			token = fmt.Sprintf("p%d", len(h.presets)+1)
			h.presets = append(h.presets, preset{token: token})
			i = len(h.presets) - 1
		}
		h.presets[i].name, h.presets[i].at = op.PresetName, h.at
		done = "<tptz:SetPresetResponse><tptz:PresetToken>" + token + "</tptz:PresetToken></tptz:SetPresetResponse>"
	default:
		return "", &fault{"ter:ActionNotSupported", "Optional Action Not Implemented"}
	}
	if len(d.log) >= commandsKept {
		d.log = d.log[1:]
	}
	d.log = append(d.log, c)
	return done, nil
}

// node describes the head.
func (d *Device) node() string {
	space := func(name, axes string) string {
		uri := "http://www.onvif.org/ver10/tptz/PanTiltSpaces/Generic"
		out := `<tt:` + name + `><tt:URI>` + uri + `</tt:URI>`
		for _, a := range axes {
			out += fmt.Sprintf(`<tt:%cRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:%cRange>`, a, a)
		}
		return out + `</tt:` + name + `>`
	}
	spaces := ""
	if !d.has(ZoomOnly) {
		spaces += space("AbsolutePanTiltPositionSpace", "XY") + space("ContinuousPanTiltVelocitySpace", "XY")
	}
	spaces += space("ContinuousZoomVelocitySpace", "X")
	return `<tptz:PTZNode token="node" FixedHomePosition="false"><tt:Name>node</tt:Name><tt:SupportedPTZSpaces>` + spaces +
		`</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>16</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode>`
}
