package settings

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"iocwall/geo"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
	"iocwall/server/area"
	"iocwall/server/cctv"
	"iocwall/server/source"
	"iocwall/server/world"
)

// RelayConfig is where walls fetch pictures: the address the relay listens on
// and, when walls reach it by another name, that name.
type RelayConfig struct {
	Listen string `yaml:"listen"`
	Public string `yaml:"public"`
	// Remote is the door, host:port, of a relay that runs as a unit of its own,
	// which "wallsrv relay" opens; empty runs the relay inside the server.
	Remote string `yaml:"remote"`
	// Linger is how long a camera stays connected after its last viewer left.
	Linger time.Duration `yaml:"linger"`
	// Probe is how often a camera that nobody watches is looked at.
	Probe time.Duration `yaml:"probe"`
	// ReplayBytes bounds what all cameras together keep for replay, ReplayDir is
	// a folder for it; empty keeps it in memory.
	ReplayBytes int64  `yaml:"replay_bytes"`
	ReplayDir   string `yaml:"replay_dir"`
}

func defaultRelay() RelayConfig {
	return RelayConfig{Listen: "127.0.0.1:8554", Linger: 30 * time.Second, Probe: time.Minute, ReplayBytes: 256 << 20}
}

// EvidenceConfig says which pictures are kept by themselves when an alert is
// raised; see cctv.Evidence.
type EvidenceConfig struct {
	From    string        `yaml:"from"`
	Before  time.Duration `yaml:"before"`
	After   time.Duration `yaml:"after"`
	Within  float64       `yaml:"within"`
	Cameras int           `yaml:"cameras"`
}

// CameraConfig is one camera. User and Password are for the camera; Password is
// a reference to a secret.
type CameraConfig struct {
	ID       string         `yaml:"id"`
	Name     string         `yaml:"name"`
	Pos      geo.Point      `yaml:"pos"`
	Area     string         `yaml:"area"`
	Heading  *float64       `yaml:"heading"`
	View     float64        `yaml:"view"`
	Reach    float64        `yaml:"reach"`
	Owner    string         `yaml:"owner"`
	User     string         `yaml:"user"`
	Password string         `yaml:"password"`
	Streams  []StreamConfig `yaml:"streams"`
	// Always keeps the camera connected though nobody watches.
	Always bool `yaml:"always"`
	// Transport is how its packets travel: tcp, udp or auto; empty is tcp.
	Transport string          `yaml:"transport"`
	TLS       CameraTLSConfig `yaml:"tls"`
	// Site is what it fails together with: a cabinet, a switch, a line.
	Site string `yaml:"site"`
	// Replay is how far back it can be replayed; it stays connected for that.
	Replay time.Duration `yaml:"replay"`
	ONVIF  ONVIFConfig   `yaml:"onvif"`
}

// CameraTLSConfig says whom to trust for a camera with rtsps addresses: the one
// certificate with the fingerprint (SHA-256, in hexadecimal digits), or those
// that a CA of this file signed. Without either the system's CAs count.
type CameraTLSConfig struct {
	Fingerprint string `yaml:"fingerprint"`
	CA          string `yaml:"ca"`
}

// ONVIFConfig is how a camera is turned. User and Password are needed only where
// they differ from those of the pictures.
type ONVIFConfig struct {
	Address  string `yaml:"address"`
	User     string `yaml:"user"`
	Password string `yaml:"password"`
	// Presets are the names of positions people may send it to.
	Presets []string `yaml:"presets"`
}

// StreamConfig is one stream of a camera; the URL holds no credentials.
type StreamConfig struct {
	Name   string  `yaml:"name"`
	URL    string  `yaml:"url"`
	Width  int     `yaml:"width"`
	Height int     `yaml:"height"`
	FPS    float64 `yaml:"fps"`
}

// KeptEvidence returns what is kept by itself when an alert is raised.
func (c *Config) KeptEvidence() cctv.Evidence {
	e := c.Evidence
	out := cctv.Evidence{From: world.Severity(e.From), Before: e.Before, After: e.After, Within: e.Within, Most: e.Cameras}
	if e.From == "none" {
		out.From = ""
	}
	return out
}

// CameraList returns the cameras with their secrets filled in. All that cannot
// be read is told at once.
func (c *Config) CameraList(areas *area.Set) ([]cctv.Camera, error) {
	parents := map[string]string{}
	for _, a := range areas.Areas {
		parents[a.ID] = a.Parent
	}
	var out []cctv.Camera
	var errs []error
	for _, x := range c.Cameras {
		cam, err := x.camera(c, lineage(x.Area, parents))
		if err != nil {
			errs = append(errs, fmt.Errorf("camera %s: %w", x.ID, err))
		}
		out = append(out, cam)
	}
	return out, errors.Join(errs...)
}

func (x CameraConfig) camera(c *Config, groups []string) (cctv.Camera, error) {
	env := source.Env{Dir: c.dir}
	pass, err1 := env.Secret(x.Password)
	headPass, err2 := env.Secret(x.ONVIF.Password)
	var ca []byte
	var err3 error
	if x.TLS.CA != "" {
		ca, err3 = os.ReadFile(c.Path(x.TLS.CA))
	}
	cam := cctv.Camera{
		Public: x.public(),
		Private: relay.Camera{
			ID: x.ID, User: x.User, Pass: pass, AlwaysOn: x.Always, Groups: groups, Site: x.Site, Keep: x.Replay,
			Transport: rtsp.Transport(x.Transport), Fingerprint: x.TLS.Fingerprint, CA: string(ca),
		},
		Head: cctv.Head{Address: x.ONVIF.Address, User: x.User, Pass: pass},
	}
	if x.ONVIF.User != "" {
		cam.Head.User, cam.Head.Pass = x.ONVIF.User, headPass
	}
	for _, st := range x.Streams {
		cam.Private.Streams = append(cam.Private.Streams, relay.Stream{Name: st.Name, URL: st.URL})
	}
	return cam, errors.Join(err1, err2, err3)
}

// public returns what everybody may know of the camera.
func (x CameraConfig) public() world.CameraDefined {
	b := world.CameraDefined{
		ID: x.ID, Name: x.Name, Pos: x.Pos, Area: x.Area, Heading: world.NotAvailable, View: x.View, Reach: x.Reach, Owner: x.Owner,
		Site: x.Site, PTZ: x.ONVIF.Address != "", Presets: slices.Clone(x.ONVIF.Presets), Replay: int(x.Replay / time.Second),
	}
	if x.Heading != nil {
		b.Heading = *x.Heading
	}
	for _, st := range x.Streams {
		b.Streams = append(b.Streams, world.CameraStream{Name: st.Name, Width: st.Width, Height: st.Height, FPS: st.FPS})
	}
	return b
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
