// Package flow is what can be said of the units and pictures of one camera while they flow, without connection, decoder
// or screen: which unit is worth decoding next (Queue), how late units are (Lateness), whether a key frame is missing
// (Keys), whether the picture changes (Still), and when a picture is to be shown so that several computers show the same
// (Step, Gait). Nothing in it starts anything or sleeps.
package flow
