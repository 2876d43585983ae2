package settings

import (
	"iocwall/server/source"
	"iocwall/server/source/ais"
	"iocwall/server/source/mqtt"
)

// Kinds returns the literal list of source kinds this server knows. To add one,
// add its folder under server/source and its line here.
func Kinds() []source.Kind {
	return []source.Kind{
		ais.Kind(),
		mqtt.Kind(),
	}
}
