package mappage

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/geo/tiles"
	"iocwall/ui/atlas"
	"iocwall/ui/maps"
	"iocwall/ui/page/pagetest"
)

// TestSaysWhatCameOfIt: what the map says of an act stands in the window's line, once.
func TestSaysWhatCameOfIt(t *testing.T) {
	test.NewTempApp(t)
	d := pagetest.New(t, "vi", "dark", 1)
	base, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	env := d.Env()
	m, err := maps.New(maps.Options{Base: base, Provinces: base, Lang: env.Lang, Theme: env.Kit.Theme})
	if err != nil {
		t.Fatal(err)
	}
	p := New(d, &atlas.Host{
		Maps: m, Base: base, Kit: env.Kit, Lang: env.Lang,
		Start: func(func(context.Context)) context.CancelFunc { return func() {} },
		Do:    func(f func()) { f() },
	}, func(func(time.Time)) func() { return func() {} })
	defer p.Close()
	d.Window().SetContent(p.Object())
	d.Window().Resize(fyne.NewSize(1280, 720))
	p.Shown(true)
	now := d.Now()
	p.Refresh(now)
	if len(d.Said) != 0 {
		t.Fatalf("said before anything was done: %q", d.Said)
	}
	p.Rune('f') // nothing is chosen that could be followed
	p.Refresh(now)
	p.Refresh(now.Add(time.Second))
	if len(d.Said) != 1 || d.Said[0] != env.Lang.T("atlas.follow.none") {
		t.Errorf("said: %q", d.Said)
	}
}
