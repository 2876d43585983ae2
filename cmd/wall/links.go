package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"iocwall/cmd/wall/link"
	"iocwall/ui"
	"iocwall/ui/page"
)

// openCmd goes to what a link names.
type openCmd struct {
	Link    string  `arg:"" optional:"" help:"What to show: iocwall://alert/CB-0412. Without one the console comes to the front."`
	Install bool    `help:"Make this program open such links on this person's desktop, with the flags given beside it."`
	Width   float32 `help:"Width of the window, where one has to be opened." default:"1600"`
	Height  float32 `help:"Height of the window." default:"900"`
}

// Help is shown by --help.
func (openCmd) Help() string {
	return `The link is handed to the console that this person has open; without one a console is started.

Examples:
  wall open iocwall://alert/CB-0412
  wall open --install --server wss://ioc.example.vn/feed`
}

// Run hands the link over, or starts a console with it.
func (o *openCmd) Run(ctx context.Context, c *connection) error {
	if o.Install {
		return link.Install(ctx, os.Stdout, c.given())
	}
	first := strings.TrimSpace(o.Link)
	if first != "" {
		l, err := page.ParseLink(first)
		if err != nil {
			return err
		}
		first = l.String()
	}
	path, err := link.Socket(deskDir)
	if err != nil {
		return err
	}
	err = link.Send(path, first)
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, link.ErrNoConsole):
		return err
	}
	return show(ctx, c, ui.Options{Mode: ui.Mosaic, Name: hostname(), Width: o.Width, Height: o.Height, Seat: ui.SeatOptions{First: first}}, "mosaic", nil)
}

// given are the flags that a desktop's entry repeats.
func (c *connection) given() []string {
	var out []string
	for _, f := range [][2]string{{"--server", c.Server}, {"--ca", c.CA}, {"--token-file", c.TokenFile}, {"--lang", c.Lang}, {"--theme", c.Theme}} {
		if f[1] != "" {
			out = append(out, f[0]+"="+f[1])
		}
	}
	return out
}

// links opens what is handed to this console until ctx ends.
func (c *connection) links(ctx context.Context, open func(page.Link)) error {
	path, err := link.Socket(deskDir)
	if err != nil {
		c.logger().Warn("links are not opened here", "error", err)
		<-ctx.Done()
		return nil
	}
	return link.Listen(ctx, path, c.logger(), open)
}
