package roster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"iocwall/geo"
	"iocwall/server/area"
	"iocwall/server/settings"
)

// Field is one key of a camera's entry, with its value as YAML in one line.
type Field struct{ Key, Value string }

// fields writes an entry's keys in the order of the sample, leaving out what is not set.
func fields(c settings.CameraConfig) []Field {
	out := []Field{{"id", scalar(c.ID)}, {"name", scalar(c.Name)}}
	add := func(key, value string, there bool) {
		if there {
			out = append(out, Field{key, value})
		}
	}
	add("pos", fmt.Sprintf("[%s, %s]", number(c.Pos[0]), number(c.Pos[1])), c.Pos != geo.Point{})
	add("area", scalar(c.Area), c.Area != "")
	if c.Heading != nil {
		add("heading", number(*c.Heading), true)
	}
	add("view", number(c.View), c.View != 0)
	add("reach", number(c.Reach), c.Reach != 0)
	add("owner", scalar(c.Owner), c.Owner != "")
	add("site", scalar(c.Site), c.Site != "")
	add("user", scalar(c.User), c.User != "")
	add("password", scalar(c.Password), c.Password != "")
	add("onvif", onvifValue(c.ONVIF), c.ONVIF.Address != "")
	add("streams", streamsValue(c.Streams), len(c.Streams) > 0)
	return out
}

func onvifValue(o settings.ONVIFConfig) string {
	parts := []string{"address: " + scalar(o.Address)}
	if o.User != "" {
		parts = append(parts, "user: "+scalar(o.User))
	}
	if o.Password != "" {
		parts = append(parts, "password: "+scalar(o.Password))
	}
	if len(o.Presets) > 0 {
		var names []string
		for _, p := range o.Presets {
			names = append(names, scalar(p))
		}
		parts = append(parts, "presets: ["+strings.Join(names, ", ")+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func streamsValue(streams []settings.StreamConfig) string {
	var out []string
	for _, s := range streams {
		parts := []string{"name: " + scalar(s.Name), "url: " + scalar(s.URL)}
		if s.Width > 0 && s.Height > 0 {
			parts = append(parts, fmt.Sprintf("width: %d, height: %d", s.Width, s.Height))
		}
		if s.FPS > 0 {
			parts = append(parts, "fps: "+number(s.FPS))
		}
		out = append(out, "{"+strings.Join(parts, ", ")+"}")
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// plain is text that is the same with and without quotes, wherever it stands: it begins with a letter and holds nothing
// that means something to YAML.
var plain = regexp.MustCompile(`^\p{L}[\p{L}\p{M}0-9_./-]*( [\p{L}\p{M}0-9_./-]+)*$`)

// scalar writes a text as YAML. Quoted text is that of JSON, which YAML includes.
func scalar(s string) string {
	word := slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}, strings.ToLower(s))
	if plain.MatchString(s) && !word || regexp.MustCompile(`^(env|file):[A-Za-z0-9_./-]+$`).MatchString(s) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.QuoteToASCII(s)
	}
	return strings.TrimSpace(b.String())
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// slug makes an id of a camera out of a name: "Cầu Câu Lâu" becomes cau-cau-lau.
func slug(name string) string { return area.Slug(name, 48) }

// freeID returns an id that is not taken, and takes it.
func freeID(wanted string, taken map[string]bool) string {
	if wanted == "" {
		wanted = "camera"
	}
	id := wanted
	for n := 2; taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", wanted, n)
	}
	taken[id] = true
	return id
}

// place returns host:port/path of a stream, which stays the same when a camera adds something to the query.
func place(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	port := u.Port()
	if port == "" {
		port = "554"
	}
	return strings.ToLower(u.Hostname()) + ":" + port + u.Path
}

// hostsOf returns the hosts that an entry leads to.
func hostsOf(c settings.CameraConfig) []string {
	var out []string
	for _, s := range c.Streams {
		if u, err := url.Parse(s.URL); err == nil {
			out = append(out, strings.ToLower(u.Hostname()))
		}
	}
	if c.ONVIF.Address != "" {
		if host, err := HostOf(c.ONVIF.Address); err == nil {
			out = append(out, strings.ToLower(host))
		}
	}
	return out
}
