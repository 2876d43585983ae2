// Package server is the application behind the walls: it takes in every feed of
// the centre, keeps one history, runs the rules and hands the walls what they
// may see.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"iocwall/assets"
	"iocwall/server/act"
	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/calendar"
	"iocwall/server/cctv"
	"iocwall/server/chart"
	"iocwall/server/core"
	"iocwall/server/crowd"
	"iocwall/server/director"
	"iocwall/server/history"
	"iocwall/server/journal"
	"iocwall/server/logins"
	"iocwall/server/nodes"
	"iocwall/server/recorder"
	"iocwall/server/reply"
	"iocwall/server/rule"
	"iocwall/server/settings"
	"iocwall/server/setup"
	"iocwall/server/source"
	"iocwall/server/stage"
	"iocwall/server/strict"
	"iocwall/server/vault"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// Options make a Server.
type Options struct {
	// Config is a configuration without problems, as LoadConfig returns it.
	Config *Config
	// Logger receives what people who run the server should know; nil
	// discards it. No secret is ever written to it.
	Logger *slog.Logger
	// Version is shown to clients and in the health answer.
	Version string
	// FirstUser is told, once, the login and the one-time password of the
	// administrator who is made where there are no users. It keeps them out of
	// logs. Nil makes nobody.
	FirstUser func(login, password string) error

	hashCost auth.Cost // zero but in tests
	// File is where Config was read from, so that it can be changed through the
	// doors; empty refuses that.
	File string
}

// Server is a running centre. Make it with New, run it with Run.
type Server struct {
	logger  *slog.Logger
	version string

	log       *journal.Log
	vault     *vault.Vault
	tokens    *auth.Store
	users     *auth.Users
	logins    *logins.Doors
	loop      timeline
	hub       *wire.Hub
	feeds     *source.Supervisor
	cameras   *cctv.Cameras
	charts    *chart.Charts
	nodes     *nodes.Nodes
	links     *nodes.Links
	stage     *stage.Stage
	recorder  *recorder.Recorder
	histories *history.Index
	setup     *setup.Setup
	onMap     onMap // what the configuration keeps on the map
	listener  net.Listener

	ground *area.Ground
	hours  *calendar.Calendar
	rules  *rule.Set // until the loop has them

	crowd    *crowd.Crowd
	refused  crowd.Refusals
	denied   crowd.Denials
	digging  chan struct{} // holds one: who looks through all records
	ready    chan struct{}
	reported reply.Once[filed]         // citizens' reports, by sender and form
	ordered  reply.Once[world.Receipt] // commands of scripts, by token and id

	tellFirst func(login, password string) error
	hashCost  auth.Cost

	reloads sync.Mutex // one configuration is taken over after the other
	mu      sync.RWMutex
	config  *Config
}

// timeline is what the doors need of the loop.
type timeline interface {
	Ask(context.Context, core.Request) (uint64, error)
	Put(ctx context.Context, source string, obs []world.Observation) error
	Direct(ctx context.Context, source string, f func(now world.Time, s *world.State, d *director.Director) ([]world.Observation, error)) (uint64, error)
	Call(context.Context, func(*world.State)) error
	Resume(context.Context, *rule.Set) error
	Exchange(context.Context, *rule.Set, core.Patience) error
	Stats() core.Stats
	Run(context.Context) error
}

// New opens the data folder, brings the state up to the end of the journal and
// takes the listening addresses. Nothing is served before Run. On an error
// everything it opened is closed again.
func New(ctx context.Context, o Options) (_ *Server, err error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	logger, book := withLogbook(o.Logger)
	o.Logger = logger
	s := &Server{
		config: o.Config, logger: o.Logger, version: o.Version, tellFirst: o.FirstUser, hashCost: o.hashCost,
		crowd: crowd.New(o.Config.TLS.Proxy, o.Logger), ready: make(chan struct{}), digging: make(chan struct{}, 1),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	data := s.config.Path(s.config.Data)
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("server: data folder: %w; set \"data\" to a folder this user may write", err)
	}
	if s.tokens, err = auth.Open(TokenFile(data)); err != nil {
		return nil, err
	}
	if s.vault, err = vault.Open(filepath.Join(data, "vault")); err != nil {
		return nil, err
	}
	if s.hours, err = calendar.New(calendar.Options{}); err != nil {
		return nil, err
	}
	if err := s.openAreas(); err != nil {
		return nil, err
	}
	if err := s.openUsers(data); err != nil {
		return nil, err
	}
	if err := s.openHistory(ctx, filepath.Join(data, "journal")); err != nil {
		return nil, err
	}
	if err := s.openCameras(data); err != nil {
		return nil, err
	}
	if err := s.openCharts(ctx, data); err != nil {
		return nil, err
	}
	if err := s.openStage(); err != nil {
		return nil, err
	}
	if err := s.openHistories(); err != nil {
		return nil, err
	}
	if err := s.openNodes(); err != nil {
		return nil, err
	}
	if s.feeds, err = source.NewSupervisor(source.Options{
		Sources: s.config.Feeds(), Put: s.put, Env: source.Env{Dir: s.config.Folder(), Logger: s.logger}, Logger: s.logger,
	}); err != nil {
		return nil, err
	}
	if err := s.openSetup(o.File, book); err != nil {
		return nil, err
	}
	if s.listener, err = s.listen(); err != nil {
		return nil, err
	}
	return s, nil
}

// TokenFile returns where a server with that data folder keeps its tokens.
func TokenFile(data string) string { return filepath.Join(data, "tokens.json") }

// loadAreas reads the tree of areas of a configuration.
func loadAreas(c *Config) (*area.Set, error) {
	set, problems := c.AreaSet()
	if len(problems) > 0 {
		return nil, fmt.Errorf("server: areas: %w", strict.Error(problems))
	}
	return set, nil
}

func (s *Server) openAreas() error {
	set, err := loadAreas(s.config)
	if err != nil {
		return err
	}
	s.ground, err = area.NewGround(set, assets.Basemap())
	return err
}

// openHistory opens the journal, restores the state and makes the loop.
func (s *Server) openHistory(ctx context.Context, dir string) error {
	began := time.Now()
	var err error
	if s.log, err = journal.Open(journal.Options{Dir: dir, Logger: s.logger, Retention: s.config.Journal.Keep}); err != nil {
		return err
	}
	for _, d := range s.log.Damage() {
		s.logger.Error("the journal was damaged", "file", d.Path, "kept", d.Kept, "lost", d.Lost, "reason", d.Reason, "moved_to", d.MovedTo)
	}
	state, err := s.log.State(ctx)
	if err != nil {
		return err
	}
	rules, problems := s.config.RuleSet()
	if len(problems) > 0 {
		return fmt.Errorf("server: rules: %w", strict.Error(problems))
	}
	s.hub, err = wire.NewHub(wire.HubOptions{
		OnLoop: func(ctx context.Context, f func(*world.State)) error { return s.loop.Call(ctx, f) },
		Command: func(ctx context.Context, id wire.Identity, c act.Command) world.Receipt {
			return s.command(ctx, s.fromWire(id), c)
		},
		Grant: s.grant,
		Read: func(ctx context.Context, from uint64, yield func(world.Event) bool) error {
			return s.readFrom(ctx, from, yield)
		},
		Alarm: func(id wire.Identity, at world.Position, kinds []string) {
			s.logger.Error("a wall's picture differed from the history; it was sent a fresh one", "client", id.Name, "at", at, "kinds", kinds)
		},
		Moved:  s.clientMoved,
		Logger: s.logger,
	})
	if err != nil {
		return err
	}
	if ahead := s.log.Seen().Sub(world.TimeOf(began)); ahead > core.MaxJump {
		s.logger.Error("the history ends in the future: was this computer's clock wrong, or is it now? New events follow on it", "ahead", ahead)
	}
	s.rules = rules
	s.loop = core.New(core.Options{
		Journal: s.log, Hub: s.hub, State: state, Newest: s.log.Seen(), Patience: s.config.Limits(), Logger: s.logger,
		Walls: director.Options{Hours: s.hours, Logger: s.logger},
	})
	s.logger.Info("history restored", "position", state.At(), "entities", state.Count(""), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

var errEnough = errors.New("enough")

func (s *Server) readFrom(ctx context.Context, from uint64, yield func(world.Event) bool) error {
	err := s.log.Read(ctx, from+1, func(e world.Event) error {
		if !yield(e) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (s *Server) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("server: %w; set \"listen\" to a free address", err)
	}
	secure, err := s.config.Certificate()
	switch {
	case err != nil:
		return nil, errors.Join(fmt.Errorf("server: %w", err), l.Close())
	case secure == nil:
		return l, nil
	}
	secure.NextProtos = []string{"http/1.1"}
	return tls.NewListener(l, secure), nil
}

// Addr returns the address the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Ready returns a channel that is closed once the doors are open: the history
// knows the configuration and requests are answered.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// RelayAddr returns the address the relay listens on.
func (s *Server) RelayAddr() string { return s.cameras.Addr() }

// Run serves until ctx ends or a part that everything depends on fails. When it
// returns, everything acknowledged is on disk and nothing of the server is left
// running: doors close first, then feeds, cameras, walls and at last the
// history.
func (s *Server) Run(ctx context.Context) error {
	g := newGroup(ctx, s.logger)
	// Started first, stopped last.
	g.start("history", s.loop.Run)
	g.start("snapshots", s.snapshots)
	g.start("recorder", s.recorder.Run)
	g.start("histories", s.histories.Run)
	g.start("walls", s.hub.Run)
	if err := s.define(ctx, s.config); err != nil {
		if ctx.Err() != nil {
			err = nil // stopped while it started
		}
		return errors.Join(err, g.stop(), s.close())
	}
	if err := s.firstUser(ctx); err != nil {
		return errors.Join(err, g.stop(), s.close())
	}
	g.start("notes", s.writeNotes)
	g.start("access", s.watchAccess)
	g.start("cameras", s.cameras.Run)
	g.start("feeds", s.feeds.Run)
	g.start("links", s.links.Run)
	g.start("faults", s.setup.Run)
	g.start("doors", s.serveHTTP)
	s.logger.Info("serving", "address", s.Addr(), "relay", s.RelayAddr())
	err := g.wait()
	return errors.Join(err, s.close())
}

// define writes what the configuration says into the history, and what follows
// for the rules.
func (s *Server) define(ctx context.Context, c *Config) error {
	if err := s.write(ctx, c, s.onMap); err != nil {
		return err
	}
	if err := s.loop.Resume(ctx, s.rules); err != nil {
		return fmt.Errorf("server: resume the rules: %w", err)
	}
	return nil
}

// write brings the history in line with the configuration.
func (s *Server) write(ctx context.Context, c *Config, m onMap) error {
	fences, err := s.newFences(ctx, m.fences)
	if err != nil {
		return err
	}
	versions, err := s.lastVersions(ctx, c.SceneIDs())
	if err != nil {
		return err
	}
	_, err = s.loop.Ask(ctx, core.Request{
		Source: settings.Source,
		Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			return append(settings.Definitions(c, s.ground.Set(), now, st, versions), chart.Definitions(now, st, m.layers, fences)...), nil
		},
	})
	if err != nil {
		return fmt.Errorf("server: write the configuration into the history: %w", err)
	}
	return nil
}

// put makes observations of a feed durable.
func (s *Server) put(ctx context.Context, from string, obs []world.Observation) error {
	s.ground.Fill(obs, world.TimeOf(time.Now()))
	return s.loop.Put(ctx, from, obs)
}

func (s *Server) snapshots(ctx context.Context) error {
	shadow, err := journal.NewShadow(journal.ShadowOptions{Log: s.log, Logger: s.logger})
	if err != nil {
		return err
	}
	return shadow.Run(ctx)
}

// closePictures tells the relay, once each, of the tokens that are no longer
// good, and returns how many pictures it closed. A token that was bad before the
// start is told as well: what it was granted may still run.
func (s *Server) closePictures(lost []string, closed map[string]bool) int {
	ids := append(slices.Clone(lost), s.users.SessionIDs()...)
	ids = slices.AppendSeq(ids, maps.Keys(closed)) // what is in no file any more
	for _, t := range s.tokens.List() {
		ids = append(ids, t.ID)
	}
	n := 0
	for _, id := range ids {
		bad := !s.good(id)
		if bad && !closed[id] {
			n += s.cameras.CloseSubject(id)
		}
		closed[id] = bad
	}
	return n
}

func (s *Server) serveHTTP(ctx context.Context) error {
	srv := &http.Server{
		Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelDebug),
		ConnState:   s.crowd.State,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	srv.RegisterOnShutdown(s.nodes.Hush)
	done := make(chan error, 1)
	go func() { done <- srv.Serve(s.listener) }()
	close(s.ready)
	select {
	case err := <-done:
		return fmt.Errorf("server: http: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	err := srv.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	<-done
	return err
}

func (s *Server) close() error {
	var errs []error
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	if s.vault != nil {
		errs = append(errs, s.vault.Close())
	}
	return errors.Join(errs...)
}
