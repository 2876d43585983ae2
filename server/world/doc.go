// Package world is the contract of the whole system: what can happen (Body,
// Observation, Event), what is so because of it (Entity, State), and what
// people may ask for (Command). Everything that happens is an Event in the
// journal; State is a pure projection of events. Apply has no clock, no I/O, no
// randomness and no dependence on map order, and the server and every wall run
// the same code, so two states at the same Position have the same Digest.
//
// Values of this package are plain data. A State belongs to one goroutine.
package world
