package assets

import _ "embed"

//go:embed demo/province.yaml
var demoProvince []byte

// DemoProvince returns the configuration of the demonstration province, with
// ${name} in the places of its peers' addresses. The bytes are shared and must
// not be changed.
func DemoProvince() []byte { return demoProvince }
