package auth

import (
	"errors"
	"time"

	"iocwall/server/world"
)

// Code is a word for programs that says why somebody was not let in or something
// was not done, so that they can say it in their own language.
type Code string

// The codes. Those of a Hold are its own words.
const (
	CodeWrong      Code = "wrong"       // login or password, which of them is not said
	CodeNeedCode   Code = "need-code"   // the password fits, the second factor is asked for
	CodeWrongCode  Code = "wrong-code"  // of the second factor
	CodeLocked     Code = "locked"      // too many tries; Wait says how long
	CodeBusy       Code = "busy"        // too many at this moment
	CodeExpired    Code = "expired"     // of a session, a token or a one-time password
	CodeRevoked    Code = "revoked"     // of a session or a token
	CodeDisabled   Code = "disabled"    // of a user
	CodeWeak       Code = "weak"        // of a new password
	CodeDenied     Code = "denied"      // the right is missing
	CodeNoToken    Code = "no-token"    // nobody said who asks
	CodeUnknown    Code = "unknown"     // there is no such token, session or user
	CodeTaken      Code = "taken"       // of a login
	CodeInvalid    Code = "invalid"     // what was sent makes no sense
	CodeLast       Code = "last-admin"  // the centre would have no administrator
	CodeNotAUser   Code = "not-a-user"  // a token's owner has no password
	CodeNotStarted Code = "not-started" // a second factor is confirmed before it was begun
	CodeNoArea     Code = "no-area"
)

// RefusedError says in words for people why somebody was not let in or something
// was not done. It holds no secret.
type RefusedError struct {
	Code   Code
	Reason string
	// Wait is how long to wait before it makes sense to try again, zero when that
	// does not help.
	Wait time.Duration
	// Subject is the opaque id of the user it is about, empty when not known.
	Subject string
	// Said is the sentence with its values where the code has several; nil for the
	// one of the code.
	Said *world.Refusal
}

// refused makes one whose sentence is one of several of its code.
func refused(c Code, said *world.Refusal) *RefusedError {
	return &RefusedError{Code: c, Reason: said.Text, Said: said}
}

func (e *RefusedError) Error() string { return e.Reason }

// Say returns what a program needs to say it in its own language.
func (e *RefusedError) Say() (code string, values map[string]string) {
	if e.Said != nil {
		return e.Said.Say()
	}
	return "auth." + string(e.Code), nil
}

// CodeOf returns the code of an error of this package, empty for other errors.
func CodeOf(err error) Code {
	var refused *RefusedError
	var denied *DeniedError
	switch {
	case errors.As(err, &refused):
		return refused.Code
	case errors.As(err, &denied):
		return denied.Code()
	case errors.Is(err, ErrNoToken):
		return CodeNoToken
	case errors.Is(err, ErrUnknownToken):
		return CodeUnknown
	case errors.Is(err, ErrRevoked):
		return CodeRevoked
	case errors.Is(err, ErrExpired):
		return CodeExpired
	case errors.Is(err, ErrNoArea):
		return CodeNoArea
	}
	return ""
}
