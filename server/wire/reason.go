package wire

import (
	"errors"

	"github.com/gorilla/websocket"
)

// Reason says why the server ended a connection. It is a websocket close code
// and, as text, its name.
type Reason int

// The reasons of the server.
const (
	// Slow: the client did not read, or fell too far behind. It may come back
	// at once.
	Slow Reason = 4001
	// Revoked: the token was withdrawn.
	Revoked Reason = 4002
	// Expired: the token's time is over.
	Expired Reason = 4003
	// Shutdown: the server stops.
	Shutdown Reason = 4004
	// Protocol: the client sent what the protocol does not know.
	Protocol Reason = 4005
	// Resync: the history began anew; the client takes a snapshot.
	Resync Reason = 4006
	// Silent: nothing was heard of the client for too long.
	Silent Reason = 4007
	// Rights: what the client may see has changed; it comes back to see it.
	Rights Reason = 4008
)

// String returns the reason's name.
func (r Reason) String() string {
	switch r {
	case Slow:
		return "slow"
	case Revoked:
		return "revoked"
	case Expired:
		return "expired"
	case Shutdown:
		return "shutdown"
	case Protocol:
		return "protocol"
	case Resync:
		return "resync"
	case Silent:
		return "silent"
	case Rights:
		return "rights"
	}
	return "gone"
}

// reasonOf returns the reason in the peer's close frame, zero when there is none.
func reasonOf(err error) Reason {
	var ce *websocket.CloseError
	if errors.As(err, &ce) && ce.Code >= int(Slow) && ce.Code <= int(Rights) {
		return Reason(ce.Code)
	}
	return 0
}
