// Package wire carries the state from the server to the walls and the commands
// back: Hub is the server's end, Client the wall's. What they say to each other
// is in package message.
package wire
