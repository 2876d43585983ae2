package server

import (
	"iocwall/server/stage"
)

// openStage makes what does the commands of walls.
func (s *Server) openStage() error {
	var err error
	s.stage, err = stage.New(stage.Options{History: s.loop, Logger: s.logger})
	return err
}
