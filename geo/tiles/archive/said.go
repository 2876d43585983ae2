package archive

import "errors"

// SaidError is a failure that programs can say in their own language.
type SaidError struct {
	code   string
	values map[string]string
	err    error
}

func (e *SaidError) Error() string { return e.err.Error() }

// Unwrap returns the failure without its code.
func (e *SaidError) Unwrap() error { return e.err }

// Say returns the code of the sentence and its values.
func (e *SaidError) Say() (code string, values map[string]string) { return e.code, e.values }

// Said gives a failure the code of a sentence and its values in pairs of name and
// value. What has a code already, or is none of a map's failures, stays as it is.
func Said(err error, code string, pairs ...string) error {
	if _, has := said(err); has || err == nil || errors.Is(err, ErrNoTile) {
		return err
	}
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return &SaidError{code, values, err}
}

// sayable is an error with a code.
type sayable interface {
	error
	Say() (code string, values map[string]string)
}

// said returns what in an error has a code.
func said(err error) (sayable, bool) {
	var s sayable
	return s, errors.As(err, &s)
}
