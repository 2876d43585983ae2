// Command wallsrv is the server behind the walls of an operations centre. See
// "wallsrv --help".
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"iocwall/cmd/wallsrv/wall"
)

// version is set when a release is built.
var version = "dev" //nolint:gochecknoglobals // set by the linker

type cli struct {
	Serve   serveCmd   `cmd:"" help:"Run the server with a configuration file."`
	Relay   relayCmd   `cmd:"" help:"Run the camera relay as a unit of its own, which outlives the server."`
	Demo    demoCmd    `cmd:"" help:"Run the server with a demonstration province: cameras, vessels, stations, reports, figures."`
	Check   checkCmd   `cmd:"" help:"Report everything that is wrong with a configuration file, then end."`
	Sources sourcesCmd `cmd:"" help:"Describe the kinds of source, or one of them in full."`
	Sample  sampleCmd  `cmd:"" help:"Print a configuration file with every setting at its default."`
	Areas   areasCmd   `cmd:"" help:"Import administrative areas."`
	Cameras camerasCmd `cmd:"" help:"Find cameras, import them, and check that they play."`
	Wall    wall.Cmd   `cmd:"" help:"Run a wall from here: switch, lock, pop up, look back, set it up."`
	User    userCmd    `cmd:"" help:"Make, list and change the people who log in, and end their sessions."`
	Token   tokenCmd   `cmd:"" help:"Make, list and revoke the tokens that open the server's doors."`

	LogJSON  bool             `help:"Write the log as JSON lines." name:"log-json"`
	LogLevel slog.Level       `help:"Write messages from this level on: debug, info, warn or error." default:"info" name:"log-level"`
	Version  kong.VersionFlag `help:"Print the version and end."`
}

func main() {
	var c cli
	k := kong.Parse(&c, kong.Name("wallsrv"), kong.UsageOnError(), kong.Vars{"version": version, "demo_data": demoData()},
		kong.Description(`The server behind the walls of an operations centre: it takes in cameras, vessels, sensors, reports and figures, keeps one history and feeds the walls.

Examples:
  wallsrv demo                              a whole province to look at, on this computer
  wallsrv sample > ioc.yaml                 start a configuration
  wallsrv check ioc.yaml                    find every mistake in it
  wallsrv serve ioc.yaml                    run it
  wallsrv wall switch giao-ban              put a scene on the wall
  wallsrv user add mai --role operator --name "Trần Thị Mai" --config ioc.yaml
  wallsrv token add --role node --name pc-03 --config ioc.yaml`))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A limit on file sizes is a full disk like any other, not an end.
	signal.Ignore(syscall.SIGXFSZ)
	// After the first signal the second one ends the process at once.
	context.AfterFunc(ctx, stop)
	k.BindTo(ctx, (*context.Context)(nil))
	err := k.Run(c.logger())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wallsrv:", err)
		os.Exit(1)
	}
}

func (c *cli) logger() *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
