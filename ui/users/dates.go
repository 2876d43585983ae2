package users

import (
	"fmt"
	"strings"
	"time"
)

// Days are those of Vietnam, whatever zone this computer is in.
func (p *Page) zone() *time.Location { return p.desk.Env().Lang.Zone }

// day reads a day as people write it, 31/12/2026 or 2026-12-31, and returns it as the
// doors take it; "" for no bound.
func day(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	for _, form := range []string{time.DateOnly, "2/1/2006", "2-1-2006", "2.1.2006"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("users: %q is no day", text)
}

// firstDay and lastDay write the bounds of a grant as days: the last is the one that
// is included.
func (p *Page) firstDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(p.zone()).Format("02/01/2006")
}

func (p *Page) lastDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.firstDay(t.Add(-time.Nanosecond))
}
