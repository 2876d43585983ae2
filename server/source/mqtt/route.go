package mqtt

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"iocwall/server/format/senml"
	"iocwall/server/source"
	"iocwall/server/world"
)

const (
	anything   = "{*}"
	clockError = time.Minute // how far ahead of ours a station's clock may be
)

var placeholder = regexp.MustCompile(`\{([a-z*][a-z0-9_]*)?\}`)

// check returns what is wrong with the topic at a path of the configuration.
func (t *Topic) check(path string) []source.Problem {
	var ps []source.Problem
	add := func(field, message, suggestion string) {
		ps = append(ps, source.Problem{Path: path + "." + field, Message: message, Suggestion: suggestion})
	}
	levels := strings.Split(t.Topic, "/")
	for i, l := range levels {
		switch {
		case t.Topic == "":
			add("topic", "no topic", "write one, as in env/{station}/senml")
		case l == "#" && i < len(levels)-1:
			add("topic", "# is not at the end", "write + for a single level")
		case l != "#" && l != "+" && strings.ContainsAny(placeholder.ReplaceAllString(l, ""), "#+{}") || strings.Contains(l, anything):
			add("topic", fmt.Sprintf("the level %q mixes text and wildcards", l), "a level is text, {name}, + or #")
		case placeholder.MatchString(l) && placeholder.FindString(l) != l:
			add("topic", fmt.Sprintf("the level %q mixes text and wildcards", l), "a level is text, {name}, + or #")
		}
	}
	if t.QoS != nil && (*t.QoS < 0 || *t.QoS > 2) {
		add("qos", fmt.Sprintf("there is no quality of service %d", *t.QoS), "write 0, 1 or 2")
	}
	switch t.Retained {
	case "", retainedTimed, retainedAlways, retainedNever:
	default:
		add("retained", fmt.Sprintf("%q is unknown", t.Retained), "write timed, always or never")
	}
	if len(ps) > 0 {
		return ps
	}
	found := map[string]bool{}
	for _, pattern := range []string{t.Topic, t.name()} {
		for _, m := range placeholder.FindAllStringSubmatch(pattern, -1) {
			found[m[1]] = true
		}
	}
	for _, x := range []struct{ field, template string }{{"station", t.station()}, {"quantity", t.quantity()}} {
		for _, m := range placeholder.FindAllStringSubmatch(x.template, -1) {
			if !found[m[1]] || m[1] == "*" {
				add(x.field, fmt.Sprintf("%s is found neither in the topic nor in the name", m[0]), "put it into one of them, or write a plain text here")
			}
		}
	}
	return ps
}

func (t *Topic) name() string {
	switch {
	case t.Name != "":
		return t.Name
	case strings.Contains(t.Topic, "{quantity}"):
		return anything
	case strings.Contains(t.Topic, "{station}") || t.Station != "":
		return "{quantity}"
	}
	return "{*}:{station}:{quantity}"
}

func (t *Topic) station() string {
	if t.Station != "" {
		return t.Station
	}
	return "{station}"
}

func (t *Topic) quantity() string {
	if t.Quantity != "" {
		return t.Quantity
	}
	return "{quantity}"
}

// route turns the messages of one topic into readings.
type route struct {
	*Topic
	topic, name *regexp.Regexp
}

func newRoute(t *Topic) *route {
	levels := strings.Split(t.Topic, "/")
	for i, l := range levels {
		switch {
		case l == "#":
			levels[i] = ".*"
		case l == "+":
			levels[i] = "[^/]*"
		case placeholder.MatchString(l):
			levels[i] = "(?P<" + strings.Trim(l, "{}") + ">[^/]+)"
		default:
			levels[i] = regexp.QuoteMeta(l)
		}
	}
	pattern := strings.Join(levels, "/")
	if rest, ok := strings.CutSuffix(pattern, "/.*"); ok { // a/# is a, too
		pattern = rest + "(?:/.*)?"
	}
	return &route{Topic: t, topic: regexp.MustCompile("^" + pattern + "$"), name: nameExpression(t.name())}
}

// nameExpression turns a pattern of SenML names into an expression.
func nameExpression(pattern string) *regexp.Regexp {
	var e strings.Builder
	e.WriteByte('^')
	end := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(pattern, -1) {
		e.WriteString(regexp.QuoteMeta(pattern[end:at[0]]))
		if pattern[at[0]:at[1]] == anything {
			e.WriteString(".*")
		} else {
			e.WriteString("(?P<" + pattern[at[2]:at[3]] + ">[^:/]+)")
		}
		end = at[1]
	}
	e.WriteString(regexp.QuoteMeta(pattern[end:]))
	e.WriteByte('$')
	return regexp.MustCompile(e.String())
}

// filter returns the topic as the broker understands it.
func (r *route) filter() string { return placeholder.ReplaceAllString(r.Topic.Topic, "+") }

// read turns a message into readings. Records that cannot be one are given to
// reject.
func (r *route) read(m *message, now time.Time, reject func(raw []byte, err error)) []world.Observation {
	records, bad, err := senml.Decode(m.payload)
	if err != nil {
		reject(m.payload, fmt.Errorf("mqtt: %s: %w", m.topic, err))
		return nil
	}
	for _, b := range bad {
		reject(m.payload, fmt.Errorf("mqtt: %s: %w", m.topic, b))
	}
	var obs []world.Observation
	for i := range records {
		found, err := r.reading(m, &records[i], now)
		if err != nil {
			reject(m.payload, fmt.Errorf("mqtt: %s: %s: %w", m.topic, records[i].Name, err))
			continue
		}
		obs = append(obs, found...)
	}
	return obs
}

var (
	errOld    = errors.New("a retained value without a time; nobody knows how old it is")
	errFuture = errors.New("its time is in the future; set the station's clock")
	errKind   = errors.New("a text or data; only numbers, true and false are readings")
)

// reading returns what a record says: a reading of its value, of its sum, or both.
func (r *route) reading(m *message, rec *senml.Record, now time.Time) ([]world.Observation, error) {
	if rec.Text != nil || rec.Data != nil {
		return nil, errKind
	}
	var at world.Time // zero: now, as the server's clock has it
	if rec.Time != 0 {
		t := rec.At(now)
		if t.Sub(now) > clockError {
			return nil, errFuture
		}
		at = world.TimeOf(t)
	}
	if m.retained && r.Retained != retainedAlways && (rec.Relative || rec.Time == 0) {
		return nil, errOld
	}
	station, quantity, err := r.ids(m.topic, rec.Name)
	if err != nil {
		return nil, err
	}
	var obs []world.Observation
	put := func(quantity string, v float64) {
		obs = append(obs, world.Observation{Time: at, Body: world.Reading{Station: station, Quantity: quantity, Value: v, Unit: rec.Unit}})
	}
	switch {
	case rec.Value != nil:
		put(quantity, *rec.Value)
	case rec.Bool != nil && *rec.Bool:
		put(quantity, 1)
	case rec.Bool != nil:
		put(quantity, 0)
	}
	if rec.Sum != nil && !math.IsNaN(*rec.Sum) {
		put(quantity+".sum", *rec.Sum)
	}
	return obs, nil
}

// ids finds out which quantity of which station a record is about.
func (r *route) ids(topic, name string) (station, quantity string, err error) {
	found := map[string]string{}
	for _, x := range []struct {
		e    *regexp.Regexp
		text string
		what string
	}{{r.topic, topic, "topic"}, {r.name, name, "name"}} {
		parts := x.e.FindStringSubmatch(x.text)
		if parts == nil {
			return "", "", fmt.Errorf("the %s does not fit the pattern %s", x.what, map[string]string{"topic": r.Topic.Topic, "name": r.Topic.name()}[x.what])
		}
		for i, n := range x.e.SubexpNames() {
			if n != "" {
				found[n] = parts[i]
			}
		}
	}
	fill := func(template string) string {
		return placeholder.ReplaceAllStringFunc(template, func(p string) string { return found[strings.Trim(p, "{}")] })
	}
	station, quantity = fill(r.station()), fill(r.quantity())
	if renamed, ok := r.Quantities[quantity]; ok {
		quantity = renamed
	} else {
		quantity = strings.ToLower(quantity)
	}
	for _, id := range []string{station, quantity} {
		if len(id) > maxID || !utf8.ValidString(id) {
			return "", "", fmt.Errorf("the name %.40q of a station or quantity is longer than %d bytes or no UTF-8", id, maxID)
		}
	}
	return station, quantity, nil
}

// maxID bounds the names that a topic or a record can make up, in bytes.
const maxID = 128
