package onvif

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// reachTime bounds the attempt to reach a host that a camera names.
const reachTime = 1500 * time.Millisecond

// fixURI checks an address that a camera gave and makes it one that can be used and written down.
func (d *Device) fixURI(ctx context.Context, op, answered string, schemes ...string) (string, error) {
	bad := func(detail string) error { return d.fail(ReasonBadReply, op, d.address, detail) }
	u, err := url.Parse(strings.TrimSpace(answered))
	if err != nil || len(answered) > 1024 || u.Opaque != "" {
		return "", bad("the address it gives is not valid")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if !slices.Contains(schemes, u.Scheme) {
		return "", bad("the address it gives is not of the kind " + schemes[0] + "://")
	}
	u.User, u.Fragment = nil, ""
	if d.pass != "" && strings.Contains(u.String(), url.QueryEscape(d.pass)) || holdsPassword(u) {
		return "", bad("it puts a password into the address of its stream; enter that stream by hand")
	}
	if err := d.fixHost(ctx, u); err != nil {
		return "", err
	}
	return u.String(), nil
}

// holdsPassword tells whether an address carries a login in its query or path, as some cheap cameras want it.
func holdsPassword(u *url.URL) bool {
	lower := strings.ToLower(u.Path + "?" + u.RawQuery)
	for _, word := range []string{"password=", "passwd=", "pwd=", "pass="} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// fixHost puts the host that was reached where the camera names one that leads nowhere: behind a router cameras answer
// with their inner address, after a move with their old one, some with 0.0.0.0.
func (d *Device) fixHost(ctx context.Context, u *url.URL) error {
	own, err := url.Parse(d.address)
	if err != nil {
		return d.fail(ReasonFailed, "GetStreamUri", d.address, "the device has no valid address")
	}
	named, reached := u.Hostname(), own.Hostname()
	if strings.EqualFold(named, reached) {
		return nil
	}
	usable := false
	if ip, err := netip.ParseAddr(named); named != "" && (err != nil || publicEnough(ip)) {
		port := u.Port()
		if port == "" {
			port = map[string]string{"rtsp": "554", "rtsps": "322", "http": "80", "https": "443"}[u.Scheme]
		}
		if usable, err = d.reaches(ctx, net.JoinHostPort(named, port)); err != nil {
			return err
		}
	}
	if !usable {
		port := u.Port()
		u.Host = reached
		if strings.Contains(reached, ":") {
			u.Host = "[" + reached + "]"
		}
		if port != "" {
			u.Host = net.JoinHostPort(reached, port)
		}
	}
	return nil
}

// publicEnough tells whether an address can be another host's at all.
func publicEnough(ip netip.Addr) bool {
	return !ip.IsUnspecified() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsMulticast()
}

// reaches tries to connect, once for each host.
func (d *Device) reaches(ctx context.Context, host string) (bool, error) {
	d.mu.Lock()
	ok, known := d.reach[host]
	d.mu.Unlock()
	if known {
		return ok, nil
	}
	try, cancel := context.WithTimeout(ctx, min(reachTime, d.timeout))
	defer cancel()
	c, err := d.dial(try, "tcp", host)
	if err == nil {
		c.Close()
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.reach) < 256 {
		d.reach[host] = err == nil
	}
	return err == nil, nil
}
