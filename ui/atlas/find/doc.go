// Package find finds what has a name on a map in hand, and positions in the three
// forms in which people write them. It belongs to the toolkit's goroutine.
package find
