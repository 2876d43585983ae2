package login

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"iocwall/ui/page"
)

// leastPassword is how long a password is at least; the server decides.
const leastPassword = 12

// submit does what the step is for.
func (p *Page) submit() {
	if p.busy || !p.until.IsZero() {
		return
	}
	p.keep()
	p.wrong = trouble{}
	if !p.check() {
		p.form.say()
		return
	}
	t := p.typed
	switch p.step {
	case stepLogin, stepCode:
		code := ""
		if p.step == stepCode {
			code = strings.TrimSpace(t["code"])
		}
		login, password := strings.TrimSpace(t["login"]), t["password"]
		p.ask(func(ctx context.Context) (Standing, error) { return p.o.Doors.Login(ctx, login, password, code) }, p.stands)
	case stepPassword:
		old, next := t["password"], t["next"]
		p.ask(func(ctx context.Context) (Standing, error) { return p.o.Doors.Password(ctx, old, next) }, func(s Standing) {
			t["password"] = next
			p.stands(s)
		})
	case stepEnrol:
		p.confirm(strings.TrimSpace(t["enrol"]))
	case stepRecovery:
		p.ask(p.o.Doors.Me, p.stands)
	case stepArea:
		p.leave()
	}
}

// check looks at what was typed before anybody is asked.
func (p *Page) check() bool {
	need := func(name string) bool {
		ok := strings.TrimSpace(p.typed[name]) != ""
		p.form.wrong(name, !ok, "login.need."+name)
		return ok
	}
	switch p.step {
	case stepLogin:
		a, b := need("login"), need("password")
		return a && b
	case stepCode:
		return need("code")
	case stepEnrol:
		return need("enrol")
	case stepPassword:
		next := p.typed["next"]
		short := utf8.RuneCountInString(next) < leastPassword
		same := next == p.typed["password"]
		other := next != p.typed["again"]
		p.form.wrong("next", short || same, map[bool]string{true: "login.need.long", false: "login.need.new"}[short])
		p.form.wrong("again", !short && other, "login.need.again")
		return !short && !same && !other
	}
	return true
}

// ask asks the server beside the toolkit.
func (p *Page) ask(question func(context.Context) (Standing, error), then func(Standing)) {
	p.begin()
	go func() {
		s, err := question(p.ctx)
		p.o.Do(func() { p.end(err, func() { then(s) }) })
	}()
}

func (p *Page) begin() {
	p.busy = true
	p.form.say()
}

// end takes an answer.
func (p *Page) end(err error, then func()) {
	if p.ended {
		return
	}
	p.busy = false
	if err != nil {
		p.refused(err)
		return
	}
	then()
}

// refused says why not, and goes where it can be made good.
func (p *Page) refused(err error) {
	var no *page.Refusal
	if errors.As(err, &no) && no.Code == "need-code" {
		p.turn(stepCode)
		return
	}
	t, after := troubleOf(err)
	p.wrong = t
	if after > 0 {
		p.until = p.o.Now().Add(after)
	}
	switch t.code {
	case "wrong":
		p.form.clear("password")
	case "wrong-code":
		p.form.clear("code")
		p.form.clear("enrol")
	case "expired", "revoked":
		if p.step != stepLogin && p.step != stepCode {
			p.again(t)
			return
		}
	}
	p.form.say()
	p.Focus()
}

// again asks for the login anew.
func (p *Page) again(t trouble) {
	if t.code == "expired" {
		t.code = "over.expired"
	}
	p.forget()
	p.turn(stepLogin)
	p.wrong = t
	p.form.say()
}

// forget drops what is secret.
func (p *Page) forget() {
	p.keep()
	p.typed = map[string]string{"login": p.typed["login"]}
	p.form.fields = nil
	p.secret, p.uri, p.recovery, p.who = "", "", nil, Standing{}
}

// stands goes where somebody who was let in has to go first.
func (p *Page) stands(s Standing) {
	p.who = s
	switch {
	case s.MustChange:
		p.turn(stepPassword)
	case s.Enrol:
		p.enrol()
	case s.Hold != "":
		p.turn(stepArea)
	default:
		p.forget()
		p.Close()
		p.o.Done(s.Person)
	}
}

// enrol begins a second factor.
func (p *Page) enrol() {
	p.begin()
	go func() {
		secret, uri, err := p.o.Doors.Begin(p.ctx)
		p.o.Do(func() {
			p.end(err, func() {
				p.secret, p.uri = secret, uri
				p.turn(stepEnrol)
			})
		})
	}()
}

// confirm ends it.
func (p *Page) confirm(code string) {
	p.begin()
	go func() {
		codes, err := p.o.Doors.Confirm(p.ctx, code)
		p.o.Do(func() {
			p.end(err, func() {
				p.recovery = codes
				p.turn(stepRecovery)
			})
		})
	}()
}

// leave goes back to the login and lets the server forget.
func (p *Page) leave() {
	if p.busy {
		return
	}
	if p.step != stepLogin && p.step != stepCode {
		go p.o.Doors.Leave(p.ctx)
	}
	p.forget()
	p.turn(stepLogin)
}
