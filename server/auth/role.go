// Package auth says who may do what: roles, rights, and the tokens that prove
// them. Rights are checked on the server for every feed, query and command.
package auth

import (
	"fmt"
	"slices"
	"strings"

	"iocwall/server/world"
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
	Node          Role = "node"       // a computer of the wall
	Provider      Role = "provider"   // a program that sends data in
)

// Roles returns all roles in the order of the rights table.
func Roles() []Role {
	return []Role{Administrator, Operator, Leader, Unit, Technician, Auditor, Node, Provider}
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
)

// rights is the whole table: who may do what. What is not here nobody may.
var rights = map[Right][]Role{
	ReadFeed:         {Administrator, Operator, Leader, Unit, Technician, Auditor, Node},
	ReadState:        {Administrator, Operator, Leader, Unit, Technician, Auditor},
	WatchCameras:     {Administrator, Operator, Leader, Unit, Technician, Node},
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
	Resync:           {Administrator, Operator, Leader, Unit, Technician, Auditor, Node},
	SendObservations: {Administrator, Provider},
	OpenReport:       {Administrator, Operator, Unit, Provider},
	ReadReportText:   {Administrator, Operator},
	ReadMetrics:      {Administrator, Technician},
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

// Identity is who stands behind a connection.
type Identity struct {
	// Token is the id of the token, safe to log.
	Token string
	// Name is what people call the owner; walls show it.
	Name string
	Role Role
	// Areas limits what the owner sees to these areas and all below them; empty
	// means everything, but for a unit, whom Verify lets in with areas only.
	Areas []string
}

// May reports whether the identity has the right.
func (i Identity) May(r Right) bool { return slices.Contains(rights[r], i.Role) }

// Sees reports whether the identity may see what belongs to the area. Without
// areas it sees everything, but for a unit, which then has nothing to see.
func (i Identity) Sees(st *world.State, area string) bool {
	if len(i.Areas) == 0 {
		return i.Role != Unit
	}
	return area != "" && slices.ContainsFunc(i.Areas, func(root string) bool { return st.Within(area, root) })
}

// Demand returns nil or an error that says which right is missing and what to
// do about it.
func (i Identity) Demand(r Right) error {
	if i.May(r) {
		return nil
	}
	return &DeniedError{Identity: i, Right: r}
}

// DeniedError says that a right is missing.
type DeniedError struct {
	Identity Identity
	Right    Right
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("the token %s (%s) has no right to %s; ask an administrator for a token with another role",
		e.Identity.Token, e.Identity.Role, e.Right)
}
