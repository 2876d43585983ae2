package roster

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"iocwall/media/onvif"
)

// SearchOptions say where to look for cameras.
type SearchOptions struct {
	// Interfaces are the names of network interfaces; none means all.
	Interfaces []string
	// Addresses are asked instead of the whole network, host or host:port.
	Addresses []string
	// Timeout is how long answers are waited for.
	Timeout time.Duration
	// OnFound is told of each camera, from one goroutine at a time, OnSilent of an
	// address that does not answer and why. Both may be nil.
	OnFound  func(onvif.Found)
	OnSilent func(host string, err error)
	// Logger takes debug messages; nil discards them.
	Logger *slog.Logger
}

// Search finds cameras in the network, or asks the addresses: by a probe, and those
// that do not answer one, directly. It blocks for the timeout, and for one more with
// addresses that are silent.
func Search(ctx context.Context, o SearchOptions) ([]onvif.Found, error) {
	d := onvif.DiscoverOptions{Interfaces: o.Interfaces, Timeout: o.Timeout, Logger: o.Logger, OnFound: o.OnFound}
	for _, a := range o.Addresses {
		host, err := HostOf(a)
		if err != nil {
			return nil, err
		}
		d.Addresses = append(d.Addresses, host)
	}
	found, err := onvif.Discover(ctx, d)
	if err != nil || len(o.Addresses) == 0 {
		return found, err
	}
	heard := map[string]bool{}
	for _, x := range found {
		heard[x.From.String()] = true
	}
	for i, a := range o.Addresses {
		host := d.Addresses[i]
		if ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host); err == nil && len(ips) > 0 && heard[ips[0].Unmap().String()] {
			continue
		}
		x, err := direct(ctx, a, host, o)
		if err != nil {
			if o.OnSilent != nil {
				o.OnSilent(host, err)
			}
			continue
		}
		found = append(found, x)
	}
	return found, nil
}

// direct asks one address without a probe, for its clock, which every camera tells.
func direct(ctx context.Context, address, host string, o SearchOptions) (onvif.Found, error) {
	d, err := onvif.New(onvif.Options{Address: address, Timeout: o.Timeout, Logger: o.Logger})
	if err != nil {
		return onvif.Found{}, err
	}
	if _, err := d.Clock(ctx); err != nil && onvif.ReasonOf(err) != onvif.ReasonLoginRefused {
		return onvif.Found{}, err
	}
	ip, err := netip.ParseAddr(host)
	if ips, lookup := net.DefaultResolver.LookupNetIP(ctx, "ip", host); err != nil && lookup == nil && len(ips) > 0 {
		ip = ips[0].Unmap()
	}
	return onvif.Found{Endpoint: d.Address(), Address: d.Address(), From: ip}, nil
}

// HostOf returns the host of an address as onvif.New takes it.
func HostOf(address string) (string, error) {
	d, err := onvif.New(onvif.Options{Address: address})
	if err != nil {
		return "", err
	}
	u, err := url.Parse(d.Address())
	if err != nil {
		return "", errors.New("the address is not valid")
	}
	return u.Hostname(), nil
}

// Words returns what an error of a camera says to people, without the name of the
// request.
func Words(err error) string {
	var e *onvif.Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return strings.TrimPrefix(err.Error(), "onvif: ")
}
