package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"iocwall/cmd/wall/door"
	"iocwall/ui/atlas"
)

const (
	fencesPath = "/api/map/fences"
	// fencesLimit is how long a file of fences may take on its way.
	fencesLimit = 10 * time.Minute
	// answerMost bounds the server's answer to an import, in bytes.
	answerMost = 1 << 20
)

// fences are the server's doors for files of fences.
func fences(d *door.Door) atlas.Files {
	return atlas.Files{
		Import: func(ctx context.Context, file io.Reader) (atlas.Imported, error) { return importFences(ctx, d, file) },
		Export: func(ctx context.Context, file io.Writer) error { return exportFences(ctx, d, file) },
	}
}

// importFences hands a file of GeoJSON to the server.
func importFences(ctx context.Context, d *door.Door, file io.Reader) (atlas.Imported, error) {
	ctx, cancel := context.WithTimeout(ctx, fencesLimit)
	defer cancel()
	// A body that can be closed would be closed by the request.
	answer, err := d.Ask(ctx, "POST", fencesPath, nil, "application/geo+json", struct{ io.Reader }{file})
	if err != nil {
		return atlas.Imported{}, err
	}
	defer answer.Close()
	var said struct {
		Features, Unchanged, RejectedCount int
		Rejected                           []struct {
			Index  int
			Error  string
			Say    string
			Values map[string]string
		}
	}
	if err := json.NewDecoder(io.LimitReader(answer, answerMost)).Decode(&said); err != nil {
		return atlas.Imported{}, fmt.Errorf("the server's answer is not understood, look at the list of fences for what was taken: %w", err)
	}
	out := atlas.Imported{Kept: said.Features, Unchanged: said.Unchanged, Refused: said.RejectedCount}
	for _, r := range said.Rejected {
		out.Rejected = append(out.Rejected, atlas.Rejection{Index: r.Index, Why: r.Error, Code: r.Say, Values: r.Values})
	}
	return out, nil
}

// exportFences writes all fences as GeoJSON.
func exportFences(ctx context.Context, d *door.Door, file io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, fencesLimit)
	defer cancel()
	answer, err := d.Get(ctx, fencesPath, nil)
	if err != nil {
		return err
	}
	n, err := io.Copy(file, answer)
	if err == nil && n == 0 {
		err = errors.New("the server sent nothing")
	}
	return errors.Join(err, answer.Close())
}
