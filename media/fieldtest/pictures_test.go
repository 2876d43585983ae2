package fieldtest

import (
	"image"
	"net"
	"testing"
)

// grey makes a picture of one byte a pixel.
func grey(pix []byte, size image.Point) *image.Gray {
	return &image.Gray{Pix: pix, Stride: size.X, Rect: image.Rectangle{Max: size}}
}

// place is a TCP port that is free until it is given away.
type place struct {
	l    net.Listener
	port int
}

func mustListen(t *testing.T) place {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return place{l, l.Addr().(*net.TCPAddr).Port}
}

func (p place) free() { p.l.Close() } //nolint:errcheck // the port is tried by whoever gets it
