// Package demo is the demonstration province: cameras, a fleet, monitoring
// stations, citizens and offices that report figures. It is only peers: the
// server reaches its cameras by RTSP, its receiver by TCP and its stations by
// MQTT, and citizens and offices reach the server by HTTP with tokens, as in a
// real centre. Nothing of the server is imported.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"iocwall/assets"
)

// Options make a Province.
type Options struct {
	// Dir is the demonstration's folder: configuration, data, secrets, clips.
	Dir string
	// Listen is where the server is to listen, Relay where its relay is.
	Listen, Relay string
	// Vessels is the size of the fleet; zero means 300.
	Vessels int
	// Calm leaves out the faults that happen now and then.
	Calm bool
	// Progress is told what is being made, for people who wait; nil for nobody.
	Progress func(step string)
	Logger   *slog.Logger
}

// Province is the demonstration province.
type Province struct {
	o       Options
	log     *slog.Logger
	secrets struct{ mqtt, camera string }
	cameras []*camera
	fleet   *fleet
	broker  *broker
	config  string
}

// New makes the province's peers and its configuration file; cameras are coded
// the first time, which takes some seconds. Nothing runs before Run.
func New(ctx context.Context, o Options) (_ *Province, err error) {
	p := &Province{o: o, log: o.Logger}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		p.o.Progress = func(string) {}
	}
	if p.o.Vessels <= 0 {
		p.o.Vessels = 300
	}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if p.secrets.mqtt, err = p.secret("mqtt.password"); err != nil {
		return nil, err
	}
	if p.secrets.camera, err = p.secret("camera.password"); err != nil {
		return nil, err
	}
	if err := p.openCameras(ctx); err != nil {
		return nil, err
	}
	if p.fleet, err = newFleet(p.o.Vessels); err != nil {
		return nil, err
	}
	if p.broker, err = newBroker(p.secrets.mqtt); err != nil {
		return nil, err
	}
	return p, p.writeConfig()
}

// Config returns the path of the configuration file for the server.
func (p *Province) Config() string { return p.config }

// Data returns the server's data folder.
func (p *Province) Data() string { return filepath.Join(p.o.Dir, "data") }

// Run runs the peers until ctx ends; everything is gone when it returns.
func (p *Province) Run(ctx context.Context) error {
	defer p.close()
	runs := []func(context.Context) error{p.fleet.run, p.broker.run}
	for _, c := range p.cameras {
		runs = append(runs, c.runs()...)
	}
	if !p.o.Calm {
		runs = append(runs, p.trouble)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(runs))
	var wg sync.WaitGroup
	for i, run := range runs {
		wg.Go(func() {
			errs[i] = run(ctx)
			cancel() // the end of one is the end of all
		})
	}
	wg.Wait()
	for i, err := range errs {
		if errors.Is(err, context.Canceled) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}

func (p *Province) close() {
	if p.fleet != nil {
		p.fleet.close()
	}
	if p.broker != nil {
		p.broker.close()
	}
}

// secret reads a secret of the demonstration, or makes it.
func (p *Province) secret(name string) (string, error) {
	path := filepath.Join(p.o.Dir, name)
	if raw, err := os.ReadFile(path); err == nil && len(raw) >= 32 {
		return strings.TrimSpace(string(raw)), nil
	}
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("demo: random numbers: %w", err)
	}
	s := hex.EncodeToString(raw)
	if err := os.WriteFile(path, []byte(s+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	return s, nil
}

// writeConfig fills the addresses of the peers into the configuration.
func (p *Province) writeConfig() error {
	values := map[string]string{
		"listen": p.o.Listen, "relay": p.o.Relay, "data": p.Data(), "rules": filepath.Join(p.o.Dir, "rules.yaml"),
		"ais": p.fleet.addr(), "mqtt": p.broker.addr(),
		"map":           filepath.Join(p.o.Dir, "map"),
		"mqtt_password": filepath.Join(p.o.Dir, "mqtt.password"), "camera_password": filepath.Join(p.o.Dir, "camera.password"),
	}
	for _, c := range p.cameras {
		c.values(strings.ReplaceAll(c.id, "-", "_"), values)
	}
	var missing []string
	text := os.Expand(string(assets.DemoProvince()), func(name string) string {
		v, ok := values[name]
		if !ok {
			// The comment at the head of the file explains the notation.
			if name == "name" {
				return "${name}"
			}
			missing = append(missing, name)
		}
		return v
	})
	if len(missing) > 0 {
		return fmt.Errorf("demo: the province's configuration asks for %s, which the demonstration does not have", strings.Join(missing, ", "))
	}
	if err := os.WriteFile(values["rules"], assets.DemoRules(), 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := writeFiles(values["map"]); err != nil {
		return err
	}
	p.config = filepath.Join(p.o.Dir, "province.yaml")
	if err := os.WriteFile(p.config, []byte(text), 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// writeFiles writes the files of the map that the configuration names.
func writeFiles(dir string) error {
	files, err := assets.DemoFiles()
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}

// loopback listens on a free port of this computer.
func loopback() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return l, nil
}
