package ui

import (
	"context"
	"errors"
	"reflect"

	"iocwall/ui/page"
	"iocwall/ui/paper"
	"iocwall/ui/why"
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
			var no *page.Refusal
			if errors.As(err, &no) {
				no.Values = s.u.named(no.Values)
			}
			finish(why.Asked(s.u.lang, s.u.log, r.Path, err), func() {
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

// printLines prints lines under a title and says what became of it.
func (s *seat) printLines(by, title string, lines []string, done func(error)) {
	pdf, err := paper.PDF(paper.Document{Lang: s.u.lang, Title: title, By: by, At: s.u.o.Now(), Sections: []paper.Section{{Steps: lines}}})
	if err != nil {
		done(err)
		return
	}
	s.u.jobs.start(func(ctx context.Context) {
		err := paper.Print(ctx, pdf, title)
		s.u.o.Do(func() { done(err) })
	})
}

// scratch is a memory that forgets when the program ends.
type scratch struct{}

func (scratch) Get(string, any) bool { return false }
func (scratch) Set(string, any)      {}
