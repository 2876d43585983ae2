//go:build !linux || race

package rtsp

import "net"

// gathered returns conn: reads are gathered on Linux only, and not under the race detector, which takes what happens
// before a write to happen before the read of it only where both are made through the standard library.
func gathered(conn net.Conn) net.Conn { return conn }
