package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"iocwall/assets"
	"iocwall/server"
	"iocwall/server/settings"
	"iocwall/server/strict"
)

type serveCmd struct {
	Config    string `arg:"" help:"Configuration file." type:"existingfile"`
	ReadyFile string `help:"Write this file with the address once the server serves." name:"ready-file" placeholder:"FILE"`
}

// Help is shown by --help.
func (serveCmd) Help() string {
	return `Runs until interrupted. A hang-up signal (kill -HUP) reads the configuration again; one with mistakes changes nothing.

Example:
  wallsrv serve /etc/iocwall/ioc.yaml`
}

// Run serves.
func (c *serveCmd) Run(ctx context.Context, logger *slog.Logger) error {
	// From here on a hang-up is no end: it waits until the server can read the
	// configuration again.
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	config, problems := settings.Load(c.Config)
	if err := mistakes(problems, "nothing was started"); err != nil {
		return err
	}
	s, err := server.New(ctx, server.Options{Config: config, Logger: logger, Version: version, File: c.Config, FirstUser: tellFirst(os.Stderr, config.DataDir(), journalled())})
	if err != nil {
		return err
	}
	watch, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.watch(watch, s, hup, logger)
	}()
	err = run(ctx, s, func() error { return writeReady(c.ReadyFile, ready{Addr: s.Addr()}) })
	cancel()
	<-done
	return err
}

// mistakes says all that is wrong with a configuration, and what follows; nil
// when nothing is.
func mistakes(problems []strict.Problem, then string) error {
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%w\n%d mistakes in the configuration; %s", strict.Error(problems), len(problems), then)
}

// watch reads the configuration again for every signal until ctx ends.
func (c *serveCmd) watch(ctx context.Context, s *server.Server, hup <-chan os.Signal, logger *slog.Logger) {
	select {
	case <-ctx.Done():
		return
	case <-s.Ready():
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			reload(ctx, s, c.Config, logger)
		}
	}
}

// run runs the server and calls opened once its doors are open. An error of
// opened ends the server.
func run(ctx context.Context, s *server.Server, opened func() error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-s.Ready():
	}
	var err error
	if ctx.Err() == nil {
		err = opened()
	}
	if err != nil {
		cancel()
	}
	return errors.Join(err, <-ended)
}

func reload(ctx context.Context, s *server.Server, path string, logger *slog.Logger) {
	config, problems := settings.Load(path)
	for _, p := range problems {
		logger.Error("the configuration has a mistake", "problem", p.String())
	}
	if len(problems) > 0 {
		logger.Error("the configuration was not taken over; the running one stays", "mistakes", len(problems))
		return
	}
	if err := s.Reload(ctx, config); err != nil {
		logger.Error("the configuration was not taken over", "error", err)
		return
	}
	logger.Info("the configuration was taken over", "file", path)
}

// ready is what the ready file says.
type ready struct {
	Addr      string `json:"addr"`
	Door      string `json:"door,omitempty"`
	TokenFile string `json:"token_file,omitempty"`
}

// writeReady writes the file in one step, so that whoever waits for it reads
// all of it. Without a path nobody waits.
func writeReady(path string, r ready) error {
	if path == "" {
		return nil
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("ready file: %w", err)
	}
	return os.Rename(tmp, path)
}

type checkCmd struct {
	Config string `arg:"" help:"Configuration file." type:"path"`
}

// Help is shown by --help.
func (checkCmd) Help() string {
	return `Prints every mistake as file:line:column with a suggestion, also those of the files it names: rules, areas, layers and fences.
Ends with status 0 if there is none.

Example:
  wallsrv check ioc.yaml`
}

// Run checks.
func (c *checkCmd) Run(ctx context.Context, k *kong.Context) error {
	config, problems := settings.Load(c.Config)
	if len(problems) == 0 {
		var notes []string
		problems, notes = server.CheckMap(ctx, config)
		for _, n := range notes {
			fmt.Fprintln(k.Stdout, "note:", n)
		}
	}
	for _, p := range problems {
		fmt.Fprintln(k.Stdout, p)
	}
	switch len(problems) {
	case 0:
		fmt.Fprintf(k.Stdout, "%s is right: %s\n", c.Config, config.Summary())
		return nil
	case 1:
		return fmt.Errorf("1 mistake in %s", c.Config)
	}
	return fmt.Errorf("%d mistakes in %s", len(problems), c.Config)
}

type sourcesCmd struct {
	Kind string `arg:"" optional:"" help:"Describe this kind in full."`
}

// Help is shown by --help.
func (sourcesCmd) Help() string {
	return `Examples:
  wallsrv sources          the kinds, a line each
  wallsrv sources ais      one kind with its settings and an example`
}

// Run describes.
func (c *sourcesCmd) Run(k *kong.Context) error {
	var names []string
	for _, kind := range settings.Kinds() {
		summary, _, _ := strings.Cut(kind.Doc, "\n")
		names = append(names, kind.Name)
		switch c.Kind {
		case "":
			fmt.Fprintf(k.Stdout, "%-8s %s\n", kind.Name, summary)
		case kind.Name:
			fmt.Fprintf(k.Stdout, "%s\n\nExample:\n\nsources:\n  - name: my-%s\n    kind: %s\n%s\n", strings.TrimSpace(kind.Doc), kind.Name, kind.Name, indent(kind.Example, "    "))
			return nil
		}
	}
	if c.Kind == "" {
		fmt.Fprintln(k.Stdout, "\n\"wallsrv sources KIND\" shows one in full.")
		return nil
	}
	return fmt.Errorf("no kind of source %q; %s", c.Kind, strict.Nearest(c.Kind, names))
}

func indent(text, by string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = by + l
		}
	}
	return strings.Join(lines, "\n")
}

type sampleCmd struct{}

// Help is shown by --help.
func (sampleCmd) Help() string {
	return `Example:
  wallsrv sample > ioc.yaml`
}

// Run prints.
func (sampleCmd) Run(k *kong.Context) error {
	_, err := k.Stdout.Write(assets.SampleConfig())
	return err
}
