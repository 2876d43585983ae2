package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"iocwall/server"
	"iocwall/server/settings"
)

type relayCmd struct {
	Config    string `help:"Configuration file of the server; its relay.remote says where the door between the two is." type:"existingfile" required:"" placeholder:"FILE"`
	ReadyFile string `help:"Write this file with the addresses once the relay is open." name:"ready-file" placeholder:"FILE"`
}

// Help is shown by --help.
func (relayCmd) Help() string {
	return `Runs the camera relay as a unit of its own: cameras stay connected and pictures go on while the server is stopped, updated or broken.
It reads the server's configuration, its secrets and the key in its data folder. A hang-up signal reads the cameras again.

Example, with "relay: {remote: 127.0.0.1:8555}" in the configuration of both:
  wallsrv relay --config /etc/iocwall/ioc.yaml
  wallsrv serve /etc/iocwall/ioc.yaml`
}

// Run runs the relay.
func (c *relayCmd) Run(ctx context.Context, logger *slog.Logger) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	config, problems := settings.Load(c.Config)
	if err := mistakes(problems, "nothing was started"); err != nil {
		return err
	}
	u, err := server.NewRelayUnit(config, logger)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- u.Run(ctx) }()
	if err := writeReady(c.ReadyFile, ready{Addr: u.Addr(), Door: u.Door()}); err != nil {
		cancel()
		<-ended
		return err
	}
	for {
		select {
		case err := <-ended:
			return err
		case <-hup:
			c.reload(u, logger)
		}
	}
}

// reload takes over the cameras of the file as it is now.
func (c *relayCmd) reload(u *server.RelayUnit, logger *slog.Logger) {
	config, problems := settings.Load(c.Config)
	for _, p := range problems {
		logger.Error("the configuration has a mistake", "problem", p.String())
	}
	if len(problems) > 0 {
		logger.Error("the cameras were not taken over; the running ones stay", "mistakes", len(problems))
		return
	}
	if err := u.Reload(config); err != nil {
		logger.Error("the cameras were not taken over", "error", err)
		return
	}
	logger.Info("the cameras were taken over", "file", c.Config)
}
