package assets

import (
	"embed"
	"io/fs"
)

//go:embed demo/province.yaml
var demoProvince []byte

//go:embed demo/areas.yaml demo/map
var demoFiles embed.FS

// DemoProvince returns the configuration of the demonstration province, with
// ${name} in the places of its peers' addresses. The bytes are shared and must
// not be changed.
func DemoProvince() []byte { return demoProvince }

// DemoFiles returns the files that the configuration of the demonstration province
// names under "map" (the tree of areas and GeoJSON), by their name without a folder.
func DemoFiles() (map[string][]byte, error) {
	out := map[string][]byte{}
	err := fs.WalkDir(demoFiles, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out[d.Name()], err = demoFiles.ReadFile(path)
		}
		return err
	})
	return out, err
}
