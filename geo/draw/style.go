package draw

import "iocwall/geo/draw/look"

// Style is the set of colours of a map.
type Style = look.Style

// Sizes are the sizes of text and symbols in pixels.
type Sizes = look.Sizes

// Words are the few words that the map writes itself.
type Words = look.Words

// Dark is the style of the wall.
func Dark() Style { return look.Dark() }

// Light is the style of laptops and paper.
func Light() Style { return look.Light() }

// Desk returns the sizes of a screen at arm's length.
func Desk() Sizes { return look.Desk() }

// Wall returns the sizes of a wall whose smallest readable text is text pixels
// high: 56 for a 55-inch 1080p panel seen from 5 m.
func Wall(text float64) Sizes { return look.Wall(text) }

// Vietnamese returns the words in Vietnamese.
func Vietnamese() Words { return look.Vietnamese() }

// English returns the words in English. Names on the map stay Vietnamese.
func English() Words { return look.English() }
