package world

// WallDefined makes or changes a wall: its screens, where each hangs and which
// computer drives it.
type WallDefined struct {
	ID   string `cbor:"1,keyasint" json:"id"`
	Name string `cbor:"2,keyasint" json:"name"`
	// Seat is the distance from which the wall must be read, in millimetres.
	Seat    float64  `cbor:"3,keyasint" json:"seat"`
	Screens []Screen `cbor:"4,keyasint" json:"screens"`
}

// Kind returns "wall.defined".
func (WallDefined) Kind() string { return "wall.defined" }

// Screen is one panel of a wall. X and Y are the top left corner of its picture
// area, in millimetres from the wall's top left corner, y downwards; W and H
// the picture area's size. Bezels are the gaps between picture areas.
type Screen struct {
	ID int     `cbor:"1,keyasint" json:"id"`
	X  float64 `cbor:"2,keyasint" json:"x"`
	Y  float64 `cbor:"3,keyasint" json:"y"`
	W  float64 `cbor:"4,keyasint" json:"w"`
	H  float64 `cbor:"5,keyasint" json:"h"`
	// PxW and PxH are the panel's pixels.
	PxW int `cbor:"6,keyasint" json:"pxW"`
	PxH int `cbor:"7,keyasint" json:"pxH"`
	// Node is the computer that drives the screen, Output its RandR output.
	Node   string `cbor:"8,keyasint,omitempty" json:"node,omitempty"`
	Output string `cbor:"9,keyasint,omitempty" json:"output,omitempty"`
}

// Tile is one thing on a wall: its kind, where it lies in wall millimetres, and
// its parameters. It may span any screens.
type Tile struct {
	ID   string `cbor:"1,keyasint" json:"id"`
	Kind string `cbor:"2,keyasint" json:"kind"`
	// X, Y, W and H are in wall millimetres, as in Screen.
	X float64 `cbor:"3,keyasint" json:"x"`
	Y float64 `cbor:"4,keyasint" json:"y"`
	W float64 `cbor:"5,keyasint" json:"w"`
	H float64 `cbor:"6,keyasint" json:"h"`
	// Params are the tile's parameters, sorted by key.
	Params []Param `cbor:"7,keyasint,omitempty" json:"params,omitempty"`
}

// Param is one named parameter of a tile.
type Param struct {
	Key   string `cbor:"1,keyasint" json:"key"`
	Value string `cbor:"2,keyasint" json:"value"`
}

// Param returns the value of the parameter, empty when it is not set.
func (t Tile) Param(key string) string {
	for _, p := range t.Params {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

// SceneSaved stores a new version of a scene. Versions count from 1 per scene
// and never go back.
type SceneSaved struct {
	ID      string `cbor:"1,keyasint" json:"id"`
	Wall    string `cbor:"2,keyasint" json:"wall"`
	Name    string `cbor:"3,keyasint" json:"name"`
	Version int    `cbor:"4,keyasint" json:"version"`
	By      string `cbor:"5,keyasint,omitempty" json:"by,omitempty"`
	Tiles   []Tile `cbor:"6,keyasint" json:"tiles"`
}

// Kind returns "scene.saved".
func (SceneSaved) Kind() string { return "scene.saved" }

// SceneShown puts a scene on a wall.
type SceneShown struct {
	Wall  string `cbor:"1,keyasint" json:"wall"`
	Scene string `cbor:"2,keyasint" json:"scene"`
	By    string `cbor:"3,keyasint,omitempty" json:"by,omitempty"`
	// Why names the rule or the schedule when no person did it.
	Why string `cbor:"4,keyasint,omitempty" json:"why,omitempty"`
}

// Kind returns "scene.shown".
func (SceneShown) Kind() string { return "scene.shown" }

// Wall is a wall with the scene on it.
type Wall struct {
	everybodys
	WallDefined
	Defined Time       `cbor:"20,keyasint" json:"defined"`
	Shown   SceneShown `cbor:"21,keyasint" json:"shown"`
	Since   Time       `cbor:"22,keyasint" json:"since"`
}

// Ref returns the wall's name in the state.
func (w Wall) Ref() Ref { return NewRef(KindWall, w.ID) }

// Scene is a scene as last saved.
type Scene struct {
	everybodys
	SceneSaved
	Time Time `cbor:"20,keyasint" json:"time"`
}

// Ref returns the scene's name in the state.
func (s Scene) Ref() Ref { return NewRef(KindScene, s.ID) }

func (b WallDefined) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	w, _ := s.walls.Get(b.ID)
	if !latest(e.Time, w.Defined, b, w.WallDefined) {
		return NewRef(KindWall, b.ID), EffectNone, nil
	}
	w.WallDefined, w.Defined = b, e.Time
	s.walls.Put(b.ID, w)
	return w.Ref(), EffectPut, nil
}

func (b SceneSaved) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	sc, _ := s.scenes.Get(b.ID)
	if b.Version <= sc.Version {
		return NewRef(KindScene, b.ID), EffectNone, nil
	}
	sc = Scene{SceneSaved: b, Time: e.Time}
	s.scenes.Put(b.ID, sc)
	return sc.Ref(), EffectPut, nil
}

func (b SceneShown) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.Wall == "" {
		return "", EffectNone, errNoID
	}
	w, _ := s.walls.Get(b.Wall)
	w.ID = b.Wall
	if !latest(e.Time, w.Since, b, w.Shown) {
		return w.Ref(), EffectNone, nil
	}
	w.Shown, w.Since = b, e.Time
	s.walls.Put(b.Wall, w)
	return w.Ref(), EffectPut, nil
}

// TileKinds returns the kinds of tile that walls know.
func TileKinds() []string {
	return []string{"alerts", "camera", "clock", "figure", "grid", "line", "map", "tour"}
}
