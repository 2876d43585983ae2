package main

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
	"golang.org/x/sys/unix"
)

// quit ends the toolkit's loop from any goroutine, unless it has ended: the
// toolkit ends itself on an interrupt, and its windows are gone then. While it does,
// it runs functions on the goroutine that hands them in, where windows must not be
// touched; its own is bound to the process's first thread.
func quit(a fyne.App, ended *atomic.Bool) {
	fyne.Do(func() {
		if !ended.Load() && unix.Gettid() == unix.Getpid() {
			a.Quit()
		}
	})
}
