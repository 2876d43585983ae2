package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server"
	"iocwall/server/auth"
	"iocwall/server/demo"
	"iocwall/server/settings"
	"iocwall/server/strict"
)

type demoCmd struct {
	Data      string `help:"Folder of the demonstration." default:"${demo_data}" placeholder:"DIR"`
	Listen    string `help:"Where the server listens; on this computer only, the demonstration has no certificate." default:"127.0.0.1:8080"`
	Relay     string `help:"Where the camera relay listens." default:"127.0.0.1:8554"`
	ReadyFile string `help:"Write this file with the address and the token's file once the server serves." name:"ready-file" placeholder:"FILE"`
	Calm      bool   `help:"Leave out the faults that happen now and then."`
}

// Help is shown by --help.
func (demoCmd) Help() string {
	return `A coastal province with 12 cameras, 300 vessels, 40 stations, 26 indicators, fences, layers of the map and citizens who report. Its peers speak the protocols of a real centre; the server takes them in through the same doors. Needs the program ffmpeg.

Example:
  wallsrv demo
  wall --token-file ~/.cache/iocwall/demo/wall.token`
}

// Run runs the demonstration.
func (c *demoCmd) Run(ctx context.Context, logger *slog.Logger, k *kong.Context) error {
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	began := time.Now()
	province, err := demo.New(ctx, demo.Options{
		Dir: dir, Listen: c.Listen, Relay: c.Relay, Calm: c.Calm, Logger: logger,
		Progress: func(step string) { fmt.Fprintln(k.Stderr, "preparing", step) },
	})
	if err != nil {
		return err
	}
	config, problems := settings.Load(province.Config())
	if len(problems) > 0 {
		return fmt.Errorf("the demonstration's configuration: %w", strict.Error(problems))
	}
	if err := os.MkdirAll(province.Data(), 0o700); err != nil {
		return err
	}
	token := filepath.Join(dir, "wall.token")
	operator, err := demoToken(province.Data(), token, auth.Spec{Name: "Trần Thị Mai", Role: auth.Operator})
	if err != nil {
		return err
	}
	provider, err := demoToken(province.Data(), filepath.Join(dir, "provider.token"), auth.Spec{Name: "Trình diễn", Role: auth.Provider})
	if err != nil {
		return err
	}

	// A leader and a ward's user look at the province by tokens of their own.
	hoiAn := []string{"vn/da-nang-2025/hoi-an", "vn/da-nang-2025/hoi-an-dong", "vn/da-nang-2025/hoi-an-tay"}
	for _, s := range []auth.Spec{{Name: "Lê Văn Hùng", Role: auth.Leader}, {Name: "Nguyễn Văn Dũng", Role: auth.Unit, Areas: hoiAn}} {
		if _, err := demoToken(province.Data(), filepath.Join(dir, string(s.Role)+".token"), s); err != nil {
			return err
		}
	}

	// The peers go on for as long as the server does: they stop after it.
	peers, stopPeers := context.WithCancel(context.WithoutCancel(ctx))
	defer stopPeers()
	ended := make(chan error, 2)
	go func() { ended <- province.Run(peers) }()
	s, err := server.New(ctx, server.Options{Config: config, Logger: logger, Version: version, File: province.Config()})
	if err != nil {
		stopPeers()
		return errors.Join(err, <-ended)
	}
	go func() {
		ended <- province.Drive(peers, demo.Doors{URL: "http://" + s.Addr(), Token: provider, Operator: operator})
	}()
	var people sync.WaitGroup
	err = run(ctx, s, func() error {
		people.Go(func() { demoPeople(peers, k, logger, province, s.Addr()) })
		fmt.Fprintf(k.Stderr, "the province is up after %s; look at it with:\n  wall --server ws://%s/feed --token-file %s\n", time.Since(began).Round(time.Millisecond), s.Addr(), token)
		return writeReady(c.ReadyFile, ready{Addr: s.Addr(), TokenFile: token})
	})
	stopPeers()
	people.Wait()
	return errors.Join(err, <-ended, <-ended)
}

// demoPeople makes the users of the demonstration with a token that is good for as
// long as that takes, and says where their passwords are.
func demoPeople(ctx context.Context, k *kong.Context, logger *slog.Logger, p *demo.Province, addr string) {
	store, err := auth.Open(server.TokenFile(p.Data()))
	if err == nil {
		var raw string
		var t auth.Token
		if raw, t, err = store.Add(auth.Spec{Name: "Trình diễn", Role: auth.Administrator, TTL: 10 * time.Minute}); err == nil {
			err = errors.Join(p.People(ctx, "http://"+addr, raw), store.Revoke(t.ID))
		}
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		logger.Warn("the demonstration's users were not made", "error", err)
	default:
		fmt.Fprintf(k.Stderr, "people log in with the passwords in %s\n", p.PeopleFile())
	}
}

// demoToken returns the token in the file, or makes one and writes it there.
func demoToken(data, file string, spec auth.Spec) (string, error) {
	store, err := auth.Open(server.TokenFile(data))
	if err != nil {
		return "", err
	}
	if raw, err := os.ReadFile(file); err == nil {
		token := strings.TrimSpace(string(raw))
		if _, err := store.Verify(token); err == nil {
			return token, nil
		}
	}
	token, _, err := store.Add(spec)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return token, nil
}

// demoData is where the demonstration keeps its files unless told otherwise.
func demoData() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return filepath.Join(cache, "iocwall", "demo")
}
