package server

import (
	"fmt"
	"log/slog"

	"iocwall/media/relay"
	"iocwall/server/cctv"
	"iocwall/server/settings"
)

// openRelay makes the relay of the configuration in this process.
func openRelay(c *Config, signer relay.Signer, first []relay.Camera, report func(string, relay.Health), logger *slog.Logger) (cctv.Relay, error) {
	o, err := RelayOptions(c, signer)
	if err != nil {
		return nil, err
	}
	o.Cameras, o.OnHealth, o.Logger = first, report, logger
	return relay.New(o)
}

// RelayOptions returns what the configuration says of the relay, without the
// cameras.
func RelayOptions(c *settings.Config, signer relay.Signer) (relay.Options, error) {
	secure, err := c.Certificate()
	if err != nil {
		return relay.Options{}, fmt.Errorf("server: %w", err)
	}
	o := relay.Options{
		Addr: c.Relay.Listen, Signer: signer, TLS: secure, TokenLife: cctv.GrantLife,
		Linger: c.Relay.Linger, ProbeEvery: c.Relay.Probe, KeepBytes: c.Relay.ReplayBytes, KeepDir: c.Path(c.Relay.ReplayDir),
	}
	if c.Relay.Probe == 0 {
		o.ProbeEvery = -1
	}
	return o, nil
}

var _ cctv.Relay = (*relay.Relay)(nil)
