// Package auth says who may do what: roles, rights, and the tokens that prove
// them. Rights are checked on the server for every feed, query and command.
package auth

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a token's owner is in the centre.
type Role string

// The roles.
const (
	Administrator Role = "administrator"
	Operator      Role = "operator"
	Leader        Role = "leader"
	Unit          Role = "unit"       // a lower unit's user: sees its own areas only
	Technician    Role = "technician" // lays out the wall, tends nodes and sources
	Auditor       Role = "auditor"    // sees everything, changes nothing
	Desk          Role = "desk"       // answers the centre's line 1022 and reads what citizens write
	Analyst       Role = "analyst"    // reads figures and prepares reports
	Approver      Role = "approver"   // signs figures and reports
	Node          Role = "node"       // a computer of the wall
	Provider      Role = "provider"   // a program that sends data in
)

// Roles returns all roles in the order of the rights table.
func Roles() []Role {
	return []Role{Administrator, Operator, Leader, Unit, Desk, Analyst, Approver, Technician, Auditor, Node, Provider}
}

// ParseRole returns the role of that name, or an error naming all roles.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles(), r) {
		return r, nil
	}
	names := make([]string, 0, len(Roles()))
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return "", fmt.Errorf("auth: no role %q; choose one of %s", s, strings.Join(names, ", "))
}

// Right is one thing somebody may do. Rights of commands carry the name of the
// act they allow.
type Right string

// The rights.
const (
	ReadFeed         Right = "feed.read"
	ReadState        Right = "state.read"
	WatchCameras     Right = "camera.watch"
	ControlCamera    Right = "camera.control"
	SaveClip         Right = "clip.save"
	ReadRecordings   Right = "recording.read"
	AcknowledgeAlert Right = "alert.acknowledge"
	ShowScene        Right = "scene.show"
	UndoScene        Right = "scene.undo"
	SaveScene        Right = "scene.save"
	SaveSchedule     Right = "schedule.save"
	FollowSchedule   Right = "schedule.follow"
	SaveWall         Right = "wall.save"
	TestWall         Right = "wall.test"
	LockTile         Right = "tile.lock"
	UnlockTile       Right = "tile.unlock"
	OpenPopup        Right = "popup.open"
	ClosePopup       Right = "popup.close"
	// ReadWall is for what is and was on the wall, pictures included.
	ReadWall Right = "wall.read"
	// EnrolNode lets a computer of the wall in; ReportNode is for what it says of
	// itself afterwards.
	EnrolNode  Right = "node.enrol"
	ReportNode Right = "node.report"
	// EditMap is for what people keep on the map: fences, drawings, saved views
	// and layers of features.
	EditMap          Right = "map.edit"
	Resync           Right = "feed.resync"
	SendObservations Right = "observation.send"
	OpenReport       Right = "report.open"
	ReadReportText   Right = "report.text"
	ReadMetrics      Right = "metrics.read"
	// ManageUsers is for making, changing and shutting out users.
	ManageUsers Right = "user.manage"
	// ReadConfig and WriteConfig are for the configuration of the centre.
	ReadConfig  Right = "config.read"
	WriteConfig Right = "config.write"
)

// rights is the whole table: who may do what. What is not here nobody may.
var rights = map[Right][]Role{
	ReadFeed:         {Administrator, Operator, Leader, Unit, Desk, Analyst, Approver, Technician, Auditor, Node},
	ReadState:        {Administrator, Operator, Leader, Unit, Desk, Analyst, Approver, Technician, Auditor},
	WatchCameras:     {Administrator, Operator, Leader, Unit, Desk, Technician, Node},
	ControlCamera:    {Administrator, Operator, Technician},
	SaveClip:         {Administrator, Operator},
	ReadRecordings:   {Administrator, Operator, Leader, Unit, Technician, Node},
	AcknowledgeAlert: {Administrator, Operator},
	ShowScene:        {Administrator, Operator, Technician},
	UndoScene:        {Administrator, Operator, Technician},
	SaveScene:        {Administrator, Operator, Technician},
	SaveSchedule:     {Administrator, Operator, Technician},
	FollowSchedule:   {Administrator, Operator, Technician},
	SaveWall:         {Administrator, Technician},
	TestWall:         {Administrator, Technician},
	LockTile:         {Administrator, Operator},
	UnlockTile:       {Administrator, Operator},
	OpenPopup:        {Administrator, Operator},
	ClosePopup:       {Administrator, Operator},
	ReadWall:         {Administrator, Operator, Leader, Technician, Auditor},
	EnrolNode:        {Administrator, Technician},
	ReportNode:       {Node},
	EditMap:          {Administrator, Operator},
	Resync:           {Administrator, Operator, Leader, Unit, Desk, Analyst, Approver, Technician, Auditor, Node},
	SendObservations: {Administrator, Provider},
	OpenReport:       {Administrator, Operator, Unit, Desk, Provider},
	ReadReportText:   {Administrator, Operator, Desk},
	ReadMetrics:      {Administrator, Technician},
	ManageUsers:      {Administrator},
	ReadConfig:       {Administrator, Technician},
	WriteConfig:      {Administrator, Technician},
}

// whole reports whether a right is of the centre as a whole. With it somebody could
// lift the bounds of anybody, or read what lies outside of them: through the
// configuration, with a user made for the purpose or with the token of a computer of
// the wall, which sees everything.
func (r Right) whole() bool {
	return r == ManageUsers || r == ReadConfig || r == WriteConfig || r == EnrolNode
}

// Rights returns all rights by name.
func Rights() []Right {
	out := make([]Right, 0, len(rights))
	for r := range rights {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
