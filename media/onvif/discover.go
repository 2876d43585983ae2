package onvif

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
)

// DiscoverOptions says where to look for devices.
type DiscoverOptions struct {
	// Interfaces are names of network interfaces; none means all that are up and can multicast.
	Interfaces []string
	// Addresses are probed one by one instead of the whole network: host or host:port.
	Addresses []string
	// Timeout is how long answers are waited for, default 3 s.
	Timeout time.Duration
	// OnFound is told of each device once, from one goroutine at a time. It may be nil.
	OnFound func(Found)
	// Logger takes debug messages; nil discards them.
	Logger *slog.Logger
}

// group is where cameras listen for probes, WS-Discovery section 2.4.
func group() *net.UDPAddr { return &net.UDPAddr{IP: net.IPv4(239, 255, 255, 250), Port: discoveryPort} }

// Discover asks the network which devices there are and returns them in the order of their addresses. It blocks for the
// time-out. A device that answers several times, or on several interfaces, is one device. An interface that cannot be
// used is an error only if no other can.
func Discover(ctx context.Context, opts DiscoverOptions) ([]Found, error) {
	if opts.Timeout <= 0 {
		opts.Timeout = 3 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(ctx, opts.Timeout)
	defer cancel()
	doors, err := openDoors(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := &search{opts: opts, seen: map[string]int{}, ids: []string{uuid(), uuid()}}
	var wait sync.WaitGroup
	for _, d := range doors {
		wait.Go(func() { s.listen(ctx, d) })
		wait.Go(func() { s.ask(ctx, d) })
	}
	<-ctx.Done()
	for _, d := range doors {
		d.conn.Close()
	}
	wait.Wait()
	if err := context.Cause(ctx); errors.Is(err, context.Canceled) {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.found) == 0 && s.sent == 0 {
		return nil, fmt.Errorf("onvif: no probe could be sent: %w; name an interface or an address", s.failed)
	}
	slices.SortFunc(s.found, func(a, b Found) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return strings.Compare(a.Address, b.Address)
	})
	return s.found, nil
}

// door is a socket through which probes go out.
type door struct {
	conn *net.UDPConn
	name string // of the interface
	to   []*net.UDPAddr
}

// openDoors opens one socket for each interface, or one for all addresses.
func openDoors(ctx context.Context, opts DiscoverOptions) ([]door, error) {
	if len(opts.Addresses) > 0 {
		return openDirect(ctx, opts.Addresses)
	}
	var doors []door
	var problems []error
	links, err := interfaces(opts.Interfaces)
	if err != nil {
		return nil, err
	}
	for _, link := range links {
		d, err := openMulticast(link)
		if err != nil {
			problems = append(problems, fmt.Errorf("interface %s: %w", link.Name, err))
			continue
		}
		doors = append(doors, d)
	}
	if len(doors) == 0 {
		return nil, fmt.Errorf("onvif: no network interface can be searched: %w", errors.Join(problems...))
	}
	return doors, nil
}

// interfaces returns those named, or all that can multicast.
func interfaces(names []string) ([]net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("onvif: list the network interfaces: %w", err)
	}
	var out []net.Interface
	var known []string
	for _, l := range all {
		known = append(known, l.Name)
		named := slices.Contains(names, l.Name)
		usable := l.Flags&net.FlagUp != 0 && l.Flags&net.FlagMulticast != 0
		if named || len(names) == 0 && usable {
			out = append(out, l)
		}
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, fmt.Errorf("onvif: there is no network interface %q; there are %s", n, strings.Join(known, ", "))
		}
	}
	if len(out) == 0 {
		return nil, errors.New("onvif: no network interface is up and able to multicast; name one, or give addresses")
	}
	return out, nil
}

// openMulticast opens a socket that sends to the group through one interface.
func openMulticast(link net.Interface) (door, error) {
	addresses, err := link.Addrs()
	if err != nil {
		return door{}, err
	}
	var local net.IP
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil {
			local = n.IP
			break
		}
	}
	if local == nil {
		return door{}, errors.New("it has no IPv4 address")
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: local})
	if err != nil {
		return door{}, err
	}
	p := ipv4.NewPacketConn(conn)
	if err := errors.Join(p.SetMulticastInterface(&link), p.SetMulticastTTL(1), p.SetMulticastLoopback(true)); err != nil {
		conn.Close()
		return door{}, err
	}
	return door{conn, link.Name, []*net.UDPAddr{group()}}, nil
}

// openDirect opens a socket for probes to single addresses.
func openDirect(ctx context.Context, addresses []string) ([]door, error) {
	var to []*net.UDPAddr
	for _, a := range addresses {
		host, port, err := net.SplitHostPort(a)
		if err != nil {
			host, port = strings.Trim(a, "[]"), fmt.Sprint(discoveryPort)
		}
		ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		if err != nil || len(ips) == 0 {
			return nil, fmt.Errorf("onvif: %q is no host that is known here", clean(host, 64))
		}
		at, err := netip.ParseAddrPort(net.JoinHostPort(ips[0].Unmap().String(), port))
		if err != nil {
			return nil, fmt.Errorf("onvif: %q has no usable port", clean(a, 64))
		}
		to = append(to, net.UDPAddrFromAddrPort(at))
	}
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		return nil, fmt.Errorf("onvif: open a socket: %w", err)
	}
	return []door{{conn, "", to}}, nil
}

// search gathers answers.
type search struct {
	opts DiscoverOptions
	ids  []string

	mu     sync.Mutex
	found  []Found
	seen   map[string]int
	sent   int
	failed error
}

// ask sends the probes three times, since datagrams get lost and small cameras are slow to wake.
func (s *search) ask(ctx context.Context, d door) {
	probes := [][]byte{probeMessage(s.ids[0], "NetworkVideoTransmitter"), probeMessage(s.ids[1], "Device")}
	pause := s.opts.Timeout / 8
	for round := range 3 {
		if round > 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
		for _, to := range d.to {
			for _, probe := range probes {
				_, err := d.conn.WriteToUDP(probe, to)
				s.mu.Lock()
				if err == nil {
					s.sent++
				} else {
					s.failed = err
				}
				s.mu.Unlock()
			}
		}
	}
}

// listen reads answers until the socket is closed.
func (s *search) listen(ctx context.Context, d door) {
	buffer := make([]byte, 64<<10)
	for ctx.Err() == nil {
		n, from, err := d.conn.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP answer to one of the probes
		}
		matches, err := parseMatches(buffer[:n], from.Addr().Unmap(), s.ids)
		if err != nil {
			s.opts.Logger.Debug("discovery answer not understood", "from", from.Addr().String(), "error", err)
			continue
		}
		for _, f := range matches {
			f.Interface = d.name
			s.add(f)
		}
	}
}

// add keeps a device that is new.
func (s *search) add(f Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, there := s.seen[f.Endpoint]; there {
		// Some cameras of one make share an endpoint by mistake: another host is another device.
		if s.found[i].From == f.From || s.found[i].Interface != f.Interface {
			return
		}
		f.Endpoint += " at " + f.From.String()
		if _, there := s.seen[f.Endpoint]; there {
			return
		}
	}
	if len(s.found) >= maxFound {
		return
	}
	s.seen[f.Endpoint] = len(s.found)
	s.found = append(s.found, f)
	if s.opts.OnFound != nil {
		s.opts.OnFound(f)
	}
}
