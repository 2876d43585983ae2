package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server"
	"iocwall/server/atomicfile"
	"iocwall/server/auth"
	"iocwall/server/logins"
	"iocwall/server/strict"
)

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Make a user and print the one-time password once."`
	List     userListCmd     `cmd:"" help:"List users."`
	Reset    userResetCmd    `cmd:"" help:"Give a user a new one-time password; all sessions end."`
	Disable  userDisableCmd  `cmd:"" help:"Shut a user out; all sessions end."`
	Enable   userEnableCmd   `cmd:"" help:"Let a user in again."`
	Areas    userAreasCmd    `cmd:"" help:"Set the areas of a user, with dates; all sessions end."`
	Unit     userUnitCmd     `cmd:"" help:"Say which agency a user works for."`
	Sessions userSessionsCmd `cmd:"" help:"List the sessions of a user, or of all."`
	Revoke   userRevokeCmd   `cmd:"" help:"End the sessions of a user, or one of them."`
}

// userPlace says which server's users are meant.
type userPlace struct{ place }

// known says whether there is an area and an agency of an id.
type known struct{ area, agency func(id string) error }

// open returns the users, and what areas and agencies there are; without a
// configuration all there can be are.
func (p userPlace) open() (*auth.Users, known, error) {
	data, config, err := p.data()
	if err != nil {
		return nil, known{}, err
	}
	all := func(string) error { return nil }
	o, is := auth.UsersOptions{Path: server.UsersFile(data)}, known{all, all}
	if config != nil {
		o.Session, o.Idle = config.Auth.Session, config.Auth.Idle
		is = known{func(id string) error { return knownArea(config, id) }, func(id string) error { return knownAgency(config, id) }}
	}
	users, err := auth.OpenUsers(o)
	return users, is, err
}

func knownAgency(config *server.Config, id string) error {
	var all []string
	for _, a := range config.Agencies {
		all = append(all, a.ID)
	}
	if id == "" {
		return nil
	}
	return among("agency", id, all)
}

func knownArea(config *server.Config, area string) error {
	set, problems := config.AreaSet()
	if len(problems) > 0 {
		return strict.Error(problems)
	}
	var all []string
	for _, a := range set.Areas {
		all = append(all, a.ID)
	}
	return among("area", area, all)
}

// among says that there is nothing of an id, and which one may be meant.
func among(what, id string, all []string) error {
	if !slices.Contains(all, id) {
		return fmt.Errorf("no %s %q; %s", what, id, strict.Nearest(id, all))
	}
	return nil
}

// operatorOf is who works at the command line, for the history.
func operatorOf() auth.By {
	by := auth.By{Who: "cli"}
	if u, err := user.Current(); err == nil {
		by.From = "user " + u.Username + " of this computer"
	}
	return by
}

// terms reads AREA, AREA@FROM..UNTIL, AREA@FROM.. and AREA@..UNTIL.
func terms(in []string, known func(string) error) ([]auth.Term, error) {
	out := make([]auth.Term, 0, len(in))
	for _, text := range in {
		area, span, dated := strings.Cut(text, "@")
		from, until, ok := strings.Cut(span, "..")
		if dated && !ok {
			return nil, fmt.Errorf("%q has no dates; write vn/da-nang@2026-09-01..2026-12-31, either date may be left out", text)
		}
		t := auth.Term{Area: area}
		var err1, err2 error
		t.From, err1 = logins.Moment(from, false)
		t.Until, err2 = logins.Moment(until, true)
		if err := errors.Join(err1, err2, known(area)); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// show prints a one-time password: to a file, or once to the terminal.
func show(k *kong.Context, out, login, password string) error {
	if out != "" {
		if err := atomicfile.Write(out, []byte(password+"\n"), 0o600); err != nil {
			return fmt.Errorf("the password was made but not written: %w; make another one with \"wallsrv user reset %s\"", err, login)
		}
		fmt.Fprintf(k.Stdout, "the one-time password of %s is in %s\n", login, out)
		return nil
	}
	fmt.Fprintf(k.Stderr, "one-time password of %s, good for 7 days; it is shown only now and must be changed at the first login:\n", login)
	fmt.Fprintln(k.Stdout, password)
	return nil
}

type userAddCmd struct {
	userPlace
	Login string   `arg:"" help:"Small letters, digits, dots and dashes."`
	Name  string   `help:"The person's name; walls show it." required:""`
	Role  string   `help:"One of administrator, operator, leader, unit, desk, analyst, approver, technician, auditor." required:""`
	Area  []string `help:"Only this area and all below it, AREA or AREA@FROM..UNTIL; may be repeated." placeholder:"AREA" sep:"none"`
	Unit  string   `help:"The agency the person works for, where that is not the one of the area." placeholder:"AGENCY"`
	Out   string   `help:"Write the password to this file, readable by this user only, instead of printing it." placeholder:"FILE"`
}

// Help is shown by --help.
func (userAddCmd) Help() string {
	return `Administrators and leaders set up a second factor at their first login.

Examples:
  wallsrv user add --config ioc.yaml mai --role operator --name "Trần Thị Mai"
  wallsrv user add --config ioc.yaml dung --role unit --name "UBND Tam Kỳ" --area vn/quang-nam/tam-ky
  wallsrv user add --config ioc.yaml lan --role unit --name "Sở NN&MT" --area vn/da-nang --unit so-nnmt
  wallsrv user add --config ioc.yaml bao --role unit --name "Trực bão" --area vn/da-nang@2026-09-01..2026-12-31`
}

// Run makes a user.
func (c *userAddCmd) Run(ctx context.Context, k *kong.Context) error {
	users, known, err := c.open()
	if err != nil {
		return err
	}
	areas, err := terms(c.Area, known.area)
	if err := errors.Join(err, known.agency(c.Unit)); err != nil {
		return err
	}
	password, _, err := users.Add(ctx, operatorOf(), auth.UserSpec{Login: c.Login, Name: c.Name, Role: auth.Role(c.Role), Areas: areas, Unit: c.Unit})
	if err != nil {
		return err
	}
	return show(k, c.Out, c.Login, password)
}

type userListCmd struct{ userPlace }

// Help is shown by --help.
func (userListCmd) Help() string {
	return `Example:
  wallsrv user list --config ioc.yaml`
}

// Run lists.
func (c *userListCmd) Run(k *kong.Context) error {
	users, _, err := c.open()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(k.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tNAME\tROLE\tAREAS\tUNIT\tSECOND FACTOR\tLAST LOGIN\tSESSIONS\tSTATE")
	for _, u := range users.List() {
		state := "good"
		switch {
		case !u.Disabled.IsZero():
			state = "disabled " + u.Disabled.Format(time.DateTime)
		case u.MustChange:
			state = "has a one-time password"
		}
		seen := "never"
		if !u.Seen.IsZero() {
			seen = u.Seen.Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", u.Login, u.Name, u.Role, termText(u.Areas), cmp.Or(u.Unit, "-"), u.Factor, seen, len(users.Sessions(u.Login)), state)
	}
	return w.Flush()
}

// termText is areas as they are written, with times where they are no whole days.
func termText(terms []auth.Term) string {
	if len(terms) == 0 {
		return "all"
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	var out []string
	for _, t := range terms {
		text := t.Area
		if !t.From.IsZero() || !t.Until.IsZero() {
			text += "@" + at(t.From) + ".." + at(t.Until)
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

type userResetCmd struct {
	userPlace
	Login  string `arg:"" help:"The user."`
	Factor bool   `help:"Take the second factor away as well: for a lost phone."`
	Out    string `help:"Write the password to this file, readable by this user only, instead of printing it." placeholder:"FILE"`
}

// Help is shown by --help.
func (userResetCmd) Help() string {
	return `Examples:
  wallsrv user reset --config ioc.yaml mai
  wallsrv user reset --config ioc.yaml --factor admin`
}

// Run resets.
func (c *userResetCmd) Run(ctx context.Context, k *kong.Context) error {
	users, _, err := c.open()
	if err != nil {
		return err
	}
	password, err := users.Reset(ctx, operatorOf(), c.Login, c.Factor)
	if err != nil {
		return err
	}
	return show(k, c.Out, c.Login, password)
}
