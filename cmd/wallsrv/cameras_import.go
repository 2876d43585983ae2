package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/geo"
	"iocwall/server/atomicfile"
	"iocwall/server/roster"
	"iocwall/server/settings"
	"iocwall/server/strict"
)

// surveysAtOnce is how many cameras are asked at the same time.
const surveysAtOnce = 8

type camerasImportCmd struct {
	searchFlags
	Address  []string      `arg:"" optional:"" help:"Cameras to ask; without any, those that the network shows."`
	User     string        `help:"User of the cameras."`
	Password string        `help:"Where the password is: env:NAME or file:PATH. Without it a terminal is asked." placeholder:"REF"`
	CSV      string        `help:"Read cameras from this table instead of asking them." type:"existingfile" placeholder:"FILE" name:"csv"`
	Config   string        `help:"Compare with this configuration: ids are kept, what changes is shown." type:"existingfile" placeholder:"FILE"`
	Write    bool          `help:"Write the changes into the configuration."`
	Pos      string        `help:"Where new cameras stand, until somebody knows better." placeholder:"LON,LAT"`
	Area     string        `help:"Area of new cameras." placeholder:"AREA"`
	Site     string        `help:"Site of new cameras: what they fail together with." placeholder:"NAME"`
	Patience time.Duration `help:"How long one answer of a camera may take." default:"5s"`
}

// Help is shown by --help.
func (camerasImportCmd) Help() string {
	return `Asks each camera for its streams, sizes and presets and prints entries for the configuration. With --config it prints
only what is new or different, and with --write it puts that into the file; comments and everything else stay.
Whoever answers is asked with the digest of the password: name the cameras where strangers share the network.

A table has a header line with the columns id, name and main, and any of lat, lon, sub, user, password_ref, area, site
and onvif, separated by commas, semicolons or tabs.

Examples:
  wallsrv cameras import --user viewer > cameras.yaml
  wallsrv cameras import 10.20.3.11 10.20.3.12 --user viewer --password env:CAMERA_PASSWORD --config ioc.yaml
  wallsrv cameras import --user viewer --password file:/etc/iocwall/camera --config ioc.yaml --write --pos 108.2867,15.8575
  wallsrv cameras import --csv cameras.csv --config ioc.yaml --write`
}

// Run imports.
func (c *camerasImportCmd) Run(ctx context.Context, k *kong.Context, logger *slog.Logger) error {
	if err := c.valid(); err != nil {
		return err
	}
	config, text, err := c.load()
	if err != nil {
		return err
	}
	p := newProgress(k.Stderr)
	var found []roster.Found
	var failed error
	if c.CSV != "" {
		found, err = roster.ReadTable(c.CSV)
	} else {
		found, failed, err = c.ask(ctx, p, logger)
	}
	if err != nil {
		return err
	}
	if err := c.fill(found); err != nil {
		return err
	}
	changes := roster.Merge(config.Cameras, found)
	if err := c.finish(k.Stdout, p, config, text, changes); err != nil {
		return err
	}
	return failed
}

// valid complains about flags that do not go together.
func (c *camerasImportCmd) valid() error {
	switch {
	case c.Write && c.Config == "":
		return errors.New("--write needs --config: the file to write into")
	case c.CSV != "" && (len(c.Address) > 0 || c.User != "" || c.Password != ""):
		return errors.New("a table says user and password itself: give --csv alone, or addresses with --user")
	case c.Patience < 100*time.Millisecond || c.Patience > time.Minute:
		return errors.New("--patience is not between 100ms and 1m")
	}
	return c.searchFlags.valid()
}

// load reads the configuration to compare with, an empty one without --config.
func (c *camerasImportCmd) load() (*settings.Config, string, error) {
	if c.Config == "" {
		return &settings.Config{}, "", nil
	}
	text, err := os.ReadFile(c.Config)
	if err != nil {
		return nil, "", err
	}
	config, problems := settings.Parse(c.Config, text)
	if err := mistakes(problems, "mend them first"); err != nil {
		return nil, "", err
	}
	return config, string(text), nil
}

// ask surveys the cameras. failed tells of those that could not be read; err is for what stops everything.
func (c *camerasImportCmd) ask(ctx context.Context, p *progress, logger *slog.Logger) (found []roster.Found, failed, err error) {
	password, reference := "", ""
	if c.User != "" {
		if password, reference, err = cameraSecret(ctx, c.Password, os.Stdin, p.w); err != nil {
			return nil, nil, err
		}
	} else if c.Password != "" {
		return nil, nil, errors.New("--password is of no use without --user")
	}
	targets, err := c.targets(ctx, p, logger)
	if err != nil {
		return nil, nil, err
	}
	results := make([][]roster.Found, len(targets))
	bad, asked := 0, 0
	var mu sync.Mutex
	var wait sync.WaitGroup
	turn := make(chan struct{}, surveysAtOnce)
	for i, t := range targets {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			w, lines, err := roster.Device{
				Address: t.address, Name: t.name, Model: t.model, User: c.User, Password: password, Reference: reference, Timeout: c.Patience, Logger: logger,
			}.Survey(ctx)
			mu.Lock()
			defer mu.Unlock()
			asked++
			results[i] = w
			if err != nil {
				bad++
				lines = []string{roster.Words(err)}
			}
			for _, l := range lines {
				p.say("[%d/%d] %s: %s", asked, len(targets), t.label, l)
			}
			p.show("asked %d of %d", asked, len(targets))
		})
	}
	wait.Wait()
	p.done()
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	if bad > 0 {
		failed = fmt.Errorf("%d of %d cameras could not be read; what is wrong with each is said above", bad, len(targets))
	}
	return slices.Concat(results...), failed, nil
}

// target is a camera to ask.
type target struct{ address, label, name, model string }

// targets are the cameras that were named, or those that the network shows.
func (c *camerasImportCmd) targets(ctx context.Context, p *progress, logger *slog.Logger) ([]target, error) {
	var out []target
	for _, a := range c.Address {
		host, err := roster.HostOf(a)
		if err != nil {
			return nil, err
		}
		out = append(out, target{address: a, label: host})
	}
	if len(out) > 0 {
		return out, nil
	}
	found, err := search(ctx, c.searchFlags, nil, p, logger)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("no camera answered; name the cameras to ask, or give --interface")
	}
	for _, f := range found {
		out = append(out, target{f.Address, f.From.String(), f.Name, f.Hardware})
	}
	return out, nil
}

// fill gives new cameras what the flags say of them.
func (c *camerasImportCmd) fill(found []roster.Found) error {
	pos, err := parsePos(c.Pos)
	if err != nil {
		return err
	}
	for i := range found {
		cam := &found[i].Camera
		if cam.Pos == (geo.Point{}) {
			cam.Pos = pos
		}
		if cam.Area == "" {
			cam.Area = c.Area
		}
		if cam.Site == "" {
			cam.Site = c.Site
		}
	}
	return nil
}

// parsePos reads "108.2867,15.8575"; empty is no position.
func parsePos(s string) (geo.Point, error) {
	if s == "" {
		return geo.Point{}, nil
	}
	lon, lat, ok := strings.Cut(s, ",")
	x, err1 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	if !ok || err1 != nil || err2 != nil || !(x >= -180 && x <= 180 && y >= -90 && y <= 90) {
		return geo.Point{}, errors.New("--pos is not a position; write LON,LAT as in 108.2867,15.8575")
	}
	return geo.Point{x, y}, nil
}

// finish prints the entries, or compares and writes them.
func (c *camerasImportCmd) finish(out io.Writer, p *progress, config *settings.Config, text string, changes []roster.Change) error {
	lost := 0
	for _, ch := range changes {
		if ch.At < 0 && ch.Camera.Pos == (geo.Point{}) {
			lost++
		}
	}
	if c.Config == "" && len(changes) > 0 {
		roster.ShowEntries(out, changes)
	} else {
		roster.ShowChanges(out, changes)
	}
	for _, ch := range changes {
		if ch.At < 0 && ch.Camera.Password == defaultSecret && c.CSV == "" {
			p.say("the password is not written down: set the variable CAMERA_PASSWORD where the server is started")
			break
		}
	}
	if lost > 0 {
		msg := fmt.Sprintf("%d new cameras have no position: add \"pos: [LON, LAT]\" to each, or give --pos", lost)
		if c.Write {
			return errors.New(msg + "; nothing was written")
		}
		p.say("%s", msg)
	}
	if !c.Write {
		return nil
	}
	return c.write(p, config, text, changes)
}

// write puts the changes into the configuration, if it is as good afterwards as before.
func (c *camerasImportCmd) write(p *progress, config *settings.Config, text string, changes []roster.Change) error {
	todo := slices.DeleteFunc(slices.Clone(changes), func(ch roster.Change) bool { return len(ch.Keys) == 0 })
	if len(todo) == 0 {
		p.say("nothing to write: the configuration says all this already")
		return nil
	}
	after, err := roster.Splice(text, len(config.Cameras), todo)
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was written", c.Config, err)
	}
	if _, problems := settings.Parse(c.Config, []byte(after)); len(problems) > 0 {
		return fmt.Errorf("%w\nthe configuration would have mistakes; nothing was written", strict.Error(problems))
	}
	now, err := os.ReadFile(c.Config)
	if err != nil {
		return err
	}
	if string(now) != text {
		return fmt.Errorf("%s was changed by somebody else meanwhile; nothing was written, try again", c.Config)
	}
	info, err := os.Stat(c.Config)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(c.Config, []byte(after), info.Mode().Perm()); err != nil {
		return err
	}
	p.say("%s: %d cameras written; a running server takes them with: kill -HUP", c.Config, len(todo))
	return nil
}
