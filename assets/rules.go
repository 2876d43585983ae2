package assets

import _ "embed"

//go:embed rules/demo.yaml
var demoRules []byte

// DemoRules returns the alert rules of the demonstration province, a YAML file
// of package server/rule. The bytes are shared and must not be changed.
func DemoRules() []byte { return demoRules }
