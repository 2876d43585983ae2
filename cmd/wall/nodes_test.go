//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/ui/look"
)

// twoNodes is a wall of two screens without a bezel: a camera of its own on each
// and a map over both, whose halves must fit.
const twoNodes = `
wall: {id: main, name: Tường thử, columns: 2, rows: 1, px_w: 960, px_h: 540, bezel: 0, nodes: [1, 1]}
scenes:
  - id: hai-nua
    name: Hai nửa
    tiles:
      - {id: left, kind: camera, at: "1", top: 270, params: {camera: cam-1}}
      - {id: right, kind: camera, at: "2", top: 270, params: {camera: cam-2}}
      - {id: sea, kind: map, at: "1-2", below: 270, params: {bounds: "107.2,14.7,110.4,16.3"}}
`

// TestTwoNodesShowTheirScreens runs two computers of a wall on a display each:
// each shows its own part of the scene, and the map goes on from one to the other.
func TestTwoNodesShowTheirScreens(t *testing.T) {
	clip, err := mediatest.NewClip(t.Context(), mediatest.ClipOptions{Scene: mediatest.Street, FPS: 25, Counter: true})
	if err != nil {
		t.Skip(err)
	}
	cams := []*camera{
		newCamera(t, "cam-1", mediatest.Options{Clip: clip}),
		newCamera(t, "cam-2", mediatest.Options{Clip: clip, Start: clip.Frames() / 2}),
	}
	s := newSite(t, cams, twoNodes)
	tokens := []token{s.token("node", "pc-01"), s.token("node", "pc-02")}
	s.serve()
	var walls []*program
	var views []*view
	for i, pc := range []string{"pc-01", "pc-02"} {
		d := newDisplay(t, 960, 540)
		walls = append(walls, s.wall(d, tokens[i], "node", "--name", pc, "--markers"))
		views = append(views, &view{d: d, cam: cams[i]})
	}
	advancing(t, "each node shows the camera of its screen", walls, views...)
	for i, tile := range []string{"left", "right"} {
		img := views[i].d.screen()
		if _, ok := find(img, time.Now(), cams[1-i]); ok {
			t.Errorf("the node of screen %d shows the camera of the other screen", i+1)
		}
		for _, name := range []string{"left", "right", "sea"} {
			if _, ok := marker(img, name); ok != (name == tile || name == "sea") {
				t.Errorf("screen %d: tile %q is there: %v", i+1, name, ok)
			}
		}
	}
	eventually(t, stateGuard, "the map goes on from one screen to the other", walls, func() string {
		return seam(views[0].d.screen(), views[1].d.screen())
	})
	for _, w := range walls {
		leaves(t, w)
	}
}

// seam complains unless land and sea at the right edge of the left screen agree
// with those at the left edge of the right one, and both screens have both.
func seam(left, right *image.RGBA) string {
	theme := look.Dark()
	ground := func(c color.RGBA) string {
		switch {
		case like(c, theme.Sea):
			return "sea"
		case like(c, theme.Land):
			return "land"
		}
		return ""
	}
	for name, least := range map[string]float64{"left": 0.01, "right": 0.05} {
		half := map[string]*image.RGBA{"left": left, "right": right}[name].SubImage(image.Rect(0, 300, 960, 500)).(*image.RGBA)
		if sea := near(half, theme.Sea); sea < least {
			return fmt.Sprintf("the %s screen has %.1f %% sea", name, 100*sea)
		}
	}
	if land := near(left.SubImage(image.Rect(0, 300, 960, 500)).(*image.RGBA), theme.Land); land < 0.05 {
		return fmt.Sprintf("the left screen has %.1f %% land", 100*land)
	}
	same, all, coast := 0, 0, map[string]int{}
	for y := 300; y < 500; y++ {
		l, r := ground(left.RGBAAt(958, y)), ground(right.RGBAAt(1, y))
		if l == "" || r == "" {
			continue
		}
		all++
		coast[l]++
		if l == r {
			same++
		}
	}
	if all < 100 || same < all*9/10 || min(coast["land"], coast["sea"]) < 20 {
		return fmt.Sprintf("of %d lines %d agree at the seam; on the left are %v", all, same, coast)
	}
	return ""
}
