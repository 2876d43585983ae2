package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

type evidence struct{ dir string }

func openEvidence(dir string) (evidence, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return evidence{}, fmt.Errorf("server: evidence: %w", err)
	}
	return evidence{dir}, nil
}

func (e evidence) Keep(_ context.Context, write func(io.Writer) error) (string, error) {
	f, err := os.CreateTemp(e.dir, "new-")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	sum := sha256.New()
	if err := write(io.MultiWriter(f, sum)); err != nil {
		return "", err
	}
	if err := f.Sync(); err != nil {
		return "", err
	}
	name := hex.EncodeToString(sum.Sum(nil))
	return name, os.Rename(f.Name(), filepath.Join(e.dir, name))
}

func (e evidence) Open(sum string) (io.ReadCloser, int64, error) {
	f, err := os.Open(filepath.Join(e.dir, sum))
	if err != nil {
		return nil, 0, err
	}
	i, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	return f, i.Size(), nil
}
