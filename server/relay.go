package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"iocwall/media/relay"
	"iocwall/media/relay/remote"
	"iocwall/server/cctv"
)

// openRelay makes the relay of the configuration: in this process, or the end of
// one that runs as its own unit.
func openRelay(c *Config, signer relay.Signer, first []relay.Camera, report func(string, relay.Health), logger *slog.Logger) (cctv.Relay, error) {
	if c.Relay.Remote != "" {
		trust, err := doorTrust(c)
		if err != nil {
			return nil, err
		}
		return remote.Dial(remote.Options{
			Addr: c.Relay.Remote, TLS: trust, Signer: signer, Readers: c.Relay.Listen, Cameras: first, OnHealth: report, Logger: logger,
		})
	}
	o, err := relayOptions(c, signer)
	if err != nil {
		return nil, err
	}
	o.Cameras, o.OnHealth, o.Logger = first, report, logger
	return relay.New(o)
}

// relayOptions returns what the configuration says of the relay, without the
// cameras.
func relayOptions(c *Config, signer relay.Signer) (relay.Options, error) {
	secure, err := c.Certificate()
	if err != nil {
		return relay.Options{}, fmt.Errorf("server: %w", err)
	}
	o := relay.Options{
		Addr: c.Relay.Listen, Signer: signer, TLS: secure, TokenLife: cctv.NodeGrantLife,
		Linger: c.Relay.Linger, ProbeEvery: c.Relay.Probe, KeepBytes: c.Relay.ReplayBytes, KeepDir: c.Path(c.Relay.ReplayDir),
	}
	if c.Relay.Probe == 0 {
		o.ProbeEvery = -1
	}
	return o, nil
}

// doorPlain reports whether the door between server and relay needs no TLS: a
// socket, or an address on this computer.
func doorPlain(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return strings.HasPrefix(addr, "unix:") || err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// doorTrust returns how the server knows the relay's door: it shows the same
// certificate. Nil is for a door on this computer.
func doorTrust(c *Config) (*tls.Config, error) {
	if doorPlain(c.Relay.Remote) {
		return nil, nil
	}
	pem, err := os.ReadFile(c.Path(c.TLS.Cert))
	if err != nil {
		return nil, fmt.Errorf("server: the relay on another computer is known by the certificate of tls.cert: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// RelayUnit is a relay in a process of its own. It holds cameras and readers
// while the server is away or restarts.
type RelayUnit struct {
	config *Config
	logger *slog.Logger
	relay  *relay.Relay
	door   net.Listener
	signer relay.Signer
}

// NewRelayUnit makes the relay of a configuration whose relay.remote says where
// its door for the server is. Nothing is served before Run.
func NewRelayUnit(c *Config, logger *slog.Logger) (*RelayUnit, error) {
	if c.Relay.Remote == "" {
		return nil, errors.New("server: relay.remote is empty, so the relay runs inside the server; give it an address, as in 127.0.0.1:8555, in the configuration of both")
	}
	data := c.Path(c.Data)
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("server: data folder: %w", err)
	}
	key, err := cctv.Key(KeyFile(data))
	if err != nil {
		return nil, err
	}
	u := &RelayUnit{config: c, logger: logger, signer: relay.Signer{Key: key}}
	o, err := relayOptions(c, u.signer)
	if err != nil {
		return nil, err
	}
	if o.Cameras, err = relayCameras(c); err != nil {
		return nil, err
	}
	o.Logger = logger
	if u.relay, err = relay.New(o); err != nil {
		return nil, err
	}
	if u.door, err = listenDoor(c); err != nil {
		// Run closes what New opened.
		over, cancel := context.WithCancel(context.Background())
		cancel()
		return nil, errors.Join(err, expected(u.relay.Run(over)))
	}
	return u, nil
}

// listenDoor opens the door for the server.
func listenDoor(c *Config) (net.Listener, error) {
	network, addr := "tcp", c.Relay.Remote
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, addr = "unix", path
		// What a killed unit left behind; a running one holds the address of the
		// pictures as well.
		info, err := os.Lstat(path)
		if err == nil && info.Mode()&os.ModeSocket == 0 {
			return nil, fmt.Errorf("server: relay.remote: %s is there and is no socket; give another path", path)
		}
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("server: relay.remote: %w", err)
		}
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		return nil, fmt.Errorf("server: relay.remote: %w", err)
	}
	if doorPlain(c.Relay.Remote) {
		return l, nil
	}
	secure, err := c.Certificate()
	if err != nil || secure == nil {
		return nil, errors.Join(errors.New("server: relay.remote can be reached from the network and needs a certificate"), err, l.Close())
	}
	return tls.NewListener(l, secure), nil
}

func relayCameras(c *Config) ([]relay.Camera, error) {
	areas, err := loadAreas(c)
	if err != nil {
		return nil, err
	}
	list, err := c.CameraList(areas)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	out := make([]relay.Camera, 0, len(list))
	for _, x := range list {
		out = append(out, x.Private)
	}
	return out, nil
}

// Addr returns where readers connect, Door where the server does.
func (u *RelayUnit) Addr() string { return u.relay.Addr() }

// Door returns the address of the door for the server.
func (u *RelayUnit) Door() string { return u.door.Addr().String() }

// Reload takes over the cameras of a configuration without problems. What else
// changed is refused.
func (u *RelayUnit) Reload(c *Config) error {
	if c.Relay != u.config.Relay || c.TLS != u.config.TLS || c.Data != u.config.Data || c.Areas != u.config.Areas {
		return errors.New("server: relay, tls, data and areas change only with a restart of the relay; what runs stays")
	}
	list, err := relayCameras(c)
	if err != nil {
		return err
	}
	return u.relay.SetCameras(list)
}

// Run serves until ctx ends or a part fails; everything is gone when it returns.
func (u *RelayUnit) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	srv := &http.Server{
		Handler:           remote.Handler(remote.HandlerOptions{Relay: u.relay, Signer: u.signer, Logger: u.logger}),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(u.logger.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 2)
	go func() { ended <- srv.Serve(u.door) }()
	go func() { ended <- u.relay.Run(ctx) }()
	u.logger.Info("relay is open", "address", u.Addr(), "door", u.Door())
	var first error
	select {
	case first = <-ended:
		cancel()
	case <-ctx.Done():
		first = <-ended
	}
	closed := srv.Close()
	return errors.Join(expected(first), closed, expected(<-ended))
}

// expected turns the way things end when they are told to into no error.
func expected(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
