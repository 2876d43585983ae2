package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/media/onvif"
	"iocwall/server/atomicfile"
	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/roster"
)

const (
	// longestSearch bounds looking for cameras, so that its answer still goes out in
	// the time of a request; mostAddresses how many are asked.
	longestSearch = 10 * time.Second
	mostAddresses = 64
	// surveyLimit bounds asking one camera for all it is.
	surveyLimit = 15 * time.Second
)

// Found is a camera that the network shows.
type Found struct {
	Address   string `json:"address"`
	From      string `json:"from"`
	Name      string `json:"name,omitempty"`
	Model     string `json:"model,omitempty"`
	Location  string `json:"location,omitempty"`
	Interface string `json:"interface,omitempty"`
	// Known is the id of the entry that leads to the same host, empty for none.
	Known string `json:"known,omitempty"`
}

// PostDiscover answers POST /api/setup/cameras/discover: it asks the server's network,
// or the addresses, which cameras there are. One search runs at a time.
func (s *Setup) PostDiscover(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	var in struct {
		Interfaces []string `json:"interfaces"`
		Addresses  []string `json:"addresses"`
		Seconds    float64  `json:"seconds"`
	}
	if err := readForm(r, &in); err != nil {
		answer(w, err)
		return
	}
	limit := time.Duration(in.Seconds * float64(time.Second))
	switch {
	case len(in.Addresses) > mostAddresses:
		answer(w, refuse(http.StatusUnprocessableEntity, "setup.many", "{n} addresses; ask at most {most} at a time", "n", len(in.Addresses), "most", mostAddresses))
		return
	case in.Seconds == 0:
		limit = 3 * time.Second
	case !(limit >= 100*time.Millisecond && limit <= longestSearch):
		answer(w, refuse(http.StatusUnprocessableEntity, "setup.seconds", "a search takes 0.1 to {most} seconds", "most", longestSearch.Seconds()))
		return
	}
	for _, a := range in.Addresses {
		if _, err := roster.HostOf(a); err != nil {
			answer(w, refuse(http.StatusUnprocessableEntity, "setup.address", "{why}", "why", roster.Words(err)))
			return
		}
	}
	release, err := hold(r.Context(), s.seek)
	if err != nil {
		answer(w, err)
		return
	}
	defer release()
	ctx, cancel := context.WithTimeout(r.Context(), 2*limit+time.Second)
	defer cancel()
	var silent []string
	got, err := roster.Search(ctx, roster.SearchOptions{
		Interfaces: in.Interfaces, Addresses: in.Addresses, Timeout: limit, Logger: s.log,
		OnSilent: func(host string, err error) { silent = append(silent, host+": "+roster.Words(err)) },
	})
	if err != nil {
		answer(w, refuse(http.StatusUnprocessableEntity, "setup.search", "{why}", "why", roster.Words(err)))
		return
	}
	reply.JSON(w, http.StatusOK, map[string]any{"found": s.named(got), "silent": silent})
}

// named says which of the cameras found have an entry.
func (s *Setup) named(got []onvif.Found) []Found {
	known := roster.Hosts(s.o.Running().Cameras)
	out := make([]Found, 0, len(got))
	for _, f := range got {
		x := Found{Address: f.Address, From: f.From.String(), Name: f.Name, Model: f.Hardware, Location: f.Location, Interface: f.Interface}
		x.Known = known[x.From]
		if host, err := roster.HostOf(f.Address); err == nil && x.Known == "" {
			x.Known = known[strings.ToLower(host)]
		}
		out = append(out, x)
	}
	return out
}

// device is what the door for importing one camera takes.
type device struct {
	Address string `json:"address"`
	// Name and Model are what it said of itself in the network.
	Name  string `json:"name"`
	Model string `json:"model"`
	// User and Password open it; see Camera.
	User     string `json:"user"`
	Password string `json:"password"`
	// Pos, Area and Site are those of new entries.
	Pos  *geo.Point `json:"pos"`
	Area string     `json:"area"`
	Site string     `json:"site"`
	// Apply writes it; without it the answer says what would be.
	Apply bool `json:"apply"`
}

// PostONVIF answers POST /api/setup/cameras/onvif: it asks one device for its streams
// and, where asked to, writes its cameras into the configuration. Its password goes to
// a file of its own and is told to nobody.
func (s *Setup) PostONVIF(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in device
	if err := readForm(r, &in); err != nil {
		answer(w, err)
		return
	}
	host, err := roster.HostOf(in.Address)
	if err != nil {
		answer(w, refuse(http.StatusUnprocessableEntity, "setup.address", "{why}", "why", roster.Words(err)))
		return
	}
	reference := ""
	if in.Password != "" {
		reference = "file:" + s.secretPath(secretName(host))
	}
	found, notes, err := s.survey(r.Context(), in, reference)
	if err != nil {
		answer(w, err)
		return
	}
	forget := func(bool) {}
	if in.Apply {
		// Written before the entry names it, taken away if the entry does not come.
		if reference, forget, err = s.keepSecret(secretName(host), in.Password); err != nil {
			answer(w, err)
			return
		}
		for i := range found {
			found[i].Camera.Password = reference
		}
	}
	out, err := s.bring(r, id, found, in.Apply, ifMatch(r))
	forget(err != nil)
	if err != nil {
		answer(w, err)
		return
	}
	out.Notes = notes
	reply.JSON(w, http.StatusOK, out)
}

// survey asks the device.
func (s *Setup) survey(ctx context.Context, in device, reference string) ([]roster.Found, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, surveyLimit)
	defer cancel()
	found, notes, err := roster.Device{
		Address: in.Address, Name: in.Name, Model: in.Model, User: in.User, Password: in.Password, Reference: reference,
		Timeout: 5 * time.Second, Logger: s.log,
	}.Survey(ctx)
	if err != nil {
		return nil, nil, refuse(http.StatusBadGateway, "setup.onvif", "{why}", "why", roster.Words(err), "reason", onvif.ReasonOf(err)).as(string(onvif.ReasonOf(err)))
	}
	for i := range found {
		c := &found[i].Camera
		c.Area, c.Site = in.Area, in.Site
		if in.Pos != nil {
			c.Pos = *in.Pos
		}
	}
	return found, notes, nil
}

// secrets are the folder of what opens cameras, one file each.
func (s *Setup) secretPath(name string) string {
	return filepath.Join(s.o.Running().DataDir(), "secrets", name)
}

func secretName(host string) string { return strings.NewReplacer(":", "-", "%", "-").Replace(host) }

// keepSecret writes a password to a file of its own and returns how the configuration
// names it; forget, called with true, takes it away again. The name is new each time,
// so that a change that does not come leaves the secret before in place.
func (s *Setup) keepSecret(name, password string) (reference string, forget func(bool), err error) {
	forget = func(bool) {}
	if password == "" {
		return "", forget, nil
	}
	if len(password) > 256 || strings.ContainsAny(password, "\r\n\x00") {
		return "", forget, refuse(http.StatusUnprocessableEntity, "setup.password", "a password of a camera is one line of at most 256 bytes")
	}
	base := "camera-" + name + "-" + strings.ToLower(rand.Text()[:8])
	path := s.secretPath(base)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", forget, errors.Join(errors.New("the password cannot be kept"), err)
	}
	s.markFresh(base, true)
	if err := atomicfile.Write(path, []byte(password+"\n"), 0o600); err != nil {
		s.markFresh(base, false)
		return "", forget, errors.Join(errors.New("the password cannot be kept"), err)
	}
	return "file:" + path, func(failed bool) {
		s.markFresh(base, false)
		if !failed {
			s.sweepSecrets()
			return
		}
		if err := os.Remove(path); err != nil {
			s.log.Warn("a secret that nothing names is still there", "file", path, "error", err)
		}
	}, nil
}

// markFresh says that a secret is kept which nothing may name yet, or is no longer so.
func (s *Setup) markFresh(name string, fresh bool) {
	s.freshMu.Lock()
	defer s.freshMu.Unlock()
	if fresh {
		s.fresh[name] = true
	} else {
		delete(s.fresh, name)
	}
}

// sweepSecrets takes away the secrets that neither the configuration nor one of those
// kept beside it names, nor one that is being written. Where one of them cannot be
// read nothing is taken away.
func (s *Setup) sweepSecrets() {
	folder := s.secretPath("")
	list, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	// In this order: what was in the folder is either still fresh or named by now.
	s.freshMu.Lock()
	fresh := maps.Clone(s.fresh)
	s.freshMu.Unlock()
	named, err := s.file.all()
	if err != nil {
		s.log.Warn("secrets that nothing names are still there", "error", err)
		return
	}
	for _, f := range list {
		if !strings.HasPrefix(f.Name(), "camera-") || fresh[f.Name()] || strings.Contains(named, f.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, f.Name())); err != nil {
			s.log.Warn("a secret that nothing names is still there", "file", f.Name(), "error", err)
		}
	}
}
