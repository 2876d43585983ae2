package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"iocwall/ui"
	"iocwall/ui/page"
)

const (
	// linkLimit is the most bytes of a link between two programs.
	linkLimit = 2 << 10
	// linkPatience is how long one of them waits for the other.
	linkPatience = 3 * time.Second
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
		return c.installLinks(ctx, os.Stdout)
	}
	first := strings.TrimSpace(o.Link)
	if first != "" {
		l, err := page.ParseLink(first)
		if err != nil {
			return err
		}
		first = l.String()
	}
	path, err := linkSocket()
	if err != nil {
		return err
	}
	err = sendLink(path, first)
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, errNoConsole):
		return err
	}
	return show(ctx, c, ui.Options{Mode: ui.Mosaic, Name: hostname(), Width: o.Width, Height: o.Height, Seat: ui.SeatOptions{First: first}}, "mosaic", nil)
}

// errNoConsole says that this person has no console open.
var errNoConsole = errors.New("no console is open")

// linkSocket is where consoles of one person meet: in the folder of the login
// session, which nobody else can enter, or in that of the desk.
func linkSocket() (string, error) {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir != "" {
		dir = filepath.Join(dir, "iocwall")
	} else {
		var err error
		if dir, err = homeDir("desk"); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("links: %w", err)
	}
	return filepath.Join(dir, "links.sock"), nil
}

// sendLink hands a link, or "" to come to the front, to the console behind a socket.
func sendLink(path, link string) error {
	conn, err := net.DialTimeout("unix", path, linkPatience)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return errNoConsole
	}
	if err != nil {
		return fmt.Errorf("links: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(linkPatience)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, link+"\n"); err != nil {
		return fmt.Errorf("links: the open console does not take the link: %w", err)
	}
	said, err := bufio.NewReader(io.LimitReader(conn, linkLimit)).ReadString('\n')
	if err != nil {
		return fmt.Errorf("links: the open console does not answer, look whether it hangs: %w", err)
	}
	if said = strings.TrimSpace(said); said != "ok" {
		return errors.New(said)
	}
	return nil
}

// listenLinks calls open with each link that is handed to this console until ctx
// ends; the zero link asks it to come to the front. It blocks. Of several consoles of
// one person the first has the links; the others go on without. Open is called from
// any goroutine.
func listenLinks(ctx context.Context, log *slog.Logger, open func(page.Link)) error {
	path, err := linkSocket()
	var l *net.UnixListener
	if err == nil {
		l, err = takeSocket(path)
	}
	if err != nil {
		log.Warn("links are not opened here", "error", err)
		<-ctx.Done()
		return nil
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return nil
		case err != nil:
			log.Warn("links are not opened any more", "error", err)
			<-ctx.Done()
			return nil
		}
		wg.Go(func() { takeLink(conn, log, open) })
	}
}

// takeSocket listens at a path, in the place of a console that is gone.
func takeSocket(path string) (*net.UnixListener, error) {
	if conn, err := net.DialTimeout("unix", path, linkPatience); err == nil {
		_ = conn.Close()
		return nil, errors.New("another console of this person opens them")
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// takeLink reads one link and answers.
func takeLink(conn net.Conn, log *slog.Logger, open func(page.Link)) {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(linkPatience)); err != nil {
		return
	}
	line, err := bufio.NewReader(io.LimitReader(conn, linkLimit)).ReadString('\n')
	if err != nil {
		return // somebody looked whether there is a console
	}
	var l page.Link
	if line = strings.TrimSpace(line); line != "" {
		if l, err = page.ParseLink(line); err != nil {
			_, _ = io.WriteString(conn, strings.ReplaceAll(err.Error(), "\n", " ")+"\n")
			return
		}
	}
	open(l)
	if _, err := io.WriteString(conn, "ok\n"); err != nil {
		log.Debug("who handed over a link is gone", "error", err)
	}
}
