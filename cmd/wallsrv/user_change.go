package main

import (
	"cmp"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/auth"
)

// oneUser is a user by the login, on one server.
type oneUser struct {
	userPlace
	Login string `arg:"" help:"The user."`
}

// turn shuts the user out or lets the user in again, and prints what that means.
func (u oneUser) turn(k *kong.Context, out bool, said string) error {
	users, _, err := u.open()
	if err != nil {
		return err
	}
	if _, err := users.Change(operatorOf(), u.Login, auth.UserEdit{Disabled: &out}); err != nil {
		return err
	}
	fmt.Fprintln(k.Stdout, u.Login, said)
	return nil
}

type userDisableCmd struct{ oneUser }

// Help is shown by --help.
func (userDisableCmd) Help() string {
	return `Example:
  wallsrv user disable --config ioc.yaml mai`
}

// Run disables.
func (c *userDisableCmd) Run(k *kong.Context) error {
	return c.turn(k, true, "is shut out; a running server cuts the connections within two seconds")
}

type userEnableCmd struct{ oneUser }

// Help is shown by --help.
func (userEnableCmd) Help() string {
	return `Example:
  wallsrv user enable --config ioc.yaml mai`
}

// Run enables.
func (c *userEnableCmd) Run(k *kong.Context) error {
	return c.turn(k, false, "may log in again")
}

type userAreasCmd struct {
	userPlace
	Login string   `arg:"" help:"The user."`
	Area  []string `arg:"" optional:"" help:"AREA or AREA@FROM..UNTIL; either date may be left out, the last day is included."`
	All   bool     `help:"No bounds any more: the user sees everything."`
}

// Help is shown by --help.
func (userAreasCmd) Help() string {
	return `Examples:
  wallsrv user areas --config ioc.yaml dung vn/da-nang vn/da-nang/hoi-an@2026-09-01..2026-12-31
  wallsrv user areas --config ioc.yaml mai --all`
}

// Run sets the areas.
func (c *userAreasCmd) Run(k *kong.Context) error {
	if c.All == (len(c.Area) > 0) {
		return fmt.Errorf("name areas, or --all for everything")
	}
	users, known, err := c.open()
	if err != nil {
		return err
	}
	areas, err := terms(c.Area, known.area)
	if err != nil {
		return err
	}
	u, err := users.Change(operatorOf(), c.Login, auth.UserEdit{Areas: &areas})
	if err != nil {
		return err
	}
	fmt.Fprintf(k.Stdout, "%s sees %s\n", c.Login, termText(u.Areas))
	return nil
}

type userUnitCmd struct {
	userPlace
	Login string `arg:"" help:"The user."`
	Unit  string `arg:"" optional:"" help:"The agency, as in the configuration; none without it."`
}

// Help is shown by --help.
func (userUnitCmd) Help() string {
	return `The user's page shows that agency's reports, figures and deadlines; the areas
still bound what is seen.

Examples:
  wallsrv user unit --config ioc.yaml lan so-nnmt
  wallsrv user unit --config ioc.yaml lan`
}

// Run sets the agency.
func (c *userUnitCmd) Run(k *kong.Context) error {
	users, known, err := c.open()
	if err != nil {
		return err
	}
	if err := known.agency(c.Unit); err != nil {
		return err
	}
	if _, err := users.Change(operatorOf(), c.Login, auth.UserEdit{Unit: &c.Unit}); err != nil {
		return err
	}
	fmt.Fprintf(k.Stdout, "%s works for %s from the next login on\n", c.Login, cmp.Or(c.Unit, "no agency"))
	return nil
}

type userSessionsCmd struct {
	userPlace
	Login string `arg:"" optional:"" help:"The user; all users without one."`
}

// Help is shown by --help.
func (userSessionsCmd) Help() string {
	return `Examples:
  wallsrv user sessions --config ioc.yaml
  wallsrv user sessions --config ioc.yaml mai`
}

// Run lists the sessions.
func (c *userSessionsCmd) Run(k *kong.Context) error {
	users, _, err := c.open()
	if err != nil {
		return err
	}
	if c.Login != "" {
		if _, err := users.User(c.Login); err != nil {
			return err
		}
	}
	logins := map[string]string{}
	for _, u := range users.List() {
		logins[u.ID] = u.Login
	}
	w := tabwriter.NewWriter(k.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tLOGIN\tFROM\tBEGAN\tUSED\tENDS")
	for _, s := range users.Sessions(c.Login) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, logins[s.User], s.From, s.Created.Format(time.DateTime), s.Used.Format(time.DateTime), s.Expires.Format(time.DateTime))
	}
	return w.Flush()
}

type userRevokeCmd struct {
	userPlace
	Login   string `arg:"" help:"The user."`
	Session string `arg:"" optional:"" help:"The id of a session, as listed; all of the user's without one."`
}

// Help is shown by --help.
func (userRevokeCmd) Help() string {
	return `A running server cuts the connections within two seconds.

Examples:
  wallsrv user revoke --config ioc.yaml mai
  wallsrv user revoke --config ioc.yaml mai s0f3c9d21aa07be44`
}

// Run ends sessions.
func (c *userRevokeCmd) Run(k *kong.Context) error {
	users, _, err := c.open()
	if err != nil {
		return err
	}
	u, err := users.User(c.Login)
	if err != nil {
		return err
	}
	n, err := users.EndSession(operatorOf(), u.ID, c.Session)
	if err != nil {
		return err
	}
	fmt.Fprintf(k.Stdout, "%d sessions of %s ended\n", n, c.Login)
	return nil
}
