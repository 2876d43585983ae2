package main

import (
	"iocwall/server"
	"iocwall/server/settings"
	"iocwall/server/strict"
)

// place says which server is meant, by its configuration or by its data folder.
type place struct {
	Config string `help:"Configuration file of the server." type:"existingfile" xor:"place" required:"" placeholder:"FILE"`
	Data   string `help:"Data folder of the server." type:"existingdir" xor:"place" required:"" placeholder:"DIR"`
}

// data returns the server's data folder, and its configuration where that is how the
// server was named, nil otherwise.
func (p place) data() (dir string, config *server.Config, err error) {
	if p.Config == "" {
		return p.Data, nil, nil
	}
	config, problems := settings.Load(p.Config)
	if len(problems) > 0 {
		return "", nil, strict.Error(problems)
	}
	return config.DataDir(), config, nil
}
