package wire

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"iocwall/server/world"
)

// HubOptions configure a Hub. OnLoop is required.
type HubOptions struct {
	// OnLoop has f called with the state on the goroutine that calls Publish,
	// between two calls of Publish, and returns once f has returned. It may
	// block until then; it returns an error when ctx is done or the loop ends
	// before f was called. f is short and does no I/O.
	OnLoop func(ctx context.Context, f func(*world.State)) error
	// Command does what a client asks for and returns when it is durable or
	// refused. Each call has its own goroutine and may block; ctx ends with the
	// hub, not with the client. The Receipt's ID is filled in by the hub. Nil
	// refuses everything. world.Resync never comes here.
	Command func(ctx context.Context, id Identity, c world.Command) world.Receipt
	// Grant makes a right to fetch pictures from the relay, nil for none. It is
	// called when a client attaches and again before the grant expires, on
	// goroutines of the hub.
	Grant func(id Identity) *world.RelayGrant
	// Read yields the events after from, in order, until yield returns false
	// or there are no more. It runs on goroutines of the hub. Nil means that
	// only the memory of the views serves clients that come back.
	Read func(ctx context.Context, from uint64, yield func(world.Event) bool) error
	// Alarm is told when a client's digest did not agree; nil for nobody.
	Alarm  func(id Identity, at world.Position, kinds []string)
	Logger *slog.Logger
	// Heartbeat is the time between two digests; default 5 s.
	Heartbeat time.Duration
	// Keep is how long a view without clients is kept; default 3 min.
	Keep time.Duration
	// RingBytes bounds the memory of a view for those that come back; default
	// 16 MiB.
	RingBytes int
	// QueueBytes is how far a client may fall behind; default 4 MiB.
	QueueBytes int
}

// Hub gives every client its view of the state. Publish and Tick belong to the
// goroutine that owns the state (the loop); everything else may be called from
// anywhere. It never blocks the loop: encoding, compression and writing are done
// by goroutines of the hub.
type Hub struct{}

// NewHub makes a hub. It accepts clients at once; Run ends it.
func NewHub(o HubOptions) (*Hub, error) { return nil, nil }

// Run returns when ctx is done, every client has been told "shutdown" and every
// goroutine of the hub is gone. Publish and Tick do nothing afterwards.
func (h *Hub) Run(ctx context.Context) error { return nil }

// Publish hands out what the loop has made durable and applied: state is behind
// the last of changes, which follow each other without a gap. Both are read only
// during the call.
func (h *Hub) Publish(state *world.State, changes []world.Change) {}

// Tick is to be called about every second by the loop.
func (h *Hub) Tick(now time.Time, state *world.State) {}

// Upgrade makes the request a websocket and serves it until the connection
// ends. The caller has authenticated it. What cannot be upgraded is answered
// with an HTTP error.
func (h *Hub) Upgrade(w http.ResponseWriter, r *http.Request, id Identity) {}

// Kick ends the connections of all whom match names and returns their number.
func (h *Hub) Kick(match func(Identity) bool, why Reason) int { return 0 }

// Regrant gives clients new rights: change returns the identity to use from now
// on and whether it differs. Such a client gets a snapshot of its new view.
func (h *Hub) Regrant(ctx context.Context, change func(Identity) (Identity, bool)) error { return nil }

// Stats returns what is known of each client, in the order they came.
func (h *Hub) Stats() HubStats { return HubStats{} }
