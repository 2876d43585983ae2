package ui

import (
	"context"
	"errors"
	"io"
	"reflect"

	"iocwall/ui/atlas"
	"iocwall/ui/page"
)

// Job runs f beside the toolkit until it returns; what it returns, if not nil, runs
// on the toolkit's goroutine.
func (s *seat) Job(f func(stop <-chan struct{}) func()) {
	s.u.jobs.start(func(ctx context.Context) {
		then := f(ctx.Done())
		if then == nil || ctx.Err() != nil {
			return
		}
		s.u.o.Do(func() {
			if ctx.Err() == nil {
				then()
				s.u.poke()
			}
		})
	})
}

// Call asks a door of the server. What comes is written into the request's place on
// the toolkit's goroutine, and not after cancel.
func (s *seat) Call(r page.Request, done func(error)) (cancel func()) {
	ask := s.u.o.Seat.Call
	over := false
	finish := func(err error, write func()) {
		if over {
			return
		}
		over = true
		if err == nil {
			write()
		}
		if done != nil {
			done(err)
		}
		s.u.poke()
	}
	if ask == nil {
		s.Job(func(<-chan struct{}) func() {
			return func() { finish(&page.Refusal{Code: "none", Text: s.u.lang.T("call.none")}, nil) }
		})
		return func() { over = true }
	}
	own := r
	var into reflect.Value
	if r.Into != nil {
		into = reflect.New(reflect.TypeOf(r.Into).Elem())
		own.Into = into.Interface()
	}
	stop := s.u.jobs.start(func(ctx context.Context) {
		err := ask(ctx, own)
		if ctx.Err() != nil {
			return
		}
		s.u.o.Do(func() {
			finish(s.answered(r.Path, err), func() {
				if r.Into != nil {
					reflect.ValueOf(r.Into).Elem().Set(into.Elem())
				}
			})
		})
	})
	return func() {
		over = true
		stop()
	}
}

// said is an error in words for people, and what it was.
type said struct {
	text string
	of   error
}

func (e *said) Error() string { return e.text }
func (e *said) Unwrap() error { return e.of }

// told puts what has no words of the server's own into those of the catalogue.
func (s *seat) told(err error) error {
	var no *page.Refusal
	switch {
	case errors.As(err, &no):
		if no.Text != "" {
			return err
		}
		out := *no
		out.Text = s.u.lang.T("call.status", "status", s.u.lang.Int(int64(no.Status)))
		return &out
	case errors.Is(err, page.ErrAway):
		return &said{s.u.lang.T("call.away"), err}
	}
	return err
}

// answered is told of the answer to a question for a page: where there is none that
// can be read, the log says why.
func (s *seat) answered(path string, err error) error {
	if err == nil {
		return nil
	}
	told := s.told(err)
	if told == err { //nolint:errorlint // whether it became another
		var no *page.Refusal
		if errors.As(err, &no) {
			return err
		}
		told = &said{s.u.lang.T("call.failed"), err}
	}
	s.u.log.Warn("the server was asked in vain", "path", path, "error", err)
	return told
}

// files are the doors for files of fences, whose errors are for people.
func (s *seat) files(f atlas.Files) atlas.Files {
	if read := f.Import; read != nil {
		f.Import = func(ctx context.Context, file io.Reader) (atlas.Imported, error) {
			done, err := read(ctx, file)
			return done, s.told(err)
		}
	}
	if write := f.Export; write != nil {
		f.Export = func(ctx context.Context, file io.Writer) error { return s.told(write(ctx, file)) }
	}
	return f
}

// scratch is a memory that forgets when the program ends.
type scratch struct{}

func (scratch) Get(string, any) bool { return false }
func (scratch) Set(string, any)      {}
