package wall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/recorder"
	"iocwall/server/world"
)

type logCmd struct {
	Screen int    `help:"This screen only." placeholder:"N"`
	At     string `help:"At this time: 09:42, 09:42:30, \"2026-11-22 09:42\" or RFC 3339; now if left out. An hour alone is today's, or yesterday's when it is later than now." placeholder:"TIME" xor:"time"`
	From   string `help:"From this time on; see --at." placeholder:"TIME" xor:"time"`
	To     string `help:"Up to this time; now if left out." placeholder:"TIME"`
	Limit  int    `help:"This many entries at most." default:"1000"`
}

// Help is shown by --help.
func (logCmd) Help() string {
	return `Times are Vietnam's (+07).

Examples:
  wallsrv wall log --screen 14 --at "09:42"
  wallsrv wall log --screen 14 --from 09:00 --to 10:00
  wallsrv wall log --from "2026-11-20 08:00" --to "2026-11-20 17:00" --json`
}

// Run asks the recorder.
func (l *logCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	q, err := l.query(time.Now())
	if err != nil {
		return err
	}
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	q.Set("wall", id)
	var a recorder.Answer
	raw, err := c.get(ctx, "/api/wall/log", q, &a)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(k.Stdout, raw)
	}
	if a.From == a.To {
		return tellInstant(k.Stdout, a)
	}
	return tellSpan(k.Stdout, a)
}

// query makes the question of the flags.
func (l *logCmd) query(now time.Time) (url.Values, error) {
	q := url.Values{"limit": {strconv.Itoa(l.Limit)}}
	if l.Screen != 0 {
		q.Set("screen", strconv.Itoa(l.Screen))
	}
	if l.To != "" && l.From == "" {
		return nil, errors.New("--to needs --from")
	}
	var from time.Time
	for _, x := range []struct{ key, text string }{{"at", l.At}, {"from", l.From}, {"to", l.To}} {
		if x.text == "" {
			continue
		}
		t, err := moment(x.text, now)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", x.key, err)
		}
		switch x.key {
		case "from":
			from = t
		case "to":
			if t.Before(from) && len(x.text) <= len(time.TimeOnly) { // an hour of the next day
				t = t.AddDate(0, 0, 1)
			}
		}
		q.Set(x.key, t.Format(time.RFC3339))
	}
	return q, nil
}

// moment reads a time as people write it in Vietnam. An hour alone is the last one
// up to now.
func moment(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	zone := vietnam()
	now = now.In(zone)
	for _, layout := range []string{"15:04", time.TimeOnly} {
		t, err := time.ParseInLocation(layout, text, zone)
		if err != nil {
			continue
		}
		t = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
		if t.After(now) {
			t = t.AddDate(0, 0, -1)
		}
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", time.DateTime, time.RFC3339, "2006-01-02T15:04", "02/01/2006 15:04", "02/01/2006 15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time; write 09:42, or a day as well as in \"2026-11-22 09:42\"", text)
}

// tellInstant tells what was on the screens at an instant.
func tellInstant(out io.Writer, a recorder.Answer) error {
	fmt.Fprintf(out, "%s on %s\n", inVietnam(a.From).Format("2006-01-02 15:04:05 -07"), whichScreen(a))
	if len(a.Entries) > 0 {
		w := listing(out, "SCREEN", "TILE", "SHOWED", "PUT THERE BY", "SINCE", "HOW FRESH")
		for _, e := range a.Entries {
			row(w, e.Screen, e.Tile, shows(e.Kind, e.Params), origin(e.Layer, e.From, e.By, e.Why), clock(e.Since, a.From), freshness(e, a.From))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		tellLocks(out, a)
	}
	return tellNote(out, a)
}

// tellSpan tells what was on the screens over a time.
func tellSpan(out io.Writer, a recorder.Answer) error {
	fmt.Fprintf(out, "%s to %s on %s\n", inVietnam(a.From).Format(time.DateTime), inVietnam(a.To).Format("2006-01-02 15:04:05 -07"), whichScreen(a))
	if len(a.Entries) > 0 {
		w := listing(out, "FROM", "UNTIL", "SCREEN", "TILE", "SHOWED", "PUT THERE BY", "BUT")
		for _, e := range a.Entries {
			left := "it stayed"
			if e.Until != 0 {
				left = clock(e.Until, a.From)
			}
			var but []string
			for _, x := range e.Lost {
				end := "the end"
				if x.Until != 0 {
					end = clock(x.Until, a.From)
				}
				but = append(but, fmt.Sprintf("%s lost from %s to %s", e.Node, clock(x.From, a.From), end))
			}
			if e.Late != "" {
				but = append(but, e.Late)
			}
			row(w, clock(e.At, a.From), left, e.Screen, e.Tile, shows(e.Kind, e.Params), origin(e.Layer, e.From, e.By, e.Why), strings.Join(but, "; "))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		tellLocks(out, a)
	}
	return tellNote(out, a)
}

func tellLocks(out io.Writer, a recorder.Answer) {
	told := map[string]bool{}
	for _, e := range a.Entries {
		if e.Lock != nil && !told[e.Tile] {
			told[e.Tile] = true
			fmt.Fprintf(out, "%s was locked by %s since %s%s\n", e.Tile, e.Lock.Name, clock(e.Lock.Since, a.From), note(e.Lock.Note))
		}
	}
}

func tellNote(out io.Writer, a recorder.Answer) error {
	var err error
	if a.Note != "" {
		_, err = fmt.Fprintln(out, a.Note)
	}
	if err == nil && a.Next != 0 {
		_, err = fmt.Fprintf(out, "there is more: go on with --from %q\n", inVietnam(a.Next).Format(time.DateTime))
	}
	return err
}

func whichScreen(a recorder.Answer) string {
	if a.Screen == 0 {
		return "the wall " + a.Wall
	}
	return fmt.Sprintf("screen %d of the wall %s", a.Screen, a.Wall)
}

// freshness says how fresh a tile was.
func freshness(e recorder.Entry, now world.Time) string {
	f := e.Fresh
	switch {
	case f == nil:
		return ""
	case f.State == recorder.Unknown:
		return "not known: " + f.Reason
	}
	text := f.State
	if f.Since != 0 {
		text += " since " + clock(f.Since, now)
	}
	return text + note(f.Reason)
}
