package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/media/onvif"
	"iocwall/server/roster"
)

type camerasCmd struct {
	Discover camerasDiscoverCmd `cmd:"" help:"Find the cameras of the network (ONVIF)."`
	Import   camerasImportCmd   `cmd:"" help:"Ask cameras, or read a table, and write what the configuration needs to know of them."`
	Check    camerasCheckCmd    `cmd:"" help:"Open each camera of a configuration once and say what is wrong."`
}

// searchFlags say where to look for cameras.
type searchFlags struct {
	Interface []string      `help:"Search on this network interface only; may be repeated." placeholder:"NAME"`
	Timeout   time.Duration `help:"How long to wait for answers." default:"3s"`
}

// valid complains about times that find nothing or never end.
func (f searchFlags) valid() error {
	if f.Timeout < 100*time.Millisecond || f.Timeout > time.Minute {
		return errors.New("--timeout is not between 100ms and 1m")
	}
	return nil
}

type camerasDiscoverCmd struct {
	searchFlags
	Address []string `help:"Ask this host instead of the whole network; may be repeated." placeholder:"HOST"`
}

// Help is shown by --help.
func (camerasDiscoverCmd) Help() string {
	return `Sends ONVIF probes to the network and lists who answers. Cameras behind a router hear no probe: name them.

Examples:
  wallsrv cameras discover
  wallsrv cameras discover --interface eth1 --timeout 10s
  wallsrv cameras discover --address 10.20.3.11 --address 10.20.3.12:8080`
}

// Run finds cameras.
func (c *camerasDiscoverCmd) Run(ctx context.Context, k *kong.Context, logger *slog.Logger) error {
	if err := c.valid(); err != nil {
		return err
	}
	found, err := search(ctx, c.searchFlags, c.Address, newProgress(k.Stderr), logger)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New("no camera answered; is ONVIF switched on in the cameras, and are they in this network? Cameras behind a router are asked with --address")
	}
	w := tabwriter.NewWriter(k.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ADDRESS\tNAME\tMODEL\tLOCATION\tINTERFACE\tSERVICE")
	for _, f := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", f.From, dash(f.Name), dash(f.Hardware), dash(f.Location), dash(f.Interface), f.Address)
	}
	return w.Flush()
}

// search finds cameras in the network, or asks the addresses, and shows how far it is.
func search(ctx context.Context, f searchFlags, addresses []string, p *progress, logger *slog.Logger) ([]onvif.Found, error) {
	count := 0
	p.show("searching for %s …", f.Timeout)
	defer p.done()
	return roster.Search(ctx, roster.SearchOptions{
		Interfaces: f.Interface, Addresses: addresses, Timeout: f.Timeout, Logger: logger,
		OnFound: func(onvif.Found) {
			count++
			p.show("searching: %d found", count)
		},
		OnSilent: func(host string, err error) { p.say("%s: %s", host, roster.Words(err)) },
	})
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// progress shows on a terminal how far something is, in one line that is written over, and says what is worth a line of
// its own everywhere. It is for one goroutine at a time.
type progress struct {
	w        io.Writer
	terminal bool
	last     int
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// show replaces the line.
func (p *progress) show(format string, args ...any) {
	if !p.terminal {
		return
	}
	line := fmt.Sprintf(format, args...)
	width := len([]rune(line))
	fmt.Fprint(p.w, "\r", line, strings.Repeat(" ", max(0, p.last-width)))
	p.last = width
}

// done takes the line away.
func (p *progress) done() {
	if p.last > 0 {
		fmt.Fprint(p.w, "\r", strings.Repeat(" ", p.last), "\r")
		p.last = 0
	}
}

// say writes a line that stays.
func (p *progress) say(format string, args ...any) {
	p.done()
	fmt.Fprintf(p.w, format+"\n", args...)
}
