package ui

import (
	"context"
	"fmt"
	"io"
	"time"

	"iocwall/assets"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/server/world/track"
	"iocwall/ui/mapface"
	"iocwall/ui/maps"
	"iocwall/ui/tile"
)

// MapOptions configure what all maps share.
type MapOptions struct {
	// Features opens the features of a layer as GeoJSON; see maps.Options.
	Features func(ctx context.Context, id, sha256 string) (io.ReadCloser, error)
	// Tracks asks the server where vessels were; see maps.Options.
	Tracks func(ctx context.Context, q track.Question) (track.Answer, error)
	// Cache is the folder for files of features; empty keeps none.
	Cache string
	// Ground is the style of the base map; nil is the product's own for the theme.
	Ground *style.Style
}

// newMaps makes what all maps share, the desk's map among them.
func (u *UI) newMaps() (*maps.Maps, error) {
	var sets [2]*tiles.Embedded
	for i, division := range []tiles.Set{tiles.Since2025, tiles.Before2025} {
		var err error
		if sets[i], err = tiles.NewEmbedded(assets.Basemap(), division); err != nil {
			return nil, fmt.Errorf("read the base map: %w", err)
		}
	}
	return maps.New(maps.Options{
		Base: u.base, Provinces: sets[0], Former: sets[1], Lang: u.lang, Theme: u.kit.Theme, Ground: u.o.Maps.Ground, Features: u.o.Maps.Features, Tracks: u.o.Maps.Tracks, Cache: u.o.Maps.Cache,
		Link: func() world.Link { return u.model.link }, Changed: u.poke, Logger: u.log,
	})
}

func (u *UI) runMaps(m *maps.Maps) func(ctx context.Context) {
	return func(ctx context.Context) {
		if err := m.Run(ctx); err != nil && ctx.Err() == nil {
			u.log.Error("layers of features not read", "error", err)
		}
	}
}

// mapContent puts a map on a surface.
type mapContent struct{ *mapface.Map }

func (c mapContent) object() tile.Tile    { return c.Object() }
func (c mapContent) hide(off bool)        { c.Hide(off) }
func (c mapContent) veil(on bool)         { c.Veil(on) }
func (c mapContent) ready(time.Time) bool { return c.Ready() }
func (c mapContent) close()               { c.Close() }

func (c mapContent) place(s spot) {
	c.Place(mapface.Spot{Rect: s.rect, Whole: s.whole, Column: s.column, Columns: s.columns, Lower: s.lower(), Glass: s.glass})
}

func (c mapContent) update(now time.Time, data bool) bool {
	c.Update(now, data)
	return false
}

// mapHost is what maps ask of this client.
func (u *UI) mapHost() *mapface.Host {
	return &mapface.Host{
		Maps: u.maps, Base: u.base, Lang: u.lang, Light: u.kit.Theme.Name == "light", Log: u.log,
		State:      func() *world.State { return u.model.state },
		Version:    func() uint64 { return u.model.version },
		Alerts:     func() []world.Alert { return u.model.alerts },
		ServerTime: func(now time.Time) time.Time { return u.model.serverTime(now) },
		Cover:      u.cover, Now: u.o.Now, Poke: u.poke, Start: u.jobs.start,
	}
}
