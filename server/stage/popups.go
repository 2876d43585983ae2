package stage

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// mostPriority bounds the priority of popups, zones and schedules.
	mostPriority = 100
	// mostPopupTiles bounds what one popup shows; mostPopups those that are shown
	// or wait.
	mostPopupTiles = 16
	mostPopups     = 100
	// longestPopup bounds a popup with an end, in milliseconds: a day.
	longestPopup = 24 * 3600 * 1000
)

// openPopup asks for content in a zone. Who asks may replace what they asked for
// before under the same id.
func (s *Stage) openPopup(ctx context.Context, id auth.Identity, p world.PopupAsked) (Done, error) {
	p, err := content(p)
	if err != nil {
		return Done{}, err
	}
	p.By, p.Why = id.Name, ""
	var note string
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		w, err := wallOf(st, p.Wall)
		if err != nil {
			return nil, err
		}
		was, there := st.Popup(p.ID)
		switch {
		case there && was.By != id.Name && id.Role != auth.Administrator:
			return nil, refuse("popup.others", "the popup \"{popup}\" is somebody else's; take another id", "popup", p.ID)
		case there && was.Wall != p.Wall:
			return nil, refuse("popup.wall", "the popup \"{popup}\" is on the wall {wall}; take another id", "popup", p.ID, "wall", was.Wall)
		case !there && st.Count(world.KindPopup) >= mostPopups:
			return nil, refuse("popup.many", "{n} popups are shown or wait already; close one first", "n", mostPopups)
		}
		if p.Alert != "" {
			if al, ok := st.Alert(p.Alert); !ok || !id.Sees(st, al.Area) || !al.Open() {
				return nil, refuse("alert.notopen", "there is no open alert \"{alert}\"", "alert", clip(p.Alert))
			}
		}
		if err := visible(st, id, p.Tiles, was.Tiles); err != nil {
			return nil, err
		}
		if p.Zone != "" {
			note = zoneNote(st, w, p.Zone)
		}
		return one(now, p), nil
	}, nil)
	return Done{Seq: seq, Note: note}, err
}

// zoneNote tells of a zone that the scene on the wall does not have: what needs it
// waits.
func zoneNote(st *world.State, w world.Wall, zone string) string {
	sc, _ := st.Scene(w.Shown.Scene)
	var have []string
	for _, z := range sc.Zones {
		if z.ID == zone {
			return ""
		}
		have = append(have, z.ID)
	}
	if len(have) == 0 {
		return fmt.Sprintf("the scene %q on the wall has no zones; the popup waits for one that has %q", sc.ID, clip(zone))
	}
	return fmt.Sprintf("the scene %q on the wall has no zone %q but %s; the popup waits for one that has it", sc.ID, clip(zone), strings.Join(have, ", "))
}

// content checks what a popup is to show, and names what has no id.
func content(p world.PopupAsked) (world.PopupAsked, error) {
	if p.ID == "" {
		p.ID = "p-" + strings.ToLower(rand.Text()[:10])
	}
	if err := idOf("a popup", p.ID); err != nil {
		return p, err
	}
	if p.Zone != "" {
		if err := idOf("a zone", p.Zone); err != nil {
			return p, err
		}
	}
	switch {
	case len(p.Tiles) == 0:
		return p, refuse("popup.empty", "the popup shows nothing; give it a tile")
	case len(p.Tiles) > mostPopupTiles:
		return p, refuse("popup.full", "the popup has {n} tiles; a zone holds {most}", "n", len(p.Tiles), "most", mostPopupTiles)
	case p.Limit < 0 || p.Limit > longestPopup:
		return p, refuse("popup.span", "the popup is to be shown for {seconds} seconds; write 1 second to 24 hours, or nothing until it is closed", "seconds", float64(p.Limit)/1000)
	}
	if err := first(
		text("the title", p.Title, longestName),
		within("the priority", float64(p.Priority), 0, mostPriority),
		text("the alert", p.Alert, longestLine),
	); err != nil {
		return p, err
	}
	tiles := make([]world.Tile, 0, len(p.Tiles))
	ids := map[string]bool{}
	for i, t := range p.Tiles {
		if t.ID == "" {
			t.ID = fmt.Sprintf("%s-%d", t.Kind, i+1)
		}
		if err := tileID(t.ID); err != nil {
			return p, err
		}
		if ids[t.ID] {
			return p, refuse("popup.twice", "the popup has two tiles \"{tile}\"", "tile", t.ID)
		}
		ids[t.ID] = true
		t, err := tile(t)
		if err != nil {
			return p, err
		}
		// The zone gives it its place.
		tiles = append(tiles, world.Tile{ID: t.ID, Kind: t.Kind, Params: t.Params, Important: t.Important})
	}
	p.Tiles = tiles
	return p, nil
}

// closePopup ends a popup, whoever opened it: what stands in a zone too long is in
// everybody's way.
func (s *Stage) closePopup(ctx context.Context, id auth.Identity, a act.ClosePopup) (Done, error) {
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		if _, there := st.Popup(a.Popup); !there {
			return nil, refuse("popup.gone", "there is no popup \"{popup}\" any more", "popup", clip(a.Popup))
		}
		return one(now, world.PopupClosed{ID: a.Popup, By: id.Name, Why: "closed"}), nil
	}, nil)
	return Done{Seq: seq}, err
}
