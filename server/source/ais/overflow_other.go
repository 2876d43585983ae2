//go:build !linux

package ais

import "syscall"

// countOverflow does nothing: only Linux tells how many datagrams it dropped.
func countOverflow(string, string, syscall.RawConn) error { return nil }

func overflow([]byte) (uint32, bool) { return 0, false }
