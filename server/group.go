package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// stopLimit is how long one part may take to stop before its name is logged.
const stopLimit = 2 * time.Second

// group runs parts that depend on the ones started before them, and stops them
// last in, first out. The end of any part ends all.
type group struct {
	ctx    context.Context
	logger *slog.Logger
	parts  []*part

	mu     sync.Mutex
	first  error
	failed chan struct{}
}

type part struct {
	name   string
	cancel context.CancelFunc
	done   chan struct{}
}

func newGroup(ctx context.Context, logger *slog.Logger) *group {
	return &group{ctx: ctx, logger: logger, failed: make(chan struct{})}
}

// start runs a part until its own context ends.
func (g *group) start(name string, run func(context.Context) error) {
	// Each part is cancelled in its turn, not by the end of the group's context.
	ctx, cancel := context.WithCancel(context.WithoutCancel(g.ctx))
	p := &part{name: name, cancel: cancel, done: make(chan struct{})}
	g.parts = append(g.parts, p)
	go func() {
		defer close(p.done)
		err := run(ctx)
		stopping := ctx.Err() != nil
		if err != nil && stopping && errors.Is(err, context.Canceled) {
			err = nil
		}
		if err == nil && !stopping {
			err = errors.New("ended unexpectedly")
		}
		if err != nil {
			g.fail(fmt.Errorf("%s: %w", name, err))
		}
	}()
}

func (g *group) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first == nil {
		g.first = err
		close(g.failed)
	}
}

// wait returns after the context ended or a part failed, and all have stopped.
func (g *group) wait() error {
	select {
	case <-g.ctx.Done():
	case <-g.failed:
	}
	return g.stop()
}

// stop ends the parts, the last one started first, and returns the first error.
func (g *group) stop() error {
	for i := len(g.parts) - 1; i >= 0; i-- {
		p := g.parts[i]
		p.cancel()
		select {
		case <-p.done:
			continue
		case <-time.After(stopLimit):
			g.logger.Warn("a part is slow to stop", "part", p.name)
		}
		<-p.done
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.first
}
