package wall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/act"
	"iocwall/server/dial"
	"iocwall/server/world"
)

type screenshotCmd struct {
	Out    string `help:"File to write; - for the standard output." short:"o" required:"" placeholder:"FILE"`
	Screen int    `help:"This screen only, pixel by pixel." placeholder:"N"`
	Width  int    `help:"Width of the picture in pixels." placeholder:"PX"`
}

// Help is shown by --help.
func (screenshotCmd) Help() string {
	return `The picture is read back from the screens of the computers. What a computer does not send is drawn as missing and named.

Examples:
  wallsrv wall screenshot -o tuong.png
  wallsrv wall screenshot -o man-14.png --screen 14`
}

// Run saves the picture.
func (s *screenshotCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	q := url.Values{"wall": {id}}
	if s.Screen != 0 {
		q.Set("screen", strconv.Itoa(s.Screen))
	}
	if s.Width != 0 {
		q.Set("width", strconv.Itoa(s.Width))
	}
	status, header, png, err := c.ask(ctx, http.MethodGet, "/api/wall/screenshot.png", q, nil)
	if err != nil {
		return err
	}
	if err := refusal(status, png); err != nil {
		return err
	}
	if s.Out == "-" {
		_, err := k.Stdout.Write(png)
		return err
	}
	if err := os.WriteFile(s.Out, png, 0o644); err != nil { //nolint:gosec // a picture for whoever may read the folder
		return err
	}
	fmt.Fprintf(k.Stdout, "%s: %d kB\n", s.Out, (len(png)+1023)/1024)
	if missing := header.Get("X-Missing"); missing != "" {
		fmt.Fprintln(k.Stdout, "missing:", missing)
	}
	return nil
}

type enrolCmd struct {
	Node string `arg:"" help:"Name of the computer, as in pc-03."`
}

// Help is shown by --help.
func (enrolCmd) Help() string {
	return `The code is good once, for 15 minutes. The token the computer had before ends when the new one is taken.

Example:
  wallsrv wall enrol pc-03
  # then, at the computer:  wall node --name pc-03 --code ABCD-EFGH-JK --server ws://ioc.example.vn:8080/feed`
}

// Run makes the code.
func (e *enrolCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	status, _, raw, err := c.ask(ctx, http.MethodPost, "/api/nodes/codes", nil, map[string]string{"node": e.Node})
	if err != nil {
		return err
	}
	if err := refusal(status, raw); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(k.Stdout, raw)
	}
	var made struct {
		Code    string
		Expires time.Time
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		return fmt.Errorf("the server's answer cannot be read: %w", err)
	}
	u, err := dial.Base(c.Server)
	if err != nil {
		return err
	}
	u.Scheme, u.Path = map[string]string{"http": "ws", "https": "wss"}[u.Scheme], "/feed"
	fmt.Fprintf(k.Stderr, "one-time code for %s, good until %s; at the computer run:\n  wall node --name %s --code %s --server %s\n",
		e.Node, made.Expires.In(vietnam()).Format(time.TimeOnly), e.Node, made.Code, u)
	fmt.Fprintln(k.Stdout, made.Code)
	return nil
}

type mapCmd struct {
	Screen int    `help:"Number of the screen; \"wallsrv wall identify\" shows it." required:"" placeholder:"N"`
	Node   string `help:"Computer that drives it; empty for none." required:"" placeholder:"NAME"`
	Output string `help:"Its output, as in HDMI-2; \"wallsrv wall nodes\" lists what it reports." placeholder:"NAME"`
	Spare  *bool  `help:"Whether the screen takes important tiles of a computer that is lost." negatable:""`
}

// Help is shown by --help.
func (mapCmd) Help() string {
	return `Example:
  wallsrv wall map --screen 14 --node pc-05 --output HDMI-2`
}

// Run changes the wall.
func (m *mapCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	w := v.Wall
	w.Screens = slices.Clone(w.Screens)
	i := slices.IndexFunc(w.Screens, func(sc world.Screen) bool { return sc.ID == m.Screen })
	if i < 0 {
		return fmt.Errorf("the wall %s has no screen %d; it has %d screens", w.ID, m.Screen, len(w.Screens))
	}
	if m.Node == "" && m.Output != "" {
		return errors.New("--output needs the computer that it belongs to: --node")
	}
	sc := &w.Screens[i]
	sc.Node, sc.Output = m.Node, m.Output
	if m.Spare != nil {
		sc.Spare = *m.Spare
	}
	done := fmt.Sprintf("screen %d of the wall %s is driven by %s", m.Screen, w.ID, dash(m.Node))
	if m.Output != "" {
		done += " at " + m.Output
	}
	return c.do(ctx, k, act.SaveWall{Wall: w}, done)
}
