package onvif

import (
	"context"
	"errors"
	"net/url"
	"slices"
)

// Survey is all that one needs to know of a camera to put it on a wall.
type Survey struct {
	Information Information
	Clock       Clock
	Profiles    []Profile
	// Channels are the pictures it has: one for a camera, several for a recorder, never none.
	Channels []Channel
	// Limits is nil where the camera cannot be turned. Which camera of a recorder is turned is not asked.
	Limits  *Limits
	Presets []Preset
	// Notes say in words what does not stop the camera from being used, but somebody should know.
	Notes []string
}

// Channel is one picture in up to two sizes.
type Channel struct {
	Name string // of the main profile, possibly empty
	Main Stream
	Sub  *Stream // the smallest useful one; nil where there is but one
}

// Stream is a profile with its address.
type Stream struct {
	Profile
	URL string // rtsp:// or rtsps://, without credentials
}

// Survey asks the camera everything, the clock first. What fails beside the streams becomes a note.
func (d *Device) Survey(ctx context.Context) (*Survey, error) {
	s := &Survey{}
	var err error
	if s.Clock, err = d.Clock(ctx); err != nil && fatal(err) && ReasonOf(err) != ReasonLoginRefused || ReasonOf(err) == ReasonNotONVIF {
		return nil, err
	}
	if w := s.Clock.words(); w != "" {
		s.Notes = append(s.Notes, w)
	}
	if s.Information, err = d.Information(ctx); err != nil {
		if fatal(err) {
			return nil, err
		}
		s.note(err)
	}
	if s.Profiles, err = d.Profiles(ctx); err != nil {
		return nil, err
	}
	if err := d.surveyStreams(ctx, s); err != nil {
		return nil, err
	}
	if len(s.Channels) > 1 {
		return s, ctx.Err()
	}
	return s, d.surveyHead(ctx, s)
}

// surveyHead asks how the camera can be turned, and where to.
func (d *Device) surveyHead(ctx context.Context, s *Survey) error {
	p := d.PTZ()
	defer p.Close() //nolint:errcheck // nothing was moved
	limits, err := p.Limits(ctx)
	if err != nil {
		if ReasonOf(err) != ReasonUnsupported {
			s.note(err)
		}
		return ctx.Err()
	}
	s.Limits = &limits
	if s.Presets, err = p.Presets(ctx); err != nil && ReasonOf(err) != ReasonUnsupported {
		s.note(err)
	}
	return ctx.Err()
}

// surveyStreams chooses main and sub of each source and asks for their addresses. A recorder's empty inputs become
// notes; only where no source has a stream it is an error.
func (d *Device) surveyStreams(ctx context.Context, s *Survey) error {
	var first error
	for _, profiles := range Sources(s.Profiles) {
		c, err := d.channel(ctx, s, profiles)
		switch {
		case err == nil:
			s.Channels = append(s.Channels, c)
			d.elsewhere(s, c.Main.URL)
		case fatal(err):
			return err
		case first == nil:
			first = err
			fallthrough
		default:
			s.note(err)
		}
	}
	if len(s.Channels) > 0 {
		return nil
	}
	if first == nil {
		first = d.fail(ReasonUnsupported, "GetStreamUri", d.address, "the camera offers no H.264, H.265 or MJPEG picture")
	}
	return first
}

// channel asks for the addresses of one source's main and sub stream.
func (d *Device) channel(ctx context.Context, s *Survey, profiles []Profile) (Channel, error) {
	main, _ := Main(profiles)
	address, err := d.StreamURI(ctx, main)
	if err != nil {
		return Channel{}, err
	}
	c := Channel{Name: main.Name, Main: Stream{main, address}}
	sub, ok := Sub(profiles)
	if !ok {
		return c, nil
	}
	switch address, err = d.StreamURI(ctx, sub); {
	case err == nil:
		if address != c.Main.URL {
			c.Sub = &Stream{sub, address}
		}
	case fatal(err):
		return Channel{}, err
	default:
		s.note(err)
	}
	return c, nil
}

// elsewhere notes that a stream comes from another host than the one that was asked.
func (d *Device) elsewhere(s *Survey, address string) {
	own, err := url.Parse(d.address)
	if err != nil {
		return
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == own.Hostname() {
		return
	}
	if note := "its streams come from another address: " + u.Host; !slices.Contains(s.Notes, note) {
		s.Notes = append(s.Notes, note)
	}
}

func (s *Survey) note(err error) {
	var e *Error
	if errors.As(err, &e) {
		s.Notes = append(s.Notes, e.Op+": "+e.Detail)
		return
	}
	s.Notes = append(s.Notes, err.Error())
}
