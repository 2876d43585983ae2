package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"iocwall/ui"
	"iocwall/ui/screens"
)

type nodeCmd struct {
	Name  string `help:"This computer's name, as the wall's screens name it (pc-03)." required:"" env:"IOCWALL_NODE"`
	Code  string `help:"Code that lets this computer in once, made by \"wallsrv wall enrol NAME\"; later starts need none." placeholder:"ABCD-EFGH-JK" env:"IOCWALL_CODE"`
	State string `help:"Folder for what this computer keeps: its token, and the wall as last known, shown when it starts without the server. $STATE_DIRECTORY, or .local/state/iocwall/NAME in the home folder if left out." type:"path" placeholder:"DIR"`
}

// Help is shown by --help.
func (nodeCmd) Help() string {
	return `Examples:
  wall node --name pc-03 --server wss://ioc.example.vn/feed --code ABCD-EFGH-JK   the first time
  wall node --name pc-03 --server wss://ioc.example.vn/feed                       from then on
  wall node --name pc-03 --token-file node.token                                  with a token of your own

As a service that is started with the computer: see assets/systemd/README.md.`
}

// Run lets the computer in if need be and covers the monitors.
func (n *nodeCmd) Run(ctx context.Context, c *connection) (err error) {
	// A wall's pixels are its panels' pixels.
	for k, v := range map[string]string{"FYNE_SCALE": "1", "FYNE_DISABLE_DPI_DETECTION": "true"} {
		if err := os.Setenv(k, v); err != nil {
			return err
		}
	}
	h, err := openHome(n.State, n.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := c.admit(ctx, h, n.Code); err != nil {
		return err
	}
	return show(ctx, c, ui.Options{Mode: ui.Node, Name: n.Name}, n.Name, h)
}

// duties are what a wall computer does beside showing: it remembers, tells how it
// is, sends what is seen on its screens, and keeps the service manager quiet.
func duties(c *connection, h *home, f *feed, u *ui.UI, mons *screens.X11, play *theatre, o ui.Options) ([]func(context.Context) error, error) {
	d, err := c.door()
	if err != nil {
		return nil, err
	}
	report := &health{
		node: h.node, version: version, home: h, log: c.logger(), send: f.Send, standing: f.standing,
		monitors: mons.List, assigned: u.Assigned, pictures: o.Status, codecs: play.support,
		more: []func() error{f.memory.problem, play.fallen.problem},
	}
	runs := []func(context.Context) error{f.memory.Run, report.Run}
	g, err := screens.OpenGrabber("")
	switch {
	case err != nil:
		report.more = append(report.more, func() error { return fmt.Errorf("what is on the screens is not read back: %w", err) })
	default:
		if !g.Shared() {
			report.more = append(report.more, func() error { return errors.New("the display shares no memory: pictures cost more than they must") })
		}
		eyes := &glass{door: d, log: c.logger(), grab: g.Grab, monitors: mons.List, assigned: u.Assigned, now: f.serverNow}
		runs = append(runs, func(ctx context.Context) error {
			defer g.Close()
			return eyes.Run(ctx)
		})
	}
	w, err := newWatchdog(os.Getenv, c.logger())
	if err != nil {
		return nil, err
	}
	if w != nil {
		runs = append(runs, w.Run)
	}
	return runs, nil
}
