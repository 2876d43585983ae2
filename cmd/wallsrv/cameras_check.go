package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/media/onvif"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
	"iocwall/server/area"
	"iocwall/server/cctv"
	"iocwall/server/roster"
	"iocwall/server/settings"
	"iocwall/server/strict"
)

type camerasCheckCmd struct {
	Config string        `arg:"" help:"Configuration file." type:"existingfile"`
	Camera []string      `help:"Check this camera only; may be repeated." placeholder:"ID"`
	For    time.Duration `help:"Watch each stream for this long." default:"10s"`
	Jobs   int           `help:"How many cameras are opened at the same time." default:"8"`
}

// Help is shown by --help.
func (camerasCheckCmd) Help() string {
	return `Opens every stream once, one after the other at each camera, and tells codec, size, frames a second, the time between
key frames and how far the camera's clock is from ours (a minus: it is behind). Ends with status 1 when a stream does not play.

Examples:
  wallsrv cameras check ioc.yaml
  wallsrv cameras check ioc.yaml --camera cau-cau-lau --for 30s`
}

// Run checks.
func (c *camerasCheckCmd) Run(ctx context.Context, k *kong.Context, logger *slog.Logger) error {
	if c.For < time.Second || c.For > 10*time.Minute || c.Jobs < 1 || c.Jobs > 256 {
		return errors.New("--for is not between 1s and 10m, or --jobs is not between 1 and 256")
	}
	config, problems := settings.Load(c.Config)
	if err := mistakes(problems, "mend them first"); err != nil {
		return err
	}
	cameras, err := c.chosen(config)
	if err != nil {
		return err
	}
	rows := c.checkAll(ctx, config, cameras, newProgress(k.Stderr), logger)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	bad := 0
	w := tabwriter.NewWriter(k.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CAMERA\tSTREAM\tSTATE\tCODEC\tSIZE\tFPS\tKEY\tCLOCK\tNOTE")
	for _, r := range rows {
		if r.bad {
			bad++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.camera, r.stream, r.state, dash(r.codec), dash(r.size), dash(r.fps), dash(r.key), dash(r.clock), dash(r.note))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d do not work", bad, len(rows))
	}
	return nil
}

// chosen returns the cameras to check.
func (c *camerasCheckCmd) chosen(config *settings.Config) ([]settings.CameraConfig, error) {
	if len(config.Cameras) == 0 {
		return nil, errors.New("the configuration has no cameras")
	}
	if len(c.Camera) == 0 {
		return config.Cameras, nil
	}
	var out []settings.CameraConfig
	for _, id := range c.Camera {
		i := slices.IndexFunc(config.Cameras, func(x settings.CameraConfig) bool { return x.ID == id })
		if i < 0 {
			var ids []string
			for _, x := range config.Cameras {
				ids = append(ids, x.ID)
			}
			return nil, fmt.Errorf("there is no camera %q; %s", id, strict.Nearest(id, ids))
		}
		out = append(out, config.Cameras[i])
	}
	return out, nil
}

// checked is one line of the table.
type checked struct {
	camera, stream, state, codec, size, fps, key, clock, note string
	bad                                                       bool
}

// checkAll checks the cameras and returns the rows in their order.
func (c *camerasCheckCmd) checkAll(ctx context.Context, config *settings.Config, cameras []settings.CameraConfig, p *progress, logger *slog.Logger) []checked {
	results := make([][]checked, len(cameras))
	turn := make(chan struct{}, c.Jobs)
	var mu sync.Mutex
	var wait sync.WaitGroup
	done := 0
	p.show("checking %d cameras …", len(cameras))
	for i, cam := range cameras {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if ctx.Err() == nil {
				results[i] = c.check(ctx, config, cam, logger)
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			p.show("checked %d of %d cameras", done, len(cameras))
		})
	}
	wait.Wait()
	p.done()
	return slices.Concat(results...)
}

// check checks one camera: its streams one after the other, since some cameras serve one reader only, then its head.
func (c *camerasCheckCmd) check(ctx context.Context, config *settings.Config, cam settings.CameraConfig, logger *slog.Logger) []checked {
	one := *config
	one.Cameras = []settings.CameraConfig{cam}
	list, err := one.CameraList(&area.Set{})
	if err != nil {
		return []checked{{camera: cam.ID, stream: "-", state: "no secret", note: strings.ReplaceAll(err.Error(), "\n", "; "), bad: true}}
	}
	var out []checked
	for _, s := range list[0].Private.Streams {
		out = append(out, c.watch(ctx, list[0].Private, s))
	}
	if list[0].Head.Address != "" {
		out = append(out, checkHead(ctx, cam.ID, list[0].Head, logger))
	}
	return out
}

// watch plays one stream for a while.
func (c *camerasCheckCmd) watch(ctx context.Context, cam relay.Camera, s relay.Stream) checked {
	opts := rtsp.Options{URL: s.URL, User: cam.User, Pass: cam.Pass, Transport: cam.Transport, Fingerprint: cam.Fingerprint}
	if cam.CA != "" {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(cam.CA))
		opts.TLS = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	seen := &observation{}
	over := errors.New("seen enough")
	ctx, cancel := context.WithTimeoutCause(ctx, c.For, over)
	defer cancel()
	err := rtsp.Play(ctx, opts, rtsp.Handler{OnTrack: seen.track, OnUnit: func(u rtsp.Unit) {
		if seen.unit(u) {
			cancel()
		}
	}})
	row := seen.row(ctx, err)
	row.camera, row.stream = cam.ID, s.Name
	return row
}

// observation is what was seen of a stream; all of it is written by the session's goroutine.
type observation struct {
	codec         rtsp.Codec
	width, height int
	units         int
	first, last   time.Time
	lost          uint64
	keys          int
	keyAt         time.Time
	interval      time.Duration // the longest between two key frames
	offset        time.Duration
	offsetKnown   bool
}

// enough is how many key frames tell their interval.
const enough = 3

func (o *observation) track(t rtsp.Track) { o.codec, o.width, o.height = t.Codec, t.Width, t.Height }

// unit takes a picture; true when nothing more can be learnt.
func (o *observation) unit(u rtsp.Unit) bool {
	if o.units == 0 {
		o.first = u.Arrived
	}
	o.units++
	o.last = u.Arrived
	o.lost += u.Lost
	if w, h, _ := rtsp.Describe(o.codec, u.NALUs); w > 0 {
		o.width, o.height = w, h
	}
	if !u.Taken.IsZero() {
		o.offset, o.offsetKnown = u.Taken.Sub(u.Arrived), true
	}
	if u.Key {
		if o.keys > 0 {
			o.interval = max(o.interval, u.Arrived.Sub(o.keyAt))
		}
		o.keys++
		o.keyAt = u.Arrived
	}
	return o.keys > enough && o.last.Sub(o.first) > 3*time.Second && o.offsetKnown
}

// row says what was seen.
func (o *observation) row(ctx context.Context, err error) checked {
	row := checked{codec: string(o.codec)}
	if o.width > 0 {
		row.size = fmt.Sprintf("%d×%d", o.width, o.height)
	}
	span := o.last.Sub(o.first)
	if o.units > 1 && span > 0 {
		row.fps = fmt.Sprintf("%.1f", float64(o.units-1)/span.Seconds())
	}
	switch {
	case o.interval > 0 && o.codec != rtsp.MJPEG:
		row.key = fmt.Sprintf("%.1f s", o.interval.Seconds())
	case o.keys == 1:
		row.key = fmt.Sprintf("> %.0f s", o.last.Sub(o.keyAt).Seconds())
	}
	if o.offsetKnown {
		row.clock = clockWords(o.offset)
	}
	var notes []string
	if o.lost > 0 {
		notes = append(notes, fmt.Sprintf("%d packets lost", o.lost))
	}
	var e *rtsp.Error
	switch {
	case errors.As(err, &e):
		row.state, row.bad = string(e.Reason), true
		notes = append(notes, e.Detail)
	case o.units == 0:
		row.state, row.bad = string(rtsp.ReasonNoPackets), true
		notes = append(notes, fmt.Sprintf("nothing came (%v)", context.Cause(ctx)))
	case o.keys == 0:
		row.state, row.bad = string(rtsp.ReasonNoKeyFrame), true
		notes = append(notes, "watch longer with --for")
	default:
		row.state = "plays"
	}
	row.note = strings.Join(notes, "; ")
	return row
}

// clockWords writes how far a clock is off.
func clockWords(d time.Duration) string {
	switch {
	case d.Abs() < time.Minute:
		return fmt.Sprintf("%+.1f s", d.Seconds())
	case d.Abs() < 48*time.Hour:
		return fmt.Sprintf("%+d min", int(d.Round(time.Minute)/time.Minute))
	}
	return fmt.Sprintf("%+d days", int(d.Round(24*time.Hour)/(24*time.Hour)))
}

// checkHead asks the camera how it can be turned, without turning it.
func checkHead(ctx context.Context, id string, head cctv.Head, logger *slog.Logger) checked {
	row := checked{camera: id, stream: "onvif", state: "turns"}
	d, err := onvif.New(onvif.Options{Address: head.Address, User: head.User, Password: head.Pass, Logger: logger})
	if err == nil {
		if clock, problem := d.Clock(ctx); problem == nil && clock.Known {
			row.clock = clockWords(clock.Offset)
		}
		p := d.PTZ()
		defer p.Close() //nolint:errcheck // nothing was moved
		var presets []onvif.Preset
		if presets, err = p.Presets(ctx); err == nil {
			row.note = fmt.Sprintf("%d presets", len(presets))
		}
	}
	if err != nil {
		row.state, row.note, row.bad = string(onvif.ReasonOf(err)), roster.Words(err), true
	}
	return row
}
