package login

import (
	"errors"
	"time"

	"iocwall/ui/page"
	said "iocwall/ui/why"
)

// trouble is why something was not done.
type trouble struct {
	code string
	// no is what the server said, nil where it said nothing.
	no *page.Refusal
}

// why is the trouble of a session that ended.
func why(code string) string {
	switch code {
	case "", "logout":
		return ""
	case "expired", "revoked", "password", "rights", "disabled", "many", "unknown":
		return "over." + code
	}
	return "over.unknown"
}

// troubleOf reads an error, and how long to wait before another try.
func troubleOf(err error) (trouble, time.Duration) {
	var no *page.Refusal
	if !errors.As(err, &no) {
		return trouble{code: "away"}, 0
	}
	switch no.Code {
	case "wrong", "wrong-code", "locked", "busy", "expired", "revoked", "disabled", "weak", "failed", "not-started", "not-a-user":
		return trouble{no.Code, no}, no.After
	}
	return trouble{"other", no}, no.After
}

// says is the trouble in words; wait is how long until another try.
func (p *Page) says(now time.Time) string {
	if p.wrong.code == "" {
		return ""
	}
	l := p.o.Lang
	switch {
	case !p.until.IsZero():
		left := max(p.until.Sub(now).Round(time.Second), time.Second)
		return l.T("login.wait."+p.waiting(), "left", l.Age(left))
	case p.wrong.code == "away":
		return l.T("login.no.away", "server", p.o.Server)
	case p.wrong.code == "other":
		return l.T("login.no.other", "why", said.Words(l, p.wrong.no.Say, p.wrong.no.Values, p.wrong.no.Text))
	}
	if no := p.wrong.no; no != nil && no.Say != "" && no.Say != "auth."+no.Code { // one of several sentences
		return said.Words(l, no.Say, no.Values, l.T("login.no."+p.wrong.code))
	}
	return l.T("login.no." + p.wrong.code)
}

// waiting is why one waits.
func (p *Page) waiting() string {
	if p.wrong.code == "busy" {
		return "busy"
	}
	return "locked"
}
