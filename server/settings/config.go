// Package settings is the configuration of a server: how it is written, what is
// right in it, and what it makes so in the history. It runs nothing.
package settings

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"iocwall/geo"
	"iocwall/server/core"
	"iocwall/server/source"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// Source is the source of what the configuration defines in the history.
const Source = "config"

// Config is the configuration of a server, as read from one YAML file. Relative
// paths in it start from the folder the file lies in. It holds no secrets, only
// references to them ("env:NAME", "file:PATH").
type Config struct {
	// Name is the centre's name, shown on walls.
	Name string `yaml:"name"`
	// Listen is the address of the feeds and the API, host:port.
	Listen string `yaml:"listen"`
	// Data is the folder of the journal, the vault and the tokens.
	Data string    `yaml:"data"`
	TLS  TLSConfig `yaml:"tls"`
	// Areas is the file of administrative areas; empty takes the built-in tree
	// of Vietnam.
	Areas string `yaml:"areas"`
	// Rules is the file of rules; empty for none.
	Rules    string          `yaml:"rules"`
	Journal  JournalConfig   `yaml:"journal"`
	Auth     AuthConfig      `yaml:"auth"`
	Patience PatienceConfig  `yaml:"patience"`
	Relay    RelayConfig     `yaml:"relay"`
	Evidence EvidenceConfig  `yaml:"evidence"`
	Sources  []SourceConfig  `yaml:"sources"`
	Agencies []AgencyConfig  `yaml:"agencies"`
	Domains  []DomainConfig  `yaml:"domains"`
	Cameras  []CameraConfig  `yaml:"cameras"`
	Stations []StationConfig `yaml:"stations"`
	Figures  []FigureConfig  `yaml:"figures"`
	Services []ServiceConfig `yaml:"services"`
	// Layers are files of features for the map.
	Layers []LayerConfig `yaml:"layers"`
	// Fences is a GeoJSON file of fences that there are from the start; people may
	// change them afterwards; then theirs stand.
	Fences string        `yaml:"fences"`
	Wall   WallConfig    `yaml:"wall"`
	Scenes []SceneConfig `yaml:"scenes"`
	// Schedules show scenes by themselves.
	Schedules []ScheduleConfig  `yaml:"schedules"`
	sources   []source.Named    // Sources, decoded by kind
	wall      world.WallDefined // Wall, resolved
	scenes    []world.SceneSaved
	schedules []world.ScheduleSaved
	// layerPlaces and fencesPlace say where layers and fences stand in the file.
	layerPlaces []strict.Problem
	fencesPlace strict.Problem
	dir         string
}

// TLSConfig names the certificate and the key, both PEM files. Without them the
// server speaks plain HTTP and RTSP, which is right on loopback and behind a
// proxy only.
type TLSConfig struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
	// Proxy says that a proxy in front speaks TLS for the server and the relay
	// and that nobody else reaches them: only then they may listen elsewhere
	// than on loopback without a certificate.
	Proxy bool `yaml:"proxy"`
}

// AuthConfig says how long users stay logged in.
type AuthConfig struct {
	// Session is how long at all, Idle how long without a request or a feed.
	Session time.Duration `yaml:"session"`
	Idle    time.Duration `yaml:"idle"`
}

// JournalConfig says how long the history of positions and readings is kept.
// Audit, reports, figures, areas and scenes are kept for ever.
type JournalConfig struct {
	Keep time.Duration `yaml:"keep"`
}

// PatienceConfig is core.Patience as written.
type PatienceConfig struct {
	VesselLost  time.Duration `yaml:"vessel_lost"`
	VesselGone  time.Duration `yaml:"vessel_gone"`
	Grace       time.Duration `yaml:"grace"`
	AlertKept   time.Duration `yaml:"alert_kept"`
	ReportKept  time.Duration `yaml:"report_kept"`
	MaxEntities int           `yaml:"max_entities"`
	MaxClips    int           `yaml:"max_clips"`
}

// SourceConfig is one feed; which further keys it takes depends on its kind.
type SourceConfig struct {
	Name string      `yaml:"name"`
	Kind string      `yaml:"kind"`
	rest strict.Node // the whole entry
}

// AgencyConfig is one agency.
type AgencyConfig struct {
	ID         string `yaml:"id"`
	Name       string `yaml:"name"`
	Short      string `yaml:"short"`
	Parent     string `yaml:"parent"`
	Area       string `yaml:"area"`
	Enterprise bool   `yaml:"enterprise"`
}

// StationConfig is one monitoring station.
type StationConfig struct {
	ID    string            `yaml:"id"`
	Name  string            `yaml:"name"`
	What  world.StationKind `yaml:"what"`
	Pos   geo.Point         `yaml:"pos"`
	Area  string            `yaml:"area"`
	Owner string            `yaml:"owner"`
	Every time.Duration     `yaml:"every"`
}

// FigureConfig is one indicator.
type FigureConfig struct {
	ID     string `yaml:"id"`
	Name   string `yaml:"name"`
	NameEn string `yaml:"name_en"`
	Short  string `yaml:"short"`
	Domain string `yaml:"domain"`
	Unit   string `yaml:"unit"`
	UnitEn string `yaml:"unit_en"`
	// Counts names what a ratio is made of, and a value without a unit.
	Counts      string        `yaml:"counts"`
	CountsEn    string        `yaml:"counts_en"`
	Decimals    int           `yaml:"decimals"`
	Target      *float64      `yaml:"target"`
	LowerBetter bool          `yaml:"lower_better"`
	Every       time.Duration `yaml:"every"`
	Owner       string        `yaml:"owner"`
	Area        string        `yaml:"area"`
	Icon        string        `yaml:"icon"`
	// Each is an area: the indicator is reported for each of the areas right below
	// it that are in force, too, as figures of their own, see PartID.
	Each string `yaml:"each"`
	// EachLevel leaves out areas of another level.
	EachLevel string `yaml:"each_level"`
}

// ServiceConfig is one category of citizens' reports.
type ServiceConfig struct {
	Code  string `yaml:"code"`
	Name  string `yaml:"name"`
	Group string `yaml:"group"`
	// Description tells citizens what belongs here.
	Description string `yaml:"description"`
	// Answer is the time for the answer in working hours, zero for none.
	Answer time.Duration `yaml:"answer"`
}

// WallConfig is the wall as a grid of equal screens; see scene.Grid.
type WallConfig struct {
	ID      string  `yaml:"id"`
	Name    string  `yaml:"name"`
	Columns int     `yaml:"columns"`
	Rows    int     `yaml:"rows"`
	PanelW  float64 `yaml:"panel_w"`
	PanelH  float64 `yaml:"panel_h"`
	Bezel   float64 `yaml:"bezel"`
	PxW     int     `yaml:"px_w"`
	PxH     int     `yaml:"px_h"`
	Seat    float64 `yaml:"seat"`
	// Nodes gives the number of screens of each computer, in screen order.
	Nodes []int `yaml:"nodes"`
	// Spare are the numbers of screens that take important tiles of a computer
	// that is lost.
	Spare []int `yaml:"spare"`
}

// SceneConfig is a scene as written by hand. People may change it on the wall
// afterwards; then theirs stands.
type SceneConfig struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// Preset is the key that shows it, 1 to 9.
	Preset int          `yaml:"preset"`
	Tiles  []TileConfig `yaml:"tiles"`
	Zones  []ZoneConfig `yaml:"zones"`
}

// PlaceConfig says where something lies; see scene.At.
type PlaceConfig struct {
	At    string `yaml:"at"`
	Top   int    `yaml:"top"`
	Below int    `yaml:"below"`
	Cell  string `yaml:"cell"`
}

// TileConfig is one tile.
type TileConfig struct {
	PlaceConfig `yaml:",inline"`
	ID          string            `yaml:"id"`
	Kind        string            `yaml:"kind"`
	Important   bool              `yaml:"important"`
	Params      map[string]string `yaml:"params"`
}

// ZoneConfig is one zone; see world.Zone.
type ZoneConfig struct {
	PlaceConfig `yaml:",inline"`
	ID          string `yaml:"id"`
	Name        string `yaml:"name"`
	Least       int    `yaml:"least"`
}

// ScheduleConfig is a schedule as written by hand; people may change it afterwards.
type ScheduleConfig struct {
	ID     string        `yaml:"id"`
	Name   string        `yaml:"name"`
	Scenes []string      `yaml:"scenes"`
	Dwell  time.Duration `yaml:"dwell"`
	Days   []string      `yaml:"days"`
	// From and To are hours of the day in Vietnam, as in "06:30".
	From     string `yaml:"from"`
	To       string `yaml:"to"`
	Priority int    `yaml:"priority"`
	Off      bool   `yaml:"off"`
}

// Default returns what a server runs with when the file says nothing.
func Default() Config {
	p := core.DefaultPatience()
	return Config{
		Name:   "Trung tâm giám sát, điều hành thông minh",
		Listen: "127.0.0.1:8080",
		Data:   "/var/lib/iocwall",
		Journal: JournalConfig{
			Keep: 90 * 24 * time.Hour,
		},
		Auth: AuthConfig{Session: 12 * time.Hour, Idle: 2 * time.Hour},
		Patience: PatienceConfig{
			VesselLost: p.VesselLost, VesselGone: p.VesselGone, Grace: p.Grace,
			AlertKept: p.AlertKept, ReportKept: p.ReportKept, MaxEntities: p.MaxEntities, MaxClips: p.MaxClips,
		},
		Relay:    defaultRelay(),
		Evidence: EvidenceConfig{From: string(world.Severe), Before: 10 * time.Second, After: 20 * time.Second, Within: 500, Cameras: 4},
		// The reference wall: 27 screens of 55 inches, driven by 12 computers.
		Wall: WallConfig{
			ID: "main", Name: "Tường chính", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, Bezel: 3.5,
			PxW: 1920, PxH: 1080, Seat: 5000, Nodes: []int{2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 2}, Spare: []int{},
		},
	}
}

// Load reads and checks the file. All problems come at once; with at
// least one the configuration must not be used.
func Load(path string) (*Config, []strict.Problem) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, []strict.Problem{{File: path, Message: "cannot be read: " + err.Error(), Suggestion: "give the path of a configuration file"}}
	}
	return Parse(path, src)
}

// Parse is Load for a text that is at hand. The files the text
// names are read and checked too.
func Parse(path string, src []byte) (*Config, []strict.Problem) {
	c := Default()
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, []strict.Problem{{File: path, Message: err.Error()}}
	}
	c.dir = dir
	doc, problems := strict.Parse(path, src)
	problems = append(problems, doc.Decode(&c)...)
	k := &checker{doc: doc, config: &c}
	if k.reach(); len(k.problems) == 0 {
		k.check()
	}
	problems = append(problems, k.problems...)
	strict.Sort(problems)
	for i, p := range problems {
		problems[i].Path, problems[i].Message, problems[i].Suggestion = withoutLogin(p.Path), withoutLogin(p.Message), withoutLogin(p.Suggestion)
	}
	return &c, problems
}

// loginPattern is the login in front of an address, with or without a scheme.
var loginPattern = regexp.MustCompile(`[^\s"/]*:[^\s"]*@`)

// withoutLogin returns text without logins. What is written in the wrong place is
// quoted where it is complained about, and that may be a camera's address with its
// password.
func withoutLogin(text string) string { return loginPattern.ReplaceAllString(text, "***@") }

// UnmarshalNode keeps the whole entry for the kind to read.
func (s *SourceConfig) UnmarshalNode(n strict.Node) []strict.Problem {
	s.rest = n
	var head struct {
		Name string `yaml:"name"`
		Kind string `yaml:"kind"`
	}
	ps := n.DecodeKnown(&head)
	s.Name, s.Kind = head.Name, head.Kind
	return ps
}

// Feeds returns the sources, decoded by kind.
func (c *Config) Feeds() []source.Named { return c.sources }

// Folder returns the folder the file lies in.
func (c *Config) Folder() string { return c.dir }

// Path returns p, relative ones from the folder of the configuration.
func (c *Config) Path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}

// Limits returns the limits of silence for the state.
func (c *Config) Limits() core.Patience {
	p := c.Patience
	return core.Patience{
		VesselLost: p.VesselLost, VesselGone: p.VesselGone, Grace: p.Grace,
		AlertKept: p.AlertKept, ReportKept: p.ReportKept, MaxEntities: p.MaxEntities,
		MaxClips: p.MaxClips,
	}
}

// Service returns the category with the code.
func (c *Config) Service(code string) (ServiceConfig, error) {
	for _, s := range c.Services {
		if s.Code == code {
			return s, nil
		}
	}
	return ServiceConfig{}, fmt.Errorf("no service %q", code)
}

// DataDir returns the data folder as a path for this process.
func (c *Config) DataDir() string { return c.Path(c.Data) }

// Summary says in a line what the configuration holds.
func (c *Config) Summary() string {
	return fmt.Sprintf("%d sources, %d cameras, %d stations, %d figures, %d report services, %d layers, %d screens, %d scenes",
		len(c.Sources), len(c.Cameras), len(c.Stations), len(c.Figures), len(c.Services), len(c.Layers), len(c.wall.Screens), len(c.scenes))
}

// Certificate returns how doors and relay speak TLS, nil without a certificate.
// Each call returns a value of its own.
func (c *Config) Certificate() (*tls.Config, error) {
	if c.TLS.Cert == "" {
		return nil, nil
	}
	cert, err := tls.LoadX509KeyPair(c.Path(c.TLS.Cert), c.Path(c.TLS.Key))
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, nil
}
