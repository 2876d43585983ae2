package auth

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/server/world"
)

// UsersOptions say where users are kept and how long they stay logged in.
type UsersOptions struct {
	// Path is the file, shared by the server and the command line. The key of the
	// second factors lies beside it, with the ending ".key".
	Path string
	// Session is how long a session lasts, Idle how long without any use; zero
	// means 12 and 2 hours.
	Session, Idle time.Duration
	// Cost is that of hashing; zero means DefaultCost.
	Cost Cost
	// Issuer is what authenticators call the centre; empty means "IOC Wall".
	Issuer string
}

// oneTimeLife is how long a password that somebody else gave may wait for its
// first use.
const oneTimeLife = 7 * 24 * time.Hour

// Users are the people of the centre, with their sessions, in one file. Its
// methods are safe for concurrent use, also by several processes.
type Users struct {
	o      UsersOptions
	now    func() time.Time
	hasher *hasher
	lock   *lockout
	seal   seal

	mu   sync.Mutex
	file sharedFile[book]
	book book
	used map[string]time.Time // by session; what the file does not know yet
}

// book is what is in the file.
type book struct {
	Users    []account `json:"users"`
	Sessions []Session `json:"sessions,omitempty"`
	Notes    []Note    `json:"notes,omitempty"`
}

func (b *book) byID(id string) *account {
	return b.find(func(a *account) bool { return a.ID == id })
}

func (b *book) byLogin(login string) *account {
	return b.find(func(a *account) bool { return a.Login == login })
}

func (b *book) find(is func(*account) bool) *account {
	for i := range b.Users {
		if is(&b.Users[i]) {
			return &b.Users[i]
		}
	}
	return nil
}

// note adds a change for the history to what changes the file.
func (b *book) note(now time.Time, by By, act, user, text string) error {
	id, err := newID("", 8)
	if err != nil {
		return err
	}
	b.Notes = append(b.Notes, Note{ID: id, At: now, Who: by.Who, Act: act, Object: user, Text: text, From: by.From})
	return nil
}

// OpenUsers returns the users in the file, which need not exist yet. A file that
// cannot be read is an error: nobody would be shut out any more.
func OpenUsers(o UsersOptions) (*Users, error) {
	if o.Session <= 0 {
		o.Session = 12 * time.Hour
	}
	if o.Idle <= 0 {
		o.Idle = 2 * time.Hour
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost()
	}
	if o.Issuer == "" {
		o.Issuer = "IOC Wall"
	}
	h, err := newHasher(o.Cost)
	if err != nil {
		return nil, err
	}
	u := &Users{
		o: o, now: time.Now, hasher: h, lock: newLockout(), seal: seal{strings.TrimSuffix(o.Path, ".json") + ".key"}, used: map[string]time.Time{},
		file: sharedFile[book]{path: o.Path, what: "users", fix: "remove it to begin anew without users"},
	}
	if err := u.Reload(); err != nil {
		return nil, err
	}
	return u, nil
}

// Reload reads the file again if it changed.
func (u *Users) Reload() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.reload()
}

func (u *Users) reload() error {
	b, changed, err := u.file.read()
	if err == nil && changed {
		u.take(b)
	}
	return err
}

// take makes what is in the file what holds.
func (u *Users) take(b book) {
	u.book = b
	for id := range u.used {
		if !slices.ContainsFunc(b.Sessions, func(s Session) bool { return s.ID == id }) {
			delete(u.used, id)
		}
	}
}

// change rewrites the file under a lock that other processes respect. What edit
// is given is a copy, but what lies behind pointers and in lists of lists is
// replaced and never changed.
func (u *Users) change(edit func(b *book, now time.Time) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	next, err := u.file.change(func() (book, error) {
		if err := u.reload(); err != nil {
			return book{}, err
		}
		b := book{Users: slices.Clone(u.book.Users), Sessions: slices.Clone(u.book.Sessions), Notes: slices.Clone(u.book.Notes)}
		err := edit(&b, u.now().UTC().Truncate(time.Millisecond))
		return b, err
	})
	if err == nil {
		u.take(next)
	}
	return err
}

// Empty reports whether there are no users at all.
func (u *Users) Empty() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.book.Users) == 0
}

// List returns all users in the order they were made.
func (u *Users) List() []User {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make([]User, 0, len(u.book.Users))
	for i := range u.book.Users {
		out = append(out, u.book.Users[i].view())
	}
	return out
}

// User returns the user with the login.
func (u *Users) User(login string) (User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if a := u.book.byLogin(login); a != nil {
		return a.view(), nil
	}
	return User{}, errNoUser(login)
}

// First makes the user of a centre that has none, an administrator, and returns
// the one-time password; made is false when there is somebody.
func (u *Users) First(ctx context.Context, login, name string) (password string, made bool, err error) {
	if !u.Empty() {
		return "", false, nil
	}
	password, _, err = u.add(ctx, By{Who: "server"}, UserSpec{Login: login, Name: name, Role: Administrator}, true)
	if CodeOf(err) == CodeTaken {
		return "", false, nil
	}
	return password, err == nil, err
}

// Add makes a user and returns the one-time password; this is the only time it
// can be read.
func (u *Users) Add(ctx context.Context, by By, s UserSpec) (password string, made User, err error) {
	return u.add(ctx, by, s, false)
}

func (u *Users) add(ctx context.Context, by By, s UserSpec, first bool) (password string, made User, err error) {
	s.Name = strings.TrimSpace(s.Name)
	if err := s.check(); err != nil {
		return "", User{}, err
	}
	password, hash, err := u.oneTime(ctx)
	if err != nil {
		return "", User{}, err
	}
	id, err := newID("u", 5)
	if err != nil {
		return "", User{}, err
	}
	err = u.change(func(b *book, now time.Time) error {
		if b.byLogin(s.Login) != nil || first && len(b.Users) > 0 {
			return refused(CodeTaken, world.Refuse("user.taken", "there is a user \"{login}\" already", "login", s.Login))
		}
		a := account{User: User{ID: id, Login: s.Login, Name: s.Name, Role: s.Role, Areas: slices.Clone(s.Areas), Unit: s.Unit, MustChange: true, Created: now}, Password: hash, Until: now.Add(oneTimeLife)}
		b.Users = append(b.Users, a)
		made = a.view()
		return b.note(now, by, "user.create", id, s.describe())
	})
	if err != nil {
		return "", User{}, err
	}
	return password, made, nil
}

// oneTime returns a password of 80 random bits that can be read aloud, and its
// hash.
func (u *Users) oneTime(ctx context.Context) (password, hash string, err error) {
	if password, err = readable(4); err != nil {
		return "", "", err
	}
	password = strings.ToLower(password)
	hash, err = u.hasher.hash(ctx, password)
	return password, hash, err
}

// Change changes a user. Who is disabled or gets another role or other areas is
// logged out everywhere.
func (u *Users) Change(by By, login string, e UserEdit) (changed User, err error) {
	err = u.change(func(b *book, now time.Time) error {
		a := b.byLogin(login)
		if a == nil {
			return errNoUser(login)
		}
		s := UserSpec{Login: a.Login, Name: a.Name, Role: a.Role, Areas: a.Areas, Unit: a.Unit}
		if e.Name != nil {
			s.Name = strings.TrimSpace(*e.Name)
		}
		if e.Role != nil {
			s.Role = *e.Role
		}
		if e.Areas != nil {
			s.Areas = slices.Clone(*e.Areas)
		}
		if e.Unit != nil {
			s.Unit = *e.Unit
		}
		if err := s.check(); err != nil {
			return err
		}
		if err := a.change(b, by, s, e.Disabled, now); err != nil {
			return err
		}
		changed = a.view()
		return nil
	})
	return changed, err
}

func sameTerm(a, b Term) bool {
	return a.Area == b.Area && a.From.Equal(b.From) && a.Until.Equal(b.Until)
}

// governs reports whether the user is an administrator of the whole centre.
func (a *account) governs() bool {
	return a.Role == Administrator && a.Disabled.IsZero() && len(a.Areas) == 0
}

// change makes the user what s says, ends what must end and notes it.
func (a *account) change(b *book, by By, s UserSpec, disabled *bool, now time.Time) error {
	rights := a.Role != s.Role || !slices.EqualFunc(a.Areas, s.Areas, sameTerm)
	named, moved := a.Name != s.Name, a.Unit != s.Unit
	admin := a.governs()
	a.Name, a.Role, a.Areas, a.Unit = s.Name, s.Role, s.Areas, s.Unit
	off := !a.Disabled.IsZero()
	turned := disabled != nil && *disabled != off
	if turned && !off {
		a.Disabled = now
	} else if turned {
		a.Disabled = time.Time{}
	}
	if admin && !slices.ContainsFunc(b.Users, func(x account) bool { return x.governs() }) {
		return &RefusedError{Code: CodeLast, Reason: "the centre would have no administrator; make another one first"}
	}
	var err error
	if rights {
		b.end(a.ID, "", EndRights, now)
		err = b.note(now, by, "user.change", a.ID, s.describe())
	}
	if named && err == nil {
		err = b.note(now, by, "user.change", a.ID, "name")
	}
	if moved && !rights && err == nil {
		err = b.note(now, by, "user.change", a.ID, "unit "+s.Unit)
	}
	switch {
	case err != nil || !turned:
	case off:
		err = b.note(now, by, "user.enable", a.ID, "")
	default:
		b.end(a.ID, "", EndDisabled, now)
		err = b.note(now, by, "user.disable", a.ID, "")
	}
	return err
}

// Reset gives a user a new one-time password, logs the user out everywhere and,
// if factor is true, takes the second factor away: for a lost phone.
func (u *Users) Reset(ctx context.Context, by By, login string, factor bool) (password string, err error) {
	if _, err := u.User(login); err != nil {
		return "", err
	}
	password, hash, err := u.oneTime(ctx)
	if err != nil {
		return "", err
	}
	err = u.change(func(b *book, now time.Time) error {
		a := b.byLogin(login)
		if a == nil {
			return errNoUser(login)
		}
		a.Password, a.Until, a.MustChange = hash, now.Add(oneTimeLife), true
		text := "password"
		if factor {
			a.TOTP, a.Pending, a.Step, a.Recovery = "", "", 0, nil
			text = "password and second factor"
		}
		b.end(a.ID, "", EndPassword, now)
		return b.note(now, by, "user.reset", a.ID, text)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// Drain hands the changes that are not in the history yet to write, the oldest
// first, and forgets them once write returned nil. What a crash interrupts is
// handed over again.
func (u *Users) Drain(write func([]Note) error) error {
	u.mu.Lock()
	notes := slices.Clone(u.book.Notes)
	u.mu.Unlock()
	if len(notes) == 0 {
		return nil
	}
	if err := write(notes); err != nil {
		return err
	}
	return u.change(func(b *book, _ time.Time) error {
		b.Notes = slices.DeleteFunc(b.Notes, func(n Note) bool {
			return slices.ContainsFunc(notes, func(w Note) bool { return w.ID == n.ID })
		})
		return nil
	})
}
