package mapface

import (
	"context"
	"image"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/maps"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// TestPartUnderTheStrip: a part of a map that is hardly higher than the strip is drawn
// by nobody and waited for by nobody, and its strip says what the map holds.
func TestPartUnderTheStrip(t *testing.T) {
	test.NewTempApp(t)
	base, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	lang, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := paint.NewFonts(assets.Regular(), assets.Bold())
	if err != nil {
		t.Fatal(err)
	}
	icons, err := paint.NewIcons(assets.Icons())
	if err != nil {
		t.Fatal(err)
	}
	m, err := maps.New(maps.Options{Base: base, Provinces: base, Lang: lang, Theme: look.Dark()})
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	env := &tile.Env{
		Kit: &paint.Kit{Fonts: fonts, Icons: icons, Theme: look.Dark()}, Lang: lang, Scale: look.WallScale(1.5769, 0, 0),
		Trace: func(m paint.Mark) { said += m.Text + "\n" },
	}
	state, now := world.New(1), time.Date(2026, 11, 21, 2, 42, 0, 0, time.UTC)
	h := &Host{
		Maps: m, Base: base, Lang: lang,
		State: func() *world.State { return state }, Version: func() uint64 { return 1 }, Alerts: func() []world.Alert { return nil },
		ServerTime: func(now time.Time) time.Time { return now }, Cover: func(time.Time, string) tile.Cover { return tile.Cover{} },
		Now: func() time.Time { return now }, Poke: func() {},
		Start: func(func(context.Context)) context.CancelFunc { return func() {} }, // nothing is drawn
	}
	whole := image.Rect(0, 0, 1900, 1100)
	for _, high := range []int{0, 5, 400} { // of the map, above the strip
		said = ""
		c := New(h, env, world.Tile{ID: "map", Kind: "map", Params: []world.Param{{Key: "bounds", Value: "107.2,14.9,109.6,16.3"}}})
		part := whole
		part.Min.Y = whole.Max.Y - tile.MapStrip(env.Scale, whole.Dy()) - high
		c.Place(Spot{Rect: part, Whole: whole, Lower: true, Columns: 1})
		c.Update(now, true)
		small := high < least
		if c.Ready() != small || (len(c.jobs) == 0) != small || len(c.Shown(now).Layers) == 0 {
			t.Errorf("%d px of a map: ready %v, %d jobs, layers %v", high, c.Ready(), len(c.jobs), c.Shown(now).Layers)
		}
		on := software.NewCanvas()
		on.SetPadded(false)
		on.SetContent(c.Object())
		on.Resize(fyne.NewSize(float32(part.Dx()), float32(part.Dy())))
		on.Capture()
		if waits := strings.Contains(said, lang.T("map.drawing")); waits == small {
			t.Errorf("%d px of a map: says %q", high, said)
		}
		c.Close()
	}
}
