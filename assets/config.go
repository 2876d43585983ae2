package assets

import _ "embed"

//go:embed config/sample.yaml
var sampleConfig []byte

// SampleConfig returns a server configuration in which every setting stands at
// its default. The bytes are shared and must not be changed.
func SampleConfig() []byte { return sampleConfig }
