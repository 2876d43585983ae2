package archive

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// template is the address of the tiles of a server.
type template struct {
	text   string
	subs   []string
	host   string // for people: no user, no path, no key
	format Format // empty if the address does not tell
	size   int    // 0 if the address does not tell
}

// parseTemplate checks an address. No error has the address in it: it may hold a key.
func parseTemplate(text string, subs []string) (template, error) {
	t := template{text: text, subs: subs}
	if len(t.subs) == 0 {
		t.subs = []string{"a", "b", "c"}
	}
	u, err := url.Parse(t.address(0, 0, 0))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return t, errors.New("archive: the address of a tile server is no URL; write it like https://example.org/{z}/{x}/{y}.png")
	}
	t.host = u.Hostname()
	for _, part := range []string{"{z}", "{x}"} {
		if !strings.Contains(text, part) {
			return t, fmt.Errorf("archive: the address of the tile server %s has no %s; write it like https://example.org/{z}/{x}/{y}.png", t.host, part)
		}
	}
	if strings.Contains(text, "{y}") == strings.Contains(text, "{-y}") {
		return t, fmt.Errorf("archive: the address of the tile server %s needs either {y} or {-y}", t.host)
	}
	if at := strings.IndexAny(t.address(0, 0, 0), "{}"); at >= 0 {
		return t, fmt.Errorf("archive: the address of the tile server %s has a part in braces that is not known; {z} {x} {y} {-y} {s} are", t.host)
	}
	t.format, _ = parseFormat(strings.TrimPrefix(path.Ext(u.Path), "."))
	if strings.Contains(u.Path, "@2x") {
		t.size = 512
	}
	return t, nil
}

// address returns where a tile lies.
func (t template) address(z, x, y int) string {
	return strings.NewReplacer(
		"{z}", strconv.Itoa(z), "{x}", strconv.Itoa(x), "{y}", strconv.Itoa(y),
		"{-y}", strconv.Itoa(1<<z-1-y), "{s}", t.subs[(x+y)%len(t.subs)],
	).Replace(t.text)
}

// discreet returns err, or another error if err has a part of the address in it that
// may be secret.
func discreet(address string, err error) error {
	u, bad := url.Parse(address)
	if bad != nil {
		return errors.New("it cannot be asked")
	}
	secrets := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	for _, values := range u.Query() {
		secrets = append(secrets, values...)
	}
	password, _ := u.User.Password()
	for _, secret := range append(secrets, u.User.Username(), password) {
		if len(secret) > 3 && strings.Contains(err.Error(), secret) {
			return errors.New("it cannot be asked; the reason is left out here, for it has a part of the address in it that may be secret")
		}
	}
	return err
}

// key names a tile in the cache; it is hashed there.
func (t template) key(z, x, y int) string { return fmt.Sprintf("%s\n%d/%d/%d", t.text, z, x, y) }

// lifetime returns for how long an answer is fresh, fresh if it does not say, and
// whether it may be kept at all, after RFC 9111 as far as it concerns a cache of one
// user.
func lifetime(h http.Header, fresh time.Duration, now time.Time) (time.Duration, bool) {
	age := time.Duration(0)
	if seconds, err := strconv.Atoi(h.Get("Age")); err == nil && seconds > 0 {
		age = time.Duration(seconds) * time.Second
	}
	told := false
	for _, line := range h.Values("Cache-Control") {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(strings.ToLower(directive)), "=")
			switch name {
			case "no-store":
				return 0, false
			case "no-cache":
				fresh, told = 0, true
			case "max-age":
				seconds, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32)
				if err == nil && !(told && fresh == 0) {
					fresh, told = time.Duration(seconds)*time.Second-age, true
				}
			}
		}
	}
	if expires := h.Get("Expires"); !told && expires != "" {
		fresh = 0
		if at, err := http.ParseTime(expires); err == nil {
			fresh = at.Sub(now)
		}
	}
	return max(0, min(fresh, keepLongest)), true
}
