package draw

import (
	"image"
	"math"

	"iocwall/geo/draw/gather"
	"iocwall/geo/draw/raster"
)

// gatherLayers decides what stands alone and what gathers.
func (r *Renderer) gatherLayers(f *Frame) {
	r.gathered.Gather(gather.Input{
		Frame: f, Grid: &r.grid, Panes: r.panes.asked, Where: r.panes.where, Text: r.sizes.Text, Symbol: r.sizes.Symbol, Decimal: r.words.Decimal,
		Width: func(text string) float64 { return r.width(text, r.sizes.Text, true) }, Hits: r.hits,
	})
}

// drawRings draws the clusters and keeps their places.
func (r *Renderer) drawRings() {
	for i := range r.gathered.Rings {
		c := &r.gathered.Rings[i]
		if image.Pt(c.X, c.Y).In(r.canvas.Win) {
			r.stats.Clusters++
		}
		r.drawRing(c)
		edge := c.Half + int(r.sizes.Symbol*0.1)
		r.grid.Take(image.Rect(c.X-edge, c.Y-edge, c.X+edge, c.Y+edge))
	}
}

func (r *Renderer) drawRing(c *gather.Ring) {
	col := r.style.Text2
	if c.Late {
		col = r.style.Warning
	}
	size := uint16(math.Round(float64(c.Half) * 24 / 11))
	r.icon(raster.IconKey{Icon: IconCluster, Size: size, Main: col, Back: r.style.Card, Halo: r.haloAt(c.X, c.Y)}).Draw(&r.canvas, c.X, c.Y)
	r.writeNow(c.X-c.Width/2, c.Y+int(math.Round(r.sizes.Text*0.36)), c.Count, plainText(r.sizes.Text, true, r.style.Text))
	d := int(float64(c.Half) * 0.84)
	if c.Kind != IconNone {
		r.icon(r.small(c.Kind, 0.72)).Draw(&r.canvas, c.X-d, c.Y-d)
	}
	if c.Worst != IconNone {
		r.icon(r.small(c.Worst, 0.78)).Draw(&r.canvas, c.X+d, c.Y-d)
	}
}

// small is an icon as it stands on a ring.
func (r *Renderer) small(icon Icon, factor float64) raster.IconKey {
	key := raster.IconKey{Icon: icon, Size: r.symbol(factor), Main: r.style.Text2, Back: r.style.Card, Halo: r.style.Card}
	switch icon {
	case IconNotice, IconWarning, IconSevere, IconCritical:
		key.Main, key.Back = r.severityColor(Notice+Severity(icon-IconNotice)), r.style.OnFill
	case IconOffline, IconFrozen, IconStale:
		key.Main = r.style.Text
	}
	return key
}

// ringChips writes the value of the worst station beside a ring of stations.
func (r *Renderer) ringChips() {
	for i := range r.gathered.Rings {
		if c := &r.gathered.Rings[i]; c.Station != nil {
			r.chip(c.Station, c.X, c.Y, c.Half)
		}
	}
}
