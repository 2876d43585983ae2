package blob

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// findDrafts counts what was left half written.
func (s *Store) findDrafts() error {
	list, err := os.ReadDir(s.path(draftDir))
	if err != nil {
		return err
	}
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			return err
		}
		s.drafts[e.Name()] = info.Size()
		s.bytes += info.Size()
	}
	return nil
}

// Drafts returns the names of files that were left half written, by a crash before this
// start or with ErrUnfinished, the largest first. See Options.KeepDrafts.
func (s *Store) Drafts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.drafts), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.drafts[b], s.drafts[a]), cmp.Compare(a, b))
	})
}

// OpenDraft opens one of Drafts for reading. Errors wrap ErrNotFound.
func (s *Store) OpenDraft(name string) (io.ReadCloser, error) {
	s.mu.Lock()
	_, there := s.drafts[name]
	s.mu.Unlock()
	if !there {
		return nil, fmt.Errorf("blob: %w: a half-written one named %q", ErrNotFound, name)
	}
	file, err := os.Open(s.path(draftDir, name))
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return file, nil
}

// DropDraft removes one of Drafts; that it is not there is no error.
func (s *Store) DropDraft(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	size, there := s.drafts[name]
	if !there {
		return nil
	}
	if err := os.Remove(s.path(draftDir, name)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("blob: remove a half-written file: %w", err)
	}
	delete(s.drafts, name)
	s.bytes -= size
	return nil
}
