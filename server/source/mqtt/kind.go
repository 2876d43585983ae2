// Package mqtt is the source of measurements that stations publish to an MQTT
// broker, as SenML packs (RFC 8428). It speaks MQTT 5 and 3.1.1.
package mqtt

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"iocwall/server/source"
)

const doc = `Measurements of monitoring stations from an MQTT broker, as SenML packs (RFC 8428, JSON).

broker     mqtt://host:1883, or mqtts://host:8883 for TLS.
version    5, or 3 for MQTT 3.1.1.
client     The client id; iocwall-NAME if left out. Two clients of one id throw
           each other out.
user       The user's name; password says where the secret is (env:NAME or
           file:PATH), never what it is.
tls        ca, cert and key are PEM files; server-name is checked instead of the
           broker's host.
keepalive  After how long without a word the connection is probed.
session    How long the broker keeps messages while the server is away.
topics     What to subscribe to: topic, qos, retained, name, station, quantity,
           quantities. Each is explained below.

At qos 1 and 2 a message is acknowledged when it is stored, so the broker keeps
what the server did not take. At qos 0 what comes too fast is lost and counted.

A level of a topic may be a name in braces, which stands for any text, as in
env/{station}/{quantity}; + and # work as always. name is a pattern of the same
sort for SenML names; {*} stands for anything. Without one it is
{*}:{station}:{quantity}, as in urn:dev:mac:0024befffe804ff1:tram-01:pm2.5, or
{quantity} where the topic has a {station}. station and quantity say how the ids
are put together of what was found, as in station: qn-{station}. quantities
renames, as in {PM25: pm2.5}; other quantities are written in small letters.

Numbers become readings; true and false become 1 and 0; a sum becomes a reading
of QUANTITY.sum. Texts and data are rejected. A retained message counts only if
its records carry their time, unless retained is "always"; "never" leaves all out.`

const example = `# The department's broker for automatic stations.
broker: mqtts://broker.example.org:8883
version: 5
user: iocwall
password: env:AIR_MQTT_PASSWORD
keepalive: 30s
session: 1h
topics:
  # env/tram-01/senml carries {"n": "pm2.5", "u": "ug/m3", "v": 41}
  - topic: env/{station}/senml
    qos: 1
`

// Kind describes the source for the server's list.
func Kind() source.Kind {
	return source.Kind{Name: "mqtt", Doc: doc, Example: example, New: func() source.Config { return defaults() }}
}

// Config is the configuration of an MQTT source.
type Config struct {
	Broker    string        `yaml:"broker"`
	Version   int           `yaml:"version"`
	Client    string        `yaml:"client,omitempty"`
	User      string        `yaml:"user,omitempty"`
	Password  string        `yaml:"password,omitempty"`
	TLS       TLS           `yaml:"tls,omitempty"`
	KeepAlive time.Duration `yaml:"keepalive"`
	Session   time.Duration `yaml:"session"`
	Topics    []Topic       `yaml:"topics"`
}

// TLS names the files of a TLS connection; empty ones are left to the system.
type TLS struct {
	CA         string `yaml:"ca,omitempty"`
	Cert       string `yaml:"cert,omitempty"`
	Key        string `yaml:"key,omitempty"`
	ServerName string `yaml:"server-name,omitempty"`
}

// What is done with retained messages.
const (
	retainedTimed  = "timed"
	retainedAlways = "always"
	retainedNever  = "never"
)

// Topic is one subscription and how its messages become readings.
type Topic struct {
	Topic      string            `yaml:"topic"`
	QoS        *int              `yaml:"qos,omitempty"`
	Retained   string            `yaml:"retained,omitempty"`
	Name       string            `yaml:"name,omitempty"`
	Station    string            `yaml:"station,omitempty"`
	Quantity   string            `yaml:"quantity,omitempty"`
	Quantities map[string]string `yaml:"quantities,omitempty"`
}

func defaults() *Config {
	return &Config{Version: 5, KeepAlive: 30 * time.Second, Session: time.Hour}
}

// qos returns the quality of service, 1 if nothing is said.
func (t *Topic) qos() byte {
	if t.QoS == nil {
		return 1
	}
	return byte(*t.QoS)
}

// Lossy reports whether some topic is subscribed at QoS 0.
func (c *Config) Lossy() bool {
	for i := range c.Topics {
		if c.Topics[i].qos() == 0 {
			return true
		}
	}
	return false
}

// Validate returns everything that is wrong.
func (c *Config) Validate() []source.Problem {
	var ps []source.Problem
	add := func(path, message, suggestion string) {
		ps = append(ps, source.Problem{Path: path, Message: message, Suggestion: suggestion})
	}
	ps = append(ps, c.checkBroker()...)
	if c.Version != 5 && c.Version != 3 {
		add("version", fmt.Sprintf("there is no version %d here", c.Version), "write 5, or 3 for MQTT 3.1.1")
	}
	if len(c.Client) > 128 {
		add("client", "a client id of more than 128 bytes", "write a shorter one")
	}
	if p := source.CheckSecret("password", c.Password); p != nil {
		ps = append(ps, *p)
	}
	if c.Password != "" && c.User == "" {
		add("user", "a password without a user", "write the user's name")
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		add("tls", "cert and key go together", "write both or none")
	}
	if c.KeepAlive < time.Second || c.KeepAlive > 12*time.Hour {
		add("keepalive", fmt.Sprintf("%v", c.KeepAlive), "write a time from 1s to 12h")
	}
	if c.Session < 0 || c.Session > 30*24*time.Hour {
		add("session", fmt.Sprintf("%v", c.Session), "write a time up to 720h, or 0s for none")
	}
	if len(c.Topics) == 0 {
		add("topics", "nothing is subscribed to", "write at least one topic")
	}
	for i := range c.Topics {
		ps = append(ps, c.Topics[i].check(fmt.Sprintf("topics[%d]", i))...)
	}
	return ps
}

func (c *Config) checkBroker() []source.Problem {
	problem := func(message, suggestion string) []source.Problem {
		return []source.Problem{{Path: "broker", Message: message, Suggestion: suggestion}}
	}
	if strings.Contains(c.Broker, "@") { // and do not repeat it
		return problem("the address holds a user or a password", "write user and password on their own lines")
	}
	u, err := url.Parse(c.Broker)
	if err != nil || u.Host == "" {
		return problem(fmt.Sprintf("%q is no address", c.Broker), "write mqtt://host:1883 or mqtts://host:8883")
	}
	var ps []source.Problem
	if u.Scheme != "mqtt" && u.Scheme != "mqtts" {
		ps = append(ps, problem(fmt.Sprintf("the scheme %q is unknown", u.Scheme), "write mqtt:// or, for TLS, mqtts://")...)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		ps = append(ps, problem("something follows host and port", "write the topics under topics")...)
	}
	if u.Port() != "" {
		if n, err := net.LookupPort("tcp", u.Port()); err != nil || n == 0 {
			ps = append(ps, problem(fmt.Sprintf("%q is no port", u.Port()), "write a number from 1 to 65535")...)
		}
	}
	if u.Scheme == "mqtt" && c.TLS != (TLS{}) {
		ps = append(ps, source.Problem{Path: "tls", Message: "the broker's address is not one with TLS", Suggestion: "write broker: mqtts://… or leave tls out"})
	}
	return ps
}

// address returns the broker's host:port and whether TLS is spoken there.
func (c *Config) address() (address string, secure bool) {
	u, err := url.Parse(c.Broker)
	if err != nil {
		return c.Broker, false // reported by Validate
	}
	port := u.Port()
	secure = u.Scheme == "mqtts"
	if port == "" {
		port = map[bool]string{true: "8883", false: "1883"}[secure]
	}
	return net.JoinHostPort(u.Hostname(), port), secure
}

// New makes a source for one run.
func (c *Config) New(env source.Env) (source.Source, error) {
	password, err := env.Secret(c.Password)
	if err != nil {
		return nil, err
	}
	f := &feed{config: c, env: env, password: password, client: c.Client}
	if f.client == "" {
		f.client = "iocwall-" + env.Name
	}
	for i := range c.Topics {
		f.routes = append(f.routes, newRoute(&c.Topics[i]))
	}
	return f, nil
}
