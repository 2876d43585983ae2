package main

import "fyne.io/fyne/v2"

// quit ends the toolkit's loop from any goroutine.
func quit(a fyne.App) { fyne.Do(a.Quit) }
