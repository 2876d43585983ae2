// Package fieldtest plays the faults that users of camera systems report from the field, each through real sockets:
// a loopback camera that misbehaves, the relay, the player with its decoder, up to what a tile would say. There is one
// table of the faults, with the report each one copies and the remedy of ours that it proves; beside it stand programs
// of others, as cameras in front of the relay and as readers behind it.
//
// Every picture that is shown is compared with the pictures of the clip: what came out damaged is not among them, and
// the number in it tells how old it is. The package holds tests only.
//
// Tests that take minutes run when IOCWALL_LONG is set, to a share of their full length (1 is all of it, 0.1 a tenth).
package fieldtest
