package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/blob"
	"iocwall/server/chart"
	"iocwall/server/settings"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// onMap is what a configuration keeps on the map, its files read.
type onMap struct {
	layers []world.LayerSaved
	fences []world.FenceSaved
}

// openCharts makes the map's keeper and reads what the configuration keeps there.
func (s *Server) openCharts(ctx context.Context, data string) error {
	folder := filepath.Join(data, "map")
	files, err := blob.New(blob.Options{Dir: folder})
	if err != nil {
		return err
	}
	s.charts, err = chart.New(chart.Options{History: s.loop, Store: reserve{files, spaceOf(folder)}, Logger: s.logger})
	if err != nil {
		return err
	}
	s.onMap, err = s.readMap(ctx, s.config)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// readMap reads the files that a configuration keeps on the map and stores the
// features. All that is wrong is told at once; features that are left out are only
// logged, the others of their layer are good.
func (s *Server) readMap(ctx context.Context, c *Config) (onMap, error) {
	var out onMap
	known := loadKnown(filepath.Join(c.DataDir(), "map.read.json"))
	problems := eachLayer(c, s.ground.Set(), func(l settings.LayerFile, areas []string, file *os.File) error {
		info, err := file.Stat()
		if err != nil {
			return err
		}
		was, same := known.find(l, info)
		b, read, err := s.charts.Again(l.LayerSaved, was)
		if !same || err != nil {
			if b, read, err = s.charts.Read(ctx, l.LayerSaved, areas, file); err != nil {
				return err
			}
			known.note(l, info, read)
		}
		for _, r := range read.First {
			s.logger.Warn("a feature was left out", "layer", l.ID, "file", l.Path, "feature", r.Index, "reason", r.Error)
		}
		if read.Rejected > 0 {
			s.logger.Warn("a layer is not whole", "layer", l.ID, "features", read.Features, "rejected", read.Rejected)
		}
		out.layers = append(out.layers, b)
		return nil
	})
	if err := known.save(); err != nil {
		s.logger.Warn("what was read of the layers is not remembered; the next start reads all of it", "error", err)
	}
	var ps []strict.Problem
	out.fences, ps = readFences(c)
	if problems = append(problems, ps...); len(problems) > 0 {
		return out, strict.Error(problems)
	}
	return out, nil
}

// CheckMap reads the files that a configuration without problems keeps on the map,
// and stores nothing. Problems keep a server from starting; notes tell of features
// that it would leave out.
func CheckMap(ctx context.Context, c *Config) (problems []strict.Problem, notes []string) {
	set, problems := c.AreaSet()
	if len(problems) > 0 {
		return problems, nil
	}
	problems = eachLayer(c, set, func(l settings.LayerFile, areas []string, file *os.File) error {
		read, err := chart.Check(ctx, l.LayerSaved, areas, file)
		if err != nil {
			return err
		}
		for _, r := range read.First {
			notes = append(notes, fmt.Sprintf("%s: feature %d is left out: %s", l.Path, r.Index, r.Error))
		}
		if more := read.Rejected - len(read.First); more > 0 {
			notes = append(notes, fmt.Sprintf("%s: %d more features are left out", l.Path, more))
		}
		return nil
	})
	_, ps := readFences(c)
	return append(problems, ps...), notes
}

// eachLayer opens the files of the layers in turn and returns what was wrong, with
// the layer's place in the configuration.
func eachLayer(c *Config, set *area.Set, read func(l settings.LayerFile, areas []string, file *os.File) error) []strict.Problem {
	areas := make([]string, 0, len(set.Areas))
	for _, a := range set.Areas {
		areas = append(areas, a.ID)
	}
	var problems []strict.Problem
	for _, l := range c.LayerFiles() {
		file, err := os.Open(l.Path)
		if err == nil {
			err = errors.Join(read(l, areas, file), file.Close())
		}
		if err != nil {
			problems = append(problems, problem(l.At, l.Path, err))
		}
	}
	return problems
}

// readFences reads the fences a configuration begins with.
func readFences(c *Config) ([]world.FenceSaved, []strict.Problem) {
	path, at := c.FencesFile()
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, []strict.Problem{problem(at, path, err)}
	}
	defer file.Close() //nolint:errcheck // it was only read
	fences, errs := chart.DecodeFences(file)
	var problems []strict.Problem
	for _, err := range errs {
		problems = append(problems, problem(at, path, err))
	}
	return fences, problems
}

// problem says what is wrong with a file that the configuration names at a place.
func problem(at strict.Problem, path string, err error) strict.Problem {
	at.Message = fmt.Sprintf("%s: %v", filepath.Base(path), err)
	return at
}

// newFences returns those of the fences that there never were: one that a person
// has removed does not come back with the next start. Only when one is missing the
// records are looked through.
func (s *Server) newFences(ctx context.Context, fences []world.FenceSaved) ([]world.FenceSaved, error) {
	missing := map[string]bool{}
	if err := s.loop.Call(ctx, func(st *world.State) {
		for _, f := range fences {
			if _, there := st.Fence(f.ID); !there {
				missing[f.ID] = true
			}
		}
	}); err != nil {
		return nil, err
	}
	if len(missing) == 0 {
		return nil, nil
	}
	err := s.log.Records(ctx, 1, func(e world.Event) error {
		if b, ok := e.Body.(world.FenceSaved); ok {
			delete(missing, b.ID)
		}
		return nil
	})
	if err != nil {
		s.logger.Error("the records were not looked through for fences that were removed", "error", err)
	}
	var out []world.FenceSaved
	for _, f := range fences {
		if missing[f.ID] {
			out = append(out, f)
		}
	}
	return out, nil
}

// chartDoors are the doors of the map.
func (s *Server) chartDoors() chart.Doors {
	return chart.Doors{Charts: s.charts, Audit: func(ctx context.Context, id auth.Identity, a world.Audited) {
		a.Object, a.Reason = cut(a.Object), cut(a.Reason)
		s.auditRefused(ctx, id, a)
	}}
}
