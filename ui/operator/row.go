package operator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/desk"
)

// identifyFor is how long the screens show their numbers, in seconds.
const identifyFor = 20

// keyed is how many scenes have a key of their own.
const keyed = 9

// presets are the scenes a key away, by their numbers, and all others of the wall by
// their names; where none has a number, the first by name have the keys.
func (p *Page) presets() (keys, others []world.Scene) {
	w, _, has, _ := p.d.Wall()
	st := p.d.State()
	if !has || st == nil {
		return nil, nil
	}
	for _, sc := range st.Scenes() {
		switch {
		case sc.Wall != w.ID:
		case sc.Preset > 0:
			keys = append(keys, sc)
		default:
			others = append(others, sc)
		}
	}
	slices.SortStableFunc(keys, func(a, b world.Scene) int { return cmp.Compare(a.Preset, b.Preset) })
	slices.SortStableFunc(others, func(a, b world.Scene) int { return strings.Compare(a.Name, b.Name) })
	if len(keys) == 0 {
		n := min(keyed, len(others))
		keys, others = others[:n], others[n:]
	}
	return keys, others
}

// row brings the buttons under the wall in line with what they would do.
func (p *Page) row() {
	l := p.env.Lang
	w, _, has, _ := p.d.Wall()
	var scenes, acts []desk.Tool
	keys, others := p.presets()
	for i, sc := range keys {
		n := cmp.Or(sc.Preset, i+1)
		scenes = append(scenes, desk.Tool{
			Key: "F" + strconv.Itoa(n), Label: sc.Name, Group: "scene", Chosen: w.Shown.Scene == sc.ID,
			Off: !p.d.May("scene.show"), Do: func() { p.low.Preset(n) },
		})
	}
	for _, sc := range others {
		scenes = append(scenes, desk.Tool{
			Label: sc.Name, Aside: true, Chosen: w.Shown.Scene == sc.ID, Off: !p.d.May("scene.show"), Do: func() { p.low.ShowScene(sc.ID) },
		})
	}
	if has {
		if back := p.low.Before(); back != "" {
			acts = append(acts, desk.Tool{Key: "Z", Label: l.T("operator.undo", "scene", back), Short: l.T("operator.undo.short"), Off: !p.d.May("scene.undo"), Do: p.low.Undo})
		}
		lock := "stage.lock"
		if p.low.Locked() {
			lock = "stage.unlock"
		}
		acts = append(acts,
			desk.Tool{Key: "L", Label: l.T(lock), Off: p.low.Picked() == "" || !p.d.May("tile.lock"), Do: p.low.Lock},
			desk.Tool{Key: "I", Label: l.T("operator.identify"), Off: !p.d.May("wall.test"), Chosen: p.identifies(w), Do: p.identify},
			desk.Tool{Key: l.T("stage.back.key"), Label: l.T("stage.back"), Off: p.low.Popups() == 0 || !p.d.May("popup.close"), Do: p.low.GiveBack},
		)
	}
	acts = append(acts, desk.Tool{Key: "H", Label: l.T("operator.log"), Chosen: p.logs, Do: p.turnLog})
	more := "0"
	if p.c.Hands().Enlarged() {
		more = "" // it shows the whole picture
	}
	p.scenes.MoreKey(more)
	p.scenes.Set(scenes)
	p.acts.Set(acts)
}

func (p *Page) identifies(w world.Wall) bool {
	now := world.TimeOf(p.d.ServerTime(p.d.Now()))
	return w.Test.Picture == world.TestIdentify && (w.Test.Until == 0 || now < w.Test.Until)
}

// identify shows the numbers of the screens, or ends that.
func (p *Page) identify() {
	w, _, has, _ := p.d.Wall()
	if !has || !p.d.May("wall.test") {
		return
	}
	a := act.TestWall{Wall: w.ID, Picture: world.TestIdentify, Seconds: identifyFor}
	if p.identifies(w) {
		a = act.TestWall{Wall: w.ID}
	}
	p.d.Ask(a, nil)
}

// turnLog shows who changed what in the place of the alerts, or those again.
func (p *Page) turnLog() {
	p.logs = !p.logs
	p.compose()
	p.arrange()
}
