package world

import (
	"slices"
	"strings"
)

// Placed is a tile on a wall, and how it came there.
type Placed struct {
	Tile
	// Layer says what put it there: LayerScene, LayerPopup, …; From names it: the
	// scene, the popup, the lost computer.
	Layer string `cbor:"20,keyasint" json:"layer"`
	From  string `cbor:"21,keyasint,omitempty" json:"from,omitempty"`
	// By is the person, Why the rule or the schedule when no person did it. What went
	// elsewhere when its computer was lost keeps By; WhyBack says that it came back.
	By    string `cbor:"22,keyasint,omitempty" json:"by,omitempty"`
	Why   string `cbor:"23,keyasint,omitempty" json:"why,omitempty"`
	Since Time   `cbor:"24,keyasint" json:"since"`
}

// What puts tiles on a wall.
const (
	LayerScene  = "scene"
	LayerPopup  = "popup"
	LayerLocked = "locked" // kept from a scene before, since somebody locked it
	LayerMoved  = "moved"  // from a screen whose computer is lost
	LayerTest   = "test"   // a test picture or the numbers of screens
)

// WhyBack, with the name of a computer behind it, is why a tile is there that was on
// another screen when the computer was lost and went back: nobody moved it.
const WhyBack = "node/"

// CameBack returns the computer that a tile went back to, of the tile's Why.
func CameBack(why string) (node string, back bool) { return strings.CutPrefix(why, WhyBack) }

// LeftOut is a tile of a scene that is not on the wall, and why.
type LeftOut struct {
	Tile string `cbor:"1,keyasint" json:"tile"`
	Why  string `cbor:"2,keyasint" json:"why"`
}

// WallPrepared begins a switch: the computers of the wall open what is new in it,
// unseen, and answer when they are ready. Generations count from 1 for each wall.
type WallPrepared struct {
	Wall       string `cbor:"1,keyasint" json:"wall"`
	Generation uint64 `cbor:"2,keyasint" json:"generation"`
	Scene      string `cbor:"3,keyasint" json:"scene"`
	Version    int    `cbor:"4,keyasint,omitempty" json:"version,omitempty"`
	// By and Why say who chose the scene.
	By  string `cbor:"5,keyasint,omitempty" json:"by,omitempty"`
	Why string `cbor:"6,keyasint,omitempty" json:"why,omitempty"`
	// Tiles is all that will be on the wall, in the order in which it is drawn.
	Tiles []Placed `cbor:"7,keyasint,omitempty" json:"tiles,omitempty"`
	// Left is what of the scene will not.
	Left []LeftOut `cbor:"8,keyasint,omitempty" json:"left,omitempty"`
	// Deadline is when the switch happens without those who are not ready.
	Deadline Time `cbor:"9,keyasint" json:"deadline"`
	// Undo marks a step back to the scene before.
	Undo bool `cbor:"10,keyasint,omitempty" json:"undo,omitempty"`
}

// Kind returns "wall.prepared".
func (WallPrepared) Kind() string { return "wall.prepared" }

// WallCommitted makes what was prepared visible at the instant At, everywhere.
type WallCommitted struct {
	Wall       string `cbor:"1,keyasint" json:"wall"`
	Generation uint64 `cbor:"2,keyasint" json:"generation"`
	At         Time   `cbor:"3,keyasint" json:"at"`
	// Late names the computers that were not ready: they change when they are.
	Late []string `cbor:"4,keyasint,omitempty" json:"late,omitempty"`
}

// Kind returns "wall.committed".
func (WallCommitted) Kind() string { return "wall.committed" }

// WallRefused ends a switch that cannot be: the wall stays as it was.
type WallRefused struct {
	Wall       string `cbor:"1,keyasint" json:"wall"`
	Generation uint64 `cbor:"2,keyasint" json:"generation"`
	// Node is the computer that refused, empty when the server did.
	Node   string `cbor:"3,keyasint,omitempty" json:"node,omitempty"`
	Reason string `cbor:"4,keyasint" json:"reason"`
	// Code and Values are those of the reason where it is the server's, sorted by key.
	Code   string  `cbor:"5,keyasint,omitempty" json:"code,omitempty"`
	Values []Param `cbor:"6,keyasint,omitempty" json:"values,omitempty"`
}

// Say returns what a program needs to say it in its own language.
func (b WallRefused) Say() (code string, values map[string]string) {
	values = map[string]string{}
	for _, p := range b.Values {
		values[p.Key] = p.Value
	}
	return b.Code, values
}

// Kind returns "wall.refused".
func (WallRefused) Kind() string { return "wall.refused" }

// WallSwitched is what the computers reported of a switch.
type WallSwitched struct {
	Wall       string       `cbor:"1,keyasint" json:"wall"`
	Generation uint64       `cbor:"2,keyasint" json:"generation"`
	Nodes      []NodeSwitch `cbor:"3,keyasint,omitempty" json:"nodes,omitempty"`
	// Skew is the time between the first and the last computer that was ready,
	// Took the time from preparing to the last change, both in milliseconds.
	Skew int64 `cbor:"4,keyasint,omitempty" json:"skew"`
	Took int64 `cbor:"5,keyasint,omitempty" json:"took"`
}

// Kind returns "wall.switched".
func (WallSwitched) Kind() string { return "wall.switched" }

// NodeSwitch is how one computer changed; all in milliseconds.
type NodeSwitch struct {
	Node string `cbor:"1,keyasint" json:"node"`
	// After is how long after At it changed what it draws, by its estimate of
	// the server's clock; Clock is the most that estimate may be wrong, Paint how
	// long the drawing took.
	After int64 `cbor:"2,keyasint,omitempty" json:"after"`
	Clock int64 `cbor:"3,keyasint,omitempty" json:"clock"`
	Paint int64 `cbor:"4,keyasint,omitempty" json:"paint"`
}

// Switch is one state of a wall, coming or there.
type Switch struct {
	WallPrepared
	// At is when it became visible, zero while it is being prepared.
	At   Time     `cbor:"20,keyasint,omitempty" json:"at,omitempty"`
	Late []string `cbor:"21,keyasint,omitempty" json:"late,omitempty"`
	// Nodes, Skew and Took are those of WallSwitched, once they are known.
	Nodes []NodeSwitch `cbor:"22,keyasint,omitempty" json:"nodes,omitempty"`
	Skew  int64        `cbor:"23,keyasint,omitempty" json:"skew,omitempty"`
	Took  int64        `cbor:"24,keyasint,omitempty" json:"took,omitempty"`
}

// WallTested shows the numbers of screens or a test picture in place of all else.
type WallTested struct {
	Wall string `cbor:"1,keyasint" json:"wall"`
	// Picture is TestIdentify, TestPattern, or empty to end it.
	Picture string `cbor:"2,keyasint,omitempty" json:"picture,omitempty"`
	By      string `cbor:"3,keyasint,omitempty" json:"by,omitempty"`
	Until   Time   `cbor:"4,keyasint,omitempty" json:"until,omitempty"`
}

// The test pictures.
const (
	TestIdentify = "identify" // each screen shows its number and its computer
	TestPattern  = "pattern"  // circles and diagonals through all screens
)

// Kind returns "wall.tested".
func (WallTested) Kind() string { return "wall.tested" }

// maxBefore is how many switches of scene can be undone.
const maxBefore = 10

func (b WallPrepared) apply(s *State, _ *Event) (Ref, Effect, error) {
	w, ok := s.walls.Get(b.Wall)
	if !ok || b.Generation <= max(w.On.Generation, w.Next.Generation) {
		return NewRef(KindWall, b.Wall), EffectNone, nil
	}
	w.Next = Switch{WallPrepared: b}
	s.walls.Put(b.Wall, w)
	return w.Ref(), EffectPut, nil
}

func (b WallCommitted) apply(s *State, _ *Event) (Ref, Effect, error) {
	w, ok := s.walls.Get(b.Wall)
	if !ok || b.Generation == 0 || b.Generation != w.Next.Generation {
		return NewRef(KindWall, b.Wall), EffectNone, nil
	}
	w.On, w.Next = w.Next, Switch{}
	w.On.At, w.On.Late = b.At, b.Late
	if was := w.Shown; was.Scene != w.On.Scene {
		switch n := len(w.Before); {
		case w.On.Undo:
			// Those after it were stepped over: their scenes are gone.
			i := max(n-1, 0)
			for j := i; j >= 0 && j < n; j-- {
				if w.Before[j].Scene == w.On.Scene {
					i = j
					break
				}
			}
			w.Before = w.Before[:i:i]
		case was.Scene != "":
			w.Before = append(slices.Clone(w.Before[max(0, n+1-maxBefore):]), was)
		}
		w.Shown = SceneShown{Wall: b.Wall, Scene: w.On.Scene, By: w.On.By, Why: w.On.Why}
		w.Since = b.At
	}
	s.walls.Put(b.Wall, w)
	return w.Ref(), EffectPut, nil
}

func (b WallRefused) apply(s *State, _ *Event) (Ref, Effect, error) {
	w, ok := s.walls.Get(b.Wall)
	if !ok || b.Generation == 0 || b.Generation != w.Next.Generation {
		return NewRef(KindWall, b.Wall), EffectNone, nil
	}
	w.Next, w.Refused = Switch{}, b
	s.walls.Put(b.Wall, w)
	return w.Ref(), EffectPut, nil
}

func (b WallSwitched) apply(s *State, _ *Event) (Ref, Effect, error) {
	w, ok := s.walls.Get(b.Wall)
	if !ok || b.Generation == 0 || b.Generation != w.On.Generation {
		return NewRef(KindWall, b.Wall), EffectNone, nil
	}
	w.On.Nodes, w.On.Skew, w.On.Took = b.Nodes, b.Skew, b.Took
	s.walls.Put(b.Wall, w)
	return w.Ref(), EffectPut, nil
}

func (b WallTested) apply(s *State, _ *Event) (Ref, Effect, error) {
	w, ok := s.walls.Get(b.Wall)
	if !ok {
		return NewRef(KindWall, b.Wall), EffectNone, nil
	}
	w.Test = b
	s.walls.Put(b.Wall, w)
	return w.Ref(), EffectPut, nil
}
