package act

import "iocwall/server/world"

// ShowScene puts a scene on a wall. Its receipt comes when the wall has changed, or
// with the reason why it could not.
type ShowScene struct {
	Wall  string `json:"wall"`
	Scene string `json:"scene"`
}

// UndoScene goes back to the scene before.
type UndoScene struct {
	Wall string `json:"wall"`
}

// SaveScene stores the next version of a scene, or removes it; Version is the one
// it was made from, zero for a new one.
type SaveScene struct {
	Scene world.SceneSaved `json:"scene"`
}

// SaveSchedule stores the next version of a schedule, or removes it; Version as in
// SaveScene.
type SaveSchedule struct {
	Schedule world.ScheduleSaved `json:"schedule"`
}

// FollowSchedule ends what a person chose: the schedule of the hour has the wall.
type FollowSchedule struct {
	Wall string `json:"wall"`
}

// SaveWall changes the screens of a wall: their places, computers and outputs.
type SaveWall struct {
	Wall world.WallDefined `json:"wall"`
	// From is world.Wall.Defined of the wall it was made from, zero where that is not
	// known: a wall that was changed since is left as it is.
	From world.Time `json:"from,omitempty"`
}

// TestWall shows a test picture for some seconds; see world.WallTested. An empty
// Picture ends it.
type TestWall struct {
	Wall    string `json:"wall"`
	Picture string `json:"picture,omitempty"`
	Seconds int    `json:"seconds,omitempty"`
}

// LockTile keeps a tile where it is. Either Tile or Screen is set: all tiles on
// that screen.
type LockTile struct {
	Wall   string `json:"wall"`
	Tile   string `json:"tile,omitempty"`
	Screen int    `json:"screen,omitempty"`
	// Minutes is how long, zero until it is unlocked.
	Minutes int    `json:"minutes,omitempty"`
	Note    string `json:"note,omitempty"`
}

// UnlockTile ends a lock of the sender's; an administrator may end any.
type UnlockTile struct {
	Wall   string `json:"wall"`
	Tile   string `json:"tile,omitempty"`
	Screen int    `json:"screen,omitempty"`
}

// OpenPopup asks for content in a zone; see world.PopupAsked. The server fills in
// who asks.
type OpenPopup struct {
	Popup world.PopupAsked `json:"popup"`
}

// ClosePopup ends a popup.
type ClosePopup struct {
	Popup string `json:"popup"`
}

// ReportReady is a wall computer's answer to world.WallPrepared.
type ReportReady struct {
	Wall       string `json:"wall"`
	Generation uint64 `json:"generation"`
	// Refused is why it cannot show that, empty when it is ready.
	Refused string `json:"refused,omitempty"`
}

// ReportSwitched tells when a wall computer changed.
type ReportSwitched struct {
	Wall       string `json:"wall"`
	Generation uint64 `json:"generation"`
	// At is when it changed what it draws, by its estimate of the server's clock;
	// Clock and Paint as in world.NodeSwitch.
	At    world.Time `json:"at"`
	Clock int64      `json:"clock"`
	Paint int64      `json:"paint"`
}

// ReportNode is a wall computer's word on itself.
type ReportNode struct {
	Report world.NodeReported `json:"report"`
}

// ReportTiles is what a wall computer's tiles show.
type ReportTiles struct {
	Seen world.TilesSeen `json:"seen"`
}

// Act returns "scene.show".
func (ShowScene) Act() string { return "scene.show" }

// Act returns "scene.undo".
func (UndoScene) Act() string { return "scene.undo" }

// Act returns "scene.save".
func (SaveScene) Act() string { return "scene.save" }

// Act returns "schedule.save".
func (SaveSchedule) Act() string { return "schedule.save" }

// Act returns "schedule.follow".
func (FollowSchedule) Act() string { return "schedule.follow" }

// Act returns "wall.save".
func (SaveWall) Act() string { return "wall.save" }

// Act returns "wall.test".
func (TestWall) Act() string { return "wall.test" }

// Act returns "tile.lock".
func (LockTile) Act() string { return "tile.lock" }

// Act returns "tile.unlock".
func (UnlockTile) Act() string { return "tile.unlock" }

// Act returns "popup.open".
func (OpenPopup) Act() string { return "popup.open" }

// Act returns "popup.close".
func (ClosePopup) Act() string { return "popup.close" }

// Act returns "node.ready".
func (ReportReady) Act() string { return "node.ready" }

// Act returns "node.switched".
func (ReportSwitched) Act() string { return "node.switched" }

// Act returns "node.report".
func (ReportNode) Act() string { return "node.report" }

// Act returns "node.tiles".
func (ReportTiles) Act() string { return "node.tiles" }

func (ShowScene) act()      {}
func (UndoScene) act()      {}
func (SaveScene) act()      {}
func (SaveSchedule) act()   {}
func (FollowSchedule) act() {}
func (SaveWall) act()       {}
func (TestWall) act()       {}
func (LockTile) act()       {}
func (UnlockTile) act()     {}
func (OpenPopup) act()      {}
func (ClosePopup) act()     {}
func (ReportReady) act()    {}
func (ReportSwitched) act() {}
func (ReportNode) act()     {}
func (ReportTiles) act()    {}
