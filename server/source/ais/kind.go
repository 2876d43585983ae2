// Package ais is the source of ships' positions: AIS sentences from a receiver
// over TCP or UDP, or from a recorded file. It is transport and mapping; the
// sentences are read by server/format/aivdm.
package ais

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"iocwall/server/source"
)

const doc = `AIS positions and particulars of ships from a receiver, or from a recorded file.

Exactly one of connect, listen, udp and file says where the sentences come from.
!AIVDM and !AIVDO with any talker are read, with tag blocks, with junk before
them and with a Unix time behind them. Message types 1-5, 9, 11, 18, 19, 21, 24
and 27 are used; others are counted as skipped.

connect  Connects to a receiver or an AIS server over TCP.
listen   Waits for receivers to connect over TCP, as many as clients says at a
         time. allow says from where.
udp      Takes datagrams, one or more sentences each. What arrives faster than
         it can be stored is lost and counted. allow says from where.
file     Plays a recorded file. speed is times real time, 0 as fast as possible.
         A log without times is played at rate sentences a second. Positions
         count as heard now, unless times is "recorded". loop starts it again
         at its end.`

const example = `# A receiver on the harbour office's roof.
connect: receiver.example.org:10110
# Connect anew when nothing at all was heard for so long; 0s waits for ever.
silence: 5m
`

// Kind describes the source for the server's list.
func Kind() source.Kind {
	return source.Kind{Name: "ais", Doc: doc, Example: example, New: func() source.Config { return defaults() }}
}

// Whose time a replayed observation carries.
const (
	timesArrival  = "arrival"
	timesRecorded = "recorded"
)

// Config is the configuration of an AIS source.
type Config struct {
	Connect string `yaml:"connect,omitempty"`
	Listen  string `yaml:"listen,omitempty"`
	UDP     string `yaml:"udp,omitempty"`
	File    string `yaml:"file,omitempty"`

	// Silence is how long a connection may say nothing; zero is for ever.
	Silence time.Duration `yaml:"silence,omitempty"`
	// Allow lists the networks that may send to Listen and UDP. It may be left
	// out where these are bound to the loopback interface.
	Allow []string `yaml:"allow,omitempty"`
	// Clients is how many may be connected to Listen at a time.
	Clients int `yaml:"clients,omitempty"`

	// Speed, Rate, Times and Loop say how File is played.
	Speed float64 `yaml:"speed"`
	Rate  float64 `yaml:"rate,omitempty"`
	Times string  `yaml:"times,omitempty"`
	Loop  bool    `yaml:"loop,omitempty"`
}

func defaults() *Config {
	return &Config{Silence: 5 * time.Minute, Clients: 16, Speed: 1, Rate: 10, Times: timesArrival}
}

// Lossy reports whether the source takes datagrams.
func (c *Config) Lossy() bool { return c.UDP != "" }

// Validate returns everything that is wrong.
func (c *Config) Validate() []source.Problem {
	var ps []source.Problem
	add := func(path, message, suggestion string) {
		ps = append(ps, source.Problem{Path: path, Message: message, Suggestion: suggestion})
	}
	ways := 0
	for _, w := range []struct{ path, value string }{{"connect", c.Connect}, {"listen", c.Listen}, {"udp", c.UDP}, {"file", c.File}} {
		if w.value == "" {
			continue
		}
		if ways++; ways > 1 {
			add(w.path, "a source has one way in, and this is another one", "make a second source of it")
		}
		if w.path != "file" {
			ps = append(ps, checkAddress(w.path, w.value)...)
		}
	}
	if ways == 0 {
		add("", "nothing says where the sentences come from", "write one of connect, listen, udp and file")
	}
	ps = append(ps, c.checkAllow()...)
	if c.Silence < 0 || c.Silence > 0 && c.Silence < time.Second {
		add("silence", fmt.Sprintf("%v is too short", c.Silence), "write 1s or more, or 0s for ever")
	}
	if c.Clients < 1 || c.Clients > 1000 {
		add("clients", fmt.Sprintf("%d connections", c.Clients), "write a number from 1 to 1000")
	}
	if !(c.Speed >= 0 && c.Speed <= 1e6) {
		add("speed", fmt.Sprintf("%v times real time", c.Speed), "write 1 for real time, 10 for ten times as fast, 0 for as fast as possible")
	}
	if !(c.Rate > 0 && c.Rate <= 1e6) {
		add("rate", fmt.Sprintf("%v sentences a second", c.Rate), "write a number above 0, up to 1000000")
	}
	if c.Times != timesArrival && c.Times != timesRecorded {
		add("times", fmt.Sprintf("%q is unknown", c.Times), "write arrival or recorded")
	}
	return ps
}

func checkAddress(path, value string) []source.Problem {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return []source.Problem{{Path: path, Message: fmt.Sprintf("%q is no address", value), Suggestion: "write host:port, as in 192.0.2.7:10110 or [2001:db8::7]:10110"}}
	}
	var ps []source.Problem
	if n, err := net.LookupPort("tcp", port); err != nil || n == 0 && path == "connect" {
		ps = append(ps, source.Problem{Path: path, Message: fmt.Sprintf("%q is no port", port), Suggestion: "write a number from 1 to 65535"})
	}
	if host == "" && path == "connect" {
		ps = append(ps, source.Problem{Path: path, Message: "no host to connect to", Suggestion: "write host:port"})
	}
	return ps
}

func (c *Config) checkAllow() []source.Problem {
	var ps []source.Problem
	for i, a := range c.Allow {
		if _, err := netip.ParsePrefix(a); err != nil {
			ps = append(ps, source.Problem{
				Path: fmt.Sprintf("allow[%d]", i), Message: fmt.Sprintf("%q is no network", a), Suggestion: "write 192.0.2.0/24, or 192.0.2.7/32 for a single computer",
			})
		}
	}
	bound, path := c.Listen, "listen"
	if c.UDP != "" {
		bound, path = c.UDP, "udp"
	}
	if bound != "" && len(c.Allow) == 0 && !loopback(bound) {
		ps = append(ps, source.Problem{
			Path: path, Message: "anybody who reaches this port could send ships that are not there",
			Suggestion: "add allow with the receivers' networks, as in allow: [192.0.2.0/24], or bind to 127.0.0.1",
		})
	}
	return ps
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return true // reported elsewhere
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// allowed returns who may send. The configuration is valid.
func (c *Config) allowed() func(netip.Addr) bool {
	var nets []netip.Prefix
	for _, a := range c.Allow {
		if p, err := netip.ParsePrefix(a); err == nil {
			nets = append(nets, p)
		}
	}
	return func(a netip.Addr) bool {
		a = a.Unmap()
		if len(nets) == 0 {
			return a.IsLoopback()
		}
		for _, n := range nets {
			if n.Contains(a) {
				return true
			}
		}
		return false
	}
}

// New makes a source for one run.
func (c *Config) New(env source.Env) (source.Source, error) {
	return &feed{config: c, env: env}, nil
}
