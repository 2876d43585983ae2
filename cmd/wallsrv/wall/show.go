package wall

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/scene"
	"iocwall/server/stage"
	"iocwall/server/world"
)

type listCmd struct{}

// Help is shown by --help.
func (listCmd) Help() string {
	return `Example:
  wallsrv wall list --server http://ioc.example.vn:8080 --token-file mai.token`
}

// Run lists.
func (listCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	var walls []stage.WallBrief
	raw, err := c.get(ctx, "/api/walls", nil, &walls)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(k.Stdout, raw)
	}
	w := listing(k.Stdout, "ID", "NAME", "SCREENS", "COMPUTERS", "SCENE", "SINCE", "BY", "POPUPS", "LOCKS")
	now := world.TimeOf(time.Now())
	for _, x := range walls {
		row(w, x.ID, x.Name, x.Screens, fmt.Sprintf("%d of %d", x.Up, x.Nodes), named(x.SceneName, x.Scene), clock(x.Since, now),
			who(x.By, x.Why), fmt.Sprintf("%d, %d waiting", x.Popups, x.Waiting), x.Locks)
	}
	return w.Flush()
}

type showCmd struct {
	ID string `arg:"" optional:"" name:"wall" help:"Id of the wall; the first one if left out."`
}

// Help is shown by --help.
func (showCmd) Help() string {
	return `Examples:
  wallsrv wall show
  wallsrv wall show main --json`
}

// Run shows.
func (s *showCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	if s.ID != "" {
		c.Wall = s.ID
	}
	v, raw, err := c.view(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(k.Stdout, raw)
	}
	return showWall(k.Stdout, v, world.TimeOf(time.Now()))
}

// showWall tells of a wall in words.
func showWall(out io.Writer, v stage.WallView, now world.Time) error {
	fmt.Fprintf(out, "%s: %d screens, %d of %d computers there\n", named(v.Name, v.ID), len(v.Wall.Screens), v.Up, v.Nodes)
	fmt.Fprintf(out, "scene    %s, since %s by %s", named(v.SceneName, v.Scene), clock(v.Since, now), who(v.By, v.Why))
	if v.Generation > 0 {
		fmt.Fprintf(out, "; switch %d, its computers %d ms apart", v.Generation, v.Skew)
	}
	fmt.Fprintln(out)
	if v.Test != "" {
		fmt.Fprintf(out, "TEST     a test picture is shown (%s); \"wallsrv wall %s --off\" ends it\n", v.Test, v.Test)
	}
	if v.Next != nil {
		fmt.Fprintf(out, "next     the scene %s is being prepared\n", v.Next.Scene)
	}
	for _, x := range v.On.Left {
		fmt.Fprintf(out, "left out %s: %s\n", x.Tile, x.Why)
	}
	fmt.Fprintln(out)
	w := listing(out, "TILE", "SCREENS", "SHOWS", "PUT THERE BY", "SINCE")
	for _, t := range v.On.Tiles {
		row(w, t.ID, numbers(screensOf(v.Wall, t.Tile)), shows(t.Kind, t.Params), origin(t.Layer, t.From, t.By, t.Why), clock(t.Since, now))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(v.Zones) > 0 {
		fmt.Fprintln(out)
		w = listing(out, "ZONE", "NAME", "HOLDS", "UNTIL")
		for _, z := range v.Zones {
			holds, until := "-", "-"
			if z.Popup != nil {
				holds, until = named(z.Popup.Title, z.Popup.ID), ends(*z.Popup, now)
			}
			row(w, z.ID, z.Name, holds, until)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for i, p := range v.Queue {
		fmt.Fprintf(out, "waiting  %d. %s, priority %d, since %s by %s\n", i+1, named(p.Title, p.ID), p.Priority, clock(p.Since, now), who(p.By, p.Why))
	}
	for _, l := range v.Locked {
		fmt.Fprintf(out, "locked   %s by %s since %s%s%s\n", l.Tile, l.Name, clock(l.Since, now), until(l.Until, now), note(l.Note))
	}
	for _, n := range v.Computers {
		if !n.Up {
			fmt.Fprintf(out, "absent   %s (screens %s)%s%s\n", n.Node.Node, numbers(n.Screens), since(n.Since, now), note(n.Reason))
		}
	}
	return nil
}

// table writes the head of a table.
func listing(out io.Writer, heads ...string) *tabwriter.Writer {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(heads, "\t"))
	return w
}

// row writes a row of a table, what is empty as a dash.
func row(w io.Writer, cells ...any) {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = dash(strings.Map(printable, fmt.Sprint(c)))
	}
	fmt.Fprintln(w, strings.Join(texts, "\t"))
}

// printable keeps what people wrote within its cell.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

// named writes a name with its id.
func named(name, id string) string {
	if name == "" || name == id {
		return id
	}
	return fmt.Sprintf("%s (%s)", name, id)
}

// who says who or what did something.
func who(by, why string) string {
	switch {
	case by == "":
		return dash(why)
	case why == "":
		return by
	}
	return by + ", " + why
}

// origin says what put a tile on a wall.
func origin(layer, from, by, why string) string {
	if layer == world.LayerScene {
		layer = ""
	}
	text := strings.TrimSpace(layer + " " + from)
	if by == "" && why == "" {
		return text
	}
	return strings.TrimSpace(who(by, why) + " (" + text + ")")
}

// shows says in a word or two what a tile shows.
func shows(kind string, params []world.Param) string {
	for _, key := range []string{kind, "title", "name", "cameras", "figure", "area", "alert", "text"} {
		for _, p := range params {
			if p.Key == key && p.Value != "" {
				value := []rune(strings.Map(printable, p.Value))
				if len(value) > 40 {
					value = append(value[:39], '…')
				}
				return kind + " " + string(value)
			}
		}
	}
	return kind
}

// screensOf returns the numbers of the screens that a tile lies on.
func screensOf(w world.WallDefined, t world.Tile) []int {
	var out []int
	for _, sc := range w.Screens {
		if scene.RectOfScreen(sc).Overlaps(scene.RectOf(t)) {
			out = append(out, sc.ID)
		}
	}
	return out
}

// numbers writes numbers with runs put together, as in "1-4, 9".
func numbers(ns []int) string {
	ns = slices.Sorted(slices.Values(ns))
	var parts []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		switch j - i {
		case 0:
			parts = append(parts, fmt.Sprint(ns[i]))
		case 1:
			parts = append(parts, fmt.Sprint(ns[i]), fmt.Sprint(ns[j]))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", ns[i], ns[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

func ends(p world.Popup, now world.Time) string {
	switch {
	case p.Limit > 0:
		return clock(p.Since+world.Time(p.Limit), now)
	case p.Alert != "":
		return "the alert is over"
	}
	return "it is closed"
}

func until(t, now world.Time) string {
	if t == 0 {
		return ""
	}
	return " until " + clock(t, now)
}

func since(t, now world.Time) string {
	if t == 0 {
		return ", never there"
	}
	return ", since " + clock(t, now)
}

func note(s string) string {
	if s == "" {
		return ""
	}
	return ": " + strings.Map(printable, s)
}

type nodesCmd struct{}

// Help is shown by --help.
func (nodesCmd) Help() string {
	return `Example:
  wallsrv wall nodes`
}

// Run lists the computers.
func (nodesCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return encodeJSON(k.Stdout, v.Computers)
	}
	now := world.TimeOf(time.Now())
	w := listing(k.Stdout, "COMPUTER", "SCREENS", "STATE", "SINCE", "VERSION", "MEMORY", "CPU", "MONITORS")
	for _, n := range v.Computers {
		state := "there"
		switch {
		case n.Since == 0:
			state = "never there"
		case !n.Up:
			state = "LOST"
		}
		memory, cpu := "", ""
		if n.Memory > 0 {
			memory, cpu = fmt.Sprintf("%d MB", n.Memory>>20), fmt.Sprintf("%.0f %%", n.CPU*100)
		}
		var monitors []string
		for _, m := range n.Monitors {
			monitors = append(monitors, fmt.Sprintf("%s %dx%d", m.Output, m.PxW, m.PxH))
		}
		row(w, n.Node.Node, numbers(n.Screens), state, clock(n.Since, now), n.Version, memory, cpu, strings.Join(monitors, ", "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, n := range v.Computers {
		if !n.Up && n.Reason != "" {
			fmt.Fprintf(k.Stdout, "%s: %s\n", n.Node.Node, n.Reason)
		}
		for _, p := range n.Problems {
			fmt.Fprintf(k.Stdout, "%s: %s\n", n.Node.Node, p)
		}
	}
	return nil
}
