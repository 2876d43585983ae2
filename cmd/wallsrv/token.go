package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server"
	"iocwall/server/atomicfile"
	"iocwall/server/auth"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token and print it once."`
	List   tokenListCmd   `cmd:"" help:"List tokens; the tokens themselves are not kept and cannot be shown."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token; a running server cuts its connections within two seconds."`
}

// tokenPlace says which server's tokens are meant.
type tokenPlace struct{ place }

func (p tokenPlace) open() (*auth.Store, error) {
	data, _, err := p.data()
	if err != nil {
		return nil, err
	}
	return auth.Open(server.TokenFile(data))
}

type tokenAddCmd struct {
	tokenPlace
	Role string        `help:"One of administrator, operator, leader, unit, desk, analyst, approver, technician, auditor, node, provider." required:""`
	Name string        `help:"Whose it is; walls show the name." required:""`
	Area []string      `help:"Only this area and all below it; may be repeated." placeholder:"AREA"`
	TTL  time.Duration `help:"Time to live, as in 720h; without it the token has no end." name:"ttl"`
	Out  string        `help:"Write the token to this file, readable by this user only, instead of printing it." placeholder:"FILE"`
}

// Help is shown by --help.
func (tokenAddCmd) Help() string {
	return `Examples:
  wallsrv token add --config ioc.yaml --role operator --name "Trần Thị Mai"
  wallsrv token add --config ioc.yaml --role node --name pc-03 --out node.token
  wallsrv token add --config ioc.yaml --role unit --name "UBND Tam Kỳ" --area vn/quang-nam/tam-ky`
}

// Run makes a token.
func (c *tokenAddCmd) Run(k *kong.Context) error {
	role, err := auth.ParseRole(c.Role)
	if err != nil {
		return err
	}
	store, err := c.open()
	if err != nil {
		return err
	}
	raw, t, err := store.Add(auth.Spec{Name: c.Name, Role: role, Areas: c.Area, TTL: c.TTL})
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := atomicfile.Write(c.Out, []byte(raw+"\n"), 0o600); err != nil {
			return fmt.Errorf("the token %s was made but not written: %w; revoke it and try again", t.ID, err)
		}
		fmt.Fprintf(k.Stdout, "token %s written to %s\n", t.ID, c.Out)
		return nil
	}
	fmt.Fprintf(k.Stderr, "token %s for %s (%s); it is shown only now:\n", t.ID, t.Name, t.Role)
	fmt.Fprintln(k.Stdout, raw)
	return nil
}

type tokenListCmd struct{ tokenPlace }

// Help is shown by --help.
func (tokenListCmd) Help() string {
	return `Example:
  wallsrv token list --config ioc.yaml`
}

// Run lists.
func (c *tokenListCmd) Run(k *kong.Context) error {
	store, err := c.open()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(k.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tROLE\tAREAS\tMADE\tSTATE")
	for _, t := range store.List() {
		state := "good"
		switch {
		case !t.Revoked.IsZero():
			state = "revoked " + t.Revoked.Format(time.DateTime)
		case !t.Expires.IsZero() && time.Now().After(t.Expires):
			state = "expired " + t.Expires.Format(time.DateTime)
		case !t.Expires.IsZero():
			state = "good until " + t.Expires.Format(time.DateTime)
		}
		areas := strings.Join(t.Areas, " ")
		if areas == "" {
			areas = "all"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Role, areas, t.Created.Format(time.DateTime), state)
	}
	return w.Flush()
}

type tokenRevokeCmd struct {
	tokenPlace
	ID string `arg:"" help:"The token's id, as listed."`
}

// Help is shown by --help.
func (tokenRevokeCmd) Help() string {
	return `Example:
  wallsrv token revoke --config ioc.yaml 3f9c01ab7d`
}

// Run revokes.
func (c *tokenRevokeCmd) Run(k *kong.Context) error {
	store, err := c.open()
	if err != nil {
		return err
	}
	if err := store.Revoke(c.ID); err != nil {
		return err
	}
	fmt.Fprintf(k.Stdout, "token %s revoked\n", c.ID)
	return nil
}
