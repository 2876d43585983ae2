package server

import (
	"encoding/json"
	"os"

	"iocwall/server/atomicfile"
	"iocwall/server/chart"
	"iocwall/server/settings"
)

// knownFiles remembers what was read of the configuration's files of features, so
// that a start does not read half a gigabyte again that is as it was. What cannot
// be remembered is read again.
type knownFiles struct {
	path  string
	files map[string]knownFile
}

// knownFile is a file by its path, with what tells a changed one: as make does.
type knownFile struct {
	Size, Changed int64
	Reading       chart.Reading
}

// loadKnown reads what was remembered; a damaged file remembers nothing.
func loadKnown(path string) *knownFiles {
	k := &knownFiles{path: path, files: map[string]knownFile{}}
	if raw, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(raw, &k.files); err != nil || k.files == nil {
			k.files = map[string]knownFile{}
		}
	}
	return k
}

// find returns what is remembered of a layer's file, if that still is as it was.
// Outlines of areas are always read: whether they fit depends on the tree.
func (k *knownFiles) find(l settings.LayerFile, info os.FileInfo) (chart.Reading, bool) {
	f, there := k.files[l.Path]
	return f.Reading, there && !l.Areas && f.Size == info.Size() && f.Changed == info.ModTime().UnixNano()
}

// note remembers what was read of a layer's file. What was taken of it for outlines
// is less than another layer of the same file has.
func (k *knownFiles) note(l settings.LayerFile, info os.FileInfo, r chart.Reading) {
	if l.Areas {
		return
	}
	k.files[l.Path] = knownFile{info.Size(), info.ModTime().UnixNano(), r}
}

// save writes what is remembered.
func (k *knownFiles) save() error {
	raw, err := json.Marshal(k.files)
	if err != nil {
		return err
	}
	return atomicfile.Write(k.path, raw, 0o600)
}
