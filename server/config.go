package server

import (
	"iocwall/server/settings"
	"iocwall/server/strict"
)

// Config is the configuration of a server.
type Config = settings.Config

// LoadConfig reads and checks the file. All problems come at once; with at
// least one the configuration must not be used.
func LoadConfig(path string) (*Config, []strict.Problem) { return settings.Load(path) }
