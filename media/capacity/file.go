package capacity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// maxFile bounds a file that is read, in bytes.
const maxFile = 1 << 20

// DefaultPath is where the result lies unless said otherwise: iocwall/capacity.json in the user's configuration folder.
func DefaultPath() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("capacity: where to keep the result: %w; name a file", err)
	}
	return filepath.Join(dir, "iocwall", "capacity.json"), nil
}

// Save writes the budget to a file, whole or not at all, and makes the folder it lies in.
func (b Budget) Save(path string) (err error) {
	if err := b.check(); err != nil {
		return fmt.Errorf("capacity: nothing was written: %w", err)
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("capacity: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("capacity: folder for the result: %w", err)
	}
	f, err := os.CreateTemp(dir, ".capacity-*")
	if err != nil {
		return fmt.Errorf("capacity: write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("capacity: write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
		}
	}()
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Load reads what Save wrote. Errors name the file, wrap os.ErrNotExist where there is none, and say how to make it anew.
func Load(path string) (Budget, error) {
	f, err := os.Open(path)
	if err != nil {
		return Budget{}, fmt.Errorf(`capacity: %w; "wall bench cameras" makes it`, err)
	}
	defer f.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Budget{}, fmt.Errorf("capacity: read %s: %w", path, err)
	}
	b, err := Parse(text)
	if err != nil {
		return Budget{}, fmt.Errorf(`capacity: %s: %w; make it anew with "wall bench cameras"`, path, err)
	}
	return b, nil
}

// Parse reads a budget from the text of its file. What it does not know is an error.
func Parse(text []byte) (Budget, error) {
	if len(text) > maxFile {
		return Budget{}, fmt.Errorf("more than %d bytes", maxFile)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var b Budget
	if err := d.Decode(&b); err != nil {
		return Budget{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Budget{}, errors.New("something follows the end")
	}
	if err := b.check(); err != nil {
		return Budget{}, err
	}
	return b, nil
}

// check says what is wrong with a budget.
func (b Budget) check() error {
	switch {
	case b.Version != Version:
		return fmt.Errorf("version %d is not %d", b.Version, Version)
	case len(b.Results) == 0:
		return errors.New("no results")
	}
	for i, r := range b.Results {
		good := r.Codec != "" && r.Width > 0 && r.Height > 0 && positive(r.FPS) && positive(r.Streams) && r.Decoder != ""
		if !good || r.Width > 1<<15 || r.Height > 1<<15 {
			return fmt.Errorf("result %d (%s) is not whole", i+1, r.Stream)
		}
	}
	return nil
}

// positive reports whether a number can be divided by and makes sense as a count or a rate.
func positive(v float64) bool { return v >= 1e-3 && v <= 1e6 && !math.IsNaN(v) }
