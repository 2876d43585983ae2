package setup

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/settings"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// Text is the configuration as text.
type Text struct {
	Text string `json:"text"`
	// Version names what the file holds, Running what the server runs with.
	Version string `json:"version"`
	Running string `json:"running"`
	// Hidden counts what looked like a secret and is not in Text.
	Hidden int `json:"hidden,omitempty"`
	// Changed is when the file was written last.
	Changed  world.Time `json:"changed,omitempty"`
	Problems []Fault    `json:"problems,omitempty"`
}

// Result is what came of a change of the configuration.
type Result struct {
	Version string   `json:"version"`
	Changes []Change `json:"changes"`
	// Pending are keys that count after the next start of the server only.
	Pending []string `json:"pending,omitempty"`
}

// GetConfig answers GET /api/setup/config: the text of the file.
func (s *Setup) GetConfig(w http.ResponseWriter, _ *http.Request, _ auth.Identity) {
	t, err := s.file.read()
	if err != nil {
		answer(w, err)
		return
	}
	_, problems := settings.Parse(s.o.File, []byte(t.body))
	out := Text{Version: t.version, Running: s.sum.get(), Changed: world.TimeOf(t.changed), Problems: faultsOf(problems)}
	out.Text, out.Hidden = redact(t.body)
	w.Header().Set("ETag", `"`+t.version+`"`)
	reply.JSON(w, http.StatusOK, out)
}

// CheckConfig answers POST /api/setup/config/check, whose body is a configuration: all
// that is wrong with it, and what would change.
func (s *Setup) CheckConfig(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	body, err := readText(r, maxConfig)
	if err != nil {
		answer(w, err)
		return
	}
	next, faults := s.judge(r.Context(), body)
	out := map[string]any{"problems": faults, "ok": len(faults) == 0}
	if len(faults) == 0 {
		out["changes"] = Differences(s.o.Running(), next)
		out["pending"] = s.o.Fixed(next)
	}
	reply.JSON(w, http.StatusOK, out)
}

// judge reads a configuration and returns all that is wrong with it.
func (s *Setup) judge(ctx context.Context, body string) (*settings.Config, []Fault) {
	if line := masked(body); line > 0 {
		return nil, []Fault{{File: s.o.File, Line: line, Column: 1, Message: "a secret was taken out here and is not known", Advice: "write env:NAME for an environment variable or file:PATH for a file that holds it"}}
	}
	next, problems := settings.Parse(s.o.File, []byte(body))
	if len(problems) == 0 {
		problems = s.o.Check(ctx, next)
	}
	return next, faultsOf(problems)
}

// PutConfig answers PUT /api/setup/config, whose body is a configuration and whose
// If-Match the version it was made from: it is written, the one before is kept, and
// the server takes it over; or it says why nothing changed. With later=1 keys that
// need a restart are written and count from then on.
func (s *Setup) PutConfig(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	body, err := readText(r, maxConfig)
	if err != nil {
		answer(w, err)
		return
	}
	done, err := s.change(r.Context(), id, change{
		from: ifMatch(r), later: r.URL.Query().Get("later") == "1",
		edit: func(string, *settings.Config) (string, error) { return body, nil },
	})
	if err != nil {
		answer(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, done)
}

// ifMatch returns the version a request was made from: that of If-Match, or of the
// query where a client cannot set headers.
func ifMatch(r *http.Request) string { return cmp.Or(r.URL.Query().Get("from"), matched(r)) }

// matched returns the version in If-Match.
func matched(r *http.Request) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(r.Header.Get("If-Match")), "W/"), `"`)
}

// change is one change of the configuration.
type change struct {
	// from is the version it was made from; any is for one that fits every text.
	from  string
	any   bool
	later bool
	// edit returns the new text; old is the configuration of the text where sound is
	// asked for, nil otherwise.
	edit  func(body string, old *settings.Config) (string, error)
	sound bool
}

// change makes the next configuration of the present one: checked, written with the
// one before kept, taken over and audited. On an error nothing has changed.
func (s *Setup) change(ctx context.Context, id auth.Identity, c change) (Result, error) {
	release, err := hold(ctx, s.turn)
	if err != nil {
		return Result{}, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), applyLimit)
	defer cancel()
	t, err := s.file.read()
	if err != nil {
		return Result{}, err
	}
	if err := c.fits(t); err != nil {
		return Result{}, err
	}
	body, err := s.edited(c, t)
	if err != nil {
		return Result{}, err
	}
	next, faults := s.judge(ctx, body)
	if len(faults) > 0 {
		return Result{}, refuse(http.StatusUnprocessableEntity, "setup.problems", "{n} mistakes; the running configuration stays", "n", len(faults)).at(t.version, faults)
	}
	if keys := s.guarded(t, next); len(keys) > 0 && !id.May(auth.ManageUsers) {
		err := refuse(http.StatusForbidden, "setup.administrator", "{list} decide who gets in and who can listen, so only an administrator changes them; nothing was written", "list", strings.Join(keys, ", "))
		s.note(ctx, id, world.Audited{Object: t.version, Reason: err.Error()})
		return Result{}, err
	}
	out := Result{Version: versionOf([]byte(body)), Changes: Differences(s.o.Running(), next), Pending: s.o.Fixed(next)}
	if len(out.Pending) > 0 && !c.later {
		return Result{}, refuse(http.StatusConflict, "setup.restart", "{list} changed, which needs a restart; the running configuration stays", "list", strings.Join(out.Pending, ", "))
	}
	if out.Version == t.version && out.Version == s.sum.get() {
		return out, nil
	}
	if err := s.take(ctx, t, body, next, out); err != nil {
		s.note(ctx, id, world.Audited{Object: t.version, Reason: err.Error()})
		return Result{}, err
	}
	s.note(ctx, id, world.Audited{Object: t.version + " to " + out.Version, OK: true, Reason: sentence(out.Changes)})
	return out, nil
}

// guarded names what differs from the file, or from what runs where the file is not
// right, and is not a technician's business: with another data folder there would be
// other users, and with other addresses or without a certificate whoever listens would
// have everybody's sessions.
func (s *Setup) guarded(was text, next *settings.Config) []string {
	old, problems := settings.Parse(s.o.File, []byte(was.body))
	if len(problems) > 0 {
		old = s.o.Running()
	}
	var out []string
	for _, x := range []struct {
		key  string
		same bool
	}{
		{"listen", next.Listen == old.Listen},
		{"data", next.Data == old.Data},
		{"tls", next.TLS == old.TLS},
		{"auth", next.Auth == old.Auth},
		{"relay", next.Relay == old.Relay},
	} {
		if !x.same {
			out = append(out, x.key)
		}
	}
	return out
}

// fits refuses a change that was made from another text.
func (c change) fits(t text) error {
	switch {
	case c.any:
		return nil
	case c.from == "":
		return refuse(http.StatusPreconditionRequired, "setup.version.needed", "say in If-Match which version the change was made from")
	case c.from != t.version:
		return refuse(http.StatusPreconditionFailed, "setup.version", "the configuration was changed by somebody else meanwhile; nothing was written").at(t.version, nil)
	}
	return nil
}

// edited returns the new text.
func (s *Setup) edited(c change, t text) (string, error) {
	var old *settings.Config
	if c.sound {
		var problems []strict.Problem
		if old, problems = settings.Parse(s.o.File, []byte(t.body)); len(problems) > 0 {
			return "", refuse(http.StatusConflict, "setup.broken", "the configuration has {n} mistakes; mend them first", "n", len(problems)).at(t.version, faultsOf(problems))
		}
	}
	body, err := c.edit(t.body, old)
	if err == nil && len(body) > maxConfig {
		return "", refuse(http.StatusRequestEntityTooLarge, "setup.long.config", "the configuration would be longer than {most} bytes", "most", maxConfig)
	}
	return body, err
}

// take writes the text and has the server take it over. What the server does not
// take is not left in the file: the next start would fail on it, or differ.
func (s *Setup) take(ctx context.Context, was text, body string, next *settings.Config, out Result) error {
	if body != was.body {
		if err := s.file.write(body); err != nil {
			return refuse(http.StatusConflict, "setup.disk", "{why}; the running configuration stays", "why", err)
		}
	}
	if len(out.Pending) > 0 {
		return nil // counts after the next start
	}
	if err := s.o.Apply(ctx, next); err != nil {
		err = refuse(http.StatusConflict, "setup.refused.config", "{why}", "why", err)
		if body == was.body {
			return err
		}
		if undo := s.file.restore(was.body); undo != nil {
			s.log.Error("a configuration that was not taken over is still in the file", "error", undo)
			return errors.Join(err, undo)
		}
		return err
	}
	s.sum.set(out.Version)
	s.log.Info("the configuration was taken over", "file", s.o.File, "version", out.Version, "changes", sentence(out.Changes))
	return nil
}

// note writes down who changed the configuration.
func (s *Setup) note(ctx context.Context, id auth.Identity, a world.Audited) {
	a.Who, a.Act, a.Reason = id.Token, actConfig, clip(a.Reason, 400)
	if err := s.o.Audit(ctx, id, a); err != nil {
		s.log.Error("an audit event was not written", "act", a.Act, "error", err)
	}
}

// clip bounds what is kept for ever.
func clip(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// ids returns the ids of the cameras of a configuration.
func ids(c *settings.Config) []string {
	out := make([]string, 0, len(c.Cameras))
	for _, x := range c.Cameras {
		out = append(out, x.ID)
	}
	slices.Sort(out)
	return out
}
