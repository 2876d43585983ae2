// Package link hands links from one run of this program to the console that the person
// has open, and makes the desktop open them with this program.
package link

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

	"iocwall/ui/page"
)

const (
	// limit is the most bytes of a link between two programs.
	limit = 2 << 10
	// patience is how long one of them waits for the other.
	patience = 3 * time.Second
)

// ErrNoConsole says that this person has no console open.
var ErrNoConsole = errors.New("no console is open")

// Socket is where consoles of one person meet: in the folder of the login
// session, which nobody else can enter, or in that of the desk, which desk names.
func Socket(desk func() (string, error)) (string, error) {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir != "" {
		dir = filepath.Join(dir, "iocwall")
	} else {
		var err error
		if dir, err = desk(); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("links: %w", err)
	}
	return filepath.Join(dir, "links.sock"), nil
}

// Send hands a link, or "" to come to the front, to the console behind a socket.
func Send(path, link string) error {
	conn, err := net.DialTimeout("unix", path, patience)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return ErrNoConsole
	}
	if err != nil {
		return fmt.Errorf("links: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, link+"\n"); err != nil {
		return fmt.Errorf("links: the open console does not take the link: %w", err)
	}
	said, err := bufio.NewReader(io.LimitReader(conn, limit)).ReadString('\n')
	if err != nil {
		return fmt.Errorf("links: the open console does not answer, look whether it hangs: %w", err)
	}
	if said = strings.TrimSpace(said); said != "ok" {
		return errors.New(said)
	}
	return nil
}

// Listen calls open with each link that comes through a socket until ctx ends; the zero
// link asks it to come to the front. It blocks. Of several consoles of one person the
// first has the links; the others go on without. Open is called from any goroutine.
func Listen(ctx context.Context, path string, log *slog.Logger, open func(page.Link)) error {
	l, err := take(path)
	if err != nil {
		log.Warn("links are not opened here", "error", err)
		<-ctx.Done()
		return nil
	}
	defer l.Close() // who comes afterwards is not let wait
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
			_ = l.Close() // who comes now is told at once
			<-ctx.Done()
			return nil
		}
		wg.Go(func() { answer(conn, log, open) })
	}
}

// take listens at a path, in the place of a console that is gone.
func take(path string) (*net.UnixListener, error) {
	if conn, err := net.DialTimeout("unix", path, patience); err == nil {
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

// answer reads one link and answers.
func answer(conn net.Conn, log *slog.Logger, open func(page.Link)) {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return
	}
	line, err := bufio.NewReader(io.LimitReader(conn, limit)).ReadString('\n')
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
