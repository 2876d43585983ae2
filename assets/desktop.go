package assets

import _ "embed"

//go:embed desktop/iocwall.desktop
var desktopEntry string

// DesktopEntry is the entry that tells a desktop of the console and of the links it
// opens, in the format of the Desktop Entry Specification 1.5. Its Exec line is for a
// program on the search path.
func DesktopEntry() string { return desktopEntry }
