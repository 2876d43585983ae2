package server

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/server/blob"
)

// Evidence ends before the disk does: the history needs the rest.
func TestEvidenceLeavesRoomForTheHistory(t *testing.T) {
	files, err := blob.New(blob.Options{Dir: filepath.Join(t.TempDir(), "files")})
	if err != nil {
		t.Fatal(err)
	}
	const size = 1 << 40
	free := uint64(reserveMost + reserveEvery)
	s := reserve{files, func() (uint64, uint64, error) { return free, size, nil }}
	film := func(w io.Writer) error { // each megabyte takes one of the disk
		for range 40 {
			free -= 1 << 20
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return err
			}
		}
		return nil
	}
	for range 2 {
		if _, err := s.Keep(t.Context(), film); err == nil || !strings.Contains(err.Error(), "MB left, which are kept for the history") {
			t.Errorf("got %v", err)
		}
	}
	if n, bytes := files.Total(); n != 0 || bytes != 0 {
		t.Errorf("%d files with %d bytes are left", n, bytes)
	}
	free = size
	if _, err := s.Keep(t.Context(), film); err != nil {
		t.Error(err)
	}
	if free, all, err := spaceOf(t.TempDir())(); err != nil || free == 0 || all < free {
		t.Errorf("%d of %d, %v", free, all, err)
	}
}
