package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"iocwall/server/source"
)

// defaultSecret is the reference that is written when the password was typed.
const defaultSecret = "env:CAMERA_PASSWORD"

// cameraSecret returns the password behind a reference, or asks for it where there is a terminal. written is the
// reference for the configuration.
func cameraSecret(ref string, in *os.File, out io.Writer) (password, written string, err error) {
	if p := source.CheckSecret("--password", ref); p != nil {
		return "", "", errors.New("--password takes no password, which others would see in the list of processes; " + p.Suggestion)
	}
	if ref != "" {
		password, err = source.Env{}.Secret(ref)
		return password, ref, err
	}
	password, err = askSecret(in, out)
	return password, defaultSecret, err
}

// askSecret reads a line from a terminal without showing it.
func askSecret(in *os.File, out io.Writer) (string, error) {
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
	line, err := bufio.NewReader(in).ReadString('\n')
	restore := unix.IoctlSetTermios(fd, unix.TCSETS, shown)
	fmt.Fprintln(out)
	if restore != nil {
		return "", fmt.Errorf("show what is typed again: %w; type \"stty echo\"", restore)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.Join(errors.New("no password was typed"), err)
	}
	return line, nil
}
