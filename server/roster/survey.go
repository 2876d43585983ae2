package roster

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"iocwall/media/onvif"
	"iocwall/server/settings"
)

// presetsKept is how many presets of a camera are written down; some fill their list with 256 names of nothing.
const presetsKept = 32

// Device is a camera, or a recorder of several, to ask.
type Device struct {
	// Address is host, host:port or the address of its service; Name and Model are
	// what it says of itself in the network, empty when that was not asked.
	Address, Name, Model string
	// User and Password open it. Reference is what is written of the password.
	User, Password, Reference string
	// Timeout bounds one answer.
	Timeout time.Duration
	// Logger takes debug messages; nil discards them.
	Logger *slog.Logger
}

// Survey asks a device for its streams, sizes and presets. Lines tell people what it
// is: one for itself or each channel, and one for each remark. Errors never hold the
// password.
func (t Device) Survey(ctx context.Context) (found []Found, lines []string, err error) {
	d, err := onvif.New(onvif.Options{Address: t.Address, User: t.User, Password: t.Password, Timeout: t.Timeout, Logger: t.Logger})
	if err != nil {
		return nil, nil, err
	}
	s, err := d.Survey(ctx)
	if err != nil {
		return nil, nil, err
	}
	host, err := HostOf(t.Address)
	if err != nil {
		return nil, nil, err
	}
	model := strings.TrimSpace(s.Information.Manufacturer + " " + s.Information.Model)
	for i, ch := range s.Channels {
		w := Found{host: host, alone: len(s.Channels) == 1}
		w.Camera.Name, w.named = t.Name, t.Name != "" && t.Name != t.Model && !strings.Contains(model, t.Name)
		if !w.named {
			w.Camera.Name = strings.TrimSpace(model + " " + host)
		}
		if !w.alone {
			// A recorder: its name is that of all its cameras.
			w.Camera.Name, w.named = fmt.Sprintf("%s (%d)", w.Camera.Name, i+1), false
			w.host = fmt.Sprintf("%s-ch%d", host, i+1)
		}
		if t.User != "" {
			w.Camera.User, w.Camera.Password = t.User, t.Reference
		}
		w.Camera.Streams = []settings.StreamConfig{streamOf("main", ch.Main)}
		if ch.Sub != nil {
			w.Camera.Streams = append(w.Camera.Streams, streamOf("sub", *ch.Sub))
		}
		if s.Limits != nil {
			w.Camera.ONVIF = settings.ONVIFConfig{Address: d.Address(), Presets: presetNames(s.Presets)}
		}
		found = append(found, w)
	}
	return found, surveyLines(s, model), nil
}

// surveyLines tells people what a device is: a line for itself, one for each channel of a recorder, one for each note.
func surveyLines(s *onvif.Survey, model string) []string {
	var out []string
	for _, ch := range s.Channels {
		line := "main " + size(ch.Main)
		if ch.Sub != nil {
			line += ", sub " + size(*ch.Sub)
		}
		if s.Limits != nil {
			line += fmt.Sprintf(", turns, %d presets", len(s.Presets))
		}
		out = append(out, line)
	}
	if model != "" {
		out[0] = model + ": " + out[0]
	}
	if extra := len(s.Presets) - len(presetNames(s.Presets)); extra > 0 {
		out = append(out, fmt.Sprintf("%d presets without a name of their own, or beyond the first %d, are left out", extra, presetsKept))
	}
	return append(out, s.Notes...)
}

func size(s onvif.Stream) string {
	return fmt.Sprintf("%s %d×%d at %s fps", s.Encoding, s.Width, s.Height, number(s.FPS))
}

func streamOf(name string, s onvif.Stream) settings.StreamConfig {
	return settings.StreamConfig{Name: name, URL: s.URL, Width: s.Width, Height: s.Height, FPS: min(s.FPS, 240)}
}

// presetNames returns the names that tell presets apart.
func presetNames(presets []onvif.Preset) []string {
	var out []string
	for _, p := range presets {
		if n := p.Name; n != "" && len(n) <= 100 && !slices.Contains(out, n) && len(out) < presetsKept {
			out = append(out, n)
		}
	}
	return out
}
