package wall

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/act"
	"iocwall/server/world"
)

type popupCmd struct {
	Camera   []string      `help:"Id of a camera; may be repeated." placeholder:"ID"`
	Map      string        `help:"The map around this place: latitude,longitude." placeholder:"LAT,LON"`
	Zoom     float64       `help:"Zoom of the map." default:"14"`
	Text     string        `help:"Words to show; \\n begins a new line." placeholder:"TEXT"`
	Title    string        `help:"Title of it." placeholder:"TEXT"`
	Zone     string        `help:"Zone it must have; any if left out." placeholder:"ID"`
	Priority int           `help:"0 to 100; the higher one has the zone." default:"50"`
	Limit    time.Duration `help:"How long it is shown, as in 10m; without it until it is closed."`
	ID       string        `help:"Id of the popup; one that is open under it is replaced." name:"id" placeholder:"ID"`
}

// Help is shown by --help.
func (popupCmd) Help() string {
	return `Prints the id of the popup, with which it is closed. It waits while all zones are taken by what is more important.

Examples:
  wallsrv wall popup --camera cau-rong-1 --camera cau-rong-2 --map 16.0612,108.2274 --title "Sự cố cầu Rồng" --limit 10m
  wallsrv wall popup --zone goc-phai --text "Họp giao ban lúc 14:00"`
}

// Run opens it.
func (p *popupCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	ask, err := p.popup()
	if err != nil {
		return err
	}
	if ask.Wall, err = c.id(ctx); err != nil {
		return err
	}
	r, raw, err := c.order(ctx, act.OpenPopup{Popup: ask})
	if err != nil {
		return err
	}
	if c.JSON {
		return encodeJSON(k.Stdout, map[string]any{"popup": ask.ID, "receipt": json.RawMessage(raw)})
	}
	fmt.Fprintln(k.Stdout, ask.ID)
	if r.Reason != "" {
		fmt.Fprintln(k.Stderr, "note:", r.Reason)
	}
	fmt.Fprintln(k.Stderr, c.whereabouts(ctx, ask))
	return nil
}

// popup makes what is asked for of the flags.
func (p *popupCmd) popup() (world.PopupAsked, error) {
	out := world.PopupAsked{ID: p.ID, Zone: p.Zone, Title: p.Title, Priority: p.Priority, Limit: p.Limit.Milliseconds()}
	if out.ID == "" {
		out.ID = "p-" + strings.ToLower(rand.Text()[:10])
	}
	for i, id := range p.Camera {
		out.Tiles = append(out.Tiles, world.Tile{ID: fmt.Sprintf("camera-%d", i+1), Kind: "camera", Params: []world.Param{{Key: "camera", Value: id}}})
	}
	if p.Map != "" {
		lat, lon, err := latLon(p.Map)
		if err != nil {
			return out, err
		}
		out.Tiles = append(out.Tiles, world.Tile{ID: "map", Kind: "map", Params: []world.Param{
			{Key: "center", Value: fmt.Sprintf("%g,%g", lat, lon)}, {Key: "zoom", Value: strconv.FormatFloat(p.Zoom, 'g', -1, 64)},
		}})
	}
	if p.Text != "" {
		out.Tiles = append(out.Tiles, world.Tile{ID: "note", Kind: "note", Params: []world.Param{
			{Key: "text", Value: strings.ReplaceAll(p.Text, `\n`, "\n")}, {Key: "title", Value: p.Title},
		}})
	}
	if len(out.Tiles) == 0 {
		return out, errors.New("there is nothing to show; give --camera, --map or --text")
	}
	return out, nil
}

// latLon reads a place as people write it.
func latLon(text string) (lat, lon float64, err error) {
	a, b, ok := strings.Cut(text, ",")
	if ok {
		lat, err = strconv.ParseFloat(strings.TrimSpace(a), 64)
		if err == nil {
			lon, err = strconv.ParseFloat(strings.TrimSpace(b), 64)
		}
	}
	if !ok || err != nil || !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) {
		return 0, 0, fmt.Errorf("--map %q: write latitude and longitude in degrees, as in 16.0612,108.2274", text)
	}
	return lat, lon, nil
}

// whereabouts says where a popup is, a moment after it was asked for.
func (c *Cmd) whereabouts(ctx context.Context, ask world.PopupAsked) string {
	for wait := 100 * time.Millisecond; wait < 2*time.Second; wait *= 2 {
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(wait):
		}
		v, _, err := c.view(ctx)
		if err != nil {
			return "it was asked for; where it is could not be seen: " + err.Error()
		}
		for _, z := range v.Zones {
			if z.Popup != nil && z.Popup.ID == ask.ID {
				return "shown in the zone " + named(z.Name, z.ID)
			}
		}
		for i, p := range v.Queue {
			if p.ID == ask.ID && wait >= time.Second {
				return fmt.Sprintf("waits for a zone, %d. in the queue", i+1)
			}
		}
	}
	return "it was asked for and is not shown yet; look with \"wallsrv wall show\""
}

type closeCmd struct {
	Popup string `arg:"" help:"Id of the popup; \"wallsrv wall show\" names them."`
}

// Help is shown by --help.
func (closeCmd) Help() string {
	return `Example:
  wallsrv wall close p-x3k9qm2a7c`
}

// Run closes it.
func (p *closeCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	return c.do(ctx, k, act.ClosePopup{Popup: p.Popup}, "the popup "+p.Popup+" is closed")
}
