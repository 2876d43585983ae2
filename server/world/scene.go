package world

// WallDefined makes or changes a wall: its screens, where each hangs and which
// computer drives it.
type WallDefined struct {
	ID   string `cbor:"1,keyasint" json:"id"`
	Name string `cbor:"2,keyasint" json:"name"`
	// Seat is the distance from which the wall must be read, in millimetres.
	Seat    float64  `cbor:"3,keyasint" json:"seat"`
	Screens []Screen `cbor:"4,keyasint" json:"screens"`
	// By is who last changed it by hand; empty or the configuration otherwise.
	By string `cbor:"5,keyasint,omitempty" json:"by,omitempty"`
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
	// Spare marks a screen that takes important tiles of a computer that is lost.
	Spare bool `cbor:"10,keyasint,omitempty" json:"spare,omitempty"`
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
	// Important marks a tile that moves to a spare screen when its computer is lost.
	Important bool `cbor:"8,keyasint,omitempty" json:"important,omitempty"`
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
	// Zones are where something may pop up over the scene.
	Zones []Zone `cbor:"7,keyasint,omitempty" json:"zones,omitempty"`
	// Preset is the scene's place among those a key away, 1 to 9, zero for none.
	Preset int `cbor:"8,keyasint,omitempty" json:"preset,omitempty"`
	// Removed takes the scene out of Live; its versions stay in the history.
	Removed bool `cbor:"9,keyasint,omitempty" json:"removed,omitempty"`
}

// Zone is a part of a scene that is reserved for what pops up, in wall
// millimetres as Tile. Beneath it lie the scene's own tiles.
type Zone struct {
	ID   string  `cbor:"1,keyasint" json:"id"`
	Name string  `cbor:"2,keyasint,omitempty" json:"name,omitempty"`
	X    float64 `cbor:"3,keyasint" json:"x"`
	Y    float64 `cbor:"4,keyasint" json:"y"`
	W    float64 `cbor:"5,keyasint" json:"w"`
	H    float64 `cbor:"6,keyasint" json:"h"`
	// Least is the least priority of what may use it.
	Least int `cbor:"7,keyasint,omitempty" json:"least,omitempty"`
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
	// On is what is on the wall, Next what is being prepared. A wall without a
	// generation shows its scene as it was saved.
	On   Switch `cbor:"23,keyasint" json:"on"`
	Next Switch `cbor:"24,keyasint" json:"next"`
	// Before are the scenes that were shown before, the newest last.
	Before []SceneShown `cbor:"25,keyasint,omitempty" json:"before,omitempty"`
	// Refused is the last switch that could not be.
	Refused WallRefused `cbor:"26,keyasint" json:"refused"`
	// Test is the test picture that was asked for last.
	Test WallTested `cbor:"27,keyasint" json:"test"`
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
	if b.Removed {
		if !s.scenes.Remove(b.ID) {
			return NewRef(KindScene, b.ID), EffectNone, nil
		}
		return NewRef(KindScene, b.ID), EffectRemoved, nil
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

// ScheduleSaved stores the next version of a schedule: scenes that a wall shows by
// itself at certain hours.
type ScheduleSaved struct {
	Saved
	Wall string `cbor:"6,keyasint" json:"wall"`
	// Scenes are shown in turn, each for Dwell milliseconds; one alone stays.
	Scenes []string `cbor:"7,keyasint" json:"scenes"`
	Dwell  int64    `cbor:"8,keyasint,omitempty" json:"dwell,omitempty"`
	// Days are "mon" to "sun", "workday" and "holiday"; none means every day.
	Days []string `cbor:"9,keyasint,omitempty" json:"days,omitempty"`
	// From and To are minutes after midnight in Vietnam; a To not after From is on
	// the next day, and both zero are the whole day.
	From int `cbor:"10,keyasint,omitempty" json:"from,omitempty"`
	To   int `cbor:"11,keyasint,omitempty" json:"to,omitempty"`
	// Priority decides between schedules of the same hour; the higher one has it.
	Priority int `cbor:"12,keyasint,omitempty" json:"priority,omitempty"`
	// Off keeps it without following it.
	Off bool `cbor:"13,keyasint,omitempty" json:"off,omitempty"`
}

// Kind returns "schedule.saved".
func (ScheduleSaved) Kind() string { return "schedule.saved" }

// ScheduleDays returns the days that a schedule may name.
func ScheduleDays() []string {
	return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun", "workday", "holiday"}
}

// Schedule is a schedule as last saved.
type Schedule = Stored[ScheduleSaved]

func (b ScheduleSaved) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyStored(s.schedules, e, b)
}

// TileKinds returns the kinds of tile that walls know.
func TileKinds() []string {
	return []string{"alert", "alerts", "camera", "clock", "figure", "grid", "identify", "line", "map", "note", "pattern", "tour"}
}
