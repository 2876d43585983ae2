package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"iocwall/server/world"
)

// Attempt is somebody who wants in.
type Attempt struct {
	Login, Password string
	// Code is that of the second factor or one of the recovery codes; empty when
	// none was asked for yet.
	Code string
	// From is the address, for counting tries and for the history.
	From string
}

// Login lets somebody in: it returns the secret of a new session, which cannot be
// read again, and who it is. Errors are *RefusedError but for those of the disk.
// It blocks for the time of a hash, also for a login that nobody has.
func (u *Users) Login(ctx context.Context, at Attempt) (raw string, id Identity, err error) {
	at.Login = strings.ToLower(strings.TrimSpace(at.Login))
	if len(at.Login) > 64 {
		at.Login = at.Login[:64]
	}
	try, wait := u.lock.begin(at.Login, at.From, u.now())
	if wait > 0 {
		return "", Identity{}, u.locked(at.Login, wait)
	}
	a, hash := u.account(at.Login)
	ok, err := u.hasher.verify(ctx, at.Password, hash)
	if err != nil {
		u.lock.undo(try) // nobody looked at the password
		return "", Identity{}, err
	}
	if !ok {
		return "", Identity{}, &RefusedError{Code: CodeWrong, Reason: "login or password is wrong", Subject: a.ID}
	}
	raw, id, err = u.enter(a.ID, hash, at)
	switch {
	case err == nil:
		u.lock.succeeded(try, u.now())
	case CodeOf(err) != CodeWrongCode && CodeOf(err) != CodeWrong:
		u.lock.undo(try)
	}
	return raw, id, err
}

func (u *Users) locked(login string, wait time.Duration) error {
	wait = max(time.Second, (wait + time.Second - 1).Truncate(time.Second))
	a, _ := u.account(login)
	return &RefusedError{Code: CodeLocked, Wait: wait, Subject: a.ID, Reason: fmt.Sprintf("too many tries; wait %s", wait)}
}

// account returns the user with the login and the hash of the password, both
// empty for nobody.
func (u *Users) account(login string) (User, string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	a := u.book.byLogin(login)
	if a == nil && u.reload() == nil {
		// It may have been made a moment ago, by the command line.
		a = u.book.byLogin(login)
	}
	if a == nil {
		return User{}, ""
	}
	return a.User, a.Password
}

// enter begins a session for a user whose password fits the hash.
func (u *Users) enter(user, hash string, at Attempt) (raw string, id Identity, err error) {
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return "", Identity{}, fmt.Errorf("auth: random numbers: %w", err)
	}
	raw = sessionPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	sid, err := newID("s", 8)
	if err != nil {
		return "", Identity{}, err
	}
	err = u.change(func(b *book, now time.Time) error {
		a := b.byID(user)
		if a == nil || a.Password != hash {
			return &RefusedError{Code: CodeWrong, Reason: "login or password is wrong", Subject: user}
		}
		if err := u.admit(a, at.Code, now); err != nil {
			return err
		}
		a.Seen = now
		s := Session{ID: sid, User: a.ID, SHA256: digest(raw), Created: now, Used: now, Expires: now.Add(u.o.Session), From: at.From}
		b.Sessions = append(b.Sessions, s)
		b.trim(a.ID, now)
		id = a.identity(&s, now)
		return b.note(now, By{Who: a.ID, From: at.From}, "session.login", a.ID, "session "+sid)
	})
	if err != nil {
		return "", Identity{}, err
	}
	return raw, id, nil
}

// admit checks what else but the password a login needs.
func (u *Users) admit(a *account, code string, now time.Time) error {
	switch {
	case !a.Disabled.IsZero():
		return &RefusedError{Code: CodeDisabled, Reason: "the user is disabled; ask an administrator", Subject: a.ID}
	case a.MustChange && now.After(a.Until):
		return &RefusedError{Code: CodeExpired, Reason: "the one-time password was not used in time; ask an administrator for another one", Said: world.Refuse("password.late", "the one-time password was not used in time; ask an administrator for another one"), Subject: a.ID}
	case a.TOTP == "":
		return nil
	case clean(code) == "":
		return &RefusedError{Code: CodeNeedCode, Reason: "the code of the second factor is needed", Subject: a.ID}
	}
	return u.useCode(a, code, now)
}

// useCode uses a code of the second factor, or one of the recovery codes, up.
func (u *Users) useCode(a *account, code string, now time.Time) error {
	code = clean(code)
	if len(code) != totpDigits {
		if i := slices.Index(a.Recovery, digest(code)); i >= 0 {
			a.Recovery = slices.Delete(slices.Clone(a.Recovery), i, i+1)
			return nil
		}
		return &RefusedError{Code: CodeWrongCode, Reason: "the code is wrong", Subject: a.ID}
	}
	secret, err := u.seal.open(a.TOTP, a.ID)
	if err != nil {
		return err
	}
	step, ok := totpMatch(secret, code, now, a.Step)
	if !ok {
		return &RefusedError{Code: CodeWrongCode, Reason: "the code is wrong or was used already; wait for the next one", Subject: a.ID}
	}
	a.Step = step
	return nil
}

// ChangePassword sets the password of the user of a session, who knows the old
// one, and ends the other sessions.
func (u *Users) ChangePassword(ctx context.Context, id Identity, old, next, from string) error {
	if id.User == "" {
		return errNotAUser()
	}
	try, wait := u.lock.begin(id.User, from, u.now())
	if wait > 0 {
		return u.locked(id.User, wait)
	}
	_, hash := u.account(id.User)
	ok, err := u.hasher.verify(ctx, old, hash)
	if err != nil {
		u.lock.undo(try)
		return err
	}
	if !ok {
		return &RefusedError{Code: CodeWrong, Reason: "the old password is wrong", Said: world.Refuse("password.old", "the old password is wrong"), Subject: id.Token}
	}
	u.lock.undo(try) // wrong codes before it stay counted
	if err := checkPassword(next, id.User); err != nil {
		return err
	}
	if next == old {
		return refused(CodeWeak, world.Refuse("weak.same", "the new password is the old one"))
	}
	fresh, err := u.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	return u.change(func(b *book, now time.Time) error {
		a := b.byID(id.Token)
		if a == nil || a.Password != hash {
			return &RefusedError{Code: CodeWrong, Reason: "the password was changed meanwhile; log in again", Said: world.Refuse("password.meanwhile", "the password was changed meanwhile; log in again"), Subject: id.Token}
		}
		a.Password, a.Until, a.MustChange, a.Changed = fresh, time.Time{}, false, now
		b.end(a.ID, id.Session, EndPassword, now)
		return b.note(now, By{Who: a.ID, From: from}, "password.change", a.ID, "")
	})
}

func errNotAUser() error {
	return &RefusedError{Code: CodeNotAUser, Reason: "this is a token, not a user who is logged in"}
}

// BeginFactor begins to set up a second factor for the user of a session: it
// returns the secret as text and as what an authenticator reads from a picture. A
// user who has one shows a code of it.
func (u *Users) BeginFactor(id Identity, code, from string) (secret, uri string, err error) {
	if id.User == "" {
		return "", "", errNotAUser()
	}
	raw, err := newTOTP()
	if err != nil {
		return "", "", err
	}
	sealed, err := u.seal.close(raw, id.Token)
	if err != nil {
		return "", "", err
	}
	err = u.tried(id, from, func(b *book, now time.Time) error {
		a := b.byID(id.Token)
		if a == nil {
			return errNoUser(id.User)
		}
		if a.TOTP != "" {
			if clean(code) == "" {
				return refused(CodeNeedCode, world.Refuse("factor.there", "there is a second factor already; send a code of it to set up another one"))
			}
			if err := u.useCode(a, code, now); err != nil {
				return err
			}
		}
		a.Pending = sealed
		return nil
	})
	if err != nil {
		return "", "", err
	}
	return totpText(raw), totpURI(u.o.Issuer, id.User, raw), nil
}

// ConfirmFactor ends what BeginFactor began, with a code that shows that the
// authenticator has the secret. It returns codes for the day the phone is lost,
// each good once; this is the only time they can be read.
func (u *Users) ConfirmFactor(id Identity, code, from string) (recovery []string, err error) {
	if id.User == "" {
		return nil, errNotAUser()
	}
	codes, kept, err := newRecovery()
	if err != nil {
		return nil, err
	}
	err = u.tried(id, from, func(b *book, now time.Time) error {
		a := b.byID(id.Token)
		if a == nil || a.Pending == "" {
			return &RefusedError{Code: CodeNotStarted, Reason: "no second factor is being set up; begin with POST /api/me/totp"}
		}
		secret, err := u.seal.open(a.Pending, a.ID)
		if err != nil {
			return err
		}
		step, ok := totpMatch(secret, clean(code), now, 0)
		if !ok {
			return &RefusedError{Code: CodeWrongCode, Reason: "the code is wrong; are the clocks of the phone and the server right?"}
		}
		a.TOTP, a.Pending, a.Step, a.Recovery = a.Pending, "", step, kept
		return b.note(now, By{Who: a.ID, From: from}, "factor.enrol", a.ID, "")
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// tried changes the file where a code decides: wrong ones are counted as tries.
func (u *Users) tried(id Identity, from string, edit func(*book, time.Time) error) error {
	try, wait := u.lock.begin(id.User, from, u.now())
	if wait > 0 {
		return u.locked(id.User, wait)
	}
	err := u.change(edit)
	if CodeOf(err) != CodeWrongCode {
		u.lock.undo(try)
	}
	return err
}
