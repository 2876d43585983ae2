package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"iocwall/server/source"
)

// defaultSecret is the reference that is written when the password was typed.
const defaultSecret = "env:CAMERA_PASSWORD"

// cameraSecret returns the password behind a reference, or asks for it where there is a terminal. written is the
// reference for the configuration: a file is named by its whole path, since the configuration may lie elsewhere.
func cameraSecret(ctx context.Context, ref string, in *os.File, out io.Writer) (password, written string, err error) {
	if p := source.CheckSecret("--password", ref); p != nil {
		return "", "", errors.New("--password takes no password, which others would see in the list of processes; " + p.Suggestion)
	}
	if ref == "" {
		password, err = askSecret(ctx, in, out)
		return password, defaultSecret, err
	}
	password, err = source.Env{}.Secret(ref)
	if file, ok := strings.CutPrefix(ref, "file:"); ok && err == nil {
		if file, err = filepath.Abs(file); err == nil {
			ref = "file:" + file
		}
	}
	return password, ref, err
}

// askSecret reads a line from a terminal without showing it. Whatever ends it, the terminal shows again what is typed.
func askSecret(ctx context.Context, in *os.File, out io.Writer) (string, error) {
	fd := int(in.Fd())
	shown, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return "", errors.New("there is no terminal to ask for the password; give --password env:NAME or file:PATH")
	}
	fmt.Fprint(out, "Password of the cameras: ")
	hidden := *shown
	hidden.Lflag &^= unix.ECHO
	hidden.Lflag |= unix.ICANON | unix.ISIG
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &hidden); err != nil {
		return "", fmt.Errorf("hide the password: %w", err)
	}
	line, err := readTyped(ctx, fd)
	restore := unix.IoctlSetTermios(fd, unix.TCSETS, shown)
	fmt.Fprintln(out)
	switch {
	case restore != nil:
		return "", fmt.Errorf("show what is typed again: %w; type \"stty echo\"", restore)
	case err != nil:
		return "", err
	case line == "":
		return "", errors.New("no password was typed")
	}
	return line, nil
}

// readTyped reads what a terminal gives at the end of a line, looking now and then whether it is still wanted.
func readTyped(ctx context.Context, fd int) (string, error) {
	buffer := make([]byte, 4096) // the longest line of a terminal
	for ctx.Err() == nil {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 100)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		if n < 1 {
			continue
		}
		n, err = unix.Read(fd, buffer)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(string(buffer[:max(n, 0)]), "\r\n"), nil
	}
	return "", context.Cause(ctx)
}
