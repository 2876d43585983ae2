package queue

import (
	"context"
	"sync"
	"time"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// In merges what comes from the server until the consumer asks for it. All of it may be
// called from anywhere, but Next and At, which belong to the consumer's goroutine.
type In struct {
	max   int
	ready chan struct{} // something to deliver
	room  chan struct{} // the consumer took something

	mu        sync.Mutex
	b         world.Batch
	any       bool
	limit     int // of items, before they are conflated
	delivered uint64
	applied   uint64
	link      world.Link
	coming    string // the view of b

	// What the consumer's goroutine owns: where what it took leads to.
	at   world.Position
	view string
}

// NewIn makes an empty queue. Beyond maxItems, which conflating cannot lessen, Put waits.
func NewIn(maxItems int) *In {
	return &In{max: maxItems, limit: 1024, ready: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// Next blocks until there is something and returns all of it, conflated. What it
// returned before counts as applied from now on. The error is ctx's.
func (in *In) Next(ctx context.Context) (world.Batch, error) {
	in.mu.Lock()
	in.applied = in.delivered
	in.mu.Unlock()
	for {
		if err := ctx.Err(); err != nil {
			return world.Batch{}, err
		}
		in.mu.Lock()
		if in.any {
			b := in.b
			in.b, in.any, in.limit = world.Batch{}, false, 1024
			if b.To != 0 || b.Snapshot != nil {
				in.delivered = b.To
				in.at, in.view = world.Position{Epoch: b.Epoch, Seq: b.To}, in.coming
			}
			in.mu.Unlock()
			signal(in.room)
			b.Items = message.Conflate(b.Items, itemMark)
			return b, nil
		}
		in.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-in.ready:
		}
	}
}

// itemMark marks an item for conflation.
func itemMark(it *world.Item) message.Mark { return message.MarkOf(*it) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Put adds what the server sent of a view, and waits while the consumer is too
// far behind. The error is ctx's.
func (in *In) Put(ctx context.Context, b world.Batch, view string) error {
	in.mu.Lock()
	in.coming = view
	if b.Snapshot != nil {
		in.b.Snapshot, in.b.Items, in.b.From = b.Snapshot, b.Items, b.From
	} else {
		if in.b.To == 0 && in.b.Snapshot == nil {
			in.b.From = b.From
		}
		in.b.Items = append(in.b.Items, b.Items...)
	}
	in.b.Epoch, in.b.To, in.b.Seen, in.b.Check, in.b.Unchecked = b.Epoch, b.To, b.Seen, b.Check, b.Unchecked
	if len(in.b.Items) > in.limit {
		in.b.Items = message.Conflate(in.b.Items, itemMark)
		in.limit = max(1024, 2*len(in.b.Items))
	}
	in.any = true
	in.mu.Unlock()
	signal(in.ready)
	for {
		in.mu.Lock()
		full := len(in.b.Items) > in.max
		if full {
			in.b.Items = message.Conflate(in.b.Items, itemMark)
			full = len(in.b.Items) > in.max
		}
		in.mu.Unlock()
		if !full {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.room:
		}
	}
}

func (in *In) change(f func(b *world.Batch)) {
	in.mu.Lock()
	f(&in.b)
	in.any = true
	in.mu.Unlock()
	signal(in.ready)
}

// Receipts adds answers to commands.
func (in *In) Receipts(list []world.Receipt) {
	in.change(func(b *world.Batch) { b.Receipts = append(b.Receipts, list...) })
}

// Relay gives the consumer a right to fetch pictures; the newest counts.
func (in *In) Relay(g world.RelayGrant) {
	in.change(func(b *world.Batch) { b.Relay = &g })
}

// Up says that the connection stands, or that what is known of the clocks is
// something else; as in world.Link.
func (in *In) Up(offset, most int64) {
	in.change(func(b *world.Batch) {
		if !in.link.Up {
			in.link = world.Link{Up: true, Since: world.TimeOf(time.Now())}
		}
		in.link.Offset, in.link.Error = offset, most
		l := in.link
		b.Link = &l
	})
}

// Down says that there is no connection, once for every reason.
func (in *In) Down(why string) {
	in.mu.Lock()
	same := !in.link.Up && in.link.Reason == why
	in.mu.Unlock()
	if same {
		return
	}
	in.change(func(b *world.Batch) {
		since := in.link.Since
		if in.link.Up || since == 0 {
			since = world.TimeOf(time.Now())
		}
		in.link = world.Link{Since: since, Reason: why, Offset: in.link.Offset, Error: in.link.Error}
		l := in.link
		b.Link = &l
	})
}

// Acked returns the sequence the consumer has applied.
func (in *In) Acked() uint64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.applied
}

// At returns where what Next returned last leads to, and the fingerprint of its view.
func (in *In) At() (world.Position, string) { return in.at, in.view }
