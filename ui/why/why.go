// Package why says in words for people what became of a question to the server
// that has no answer of the server's own.
package why

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"syscall"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/words"
)

// said is an error in words for people, and what it was.
type said struct {
	text string
	of   error
}

func (e *said) Error() string { return e.text }
func (e *said) Unwrap() error { return e.of }

// Told says in words that the server is away, or why it refused: in the person's
// language where the refusal has a code that the catalogue knows, else in the server's
// own words, and by its status where it said none, as something between here and it
// does. Any other error is returned as it is, nil too.
func Told(l *words.Lang, err error) error {
	var no *page.Refusal
	switch {
	case errors.As(err, &no):
		out := *no
		if out.Text = Words(l, no.Say, no.Values, no.Text); out.Text == "" {
			out.Text = l.T("call.status", "status", l.Int(int64(no.Status)))
		}
		return &out
	case errors.Is(err, page.ErrAway):
		return &said{l.T("call.away"), err}
	}
	return err
}

// Plain is any error in words for people, as far as it has any: what Told says, a
// refusal with a code, a server that cannot be reached, a file of shapes that is not in
// order. The rest is said as it is.
func Plain(l *words.Lang, err error) string {
	var no *page.Refusal
	var host *net.DNSError
	code, values := world.Say(err)
	switch {
	case errors.As(err, &no):
		return Told(l, no).Error()
	case errors.Is(err, page.ErrAway):
		return l.T("call.away")
	case code != "":
		return Words(l, code, values, err.Error())
	case errors.As(err, &host):
		return l.T("call.net.unknown")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return l.T("call.net.slow")
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.ECONNRESET):
		return l.T("call.net.away")
	}
	if code, values = geo.Say(err); code != "" {
		return Words(l, code, values, err.Error())
	}
	return err.Error()
}

// Asked is Told of a question for a page. Of any other error but a refusal it says that
// the server could not be asked; the error is wrapped, and the log says why there is no
// answer.
func Asked(l *words.Lang, log *slog.Logger, path string, err error) error {
	var no *page.Refusal
	if err == nil || errors.As(err, &no) && no.Text != "" {
		return Told(l, err)
	}
	log.Warn("the server was asked in vain", "path", path, "error", err)
	if no != nil || errors.Is(err, page.ErrAway) {
		return Told(l, err)
	}
	return &said{l.T("call.failed"), err}
}

// Fetched is what fetches a camera's last seconds, with its refusals as Told says them;
// nil for nil.
func Fetched(l *words.Lang, fetch func(ctx context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error)) func(ctx context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error) {
	if fetch == nil {
		return nil
	}
	return func(ctx context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error) {
		body, err := fetch(ctx, camera, stream, from, to)
		return body, Told(l, err)
	}
}
