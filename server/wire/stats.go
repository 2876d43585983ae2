package wire

import (
	"time"

	"iocwall/server/world"
)

// ClientStats is what the hub knows of one connected client.
type ClientStats struct {
	Session string     `json:"session"`
	User    string     `json:"user"`
	Name    string     `json:"name"`
	Role    string     `json:"role"`
	View    string     `json:"view"`
	Since   world.Time `json:"since"`
	// Silent is how long nothing was heard of it; View is empty before it said
	// what it wants to see.
	Silent time.Duration `json:"silent"`
	// Sent is the sequence handed to the connection, Acked the one the client
	// says it has applied; Lag is the hub's sequence minus Acked.
	Sent  uint64 `json:"sent"`
	Acked uint64 `json:"acked"`
	Lag   uint64 `json:"lag"`
	// Bytes is what was written to the network, Behind what still waits, both
	// with the payload uncompressed; Frames counts frames written.
	Bytes  uint64 `json:"bytes"`
	Frames uint64 `json:"frames"`
	Behind int    `json:"behind"`
}

// HubStats is what the hub counts.
type HubStats struct {
	Clients []ClientStats `json:"clients"`
	// Views is how many distinct views there are.
	Views int `json:"views"`
	// Closed counts ended connections by reason.
	Closed map[string]uint64 `json:"closed"`
	// Snapshots and Resumes count how clients were brought up to date.
	Snapshots uint64 `json:"snapshots"`
	Resumes   uint64 `json:"resumes"`
	// Alarms counts digests that did not agree, Unsendable what could not be
	// encoded.
	Alarms     uint64 `json:"alarms"`
	Unsendable uint64 `json:"unsendable"`
}
