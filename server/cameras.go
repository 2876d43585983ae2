package server

import (
	"context"
	"fmt"
	"path/filepath"

	"iocwall/media/relay"
	"iocwall/server/auth"
	"iocwall/server/blob"
	"iocwall/server/cctv"
	"iocwall/server/core"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// openCameras makes the cameras of the configuration and their relay. Their
// credentials go from the secret store to the relay and nowhere else.
func (s *Server) openCameras(data string) error {
	key, err := cctv.Key(KeyFile(data))
	if err != nil {
		return err
	}
	list, err := s.config.CameraList(s.ground.Set())
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	folder := filepath.Join(data, "evidence")
	files, err := blob.New(blob.Options{Dir: folder, KeepDrafts: true})
	if err != nil {
		return err
	}
	signer := relay.Signer{Key: key}
	s.cameras, err = cctv.New(cctv.Options{
		Open: func(first []relay.Camera, report func(string, relay.Health)) (cctv.Relay, error) {
			return openRelay(s.config, signer, first, report, s.logger)
		},
		Cameras: list, History: cameraHistory{s}, Store: reserve{files, spaceOf(folder)}, Notes: filepath.Join(data, "evidence.new"), Older: s.olderClip, Signer: signer, Good: s.good,
		Address: s.relayURL, Evidence: s.config.KeptEvidence(), Logger: s.logger,
	})
	return err
}

// KeyFile returns where a server with that data folder keeps the key that signs
// the relay's tokens. A relay of its own shares it.
func KeyFile(data string) string { return filepath.Join(data, "relay.key") }

// cameraHistory is the loop as the cameras need it.
type cameraHistory struct{ s *Server }

func (h cameraHistory) Put(ctx context.Context, source string, obs []world.Observation) error {
	return h.s.loop.Put(ctx, source, obs)
}

func (h cameraHistory) Decide(ctx context.Context, source string, f func(world.Time, *world.State) ([]world.Observation, error)) (uint64, error) {
	return h.s.loop.Ask(ctx, core.Request{Source: source, Decide: f})
}

func (h cameraHistory) Look(ctx context.Context, f func(*world.State)) error {
	return h.s.loop.Call(ctx, f)
}

// olderClip looks through what is never trimmed for a clip that left the state.
// That takes a while, so it is done once at a time.
func (s *Server) olderClip(ctx context.Context, id string) (world.Clip, bool, error) {
	select {
	case s.digging <- struct{}{}:
		defer func() { <-s.digging }()
	case <-ctx.Done():
		return world.Clip{}, false, context.Cause(ctx)
	}
	var x world.Clip
	err := s.log.Records(ctx, 1, func(e world.Event) error {
		switch b := e.Body.(type) {
		case world.ClipAsked:
			if b.ID == id && x.ID == "" {
				x = world.Clip{ClipAsked: b, Asked: e.Time}
			}
		case world.ClipSaved:
			if b.ID == id && !x.Ready() {
				x.Saved, x.Done, x.Why = b, e.Time, ""
			}
		case world.ClipFailed:
			if b.ID == id && x.Done == 0 {
				x.Done, x.Why = e.Time, b.Reason
			}
		}
		return nil
	})
	if x.ID != "" {
		err = nil // a record that is damaged elsewhere takes nothing from this one
	}
	return x, x.ID != "", err
}

// grant lets a wall fetch the pictures it may see.
func (s *Server) grant(w wire.Identity) *world.RelayGrant { return s.cameras.Grant(s.fromWire(w)) }

// relayURL is where walls reach a relay that listens on addr.
func (s *Server) relayURL(addr string) string {
	scheme := "rtsp"
	c := s.conf()
	if c.TLS.Cert != "" || c.TLS.Proxy {
		scheme = "rtsps"
	}
	if c.Relay.Public != "" {
		addr = c.Relay.Public
	}
	return scheme + "://" + addr
}

// doors of the cameras.
func (s *Server) cameraDoors() cctv.Doors {
	return cctv.Doors{Cameras: s.cameras, Audit: func(ctx context.Context, id auth.Identity, a world.Audited) error {
		if !a.OK {
			s.auditRefused(ctx, id, a)
			return nil
		}
		return s.writeAudit(ctx, id, a)
	}}
}
