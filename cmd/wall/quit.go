package main

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
)

// quit ends the toolkit's loop from any goroutine, unless it has ended: the
// toolkit ends itself on an interrupt, and its windows are gone then.
func quit(a fyne.App, ended *atomic.Bool) {
	fyne.Do(func() {
		if !ended.Load() {
			a.Quit()
		}
	})
}
