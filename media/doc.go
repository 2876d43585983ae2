// Package media keeps cameras playing. A Player holds one stream of one camera: it connects over RTSP, hands access
// units to a Decoder made by a factory, makes a picture of the newest one for each view, watches each stage of the way
// (packets, access units, key frames, decoded pictures, changed pictures), reconnects with growing pauses, and says at
// every moment in words what a tile must say about the camera. It never presents an old picture as live.
//
// A Deck holds all cameras of a computer: each is played once for all viewers, in the smallest stream that fills them,
// and goes from stream to stream without a gap. What it learns about a camera outlives players and connections.
//
// The package has no cgo: package decode holds the decoder, package rtsp the connection, package relay the one place
// that talks to cameras on behalf of all players, package mediatest cameras for tests and demonstrations.
package media
