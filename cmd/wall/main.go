// Command wall shows a wall: on the monitors of this computer, or all of it as
// a mosaic in one window. See "wall --help".
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"iocwall/cmd/wall/door"
	"iocwall/media/decode"
	"iocwall/server/dial"
)

// version is set when a release is built.
var version = "dev" //nolint:gochecknoglobals // set by the linker

// connection is how to reach the server; every command has it.
type connection struct {
	Server    string `help:"Feed of the server: ws://host:port/feed or wss://…" default:"ws://127.0.0.1:8080/feed" env:"IOCWALL_SERVER"`
	TokenFile string `help:"File that holds this computer's token, made by \"wallsrv token add\", for a desk where nobody logs in, and a node that was not let in by a code." type:"existingfile" name:"token-file" env:"IOCWALL_TOKEN_FILE"`
	CA        string `help:"PEM file of the authority that signed the server's certificate, where the system does not know it." type:"existingfile" name:"ca" placeholder:"FILE"`
	Lang      string `help:"Language: vi or en." default:"vi" enum:"vi,en"`
	Theme     string `help:"Theme: dark or light." default:"dark" enum:"dark,light"`
	Wall      string `help:"Id of the wall; the first one if left out." placeholder:"ID"`
	Pictures  string `help:"How camera pictures are drawn: rgba (scaled by the processor), yuv (by the graphics card), or auto." default:"auto" enum:"auto,rgba,yuv"`
	Snapshots string `help:"Folder for pictures that people keep; iocwall-pictures in the home folder if left out." type:"path" placeholder:"DIR" env:"IOCWALL_PICTURES"`
	Markers   bool   `help:"Put machine-readable marks on tiles, for tests of the wall." hidden:""`

	mapFlags

	LogLevel slog.Level `help:"Write messages from this level on: debug, info, warn or error." default:"info" name:"log-level"`

	mute bool // no sounds

	// session is who logged in where there is no token file.
	session *door.Session
}

type cli struct {
	connection
	Mosaic  mosaicCmd        `cmd:"" default:"withargs" help:"The whole wall in one window, with the desk around it (the default)."`
	Open    openCmd          `cmd:"" help:"Go to what a link names, iocwall://alert/CB-0412, in the console that is open."`
	Node    nodeCmd          `cmd:"" help:"This computer's part of the wall, one window on each monitor."`
	Bench   benchCmd         `cmd:"" help:"Measure this computer."`
	Version kong.VersionFlag `help:"Print the version and end."`
}

func main() {
	// What cannot be made patient runs all the same, only dearer.
	patience := decode.Patient()
	var c cli
	k := kong.Parse(&c, kong.Name("wall"), kong.UsageOnError(), kong.Vars{"version": version},
		kong.Description(`Shows a wall: the whole of it in one window, or this computer's part on its monitors.

Examples:
  wall --server wss://ioc.example.vn/feed                      the console, which asks who you are
  wall --token-file mai.token                                  without login, as the owner of a token
  wall node --name pc-03 --server wss://ioc.example.vn/feed --code ABCD-EFGH-JK
  wall --token-file mai.token --map /srv/quang-nam.pmtiles     with a map of your own
  wall --token-file mai.token --map 'https://tiles.example.vn/{z}/{x}/{y}' --map-attribution '© OpenStreetMap contributors'
  wall --token-file mai.token --zone 107.75/3                  metres of VN-2000 in the zone of Quảng Nam
  wall bench cameras                                           how many cameras this computer can show`))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	if patience != nil {
		c.logger().Warn("timers stay eager", "error", patience)
	}
	err := k.Run(&c.connection)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wall:", err)
		os.Exit(1)
	}
}

func (c *connection) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
}

// token reads the token anew at each connection, so that it can be replaced.
func (c *connection) token() (string, error) {
	if c.session != nil {
		return c.session.Token()
	}
	return dial.Token(c.TokenFile)
}

// door returns the server's HTTP door.
func (c *connection) door() (*door.Door, error) {
	return door.New(door.Options{Server: c.Server, CA: c.CA, Token: c.token, Logger: c.logger()})
}

// openSession opens the desk's session; nil where a token file says who it is.
func (c *connection) openSession() (*door.Session, error) {
	if c.TokenFile != "" {
		return nil, nil
	}
	dir, err := deskDir()
	if err != nil {
		return nil, err
	}
	c.session, err = door.OpenSession(door.Options{Server: c.Server, CA: c.CA, Logger: c.logger()}, dir)
	return c.session, err
}
