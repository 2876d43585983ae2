package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/media/relay"
	"iocwall/server/atomicfile"
	"iocwall/server/auth"
	"iocwall/server/source"
	"iocwall/server/wire"
	"iocwall/server/world"
)

const (
	sourceRelay = "relay"
	// grantLife is how long a wall may open new pictures after it last heard of
	// the server. Pictures that are open go on until the wall's token is bad.
	grantLife = 10 * time.Minute
)

// openRelay makes the relay with the cameras of the configuration. Their
// credentials go from the secret store into the relay and nowhere else.
func (s *Server) openRelay(keyFile string) error {
	key, err := relayKey(keyFile)
	if err != nil {
		return err
	}
	s.signer = relay.Signer{Key: key}
	cameras, err := s.relayCameras(s.config)
	if err != nil {
		return err
	}
	opts := relay.Options{
		Addr: s.config.Relay.Listen, Cameras: cameras, Signer: s.signer, Linger: s.config.Relay.Linger, TokenLife: grantLife,
		OnHealth: s.cameraHealth().report, Logger: s.logger,
	}
	if opts.TLS, err = s.config.tlsConfig(); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	s.relay, err = relay.New(opts)
	return err
}

// relayCameras returns the cameras with their secrets filled in.
func (s *Server) relayCameras(c *Config) ([]relay.Camera, error) {
	env := source.Env{Dir: c.dir}
	parents := map[string]string{}
	for _, a := range s.areas.Areas {
		parents[a.ID] = a.Parent
	}
	var out []relay.Camera
	var errs []error
	for _, x := range c.Cameras {
		pass, err := env.Secret(x.Password)
		if err != nil {
			errs = append(errs, fmt.Errorf("camera %s: %w", x.ID, err))
		}
		cam := relay.Camera{ID: x.ID, User: x.User, Pass: pass, AlwaysOn: x.Always, Groups: lineage(x.Area, parents)}
		for _, st := range x.Streams {
			cam.Streams = append(cam.Streams, relay.Stream{Name: st.Name, URL: st.URL})
		}
		out = append(out, cam)
	}
	return out, errors.Join(errs...)
}

// lineage returns the area and all that it lies in: who may see one of them may
// see its cameras.
func lineage(area string, parents map[string]string) []string {
	var out []string
	for area != "" && !slices.Contains(out, area) {
		out = append(out, area)
		area = parents[area]
	}
	return out
}

// relayKey reads the key that signs relay tokens, or makes it. A relay that
// runs as its own unit shares the file.
func relayKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		key := make([]byte, relay.MinKey)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("server: random numbers: %w", err)
		}
		if err := atomicfile.Write(path, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("server: relay key: %w", err)
		}
		return key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("server: relay key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < relay.MinKey {
		return nil, fmt.Errorf("server: %s is damaged; remove it and restart, nodes fetch new tokens by themselves", path)
	}
	return key, nil
}

// grant lets a wall fetch the pictures it may see. Areas stand for their cameras,
// so the token does not grow with them.
func (s *Server) grant(w wire.Identity) *world.RelayGrant {
	id := fromWire(w)
	until := time.Now().Add(grantLife)
	// Asked after the time was taken: a token that turns bad later is told to the
	// relay later, which then refuses what was granted until now.
	if !id.May(auth.WatchCameras) || !s.tokens.Good(id.Token) {
		return nil
	}
	g := relay.Grant{Subject: id.Token, Expires: until}
	switch {
	case len(id.Areas) > 0:
		g.Groups = id.Areas
	case id.Role == auth.Unit:
		return nil
	default:
		g.Cameras = []string{"*"}
	}
	token, err := s.signer.Sign(g)
	if err != nil {
		s.logger.Error("a wall gets no pictures", "token", id.Token, "name", id.Name, "error", err)
		return nil
	}
	return &world.RelayGrant{URL: s.relayURL(), Token: token, Expires: world.TimeOf(until)}
}

// relayURL is where walls reach the relay.
func (s *Server) relayURL() string {
	scheme, addr := "rtsp", s.relay.Addr()
	c := s.conf()
	if c.TLS.Cert != "" || c.TLS.Proxy {
		scheme = "rtsps"
	}
	if c.Relay.Public != "" {
		addr = c.Relay.Public
	}
	return scheme + "://" + addr
}

// healths turns what the relay says of streams into events about cameras.
type healths struct {
	put func(ctx context.Context, source string, obs []world.Observation) error

	mu      sync.Mutex
	streams map[string]map[string]relay.Health
	told    map[string]world.CameraHealth
	at      map[string]time.Time
}

// healthEvery is how often a camera whose state does not change is reported.
const healthEvery = time.Minute

func (s *Server) cameraHealth() *healths {
	return &healths{
		put:     func(ctx context.Context, src string, obs []world.Observation) error { return s.loop.Put(ctx, src, obs) },
		streams: map[string]map[string]relay.Health{}, told: map[string]world.CameraHealth{}, at: map[string]time.Time{},
	}
}

// report is called by the relay from a goroutine of its own, one call at a time.
func (h *healths) report(camera string, r relay.Health) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[camera] == nil {
		h.streams[camera] = map[string]relay.Health{}
	}
	h.streams[camera][r.Stream] = r
	now := best(h.streams[camera])
	was := h.told[camera]
	if was.State == now.State && was.Reason == now.Reason && time.Since(h.at[camera]) < healthEvery {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	// What could not be told, since the loop has ended or a disk is full, is
	// told with the next report.
	if h.put(ctx, sourceRelay, []world.Observation{{Body: now}}) == nil {
		h.told[camera], h.at[camera] = now, time.Now()
	}
}

// best returns the health of a camera: that of its liveliest stream, so that an
// unused sub stream does not make a good camera look idle.
func best(streams map[string]relay.Health) world.CameraHealth {
	rank := map[relay.State]int{
		relay.StateLive: 6, relay.StateConnecting: 5, relay.StateFull: 4, relay.StateRefused: 3, relay.StateNoSignal: 2, relay.StateIdle: 1,
	}
	var top relay.Health
	for _, h := range streams {
		if rank[h.State] > rank[top.State] || (h.State == top.State && (h.Bitrate > top.Bitrate || h.Bitrate == top.Bitrate && h.Stream < top.Stream)) {
			top = h
		}
	}
	state := map[relay.State]world.CameraState{
		relay.StateIdle: world.CameraIdle, relay.StateConnecting: world.CameraOpening, relay.StateLive: world.CameraLive,
		relay.StateNoSignal: world.CameraSilent, relay.StateRefused: world.CameraRefused, relay.StateFull: world.CameraFull,
	}
	return world.CameraHealth{
		Camera: top.Camera, State: state[top.State], Reason: string(top.Reason), Since: world.TimeOf(top.Since),
		FPS: top.FPS, Kbps: top.Bitrate / 1000, Loss: top.Loss, Codec: string(top.Codec),
		Width: top.Width, Height: top.Height, Tries: top.Retries,
	}
}
