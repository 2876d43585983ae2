// Package login is what a console shows before anybody sits at it: who are you, a
// code of the second factor, a password of your own, a second factor of your own.
// It asks its questions through functions and knows no connection; what it is told
// as machine codes it says in the language of the page.
package login

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/ui/field"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// Doors are what the page asks of the server. All wait, and are called beside the
// toolkit. A refusal is a *page.Refusal; any other error says that the server did not
// answer.
type Doors interface {
	// Centre returns the name of the centre, empty where it has none.
	Centre(ctx context.Context) (string, error)
	// Login lets somebody in; code is empty until the server asked for one.
	Login(ctx context.Context, login, password, code string) (Standing, error)
	// Password changes the password of who was let in.
	Password(ctx context.Context, old, next string) (Standing, error)
	// Begin begins a second factor: the secret as text, and as what a phone reads
	// from a picture.
	Begin(ctx context.Context) (secret, uri string, err error)
	// Confirm ends that and returns the codes for the day the phone is lost.
	Confirm(ctx context.Context, code string) (recovery []string, err error)
	// Me says how who was let in stands now.
	Me(ctx context.Context) (Standing, error)
	// Leave forgets who was let in and did not get to the end.
	Leave(ctx context.Context)
}

// Standing is who was let in, and what is to be done first.
type Standing struct {
	page.Person
	MustChange bool `json:"mustChange"`
	Enrol      bool `json:"enrol"`
	// Hold is the code of what stands in the way of everything else.
	Hold string `json:"hold"`
}

// Options make a page. Kit, Lang, Doors, Do and Done are needed.
type Options struct {
	Kit  *paint.Kit
	Lang *words.Lang
	// Centre is the name of the centre; empty asks the server, and shows that of the
	// product until it answers. Server is where the page logs in, and Secure that nobody can listen on the way.
	Centre, Server string
	Secure         bool
	// Login is who logged in here last.
	Login string
	// Why is the code of what ended the last session, empty at a first start.
	Why   string
	Doors Doors
	// Memory keeps how people type here.
	Memory field.Memory
	// Do runs something on the toolkit's goroutine, Now is the clock.
	Do  func(func())
	Now func() time.Time
	// Copy puts text on the clipboard; Print prints lines for somebody and says
	// later, on the toolkit's goroutine, what became of it, nil where nothing prints.
	Copy  func(text string)
	Print func(by, title string, lines []string, done func(error))
	// Look is asked for another language or theme; it calls Dress. Nil offers none.
	Look func(lang, theme string)
	// Done is told who sits down now. It is called once.
	Done func(page.Person)
}

// step is what the page asks for.
type step string

const (
	stepLogin    step = "login"
	stepCode     step = "code"
	stepPassword step = "password"
	stepEnrol    step = "enrol"
	stepRecovery step = "recovery"
	stepArea     step = "area"
)

// Page is the page. It belongs to the toolkit's goroutine.
type Page struct {
	o    Options
	root *fyne.Container
	form *form

	step     step
	typed    map[string]string // by the name of a field
	who      Standing
	secret   string
	uri      string
	recovery []string

	unfocused bool // the keyboard is to be taken once there is a window

	busy   bool
	wrong  trouble
	until  time.Time // no try before
	ctx    context.Context
	cancel context.CancelFunc
	ended  bool
}

// New returns a page that asks who is there.
func New(o Options) *Page {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Page{o: o, step: stepLogin, typed: map[string]string{"login": o.Login}, wrong: trouble{code: why(o.Why)}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.root = container.NewStack()
	p.build()
	if o.Centre == "" {
		go p.learn()
	}
	return p
}

// learnPause is how long the page waits before it asks a server again that was away.
const learnPause = 5 * time.Second

// learn asks for the name of the centre until there is an answer.
func (p *Page) learn() {
	for {
		name, err := p.o.Doors.Centre(p.ctx)
		var no *page.Refusal
		if err == nil || errors.As(err, &no) {
			p.o.Do(func() { p.call(name) })
			return
		}
		select {
		case <-p.ctx.Done():
			return
		case <-time.After(learnPause):
		}
	}
}

// call puts the name of the centre at the head of the page; who is typing goes on.
func (p *Page) call(centre string) {
	if p.ended || centre == "" {
		return
	}
	p.o.Centre = centre
	p.form.over.Text = centre
	p.form.over.Refresh()
}

// Object is what a window shows of it.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Dress shows the page in other words and colours; what was typed stays.
func (p *Page) Dress(kit *paint.Kit, lang *words.Lang) {
	p.o.Kit, p.o.Lang = kit, lang
	p.keep()
	p.build()
	p.Focus()
}

// Focus gives the first empty field the keyboard, as soon as the page is in a window.
func (p *Page) Focus() {
	c := fyne.CurrentApp().Driver().CanvasForObject(p.root)
	p.unfocused = c == nil
	if c == nil {
		return
	}
	c.Focus(p.form.first())
}

// Refresh counts the wait down. It is to be called each second.
func (p *Page) Refresh(now time.Time) {
	if p.unfocused {
		p.Focus()
	}
	if p.until.IsZero() {
		return
	}
	if !now.Before(p.until) {
		p.until, p.wrong = time.Time{}, trouble{}
	}
	p.form.say()
}

// Close ends what was asked.
func (p *Page) Close() {
	p.ended = true
	p.cancel()
}

// build makes the objects of the step.
func (p *Page) build() {
	p.form = newForm(p)
	p.form.fill()
	p.root.Objects = []fyne.CanvasObject{p.form.scroll, p.form.bar}
	p.root.Refresh()
	p.form.say()
}

// keep notes what is in the fields.
func (p *Page) keep() {
	for name, f := range p.form.fields {
		p.typed[name] = f.Text()
	}
}

// turn shows another step.
func (p *Page) turn(to step) {
	p.keep()
	p.step, p.wrong = to, trouble{}
	p.build()
	p.Focus()
}
