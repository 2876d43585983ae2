// Package why says in words for people what became of a question to the server
// that has no answer of the server's own.
package why

import (
	"errors"

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

// Words reports whether an error is a refusal in the server's own words.
func Words(err error) bool {
	var no *page.Refusal
	return errors.As(err, &no) && no.Text != ""
}

// Told says in words that the server is away, or that it refused without a word, as
// something between here and it does. Any other error is returned as it is, nil too.
func Told(l *words.Lang, err error) error {
	var no *page.Refusal
	switch {
	case errors.As(err, &no) && no.Text == "":
		out := *no
		out.Text = l.T("call.status", "status", l.Int(int64(no.Status)))
		return &out
	case errors.Is(err, page.ErrAway):
		return &said{l.T("call.away"), err}
	}
	return err
}

// InVain is Told, and says of any other error but a refusal that the server could not be
// asked. The error is wrapped, so that a log may say why.
func InVain(l *words.Lang, err error) error {
	var no *page.Refusal
	told := Told(l, err)
	if err == nil || errors.As(err, &no) || errors.Is(err, page.ErrAway) {
		return told
	}
	return &said{l.T("call.failed"), err}
}
