// Package act is what people and programs ask of the server, as data: an Act says
// what, a Command carries it, and world.Receipt answers it. The server checks the
// right and turns it into events of the history.
package act

import (
	"encoding/json"
	"fmt"

	"iocwall/server/world"
)

// Command is what a person or a program asks for. The server checks the right,
// turns it into events and answers with a world.Receipt of the same ID.
type Command struct {
	// ID is made by the sender, at most 64 bytes; a repeated ID of the same
	// sender is answered again and not done again.
	ID  string
	Act Act
}

// Act is the content of a command. The set is closed.
type Act interface {
	// Act returns the act's name on the wire and in the rights table, as in
	// "alert.acknowledge".
	Act() string
	act()
}

// AcknowledgeAlert takes an alert for the sender.
type AcknowledgeAlert struct {
	Alert string `json:"alert"`
	Note  string `json:"note,omitempty"`
}

// ControlCamera turns a camera or sends it to a preset. A movement ends by
// itself after a second unless it is asked for again, so that a lost connection
// leaves no camera turning.
type ControlCamera struct {
	Camera string `json:"camera"`
	// Pan, Tilt and Zoom are speeds from -1 to 1: right, up and nearer are
	// positive.
	Pan  float64 `json:"pan,omitempty"`
	Tilt float64 `json:"tilt,omitempty"`
	Zoom float64 `json:"zoom,omitempty"`
	// Preset, when not empty, is where to go instead.
	Preset string `json:"preset,omitempty"`
	// Stop ends a movement.
	Stop bool `json:"stop,omitempty"`
}

// ReportCameras is what a program that decodes pictures sees of cameras: that those of
// some stand still, which the relay cannot know, or that they do not where others say
// so. It is the whole of what the program has to say now, told when it changes and
// once a minute while there is something.
type ReportCameras struct {
	// Program is made by the sender when it starts, at most 64 bytes: one person may
	// have several desks.
	Program string `json:"program"`
	// Still are the cameras whose pictures stand still for longer than is usual for
	// them, at most 256.
	Still []StillCamera `json:"still,omitempty"`
	// Moving are cameras whose pictures change here, at most 256.
	Moving []string `json:"moving,omitempty"`
}

// StillCamera is a camera whose pictures stand still since they changed last, by the
// server's clock.
type StillCamera struct {
	Camera string     `json:"camera"`
	Since  world.Time `json:"since"`
}

// SaveClip asks for a piece of a camera's pictures to be kept for good.
type SaveClip struct {
	// ID is made by the sender and names the clip, at most 64 letters, digits,
	// dots and dashes.
	ID     string `json:"id"`
	Camera string `json:"camera"`
	// Stream is empty for the main one.
	Stream string     `json:"stream,omitempty"`
	From   world.Time `json:"from"`
	To     world.Time `json:"to"`
	// Alert is the alert the pictures belong to, empty for none.
	Alert string `json:"alert,omitempty"`
	Note  string `json:"note,omitempty"`
}

// SaveFence stores the next version of a fence, or removes it. Version is the
// one it was made from, zero for a new one; so it is for the two acts below.
type SaveFence struct {
	Fence world.FenceSaved `json:"fence"`
}

// SaveDrawing stores the next version of a drawing, or removes it.
type SaveDrawing struct {
	Drawing world.DrawingSaved `json:"drawing"`
}

// SaveMapView stores the next version of a view of the map, or removes it.
type SaveMapView struct {
	View world.MapViewSaved `json:"view"`
}

// Resync asks for a snapshot: the sender's digest did not agree.
type Resync struct {
	At world.Position `json:"at"`
	// Kinds are the entity kinds that differed.
	Kinds []string `json:"kinds"`
}

// Act returns "alert.acknowledge".
func (AcknowledgeAlert) Act() string { return "alert.acknowledge" }

// Act returns "camera.control".
func (ControlCamera) Act() string { return "camera.control" }

// Act returns "camera.seen".
func (ReportCameras) Act() string { return "camera.seen" }

// Act returns "clip.save".
func (SaveClip) Act() string { return "clip.save" }

// Act returns "fence.save".
func (SaveFence) Act() string { return "fence.save" }

// Act returns "drawing.save".
func (SaveDrawing) Act() string { return "drawing.save" }

// Act returns "mapview.save".
func (SaveMapView) Act() string { return "mapview.save" }

// Act returns "feed.resync".
func (Resync) Act() string { return "feed.resync" }

func (AcknowledgeAlert) act() {}
func (ControlCamera) act()    {}
func (ReportCameras) act()    {}
func (SaveClip) act()         {}
func (SaveFence) act()        {}
func (SaveDrawing) act()      {}
func (SaveMapView) act()      {}
func (Resync) act()           {}

// actKinds is the literal list of what can be asked for.
var actKinds = map[string]func([]byte) (Act, error){
	"alert.acknowledge": actOf[AcknowledgeAlert],
	"scene.show":        actOf[ShowScene],
	"scene.undo":        actOf[UndoScene],
	"scene.save":        actOf[SaveScene],
	"schedule.save":     actOf[SaveSchedule],
	"schedule.follow":   actOf[FollowSchedule],
	"wall.save":         actOf[SaveWall],
	"wall.test":         actOf[TestWall],
	"tile.lock":         actOf[LockTile],
	"tile.unlock":       actOf[UnlockTile],
	"popup.open":        actOf[OpenPopup],
	"popup.close":       actOf[ClosePopup],
	"node.ready":        actOf[ReportReady],
	"node.switched":     actOf[ReportSwitched],
	"node.report":       actOf[ReportNode],
	"node.tiles":        actOf[ReportTiles],
	"camera.control":    actOf[ControlCamera],
	"camera.seen":       actOf[ReportCameras],
	"clip.save":         actOf[SaveClip],
	"fence.save":        actOf[SaveFence],
	"drawing.save":      actOf[SaveDrawing],
	"mapview.save":      actOf[SaveMapView],
	"feed.resync":       actOf[Resync],
}

func actOf[A Act](raw []byte) (Act, error) {
	var a A
	err := json.Unmarshal(raw, &a)
	return a, err
}

type commandJSON struct {
	ID   string          `json:"id"`
	Act  string          `json:"act"`
	Args json.RawMessage `json:"args"`
}

// MarshalJSON writes the command in the wire's form.
func (c Command) MarshalJSON() ([]byte, error) {
	if c.Act == nil {
		return nil, fmt.Errorf("act: command %q asks for nothing", c.ID)
	}
	raw, err := json.Marshal(c.Act)
	if err != nil {
		return nil, fmt.Errorf("act: encode %s: %w", c.Act.Act(), err)
	}
	return json.Marshal(commandJSON{ID: c.ID, Act: c.Act.Act(), Args: raw})
}

// UnmarshalJSON reads the wire's form. An unknown act is an error.
func (c *Command) UnmarshalJSON(data []byte) error {
	var w commandJSON
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("act: command: %w", err)
	}
	decode, ok := actKinds[w.Act]
	if !ok {
		return fmt.Errorf("act: unknown act %q", w.Act)
	}
	if len(w.ID) == 0 || len(w.ID) > 64 {
		return fmt.Errorf("act: a command needs an id of 1 to 64 bytes")
	}
	a, err := decode(w.Args)
	if err != nil {
		return fmt.Errorf("act: %s: %w", w.Act, err)
	}
	*c = Command{ID: w.ID, Act: a}
	return nil
}
