package assets

import "embed"

//go:embed lang/*.yaml
var langFiles embed.FS

// Language returns the translation catalogue of a language ("vi", "en") as a
// flat YAML map from key to text, or an error naming the missing language.
func Language(code string) ([]byte, error) { return langFiles.ReadFile("lang/" + code + ".yaml") }
