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

// presets are the scenes a key away, by their numbers; where none has one, those of
// the wall in the order of their names.
func (p *Page) presets() []world.Scene {
	w, _, has, _ := p.d.Wall()
	st := p.d.State()
	if !has || st == nil {
		return nil
	}
	var own, numbered []world.Scene
	for _, sc := range st.Scenes() {
		if sc.Wall != w.ID {
			continue
		}
		own = append(own, sc)
		if sc.Preset > 0 {
			numbered = append(numbered, sc)
		}
	}
	if len(numbered) > 0 {
		slices.SortFunc(numbered, func(a, b world.Scene) int { return cmp.Compare(a.Preset, b.Preset) })
		return numbered
	}
	slices.SortStableFunc(own, func(a, b world.Scene) int { return strings.Compare(a.Name, b.Name) })
	return own[:min(9, len(own))]
}

// row brings the buttons under the wall in line with what they would do.
func (p *Page) row() {
	l := p.env.Lang
	w, _, has, _ := p.d.Wall()
	var scenes, acts []desk.Tool
	for i, sc := range p.presets() {
		n := cmp.Or(sc.Preset, i+1)
		scenes = append(scenes, desk.Tool{
			Key: "F" + strconv.Itoa(n), Label: sc.Name, Group: "scene", Chosen: w.Shown.Scene == sc.ID,
			Off: !p.d.May("scene.show"), Do: func() { p.low.Preset(n) },
		})
	}
	if has {
		if back := p.before(w); back != "" {
			acts = append(acts, desk.Tool{Key: "Z", Label: l.T("operator.undo", "scene", back), Off: !p.d.May("scene.undo"), Do: p.low.Undo})
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
	p.scenes.Set(scenes)
	p.acts.Set(acts)
}

// before is the name of the scene that was on the wall before, empty for none.
func (p *Page) before(w world.Wall) string {
	st := p.d.State()
	for _, b := range slices.Backward(w.Before) {
		if sc, ok := st.Scene(b.Scene); ok && b.Scene != w.Shown.Scene {
			return sc.Name
		}
	}
	return ""
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
