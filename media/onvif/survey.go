package onvif

import (
	"context"
	"errors"
	"net/url"
)

// Survey is all that one needs to know of a camera to put it on a wall.
type Survey struct {
	Information Information
	Clock       Clock
	Profiles    []Profile
	// Main and Sub are the largest picture and the smallest useful one; Sub is nil where the camera has but one.
	Main, Sub *Stream
	// Limits is nil where the camera cannot be turned.
	Limits  *Limits
	Presets []Preset
	// Notes say in words what does not stop the camera from being used, but somebody should know.
	Notes []string
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
	p := d.PTZ()
	defer p.Close()
	limits, err := p.Limits(ctx)
	if err != nil {
		if ReasonOf(err) != ReasonUnsupported {
			s.note(err)
		}
		return s, ctx.Err()
	}
	s.Limits = &limits
	if s.Presets, err = p.Presets(ctx); err != nil && ReasonOf(err) != ReasonUnsupported {
		s.note(err)
	}
	return s, ctx.Err()
}

// surveyStreams chooses main and sub and asks for their addresses.
func (d *Device) surveyStreams(ctx context.Context, s *Survey) error {
	main, ok := Main(s.Profiles)
	if !ok {
		return d.fail(ReasonUnsupported, "GetStreamUri", d.address, "the camera offers no H.264, H.265 or MJPEG picture")
	}
	address, err := d.StreamURI(ctx, main)
	if err != nil {
		return err
	}
	s.Main = &Stream{main, address}
	d.elsewhere(s, address)
	sub, ok := Sub(s.Profiles)
	if !ok {
		return nil
	}
	if address, err = d.StreamURI(ctx, sub); err != nil {
		if fatal(err) {
			return err
		}
		s.note(err)
		return nil
	}
	if address != s.Main.URL {
		s.Sub = &Stream{sub, address}
	}
	return nil
}

// elsewhere notes that a stream comes from another host than the one that was asked.
func (d *Device) elsewhere(s *Survey, address string) {
	own, err := url.Parse(d.address)
	if err != nil {
		return
	}
	if u, err := url.Parse(address); err == nil && u.Hostname() != own.Hostname() {
		s.Notes = append(s.Notes, "its streams come from another address: "+u.Host)
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
