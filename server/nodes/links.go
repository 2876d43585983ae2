package nodes

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/server/core"
	"iocwall/server/world"
)

const (
	// silence is how long nothing may be heard of a computer, which says something
	// every second: it is how a pulled cable is found.
	silence = 2500 * time.Millisecond
	// comeBack is how long computers have to come back after the server started.
	comeBack = 5 * time.Second
	// lookEvery is the time between two looks at what is heard.
	lookEvery = 250 * time.Millisecond
	// stall is how late a look may be before this program is taken to have stood
	// still: then nobody was heard, and it was nobody's fault.
	stall = time.Second
)

// Session is one connection of a computer of a wall that is shown its view.
type Session struct {
	Node string
	// Silent is how long nothing was heard over it.
	Silent time.Duration
}

// LinksOptions make Links. All but Logger are required.
type LinksOptions struct {
	History History
	// Sessions returns the connections of all computers. It does not block.
	Sessions func() []Session
	// Logger discards when nil.
	Logger *slog.Logger
}

// Links find out which computers of the wall are there and which are lost, and
// make events of it.
type Links struct {
	o     LinksOptions
	moved chan struct{}

	mu   sync.Mutex
	gone map[string]string // why a computer's last connection ended

	// What Run owns.
	up      map[string]bool
	awaited map[string]bool // up before the server started and not seen since
	until   time.Time       // how long these are waited for
	looked  time.Time
	resumed time.Time // when this program last stood still
}

// NewLinks makes Links.
func NewLinks(o LinksOptions) (*Links, error) {
	if o.History == nil || o.Sessions == nil {
		return nil, errors.New("nodes: links need a history and the sessions")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Links{o: o, moved: make(chan struct{}, 1), gone: map[string]string{}, up: map[string]bool{}, awaited: map[string]bool{}}, nil
}

// Moved says that a computer has come, or, with a reason in words, that one of its
// connections ended. It does not block.
func (l *Links) Moved(node, gone string) {
	l.mu.Lock()
	if gone != "" {
		l.gone[node] = gone
	} else {
		delete(l.gone, node)
	}
	l.mu.Unlock()
	select {
	case l.moved <- struct{}{}:
	default:
	}
}

// Run watches until ctx ends. Computers that the history calls connected have five
// seconds to come back.
func (l *Links) Run(ctx context.Context) error {
	err := l.o.History.Call(ctx, func(st *world.State) {
		for _, n := range st.Nodes() {
			if n.Up {
				l.up[n.Node], l.awaited[n.Node] = true, true
			}
		}
	})
	if err != nil {
		return ended(ctx, err)
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	l.looked = time.Now()
	l.until = l.looked.Add(comeBack)
	for {
		if err := l.look(ctx); err != nil {
			return ended(ctx, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-l.moved:
		}
	}
}

// ended returns nil for what ended with ctx.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return fmt.Errorf("nodes: links: %w", err)
	}
	return nil
}

// look compares what is heard with what was told and tells the difference.
func (l *Links) look(ctx context.Context) error {
	now := time.Now()
	if now.Sub(l.looked) > lookEvery+stall {
		l.resumed = now
	}
	l.looked = now
	obs := l.changes(now, l.heard(now))
	if len(obs) == 0 {
		return nil
	}
	if _, err := l.o.History.Ask(ctx, core.Request{Source: Source, Obs: obs}); err != nil {
		return err
	}
	for _, o := range obs {
		b := o.Body.(world.NodeLinked)
		l.up[b.Node] = b.Up
		l.o.Logger.Info("a computer of the wall came or went", "node", b.Node, "up", b.Up, "reason", b.Reason)
	}
	l.looked = time.Now() // the history may have been slow
	return nil
}

// heard returns the computers with a connection and for how long each is silent.
func (l *Links) heard(now time.Time) map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, s := range l.o.Sessions() {
		quiet := s.Silent
		if !l.resumed.IsZero() {
			quiet = min(quiet, now.Sub(l.resumed))
		}
		if was, there := out[s.Node]; !there || quiet < was {
			out[s.Node] = quiet
		}
	}
	return out
}

func (l *Links) changes(now time.Time, heard map[string]time.Duration) []world.Observation {
	var out []world.Observation
	tell := func(node string, up bool, reason string) {
		out = append(out, world.Observation{Time: world.TimeOf(now), Body: world.NodeLinked{Node: node, Up: up, Reason: reason}})
	}
	for node, quiet := range heard {
		if quiet > silence {
			continue
		}
		delete(l.awaited, node)
		if !l.up[node] {
			tell(node, true, "")
		}
	}
	for node, up := range l.up {
		quiet, there := heard[node]
		switch {
		case !up || there && quiet <= silence:
		case l.awaited[node] && now.Before(l.until):
		case there:
			tell(node, false, fmt.Sprintf("nothing was heard of it for %.1f s; is its network cable in, is it switched on?", quiet.Seconds()))
		case l.awaited[node]:
			tell(node, false, "it did not come back after the server started again")
		default:
			tell(node, false, l.why(node))
		}
	}
	slices.SortFunc(out, func(a, b world.Observation) int {
		return strings.Compare(a.Body.(world.NodeLinked).Node, b.Body.(world.NodeLinked).Node)
	})
	return out
}

// why says in words why a computer's last connection ended.
func (l *Links) why(node string) string {
	l.mu.Lock()
	gone := l.gone[node]
	l.mu.Unlock()
	name, detail, _ := strings.Cut(gone, ": ")
	switch name {
	case "slow":
		return "it was too slow to follow: " + detail
	case "revoked":
		return "its token was revoked"
	case "expired":
		return "its token has expired"
	case "protocol":
		return "it sent what the server does not understand: " + detail
	case "silent":
		return "nothing was heard of it"
	}
	return "its connection ended"
}
