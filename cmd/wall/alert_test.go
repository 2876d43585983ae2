//go:build xvfb

package main_test

import (
	"encoding/json"
	"fmt"
	"image"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"iocwall/server/journal"
	"iocwall/server/world"
	"iocwall/ui/look"
)

// oneStation is a wall of one screen with the alerts beside a clock, and a river
// gauge with one rule.
const oneStation = `
rules: rules.yaml
stations:
  - {id: cau-lau, name: Câu Lâu, what: level, pos: [108.287, 15.858], area: vn/da-nang-2025}
wall: {id: main, name: Tường thử, columns: 1, rows: 1, nodes: [1]}
scenes:
  - id: canh-bao
    name: Cảnh báo
    tiles:
      - {id: alerts, kind: alerts, at: "1", cell: "2x1:1"}
      - {id: clock, kind: clock, at: "1", cell: "2x1:2"}
`

const floodRule = `rules:
  - id: lu
    on: station
    where: what == "level"
    value: reading("level")
    when: value >= 4
    severity: critical
    title: "Lũ {{name}} {{value|vi 2}} m"
    instruction: [Báo Ban Chỉ huy phòng thủ dân sự]
`

// TestAcknowledgeFromTheWall brings a reading in through the API, sees the alert
// of its rule on the screen, is refused where there is no right, takes it by the
// key X in the window, and finds all of it in the history.
func TestAcknowledgeFromTheWall(t *testing.T) {
	s := newSite(t, nil, oneStation)
	s.write("rules.yaml", floodRule)
	mai, gauge := s.token("operator", "Trần Thị Mai"), s.token("provider", "Trạm Câu Lâu")
	leader := s.token("leader", "Lãnh đạo")
	unit := s.token("unit", "UBND xã", "--area", "vn/da-nang-2025")
	s.serve()
	d := newDisplay(t, 1600, 900)
	wall := s.wall(d, mai, "mosaic", "--markers")
	both := []*program{wall, s.server}
	var alerts image.Rectangle
	eventually(t, stateGuard, "the wall shows its scene", both, func() string {
		img := d.screen()
		a, ok := marker(img, "alerts")
		c, ok2 := marker(img, "clock")
		if !ok || !ok2 {
			return "the tiles are not on the screen"
		}
		alerts = image.Rect(a.X, a.Y, c.X, a.Y+300)
		return ""
	})
	theme := look.Dark()
	if n := near(d.screen(), theme.CriticalFill) + near(d.grab(alerts), theme.Critical); n != 0 {
		t.Fatalf("without an alert %.2f %% of the screen have the colour of a critical one", 100*n)
	}

	reading := []map[string]any{{"time": time.Now().UnixMilli(), "kind": "station.reading", "body": map[string]any{"station": "cau-lau", "quantity": "level", "value": 4.12, "unit": "m"}}}
	if status, body := s.api("POST", "/api/observations", gauge, reading); status != http.StatusOK {
		t.Fatalf("the reading was not taken: %d %s", status, body)
	}
	var alert world.Alert
	eventually(t, stateGuard, "the rule raises an alert", both, func() string {
		all, complaint := list[world.Alert](s, mai, world.KindAlert)
		if len(all) != 1 {
			return fmt.Sprintf("%d alerts %s", len(all), complaint)
		}
		alert = all[0]
		return ""
	})
	if alert.Severity != world.Critical || alert.Title != "Lũ Câu Lâu 4,12 m" || alert.Taken != 0 {
		t.Errorf("the alert is %+v", alert)
	}
	eventually(t, stateGuard, "the screen shows a critical alert, and a button to take it", both, func() string {
		switch {
		case near(d.grab(alerts), theme.Critical) == 0:
			return "no critical sign on the tile of alerts"
		case near(d.screen(), theme.CriticalFill) < 0.0005:
			return "no critical plate on the desk"
		case near(d.screen(), theme.Focus) < 0.002:
			return "no button"
		}
		return ""
	})

	command := map[string]any{"id": "c-1", "act": "alert.acknowledge", "args": map[string]any{"alert": alert.ID}}
	for who, c := range map[string]struct {
		t      token
		status int
	}{
		"a leader": {leader, http.StatusConflict}, "a unit": {unit, http.StatusConflict},
		"a provider": {gauge, http.StatusForbidden}, "nobody": {token{}, http.StatusUnauthorized},
		"a stranger": {token{raw: strings.Repeat("0", len(mai.raw))}, http.StatusUnauthorized},
	} {
		status, body := s.api("POST", "/api/commands", c.t, command)
		if status != c.status || !saysWhy(body) {
			t.Errorf("%s acknowledges: %d %s, want %d and a reason", who, status, body, c.status)
		}
	}
	if all, _ := list[world.Alert](s, mai, world.KindAlert); len(all) != 1 || all[0].Taken != 0 {
		t.Fatalf("a refused command changed the alert: %+v", all)
	}

	pressed := time.Now()
	d.press('x')
	eventually(t, stateGuard, "the alert is taken", both, func() string {
		all, complaint := list[world.Alert](s, leader, world.KindAlert)
		if len(all) != 1 || all[0].Taken == 0 {
			return fmt.Sprintf("%+v %s", all, complaint)
		}
		alert = all[0]
		return ""
	})
	if alert.Taker != "Trần Thị Mai" || alert.TakenBy != mai.id {
		t.Errorf("taken by %q (%s), want Trần Thị Mai (%s)", alert.Taker, alert.TakenBy, mai.id)
	}
	if at := alert.Taken.Std(); at.Before(pressed.Add(-time.Second)) || at.After(time.Now().Add(time.Second)) {
		t.Errorf("taken at %v, the key was pressed at %v", at, pressed)
	}
	eventually(t, stateGuard, "the button is gone from the screen", both, func() string {
		if n := near(d.screen(), theme.Focus); n > 0.0005 {
			return fmt.Sprintf("%.2f %% have its colour", 100*n)
		}
		return ""
	})
	leaves(t, wall)
	leaves(t, s.server)
	inHistory(t, s, alert, mai, leader, unit)
}

// saysWhy reports whether an answer holds a reason.
func saysWhy(body string) bool {
	var a struct{ Error, Reason string }
	return json.Unmarshal([]byte(body), &a) == nil && len(a.Error+a.Reason) > 10
}

// inHistory holds that the journal has the acknowledgement once, and an audit
// event for each refusal of somebody known.
func inHistory(t *testing.T, s *site, alert world.Alert, taker token, refused ...token) {
	t.Helper()
	log, err := journal.Open(journal.Options{Dir: filepath.Join(s.dir, "data", "journal")})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	taken, audited := 0, map[string]world.Audited{}
	err = log.Read(t.Context(), log.First(), func(e world.Event) error {
		switch b := e.Body.(type) {
		case world.AlertAcknowledged:
			if b.ID != alert.ID || b.By != taker.id || e.Source != "token/"+taker.id {
				t.Errorf("the history has %+v from %s", b, e.Source)
			}
			taken++
		case world.Audited:
			audited[b.Who] = b
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if taken != 1 {
		t.Errorf("the history has %d acknowledgements, want 1", taken)
	}
	for _, r := range refused {
		if a := audited[r.id]; a.OK || a.Act != "alert.acknowledge" || a.Object != alert.ID || a.Reason == "" {
			t.Errorf("the refusal of %s is audited as %+v", r.id, a)
		}
	}
}

// press types a key into the window under the middle of the screen.
func (d *display) press(key rune) {
	d.tb.Helper()
	if err := xtest.Init(d.conn); err != nil {
		d.tb.Fatal(err)
	}
	setup := xproto.Setup(d.conn)
	low, high := setup.MinKeycode, setup.MaxKeycode
	keys, err := xproto.GetKeyboardMapping(d.conn, low, byte(high-low+1)).Reply()
	if err != nil {
		d.tb.Fatal(err)
	}
	code := -1
	for i, sym := range keys.Keysyms {
		if sym == xproto.Keysym(key) && code < 0 {
			code = int(low) + i/int(keys.KeysymsPerKeycode)
		}
	}
	if code < 0 {
		d.tb.Fatalf("the keyboard of %s has no key %c", d.name, key)
	}
	tree, err := xproto.QueryTree(d.conn, d.root).Reply()
	if err != nil || len(tree.Children) == 0 {
		d.tb.Fatalf("no window on %s: %v", d.name, err)
	}
	middle := d.bounds.Max.Div(2)
	xproto.WarpPointer(d.conn, xproto.WindowNone, d.root, 0, 0, 0, 0, int16(middle.X), int16(middle.Y))
	// Without a window manager nobody gives the window the keyboard.
	under, err := xproto.QueryPointer(d.conn, d.root).Reply()
	if err != nil || under.Child == xproto.WindowNone {
		d.tb.Fatalf("no window in the middle of %s: %v", d.name, err)
	}
	xproto.SetInputFocus(d.conn, xproto.InputFocusPointerRoot, under.Child, xproto.TimeCurrentTime)
	for _, kind := range []byte{xproto.KeyPress, xproto.KeyRelease} {
		if err := xtest.FakeInputChecked(d.conn, kind, byte(code), 0, d.root, 0, 0, 0).Check(); err != nil {
			d.tb.Fatalf("press %c: %v", key, err)
		}
	}
}
