// Package assets holds everything the programs carry inside themselves: fonts,
// the base map, the tree of areas, icons and translations. README.md beside it
// names the origin and licence of each.
package assets
